"""How long a closing connection waits for its peer to end too.

It knows limits and the time it is told; it knows no socket.
"""

from __future__ import annotations

from minichat.limits import Limits


class Drain:
    """The patience with one peer, from the last byte sent to it."""

    __slots__ = ("_bytes", "_ends_at", "_idle_at", "_limits")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._bytes = 0
        self._idle_at = now + limits.drain_idle_seconds
        self._ends_at = now + limits.drain_seconds

    def received(self, size: int, now: float) -> None:
        """``size`` bytes of input were dropped.

        They show that the peer has not noticed yet, and buy it time; from one
        who sends without end they no longer do.
        """
        self._bytes += size
        if self._bytes <= self._limits.drain_bytes:
            self._idle_at = now + self._limits.drain_idle_seconds

    def deadline(self, is_sent: bool) -> float:
        """When to close; silence counts only once all output ``is_sent``."""
        return min(self._idle_at, self._ends_at) if is_sent else self._ends_at
