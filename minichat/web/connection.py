"""The connection to a browser: what is written to it goes out as HTTP or in frames.

Whoever writes to it says lines of the chat, as to any other connection.  Before the
WebSocket is open such a line can only be a refusal, and becomes an answer of HTTP;
after that, each write is one text message of whole lines.
"""

from __future__ import annotations

import enum
from typing import Iterator

from minichat.net.connection import OPEN, Connection
from minichat.web.answers import STATUSES, refusal
from minichat.web.frames import GOING_AWAY, INTERNAL, NORMAL, POLICY, TEXT, TRY_LATER, close_frame, frame
from minichat.web.weblines import WebLines

# With which code a conversation ends, by the reason of the connection's end.
CLOSE_CODES = {"shutdown": GOING_AWAY, "too_slow": TRY_LATER, "timeout": POLICY, "refused": POLICY, "error": INTERNAL}


class Speech(enum.Enum):
    """What is spoken on the connection."""

    HEAD = "HTTP; nothing was answered yet"
    ANSWERED = "HTTP; the answer is queued"
    FRAMES = "WebSocket"


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

    __slots__ = ("_framer", "speech")

    def speak(self, framer: Framer) -> None:
        """Begin with HTTP; ``framer`` is shared by all connections, to be called once after the birth."""
        self.speech = Speech.HEAD
        self._framer = framer

    def write(self, data: bytes) -> None:
        """Queue lines of the chat: as a message, or before the WebSocket as a refusal."""
        if self.speech is Speech.FRAMES:
            self.write_raw(self._framer.framed(data))
        elif self.speech is Speech.HEAD:
            code = data.decode().rstrip("\n").rpartition(" ")[2]
            self.respond(refusal(STATUSES.get(code, 503), code))

    def write_raw(self, data: bytes) -> None:
        """Queue bytes as they are: an answer of HTTP, a control frame."""
        super().write(data)

    def respond(self, answer: bytes) -> None:
        """Queue the answer to the request."""
        self.speech = Speech.ANSWERED
        self.write_raw(answer)

    def upgrade(self, answer: bytes, lines: WebLines) -> None:
        """Queue the answer that begins the WebSocket, and cut the input into ``lines`` from now on."""
        self.write_raw(answer)
        self.speech = Speech.FRAMES
        self.change_buffer(lines)

    def answer(self, size: int, lines: Iterator[bytes], memory: int) -> None:
        """Queue lines, each as a message; they are made at once, so their memory is their size."""
        framed = [frame(TEXT, line) for line in lines]
        size = sum(map(len, framed))
        super().answer(size, iter(framed), max(size, memory))

    def close(self, reason: str) -> None:
        """End in good order: a WebSocket with a close frame."""
        if self.speech is Speech.FRAMES and self.life is OPEN:
            code = self.buffer.close_code if isinstance(self.buffer, WebLines) else 0
            self.write_raw(close_frame(code or CLOSE_CODES.get(reason, NORMAL)))
        super().close(reason)

    def cut(self, reason: str, last_line: bytes) -> None:
        """Give up the queue, but not the rest of a frame that was partly sent."""
        is_framed = self.speech is Speech.FRAMES
        super().cut(reason, frame(TEXT, last_line) if is_framed else b"")
