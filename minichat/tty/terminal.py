"""The screen of a person: plain lines that scroll, and below them one row to type in.

The row is the last line on the screen and always one line high.  New lines are
printed above it: the row is erased, the lines are printed as by any program, so
that they are in the scrollback of the terminal, and the row is drawn again.
This module knows the terminal; it does not know what is typed or said.

Sources: termios(3); "XTerm Control Sequences" for the few sequences used.
"""

from __future__ import annotations

import errno
import os
from typing import Any, Callable, List

from minichat.cli import output

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

# True if the system has termios.  A test clears it to try the other console.
HAS_TERMIOS = termios is not None

COLUMNS = 80  # of a terminal that does not tell its size
LEAST_COLUMNS = 4  # a narrower terminal is treated as this wide: nothing is readable, but nothing crashes

_PASTE_ON, _PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"  # bracketed paste: the terminal marks a paste
_WRAP_ON, _WRAP_OFF = "\x1b[?7h", "\x1b[?7l"
_SAVE, _RESTORE = "\x1b7", "\x1b8"  # the place of the cursor
_ERASE = "\r\x1b[K"  # this row
_ERASE_BELOW = "\r\x1b[J"  # this row and all below; some terminals keep the erased text in their scrollback
_CLEAR = "\x1b[H\x1b[2J"

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
        self._cursor_column = 0
        self._is_at_end = True  # the cursor, of the text in the row
        self._columns = COLUMNS

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
        self._put(_PASTE_ON.encode())
        self._row = ""  # draw it next time: another program may have erased it
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
        self._row, self._cursor_column = "", 0
        if not self.is_in_front:
            return  # a job in the background was killed: the settings are those of the shell now
        try:  # without a long wait: we are leaving
            output.write_all(self._out, (_ERASE + _WRAP_ON + _PASTE_OFF).encode(), gives_up=lambda: True)
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
        """Erase the row after the window has got another size."""
        self.measure()
        # A terminal that has become narrower has folded the row into several rows,
        # and the cursor is where its character is now.  A cursor after the last
        # character of a full row has not moved to the next.
        folded = max(self._cursor_column - self._is_at_end, 0) // self._columns
        self._put(((f"\x1b[{folded}A" if folded else "") + _ERASE_BELOW).encode())
        self._row, self._cursor_column = "", 0

    def show(self, lines: List[bytes], before: str, after: str, cursor_column: int) -> None:
        """Print ``lines`` above the row, then draw the row with the cursor between its two parts.

        ``cursor_column`` counts from 0, by our own count of columns.
        """
        # The terminal keeps the place of the cursor itself (_SAVE, _RESTORE), so
        # the cursor is right even where the terminal counts columns differently.
        row = _WRAP_OFF + before + _SAVE + after + _RESTORE + _WRAP_ON
        if not lines and row == self._row:
            return
        self._put(_ERASE.encode() + b"".join(line + b"\n" for line in lines) + row.encode())
        self._row, self._cursor_column, self._is_at_end = row, cursor_column, not after

    def clear(self) -> None:
        """Empty the screen; the scrollback stays."""
        self._put(_CLEAR.encode())
        self._row = ""

    def title(self, text: str) -> None:
        """Set the title of the window."""

    def bell(self) -> None:
        """Ring the bell."""
        self._put(b"\a")

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
