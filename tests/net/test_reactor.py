"""The reactor: the order of a turn, timers, deferred calls, stale events."""

from __future__ import annotations

import selectors
import socket
import unittest
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, List, Optional, Tuple

from minichat.net.reactor import Reactor
from minichat.net.timers import LONGEST_WAIT_SECONDS
from minichat.trace.recorder import Recorder
from minichat.trace.watched import WatchedReactor


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class FakeSelector:
    """Hands out the batches it was given, and lets the time it waits pass."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.batches: List[List[Tuple[str, int]]] = []
        self.waits: List[Optional[float]] = []
        self.keys: dict[str, selectors.SelectorKey] = {}

    def register(self, file: str, events: int, data: Any) -> selectors.SelectorKey:
        self.keys[file] = selectors.SelectorKey(file, 0, events, data)  # type: ignore[arg-type]
        return self.keys[file]

    def unregister(self, file: str) -> selectors.SelectorKey:
        return self.keys.pop(file)

    def select(self, timeout: Optional[float] = None) -> List[Tuple[selectors.SelectorKey, int]]:
        self.waits.append(timeout)
        batch = self.batches.pop(0) if self.batches else []
        if not batch and timeout:
            self.clock.time += timeout
        return [(self.keys[file], mask) for file, mask in batch]

    def close(self) -> None:
        self.keys.clear()


class ReactorCase(unittest.TestCase):
    """A reactor with a fake clock and a fake selector."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.selector = FakeSelector(self.clock)
        self.bugs: List[str] = []
        self.reactor = Reactor(self.selector, self.clock, on_bug=lambda: self.bugs.append("bug"))  # type: ignore[arg-type]
        self.seen: List[str] = []

    def see(self, what: str) -> None:
        self.seen.append(what)

    def turns(self, count: int) -> None:
        for _ in range(count):
            self.reactor.run_once()


class Turn(ReactorCase):
    def test_handlers_come_before_timers_before_the_steps(self) -> None:
        self.reactor.at_turn_end(lambda: self.see("one"), lambda: self.see("two"))
        self.reactor.call_later(0.0, lambda: self.see("timer"))
        self.reactor.register("a", EVENT_READ, lambda mask: self.see("handler"))
        self.selector.batches = [[("a", EVENT_READ)]]
        self.turns(1)
        self.assertEqual(self.seen, ["handler", "timer", "one", "two"])

    def test_a_handler_is_told_what_its_file_is_ready_for(self) -> None:
        self.reactor.register("a", EVENT_READ, lambda mask: self.see(str(mask)))
        self.selector.batches = [[("a", EVENT_READ | EVENT_WRITE)]]
        self.turns(1)
        self.assertEqual(self.seen, ["3"])

    def test_a_call_of_a_handler_for_soon_runs_in_the_same_turn(self) -> None:
        self.reactor.register("a", EVENT_READ, lambda mask: self.reactor.call_later(0.0, lambda: self.see("soon")))
        self.selector.batches = [[("a", EVENT_READ)]]
        self.turns(1)
        self.assertEqual(self.seen, ["soon"])

    def test_a_call_of_a_timer_for_soon_runs_next_turn_without_waiting(self) -> None:
        self.reactor.call_later(0.0, lambda: self.reactor.call_later(0.0, lambda: self.see("second")))
        self.turns(1)
        self.assertEqual(self.seen, [])
        self.turns(1)
        self.assertEqual((self.seen, self.selector.waits[-1]), (["second"], 0.0))

    def test_a_step_that_has_more_to_do_lets_no_turn_wait(self) -> None:
        more = [True, True, False]
        self.reactor.at_turn_end(lambda: more.pop(0), lambda: False)
        self.turns(3)
        self.assertEqual(self.selector.waits, [LONGEST_WAIT_SECONDS, 0.0, 0.0])
        more.append(False)
        self.turns(1)
        self.assertEqual(self.selector.waits[-1], LONGEST_WAIT_SECONDS)
        self.assertEqual(self.reactor.empty_turns, 0)

    def test_a_step_that_raises_counts_as_one_that_has_more(self) -> None:
        """Trap 18."""
        self.reactor.at_turn_end(lambda: 1 / 0, lambda: self.see("next"))
        self.turns(2)
        self.assertEqual((self.seen, self.bugs), (["next"] * 2, ["bug"] * 2))
        self.assertEqual(self.selector.waits[-1], 0.0)

    def test_whoever_is_first_in_a_batch_changes_from_turn_to_turn(self) -> None:
        """Trap 19: no file is always served first."""
        for name in "abc":
            self.reactor.register(name, EVENT_READ, lambda mask, name=name: self.see(name))  # type: ignore[misc]
        self.selector.batches = [[(name, EVENT_READ) for name in "abc"]] * 3
        self.turns(3)
        self.assertEqual(sorted(self.seen[0::3]), ["a", "b", "c"])

    def test_a_stop_before_the_run_counts(self) -> None:
        self.reactor.at_turn_end(self.reactor.stop)  # or the run would never end, were the first one lost
        self.reactor.stop()
        self.reactor.run()
        self.assertEqual(self.reactor.turns, 0)

    def test_stop_lets_the_turn_finish(self) -> None:
        self.reactor.call_later(0.0, self.reactor.stop)
        self.reactor.at_turn_end(lambda: self.see("end"))
        self.reactor.run()
        self.assertEqual(self.seen, ["end"])


class Watched(ReactorCase):
    def test_who_stands_still_before_each_wait_stops_no_timer(self) -> None:
        class Slow(Recorder):
            def waits(self, timeout: float, deferred: int) -> None:
                clock.time += 5.0

        clock = self.clock
        recorder = Slow(lambda event: None)
        reactor = WatchedReactor(recorder, self.selector, self.clock)
        reactor.call_later(3.0, reactor.stop)
        reactor.run()
        self.assertEqual((reactor.now, reactor.turns), (3.0, 1))


class StaleEvents(ReactorCase):
    def test_a_handler_is_not_kept_after_its_last_turn(self) -> None:
        self.reactor.register("a", EVENT_READ, self.see)  # type: ignore[arg-type]
        self.reactor.at_turn_end(lambda: self.reactor.unregister("a") if self.selector.keys else None)
        self.turns(1)
        self.assertEqual(self.reactor._gone, set())

    def test_a_file_closed_earlier_in_the_batch_is_not_called(self) -> None:
        """Trap 8."""
        handlers = {"a": lambda mask: self.reactor.unregister("b"), "b": lambda mask: self.see("b")}
        for name, handler in handlers.items():
            self.reactor.register(name, EVENT_READ, handler)
        self.selector.batches = [[("b", EVENT_READ), ("a", EVENT_READ)]]  # turned round in turn 1
        self.turns(1)
        self.assertEqual(self.seen, [])

    def test_a_new_file_gets_no_event_of_the_file_before_it(self) -> None:
        """Trap 8."""

        def replace(mask: int) -> None:
            self.reactor.unregister("b")
            self.reactor.register("b", EVENT_READ, lambda mask: self.see("new"))

        self.reactor.register("b", EVENT_READ, lambda mask: self.see("old"))
        self.reactor.register("a", EVENT_READ, replace)
        self.selector.batches = [[("b", EVENT_READ), ("a", EVENT_READ)], [("b", EVENT_READ)]]
        self.turns(1)
        self.assertEqual(self.seen, [])
        self.turns(1)
        self.assertEqual(self.seen, ["new"])


class Bugs(ReactorCase):
    def test_a_bug_in_one_handler_keeps_nobody_else_from_running(self) -> None:
        """Trap 18."""
        self.reactor.register("a", EVENT_READ, lambda mask: self.fail("a bug"))
        self.reactor.register("b", EVENT_READ, lambda mask: self.see("b"))
        self.reactor.call_later(0.0, lambda: 1 / 0)
        self.reactor.call_later(0.0, lambda: self.see("soon"))
        self.reactor.call_later(0, lambda: 1 / 0)
        self.selector.batches = [[("a", EVENT_READ), ("b", EVENT_READ)]]
        self.turns(1)
        self.assertEqual((self.seen, self.bugs), (["b", "soon"], ["bug"] * 3))

    def test_without_anyone_to_tell_a_bug_is_logged_with_its_traceback(self) -> None:
        reactor = Reactor(self.selector, self.clock)  # type: ignore[arg-type]
        reactor.call_later(0.0, lambda: 1 / 0)
        with self.assertLogs("minichat", "ERROR") as logged:
            reactor.run_once()
        self.assertIn("ZeroDivisionError", logged.output[0])


class Timers(ReactorCase):
    def test_timers_run_in_the_order_of_their_time_then_of_their_making(self) -> None:
        for seconds, name in ((2.0, "c"), (1.0, "a"), (1.0, "b")):
            self.reactor.call_later(seconds, lambda name=name: self.see(name))  # type: ignore[misc]
        self.turns(2)
        self.assertEqual(self.seen, ["a", "b", "c"])

    def test_a_cancelled_timer_does_not_run_and_does_not_wake_the_loop(self) -> None:
        self.reactor.call_later(1.0, lambda: self.see("cancelled")).cancel()
        self.reactor.call_later(5.0, lambda: self.see("kept"))
        self.turns(1)
        self.assertEqual((self.seen, self.selector.waits), (["kept"], [5.0]))

    def test_a_timer_may_cancel_another_that_is_due_with_it(self) -> None:
        self.reactor.call_later(1.0, lambda: second.cancel())  # noqa: PLW0108 (second comes later)
        second = self.reactor.call_later(1.0, lambda: self.see("second"))
        self.turns(1)
        self.assertEqual(self.seen, [])

    def test_the_wait_is_never_more_than_the_selector_takes(self) -> None:
        """Trap 16."""
        self.turns(1)
        self.reactor.call_later(366 * 86400.0, lambda: self.see("year")).cancel()
        self.turns(1)
        self.reactor.call_later(0.0003, lambda: self.see("tiny"))
        self.turns(1)
        day = LONGEST_WAIT_SECONDS
        self.assertEqual(self.seen, ["tiny"])
        self.assertEqual(self.selector.waits[:2], [day, day])
        self.assertAlmostEqual(self.selector.waits[2] or 0, 0.0003)

    def test_a_timer_a_year_away_comes_after_a_year_of_days(self) -> None:
        """Trap 16."""
        self.reactor.call_later(366 * 86400.0, lambda: self.see("year"))
        self.turns(365)
        self.assertEqual(self.seen, [])
        self.turns(1)
        self.assertEqual(self.seen, ["year"])

    def test_a_timer_that_rings_early_finds_its_time_come(self) -> None:
        self.reactor.call_later(1.0, lambda: self.see(str(self.reactor.now >= 1.0)))
        self.reactor.register("a", EVENT_READ, lambda mask: self.see("just before"))
        self.selector.batches = [[("a", EVENT_READ)]]
        self.clock.time += 1.0 - 5e-7
        self.turns(1)
        self.assertEqual(self.seen, ["just before", "True"])

    def test_no_turn_is_spent_for_nothing_while_a_timer_draws_near(self) -> None:
        """Traps 13 and 16, with the selector of this machine."""
        reactor = Reactor()
        self.addCleanup(reactor.close)
        for seconds in (0.0003, 0.001, 0.0123):
            reactor.call_later(seconds, lambda: self.see("rang"))
        reactor.call_later(0.03, reactor.stop)
        reactor.run()
        self.assertEqual((len(self.seen), reactor.empty_turns), (3, 0))
        self.assertLessEqual(reactor.turns, 4)


class Stalls(ReactorCase):
    def test_an_hour_in_which_the_process_stood_still_does_not_count(self) -> None:
        """Trap 17."""
        self.reactor.call_later(10.0, lambda: self.see("deadline"))
        self.reactor.register("a", EVENT_READ, lambda mask: None)
        self.selector.batches = [[("a", EVENT_READ)]]
        self.clock.time += 3600.0
        self.turns(1)
        self.assertEqual(self.seen, [])
        self.turns(1)
        self.assertEqual(self.seen, ["deadline"])
        self.assertAlmostEqual(self.reactor.now, 10.0)

    def test_stopped_in_its_wait_it_hears_what_came_before_timers(self) -> None:
        """Trap 17: what came meanwhile may have been in time."""
        select = self.selector.select

        def stopped(timeout: Optional[float] = None) -> List[Tuple[selectors.SelectorKey, int]]:
            self.clock.time += 3600.0
            self.selector.select = select  # type: ignore[method-assign]
            return select(timeout)

        self.selector.select = stopped  # type: ignore[method-assign]
        self.reactor.call_later(10.0, lambda: self.see("deadline"))
        self.reactor.register("a", EVENT_READ, lambda mask: self.see("what came"))
        self.selector.batches = [[], [("a", EVENT_READ)]]
        self.turns(2)
        self.assertEqual(self.seen, ["what came"])
        self.turns(1)
        self.assertEqual(self.seen, ["what came", "deadline"])
        self.assertAlmostEqual(self.reactor.now, 10.0)

    def test_a_handler_that_takes_an_hour_does_not_count_either(self) -> None:
        """Trap 17: the process was stopped in a debugger."""

        def stand_still() -> None:
            self.clock.time += 3600.0

        self.reactor.call_later(10.0, lambda: self.see("deadline"))
        self.reactor.call_later(0.0, stand_still)
        self.turns(2)
        self.assertEqual((self.selector.waits[-1], self.seen), (10.0, ["deadline"]))

    def test_an_hour_of_our_own_work_does_count(self) -> None:
        """Trap 44: a long turn is no stall, or the deadlines of all would stand still with it."""
        worked = [0.0]

        def work() -> None:
            self.clock.time += 3600.0
            worked[0] += 3600.0

        reactor = Reactor(self.selector, self.clock, work_clock=lambda: worked[0])  # type: ignore[arg-type]
        reactor.call_later(10.0, lambda: self.see("deadline"))
        reactor.call_later(0.0, work)
        for _ in range(2):
            reactor.run_once()
        self.assertEqual(self.seen, ["deadline"])
        self.assertGreaterEqual(reactor.now, 3600.0)

    def test_a_short_delay_does_count(self) -> None:
        self.reactor.call_later(0.0, lambda: setattr(self.clock, "time", self.clock.time + 0.5))
        self.turns(1)
        self.selector.batches = [[]]
        self.reactor.call_later(1.0, lambda: self.see("timer"))
        self.turns(1)
        self.assertAlmostEqual(self.selector.waits[-1] or 0, 0.5)


class RealSelectors(unittest.TestCase):
    def test_files_are_served_whatever_the_selector_is(self) -> None:
        """Trap 15."""
        names = ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector")
        for kind in (getattr(selectors, name) for name in names if hasattr(selectors, name)):
            with self.subTest(selector=kind.__name__):
                self.assertEqual(self._echo_once(Reactor(kind())), b"oi")

    def _echo_once(self, reactor: Reactor) -> bytes:
        here, there = socket.socketpair()
        got: List[bytes] = []

        def read(mask: int) -> None:
            got.append(here.recv(100))
            reactor.unregister(here)

        reactor.register(here, EVENT_READ, read)
        there.send(b"oi")
        reactor.run_once()
        there.send(b"more")
        reactor.call_later(0.0, lambda: None)  # so that the turn does not wait
        reactor.run_once()
        for closing in (here, there, reactor):
            closing.close()
        return b"".join(got)
