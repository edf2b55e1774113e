"""What people take for one character, and how many columns it takes."""

from __future__ import annotations

import random
import sys
import unicodedata
import unittest

from minichat.tty.graphemes import clusters, columns, width

# Each is one character to a person, with the columns that it takes.
ONE = {
    "a": 1, "é": 1, "e\u0301": 1, "e\u0301\u0302\u0327": 1, "日": 2, "ｱ": 1, "Ａ": 2, "👍": 2, "👍🏽": 2, "❤\ufe0f": 2,
    "👨‍👩‍👧": 2, "🇧🇷": 2, "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": 2, "1\ufe0f\u20e3": 2,
    "한": 2, "\u1112\u1161\u11ab": 2, "각": 2, "नि": 1, "ก็": 1, "🤷🏻‍♀️": 2,
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

    def test_letters_of_europe_take_one_column_and_marks_none(self) -> None:
        for code in range(0xA1, 0x250):
            if unicodedata.category(chr(code)) != "Cf":
                self.assertEqual(width(chr(code)), 1, hex(code))
        for code in range(0x300, 0x370):
            self.assertEqual(width(chr(code)), 0, hex(code))


if __name__ == "__main__":
    unittest.main()
