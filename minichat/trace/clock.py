"""The clock of a trace: it stands still while a viewer holds the loop."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

Waited = TypeVar("Waited")


class PausableClock:
    """Counts nanoseconds of monotonic time, without the pauses."""

    def __init__(self) -> None:
        self._start = time.monotonic_ns()  # later by every pause

    def __call__(self) -> int:
        """Return the nanoseconds since the start."""
        return time.monotonic_ns() - self._start

    def stand_still(self, wait: Callable[[], Waited]) -> Waited:
        """Call ``wait`` and return its result; the time that it takes does not count."""
        begin = time.monotonic_ns()
        result = wait()
        self._start += time.monotonic_ns() - begin
        return result
