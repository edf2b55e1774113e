"""What the client does for a typed line: it says a text, gives a command, or explains.

``commands`` tells what a line asks for; this module does it.  It knows the
console, the outbox and the session by the few methods that it calls; it does
not know why a connection ends.
"""

from __future__ import annotations

import enum
from typing import Callable, Iterable, Protocol

from minichat.chat import parser
from minichat.cli.messages import Messages
from minichat.client import commands
from minichat.client.commands import TEXT_BYTES

TOLD_CHARACTERS = 20  # of a line that was too long


class Place(enum.Enum):
    """Where the person is, as far as it matters for a line."""

    OUTSIDE = "without a nick: nothing can be sent, and nothing can wait"
    ENTERING = "on the way in for the first time: texts and commands wait"
    IN = "chatting: all is sent"
    AWAY = "the connection is lost: texts wait, commands are refused"


class Table(Protocol):
    """What an errand needs of the console."""

    def tell(self, text: str) -> None:
        """Show a line of the client."""

    def put_back(self, line: str) -> None:
        """Put a line back on the row."""

    def clear(self) -> None:
        """Empty the screen."""


class Post(Protocol):
    """What an errand needs of the outbox."""

    def add(self, lines: Iterable[str]) -> None:
        """Send lines, now or later."""


class Asker(Protocol):
    """The client that the errands are for."""

    @property
    def place(self) -> Place:
        """Where the person is now."""

    def leave(self, status: int) -> None:
        """Say goodbye to the server, and end."""


class Errands:
    """Obeys the lines of one person."""

    def __init__(
        self, asker: Asker, console: Table, outbox: Post, write: Callable[[bytes], None], messages: Messages
    ) -> None:
        """``write`` takes bytes for the server."""
        self._asker = asker
        self._console = console
        self._outbox = outbox
        self._write = write
        self._messages = messages

    def obey(self, line: str) -> None:
        """Do what a typed line asks for."""
        request = commands.parse_typed(line)
        if request.name == "say":
            self._say(line, request.text)
        elif request.name == "help":
            self._help()
        elif request.name == "clear":
            self._console.clear()
        elif request.name == "unknown":
            self._tell("unknown_command", command=request.text)
        elif request.text == "quit":
            self._asker.leave(0)
        else:
            self._give_command(request.text)

    def line_too_long(self, line: str) -> None:
        """Tell which line was not taken, and why."""
        self._tell("too_long", text=f"{line[:TOLD_CHARACTERS]}…", size=len(line.encode()), most=TEXT_BYTES)

    def _help(self) -> None:
        for key in ("help_say", "help_dm", "help_commands", "help_slash", "help_keys", "help_leave"):
            self._tell(key)

    def _give_command(self, word: str) -> None:
        if self._asker.place is Place.IN:
            self._write(parser.format_command(word))
        elif self._asker.place is Place.ENTERING:
            self._outbox.add([word.upper()])  # so that it keeps its place among the typed lines
        else:
            self._tell("not_connected")

    def _say(self, line: str, text: str) -> None:
        if len(text.encode()) > TEXT_BYTES:
            self.line_too_long(text)
            self._console.put_back(line)
            return
        if self._asker.place is Place.AWAY:
            self._tell("will_be_sent", text=text)
        self._outbox.add([text])

    def _tell(self, key: str, **fields: object) -> None:
        self._console.tell(self._messages(key, **fields))
