"""The screen of a person: plain lines that scroll, and below them one row to type in.

The row is the last line on the screen and always one line high.  New lines are
printed above it: the row is erased, the lines are printed as by any program, so
that they are in the scrollback of the terminal, and the row is drawn again.
This module knows the terminal; it does not know what is typed or said.

Only the row is ever erased.  After a resize nobody knows how the terminal has
laid it out, so the row in which the cursor stands is erased, and what is above it
only if the place of the cursor proves that it belongs to the row.

Source: termios(3).
"""

from __future__ import annotations

import errno
import os
from typing import Any, Callable, List, NamedTuple, Optional

from minichat.cli import output
from minichat.tty import modes
from minichat.tty.display import displayable
from minichat.tty.fold import Fold, column_of, folded

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

# True if the system has termios.  A test clears it to try the other console.
HAS_TERMIOS = termios is not None

COLUMNS = 80  # of a terminal that does not tell its size
LEAST_COLUMNS = 4  # a narrower terminal is treated as this wide: nothing is readable, but nothing crashes

_IFLAG, _LFLAG, _CC = 0, 3, 6  # places in the list of tcgetattr


class _Doubt(NamedTuple):
    """A resize whose effect the terminal was asked for: the new width, and how the row lies if it was folded."""

    columns: int
    fold: Fold


class Terminal:
    """A terminal in raw mode, from ``enter`` to ``leave``.

    Its methods raise OSError when the terminal cannot be written to.  They wait
    for a terminal that takes nothing, under Ctrl-S or over a dead network, until
    ``gives_up()`` is True; then they raise InterruptedError.
    """

    def __init__(self, in_fd: int = 0, out_fd: int = 1, gives_up: Callable[[], bool] = lambda: False) -> None:
        self._in, self._out = in_fd, output.own_description(out_fd)
        self._gives_up = gives_up
        self._before: Any = None  # its settings before ours; None while it is not ours
        self._row = ""  # as it was drawn last
        self._row_before = ""  # the part of it before the cursor
        self._doubt: Optional[_Doubt] = None
        self._columns = COLUMNS
        self._title = ""  # of ours; the one from before is kept by the terminal

    def enter(self) -> None:
        """Let every key come at once and without echo, even Ctrl-C and Ctrl-Z; do not change the output."""
        if self._before is None:
            self._before = _settings(self._in)
        raw = _settings(self._in)
        raw[_CC] = list(raw[_CC])
        raw[_IFLAG] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.ISTRIP | termios.BRKINT)
        raw[_LFLAG] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        raw[_CC][termios.VMIN], raw[_CC][termios.VTIME] = 1, 0
        _set(self._in, raw, self._gives_up)
        self._put((modes.CLEAN + modes.PASTE_ON).encode())
        if self._title:
            self._put(modes.titled(self._title, is_first=True).encode())
        self._forget_row()  # draw it next time: another program may have erased it
        self.measure()

    def stay(self) -> None:
        """Enter again if a shell has put its own settings while we were in the background."""
        if self._before is not None and _settings(self._in)[_LFLAG] & termios.ICANON:
            self.enter()

    def leave(self) -> None:
        """Erase the row and put the terminal back as it was; a second call does nothing."""
        if self._before is None:
            return
        before, self._before = self._before, None
        self._forget_row()
        if not self.is_in_front:
            return  # a job in the background was killed: the settings are those of the shell now
        try:  # without a long wait: we are leaving
            title = modes.titled("", is_first=False) if self._title else ""
            ours_off = modes.ERASE + modes.WRAP_ON + modes.PASTE_OFF + title
            output.write_all(self._out, ours_off.encode(), gives_up=lambda: True)
        except OSError:
            pass  # it cannot be written to, but perhaps its settings can be put back
        try:
            _set(self._in, before, gives_up=lambda: False)
        except OSError:
            pass  # the terminal is gone

    @property
    def is_in_front(self) -> bool:
        """True if the terminal is ours; False if the shell has it and we are in the background."""
        try:
            return os.getpgrp() == os.tcgetpgrp(self._in)
        except OSError:
            return True  # it is not the terminal of our session, so no shell has it either

    @property
    def columns(self) -> int:
        """The columns of the row: one less than the terminal has, to leave a place for the cursor."""
        return max(self._columns, LEAST_COLUMNS) - 1

    def measure(self) -> None:
        """Ask the terminal how wide it is now."""
        try:
            self._columns = os.get_terminal_size(self._out).columns or COLUMNS
        except OSError:
            self._columns = COLUMNS

    def resized(self) -> None:
        """Erase the row in which the cursor stands after the window has got another size.

        If the row may have been folded, the terminal is asked where the cursor is;
        the answer is a key, for ``located``.
        """
        self.measure()
        fold = folded(self._row_before, self._columns)
        self._put(((modes.WHERE if fold else "") + modes.ERASE_BELOW).encode())
        self._forget_row()
        self._doubt = _Doubt(self._columns, fold) if fold else None

    def located(self, place: str) -> None:
        """Erase the rows above that are a part of the folded row, if ``place`` proves that there are any.

        ``place`` is the answer of the terminal.  An answer after another resize,
        or after lines were printed, proves nothing.
        """
        doubt, self._doubt = self._doubt, None
        self.measure()
        if doubt is not None and doubt.columns == self._columns and doubt.fold.column == column_of(place):
            self._put(f"\x1b[{doubt.fold.rows}A{modes.ERASE_BELOW}".encode())
            self._forget_row()

    def show(self, lines: List[bytes], before: str, after: str) -> None:
        """Print ``lines`` above the row, then draw the row with the cursor between its two parts."""
        # The terminal keeps the place of the cursor itself (SAVE, RESTORE), so
        # the cursor is right even where the terminal counts columns differently.
        row = modes.WRAP_OFF + before + modes.SAVE + after + modes.RESTORE + modes.WRAP_ON
        if not lines and row == self._row:
            return
        if lines:
            self._doubt = None
        self._put(modes.ERASE.encode() + b"".join(line + b"\n" for line in lines) + row.encode())
        self._row, self._row_before = row, before

    def clear(self) -> None:
        """Empty the screen; the scrollback stays."""
        self._put(modes.CLEAR.encode())
        self._forget_row()

    def title(self, text: str) -> None:
        """Set the title of the window, until ``leave``; an empty one puts the title from before back."""
        text = displayable(text)
        if text != self._title:
            had_one, self._title = bool(self._title), text
            self._put(modes.titled(text, is_first=not had_one).encode())

    def bell(self) -> None:
        """Ring the bell."""
        self._put(b"\a")

    def _forget_row(self) -> None:
        self._row = self._row_before = ""
        self._doubt = None

    def _put(self, data: bytes) -> None:
        output.write_all(self._out, data, self._gives_up)


def _settings(fd: int) -> List[Any]:
    """Return the settings of a terminal; raise OSError."""
    try:
        return termios.tcgetattr(fd)
    except termios.error as error:
        raise OSError(*error.args) from None


def _set(fd: int, settings: List[Any], gives_up: Callable[[], bool]) -> None:
    """Change the settings of a terminal; raise OSError, or InterruptedError once ``gives_up()``."""
    # In the background this stops the process.  When the process is continued,
    # the call is interrupted and has to be made again, unless the process was
    # continued to be ended.
    while True:
        if gives_up():
            raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))
        try:
            termios.tcsetattr(fd, termios.TCSANOW, settings)
            return
        except termios.error as error:
            if error.args[0] != errno.EINTR:
                raise OSError(*error.args) from None
