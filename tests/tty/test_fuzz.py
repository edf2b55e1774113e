"""Random keys: nothing goes out that ENTER was not pressed for, and the model can fail."""

from __future__ import annotations

import random
import unittest
from unittest import mock

from minichat.tty import keys
from minichat.tty.paste import Paste
from tests.program import run_program
from tests.support import once
from tests.tty.fuzzing.__main__ import replay, run_range
from tests.tty.fuzzing.acts import ACTS
from tests.tty.fuzzing.bugs import BUGS, planted
from tests.tty.fuzzing.cuts import check_memory
from tests.tty.fuzzing.episode import run_seed
from tests.tty.fuzzing.seat import Violation

SEEDS = 1500  # in the suite; --seeds as many as one likes
MEMORY_SEEDS = 40
MOST_SEEDS_PER_BUG = 1000


class Seeds(unittest.TestCase):
    def test_nothing_goes_out_that_enter_was_not_pressed_for(self) -> None:
        """Traps 61, 62, 63, 65, 67, 68 and 71."""
        result = run_range(0, SEEDS)
        self.assertEqual(result.failures[:5], [])
        self.assertEqual([act for act in ACTS if not result.counts[act.__name__]], [])

    def test_the_same_seed_does_the_same(self) -> None:
        logs = [run_seed(seed)[0].keyboard.log for seed in (1, 1, 2)]
        self.assertEqual(logs[0], logs[1])
        self.assertNotEqual(logs[0], logs[2])

    def test_what_has_no_end_is_kept_only_up_to_a_bound(self) -> None:
        for seed in range(MEMORY_SEEDS):
            check_memory(random.Random(seed))

    def test_what_is_kept_without_a_bound_is_noticed(self) -> None:
        def hoard(paste: Paste, data: bytes) -> None:
            paste._bytes += data

        for patch in (mock.patch.object(keys, "SEQUENCE_BYTES", 1 << 30), mock.patch.object(Paste, "take", hoard)):
            with patch, self.assertRaises(Violation):
                for seed in range(MEMORY_SEEDS):
                    check_memory(random.Random(seed))


@once
class PlantedBugs(unittest.TestCase):
    def test_there_are_at_least_20(self) -> None:
        self.assertGreaterEqual(len(BUGS), 20)

    def test_every_planted_bug_is_caught(self) -> None:
        for name in BUGS:
            with self.subTest(bug=name), planted(name):
                caught = any(run_seed(seed)[1] is not None for seed in range(MOST_SEEDS_PER_BUG))
                self.assertTrue(caught, f"not caught in {MOST_SEEDS_PER_BUG} seeds")


class CommandLine(unittest.TestCase):
    def test_a_run_ends_in_a_summary_and_status_0(self) -> None:
        status, output, errors = run_program("-m", "tests.tty.fuzzing", "--seeds", "51", "--jobs", "2")
        self.assertEqual(status, 0, output[-2000:] + errors[-2000:])
        self.assertIn("51 seeds, ", output)
        self.assertIn(" 0 violations", output)

    def test_a_violation_is_replayed_by_its_seed(self) -> None:
        name = next(iter(BUGS))
        with planted(name):
            seed = next(seed for seed in range(MOST_SEEDS_PER_BUG) if run_seed(seed)[1] is not None)
        status, _, errors = run_program("-m", "tests.tty.fuzzing", "--bug", name, "--seed", str(seed))
        self.assertEqual(status, 1)
        self.assertIn("Violation: ", errors)
        self.assertIn(f"--seed {seed}", replay(seed))
