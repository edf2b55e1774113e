"""The patience with a peer that is being disconnected."""

from __future__ import annotations

import unittest

from minichat.limits import Limits
from minichat.net.drain import Drain

LIMITS = Limits()
NOW = 100.0


class TheDrain(unittest.TestCase):
    """Two seconds of silence, five in all."""

    def test_a_silent_peer_has_two_seconds(self) -> None:
        self.assertEqual(Drain(LIMITS, NOW).deadline(is_sent=True), 102.0)

    def test_silence_does_not_count_while_output_waits(self) -> None:
        self.assertEqual(Drain(LIMITS, NOW).deadline(is_sent=False), 105.0)

    def test_input_shows_that_the_peer_is_there(self) -> None:
        drain = Drain(LIMITS, NOW)
        drain.received(1, 101.5)
        self.assertEqual(drain.deadline(is_sent=True), 103.5)

    def test_input_does_not_extend_it_for_ever(self) -> None:
        drain = Drain(LIMITS, NOW)
        for now in (101.0, 102.5, 104.0):
            drain.received(1, now)
        self.assertEqual(drain.deadline(is_sent=True), 105.0)
        self.assertEqual(drain.deadline(is_sent=False), 105.0)

    def test_input_without_end_is_no_sign_of_life(self) -> None:
        for size, expected in ((262143, 103.0), (262144, 103.0), (262145, 102.0)):
            drain = Drain(LIMITS, NOW)
            drain.received(size, 101.0)
            self.assertEqual(drain.deadline(is_sent=True), expected, size)

    def test_input_is_counted_over_all_reads(self) -> None:
        drain = Drain(LIMITS, NOW)
        drain.received(262144, 100.5)
        drain.received(1, 101.0)
        self.assertEqual(drain.deadline(is_sent=True), 102.5)
