"""The screen of a lab: so many rows, folded at the width of the terminal, and ENTER in between."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import unittest
from typing import Any, List
from unittest import mock

from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from labs.screen import FOOT_ROWS, ROWS, CannotPrint, Screen, say

if sys.platform != "win32":
    from tests.program import Program
    from tests.seat import Seat

MORE = "ENTER: more..."


class Rows(unittest.TestCase):
    def screen(self, asks: bool = False, columns: int = 80, lines: int = 24) -> Screen:
        """Return a screen of that size."""
        return Screen(MORE, asks, os.terminal_size((columns, lines)))

    def shown(self, use: Any, typed: Any = "", **how: Any) -> List[str]:
        """Return what ``use(screen)`` prints while ``typed`` is the standard input."""
        output, stdin = io.StringIO(), typed if hasattr(typed, "readline") else io.StringIO(typed)
        with mock.patch("sys.stdin", stdin), contextlib.redirect_stdout(output):
            use(self.screen(**how))
        return output.getvalue().splitlines()

    def test_a_row_is_folded_at_the_width_of_the_terminal(self) -> None:
        for columns, most in ((200, 80), (80, 80), (40, 40), (5, 20)):
            rows = self.shown(lambda screen: screen.row("uma palavra " * 30), columns=columns)
            self.assertLessEqual(max(map(len, rows)), most)
            self.assertEqual(" ".join(" ".join(rows).split()), ("uma palavra " * 30).strip())

    def test_a_narrow_terminal_keeps_words_whole(self) -> None:
        rows = self.shown(lambda screen: screen.row("a " + "palavra " * 5, " " * 26), columns=24)
        self.assertEqual({word for row in rows for word in row.split()}, {"a", "palavra"})

    def test_it_asks_before_more_rows_than_a_screen_has(self) -> None:
        rows = self.shown(lambda screen: [screen.row(str(n)) for n in range(40)], "\n" * 9, asks=True)
        prompts = [index for index, row in enumerate(rows) if row.startswith(MORE)]
        self.assertEqual(prompts[0], ROWS - 1)
        self.assertEqual([row for row in rows if row.isdigit()], [str(n) for n in range(40)])

    def test_a_low_terminal_gets_fewer_rows(self) -> None:
        rows = self.shown(lambda screen: [screen.row(str(n)) for n in range(40)], "\n" * 9, asks=True, lines=12)
        self.assertEqual(rows[10].strip(), MORE)

    def test_without_a_person_nobody_is_asked(self) -> None:
        rows = self.shown(lambda screen: [screen.row(str(n)) for n in range(40)] + [screen.ask("x")])
        self.assertEqual(rows, [str(n) for n in range(40)])

    def test_rows_that_are_left_leave_room_for_the_prompt(self) -> None:
        def use(screen: Screen) -> None:
            screen.begin("title")
            self.assertEqual(screen.left, ROWS - FOOT_ROWS - 2)
            screen.row("x")
            self.assertEqual(screen.left, ROWS - FOOT_ROWS - 3)

        self.assertEqual(self.shown(use), ["=== title ===", "", "x"])

    def test_after_the_end_of_the_input_nobody_is_asked_again(self) -> None:
        for stdin in ("", mock.Mock(**{"readline.side_effect": OSError(5, "x"), "isatty.return_value": False})):
            rows = self.shown(lambda screen: [screen.ask("one"), screen.ask("two")], stdin, asks=True)
            self.assertEqual([row.strip() for row in rows], ["", "one"])

    def test_an_interrupt_at_the_prompt_ends_its_row(self) -> None:
        stdin = mock.Mock(**{"readline.side_effect": KeyboardInterrupt, "isatty.return_value": False})

        def use(screen: Screen) -> None:
            with self.assertRaises(KeyboardInterrupt):
                screen.ask("one")
            say("$")

        self.assertEqual([row.strip() for row in self.shown(use, stdin, asks=True)], ["", "one", "$"])

    def test_an_output_that_takes_no_more_is_told_to_the_caller(self) -> None:
        with mock.patch("builtins.print", side_effect=BrokenPipeError), self.assertRaises(CannotPrint):
            say("x")


@unittest.skipIf(sys.platform == "win32", "a matter of terminals")
class OnATerminal(unittest.TestCase):
    """A teacher at 80x24 who presses nothing but ENTER."""

    def sit(self, *arguments: str) -> None:
        """Start the labs on a terminal."""
        self.seat = Seat()
        self.addCleanup(self.seat.close)
        self.program = Program("scripts/labs/run.py", *arguments, variables={"TERM": "xterm"}, **self.seat.popen)
        self.addCleanup(self.program.__exit__)
        self.seat.sat_down()

    def window(self) -> List[str]:
        """Return what is on the screen now, without what has scrolled off and without empty rows at the end."""
        screen = self.seat.screen
        rows = [row.text.rstrip() for row in screen.rows[-screen.height :]]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def see(self, title: str, prompt: str) -> List[str]:
        """Wait for the prompt; return the rows of the screen, which fit and begin with this title."""
        self.seat.until(lambda: self.seat.screen.before_cursor == f"{prompt} ", prompt)
        rows = self.window()
        self.assertRegex(rows[0], rf"\A=== Lab \d+: .* \| {title} ===\Z")
        self.assertLessEqual(len(rows), ROWS)
        return rows

    def test_each_step_is_a_screen_of_its_own(self) -> None:
        self.sit("2", "--lang", "en")
        for title, prompt in (
            ("predict", "ENTER: what happens..."),
            ("what happens", "ENTER: with --recv-size 1..."),
            ("with --recv-size 1", "ENTER: why..."),
            ("why", "ENTER: to take home..."),
        ):
            rows = self.see(title, prompt)
            self.seat.type("\n")
        self.seat.find("The lesson showed, and the trace is good.")
        self.assertIn("Think about this:", self.window())
        self.assertNotIn(rows[0], self.window())
        self.assertEqual(self.program.wait(), 0)

    def test_the_hot_loop_goes_on_until_enter(self) -> None:
        self.sit("4")
        self.see("palpite", "ENTER: o que acontece...")
        self.seat.type("\n")
        rows = self.see("o que acontece", "Está rodando. ENTER: basta...")
        self.assertFalse(any("por segundo" in row for row in rows))
        self.seat.type("\n")
        rows = self.see("o que acontece", "ENTER: o minichat como ele é...")
        self.assertTrue(any("por segundo" in row for row in rows), rows)
        self.seat.type("\x03")
        self.assertEqual(self.program.wait(), 130)

    def test_an_interrupt_at_a_prompt_is_no_traceback(self) -> None:
        self.sit("1")
        self.see("palpite", "ENTER: o que acontece...")
        self.seat.type("\x03")
        self.assertEqual(self.program.wait(), 130)
        self.seat.until(lambda: not self.seat.look(), "the end")
        self.assertNotIn("Traceback", self.seat.raw.decode())


if __name__ == "__main__":
    unittest.main()
