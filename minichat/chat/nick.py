"""Which nicknames are legal, and which two are the same.

Only text: nothing here knows who is in.  The rules come from Unicode's advice
on identifiers (UAX 31) and on look-alikes (UTS 39, single script), cut down to
what ``unicodedata`` in the standard library can tell.
"""

from __future__ import annotations

import unicodedata

NICK_CHARACTERS = 24  # so that a nick fits beside a text on one row of a terminal
NICK_BYTES = 64  # in UTF-8; bounds what a line grows by when it is relayed

# No text longer than this is another way to write a nick: its key can have 18
# characters for each of its own (U+FDFA has).  To normalize longer ones is
# not only useless, it takes quadratic time when they are made of marks.
WRITING_CHARACTERS = 18 * NICK_CHARACTERS

RESERVED = frozenset({"who", "quit", "all", "dm", "system"})  # words of the protocol
_PUNCTUATION = frozenset("_-.")

# Scripts that one language writes side by side, under one name.
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "IDEOGRAPHIC": "CJK"}


class IllegalNick(ValueError):
    """The text cannot be a nickname."""


def legal_nick(text: str) -> str:
    """The nick as it will be shown, in NFC; raises IllegalNick.

    1 to 24 characters and at most 64 bytes; letters and digits of any script,
    marks behind a letter, ``_`` ``-`` ``.``; a letter or digit at the start;
    letters of one script only; no word of the protocol.
    """
    if len(text) > WRITING_CHARACTERS:
        raise IllegalNick(text)
    nick = unicodedata.normalize("NFC", text)
    if not 1 <= len(nick) <= NICK_CHARACTERS or len(nick.encode("utf-8", "surrogatepass")) > NICK_BYTES:
        raise IllegalNick(text)
    after_letter = False
    for position, character in enumerate(nick):
        category = unicodedata.category(character)
        is_letter = category[0] == "L"
        if not (
            is_letter
            or category == "Nd"
            or (category[0] == "M" and after_letter)
            or (character in _PUNCTUATION and position > 0)
        ):
            raise IllegalNick(text)
        after_letter = is_letter or (after_letter and category[0] == "M")
    if len(_scripts(nick)) > 1 or nick_key(nick) in RESERVED:
        raise IllegalNick(text)
    return nick


def nick_key(nick: str) -> str:
    """What two nicks that count as the same have in common.

    NFKC(casefold(NFKC(casefold(x)))), repeated until it no longer changes:
    case, width and composition make no difference, nor does ß against ss.
    """
    if nick.isascii():
        return nick.lower()  # the same, for nearly every line there is
    while True:
        key = nick
        for _ in range(2):
            key = unicodedata.normalize("NFKC", key.casefold())
        if key == nick:
            return key
        nick = key


def _scripts(nick: str) -> frozenset[str]:
    """The scripts of its letters.

    The standard library knows no script property, but the name of a letter
    begins with its script: LATIN SMALL LETTER A.  NFKC first, so that FULLWIDTH
    LATIN and MATHEMATICAL BOLD are what they look like.
    """
    scripts = set()
    for character in unicodedata.normalize("NFKC", nick):
        if unicodedata.category(character)[0] == "L":
            word = unicodedata.name(character, "UNNAMED").split()[0]
            scripts.add(_TOGETHER.get(word, word))
    # Letters like the ʻokina of Hawaiʻi belong to no script and go with any.
    return frozenset(scripts - {"MODIFIER"})
