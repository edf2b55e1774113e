"""Where a person types and reads: what a client and a console expect of each other.

There are two consoles: ``edited`` draws on a terminal and sees every key,
``cooked`` gets whole lines from the driver of the terminal.  They know keys and
the screen; they do not know what is said.
"""

from __future__ import annotations

from typing import List, Protocol


class Texts(Protocol):
    """What a console itself has to say, in the language of the person: by key, with some fields."""

    def __call__(self, key: str, **fields: object) -> str:
        """Return the text ``key``."""


class Typist(Protocol):
    """The client: it is told what the person does."""

    def typed(self, line: str) -> None:
        """The person typed ``line``, here without its newline, and ENTER; it answers no question."""

    def answered(self, answer: str) -> None:
        """The person answered the question of ``Console.ask``; end it with ``resume``, or ask again."""

    def confirmed(self, line: str) -> None:
        """The person said yes to ``Console.confirm``: send ``line`` after all."""

    def declined(self, line: str) -> None:
        """The person said no to ``Console.confirm``; ``line`` is on the row again."""

    def pasted(self, lines: List[str]) -> None:
        """The person pasted several lines, and answered yes to the question."""

    def paste_dropped(self, count: int) -> None:
        """A paste of ``count`` lines was thrown away: the answer was no, or it had no end."""

    def paste_too_long(self) -> None:
        """A paste of more than PASTE_BYTES was thrown away."""

    def line_too_long(self, line: str) -> None:
        """The pasted ``line`` does not fit into the row."""

    def noticed(self) -> None:
        """The person pressed a key, and so has seen what was shown before."""

    def interrupted(self) -> None:
        """The person pressed Ctrl-C on an empty row."""

    def input_ended(self) -> None:
        """The person pressed Ctrl-D on an empty row, or the keyboard is gone."""

    def output_failed(self, error: OSError) -> None:
        """The output can no longer be written; InterruptedError if a signal ended a wait for it."""


class Console(Protocol):
    """What both consoles can do."""

    echoes: bool  # True if a typed line stays on the screen

    def start(self) -> None:
        """Begin to read keys; raise OSError if the terminal is gone."""

    def ask(self, question: str) -> None:
        """Ask a question, which is answered with a line, once nothing is being typed."""

    def resume(self, answer: str) -> None:
        """End the question: leave it and its answer on the screen, and bring back the row."""

    def confirm(self, question: str, line: str) -> None:
        """Ask whether to send ``line``, which was typed, after all; yes or no."""

    def say(self, line: bytes) -> None:
        """Show a line of the server, which is safe to be printed."""

    def tell(self, text: str) -> None:
        """Show a line of the client itself; unsafe characters are made visible."""

    def put_back(self, line: str) -> None:
        """Put a line that was not accepted back on the row."""

    def remember(self, line: str) -> None:
        """Add a line to the history."""

    def bell(self) -> None:
        """Ring the bell."""

    def clear(self) -> None:
        """Empty the screen."""

    def title(self, text: str) -> None:
        """Set the title of the window; an empty one puts the title from before back."""

    def resized(self) -> None:
        """Draw anew: the window has another size."""

    def continued(self) -> None:
        """Take the terminal again: the process was stopped and continues."""

    def close(self) -> None:
        """Put the terminal back as it was; a second call does nothing."""
