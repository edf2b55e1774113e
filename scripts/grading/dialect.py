"""The dialect of a server: how it wants to be spoken to, and how it answers.

Thirteen public servers of this assignment spoke nine dialects.  What a dialect
says is tried by the probe; the cases then speak it, and judge what works apart
from how it is worded.
"""

from __future__ import annotations

from typing import List, NamedTuple

from minichat.net.linebuffer import LineBuffer

LONGEST_LINE = 1 << 24  # of what a server says: a peer keeps less, and what has lengths before it is no longer
HEADER_BYTES, SHORT_HEADER_BYTES = 64, 10  # of the length headers that are known: ASCII digits, filled with spaces


class Form(NamedTuple):
    """What is to be typed for one purpose; "" if the server has nothing for it."""

    pattern: str

    def text(self, nick: str = "", text: str = "", port: int = 0) -> str:
        """Return what is typed."""
        return self.pattern.replace("{port}", str(port)).replace("{nick}", nick).replace("{text}", text)

    def __bool__(self) -> bool:
        return bool(self.pattern)


class Dialect(NamedTuple):
    """Everything that the probe finds; the defaults are the assignment to the letter."""

    end: bytes = b"\n"  # of what is said; b"" for a server that takes each read as a message, with its line end
    has_header: bool = False  # what is sent has its length before it; what comes may have one, too
    header_bytes: int = HEADER_BYTES
    greeting: bytes = b""  # what the server says first
    nick: Form = Form("{nick}")
    say: Form = Form("{text}")
    direct: Form = Form("@{nick} {text}")
    who: Form = Form("WHO")
    quit: Form = Form("QUIT")
    accepted: bytes = b""  # what a newcomer reads
    crosses: bool = True  # what one says, another reads
    has_direct: bool = True
    has_echo: bool = True  # the sender reads it too
    ends_lines: bool = True  # what the server says ends in a newline
    splits: bool = True  # two lines in one read are two messages
    loses_rest: bool = False  # of two lines in one read only the first is served
    tells_leaving: bool = True
    is_named: bool = True  # who said it is told with it
    pace: float = 0.0  # seconds for each person to whom it says something; 0.0 if it does not dawdle
    crossed: str = ""  # what came of a broadcast, with places for the nick and the text

    @property
    def before_text(self) -> str:
        """What stands before each text in its line, with a place for the nick."""
        return self.crossed.partition("{text}")[0]

    def encode(self, text: bytes) -> bytes:
        """Return the bytes of one message."""
        if self.has_header:
            return str(len(text)).encode().ljust(self.header_bytes) + text
        return text + self.end

    def decode(self, data: bytes) -> bytes:
        """Return what the server said, its messages parted by newlines where headers part them."""
        if not self.has_header:
            return data
        found = b""
        while data:
            size = data[: self.header_bytes].strip()
            if size and not size.isdigit():
                return found + data  # no header: what else there is, is shown as it came
            if len(data) < self.header_bytes:
                break  # the rest of a header has yet to come
            data = data[self.header_bytes :]
            found += data[: int(size or b"0")] + b"\n"
            data = data[int(size or b"0") :]
        return found


def lines_of(data: bytes) -> List[bytes]:
    """Return the lines in ``data``, and what follows the last one."""
    buffer = LineBuffer(LONGEST_LINE)
    buffer.feed(data)
    found: List[bytes] = []
    while (line := buffer.next_line()) is not None:
        found.append(line)
    return found + ([buffer.rest] if buffer.rest else [])


def line_of(data: bytes, part: bytes) -> bytes:
    """Return the line of ``data`` in which ``part`` stands."""
    return next((line for line in lines_of(data) if part in line or part.rstrip(b"\r") in line), data)
