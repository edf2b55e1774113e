"""One row of text and the cursor in it: what can be done to them.

The text is in two strings, before and after the cursor.  The cursor never
stands inside a character, even if that has many code points.  The row knows no
keys and no terminal.
"""

from __future__ import annotations

from typing import List, Tuple

from minichat.tty.display import typeable
from minichat.tty.graphemes import clusters, width


class Row:
    """Text, a cursor, and what was killed last.

    >>> row = Row()
    >>> row.type("um dois"), row.word_left(), row.kill_right()
    (True, None, None)
    >>> row.home(), row.yank(), row.text
    (None, True, 'doisum ')
    """

    def __init__(self, limit_bytes: int = 4095) -> None:
        """``limit_bytes`` is the length of the longest row, in UTF-8."""
        self.before = ""
        self.after = ""
        self._limit_bytes = limit_bytes
        self._killed = ""
        self._is_killing = False  # the last thing done was to kill text: the next kill is added to it

    @property
    def text(self) -> str:
        """The whole row."""
        return self.before + self.after

    def set(self, before: str, after: str = "") -> None:
        """Replace the row."""
        self.before, self.after = before, after
        self.pause()

    def pause(self) -> None:
        """Note that something else was done: the next kill is one of its own."""
        self._is_killing = False

    # -- inserting -----------------------------------------------------------

    def type(self, text: str) -> bool:
        """Insert as much of ``text`` as fits; return False if that is not all."""
        # When a person types fast, or the program is slow, many keys come as one text.
        room = self._limit_bytes - len(self.text.encode())
        fitting = text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
        safe = typeable(fitting)
        self.insert(safe)
        return safe == text

    def insert(self, text: str) -> bool:
        """Insert all of ``text``, which is safe, and return True; or nothing, and return False."""
        self.pause()
        if len((self.text + text).encode()) > self._limit_bytes:
            return False
        self.before += text
        return True

    def yank(self) -> bool:
        """Insert what was killed last; return False if it does not fit."""
        return self.insert(self._killed)

    # -- moving ------------------------------------------------------------

    def left(self) -> None:
        """Move over the character before the cursor."""
        self._move(len("".join(clusters(self.before)[:-1])))

    def right(self) -> None:
        """Move over the character after the cursor."""
        self._move(len(self.before) + len("".join(clusters(self.after)[:1])))

    def word_left(self) -> None:
        """Move to the beginning of a word."""
        self._move(len(self._before_word()))

    def word_right(self) -> None:
        """Move to the end of a word."""
        self._move(len(self.text) - len(self._after_word()))

    def home(self) -> None:
        """Move before the first character."""
        self._move(0)

    def end(self) -> None:
        """Move after the last character."""
        self._move(len(self.text))

    def _move(self, position: int) -> None:
        self.set(self.text[:position], self.text[position:])

    # -- deleting ------------------------------------------------------------

    def backspace(self) -> None:
        """Delete the character before the cursor."""
        self.set("".join(clusters(self.before)[:-1]), self.after)

    def delete(self) -> None:
        """Delete the character after the cursor."""
        self.set(self.before, "".join(clusters(self.after)[1:]))

    def kill_left(self) -> None:
        """Kill all before the cursor; what is killed can be yanked."""
        self._kill("", self.after)

    def kill_right(self) -> None:
        """Kill all after the cursor."""
        self._kill(self.before, "")

    def kill_word_left(self) -> None:
        """Kill back to the beginning of a word."""
        self._kill(self._before_word(), self.after)

    def kill_word_right(self) -> None:
        """Kill up to the end of a word."""
        self._kill(self.before, self._after_word())

    def kill_space_word(self) -> None:
        """Kill back to the space before the word, whatever the word is made of."""
        kept = self.before.rstrip(" \t")
        self._kill(kept[: len(kept) - len(kept.split(" ")[-1])], self.after)

    def _kill(self, before: str, after: str) -> None:
        """Keep ``before`` and ``after``; the rest can be yanked."""
        left, right = self.before[len(before) :], self.after[: len(self.after) - len(after)]
        self._killed = left + self._killed + right if self._is_killing else left + right
        self.set(before, after)
        self._is_killing = True

    def _before_word(self) -> str:
        """Return the row up to the beginning of the word before the cursor."""
        return self.before[: len(self.before) - len(_word(self.before[::-1]))]

    def _after_word(self) -> str:
        """Return the row from the end of the word after the cursor."""
        return self.after[len(_word(self.after)) :]


def _word(text: str) -> str:
    """Return ``text`` up to the end of its first word, with all that stands before the word."""
    end = 0
    while end < len(text) and not _is_of_word(text[end]):
        end += 1
    while end < len(text) and _is_of_word(text[end]):
        end += 1
    return text[:end]


def _is_of_word(character: str) -> bool:
    # Marks, from U+0300 on, belong to the letter before them.
    return character.isalnum() or character == "_" or character >= "\u0300"


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
