"""Output to a person or a log that may be slow, full, paused or gone.

A server must not stop because its log is not read: by a pager at the other end
of a pipe, by a terminal after Ctrl-S, or because the disk is full.  So a sink
first asks whether the descriptor takes more.  What does not fit is dropped and
counted, and the count is written as soon as there is room.

This module knows descriptors and lines; it does not know what the lines say.
"""

from __future__ import annotations

import errno
import math
import os
import select
import sys
from typing import Any, Callable, List, Optional, Sequence

# How much a pipe that polls as writable takes without blocking (POSIX, PIPE_BUF).
# A longer line could block the loop, so the middle of such a line is left out.
LONGEST_LINE_BYTES: int = getattr(select, "PIPE_BUF", 512)

LOOK_SECONDS = 0.2  # from one call of ``gives_up`` to the next


def wait_ready(readers: Sequence[Any], writers: Sequence[Any], seconds: Optional[float]) -> List[Any]:
    """Wait until one can be read or written; return those that can, in their order.

    Waits ``seconds`` at most, or for ever if None.  Each is a descriptor or an
    object with ``fileno``.  One that has failed, or is closed, counts as ready:
    the read or the write then says why.
    """
    if not hasattr(select, "poll"):  # Windows: only sockets, but sockets of any number
        ready = select.select(readers, writers, [], seconds)
        return ready[0] + ready[1]
    # select() knows only numbers below 1024, and an inherited one may be larger.
    poll = select.poll()
    for file in readers:
        poll.register(file, select.POLLIN)
    for file in writers:
        poll.register(file, select.POLLOUT)
    milliseconds = None if seconds is None else math.ceil(seconds * 1000)
    numbers = {number for number, _ in poll.poll(milliseconds)}
    return [file for file in [*readers, *writers] if _number(file) in numbers]


def _number(file: Any) -> int:
    return file if isinstance(file, int) else int(file.fileno())


class Sink:
    """Writes lines to a descriptor, and never waits."""

    def __init__(self, fd: int, dropped_text: Callable[[int], str]) -> None:
        """``dropped_text`` makes the line that tells people how many lines were dropped."""
        self._fd = own_description(fd)
        self._dropped_text = dropped_text
        self._dropped = 0
        self._rest = b""  # of a line that did not fit as a whole

    def __call__(self, line: str) -> None:
        """Write ``line`` and its newline, or drop it; if only a part fits, the rest is written later."""
        if self._dropped:
            if not self._write(self._dropped_text(self._dropped)):
                self._dropped += 1
                return
            self._dropped = 0
        if not self._write(line):
            self._dropped += 1

    def _write(self, line: str) -> bool:
        if self._rest:
            self._rest = self._rest[self._put(self._rest) :]
            if self._rest:
                return False
        data = _encoded(line)
        written = self._put(data)
        if written:
            self._rest = data[written:]
        return written > 0

    def _put(self, data: bytes) -> int:
        """Write what fits without waiting; return how many bytes of ``data`` that was."""
        try:
            if os.name == "posix" and not wait_ready([], [self._fd], 0):
                return 0
            return os.write(self._fd, data)
        except (OSError, ValueError):
            return 0


def write_all(fd: int, data: bytes, gives_up: Callable[[], bool] = lambda: False) -> None:
    """Write all of ``data``, and wait as long as that takes; raise OSError.

    For a program that has nothing else to do.  While the reader takes nothing,
    ``gives_up`` is called every LOOK_SECONDS; when it returns True, InterruptedError
    is raised.
    """
    rest = memoryview(data)
    while rest:
        if os.name == "posix" and not wait_ready([], [fd], LOOK_SECONDS):
            if gives_up():
                raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))
            continue
        try:
            rest = rest[os.write(fd, rest[:LONGEST_LINE_BYTES]) :]
        except BlockingIOError:  # a terminal has less room than it says
            wait_ready([], [fd], LOOK_SECONDS)
            if gives_up():
                raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR)) from None


def _encoded(line: str) -> bytes:
    """Return the bytes of a line, with its newline; a long line loses its middle."""
    # The end is kept too: there a traceback says what happened.
    data = line.encode("utf-8", "backslashreplace")
    if len(data) < LONGEST_LINE_BYTES:
        return data + b"\n"
    half = LONGEST_LINE_BYTES // 2 - 3
    whole_characters = (part.decode("utf-8", "ignore").encode() for part in (data[:half], data[-half:]))
    return b" ... ".join(whole_characters) + b"\n"


def own_description(fd: int) -> int:
    """Return, for a terminal, a new descriptor that does not block; ``fd`` itself for anything else."""
    # A terminal polls as writable while it has room for one byte, and then blocks
    # for the rest of the line.  O_NONBLOCK on the inherited descriptor would hold
    # for the shell too, so the terminal is opened a second time.
    try:
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except (OSError, AttributeError):
        return fd


def open_standard_files() -> None:
    """Open the null device in place of each standard descriptor that is closed, and make its file object."""
    # With ``2>&-`` the first socket would get number 2, and a log line would be
    # sent to a client.
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
        if getattr(sys, name) is None:  # Python had found it closed
            setattr(sys, name, open(fd, "w" if fd else "r", closefd=False))  # noqa: SIM115 (open to the end)


def printable(text: str) -> str:
    """Return the text with an escape for each character that is not printable."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
