"""The time before a line, by clocks that a test moves."""

from __future__ import annotations

import unittest
from datetime import datetime, timedelta

from minichat.chat.parser import Join, parse_message
from minichat.cli.messages import Messages
from minichat.client.show import Look, Show
from minichat.client.stamp import SILENCE_SECONDS, Moment, Stamp


class StampTest(unittest.TestCase):
    def setUp(self) -> None:
        self.wall, self.seconds = datetime(2026, 11, 26, 14, 3), 1000.0
        self.stamp = self.new()

    def new(self, always: bool = False, on_terminal: bool = True, language: str = "en") -> Stamp:
        """A stamp on the clocks of this test."""
        return Stamp(Messages(language), always, on_terminal, lambda: Moment(self.wall.timetuple(), self.seconds))

    def wait(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds

    def check(self, *stamps: str, seconds: float = 1.0) -> None:
        """Assert what stands before lines that come so far apart."""
        for stamp in stamps:
            self.wait(seconds)
            self.assertEqual(self.stamp.next(), stamp)


class AfterASilence(StampTest):
    def test_it_stands_before_the_first_line_after_five_minutes(self) -> None:
        self.check("", "")
        self.check("14:08 ", seconds=SILENCE_SECONDS)
        self.check("", "")
        self.check("", seconds=SILENCE_SECONDS - 1)

    def test_a_computer_that_slept_was_silent(self) -> None:
        self.check("")
        self.wall += timedelta(hours=2)  # while the monotonic clock stood still
        self.check("16:03 ", "")

    def test_a_clock_that_is_put_back_hides_no_silence(self) -> None:
        self.check("")
        self.wall -= timedelta(seconds=SILENCE_SECONDS)
        self.check("14:03 ", seconds=SILENCE_SECONDS)

    def test_a_clock_that_jumps_is_told_once(self) -> None:
        self.check("")
        for hours, told in ((1, "15:03 "), (-1, "14:03 ")):  # summer time begins and ends
            self.wall += timedelta(hours=hours)
            self.check(told, "")

    def test_any_jump_is_only_another_time(self) -> None:
        self.check("")
        for year in (1970, 2038, 1999, 9999):
            self.wall = datetime(year, 1, 1)
            self.check(f"{year}-01-01 00:00 ")


class AnotherDay(StampTest):
    def test_the_first_line_of_a_day_has_the_date(self) -> None:
        self.wall = datetime(2026, 12, 31, 23, 59, 58)
        self.check("", "2027-01-01 00:00 ")
        self.stamp = self.new(language="pt")
        self.check("", "02/01/2027 00:00 ", seconds=86400 / 2)
        self.check("", "")

    def test_a_clock_put_back_over_midnight_tells_the_date_again(self) -> None:
        self.wall = datetime(2026, 11, 27)
        self.check("")
        self.wall -= timedelta(minutes=1)
        self.check("2026-11-26 23:59 ")
        self.check("2026-11-27 00:00 ", seconds=60)


class Always(StampTest):
    def test_the_time_stands_before_every_line(self) -> None:
        self.stamp = self.new(always=True)
        self.check("14:03 ", "14:03 ")
        self.check("2026-11-27 14:03 ", seconds=86400)

    def test_programs_get_the_time_and_no_date(self) -> None:
        self.stamp = self.new(always=True, on_terminal=False)
        self.check("14:03 ", "14:03 ")
        self.check("14:03 ", seconds=86400)

    def test_programs_that_ask_for_nothing_get_nothing(self) -> None:
        self.stamp = self.new(on_terminal=False)
        self.check("", "", seconds=86400)


class Lines(StampTest):
    def test_a_line_that_is_not_shown_does_not_break_a_silence(self) -> None:
        show = Show(Look(is_terminal=True, is_quiet=True), Messages("en"), self.stamp)
        line = b"FROM bia [all]: oi"
        self.assertEqual(show.line(line, parse_message(line)), line)
        self.wait(SILENCE_SECONDS / 2)
        self.assertIsNone(show.line(b"JOIN davi", Join("davi")))
        self.wait(SILENCE_SECONDS / 2)
        self.assertEqual(show.line(line, parse_message(line)), b"14:08 " + line)

    def test_the_clocks_of_this_computer_can_be_read(self) -> None:
        self.assertRegex(Stamp(Messages("en"), True, True).next(), r"\A\d\d:\d\d \Z")


if __name__ == "__main__":
    unittest.main()
