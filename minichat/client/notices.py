"""Lines from the client itself, such as a live trace or the reason for its end.

The lines wait here until the end of the turn, when the client shows them.  The
lines that come with its end are written to standard error, after the terminal
was put back as it was.
"""

from __future__ import annotations

from typing import Callable, List

from minichat.cli import output


class Notices:
    """Lines that wait to be shown, in order.

    >>> notices = Notices()
    >>> notices.add("um"); notices.add("dois"); notices.pass_to(print)
    um
    dois
    >>> notices.pass_to(print)
    """

    def __init__(self) -> None:
        self._lines: List[str] = []

    def add(self, line: str) -> None:
        """Let ``line`` be shown later; never waits and never fails."""
        self._lines.append(line)

    def pass_to(self, show: Callable[[str], None]) -> None:
        """Call ``show`` for each line that waits, and forget them."""
        lines, self._lines = self._lines, []
        for line in lines:
            show(line)

    def print_rest(self) -> None:
        """Write the lines that wait to standard error; if it cannot take them now, they are lost."""
        texts: List[str] = []
        self.pass_to(texts.append)
        data = "".join(output.printable(text) + "\n" for text in texts).encode("utf-8", "backslashreplace")
        try:
            output.write_all(output.own_description(2), data, gives_up=lambda: True)
        except OSError:
            pass  # standard error is closed or stuck, and there is no other place
