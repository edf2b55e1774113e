"""The search through what was said."""

from __future__ import annotations

import random
import unittest

from minichat.tty.search import QUERY_CHARACTERS, Search

LINES = ["um dois", "UM", "cafe\u0301 um", "um dois", "outra"]


class Finding(unittest.TestCase):
    def setUp(self) -> None:
        self.search = Search(LINES)

    def check(self, before: str, after: str) -> None:
        """Assert the line that is found, around the beginning of the query."""
        self.assertEqual((self.search.before, self.search.after), (before, after))

    def test_the_newest_line_is_found_and_then_older_ones(self) -> None:
        self.assertTrue(self.search.type("um"))
        self.check("", "um dois")
        for before, after in (("cafe\u0301 ", "um"), ("", "UM"), ("", "um dois")):
            self.assertTrue(self.search.older())
            self.check(before, after)
        self.assertFalse(self.search.older())
        self.check("", "um dois")

    def test_more_of_the_query_stays_at_the_line_if_it_has_it(self) -> None:
        self.search.type("u")
        self.search.older()
        self.search.older()
        self.search.type("m")
        self.check("cafe\u0301 ", "um")

    def test_the_same_line_is_found_once(self) -> None:
        self.search = Search(["a", "b", "a", "a"])
        self.search.type("a")
        self.assertFalse(self.search.older())

    def test_what_is_not_found_shows_nothing_until_it_is_shorter(self) -> None:
        self.assertFalse(self.search.type("umx"))
        self.assertTrue(self.search.has_failed)
        self.check("", "")
        self.assertFalse(self.search.older())
        self.assertTrue(self.search.backspace())
        self.check("", "um dois")

    def test_an_empty_query_finds_nothing(self) -> None:
        self.search.type("u")
        self.search.backspace()
        self.assertEqual((self.search.place, self.search.has_failed), (None, False))
        self.assertFalse(self.search.backspace())

    def test_a_part_of_a_character_begins_before_it(self) -> None:
        self.search.type("\u0301")
        self.check("caf", "e\u0301 um")

    def test_letters_that_mean_something_to_a_pattern_are_letters(self) -> None:
        self.search = Search(["abc", "a.c(", "x"])
        self.assertTrue(self.search.type("A.C("))
        self.check("", "a.c(")

    def test_a_query_is_bounded_and_has_no_controls(self) -> None:
        self.assertFalse(self.search.type("x" * (QUERY_CHARACTERS + 1)))
        self.assertEqual(len(self.search.query), QUERY_CHARACTERS)
        self.search = Search(LINES)
        self.search.type("u\x1bm")
        self.assertEqual(self.search.query, "um")

    def test_pieces_find_the_same_as_the_whole(self) -> None:
        chance = random.Random(5)
        for _ in range(500):
            lines = ["".join(chance.choices("ab", k=4)) for _ in range(6)]
            query = "".join(chance.choices("ab", k=3))
            whole, pieces = Search(lines), Search(lines)
            whole.type(query)
            for letter in query:
                pieces.type(letter)
            self.assertEqual(pieces.place, whole.place, (lines, query))


if __name__ == "__main__":
    unittest.main()
