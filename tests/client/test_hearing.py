"""What a line of the server does for a person."""

from __future__ import annotations

import unittest
from typing import List

from minichat.chat.parser import NotAMessage, parse_message
from minichat.cli.messages import Messages
from minichat.client.hearing import Hearing
from minichat.client.inbox import Inbox
from minichat.client.presence import Presence
from minichat.client.show import Look, Show
from minichat.client.title import Title


class HearingTest(unittest.TestCase):
    def setUp(self) -> None:
        self.done: List[str] = []
        self.presence, self.inbox = Presence(), Inbox(lambda: 0.0)
        show = Show(Look(is_terminal=True, bell="dm", is_quiet=True), Messages("en"))
        title = Title(lambda text: self.done.append(f"<{text}>"), "host", is_wanted=True)
        self.hearing = Hearing(self, show, self.presence, self.inbox, title)

    def say(self, line: bytes) -> None:
        """A line of the server is shown."""
        self.done.append(line.decode())

    def bell(self) -> None:
        """It rings."""
        self.done.append("!")

    def hear(self, *lines: str, is_hidden: bool = False) -> List[str]:
        """Let the server say these lines in one turn; return what was done."""
        self.done.clear()
        for line in lines:
            try:
                message = parse_message(line.encode())
            except NotAMessage:
                message = None
            self.hearing.heard(line.encode(), message, is_hidden)
        self.hearing.turn_ended()
        return list(self.done)

    def test_a_line_is_shown_rung_and_learned_from(self) -> None:
        self.assertEqual(self.hear("OK ana"), ["OK ana", "<minichat ana@host>"])
        self.assertEqual(self.hear("FROM bia [dm]: oi"), ["FROM bia [dm]: oi", "!", "<(1) minichat ana@host>"])
        self.assertEqual(self.hear("JOIN caio", "something else"), ["something else"])  # quiet
        self.assertEqual(self.presence.starting_with(""), ["caio", "bia"])
        self.assertEqual(self.inbox.sender, "bia")

    def test_what_is_hidden_is_learned_from_all_the_same(self) -> None:
        self.assertEqual(self.hear("WHO 1 ana", is_hidden=True), [])
        self.assertEqual(self.presence.starting_with(""), ["ana"])

    def test_only_private_messages_of_others_are_counted(self) -> None:
        self.hear("OK ana", "FROM ana [dm]: eu", "FROM bia [all]: oi", "FROM bia [dm]: oi", "FROM bia [dm]: oi")
        self.assertEqual((self.inbox.sender, self.inbox.unseen), ("bia", 2))

    def test_a_key_and_the_end_are_seen_in_the_title(self) -> None:
        self.hear("OK ana", "FROM bia [dm]: oi")
        self.hearing.noticed()
        self.assertEqual(self.hear(), ["<minichat ana@host>"])
        self.hearing.close()
        self.assertEqual(self.done[1:], ["<>"])


if __name__ == "__main__":
    unittest.main()
