"""One row of text: what can be done to it, and undone."""

from __future__ import annotations

import random
import unittest
from typing import Callable, List, Optional

from minichat.tty.graphemes import clusters
from minichat.tty.row import UNDO_STEPS, Row

DO: List[Callable[[Row], Optional[bool]]] = [
    Row.left, Row.right, Row.word_left, Row.word_right, Row.home, Row.end, Row.backspace, Row.delete,
    Row.kill_all, Row.kill_left, Row.kill_right, Row.kill_word_left, Row.kill_word_right, Row.kill_space_word,
    Row.yank, Row.undo, Row.transpose,
]  # fmt: skip


class RowTest(unittest.TestCase):
    def setUp(self) -> None:
        self.row = Row()

    def check(self, row: str) -> None:
        """Assert the row, with | where the cursor stands."""
        self.assertEqual(f"{self.row.before}|{self.row.after}", row)


class Words(RowTest):
    def test_words_end_at_punctuation_of_any_script(self) -> None:
        """Trap 71."""
        for mark in ("、", "。", "「", "।", "،", "؟", "—", "…", "¿", "€", "\u3000", "\u00a0", "👍🏽", "\u2028"):
            with self.subTest(mark):
                self.row.set(f"olá{mark}日本")
                self.row.word_left()
                self.check(f"olá{mark}|日本")
                self.row.home()
                self.row.word_right()
                self.check(f"olá|{mark}日本")

    def test_a_word_with_combining_marks_is_one_word(self) -> None:
        """Trap 71."""
        for word in ("cafe\u0301s", "हिन्दी", "a\u0308b", "ana_b", "قهوةٌ"):
            with self.subTest(word):
                self.row.set(f"um {word}")
                self.row.kill_word_left()
                self.check("um |")
                self.row.set("", f"{word}, um")
                self.row.kill_word_right()
                self.check("|, um")

    def test_a_word_move_stops_at_the_border_of_a_character(self) -> None:
        """Trap 71."""
        self.row.set("", "👍🏽a")
        self.row.word_right()
        self.check("👍🏽a|")
        self.row.set("a❤\ufe0f")
        self.row.word_left()
        self.check("|a❤\ufe0f")


class Undoing(RowTest):
    def test_a_word_is_undone_at_once(self) -> None:
        self.row.type("um dois")
        self.row.type(" tres")
        for row in ("um dois |", "um |", "|"):
            self.assertTrue(self.row.undo())
            self.check(row)
        self.assertFalse(self.row.undo())

    def test_each_change_is_undone(self) -> None:
        self.row.set("um dois", " tres")
        for change in (Row.backspace, Row.delete, Row.kill_left, Row.kill_right, Row.kill_all, Row.transpose, Row.yank):
            with self.subTest(change.__name__):
                before = (self.row.before, self.row.after)
                change(self.row)
                self.assertNotEqual((self.row.before, self.row.after), before)
                self.assertTrue(self.row.undo())
                self.assertEqual((self.row.before, self.row.after), before)

    def test_what_changed_nothing_is_not_undone(self) -> None:
        self.row.type("x")
        self.row.end()
        self.row.delete()
        self.assertTrue(self.row.undo())
        self.check("|")

    def test_only_so_many_changes_are_kept(self) -> None:
        self.row.set("x" * 300)
        for _ in range(200):
            self.row.backspace()
        undone = 0
        while self.row.undo() and undone < 300:
            undone += 1
        self.assertEqual(undone, UNDO_STEPS)
        self.check("x" * 200 + "|")

    def test_what_was_before_another_text_is_forgotten(self) -> None:
        self.row.type("um")
        self.row.set("dois")
        self.assertFalse(self.row.undo())


class Swapping(RowTest):
    def test_the_characters_around_the_cursor_change_places(self) -> None:
        for before, after, row in (
            ("ab", "", "ba|"), ("a", "bc", "ba|c"), ("xe\u0301", "日", "x日e\u0301|"), ("🇧🇷", "👍🏽!", "👍🏽🇧🇷|!"),
        ):  # fmt: skip
            self.row.set(before, after)
            self.assertTrue(self.row.transpose())
            self.check(row)

    def test_one_alone_stays_where_it_is(self) -> None:
        for before, after in (("", ""), ("a", ""), ("", "ab")):
            self.row.set(before, after)
            self.assertIs(self.row.transpose(), False)
            self.check(f"{before}|{after}")


class Bounds(RowTest):
    def test_the_bytes_that_are_left_are_counted(self) -> None:
        self.row = Row(limit_bytes=10)
        self.row.type("aé日")
        self.assertEqual(self.row.bytes_left, 4)
        self.assertFalse(self.row.insert("日日"))
        self.assertFalse(self.row.type("日日"))
        self.check("aé日日|")

    def test_what_fits_does_not_depend_on_what_comes_together(self) -> None:
        for pieces in (["日ab"], ["日", "a", "b"], ["日a", "b"]):
            self.row = Row(limit_bytes=2)
            results = [self.row.type(piece) for piece in pieces]
            self.assertFalse(results[0])
            self.check("ab|")

    def test_nothing_fits_into_a_row_that_is_too_long(self) -> None:
        self.row = Row(limit_bytes=3)
        self.row.set("abcde")
        self.assertFalse(self.row.type("xyzxyz"))
        self.check("abcde|")

    def test_a_mark_that_meets_a_letter_takes_the_cursor_along(self) -> None:
        self.row.set("e", "\u0301b")
        self.check("e\u0301|b")
        self.row.set("🇧x", "🇷")
        self.row.backspace()
        self.check("🇧🇷|")

    def test_half_a_flag_waits_for_its_other_half(self) -> None:
        for halves, after in ((("🇧", "🇷"), "🇵🇹"), (("👨\u200d", "👩"), "🙂"), (("a", "e"), "\u0301")):
            for pieces in (halves, ["".join(halves)]):
                self.row.set("", after)
                for piece in pieces:
                    self.assertTrue(self.row.type(piece))
                self.check(f"{''.join(halves)}|{after}")

    def test_the_cursor_never_stands_inside_a_character(self) -> None:
        chance = random.Random(7)
        parts = ("a", " ", ",", "日", "e\u0301", "\u0301", "👍", "🏽", "🇧", "🇷", "\u200d", "👩", "\u1112", "\u1161")
        for _ in range(400):
            self.row = Row(limit_bytes=60)
            for _ in range(30):
                if chance.random() < 0.5:
                    self.row.type(chance.choice(parts) + chance.choice(parts))
                else:
                    chance.choice(DO)(self.row)
                    self.row.right()
                    self.row.left()
                    whole = clusters(self.row.before) + clusters(self.row.after)
                    self.assertEqual(whole, clusters(self.row.text))
                self.assertGreaterEqual(self.row.bytes_left, 0)


if __name__ == "__main__":
    unittest.main()
