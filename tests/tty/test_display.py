"""What reaches a terminal: every code point, tried."""

from __future__ import annotations

import sys
import unicodedata
import unittest

from minichat.chat import protocol
from minichat.tty.display import TAB_COLUMNS, displayable, typeable

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def is_harmful(character: str) -> bool:
    """Whether it is a control, ends a line somewhere, turns the direction of text or is none at all."""
    return unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") or character in BIDI


EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
HARMFUL = set(filter(is_harmful, EVERY))
HARMLESS = "".join(character for character in EVERY if character not in HARMFUL)


def is_relayed(text: str) -> bool:
    """Whether a server relays it."""
    try:
        return protocol.decode(text.encode()) == text
    except (protocol.RefusedLine, UnicodeEncodeError):
        return False


class Display(unittest.TestCase):
    def test_the_test_has_them_all(self) -> None:
        self.assertEqual(len(HARMFUL) + len(HARMLESS), 0x110000)
        self.assertLessEqual({"\x1b", "\x07", "\r", "\n", "\x9b", "\x7f", "\u2028", "\u202e", "\udc80"}, HARMFUL)

    def test_nothing_that_does_something_gets_through(self) -> None:
        self.assertEqual(set(displayable("".join(EVERY))) & HARMFUL, set())
        for character in HARMFUL:
            shown = displayable(f"a{character}b")
            self.assertEqual(set(shown) & HARMFUL, set(), ascii(character))
            self.assertTrue(len(shown) > 3 and shown[0] + shown[-1] == "ab", ascii(character))

    def test_every_other_code_point_stays_as_it_is(self) -> None:
        self.assertEqual(displayable(HARMLESS), HARMLESS)
        self.assertEqual(typeable(HARMLESS), HARMLESS)

    def test_what_does_something_is_shown_by_its_escape(self) -> None:
        self.assertEqual(displayable("\x1b[2J"), "\\x1b[2J")
        self.assertEqual(displayable("a\u202eb"), "a\\u202eb")
        self.assertEqual(displayable("\udc80"), "\\udc80")

    def test_a_tab_is_spaces_on_the_screen_and_a_tab_in_the_row(self) -> None:
        self.assertEqual(displayable("a\tb"), "a" + " " * TAB_COLUMNS + "b")
        self.assertEqual(typeable("a\tb"), "a\tb")

    def test_what_separates_words_becomes_a_space(self) -> None:
        """Trap 67."""
        for character in HARMFUL - {"\t"}:
            between = " " if len(f"a{character}b".split()) == 2 else ""
            self.assertEqual(typeable(f"a{character}b"), f"a{between}b", ascii(character))
        for character in "\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029\r\n":
            self.assertEqual(typeable(f"a{character}b"), "a b", ascii(character))

    def test_what_can_be_typed_is_what_a_server_relays(self) -> None:
        self.assertTrue(is_relayed(HARMLESS))
        for character in HARMFUL:
            self.assertEqual(typeable(character) == character, is_relayed(character), ascii(character))


if __name__ == "__main__":
    unittest.main()
