"""The raw peer of the tests and the scripts: a socket to any server of the protocol.

A peer does not use our client, so that it can misbehave.  Every wait has a
deadline; a wait that fails says what had been received until then, and what the
running programs have written to their standard error.
"""

from __future__ import annotations

import socket
import struct
from typing import Optional, Type, Union

from tests.program import complaints
from tests.support import PATIENCE_SECONDS, DidNotCome

READ_BYTES = 65536
SMALL_BUFFER_BYTES = 4096
MOST_SHOWN_BYTES = 400  # of the received bytes, in the message of a wait that failed
RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: close sends a reset


class Peer:
    """A raw socket to a server, read line by line."""

    failure: Type[Exception] = DidNotCome  # that a failing wait raises

    def __init__(
        self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1", receive_bytes: int = 0
    ) -> None:
        """Connect; with a ``nick`` also join and read the ``OK``.

        ``receive_bytes`` is the size of the receive buffer; 0 leaves it to the system.
        """
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._received = b""
        try:
            if receive_bytes:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            self.socket.settimeout(PATIENCE_SECONDS)
            self.socket.connect((host, port))  # the kernel answers, even for a server that is stopped
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if nick is not None:
                self.send(f"{nick}\n")
                self.expect(f"OK {nick}")
        except BaseException:
            self.socket.close()
            raise

    def send(self, text: Union[str, bytes]) -> None:
        """Send all of ``text``."""
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def until(self, end: bytes) -> bytes:
        """Return everything up to and including ``end``; raise the failure if it does not come."""
        while end not in self._received:
            try:
                data = self.socket.recv(READ_BYTES)
            except OSError as error:
                raise self._failed(f"{end!r} did not come ({error})") from None
            if not data:
                raise self._failed(f"the end came instead of {end!r}")
            self._received += data
        head, _, self._received = self._received.partition(end)
        return head + end

    def line(self) -> str:
        """Return the next line without its newline; raise the failure if none comes."""
        return self.until(b"\n")[:-1].decode()

    def expect(self, *lines: str) -> None:
        """Assert that the next lines are these."""
        for line in lines:
            got = self.line()
            if got != line:
                raise self._failed(f"expected {line!r}, got {got!r}")

    def rest(self) -> str:
        """Return everything up to a clean end of file; raise the failure if none comes."""
        try:
            while data := self.socket.recv(READ_BYTES):
                self._received += data
        except OSError as error:
            raise self._failed(f"no clean end came ({error})") from None
        received, self._received = self._received, b""
        return received.decode()

    def push(self, data: bytes) -> int:
        """Send what the kernel takes without waiting; return how many bytes that was."""
        sent = 0
        self.socket.setblocking(False)
        try:
            while sent < len(data):
                sent += self.socket.send(data[sent : sent + READ_BYTES])
        except BlockingIOError:
            pass
        finally:
            self.socket.settimeout(PATIENCE_SECONDS)
        return sent

    def pull(self, size: int = READ_BYTES) -> bytes:
        """Return what can be read without waiting; b"" if there is nothing, or the end of file."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(size)
        except BlockingIOError:
            return b""
        finally:
            self.socket.settimeout(PATIENCE_SECONDS)

    def end_sending(self) -> None:
        """End the output, but read on."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Close with a reset instead of an end of file."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _failed(self, what: str) -> Exception:
        """Return the failure, with all that helps to find its cause."""
        received = self._received if len(self._received) <= MOST_SHOWN_BYTES else self._received[-MOST_SHOWN_BYTES:]
        return self.failure(f"{what}; so far {received!r}{complaints()}")


class SlowPeer(Peer):
    """A peer with a small receive buffer: when it does not read, its kernel takes little."""

    def __init__(self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1") -> None:
        super().__init__(port, nick, host, SMALL_BUFFER_BYTES)
