"""The browser of a client: it speaks WebSocket where others speak lines, with a framer of its own.

For its client it looks like the end of a connection.  What the client sends goes in
masked frames: messages in one frame or in fragments that are cut anywhere, pings and
pongs between them.  What comes must be what a server may send; ``problem`` says what
was wrong.
"""

from __future__ import annotations

import random
import re
from typing import Any, List

from tests.simulation.kernel import Endpoint, trouble

EAGAIN = 11
HEAD = (
    b"GET /chat HTTP/1.1\r\nHost: localhost:1\r\nOrigin: http://localhost:1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
ACCEPT = b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
CUT_SHORT = b"(half a frame)"  # in the place of one that did not come whole
CODES = {b"BYE\n": 1000, b"BYE shutdown\n": 1001, b"ERR too_slow\n": 1013, b"ERR timeout\n": 1008}


def masked(head: int, payload: bytes, mask: bytes) -> bytes:
    """One frame; ``head`` is its first byte."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else bytes((0xFE,)) + size.to_bytes(2, "big")
    return bytes((head,)) + length + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


class Browser:
    """One end of a connection, and what is spoken on it."""

    def __init__(self, end: Endpoint, chance: random.Random) -> None:
        self._end, self._chance = end, chance
        self.is_eager = chance.random() < 0.3  # it does not wait for the answer before its first frame
        is_mute = not self.is_eager and chance.random() < 0.1  # it does not even send its request whole
        self._out = bytearray(HEAD[:60] if is_mute else HEAD)
        self._held = bytearray()  # frames for which the answer has not come yet
        self._came = bytearray()  # that is no whole head or frame
        self._is_greeted = self._is_in_message = self._ends = False
        self.goodbye = 0  # the code that the client has said, if it has said one
        self.pings: List[int] = []  # by number
        self.pongs: List[int] = []
        self.pings_before_quit = 0
        self.texts: List[bytes] = []
        self.close_code = -1  # that came; 0 if it was a close frame without one
        self.problem = ""
        self.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._end, name)

    @property
    def unsent(self) -> bytes:
        """What has not left this end yet."""
        return bytes(self._out + self._held + self._end.unsent)

    @property
    def frozen(self) -> bool:
        """True if the machine at this end answers no more."""
        return self._end.frozen

    @frozen.setter
    def frozen(self, is_frozen: bool) -> None:
        self._end.frozen = is_frozen

    # -- what the client calls ---------------------------------------------------

    def send(self, data: bytes) -> int:
        """Take all of ``data``, a part of a stream of lines, unless something waits to be sent."""
        self._end._raise_error()
        if (self._out or self._held) and not self.flush():
            raise trouble(EAGAIN)
        if b"QUIT\n" in data:
            self.pings_before_quit = len(self.pings)
        self._held += self._framed(data)
        self.flush()
        return len(data)

    def recv(self, size: int) -> bytes:
        """Return the texts that have come; b"" at the end of file."""
        while True:
            data = self._end.recv(size)
            if not data:
                return self._rest()
            self._came += data
            text = self._texts() if self._is_greeted else self._greeting()
            self.flush()
            if text:
                return text

    def shutdown(self) -> None:
        """End the output after what waits: with a close frame, an end of file, or both."""
        if not self._ends:
            self._ends = True
            if self._chance.random() < 0.6:
                self.goodbye = self._chance.choice((1000, 1001, 4000))
                self._held += self._frame(0x88, self.goodbye.to_bytes(2, "big") + b"tchau")
        self.flush()

    def flush(self) -> bool:
        """Send what fits; True if nothing waits any more."""
        if self._is_greeted or self.is_eager:
            self._out += self._held
            self._held.clear()
        try:
            while self._out:
                del self._out[: self._end.send(bytes(self._out))]
            if self._ends and not self._held and not self._end.ending:
                self._end.shutdown()
        except OSError:  # no room now; or the connection has ended, and what is left to read is judged
            return False
        return not self._held

    # -- frames --------------------------------------------------------------------

    def _frame(self, head: int, payload: bytes) -> bytes:
        return masked(head, payload, bytes(self._chance.randrange(256) for _ in range(4)))

    def _framed(self, data: bytes) -> bytes:
        """Return the frames for a part of a stream of lines."""
        frames: List[bytes] = []
        while data:
            size = len(data) if self._chance.random() < 0.6 else self._chance.randint(0, len(data))
            line, newline, rest = data[:size].partition(b"\n")
            while rest and self._chance.random() < 0.3:  # a newline may stand within a message, too
                more, ending, after = rest.partition(b"\n")
                line, newline, rest = line + newline + more, ending, after
                if not ending:
                    break
            data = rest + data[size:]
            frames.append(self._frame((0x80 if newline else 0) | (0 if self._is_in_message else 1), line))
            self._is_in_message = not newline
            if self._chance.random() < 0.1:
                frames.append(self._control())
        return b"".join(frames)

    def _control(self) -> bytes:
        if self._chance.random() < 0.2:
            return self._frame(0x8A, b"not asked for")
        self.pings.append(len(self.pings) + 1)
        return self._frame(0x89, b"%d" % self.pings[-1])

    def _greeting(self) -> bytes:
        """Read the head of the answer; a refusal counts as what a server of lines would say."""
        head, ending, rest = bytes(self._came).partition(b"\r\n\r\n")
        if not ending:
            return b""
        if head.startswith(b"HTTP/1.1 101 "):
            self._is_greeted = True
            self._require(ACCEPT in head + b"\r\n", "a wrong greeting")
            self._came = bytearray(rest)
            return self._texts()
        found = re.fullmatch(rb"\d+ [A-Za-z ]+: (.*)\n", rest)
        if found is None:
            return b""
        self._came.clear()
        if found[1] == b"shutdown":
            return b"BYE shutdown\n"
        return b"ERR timeout\n" if b" in time" in found[1] else b"ERR %s\n" % found[1]

    def _texts(self) -> bytes:
        """Take the whole frames out of what came; return their texts."""
        texts = b""
        came = self._came
        while len(came) >= 2:
            header = {126: 4, 127: 10}.get(came[1], 2)
            size = came[1] if header == 2 else int.from_bytes(came[2:header], "big")
            if len(came) < header + size:
                break
            texts += self._take(came[0], bytes(came[header : header + size]))
            self._require(came[1] < 128, "a mask")
            del came[: header + size]
        return texts

    def _take(self, head: int, payload: bytes) -> bytes:
        self._require(self.close_code < 0, "a frame after the close frame")
        if head == 0x81:
            self._require(payload.endswith(b"\n"), "a message that is no whole lines")
            self.texts.append(payload)
            return payload
        if head == 0x8A:
            self._require(payload.isdigit(), "a pong for no ping")
            self.pongs.append(int(payload) if payload.isdigit() else 0)
        elif head == 0x89:
            self._held += self._frame(0x8A, payload)
        elif head == 0x88:
            self.close_code = int.from_bytes(payload[:2], "big")
        else:
            self._require(False, f"a frame {head:#x}")
        return b""

    def _rest(self) -> bytes:
        """At the end of file: what came of a frame that is not whole counts as half a line."""
        is_http = b"HTTP/1.1".startswith(self._came[:8])
        self._require(self._is_greeted or is_http, "an answer that is not HTTP")
        self._require(b"ERR too_slow\n" not in self._came, "a frame has swallowed why it was cut")
        rest = CUT_SHORT if self._came and self._is_greeted else b""
        self._came.clear()
        return rest

    def _require(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problem = self.problem or problem
