"""Flood control: how fast one connection may be served.

A token bucket turned round: what was served is a debt that time pays off at
the allowed rate, and a line may be served while the debt leaves room for it.
So a paste goes through at once, a flood goes through slowly, nothing is lost.

It knows numbers and the time it is told; it knows no socket and no line.
"""

from __future__ import annotations

from minichat.limits import Limits

# A shorter pause is not worth a turn, and a clock may be too coarse for it.
SHORTEST_WAIT_SECONDS = 0.001


class Pace:
    """The debt of one connection, in lines and in bytes."""

    __slots__ = ("_at", "_bytes", "_lines")

    def __init__(self) -> None:
        self._at = 0.0  # when the debt was last brought up to date
        self._lines = 0.0
        self._bytes = 0.0

    def charge(self, lines: int, size: int) -> None:
        """Owe for ``lines`` of ``size`` bytes together."""
        self._lines += lines
        self._bytes += size

    def wait(self, limits: Limits, now: float) -> float:
        """Seconds until one more line may be served; 0.0 when it may be now."""
        rate = limits.rate_lines
        if rate == 0:
            return 0.0
        byte_rate = rate * limits.rate_line_bytes
        passed = now - self._at
        self._at = now
        self._lines = max(0.0, self._lines - passed * rate)
        self._bytes = max(0.0, self._bytes - passed * byte_rate)
        # Room for a whole line is asked for; of the bytes, the next line's size
        # is not known yet, so that any room is enough.
        wait = max(
            (self._lines + 1) / rate - limits.rate_burst_seconds,
            self._bytes / byte_rate - limits.rate_burst_seconds,
        )
        # A debt of 256,000 to the byte is spent: nothing more until it shrinks.
        if wait < 0 or (wait == 0 and self._bytes < byte_rate * limits.rate_burst_seconds):
            return 0.0
        return max(wait, SHORTEST_WAIT_SECONDS)
