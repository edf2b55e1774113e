"""Lines of the client's own: kept in order, shown once, and none lost at the end."""

from __future__ import annotations

import os
import unittest
from typing import List
from unittest import mock

from minichat.client.notices import Notices


class Waiting(unittest.TestCase):
    def setUp(self) -> None:
        self.notices = Notices()
        self.shown: List[str] = []

    def test_lines_are_shown_once_and_in_order(self) -> None:
        for line in ("um", "dois"):
            self.notices.add(line)
        for _ in range(2):
            self.notices.pass_to(self.shown.append)
        self.assertEqual(self.shown, ["um", "dois"])

    def test_a_line_added_while_others_are_shown_waits(self) -> None:
        self.notices.add("um")
        self.notices.pass_to(lambda line: self.notices.add(line + "!"))
        self.notices.pass_to(self.shown.append)
        self.assertEqual(self.shown, ["um!"])


@unittest.skipUnless(os.name == "posix", "select on a pipe")
class TheRest(unittest.TestCase):
    def setUp(self) -> None:
        self.reader, self.writer = os.pipe()
        for fd in (self.reader, self.writer):
            self.addCleanup(os.close, fd)
        standard_error = mock.patch("minichat.cli.output.own_description", lambda fd: {2: self.writer}[fd])
        standard_error.start()
        self.addCleanup(standard_error.stop)
        self.notices = Notices()

    def test_it_goes_to_standard_error_and_is_safe_there(self) -> None:
        for line in ("Olá", "a\x1b[2J\nb", "\udcff"):
            self.notices.add(line)
        self.notices.print_rest()
        self.notices.print_rest()
        self.assertEqual(os.read(self.reader, 4096).decode(), "Olá\na\\x1b[2J\\nb\n\\udcff\n")

    def test_it_does_not_wait_for_an_output_that_is_stuck(self) -> None:
        os.set_blocking(self.writer, False)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(self.writer, b"x" * 4096)
        self.notices.add("never seen")
        self.notices.print_rest()


if __name__ == "__main__":
    unittest.main()
