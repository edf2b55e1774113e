"""``python3 -m tests.simulation``: run many seeds, or replay one.

    python3 -m tests.simulation --seeds 100000 --jobs 2     a long run
    python3 -m tests.simulation --seed 4711                 replay one
    python3 -m tests.simulation --seed 4711 --bug "NAME"    with a bug planted
    python3 -m tests.simulation --bugs                      list the bugs
"""

from __future__ import annotations

import contextlib
import time
import traceback
from collections import Counter
from typing import ContextManager, List, NamedTuple, Optional

from tests.ending import end_with
from tests.seeds import SECONDS_BETWEEN_REPORTS, options, results
from tests.simulation import webbugs  # noqa: F401 (enters its bugs into the table)
from tests.simulation.bugs import BUGS, planted
from tests.simulation.world import run_seed

SEEDS_A_TASK = 50


class Result(NamedTuple):
    """The result of some seeds."""

    seeds: int
    turns: int
    deliveries: int  # messages judged
    counts: Counter[str]  # faults by kind
    failures: List[str]  # a line each, with the command that replays it


def run_range(first: int, count: int) -> Result:
    """Run ``count`` seeds from ``first``."""
    result = Result(count, 0, 0, Counter(), [])
    turns = deliveries = 0
    for seed in range(first, first + count):
        world, judged, error = run_seed(seed)
        turns += world.reactor.turns
        deliveries += judged
        result.counts.update(world.faults.counts)
        result.counts.update(world.kernel.counts)
        if error is not None:
            result.failures.append(f"{replay(seed)}    {type(error).__name__}: {str(error)[:300]}")
    return result._replace(turns=turns, deliveries=deliveries)


def replay(seed: int) -> str:
    """Return the command that runs this seed again."""
    return f"python3 -m tests.simulation --seed {seed}"


def run_many(first: int, seeds: int, jobs: int) -> int:
    """Run ``seeds`` seeds from ``first`` in ``jobs`` processes; return the exit status."""
    total = Result(0, 0, 0, Counter(), [])
    started = reported = time.monotonic()
    for result in results(run_range, first, seeds, jobs, SEEDS_A_TASK):
        total.counts.update(result.counts)
        total.failures.extend(result.failures)
        total = total._replace(
            seeds=total.seeds + result.seeds,
            turns=total.turns + result.turns,
            deliveries=total.deliveries + result.deliveries,
        )
        for failure in result.failures:
            print(f"\nVIOLATION {failure}", flush=True)
        if time.monotonic() - reported > SECONDS_BETWEEN_REPORTS:
            reported = time.monotonic()
            print(_progress(total, seeds, reported - started), flush=True)
    _summary(total, time.monotonic() - started)
    return 1 if total.failures else 0


def _progress(total: Result, seeds: int, seconds: float) -> str:
    return (
        f"{total.seeds:,} of {seeds:,} seeds, {total.turns:,} turns, {total.deliveries:,} deliveries judged, "
        f"{len(total.failures)} violations, {total.seeds / seconds:.0f} seeds/s"
    )


def _summary(total: Result, seconds: float) -> None:
    print("\nWhat went wrong, and how often:")
    for name, count in sorted(total.counts.items()):
        print(f"  {count:>10,}  {name}")
    faults = sum(count for name, count in total.counts.items() if not name.startswith("client: "))
    print(
        f"\n{total.seeds:,} seeds, {total.turns:,} turns, {faults:,} faults, {total.deliveries:,} deliveries judged, "
        f"{len(total.failures)} violations, in {seconds:.0f} s"
    )
    for failure in total.failures[:20]:
        print(f"VIOLATION {failure}")


def run_one(seed: int, bug: Optional[str]) -> int:
    """Replay one seed and print all about it; return the exit status."""
    with _with(bug):
        world, judged, error = run_seed(seed)
    print(f"seed {seed}: {world.reactor.turns} turns, {len(world.clients)} clients, {judged} deliveries judged")
    print(f"limits: {world.limits}")
    print(f"faults: {dict(world.faults.counts)}")
    print(f"trace: {world.kernel.trace.hexdigest()}")
    if error is None:
        print("no violation")
        return 0
    traceback.print_exception(type(error), error, error.__traceback__)
    return 1


def _with(bug: Optional[str]) -> ContextManager[None]:
    return planted(bug) if bug else contextlib.nullcontext()


def main() -> int:
    """Do what the command line says; return the exit status."""
    parser = options("python3 -m tests.simulation", "Simulate a hostile world.", BUGS)
    values = parser.parse_args()
    if values.bugs:
        for name, bug in BUGS.items():
            print(f"trap {bug.trap:>2}  {name}" if bug.trap else f"         {name}")
        return 0
    if values.seed is not None:
        return run_one(values.seed, values.bug)
    with _with(values.bug):
        return run_many(values.first, values.seeds, 1 if values.bug else values.jobs)  # it is planted in this process


if __name__ == "__main__":
    end_with("tests.simulation", main)
