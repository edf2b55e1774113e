"""What is shown of a text that is longer than the row."""

from __future__ import annotations

import random
import unittest

from minichat.tty.graphemes import clusters, columns
from minichat.tty.window import window


class Window(unittest.TestCase):
    def test_what_fits_is_shown_whole(self) -> None:
        self.assertEqual(window("abc", "def", 6), ("abc", "def"))

    def test_what_does_not_fit_is_scrolled_to_the_cursor(self) -> None:
        self.assertEqual(window("0123456789", "", 6), ("<56789", ""))
        self.assertEqual(window("", "0123456789", 6), ("", "01234>"))
        self.assertEqual(window("0123456789", "0123456789", 8), ("<56789", "0>"))

    def test_it_never_takes_more_columns_than_there_are(self) -> None:
        chance = random.Random(3)
        for _ in range(3000):
            parts = ["a", "日", "e\u0301", "👨\u200d👩\u200d👧", "\t", "🇧🇷"]
            text = "".join(chance.choices(parts, k=chance.randrange(40)))
            place = chance.randrange(len(clusters(text)) + 1)
            wide = chance.randrange(1, 30)
            before, after = window("".join(clusters(text)[:place]), "".join(clusters(text)[place:]), wide)
            self.assertLessEqual(columns(before) + columns(after), wide, (text, place, wide))

    def test_the_character_after_the_cursor_is_shown_where_there_is_room(self) -> None:
        for place in range(31):
            before, after = window("x" * place, "y" * (30 - place), 12)
            if place < 30:
                self.assertIn(after[:1], ("y", ">"), place)
            if place:
                self.assertEqual(before[-1:], "x", place)


if __name__ == "__main__":
    unittest.main()
