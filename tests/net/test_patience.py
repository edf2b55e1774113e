"""Patience with one peer: what it takes of its queue, and when it ends."""

from __future__ import annotations

import math
import unittest

from minichat.limits import Limits
from minichat.net.patience import Patience
from minichat.net.reactor import Reactor

LIMITS = Limits()


class PatienceCase(unittest.TestCase):
    """One peer, and a clock that is set by hand."""

    def setUp(self) -> None:
        self.time = 0.0
        self.due = 0
        self.reactor = Reactor(clock=lambda: self.time)
        self.addCleanup(self.reactor.close)
        self.patience = self.new()

    def new(self) -> Patience:
        return Patience(self.reactor, LIMITS, self.ring)

    def ring(self) -> None:
        self.due += 1

    def at(self, time: float) -> Patience:
        """Let time pass until then, in steps too small for a stall."""
        while self.time < time:
            self.time = min(time, self.time + 0.5)
            self.reactor.call_later(0.0, lambda: None)
            self.reactor.run_once()
        return self.patience

    def queue(self, cost: int, has_taken: bool = False, grows: bool = True, is_blocked: bool = False) -> None:
        self.patience.queue(cost, grows, is_blocked, has_taken)

    def deadline(self) -> float:
        return round(self.patience.deadline(), 6)


class TooSlow(PatienceCase):
    """When a reader has been slow for too long."""

    def test_a_queue_over_the_limit_is_too_slow_at_once(self) -> None:
        """Trap 33."""
        for cost, expected in ((262143, 10.0), (262144, 10.0), (262145, -math.inf)):
            self.queue(cost)
            self.assertEqual(self.deadline(), expected)

    def test_a_queue_that_no_longer_grows_is_never_too_large(self) -> None:
        """Trap 32."""
        self.queue(1 << 30, grows=False)
        self.assertEqual(self.deadline(), 10.0)

    def test_over_the_soft_limit_the_queue_has_ten_seconds(self) -> None:
        """Trap 33."""
        for cost, expected in ((65535, 15.0), (65536, 15.0), (65537, 10.0)):
            self.setUp()
            self.queue(cost + 1)
            self.at(5.0)
            self.queue(cost, has_taken=True)  # progress alone would give it until 15.0
            self.assertEqual(self.deadline(), expected, cost)

    def test_more_to_send_does_not_extend_the_patience(self) -> None:
        """Trap 33."""
        self.queue(100_000)
        self.at(4.0)
        self.queue(100_100)
        self.at(8.0)
        self.queue(100_090, has_taken=True)
        self.assertEqual(self.deadline(), 10.0)

    def test_a_queue_that_shrinks_under_the_soft_limit_is_forgiven(self) -> None:
        """Trap 33."""
        self.queue(65537)
        self.at(8.0)
        self.queue(65527, has_taken=True)
        self.assertEqual(self.deadline(), 18.0)
        self.at(9.0)
        self.queue(65727)
        self.at(9.5)
        self.queue(65726, has_taken=True)
        self.assertEqual(self.deadline(), 19.0)

    def test_no_progress_for_ten_seconds_is_too_slow(self) -> None:
        """Trap 33."""
        self.queue(3)
        self.at(4.0)
        self.queue(6, has_taken=False)
        self.assertEqual(self.deadline(), 10.0)
        self.at(5.0)
        self.queue(5, has_taken=True)
        self.assertEqual(self.deadline(), 15.0)
        self.assertFalse(self.at(14.5).is_over())
        self.assertTrue(self.at(15.0).is_over())

    def test_nothing_is_waited_for_when_nothing_is_queued(self) -> None:
        self.queue(300_000)
        self.queue(0, has_taken=True)
        self.assertEqual(self.deadline(), math.inf)


class TheDrain(PatienceCase):
    """Two seconds of silence, five in all."""

    def test_a_silent_peer_has_two_seconds(self) -> None:
        self.patience.all_sent()
        self.assertEqual(self.deadline(), 2.0)

    def test_silence_does_not_count_while_output_waits(self) -> None:
        self.patience.drain()
        self.assertEqual(self.deadline(), 5.0)

    def test_silence_counts_from_the_last_byte_sent(self) -> None:
        self.patience.drain()
        self.at(1.5).all_sent()
        self.assertEqual(self.deadline(), 3.5)

    def test_silence_counts_from_there_however_much_came_before(self) -> None:
        """Trap 33: who was cut, sends without end and reads late still has time to read the reason."""
        self.patience.drain()
        self.patience.received(262145)
        self.at(2.5).all_sent()
        self.assertEqual(self.deadline(), 4.5)

    def test_input_shows_that_the_peer_is_there(self) -> None:
        self.patience.all_sent()
        self.at(1.5).received(1)
        self.assertEqual(self.deadline(), 3.5)

    def test_input_does_not_extend_it_for_ever(self) -> None:
        self.patience.all_sent()
        for time in (1.0, 2.5, 4.0):
            self.at(time).received(1)
        self.assertEqual(self.deadline(), 5.0)

    def test_input_without_end_is_no_sign_of_life(self) -> None:
        for size, expected in ((262143, 3.0), (262144, 3.0), (262145, 2.0)):
            self.setUp()
            self.patience.all_sent()
            self.at(1.0).received(size)
            self.assertEqual(self.deadline(), expected, size)

    def test_input_is_counted_over_all_reads(self) -> None:
        self.patience.all_sent()
        self.at(0.5).received(262144)
        self.at(1.0).received(1)
        self.assertEqual(self.deadline(), 2.5)

    def test_a_queue_that_does_not_move_ends_a_drain_too(self) -> None:
        """Trap 14."""
        self.queue(1000, grows=False)
        self.at(7.0).drain()
        self.assertEqual(self.deadline(), 10.0)


class TheTimer(PatienceCase):
    """It rings when a deadline may have come, and not without need."""

    def rings_at(self, until: float) -> float:
        """When it rings, if it does by then."""
        while self.time < until and not self.due:
            self.at(self.time + 0.5)
        return self.time if self.due else math.inf

    def test_it_rings_at_the_deadline(self) -> None:
        self.queue(10)
        self.patience.watch()
        self.assertEqual(self.rings_at(20.0), 10.0)

    def test_it_rings_after_a_second_while_a_send_is_blocked(self) -> None:
        self.queue(10, is_blocked=True)
        self.patience.watch()
        self.assertEqual(self.rings_at(20.0), 1.0)

    def test_a_nearer_deadline_moves_it(self) -> None:
        self.queue(10)
        self.patience.watch()
        self.queue(0)
        self.patience.all_sent()
        self.patience.watch()
        self.assertEqual(self.rings_at(20.0), 2.0)

    def test_what_is_overdue_already_is_told_at_once(self) -> None:
        self.queue(300_000, is_blocked=True)
        self.patience.watch()
        self.assertEqual(self.due, 1)

    def test_a_peer_that_has_caught_up_costs_no_turn(self) -> None:
        self.queue(10, is_blocked=True)
        self.patience.watch()
        self.queue(0, has_taken=True)
        self.patience.watch()
        self.assertEqual(self.reactor._timers.seconds_to_wait(self.reactor.now), 86400.0)

    def test_it_is_silent_once_it_is_stopped(self) -> None:
        self.queue(10, is_blocked=True)
        self.patience.watch()
        self.patience.stop()
        self.assertEqual(self.rings_at(20.0), math.inf)
