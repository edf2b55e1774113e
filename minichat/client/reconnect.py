"""How long to wait before trying again: longer each time, and not all at the same moment."""

from __future__ import annotations

import random

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0

# A quarter more or less, so that a class whose server restarts does not return in one instant.
JITTER = 0.25

STEADY_SECONDS = 10.0  # a connection that held so long was a good one: the pauses begin anew


class Pauses:
    """The pauses between the attempts of one client.

    >>> pauses = Pauses()
    >>> [round(pauses.next() / (1.0 * 2**n), 1) in (0.8, 0.9, 1.0, 1.1, 1.2) for n in range(3)]
    [True, True, True]
    """

    def __init__(self) -> None:
        self._next = FIRST_SECONDS

    def held(self, seconds: float) -> None:
        """A connection is lost that held so long."""
        if seconds > STEADY_SECONDS:
            self._next = FIRST_SECONDS

    def next(self) -> float:
        """Seconds until the next attempt."""
        pause, self._next = self._next, min(2 * self._next, LONGEST_SECONDS)
        return pause * random.uniform(1 - JITTER, 1 + JITTER)
