"""The index of the traps: what goes wrong in chat servers, and which tests guard it.

A test says in its docstring which traps it guards: ``Trap 24.``, ``Traps 14
and 33.``, ``Trap 2: why``.  To read the index:

    python3 -m tests.test_traps
"""

from __future__ import annotations

import ast
import functools
import re
import unittest
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

TITLES = {
    # -- accepting
    1: "no descriptor is left to accept with",
    2: "a peer is gone before it was accepted",
    3: "an accepted socket blocks",
    4: "a thousand connect at the same time",
    5: "more people than open files",
    6: "the port is taken, or looks so after a restart",
    7: "IPv4 and IPv6 on one listener",
    # -- the loop
    8: "an event for a connection that is closed already",
    9: "closed, but still registered",
    10: "hundreds end in one turn",
    11: "a member leaves in the middle of a broadcast",
    12: "an end of file is readable for ever",
    13: "a turn for nothing",
    14: "a peer that is not read cannot be seen to leave",
    15: "another selector than the usual one",
    16: "timers at the edges: none, now, next year",
    17: "the clock jumps, or the process was stopped",
    18: "a bug of ours in a handler",
    19: "floods starve those who speak now and then",
    20: "whole lines wait although no more input comes",
    21: "the log blocks",
    22: "signals at any moment",
    # -- reading
    23: "a read is not a line",
    24: "a line without an end",
    25: "input in single bytes",
    26: "control characters and what is not UTF-8",
    27: "half-closed, and waiting for the answers",
    28: "more input after the goodbye",
    29: "another protocol on the port",
    # -- writing and closing
    30: "a send takes only a part",
    31: "a reset is told twice",
    32: "a close with unread input throws away the last lines",
    33: "a reader that is too slow",
    34: "a thousand readers that are too slow",
    35: "short questions with long answers",
    36: "a peer that is dead and does not say so",
    37: "connected, and never a nick",
    38: "all places taken from one address",
    # -- people and text
    39: "one nick, written in two ways",
    40: "a text that looks like a line of another member",
    41: "flood control that loses what was said",
    42: "a log that peers write into",
    # -- found since
    43: "a nick that looks like another one",
    44: "work that costs its sender nothing",
    45: "limits of one connection where the cost is that of many",
    46: "counting descriptors where select() limits their numbers",
    47: "a kernel timeout beside our own rule",
    48: "memory that is freed later than it is counted",
    49: "what a watcher raises",
    50: "an answer larger than its queue",
    51: "input that is thrown away is charged once",
    52: "input that waits as many small objects",
    53: "a refusal that nobody can read",
    54: "no descriptors, a closed terminal, a late reader",
    55: "sixteen accepts for nothing",
    56: "a peer that never ends its line is told nothing",
    57: "telnet's commands in the input",
    58: "a port that is only an outgoing connection",
    59: "tests that run nothing and say OK",
    # -- the client
    60: "time taken for arrival",
    61: "one table for ESC [ and ESC O",
    62: "a paste that stalls turns into typing",
    63: "a question of one key that looks like a line",
    64: "columns counted too few",
    65: "Alt takes a byte, not a character",
    66: "a narrower window erases what was said",
    67: "words glued together by a deleted separator",
    68: "a question takes what is typed for somebody",
    69: "what is typed waits unseen after a paste",
    70: "a resolver that does not answer",
    71: "keys in the newer ways of terminals",
    72: "an end that does not say what it was",
    73: "a private message in the dialect of another program",
}

# Tests that are inherited where they are run.
RUN_AS = {"tests.wire": "tests.programs.test_wire"}

_TRAPS = re.compile(r"Traps? ([0-9]+(?:(?:, | and )[0-9]+)*)[.:,]")


def traps_of(docstring: str) -> Set[int]:
    """The traps that a test's docstring names."""
    found = _TRAPS.match(" ".join(docstring.split()))
    return set(map(int, re.findall("[0-9]+", found[1]))) if found else set()


@functools.cache
def tests_and_docstrings() -> Tuple[Tuple[str, str], ...]:
    """Name and docstring, if only an empty one, of each test in and below this folder."""
    return tuple(_read_tests())


def _read_tests() -> Iterator[Tuple[str, str]]:
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        module = ".".join(path.relative_to(here.parent).with_suffix("").parts)
        module = RUN_AS.get(module, module)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for case in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            for node in case.body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                    yield f"{module}.{case.name}.{node.name}", ast.get_docstring(node) or ""


def guards() -> Dict[int, List[str]]:
    """The tests that guard each trap."""
    found: Dict[int, List[str]] = {}
    for name, docstring in tests_and_docstrings():
        for trap in traps_of(docstring):
            found.setdefault(trap, []).append(name)
    return found


class TheIndex(unittest.TestCase):
    def test_every_trap_is_guarded_by_a_test(self) -> None:
        found = guards()
        self.assertEqual(list(TITLES), sorted(TITLES))
        self.assertEqual([trap for trap in TITLES if trap not in found], [])

    def test_no_test_guards_a_trap_that_is_not_in_the_index(self) -> None:
        self.assertEqual([trap for trap in guards() if trap not in TITLES], [])

    def test_the_index_names_tests_that_can_be_run(self) -> None:
        for names in guards().values():
            for name in names:
                suite = unittest.defaultTestLoader.loadTestsFromName(name)
                self.assertEqual(suite.countTestCases(), 1, name)
                self.assertNotIn("_FailedTest", str(suite), name)

    def test_a_docstring_that_names_a_trap_is_understood(self) -> None:
        for name, docstring in tests_and_docstrings():
            if docstring.startswith("Trap"):
                self.assertTrue(traps_of(docstring), name)

    def test_traps_are_read_from_the_beginning_of_a_docstring(self) -> None:
        for docstring, expected in (
            ("Trap 24.", {24}),
            ("Traps 14 and 33.", {14, 33}),
            ("Traps 1, 2 and\n    40: all of them", {1, 2, 40}),
            ("Trap 2: 100 peers", {2}),
            ("Guards trap 2.", set()),
            ("Trap 1000 of them", set()),
            ("", set()),
        ):
            self.assertEqual(traps_of(docstring), expected, docstring)


def print_index() -> None:
    """Each trap with its title and its tests."""
    found = guards()
    for trap, title in TITLES.items():
        print(f"{trap:2}  {title}")
        for name in found.get(trap, []):
            print(f"      {name}")


if __name__ == "__main__":
    print_index()
