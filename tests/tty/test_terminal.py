"""The screen of a person: lines above, one row below, and everything put back."""

from __future__ import annotations

import os
import random
import re
import select
import sys
import unittest
from unittest import mock

from minichat.cli import output
from minichat.tty.fold import folded
from minichat.tty.graphemes import clusters, columns
from minichat.tty.keys import KeyParser
from minichat.tty.terminal import LEAST_COLUMNS, Terminal

if sys.platform != "win32":
    import termios

    from tests.screen import LEFT_ON
    from tests.seat import Seat


@unittest.skipIf(sys.platform == "win32", "no pseudo-terminals on this system")
class Drawing(unittest.TestCase):
    def setUp(self) -> None:
        self.seat = Seat(columns=20, height=6)
        self.addCleanup(self.seat.close)
        self.terminal = Terminal(self.seat.its, self.seat.its)
        self.asked = 0  # whether to give up
        patience = mock.patch.object(output, "LOOK_SECONDS", 0.01)  # before it asks
        patience.start()
        self.addCleanup(patience.stop)

    def gives_up(self) -> bool:
        """Not before it is asked for the third time while nothing is taken."""
        self.asked += not select.select([], [self.seat.its], [], 0)[1]
        return self.asked > 2

    def draw(self, *lines: str, before: str = "> ", after: str = "") -> None:
        """Print lines and a row, and look at the screen."""
        self.terminal.show([line.encode() for line in lines], before, after)
        self.seat.sync()

    def test_lines_stand_above_the_row_and_the_cursor_in_it(self) -> None:
        self.terminal.enter()
        self.draw("um", "dois", before="> oi", after=" ana")
        self.assertEqual(self.seat.screen.lines, ["um", "dois", "> oi ana"])
        self.assertEqual(self.seat.row, "> oi| ana")
        self.draw("tres", before="> oi a", after="na")
        self.assertEqual(self.seat.screen.lines, ["um", "dois", "tres", "> oi ana"])
        self.assertEqual(self.seat.row, "> oi a|na")

    def test_long_lines_fold_and_can_be_copied_whole(self) -> None:
        self.terminal.enter()
        self.draw("x" * 50)
        self.draw("fim")
        self.assertEqual(self.seat.screen.lines, ["x" * 50, "fim", ">"])

    def test_what_scrolls_off_is_not_lost(self) -> None:
        self.terminal.enter()
        lines = [f"linha {number}" for number in range(30)]
        for line in lines:
            self.draw(line, before="> digitando")
        self.assertEqual(self.seat.screen.lines, [*lines, "> digitando"])

    def test_the_same_row_is_not_drawn_again(self) -> None:
        self.terminal.enter()
        self.draw()
        before = len(self.seat.raw)
        self.draw()
        self.assertEqual(self.seat.raw[before:], b"\a")  # which is ours

    def test_the_row_never_folds_however_columns_are_counted(self) -> None:
        self.terminal.enter()
        self.draw("um", before="> " + "x" * 30, after="y" * 30)
        self.assertEqual(len(self.seat.screen.rows), 2)
        self.assertTrue(self.seat.screen.modes["?7"])
        self.draw("dois")
        self.assertEqual(self.seat.screen.lines, ["um", "dois", ">"])

    def test_the_row_is_erased_so_that_no_scrollback_keeps_it(self) -> None:
        self.terminal.enter()
        self.draw("um", before="> a")
        self.draw("dois", before="> ab")
        self.assertNotIn(b"\x1b[J", self.seat.raw)

    def test_a_terminal_that_takes_nothing_is_waited_for(self) -> None:
        stuck = Terminal(self.seat.its, self.seat.its, self.gives_up)
        stuck.enter()
        with self.assertRaises(InterruptedError):
            for _ in range(1000):
                stuck.show([b"x" * 1000], "> ", "")
        stuck.leave()
        self.assertEqual(self.seat.settings(), self.seat.before)

    def test_one_that_was_left_and_entered_again_is_waited_for_too(self) -> None:
        suspended = Terminal(self.seat.its, self.seat.its, self.gives_up)
        suspended.enter()
        suspended.leave()
        suspended.enter()
        self.seat.fill()
        with self.assertRaises(InterruptedError):
            suspended.bell()
        self.assertEqual(self.asked, 3)

    def test_clear_empties_the_window(self) -> None:
        self.terminal.enter()
        self.draw("um", "dois")
        self.terminal.clear()
        self.draw(before="> a")
        self.assertEqual((self.seat.screen.lines, self.seat.row), (["> a"], "> a|"))


@unittest.skipIf(sys.platform == "win32", "no pseudo-terminals on this system")
class Resizing(unittest.TestCase):
    """Trap 66: only the row is ever erased."""

    def setUp(self) -> None:
        self.seat = Seat(columns=20, height=6)
        self.addCleanup(self.seat.close)
        self.terminal = Terminal(self.seat.its, self.seat.its)
        self.terminal.enter()

    def draw(self, *lines: str, before: str = "> ", after: str = "") -> None:
        """Print lines and a row, and look at the screen."""
        self.terminal.show([line.encode() for line in lines], before, after)
        self.seat.sync()

    def resize(self, columns: int) -> None:
        """Give the window another width, and tell the terminal object all that it gets to know."""
        self.seat.resize(columns)
        self.terminal.resized()
        self.seat.sync()
        self.answer()

    def answer(self) -> None:
        """Pass the answers of the screen on, as keys are."""
        while select.select([self.seat.its], [], [], 0)[0]:
            for key in KeyParser().feed(os.read(self.seat.its, 1000)):
                self.terminal.located(key.text)

    def test_a_narrower_window_leaves_nothing_of_the_row(self) -> None:
        for text in ("0123456789abcde", "日本語日本語日本", "ação é não sim", "日a本b語cação"):
            for width in range(4, 20):
                self.draw("um", before="> " + text)
                self.resize(width)
                self.draw(before="> <")
                self.check_copies(text, width)
                self.resize(20)

    def check_copies(self, text: str, width: int) -> None:
        """Assert that nothing of the row is left, unless its cursor was in the last column, which proves nothing."""
        lines = self.seat.screen.lines
        self.assertEqual((lines[0], lines[-1][-3:]), ("um", "> <"), (text, width))
        if folded("> " + text, width) or columns("> " + text) < width:
            self.assertEqual(lines, ["um", "> <"], (text, width))
        self.terminal.clear()
        self.seat.sync()

    def test_a_wider_window_shows_the_row_once(self) -> None:
        self.draw("um", before="> 0123456789abcde")
        for width in (8, 20, 40, 10, 60):
            self.resize(width)
            self.draw(before="> 0123456789abcde"[: width - 1])
            self.assertEqual(self.seat.screen.lines, ["um", "> 0123456789abcde"[: width - 1]])

    def test_a_window_that_cuts_rows_loses_no_line_above(self) -> None:
        self.seat.screen.folds = False
        for text in ("0123456789abcdefg", "日本語" * 3, "कि " * 5, "👍" * 8, "👨‍👩‍👧" * 3):
            for width in range(4, 20):
                self.draw("um", before="> " + text)
                self.resize(width)
                self.draw(before="> <")
                self.assertEqual(self.seat.screen.lines, ["um", "> <"], (text, width))
                self.resize(20)
                self.terminal.clear()

    def test_the_cursor_at_the_beginning_of_a_long_row(self) -> None:
        for folds in (True, False):
            self.seat.screen.folds = folds
            self.terminal.clear()
            self.draw("um", before="> ", after="0123456789abcde")
            self.resize(8)
            self.draw(before="> ", after="0123>")
            self.assertEqual(self.seat.screen.lines, ["um", "> 0123>"])
            self.resize(20)

    def test_a_row_that_fills_the_new_width_erases_only_itself(self) -> None:
        self.draw("um", before="> 01234567")  # ten columns, and the cursor after them
        self.resize(10)
        self.draw(before="> <1234567")
        self.assertEqual(self.seat.screen.lines, ["um", "> <1234567"])

    def test_an_answer_that_comes_too_late_erases_nothing(self) -> None:
        for late in ("lines", "resize", "another program"):
            self.draw("um", before="> 0123456789abcde")
            self.seat.resize(8)
            self.terminal.resized()
            if late == "lines":
                self.draw("dois", before="> <")
            elif late == "resize":
                self.seat.resize(20)
            else:
                self.terminal.enter()
            self.seat.sync()
            raw = len(self.seat.raw)
            self.answer()
            self.seat.sync()
            self.assertEqual(self.seat.raw[raw:], b"\a", late)  # which is ours
            self.resize(20)

    def test_only_the_first_answer_counts(self) -> None:
        self.draw("um", before="> 0123456789abcde")
        self.seat.resize(8)
        self.terminal.resized()
        self.terminal.located("6;8")
        self.seat.sync()
        raw = len(self.seat.raw)
        self.answer()
        self.seat.sync()
        self.assertEqual(self.seat.raw[raw:], b"\a")  # which is ours

    def test_an_answer_that_was_not_asked_for_erases_nothing(self) -> None:
        self.draw("um", before="> abc")
        raw = len(self.seat.raw)
        for place in ("1;1", "2;6", "6;20", "1", ";"):
            self.terminal.located(place)
        self.seat.sync()
        self.assertEqual(self.seat.raw[raw:], b"\a")

    def test_no_line_is_lost_in_a_storm_of_resizes(self) -> None:
        texts = ("0123456789" * 4, "日本語" * 8, "कि " * 9, "👍🏽" * 9, "e\u0301ção " * 6, "🇧🇷a" * 9, "가\u11a8한" * 8)
        for seed in range(40):
            chance = random.Random(seed)
            self.seat.screen.folds = bool(seed % 2)
            said = []
            for number in range(40):
                act = chance.choice(("say", "type", "resize", "resize", "notice", "notice", "answer"))
                if act == "resize":
                    self.seat.resize(chance.randint(8, 40))
                elif act == "notice":
                    self.terminal.resized()
                elif act == "answer":
                    self.answer()
                else:
                    lines = [f"<{seed}.{number}>"] if act == "say" else []
                    said += lines
                    text = "".join(clusters(chance.choice(texts))[: chance.randrange(30)])
                    self.draw(*lines, before="> " + self.fitting(text), after="")
                self.seat.sync()
            rows = "".join(row.text for row in self.seat.screen.rows)
            self.assertEqual(re.findall(rf"<{seed}\.\d+>", rows), said, (seed, rows))
            self.answer()

    def fitting(self, text: str) -> str:
        """The beginning of a text that fits into the row."""
        found = clusters(text)
        while columns("".join(found)) > self.terminal.columns - 2:
            found.pop()
        return "".join(found)

    def test_a_window_of_hardly_any_columns_is_counted_as_a_few(self) -> None:
        self.resize(1)
        self.assertEqual(self.terminal.columns, LEAST_COLUMNS - 1)


@unittest.skipIf(sys.platform == "win32", "no pseudo-terminals on this system")
class Settings(unittest.TestCase):
    def setUp(self) -> None:
        self.seat = Seat()
        self.addCleanup(self.seat.close)
        self.terminal = Terminal(self.seat.its, self.seat.its)

    def test_keys_come_at_once_and_unseen_and_output_is_as_before(self) -> None:
        self.terminal.enter()
        iflag, oflag, _, lflag = self.seat.settings()[:4]
        for flag in (termios.ICANON, termios.ECHO, termios.ISIG, termios.IEXTEN):
            self.assertFalse(lflag & flag)
        self.assertFalse(iflag & (termios.ICRNL | termios.IXON))
        self.assertEqual(oflag, self.seat.before[1])
        os.write(self.seat.ours, b"\x03\r")
        self.assertEqual(os.read(self.seat.its, 9), b"\x03\r")

    def test_what_a_dead_program_left_on_is_switched_off(self) -> None:
        self.seat.screen.left_on = set(LEFT_ON)
        os.write(self.seat.its, b"um\r\ndois\r\n")
        self.terminal.enter()
        self.seat.sync()
        self.assertEqual(self.seat.screen.left_on, set())
        self.assertEqual((self.seat.screen.lines, self.seat.screen.row), (["um", "dois"], 2))

    def test_the_title_of_the_window_comes_back(self) -> None:
        for act in (self.terminal.leave, lambda: self.terminal.title("")):
            self.terminal.enter()
            self.terminal.title("")
            self.terminal.title("(1) minichat")
            self.terminal.title("(2) minichat")
            self.seat.sync()
            self.assertEqual((self.seat.screen.title, self.seat.screen.titles), ("(2) minichat", ["shell"]))
            act()
            self.seat.sync()
            self.assertEqual((self.seat.screen.title, self.seat.screen.titles), ("shell", []))

    def test_the_title_is_ours_again_after_a_stop(self) -> None:
        self.terminal.enter()
        self.terminal.title("(1) minichat")
        self.terminal.leave()
        self.terminal.enter()
        self.seat.sync()
        self.assertEqual((self.seat.screen.title, self.seat.screen.titles), ("(1) minichat", ["shell"]))

    def test_a_title_is_safe_and_short(self) -> None:
        self.terminal.enter()
        self.terminal.title("a\x07b\x1b[2J\x9c\u202e" + "é" * 500)
        self.seat.sync()
        self.assertTrue(self.seat.screen.title.startswith("a\\x07b\\x1b[2J\\x9c\\u202eéé"))
        self.assertLess(len(self.seat.screen.title), 200)
        raw = len(self.seat.raw)
        self.terminal.title("a\x07b\x1b[2J\x9c\u202e" + "é" * 500)
        self.seat.sync()
        self.assertEqual(self.seat.raw[raw:], b"\a")  # which is ours

    def test_leaving_puts_everything_back_also_twice(self) -> None:
        self.terminal.enter()
        self.terminal.show([b"um"], "> ", "abc")
        self.seat.sync()
        self.assertTrue(self.seat.screen.modes["?2004"])
        self.terminal.leave()
        self.terminal.leave()
        self.seat.sync()
        self.assertEqual(self.seat.settings(), self.seat.before)
        self.assertEqual(self.seat.screen.modes, {"?7": True, "?2004": False})
        self.assertEqual((self.seat.screen.lines, self.seat.row), (["um"], "|"))

    def test_it_can_be_entered_again(self) -> None:
        for _ in range(3):
            self.terminal.enter()
            self.terminal.leave()
        self.seat.sync()
        self.assertEqual(self.seat.settings(), self.seat.before)

    def test_what_was_never_entered_is_left_without_a_trace(self) -> None:
        self.terminal.leave()
        self.seat.sync()
        self.assertEqual(self.seat.raw, b"\a")  # which is ours

    def test_a_terminal_that_is_gone_is_an_oserror_and_can_still_be_left(self) -> None:
        self.terminal.enter()
        os.close(self.seat.ours)
        self.seat.ours = -1
        with self.assertRaises(OSError):
            self.terminal.show([b"um"], "> ", "")
        self.terminal.leave()


if __name__ == "__main__":
    unittest.main()
