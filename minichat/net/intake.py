"""The input of one connection: from the bytes of a read to served lines.

It decides when a complete line may be served: a bounded number a turn, no
faster than the rate allows, and not while the peer leaves its answers unread.
While a complete line waits, nothing more is read: the peer's own TCP holds it
back, and nothing is lost.  It knows lines and limits, not what they say.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Optional, Tuple

from minichat.limits import Limits
from minichat.net.linebuffer import LineBuffer, LineTooLong
from minichat.net.pace import Pace

if TYPE_CHECKING:
    from minichat.net.connection import Connection


class Pause(enum.Enum):
    """Why complete lines wait, and with them the reading."""

    NONE = "nothing waits"
    TURN = "enough for this turn"
    RATE = "faster than the rate allows"
    UNREAD = "the answers so far are not read"


# Names of their own: to look up a member of an enum takes as long as a call.
NONE, TURN, RATE, UNREAD = Pause.NONE, Pause.TURN, Pause.RATE, Pause.UNREAD


class Intake:
    """What one peer has sent and what of it waits."""

    __slots__ = ("_buffer", "_pace", "ended", "pause")

    def __init__(self, limits: Limits) -> None:
        self._buffer = LineBuffer(limits.line_bytes)
        self._pace: Optional[Pace] = Pace() if limits.rate_lines else None
        self.pause = NONE
        self.ended = False  # the peer sends no more

    @property
    def rest(self) -> bytes:
        """Input behind the last newline."""
        return bytes(self._buffer.rest)

    @property
    def account(self) -> Tuple[int, int]:
        """Bytes that wait, and bytes thrown away until now with lines that were too long."""
        return self._buffer.size, self._buffer.thrown_away

    def feed(self, data: bytes) -> bool:
        """Take in what a read brought; whether there is something to serve now."""
        self._buffer.feed(data)
        return self._buffer.has_line or self.ended

    def charge(self, lines: int) -> None:
        """Let ``lines`` more count against the rate."""
        if self._pace:
            self._pace.charge(lines, 0)

    def clear(self) -> None:
        """Forget what waits."""
        self._buffer.clear()

    def serve(self, connection: Connection) -> None:
        """Pass on complete lines, as many as this turn allows; plan the rest."""
        pool, buffer, pace, probe = connection.pool, self._buffer, self._pace, connection.pool.probe
        self.pause = NONE
        has_served = False
        for _ in range(pool.limits.turn_lines):  # a line that ends the connection empties the buffer
            if not buffer.has_line or not self._may_serve(connection):
                break
            has_served = True
            try:
                line = buffer.next_line()
            except LineTooLong:
                if probe is not None:
                    probe.line(connection, None, *self.account)
                if pace:
                    pace.charge(1, pool.limits.line_bytes)
                pool.owner.line_too_long(connection)
                continue
            assert line is not None
            if probe is not None:
                probe.line(connection, line, *self.account)
            if pace:
                pace.charge(1, len(line) + 1)
            pool.owner.line_received(connection, line)
        if not connection.is_open:
            return
        if not buffer.has_line:
            if self.ended and pool.turn_is_full:
                self.serve_next_turn(connection)
            elif self.ended:
                pool.owner.end_received(connection)
        elif self.pause in (NONE, TURN):
            self.serve_next_turn(connection, has_served)

    def serve_next_turn(self, connection: Connection, has_served: bool = False) -> None:
        """Go on, or look again, next turn; who was served in this one goes behind the others.

        Otherwise one who fills every turn would be first in every turn.
        """
        self.pause = TURN
        if has_served:
            connection.pool.served.append(connection)
        else:
            connection.pool.reactor.call_soon(connection.serve)

    def _may_serve(self, connection: Connection) -> bool:
        """Whether the next line may be served now; otherwise see to it that it will be."""
        pool = connection.pool
        if pool.turn_is_full:
            self.pause = TURN
            return False
        if not connection.may_ask:
            self.pause = UNREAD  # the flush pass looks at it again
            return False
        if self._pace:
            wait = self._pace.wait(pool.limits, pool.reactor.now)
            if wait:
                self.pause = RATE
                pool.reactor.call_later(wait, connection.serve)
                return False
        return True
