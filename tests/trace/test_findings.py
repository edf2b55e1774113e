"""What a check finds is told in both languages."""

from __future__ import annotations

import ast
import copy
import string
import unittest
from typing import Dict, Iterator, Set

from minichat.trace import check
from minichat.trace.findings import FINDINGS
from minichat.trace.words import told
from tests.support import ROOT
from tests.trace.test_check import BREAKS
from tests.trace.traced import full_trace

POSITIONS = {"self._say": 2, "self._require": 3}  # of the key among what the checker's methods are given
TOTALS = ("received", "sent", "lost", "turns")


def fields(text: str) -> Set[str]:
    """The names of the fields in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def literals(node: ast.expr) -> Iterator[str]:
    """The strings that an expression can be."""
    for part in (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def said() -> Dict[str, Set[str]]:
    """The key of each finding that stands in the checker, and the fields that it is given there."""
    found: Dict[str, Set[str]] = {f"total_{name}": {"said", "counted"} for name in TOTALS}
    for call in ast.walk(ast.parse((ROOT / "minichat/trace/check.py").read_text("utf-8"))):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in POSITIONS:
            for key in literals(call.args[POSITIONS[ast.unparse(call.func)]]):
                found[key] = {keyword.arg for keyword in call.keywords if keyword.arg}
    return found


class Findings(unittest.TestCase):
    def test_every_finding_has_a_sentence_and_each_sentence_is_used(self) -> None:
        keys = {f"found {key}" for key in said()} | {f"rule {rule}" for rule in check.RULES}
        keys |= {"found interest_was", "found interest_was_none"}  # chosen before they are said
        self.assertEqual(set(FINDINGS), keys)

    def test_every_field_of_a_sentence_is_given(self) -> None:
        for key, given in said().items():
            for text in FINDINGS[f"found {key}"]:
                self.assertLessEqual(fields(text), given or fields(text), key)

    def test_both_languages_say_it_each_in_its_own_words(self) -> None:
        for key, (portuguese, english) in FINDINGS.items():
            self.assertEqual(fields(portuguese), fields(english), key)
            self.assertNotEqual(portuguese, english, key)

    def test_what_is_found_is_told_in_the_language_of_the_person(self) -> None:
        for rule, breaks in BREAKS.items():
            for number, damage in enumerate(breaks):
                with self.subTest(rule=rule, number=number):
                    events = copy.deepcopy(full_trace())
                    damage(events)
                    for problem in check.check(events)[1]:
                        portuguese, english = told(problem, "pt"), told(problem, "en")
                        self.assertTrue(portuguese.startswith(f"evento {problem.n}: "), portuguese)
                        self.assertTrue(english.startswith(f"event {problem.n}: {problem.rule}: "), english)
                        self.assertNotIn("found", portuguese + english)

    def test_one_byte_is_not_told_as_many(self) -> None:
        problem = check.Problem(3, "queued", "more_taken", {"sent": 1, "asked": 0})
        self.assertEqual(told(problem, "pt"), "evento 3: na fila: o kernel aceitou 1 byte de 0")


if __name__ == "__main__":
    unittest.main()
