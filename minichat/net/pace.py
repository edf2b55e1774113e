"""The pace: how fast a connection, and all connections of its address, may be served; the flood control.

A pace is a token bucket turned round.  What was served is a debt, which shrinks
with time at the allowed rate; a line may be served while the debt leaves room.
So a paste goes through at once, a flood goes through slowly, and nothing is lost.

This module knows numbers and the time it is told; it knows no socket and no line.
"""

from __future__ import annotations

from typing import Optional

from minichat.limits import Limits

# A shorter pause is not worth a turn, and a clock may be too coarse for it.
SHORTEST_WAIT_SECONDS = 0.001

# Those who wait for the debt of one address try again one after the other, within this time.
SPREAD_SECONDS = 1.0

# A debt that time pays off so soon is that of a person who types, not of a flood.
LIGHT_SECONDS = 0.2


class Pace:
    """A debt in lines and in bytes; what is charged to it is charged to its parent, too."""

    __slots__ = ("_at", "_bytes", "_lines", "_parent", "_share", "_slot", "_thrown_away")

    def __init__(self, share: float = 1.0, parent: Optional[Pace] = None) -> None:
        """``share`` times the rate of one connection is allowed; ``parent`` is the pace of the address, say."""
        self._at = 0.0  # when the debt was last brought up to date
        self._lines = 0.0
        self._bytes = 0.0
        self._share = share
        self._slot = 0.0  # when the last of those who wait may try again
        self._parent = parent
        self._thrown_away = 0  # bytes of input that are in the debt, or were

    def charge(self, lines: float, size: int) -> None:
        """Add ``lines`` of ``size`` bytes together to the debt."""
        pace: Optional[Pace] = self
        while pace is not None:
            pace._lines += lines
            pace._bytes += size
            pace = pace._parent

    def wait(self, limits: Limits, now: float, thrown_away: int = 0) -> float:
        """Return the seconds until one more line may be served; 0.0 if it may be served now.

        ``thrown_away`` bytes of input became no line so far: they count as if they had.
        """
        if limits.rate_lines == 0:
            return 0.0
        more, self._thrown_away = thrown_away - self._thrown_away, thrown_away
        longest = 0.0
        pace: Optional[Pace] = self
        while pace is not None:
            rate = limits.rate_lines * pace._share
            byte_rate = rate * limits.rate_line_bytes
            passed = now - pace._at
            pace._at = now
            pace._lines = max(0.0, pace._lines - passed * rate)
            pace._bytes = max(0.0, pace._bytes - passed * byte_rate) + more
            # There must be room for one whole line.  Of the bytes any room is enough:
            # the size of the next line is not known yet.
            wait = max((pace._lines + 1) / rate, pace._bytes / byte_rate) - limits.rate_burst_seconds
            # A debt of exactly the burst leaves no room: no further line until it shrinks.
            if wait > 0 or pace._bytes >= byte_rate * limits.rate_burst_seconds:
                wait = max(wait, SHORTEST_WAIT_SECONDS)
                if pace is not self:  # many may wait for one address: they take their turns, not all the same one
                    pace._slot = min(max(pace._slot + 1 / rate, now + wait), now + wait + SPREAD_SECONDS)
                    wait = pace._slot - now
                longest = max(longest, wait)
            pace = pace._parent
        return longest

    def is_light(self, limits: Limits) -> bool:
        """True if so little was served of late, in all, as people type: LIGHT_SECONDS of the rate."""
        pace: Optional[Pace] = self
        while pace is not None:
            rate = limits.rate_lines * pace._share * LIGHT_SECONDS
            if pace._lines > rate or pace._bytes > rate * limits.rate_line_bytes:
                return False
            pace = pace._parent
        return True
