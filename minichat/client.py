"""minichat-client: two inputs, one loop.

What is typed goes to the server, what the server says is printed, and neither
waits for the other: the keyboard and the connection are two files in the same
reactor that the server uses.  On a terminal it asks for a nickname; between
pipes it is a tool for scripts, which sends all of its input, says that it has
ended, and prints until the server has answered everything.
"""

from __future__ import annotations

import dataclasses
import math
import os
import signal
import socket
import sys
from typing import List, Optional

from minichat import options, sink
from minichat.chat import protocol
from minichat.limits import Limits
from minichat.messages import Messages
from minichat.net.connection import Connection
from minichat.net.dial import Dial
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.signals import SignalSource
from minichat.tty.keyboard import Keyboard

PROGRAM = "minichat-client"

# Exit status, besides 0 and 1: ended by a signal, as shells count it.
BY_SIGNAL = 128

# More than this on its way to the server, and the input waits.
TYPED_AHEAD_BYTES = 65536

# A server may be slow to read, and a client has only this one: it waits.
LIMITS = dataclasses.replace(
    Limits(),
    line_bytes=protocol.SERVER_LINE_BYTES,
    rate_lines=0.0,
    own_queue_bytes=64 * TYPED_AHEAD_BYTES,
    queue_soft_bytes=64 * TYPED_AHEAD_BYTES,
    queue_bytes=64 * TYPED_AHEAD_BYTES,
    queue_soft_seconds=math.inf,
    progress_seconds=math.inf,
)

_ASK_AGAIN = (protocol.NICK_IN_USE, protocol.NICK_INVALID)


class Client:
    """One person, or one script, and one server."""

    def __init__(self, reactor: Reactor, host: str, port: int, nick: Optional[str], messages: Messages) -> None:
        """Reads standard input, prints to standard output; ``nick`` None is asked for."""
        self.status = 0
        self._reactor = reactor
        self._host, self._port = host, port
        self._messages = messages
        self._nick = nick
        self._asks = os.isatty(0)  # somebody is there to answer
        self._keyboard = Keyboard(reactor, 0, self._typed, self._input_ended)
        self._ahead = bytearray()  # typed before the server has let us in
        self._has_ended = False  # the input
        self._last_byte = b"\n"
        self._dial: Optional[Dial] = None
        self._connection: Optional[Connection] = None
        self._is_in = False
        self._is_over = False
        self._last: Optional[protocol.Message] = None  # that the server said
        self._printed: List[bytes] = []  # lines to print at the end of this turn
        self._pool = Pool(reactor, LIMITS, self)
        for step in (self._pool.flush, self._print, self._hold_back):
            reactor.at_turn_end(step)

    def start(self) -> None:
        """Ask for a nickname or connect."""
        if self._nick is None:
            self._ask()
        elif "\n" in self._nick:  # it would be a nick and a message
            self._fail(protocol.NICK_INVALID, nick=self._nick)
        else:
            self._connect()

    def on_signal(self, number: int) -> None:
        """Ctrl-C, or somebody ends us."""
        self._leave_row()
        self._stop(BY_SIGNAL + number)

    def close(self) -> None:
        """Close whatever is open."""
        self._keyboard.close()
        if self._dial:
            self._dial.cancel()
        for connection in list(self._pool.connections):
            connection.abort("quit")
            connection.release()

    # -- the nickname ------------------------------------------------------

    def _ask(self) -> None:
        self._nick = None
        if self._has_ended:
            self._no_nick()
            return
        if self._asks:
            fd = 1 if os.isatty(1) else 2  # standard output is for the server's lines alone
            self._write(fd, self._messages("ask_nick").encode())
        self._keyboard.resume()
        self._look_for_nick()

    def _no_nick(self) -> None:
        if self._asks:  # Ctrl-D: somebody has thought better of it
            self._leave_row()
            self._stop(0)
        else:
            self._fail("no_nick")

    def _look_for_nick(self) -> None:
        line, newline, rest = self._ahead.partition(b"\n")
        if not newline and len(line) <= LIMITS.line_bytes:  # a longer one the server will refuse
            return
        self._ahead = rest
        self._nick = line.decode("utf-8", "surrogateescape").strip(" \r")
        if self._nick or not self._asks:
            self._connect()
        else:
            self._ask()  # just ENTER

    # -- the connection ----------------------------------------------------

    def _connect(self) -> None:
        self._is_in = False
        try:
            self._dial = Dial(self._reactor, self._host, self._port, self._connected, self._no_server)
        except (OSError, UnicodeError) as error:
            self._fail("unknown_host", host=self._host, error=getattr(error, "strerror", None) or error)

    def _no_server(self, error: OSError) -> None:
        self._fail("no_server", host=self._host, port=self._port, error=error.strerror)

    def _connected(self, sock: socket.socket) -> None:
        assert self._nick is not None
        self._dial = None
        self._last = None
        self._connection = Connection(self._pool, sock)
        self._connection.write(self._nick.encode("utf-8", "surrogateescape") + b"\n")

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Print what the server says, exactly as it came."""
        if self._is_over:
            return
        try:
            self._last = protocol.parse_message(line)
        except protocol.NotAMessage:
            if not self._is_in:
                self._fail("not_minichat", host=self._host, port=self._port)
                return
        self._printed.append(line + b"\n")
        if not self._is_in and isinstance(self._last, protocol.Ok):
            self._is_in = True
            self._send_ahead()

    def line_too_long(self, connection: Connection) -> None:
        """No minichat server says such a line."""
        self._fail("not_minichat", host=self._host, port=self._port)

    def rest_received(self, connection: Connection) -> None:
        """Half a line is not printed."""

    def end_received(self, connection: Connection) -> None:
        """The server has said everything."""
        connection.close("gone")

    def too_slow(self, connection: Connection) -> None:
        """The server does not read; by LIMITS that never comes."""
        connection.abort("too_slow")

    def connection_closed(self, connection: Connection) -> None:
        """Was that the end, or is there another nickname to try?"""
        self._connection = None
        last = self._last
        self._print()
        if isinstance(last, protocol.Err) and last.code in _ASK_AGAIN and not self._is_in:
            self._explain(last.code, nick=self._nick)
            if self._asks:
                self._ask()
            else:
                self._stop(1)
        elif isinstance(last, protocol.Err) and not self._is_in:
            self._fail("refused", code=last.code)
        elif isinstance(last, protocol.Bye) and last.shutdown and self._asks:
            self._explain("server_stopped")
            self._stop(0)
        elif isinstance(last, protocol.Bye) or (self._has_ended and self._is_in and connection.reason == "gone"):
            self._stop(self.status)
        else:
            self._fail("lost")

    # -- the input ---------------------------------------------------------

    def _typed(self, data: bytes) -> None:
        self._last_byte = data[-1:]
        if self._is_in and self._connection:
            self._connection.write(data)
            return
        self._ahead += data
        if self._nick is None:
            self._look_for_nick()

    def _input_ended(self) -> None:
        if self._last_byte != b"\n":
            self._typed(b"\n")  # a last line without its newline is a line to people
        self._has_ended = True
        if self._nick is None:
            self._no_nick()
        elif self._is_in and self._connection:
            self._connection.half_close()

    def _send_ahead(self) -> None:
        assert self._connection is not None
        if self._ahead:
            self._connection.write(bytes(self._ahead))
            self._ahead.clear()
        if self._has_ended:
            self._connection.half_close()

    def _hold_back(self) -> None:
        """Let the input wait while the server does not keep up."""
        if self._nick is not None:
            waiting = self._connection.queued if self._is_in and self._connection else len(self._ahead)
            if waiting > TYPED_AHEAD_BYTES:
                self._keyboard.pause()
            else:
                self._keyboard.resume()

    # -- the output --------------------------------------------------------

    def _print(self) -> None:
        if self._printed:
            lines, self._printed = self._printed, []
            self._write(1, b"".join(lines))

    def _write(self, fd: int, data: bytes) -> None:
        """Write all of it; whoever reads us slowly slows us down, and nobody else."""
        try:
            sink.write_all(fd, data)
        except BrokenPipeError:
            self._stop(self.status)  # `| head -1` has seen enough
        except OSError as error:
            self._stop(1)
            if fd == 1:
                self._explain("cannot_print", error=error.strerror)

    def _leave_row(self) -> None:
        """Let the prompt of the shell begin a new row."""
        if self._asks:
            self._say("")

    def _say(self, text: str) -> None:
        self._write(2, text.encode("utf-8", "backslashreplace") + b"\n")

    def _explain(self, key: str, **fields: object) -> None:
        text = sink.printable(self._messages(key, **fields))
        self._say(text if self._asks else f"{PROGRAM}: {text}")

    def _fail(self, key: str, **fields: object) -> None:
        if not self._is_over:  # one reason is enough
            self._explain(key, **fields)
            self._stop(1)

    def _stop(self, status: int) -> None:
        self.status = status
        self._is_over = True
        self._keyboard.close()
        self._reactor.stop()


OPTIONS = (
    options.Option("nick", None, options.text),
    *(option for option in options.COMMON if option.name != "port"),
    options.Option("port", options.DEFAULT_PORT, options.number(1, 65535)),
)


def main(arguments: Optional[List[str]] = None) -> int:
    """Chat until one side ends; returns the exit status."""
    sink.open_standard_files()
    values, messages = options.parse(PROGRAM, OPTIONS, [], arguments)
    reactor = Reactor()
    client = Client(reactor, values.host, values.port, values.nick, messages)
    signals = SignalSource(reactor, (signal.SIGINT, signal.SIGTERM), client.on_signal)
    reactor.call_soon(client.start)
    try:
        reactor.run()
    finally:
        client.close()
        signals.close_for_good()
        reactor.close()
    return client.status


if __name__ == "__main__":
    sys.exit(main())
