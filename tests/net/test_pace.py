"""Flood control with a clock that is told."""

from __future__ import annotations

import random
import unittest

from minichat.limits import Limits
from minichat.net.pace import SHORTEST_WAIT_SECONDS, Pace

LIMITS = Limits()
NOW = 1000.0
BURST_BYTES = 256_000


def serve(pace: Pace, lines: int, size: int, now: float = NOW, limits: Limits = LIMITS) -> int:
    """How many of so many lines of ``size`` bytes are served at once."""
    for served in range(lines):
        if pace.wait(limits, now):
            return served
        pace.charge(1, size)
    return lines


class ThePace(unittest.TestCase):
    """A paste goes through at once, a flood goes through slowly."""

    def test_four_hundred_lines_are_served_at_once_and_no_more(self) -> None:
        """Trap 41."""
        for lines, expected in ((399, 399), (400, 400), (401, 400)):
            self.assertEqual(serve(Pace(), lines, 10), expected)

    def test_long_lines_are_served_up_to_the_bytes_of_the_burst(self) -> None:
        """Trap 41."""
        for size, expected in ((640, 400), (641, 400), (4096, 63)):
            self.assertEqual(serve(Pace(), 500, size), expected)

    def test_a_debt_of_the_whole_burst_in_bytes_leaves_room_for_nothing(self) -> None:
        """Trap 41."""
        for size, may in ((BURST_BYTES - 1, True), (BURST_BYTES, False), (BURST_BYTES + 1, False)):
            pace = Pace()
            pace.wait(LIMITS, NOW)
            pace.charge(1, size)
            self.assertEqual(pace.wait(LIMITS, NOW) == 0.0, may, size)

    def test_after_the_burst_a_line_is_served_every_ten_milliseconds(self) -> None:
        """Trap 41."""
        pace = Pace()
        serve(pace, 400, 10)
        self.assertAlmostEqual(pace.wait(LIMITS, NOW), 0.01)
        self.assertAlmostEqual(pace.wait(LIMITS, NOW + 0.004), 0.006)
        self.assertEqual(serve(pace, 9, 10, NOW + 0.0101), 1)
        self.assertEqual(serve(pace, 99, 10, NOW + 0.5101), 50)

    def test_bytes_are_paid_off_at_the_rate_too(self) -> None:
        pace = Pace()
        pace.wait(LIMITS, NOW)
        pace.charge(1, BURST_BYTES + 64_000)
        self.assertAlmostEqual(pace.wait(LIMITS, NOW), 1.0)

    def test_what_was_thrown_away_is_paid_off_once(self) -> None:
        """Trap 51."""
        pace = Pace()
        self.assertEqual(pace.wait(LIMITS, NOW, BURST_BYTES - 1), 0.0)
        self.assertGreater(pace.wait(LIMITS, NOW, BURST_BYTES), 0.0)
        self.assertAlmostEqual(pace.wait(LIMITS, NOW, BURST_BYTES + 64_000), 1.0)
        self.assertAlmostEqual(pace.wait(LIMITS, NOW + 0.5, BURST_BYTES + 64_000), 0.5)
        self.assertEqual(pace.wait(LIMITS, NOW + 1.1, BURST_BYTES + 64_000), 0.0)

    def test_those_who_wait_for_one_address_try_again_one_after_the_other(self) -> None:
        """Trap 45: a thousand that wait do not all wake up in the same turn."""
        address = Pace()
        address.wait(LIMITS, NOW)
        address.charge(LIMITS.burst_lines, 0)
        waits = [Pace(parent=address).wait(LIMITS, NOW) for _ in range(1000)]
        self.assertAlmostEqual(waits[1] - waits[0], 1 / LIMITS.rate_lines)
        self.assertLess(max(waits), 2.0)

    def test_what_is_charged_more_is_waited_for(self) -> None:
        """Trap 41."""
        pace = Pace()
        served = 0
        while not pace.wait(LIMITS, NOW):
            pace.charge(1, 10)
            pace.charge(1, 0)  # it was refused
            served += 1
        self.assertEqual(served, 200)

    def test_after_the_wait_a_line_is_served(self) -> None:
        """Trap 41."""
        chance = random.Random(41)
        for _ in range(2000):
            limits = LIMITS._replace(rate_lines=chance.choice((0.5, 1, 3, 7, 100, 1e6)))
            pace, now = Pace(), chance.uniform(0, 1e6)
            pace.wait(limits, now)
            pace.charge(chance.randrange(1000), chance.randrange(10**6))
            wait = pace.wait(limits, now)
            if wait:
                self.assertGreaterEqual(wait, SHORTEST_WAIT_SECONDS)
                self.assertLessEqual(pace.wait(limits, now + wait), SHORTEST_WAIT_SECONDS)
                self.assertEqual(pace.wait(limits, now + wait + SHORTEST_WAIT_SECONDS), 0.0)

    def test_a_paste_of_a_thousand_lines_takes_six_seconds(self) -> None:
        """Trap 41."""
        pace, now, turns = Pace(), NOW, 0
        for _ in range(1000):
            while wait := pace.wait(LIMITS, now):
                now += wait
                turns += 1
            pace.charge(1, 30)
        self.assertAlmostEqual(now - NOW, 6.0, delta=0.05)
        self.assertLess(turns, 1300)  # hardly a wait that was too short

    def test_silence_saves_up_one_burst_and_not_two(self) -> None:
        """Trap 41."""
        pace = Pace()
        serve(pace, 400, 10)
        self.assertEqual(serve(pace, 1000, 10, NOW + 3600), 400)

    def test_a_rate_of_zero_turns_it_off(self) -> None:
        """Trap 41."""
        limits = LIMITS._replace(rate_lines=0.0)
        self.assertEqual(serve(Pace(), 10_000, 4096, limits=limits), 10_000)
