"""Who is in, as a client sees it: from WHO, JOIN and LEAVE, and who spoke last.

The server's own list is the room; this is the copy at the other end of the
wire.  It knows messages; it knows no sockets and no keyboard.
"""

from __future__ import annotations

from typing import Dict, List, Optional

from minichat.chat.nick import nick_key
from minichat.chat.protocol import From, Join, Leave, Message, Who


class Presence:
    """The nicks of those who are in.

    >>> presence = Presence()
    >>> for message in Who(2, ("ana", "bruno")), Join("bia"), From("bruno", "all", "oi"):
    ...     presence.heard(message)
    >>> presence.starting_with("B")
    ['bruno', 'bia']
    """

    def __init__(self) -> None:
        self._nicks: Dict[str, str] = {}  # by key; who spoke last stands last
        self._listed = 0  # of a WHO reply that has several lines

    def clear(self) -> None:
        """Nobody is known any more: this is another stay."""
        self._nicks.clear()
        self._listed = 0

    def heard(self, message: Optional[Message]) -> None:
        """Learn from something that the server said."""
        if isinstance(message, From):
            self._nicks.pop(nick_key(message.nick), None)
            self._nicks[nick_key(message.nick)] = message.nick
        elif isinstance(message, Join):
            self._nicks.setdefault(nick_key(message.nick), message.nick)
        elif isinstance(message, Leave):
            self._nicks.pop(nick_key(message.nick), None)
        elif isinstance(message, Who):
            self._listed += len(message.nicks)
            for nick in message.nicks:
                self._nicks.setdefault(nick_key(nick), nick)
            if self._listed >= message.total:
                self._listed = 0

    @property
    def is_listing(self) -> bool:
        """Whether more lines of a WHO reply are to come."""
        return self._listed > 0

    def starting_with(self, beginning: str) -> List[str]:
        """Nicks that begin so, however it is written; who spoke last comes first."""
        wanted = nick_key(beginning)
        return [nick for key, nick in reversed(list(self._nicks.items())) if key.startswith(wanted)]
