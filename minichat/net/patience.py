"""Patience: how long to wait for one peer, to take what is queued and to end.

A peer that keeps up and stays needs none.  Patience begins when a send falls
short or when the connection is to end.  It knows limits and the time; it knows
no socket and no queue, only what it is told of them.
"""

from __future__ import annotations

import math
from typing import Callable, Optional

from minichat.limits import Limits
from minichat.net.reactor import Reactor
from minichat.net.timers import Timer


class Patience:
    """The deadlines of one peer, and the timer that rings at the nearest."""

    __slots__ = (
        "_cost", "_dropped", "_ends_at", "_grows", "_idle_at", "_is_blocked", "_is_cut", "_is_sent", "_limits",
        "_on_due", "_over_soft_at", "_progress_at", "_reactor", "_timer",
    )  # fmt: skip

    def __init__(self, reactor: Reactor, limits: Limits, on_due: Callable[[], None]) -> None:
        """``on_due`` is called when a deadline may have come: then ask ``is_over``."""
        self._reactor = reactor
        self._limits = limits
        self._on_due = on_due
        self._timer: Optional[Timer] = None
        self._cost = 0  # of the queue that waits for the peer, in bytes
        self._grows = True
        self._is_blocked = False
        self._progress_at = reactor.now  # when the peer last took a byte
        self._over_soft_at = math.inf  # since when the queue is over its soft limit
        self._idle_at = self._ends_at = math.inf  # until when to wait for the peer's end
        self._is_cut = False
        self._is_sent = False  # all output is sent, its end too
        self._dropped = 0  # bytes of input since the drain began

    # -- a queue that waits ----------------------------------------------------

    def queue(self, cost: int, grows: bool, is_blocked: bool, has_taken: bool) -> None:
        """Note that output of ``cost`` bytes waits for the peer, and whether the peer ``has_taken`` some.

        A queue that no longer ``grows`` is never too large, however large it
        is.  While it ``is_blocked``, the kernel may have room that it does not
        tell of: a send is tried after ``send_again_seconds`` all the same.
        """
        if has_taken or not self._cost:  # the wait begins, or begins anew
            self._progress_at = self._reactor.now
        self._cost = cost
        self._grows = grows
        self._is_blocked = is_blocked
        if cost <= self._limits.queue_soft_bytes:
            self._over_soft_at = math.inf
        elif self._over_soft_at == math.inf:
            self._over_soft_at = self._reactor.now

    # -- an end that is awaited ------------------------------------------------

    @property
    def is_draining(self) -> bool:
        """True once the peer's own end is waited for."""
        return self._ends_at < math.inf

    def cut(self) -> None:
        """Wait ``cut_seconds`` for a peer that was cut to take what is left; a pause is no end of that."""
        self._is_cut = True
        self._ends_at = self._reactor.now + self._limits.cut_seconds

    def drain(self) -> None:
        """Wait for the peer's end, ``drain_seconds`` at most."""
        self._idle_at = self._reactor.now + self._limits.drain_idle_seconds
        self._ends_at = self._reactor.now + self._limits.drain_seconds

    def all_sent(self) -> None:
        """Note, the first time, that all output is sent: a silent peer gets ``drain_idle_seconds`` more."""
        if self._is_sent:
            return
        self._is_sent = True
        if self._is_cut or not self.is_draining:
            self.drain()
        # Who was cut has this time, too, whatever came before: only now can all of it be read.
        self._idle_at = self._reactor.now + self._limits.drain_idle_seconds

    def received(self, size: int) -> None:
        """Note that ``size`` bytes of input were dropped while draining.

        They show that the peer has not seen our end yet, and give it more
        time; beyond ``drain_bytes`` they no longer do.
        """
        self._dropped += size
        if self._dropped <= self._limits.drain_bytes:
            self._idle_at = self._reactor.now + self._limits.drain_idle_seconds

    # -- the deadline ------------------------------------------------------------

    def deadline(self) -> float:
        """Return when the wait is over, by the reactor's ``now``; -inf if the queue is too large."""
        if self._grows and self._cost > self._limits.queue_bytes:
            return -math.inf
        deadline = min(self._idle_at, self._ends_at) if self._is_sent else self._ends_at
        if self._cost and not self._is_cut:
            deadline = min(
                deadline,
                self._progress_at + self._limits.progress_seconds,
                self._over_soft_at + self._limits.queue_soft_seconds,
            )
        return deadline

    def is_over(self) -> bool:
        """True if the peer has had long enough; if not, ``watch``."""
        if self.deadline() <= self._reactor.now:
            return True
        self.watch()
        return False

    def watch(self) -> None:
        """Have the timer ring when a deadline comes or a send is to be tried again."""
        now, due = self._reactor.now, self.deadline()
        if self._is_blocked:
            due = min(due, now + self._limits.send_again_seconds)
        if due <= now:
            self._on_due()
        elif due == math.inf:
            self.stop()
        elif self._timer is None or due < self._timer.when:
            self.stop()
            self._timer = self._reactor.call_later(due - now, self._ring)

    def stop(self) -> None:
        """Cancel the timer; ``watch`` sets another one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        self._on_due()
