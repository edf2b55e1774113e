"""The lines that were typed before, and what was changed of them."""

from __future__ import annotations

import unittest

from minichat.tty.history import HISTORY_LINES, History


class Places(unittest.TestCase):
    def setUp(self) -> None:
        self.history = History()
        for line in ("um", "dois", "tres"):
            self.history.add(line)

    def test_what_is_changed_stays_until_a_line_is_sent(self) -> None:
        self.assertEqual(self.history.step(-1, "rasc"), "tres")
        self.assertEqual(self.history.step(-1, "tres!"), "dois")
        self.assertEqual(self.history.step(1, "dois!"), "tres!")
        self.assertEqual(self.history.step(1, "tres!"), "rasc")
        self.assertEqual(self.history.go(1, "rasc"), "dois!")
        self.history.add("quatro")
        self.assertEqual([self.history.step(-1, "") for _ in range(3)], ["quatro", "tres", "dois"])

    def test_the_row_that_is_dropped_is_forgotten_alone(self) -> None:
        self.history.step(-1, "rasc")
        self.history.step(-1, "tres!")
        self.history.step(-1, "dois!")
        self.history.step(1, "um!")
        self.history.drop()
        self.assertEqual([self.history.step(-1, "")], ["tres!"])
        self.assertEqual([self.history.step(-1, "tres!"), self.history.step(-1, "dois")], ["dois", "um!"])
        self.history.go(2, "um!")
        self.assertEqual(self.history.step(1, "tres!"), "")
        self.assertEqual(self.history.lines, ["um", "dois", "tres"])

    def test_beyond_the_ends_there_is_nothing(self) -> None:
        self.assertIsNone(self.history.step(1, "x"))
        self.assertIsNone(self.history.go(-1, "x"))
        self.assertIsNone(self.history.go(4, "x"))

    def test_it_is_bounded(self) -> None:
        for number in range(HISTORY_LINES + 5):
            self.history.add(str(number))
        self.assertEqual(len(self.history.lines), HISTORY_LINES)
        self.assertEqual(self.history.step(-1, ""), str(HISTORY_LINES + 4))


if __name__ == "__main__":
    unittest.main()
