"""Waiting for the server's goodbye, without a server: the clock is fake."""

from __future__ import annotations

import signal
import unittest
from typing import List

from minichat.client.leaving import ENDING_SIGNALS, LEAVE_SECONDS, Goodbye, known_signals
from tests.client.test_outbox import FakeTime


class Waiting(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.given_up: List[float] = []
        self.goodbye = Goodbye(self.reactor, lambda: self.given_up.append(self.reactor.now))

    def test_after_some_silence_it_gives_up_once(self) -> None:
        self.goodbye.heard()  # before the QUIT, which does not count
        self.goodbye.wait()
        self.pass_time(LEAVE_SECONDS - 0.1)
        self.assertEqual(self.given_up, [])
        self.pass_time(10 * LEAVE_SECONDS)
        self.assertEqual(self.given_up, [LEAVE_SECONDS])

    def test_it_waits_while_the_server_says_something(self) -> None:
        self.goodbye.wait()
        for _ in range(20):
            self.pass_time(LEAVE_SECONDS / 2)
            self.goodbye.heard()
        self.assertEqual(self.given_up, [])
        self.pass_time(2 * LEAVE_SECONDS)
        self.assertEqual(len(self.given_up), 1)

    def test_signals_that_a_system_has_not_are_left_out(self) -> None:
        self.assertEqual(known_signals("SIGINT", "SIGNOTHING"), (signal.SIGINT,))
        self.assertIn(signal.SIGTERM, ENDING_SIGNALS)


if __name__ == "__main__":
    unittest.main()
