"""The loop of a chaos run, and the wires between its people and the server.

There is one thread and one selector for everything.  A wire is a connection to
the server, our own or through a real minichat-client.  A wire does not know who
speaks over it, and what.
"""

from __future__ import annotations

import heapq
import itertools
import os
import selectors
import signal
import socket
import time
from typing import Callable, List, Protocol, Tuple

from tests.peer import Peer
from tests.program import Program
from tests.support import DidNotCome

READ_BYTES = 1 << 18
WIDE_BYTES = 1 << 20
LONGEST_WAIT_SECONDS = 0.2  # of a turn
PATIENCE_SECONDS = 5.0  # for the end of a program, which takes milliseconds


class Loop:
    """Waits for files and timers, one turn at a time."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: List[Tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def watch(self, fd: int, mask: int, handler: Callable[[int], None]) -> None:
        """Call ``handler`` when ``fd`` is ready for ``mask``; 0 is never."""
        key = self._selector.get_map().get(fd)
        if key is None and mask:
            self._selector.register(fd, mask, handler)
        elif key is not None and not mask:
            self._selector.unregister(fd)
        elif key is not None and key.events != mask:
            self._selector.modify(fd, mask, handler)

    def later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call ``callback`` once, after ``seconds``."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), callback))

    def turn(self) -> None:
        """Wait until something is ready or due, and serve it."""
        wait = self._timers[0][0] - time.monotonic() if self._timers else LONGEST_WAIT_SECONDS
        for key, mask in self._selector.select(max(0.0, min(wait, LONGEST_WAIT_SECONDS))):
            # An earlier handler of this batch may have closed this file.
            if self._selector.get_map().get(key.fd) is key:
                key.data(mask)
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()

    def close(self) -> None:
        """Close the selector; the files stay open."""
        self._selector.close()


class Wire(Protocol):
    """Two descriptors that lead to the server, one to read from and one to write to."""

    reads: int
    writes: int

    def read(self) -> bytes:
        """Return what has come, b"" at the end; raise OSError."""

    def write(self, data: bytes) -> int:
        """Write ``data``; return how many bytes were taken; raise OSError."""

    def widen(self) -> None:
        """Make room for much input."""

    def end(self) -> None:
        """End the output, but read on."""

    def close(self) -> str:
        """Close in good order; return a complaint, or ""."""

    def reset(self) -> None:
        """Break the connection off."""


class SocketWire:
    """A connection of our own."""

    def __init__(self, port: int, room_bytes: int = 0) -> None:
        """``room_bytes`` is the receive buffer; 0 leaves it to the system."""
        self._peer = Peer(port, receive_bytes=room_bytes)
        self._socket = self._peer.socket
        self._socket.setblocking(False)
        self.reads = self.writes = self._socket.fileno()

    def read(self) -> bytes:
        return self._socket.recv(READ_BYTES)

    def write(self, data: bytes) -> int:
        return self._socket.send(data)

    def widen(self) -> None:
        # A sender that has seen a window of 2 KB goes on by its persist timer: 10 KB a second.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WIDE_BYTES)

    def end(self) -> None:
        self._peer.end_sending()

    def close(self) -> str:
        self._peer.close()
        return ""

    def reset(self) -> None:
        self._peer.reset()


class ProgramWire:
    """A minichat-client between two pipes; it prints what the server says."""

    def __init__(self, port: int, nick: str) -> None:
        self._program = Program("-m", "minichat.client", "--port", str(port), "--nick", nick)
        self.process = self._program.process
        assert self.process.stdin is not None and self.process.stdout is not None
        self.reads, self.writes = self.process.stdout.fileno(), self.process.stdin.fileno()
        os.set_blocking(self.reads, False)
        os.set_blocking(self.writes, False)

    def read(self) -> bytes:
        return os.read(self.reads, READ_BYTES)

    def write(self, data: bytes) -> int:
        return os.write(self.writes, data)

    def widen(self) -> None:
        pass  # a pipe has room enough

    def end(self) -> None:
        self._program.end_input()

    def close(self) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.send_signal(signal.SIGCONT)
        try:
            complaint = self._program.errors.rest(PATIENCE_SECONDS)
            status = self._program.wait(PATIENCE_SECONDS)
        except DidNotCome as error:
            complaint, status = str(error), -signal.SIGKILL
        self._program.__exit__()
        return f"exit status {status} {complaint}" if status or complaint else ""

    def reset(self) -> None:
        self.process.kill()
        self.close()
