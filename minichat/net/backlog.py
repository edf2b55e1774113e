"""The backlog: what the kernel would not take, the output queue of a slow reader.

Most peers take everything in one send and never own a backlog.  A peer that
does not read gets one, and from then on its bytes count: against the limit of
its own connection and against what all backlogs may hold together.

This module knows bytes; it knows no socket and no time (that is patience's).
"""

from __future__ import annotations

from collections import deque
from typing import Callable, Deque, Dict, Iterator, List, NamedTuple, Tuple, Union


class Ledger:
    """The memory that all backlogs hold together, counted honestly.

    What was said to everyone is one bytes object in a thousand backlogs, and
    it is counted once.  Equal pieces that are separate objects are made one:
    ``hold`` returns the object to keep, and the other may go.
    """

    def __init__(self, piece_bytes: int) -> None:
        """``piece_bytes`` is what a queued piece costs beside its text."""
        self.piece_bytes = piece_bytes
        self._pieces: Dict[bytes, Tuple[bytes, int]] = {}
        self.bytes = 0  # texts once, and the cost of every queued piece

    def hold(self, piece: bytes) -> bytes:
        """Count one more holder of ``piece``; return the object to hold."""
        kept, holders = self._pieces.get(piece, (piece, 0))
        self._pieces[kept] = (kept, holders + 1)
        self.bytes += self.piece_bytes + (0 if holders else len(kept))
        return kept

    def release(self, piece: bytes) -> None:
        """Count one holder less; KeyError if ``piece`` has none."""
        kept, holders = self._pieces.pop(piece)
        self.bytes -= self.piece_bytes
        if holders > 1:
            self._pieces[kept] = (kept, holders - 1)
        else:
            self.bytes -= len(kept)


class Answer(NamedTuple):
    """A long text that is made as it is read."""

    lines: Iterator[bytes]  # still to be made
    memory: int  # bytes that they are made from


class Backlog:
    """The queue of one slow reader, oldest piece first.

    A piece is what was queued in one turn: whole units (lines, say), never half of one.

    >>> backlog = Backlog(Ledger(piece_bytes=64), send_bytes=65536)
    >>> backlog.add(b"FROM ana [all]: oi\\n")
    >>> backlog.took(5)
    >>> bytes(backlog.next_bytes())
    b'ana [all]: oi\\n'
    """

    __slots__ = ("_ledger", "_pieces", "_send_bytes", "_taken", "bytes", "is_blocked", "unmade")

    def __init__(self, ledger: Ledger, send_bytes: int) -> None:
        """At most ``send_bytes`` are joined for one send."""
        self._ledger = ledger
        self._send_bytes = send_bytes
        self._pieces: Deque[Union[bytes, Answer]] = deque()  # the first one is made
        self._taken = 0  # bytes of the first piece that the kernel has
        self.bytes = 0  # not taken yet
        self.unmade = 0  # and not made yet: so many of them
        self.is_blocked = False  # the kernel has no room, and has not told of any since

    @property
    def cost(self) -> int:
        """Bytes of memory that this queue stands for, were nothing in it shared and all of it made."""
        return self.bytes + self._ledger.piece_bytes * len(self._pieces)

    def add(self, piece: bytes) -> None:
        """Queue ``piece`` after the others."""
        self._pieces.append(self._ledger.hold(piece))
        self.bytes += len(piece)

    def add_answer(self, size: int, lines: Iterator[bytes], memory: int) -> None:
        """Queue ``lines``, of ``size`` bytes together, which are made as they are read, from ``memory`` bytes."""
        self._pieces.append(Answer(lines, memory))
        self._ledger.bytes += memory
        self.bytes += size
        self.unmade += size
        self._make_first()

    def next_bytes(self) -> Union[bytes, memoryview]:
        """Return what to send next: the oldest bytes, some pieces joined, not all."""
        first = memoryview(self._first())[self._taken :]
        joined: List[Union[bytes, memoryview]] = [first]
        size = len(first)
        for index in range(1, len(self._pieces)):
            piece = self._pieces[index]
            size += len(piece)
            if isinstance(piece, Answer) or size > self._send_bytes:
                break
            joined.append(piece)
        return first if len(joined) == 1 else b"".join(joined)

    def send(self, send: Callable[[Union[bytes, memoryview]], int]) -> int:
        """Call ``send``, a socket's, once; return how many bytes the kernel took.  Raises OSError."""
        try:
            taken = send(self.next_bytes())
        except BlockingIOError:
            taken = 0
        self.took(taken)
        return taken

    def took(self, count: int) -> None:
        """Note that the kernel took the first ``count`` bytes, and no more."""
        self.bytes -= count
        self.is_blocked = self.bytes > 0
        self._taken += count
        while self._pieces and self._taken >= len(self._first()):
            self._taken -= len(self._first())
            self._give_up(self._pieces.popleft())
            self._make_first()

    def cut(self, last: bytes, unit_end: Callable[[bytes, int], int]) -> None:
        """Give up all but the unit that is partly sent, and add ``last``.

        So the bytes that the peer gets end at the end of a unit, and ``last`` can
        be read as one.  ``unit_end`` finds that end: it is called with a piece and
        with the number of its bytes that are sent.
        """
        rest = b""
        if self._taken:
            first = self._first()
            rest = first[self._taken : unit_end(first, self._taken)]
        self.drop()
        self.add(rest + last)

    def drop(self) -> None:
        """Give up everything."""
        while self._pieces:
            self._give_up(self._pieces.popleft())
        self._taken = self.bytes = self.unmade = 0

    def _first(self) -> bytes:
        piece = self._pieces[0]
        assert isinstance(piece, bytes)
        return piece

    def _make_first(self) -> None:
        """Make as much as one send takes, if an answer is next."""
        while self._pieces and isinstance(answer := self._pieces[0], Answer):
            made: List[bytes] = []
            size = 0
            for line in answer.lines:
                made.append(line)
                size += len(line)
                if size >= self._send_bytes:
                    break
            if made:
                self.unmade -= size
                self._pieces.appendleft(self._ledger.hold(b"".join(made)))
            else:
                self._give_up(self._pieces.popleft())

    def _give_up(self, piece: Union[bytes, Answer]) -> None:
        if isinstance(piece, Answer):
            self._ledger.bytes -= piece.memory
        else:
            self._ledger.release(piece)
