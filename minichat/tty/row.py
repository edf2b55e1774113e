"""One row of text and the cursor in it: what can be done to them.

The text is in two strings, before and after the cursor.  The cursor never
stands inside a character, even if that has many code points, but where one is
just being typed.  The row knows no
keys and no terminal.
"""

from __future__ import annotations

import unicodedata
from typing import List, Tuple

from minichat.tty.display import typeable
from minichat.tty.graphemes import clusters

UNDO_STEPS = 100  # remembered; then the oldest is forgotten


class Row:
    """Text, a cursor, what was killed last, and what the row was before.

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
        self._is_typing = False  # the last thing done was to type: the rest of the word is undone with it
        self._past: List[Tuple[str, str]] = []  # the row before each change

    @property
    def text(self) -> str:
        """The whole row."""
        return self.before + self.after

    @property
    def bytes_left(self) -> int:
        """How many bytes more fit."""
        return self._limit_bytes - len(self.text.encode())

    def set(self, before: str, after: str = "") -> None:
        """Begin with another text; what was before is forgotten."""
        self._past.clear()
        self._put(before, after)
        self.pause()

    def change(self, before: str, after: str) -> None:
        """Replace the row; this can be undone."""
        self._keep()
        self._put(before, after)
        self.pause()

    def undo(self) -> bool:
        """Put back the row before the last change; return False if there was none."""
        self.pause()
        while self._past:
            before, after = self._past.pop()
            if before + after != self.text:
                self._put(before, after)
                return True
        return False

    def pause(self) -> None:
        """Note that something else was done: the next word or kill is one of its own."""
        self._is_killing = self._is_typing = False

    def _keep(self) -> None:
        self._past.append((self.before, self.after))
        del self._past[:-UNDO_STEPS]

    def _put(self, before: str, after: str) -> None:
        if _are_joined(before, after):
            before, after = _parted(before, after)
        self.before, self.after = before, after

    # -- inserting -----------------------------------------------------------

    def type(self, text: str) -> bool:
        """Insert as much of ``text`` as fits; return False if that is not all."""
        # When a person types fast, or the program is slow, many keys come as one text.
        # So each character is taken or refused alone, as if it had come alone.
        safe, left = typeable(text), self.bytes_left
        is_whole = safe == text
        self._is_killing = False
        for character in safe:
            left -= len(character.encode())
            if left < 0:
                left += len(character.encode())
                is_whole = False
                continue
            if not self._is_typing or (character != " " and self.before.endswith(" ")):
                self._keep()
            self._is_typing = True
            # Here the cursor may stand inside a character for a while: between the
            # halves of a flag, of an emoji.  The other half must come after the first.
            self.before += character
        return is_whole

    def insert(self, text: str) -> bool:
        """Insert all of ``text``, which is safe, and return True; or nothing, and return False."""
        if len(text.encode()) > self.bytes_left:
            return False
        self.change(self.before + text, self.after)
        return True

    def offer(self, text: str) -> None:
        """Let ``yank`` insert ``text``, if there is any."""
        self._killed = text or self._killed

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
        self._put(self.text[:position], self.text[position:])
        self.pause()

    # -- changing ------------------------------------------------------------

    def transpose(self) -> bool:
        """Swap the characters around the cursor, at the end the last two; return False if there are not two."""
        left, right = clusters(self.before), clusters(self.after)
        if not right:
            left, right = left[:-1], left[-1:]
        if not left:
            return False
        self.change("".join([*left[:-1], right[0], left[-1]]), "".join(right[1:]))
        return True

    # -- deleting ------------------------------------------------------------

    def backspace(self) -> None:
        """Delete the character before the cursor."""
        self.change("".join(clusters(self.before)[:-1]), self.after)

    def delete(self) -> None:
        """Delete the character after the cursor."""
        self.change(self.before, "".join(clusters(self.after)[1:]))

    def kill_all(self) -> None:
        """Kill the whole row."""
        self._kill("", "")

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
        self.change(before, after)
        self._is_killing = True

    def _before_word(self) -> str:
        """Return the row up to the beginning of the word before the cursor."""
        characters = clusters(self.before)
        return "".join(characters[: len(characters) - _word(characters[::-1])])

    def _after_word(self) -> str:
        """Return the row from the end of the word after the cursor."""
        characters = clusters(self.after)
        return "".join(characters[_word(characters) :])


def _word(characters: List[str]) -> int:
    """Count the characters up to the end of the first word, with all that stands before the word."""
    end = 0
    while end < len(characters) and not _is_of_word(characters[end]):
        end += 1
    while end < len(characters) and _is_of_word(characters[end]):
        end += 1
    return end


def _is_of_word(cluster: str) -> bool:
    """True for what is no punctuation, symbol, space or control of any script; ``_`` is as good as a letter."""
    return cluster[0] == "_" or unicodedata.category(cluster[0])[0] not in "PSZC"


def _are_joined(before: str, after: str) -> bool:
    """True if the end of ``before`` and the beginning of ``after`` are one character."""
    if after[:1] < "\u0300":  # such a character begins a new one
        return False
    start = len(before) - 1
    while start > 0 and before[start] >= "\u0080":
        start -= 1  # back to a character that begins a new one
    return clusters(before[max(start, 0) :] + after[0])[-1] != after[0]


def _parted(before: str, after: str) -> Tuple[str, str]:
    """Return the same text with the cursor after the character that it would stand in."""
    position = 0
    for cluster in clusters(before + after):
        if position >= len(before):
            break
        position += len(cluster)
    return (before + after)[:position], (before + after)[position:]
