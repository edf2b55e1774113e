"""The history of a row: the lines that were typed before, and the draft after the newest."""

from __future__ import annotations

from typing import List, Optional

HISTORY_LINES = 500  # remembered; then the oldest is forgotten


class History:
    """Lines, and a place among them; the draft comes after the newest line.

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
        """Remember a line, unless it is the one remembered last."""
        if line and self._lines[-1:] != [line]:
            self._lines.append(line)
            del self._lines[:-HISTORY_LINES]
        self.leave()

    def leave(self) -> None:
        """Go back to the end and forget the draft."""
        self._place, self._draft = len(self._lines), ""

    def step(self, step: int, row: str) -> Optional[str]:
        """Move by ``step``, -1 or 1, and return the line there; None beyond the ends.

        ``row`` is the text on the row now; at the end it becomes the draft.
        """
        place = self._place + step
        if not 0 <= place <= len(self._lines):
            return None
        if self._place == len(self._lines):
            self._draft = row
        self._place = place
        return self._draft if place == len(self._lines) else self._lines[place]
