"""Where the cursor is after a terminal has folded the row because its window became narrower.

Some terminals fold a row that is too long for the new width into several rows,
others cut it.  Only the place of the cursor tells which.  What is computed here
is a lower bound, because terminals disagree about columns: at least so much of
the row stands above the cursor.  So lines above the row are never taken for it.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple, Optional

from minichat.tty.graphemes import clusters


class Fold(NamedTuple):
    """How a folded row lies: the rows above the cursor, and the cursor's column, from 0."""

    rows: int
    column: int


def folded(before: str, columns: int) -> Optional[Fold]:
    """Return how a row lies that has ``before`` before the cursor, if it is folded at ``columns``.

    None if it is not folded before the cursor, or if a cut row would look the same.
    """
    rows = column = 0
    for cluster in clusters(before):
        width = least_width(cluster)
        if column + width > columns:
            rows, column = rows + 1, 0
        column += width
    # In a row that is cut the cursor stands in the last column.
    return Fold(rows, column) if rows and column < columns - 1 else None


def least_width(cluster: str) -> int:
    """Return how many columns a cluster takes at least, on any terminal."""
    if cluster.isascii():
        return 1
    kinds = {unicodedata.category(character)[0] for character in cluster}
    if kinds <= {"M", "C"} or "\u1160" <= cluster[0] <= "\u11ff":  # vowels of Hangul belong to the letter before
        return 0
    # Emoji are one column wide on older terminals; the letters of China, Japan and Korea never were.
    is_wide = unicodedata.category(cluster[0]) == "Lo" and unicodedata.east_asian_width(cluster[0]) == "W"
    return 2 if is_wide else 1


def column_of(place: str) -> int:
    """Return the column, from 0, in the answer ``row;column`` of a terminal."""
    return int(place.partition(";")[2] or 0) - 1
