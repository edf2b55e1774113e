"""The screen of a person: plain lines that scroll, and below them one row to type in.

The row is the last line on the screen and always one line high.  New lines are
printed above it: the row is erased, the lines are printed as by any program, so
that they are in the scrollback of the terminal, and the row is drawn again.
This module knows the terminal; it does not know what is typed or said.

Only the row is ever erased.  After a resize nobody knows how the terminal has
laid it out.  So the row in which the cursor stands is erased, and what is above
it stays, even if that is the beginning of the folded row: where the cursor was
a moment ago proves nothing, for the window may have changed again.

Source: termios(3).
"""

from __future__ import annotations

import errno
import os
from typing import Any, Callable, List

from minichat.cli import output
from minichat.tty import modes
from minichat.tty.display import displayable
from minichat.tty.graphemes import columns

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

# True if the system has termios.  A test clears it to try the other console.
HAS_TERMIOS = termios is not None

COLUMNS = 80  # of a terminal that does not tell its size
LEAST_COLUMNS = 4  # a narrower terminal is treated as this wide: nothing is readable, but nothing crashes

_IFLAG, _LFLAG, _CC = 0, 3, 6  # places in the list of tcgetattr


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
        self._cursor_column = 0  # where the cursor is in it, at most
        self._columns = COLUMNS
        self._is_hanging = False  # for the terminal, the row may be the end of an older one that it has folded
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
        self._columns = self._width()

    def resized(self) -> None:
        """Erase the row in which the cursor stands after the window has got another size."""
        self._note_fold(self._width())
        self.measure()
        self._put(modes.ERASE_BELOW.encode())
        self._forget_row()

    def show(self, lines: List[bytes], before: str, after: str) -> None:
        """Print ``lines`` above the row, then draw the row with the cursor between its two parts."""
        # The terminal keeps the place of the cursor itself (SAVE, RESTORE), so
        # the cursor is right even where the terminal counts columns differently.
        row = modes.WRAP_OFF + before + modes.SAVE + after + modes.RESTORE + modes.WRAP_ON
        if not lines and row == self._row:
            return
        # A window whose new width is not served yet may have folded the row over more rows below.
        width = self._width()
        self._note_fold(width)
        above = modes.ERASE if width == self._columns else modes.ERASE_BELOW
        if lines and self._is_hanging:  # else a wider window would join the line to what is left of the old row
            above += "\n"
            self._is_hanging = False
        self._put(above.encode() + b"".join(line + b"\r\n" for line in lines) + row.encode())
        self._row, self._cursor_column = row, columns(before)

    def clear(self) -> None:
        """Empty the screen; the scrollback stays."""
        self._put(modes.CLEAR.encode())
        self._is_hanging = False
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

    def _note_fold(self, width: int) -> None:
        """Note whether a window of this ``width`` may have folded the row before its cursor."""
        self._is_hanging = self._is_hanging or self._cursor_column > width < self._columns

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self._out).columns or COLUMNS
        except OSError:
            return COLUMNS

    def _forget_row(self) -> None:
        self._row, self._cursor_column = "", 0

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
