"""The title of the window: who this is, and how many private messages were not seen.

It is for a person who looks at another window.  This module knows text; it does
not know the terminal.
"""

from __future__ import annotations

from typing import Callable

from minichat.tty.display import displayable


class Title:
    """The title of one client.

    >>> title = Title(print, "localhost", is_wanted=True)
    >>> title.came_in_as("ana"); title.show(0); title.show(2); title.show(2)
    minichat ana@localhost
    (2) minichat ana@localhost
    """

    def __init__(self, put: Callable[[str], None], host: str, is_wanted: bool) -> None:
        """``put`` changes the title; "" gives it back its old text."""
        self._put = put
        self._host = host
        self._is_wanted = is_wanted
        self._name = ""  # until we are in
        self._shown = ""

    def came_in_as(self, nick: str) -> None:
        """Note our nick; from now on there is a title."""
        self._name = displayable(f"minichat {nick}@{self._host}")

    def show(self, unseen: int) -> None:
        """Show the number of unseen messages, unless it is shown already."""
        text = f"({unseen}) {self._name}" if unseen else self._name
        if self._is_wanted and self._name and text != self._shown:
            self._shown = text
            self._put(text)

    def restore(self) -> None:
        """Give the window its old title back, if we have changed it; show no more."""
        self._is_wanted = False
        if self._shown:
            self._shown = ""
            self._put("")
