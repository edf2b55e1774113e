"""The screen of a person: plain lines that scroll, and below them one row to type in.

The row is the last thing on the screen and only ever one row high.  What comes
is printed above it: the row is taken away, the lines are printed as by any
program, so that the terminal's own scrollback has them, and the row is drawn
again.  It knows the terminal; it does not know what is typed or what is said.

Sources: termios(3); "XTerm Control Sequences" for the few sequences used.
"""

from __future__ import annotations

import os
from typing import Any, List

from minichat import sink

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

# Whether there are terminals as this module knows them.  A test clears it to try the other way.
HAS_TERMIOS = termios is not None

COLUMNS = 80  # of a terminal that does not say
LEAST_COLUMNS = 4  # fewer are not worth a thought, only no crash

_PASTE_ON, _PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"  # pastes come marked as such
_WRAP_ON, _WRAP_OFF = "\x1b[?7h", "\x1b[?7l"
_SAVE, _RESTORE = "\x1b7", "\x1b8"  # the place of the cursor
_ERASE_BELOW = "\r\x1b[J"  # this row from its beginning, and what is below
_CLEAR = "\x1b[H\x1b[2J"

_IFLAG, _LFLAG, _CC = 0, 3, 6  # in the list of tcgetattr


class Terminal:
    """A terminal in raw mode, from ``enter`` to ``leave``.

    Raises OSError when it cannot be written to.
    """

    def __init__(self, in_fd: int = 0, out_fd: int = 1) -> None:
        self._in, self._out = in_fd, out_fd
        self._before: Any = None  # its settings before ours
        self._row = ""  # what is drawn of it
        self._cursor_column = 0
        self._columns = COLUMNS

    def enter(self) -> None:
        """Let every key come at once and unseen, Ctrl-C and Ctrl-Z too; output stays as it is."""
        if self._before is None:
            self._before = termios.tcgetattr(self._in)
        raw = termios.tcgetattr(self._in)
        raw[_CC] = list(raw[_CC])
        raw[_IFLAG] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.ISTRIP | termios.BRKINT)
        raw[_LFLAG] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        raw[_CC][termios.VMIN], raw[_CC][termios.VTIME] = 1, 0
        termios.tcsetattr(self._in, termios.TCSADRAIN, raw)
        self._put(_PASTE_ON.encode())
        self._row = ""  # whatever was there may be gone
        self.measure()

    def leave(self) -> None:
        """Take the row away and put the terminal back as it was; twice does no harm."""
        if self._before is None:
            return
        before, self._before = self._before, None
        try:
            self._put((_ERASE_BELOW + _WRAP_ON + _PASTE_OFF).encode())
        except OSError:
            pass  # it is gone, or nobody may write to it; its settings may still be put back
        self._row, self._cursor_column = "", 0
        try:
            termios.tcsetattr(self._in, termios.TCSADRAIN, before)
        except termios.error:
            pass  # it is gone

    @property
    def columns(self) -> int:
        """For the row: one less than there are, so that the cursor has a place behind it."""
        return max(self._columns, LEAST_COLUMNS) - 1

    def measure(self) -> None:
        """Look how wide it is now."""
        try:
            self._columns = os.get_terminal_size(self._out).columns or COLUMNS
        except OSError:
            self._columns = COLUMNS

    def resized(self) -> None:
        """Take the row away after the window has another size.

        A terminal that has become narrower has folded the row into several, and
        the cursor stands in the one where its character is now.
        """
        self.measure()
        folded = self._cursor_column // self._columns
        self._put(((f"\x1b[{folded}A" if folded else "") + _ERASE_BELOW).encode())
        self._row, self._cursor_column = "", 0

    def show(self, lines: List[bytes], before: str, behind: str, cursor_column: int) -> None:
        """Print lines above the row, then draw the row with the cursor between its two parts.

        ``cursor_column``, from 0, is as we count; the terminal itself is asked to keep the
        place of the cursor, so that it stands right even where that counts differently.
        """
        row = _WRAP_OFF + before + _SAVE + behind + _RESTORE + _WRAP_ON
        if not lines and row == self._row:
            return
        self._put(_ERASE_BELOW.encode() + b"".join(line + b"\n" for line in lines) + row.encode())
        self._row, self._cursor_column = row, cursor_column

    def clear(self) -> None:
        """Empty the screen; the scrollback stays."""
        self._put(_CLEAR.encode())
        self._row = ""

    def bell(self) -> None:
        """Ring."""
        self._put(b"\a")

    def _put(self, data: bytes) -> None:
        sink.write_all(self._out, data)
