"""A small terminal, to see what a person would see.

It does what xterm and other terminals do with the few sequences that minichat
sends, and refuses every other sequence: that one must not be sent.  Rows that
scroll off can still be read; a narrower window folds long rows, as most terminals
do today.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Callable, Dict, List

_SEQUENCE = re.compile(r"\x1b(?:\[(?P<parameters>[?0-9;]*)(?P<final>[A-Za-z])|(?P<short>[78]))")
_UNFINISHED = re.compile(r"\x1b(?:\[[?0-9;]*)?\Z")


class Row:
    """A row of cells: each has a character with its marks; after a wide character comes an empty cell."""

    def __init__(self) -> None:
        self.cells: List[str] = []
        self.goes_on = False  # in the next row: it was too long for one

    @property
    def text(self) -> str:
        """What a person would copy."""
        return "".join(self.cells)


class Screen:
    """Takes what a program writes with ``feed``; ``lines`` is what a person sees."""

    def __init__(self, columns: int = 80, height: int = 24) -> None:
        self.columns, self.height = columns, height
        self.rows = [Row()]  # with those that have scrolled off
        self.row = self.column = 0  # of the cursor; rows count from the very first one
        self.bells = 0
        self.modes: Dict[str, bool] = {"?7": True, "?2004": False}
        self.styles: List[str] = []  # parameters of every colour and weight, as they came
        self._saved = (0, 0)
        self._rest = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("strict").decode

    # -- what is seen ------------------------------------------------------

    @property
    def lines(self) -> List[str]:
        """All rows from the very first one, long lines in one piece, without empty ones at the end."""
        found = [""]
        for row in self.rows:
            found[-1] += row.text
            if not row.goes_on:
                found[-1] = found[-1].rstrip(" ")
                found.append("")
        while found and not found[-1]:
            found.pop()
        return found

    @property
    def cursor_row(self) -> str:
        """The text of the row in which the cursor stands."""
        return self.rows[self.row].text.rstrip(" ")

    @property
    def before_cursor(self) -> str:
        """The text of that row before the cursor."""
        return "".join(self.rows[self.row].cells[: self.column])

    # -- what is written -----------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Take what a program writes, cut anywhere; raise AssertionError for what no program of ours may send."""
        text = self._rest + self._decode(data)
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished[0] if unfinished else ""
        text = text[: len(text) - len(self._rest)]
        position = 0
        while position < len(text):
            if text[position] == "\x1b":
                found = _SEQUENCE.match(text, position)
                assert found, f"a sequence that no program of ours may send: {text[position:position + 20]!r}"
                self._sequence(found["short"] or found["final"], found["parameters"] or "")
                position = found.end()
            else:
                self._character(text[position])
                position += 1

    def resize(self, columns: int) -> None:
        """Set another width: fold the rows anew, and leave the cursor at its character."""
        old, cursor = self.rows, (self.row, self.column)
        self.columns, self.rows = columns, []
        cells: List[str] = []
        for index, row in enumerate(old):
            if index == cursor[0]:
                place = len(cells) + cursor[1]
                self.row, self.column = len(self.rows) + place // columns, place % columns
                if place and not self.column and place == len(cells) + len(row.cells):
                    self.row, self.column = self.row - 1, columns  # after a full row, not in the next
            cells += row.cells
            if not row.goes_on:
                self._fold(cells)
                cells = []

    def _fold(self, cells: List[str]) -> None:
        for start in range(0, max(len(cells), 1), self.columns):
            row = Row()
            row.cells = cells[start : start + self.columns]
            row.goes_on = start + self.columns < len(cells)
            self.rows.append(row)

    def _character(self, character: str) -> None:
        if character == "\n":
            self._down()
            self.column = 0 if self._cooks else self.column
        elif character == "\r":
            self.column = 0
        elif character == "\a":
            self.bells += 1
        elif character == "\b":
            self.column = max(self.column - 1, 0)
        else:
            assert unicodedata.category(character) not in ("Cc", "Cs"), f"{character!r} must not be sent"
            self._print(character)

    _cooks = False  # the driver of a real terminal makes \r\n of \n before the screen gets it

    def _print(self, character: str) -> None:
        cells = self.rows[self.row].cells
        if unicodedata.category(character) in ("Mn", "Me", "Cf") and self.column:
            before = self.column - 1
            while before and not cells[before]:
                before -= 1
            cells[before] += character
            return
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if self.column + width > self.columns:
            if self.modes["?7"]:
                self.rows[self.row].goes_on = True
                self._down()
                self.column = 0
                cells = self.rows[self.row].cells
            else:
                self.column = self.columns - width
        cells.extend(" " * (self.column + width - len(cells)))
        cells[self.column : self.column + width] = [character, ""][:width]
        self.column += width

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append(Row())

    # -- sequences -------------------------------------------------------------

    def _sequence(self, final: str, parameters: str) -> None:
        if final in "hl":
            assert parameters in self.modes, f"an unknown mode: {parameters}"
            self.modes[parameters] = final == "h"
            return
        if final == "m":
            self.styles.append(parameters)
            return
        act = _SEQUENCES.get((final, parameters)) or _SEQUENCES.get((final, "n"))
        assert act, f"a sequence that no program of ours may send: ESC [ {parameters} {final}"
        act(self, int(parameters) if parameters.isdigit() else 1)

    @property
    def _top(self) -> int:
        """The first row in the window."""
        return max(len(self.rows) - self.height, 0)

    def _up(self, count: int) -> None:
        self.row = max(self.row - count, self._top)

    def _erase_below(self, count: int) -> None:
        del self.rows[self.row].cells[self.column :]
        self.rows[self.row].goes_on = False
        del self.rows[self.row + 1 :]

    def _erase_right(self, count: int) -> None:
        del self.rows[self.row].cells[self.column :]

    def _home(self, count: int) -> None:
        self.row, self.column = self._top, 0

    def _erase_all(self, count: int) -> None:
        top = self._top
        self.rows[top:] = [Row() for _ in self.rows[top:]]

    def _save(self, count: int) -> None:
        self._saved = (self.row, self.column)

    def _restore(self, count: int) -> None:
        self.row, self.column = self._saved


_SEQUENCES: Dict[tuple[str, str], Callable[[Screen, int], None]] = {
    ("A", "n"): Screen._up,
    ("J", ""): Screen._erase_below,
    ("K", ""): Screen._erase_right,
    ("H", ""): Screen._home,
    ("J", "2"): Screen._erase_all,
    ("7", ""): Screen._save,
    ("8", ""): Screen._restore,
}
