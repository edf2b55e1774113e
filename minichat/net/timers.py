"""The timers: calls to be made later, the nearest first.

This module knows numbers and callbacks; what time it is, it is told.
"""

from __future__ import annotations

import heapq
import itertools
import math
from typing import Callable, List, Optional, Tuple

Callback = Callable[[], object]

# A wait is cut into days: epoll takes milliseconds in 32 bits, 24 days at most.
LONGEST_WAIT_SECONDS = 86400.0

# A timer this near is due: to wait for what the rounding of many sums has left
# would be a turn that does nothing.
NEAR_SECONDS = 1e-6


class Timer:
    """A call that will be made once, unless it is cancelled before."""

    __slots__ = ("callback", "when")

    def __init__(self, when: float, callback: Callback) -> None:
        self.when = when
        self.callback: Optional[Callback] = callback

    def cancel(self) -> None:
        """Do not call.  Does nothing after the call or after another ``cancel``."""
        self.callback = None


class Timers:
    """A heap of timers.

    >>> timers = Timers()
    >>> tea, bed = timers.add(17.0, print), timers.add(22.5, print)
    >>> timers.seconds_to_wait(16.5)
    0.5
    >>> timers.take_due(18.0) == [tea]
    True
    """

    def __init__(self) -> None:
        self._heap: List[Tuple[float, int, Timer]] = []
        self._order = itertools.count()  # among timers due at the same time
        self.due_from = math.inf  # before this time none is due

    def add(self, when: float, callback: Callback) -> Timer:
        """Make a timer."""
        timer = Timer(when, callback)
        heapq.heappush(self._heap, (when, next(self._order), timer))
        self._look()
        return timer

    def seconds_to_wait(self, now: float) -> float:
        """Return how long to wait for the nearest timer; a day if there is none so near."""
        while self._heap and self._heap[0][2].callback is None:  # cancelled
            heapq.heappop(self._heap)
            self._look()
        return min(max(self._heap[0][0] - now, 0.0), LONGEST_WAIT_SECONDS) if self._heap else LONGEST_WAIT_SECONDS

    def take_due(self, now: float) -> List[Timer]:
        """Take off the timers whose time has come, in the order of their time."""
        due: List[Timer] = []
        while self.due_from <= now:
            due.append(heapq.heappop(self._heap)[2])
            self._look()
        return due

    def _look(self) -> None:
        self.due_from = self._heap[0][0] - NEAR_SECONDS if self._heap else math.inf
