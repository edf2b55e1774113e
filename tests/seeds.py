"""Many seeds: what the command lines of the simulator and of the fuzz test share."""

from __future__ import annotations

import argparse
import multiprocessing
from functools import partial
from typing import Callable, Iterable, Iterator, Tuple, TypeVar

SECONDS_BETWEEN_REPORTS = 5.0

Result = TypeVar("Result")
Task = Tuple[int, int]  # the first seed, and how many


def results(run: Callable[[int, int], Result], first: int, seeds: int, jobs: int, a_task: int) -> Iterator[Result]:
    """Run ``seeds`` seeds from ``first``, ``a_task`` of them at a time, in ``jobs`` processes; yield as results come.

    ``run`` gets the first seed of a task and how many; it must be a function of a module.
    """
    tasks = [(start, min(a_task, first + seeds - start)) for start in range(first, first + seeds, a_task)]
    if jobs == 1:
        for task in tasks:
            yield run(*task)
        return
    with multiprocessing.Pool(jobs) as pool:
        yield from pool.imap_unordered(partial(_run_task, run), tasks)


def _run_task(run: Callable[[int, int], Result], task: Task) -> Result:
    return run(*task)


def options(prog: str, description: str, bugs: Iterable[str]) -> argparse.ArgumentParser:
    """Return a parser of the options: which seeds, and which of the ``bugs`` is planted."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds to run (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="in how many processes (%(default)s)")
    parser.add_argument("--seed", type=int, help="replay this one")
    parser.add_argument("--bug", choices=sorted(bugs), metavar="NAME", help="with this bug planted")
    parser.add_argument("--bugs", action="store_true", help="list the bugs that can be planted")
    return parser
