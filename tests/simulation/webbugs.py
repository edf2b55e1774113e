"""Bugs to plant in the web wing; importing this module enters them into the table of bugs."""

from __future__ import annotations

from typing import Any, List, Optional

from minichat.chat import protocol
from minichat.net.connection import Connection
from minichat.net.linebuffer import NEWLINE, LineBuffer
from minichat.server.server import Server
from minichat.web import connection as web_connection
from minichat.web import frames, heartbeat, house
from minichat.web.connection import Framer, WebConnection
from minichat.web.door import Chatters
from minichat.web.frames import CLOSE, PING, PONG, TEXT, Control, FrameReader, frame
from minichat.web.weblines import END, WebLines
from tests.simulation.bugs import Patch, nothing, plants

# Seeds that find a bug soon, where few do.
REWARDING_SEEDS = {
    "a queue is cut in the middle of a frame": (265,),
    "of the pings of a read the oldest is answered": (47,),
    "a browser whose lines wait is taken for silent": (291,),
    "frames that came with the request are lost": (297,),
}


@plants("a queue is cut in the middle of a frame", 33)
def _() -> List[Patch]:
    return [(WebLines, "unit_end", staticmethod(lambda piece, taken: taken))]


@plants("a browser is closed without a close frame", 0)
def _() -> List[Patch]:
    return [(WebConnection, "close", Connection.close)]


@plants("every close frame says that all is well", 0)
def _() -> List[Patch]:
    return [(web_connection, "CLOSE_CODES", {})]


@plants("a mask begins anew in each read", 23)
def _() -> List[Patch]:
    unmasked = frames.unmasked
    return [(frames, "unmasked", lambda data, mask, offset: unmasked(data, mask, 0))]


@plants("a ping between two fragments ends the message", 23)
def _() -> List[Patch]:
    end_frame = FrameReader._end_frame

    def forgetful(self: FrameReader) -> None:
        end_frame(self)
        if self._opcode >= CLOSE:
            self._is_message_open = False

    return [(FrameReader, "_end_frame", forgetful)]


@plants("each fragment is a line", 23)
def _() -> List[Patch]:
    def text(self: WebLines, piece: bytes, is_end: bool) -> None:
        self._in_lines += len(piece) + 1
        LineBuffer.feed(self, piece + NEWLINE)

    return [(WebLines, "text", text)]


@plants("of the pings of a read the oldest is answered", 0)
def _() -> List[Patch]:
    control = WebLines.control

    def oldest(self: WebLines, control_frame: Control) -> None:
        if control_frame.opcode != PING or not self._pong:
            control(self, control_frame)

    return [(WebLines, "control", oldest)]


@plants("a pong has no payload", 0)
def _() -> List[Patch]:
    control = WebLines.control

    def empty(self: WebLines, control_frame: Control) -> None:
        control(self, control_frame)
        if self._pong:
            self._pong = frame(PONG, b"0")

    return [(WebLines, "control", empty)]


@plants("what was framed last is sent for all of its length", 30)
def _() -> List[Patch]:
    def framed(self: Framer, data: bytes) -> bytes:
        if len(data) != len(self._said):
            self._said, self._framed = data, frame(TEXT, data)
        return self._framed

    return [(Framer, "framed", framed)]


@plants("a browser whose lines wait is taken for silent", 41)
def _() -> List[Patch]:
    return [(heartbeat, "_is_heard", lambda connection: True)]


@plants("a browser that has gone is pinged", 9)
def _() -> List[Patch]:
    def forgetful(self: Chatters, connection: Connection) -> None:
        self._server.connection_closed(connection)

    return [(Chatters, "connection_closed", forgetful)]


@plants("a browser is refused in the words for nc", 5)
def _() -> List[Patch]:
    return [(house, "refused", protocol.format_err)]


@plants("half a request is waited for without end", 37)
def _() -> List[Patch]:
    return [(house, "refuse_late_heads", nothing)]


@plants("lines before a close frame are lost", 27)
def _() -> List[Patch]:
    next_line = WebLines.next_line

    def hasty(self: WebLines) -> Optional[bytes]:
        if self._has_end:
            self.clear()
            return END
        return next_line(self)

    return [(WebLines, "next_line", hasty)]


@plants("frames that came with the request are lost", 23)
def _() -> List[Patch]:
    def upgrade(self: Any, answer: bytes) -> None:
        rest = self.buffer.rest
        self.write_raw(answer)
        self.speech = web_connection.FRAMES
        thrown_away = self.buffer.thrown_away + len(rest)
        self.buffer = self._lines()
        self.buffer.thrown_away = thrown_away

    return [(WebConnection, "upgrade", upgrade)]


@plants("a browser that ends is not told to the others", 10)
def _() -> List[Patch]:
    def silent(self: Chatters, connection: Connection, line: bytes) -> None:
        if line == END:
            connection.close("gone")
        else:
            Server.line_received(self._server, connection, line)

    return [(Chatters, "line_received", silent)]
