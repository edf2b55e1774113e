"""The history of a row: the lines that were typed before, and the draft after the newest."""

from __future__ import annotations

from typing import Dict, List, Optional

HISTORY_LINES = 500  # remembered; then the oldest is forgotten


class History:
    """Lines, and a place among them; the draft comes after the newest line.

    >>> history = History()
    >>> history.add("um")
    >>> history.step(-1, "rascunho"), history.step(-1, "um"), history.step(1, "um, mudado")
    ('um', None, 'rascunho')
    >>> history.step(-1, "rascunho")
    'um, mudado'
    """

    def __init__(self) -> None:
        self.lines: List[str] = []  # the newest stands last
        self._place = 0
        self._edits: Dict[int, str] = {}  # by place: the lines as they were changed on the row, and the draft

    def add(self, line: str) -> None:
        """Remember a line, unless it is the one remembered last."""
        if line and self.lines[-1:] != [line]:
            self.lines.append(line)
            del self.lines[:-HISTORY_LINES]
        self.leave()

    def leave(self) -> None:
        """Go back to the end and forget the draft and all that was changed: a line was sent."""
        self._place = len(self.lines)
        self._edits.clear()

    def drop(self) -> None:
        """Go back to the end and forget the row; what was changed elsewhere is kept."""
        self._edits.pop(self._place, None)
        self._place = len(self.lines)

    def step(self, step: int, row: str) -> Optional[str]:
        """Move by ``step``, -1 or 1, and return the line there; None beyond the ends.

        ``row`` is the text on the row now, which is kept for when the person comes back.
        """
        return self.go(self._place + step, row)

    def go(self, place: int, row: str) -> Optional[str]:
        """Move to a place and return the line there; None beyond the ends."""
        if not 0 <= place <= len(self.lines):
            return None
        self._edits[self._place] = row
        self._place = place
        return self._edits.get(place, self.lines[place] if place < len(self.lines) else "")
