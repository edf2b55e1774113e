"""What people take for one character, and how many columns it takes."""

from __future__ import annotations

import ctypes
import locale
import random
import sys
import unicodedata
import unittest
from typing import Any

from minichat.tty.graphemes import clusters, columns, width
from tests.tty.widths import wide

WIDE = wide()
NEVER_DRAWN = {*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF, *range(0xE0020, 0xE0080)}


ASSIGNED = [
    code for code in range(0x20, sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cc", "Cs", "Cn", "Co")
]


def wcwidth_of_the_system() -> Any:
    """The function of the C library, which counts for a locale of UTF-8; None without either."""
    if sys.platform != "linux":
        return None
    try:
        function = ctypes.CDLL(None).wcwidth
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except (AttributeError, OSError, TypeError, locale.Error):
        return None
    return function


# Each is one character to a person, with the columns that it takes at most.
ONE = {
    "a": 1, "é": 1, "e\u0301": 1, "e\u0301\u0302\u0327": 1, "日": 2, "ｱ": 1, "Ａ": 2, "👍": 2, "👍🏽": 4, "❤\ufe0f": 2,
    "👨‍👩‍👧": 6, "🇧🇷": 4, "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": 2, "1\ufe0f\u20e3": 2,
    "1\u20e3": 2, "⛄\ufe0f": 2, "\u00ad": 1, "\u0600": 1, "\u06dd": 1, "কি": 2, "வை": 2, "ကာ": 2, "กำ": 2, "क्": 1,
    "한": 2, "\u1112\u1161\u11ab": 4, "\uac00\u11a8": 3, "각": 2, "नि": 2, "ก็": 1, "🤷🏻‍♀️": 6,
}  # fmt: skip


class Clusters(unittest.TestCase):
    def test_one_character_is_one_whatever_stands_around_it(self) -> None:
        for one in ONE:
            for before, after in (("", ""), ("a", "b"), ("日", "👍"), ("e\u0301", "e\u0301"), ("🇵🇹", "🇵🇹")):
                found = clusters(before + one + after)
                self.assertEqual(found, [text for text in (before, one, after) if text], (before, one, after))

    def test_it_takes_the_columns_it_takes(self) -> None:
        for one, expected in ONE.items():
            self.assertEqual(width(one), expected, one)
        self.assertEqual(columns("".join(ONE)), sum(ONE.values()))

    def test_flags_are_two_letters_each(self) -> None:
        self.assertEqual(clusters("🇧🇷🇵🇹🇦"), ["🇧🇷", "🇵🇹", "🇦"])

    def test_a_joiner_between_letters_does_not_join_them(self) -> None:
        self.assertEqual(clusters("क्\u200dष"), ["क्\u200d", "ष"])
        self.assertEqual(clusters("می\u200cخ"), ["م", "ی\u200c", "خ"])

    def test_a_mark_without_a_letter_is_a_character_of_its_own(self) -> None:
        self.assertEqual(clusters("\u0301a"), ["\u0301", "a"])

    def test_whatever_is_cut_is_whole_when_joined(self) -> None:
        chance = random.Random(5)
        for _ in range(2000):
            codes = [(chance.randrange(0x20, 0xD800), chance.randrange(0x1F000, 0x1FAFF), 0x200D) for _ in range(8)]
            text = "".join(chr(chance.choice(code)) for code in codes)
            self.assertEqual("".join(clusters(text)), text)

    def test_every_code_point_has_a_width(self) -> None:
        for code in range(0x20, sys.maxunicode + 1):
            self.assertIn(width(chr(code)), (0, 1, 2), hex(code))

    def test_what_is_newer_than_this_python_can_be_an_emoji(self) -> None:
        """Trap 64."""
        self.assertEqual(unicodedata.category("\U0001f8ff"), "Cn")
        self.assertEqual((width("\U0001f8ff"), clusters("👩\u200d\U0001f8ff")), (2, ["👩\u200d\U0001f8ff"]))

    def test_no_terminal_takes_more_columns_than_counted(self) -> None:
        """Trap 64."""
        for code in WIDE:
            self.assertEqual(width(chr(code)), 2, hex(code))
        for code in ASSIGNED:
            if code not in NEVER_DRAWN and unicodedata.category(chr(code)) not in ("Mn", "Me"):
                self.assertGreater(width(chr(code)), 0, hex(code))

    def test_the_c_library_takes_no_more_columns_than_counted(self) -> None:
        """Trap 64."""
        self.addCleanup(locale.setlocale, locale.LC_CTYPE, locale.setlocale(locale.LC_CTYPE))
        wcwidth = wcwidth_of_the_system()
        if wcwidth is None:
            self.skipTest("no wcwidth, or no locale of UTF-8, on this system")
        narrower = [hex(code) for code in ASSIGNED if width(chr(code)) < wcwidth(code)]
        self.assertEqual(narrower, [])

    def test_a_character_is_as_wide_as_its_code_points_together(self) -> None:
        """Trap 64."""
        for one in ONE:
            self.assertGreaterEqual(width(one), sum(map(width, one)), one)

    def test_letters_of_europe_take_one_column_and_marks_none(self) -> None:
        for code in range(0xA1, 0x250):
            if unicodedata.category(chr(code)) != "Cf":
                self.assertEqual(width(chr(code)), 1, hex(code))
        for code in range(0x300, 0x370):
            self.assertEqual(width(chr(code)), 0, hex(code))


if __name__ == "__main__":
    unittest.main()
