"""Where a person types and reads: the seam between a client and its person.

Behind it are two consoles: ``edited`` draws on a terminal and sees every key,
``cooked`` gets whole lines from the terminal's own driver.  They know keys and
the screen; they do not know what is said.
"""

from __future__ import annotations

from typing import List, Protocol


class Typist(Protocol):
    """Who is told what the person does."""

    def typed(self, line: str) -> None:
        """A line, without its end."""

    def pasted(self, lines: List[str]) -> None:
        """Several lines at once; the person has said yes to that."""

    def paste_too_long(self) -> None:
        """A paste was thrown away."""

    def line_too_long(self, line: str) -> None:
        """A paste of one line does not fit into the row."""

    def interrupted(self) -> None:
        """Ctrl-C, with nothing on the row."""

    def input_ended(self) -> None:
        """Ctrl-D on an empty row, or there is no more keyboard."""

    def output_failed(self, error: OSError) -> None:
        """Nobody can read us any more."""


class Console(Protocol):
    """What both consoles can do."""

    echoes: bool  # whether what was typed stays to be seen

    def start(self) -> None:
        """Begin to read keys; raises OSError when the terminal is gone."""

    def ask(self, question: str) -> None:
        """Let the next line be the answer to a question; what is half typed is put aside."""

    def resume(self, answer: str) -> None:
        """The question is answered: keep both to be seen, and bring back what was put aside."""

    def say(self, line: bytes) -> None:
        """Show a line that the server said, ready to be printed."""

    def tell(self, text: str) -> None:
        """Show a line of our own to the person."""

    def put_back(self, line: str) -> None:
        """The line was not accepted: let it be edited again."""

    def remember(self, line: str) -> None:
        """Put a line that was sent into the history."""

    def bell(self) -> None:
        """Ring."""

    def clear(self) -> None:
        """Empty the screen."""

    def resized(self) -> None:
        """The window has another size."""

    def continued(self) -> None:
        """The process was stopped and goes on."""

    def close(self) -> None:
        """Put everything back as it was; twice does no harm."""
