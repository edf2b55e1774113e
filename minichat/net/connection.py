"""One non-blocking socket with its input, its output and its life.

Everything between the kernel and whole lines: partial sends, back-pressure,
half-close, the end.  It knows sockets and limits, not nicks or commands.

A life is OPEN, then perhaps DRAINING, then CLOSED, never back:

    OPEN      reads lines, queues output
    DRAINING  ``close``: what is queued still goes out, then the end of file;
              input is read and dropped until the peer ends too.  To close a
              socket with unread input resets it, and the last lines are lost
              on their way (RFC 1122, 4.2.2.13; RFC 2525, 2.17).
    CLOSED    ``abort`` or an error: the pool closes the socket after the turn

Invariants: writing only queues; what is delivered is a prefix of what was
queued; WRITE is waited for only after a send fell short; READ is waited for
only while no complete line waits to be served.  Who is told what, and in
which order, stands in net/owner.
"""

from __future__ import annotations

import enum
import errno
import math
import socket
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, List, Optional

from minichat.net.backlog import Backlog
from minichat.net.drain import Drain
from minichat.net.intake import NONE, UNREAD, Intake
from minichat.net.pool import Pool
from minichat.net.reactor import Timer


class State(enum.Enum):
    """Where a connection is in its life."""

    OPEN = "open"
    DRAINING = "draining"
    CLOSED = "closed"


OPEN, DRAINING, CLOSED = State.OPEN, State.DRAINING, State.CLOSED
NOTHING: List[bytes] = []  # shared by all who have queued nothing, and never added to


class Connection:
    """One peer: reads lines from it, queues output for it."""

    __slots__ = (
        "_drain", "_fin_sent", "_fin_wanted", "_intake", "_interest", "_pending", "_socket", "_state", "_timer",
        "_write_blocked", "address", "backlog", "context", "pool", "reason",
    )  # fmt: skip

    def __init__(self, pool: Pool, sock: socket.socket, address: str = "", context: Any = None) -> None:
        """Take over ``sock``, which must be connected and non-blocking.

        ``address`` says for the owner's books where the peer is; ``context``
        is the owner's, to remember whose connection this is.
        """
        self.address = address
        self.context = context
        self.reason = "gone"  # why it ended, once it has
        self.backlog: Optional[Backlog] = None  # only of a peer that does not keep up
        self.pool = pool
        self._socket = sock if pool.probe is None else pool.probe.opened(self, sock)
        self._state = OPEN
        self._intake = Intake(pool.limits)
        self._pending = NOTHING  # queued in this turn
        self._write_blocked = False  # a send fell short, the kernel has not called since
        self._fin_wanted = self._fin_sent = False  # an end of file, once the queue is empty
        self._drain: Optional[Drain] = None
        self._timer: Optional[Timer] = None
        self._interest = 0
        pool.connections[self] = None
        self._update_interest()

    # -- for the owner -----------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether what is written still reaches the queue."""
        return self._state is OPEN

    @property
    def rest(self) -> bytes:
        """Input behind the last newline."""
        return self._intake.rest

    @property
    def unsent(self) -> int:
        """Bytes of output that wait."""
        return sum(map(len, self._pending)) + (0 if self.backlog is None else self.backlog.bytes)

    @property
    def queued(self) -> int:
        """Bytes of output that wait, with the cost of their pieces."""
        waiting = sum(map(len, self._pending))
        return waiting if self.backlog is None else waiting + self.backlog.cost

    @property
    def may_ask(self) -> bool:
        """Whether the peer reads its answers; else it gets no further ones."""
        if self.backlog is None and not self._pending:
            return True  # as nearly always, and asked for each line
        return self.queued <= self.pool.limits.own_queue_bytes

    def write(self, data: bytes) -> None:
        """Queue ``data``; nothing else.  Ignored unless OPEN."""
        if self._state is OPEN:
            if self._pending:
                self._pending.append(data)
            else:
                self._pending = [data]
                self.pool.dirty.append(self)
            if self.pool.probe is not None:
                self.pool.probe.queued(self, data)

    def charge(self, lines: int) -> None:
        """Let ``lines`` more count against the rate."""
        self._intake.charge(lines)

    def close(self, reason: str) -> None:
        """End in good order: send what is queued, then an end of file."""
        if self._state is OPEN:
            self._state = DRAINING
            self.reason = reason
            if self.pool.probe is not None:
                self.pool.probe.state_changed(self, DRAINING.value, *self._intake.account)
            self._intake.clear()
            self.half_close()
            self._update_interest()

    def half_close(self) -> None:
        """Send what is queued, then an end of file; go on reading."""
        self._fin_wanted = True
        self.pool.dirty.append(self)  # the flush pass goes on from here

    def cut(self, reason: str, last_line: bytes) -> None:
        """End a reader that is too slow: its queue is given up.

        It gets ``last_line`` if it reads within the time that draining has.
        """
        if self._state is OPEN:
            now, before = self.pool.reactor.now, self.unsent
            if self.backlog is not None:
                self.backlog.cut(last_line, now)
                self._pending = NOTHING
            else:
                self._pending = [last_line]
            if self.pool.probe is not None:
                self.pool.probe.cut(self, before + len(last_line) - self.unsent, last_line)
            self._drain = Drain(self.pool.limits, self.pool.reactor.now)
            self.close(reason)
            self._stop_watching()
            self._watch()

    def abort(self, reason: str) -> None:
        """End at once; whatever is queued is lost."""
        if self._state is not CLOSED:
            if self._state is OPEN:
                self.reason = reason
            self._state = CLOSED
            if self.pool.probe is not None:
                self.pool.probe.state_changed(self, CLOSED.value, *self._intake.account)
            self._intake.clear()
            self.pool.ended(self)

    # -- for the pool ------------------------------------------------------

    def release(self) -> None:
        """Unregister, then close; in this order and nowhere else."""
        lost = self.unsent
        self._pending = NOTHING
        if self.backlog is not None:
            self.backlog.drop()
        self._stop_watching()
        self._update_interest()
        self._socket.close()
        if self.pool.probe is not None:
            self.pool.probe.closed(self, lost)

    def flush(self) -> None:
        """One send of what is queued.

        Here a broadcast spends its time: once for each recipient.  So the way
        of a peer that keeps up is straight, and calls nothing but the send.
        """
        if self._state is CLOSED:
            return
        if self.backlog is not None:
            self._flush_backlog()
            return
        pending = self._pending
        if pending:
            self._pending = NOTHING
            data = pending[0] if len(pending) == 1 else b"".join(pending)
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                self._pending = pending  # it was never sent
                self._lost(error)
                return
            if sent < len(data):
                self._fell_short(data, sent)
                return
        # Everything is out.  For nearly everyone this is the end of it.
        if self._fin_wanted:
            self._finish_output()
        elif self._intake.pause is UNREAD:
            self._intake.serve_next_turn(self)

    def tell_too_slow(self) -> None:
        """Let the owner end a reader that is too slow."""
        if self._state is OPEN:
            try:
                self.pool.owner.too_slow(self)
            except Exception:
                self.pool.bug(self)
        elif self._state is DRAINING:
            self.abort(self.reason)

    # -- output ------------------------------------------------------------

    def _fell_short(self, data: bytes, sent: int) -> None:
        """The kernel has no more room: keep the rest, wait for WRITE."""
        now = self.pool.reactor.now
        self.backlog = Backlog(self.pool.limits, self.pool.ledger, now)
        self.backlog.add(data, now)
        self.backlog.took(sent, now)
        self._write_blocked = True
        self._update_interest()
        self._watch()

    def _flush_backlog(self) -> None:
        backlog = self.backlog
        assert backlog is not None
        now = self.pool.reactor.now
        for piece in self._pending:
            backlog.add(piece, now)
        self._pending = NOTHING
        if not self._write_blocked:
            try:
                backlog.took(self._socket.send(backlog.next_bytes()), now)
            except BlockingIOError:
                pass
            except OSError as error:
                self._lost(error)
                return
            self._write_blocked = backlog.bytes > 0
        if backlog.bytes:
            self._watch()
        else:
            self.backlog = None
            self._stop_watching()
        self._update_interest()
        if self._intake.pause is UNREAD and self.may_ask:
            self._intake.serve_next_turn(self)
        if self._fin_wanted and self.backlog is None:
            self._finish_output()

    # -- input -------------------------------------------------------------

    def _on_ready(self, mask: int) -> None:
        try:
            if mask & EVENT_WRITE:
                self._write_blocked = False
                self.pool.dirty.append(self)
            if mask & EVENT_READ and self._state is not CLOSED:
                self._receive()
        except Exception:
            self.pool.bug(self)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(self.pool.limits.recv_bytes)
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(error)
            return
        if not data:
            self._intake.ended = True
            self._update_interest()
        if self._state is DRAINING:
            self._discard(data)
            return
        if self._intake.feed(data):
            self.pool.reactor.call_soon(self.serve)
        else:
            self.pool.owner.rest_received(self)

    def serve(self) -> None:
        """Have the lines that wait served; the intake plans this call."""
        try:
            self._intake.serve(self)
            self._update_interest()
        except Exception:
            self.pool.bug(self)

    # -- the end -----------------------------------------------------------

    def _lost(self, error: OSError) -> None:
        self.abort("timeout" if error.errno == errno.ETIMEDOUT else "gone")

    def _finish_output(self) -> None:
        """All is sent: say so, then wait for the peer to end too."""
        if not self._fin_sent:
            self._fin_sent = True
            try:
                self._socket.shutdown(socket.SHUT_WR)
            except OSError as error:
                self._lost(error)
        if self._state is not DRAINING:
            return
        if self._intake.ended:
            self.abort(self.reason)  # both have ended: nothing can be lost any more
            return
        if self._drain is None:
            self._drain = Drain(self.pool.limits, self.pool.reactor.now)
        else:
            self._drain.received(0, self.pool.reactor.now)  # the silence counts from here
        self._stop_watching()
        self._watch()

    def _discard(self, data: bytes) -> None:
        """Input of a closing connection; it counts only as a sign of life."""
        if self._intake.ended:
            self.pool.dirty.append(self)
        elif self._drain:
            self._drain.received(len(data), self.pool.reactor.now)

    def _deadline(self) -> float:
        """When this connection has waited long enough for its peer."""
        deadline = math.inf
        if self.backlog is not None:
            deadline = self.backlog.deadline(grows=self._state is OPEN)
        if self._drain:
            deadline = min(deadline, self._drain.deadline(self._fin_sent))
        return deadline

    def _watch(self) -> None:
        """Have a timer at the deadline, and sooner while the kernel might have room that it does not tell of."""
        reactor = self.pool.reactor
        wait = self._deadline() - reactor.now
        if wait <= 0:
            reactor.call_soon(self._look_again)
        elif self._timer is None and (self._write_blocked or wait < math.inf):
            wait = min(wait, self.pool.limits.send_again_seconds) if self._write_blocked else wait
            self._timer = reactor.call_later(wait, self._timer_rang)

    def _timer_rang(self) -> None:
        self._timer = None
        self.pool.reactor.call_soon(self._look_again)  # behind what the peer has sent by now

    def _look_again(self) -> None:
        """Send if that is possible after all; judge the peer only then."""
        if self.backlog is not None and self._state is not CLOSED:
            self._write_blocked = False
            self._flush_backlog()
        # By now it may also have been cut or have spoken, and so have a new deadline.
        if self._deadline() <= self.pool.reactor.now:
            self.tell_too_slow()
        elif self._state is not CLOSED:
            self._watch()

    def _stop_watching(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    # -- interest ----------------------------------------------------------

    def _wanted(self) -> int:
        """What to wait for: a function of the state and of nothing else."""
        if self._state is CLOSED:
            return 0
        # An end of file is readable for ever: it is read once.  A closing
        # connection reads on, to drop what comes.
        reads = not self._intake.ended and (self._state is DRAINING or self._intake.pause is NONE)
        return (EVENT_READ if reads else 0) | (EVENT_WRITE if self._write_blocked else 0)

    def _update_interest(self) -> None:
        wanted = self._wanted()
        if wanted == self._interest:
            return
        reactor = self.pool.reactor
        if not self._interest:
            reactor.register(self._socket, wanted, self._on_ready)
        elif wanted:
            reactor.modify(self._socket, wanted, self._on_ready)
        else:
            reactor.unregister(self._socket)
        if self.pool.probe is not None:
            self.pool.probe.interest_changed(self, self._interest, wanted, self._intake.pause.value)
        self._interest = wanted
