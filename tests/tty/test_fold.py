"""Where the cursor of a folded row is, and that it is never further up than that."""

from __future__ import annotations

import random
import unittest

from minichat.tty.fold import Fold, column_of, folded, least_width
from minichat.tty.graphemes import clusters, width
from tests.screen import Screen


class Folding(unittest.TestCase):
    def test_a_row_that_is_not_folded_before_its_cursor_is_none(self) -> None:
        for before in ("", "> ", "> abcd", "> abcdef"):
            self.assertIsNone(folded(before, 8), before)

    def test_rows_and_column_are_those_of_a_terminal_that_folds(self) -> None:
        """Trap 66."""
        for text in ("0123456789" * 4, "日本語" * 7, "a日" * 9, "ação 日é " * 4):
            for columns in range(4, 30):
                screen = Screen(60)
                screen.feed(("> " + text).encode())
                screen.resize(columns)
                found = folded("> " + text, columns)
                if found:
                    self.assertEqual(found, Fold(screen.row, screen.column), (text, columns))
                else:
                    self.assertTrue(not screen.row or screen.column >= columns - 1, (text, columns))

    def test_a_cursor_in_the_last_column_proves_nothing(self) -> None:
        """Trap 66: there it stands in a row that was cut, too."""
        for length in range(100):
            found = folded("x" * length, 8)
            self.assertTrue(found is None or found.column < 7, length)

    def test_the_least_width_is_never_more_than_the_greatest(self) -> None:
        chance = random.Random(2)
        text = "".join(
            chr(chance.choice((chance.randrange(0x20, 0xD800), 0x1F44D, 0x200D, 0x300))) for _ in range(20_000)
        )
        for cluster in clusters(text):
            if width(cluster):
                self.assertLessEqual(least_width(cluster), width(cluster), ascii(cluster))

    def test_what_terminals_disagree_about_is_taken_for_narrow(self) -> None:
        """Trap 66."""
        least = {"a": 1, "é": 1, "日": 2, "한": 2, "👍": 1, "👍🏽": 1, "कि": 1, "\u0301": 0, "\u00ad": 0, "\u1161": 0}
        for cluster, expected in least.items():
            self.assertEqual(least_width(cluster), expected, ascii(cluster))

    def test_the_column_counts_from_0(self) -> None:
        self.assertEqual([column_of(place) for place in ("3;1", "3;40", "3", ";", "")], [0, 39, -1, -1, -1])


if __name__ == "__main__":
    unittest.main()
