"""Which nicknames are legal, and which two are the same.

This module knows only text; it does not know who is in.  Its rules are those of
Unicode for identifiers (UAX 31) and look-alikes (UTS 39), as far as
``unicodedata`` of the standard library and the tables of ``lookalikes`` can tell.
"""

from __future__ import annotations

import re
import unicodedata

from minichat.chat.lookalikes import AS_DRAWN, TO_ASCII, holds_unusable

NICK_CHARACTERS = 24  # so that a nick fits beside a text on one row of a terminal
NICK_BYTES = 64  # in UTF-8; bounds how much a line grows when it is relayed
MARKS = 2  # on one letter; more of them cover the rows above and below

# A longer text cannot be another spelling of a nick: a character of n bytes comes
# from at most n + 1 code points.  Normalizing a longer text is useless, and takes
# quadratic time when the text is all marks.
WRITING_CHARACTERS = NICK_CHARACTERS + NICK_BYTES

RESERVED = frozenset({"who", "quit", "all", "dm", "system"})  # words of the protocol
_PUNCTUATION = frozenset("_-.")

# The categories of letters, marks, digits and _ - . ; no other character is normalized.
_CATEGORIES = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Pc", "Pd", "Po"))

# Scripts that one language mixes; each stands for all of them.
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "IDEOGRAPHIC": "CJK"}

# Not a script: letters like the ʻokina of Hawaiʻi, and marks that all scripts share.
_SHARED = frozenset({"MODIFIER", "COMBINING", "VEDIC"})

_SECOND_DOT = re.compile("(?<=[ij])\u0307+")  # a dot on a letter that has one: the same to the eye


class IllegalNick(ValueError):
    """The text cannot be a nickname."""


def legal_nick(text: str) -> str:
    """Return the nick as it will be shown, in NFC; raise IllegalNick.

    A nick has 1 to 24 characters and at most 64 bytes: letters and digits of any
    script, marks after a letter, ``_`` ``-`` ``.``, and nothing that cannot be
    seen.  It begins with a letter or a digit, all its letters and marks are of one
    script, it is no word of the protocol, and it does not look like another nick.
    """
    if not _can_be_nick(text):
        raise IllegalNick(text)
    nick = unicodedata.normalize("NFC", text)
    is_short = 1 <= len(nick) <= NICK_CHARACTERS and len(nick.encode("utf-8", "surrogatepass")) <= NICK_BYTES
    if not (is_short and _is_in_order(nick)):
        raise IllegalNick(text)
    key = nick_key(nick)
    if key in RESERVED or len(_scripts(nick)) > 1 or _looks_like_another(nick, key):
        raise IllegalNick(text)
    return nick


def nick_key(nick: str) -> str:
    """Return the key of a nick; two nicks are the same when their keys are equal.

    The key is NFKC(casefold(NFKC(casefold(nick)))), repeated until it no longer
    changes.  So case, width and composition make no difference, nor ß against ss.
    Then each look-alike of an ASCII character is replaced by it, also under marks.

    A text that is no spelling of any nick is its own key: that takes no time.

    >>> nick_key("ANA"), nick_key("\uff21\uff4e\uff41"), nick_key("\u0430\u043d\u0430"), nick_key("\u0449\u0438")
    ('ana', 'ana', 'aha', '\u0449\u0438')
    """
    if nick.isascii():
        return nick.lower()  # a shortcut with the same result, for nearly every nick
    if not _can_be_nick(nick):
        return nick
    # All in NFKD: the result is that of NFKC, and nothing is composed in between only to be decomposed again.
    key = unicodedata.normalize("NFKD", nick.casefold())
    if len(key) > WRITING_CHARACTERS:
        return nick
    while key != (again := key.casefold()):
        key = unicodedata.normalize("NFKD", again)
    return unicodedata.normalize("NFC", _SECOND_DOT.sub("", key.translate(TO_ASCII)))


def _can_be_nick(text: str) -> bool:
    """Return False if no nick is written so, in any spelling.  This bounds the work for what was typed."""
    if len(text) > WRITING_CHARACTERS:
        return False
    return text.isascii() or (_CATEGORIES.issuperset(map(unicodedata.category, text)) and not holds_unusable(text))


def _is_in_order(nick: str) -> bool:
    """Return True if marks follow a letter, at most two on it, and the rest are letters, digits and signs."""
    is_after_letter, marks = False, 0
    for position, character in enumerate(nick):
        category = unicodedata.category(character)
        if category[0] == "L":
            is_after_letter, marks = True, 0
        elif category[0] == "M":
            # Mc is not counted: it has a width of its own, as the vowels of Hindi and Burmese, and covers nothing.
            marks += category != "Mc"
            if not is_after_letter or marks > MARKS:
                return False
        elif category == "Nd" or (character in _PUNCTUATION and position > 0):
            is_after_letter = False
        else:
            return False
    return True


def _scripts(nick: str) -> frozenset[str]:
    """Return the scripts of the letters and marks of a nick."""
    # The standard library does not know scripts, but the name of a letter begins
    # with its script: LATIN SMALL LETTER A.  After NFKC, a letter of FULLWIDTH
    # LATIN or MATHEMATICAL BOLD is the letter that it looks like.  Marks count,
    # because a mark of another script is often drawn as nothing.
    scripts = set()
    for character in set(unicodedata.normalize("NFKC", nick)):
        if unicodedata.category(character)[0] in "LM":
            word = unicodedata.name(character, "UNNAMED").split()[0]
            scripts.add(_TOGETHER.get(word, word))
    return frozenset(scripts - _SHARED)


def _looks_like_another(nick: str, key: str) -> bool:
    """Return True if a nick is drawn like an ASCII nick of another key.

    Greek capitals ΑΝΑ look like ANA, but their key is that of ανα, which looks like ava.
    """
    if nick.isascii():
        return False
    drawn = unicodedata.normalize("NFKC", nick.translate(AS_DRAWN)).translate(AS_DRAWN)
    return drawn.isascii() and drawn.lower() != key
