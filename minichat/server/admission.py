"""Admission: who may come in, and how long a newcomer may take to choose a nick.

The books of the door: how many connections there are, how many from each
address, and who has no nick yet.  Admission knows connections, addresses and
limits; it does not know what a nick is.
"""

from __future__ import annotations

import logging
import socket
from typing import Any, Callable, Dict, Tuple

from minichat.chat import protocol
from minichat.chat.room import Member
from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.pool import Owner, Pool
from minichat.net.reactor import Reactor
from minichat.server import address
from minichat.server.deadlines import Deadlines

WELCOME = ""  # instead of the code of a refusal

log = logging.getLogger(__name__)


class Guest(Member):
    """A member, or a newcomer who may become one, and where the connection comes from."""

    __slots__ = ("address", "has_begun")

    def __init__(self, write: Callable[[bytes], None], address: str) -> None:
        """``address`` is "" where connections are not counted."""
        super().__init__(write)
        self.address = address
        self.has_begun = False  # some bytes of the first line have come


class Admission:
    """The door of one server.

    Invariants: an address stands in the books while it has connections, and
    no longer; a newcomer without a nick has a deadline.
    """

    def __init__(self, reactor: Reactor, limits: Limits, pool: Pool, owner: Owner) -> None:
        """Connections are made in ``pool`` and belong to ``owner``."""
        self._reactor = reactor
        self._limits = limits
        self._pool = pool
        self._owner = owner
        self._connections = 0
        self._refused: Dict[Connection, None] = {}  # are being told so; they do not count against the limits
        self._by_address: Dict[str, int] = {}  # of those who were let in
        self._waiting = Deadlines(reactor, limits.join_seconds)  # for a nick
        self._unfinished = Deadlines(reactor, limits.unfinished_seconds)  # for the end of a first line

    def has_room(self) -> bool:
        """True if one more may be accepted, if only to be told that the server is full."""
        return not self._limits.clients or self._connections < self._limits.clients + self._limits.refusals

    def accepted(self, sock: socket.socket, sockaddr: Tuple[Any, ...]) -> None:
        """Let a newcomer in, or refuse; ``left`` must follow some day."""
        connection = self._pool.adopt(sock, self._owner)
        guest = connection.context = Guest(connection.write, address.source(sockaddr))
        self._connections += 1
        code = self._judge(guest.address)
        if code == WELCOME:
            self._by_address[guest.address] = self._by_address.get(guest.address, 0) + 1
            self._waiting.begin(connection)
            return
        crowd = code == protocol.TOO_MANY_CONNECTIONS and len(self._refused) >= self._limits.refusals // 2
        self._refused[connection] = None
        if crowd:
            # A connection that is told why it is refused takes one of few places.  One
            # address may not take them all: further connections are closed without a word.
            connection.abort("refused")
        else:
            self._refuse(connection, code)

    def _judge(self, address: str) -> str:
        limits = self._limits
        if limits.clients and self._connections - len(self._refused) > limits.clients:
            return protocol.SERVER_FULL
        if address and limits.per_address and self._by_address.get(address, 0) >= limits.per_address:
            return protocol.TOO_MANY_CONNECTIONS
        return WELCOME

    def _refuse(self, connection: Connection, code: str) -> None:
        log.info("%s refused: %s", connection.context.address or "connection", code)
        connection.write(protocol.format_err(code))
        connection.close("refused")

    def is_waiting(self, connection: Connection) -> bool:
        """True while ``connection`` has no nick and may still choose one."""
        return connection in self._waiting.due

    def begun(self, connection: Connection) -> str:
        """Note that ``connection`` has sent the beginning of a line.

        Return the code to refuse it at once, if that can become no nick: a TLS
        hello has no newline to wait for.
        """
        guest, rest = connection.context, connection.buffer.rest
        if not rest or not self.is_waiting(connection):
            return ""
        if not guest.has_begun:
            guest.has_begun = True
            self._unfinished.begin(connection)
        return protocol.hopeless(rest)

    def introduced(self, connection: Connection) -> bool:
        """Wait no longer for the nick of ``connection``; return whether it was waited for."""
        self._unfinished.end(connection)
        return self._waiting.end(connection)

    def left(self, connection: Connection) -> None:
        """Strike a closed connection from the books."""
        address = connection.context.address
        self._connections -= 1
        self.introduced(connection)
        if connection in self._refused:
            del self._refused[connection]
            return
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def refuse_overdue(self) -> None:
        """Refuse the newcomers whose time is over: a step of the turn, after a nick that came in this turn.

        First tell those whose first line has no end what is missing: a program
        that forgot the newline, or waits for an answer before it sends one.
        """
        if self._unfinished.is_due:
            for connection in self._unfinished.take_due():
                if connection.buffer.size and not connection.buffer.has_line:
                    self._tell_unfinished(connection)
        if self._waiting.is_due:
            for connection in self._waiting.take_due():
                self._refuse(connection, protocol.TIMEOUT)

    def _tell_unfinished(self, connection: Connection) -> None:
        log.info(
            "%s waits: %d bytes of a first line, and no newline after %g s",
            connection.context.address or "connection", connection.buffer.size, self._limits.unfinished_seconds,
        )  # fmt: skip
        connection.write(protocol.format_err(protocol.LINE_UNFINISHED))
