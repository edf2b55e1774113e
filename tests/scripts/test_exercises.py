"""The exercises: each check says no to this checkout, and yes to a solution."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Iterable, List, NamedTuple, Tuple

from minichat.limits import Limits
from tests.scripts.solutions import SOLUTIONS, apply
from tests.simulation.bugs import planted
from tests.simulation.world import run_seed
from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import exercises
from exercising.checks import CHECKS
from exercising.texts import EXERCISES
from exercising.tree import Tree
from exercising.words import CONDITIONS, WORDS

PAGE = ROOT / "scripts" / "exercising" / "README.md"
AT_ONCE = 4
LONG = {9}  # runs all the tests of the protocol; scripts/check does


class Told(NamedTuple):
    """What a check told of one condition."""

    key: str
    holds: bool
    seen: str


def tree_of(folder: Path, *command: str) -> Tree:
    """A folder, and the command of the exercise."""
    return Tree(folder, command)


def judged(number: int, tree: Tree) -> Tuple[bool, List[Told]]:
    """What the check of an exercise says of a tree."""
    told: List[Told] = []
    is_solved = exercises.judge(CHECKS[number], tree, lambda *what: told.append(Told(*what)))
    return is_solved, told


def at_once(judge: Callable[[int], Tuple[bool, List[Told]]], numbers: Iterable[int]) -> List[Tuple[bool, List[Told]]]:
    """What ``judge`` says of each number; most of them wait most of the time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(judge, numbers))


def called(*arguments: str) -> Tuple[int, str]:
    """The exit status and the output of the program."""
    with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(output):
        try:
            status = exercises.main(list(arguments))
        except SystemExit as end:
            status = int(str(end.code))
    return status, output.getvalue()


class Checks(unittest.TestCase):
    """A check is known to be right when it can say both."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def test_this_checkout_has_solved_none_of_them(self) -> None:
        numbers = sorted(set(CHECKS) - LONG)
        for number, (is_solved, told) in zip(numbers, at_once(lambda number: judged(number, tree_of(ROOT)), numbers)):
            with self.subTest(number):
                self.assertFalse(is_solved)
                self.assertEqual([one.holds for one in told], [False], told)
                self.assertTrue(told[0].seen)

    def test_a_solution_of_each_is_recognized(self) -> None:
        self.assertEqual(set(SOLUTIONS), set(CHECKS) - LONG)
        for number, (is_solved, told) in zip(SOLUTIONS, at_once(self.solved, SOLUTIONS)):
            with self.subTest(number):
                self.assertTrue(is_solved, told)

    def solved(self, number: int) -> Tuple[bool, List[Told]]:
        """What the check says of a copy of this checkout with the solution in it."""
        folder = self.folder / str(number)
        shutil.copytree(ROOT / "minichat", folder / "minichat", ignore=shutil.ignore_patterns("__pycache__"))
        apply(SOLUTIONS[number], folder)
        return judged(number, tree_of(folder))

    def test_a_server_in_another_file_is_held_against_the_protocol(self) -> None:
        is_solved, told = judged(9, tree_of(self.folder, "no-such-program"))
        self.assertFalse(is_solved)
        self.assertIn("no-such-program", told[0].seen)

    def test_a_solution_that_does_half_is_told_what_is_missing(self) -> None:
        shutil.copytree(ROOT / "minichat", self.folder / "minichat")
        apply([change for change in SOLUTIONS[4] if "_block," not in change.new], self.folder)
        is_solved, told = judged(4, tree_of(self.folder))
        self.assertFalse(is_solved)
        self.assertEqual(told[-1].key, "block_answers")


class Texts(unittest.TestCase):
    """What is printed."""

    def test_every_exercise_is_whole_in_both_languages(self) -> None:
        self.assertEqual(list(EXERCISES), list(range(len(EXERCISES))))
        for exercise in EXERCISES.values():
            for field in exercise:
                self.assertTrue(all(field), exercise)
            self.assertTrue((ROOT / exercise.needs).is_file(), exercise.needs)

    def test_a_server_starts_with_the_limits_that_an_exercise_sets(self) -> None:
        lower, turn = EXERCISES[12].task[1], EXERCISES[13].task[1]
        limits = {name: int(value) for name, value in re.findall(r"\b(\w+_bytes) to (\d+)", lower)}
        self.assertEqual(list(limits), ["queue_bytes", "queue_soft_bytes"])
        Limits()._replace(**limits).check()
        self.assertIn("with 4096, why does the server not even start?", lower)
        with self.assertRaises(ValueError):
            Limits()._replace(**dict.fromkeys(limits, 4096)).check()
        for value in re.findall(r"turn_lines (\d+), then ([\d,]+)", turn)[0]:
            Limits()._replace(turn_lines=int(value.replace(",", ""))).check()

    def test_the_bug_of_an_exercise_is_one_that_some_seeds_find(self) -> None:
        self.assertIn("Let the flush step close at once what has ended", EXERCISES[7].task[1])
        with planted("what ends during the flush is reaped at once, not in its step"):
            found = [run_seed(seed)[2] is not None for seed in range(20)]
        self.assertEqual(set(found), {True, False})

    def test_the_page_holds_what_the_program_says(self) -> None:
        text = PAGE.read_text(encoding="utf-8")
        self.assertIn(called("--page", "--lang", "en")[1], text)

    def test_the_list_and_an_exercise_without_a_check_are_shown(self) -> None:
        status, text = called("--lang", "en")
        self.assertEqual((status, text.count("\n")), (0, len(EXERCISES) + 2))
        status, text = called("7", "--lang", "en", "--hint")
        self.assertEqual(status, 0)
        self.assertIn(WORDS["unjudged"][1], text)
        self.assertIn(EXERCISES[7].hint[1], text)

    def test_a_wrong_number_or_tree_is_told(self) -> None:
        self.assertEqual(called("99")[0], 2)
        self.assertEqual(called("1", "--tree", "/")[0], 2)
        for wrong, told in (
            (("x",), "não existe o exercício x; há de 0 a"),
            (("3", "--tree"), "--tree precisa de um valor"),
            (("--nothing",), "opção inválida: --nothing"),
            (("9", "--"), "depois de -- falta o comando"),
        ):
            status, text = called(*wrong)
            self.assertEqual((status, text.count("\n")), (2, 1), text)
            self.assertIn(told, text)

    def test_its_help_is_in_the_language_of_the_person(self) -> None:
        for language, word in (("pt", "uso: "), ("en", "usage: ")):
            status, text = called("--help", "--lang", language)
            self.assertEqual(status, 0)
            self.assertTrue(text.startswith(word), text)
            for option in ("--tree", "--hint", "--page", "--lang", "--help"):
                self.assertIn(f"  {option}", text.replace("-h, ", ""))
            self.assertLess(max(map(len, text.splitlines())), 120)

    def test_a_check_says_yes_and_no_in_words(self) -> None:
        status, text = called("3")
        self.assertEqual(status, 1)
        self.assertIn(f"NÃO  {CONDITIONS['time_answers'][0]}", text)
