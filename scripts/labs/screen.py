"""The screen: what a lab shows, at most 20 rows at a time, and ENTER in between.

On a terminal each screen begins at the top, and what was there before stays in
the scrollback.  A row is folded at the width of the terminal, at most 80 columns.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import textwrap
from typing import List, Optional

ROWS, COLUMNS = 20, 80
FEWEST_ROWS, FEWEST_COLUMNS = 8, 20  # of a smaller terminal the rest is not seen
FOOT_ROWS = 2  # an empty row and the prompt
HANGING = "    "  # before the second row of a folded line
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


class CannotPrint(Exception):
    """The reader of the output takes no more."""


def say(line: str, end: str = "\n") -> None:
    """Print ``line``; raise CannotPrint."""
    try:
        print(line, end=end, flush=True)
    except OSError as error:
        raise CannotPrint from error


class Screen:
    """Prints rows, counts them, and waits for ENTER where a screen ends."""

    def __init__(self, more: str, asks: bool, size: Optional[os.terminal_size] = None) -> None:
        """``more`` is the prompt in the midst of something long; without ``asks``, nobody is waited for."""
        size = size or shutil.get_terminal_size()
        self.columns = max(FEWEST_COLUMNS, min(COLUMNS, size.columns))
        self._most = max(FEWEST_ROWS, min(ROWS, size.lines - 1))
        self._lines = size.lines
        self._more = more
        self.asks = asks
        self._is_terminal = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._rows = 0  # on this screen
        self._is_first = True

    @property
    def left(self) -> int:
        """How many rows still fit above the prompt."""
        return self._most - FOOT_ROWS - self._rows

    def begin(self, title: str) -> None:
        """Begin a screen, which has this title."""
        if self.asks and self._is_terminal:
            say("\n" * self._lines + "\x1b[H", end="")  # what was there is scrolled away, not erased
        elif not self._is_first:
            say("")
        self._is_first = False
        rows = self._folded(f"=== {title} ===", "")
        for row in [*rows, ""]:
            say(row)
        self._rows = len(rows) + 1

    def row(self, text: str = "", hanging: str = HANGING, is_marked: bool = False) -> None:
        """Print a line in as many rows as it needs; wait for ENTER first when the screen is full."""
        for row in self._folded(text, hanging):
            if self.left <= 0 and self.asks:
                self.ask(self._more)
                self._rows = 0
            say(f"{BOLD}{row}{PLAIN}" if is_marked and self._is_terminal else row)
            self._rows += 1

    def paragraph(self, text: str, title: str = "") -> None:
        """Print a text, perhaps below a title and an empty row."""
        if title:
            self.row(title)
        self.row(f"  {text}", "  ")

    def height(self, text: str, hanging: str = HANGING) -> int:
        """Return how many rows a line needs."""
        return len(self._folded(text, hanging))

    def ask(self, prompt: str) -> bool:
        """Wait for ENTER; return False if nobody is asked, or nothing can be read any more."""
        if not self.asks:
            return False
        self._forget_typed()
        self._rows += 1 + self.height(prompt)
        say("")
        say(f"{prompt} ", end="")
        try:
            self.asks = bool(sys.stdin.readline())
        except (OSError, ValueError):  # a terminal that is gone; bytes that are no text
            self.asks = False
        except KeyboardInterrupt:
            say("")
            raise
        if not (self.asks and sys.stdin.isatty()):
            say("")  # no ENTER was echoed
        return self.asks

    def _folded(self, text: str, hanging: str) -> List[str]:
        if len(text) <= self.columns:
            return [text]
        hanging = hanging[: self.columns // 4]
        return textwrap.wrap(text, self.columns, subsequent_indent=hanging, break_on_hyphens=False) or [""]

    def _forget_typed(self) -> None:
        """Throw away what was typed while a lab was acting: it was not meant for this prompt."""
        if os.name == "posix" and sys.stdin.isatty():
            import termios

            with contextlib.suppress(termios.error):  # the terminal is gone, as reading will find
                termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
