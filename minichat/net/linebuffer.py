"""Bytes in any pieces in, complete lines out.

TCP delivers a stream, not messages: one read may hold half a line, or forty
lines and a half.  A line buffer collects what came until a newline completes
it.  It knows bytes and one limit; it does not know sockets, text or commands.

Invariants: no line handed out holds a newline; the unfinished rest is shorter
than the limit; the same bytes give the same lines however they were cut.
"""

from __future__ import annotations

from typing import List, Optional


class LineTooLong(Exception):
    """A line was over the limit; its bytes are gone up to its newline."""


class LineBuffer:
    r"""The input of one connection, cut into lines.

    >>> buffer = LineBuffer(4096)
    >>> buffer.feed(b"ol")
    >>> buffer.next_line()                      # nothing complete yet
    >>> buffer.feed(b"a\r\nbom dia\nai")
    >>> buffer.next_line(), buffer.next_line()
    (b'ola', b'bom dia')
    >>> bytes(buffer.rest)
    b'ai'
    """

    __slots__ = ("_limit", "_lines", "_skipping", "rest", "thrown_away")

    def __init__(self, limit_bytes: int) -> None:
        """``limit_bytes`` is the longest line accepted, with its newline."""
        self._limit = limit_bytes
        # Complete lines, the oldest at the end, where pop() costs nothing.
        # None marks the place of a line that was too long.
        self._lines: Optional[List[Optional[bytes]]] = None
        self._skipping = False  # inside the tail of a line that was too long
        self.rest: bytes | bytearray = b""  # what came after the last newline
        self.thrown_away = 0  # bytes of lines over the limit, since the beginning

    @property
    def has_line(self) -> bool:
        """Whether ``next_line`` has something to give or to raise."""
        return bool(self._lines)

    @property
    def size(self) -> int:
        """Bytes held: the rest, and the lines not handed out yet with their line ends."""
        return len(self.rest) + sum(len(line) + 1 for line in self._lines or () if line is not None)

    def feed(self, data: bytes) -> None:
        """Take in what one read brought, cut anywhere.

        Its cost is linear in the bytes, also when they come one by one:
        the rest grows in place and is never scanned a second time.
        """
        pieces = data.split(b"\n")
        tail = pieces.pop()
        lines: List[Optional[bytes]] = []
        if pieces:
            first = pieces[0]
            if self._skipping:
                self._skipping = False
                self.thrown_away += len(first) + 1
            else:
                lines.append(self._checked(bytes(self.rest + first) if self.rest else first))
            lines += map(self._checked, pieces[1:])
            self.rest = b""
        if self._skipping:
            self.thrown_away += len(tail)
        elif tail:
            self._keep(tail, lines)
        if lines:
            lines.reverse()
            self._lines = lines + self._lines if self._lines else lines

    def next_line(self) -> Optional[bytes]:
        """The oldest complete line without its line end, or None.

        Raises LineTooLong, once, in the place of a line over the limit.
        """
        if not self._lines:
            return None
        line = self._lines.pop()
        if not self._lines:
            self._lines = None  # an empty list costs 56 bytes, and most buffers are idle
        if line is None:
            raise LineTooLong
        # One carriage return before the newline belongs to the line end
        # (telnet and Windows send it); a second one would be text.
        return line[:-1] if line.endswith(b"\r") else line

    def clear(self) -> None:
        """Forget everything, also the lines not handed out yet."""
        self._lines = None
        self._skipping = False
        self.rest = b""

    def _checked(self, line: bytes) -> Optional[bytes]:
        if len(line) < self._limit:  # + 1 for its newline
            return line
        self.thrown_away += len(line) + 1
        return None

    def _keep(self, tail: bytes, lines: List[Optional[bytes]]) -> None:
        """Grow the rest; report it at once when no newline can save it."""
        if len(self.rest) + len(tail) >= self._limit:
            lines.append(None)
            self.thrown_away += len(self.rest) + len(tail)
            self._skipping = True
            self.rest = b""
        elif self.rest:
            # bytearray grows in place; most lines come whole and never need it.
            if not isinstance(self.rest, bytearray):
                self.rest = bytearray(self.rest)
            self.rest += tail
        else:
            self.rest = tail
