"""The server: where the net wing and the chat meet.

The net wing brings lines, the dispatcher turns them into what is queued for
whom, the net wing sends it.  Here stands what neither may know: what a turn
is, which guest belongs to which connection, and how everything ends.
"""

from __future__ import annotations

import socket
from typing import Any, Callable, Type

from minichat.chat import dispatcher, protocol
from minichat.chat.dispatcher import Outcome
from minichat.chat.room import Room
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.connection import OPEN, Connection
from minichat.net.listener import Listener, open_null
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.server.admission import Admission
from minichat.server.budgets import RoomBudget
from minichat.server.ending import Ending

SERVED = Outcome.SERVED  # a name of its own: to look up a member of an enum takes longer


class Server:
    """One room with its connections.  Everything it uses is given to it, so that a test can give it others."""

    pool_kind: Type[Pool] = Pool  # a watched server has another one

    def __init__(
        self,
        reactor: Reactor,
        listening: socket.socket,
        limits: Limits,
        messages: Messages,
        status: Callable[[str], None],
        open_spare: Callable[[], Any] = open_null,
    ) -> None:
        """``status`` gets one line for people, without its newline, and must not block."""
        limits.check()
        self._reactor = reactor
        self._limits = limits
        self._messages = messages
        self._status_line = status
        self.room = room = Room()
        self.pool = pool = self.pool_kind(reactor, limits, room.fanout)
        pool.turn.speaks_telnet = True
        self.admission = admission = Admission(reactor, limits, pool, self)
        self.listener = listener = Listener(
            reactor, listening, limits, admission.accepted,
            protocol.format_err(protocol.SERVER_FULL), open_spare,
        )
        self.ending = Ending(reactor, limits, room, pool, listener, self._status)
        budget = RoomBudget(reactor, limits, room)
        # The turn.  The handlers have read and noted; each step does what was noted.
        reactor.at_turn_end(
            pool.serve,                  # lines that wait, in rotation, go to the dispatcher
            pool.judge,                  # who has waited too long for their peer
            admission.refuse_overdue,    # who has no nick in time
            pool.reap,                   # close what has ended, and tell the others
            listener.accept,             # newcomers
            budget.settle,               # what was said to everyone is charged to the room
            room.deliver,                # fan-out: what was said is queued for everyone
            pool.flush,                  # one send for each connection with output
        )  # fmt: skip

    def close(self) -> None:
        """Close whatever is still open."""
        for listener in self.ending.listeners:
            listener.close()
        self.pool.close("shutdown")

    def _status(self, key: str, **fields: object) -> None:
        self._status_line("[STATUS] " + self._messages(key, **fields))

    # -- what happens on a connection (net.pool.Owner) ------------------------

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Serve a line."""
        self.submit(connection, line)

    def line_too_long(self, connection: Connection) -> None:
        """Answer that the line was too long."""
        self._conclude(connection, dispatcher.refuse(self.room, connection.context, protocol.LINE_TOO_LONG))

    def rest_received(self, connection: Connection) -> None:
        """Refuse at once what can be no nick: a TLS hello has no newline to wait for."""
        if code := self.admission.begun(connection):
            self._conclude(connection, dispatcher.refuse(self.room, connection.context, code))

    def end_received(self, connection: Connection) -> None:
        """Everything is answered: let the member go."""
        self._leave(connection, "gone")
        connection.close("gone")

    def too_slow(self, connection: Connection) -> None:
        """Cut who does not read, so that the others need not wait."""
        self._leave(connection, "too_slow")
        connection.cut("too_slow", protocol.format_err(protocol.TOO_SLOW))

    def connection_closed(self, connection: Connection) -> None:
        """Balance the books."""
        self.admission.left(connection)
        self.ending.stop_when_empty()
        self._leave(connection, connection.reason)

    # -- what a line means ---------------------------------------------------

    def submit(self, connection: Connection, line: bytes) -> None:
        """The one way from a line to its dispatch: today at once, and here."""
        outcome = dispatcher.dispatch(self.room, connection.context, line)
        if outcome is Outcome.WAITS:
            connection.context.held = line
            self.pool.hold(connection)
        elif outcome is not SERVED:
            self._conclude(connection, outcome)

    def resumed(self, connection: Connection) -> None:
        """Try a line that was held again."""
        self.submit(connection, connection.context.held)

    def _conclude(self, connection: Connection, outcome: Outcome) -> None:
        """Do what the outcome of a line means for its connection."""
        guest = connection.context
        if outcome is Outcome.JOINED:
            self.admission.introduced(connection)
            connection.charge(self._limits.join_lines)
            self._status("joined", nick=guest.nick, count=len(self.room))
        elif outcome is Outcome.REFUSED:
            connection.charge(1)  # a refused line costs double
        elif outcome is Outcome.ENDED:
            connection.close("quit")
            if not self.admission.introduced(connection):
                self._status("left", nick=guest.nick, count=len(self.room))

    def _leave(self, connection: Connection, reason: str) -> None:
        guest = connection.context
        if guest in self.room:
            dispatcher.leave(self.room, guest, reason, hears=connection.life is OPEN)
            self._status("left", nick=guest.nick, count=len(self.room))
