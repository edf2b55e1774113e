"""The line buffer: bytes in any pieces in, complete lines out.

TCP delivers a stream, not messages: one read may hold half a line, or forty
lines and a half.  A line buffer collects what came until a newline completes
it.  It knows bytes and one limit; it does not know sockets, text or commands.

Invariants: the unfinished rest is shorter than the limit; the same bytes give
the same lines however they were cut.
"""

from __future__ import annotations

from typing import Optional, Union

NEWLINE = b"\n"


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
    >>> buffer.rest
    b'ai'
    """

    __slots__ = (
        "_bytes", "_end", "_is_skipping", "_is_too_long", "_limit", "_start", "has_ended", "has_line", "thrown_away",
    )  # fmt: skip

    def __init__(self, limit_bytes: int) -> None:
        """``limit_bytes`` is the longest line accepted, with its newline."""
        self._limit = limit_bytes
        self._bytes: Union[bytes, bytearray] = b""  # what came and is not thrown away
        self._start = 0  # of the next line in it
        self._end = -1  # where the newline of the next line is; -1 while it has none
        self._is_too_long = False  # the next line is over the limit: it is gone, and that is not told yet
        self._is_skipping = False  # the rest of such a line is still to come
        self.thrown_away = 0  # bytes that became no line, since the beginning: those of lines over the limit, say
        self.has_line = False  # ``next_line`` has a line to return or LineTooLong to raise
        self.has_ended = False  # no more will be fed: the peer has ended its output

    @property
    def rest(self) -> bytes:
        """The bytes that were not handed out yet."""
        return bytes(self._bytes[self._start :])

    @property
    def size(self) -> int:
        """How many bytes are in memory; what was handed out stays there until the last line is."""
        return len(self._bytes)

    def feed(self, data: bytes) -> None:
        """Take in what one read brought, cut anywhere."""
        # The cost is linear in the bytes, also when they come one by one: the
        # rest grows in place, and no byte is searched for a newline twice.
        if self._is_skipping:
            data = self._skip(data)
        searched = len(self._bytes)
        if not searched:
            self._bytes = data  # as nearly always: a read brings whole lines
        else:
            if not isinstance(self._bytes, bytearray):
                self._bytes = bytearray(self._bytes)
            self._bytes += data
        if self._end < 0:
            self._find_end(searched)

    def next_line(self) -> Optional[bytes]:
        """Return the oldest complete line without its line end, or None.

        Raises LineTooLong, once, in the place of a line over the limit.
        """
        if self._is_too_long:
            self._is_too_long = False
            self.has_line = self._end >= 0
            raise LineTooLong
        if self._end < 0:
            return None
        line = bytes(self._bytes[self._start : self._end])
        self._start = self._end + 1
        self._find_end(self._start)
        if len(line) >= self._limit:  # with its newline it is one byte longer
            self.thrown_away += len(line) + 1
            raise LineTooLong
        # One carriage return before the newline belongs to the line end
        # (telnet and Windows send it); a second one would be text.
        return line[:-1] if line.endswith(b"\r") else line

    def clear(self) -> None:
        """Forget everything that was not handed out yet."""
        self._bytes = b""
        self._start, self._end = 0, -1
        self.has_line = self._is_too_long = self._is_skipping = False

    @staticmethod
    def unit_end(piece: bytes, taken: int) -> int:
        """Where to cut ``piece`` of which the peer has ``taken`` bytes: at the next line end, if there is one."""
        return piece.find(NEWLINE, taken - 1) + 1 or len(piece)

    def _find_end(self, searched: int) -> None:
        """Find the next newline; up to ``searched`` there is none."""
        self._end = self._bytes.find(NEWLINE, searched)
        self.has_line = self._end >= 0 or self._is_too_long
        if self._end >= 0:
            return
        if self._start:  # what was handed out need not be kept for a short rest
            self._bytes = self._bytes[self._start :]
            self._start = 0
        if len(self._bytes) >= self._limit:  # no newline can save this line
            self.thrown_away += len(self._bytes)
            self._bytes = b""
            self.has_line = self._is_too_long = self._is_skipping = True

    def _skip(self, data: bytes) -> bytes:
        """Throw away the rest of a line that was too long; return what follows it."""
        end = data.find(NEWLINE) + 1
        self._is_skipping = end == 0
        self.thrown_away += end or len(data)
        return data[end:] if end else b""
