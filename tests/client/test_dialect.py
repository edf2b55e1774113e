"""Private messages in the dialects of other programs."""

from __future__ import annotations

import unittest
from typing import Optional

from minichat.client.dialect import ANYONE, meant_for


def is_nick(word: str) -> bool:
    """True for the two who are in."""
    return word.lower() in ("ana", "bia")


class Meant(unittest.TestCase):
    def check(self, meant: Optional[str], *texts: str) -> None:
        """Assert whom each text is meant for."""
        for text in texts:
            with self.subTest(text):
                self.assertEqual(meant_for(text, is_nick), meant)

    def test_a_word_before_an_address_is_another_programs(self) -> None:
        """Trap 73."""
        self.check("zoe", "MSG @zoe x", "msg @zoe x", "DM @zoe x y", "/w @zoe x", "Privado: @zoe x", "pv @zoe, x")

    def test_an_address_after_a_space_is_no_address(self) -> None:
        """Trap 73."""
        self.check("zoe", " @zoe x", "\t@zoe x", "\u3000@zoe x", "\xa0@zoe x", "\u200b@zoe x", "\ufeff @zoe x")
        self.check("zoe", "＠zoe x", "﹫zoe x", " ＠zoe: x", " @zoe\tx")

    def test_without_an_at_sign_the_nick_must_be_known(self) -> None:
        """Trap 73."""
        self.check("ana", "msg ana x", "dm ana x", "/msg ana x", " /tell ana x", "\\msg ana x", "w ana  x")
        self.check("ana", "tell ana: x", "whisper ana, x")
        self.check("Ana", "MSG Ana x", "／w Ana x")
        self.check(None, "msg zoe x", "tell me later", "dm me later please", ".tell zoe x")

    def test_after_a_slash_it_is_no_sentence(self) -> None:
        """Trap 73."""
        self.check("zoe", " /msg zoe x", "/tell zoe x", "\\w zoe: x", "／dm zoe x")

    def test_the_command_of_irc_is_never_a_sentence(self) -> None:
        """Trap 73."""
        self.check("zoe", "PRIVMSG zoe :x", "/privmsg zoe x", "privmsg  zoe x")

    def test_a_quotation_of_a_nick_is_an_address_elsewhere(self) -> None:
        """Trap 73."""
        self.check("ana", "ana> x", " ana>  x")
        self.check(None, "zoe> x", "> ana x", "ana > x", "2> x")

    def test_a_reply_that_is_no_command_names_no_nick(self) -> None:
        """Trap 73."""
        self.check(ANYONE, " /responder x", "\\reply x", "/r x", " @ x")
        self.check(None, "responder cedo", "reply soon", "r x")

    def test_honest_sentences_are_meant_for_everyone(self) -> None:
        self.check(None, "msg me later", "oi @ana tudo bem?", "ana: oi", "ana, oi", "", " ", "- @ana x")
        self.check(None, "/etc/hosts ana x", "...", "! ana x", "a", "message ana x", "msg", "@", "msgs ana x")

    def test_what_says_nothing_gives_nothing_away(self) -> None:
        self.check(None, "msg ana", "MSG @ana ", " @property", "PRIVMSG ana", "ana>", "/r ", " /responder  ")

    def test_a_direct_message_is_private_already(self) -> None:
        self.check(None, "@ana x", "@ana: x", "@ ana x", "@msg ana x")


if __name__ == "__main__":
    unittest.main()
