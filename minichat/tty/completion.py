"""The words that TAB puts into a row, one after the other."""

from __future__ import annotations

from typing import Callable, List, Optional

# Takes the word before the cursor, and whether it is the first of the row; returns the words for TAB.
Complete = Callable[[str, bool], List[str]]


class Completion:
    """The words for the word before the cursor, which comes last, and the one that is on the row now.

    >>> completion = Completion("oi @b", lambda word, is_first: ["@bia", "@bruno"])
    >>> [completion.step(1, "") for _ in range(3)]
    ['oi @bia ', 'oi @bruno ', 'oi @b']
    """

    def __init__(self, before: str, complete: Complete) -> None:
        """``before`` is the row before the cursor."""
        start, space, word = before.rpartition(" ")
        self._start = start + space
        self._words = [*complete(word, not self._start), word]
        self._chosen: Optional[int] = None

    @property
    def is_empty(self) -> bool:
        """True if there is no word but the one that was typed."""
        return len(self._words) == 1

    def step(self, step: int, after: str) -> str:
        """Choose the next word, or with -1 the one before; return the row before the cursor.

        A word is followed by a space, which may be the first character of ``after``.
        """
        if self._chosen is None:
            self._chosen = -1 if step > 0 else len(self._words) - 1
        self._chosen = (self._chosen + step) % len(self._words)
        is_typed = self._chosen == len(self._words) - 1
        return self._start + self._words[self._chosen] + " " * (not is_typed and not after.startswith(" "))
