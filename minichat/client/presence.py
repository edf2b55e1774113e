"""Who is in, as a client sees it: from WHO, JOIN and LEAVE, and from who spoke last.

The server keeps the list in its room; this is the copy at the other end of the
wire.  Presence knows messages; it knows no sockets and no keyboard.
"""

from __future__ import annotations

from typing import Dict, List, Optional

from minichat.chat.nick import nick_key
from minichat.chat.parser import From, Join, Leave, Message, Ok, Who


class Presence:
    """The nicks of those who are in.

    >>> presence = Presence()
    >>> for message in Who(2, ("ana", "bruno")), Join("bia"), From("bruno", "all", "oi"):
    ...     presence.heard(message)
    >>> presence.starting_with("B")
    ['bruno', 'bia']
    """

    def __init__(self) -> None:
        self.is_learning = False  # True in a stay until its first reply to WHO is complete
        self._own_key = ""
        self._nicks: Dict[str, str] = {}  # by key; the last one to speak stands last
        self._listed = 0  # of a WHO reply that has several lines

    def begin_stay(self) -> None:
        """Forget all nicks: the client has come in and asks who is there."""
        self.is_learning = True
        self._nicks.clear()
        self._listed = 0

    def heard(self, message: Optional[Message]) -> None:
        """Learn from a message of the server; None is a line that is no message."""
        if isinstance(message, From):
            self._nicks.pop(nick_key(message.nick), None)
            self._nicks[nick_key(message.nick)] = message.nick
        elif isinstance(message, Join):
            self._nicks.setdefault(nick_key(message.nick), message.nick)
        elif isinstance(message, Leave):
            self._nicks.pop(nick_key(message.nick), None)
        elif isinstance(message, Ok):
            self._own_key = nick_key(message.nick)
        elif isinstance(message, Who):
            self._listed += len(message.nicks)
            for nick in message.nicks:
                self._nicks.setdefault(nick_key(nick), nick)
            if self._listed >= message.total:
                self._listed = 0
                self.is_learning = False

    def starting_with(self, beginning: str) -> List[str]:
        """Return the nicks that begin so, in any spelling; the last one to speak comes first."""
        wanted = nick_key(beginning)
        return [nick for key, nick in reversed(list(self._nicks.items())) if key.startswith(wanted)]

    def completions(self, word: str) -> List[str]:
        """Return the words that TAB can put in place of ``word``: nicks, without our own, after ``@``.

        >>> presence = Presence()
        >>> for message in Ok("ana"), Who(2, ("ana", "abel")):
        ...     presence.heard(message)
        >>> presence.completions("@a"), presence.completions("a")
        (['@abel'], [])
        """
        nicks = self.starting_with(word[1:]) if word.startswith("@") else []
        return [f"@{nick}" for nick in nicks if nick_key(nick) != self._own_key]
