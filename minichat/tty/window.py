"""What is shown of a text that is longer than the row."""

from __future__ import annotations

from typing import List, Tuple

from minichat.tty.graphemes import clusters, width


def window(before: str, after: str, columns: int) -> Tuple[str, str]:
    """Return the texts to show before and after the cursor, together at most ``columns`` wide.

    A longer text is scrolled: the cursor and some text after it are always
    visible, and < and > show where there is more.
    """
    left, right = clusters(before), clusters(after)
    room = columns - min(sum(map(width, right)), columns // 4)
    shown_left = _fitting(left[::-1], room, "<")[::-1]
    shown_right = _fitting(right, columns - sum(map(width, shown_left)), ">")
    return "".join(shown_left).replace("\t", " "), "".join(shown_right).replace("\t", " ")


def _fitting(characters: List[str], columns: int, mark: str) -> List[str]:
    """Return as many characters as fit, from the first on; if some are left out, then ``mark``."""
    if sum(map(width, characters)) <= columns:
        return characters
    if columns < 1:
        return []
    shown: List[str] = []
    room = columns - width(mark)
    for character in characters:
        room -= width(character)
        if room < 0:
            break
        shown.append(character)
    return [*shown, mark]
