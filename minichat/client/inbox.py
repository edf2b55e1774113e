"""The private messages that came: who wrote the last one, and how many were not seen yet.

The inbox knows messages and time; it does not know the console or the session.
"""

from __future__ import annotations

from typing import Callable

from minichat.chat.nick import nick_key

# A reply that is typed so soon after a message may be meant for the sender of the message before it.
CROSSING_SECONDS = 5.0


class Inbox:
    """The private messages of one person.

    >>> inbox = Inbox(lambda: 0.0)
    >>> inbox.came("bia"); inbox.came("bia")
    >>> inbox.sender, inbox.unseen
    ('bia', 2)
    >>> inbox.seen(); inbox.unseen
    0
    """

    def __init__(self, now: Callable[[], float]) -> None:
        """``now`` returns seconds that never go back."""
        self.sender = ""  # of the last message
        self.unseen = 0
        self._now = now
        self._changed_at = now()  # when another sender than before wrote
        self._is_second = False  # another person had written before the sender

    def came(self, nick: str) -> None:
        """Note a private message from ``nick``."""
        self.unseen += 1
        if nick_key(nick) != nick_key(self.sender):
            self._is_second = bool(self.sender)
            self._changed_at = self._now()
        self.sender = nick

    def seen(self) -> None:
        """Note that the person has seen all that came."""
        self.unseen = 0

    def told(self) -> None:
        """Note that the person was told who wrote the last message."""
        self._is_second = False

    @property
    def is_crossing(self) -> bool:
        """True if the sender has only just become another one: the person may not know yet."""
        return self._is_second and self._now() - self._changed_at < CROSSING_SECONDS
