"""A raw peer: a socket to any server of the protocol, read line by line.

It knows no client of ours, so that it can misbehave.
"""

from __future__ import annotations

import socket
import struct
from typing import Optional

from tests.support import PATIENCE_SECONDS

SMALL_BUFFER_BYTES = 4096


class Peer:
    """A raw socket to a server under test, read line by line."""

    def __init__(self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1") -> None:
        """Connects; with a ``nick`` it also joins and reads the ``OK``."""
        self.socket = socket.create_connection((host, port), timeout=PATIENCE_SECONDS)
        self._received = b""
        if nick is not None:
            self.send(f"{nick}\n")
            self.expect(f"OK {nick}")

    def send(self, text: str | bytes) -> None:
        """Send all of ``text``."""
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def line(self) -> str:
        """The next line without its newline; AssertionError when none comes."""
        while b"\n" not in self._received:
            try:
                data = self.socket.recv(65536)
            except socket.timeout:
                raise AssertionError(f"no line came; so far {self._received!r}") from None
            if not data:
                raise AssertionError(f"the end came instead of a line; so far {self._received!r}")
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        return line.decode()

    def expect(self, *lines: str) -> None:
        """Assert that the next lines are these."""
        for line in lines:
            got = self.line()
            assert got == line, f"expected {line!r}, got {got!r}"

    def rest(self) -> str:
        """Everything up to a clean end of file."""
        chunks = [self._received]
        self._received = b""
        while data := self.socket.recv(65536):
            chunks.append(data)
        return b"".join(chunks).decode()

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class SlowPeer(Peer):
    """A peer whose kernel takes little before it is read."""

    def __init__(self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect((host, port))
        self._received = b""
        if nick is not None:
            self.send(f"{nick}\n")
            self.expect(f"OK {nick}")


def reset(peer: Peer) -> None:
    """Go with a reset instead of an end of file."""
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def push(peer: Peer, data: bytes) -> int:
    """Send what the kernel takes at once; how many bytes that was."""
    sent = 0
    peer.socket.setblocking(False)
    try:
        while sent < len(data):
            sent += peer.socket.send(data[sent : sent + 65536])
    except BlockingIOError:
        pass
    finally:
        peer.socket.settimeout(PATIENCE_SECONDS)
    return sent


def pull(peer: Peer, size: int = 65536) -> bytes:
    """Read what is there; nothing when there is nothing, not even an end."""
    peer.socket.setblocking(False)
    try:
        return peer.socket.recv(size)
    except BlockingIOError:
        return b""
    finally:
        peer.socket.settimeout(PATIENCE_SECONDS)
