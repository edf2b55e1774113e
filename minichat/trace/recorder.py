"""The recorder: it turns what a watched loop does into the events of a trace.

The watched classes call the recorder.  It keeps its own books of what is queued
for which connection, and from which command.  It does not know where the events go.
"""

from __future__ import annotations

import errno
import math
import platform
import time
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

from minichat import __version__
from minichat.trace.book import OWN, Book
from minichat.trace.clock import PausableClock
from minichat.trace.schema import AGAIN, EOF, SLOW_NANOSECONDS, VERSION, Event


class Recorder:
    """Makes the events of one trace, and gives each one to ``emit``."""

    def __init__(
        self,
        emit: Callable[[Event], None],
        payload_bytes: int = 0,
        clock: Optional[Callable[[], int]] = None,
    ) -> None:
        """The first ``payload_bytes`` of each text go into the trace.

        ``clock`` counts nanoseconds, from the start of the trace.
        """
        self._emit = emit
        self._payload_bytes = payload_bytes
        self._clock = clock or PausableClock()
        self._count = 0
        self._turn = 0
        self._asleep_at = 0
        self._deferred = 0
        self._books: Dict[Any, Book] = {}
        self._accepted = 0  # number of connections
        self._message = OWN  # the command that is being served
        self._messages = 0  # number of commands
        self._said: List[Tuple[int, bytes]] = []  # what was said to everyone in this turn, with its message
        self._lines: List[bytes] = []  # the list of the fan-out with the same lines; each turn has a new one
        self._totals = {"received": 0, "sent": 0, "lost": 0}

    def put(self, event: str, **fields: Any) -> None:
        """Emit an event with the time of now and these fields."""
        self._emit({"n": self._count, "t": self._clock(), "turn": self._turn, "event": event, **fields})
        self._count += 1

    def end(self, dropped: int = 0) -> None:
        """Emit the last event, with the totals; ``dropped`` events could not be written."""
        self.put("end", turns=self._turn, **self._totals, dropped=dropped)

    # -- the reactor -------------------------------------------------------

    def waits(self, timeout: float, deferred: int) -> None:
        """Record that a turn begins, with a ``select`` of ``timeout`` seconds; 0 if something is ``deferred``."""
        self._turn += 1
        self._message = OWN
        self._deferred = deferred
        self.put("wait", timeout=timeout, deferred=deferred)
        self._asleep_at = self._clock()

    def woke(self, ready: List[Tuple[Any, int]]) -> None:
        """Record that ``select`` has returned these handlers and masks."""
        duration = self._clock() - self._asleep_at
        names = [[self._name(handler), letters(mask)] for handler, mask in ready]
        if any(name == "signals" for name, _ in names):
            reason = "signal"
        elif ready:
            reason = "io"
        else:
            reason = "deferred" if self._deferred else "timer"
        self.put("wake", duration=duration, ready=names, reason=reason)

    def timer_rang(self, late: float) -> None:
        """Record that a timer is about to ring, ``late`` seconds after its time."""
        self.put("timer", late=max(int(late * 1e9), 0))

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that makes the same call, and records it if it is slow."""

        def timed(*arguments: Any) -> Any:
            begin = self._clock()
            try:
                return call(*arguments)
            finally:
                duration = self._clock() - begin
                if duration >= SLOW_NANOSECONDS:
                    self.put("slow", what=getattr(call, "__qualname__", repr(call)), duration=duration)

        return timed

    # -- the listener ------------------------------------------------------

    def accepted(self, error: Optional[OSError], peer: Any = None) -> None:
        """Record that ``accept`` has returned a socket from ``peer``, or raised ``error``."""
        if error is None:
            self.put("accept", result="ok", conn=self._accepted + 1, peer=str(peer[0]) if peer else "")
        else:
            self.put("accept", result=name_of(error))

    # -- a connection --------------------------------------------------------

    def opened(self, connection: Any) -> None:
        """Record a new connection, and give it its number."""
        self._accepted += 1
        self._books[connection] = Book(self._accepted)
        self.put("open", conn=self._accepted)

    def received(
        self, connection: Any, asked: int, result: Union[bytes, OSError], kernel: Optional[List[int]] = None
    ) -> None:
        """Record that ``recv`` was asked for ``asked`` bytes, and what it returned or raised.

        ``kernel`` is what the kernel holds for this connection now, if that is known.
        """
        book = self._books[connection]
        conn, book.has_ended = book.number, result == b""
        held = {"kernel": kernel} if kernel else {}
        if isinstance(result, OSError):
            self.put("recv", conn=conn, asked=asked, got=name_of(result), **held)
            return
        self._totals["received"] += len(result)
        self.put("recv", conn=conn, asked=asked, got=len(result) or EOF, **self._payload(result), **held)

    def line(self, connection: Any, line: Optional[bytes], buffered: int, thrown_away: int) -> None:
        """Record that ``line``, without its line end, was taken from the line buffer; None if it was too long.

        ``buffered`` bytes are still in the buffer; ``thrown_away`` bytes, of lines
        too long and of telnet, were thrown away on this connection so far.
        """
        length = 0 if line is None else len(line) + 1
        left = {"buffered": buffered, "thrown": thrown_away}
        self.put("line", conn=self._books[connection].number, length=length, **left, **self._payload(line or b""))

    def command(self, connection: Any, name: str) -> None:
        """Record that a line is about to be served, and give the command its number."""
        self._messages += 1
        self._message = self._messages
        self.put("command", conn=self._books[connection].number, name=name, message=self._message)

    def said(self, lines: List[bytes]) -> None:
        """Note what is new in ``lines``, the fan-out's list: it comes from the command being served."""
        if lines is not self._lines:
            self._said, self._lines = [], lines
        self._said += [(self._message, line) for line in lines[len(self._said) :]]

    def joined(self, connection: Any, nick: str) -> None:
        """Record that the member on ``connection`` has a nick now."""
        self.put("state", conn=self._books[connection].number, state="joined", nick=nick)

    def served(self) -> None:
        """Note that no command is being served any more."""
        self._message = OWN

    def queued(self, connection: Any, data: bytes, inside: Optional[bytes] = None) -> None:
        """Record that ``data`` was queued; ``inside`` is what its frames hold, if it is made of frames."""
        book, text = self._books[connection], data if inside is None else inside
        sizes, extra = self._parts(text), len(data) - len(text)
        book.add([(sizes[0][0], sizes[0][1] + extra), *sizes[1:]])
        count = {"bytes": len(data), "queued": book.queued}
        if inside is not None:
            count["overhead"] = extra
        self.put("queue", conn=book.number, messages=[part[0] for part in sizes], **count, **self._payload(text))

    def answered(self, connection: Any, status: int) -> None:
        """Record that a request of HTTP is answered with ``status``."""
        self.put("head", conn=self._books[connection].number, status=status)

    def framed(self, connection: Any, kind: str, size: int) -> None:
        """Record that a frame was read: ``kind`` is a word of the schema, ``size`` is that of its payload."""
        self.put("frame", conn=self._books[connection].number, kind=kind, length=size)

    def sent(
        self, connection: Any, asked: int, result: Union[int, OSError], kernel: Optional[List[int]] = None
    ) -> None:
        """Record that ``send`` was offered ``asked`` bytes, and what it returned or raised; ``kernel`` as above."""
        book = self._books[connection]
        taken = 0 if isinstance(result, OSError) else result
        self._totals["sent"] += taken
        fields: Dict[str, Any] = {"sent": name_of(result) if isinstance(result, OSError) else result}
        fields["done"] = book.take(taken)
        fields.update(queued=book.queued, **({"kernel": kernel} if kernel else {}))
        self.put("send", conn=book.number, asked=asked, **fields)

    def cut(self, connection: Any, lost: int) -> None:
        """Record that ``lost`` queued bytes are given up."""
        book = self._books[connection]
        gone = book.give_up(lost)
        self._totals["lost"] += lost
        self.put("drop", conn=book.number, lost=lost, queued=book.queued, messages=gone)

    def interest_changed(self, connection: Any, old: int, new: int, pause: str) -> None:
        """Record that the connection waits for other events; ``pause`` says whether lines wait, and why."""
        book = self._books[connection]
        if new & EVENT_WRITE:
            why = "send fell short"
        elif old & EVENT_WRITE:
            why = "all is sent"
        elif book.has_ended:
            why = "end of file"
        else:
            why = pause
        self.put("interest", **{"conn": book.number, "from": letters(old), "to": letters(new), "why": why})

    def state_changed(self, connection: Any, state: str, buffered: int, thrown_away: int) -> None:
        """Record that the connection is draining or closed now; ``connection.reason`` says why.

        ``buffered`` and ``thrown_away`` are as in ``line``; what is buffered will never be a line.
        """
        left = {"buffered": buffered, "thrown": thrown_away}
        self.put("state", conn=self._books[connection].number, state=state, reason=connection.reason, **left)

    def watching(self, connection: Any, buffered: int, thrown_away: int) -> None:
        """Record that a watcher of the loop is on this connection: nothing more of it may be recorded.

        Each turn writes to a watcher what has happened; that would never end.
        """
        number = self._books.pop(connection).number
        self.put("state", conn=number, state="watching", buffered=buffered, thrown=thrown_away)

    def closed(self, connection: Any, lost: int) -> None:
        """Record that the socket of the connection is closed; ``lost`` queued bytes were never sent."""
        self._totals["lost"] += lost
        self.put("close", conn=self._books.pop(connection).number, reason=connection.reason, lost=lost)

    def snapshot(self) -> List[Dict[str, Any]]:
        """Return what a reader whose trace begins here has to know of each connection; only between two turns."""
        return [
            {
                "conn": book.number, "nick": connection.context.nick, "interest": letters(connection.interest),
                "life": connection.life.value, "buffered": len(connection.buffer.rest),
                "thrown": connection.buffer.thrown_away, **book.state(),
            }
            for connection, book in self._books.items()
        ]  # fmt: skip

    # -- for all of them -------------------------------------------------------

    def _parts(self, data: bytes) -> List[Tuple[int, int]]:
        """Return the messages that ``data`` is made of, each with its number of bytes."""
        # It is the end of what was said in this turn, or else a private line.
        size = len(data)
        for index in range(len(self._said) - 1, -1, -1):
            size -= len(self._said[index][1])
            if size <= 0:
                break
        if size == 0 and self._said:
            part = self._said[index:]
            if b"".join(line for _, line in part) == data:
                return [(message, len(line)) for message, line in part]
        return [(self._message, len(data))]

    def _payload(self, data: bytes) -> Dict[str, str]:
        if not self._payload_bytes:
            return {}
        return {"data": data[: self._payload_bytes].decode("utf-8", "backslashreplace")}

    def _name(self, handler: Any) -> Union[int, str]:
        """Return the number of the connection that ``handler`` belongs to, or the kind of another file."""
        owner = getattr(handler, "__self__", None)
        book = self._books.get(owner) if owner is not None and owner.__hash__ else None
        if book is not None:
            return book.number
        kind = type(owner).__name__.lower().replace("signalsource", "signals")
        kind = kind.replace("watchedwebconnection", "watcher")  # one that is not in the trace any more
        return kind if kind in ("listener", "signals", "keyboard", "dial", "lookup", "watcher") else "other"


def header(selector: str, limits: Any, program: str = "minichat-server", payload_bytes: int = 0) -> Dict[str, Any]:
    """Return the fields of the header; ``limits`` is a ``minichat.limits.Limits``."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {
        "version": VERSION,
        "program": f"{program} {__version__}",
        "selector": selector,
        "python": platform.python_version(),
        "start": now,
        "payload": payload_bytes,
        "limits": {row.name: row.value if math.isfinite(row.value) else None for row in limits.rows()},
    }


def letters(mask: int) -> str:
    """Return R, W, RW or "" for a mask of events."""
    return ("R" if mask & EVENT_READ else "") + ("W" if mask & EVENT_WRITE else "")


def name_of(error: OSError) -> str:
    """Return AGAIN, or the name of the error's number, such as ECONNRESET."""
    if isinstance(error, BlockingIOError):
        return AGAIN
    return errno.errorcode.get(error.errno or 0, "error")
