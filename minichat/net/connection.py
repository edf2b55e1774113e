"""The connection: one non-blocking socket with its line buffer, its output queue and its life.

Everything between the kernel and whole lines.  A connection knows sockets and
limits, not nicks or commands, and calls nobody above it: what there is to do it
notes on the lists of the turn, and the pool does it.

A life goes from OPEN, perhaps through DRAINING, to CLOSED, never back.  While
DRAINING, what is queued still goes out, then the end of file; input is read and
dropped until the peer ends too.  (To close a socket with unread input resets it,
and the last lines are lost on their way: RFC 1122, 4.2.2.13; RFC 2525, 2.17.)

Invariants: writing only queues; what is delivered is a prefix of what was
queued; WRITE is waited for only after a send fell short; READ is waited for
only while no complete line waits to be served.
"""

from __future__ import annotations

import enum
import errno
import logging
import socket
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Optional, Union

from minichat.net.backlog import Backlog
from minichat.net.linebuffer import LineBuffer, LineTooLong
from minichat.net.pace import Pace
from minichat.net.patience import Patience
from minichat.net.turn import Turn

log = logging.getLogger(__name__)


class Life(enum.Enum):
    """Where a connection is in its life."""

    OPEN = "open"
    DRAINING = "draining"
    CLOSED = "closed"


class Fin(enum.Enum):
    """Where the end of the output is: the end of file for the peer, TCP's FIN."""

    NOT_YET = "more may be written"
    QUEUED = "to be sent after what is queued"
    SENT = "sent"


class Pause(enum.Enum):
    """Why complete lines wait, and with them the reading."""

    NONE = "nothing waits"
    TURN = "enough for this turn"
    RATE = "faster than the rate allows"
    UNREAD = "the answers so far are not read"


# Names of their own: to look up a member of an enum takes as long as a call.
OPEN, DRAINING, CLOSED = Life
NOT_YET, QUEUED, SENT = Fin
NONE, TURN, RATE, UNREAD = Pause


class Connection:
    """One peer: lines come in, output is queued for it."""

    __slots__ = (
        "_fin", "_interest", "_life", "_needs_care", "_pace", "_patience", "_pending", "_socket", "_turn", "backlog",
        "buffer", "context", "pause", "reason",
    )  # fmt: skip

    def __init__(self, turn: Turn, sock: socket.socket, context: Any = None) -> None:
        """Take over ``sock``, which must be connected and non-blocking."""
        self.context = context  # for the owner, to remember whose connection this is
        self.reason = "gone"  # why it ended, once it has
        self.buffer = LineBuffer(turn.limits.line_bytes)
        self.pause = NONE
        self.backlog: Optional[Backlog] = None  # only while the peer does not keep up
        self._turn = turn
        self._socket = sock
        self._life = OPEN
        self._fin = NOT_YET
        # Output of this turn; None while the flush step has nothing to do here.
        self._pending: Union[bytes, bytearray, None] = None
        self._needs_care = False  # the flush step may have more to do here than to send
        self._pace = Pace() if turn.limits.rate_lines else None
        self._patience: Optional[Patience] = None  # only of a peer that was waited for
        self._interest = 0
        self.update_interest()

    @property
    def is_open(self) -> bool:
        """True while what is written still reaches the queue."""
        return self._life is OPEN

    @property
    def queued(self) -> int:
        """Bytes of output that wait, with the cost of their pieces."""
        return len(self._pending or b"") + (0 if self.backlog is None else self.backlog.cost)

    def write(self, data: bytes) -> None:
        """Queue ``data``, whole lines, for the flush step of the turn.  Ignored unless OPEN."""
        if self._life is not OPEN:
            return
        if self._pending is None:
            self._pending = data
            self._turn.dirty.append(self)
            return
        if not isinstance(self._pending, bytearray):  # a second piece is rare; a bytearray grows in place
            self._pending = bytearray(self._pending)
        self._pending += data

    def charge(self, lines: int, size: int = 0) -> None:
        """Count ``lines`` of ``size`` bytes together against the rate."""
        if self._pace is not None:
            self._pace.charge(lines, size)

    def change_buffer(self, buffer: LineBuffer) -> None:
        """Cut the input by another ``buffer`` from here on; it gets the bytes that were not handed out yet."""
        buffer.feed(self.buffer.rest)
        buffer.has_ended = self.buffer.has_ended
        self.buffer = buffer

    def close(self, reason: str) -> None:
        """End in good order: send what is queued, then an end of file."""
        if self._life is OPEN:
            self._enter(DRAINING, reason)
            self.half_close()
            self.update_interest()

    def half_close(self) -> None:
        """Send what is queued, then an end of file; go on reading."""
        self._fin = QUEUED if self._fin is NOT_YET else self._fin
        self._flush_with_care()

    def cut(self, reason: str, last_line: bytes) -> None:
        """Give up the queue, but not the rest of a line that was partly sent; then ``last_line`` and ``close``."""
        if self._life is OPEN:
            self._give_up_queue(last_line)
            self.close(reason)
            self._be_patient(has_taken=True).drain()  # the time of the new queue begins

    def abort(self, reason: str) -> None:
        """End at once; what is queued is lost."""
        if self._life is not CLOSED:
            self._enter(CLOSED, reason if self._life is OPEN else self.reason)
            self._turn.ended.append(self)

    # -- for the steps of the pool ---------------------------------------------

    def take_line(self) -> Optional[bytes]:
        """Return the next line that may be served now, and charge for it; None if there is none.

        Raises LineTooLong in the place of a line over the limit.
        """
        if not self.buffer.has_line:
            return None
        turn, pace = self._turn, self._pace
        if (self._pending or self.backlog) and self.queued > turn.limits.own_queue_bytes:
            self.pause = UNREAD
            self._needs_care = True  # the flush step will find that the peer has read
            return None
        wait = 0.0 if pace is None else pace.wait(turn.limits, turn.reactor.now)
        if wait:
            self.pause = RATE
            turn.reactor.call_later(wait, self._serve_soon)
            return None
        try:
            line = self.buffer.next_line()
        except LineTooLong:
            self.charge(1, turn.limits.line_bytes)
            raise
        if pace is not None and line is not None:
            pace.charge(1, len(line) + 1)
        return line

    def flush(self) -> None:
        """Send once what is queued."""
        # Here a broadcast spends its time, once for each recipient: the way of
        # a peer that keeps up is straight, and calls nothing but the send.
        if self._needs_care:
            self._flush_carefully()
            return
        data, self._pending = self._pending, None
        assert data  # without care there is output, or the list would not have this connection
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._pending = data  # it was never sent
            self._lose(error)
            return
        if sent < len(data):
            self._fall_behind(data, sent)

    def is_overdue(self) -> bool:
        """True if the peer has had long enough; one more send is tried before that is said."""
        has_taken = False
        if self.backlog is not None and self._life is not CLOSED:
            has_taken = self._send_backlog(self.backlog)
            self._flush_with_care()  # goes on from here
        if self._life is CLOSED:
            return False
        # By now the peer may also have been cut or have sent something, and so have another deadline.
        return self._be_patient(has_taken).is_over()

    def release(self) -> None:
        """Unregister, then close; in this order and nowhere else."""
        self._pending = None
        if self.backlog is not None:
            self.backlog.drop()
        if self._patience is not None:
            self._patience.stop()
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

    def _flush_with_care(self) -> None:
        self._needs_care = True
        if self._pending is None:
            self._pending = b""
            self._turn.dirty.append(self)

    # -- input -----------------------------------------------------------------

    def _on_ready(self, mask: int) -> None:
        try:
            if mask & EVENT_WRITE and self.backlog is not None:
                self.backlog.is_blocked = False
                self._flush_with_care()
            if mask & EVENT_READ and self._life is not CLOSED:
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
        if self._life is OPEN:
            self.buffer.feed(data)
            self._turn.ready[self] = None
        elif not data:
            self._flush_with_care()  # both sides have ended: the flush step sees that
        elif self._patience is not None and self._patience.is_draining:
            self._patience.received(len(data))

    def _recv(self) -> bytes:
        return self._socket.recv(self._turn.limits.recv_bytes)

    # -- output to a peer that does not keep up, or to its end -----------------------

    def _fall_behind(self, data: Union[bytes, bytearray], sent: int) -> None:
        """Keep what the kernel had no room for, and wait for WRITE."""
        self._needs_care = True
        self._queue(data).took(sent)
        self.update_interest()
        self._be_patient(has_taken=True).watch()

    def _queue(self, data: Union[bytes, bytearray]) -> Backlog:
        if self.backlog is None:
            self.backlog = Backlog(self._turn.ledger, self._turn.limits.send_bytes)
        self.backlog.add(bytes(data))
        return self.backlog

    def _flush_carefully(self) -> None:
        """Flush a connection that has a backlog, or ends, or waits for its answers to be read."""
        if self._life is CLOSED:
            return
        data, self._pending = self._pending, None
        if data:
            self._queue(data)
        if self.backlog is not None:
            has_taken = not self._is_blocked and self._send_backlog(self.backlog)
            if self._life is CLOSED:
                return
            self._be_patient(has_taken).watch()
        if self.pause is UNREAD and self.queued <= self._turn.limits.own_queue_bytes:
            self._serve_soon()
        if self.backlog is None and self._fin is not NOT_YET:
            self._end_output()
        self._needs_care = self.backlog is not None or self._fin is not NOT_YET or self.pause is UNREAD

    def _send_backlog(self, backlog: Backlog) -> bool:
        """Send once the oldest bytes that wait; True if the kernel took some."""
        try:
            taken = backlog.send(self._socket.send)
        except OSError as error:
            self._lose(error)
            return False
        if not backlog.bytes:
            self.backlog = None
        self.update_interest()
        return taken > 0

    def _give_up_queue(self, last_line: bytes) -> None:
        self._flush_with_care()
        if self.backlog is None:
            self._pending = last_line
        else:
            self._pending = b""
            self.backlog.cut(last_line, self.buffer.unit_end)

    def _be_patient(self, has_taken: bool) -> Patience:
        """Tell the patience with this peer what waits, and whether the peer ``has_taken`` some; return it."""
        if self._patience is None:
            turn = self._turn
            self._patience = Patience(turn.reactor, turn.limits, self._judge_soon)
        cost = 0 if self.backlog is None else self.backlog.cost
        self._patience.queue(cost, self._life is OPEN, self._is_blocked, has_taken)
        return self._patience

    def _enter(self, life: Life, reason: str) -> None:
        """Go on to the next part of the life; lines that still wait will not be served."""
        self._life = life
        self._needs_care = True
        self.reason = reason
        self.buffer.clear()

    def _lose(self, error: OSError) -> None:
        self.abort("timeout" if error.errno == errno.ETIMEDOUT else "gone")

    def _end_output(self) -> None:
        """Send the end of file, once everything else is sent; then wait for the peer to end too."""
        if self._fin is QUEUED:
            self._fin = SENT
            try:
                self._send_fin()
            except OSError as error:
                self._lose(error)
        if self._life is not DRAINING:
            return
        if self.buffer.has_ended:
            self.abort(self.reason)  # both sides have ended: nothing can be lost any more
        else:
            self._be_patient(has_taken=False).all_sent()

    def _send_fin(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    # -- interest ----------------------------------------------------------

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
        if self._life is CLOSED:
            return 0
        # An end of file is readable for ever: it is read once.  A draining
        # connection reads on, to drop what comes.
        reads = not self.buffer.has_ended and (self._life is DRAINING or self.pause is NONE)
        return (EVENT_READ if reads else 0) | (EVENT_WRITE if self._is_blocked else 0)

    @property
    def _is_blocked(self) -> bool:
        """True while output waits for room in the kernel."""
        return self.backlog is not None and self.backlog.is_blocked
