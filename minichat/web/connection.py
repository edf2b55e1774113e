"""The connection to a browser: what is written to it goes out as HTTP or in frames.

Whoever writes to it says lines of the chat, as to any other connection.  Before the
WebSocket is open such a line can only be a refusal, and becomes an answer of HTTP;
after that, each write is one text message of whole lines.
"""

from __future__ import annotations

import enum
import socket
from typing import Callable, Iterator, Optional

from minichat.net.connection import OPEN, Connection
from minichat.net.pace import Pace
from minichat.net.turn import Turn
from minichat.web.answers import STATUSES, refusal
from minichat.web.frames import GOING_AWAY, INTERNAL, NORMAL, POLICY, TEXT, TRY_LATER, close_frame, frame
from minichat.web.head import LINE_BYTES
from minichat.web.weblines import HeadLines, WebLines

# With which code a conversation ends, by the reason of the connection's end.
CLOSE_CODES = {"shutdown": GOING_AWAY, "too_slow": TRY_LATER, "timeout": POLICY, "refused": POLICY, "error": INTERNAL}


class Speech(enum.Enum):
    """What is spoken on the connection."""

    HEAD = "HTTP; nothing was answered yet"
    ANSWERED = "HTTP; the answer is queued"
    FRAMES = "WebSocket"


HEAD, ANSWERED, FRAMES = Speech  # to look a member up in its enum takes as long as a call


class Framer:
    """Makes a frame of what is said; what is said to many, as one bytes object, is framed once."""

    def __init__(self) -> None:
        self._said = self._framed = b""

    def framed(self, data: bytes) -> bytes:
        """Return ``data`` as a text message."""
        if data is not self._said:
            self._said, self._framed = data, frame(TEXT, data)
        return self._framed


class WebConnection(Connection):
    """One browser."""

    __slots__ = ("_framer", "_on_heard", "speech")

    def __init__(
        self,
        turn: Turn,
        sock: socket.socket,
        pace: Optional[Pace],
        framer: Framer,
        on_heard: Callable[[WebConnection], object],
    ) -> None:
        """Begin with HTTP; ``framer`` and ``on_heard`` are shared by all connections, the rest is as in Connection.

        ``on_heard`` is called for each read of a WebSocket.
        """
        self.speech = HEAD
        self._framer, self._on_heard = framer, on_heard
        super().__init__(turn, sock, pace)
        self.buffer = HeadLines(LINE_BYTES)

    def write(self, data: bytes) -> None:
        """Queue lines of the chat: as a message, or before the WebSocket as a refusal."""
        if self.speech is FRAMES:
            self.write_raw(self._framer.framed(data))
        elif self.speech is HEAD:
            code = data.decode().rstrip("\n").rpartition(" ")[2]
            self.respond(refusal(STATUSES.get(code, 503), code))

    def write_raw(self, data: bytes) -> None:
        """Queue bytes as they are: an answer of HTTP, a control frame."""
        super().write(data)

    def respond(self, answer: bytes) -> None:
        """Queue the answer to the request."""
        self.speech = ANSWERED
        self.write_raw(answer)

    def upgrade(self, answer: bytes) -> None:
        """Queue the answer that begins the WebSocket; the input is frames from now on."""
        self.write_raw(answer)
        self.speech = FRAMES
        self.change_buffer(self._lines())

    def heard(self) -> None:
        """Note that the browser is there."""
        self._on_heard(self)

    def _lines(self) -> WebLines:
        return WebLines(self._turn.limits.line_bytes, self)

    def answer(self, size: int, lines: Iterator[bytes], memory: int) -> None:
        """Queue lines, each as a message; they are made at once, so their memory is their size."""
        framed = [frame(TEXT, line) for line in lines]
        size = sum(map(len, framed))
        super().answer(size, iter(framed), max(size, memory))

    def close(self, reason: str) -> None:
        """End in good order: a WebSocket with a close frame."""
        if self.speech is FRAMES and self.life is OPEN:
            code = self.buffer.close_code if isinstance(self.buffer, WebLines) else 0
            self.write_raw(close_frame(code or CLOSE_CODES.get(reason, NORMAL)))
        super().close(reason)

    def cut(self, reason: str, last_line: bytes) -> None:
        """Give up the queue, but not the rest of a frame that was partly sent."""
        is_framed = self.speech is FRAMES
        super().cut(reason, frame(TEXT, last_line) if is_framed else b"")
