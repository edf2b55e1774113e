"""The input from a keyboard, a pipe or a file: bytes, then an end.

There are three ways to read.  Terminals and pipes wait in the selector like any
socket.  Regular files and /dev/null are always ready, and epoll refuses them;
one piece is read in each turn.  Windows can wait only for sockets; there a
thread reads and passes the bytes on through a socket pair.

The keyboard knows descriptors and the reactor; it does not know what the bytes
mean.
"""

from __future__ import annotations

import os
import socket
import threading
from selectors import EVENT_READ
from typing import Any, Callable

from minichat.cli.output import wait_ready
from minichat.net.reactor import Reactor

READ_BYTES = 16384  # of one read; as much as one read from a socket

# True if the keyboard needs a thread.  A test sets it to try the thread on other systems.
NEEDS_THREAD = os.name == "nt"


class Keyboard:
    """Calls ``on_bytes`` with each piece of input, and ``on_end`` once after the last."""

    def __init__(
        self, reactor: Reactor, fd: int, on_bytes: Callable[[bytes], None], on_end: Callable[[], None]
    ) -> None:
        self._reactor = reactor
        self._fd = fd
        self._on_bytes = on_bytes
        self._on_end = on_end
        self._pipe = _read_in_thread(fd) if NEEDS_THREAD else None
        self._source: Any = self._pipe or fd
        self._waits_in_selector = True
        self._has_call = False  # a piece of a file will be read in this turn or the next
        self._paused = True
        self._ended = False

    def resume(self) -> None:
        """Read; to be called once to begin, and after a pause."""
        if not self._paused or self._ended:
            return
        self._paused = False
        if self._waits_in_selector:
            try:
                self._reactor.register(self._source, EVENT_READ, self._on_ready)
                return
            except OSError:
                self._waits_in_selector = False
        self._read_file_soon()

    def pause(self) -> None:
        """Read no more until ``resume``; the kernel keeps what comes."""
        if not self._paused:
            self._paused = True
            if self._waits_in_selector:
                self._reactor.unregister(self._source)

    @property
    def has_more(self) -> bool:
        """True if something was typed already and is not read yet."""
        return bool(wait_ready([self._source], [], 0))

    def close(self) -> None:
        """Read no more, for good."""
        self.pause()
        self._ended = True
        if self._pipe:
            self._pipe.close()

    def _read_file_soon(self) -> None:
        if not self._has_call:
            self._has_call = True
            self._reactor.call_later(0.0, self._read_file)

    def _read_file(self) -> None:
        self._has_call = False
        if not self._paused:
            self._read_file_soon()
            self._on_ready(EVENT_READ)

    def _on_ready(self, mask: int) -> None:
        try:
            data = self._pipe.recv(READ_BYTES) if self._pipe else os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""  # no more input comes: the terminal is gone (EIO), or this is a directory
        if data:
            self._on_bytes(data)
        else:
            self.close()
            self._on_end()


def _read_in_thread(fd: int) -> socket.socket:
    """Start a thread that reads from ``fd``; return the socket from which its bytes can be read."""
    ours, its = socket.socketpair()
    ours.setblocking(False)

    def read() -> None:
        try:
            while data := os.read(fd, READ_BYTES):
                its.sendall(data)  # while the keyboard is paused, this blocks, as it should
        except OSError:
            pass  # the client has ended
        its.close()

    # The thread is a daemon: nothing can wake it from its read when the client ends.
    threading.Thread(target=read, daemon=True).start()
    return ours
