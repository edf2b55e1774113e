"""The grammar of the wire, both ways: the only place where bytes become text and back.

``decode`` and ``parse_command`` read what a client says.  The ``format_*``
functions write what the server says, and ``parse_message`` reads it.  This
module does not know who is connected.

Invariant: the text of a user stands only after ``FROM <nick> [<kind>]: ``.  So
no text and no nick can forge a line of another kind, and
``parse_message(format(m)) == m`` for every accepted m.
"""

from __future__ import annotations

import re
from typing import Iterable, List, NamedTuple, Tuple, Union

SERVER_LINE_BYTES = 4352  # of the longest line of the server: FROM, nick, kind and a client's longest text
WHO_LINE_BYTES = 512  # of one WHO line; a longer list continues in the next line

# The codes of ERR.  The assignment prescribes apelido_em_uso and user_not_found.
NICK_IN_USE = "apelido_em_uso"
NICK_INVALID = "apelido_invalido"
USER_NOT_FOUND = "user_not_found"
EMPTY_MESSAGE = "empty_message"
LINE_TOO_LONG = "line_too_long"
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


def command_word(text: str) -> str:
    """Return the word of WORDS that the whole line ``text`` is, or "".

    >>> command_word("WHO  "), command_word(" WHO"), command_word("who is who")
    ('who', '', '')
    """
    word = text.rstrip(" ")
    # A long text is no command; to copy it in lower case would double what decoding costs.
    if len(word) > _LONGEST_WORD:
        return ""
    word = word.lower()
    return word if word in WORDS else ""


def format_command(word: str) -> bytes:
    """Return the line with which a client gives the command ``word``, one of WORDS."""
    return word.upper().encode() + b"\n"


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
    word = command_word(text)
    if word:
        return Command(word)
    return Command("say", text=text) if text.strip(" ") else _NOTHING


# -- what the server says ------------------------------------------------------

_LONGEST_TOTAL = 9  # digits in the total of a WHO line


class From(NamedTuple):
    """A member said ``text``; kind is ``all`` or ``dm``."""

    nick: str
    kind: str
    text: str


class Ok(NamedTuple):
    """The client is in, under this nick."""

    nick: str


class Join(NamedTuple):
    """A member came in."""

    nick: str


class Leave(NamedTuple):
    """A member left; reason is quit, gone, too_slow, timeout or error."""

    nick: str
    reason: str


class Who(NamedTuple):
    """Some or all of the ``total`` nicks, in the order of joining."""

    total: int
    nicks: Tuple[str, ...]


class Err(NamedTuple):
    """The server refused a line or the connection."""

    code: str


class Bye(NamedTuple):
    """The last line before the server disconnects."""

    shutdown: bool


Message = Union[From, Ok, Join, Leave, Who, Err, Bye]


class NotAMessage(ValueError):
    """The line is one that no minichat server says."""


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


def format_who(nicks: Iterable[str]) -> bytes:
    """All nicks, in as many lines ``WHO <total> <nick> ...`` as are needed."""
    names = [nick.encode() for nick in nicks]
    start = b"WHO %d" % len(names)
    line: List[bytes] = [start]
    size = len(start) + 1
    lines: List[bytes] = []
    for name in names:
        if size + 1 + len(name) > WHO_LINE_BYTES:
            lines.append(b" ".join(line) + b"\n")
            line, size = [start], len(start) + 1
        line.append(name)
        size += 1 + len(name)
    lines.append(b" ".join(line) + b"\n")
    return b"".join(lines)


def _parse_from(rest: str) -> Message:
    nick, bracket, after = rest.partition(" [")
    kind, colon, text = after.partition("]: ")
    if not (nick and bracket and colon and kind in ("all", "dm")):
        raise NotAMessage(rest)
    return From(nick, kind, text)


def _parse_leave(rest: str) -> Message:
    nick, reason = _words(rest, 2)
    return Leave(nick, reason)


def _parse_who(rest: str) -> Message:
    total, _, names = rest.partition(" ")
    if not (total.isascii() and total.isdigit() and len(total) <= _LONGEST_TOTAL):
        raise NotAMessage(rest)
    return Who(int(total), tuple(names.split(" ")) if names else ())


def _parse_bye(rest: str) -> Message:
    if rest not in ("", "shutdown"):
        raise NotAMessage(rest)
    return Bye(rest == "shutdown")


def _words(rest: str, count: int) -> List[str]:
    words = rest.split(" ")
    if len(words) != count or not all(words):
        raise NotAMessage(rest)
    return words


_MESSAGES = {
    "FROM": _parse_from,
    "OK": lambda rest: Ok(*_words(rest, 1)),
    "JOIN": lambda rest: Join(*_words(rest, 1)),
    "LEAVE": _parse_leave,
    "WHO": _parse_who,
    "ERR": lambda rest: Err(*_words(rest, 1)),
    "BYE": _parse_bye,
}


def parse_message(line: bytes) -> Message:
    """Return the message in a server's line, without its newline; raise NotAMessage."""
    try:
        word, _, rest = line.decode("utf-8").partition(" ")
    except UnicodeDecodeError:
        raise NotAMessage(repr(line)) from None
    parse = _MESSAGES.get(word)
    if parse is None:
        raise NotAMessage(repr(line))
    return parse(rest)
