"""``python3 -m tests.tty.fuzzing``: run many seeds, or replay one.

    python3 -m tests.tty.fuzzing --seeds 100000                 a long run
    python3 -m tests.tty.fuzzing --seed 4711                    replay one, and leave out what it does not need
    python3 -m tests.tty.fuzzing --bug "NAME" --seeds 1000      with a bug planted
    python3 -m tests.tty.fuzzing --bugs                         list the bugs
"""

from __future__ import annotations

import contextlib
import time
import traceback
from collections import Counter
from typing import List, NamedTuple, Optional

from tests.ending import end_with
from tests.seeds import SECONDS_BETWEEN_REPORTS, options, results
from tests.tty.fuzzing.bugs import BUGS, planted
from tests.tty.fuzzing.episode import run_seed, shrink

SEEDS_A_TASK = 500


class Result(NamedTuple):
    """The result of some seeds."""

    seeds: int
    counts: Counter[str]  # acts, by name
    failures: List[str]  # a line each, with the command that replays it


def run_range(first: int, count: int) -> Result:
    """Run ``count`` seeds from ``first``."""
    result = Result(count, Counter(), [])
    for seed in range(first, first + count):
        episode, error = run_seed(seed)
        result.counts.update(episode.keyboard.counts)
        if error is not None:
            result.failures.append(f"{replay(seed)}    {type(error).__name__}: {str(error)[:300]}")
    return result


def replay(seed: int) -> str:
    """Return the command that runs this seed again."""
    return f"python3 -m tests.tty.fuzzing --seed {seed}"


def run_many(first: int, seeds: int, jobs: int) -> int:
    """Run ``seeds`` seeds from ``first`` in ``jobs`` processes; return the exit status."""
    done, counts, failures = 0, Counter[str](), 0
    started = reported = time.monotonic()
    for result in results(run_range, first, seeds, jobs, SEEDS_A_TASK):
        done += result.seeds
        counts.update(result.counts)
        for failure in result.failures:
            failures += 1
            print(f"VIOLATION {failure}", flush=True)
        if time.monotonic() - reported > SECONDS_BETWEEN_REPORTS:
            reported = time.monotonic()
            print(f"{done:,} of {seeds:,} seeds, {failures} violations", flush=True)
    for name, count in sorted(counts.items()):
        print(f"  {count:>10,}  {name.replace('_', ' ')}")
    acts = sum(counts.values())
    print(f"{done:,} seeds, {acts:,} acts, {failures} violations, in {time.monotonic() - started:.0f} s")
    return 1 if failures else 0


def run_one(seed: int) -> int:
    """Replay one seed, without the acts that its error does not need; return the exit status."""
    episode, error = run_seed(seed)
    if error is not None:
        episode, error = run_seed(seed, shrink(seed))
    for step in episode.keyboard.log:
        print(f"  {step!r}")
    if error is None:
        print("no violation")
        return 0
    traceback.print_exception(type(error), error, error.__traceback__)
    return 1


def main(arguments: Optional[List[str]] = None) -> int:
    """Do what the command line says; return the exit status."""
    parser = options("python3 -m tests.tty.fuzzing", "Type at random.", BUGS)
    values = parser.parse_args(arguments)
    if values.bugs:
        print(*BUGS, sep="\n")
        return 0
    with planted(values.bug) if values.bug else contextlib.nullcontext():
        if values.seed is not None:
            return run_one(values.seed)
        return run_many(values.first, values.seeds, 1 if values.bug else values.jobs)  # it is planted in this process


if __name__ == "__main__":
    end_with("tests.tty.fuzzing", main)
