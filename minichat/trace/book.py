"""The book of one connection: what is queued for it and not sent, and from which commands that comes."""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, Dict, List, Sequence, Tuple

OWN = 0  # the message number of output that comes from no command


class Book:
    """The output that one connection has queued and not sent, piece by piece."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.queued = 0
        self.has_ended = False  # the peer sends no more
        self.pieces: Deque[Tuple[int, int]] = deque()  # (message, bytes)

    def state(self) -> Dict[str, Any]:
        """Return how much is queued, and from which messages."""
        return {"queued": self.queued, "messages": [message for message, _ in self.pieces]}

    def add(self, sizes: Sequence[Tuple[int, int]]) -> None:
        """Note the sizes of some queued lines, each with its message."""
        self.pieces.extend(sizes)
        self.queued += sum(size for _, size in sizes)

    def take(self, count: int) -> List[int]:
        """Note that the first ``count`` bytes are sent; return the messages that are now sent whole."""
        self.queued -= count
        done: List[int] = []
        while self.pieces and count >= self.pieces[0][1]:
            message, size = self.pieces.popleft()
            count -= size
            done.append(message)
        if count:
            message, size = self.pieces[0]
            self.pieces[0] = (message, size - count)
        return done

    def give_up(self, count: int) -> List[int]:
        """Note that the last ``count`` bytes will not be sent.

        Return the messages that have no bytes left in the queue, the last one first.
        """
        self.queued -= count
        gone: List[int] = []
        while count and self.pieces:
            message, size = self.pieces.pop()
            if size > count:
                self.pieces.append((message, size - count))
            else:
                gone.append(message)
            count = max(count - size, 0)
        return gone
