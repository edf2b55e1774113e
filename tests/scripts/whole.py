"""The whole runs of bench, chaos, labs and exercises, and bugs planted for the attacks: too long for the suite.

    python3 -m unittest tests.scripts.whole

scripts/check runs them; the suite has a smoke of each (test_bench, test_chaos,
test_labs, test_exercises, test_attacks beside this file), which is held to the same.
"""

from __future__ import annotations

import sys
import unittest
from typing import ClassVar, Dict, Tuple

from tests.program import run_program
from tests.scripts import test_attacks, test_bench, test_chaos, test_exercises, test_lab_pages, test_labs
from tests.support import ROOT
from tests.trace.pages import NODE
from tests.trace.test_model import books_at_waits, model_at_waits

# Each planted bug of tests/scripts/broken_server with a word of what is found, as a regular expression.
FOUND = {
    "lose": "not one unbroken stretch|missed what was said",  # in the middle, or at the end
    "double": "not one unbroken stretch",
    "reorder": "not one unbroken stretch",
    "leak": "for another person|twice or out of order",  # the second to its addressee
    # The second if it is cut before its OK, the third if it is the one who keeps the history.
    "cut": r"but it read all the time|a good nick was refused|something for another Err\(code='too_slow'\)",
    "lose-letter": "a direct message was lost|not the answer to that line",  # the second to oneself
}

FOUND_BY_ATTACKS = {
    "cut": ("silent", r"cut: .*\(ERR too_slow\)"),
    "hoard": ("invalid-lines", r"memory \+\d+ MB"),
    "chatter": ("invalid-lines", r"[\d,]+ lines/min"),
}

# Each lab as it is in both languages, and once with its other value.
PLAYS = [
    test_labs.Play(number, language, is_changed)
    for number in test_labs.NUMBERS
    for language, is_changed in (("pt", False), ("en", False), (("pt", "en")[number % 2], True))
]

# Without a rate, a person who reads may be too slow for what many say at once.
RATE = {"cut": ("--rate", "100")}


@unittest.skipIf(sys.platform == "win32", "selectors wait for pipes on Unix only")
class Bench(test_bench.Bench):
    """Every case with one peer, and the other peers with the cases that tell them apart, at the same time."""

    cases = ("fanout", "direct", "echo", "idle", "join", "churn", "growth")

    @classmethod
    def setUpClass(cls) -> None:
        cls.run_all(
            ("--growth", "--peers", "asyncio"),
            ("--cases", "direct,join", "--peers", "threads,streams", "--generators", "2"),
        )

    def test_every_case_is_measured_on_every_server(self) -> None:
        self.check_every_case_is_measured_on("minichat", "asyncio")
        others = {sample["server"] for sample in self.documents[1]["samples"]}
        self.assertEqual(others, {"minichat", "threads", "streams"})

    def test_servers_agree_on_what_is_delivered(self) -> None:
        self.check_servers_agree_on_what_is_delivered()

    def test_ratios_are_to_minichat(self) -> None:
        self.check_ratios_are_to_minichat()

    def test_the_table_and_the_chart_name_every_case(self) -> None:
        self.check_the_table_and_the_chart_name_every_case()


@unittest.skipIf(sys.platform == "win32", "it stops and continues processes")
class Chaos(unittest.TestCase):
    """A few seconds of it; a long run is for scripts/chaos.py itself."""

    results: ClassVar[Dict[str, Tuple[int, str]]] = {}  # by planted bug; "" is minichat itself

    @classmethod
    def setUpClass(cls) -> None:
        # All at the same time.  A run ends with the first violation: the many
        # seconds are for a machine that has much else to do.
        server = f"{sys.executable} -m tests.scripts.broken_server"
        runs = {
            bug: test_chaos.start(20, "--clients", "15", *RATE.get(bug, ()), "--server", f"{server} {bug}")
            for bug in FOUND
        }
        runs[""] = test_chaos.start(3)
        for run in runs.values():
            cls.addClassCleanup(run.__exit__)
        cls.results = {bug: run.finish(test_chaos.CHAOS_SECONDS)[:2] for bug, run in runs.items()}

    def test_minichat_passes(self) -> None:
        status, output = self.results[""]
        self.assertEqual(status, 0, output)
        self.assertIn("0 violations; again: python3 scripts/chaos.py --seconds 3 --seed 3", output)

    def test_every_planted_bug_is_found(self) -> None:
        for bug, found in FOUND.items():
            with self.subTest(bug):
                status, output = self.results[bug]
                self.assertEqual(status, 1, output)
                self.assertRegex(output, found)


@unittest.skipIf(sys.platform == "win32", "the processor time of others is asked in the ways of Unix")
class Attacks(unittest.TestCase):
    def test_every_planted_bug_is_found(self) -> None:
        for bug, (name, found) in FOUND_BY_ATTACKS.items():
            with self.subTest(bug):
                server = f"{sys.executable} -m tests.scripts.broken_server {bug}"
                status, output, _ = test_attacks.attack("--only", name, "--seconds", "2", "--server", server)
                self.assertEqual(status, 1, output)
                self.assertRegex(output, found)


@unittest.skipIf(sys.platform == "win32", "the labs stop and continue processes")
class Labs(test_labs.Labs):
    @classmethod
    def setUpClass(cls) -> None:
        cls.play(*PLAYS)

    def test_every_lesson_shows_and_every_trace_is_good(self) -> None:
        self.assertEqual(len(self.runs), 3 * len(test_labs.NUMBERS))
        self.check_every_lesson_shows_and_every_trace_is_good()

    def test_every_screen_fits_a_small_terminal(self) -> None:
        self.check_every_screen_fits_a_small_terminal()

    def test_what_a_lesson_is_about_is_marked(self) -> None:
        self.check_what_a_lesson_is_about_is_marked()

    def test_few_files_are_enough_where_more_may_be_had(self) -> None:
        command = f"ulimit -Sn 256; {sys.executable} scripts/labs/run.py 12 --yes"
        done = run_program("bash", "-c", command, interpreter=(), seconds=test_labs.LAB_SECONDS)
        self.assertEqual(done[::2], (0, ""), done[1])


class Exercises(unittest.TestCase):
    def test_a_server_in_another_file_solves_the_ninth(self) -> None:
        tree = test_exercises.tree_of(ROOT, sys.executable, "-m", "minichat.server")
        is_solved, told = test_exercises.judged(9, tree)
        self.assertTrue(is_solved, told)


@unittest.skipIf(sys.platform == "win32", "the labs stop and continue processes")
class LabPages(unittest.TestCase):
    def test_each_lab_asks_and_answers_on_its_page(self) -> None:
        for number in test_labs.NUMBERS:
            with self.subTest(number):
                events = test_lab_pages.played_events(number)
                if NODE:
                    self.assertEqual(model_at_waits(events), books_at_waits(events))
                asked = test_lab_pages.asked(events)
                self.assertTrue(1 <= len(asked) <= test_lab_pages.MOST_QUESTIONS, asked)
                self.assertTrue(all(is_answered for _, is_answered in asked))
