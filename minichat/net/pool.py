"""The pool: all connections of one program, and the steps of a turn that work on them.

The connections note what there is to do on the lists of the turn; the pool
does it, one list after the other, and alone tells the owners anything.  It
knows connections and limits; it does not know what the lines say.
"""

from __future__ import annotations

import logging
import socket
from typing import Any, Dict, List, Optional, Protocol, Type

from minichat.limits import Limits
from minichat.net.connection import HELD, NONE, OPEN, TURN, Connection
from minichat.net.linebuffer import LineTooLong
from minichat.net.pace import Pace
from minichat.net.reactor import Reactor
from minichat.net.turn import Turn

log = logging.getLogger(__name__)


class Owner(Protocol):
    """The owner of a connection is told what happens on it, in this order:

        (line_received | resumed | line_too_long | rest_received)* [end_received] [too_slow] connection_closed

    All but the last may answer with ``write``, ``close`` and ``abort``; after
    ``close`` and ``abort`` only ``connection_closed`` still comes, exactly once.
    """

    def line_received(self, connection: Connection, line: bytes) -> None: ...  # a whole line, without its line end
    def resumed(self, connection: Connection) -> None: ...  # a line that the owner has let ``hold`` may go on
    def line_too_long(self, connection: Connection) -> None: ...  # a line over the limit was thrown away
    def rest_received(self, connection: Connection) -> None: ...  # a read ended no line; ``buffer.rest`` waits
    def end_received(self, connection: Connection) -> None: ...  # the peer sends no more, and every line was served
    def too_slow(self, connection: Connection) -> None: ...  # the peer does not read: ``cut`` is expected
    def connection_closed(self, connection: Connection) -> None: ...  # the socket is closed; ``reason`` says why


class Meter:
    """Shows how many bytes of output were made in this turn.  This one always shows 0; the fan-out is another."""

    bytes = 0


class Pool:
    """The connections of one program; ``serve``, ``judge``, ``reap`` and ``flush`` are steps of its turn.

    They come in this order, with whatever else queues output before ``flush``.
    """

    kind: Type[Connection] = Connection  # a watched pool has another one

    def __init__(self, reactor: Reactor, limits: Limits, meter: Any = Meter) -> None:
        """When the ``meter`` shows ``turn_bytes``, enough was made in this turn: then lines wait for the next one."""
        self.turn = Turn(reactor, limits)
        self.limits = limits
        self._meter = meter
        # The owner of each connection, in the order of coming.  A connection may get another one in mid-life.
        self.owners: Dict[Connection, Owner] = {}

    def adopt(self, sock: socket.socket, owner: Owner, pace: Optional[Pace] = None) -> Connection:
        """Make a connection of ``sock``, which must be connected and non-blocking; ``pace`` is shared with others."""
        connection = self.kind(self.turn, sock, pace)
        self.owners[connection] = owner
        return connection

    def hold(self, connection: Connection) -> None:
        """Let the line just served, and all after it, wait for ``held_seconds``; then ``resumed`` is called."""
        connection.pause = HELD
        self.turn.reactor.call_later(self.limits.held_seconds, lambda: self.turn.ready.setdefault(connection))

    def close(self, reason: str) -> None:
        """Close every socket at once; the owners are not told."""
        for connection in self.owners:
            connection.abort(reason)
            connection.release()
        self.owners.clear()
        self.turn.ended.clear()

    # -- the steps of a turn -----------------------------------------------------

    def serve(self) -> bool:
        """Hand waiting lines to their owners, a bounded number from each; True while lines are left."""
        ready, self.turn.ready = self.turn.ready, {}
        served: List[Connection] = []
        has_time = True
        for connection in ready:
            try:
                has_served = has_time and self._serve(connection)
            except Exception:
                connection.fail()
            else:
                if connection.pause is TURN and has_served:
                    served.append(connection)
                elif connection.pause is TURN or not has_time:
                    self._put_off(connection)
            has_time = has_time and (len(ready) == 1 or self._has_time())
        # Those already served go last, or one that fills every turn would be first in every turn.
        self.turn.ready.update(dict.fromkeys(served))
        if self.turn.inputs > self.limits.inputs_bytes:
            self.turn.inputs = sum(connection.buffer.size for connection in self.owners)
        return bool(self.turn.ready)

    def judge(self) -> None:
        """Cut the peers that read too slowly; stop waiting for those that have had long enough to end."""
        overdue, self.turn.overdue = self.turn.overdue, {}
        for number, connection in enumerate(overdue):
            if number and not self._has_time():
                self.turn.overdue[connection] = None
                continue
            try:
                if connection.is_overdue():
                    self._end_slow(connection)
            except Exception:
                connection.fail()

    def reap(self) -> bool:
        """Close the sockets of the connections that have ended, and tell their owners; True while some are left."""
        ended = self.turn.ended
        while ended and self._meter.bytes < self.limits.turn_bytes:
            connection = ended.popleft()
            owner = self.owners.pop(connection)
            try:
                connection.release()
                owner.connection_closed(connection)
            except Exception:
                log.exception("a bug while a connection ended")
            if not self._has_time():
                break
        return bool(ended)

    def flush(self) -> bool:
        """Send once on each connection with output; True if that has left something to do."""
        turn = self.turn
        dirty, turn.dirty = turn.dirty, []
        for connection in dirty:
            try:
                connection.flush()
            except Exception:
                connection.fail()
        if turn.ledger.bytes > self.limits.queues_bytes:
            self._shed()
        return bool(turn.ready or turn.overdue or turn.ended or turn.dirty)

    def _has_time(self) -> bool:
        return self.turn.reactor.turn_seconds() < self.limits.turn_seconds

    # -- one connection ----------------------------------------------------------

    def _put_off(self, connection: Connection) -> None:
        """Let the lines of one connection wait for the next turn."""
        self.turn.ready[connection] = None
        if connection.pause is NONE and connection.buffer.has_line:
            connection.pause = TURN
            connection.update_interest()

    def _serve(self, connection: Connection) -> bool:
        """Serve some lines of one connection; True if there were any.  ``pause`` says what the others wait for."""
        was, connection.pause = connection.pause, NONE
        has_served = was is HELD and connection.life is OPEN
        if has_served and connection.queued > self.limits.own_queue_bytes:
            self.hold(connection)
        elif has_served:
            self.owners[connection].resumed(connection)
        for _ in range(self.limits.turn_lines - has_served):  # a line that ends the connection empties the buffer
            is_full = self._meter.bytes >= self.limits.turn_bytes
            has_input = connection.buffer.has_line or connection.buffer.thrown_away
            if is_full or connection.pause is HELD or not has_input:
                break
            try:
                line = connection.take_line()
                if line is None:
                    break
                has_served = True
                self.owners[connection].line_received(connection, line)
            except LineTooLong:
                has_served = True
                self.owners[connection].line_too_long(connection)
        if connection.life is OPEN:
            if connection.buffer.has_line:
                connection.pause = TURN if connection.pause is NONE else connection.pause
            elif connection.buffer.has_ended or not has_served:
                self._tell_rest(connection)
            if connection.pause is not was:
                connection.update_interest()
        return has_served

    def _tell_rest(self, connection: Connection) -> None:
        """Tell what is not a line: the end of the input, or its beginning."""
        if not connection.buffer.has_ended:
            self.owners[connection].rest_received(connection)
        elif self._meter.bytes < self.limits.turn_bytes:
            self.owners[connection].end_received(connection)
        else:
            connection.pause = TURN

    def _end_slow(self, connection: Connection) -> None:
        try:
            if connection.life is OPEN:
                self.owners[connection].too_slow(connection)
            else:
                connection.abort(connection.reason)
        except Exception:
            connection.fail()

    def _shed(self) -> None:
        """Cut the largest queues, until all queues together are within their limit."""
        behind = [connection for connection in self.owners if connection.queued]
        for connection in sorted(behind, key=lambda connection: connection.queued, reverse=True):
            if self.turn.ledger.bytes <= self.limits.queues_bytes:
                return
            self._end_slow(connection)
