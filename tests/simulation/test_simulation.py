"""The simulator: the server holds, the oracle can fail, a seed can be replayed."""

from __future__ import annotations

import unittest

from tests.program import run_program
from tests.simulation import webbugs
from tests.simulation.__main__ import replay, run_range
from tests.simulation.bugs import BUGS, planted
from tests.simulation.faults import ERRORS, MOST
from tests.simulation.world import run_seed
from tests.support import once

SEEDS = 300  # in the suite; scripts/check runs more, --seeds as many as one likes
MOST_SEEDS_PER_BUG = 400
REWARDING_SEEDS = (0, 19, 20, 28, 34, 38, 81)  # tried first: worlds in which rare things come together

# And for bugs that few worlds show.
FINDS = {
    "a first line without an end is never told so": (36,),
    "a member who leaves misses what was said last": (140,),
    "a private line does not wait for its addressee": (71,),
    "a socket is closed with unread input": (1049,),
    "a turn works as long as there is work": (90,),
    "only a line that waits pauses the reading": (249,),
    "the listener does not rest when descriptors run out": (51,),
    "what is thrown away is free": (350,),
    **webbugs.REWARDING_SEEDS,
}


class Seeds(unittest.TestCase):
    def test_no_guarantee_is_broken_in_a_few_hundred_seeds(self) -> None:
        """Traps 1, 2, 5, 8, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20, 22, 23, 27, 28, 30, 31, 32, 33, 34, 35, 37, 38,
        39, 41 and 43: in a world where they all come together."""
        result = run_range(0, SEEDS)
        self.assertEqual(result.failures, [])
        self.assertGreater(result.deliveries, 10_000)
        self._reached(result.counts)

    def _reached(self, counts: dict[str, int]) -> None:
        """Every kind of fault struck, every way to go was taken, and so on."""
        missing = [name for name in MOST if not counts.get(name)]
        for way in ("quit", "half", "close", "reset", "vanish"):
            missing += [] if counts.get(f"client: {way}") else [way]
        for habit in ("telnet", "shouts", "unfinished", "web"):
            missing += [] if counts.get(f"client: {habit}") else [habit]
        missing += [] if counts.get("descriptors ran out") else ["descriptors ran out"]
        missing += [] if counts.get("signal in bad times") else ["signal in bad times"]
        self.assertEqual(missing, [])
        errors = sum(any(name.startswith(f"{call} E") for name in counts) for call in ERRORS)
        self.assertEqual(errors, len(ERRORS))

    def test_the_same_seed_gives_the_same_trace_whatever_the_hash_seed_is(self) -> None:
        """Trap 19: nothing depends on the order of a set, or the turns would not be fair to repeat."""
        traces = [self._trace(hash_seed) for hash_seed in ("0", "1", "2")]
        self.assertEqual(len(set(traces)), 1, traces)
        self.assertNotEqual(traces[0], "")

    def _trace(self, hash_seed: str) -> str:
        driver = (
            "from tests.simulation.world import run_seed\n"
            "print(*[run_seed(seed)[0].kernel.trace.hexdigest() for seed in range(5)])"
        )
        status, output, errors = run_program("-c", driver, variables={"PYTHONHASHSEED": hash_seed})
        self.assertEqual((status, errors), (0, ""))
        return output.strip()

    def test_another_seed_gives_another_trace(self) -> None:
        traces = {run_seed(seed)[0].kernel.trace.hexdigest() for seed in range(5)}
        self.assertEqual(len(traces), 5)


@once
class PlantedBugs(unittest.TestCase):
    def test_there_are_at_least_25(self) -> None:
        self.assertGreaterEqual(len(BUGS), 25)

    def test_every_planted_bug_is_caught(self) -> None:
        for name in BUGS:
            with self.subTest(bug=name), planted(name):
                seeds = dict.fromkeys([*FINDS.get(name, REWARDING_SEEDS), *range(MOST_SEEDS_PER_BUG)])
                self.assertTrue(
                    any(run_seed(seed)[2] is not None for seed in seeds),
                    f"{name}: not caught in {MOST_SEEDS_PER_BUG} seeds",
                )

    def test_a_planted_bug_is_gone_when_the_test_is_over(self) -> None:
        with planted("WRITE is always waited for"):
            self.assertIsNotNone(run_seed(0)[2])
        self.assertIsNone(run_seed(0)[2])


class CommandLine(unittest.TestCase):
    def test_a_run_ends_in_a_summary_and_status_0(self) -> None:
        """A long one, as tests/README.md has it, is a step of scripts/check."""
        status, output, errors = run_program("-m", "tests.simulation", "--seeds", "51", "--jobs", "2")
        self.assertEqual(status, 0, output[-2000:] + errors[-2000:])
        self.assertIn("51 seeds, ", output)
        self.assertIn(" 0 violations", output)

    def test_a_violation_is_replayed_by_its_seed(self) -> None:
        arguments = ("--seed", "0", "--bug", "the loop never waits")
        status, _, errors = run_program("-m", "tests.simulation", *arguments)
        self.assertEqual(status, 1)
        self.assertIn("a turn did nothing", errors)
        self.assertIn("--seed 0", replay(0))
