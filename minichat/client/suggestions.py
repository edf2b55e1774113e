"""The words that TAB can put in place of the one before the cursor: commands of the client, and nicks.

This module knows who is in and which commands there are; it does not know the row.
"""

from __future__ import annotations

from typing import List

from minichat.cli.messages import Messages
from minichat.client import commands
from minichat.client.presence import Presence


class Suggestions:
    """The words for one person."""

    def __init__(self, presence: Presence, messages: Messages) -> None:
        """The commands of the language of ``messages`` come first."""
        self._presence = presence
        self._own_commands = messages("commands").split(" ")

    def words(self, word: str, is_first: bool = False) -> List[str]:
        """Return the words for ``word``, the likeliest first; ``is_first`` if it stands at the start of the row."""
        found = commands.completions(word, self._own_commands) if is_first else []
        return found or self._presence.completions(word, is_first)
