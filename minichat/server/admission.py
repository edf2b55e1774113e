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
from minichat.net.listener import dismiss
from minichat.net.pool import Owner, Pool
from minichat.net.reactor import Reactor
from minichat.server import address

WELCOME = ""  # instead of the code of a refusal

log = logging.getLogger(__name__)


class Guest(Member):
    """A member, or a newcomer who may become one, and where the connection comes from."""

    __slots__ = ("address",)

    def __init__(self, write: Callable[[bytes], None], address: str) -> None:
        """``address`` is "" where connections are not counted."""
        super().__init__(write)
        self.address = address


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
        # All newcomers have the same time, so the order of coming is the order of
        # the deadlines, and one timer is enough: a dict keeps that order.
        self._waiting: Dict[Connection, float] = {}
        self._has_timer = self._is_due = False

    def has_room(self) -> bool:
        """True if one more may be accepted, if only to be told that the server is full."""
        return not self._limits.clients or self._connections < self._limits.clients + self._limits.refusals

    def accepted(self, sock: socket.socket, sockaddr: Tuple[Any, ...]) -> None:
        """Let a newcomer in, or refuse; ``left`` must follow some day."""
        try:
            connection = self._pool.adopt(sock, self._owner)
        except OSError as error:  # the selector cannot wait for one file more
            log.warning("%s refused: %s (%s)", address.shown(sockaddr), protocol.SERVER_FULL, error.strerror)
            dismiss(sock, protocol.format_err(protocol.SERVER_FULL), self._limits.recv_bytes)
            return
        guest = connection.context = Guest(connection.write, address.source(sockaddr))
        self._connections += 1
        code = self._judge(guest.address)
        if code == WELCOME:
            self._by_address[guest.address] = self._by_address.get(guest.address, 0) + 1
            self._waiting[connection] = self._reactor.now + self._limits.join_seconds
            self._watch()
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
        return connection in self._waiting

    def introduced(self, connection: Connection) -> bool:
        """Wait no longer for the nick of ``connection``; return whether it was waited for."""
        return self._waiting.pop(connection, None) is not None

    def left(self, connection: Connection) -> None:
        """Strike a closed connection from the books."""
        address = connection.context.address
        self._connections -= 1
        self._waiting.pop(connection, None)
        if connection in self._refused:
            del self._refused[connection]
            return
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def _watch(self) -> None:
        if self._waiting and not self._has_timer:
            self._has_timer = True
            due_at = next(iter(self._waiting.values()))
            self._reactor.call_later(due_at - self._reactor.now, self._timer_rang)

    def _timer_rang(self) -> None:
        self._is_due = True

    def refuse_overdue(self) -> None:
        """Refuse the newcomers whose time is over: a step of the turn, after a nick that came in this turn."""
        if not self._is_due:
            return
        self._is_due = self._has_timer = False
        for connection, due_at in list(self._waiting.items()):
            if due_at > self._reactor.now:
                break
            del self._waiting[connection]
            self._refuse(connection, protocol.TIMEOUT)
        self._watch()
