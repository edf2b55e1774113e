"""The watched way in for browsers: subclasses of the web wing that tell a recorder about heads and frames."""

from __future__ import annotations

import functools
from typing import Any, Callable

from minichat.server.server import Server
from minichat.trace.recorder import Recorder
from minichat.trace.watched import WatchedConnection, WatchedListener
from minichat.web.connection import FRAMES, WebConnection
from minichat.web.frames import CLOSE, CONTINUATION, PING, PONG, TEXT, FrameReader, Hearer, frames_of
from minichat.web.house import WebHouse
from minichat.web.weblines import END, WebLines

KINDS = {CONTINUATION: "continuation", TEXT: "text", CLOSE: "close", PING: "ping", PONG: "pong"}


class WatchedFrameReader(FrameReader):
    """A reader that tells the recorder of each frame that was read whole."""

    __slots__ = ("_note",)

    def __init__(self, hearer: Hearer, note: Callable[[str, int], object]) -> None:
        """``note`` gets the kind of a frame and its length."""
        super().__init__(hearer)
        self._note = note

    def _end_frame(self) -> None:
        self._note(KINDS[self._opcode], self._read)
        super()._end_frame()


class WatchedWebConnection(WebConnection, WatchedConnection):
    """A browser whose heads and frames are recorded, too."""

    def respond(self, answer: bytes) -> None:
        self._recorder.answered(self, _status(answer))
        super().respond(answer)

    def upgrade(self, answer: bytes) -> None:
        self._recorder.answered(self, _status(answer))
        super().upgrade(answer)

    def leave_trace(self) -> None:
        """Record that a watcher of the loop is here, and nothing more from now on."""
        self._recorder.watching(self, len(self.buffer.rest), self.buffer.thrown_away)
        self._recorder = Recorder(lambda event: None)
        self._recorder.opened(self)
        self._socket.tell(self._recorder)  # type: ignore[attr-defined]

    def _lines(self) -> WebLines:
        note = functools.partial(self._recorder.framed, self)
        return WebLines(self._turn.limits.line_bytes, self, lambda hearer: WatchedFrameReader(hearer, note))

    def _book_line(self, line: bytes) -> None:
        if line != END:
            super()._book_line(line)

    def _book(self, data: bytes) -> None:
        inside = None
        if self.speech is FRAMES:
            inside = b"".join(frame.payload for frame in frames_of(data) if frame.opcode == TEXT)
        self._recorder.queued(self, data, inside)


class WatchedWebHouse(WebHouse):
    """A way in whose connections are watched."""

    kind = WatchedWebConnection

    def __init__(self, server: Server, listening: Any, *arguments: Any, **keywords: Any) -> None:
        """The arguments are those of WebHouse."""
        recorder = server.pool.turn.reactor.recorder  # type: ignore[attr-defined]
        super().__init__(server, WatchedListener(listening, recorder), *arguments, **keywords)  # type: ignore[arg-type]


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])
