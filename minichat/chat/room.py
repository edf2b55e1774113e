"""Who is in, by key and in the order of joining.

The room knows members and their nicks; its fan-out holds what was said in this
turn.  It does not know bytes or sockets.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterable, Iterator, Optional

from minichat.chat.fanout import Fanout
from minichat.chat.nick import nick_key


class Member:
    """A newcomer or a member; a member's ``nick`` is not empty."""

    __slots__ = ("key", "nick", "write")
    has_room = True  # for a private line; else the line waits at its sender
    is_light = True  # says so little that a loud room is no reason to wait

    def __init__(self, write: Callable[[bytes], None]) -> None:
        """``write`` queues bytes: it never blocks, raises or closes."""
        self.write = write
        self.nick = ""
        self.key = ""

    def answer(self, size: int, lines: Iterator[bytes], memory: int) -> None:
        """Queue ``lines``, of ``size`` bytes together, which may be made as they are read, from ``memory`` bytes."""
        self.write(b"".join(lines))


class Room:
    """The members, and the fan-out of what is said to them.

    >>> room = Room()
    >>> ana = Member(print)
    >>> room.join(ana, "Ana")
    True
    >>> room.find("ANA") is ana, room.join(Member(print), "ana")
    (True, False)
    """

    def __init__(self) -> None:
        self.fanout = Fanout()
        self.is_loud = False  # much was said to everyone: a member who speaks much waits
        self._members: Dict[str, Member] = {}

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, member: Member) -> bool:
        return self._members.get(member.key) is member

    @property
    def members(self) -> Iterable[Member]:
        """All who are in, in the order of joining."""
        return self._members.values()

    def find(self, nick: str) -> Optional[Member]:
        """Return the member with the key of ``nick``, in any spelling, or None."""
        return self._members.get(nick_key(nick))

    def join(self, member: Member, nick: str) -> bool:
        """Add ``member`` under the legal nick ``nick``; return False if it is taken."""
        key = nick_key(nick)
        if key in self._members:
            return False
        # Most nicks are their own key: then keep one string, not two.
        member.nick, member.key = nick, nick if key == nick else key
        self._members[member.key] = member
        return True

    def leave(self, member: Member) -> None:
        """Remove ``member``; raise KeyError if it is not in."""
        del self._members[member.key]

    def deliver(self) -> None:
        """Queue for all members what was said in this turn; to be called at its end."""
        self.fanout.deliver(self._members.values())
