"""The title of the window."""

from __future__ import annotations

import unittest
from typing import List

from minichat.client.title import Title


class TitleTest(unittest.TestCase):
    def setUp(self) -> None:
        self.put: List[str] = []

    def title(self, is_wanted: bool = True) -> Title:
        """A title that is noted here."""
        return Title(self.put.append, "host", is_wanted)

    def test_it_counts_and_is_put_only_when_it_changes(self) -> None:
        title = self.title()
        title.came_in_as("ana")
        for unseen in (0, 0, 1, 2, 2, 0):
            title.show(unseen)
        name = "minichat ana@host"
        self.assertEqual(self.put, [name, f"(1) {name}", f"(2) {name}", name])

    def test_the_old_title_comes_back_once_and_for_good(self) -> None:
        title = self.title()
        title.came_in_as("ana")
        title.show(0)
        title.restore()
        title.restore()
        title.show(1)
        self.assertEqual(self.put, ["minichat ana@host", ""])

    def test_before_there_is_a_nick_the_title_is_left_alone(self) -> None:
        title = self.title()
        title.show(0)
        title.show(1)
        title.restore()
        self.assertEqual(self.put, [])

    def test_it_is_left_alone_unless_it_is_wanted(self) -> None:
        title = self.title(is_wanted=False)
        title.came_in_as("ana")
        title.show(1)
        title.restore()
        self.assertEqual(self.put, [])

    def test_what_a_server_calls_us_cannot_end_the_title(self) -> None:
        title = self.title()
        title.came_in_as("a\a\x1b\\\x9c")
        title.show(0)
        self.assertEqual(self.put, ["minichat a\\x07\\x1b\\\\x9c@host"])


if __name__ == "__main__":
    unittest.main()
