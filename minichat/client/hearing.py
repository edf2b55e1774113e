"""What a line of the server does for a person: it is shown, it may ring, and the client learns from it.

This module knows messages, the console and the title by the few methods that it
calls; it does not know the session, nor what was said to the server.
"""

from __future__ import annotations

from typing import Optional, Protocol

from minichat.chat.parser import From, Message, Ok
from minichat.client.inbox import Inbox
from minichat.client.presence import Presence
from minichat.client.show import Show
from minichat.client.title import Title


class Screen(Protocol):
    """What hearing needs of the console."""

    def say(self, line: bytes) -> None:
        """Show a line of the server."""

    def bell(self) -> None:
        """Ring the bell."""


class Hearing:
    """All that one person hears."""

    def __init__(self, console: Screen, show: Show, presence: Presence, inbox: Inbox, title: Title) -> None:
        self._console = console
        self._show = show
        self._presence = presence
        self._inbox = inbox
        self._title = title

    def heard(self, line: bytes, message: Optional[Message], is_hidden: bool) -> None:
        """Learn from a line and, unless ``is_hidden``, show it; ``message`` is what it says, if it is a message."""
        self._presence.heard(message)
        if isinstance(message, Ok):
            self._show.came_in_as(message.nick)
            self._title.came_in_as(message.nick)
        elif isinstance(message, From) and message.kind == "dm" and not self._show.is_own(message):
            self._inbox.came(message.nick)
        shown = None if is_hidden else self._show.line(line, message)
        if shown is not None:
            self._console.say(shown)
        if self._show.rings(message):
            self._console.bell()

    def noticed(self) -> None:
        """Note that the person has seen what came."""
        self._inbox.seen()

    def turn_ended(self) -> None:
        """Show in the title how much was not seen."""
        self._title.show(self._inbox.unseen)

    def close(self) -> None:
        """Give the window its old title back."""
        self._title.restore()
