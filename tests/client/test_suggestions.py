"""The words for TAB."""

from __future__ import annotations

import unittest
from typing import List

from minichat.chat.parser import Ok, Who
from minichat.cli.messages import Messages
from minichat.client.presence import Presence
from minichat.client.suggestions import Suggestions


class SuggestionsTest(unittest.TestCase):
    def words(self, word: str, is_first: bool = True, language: str = "en") -> List[str]:
        """What ana is offered, where Bruno and bia are in."""
        presence = Presence()
        for message in Ok("ana"), Who(3, ("ana", "Bruno", "bia")):
            presence.heard(message)
        return Suggestions(presence, Messages(language)).words(word, is_first)

    def test_a_command_is_completed_at_the_start_of_a_row(self) -> None:
        self.assertEqual(self.words("/q"), ["/quit", "/quem"])
        self.assertEqual(self.words("/Q", language="pt"), ["/quem", "/quit"])
        self.assertEqual(self.words("/q", is_first=False), [])

    def test_a_nick_at_the_start_becomes_an_address(self) -> None:
        self.assertEqual(self.words("b"), ["@bia", "@Bruno"])
        for word, is_first in (("b", False), ("", True), ("an", True), ("x", True)):
            self.assertEqual(self.words(word, is_first), [])

    def test_after_an_at_sign_a_nick_is_completed_anywhere(self) -> None:
        self.assertEqual([self.words("@br", is_first) for is_first in (False, True)], [["@Bruno"], ["@Bruno"]])


if __name__ == "__main__":
    unittest.main()
