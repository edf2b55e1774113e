"""The heartbeat: it asks a silent browser whether it is there, and lets it go if no answer comes.

A phone that sleeps, or leaves the network, says nothing; the kernel would notice
after minutes.  The ping frees the nick sooner, and keeps proxies from idling out.
"""

from __future__ import annotations

from minichat.net.connection import NONE, Connection
from minichat.net.reactor import Reactor
from minichat.server.deadlines import Deadlines
from minichat.web.connection import WebConnection
from minichat.web.frames import PING, frame

PING_SECONDS = 20.0  # of silence, then a ping: proxies idle out after 30 s or more
PONG_SECONDS = 20.0  # from a ping to any bytes of the browser: a phone's radio may need seconds to wake up

_PING = frame(PING, b"")


class Heartbeat:
    """All browsers with an open WebSocket, and who of them was asked."""

    def __init__(self, reactor: Reactor) -> None:
        self._silent = Deadlines(reactor, PING_SECONDS)
        self._asked = Deadlines(reactor, PONG_SECONDS)

    def heard(self, connection: WebConnection) -> None:
        """Note that some bytes have come, or that the WebSocket was opened."""
        self._asked.end(connection)
        self._silent.end(connection)
        self._silent.begin(connection)  # now it is the last one that will be asked

    def forget(self, connection: WebConnection) -> None:
        """Do not ask a connection that has ended."""
        self._asked.end(connection)
        self._silent.end(connection)

    def beat(self) -> None:
        """Ask who was silent, let go who did not answer: a step of the turn."""
        if self._silent.is_due:
            for connection in self._silent.take_due():
                self._ask(connection)
        if self._asked.is_due:
            for connection in self._asked.take_due():
                self._let_go(connection)

    def _ask(self, connection: Connection) -> None:
        if _is_heard(connection):
            assert isinstance(connection, WebConnection)
            connection.write_raw(_PING)  # nothing happens while it is draining: that has a deadline of its own
            self._asked.begin(connection)
        else:
            self._silent.begin(connection)

    def _let_go(self, connection: Connection) -> None:
        if _is_heard(connection):
            connection.abort("timeout")
        else:
            self._asked.begin(connection)


def _is_heard(connection: Connection) -> bool:
    """True unless the silence may be ours: we do not read while lines wait, and a ping waits behind other output."""
    return connection.pause is NONE and not connection.queued
