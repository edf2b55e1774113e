"""What was said before, to be said again: a walk through lines, with a draft at its end."""

from __future__ import annotations

from typing import List, Optional

HISTORY_LINES = 500  # remembered; the oldest go first


class History:
    """Lines, and a place among them; behind the newest is the draft.

    >>> history = History()
    >>> history.add("um")
    >>> history.step(-1, "rascunho"), history.step(-1, "um"), history.step(1, "um")
    ('um', None, 'rascunho')
    """

    def __init__(self) -> None:
        self._lines: List[str] = []
        self._place = 0
        self._draft = ""

    def add(self, line: str) -> None:
        """Remember a line, if it is not the one remembered last."""
        if line and self._lines[-1:] != [line]:
            self._lines.append(line)
            del self._lines[:-HISTORY_LINES]
        self.leave()

    def leave(self) -> None:
        """The next step begins at the newest again, and the draft is forgotten."""
        self._place, self._draft = len(self._lines), ""

    def step(self, step: int, row: str) -> Optional[str]:
        """What stands ``step`` (-1 or 1) places from here, None beyond the ends; ``row`` is what stands here."""
        place = self._place + step
        if not 0 <= place <= len(self._lines):
            return None
        if self._place == len(self._lines):
            self._draft = row
        self._place = place
        return self._draft if place == len(self._lines) else self._lines[place]
