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

import logging
import selectors
import time
from typing import Any, Callable, Iterable, List, Optional, Set, Tuple

from minichat.net.timers import LONGEST_WAIT_SECONDS, Callback, Timer, Timers

Handler = Callable[[int], object]  # called with the mask of EVENT_READ and EVENT_WRITE
Step = Callable[[], object]  # returns true when it has more to do
Ready = List[Tuple[selectors.SelectorKey, int]]

# When more time than this passes beyond what was planned, the process was stopped
# (SIGSTOP, a suspended laptop, a debugger): the time does not count against peers.
STALL_SECONDS = 1.0

log = logging.getLogger(__name__)


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
        self._timers = Timers()
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
        return self._timers.add(self.now + seconds, callback)

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
        timeout = 0.0 if self._has_more else self._timers.seconds_to_wait(self.now)
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
        due = self._timers.take_due(self.now) if self._timers.due_from <= self.now else []
        for timer in due:
            self.now = max(self.now, timer.when)  # what it calls finds its time come
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
