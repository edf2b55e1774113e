"""What was said to everyone in this turn, and how each recipient gets it once.

The speed of the server comes from here.  The cost of a broadcast is nearly all
in the kernel: one send per recipient.  So nothing is sent when it is said.  The
fan-out keeps the lines of a turn and joins them once, and at the end of the
turn every recipient is given the same bytes object.  One more broadcast costs
the same for ten recipients and for ten thousand; one more recipient costs one
send a turn, for any number of broadcasts.

The fan-out knows a recipient as something with a ``write`` that queues; it
knows neither sockets nor who is in.

Invariant: a member gets every line that was said while the member was in, once,
in the order said, with the private lines in their places.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List, Protocol


class Recipient(Protocol):
    """An object with a ``write`` that queues: it never blocks, raises or closes."""

    @property
    def write(self) -> Callable[[bytes], None]:
        """Queue bytes after the rest."""


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
        # How many of the lines a recipient has had already.  Only those stand
        # here who were told something, or came in, during this turn.
        self._had: Dict[Recipient, int] = {}
        # Made in this turn: what was said, and what was joined for one recipient
        # alone.  When thousands come or go at once, the second is far more.
        self.bytes = 0

    def say(self, line: bytes) -> None:
        """Say ``line``, with its newline, to everyone who is in."""
        self.lines.append(line)
        self.bytes += len(line)

    def tell(self, recipient: Recipient, line: bytes) -> None:
        """Queue ``line`` for one recipient, after all that was said before it."""
        self.catch_up(recipient)
        self.bytes += len(line)
        recipient.write(line)

    def catch_up(self, recipient: Recipient) -> None:
        """Queue now what was said so far, for a recipient who cannot wait for the turn's end."""
        said = len(self.lines)
        had = self._had.get(recipient, 0)
        if had < said:
            missed = b"".join(self.lines[had:])
            self.bytes += len(missed)
            recipient.write(missed)
            self._had[recipient] = said

    def skip(self, recipient: Recipient) -> None:
        """Leave out what was said so far for a recipient who has just come in."""
        # The rest of the turn will be joined for this recipient.  Its length is not
        # known yet; on average it is that of what was said before.
        self.bytes += sum(map(len, self.lines))
        self._had[recipient] = len(self.lines)

    def deliver(self, recipients: Iterable[Recipient]) -> None:
        """Queue for each recipient what it has not had; to be called at the turn's end."""
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
        """Queue the rests where some recipients have had a part; equal rests are one object."""
        rests = {0: whole, len(self.lines): b""}
        for recipient in recipients:
            had = self._had.get(recipient, 0)
            if had not in rests:
                rests[had] = b"".join(self.lines[had:])
            if rests[had]:
                recipient.write(rests[had])
