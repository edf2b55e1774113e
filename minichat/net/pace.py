"""The pace: how fast one connection may be served; the flood control of the server.

A pace is a token bucket turned round.  What was served is a debt, which shrinks
with time at the allowed rate; a line may be served while the debt leaves room.
So a paste goes through at once, a flood goes through slowly, and nothing is lost.

This module knows numbers and the time it is told; it knows no socket and no line.
"""

from __future__ import annotations

from minichat.limits import Limits

# A shorter pause is not worth a turn, and a clock may be too coarse for it.
SHORTEST_WAIT_SECONDS = 0.001


class Pace:
    """The debt of one connection, in lines and in bytes."""

    __slots__ = ("_at", "_bytes", "_lines", "_thrown_away")

    def __init__(self) -> None:
        self._at = 0.0  # when the debt was last brought up to date
        self._lines = 0.0
        self._bytes = 0.0
        self._thrown_away = 0  # bytes of input that are in the debt, or were

    def charge(self, lines: float, size: int) -> None:
        """Add ``lines`` of ``size`` bytes together to the debt."""
        self._lines += lines
        self._bytes += size

    def wait(self, limits: Limits, now: float, thrown_away: int = 0) -> float:
        """Return the seconds until one more line may be served; 0.0 if it may be served now.

        ``thrown_away`` bytes of input became no line so far: they count as if they had.
        """
        rate = limits.rate_lines
        if rate == 0:
            return 0.0
        byte_rate = rate * limits.rate_line_bytes
        passed = now - self._at
        self._at = now
        self._lines = max(0.0, self._lines - passed * rate)
        self._bytes = max(0.0, self._bytes - passed * byte_rate) + thrown_away - self._thrown_away
        self._thrown_away = thrown_away
        # There must be room for one whole line.  Of the bytes any room is enough:
        # the size of the next line is not known yet.
        wait = max(
            (self._lines + 1) / rate - limits.rate_burst_seconds,
            self._bytes / byte_rate - limits.rate_burst_seconds,
        )
        # A debt of exactly the burst leaves no room: no further line until it shrinks.
        if wait < 0 or (wait == 0 and self._bytes < byte_rate * limits.rate_burst_seconds):
            return 0.0
        return max(wait, SHORTEST_WAIT_SECONDS)
