"""The reactor: waits for many files at once and calls the handlers of those that are ready.

One thread, one loop.  The reactor knows file objects, handlers, timers and the
steps of a turn; it does not know lines, members or what a connection is.

A turn, always in this order:
  1. wait in ``select`` until a file is ready or the nearest timer is due;
  2. call the handler of each ready file: a handler reads, and notes what there is to do;
  3. ring the timers that are due: a timer only notes, too;
  4. take the steps of the turn, which do what was noted.  The program has
     listed them once, in their order, with ``at_turn_end``.

Invariants: no handler runs after its file was unregistered, not even when both
were ready in one batch; an exception in one call ends neither turn nor loop.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import selectors
import time
from typing import Any, Callable, Iterable, List, Optional, Set, Tuple

Handler = Callable[[int], object]  # called with the mask of EVENT_READ and EVENT_WRITE
Callback = Callable[[], object]
Step = Callable[[], object]  # returns true when it has more to do
Ready = List[Tuple[selectors.SelectorKey, int]]

# A wait is cut into days: epoll takes milliseconds in 32 bits, 24 days at most.
LONGEST_WAIT_SECONDS = 86400.0

# When more time than this passes beyond what was planned, the process was stopped
# (SIGSTOP, a suspended laptop, a debugger): the time does not count against peers.
STALL_SECONDS = 1.0

# A timer this near is due: to wait for what the rounding of many sums has left
# would be a turn that does nothing.
NEAR_SECONDS = 1e-6

log = logging.getLogger(__name__)


class Timer:
    """A call that will be made once, unless it is cancelled before."""

    __slots__ = ("callback", "when")

    def __init__(self, when: float, callback: Callback) -> None:
        self.when = when
        self.callback: Optional[Callback] = callback

    def cancel(self) -> None:
        """Do not call.  Does nothing after the call or after another ``cancel``."""
        self.callback = None


class Reactor:
    """Handlers by file object, timers, steps; one turn at a time.

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
        work_clock: Callable[[], float] = time.process_time,
    ) -> None:
        """``clock`` counts seconds and never goes back; ``work_clock`` counts those in which the process computed.

        ``on_bug`` is called in the except clause of each exception that a call
        let escape; without it the traceback is logged.
        """
        self._selector = selector or selectors.DefaultSelector()
        self._clock = clock
        self._reading = clock()
        self._work_clock, self._work_reading = work_clock, work_clock()
        self._on_bug = on_bug or (lambda: log.exception("a handler failed"))
        self._timers: List[Tuple[float, int, Timer]] = []
        self._order = itertools.count()  # among timers due at the same time
        self._steps: List[Step] = []
        self._has_more = False  # a step of the turn before has said so
        self._gone: Set[Handler] = set()  # unregistered in this turn
        self.is_stopping = False
        self.now = 0.0  # seconds since the start, stalls not counted
        self.turns = 0
        self.empty_turns = 0  # turns that woke up for nothing; stays 0

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

    def call_later(self, seconds: float, callback: Callback) -> Timer:
        """Call once, so long after the start of this turn; 0 is in this turn from a handler, else in the next."""
        timer = Timer(self.now + seconds, callback)
        heapq.heappush(self._timers, (timer.when, next(self._order), timer))
        return timer

    def turn_seconds(self) -> float:
        """Return how long this turn has been at work since it woke up."""
        return self._clock() - self._reading

    def at_turn_end(self, *steps: Step) -> None:
        """Take ``steps`` at the end of every turn, in this order, after those added before.

        A step that returns something true has more to do, as has one that
        raises: then the next turn does not wait.
        """
        self._steps += steps

    # -- the loop ----------------------------------------------------------

    def run(self) -> None:
        """Take turns until ``stop`` is called; return at once if it was called before."""
        while not self.is_stopping:
            self.run_once()
        self.is_stopping = False

    def stop(self) -> None:
        """Let ``run`` return at the end of this turn."""
        self.is_stopping = True

    def close(self) -> None:
        """Close the selector; the files stay open."""
        self._selector.close()

    def run_once(self) -> None:
        """Take one turn."""
        worked, self._work_reading = self._work_reading, self._work_clock()
        self._tick(self._work_reading - worked)  # a long turn is no stall
        timeout = self._timeout()
        ready = self._wait(timeout)
        has_stalled = self._tick(timeout)
        self.turns += 1
        if len(ready) > 1:  # each turn begins with the handler of another file
            start = self.turns % len(ready)
            ready = ready[start:] + ready[:start]
        for key, mask in ready:
            # A file that was closed a moment ago may still stand in this batch,
            # and its number may already belong to another one.
            if self._gone and key.data in self._gone:
                continue
            try:
                key.data(mask)
            except Exception:
                self._on_bug()
        due = self._due_timers() if self._timers and self._timers[0][0] <= self.now + NEAR_SECONDS else []
        for timer in due:
            self._ring(timer)
        if not (ready or due or self._has_more or has_stalled or timeout == LONGEST_WAIT_SECONDS):
            self.empty_turns += 1
        self._has_more = self._call_all(self._steps)
        self._gone.clear()

    # -- what a watched reactor stands in front of -----------------------------

    def _wait(self, timeout: float) -> Ready:
        return self._selector.select(timeout)

    def _call_all(self, calls: Iterable[Step]) -> bool:
        """Call one after the other; True if one of them has more to do."""
        has_more = False
        for call in calls:
            try:
                if call():
                    has_more = True
            except Exception:
                has_more = True
                self._on_bug()
        return has_more

    def _ring(self, timer: Timer) -> None:
        callback, timer.callback = timer.callback, None
        if callback is not None:  # a timer that rang before this one may have cancelled it
            self._call_all([callback])

    # -- time ----------------------------------------------------------------

    def _tick(self, planned_seconds: float) -> bool:
        """Read the clock; True if the process has stood still for far longer than was planned."""
        reading = self._clock()
        passed = reading - self._reading
        self._reading = reading
        if passed > planned_seconds + STALL_SECONDS:
            return True  # no time counts, not even the planned: what came meanwhile goes before the timers
        self.now += passed
        return False

    def _timeout(self) -> float:
        """Seconds to wait for files: none while there is something to do."""
        if self._has_more:
            return 0.0
        timers = self._timers
        while timers and timers[0][2].callback is None:  # cancelled
            heapq.heappop(timers)
        if not timers:
            return LONGEST_WAIT_SECONDS
        return min(max(timers[0][0] - self.now, 0.0), LONGEST_WAIT_SECONDS)

    def _due_timers(self) -> List[Timer]:
        """Take the timers off whose time has come, at least one, in the order of their time."""
        due: List[Timer] = []
        while self._timers and self._timers[0][0] <= self.now + NEAR_SECONDS:
            due.append(heapq.heappop(self._timers)[2])
        self.now = max(self.now, due[-1].when)  # what a timer calls finds its time come
        return due
