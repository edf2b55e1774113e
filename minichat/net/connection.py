"""The connection: one non-blocking socket with its line buffer, its output queue and its life.

A connection knows sockets and limits, not nicks or commands.  It makes no
call upward: it notes on the lists of the turn what there is to do, for the pool.

A life goes from OPEN, perhaps through DRAINING, to CLOSED, never back.  While
DRAINING, queued output still goes out, then the end of file; input is dropped
until the peer ends too.  (To close a socket with unread input resets it, and the
last lines are lost on their way: RFC 1122, 4.2.2.13; RFC 2525, 2.17.)

Invariants: writing only queues; what is delivered is a prefix of what was
queued; WRITE is waited for only after a send fell short; READ is waited for
only while no complete line waits to be served, and what was thrown away is paid.
"""

from __future__ import annotations

import enum
import errno
import logging
import socket
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Iterator, Optional, Union

from minichat.net.linebuffer import LineBuffer, LineTooLong
from minichat.net.outputqueue import SENT, OutputQueue
from minichat.net.pace import Pace
from minichat.net.telnet import IAC, TelnetBuffer
from minichat.net.turn import Turn

log = logging.getLogger(__name__)


class Life(enum.Enum):
    """Where a connection is in its life."""

    OPEN = "open"
    DRAINING = "draining"
    CLOSED = "closed"


class Pause(enum.Enum):
    """Why complete lines wait, and with them the reading."""

    NONE = "nothing waits"
    TURN = "enough for this turn"
    RATE = "faster than the rate allows"
    UNREAD = "the answers so far are not read"
    HELD = "others have to read first"


# To look a member up in its enum takes as long as a call.
OPEN, DRAINING, CLOSED = Life
NONE, TURN, RATE, UNREAD, HELD = Pause


class Connection:
    """One peer: lines come in, output is queued for it."""

    __slots__ = ("_interest", "_output", "_pending", "_socket", "_turn", "buffer", "context", "life", "pace", "pause",
                 "reason")  # fmt: skip

    def __init__(self, turn: Turn, sock: socket.socket, pace: Optional[Pace] = None) -> None:
        """Take over ``sock``, which must be connected and non-blocking; ``pace`` is shared with others."""
        self.context: Any = None  # for the owner, to remember whose connection this is
        self.reason = "gone"  # why it ended, once it has
        self.buffer = LineBuffer(turn.limits.line_bytes)
        self.pause = NONE
        self.life = OPEN
        self._turn = turn
        self._socket = sock
        # Output of this turn; None while the flush step has nothing to do here.
        self._pending: Union[bytes, bytearray, None] = None
        self._output: Optional[OutputQueue] = None  # only while there is more to output than one send
        self.pace = Pace(parent=pace) if turn.limits.rate_lines else None
        self._interest = 0
        self.update_interest()

    @property
    def queued(self) -> int:
        """Bytes of output that wait, with the cost of their pieces."""
        return len(self._pending or b"") + (0 if self._output is None else self._output.backlog.cost)

    def write(self, data: bytes) -> None:
        """Queue ``data``, whole lines, for the flush step of the turn.  Ignored unless OPEN."""
        if self.life is not OPEN:
            return
        if self._pending is None:
            self._pending = data
            self._turn.dirty.append(self)
        elif isinstance(self._pending, bytearray):
            self._pending += data
        else:  # a second piece in one turn is rare: from now on a bytearray, which grows in place
            self._pending = bytearray(self._pending + data)

    def answer(self, size: int, lines: Iterator[bytes], memory: int) -> None:
        """Queue ``lines``, of ``size`` bytes together, which are made as they are read, from ``memory`` bytes."""
        if self.life is OPEN:
            self._flush_soon()
            backlog = self._output_queue().backlog
            if self._pending:
                backlog.add(bytes(self._pending))
            self._pending = b""
            backlog.add_answer(size, lines, memory)

    def charge(self, lines: float, size: int = 0) -> None:
        """Count ``lines`` of ``size`` bytes together against the rate."""
        if self.pace is not None:
            self.pace.charge(lines, size)

    def change_buffer(self, buffer: LineBuffer) -> None:
        """Cut the input by another ``buffer`` from here on; it gets the bytes that were not handed out yet."""
        buffer.feed(self.buffer.rest)
        buffer.thrown_away += self.buffer.thrown_away
        buffer.has_ended = self.buffer.has_ended
        self.buffer = buffer

    def close(self, reason: str) -> None:
        """End in good order: send what is queued, then an end of file."""
        if self.life is OPEN:
            self._enter(DRAINING, reason)
            self._output_queue().grows = False
            self.half_close()
            self.update_interest()

    def half_close(self) -> None:
        """Send what is queued, then an end of file; go on reading."""
        self._output_queue().end()
        self._flush_soon()

    def cut(self, reason: str, last_line: bytes) -> None:
        """Give up the queue, but not the rest of a line that was partly sent; then ``last_line`` and ``close``."""
        if self.life is OPEN:
            self._give_up_queue(last_line)
            self.close(reason)

    def abort(self, reason: str) -> None:
        """End at once; what is queued is lost."""
        if self.life is not CLOSED:
            self._enter(CLOSED, reason if self.life is OPEN else self.reason)
            self._output_queue().release()  # at once: the pool looks how much that frees
            self._turn.ended.append(self)

    # -- for the steps of the pool ---------------------------------------------

    def take_line(self) -> Optional[bytes]:
        """Return the next line that may be served now, and charge for it; or None.  Raises LineTooLong."""
        if not self.buffer.has_line and not (self.buffer.thrown_away and self.life is OPEN):
            return None
        turn, pace = self._turn, self.pace
        if (self._pending or self._output) and self.queued > turn.limits.own_queue_bytes:
            self.pause = UNREAD
            self._output_queue()  # whose flush finds that the peer has read
            return None
        if pace is not None and (wait := pace.wait(turn.limits, turn.reactor.now, self.buffer.thrown_away)):
            self.pause = RATE
            turn.reactor.call_later(wait, self._serve_soon)
            return None
        try:
            line = self.buffer.next_line()
        except LineTooLong:
            self.charge(1)  # its bytes are charged as thrown away
            raise
        if pace is not None and line is not None:
            pace.charge(1, len(line) + 1)
        return line

    def flush(self) -> None:
        """Send once what is queued."""
        # A broadcast spends its time here: a peer that keeps up costs one send, and no other call.
        if self._output is not None:
            self._flush_queue()
            return
        data, self._pending = self._pending, None
        if not data:
            return
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._pending = data  # it was never sent
            self._lose(error)
            return
        if sent < len(data):
            self._output_queue().keep_rest(bytes(data), sent)
            self._flush_queue()  # where the connection begins to wait for WRITE

    def is_overdue(self) -> bool:
        """True if the peer has had long enough to take what is queued, or to end."""
        if self._output is None or self.life is CLOSED:
            return False
        self._flush_soon()  # for what follows if the queue tries a send
        try:
            return self._output.is_overdue()
        except OSError as error:
            self._lose(error)
            return False

    def release(self) -> None:
        """Unregister, then close; in this order and nowhere else."""
        self.update_interest()
        self._socket.close()

    def fail(self) -> None:
        """Log the exception that is being handled: our bug costs this connection and no other."""
        log.exception("a bug; this connection is cut")
        self.abort("error")

    def _serve_soon(self) -> None:
        self._turn.ready[self] = None

    def _judge_soon(self) -> None:
        self._turn.overdue[self] = None

    def _flush_soon(self) -> None:
        if self._pending is None:
            self._pending = b""
            self._turn.dirty.append(self)

    def _on_ready(self, mask: int) -> None:
        try:
            if mask & EVENT_WRITE and self._output is not None:
                self._output.unblock()
                self._flush_soon()
            if mask & EVENT_READ and self.life is not CLOSED:
                self._receive()
        except Exception:
            self.fail()

    def _receive(self) -> None:
        try:
            data = self._recv()
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error)
            return
        if not data:
            self.buffer.has_ended = True
            self.update_interest()
        if self.life is OPEN:
            if IAC in data and self._turn.speaks_telnet and type(self.buffer) is LineBuffer:
                self.buffer = TelnetBuffer(self.buffer, self.write, self.charge)
            self.buffer.feed(data)
            self._turn.inputs += len(data)
            self._turn.ready[self] = None
        elif not data:
            self._flush_soon()  # both sides have ended: the flush step sees that
        elif self._output is not None:
            self._output.received(len(data))

    def _recv(self) -> bytes:
        limits = self._turn.limits
        if self._turn.inputs > limits.inputs_bytes:  # what ends one line is enough; everyone may read that much
            return self._socket.recv(max(1, limits.line_bytes - self.buffer.size))
        return self._socket.recv(limits.recv_bytes)

    def _output_queue(self) -> OutputQueue:
        if self._output is None:
            self._output = OutputQueue(self._turn, self._socket, self._judge_soon)
        return self._output

    def _flush_queue(self) -> None:
        if self.life is CLOSED:
            return
        output, data = self._output_queue(), self._pending
        self._pending = None
        try:
            output.flush(bytes(data or b""))
        except OSError as error:
            self._lose(error)
            return
        if self.pause is UNREAD and self.queued <= self._turn.limits.own_queue_bytes:
            self._serve_soon()
        if self.life is DRAINING and output.fin is SENT and self.buffer.has_ended:
            self.abort(self.reason)  # both sides have ended: nothing can be lost any more
        elif output.is_plain_again:
            output.release()
            self._output = None
        self.update_interest()

    def _give_up_queue(self, last_line: bytes) -> None:
        self._flush_soon()
        self._pending = b""
        self._output_queue().cut(last_line, self.buffer.unit_end)

    def _enter(self, life: Life, reason: str) -> None:
        """Go on to the next part of the life; lines that still wait will not be served."""
        self.life = life
        self.reason = reason
        self.buffer.clear()

    def _lose(self, error: OSError) -> None:
        self.abort("timeout" if error.errno == errno.ETIMEDOUT else "gone")

    def update_interest(self) -> None:
        """Register, modify or unregister the socket, if other events are wanted than before."""
        wanted = self._wanted()
        if wanted == self._interest:
            return
        reactor = self._turn.reactor
        if not self._interest:
            reactor.register(self._socket, wanted, self._on_ready)
        elif wanted:
            reactor.modify(self._socket, wanted, self._on_ready)
        else:
            reactor.unregister(self._socket)
        self._interest = wanted

    def _wanted(self) -> int:
        """Which events to wait for: a function of the state and of nothing else."""
        if self.life is CLOSED:
            return 0
        # An end of file is readable for ever, so it is read once.  A draining connection reads, to drop what comes.
        reads = not self.buffer.has_ended and (self.life is DRAINING or self.pause is NONE)
        return (EVENT_READ if reads else 0) | (EVENT_WRITE if self._output and self._output.is_blocked else 0)
