"""Who is in, as a client sees it: from WHO, JOIN and LEAVE, and from who spoke last.

The server keeps the list in its room; this is the copy at the other end of the
wire.  Presence knows messages; it knows no sockets and no keyboard.
"""

from __future__ import annotations

from typing import Dict, List, Optional

from minichat.chat.nick import nick_key
from minichat.chat.parser import From, Join, Leave, Message, Ok, Who

GONE = 1000  # of those who left are remembered: a message for one of them is not for everyone


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
        self._gone: Dict[str, None] = {}  # keys of those who were in, the last one to leave stands last
        self._listed = 0  # of a WHO reply that has several lines

    def begin_stay(self) -> None:
        """Forget all nicks: the client has come in and asks who is there."""
        self.is_learning = True
        for key in self._nicks:
            self._note_gone(key)
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
            self._note_gone(nick_key(message.nick))
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

    def has_met(self, nick: str) -> bool:
        """True if a member of that nick is in, or was in lately.

        >>> presence = Presence()
        >>> for message in Join("bia"), Leave("bia", "quit"):
        ...     presence.heard(message)
        >>> presence.has_met("BIA"), presence.has_met("ana")
        (True, False)
        """
        return nick_key(nick) in self._nicks or nick_key(nick) in self._gone

    def completions(self, word: str, is_first: bool = False) -> List[str]:
        """Return the words that TAB can put in place of ``word``: nicks, without our own, after ``@``.

        The first word of a row may be a nick without ``@``, too.  It is meant as an
        address, so the message becomes a private one: the safe side.

        >>> presence = Presence()
        >>> for message in Ok("ana"), Who(2, ("ana", "abel")):
        ...     presence.heard(message)
        >>> presence.completions("@a"), presence.completions("a"), presence.completions("a", is_first=True)
        (['@abel'], [], ['@abel'])
        """
        if word.startswith("@"):
            beginning = word[1:]
        elif word and is_first:
            beginning = word
        else:
            return []
        nicks = self.starting_with(beginning)
        return [f"@{nick}" for nick in nicks if nick_key(nick) != self._own_key]

    def _note_gone(self, key: str) -> None:
        self._gone.pop(key, None)
        self._gone[key] = None
        if len(self._gone) > GONE:
            del self._gone[next(iter(self._gone))]
