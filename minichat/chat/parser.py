"""The client's half of the grammar: what the server says is read into messages, and commands are written.

The server itself needs none of this: it writes its lines with the ``format_*``
functions of ``protocol``, and ``parse_message(format(m)) == m`` for every
accepted m.
"""

from __future__ import annotations

from typing import List, NamedTuple, Tuple, Union

from minichat.chat import protocol

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


def may_begin(start: bytes) -> bool:
    """True if a line of the server may begin with ``start``.

    >>> may_begin(b"O"), may_begin(b"ERR time"), may_begin(b"SSH-2.0")
    (True, True, False)
    """
    words = [word.encode() for word in _MESSAGES]
    return any(start.startswith(word) or word.startswith(start) for word in words)


# -- what a client says ----------------------------------------------------------


def command_word(text: str) -> str:
    """Return the word of ``protocol.WORDS`` that the whole line ``text`` is, or "".

    >>> command_word("WHO  "), command_word(" WHO"), command_word("who is who")
    ('who', '', '')
    """
    name = protocol.parse_command(text).name
    return name if name in protocol.WORDS else ""


def format_command(word: str) -> bytes:
    """Return the line with which a client gives the command ``word``, one of ``protocol.WORDS``."""
    return word.upper().encode() + b"\n"
