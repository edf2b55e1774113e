"""Coming back after a lost connection, without a connection: the clock is fake."""

from __future__ import annotations

import unittest
from typing import List
from unittest import mock

from minichat.chat import protocol
from minichat.client.reconnect import FIRST_SECONDS, GHOST_SECONDS, LONGEST_SECONDS, STEADY_SECONDS, Reconnect
from tests.client.test_outbox import FakeTime


class ReconnectTest(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.tried: List[str] = []
        self.reconnect = Reconnect(self.reactor, True, self.tried.append)
        no_jitter = mock.patch("random.uniform", lambda low, high: (low + high) / 2)
        no_jitter.start()
        self.addCleanup(no_jitter.stop)

    def lose_after(self, seconds: float) -> None:
        """Come in, and lose the connection that much later."""
        self.reconnect.came_in()
        self.pass_time(seconds)
        self.reconnect.lost()

    def pauses(self, count: int) -> List[float]:
        """The pauses before so many attempts, each of which fails at once."""
        pauses: List[float] = []
        for _ in range(count):
            pause = self.reconnect.try_again("ana")
            assert pause is not None
            self.pass_time(pause)
            pauses.append(pause)
        return pauses


class Attempts(ReconnectTest):
    def test_an_attempt_is_made_once_and_after_its_pause(self) -> None:
        pause = self.reconnect.try_again("ana")
        assert pause is not None
        self.pass_time(pause - 0.01)
        self.assertEqual(self.tried, [])
        self.pass_time(100.0)
        self.assertEqual(self.tried, ["ana"])

    def test_pauses_double_up_to_the_longest(self) -> None:
        self.assertEqual(self.pauses(7), [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0])
        self.assertEqual((FIRST_SECONDS, LONGEST_SECONDS), (1.0, 30.0))

    def test_a_pause_is_a_quarter_longer_or_shorter_at_random(self) -> None:
        for low_or_high, expected in ((min, 0.75), (max, 1.25)):
            with mock.patch("random.uniform", lambda low, high, choose=low_or_high: choose(low, high)):
                self.assertEqual(Reconnect(self.reactor, True, print).try_again("ana"), expected)

    def test_pauses_are_short_again_after_a_connection_that_held(self) -> None:
        for held, first in ((STEADY_SECONDS - 1.0, 8.0), (STEADY_SECONDS + 1.0, 1.0)):
            with self.subTest(held):
                self.pauses(10)
                self.lose_after(STEADY_SECONDS + 1.0)
                self.assertEqual(self.pauses(3), [1.0, 2.0, 4.0])
                self.lose_after(held)
                self.assertEqual(self.pauses(1), [first])

    def test_without_the_wish_there_is_no_attempt(self) -> None:
        reconnect = Reconnect(self.reactor, False, self.tried.append)
        self.assertIsNone(reconnect.try_again("ana"))
        self.pass_time(100.0)
        self.assertEqual(self.tried, [])

    def test_a_cancelled_attempt_is_not_made(self) -> None:
        self.reconnect.cancel()
        self.reconnect.try_again("ana")
        self.reconnect.cancel()
        self.pass_time(100.0)
        self.assertEqual(self.tried, [])


class Ghosts(ReconnectTest):
    def test_who_was_never_in_has_no_ghost(self) -> None:
        self.assertFalse(self.reconnect.has_been_in)
        self.assertFalse(self.reconnect.is_ghost(protocol.NICK_IN_USE))

    def test_a_taken_nick_is_a_ghost_for_two_minutes(self) -> None:
        self.lose_after(1.0)
        self.assertTrue(self.reconnect.has_been_in)
        self.pass_time(GHOST_SECONDS - 1.0)
        self.assertTrue(self.reconnect.is_ghost(protocol.NICK_IN_USE))
        self.pass_time(1.5)
        self.assertFalse(self.reconnect.is_ghost(protocol.NICK_IN_USE))

    def test_an_illegal_nick_is_no_ghost(self) -> None:
        self.lose_after(1.0)
        self.assertFalse(self.reconnect.is_ghost(protocol.NICK_INVALID))

    def test_each_loss_begins_two_minutes_anew(self) -> None:
        self.lose_after(1.0)
        self.pass_time(GHOST_SECONDS + 1.0)
        self.lose_after(1.0)
        self.assertTrue(self.reconnect.is_ghost(protocol.NICK_IN_USE))


if __name__ == "__main__":
    unittest.main()
