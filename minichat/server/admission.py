"""Admission: who may come in, and how long a newcomer may take to choose a nick.

The books of the door: how many connections there are, how many from each
address, and who has no nick yet.  At log level info it says who comes from
where, and why a newcomer is refused.  Admission knows connections, addresses and
limits; it does not know what a nick is.
"""

from __future__ import annotations

import logging
import socket
from typing import Any, Callable, Dict, Iterator, NamedTuple, Optional, Tuple

from minichat.chat import protocol
from minichat.chat.room import Member
from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.listener import dismiss
from minichat.net.pace import Pace
from minichat.net.pool import Owner, Pool
from minichat.net.reactor import Reactor
from minichat.server import address
from minichat.server.budgets import AddressPaces
from minichat.server.deadlines import Deadlines

WELCOME = ""  # instead of the code of a refusal

log = logging.getLogger(__name__)


class Guest(Member):
    """A member, or a newcomer who may become one, with the connection.

    What is written to a newcomer is logged if it is an error: it says why the newcomer does not get in.
    """

    __slots__ = ("_connection", "_limits", "address", "has_begun", "held", "sockaddr")

    def __init__(self, connection: Connection, sockaddr: Tuple[Any, ...], source: str, limits: Limits) -> None:
        """``sockaddr`` is where ``connection`` comes from; ``source`` is "" where connections are not counted."""
        super().__init__(self._write_to_newcomer)
        self._connection = connection
        self._limits = limits
        self.sockaddr = sockaddr
        self.address = source
        self.has_begun = False  # some bytes of the first line have come
        self.held = b""  # a line that waits for its addressee, or for a loud room

    @property
    def has_room(self) -> bool:  # type: ignore[override]
        """False while too much of what was sent is unread: then a private line waits at its sender."""
        return self._connection.queued <= self._limits.own_queue_bytes

    def answer(self, size: int, lines: Iterator[bytes], memory: int) -> None:
        self._connection.answer(size, lines, memory)

    @property
    def is_light(self) -> bool:  # type: ignore[override]
        """True for a member, at an address, from where little has come of late."""
        pace = self._connection.pace
        return pace is None or pace.is_light(self._limits)

    def _write_to_newcomer(self, data: bytes) -> None:
        self._connection.write(data)
        if data.startswith(b"ERR "):
            _log_refusal(self.sockaddr, data[len(b"ERR ") :].decode().rstrip())

    def joined(self) -> None:
        """Log who it is, and nothing more from now on."""
        if log.isEnabledFor(logging.INFO):
            log.info("%s joined from %s", self.nick, address.shown(self.sockaddr))
        self.write = self._connection.write
        self.sockaddr = ()


def _log_refusal(sockaddr: Tuple[Any, ...], code: str) -> None:
    # One place for all refusals: they are one kind, and a flood of them a line a second.
    if log.isEnabledFor(logging.INFO):  # else the address is not worth the work
        log.info("%s refused: %s", address.shown(sockaddr), code)


class Entrance(NamedTuple):
    """What is special about the newcomers of one listener."""

    adopt: Callable[[socket.socket, Pace], Connection]  # makes a connection of an accepted socket; raises OSError
    refusal: Callable[[str], bytes]  # returns what says a code to a newcomer who gets no connection


class Admission:
    """The door of one server.

    Invariants: an address stands in the books while it has connections, and
    no longer; a newcomer without a nick has a deadline.
    """

    def __init__(self, reactor: Reactor, limits: Limits, pool: Pool, owner: Owner) -> None:
        """Connections are made in ``pool`` and belong to ``owner``."""
        self._reactor = reactor
        self._limits = limits
        self._entrance = Entrance(lambda sock, pace: pool.adopt(sock, owner, pace), protocol.format_err)
        self._connections = 0
        self._refused: Dict[Connection, None] = {}  # are being told so; they do not count against the limits
        self._by_address: Dict[str, int] = {}  # of those who were let in
        self._paces = AddressPaces(limits)
        self._waiting = Deadlines(reactor, limits.join_seconds)  # for a nick
        self._unfinished = Deadlines(reactor, limits.unfinished_seconds)  # for the end of a first line

    def accepted(
        self, sock: socket.socket, sockaddr: Tuple[Any, ...], entrance: Optional[Entrance] = None
    ) -> None:
        """Let a newcomer in, or refuse; for each one that the pool gets, ``left`` must follow some day.

        ``entrance`` is that of a second listener; all limits count the newcomers of both together.
        """
        entrance = entrance or self._entrance
        source = address.source(sockaddr)
        pace = self._paces.of(source or str(sockaddr[:1]))  # from the rates nobody is exempt
        code = self._judge(source, pace)
        if code != WELCOME and not self._has_place(source):
            self._dismiss(sock, sockaddr, code, entrance)
            return
        try:
            connection = entrance.adopt(sock, pace)
        except OSError:  # the selector cannot wait for one file more
            self._dismiss(sock, sockaddr, protocol.SERVER_FULL, entrance)
            return
        connection.context = Guest(connection, sockaddr, source, self._limits)
        self._connections += 1
        if code == WELCOME:
            self._by_address[source] = self._by_address.get(source, 0) + 1
            self._waiting.begin(connection)
        else:
            self._refused[connection] = None
            self._refuse(connection, code)

    def _judge(self, source: str, pace: Pace) -> str:
        limits = self._limits
        if limits.clients and self._connections - len(self._refused) >= limits.clients:
            return protocol.SERVER_FULL
        if source and limits.per_address and self._by_address.get(source, 0) >= limits.per_address:
            return protocol.TOO_MANY_CONNECTIONS
        if len(self._waiting.due) >= limits.newcomers and pace.wait(limits, self._reactor.now):
            return protocol.TOO_MANY_CONNECTIONS  # or who connects and resets, again and again, takes all places
        return WELCOME

    def _has_place(self, source: str) -> bool:
        """True if the end of one more refused connection may be waited for; no address has all the places."""
        of_source = sum(connection.context.address == source for connection in self._refused)
        return len(self._refused) < self._limits.refusals and of_source < max(self._limits.refusals // 4, 1)

    def _dismiss(self, sock: socket.socket, sockaddr: Tuple[Any, ...], code: str, entrance: Entrance) -> None:
        """Refuse without waiting for the end of the connection: the kernel delivers the refusal."""
        _log_refusal(sockaddr, code)
        dismiss(sock, entrance.refusal(code), self._limits.recv_bytes)

    def _refuse(self, connection: Connection, code: str) -> None:
        connection.context.write(protocol.format_err(code))
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
        was_waiting = self._waiting.end(connection)
        if was_waiting and connection.context.nick:
            connection.context.joined()
        return was_waiting

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
            address.shown(connection.context.sockaddr), connection.buffer.size, self._limits.unfinished_seconds,
        )  # fmt: skip
        connection.write(protocol.format_err(protocol.LINE_UNFINISHED))
