"""What a person sees as one character, and how many columns it takes.

One character on the screen can be several code points: a letter with its
accents, a flag, a family.  A person who deletes it or moves over it means the
whole character.  The standard library cannot cut text this way.  Here is the
part of Unicode's rules (UAX 29) that ``unicodedata`` can tell: marks, emoji
with their modifiers and joiners, flags, and Hangul in pieces.

Terminals disagree about columns, so they are counted at their worst: a character
is as wide as the sum of its code points, and a code point as wide as on any
terminal.  With too many columns a long row scrolls a little earlier; with too
few its end, where a person types, would not be seen.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import List, Tuple

_JOINER = "\u200d"  # between two emoji that make one
_EMOJI_STYLES = ("\ufe0f", "\u20e3")  # show a symbol as an emoji or as a key, two columns wide
_SPACING_SINCE_14 = "\u1734"  # a mark that has no width in Unicode 13, which Python 3.9 and 3.10 know
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
_SARA_AM = ("\u0e33", "\u0eb3")  # a vowel of Thai and of Lao that is a mark and a letter in one
_TAGS = ("\U000e0020", "\U000e007f")  # spell the flag of a region
_HANGUL_LEADING = ("\u1100", "\u115f")
_HANGUL_TRAILING = ("\u1160", "\u11ff")  # vowels and final consonants

# Format characters that no terminal gives a column.  The others, such as the soft
# hyphen and the number sign of Arabic, are drawn by some.
_NEVER_DRAWN = (("\u200b", "\u200f"), ("\u2060", "\u2064"), ("\ufeff", "\ufeff"), _TAGS)

# Two columns on some terminals, though Unicode says so only lately or not at all:
# symbols of divination, numbers in circles on black squares, letters of flags.
_WIDE_SOMEWHERE = (
    ("\u2630", "\u2637"), ("\u268a", "\u268f"), ("\u3248", "\u324f"), ("\u4dc0", "\u4dff"),
    ("\U0001d300", "\U0001d376"), _FLAG_LETTERS,
)  # fmt: skip


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
    """Return how many columns a cluster takes at most, on any terminal."""
    if cluster.isascii():
        return len(cluster)
    widths = list(map(_code_point_width, cluster))
    widened = sum(last == 1 and after in _EMOJI_STYLES for last, after in zip(widths, cluster[1:]))
    return sum(widths) + widened


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
    # A symbol that is newer than this Python has no category (Cn).
    return last == _JOINER and unicodedata.category(character) in ("So", "Sm", "Cn")


def _is_mark(character: str) -> bool:
    """True if ``character`` changes the one before it and is nothing alone."""
    return (
        unicodedata.category(character)[0] == "M"
        or character in (_JOINER, "\u200c", *_SARA_AM)
        or _is_in(character, _SKIN_TONES)
        or _is_in(character, _TAGS)
    )


@functools.lru_cache(maxsize=4096)
def _code_point_width(character: str) -> int:
    category = "Mc" if character in _SPACING_SINCE_14 else unicodedata.category(character)
    if category in ("Mn", "Me") or _is_in_some(character, _NEVER_DRAWN):
        return 0
    # What this Python does not know yet (Cn) can be an emoji.
    is_wide = unicodedata.east_asian_width(character) in "WF" or category == "Cn"
    return 2 if is_wide or _is_in_some(character, _WIDE_SOMEWHERE) else 1


def _is_in_some(character: str, ranges: Tuple[Tuple[str, str], ...]) -> bool:
    return any(_is_in(character, bounds) for bounds in ranges)


def _is_in(character: str, bounds: Tuple[str, str]) -> bool:
    return bounds[0] <= character <= bounds[1]
