"""The page of the client: its keys, commands, questions and complaints are those of the code."""

from __future__ import annotations

import unittest
from typing import Dict, List, Set

from minichat.cli.messages import Messages
from minichat.client import commands, silence, stamp
from minichat.tty import lineedit, prompt
from minichat.tty.keymap import LEAVING, ROW_KEYS
from minichat.tty.keys import KeyParser
from tests.pages.markdown import CLIENT, codes

# What a terminal sends for the keys that have no rule.
SENT: Dict[str, bytes] = {
    "ENTER": b"\r", "TAB": b"\t", "Shift-TAB": b"\x1b[Z", "Esc": b"\x1b", "Backspace": b"\x7f",
    "Alt-Backspace": b"\x1b\x7f", "Delete": b"\x1b[3~", "Home": b"\x1b[H", "End": b"\x1b[F",
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D",
    "Ctrl-right": b"\x1b[1;5C", "Ctrl-left": b"\x1b[1;5D", "Alt-right": b"\x1b[1;3C", "Alt-left": b"\x1b[1;3D",
}  # fmt: skip

DRAWN = {"ctrl-l", "ctrl-z"}  # what the screen or the job does

english = Messages("en")


def sent(key: str) -> bytes:
    """The bytes of a key as the page names it."""
    if key in SENT:
        return SENT[key]
    modifier, _, letter = key.partition("-")
    return bytes([ord(letter) & 0x1F]) if modifier == "Ctrl" else b"\x1b" + letter.lower().encode()


def named(key: str) -> str:
    """The name by which the editor knows a key of the page."""
    parser = KeyParser()
    names = [found.name for found in [*parser.feed(sent(key)), *parser.give_up()]]
    assert len(names) == 1, (key, names)
    return names[0]


class Keys(unittest.TestCase):
    def keys(self) -> List[str]:
        """All keys of the page."""
        return [key for row in CLIENT.table("Keys") for key in row[0].split(", ")]

    def test_every_key_of_the_page_does_something(self) -> None:
        for key in self.keys():
            self.assertIn(named(key), self.known(), key)

    def test_every_key_that_does_something_is_on_the_page(self) -> None:
        self.assertEqual(self.known() - {named(key) for key in self.keys()}, set())

    @staticmethod
    def known() -> Set[str]:
        """The names of all keys that do something."""
        return {*ROW_KEYS, *lineedit._OTHER_KEYS, *lineedit._TABS, *LEAVING, *DRAWN}


class Commands(unittest.TestCase):
    def test_the_table_has_the_commands_of_the_code(self) -> None:
        told = [code.partition(" ")[0] for row in CLIENT.table("Commands") for code in codes(row[0])]
        self.assertEqual(sorted(word for word in told if commands.is_local(word)), sorted(commands.WORDS))
        self.assertEqual([word for word in told if not commands.is_local(word)], ["//text"])

    def test_names_in_one_row_mean_the_same(self) -> None:
        for names, _ in CLIENT.table("Commands"):
            meanings = {commands.parse_typed(name) for name in codes(names)}
            self.assertEqual(len(meanings), 1, names)
            self.assertNotIn(meanings.pop().name, ("unknown", "explain", "alone"), names)

    def test_what_is_said_not_to_exist_is_explained(self) -> None:
        self.assertIn("There is no `/nick` and no `/me`", CLIENT.section("Commands"))
        for word in ("/nick", "/me"):
            self.assertEqual(commands.parse_typed(word).name, "explain")


class Texts(unittest.TestCase):
    def test_the_questions_are_asked_as_the_page_has_them(self) -> None:
        asked = [block.lines for block in CLIENT.blocks if block.section == "What is asked first"]
        texts = (english("ask_meant", nick="ana", text=""), english("ask_paste", count=12))
        self.assertEqual(asked, [[text.strip()] for text in texts])

    def test_what_the_client_tells_is_quoted_to_the_letter(self) -> None:
        lost = CLIENT.section("When the connection is lost")
        self.assertIn(f"`{english('no_answer', seconds=int(silence.LATE_SECONDS))}`", lost)
        self.assertIn(f"`{english('unsure', text='...')}`", lost)
        row = CLIENT.section("On a terminal")
        self.assertIn(f"fewer than {prompt.FEW_BYTES} bytes", row)
        self.assertEqual(stamp.SILENCE_SECONDS, 300)
        self.assertIn("After five minutes of silence", row)

    def test_what_a_script_reads_on_standard_error_is_quoted(self) -> None:
        told = [codes(row[0]) for row in CLIENT.table("Between pipes")]
        keys = ("cut_short", "lost_unanswered", "after_quit", "no_nick")
        self.assertEqual(told, [[english(key, count=2)] for key in keys])


if __name__ == "__main__":
    unittest.main()
