"""The reactor: waits for many files at once and calls whoever is ready.

One thread, one loop.  It knows file objects, handlers, timers and deferred
calls; it does not know lines, members or what a connection is.

A turn, always in this order:
  1. wait in ``select`` until something is ready or the nearest timer is due;
  2. the handler of each ready file;
  3. the timers that are due;
  4. the calls deferred until now;
  5. the steps that end every turn (the programs put the flush pass and the
     accept here).

Invariants: a handler never runs after its file was unregistered, not even
when both were ready in one batch; what is deferred during step 4 or 5 runs in
the next turn, which then does not wait; an exception in one handler ends
neither the turn nor the loop.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import selectors
import time
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Set, Tuple

if TYPE_CHECKING:
    from minichat.net.probe import Probe

Handler = Callable[[int], None]  # called with the mask of EVENT_READ and EVENT_WRITE
Callback = Callable[[], None]

# A wait is cut into days: epoll takes milliseconds in 32 bits, 24 days at most.
LONGEST_WAIT_SECONDS = 86400.0

# When the clock runs on by more than this beyond what was planned, the process
# was stopped (SIGSTOP, a suspended laptop, a debugger).  The peers could not
# speak to us either, so the time does not count against their deadlines.
STALL_SECONDS = 1.0

# A timer this near is due: `now` is a sum of many floats, and to wait for what
# rounding has left would be a turn that does nothing.
NEAR_SECONDS = 1e-6

log = logging.getLogger(__name__)


class Timer:
    """A call that will be made once, unless it is cancelled before."""

    __slots__ = ("callback", "when")

    def __init__(self, when: float, callback: Callback) -> None:
        self.when = when
        self.callback: Optional[Callback] = callback

    def cancel(self) -> None:
        """Do not call.  To cancel a timer that has run, or twice, does nothing."""
        self.callback = None


class Reactor:
    """Handlers by file object, timers, deferred calls, one turn at a time.

    >>> reactor = Reactor()
    >>> timer = reactor.call_later(0.01, reactor.stop)
    >>> reactor.run()                          # returns after 10 ms
    >>> reactor.close()
    """

    def __init__(
        self,
        selector: Optional[selectors.BaseSelector] = None,
        clock: Callable[[], float] = time.monotonic,
        on_bug: Optional[Callable[[], None]] = None,
        probe: Optional[Probe] = None,
    ) -> None:
        """``clock`` counts seconds and never goes back; ``probe`` watches.

        ``on_bug`` is called, inside the except clause, for each exception that
        a handler let escape; without one the traceback is logged.
        """
        self._selector = selector or selectors.DefaultSelector()
        self.selector_name = type(self._selector).__name__
        self._clock = clock
        self._on_bug = on_bug or (lambda: log.exception("a handler failed"))
        self.probe = probe
        self._reading = clock()
        self._timers: List[Tuple[float, int, Timer]] = []
        self._order = itertools.count()  # among timers due at the same time
        self._deferred: List[Callback] = []
        self._gone: Set[Handler] = set()  # unregistered in this turn
        self._turn_end: List[Callback] = []
        self._running = False
        self.now = 0.0  # seconds since the start, stalls not counted
        self.turns = 0
        self.empty_turns = 0  # woke up for nothing; stays 0

    # -- files -------------------------------------------------------------

    def register(self, file: Any, events: int, handler: Handler) -> None:
        """Call ``handler`` whenever ``file`` is ready for one of ``events``."""
        self._gone.discard(handler)  # it may come back within the turn
        self._selector.register(file, events, handler)

    def modify(self, file: Any, events: int, handler: Handler) -> None:
        """Wait for other events on a file that is registered."""
        self._selector.modify(file, events, handler)

    def unregister(self, file: Any) -> None:
        """Forget ``file``; to be called before the file is closed."""
        self._gone.add(self._selector.unregister(file).data)

    # -- calls -------------------------------------------------------------

    def call_soon(self, callback: Callback) -> None:
        """Call once: in this turn from a handler or a timer, else in the next."""
        self._deferred.append(callback)

    def call_later(self, seconds: float, callback: Callback) -> Timer:
        """Call once, ``seconds`` after the start of this turn or a little later."""
        timer = Timer(self.now + seconds, callback)
        heapq.heappush(self._timers, (timer.when, next(self._order), timer))
        return timer

    def at_turn_end(self, step: Callback) -> None:
        """Call ``step`` at the end of every turn, in the order of adding."""
        self._turn_end.append(step)

    # -- the loop ----------------------------------------------------------

    def run(self) -> None:
        """Turn until ``stop`` is called."""
        self._running = True
        while self._running:
            self.run_once()

    def stop(self) -> None:
        """Let ``run`` return at the end of this turn."""
        self._running = False

    def close(self) -> None:
        """Close the selector; the files stay open."""
        self._selector.close()

    def run_once(self) -> None:
        """One turn."""
        self._tick(0.0)
        timeout = self._timeout()
        probe = self.probe
        if probe is not None:
            probe.waits(timeout, len(self._deferred))
            self._reading = self._clock()  # whoever watches may have stood still
        ready = self._selector.select(timeout)
        has_stalled = self._tick(timeout)
        self.turns += 1
        if probe is not None:
            probe.woke([(key.data, mask) for key, mask in ready])

        # Whoever is served first is heard first: let that be another one each turn.
        if len(ready) > 1:
            start = self.turns % len(ready)
            ready = ready[start:] + ready[:start]
        gone = self._gone
        gone.clear()
        for key, mask in ready:
            # A file that was closed a moment ago may still stand in this batch,
            # and its number may already belong to another one.
            if gone and key.data in gone:
                continue
            try:
                if probe is None:
                    key.data(mask)
                else:
                    probe.timed(key.data)(mask)
            except Exception:
                self._on_bug()

        due = self._run_timers()
        deferred, self._deferred = self._deferred, []
        if not (ready or due or deferred or has_stalled or timeout == LONGEST_WAIT_SECONDS):
            self.empty_turns += 1
        self._call_all(deferred)
        self._call_all(self._turn_end)

    def _call_all(self, callbacks: List[Callback]) -> None:
        for callback in callbacks:
            try:
                if self.probe is None:
                    callback()
                else:
                    self.probe.timed(callback)()
            except Exception:
                self._on_bug()

    def _tick(self, planned_seconds: float) -> bool:
        """Read the clock; what is far more than planned was a stall, and says so.

        Then no time has passed at all, not even what was planned: whoever
        spoke in the meantime is heard before the nearest timer rings.
        """
        reading = self._clock()
        passed = reading - self._reading
        self._reading = reading
        if passed > planned_seconds + STALL_SECONDS:
            return True
        self.now += passed
        return False

    def _timeout(self) -> float:
        """Seconds to wait for files: none while there is something to do."""
        if self._deferred:
            return 0.0
        self._drop_cancelled()
        if not self._timers:
            return LONGEST_WAIT_SECONDS
        return min(max(self._timers[0][0] - self.now, 0.0), LONGEST_WAIT_SECONDS)

    def _drop_cancelled(self) -> None:
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)

    def _run_timers(self) -> int:
        """Run what is due and say how many that were."""
        due: List[Timer] = []
        while self._timers and self._timers[0][0] <= self.now + NEAR_SECONDS:
            due.append(heapq.heappop(self._timers)[2])
        if due:
            self.now = max(self.now, due[-1].when)  # whoever is called finds the time come
        for timer in due:  # an earlier one may cancel a later one
            callback, timer.callback = timer.callback, None
            if callback is not None:
                if self.probe is not None:
                    self.probe.timer_rang(self.now - timer.when)
                self._call_all([callback])
        return len(due)
