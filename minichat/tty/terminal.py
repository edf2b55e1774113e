"""The screen of a person: plain lines that scroll, and below them one row to type in.

The row is the last thing on the screen and only ever one row high.  What comes
is printed above it: the row is taken away, the lines are printed as by any
program, so that the terminal's own scrollback has them, and the row is drawn
again.  It knows the terminal; it does not know what is typed or what is said.

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

# Whether there are terminals as this module knows them.  A test clears it to try the other way.
HAS_TERMIOS = termios is not None

COLUMNS = 80  # of a terminal that does not say
LEAST_COLUMNS = 4  # fewer are not worth a thought, only no crash

_PASTE_ON, _PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"  # pastes come marked as such
_WRAP_ON, _WRAP_OFF = "\x1b[?7h", "\x1b[?7l"
_SAVE, _RESTORE = "\x1b7", "\x1b8"  # the place of the cursor
_ERASE = "\r\x1b[K"  # this row
_ERASE_BELOW = "\r\x1b[J"  # this row and what is below; some terminals keep in their scrollback what that takes away
_CLEAR = "\x1b[H\x1b[2J"

_IFLAG, _LFLAG, _CC = 0, 3, 6  # in the list of tcgetattr


class Terminal:
    """A terminal in raw mode, from ``enter`` to ``leave``.

    Raises OSError when it cannot be written to.  One that takes nothing, under
    Ctrl-S or behind a dead network, is waited for until ``gives_up``.
    """

    def __init__(self, in_fd: int = 0, out_fd: int = 1, gives_up: Callable[[], bool] = lambda: False) -> None:
        self._in, self._out = in_fd, output.own_description(out_fd)
        self._gives_up = gives_up
        self._before: Any = None  # its settings before ours
        self._row = ""  # what is drawn of it
        self._cursor_column = 0
        self._is_at_end = True  # of the text in the row
        self._columns = COLUMNS

    def enter(self) -> None:
        """Let every key come at once and unseen, Ctrl-C and Ctrl-Z too; output stays as it is."""
        if self._before is None:
            self._before = _settings(self._in)
        raw = _settings(self._in)
        raw[_CC] = list(raw[_CC])
        raw[_IFLAG] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.ISTRIP | termios.BRKINT)
        raw[_LFLAG] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        raw[_CC][termios.VMIN], raw[_CC][termios.VTIME] = 1, 0
        _set(self._in, raw, self._gives_up)
        self._put(_PASTE_ON.encode())
        self._row = ""  # whatever was there may be gone
        self.measure()

    def stay(self) -> None:
        """A shell that moved us to the background and back may have put its own settings: take ours again."""
        if self._before is not None and _settings(self._in)[_LFLAG] & termios.ICANON:
            self.enter()

    def leave(self) -> None:
        """Take the row away and put the terminal back as it was; twice does no harm."""
        if self._before is None:
            return
        before, self._before = self._before, None
        self._row, self._cursor_column = "", 0
        if not self.is_in_front:
            return  # somebody has killed a job that was in the background: the shell has its own settings there
        try:  # whoever leaves does not wait for long
            output.write_all(self._out, (_ERASE + _WRAP_ON + _PASTE_OFF).encode(), gives_up=lambda: True)
        except OSError:
            pass  # nobody may write to it any more; its settings may still be put back
        try:
            _set(self._in, before, gives_up=lambda: False)
        except OSError:
            pass  # it is gone

    @property
    def is_in_front(self) -> bool:
        """Whether it is ours; else the shell has it, and we are in its background."""
        try:
            return os.getpgrp() == os.tcgetpgrp(self._in)
        except OSError:
            return True  # it is not the terminal of our session: no shell has it either

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
        # A cursor behind the last character of a full row has not gone on to the next.
        folded = max(self._cursor_column - self._is_at_end, 0) // self._columns
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
        self._put(_ERASE.encode() + b"".join(line + b"\n" for line in lines) + row.encode())
        self._row, self._cursor_column, self._is_at_end = row, cursor_column, not behind

    def clear(self) -> None:
        """Empty the screen; the scrollback stays."""
        self._put(_CLEAR.encode())
        self._row = ""

    def bell(self) -> None:
        """Ring."""
        self._put(b"\a")

    def _put(self, data: bytes) -> None:
        output.write_all(self._out, data, self._gives_up)


def _settings(fd: int) -> List[Any]:
    """Those of a terminal; raises OSError."""
    try:
        return termios.tcgetattr(fd)
    except termios.error as error:
        raise OSError(*error.args) from None


def _set(fd: int, settings: List[Any], gives_up: Callable[[], bool]) -> None:
    """Change them; raises OSError, InterruptedError among them.

    In the background this stops the process.  When it is continued the call is
    interrupted, and has to be made again, unless it was continued to be ended.
    """
    while True:
        if gives_up():
            raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))
        try:
            termios.tcsetattr(fd, termios.TCSANOW, settings)
            return
        except termios.error as error:
            if error.args[0] != errno.EINTR:
                raise OSError(*error.args) from None
