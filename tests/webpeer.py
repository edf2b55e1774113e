"""A raw browser for the tests: a WebSocket of its own, that looks like the socket of a Peer.

It shares no code with the server.  What is sent is a stream of lines, as with nc:
each line is one text message, and a part of a line is a fragment of one.
"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import struct
from typing import Any, List, Optional, Tuple

from tests.peer import Peer
from tests.support import PATIENCE_SECONDS

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MASK = b"\x12\x34\x56\x78"


def masked(head: int, payload: bytes, mask: bytes = MASK) -> bytes:
    """One frame as a browser sends it; ``head`` is its first byte."""
    size = len(payload)
    if size < 126:
        header = struct.pack("!BB", head, 0x80 | size)
    elif size < 65536:
        header = struct.pack("!BBH", head, 0x80 | 126, size)
    else:
        header = struct.pack("!BBQ", head, 0x80 | 127, size)
    return header + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def parsed(data: bytes) -> Tuple[List[Tuple[int, bytes]], bytes]:
    """The whole frames in what a server has sent, each with its first byte, and the rest."""
    found: List[Tuple[int, bytes]] = []
    while len(data) >= 2:
        assert not data[1] & 0x80, f"a server masks nothing: {data[:20]!r}"
        size, begin = data[1], 2
        if size == 126:
            size, begin = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, begin = int.from_bytes(data[2:10], "big"), 10
        if len(data) < max(begin, begin + size):
            break
        found.append((data[0], data[begin : begin + size]))
        data = data[begin + size :]
    return found, data


def request(port: int, path: str = "/chat", key: bytes = b"0123456789abcdef", **headers: str) -> bytes:
    """The head of a request that begins a WebSocket; a header is named with underscores, and left out if empty."""
    fields = {
        "Host": f"127.0.0.1:{port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(key).decode(),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class FramedSocket:
    """A socket whose bytes go in frames: the rest of it is the real one."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._rest = b""
        self._unsent = b""
        self._is_in_message = False
        self.answers_pings = True
        self.pongs = b""  # that are still to be sent
        self._key = os.urandom(16)
        self.controls: List[Tuple[int, bytes]] = []  # that have come, each with its first byte
        self.messages: List[bytes] = []  # the text messages that have come

    def ask(self, port: int) -> None:
        """Ask for the WebSocket."""
        self._socket.sendall(request(port, key=self._key))

    def greeted(self) -> bool:
        """Read once; True if the answer is there, which must be the right one."""
        data = self._socket.recv(65536)
        self._rest += data
        assert data, f"the end came instead of a WebSocket; so far {self._rest!r}"
        if b"\r\n\r\n" not in self._rest:
            return False
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        expected = base64.b64encode(hashlib.sha1(base64.b64encode(self._key) + GUID).digest())
        assert head.startswith(b"HTTP/1.1 101 ") and expected in head, head
        return True

    def framed(self, data: bytes) -> bytes:
        """``data``, any part of a stream of lines, in frames."""
        frames: List[bytes] = []
        while data:
            line, newline, data = data.partition(b"\n")
            frames.append(masked((0x80 if newline else 0) | (0 if self._is_in_message else 1), line))
            self._is_in_message = not newline
        return b"".join(frames)

    def sendall(self, data: bytes) -> None:
        """Send a part of a stream of lines."""
        self._socket.sendall(self.framed(data))

    def send(self, data: bytes) -> int:
        """Take all of ``data`` and send what fits, or raise BlockingIOError."""
        if not self._unsent:
            self._unsent, taken = self.framed(data), len(data)
        else:
            taken = 0
        self._unsent = self._unsent[self._socket.send(self._unsent) :]
        if not taken:
            raise BlockingIOError
        return taken

    def raw(self, data: bytes) -> None:
        """Send ``data`` as it is."""
        self._socket.sendall(data)

    def recv(self, size: int) -> bytes:
        """Return the texts of the next messages; b"" at the end of file."""
        while True:
            frames, self._rest = parsed(self._rest)
            texts = [payload for head, payload in frames if head == 0x81]
            self.messages += texts
            self.controls += [frame for frame in frames if frame[0] != 0x81]
            for head, payload in frames:
                if head == 0x89 and self.answers_pings:
                    self.pongs += masked(0x8A, payload)
            if self.pongs and not self._unsent:
                self.pongs = self.pongs[self._socket.send(self.pongs) :]
            if texts and any(texts):
                return b"".join(texts)
            data = self._socket.recv(size)
            if not data:
                assert not self._rest, f"the end came within a frame: {self._rest[:80]!r}"
                return b""
            self._rest += data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


class WebPeer(Peer):
    """A Peer that is a browser."""

    socket: Any

    def __init__(
        self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1", receive_bytes: int = 0
    ) -> None:
        """Connect to the port for browsers, open the WebSocket; with a ``nick`` also join."""
        super().__init__(port, None, host, receive_bytes)
        self.socket = FramedSocket(self.socket)
        try:
            self.socket.ask(port)
            while not self.socket.greeted():
                pass
            if nick is not None:
                self.send(f"{nick}\n")
                self.expect(f"OK {nick}")
        except BaseException:
            self.socket.close()
            raise

    def close_frame(self) -> int:
        """The code of the close frame that came at the end; 0 for one without a code."""
        head, payload = self.socket.controls[-1]
        assert head == 0x88, f"no close frame: {head:#x} {payload!r}"
        return int.from_bytes(payload[:2], "big")


class WebRequest(Peer):
    """A Peer that speaks HTTP, or something like it."""

    def __enter__(self) -> WebRequest:
        return self

    def answer(self, head: bytes) -> Tuple[int, bytes]:
        """Send a head; the status of the answer and the whole of it, up to the end of file."""
        self.send(head)
        return self.ended()

    def ended(self) -> Tuple[int, bytes]:
        """The same for what was sent before."""
        self.socket.settimeout(PATIENCE_SECONDS)
        whole = self.rest().encode()
        return int(whole.split(b" ", 2)[1]) if whole else 0, whole
