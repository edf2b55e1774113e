"""Private messages in the dialects of other programs, which a minichat server would show to everyone.

Only ``@nick text`` at the first column is private on the wire.  A person who is
used to another chat types something else.  This module knows text; it does not
know who is in, nor what becomes of the line.
"""

from __future__ import annotations

import unicodedata
from typing import Callable, Optional

# The first word of a private message in IRC, in games and in other chats.
_WORDS = frozenset({
    "msg", "dm", "pm", "pv", "pvt", "priv", "privado", "private", "query", "whisper", "sussurrar", "tell", "notice",
    "d", "m", "t", "w",
})  # fmt: skip
_IRC = "privmsg"  # no sentence begins so
_REPLIES = frozenset({"responder", "reply", "r"})  # these name no nick

_AT_SIGNS = "@＠﹫"  # the wide one is what an input method for Chinese or Japanese types
_SLASHES = "/／\\"  # no sentence begins so
_SIGNS = _SLASHES + ".!:;,"  # of a command, in other programs or by a slip of a finger
_AFTER_NICK = ":,"  # what people put after a nick

ANYONE = "@"  # what is meant for one person, but does not say for whom


def meant_for(text: str, is_nick: Callable[[str], bool]) -> Optional[str]:
    """Return the nick that ``text`` seems to be meant for alone, though everyone would read it.

    Returns None for a text that everyone may read, and for one that is private
    already; ANYONE for a reply, which names no nick.  ``is_nick`` is asked where
    an honest sentence may begin in the same way.

    >>> [meant_for(text, {"ana"}.__contains__) for text in ("MSG @bia x", "msg ana x", " @ana x", "/r x")]
    ['bia', 'ana', 'ana', '@']
    >>> [meant_for(text, {"ana"}.__contains__) for text in ("msg me later", "@ana x", "ana: x", "msg ana")]
    [None, None, None, None]
    """
    if text.startswith("@"):
        return None
    first, _, rest = _visible(text).partition(" ")
    rest = _visible(rest)
    if not rest:
        return None
    if first[0] in _AT_SIGNS:
        return _nick(first)
    word = first.strip(_SIGNS).casefold()
    if first[0] in _SIGNS and word in _REPLIES:
        return ANYONE
    if first.endswith(">") and is_nick(first[:-1]):
        return first[:-1]
    second, _, body = rest.partition(" ")
    if (word not in _WORDS and word != _IRC) or not _visible(body):
        return None
    is_command = first[0] in _SLASHES or word == _IRC
    return _nick(second) if is_command or second[0] in _AT_SIGNS or is_nick(_nick(second)) else None


def _visible(text: str) -> str:
    """Return ``text`` from its first visible character on, with a space for every other kind of space."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    start = 0
    while start < len(spaced) and unicodedata.category(spaced[start])[0] in "ZC":
        start += 1
    return spaced[start:]


def _nick(word: str) -> str:
    """Return ``word`` without what people put around a nick."""
    return word.lstrip(_AT_SIGNS).rstrip(_AFTER_NICK) or ANYONE
