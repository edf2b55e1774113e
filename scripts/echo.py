"""An echo of WebSocket messages on the reactor, the connection and the frames of minichat: for suites of test cases.

    python3 scripts/echo.py                              # prints its port, and runs until it is ended
    python3 scripts/echo.py kosoku --outdir reports      # runs that command with 127.0.0.1:PORT at its end

It has no options but --help; everything from the command on is the command's.

A suite expects of a server that it sends each message back, text or binary, as
long as the suite likes.  So this much is changed here: the reader of frames takes
binary messages, each ping is answered in its place (the chat answers the newest of a
read, as section 5.5.3 of RFC 6455 allows), and the limits of queues are larger.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import List, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.listener import Listener, listen, open_null
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.web.answers import refusal, switching
from minichat.web.connection import FRAMES, Framer, WebConnection
from minichat.web.frames import BINARY, PING, PONG, TEXT, Control, FrameReader, frame
from minichat.web.head import Head, Refusal
from minichat.web.weblines import END, Browser, WebLines
from tests.ending import end_with

MOST_BYTES = 1 << 28  # of messages that wait; a suite has some of 16 MiB, and sends them 1000 in a row
LIMITS = Limits(
    rate_lines=0.0, queue_bytes=MOST_BYTES, queue_soft_bytes=MOST_BYTES, own_queue_bytes=MOST_BYTES,
    queues_bytes=MOST_BYTES, recv_bytes=1 << 18, inputs_bytes=MOST_BYTES, send_bytes=1 << 18,
)  # fmt: skip


class EchoReader(FrameReader):
    """A reader that takes binary messages, too; ``opcode`` is that of the message which goes on."""

    __slots__ = ("opcode",)

    def _check(self, header: bytes) -> None:
        opcode = header[0] & 0x0F
        if opcode in (TEXT, BINARY) and not self._is_message_open:
            self.opcode = opcode
            header = bytes((header[0] & 0xF0 | TEXT,)) + header[1:]
        super()._check(header)

    def _check_text(self, payload: bytes, is_end: bool) -> None:
        if self.opcode == TEXT:
            super()._check_text(payload, is_end)


class EchoLines(WebLines):
    """The input of a suite: each message goes back at once, and only the end is left as a line."""

    __slots__ = ("_message",)

    def __init__(self, browser: Browser) -> None:
        """``browser`` gets its messages back."""
        super().__init__(LIMITS.line_bytes, browser, EchoReader)
        self._message = bytearray()

    def text(self, piece: bytes, is_end: bool) -> None:
        """Take a piece; send the message back at its end."""
        self._message += piece
        if is_end:
            assert isinstance(self._reader, EchoReader)
            self._browser.write_raw(frame(self._reader.opcode, bytes(self._message)))
            self._message.clear()

    def control(self, control: Control) -> None:
        """Answer a ping."""
        if control.opcode == PING:
            self._browser.write_raw(frame(PONG, control.payload))
        else:
            super().control(control)


class Echo:
    """The owner of each connection; its context is the head of its request."""

    def __init__(self, port: int = 0) -> None:
        """Listen on ``port`` of loopback; 0 is any free one."""
        self.reactor = Reactor()
        self._pool = Pool(self.reactor, LIMITS)
        self._framer = Framer()
        sock = listen("127.0.0.1", port, 100)
        self.port: int = sock.getsockname()[1]
        listener = Listener(self.reactor, sock, LIMITS, self._accepted, b"", open_null)
        self.reactor.at_turn_end(
            self._pool.serve, self._pool.judge, self._pool.reap, listener.accept, self._pool.flush
        )

    def _accepted(self, sock: object, sockaddr: Tuple[object, ...]) -> None:
        connection = WebConnection(self._pool.turn, sock, None, self._framer, lambda browser: None)  # type: ignore[arg-type]
        connection.context = Head()
        self._pool.owners[connection] = self

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Take a line of the head, or end the conversation."""
        assert isinstance(connection, WebConnection)
        if line == END:
            connection.close("gone")
            return
        try:
            request = connection.context.take(line)
            if request is not None:
                connection.write_raw(switching(request))
                connection.speech = FRAMES
                connection.change_buffer(EchoLines(connection))
        except Refusal as why:
            connection.respond(refusal(why.status, why.why))
            connection.close("refused")

    def end_received(self, connection: Connection) -> None:
        """Let go who ends."""
        connection.close("gone")

    def too_slow(self, connection: Connection) -> None:
        """Let go who does not read."""
        connection.abort("too_slow")

    def connection_closed(self, connection: Connection) -> None:
        """Do nothing: there are no books."""

    line_too_long = rest_received = resumed = connection_closed


def main(command: List[str]) -> int:
    """Run the echo, and ``command`` if there is one; return its exit status."""
    if command[:1] in (["-h"], ["--help"]):
        print((__doc__ or "").strip())
        return 0
    if command and command[0].startswith("-"):
        print(f"echo: wrong option: {command[0]!r}; see python3 scripts/echo.py --help", file=sys.stderr)
        return 2
    echo = Echo()
    if not command:
        print(f"127.0.0.1:{echo.port}", flush=True)
        echo.reactor.run()
        return 0
    try:
        started = subprocess.Popen([*command, f"127.0.0.1:{echo.port}"])
    except OSError as error:
        print(f"echo: cannot run {command[0]!r}: {error.strerror}", file=sys.stderr)
        return 2
    with started as process:

        def look() -> None:
            if process.poll() is not None:
                echo.reactor.stop()
            else:
                echo.reactor.call_later(0.1, look)

        look()
        echo.reactor.run()
        return process.returncode


if __name__ == "__main__":
    end_with("echo", lambda: main(sys.argv[1:]))
