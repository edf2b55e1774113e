"""Which nicknames are legal, and which two are the same.

This module knows only text; it does not know who is in.  Its rules are those of
Unicode for identifiers (UAX 31) and look-alikes (UTS 39, single script), as far
as ``unicodedata`` of the standard library can tell.
"""

from __future__ import annotations

import unicodedata

NICK_CHARACTERS = 24  # so that a nick fits beside a text on one row of a terminal
NICK_BYTES = 64  # in UTF-8; bounds how much a line grows when it is relayed

# A longer text cannot be another spelling of a nick: the key has at most 18
# characters for each character of the text (U+FDFA has 18).  Normalizing a
# longer text is useless, and takes quadratic time when the text is all marks.
WRITING_CHARACTERS = 18 * NICK_CHARACTERS

RESERVED = frozenset({"who", "quit", "all", "dm", "system"})  # words of the protocol
_PUNCTUATION = frozenset("_-.")

# Scripts that one language mixes; each stands for all of them.
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "IDEOGRAPHIC": "CJK"}


class IllegalNick(ValueError):
    """The text cannot be a nickname."""


def legal_nick(text: str) -> str:
    """Return the nick as it will be shown, in NFC; raise IllegalNick.

    A nick has 1 to 24 characters and at most 64 bytes: letters and digits of any
    script, marks after a letter, ``_`` ``-`` ``.``.  It begins with a letter or a
    digit, all its letters are of one script, and it is no word of the protocol.
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
    """Return the key of a nick; two nicks are the same when their keys are equal.

    The key is NFKC(casefold(NFKC(casefold(nick)))), repeated until it no longer
    changes.  So case, width and composition make no difference, nor ß against ss.
    """
    if nick.isascii():
        return nick.lower()  # a shortcut with the same result, for nearly every nick
    while True:
        key = nick
        for _ in range(2):
            key = unicodedata.normalize("NFKC", key.casefold())
        if key == nick:
            return key
        nick = key


def _scripts(nick: str) -> frozenset[str]:
    """Return the scripts of the letters of a nick."""
    # The standard library does not know scripts, but the name of a letter begins
    # with its script: LATIN SMALL LETTER A.  After NFKC, a letter of FULLWIDTH
    # LATIN or MATHEMATICAL BOLD is the letter that it looks like.
    scripts = set()
    for character in unicodedata.normalize("NFKC", nick):
        if unicodedata.category(character)[0] == "L":
            word = unicodedata.name(character, "UNNAMED").split()[0]
            scripts.add(_TOGETHER.get(word, word))
    # Letters like the ʻokina of Hawaiʻi belong to no script and can stand beside any.
    return frozenset(scripts - {"MODIFIER"})
