"""What a person sees as one character, and how many columns it takes.

One character on the screen can be several code points: a letter with its
accents, a flag, a family.  A person who deletes it or moves over it means the
whole character.  The standard library cannot cut text this way.  Here is the
part of Unicode's rules (UAX 29) that ``unicodedata`` can tell: marks, emoji
with their modifiers and joiners, flags, and Hangul in pieces.
"""

from __future__ import annotations

import unicodedata
from typing import List

_JOINER = "\u200d"  # between two emoji that make one
_EMOJI_STYLE = "\ufe0f"  # shows a symbol as an emoji, two columns wide
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
_TAGS = ("\U000e0020", "\U000e007f")  # spell the flag of a region
_HANGUL_LEADING = ("\u1100", "\u115f")
_HANGUL_TRAILING = ("\u1160", "\u11ff")  # vowels and final consonants


def clusters(text: str) -> List[str]:
    r"""Cut ``text`` into what people see as characters; joined, they are ``text`` again.

    >>> [len(cluster) for cluster in clusters("ae\u0301i")]
    [1, 2, 1]
    """
    if text.isascii():
        return list(text)
    found: List[str] = []
    for character in text:
        if found and _goes_with(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def width(cluster: str) -> int:
    """Return the columns of a cluster on a terminal: 0, 1 or 2, as wcwidth(3) counts them.

    Terminals disagree about joined emoji; the newer ones show two columns.
    """
    if cluster.isascii():
        return len(cluster)
    if _EMOJI_STYLE in cluster or _is_in(cluster[0], _FLAG_LETTERS):
        return 2
    return max(map(_code_point_width, cluster))


def columns(text: str) -> int:
    """Return the columns of a text without control characters."""
    return len(text) if text.isascii() else sum(map(width, clusters(text)))


def _goes_with(cluster: str, character: str) -> bool:
    """True if ``character`` is a part of the cluster before it."""
    if character < "\u0300":  # a shortcut for nearly every character
        return False
    if _is_mark(character):
        return True
    last = cluster[-1]
    if _is_in(character, _FLAG_LETTERS):
        return len(cluster) == 1 and _is_in(last, _FLAG_LETTERS)  # two letters are a flag, four letters are two flags
    if _is_in(character, _HANGUL_TRAILING):
        return _is_in(last, _HANGUL_LEADING) or _is_in(last, _HANGUL_TRAILING) or "\uac00" <= last <= "\ud7a3"
    # A joiner joins symbols only: in Persian or Hindi it stands between letters.
    return last == _JOINER and unicodedata.category(character) in ("So", "Sm")


def _is_mark(character: str) -> bool:
    """True if ``character`` changes the one before it and is nothing alone."""
    return (
        unicodedata.category(character)[0] == "M"
        or character in (_JOINER, "\u200c")
        or _is_in(character, _SKIN_TONES)
        or _is_in(character, _TAGS)
    )


def _code_point_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or _is_in(character, _HANGUL_TRAILING):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_in(character: str, bounds: tuple[str, str]) -> bool:
    return bounds[0] <= character <= bounds[1]
