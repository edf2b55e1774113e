"""The search through what was said: a part of a line is typed, and the newest line with it is found."""

from __future__ import annotations

import re
from typing import List, Optional

from minichat.tty.display import typeable
from minichat.tty.graphemes import clusters
from minichat.tty.keys import Key

QUERY_CHARACTERS = 200  # of the longest text to look for


class Search:
    """A query and the line that was found with it; capital and small letters are the same.

    >>> search = Search(["bom dia", "boa noite", "até"])
    >>> search.type("BO"), search.line, search.older(), search.line, search.older()
    (True, 'boa noite', True, 'bom dia', False)
    """

    def __init__(self, lines: List[str]) -> None:
        """``lines`` are those of the history, the newest last."""
        self._lines = list(lines)
        self.query = ""
        self.place: Optional[int] = None  # among the lines, of the line that was found

    @property
    def line(self) -> str:
        """The line that was found; an empty one if there is none."""
        return "" if self.place is None else self._lines[self.place]

    @property
    def before(self) -> str:
        """The line before the query, up to the beginning of a character."""
        found = re.search(re.escape(self.query), self.line, re.IGNORECASE)
        position, wanted = 0, found.start() if found else 0
        for cluster in clusters(self.line):
            if position + len(cluster) > wanted:
                break
            position += len(cluster)
        return self.line[:position]

    @property
    def after(self) -> str:
        """The line from the query on."""
        return self.line[len(self.before) :]

    @property
    def has_failed(self) -> bool:
        """True if no line has the query."""
        return bool(self.query) and self.place is None

    def press(self, key: Key) -> Optional[bool]:
        """Do what a key asks for; return False if that cannot be done, None if the key is not for the search."""
        if key.name == "text":
            return self.type(key.text)
        if key.name == "backspace":
            return self.backspace()
        return self.older() if key.name == "ctrl-r" else None

    def type(self, text: str) -> bool:
        """Add text to the query; return False if no line has it, or if it is too long."""
        longer = self.query + typeable(text)
        self.query = longer[:QUERY_CHARACTERS]
        self.place = self._find(len(self._lines) if self.place is None else self.place + 1)
        return self.query == longer and not self.has_failed

    def backspace(self) -> bool:
        """Take a character from the query; return False if it was empty."""
        had_some = bool(self.query)
        self.query = "".join(clusters(self.query)[:-1])
        self.place = self._find(len(self._lines))
        return had_some

    def older(self) -> bool:
        """Find an older line that is another one; return False if there is none."""
        place = self.place
        while place is not None:
            place = self._find(place)
            if place is not None and self._lines[place] != self.line:
                self.place = place
                return True
        return False

    def _find(self, end: int) -> Optional[int]:
        """Return the place of the newest line before the place ``end`` that has the query."""
        if self.query:
            has_query = re.compile(re.escape(self.query), re.IGNORECASE).search
            for place in range(end - 1, -1, -1):
                if has_query(self._lines[place]):
                    return place
        return None
