"""What people say in a chaos run, and what a line of the server means.

Every text is a function of who says it and of a running number, so that any
line can be checked by itself: ``m17.5 ...`` is the fifth text of number 17,
and ``d17.6 3 ...`` a direct message of theirs to the persona 3.  A persona is
a nick in all its disguises.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple, Tuple

from minichat.chat import parser, protocol
from minichat.chat.parser import From, Join, Leave, Message

LINE_BYTES = 4096  # the longest that a client may send, with its newline
SHOWN_BYTES = 100  # of a line in a report
WITNESS = 0  # its number as a sender, and as a persona

# What stands behind the name of a text.  Some of it looks like other lines of
# the server: nobody may be taken in.
_FILLS = (
    "", "oi", "Olá, tudo bem?", "  spaces before and behind   ", "a\ttab", "日本語 और हिन्दी 🎈",
    "FROM joão1 [all]: m1.1 forged", "LEAVE joão1 quit", "WHO", "QUIT", "@joão1 not a letter", "ERR too_slow",
    "x" * 60, "y" * 300, "[dm]: ] [all]: ", "nbsp\u00a0and\u3000wide",
)  # fmt: skip
_LONGEST_EACH = 61  # one text in so many is as long as a line may be

_NAMED = re.compile(r"m(\d+)\.(\d+) |d(\d+)\.(\d+) (\d+) ")


class Violation(Exception):
    """Something that must hold did not; says what, and shows what stood around it."""


def require(holds: object, what: str, *details: object) -> None:
    """Raise Violation naming ``what`` unless it ``holds``."""
    if not holds:
        raise Violation(" ".join([what, *map(shown, details)]))


def shown(detail: object) -> str:
    """As it stands in a report."""
    text = repr(detail)
    return text if len(text) <= 4 * SHOWN_BYTES else f"{text[: 4 * SHOWN_BYTES]}..."


# -- names and texts -----------------------------------------------------------


def disguises(persona: int) -> Tuple[str, ...]:
    """Ways to write one nick; the server must take them for the same."""
    plain = f"joão{persona}"
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in plain)
    return plain, unicodedata.normalize("NFD", plain), plain.upper(), wide


@functools.cache
def persona_of(nick: str) -> int:
    """Whose nick that is, however it is written."""
    number = re.search(r"\d+\Z", nick)
    require(number, "a nick that nobody has", nick)
    assert number is not None
    return int(number.group())


def said(sender: int, number: int) -> str:
    """What ``sender`` says to everyone as the text of that number."""
    text = f"m{sender}.{number} {_FILLS[(sender + number) % len(_FILLS)]}"
    if (sender + number) % _LONGEST_EACH == 0:
        text += "z" * (LINE_BYTES - 1 - len(text.encode()))
    return text


def letter(sender: int, number: int, to: int) -> str:
    """What ``sender`` says to the persona ``to`` alone."""
    return f"d{sender}.{number} {to} {_FILLS[(sender + number) % len(_FILLS)]}"


class Line(NamedTuple):
    """One line of the server, understood."""

    raw: bytes
    message: Message
    sender: int = -1  # of a FROM
    number: int = 0
    to: int = -1  # the persona that a direct message is for

    @property
    def is_public(self) -> bool:
        """Whether everyone who is in gets it."""
        return isinstance(self.message, (Join, Leave)) or (self.sender >= 0 and self.to < 0)


@functools.lru_cache(maxsize=1 << 16)  # one line is read by dozens
def understand(raw: bytes) -> Line:
    """A line without its newline; Violation when nobody has said that."""
    require(len(raw) < protocol.SERVER_LINE_BYTES, "a server line that is too long", raw[:SHOWN_BYTES])
    try:
        message = parser.parse_message(raw)
    except parser.NotAMessage:
        raise Violation(f"a line that no server says: {shown(raw)}") from None
    if not isinstance(message, From):
        return Line(raw, message)
    name = _NAMED.match(message.text)
    require(name, "a text that nobody has said", raw)
    assert name is not None
    public_sender, public_number, *private = name.groups()
    if public_sender:
        sender, number, to = int(public_sender), int(public_number), -1
        kind, text = "all", said(sender, number)
    else:
        sender, number, to = map(int, private)
        kind, text = "dm", letter(sender, number, to)
    require((message.kind, message.text) == (kind, text), "a text that was changed on its way", raw)
    return Line(raw, message, sender, number, to)
