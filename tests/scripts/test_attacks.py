"""``python3 scripts/attacks.py``: a smoke of it, and that it can fail.

All attacks are played by scripts/check; what they find on a busy machine is no
matter here.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import shlex
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List, Tuple
from unittest import mock

from tests.live import CHANGED_SERVER
from tests.program import Program, run_program
from tests.support import PATIENCE_SECONDS, ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import attacks
from attacking.attack import Tally
from attacking.catalogue import ATTACKS, KINDS
from attacking.row import Measured, Row
from attacking.verdict import BUSY, ECHO_SECONDS, LINES_A_MINUTE, allowed_bytes, problems

from minichat.limits import Limits

ATTACKS_SECONDS = 4 * PATIENCE_SECONDS
TRAPS = range(43, 58)  # found by attackers; the earlier ones are named where an attack is one of them

SLOW = """
import time
from minichat.chat import dispatcher
dispatch = dispatcher.dispatch
def slow(*line):
    time.sleep(0.1)
    return dispatch(*line)
dispatcher.dispatch = slow
"""

# What a good server measures under the attack "broadcasts".
GOOD = Measured(
    name="broadcasts", seconds=5.0, tally=Tally(made=64, let_in=64, sent_bytes=10_000_000), served=5000,
    echo_seconds=[0.001] * 98 + [0.02] * 2, door_seconds=0.01, memory_bytes=30_000_000, cpu=0.3, lines=(70, 5),
    printed=140, comings=140,
)  # fmt: skip
BASE_BYTES = 20_000_000


def attack(*options: str) -> Tuple[int, str, List[Dict[str, Any]]]:
    """Run the script; return its exit status, what it printed, and its rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "rows.json")
        arguments = ("scripts/attacks.py", "--seconds", "0.5", "--json", str(file), *options)
        with Program(*arguments, variables={"PYTHONIOENCODING": "utf-8"}) as run:
            status, output, errors = run.finish(ATTACKS_SECONDS)
        assert not errors, errors
        return status, output, json.loads(file.read_text(encoding="utf-8"))["rows"]


@unittest.skipIf(sys.platform == "win32", "the processor time of others is asked in the ways of Unix")
class Attacks(unittest.TestCase):
    def test_a_row_says_what_the_attackers_and_the_innocents_got(self) -> None:
        status, output, (base, row) = attack("--quick", "--only", "invalid-lines")
        self.assertEqual((base["name"], row["name"]), ("none", "invalid-lines"))
        self.assertIn(status, (0, 1))  # the machine may be busy
        self.assertNotIn("DID NOT GET GOING", output)
        for found in base, row:
            self.assertEqual((found["trouble"], found["cut"], found["lost_echoes"]), ("", [], 0), output)
            self.assertGreater(found["echoes"], 15)
            self.assertGreater(found["memory_bytes"], 1 << 20)
        self.assertEqual(row["tally"]["made"], 64)
        self.assertIn(row["tally"]["let_in"], range(1, 65))  # on a busy machine not all have come in so soon
        self.assertGreater(row["served"], 0)
        self.assertEqual((base["tally"]["made"], base["served"]), (0, 0))
        self.assertRegex(output, r"(?m)^invalid-lines +26 42 +64 ")

    def test_the_port_for_browsers_is_attacked_in_frames(self) -> None:
        _, output, (_, row) = attack("--quick", "--only", "web-frames")
        self.assertNotIn("DID NOT GET GOING", output)
        self.assertEqual(row["tally"]["made"], 64)
        self.assertGreater(row["served"], 0)
        self.assertEqual(row["tally"]["answers"], 0, "the other port answers with lines of its own")

    def test_a_planted_slow_server_is_caught(self) -> None:
        changed = CHANGED_SERVER.format(limits={}, change=SLOW)
        server = f"{shlex.quote(sys.executable)} -S -c {shlex.quote(changed)}"
        status, output, rows = attack("--only", "none", "--server", server)
        self.assertEqual(status, 1)
        for row in rows:
            self.assertTrue([found for found in row["problems"] if found.startswith("p99 ")], output)

    def test_every_trap_since_43_is_an_attack_or_said_to_be_none(self) -> None:
        status, output, errors = run_program("scripts/attacks.py", "--list")
        self.assertEqual((status, errors), (0, ""))
        listed = {int(number) for number in re.findall(r"(?<= )\d+(?=[ ,])", re.sub("(?m)^(.{30}).*$", r"\1", output))}
        self.assertEqual(listed & set(TRAPS), set(TRAPS))

    def test_a_wrong_name_is_an_error_that_lists_all(self) -> None:
        status, _, errors = run_program("scripts/attacks.py", "--only", "silent,sielnt")
        self.assertEqual(status, 2)
        self.assertIn("sielnt: not one of none, ", errors)


class Catalogue(unittest.TestCase):
    def test_names_are_different_and_each_attack_says_what_it_tries(self) -> None:
        self.assertEqual(len(ATTACKS), len(KINDS))
        for kind in KINDS:
            with self.subTest(kind.name):
                self.assertIn("__doc__", vars(kind))
                self.assertTrue(kind.traps or kind.name == "none")

    def test_an_attack_that_does_nothing_did_not_get_going(self) -> None:
        for kind in KINDS[1:]:
            with self.subTest(kind.name):
                self.assertTrue(kind().idle(Tally(), 0))


class Tries(unittest.TestCase):
    def test_what_fails_in_a_quick_run_gets_longer_tries(self) -> None:
        longer = [0.5, 1.0, 2.0, 4.0]
        for is_quick, good, tried in ((True, 4, longer), (True, 1, [0.5]), (True, 9, longer), (False, 9, [0.5])):
            seen: List[float] = []

            def play(name: str, seconds: float, seen: List[float] = seen, good: int = good) -> Dict[str, Any]:
                seen.append(seconds)
                return {"problems": [] if len(seen) >= good else ["late"], "memory_bytes": 1}

            run = attacks.Run(argparse.Namespace(quick=is_quick, seconds=0.5, only=[], server=None))
            with self.subTest(is_quick=is_quick, good=good), mock.patch.object(run, "_try", play):
                self.assertEqual(bool(run._play("resets")["problems"]), len(seen) < good)
                self.assertEqual(seen, tried)

    def test_only_a_quick_run_lets_times_be_longer(self) -> None:
        late = dataclasses.replace(GOOD, name="none", echo_seconds=[0.9])
        for is_quick in (True, False):
            run = attacks.Run(argparse.Namespace(quick=is_quick, seconds=0.5, only=[], server=""))
            with self.subTest(is_quick=is_quick), mock.patch.object(Row, "play", return_value=late):
                found = run._try("none", 0.5)["problems"]
                self.assertEqual([problem[:4] for problem in found], [] if is_quick else ["p99 "])


class Verdict(unittest.TestCase):
    def problems(self, slowness: float = 1.0, **changes: Any) -> List[str]:
        """What does not hold for a good row with these changes."""
        return list(problems(dataclasses.replace(GOOD, **changes), ATTACKS[GOOD.name](), BASE_BYTES, slowness))

    def test_a_good_row_holds(self) -> None:
        self.assertEqual(self.problems(), [])

    def test_each_bound_is_judged(self) -> None:
        allowed = allowed_bytes(ATTACKS[GOOD.name](), Limits())
        bounds: Dict[str, Dict[str, Any]] = {
            "p99": {"echo_seconds": [0.001] * 97 + [ECHO_SECONDS] * 3},
            "p99 never": {"echo_seconds": []},
            "2 echoes never came": {"lost_echoes": 2},
            "cut: ana (reset)": {"cut": ["ana (reset)"]},
            "could not read to the end: rita": {"behind": ["rita"]},
            "1 strangers not told why": {"door_wordless": 1},
            "a stranger waited 1.5 s": {"door_seconds": 1.5},
            "memory": {"memory_bytes": BASE_BYTES + allowed + 1},
            "took 900 MB": {"tally": dataclasses.replace(GOOD.tally, sent_bytes=900_000_000)},
            "258 lines/min": {"lines": (70, 12)},
            "20 lines left out, not counted": {"comings": 160},
            "the server: exit status 1": {"trouble": "exit status 1"},
            "DID NOT GET GOING: only 63 let in": {
                "tally": dataclasses.replace(GOOD.tally, let_in=63, sent_bytes=6_399_999), "served": 127,
            },
        }
        for what, changes in bounds.items():
            with self.subTest(what):
                found = self.problems(**changes)
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(what), found)

    def test_on_a_busy_machine_times_may_be_longer_but_not_all(self) -> None:
        busy: Dict[str, Any] = {"echo_seconds": [0.9], "door_seconds": 15.0}
        self.assertEqual(len(self.problems(**busy)), 2)
        self.assertEqual(self.problems(BUSY, **busy), [])
        self.assertEqual(len(self.problems(BUSY, echo_seconds=[1.1], door_seconds=21.0)), 2)
        self.assertEqual(len(self.problems(BUSY, cut=["ana (reset)"])), 1)

    def test_lines_that_were_left_out_and_counted_are_right(self) -> None:
        self.assertEqual(self.problems(comings=9000, left_out=8860), [])

    def test_lines_of_one_minute_are_foretold_from_the_second_half(self) -> None:
        steady = dataclasses.replace(GOOD, lines=(64, 4 + 5))  # beyond one of each kind, 2 a second
        self.assertEqual(steady.lines_a_minute, 64 + 9 + 2 * 55)
        self.assertLess(steady.lines_a_minute, LINES_A_MINUTE)
        leaving = dataclasses.replace(GOOD, lines=(64, 64), once=64)
        self.assertEqual(leaving.lines_a_minute, 128)


if __name__ == "__main__":
    unittest.main()
