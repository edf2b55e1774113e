"""A session with one server: dial, send the nick, hear lines until the end, dial again.

Both clients use it between their person or script and the net wing.  It knows
the reactor, connections and the protocol.  It does not know keyboards and
screens, and does not decide what to do after an end.
"""

from __future__ import annotations

import math
import socket
from typing import NamedTuple, Optional, Protocol

from minichat.chat import parser, protocol
from minichat.client.dialler import Dialler
from minichat.client.ends import BEFORE_OK, End, Why, end_by_error, end_without_server
from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.listener import prepare
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.signals import Wakeup
from minichat.net.timers import Timer

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

# A server that does not let us in disconnects.  One that stays connected gets so long after its ERR.
REFUSED_SECONDS = 1.0


class Guest(Protocol):
    """The client that a session belongs to.

    The order of calls for each ``connect``:

        [dialling] [(heard)* came_in (heard)*] ended
    """

    def dialling(self) -> None:
        """To reach the server takes longer than a moment."""

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
        self._guest = guest
        self._nick = b""
        self._dialler = Dialler(loop.reactor, host, port, self._connected, self._no_server, guest.dialling)
        self._connection: Optional[Connection] = None
        self._last: Optional[parser.Message] = None  # that the server said
        self._has_half_closed = self._has_heard_all = False
        self._failed: Optional[End] = None  # known before the connection is closed
        self._patience: Optional[Timer] = None  # with a server that has not let us in
        self._pool = pool = loop.pool
        loop.reactor.at_turn_end(pool.serve, pool.judge, pool.reap, pool.flush)

    # -- for the guest -------------------------------------------------------

    @property
    def queued(self) -> int:
        """Bytes that wait to be sent to the server."""
        return self._connection.queued if self._connection else 0

    def connect(self, nick: bytes) -> None:
        """Dial, and send the nick once connected; the session must not be connected now."""
        self._nick = nick
        self._last = self._failed = None
        self._has_half_closed = self._has_heard_all = False
        self._dialler.dial()

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
        self._dialler.cancel()
        self._pool.close("quit")

    # -- the dial --------------------------------------------------------------

    def _connected(self, sock: socket.socket) -> None:
        prepare(sock, LIMITS)
        connection = self._connection = self._pool.adopt(sock, self)
        connection.write(self._nick + b"\n")
        self._wait(connection, SILENT_SECONDS, End(Why.SILENT))

    def _no_server(self, error: OSError) -> None:
        self._guest.ended(end_without_server(error))

    def _wait(self, connection: Connection, seconds: float, end: End) -> None:
        """Give up after so many ``seconds``, unless the server lets us in; forget an earlier deadline."""
        self._stop_waiting()
        self._patience = self._reactor.call_later(seconds, lambda: self._give_up(connection, end))

    def _stop_waiting(self) -> None:
        if self._patience:
            self._patience.cancel()

    def _refused(self, connection: Connection, end: End) -> None:
        if end.why is Why.BAD_NICK:
            # At once: what a person types from now on is another nick, and nothing to be said.
            self._give_up(connection, end)
        else:
            self._wait(connection, REFUSED_SECONDS, end)

    def _give_up(self, connection: Connection, end: End) -> None:
        self._failed = end
        connection.abort("gone")

    # -- what happens on the connection (net.pool.Owner) ------------------------

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Pass it on; before we are in, it has to be one of minichat."""
        message: Optional[parser.Message] = None
        try:
            message = parser.parse_message(line)
        except parser.NotAMessage:
            pass
        if not self.is_in and _is_foreign(message):
            self._give_up(connection, End(Why.NOT_MINICHAT))
            return
        self._last = message or self._last
        self._guest.heard(line, message)
        if not self.is_in and isinstance(message, parser.Ok):
            self._stop_waiting()
            self.is_in = True
            self._guest.came_in()
        elif not self.is_in and isinstance(message, parser.Err):
            self._refused(connection, end_by_error(message.code))

    def resumed(self, connection: Connection) -> None:
        """Do nothing: a client never lets a line wait."""

    def line_too_long(self, connection: Connection) -> None:
        """No minichat server says such a line."""
        self._give_up(connection, End(Why.NOT_MINICHAT))

    def rest_received(self, connection: Connection) -> None:
        """Half a line is nothing yet, unless no line of minichat begins so."""
        if not self.is_in and not parser.may_begin(connection.buffer.rest):
            self._give_up(connection, End(Why.NOT_MINICHAT))

    def end_received(self, connection: Connection) -> None:
        """The server has said everything, and reads nothing any more."""
        self._has_heard_all = True
        connection.abort("gone")

    def too_slow(self, connection: Connection) -> None:
        """The server does not read; by LIMITS that never comes."""
        connection.abort("too_slow")

    def connection_closed(self, connection: Connection) -> None:
        """Work out how it ended."""
        self._stop_waiting()
        self._connection = None
        end = self._failed or self._end()
        self.is_in = False
        self._guest.ended(end)

    def _end(self) -> End:
        last = self._last
        if last is None:
            return End(Why.HUNG_UP)
        if isinstance(last, parser.Err) and not self.is_in:
            return end_by_error(last.code)
        if isinstance(last, parser.Bye):
            return End(Why.SHUTDOWN if last.shutdown else Why.BYE, "" if self.is_in else BEFORE_OK)
        if self._has_half_closed and self.is_in and self._has_heard_all:
            return End(Why.BYE)
        return End(Why.LOST)


def _is_foreign(message: Optional[parser.Message]) -> bool:
    """True if no minichat server says this before OK."""
    return message is None or (isinstance(message, parser.Bye) and not message.shutdown)
