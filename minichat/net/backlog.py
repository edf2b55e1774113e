"""What the kernel would not take: the output queue of a slow reader.

Most peers take everything in one send and never own a backlog.  One that does
not read gets one, and from then on it counts: against the limit of its own
connection, against a clock, and against what all backlogs may hold together.

This module knows bytes, limits and the time it is told; it knows no socket.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Deque, Dict, List, Tuple, Union

from minichat.limits import Limits


class Ledger:
    """The memory that all backlogs hold together, counted honestly.

    What was said to everyone is one bytes object in a thousand backlogs, and
    it is counted once.  So that nobody gains by sending the same text as
    separate objects, equal pieces are made one: ``hold`` returns the object
    to keep, and the other may go.
    """

    def __init__(self, piece_bytes: int) -> None:
        self._piece_bytes = piece_bytes
        self._pieces: Dict[bytes, Tuple[bytes, int]] = {}
        self.bytes = 0  # texts once, and the cost of every queued piece

    def hold(self, piece: bytes) -> bytes:
        """Count one more holder of ``piece``; returns the object to hold."""
        kept, holders = self._pieces.get(piece, (piece, 0))
        self._pieces[kept] = (kept, holders + 1)
        self.bytes += self._piece_bytes + (0 if holders else len(kept))
        return kept

    def release(self, piece: bytes) -> None:
        """Count one holder less; KeyError if nobody held it."""
        kept, holders = self._pieces.pop(piece)
        self.bytes -= self._piece_bytes
        if holders > 1:
            self._pieces[kept] = (kept, holders - 1)
        else:
            self.bytes -= len(kept)


class Backlog:
    """The queue of one slow reader, oldest piece first.

    >>> backlog = Backlog(Limits(), Ledger(piece_bytes=64), now=0.0)
    >>> backlog.add(b"FROM ana [all]: oi\\n", now=0.0)
    >>> backlog.took(5, now=0.1)
    >>> bytes(backlog.next_bytes())
    b'ana [all]: oi\\n'
    """

    __slots__ = ("_ledger", "_limits", "_over_soft_at", "_pieces", "_progress_at", "_taken", "bytes")

    def __init__(self, limits: Limits, ledger: Ledger, now: float) -> None:
        self._limits = limits
        self._ledger = ledger
        self._pieces: Deque[bytes] = deque()
        self._taken = 0  # bytes of the first piece that the kernel has
        self._progress_at = now
        self._over_soft_at = math.inf
        self.bytes = 0  # not taken yet

    @property
    def cost(self) -> int:
        """Bytes this queue stands for, were nothing of it shared."""
        return self.bytes + self._limits.piece_bytes * len(self._pieces)

    def add(self, piece: bytes, now: float) -> None:
        """Queue ``piece`` behind the rest."""
        self._pieces.append(self._ledger.hold(piece))
        self.bytes += len(piece)
        self._note_size(now)

    def next_bytes(self) -> Union[bytes, memoryview]:
        """What to send next: the oldest bytes, some pieces joined, not all."""
        first = memoryview(self._pieces[0])[self._taken :]
        joined: List[Union[bytes, memoryview]] = [first]
        size = len(first)
        for index in range(1, len(self._pieces)):
            size += len(self._pieces[index])
            if size > self._limits.send_bytes:
                break
            joined.append(self._pieces[index])
        return first if len(joined) == 1 else b"".join(joined)

    def took(self, count: int, now: float) -> None:
        """The kernel took the first ``count`` bytes."""
        if count:
            self._progress_at = now
        self.bytes -= count
        self._taken += count
        while self._pieces and self._taken >= len(self._pieces[0]):
            piece = self._pieces.popleft()
            self._taken -= len(piece)
            self._ledger.release(piece)
        self._note_size(now)

    def deadline(self, grows: bool = True) -> float:
        """The time at which this reader is too slow; -inf when it is already.

        A queue that no longer ``grows`` is not too large, however large it is.
        """
        if grows and self.cost > self._limits.queue_bytes:
            return -math.inf
        return min(
            self._progress_at + self._limits.progress_seconds,
            self._over_soft_at + self._limits.queue_soft_seconds,
        )

    def cut(self, last_line: bytes, now: float) -> None:
        """Give up all but the line that is partly sent, and add ``last_line``.

        What the peer has got by then still ends at a line end, so that the
        last line can be read as one.
        """
        rest = b""
        if self._taken and self._pieces[0][self._taken - 1 : self._taken] != b"\n":
            first = self._pieces[0]
            rest = first[self._taken : first.index(b"\n", self._taken) + 1]
        self.drop()
        self._progress_at = now
        self.add(rest + last_line, now)

    def drop(self) -> None:
        """Give up everything."""
        while self._pieces:
            self._ledger.release(self._pieces.popleft())
        self._taken = 0
        self.bytes = 0

    def _note_size(self, now: float) -> None:
        if self.cost <= self._limits.queue_soft_bytes:
            self._over_soft_at = math.inf
        elif self._over_soft_at == math.inf:
            self._over_soft_at = now
