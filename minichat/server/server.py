"""How the pieces of the server meet.

The net wing brings lines, the dispatcher turns them into what is queued for
whom, the net wing sends it.  Here stands what neither may know: which member
belongs to which connection, who may connect, and how everything ends.
"""

from __future__ import annotations

import logging
import os
import socket
from typing import Any, Callable, Tuple

from minichat.chat import dispatcher, protocol
from minichat.chat.dispatcher import Outcome
from minichat.chat.room import Member, Room
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.listener import Listener
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.server import address
from minichat.server.admission import Admission, Verdict

SERVED = Outcome.SERVED  # a name of its own: to look up a member of an enum takes longer

log = logging.getLogger(__name__)


def _open_spare() -> Any:
    return open(os.devnull, "rb", buffering=0)


class Server:
    """One room with its connections.

    Everything it uses is given to it: the reactor with its selector and
    clock, the listening socket, where status lines go.  So a test can give
    it others.
    """

    def __init__(
        self,
        reactor: Reactor,
        listening: socket.socket,
        limits: Limits,
        messages: Messages,
        status: Callable[[str], None],
        open_spare: Callable[[], Any] = _open_spare,
    ) -> None:
        """``status`` gets one line for people, without its newline, and must not block."""
        limits.check()
        self._reactor = reactor
        self._limits = limits
        self._messages = messages
        self._status_line = status
        self.room = Room()
        self.pool = Pool(reactor, limits, self)
        self.admission = Admission(reactor, limits, self._timed_out)
        self._stopping = False
        self.listener = Listener(
            reactor, listening, limits, self.admission.has_room, self._accepted,
            protocol.format_err(protocol.SERVER_FULL), open_spare,
        )
        # Accept comes before the flush pass, so that a refusal goes out in the same turn.
        for step in (self.listener.accept, self.room.deliver, self.pool.flush):
            reactor.at_turn_end(step)

    # -- the start and the end ----------------------------------------------

    def on_signal(self, number: int) -> None:
        """The first signal ends in good order, a second one at once."""
        if self._stopping:
            self._reactor.stop()
        else:
            self.shut_down()

    def shut_down(self) -> None:
        """Say goodbye, let everyone read it, stop the reactor."""
        self._stopping = True
        self._status("stopping")
        self.listener.accept_all()
        self.listener.close()
        dispatcher.shut_down(self.room)
        for connection in list(self.pool.connections):
            if not connection.context.nick:
                connection.write(protocol.BYE_SHUTDOWN)
            connection.close("shutdown")
        self._reactor.call_later(self._limits.shutdown_seconds, self._reactor.stop)
        self._stop_when_empty()

    def close(self) -> None:
        """Close whatever is still open."""
        self.listener.close()
        for connection in list(self.pool.connections):
            connection.abort("shutdown")
            connection.release()
        self.pool.connections.clear()

    def _stop_when_empty(self) -> None:
        if self._stopping and not self.pool.connections:
            self._reactor.stop()

    def _status(self, key: str, **fields: object) -> None:
        self._status_line("[STATUS] " + self._messages(key, **fields))

    # -- newcomers ---------------------------------------------------------

    def _accepted(self, sock: socket.socket, sockaddr: Tuple[Any, ...]) -> None:
        connection = Connection(self.pool, sock, address.source(sockaddr))
        connection.context = Member(connection.write)
        verdict = self.admission.arrived(connection)
        if verdict is Verdict.FULL:
            self._refuse(connection, protocol.SERVER_FULL)
        elif verdict is Verdict.CROWDED:
            self._refuse(connection, protocol.TOO_MANY_CONNECTIONS)
        elif verdict is Verdict.SWAMPED:
            connection.abort("refused")

    def _timed_out(self, connection: Connection) -> None:
        self._refuse(connection, protocol.TIMEOUT)

    def _refuse(self, connection: Connection, code: str) -> None:
        log.info("%s refused: %s", connection.address or "connection", code)
        connection.write(protocol.format_err(code))
        connection.close("refused")

    # -- what happens on a connection (net.connection.Owner) ----------------

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Have a line served; see to what that means for the connection."""
        member = connection.context
        self._conclude(connection, member, dispatcher.dispatch(self.room, member, line))

    def line_too_long(self, connection: Connection) -> None:
        """Say so."""
        member = connection.context
        self._conclude(connection, member, dispatcher.refuse(self.room, member, protocol.LINE_TOO_LONG))

    def rest_received(self, connection: Connection) -> None:
        """Refuse at once what can be no nick: a TLS hello has no newline to wait for."""
        member = connection.context
        if self.admission.is_waiting(connection) and (code := protocol.hopeless(connection.rest)):
            self._conclude(connection, member, dispatcher.refuse(self.room, member, code))

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
        self._stop_when_empty()
        self._leave(connection, connection.reason)

    def _conclude(self, connection: Connection, member: Member, outcome: Outcome) -> None:
        self._look_at_turn()
        if outcome is SERVED:
            return
        if outcome is Outcome.JOINED:
            self.admission.introduced(connection)
            self._status("joined", nick=member.nick, count=len(self.room))
        elif outcome is Outcome.REFUSED:
            connection.charge(1)  # a refused line costs double
        elif outcome is Outcome.ENDED:
            connection.close("quit")
            if not self.admission.introduced(connection):
                self._status("left", nick=member.nick, count=len(self.room))

    def _look_at_turn(self) -> None:
        if self.room.fanout.bytes >= self._limits.turn_bytes:
            self.pool.turn_is_full = True

    def _leave(self, connection: Connection, reason: str) -> None:
        member = connection.context
        if member in self.room:
            dispatcher.leave(self.room, member, reason, hears=connection.is_open)
            self._look_at_turn()
            self._status("left", nick=member.nick, count=len(self.room))
