"""The words that TAB puts into a row."""

from __future__ import annotations

import unittest
from typing import List, Tuple

from minichat.tty.completion import Completion


class Words(unittest.TestCase):
    def setUp(self) -> None:
        self.asked: List[Tuple[str, bool]] = []

    def complete(self, word: str, is_first: bool) -> List[str]:
        """Note what is asked for."""
        self.asked.append((word, is_first))
        return [] if word == "x" else ["um", "dois"]

    def test_the_first_word_of_the_row_is_known_as_such(self) -> None:
        for before in ("", "/he", "@b", " /he", "oi @b", "oi "):
            Completion(before, self.complete)
        first = [("", True), ("/he", True), ("@b", True)]
        self.assertEqual(self.asked, [*first, ("/he", False), ("@b", False), ("", False)])

    def test_a_space_comes_after_it_unless_one_is_there(self) -> None:
        self.assertEqual(Completion("a b", self.complete).step(1, "c"), "a um ")
        self.assertEqual(Completion("a b", self.complete).step(1, " c"), "a um")

    def test_it_goes_round_both_ways_over_what_was_typed(self) -> None:
        forth, back = Completion("b", self.complete), Completion("b", self.complete)
        self.assertEqual([forth.step(1, "") for _ in range(4)], ["um ", "dois ", "b", "um "])
        self.assertEqual([back.step(-1, "") for _ in range(4)], ["dois ", "um ", "b", "dois "])

    def test_without_words_it_is_empty(self) -> None:
        self.assertTrue(Completion("x", self.complete).is_empty)
        self.assertFalse(Completion("y", self.complete).is_empty)


if __name__ == "__main__":
    unittest.main()
