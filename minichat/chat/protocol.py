"""The protocol: the grammar of the wire, and the place where bytes become text and back.

``decode`` and ``parse_command`` read what a client says; the ``format_*``
functions write what the server says (the client reads that with ``parser``).
This module does not know who is connected.

Invariant: the text of a user stands only after ``FROM <nick> [<kind>]: ``, so
that no text and no nick can forge a line of another kind.
"""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Sequence

SERVER_LINE_BYTES = 4352  # of the longest line of the server: FROM, nick, kind and a client's longest text
WHO_LINE_BYTES = 512  # of one WHO line; a longer list continues in the next line

# The codes of ERR.  The assignment prescribes apelido_em_uso and user_not_found.
NICK_IN_USE = "apelido_em_uso"
NICK_INVALID = "apelido_invalido"
USER_NOT_FOUND = "user_not_found"
EMPTY_MESSAGE = "empty_message"
LINE_TOO_LONG = "line_too_long"
LINE_UNFINISHED = "line_unfinished"
INVALID_UTF8 = "invalid_utf8"
INVALID_TEXT = "invalid_text"
SERVER_FULL = "server_full"
TOO_MANY_CONNECTIONS = "too_many_connections"
TIMEOUT = "timeout"
TOO_SLOW = "too_slow"

BYE = b"BYE\n"
BYE_SHUTDOWN = b"BYE shutdown\n"
BYTE_ORDER_MARK = "\ufeff"

# Control characters except TAB, line and paragraph separators, bidi controls:
# with these a text could change the screen or the log of its reader.
_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

# A line that begins with one of these bytes can become neither a nick nor a text.
_HOPELESS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class RefusedLine(Exception):
    """The line is answered with ``ERR <code>`` and not relayed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(line: bytes) -> str:
    """Return the text of a client's line; raise RefusedLine.

    The code is invalid_utf8 for overlong forms, surrogates and all else that is
    not UTF-8, and invalid_text for a forbidden character.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedLine(INVALID_UTF8) from None
    # No printable character is forbidden, and isprintable() is much faster than the search.
    if not text.isprintable() and _FORBIDDEN.search(text):
        raise RefusedLine(INVALID_TEXT)
    return text


def hopeless(rest: bytes) -> str:
    """Return a code with which a line that begins with ``rest`` can be refused at once, or ""."""
    return INVALID_TEXT if _HOPELESS.match(rest) else ""


# -- what a client says --------------------------------------------------------


class Command(NamedTuple):
    """What one line asks for."""

    name: str  # "say", "tell", "nothing" or one of WORDS
    nick: str = ""  # the addressee of "tell"
    text: str = ""  # of "say" and "tell"


# The commands that stand alone on their line, in any case of letters.  A new
# one is its word here and its function in the table of the dispatcher.
WORDS = frozenset({"who", "quit"})
_LONGEST_WORD = max(map(len, WORDS))
_NOTHING = Command("nothing")


def parse_command(text: str) -> Command:
    """Return what a line asks for; its sender is in.

    >>> parse_command("@bruno oi")
    Command(name='tell', nick='bruno', text='oi')
    >>> parse_command(" WHO").name              # not at the first column
    'say'
    """
    if text.startswith("@"):
        nick, _, body = text[1:].partition(" ")
        return Command("tell", nick, body)
    word = text.rstrip(" ")
    if len(word) <= _LONGEST_WORD:
        word = word.lower()
        if word in WORDS:
            return Command(word)
        if not word:
            return _NOTHING
    return Command("say", text=text)


# -- what the server says ------------------------------------------------------


def format_from(nick: str, kind: str, text: str) -> bytes:
    """``FROM <nick> [<kind>]: <text>``."""
    return f"FROM {nick} [{kind}]: {text}\n".encode()


def format_ok(nick: str) -> bytes:
    """``OK <nick>``."""
    return f"OK {nick}\n".encode()


def format_join(nick: str) -> bytes:
    """``JOIN <nick>``."""
    return f"JOIN {nick}\n".encode()


def format_leave(nick: str, reason: str) -> bytes:
    """``LEAVE <nick> <reason>``."""
    return f"LEAVE {nick} {reason}\n".encode()


def format_err(code: str) -> bytes:
    """``ERR <code>``."""
    return f"ERR {code}\n".encode()


def format_who(nicks: Sequence[str]) -> bytes:
    """All nicks, in as many lines ``WHO <total> <nick> ...`` as are needed."""
    return b"".join(who_lines(nicks))


def who_lines(nicks: Sequence[str]) -> Iterator[bytes]:
    """The same, a line at a time."""
    start = b"WHO %d" % len(nicks)
    line: List[bytes] = [start]
    size = len(start) + 1
    for name in map(str.encode, nicks):
        if size + 1 + len(name) > WHO_LINE_BYTES:
            yield b" ".join(line) + b"\n"
            line, size = [start], len(start) + 1
        line.append(name)
        size += 1 + len(name)
    yield b" ".join(line) + b"\n"
