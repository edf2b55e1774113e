"""A session with one server: dial, send the nick, hear lines until the end, dial again.

Both clients use it between their person or script and the net wing.  It knows
the reactor, connections and the protocol.  It does not know keyboards and
screens, and does not decide what to do after an end.
"""

from __future__ import annotations

import enum
import math
import socket
from typing import Any, List, NamedTuple, Optional, Protocol

from minichat.chat import parser, protocol
from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.dial import Dial, addresses_of
from minichat.net.listener import prepare
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.signals import Wakeup

# Exit status after a signal, as shells count it: this plus the number of the signal.
BY_SIGNAL = 128

# While more than this waits to be sent to the server, no input is read.
TYPED_AHEAD_BYTES = 65536

# A server may read slowly.  A client has only this one, so it waits without a limit.
LIMITS = Limits(
    line_bytes=protocol.SERVER_LINE_BYTES,
    rate_lines=0.0,
    own_queue_bytes=64 * TYPED_AHEAD_BYTES,
    queue_soft_bytes=64 * TYPED_AHEAD_BYTES,
    queue_bytes=64 * TYPED_AHEAD_BYTES,
    queue_soft_seconds=math.inf,
    progress_seconds=math.inf,
)

# The longest wait for the answer to our nick; even a busy server answers at once.
SILENT_SECONDS = 30.0

_BAD_NICK = (protocol.NICK_IN_USE, protocol.NICK_INVALID)


class Why(enum.Enum):
    """How a connection ended, or why there was none."""

    UNKNOWN_HOST = "no resolver knows the host"
    NO_SERVER = "no server accepted the connection"
    SILENT = "the server accepted the connection and said nothing"
    NOT_MINICHAT = "the server speaks another protocol"
    BAD_NICK = "the nick is in use or not legal"
    REFUSED = "the server did not let us in, with another ERR"
    BYE = "we said QUIT, or all of our input was answered"
    SHUTDOWN = "the server is stopping"
    LOST = "anything else"


class End(NamedTuple):
    """How a connection ended; ``detail`` is an error text of the system or the code of an ERR."""

    why: Why
    detail: str = ""

    @property
    def text_key(self) -> str:
        """The key of the text, in cli/messages, that explains this end."""
        if self.why is Why.BAD_NICK:
            return self.detail
        return "server_stopped" if self.why is Why.SHUTDOWN else self.why.name.lower()


class Guest(Protocol):
    """The client that a session belongs to.

    The order of calls for each ``connect``:

        [(heard)* came_in (heard)*] ended
    """

    def came_in(self) -> None:
        """The server has taken our nick; its OK was heard just before."""

    def heard(self, line: bytes, message: Optional[parser.Message]) -> None:
        """The server said ``line``, here without its newline; ``message`` is None if it is no message."""

    def ended(self, end: End) -> None:
        """This connection is over."""


class Loop(NamedTuple):
    """What a client runs on; the program makes it, watched or not."""

    reactor: Reactor
    pool: Pool
    wakeup: Wakeup


class Session:
    """One server, and at most one connection to it at a time."""

    def __init__(self, loop: Loop, host: str, port: int, guest: Guest) -> None:
        """Nothing is dialled yet."""
        self.host, self.port = host, port
        self.is_in = False
        self._reactor = loop.reactor
        self._addresses: List[Any] = []
        self._guest = guest
        self._nick = b""
        self._dial: Optional[Dial] = None
        self._connection: Optional[Connection] = None
        self._last: Optional[parser.Message] = None  # that the server said
        self._has_half_closed = self._has_heard_all = False
        self._failed: Optional[End] = None  # known before the connection is closed
        self._pool = pool = loop.pool
        loop.reactor.at_turn_end(pool.serve, pool.judge, pool.reap, pool.flush)

    # -- for the guest -------------------------------------------------------

    @property
    def queued(self) -> int:
        """Bytes that wait to be sent to the server."""
        return self._connection.queued if self._connection else 0

    def connect(self, nick: bytes) -> None:
        """Dial, and send the nick once connected; the session must not be connected now.

        The first time, this looks up the host, which may block.
        """
        # Later the addresses are known.  To look them up again could block for
        # long: the network may be away just now.
        self._nick = nick
        self._last = self._failed = None
        self._has_half_closed = self._has_heard_all = False
        try:
            self._addresses = self._addresses or addresses_of(self.host, self.port)
        except (OSError, UnicodeError) as error:
            end = End(Why.UNKNOWN_HOST, getattr(error, "strerror", None) or str(error))
            self._reactor.call_later(0.0, lambda: self._guest.ended(end))
            return
        self._dial = Dial(self._reactor, self._addresses, self._connected, self._no_server)

    def write(self, data: bytes) -> None:
        """Queue bytes of lines, cut anywhere, for the server; to be called only while ``is_in``."""
        if self._connection:
            self._connection.write(data)

    def half_close(self) -> None:
        """Send the end of our input; the server still answers everything, then ends."""
        self._has_half_closed = True
        if self._connection:
            self._connection.half_close()

    def close(self) -> None:
        """Close the connection or the dial, if there is one; the guest is not told."""
        if self._dial:
            self._dial.cancel()
        self._pool.close("quit")

    # -- the dial --------------------------------------------------------------

    def _connected(self, sock: socket.socket) -> None:
        self._dial = None
        prepare(sock, LIMITS)
        connection = self._connection = self._pool.adopt(sock, self)
        connection.write(self._nick + b"\n")
        self._reactor.call_later(SILENT_SECONDS, lambda: self._look_for_answer(connection))

    def _look_for_answer(self, connection: Connection) -> None:
        if connection is self._connection and not self.is_in and self._last is None:
            self._failed = End(Why.SILENT)
            connection.abort("gone")

    def _no_server(self, error: OSError) -> None:
        self._dial = None
        self._guest.ended(End(Why.NO_SERVER, error.strerror or str(error)))

    # -- what happens on the connection (net.pool.Owner) ------------------------

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Pass it on; before we are in, it has to be one of minichat."""
        message: Optional[parser.Message] = None
        try:
            message = self._last = parser.parse_message(line)
        except parser.NotAMessage:
            if not self.is_in:
                self._give_up(connection)
                return
        self._guest.heard(line, message)
        if not self.is_in and isinstance(message, parser.Ok):
            self.is_in = True
            self._guest.came_in()

    def resumed(self, connection: Connection) -> None:
        """Do nothing: a client never lets a line wait."""

    def line_too_long(self, connection: Connection) -> None:
        """No minichat server says such a line."""
        self._give_up(connection)

    def rest_received(self, connection: Connection) -> None:
        """Half a line is nothing yet."""

    def end_received(self, connection: Connection) -> None:
        """The server has said everything, and reads nothing any more."""
        self._has_heard_all = True
        connection.abort("gone")

    def too_slow(self, connection: Connection) -> None:
        """The server does not read; by LIMITS that never comes."""
        connection.abort("too_slow")

    def connection_closed(self, connection: Connection) -> None:
        """Work out how it ended."""
        self._connection = None
        end = self._failed or self._end()
        self.is_in = False
        self._guest.ended(end)

    def _give_up(self, connection: Connection) -> None:
        self._failed = End(Why.NOT_MINICHAT)
        connection.abort("gone")

    def _end(self) -> End:
        last = self._last
        if isinstance(last, parser.Err) and not self.is_in:
            return End(Why.BAD_NICK if last.code in _BAD_NICK else Why.REFUSED, last.code)
        if isinstance(last, parser.Bye):
            return End(Why.SHUTDOWN if last.shutdown else Why.BYE)
        if self._has_half_closed and self.is_in and self._has_heard_all:
            return End(Why.BYE)
        return End(Why.LOST)
