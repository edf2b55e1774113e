"""The screen of a person: lines above, one row below, and everything put back."""

from __future__ import annotations

import os
import select
import sys
import unittest
from unittest import mock

from minichat.cli import output
from minichat.tty.terminal import LEAST_COLUMNS, Terminal

if sys.platform != "win32":
    import termios

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
        self.terminal.show([line.encode() for line in lines], before, after, len(before))
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

    def test_a_narrower_window_leaves_nothing_of_the_old_row(self) -> None:
        self.terminal.enter()
        self.draw("um", before="> 0123456789abcde")
        self.seat.resize(8)
        self.terminal.resized()
        self.draw(before="> <bcde")
        self.assertEqual(self.seat.screen.lines, ["um", "> <bcde"])
        self.assertEqual(self.terminal.columns, 7)
        self.seat.resize(20)
        self.terminal.resized()
        self.draw(before="> 0123456789abcde")
        self.assertEqual(self.seat.screen.lines, ["um", "> 0123456789abcde"])

    def test_the_cursor_at_the_beginning_of_a_long_row_is_no_trouble(self) -> None:
        self.terminal.enter()
        self.draw("um", before="> ", after="0123456789abcde")
        self.seat.resize(8)
        self.terminal.resized()
        self.draw(before="> ", after="0123>")
        self.assertEqual(self.seat.screen.lines, ["um", "> 0123>"])

    def test_a_row_that_fills_the_new_width_erases_only_itself(self) -> None:
        self.terminal.enter()
        self.draw("um", before="> 01234567")  # ten columns, and the cursor after them
        self.seat.resize(10)
        self.terminal.resized()
        self.draw(before="> <1234567")
        self.assertEqual(self.seat.screen.lines, ["um", "> <1234567"])

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
                stuck.show([b"x" * 1000], "> ", "", 2)
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

    def test_a_window_of_hardly_any_columns_is_counted_as_a_few(self) -> None:
        self.terminal.enter()
        self.seat.resize(1)
        self.terminal.resized()
        self.assertEqual(self.terminal.columns, LEAST_COLUMNS - 1)

    def test_clear_empties_the_window(self) -> None:
        self.terminal.enter()
        self.draw("um", "dois")
        self.terminal.clear()
        self.draw(before="> a")
        self.assertEqual((self.seat.screen.lines, self.seat.row), (["> a"], "> a|"))


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

    def test_leaving_puts_everything_back_also_twice(self) -> None:
        self.terminal.enter()
        self.terminal.show([b"um"], "> ", "abc", 2)
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
            self.terminal.show([b"um"], "> ", "", 2)
        self.terminal.leave()


if __name__ == "__main__":
    unittest.main()
