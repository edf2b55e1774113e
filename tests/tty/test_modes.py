"""Sequences that clean up after a dead program, and those of the title."""

from __future__ import annotations

import unittest

from minichat.tty.modes import CLEAN, TITLE_BYTES, titled
from tests.screen import LEFT_ON, Screen


class Cleaning(unittest.TestCase):
    def setUp(self) -> None:
        self.screen = Screen(40)
        self.screen.feed(b"um\r\n")

    def test_each_mode_that_was_left_on_is_switched_off(self) -> None:
        for mode in LEFT_ON:
            self.screen.left_on = {mode}
            self.screen.feed(CLEAN.encode())
            self.assertEqual(self.screen.left_on, set(), mode)

    def test_nothing_is_printed_and_the_cursor_stays_in_its_row(self) -> None:
        self.screen.feed(CLEAN.encode())
        self.assertEqual((self.screen.lines, self.screen.row, self.screen.column), (["um"], 1, 0))

    def test_what_an_old_console_would_print_is_erased(self) -> None:
        printed = CLEAN.replace("\x1b[>", "").replace("\x1b[=", "")  # it takes the rest for text
        self.screen.feed(printed.encode())
        self.assertEqual(self.screen.lines, ["um"])


class Titles(unittest.TestCase):
    def test_the_first_title_keeps_the_one_from_before(self) -> None:
        screen = Screen()
        for text, is_first, kept in (("a", True, ["shell"]), ("b", False, ["shell"]), ("", False, [])):
            screen.feed(titled(text, is_first).encode())
            self.assertEqual((screen.title, screen.titles), (text or "shell", kept))

    def test_a_long_title_is_cut_between_characters(self) -> None:
        for start in ("", "a"):
            self.assertLessEqual(len(titled(start + "é" * 500, False).encode()), TITLE_BYTES + 5)


if __name__ == "__main__":
    unittest.main()
