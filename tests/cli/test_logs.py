"""Log records as lines for a sink."""

from __future__ import annotations

import logging
import sys
import unittest
from typing import Any, Callable, List, Tuple

from minichat.cli.logs import LineFormatter, Ration, SinkHandler


def record(message: str, *arguments: Any, exc_info: Any = None) -> logging.LogRecord:
    """A log record."""
    return logging.LogRecord("name", logging.INFO, "path.py", 1, message, arguments, exc_info)


class LogLines(unittest.TestCase):
    """One record, one printable line."""

    def test_a_record_is_one_printable_line_whatever_a_peer_sent(self) -> None:
        """Trap 42."""
        sent = "".join(map(chr, [*range(0x3400), *range(0xD000, 0x20000), *range(0xE0000, 0xE1000)]))
        line = LineFormatter("%(levelname)s %(message)s").format(record("%s", sent))
        self.assertTrue(line.isprintable())
        line.encode()

    def test_what_is_not_printable_is_escaped_and_the_rest_stays(self) -> None:
        """Trap 42."""
        line = LineFormatter("%(message)s").format(record("olá €\x1b[2J\r\u2028\u202e\x85\ud800 a\tb\nc"))
        self.assertEqual(line, "olá €\\x1b[2J\\r\\u2028\\u202e\\x85\\ud800 a\\tb | c")

    def test_a_traceback_is_one_line_too(self) -> None:
        """Trap 42."""
        try:
            raise ValueError("one\ntwo")
        except ValueError:
            line = LineFormatter("%(message)s").format(record("bug", exc_info=sys.exc_info()))
        self.assertTrue(line.isprintable())
        self.assertTrue(line.startswith("bug | Traceback") and line.endswith("ValueError: one | two"), line)


class TheHandler(unittest.TestCase):
    """What is said over and over is written once a second, and counted meanwhile."""

    def setUp(self) -> None:
        self.lines: List[str] = []
        self.now = 100.0
        self.log = logging.Logger("test")
        self.log.addHandler(SinkHandler(self.lines.append, lambda: self.now))

    def repeat(self, count: int) -> None:
        """Log the same thing so often."""
        for number in range(count):
            self.log.info("bad connection %d", number)

    def test_a_line_has_time_level_and_message(self) -> None:
        self.log.warning("the %s", "message")
        self.assertRegex(self.lines[0], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING the message$")

    def test_a_flood_is_one_line_a_second(self) -> None:
        """Trap 42."""
        for _ in range(8):
            self.repeat(1250)
            self.now += 0.125
        self.assertEqual(len(self.lines), 1)
        self.repeat(1)
        self.assertEqual(len(self.lines), 2)
        self.assertTrue(self.lines[1].endswith("bad connection 0 (+9999)"), self.lines[1])

    def test_bad_connections_are_at_most_a_line_a_second(self) -> None:
        """Trap 42."""
        for _ in range(1000):
            self.repeat(10)
            self.now += 0.06
        self.assertLessEqual(len(self.lines), 61)

    def test_a_second_is_a_whole_second(self) -> None:
        for now, lines in ((100.0, 1), (100.999, 1), (101.0, 2), (101.999, 2), (102.5, 3)):
            self.now = now
            self.repeat(1)
            self.assertEqual(len(self.lines), lines, now)

    def test_the_count_starts_anew_once_it_was_told(self) -> None:
        for count in (5, 1, 1):
            self.repeat(count)
            self.now += 1
        self.assertEqual([line.partition(" (")[2] for line in self.lines], ["", "+4)", ""])

    def test_what_is_said_elsewhere_is_not_held_back(self) -> None:
        self.repeat(10)
        self.log.info("something else")
        self.log.info("and this")
        self.assertEqual([line.split(" ", 3)[3] for line in self.lines][1:], ["something else", "and this"])


class ARation(unittest.TestCase):
    """Lines about members: whole for a class, counted for a crowd."""

    def setUp(self) -> None:
        self.lines: List[str] = []
        self.now = 100.0
        self.due: List[Tuple[float, Callable[[], object]]] = []
        self.ration = Ration(self.lines.append, lambda count: f"({count} left out)", lambda: self.now, self.call_later)

    def call_later(self, seconds: float, call: Callable[[], object]) -> None:
        """Ring once, as a reactor does."""
        self.due.append((self.now + seconds, call))

    def pass_time(self, seconds: float) -> None:
        """Put the clock forward; ring what is due."""
        self.now += seconds
        due, self.due = [entry for entry in self.due if entry[0] <= self.now], [
            entry for entry in self.due if entry[0] > self.now
        ]
        for _, call in due:
            call()

    def say(self, count: int) -> None:
        """Tell so many lines."""
        for number in range(count):
            self.ration(f"line {number}")

    def test_a_class_of_64_is_shown_whole(self) -> None:
        """Trap 45."""
        self.say(64)
        self.assertEqual(self.lines, [f"line {number}" for number in range(64)])
        self.assertEqual(self.due, [])

    def test_a_flood_is_at_most_200_lines_a_minute_with_a_count(self) -> None:
        """Traps 42 and 45."""
        told: List[Tuple[float, str]] = []
        self.ration._sink = lambda line: told.append((self.now, line))
        for _ in range(1800):  # three minutes, 1,250 a second
            self.say(125)
            self.pass_time(0.1)
        for begin in range(120):
            self.assertLessEqual(sum(100.0 + begin <= when <= 160.0 + begin for when, _ in told), 200, begin)
        left_out = sum(int(line[1:].split()[0]) for _, line in told if line[0] == "(")
        shown = sum(line[0] != "(" for _, line in told)
        self.pass_time(10.0)
        left_out += int(told[-1][1][1:].split()[0])
        self.assertEqual(left_out + shown, 1800 * 125)

    def test_the_count_is_told_though_nothing_more_comes(self) -> None:
        """Trap 45."""
        self.say(150)
        self.assertEqual(len(self.lines), 100)
        self.pass_time(9.9)
        self.assertEqual(len(self.lines), 100)
        self.pass_time(0.2)
        self.assertEqual(self.lines[100:], ["(50 left out)"])
        self.pass_time(60.0)
        self.assertEqual(len(self.lines), 101)

    def test_lines_are_left_out_until_they_are_counted(self) -> None:
        self.say(101)
        self.pass_time(9.0)
        self.say(1)
        self.pass_time(1.1)
        self.say(7)
        self.assertEqual(self.lines[100:], ["(2 left out)", *(f"line {number}" for number in range(5))])

    def test_after_some_minutes_a_class_is_shown_whole_again(self) -> None:
        self.say(100)
        self.pass_time(200.0)
        self.say(101)
        self.assertEqual(len(self.lines), 200)

    def test_the_end_is_told_whatever_was_said_before_it(self) -> None:
        self.say(150)
        self.ration.tell_now()
        self.ration("stopping")
        self.assertEqual(self.lines[100:], ["(50 left out)", "stopping"])
        self.ration.tell()
        self.assertEqual(len(self.lines), 102)


if __name__ == "__main__":
    unittest.main()
