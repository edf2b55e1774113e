"""A line buffer that is fed by frames: each text message of a browser ends a line."""

from __future__ import annotations

from typing import Callable, Optional, Protocol

from minichat.net.linebuffer import NEWLINE, LineBuffer
from minichat.web.frames import CLOSE, PING, PONG, Control, FrameReader, Hearer, Violation, close_code, frame, frame_end

# What a frame counts of the rate beside its bytes: one of 6 bytes is as much work as a short line.  64 connections
# that send nothing else cost 5 % of a processor; a person who pastes lines is not held back.
FRAME_BYTES = 64

# A read with more frames is a flood: it is worked off in pieces, or 64 such reads would make one turn of 400 ms.
FRAMES_A_TURN = 64

# Stands for the end of the conversation, in its place among the lines; no line holds a newline.
END = b"\n"


END_OF_HEAD = b"\r\n\r\n"  # of the answer that begins the WebSocket: frames may be queued with it


class HeadLines(LineBuffer):
    """The input of a browser before it is answered: the lines of a head, as they are.

    A type of its own, for only in a plain LineBuffer are the commands of telnet looked for.
    """

    __slots__ = ()


class Browser(Protocol):
    """Who sends the lines."""

    def write_raw(self, data: bytes) -> None: ...  # queue a pong, as a frame
    def heard(self) -> None: ...  # called for each read
    def charge(self, lines: float, size: int = 0) -> None: ...  # count so much against the rate


class WebLines(LineBuffer):
    """The input of one browser, cut into lines.

    A newline inside a message splits it.  After a close frame, or a violation of the
    protocol, ``next_line`` returns END once, after the lines before it; what comes
    then is thrown away.  ``close_code`` says with which code to answer.

    Frame headers and control frames count as thrown away: they have no part in a line.
    """

    __slots__ = ("_browser", "_has_end", "_in_lines", "_is_over", "_later", "_pong", "_reader", "close_code")

    def __init__(
        self, limit_bytes: int, browser: Browser, reader: Callable[[Hearer], FrameReader] = FrameReader
    ) -> None:
        """``browser`` is who sends the lines; ``reader`` makes the reader of the frames."""
        super().__init__(limit_bytes)
        self._browser = browser
        self._reader = reader(self)
        self._has_end = self._is_over = False
        self._in_lines = 0  # bytes of a read that are a part of a line, with the newlines that were added
        self.close_code = 0  # with which the conversation has ended; 0 while it goes on
        self._pong = b""  # the answer to the newest ping of a read
        self._later = b""  # of a flood of frames, as it came

    def feed(self, data: bytes) -> None:
        """Take in what one read brought, cut anywhere."""
        self._browser.heard()
        if self._is_over:
            self.thrown_away += len(data)
            return
        self._read(self._later + data)

    def next_line(self) -> Optional[bytes]:
        """Return the oldest complete line; END in the place where the conversation ended.

        Return None if there is no line: for this turn, if there is still something of a flood.
        """
        if self._end >= 0 or self._is_too_long:
            try:
                return super().next_line()
            finally:
                self.has_line = self.has_line or self._has_end or bool(self._later)
        if self._later:
            self._read(self._later)
        elif self._has_end:
            self.thrown_away += self.size  # half a line
            self.clear()
            return END
        return None

    @property
    def rest(self) -> bytes:
        """The bytes that were not handed out yet."""
        return super().rest + self._later

    @property
    def size(self) -> int:
        """How many bytes are in memory."""
        return super().size + len(self._later)

    def clear(self) -> None:
        """Forget everything that was not handed out yet."""
        super().clear()
        self._has_end = False
        self._later = b""

    def _read(self, data: bytes) -> None:
        """Read as many frames as one turn may; the rest of ``data`` waits."""
        self._in_lines, used = 0, len(data)
        try:
            used = self._reader.feed(data, FRAMES_A_TURN)
        except Violation as end:  # or a close frame, which is answered with its own code
            self.close_code, self._is_over, self._has_end = end.code, True, True
        self._later = data[used:]
        self.thrown_away += used - self._in_lines
        self._browser.charge(0, self._reader.frames * FRAME_BYTES)
        if self._pong and (not self._later or self._end >= 0):  # a line may be the last one
            self._browser.write_raw(self._pong)
            self._pong = b""
        # With a rest of a flood there may be a line, at least: no more is read until that is known.
        self.has_line = self._end >= 0 or self._is_too_long or self._has_end or bool(self._later)

    @staticmethod
    def unit_end(piece: bytes, taken: int) -> int:
        """Where to cut ``piece`` of which the peer has ``taken`` bytes: at the end of a frame."""
        head = piece.find(END_OF_HEAD) + len(END_OF_HEAD) if piece.startswith(b"HTTP/") else 0
        return head + frame_end(piece[head:], taken - head)

    def text(self, piece: bytes, is_end: bool) -> None:
        """Take a piece of a message; its end is the end of a line."""
        if is_end:
            piece += NEWLINE
        self._in_lines += len(piece)
        super().feed(piece)

    def control(self, control: Control) -> None:
        """Note a ping; end the conversation for a close frame."""
        if control.opcode == PING:
            self._pong = frame(PONG, control.payload)
        elif control.opcode == CLOSE:
            raise Violation(close_code(control.payload))  # what follows it is not read (5.5.1)
