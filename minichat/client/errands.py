"""What the client does for a typed line: it says a text, gives a command, or explains.

``commands`` tells what a line asks for; this module does it.  A text that seems
to be meant for one person, though everyone would read it, is sent only after a
question.  The module knows the console, the outbox and the session by the few
methods that it calls; it does not know why a connection ends.
"""

from __future__ import annotations

import enum
from typing import List, Optional, Protocol, Sequence

from minichat.cli.messages import Messages
from minichat.client import commands, dialect
from minichat.client.commands import TEXT_BYTES, Request
from minichat.client.inbox import Inbox
from minichat.client.presence import Presence
from minichat.tty.display import displayable

TOLD_CHARACTERS = 24  # of a line that is named, or of what may be a nick; no nick is longer
LONG_PASTE_LINES = 50  # a longer paste takes over a second, and that is told


class Place(enum.Enum):
    """Where the person is, as far as it matters for a line."""

    OUTSIDE = "without a nick: texts wait, commands are refused"
    ENTERING = "on the way in for the first time: texts and commands wait"
    STUCK = "the same, for longer than a moment: what waits is told"
    IN = "chatting: all is sent"
    LEAVING = "saying goodbye: texts are counted as not sent, commands are refused"
    AWAY = "the connection is lost: texts wait, commands are refused"


class Table(Protocol):
    """What an errand needs of the console."""

    echoes: bool  # True if a typed line stays on the screen

    def confirm(self, question: str, line: str) -> None:
        """Ask whether to send ``line``; the answer comes by ``confirmed`` or ``declined``."""

    def tell(self, text: str) -> None:
        """Show a line of the client."""

    def put_back(self, line: str) -> None:
        """Put a line back on the row."""

    def clear(self) -> None:
        """Empty the screen."""


class Post(Protocol):
    """What an errand needs of the outbox."""

    def add(self, line: str) -> None:
        """Send a line, now or later."""

    def paste(self, lines: Sequence[str]) -> None:
        """Send the lines of a paste, after each other."""


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
        self,
        asker: Asker,
        console: Table,
        outbox: Post,
        presence: Presence,
        inbox: Inbox,
        messages: Messages,
    ) -> None:
        self._asker = asker
        self._console = console
        self._outbox = outbox
        self._presence = presence
        self._inbox = inbox
        self._messages = messages
        self._held: List[str] = []  # the texts of a paste, until the question about one of them is answered

    def obey(self, line: str) -> None:
        """Do what a typed line asks for."""
        request = commands.parse_typed(line)
        if request.name == "say":
            meant_for = None if line.startswith("/") else self._meant_for(request.text)
            self._say(line, request.text, meant_for)
        elif request.name == "reply":
            self._reply(line, request.text)
        elif request.name == "help":
            self._help()
        elif request.name == "clear":
            self._console.clear()
        elif request.name == "command":
            self._give_command(request.text)
        else:
            self._explain(request)

    def paste(self, lines: List[str]) -> None:
        """Send lines as texts, whatever they would mean if they were typed."""
        fitting, too_long = commands.pasted_texts(lines)
        for text in too_long:
            self.line_too_long(text)
        for text in fitting:
            meant_for = self._meant_for(text)
            if meant_for is not None:
                self._held = fitting
                self._ask("ask_meant_paste", meant_for, text)
                return
        self._send_paste(fitting)

    def confirmed(self, line: str) -> None:
        """Send ``line`` after all, or the paste that it was in."""
        held, self._held = self._held, []
        if held:
            self._send_paste(held)
        else:
            self._send(commands.parse_typed(line).text)

    def declined(self, line: str) -> None:
        """Send nothing; the line is on the row again, where there is one that stays."""
        held, self._held = self._held, []
        if held:
            self._tell("paste_not_sent", count=len(held))
        elif self._console.echoes or self._asker.place is Place.LEAVING:
            self._tell("line_not_sent", text=line)

    def line_too_long(self, line: str) -> None:
        """Tell which line was not taken, and why."""
        self._tell("too_long", text=short(line), size=len(line.encode()), most=TEXT_BYTES)

    # -- what is not sent ----------------------------------------------------------

    def _help(self) -> None:
        for key in (
            "help_say", "help_dm", "help_reply", "help_commands", "help_history",
            "help_move", "help_erase", "help_screen", "help_leave",
        ):  # fmt: skip
            self._tell(key)

    def _explain(self, request: Request) -> None:
        """Tell why nothing is done for a line that begins with a slash."""
        if request.name == "explain":
            self._tell(request.text)
        elif request.name == "alone":
            self._tell("command_alone", command=request.text)
        else:
            near = commands.nearest(request.text, self._messages("commands").split(" "))
            key = "unknown_command_near" if near else "unknown_command"
            self._tell(key, command=request.text, near=near)

    # -- what is sent --------------------------------------------------------------

    def _give_command(self, word: str) -> None:
        if word == "quit":
            self._asker.leave(0)
        elif self._asker.place in (Place.IN, Place.ENTERING, Place.STUCK):
            self._send(word.upper())  # it keeps its place among the typed lines
        else:
            self._tell("not_connected")

    def _reply(self, line: str, text: str) -> None:
        if not self._inbox.sender:
            self._tell("nothing_to_reply_to")
        elif self._inbox.is_crossing:
            self._inbox.told()
            self._tell("another_wrote", nick=self._inbox.sender)
            self._console.put_back(line)
        else:
            self._say(line, f"@{self._inbox.sender} {text}")

    def _say(self, line: str, text: str, meant_for: Optional[str] = None) -> None:
        """Send ``text``, typed as ``line``; ask first if it is ``meant_for`` one person, but everyone would read it."""
        if len(text.encode()) > TEXT_BYTES:
            self.line_too_long(text)
            self._console.put_back(line)
        elif meant_for is not None:
            self._ask("ask_meant", meant_for, line)
        else:
            if text != line and text.startswith("@") and self._console.echoes:
                self._console.tell(text)  # the line on the screen does not show what is sent
            self._send(text)

    def _send(self, text: str) -> None:
        if self._asker.place is Place.AWAY:
            self._tell("will_be_sent", text=text)
        elif self._asker.place is Place.OUTSIDE:
            self._tell("waits_for_nick", text=text)
        elif self._asker.place is Place.STUCK:
            self._tell("waits_for_server", text=text)
        self._outbox.add(text)

    def _send_paste(self, texts: List[str]) -> None:
        if not texts:
            return
        place = self._asker.place
        if place is Place.OUTSIDE:
            self._tell("waits_for_nick", text=f"{len(texts)} × …")
        elif place in (Place.AWAY, Place.ENTERING, Place.STUCK):
            self._tell("will_be_sent_count", count=len(texts))
        elif len(texts) > LONG_PASTE_LINES:
            self._tell("pasting", count=len(texts))
        self._outbox.paste(texts)

    def _meant_for(self, text: str) -> Optional[str]:
        return dialect.meant_for(text, self._may_be_nick)

    def _may_be_nick(self, word: str) -> bool:
        # Before the first list is here, all may be in; a question too many is better than a secret told.
        is_unknown = self._presence.is_learning or self._asker.place in (Place.OUTSIDE, Place.ENTERING, Place.STUCK)
        return is_unknown or self._presence.has_met(word)

    def _ask(self, key: str, nick: str, line: str) -> None:
        if nick == dialect.ANYONE:
            nick = self._messages("a_nick")
        self._console.confirm(self._messages(key, nick=short(nick), text=short(line)), line)

    def _tell(self, key: str, **fields: object) -> None:
        self._console.tell(self._messages(key, **fields))


def short(text: str) -> str:
    """Return the beginning of ``text``, safe for the screen."""
    return displayable(text[:TOLD_CHARACTERS]) + "…" * (len(text) > TOLD_CHARACTERS)
