"""Lines for a person or a log that may be slow, full, paused or gone.

A server must not stop because nobody reads its log: not the pager at the
other end of the pipe, not the terminal under Ctrl-S, not the full disk.  So it
is asked first whether the descriptor takes more, and what does not fit is
dropped and counted; the count is told as soon as there is room.

It knows descriptors and lines; it does not know what they say.
"""

from __future__ import annotations

import errno
import os
import select
import sys
from typing import Callable

# What a pipe that polls as writable takes without blocking (POSIX, PIPE_BUF).
# A longer line could stop the loop in the middle, so its own middle is left out.
LONGEST_LINE_BYTES: int = getattr(select, "PIPE_BUF", 512)

LOOK_SECONDS = 0.2  # between two looks at whether to give up


class Sink:
    """Writes lines to a descriptor and never waits for it."""

    def __init__(self, fd: int, dropped_text: Callable[[int], str]) -> None:
        """``dropped_text`` says, for people, how many lines were dropped."""
        self._fd = own_description(fd)
        self._dropped_text = dropped_text
        self._dropped = 0
        self._rest = b""  # of a line that did not fit as a whole

    def __call__(self, line: str) -> None:
        """Write ``line`` and its newline, or drop it; half of it is completed later."""
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
        """How many bytes of ``data`` were written without waiting."""
        try:
            if os.name == "posix" and not select.select([], [self._fd], [], 0)[1]:
                return 0
            return os.write(self._fd, data)
        except (OSError, ValueError):
            return 0


def write_all(fd: int, data: bytes, gives_up: Callable[[], bool] = lambda: False) -> None:
    """Write all of ``data``, waiting as long as that takes; raises OSError.

    For a program that has nothing better to do than to be read.  While nobody
    reads it asks now and then whether it ``gives_up``; then InterruptedError.
    """
    rest = memoryview(data)
    while rest:
        if os.name == "posix" and not select.select([], [fd], [], LOOK_SECONDS)[1]:
            if gives_up():
                raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))
            continue
        try:
            rest = rest[os.write(fd, rest[:LONGEST_LINE_BYTES]) :]
        except BlockingIOError:  # a terminal has less room than it says
            select.select([], [fd], [], LOOK_SECONDS)
            if gives_up():
                raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR)) from None


def _encoded(line: str) -> bytes:
    """The line with its newline; of a long one the beginning and the end, where a traceback says what happened."""
    data = line.encode("utf-8", "backslashreplace")
    if len(data) < LONGEST_LINE_BYTES:
        return data + b"\n"
    half = LONGEST_LINE_BYTES // 2 - 3
    whole_characters = (part.decode("utf-8", "ignore").encode() for part in (data[:half], data[-half:]))
    return b" ... ".join(whole_characters) + b"\n"


def own_description(fd: int) -> int:
    """For a terminal, one of our own that does not block.

    A terminal polls as writable while it has room for one byte, and then
    blocks for the rest of the line.  O_NONBLOCK on the inherited descriptor
    would hold for the shell too, so the terminal is opened a second time.
    """
    try:
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except (OSError, AttributeError):
        return fd


def open_standard_files() -> None:
    """Fill the places of closed standard descriptors, and have a file object for each.

    With ``2>&-`` the first socket would get number 2, and a log line would go
    out to a client.
    """
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
        if getattr(sys, name) is None:  # Python had found it closed
            setattr(sys, name, open(fd, "w" if fd else "r", closefd=False))  # noqa: SIM115 (open to the end)


def printable(text: str) -> str:
    """The text on one line: what would do something to a screen is shown by its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
