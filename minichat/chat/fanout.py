"""What was said to everyone this turn, and how each recipient gets it once.

This is where the speed comes from.  What a broadcast costs is nearly all the
kernel's: one send per recipient.  So nothing is sent when it is said; the
lines of a turn are held here once, joined once, and at the end of the turn
every recipient is given the same bytes object.  One more broadcast costs the
same whether ten people listen or ten thousand; one more listener costs one
send a turn, however much was said.

It knows members as something with a ``write`` that only queues; it does not
know sockets, nor who is in.

Invariant: a member gets every line said while the member was in, once, in the
order said, and private lines in their place among them.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List, Protocol


class Recipient(Protocol):
    """Somebody with a ``write`` that only queues: it never blocks, raises or closes."""

    @property
    def write(self) -> Callable[[bytes], None]:
        """Queue bytes behind the rest."""


class Fanout:
    """The broadcasts of one turn.

    >>> class Box:
    ...     def __init__(self): self.lines = []; self.write = self.lines.append
    >>> ana, bia, fanout = Box(), Box(), Fanout()
    >>> fanout.say(b"1 "); fanout.tell(ana, b"psst "); fanout.say(b"2 ")
    >>> fanout.deliver([ana, bia])
    >>> ana.lines, bia.lines
    ([b'1 ', b'psst ', b'2 '], [b'1 2 '])
    """

    def __init__(self) -> None:
        self.lines: List[bytes] = []  # said to everyone; a new list each turn
        # How many of the lines somebody has had already.  Nobody stands here
        # but those who were told something, or came in, during this turn.
        self._had: Dict[Recipient, int] = {}
        # Made in this turn: what was said, and what was joined for one alone.
        # When thousands come or go at once, the second is far more.
        self.bytes = 0

    def say(self, line: bytes) -> None:
        """Say ``line``, with its newline, to everyone who is in."""
        self.lines.append(line)
        self.bytes += len(line)

    def tell(self, recipient: Recipient, line: bytes) -> None:
        """Queue ``line`` for one, behind what was said to everyone before it."""
        self.catch_up(recipient)
        self.bytes += len(line)
        recipient.write(line)

    def catch_up(self, recipient: Recipient) -> None:
        """Queue what was said so far, for one who cannot wait for the turn's end."""
        said = len(self.lines)
        had = self._had.get(recipient, 0)
        if had < said:
            missed = b"".join(self.lines[had:])
            self.bytes += len(missed)
            recipient.write(missed)
            self._had[recipient] = said

    def skip(self, recipient: Recipient) -> None:
        """What was said so far is not for this one, who has only just come in."""
        # The rest of the turn will be joined for this one.  How long it will be
        # nobody knows yet; as long as what was said before is right on average.
        self.bytes += sum(map(len, self.lines))
        self._had[recipient] = len(self.lines)

    def deliver(self, recipients: Iterable[Recipient]) -> None:
        """The turn is over: everyone gets what they have not had."""
        if self.lines:
            whole = b"".join(self.lines)
            if not self._had:
                for recipient in recipients:
                    recipient.write(whole)
            else:
                self._deliver_rests(recipients, whole)
            self.lines = []
        self.bytes = 0
        self._had.clear()

    def _deliver_rests(self, recipients: Iterable[Recipient], whole: bytes) -> None:
        """As above, but some have had a part; equal rests are one object too."""
        rests = {0: whole, len(self.lines): b""}
        for recipient in recipients:
            had = self._had.get(recipient, 0)
            if had not in rests:
                rests[had] = b"".join(self.lines[had:])
            if rests[had]:
                recipient.write(rests[had])
