"""The loop of a chaos run, and what its people are connected by.

One thread and one selector for everything.  A wire is a connection to the
server, of our own or through a real minichat-client; who speaks over it, and
what, is not known here.
"""

from __future__ import annotations

import heapq
import itertools
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, Protocol, Tuple

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"

READ_BYTES = 1 << 18
WIDE_BYTES = 1 << 20
LONGEST_WAIT_SECONDS = 0.2  # of a turn
PATIENCE_SECONDS = 5.0  # for what takes milliseconds
RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: close sends a reset


class Loop:
    """Files, timers, one turn at a time."""

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
        """Call once, in so many seconds."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), callback))

    def turn(self) -> None:
        """Wait until something is ready or due, and serve it."""
        wait = self._timers[0][0] - time.monotonic() if self._timers else LONGEST_WAIT_SECONDS
        for key, mask in self._selector.select(max(0.0, min(wait, LONGEST_WAIT_SECONDS))):
            # An earlier handler of this batch may have closed it.
            if self._selector.get_map().get(key.fd) is key:
                key.data(mask)
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()

    def close(self) -> None:
        """Close the selector; the files stay open."""
        self._selector.close()


class Wire(Protocol):
    """Two descriptors with a server behind them."""

    reads: int
    writes: int

    def read(self) -> bytes:
        """What came; b"" at the end; OSError."""

    def write(self, data: bytes) -> int:
        """How much of it was taken; OSError."""

    def widen(self) -> None:
        """Make room for much input."""

    def end(self) -> None:
        """Send no more, but read on."""

    def close(self) -> str:
        """Let go; returns a complaint, or ""."""

    def reset(self) -> None:
        """Break off."""


class SocketWire:
    """A connection of our own."""

    def __init__(self, port: int, room_bytes: int = 0) -> None:
        """``room_bytes`` is the receive buffer; 0 leaves it to the system."""
        self._socket = socket.socket()
        if room_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room_bytes)
        self._socket.settimeout(PATIENCE_SECONDS)
        self._socket.connect((HOST, port))  # the kernel answers, even for a server that is stopped
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reads = self.writes = self._socket.fileno()

    def read(self) -> bytes:
        return self._socket.recv(READ_BYTES)

    def write(self, data: bytes) -> int:
        return self._socket.send(data)

    def widen(self) -> None:
        # A sender that has met a window of 2 KB goes on by its persist timer: 10 KB a second.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WIDE_BYTES)

    def end(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> str:
        self._socket.close()
        return ""

    def reset(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._socket.close()


class ProgramWire:
    """A minichat-client between two pipes; it prints what the server says."""

    def __init__(self, port: int, nick: str) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed by close
        command = [sys.executable, "-m", "minichat.client", "--host", HOST, "--port", str(port), "--nick", nick]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            bufsize=0, cwd=ROOT, env=environment(),
        )  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self._stdin, self._stdout = self.process.stdin, self.process.stdout
        self.reads, self.writes = self._stdout.fileno(), self._stdin.fileno()
        os.set_blocking(self.reads, False)
        os.set_blocking(self.writes, False)

    def read(self) -> bytes:
        return os.read(self.reads, READ_BYTES)

    def write(self, data: bytes) -> int:
        return os.write(self.writes, data)

    def widen(self) -> None:
        pass  # a pipe has room enough

    def end(self) -> None:
        self._stdin.close()

    def close(self) -> str:
        self._stdin.close()
        self._stdout.close()
        self.process.send_signal(signal.SIGCONT)
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self._errors.seek(0)
        complaint = self._errors.read().decode("utf-8", "replace")
        self._errors.close()
        return f"exit status {status} {complaint}" if status or complaint else ""

    def reset(self) -> None:
        self.process.kill()
        self.close()


def environment() -> Dict[str, str]:
    """For processes of this clone: none of the user's MINICHAT_ variables, no other minichat."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINICHAT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
