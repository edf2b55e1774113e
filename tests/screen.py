"""A small terminal, to see what a person would see.

It does what xterm and other terminals do with the few sequences that minichat
sends, and refuses every other sequence: that one must not be sent.  Rows that
scroll off can still be read.  A narrower window folds long rows, as most terminals
do today, or cuts them, as xterm does.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Callable, Dict, List, Set

_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<parameters>[<=>?0-9;]*)(?P<final>[A-Za-z])|\]2;(?P<title>[^\x00-\x1f\x7f-\x9f]*)\x07|(?P<short>[78>]|\(B))"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[<=>?0-9;]*|\(|\][^\x07]*)?\Z")

# What a dead program can have left on, each under the sequence that puts an end to it.
LEFT_ON = {
    *(f"?{mode}l" for mode in (9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1, 66, 9001)),
    *("?25h", "4l", "20l", ">4;0m", "=0u", "r", "m", ">", "(B", "\x0f"),
}


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
        self.left_on: Set[str] = set()  # some of LEFT_ON
        self.styles: List[str] = []  # parameters of every colour and weight, as they came
        self.folds = True  # a narrower window folds rows; otherwise it cuts them
        self.title = "shell"
        self.titles: List[str] = []  # that were kept
        self.answers = b""  # which the program will get as keys
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
                if found["title"] is not None:
                    self.title = found["title"]
                else:
                    self._sequence(found["short"] or found["final"], found["parameters"] or "")
                position = found.end()
            else:
                self._character(text[position])
                position += 1

    def resize(self, columns: int) -> None:
        """Set another width: fold the rows anew, with the cursor at its character, or cut them."""
        self.columns = columns
        if not self.folds:
            for row in self.rows:
                del row.cells[columns:]
            self.column = min(self.column, columns - 1)
            return
        old, cursor, self.rows = self.rows, (self.row, self.column), []
        cells: List[str] = []
        place = -1  # of the cursor in these cells, if it is among them
        for index, row in enumerate(old):
            if index == cursor[0]:
                place = len(cells) + cursor[1]
            cells += row.cells
            if not row.goes_on:
                cells += " " * (place - len(cells))
                self._fold(cells, place)
                cells, place = [], -1

    def _fold(self, cells: List[str], place: int) -> None:
        """Add the rows of one line; the cursor goes to cell ``place`` if that is one of them."""
        start = 0
        while True:
            end = start + self.columns
            if end < len(cells) and not cells[end]:
                end -= 1  # a wide character is not cut
            row = Row()
            row.cells, row.goes_on = cells[start:end], end < len(cells)
            self.rows.append(row)
            # After the last cell of a full row the cursor is there, and not in the next.
            if start <= place < end or start <= place <= end == len(cells):
                self.row, self.column = len(self.rows) - 1, place - start
            if not row.goes_on:
                return
            start = end

    def _character(self, character: str) -> None:
        if character == "\n":
            self._down()
            self.column = 0 if self._cooks else self.column
        elif character == "\r":
            self.column = 0
        elif character == "\a":
            self.bells += 1
        elif character == "\x0f":
            self.left_on.discard(character)
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
        if final in "hl" and parameters in self.modes:
            self.modes[parameters] = final == "h"
            return
        mark = parameters[:1] if parameters[:1] == "?" else ""
        parts = [f"{mark}{part}{final}" for part in parameters.strip("?").split(";")] if final in "hl" else []
        ended = {*parts} or {parameters + final}
        if ended <= LEFT_ON:
            self.left_on -= ended
            if final == "r":  # for the scrolling region; this moves the cursor
                self._home(1)
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

    def _answer_where(self, count: int) -> None:
        place = f"{self.row - self._top + 1};{min(self.column, self.columns - 1) + 1}"
        self.answers += f"\x1b[{place}R".encode()

    def _keep_title(self, count: int) -> None:
        self.titles.append(self.title)

    def _restore_title(self, count: int) -> None:
        self.title = self.titles.pop()

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
    ("n", "6"): Screen._answer_where,
    ("t", "22;2"): Screen._keep_title,
    ("t", "23;2"): Screen._restore_title,
    ("7", ""): Screen._save,
    ("8", ""): Screen._restore,
}
