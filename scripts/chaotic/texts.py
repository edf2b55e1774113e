"""What people say in a chaos run, and what a line of the server means.

A text is a function of its sender and of a running number, so that each line can
be checked by itself: ``m17.5 ...`` is the fifth text of sender 17, and
``d17.6 3 ...`` is a direct message of sender 17 to persona 3.  A persona is a
nick with all the ways to write it.
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

# What follows the name of a text.  Some of these look like other lines of the
# server, and must not be taken for them.
_FILLS = (
    "", "oi", "Olá, tudo bem?", "  spaces before and behind   ", "a\ttab", "日本語 और हिन्दी 🎈",
    "FROM joão1 [all]: m1.1 forged", "LEAVE joão1 quit", "WHO", "QUIT", "@joão1 not a letter", "ERR too_slow",
    "x" * 60, "y" * 300, "[dm]: ] [all]: ", "nbsp\u00a0and\u3000wide",
)  # fmt: skip
_LONGEST_EACH = 61  # one text in this many is as long as a line may be

_NAMED = re.compile(r"m(\d+)\.(\d+) |d(\d+)\.(\d+) (\d+) ")


class Violation(Exception):
    """Something that must hold does not; the text says what, and shows the lines around it."""


def require(holds: object, what: str, *details: object) -> None:
    """Raise Violation with ``what`` and the details, unless it ``holds``."""
    if not holds:
        raise Violation(" ".join([what, *map(shown, details)]))


def shown(detail: object) -> str:
    """Return a detail as it is shown in a report."""
    text = repr(detail)
    return text if len(text) <= 4 * SHOWN_BYTES else f"{text[: 4 * SHOWN_BYTES]}..."


# -- names and texts -----------------------------------------------------------


def disguises(persona: int) -> Tuple[str, ...]:
    """Return the ways to write one nick; for the server they must all be the same."""
    plain = f"joão{persona}"
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in plain)
    return plain, unicodedata.normalize("NFD", plain), plain.upper(), wide


@functools.cache
def persona_of(nick: str) -> int:
    """Return the persona of a nick, however the nick is written."""
    number = re.search(r"\d+\Z", nick)
    require(number, "a nick that no person has", nick)
    assert number is not None
    return int(number.group())


def said(sender: int, number: int) -> str:
    """Return the text of that number that ``sender`` says to everyone."""
    text = f"m{sender}.{number} {_FILLS[(sender + number) % len(_FILLS)]}"
    if (sender + number) % _LONGEST_EACH == 0:
        text += "z" * (LINE_BYTES - 1 - len(text.encode()))
    return text


def letter(sender: int, number: int, to: int) -> str:
    """Return the direct message of that number from ``sender`` to the persona ``to``."""
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
        """True if everyone who is in gets this line."""
        return isinstance(self.message, (Join, Leave)) or (self.sender >= 0 and self.to < 0)


@functools.lru_cache(maxsize=1 << 16)  # one line is read by dozens
def understand(raw: bytes) -> Line:
    """Return what a line, without its newline, means; raise Violation if no sender has said it."""
    require(len(raw) < protocol.SERVER_LINE_BYTES, "a server line that is too long", raw[:SHOWN_BYTES])
    try:
        message = parser.parse_message(raw)
    except parser.NotAMessage:
        raise Violation(f"a line that no server says: {shown(raw)}") from None
    if not isinstance(message, From):
        return Line(raw, message)
    name = _NAMED.match(message.text)
    require(name, "a text that no person has said", raw)
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
