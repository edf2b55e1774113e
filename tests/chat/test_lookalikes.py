"""The tables of what cannot be seen and of what looks like ASCII."""

from __future__ import annotations

import re
import sys
import unicodedata
import unittest

from minichat.chat.lookalikes import AS_DRAWN, CAPITALS, IGNORABLE, LOOK_ALIKES, TO_ASCII, WITH_SPACE, holds_unusable
from minichat.chat.nick import IllegalNick, legal_nick, nick_key

# Format characters (Cf) that can be seen: the definition of Default_Ignorable_Code_Point leaves them out.
VISIBLE_FORMAT = (
    *("INTERLINEAR ANNOTATION", "EGYPTIAN HIEROGLYPH", "ARABIC NUMBER", "ARABIC SIGN", "ARABIC FOOTNOTE"),
    *("ARABIC END OF AYAH", "ARABIC POUND", "ARABIC PIASTRE", "ARABIC DISPUTED END", "SYRIAC ABBREVIATION", "KAITHI"),
)
# What is ignorable without being Cf, by name.
IGNORABLE_NAMES = re.compile("VARIATION SELECTOR|HANGUL.* FILLER|GRAPHEME JOINER|KHMER VOWEL INHERENT")

# A look that the key does not have, because the small letter looks like another one.
OTHERWISE = dict(zip("ΝΥϒϹϲϬƼ𑢣𑢤𑢦𑢵𑢼", "vuuooosiz76y"))


def is_assigned(character: str) -> bool:
    """False for what this Python does not know yet: each has its own version of Unicode."""
    return unicodedata.category(character) != "Cn"


def is_ignorable(character: str) -> bool:
    """Whether a code point is of Default_Ignorable_Code_Point, as far as ``unicodedata`` can tell."""
    name = unicodedata.name(character, "")
    if unicodedata.category(character) == "Cf":
        return not name.startswith(VISIBLE_FORMAT)
    return IGNORABLE_NAMES.search(name) is not None


class Ignorable(unittest.TestCase):
    """What is drawn as nothing."""

    def test_the_table_agrees_with_this_pythons_unicode(self) -> None:
        """Trap 43."""
        table = {chr(code) for first, last in IGNORABLE for code in range(first, last + 1)}
        derived = {character for character in map(chr, range(sys.maxunicode + 1)) if is_ignorable(character)}
        self.assertGreater(len(derived), 400)
        self.assertEqual(derived - table, set())
        self.assertEqual([ascii(c) for c in table - derived if is_assigned(c)], [])

    def test_the_ranges_are_in_order_and_apart(self) -> None:
        edges = [edge for pair in IGNORABLE for edge in pair]
        self.assertEqual(edges, sorted(edges))
        self.assertTrue(all(last + 1 < first for (_, last), (first, _) in zip(IGNORABLE, IGNORABLE[1:])))

    def test_the_ends_of_each_range_are_found_and_no_neighbour(self) -> None:
        """Trap 43."""
        for first, last in IGNORABLE:
            self.assertEqual([holds_unusable(f"a{chr(c)}b") for c in (first - 1, first, last, last + 1)], [0, 1, 1, 0])

    def test_the_letters_with_a_space_are_those_of_nfkc(self) -> None:
        found = [
            character
            for character in map(chr, range(sys.maxunicode + 1))
            if unicodedata.category(character)[0] in "LMN" and " " in unicodedata.normalize("NFKC", character)
        ]
        self.assertEqual([c for c in found if unicodedata.category(c)[0] != "N"], list(WITH_SPACE))
        self.assertTrue(all(map(holds_unusable, WITH_SPACE)))


class LookAlikes(unittest.TestCase):
    """What looks like an ASCII letter, digit or sign of a nick."""

    def test_each_is_one_code_point_that_a_key_can_hold(self) -> None:
        """Trap 43."""
        for letter, look_alikes in LOOK_ALIKES.items():
            self.assertRegex(letter, r"\A[a-z0-9_.-]\Z")
            self.assertEqual(list(look_alikes), sorted(set(look_alikes)), letter)
            for look_alike in filter(is_assigned, look_alikes):
                self.assertFalse(look_alike.isascii())
                self.assertEqual(unicodedata.normalize("NFD", look_alike), look_alike)
                self.assertEqual(unicodedata.normalize("NFKC", look_alike.casefold()), look_alike, ascii(look_alike))

    def test_each_is_legal_in_a_nick(self) -> None:
        """Trap 43."""
        for look_alike in filter(is_assigned, "".join(LOOK_ALIKES.values())):
            self.assertEqual(legal_nick(look_alike), look_alike, ascii(look_alike))

    def test_no_look_alike_stands_at_two_letters(self) -> None:
        for table in (LOOK_ALIKES, CAPITALS):
            everything = "".join(table.values())
            self.assertEqual(len(everything), len(set(everything)))
        self.assertEqual(set(LOOK_ALIKES), set("abcdefghijklmnopqrstuvwxyz0123456789-._"))

    def test_a_capital_has_the_key_of_its_look_or_is_an_exception(self) -> None:
        """Trap 43."""
        for letter, capitals in CAPITALS.items():
            for capital in filter(is_assigned, capitals):
                self.assertNotIn(ord(capital), TO_ASCII)
                self.assertEqual(nick_key(capital), OTHERWISE.get(capital, letter), ascii(capital))
                self.assertEqual(AS_DRAWN[ord(capital)], letter)

    def test_a_capital_of_another_key_is_no_nick_of_its_own(self) -> None:
        """Trap 43."""
        for capital in filter(is_assigned, OTHERWISE):
            with self.subTest(ascii(capital)), self.assertRaises(IllegalNick):
                legal_nick(capital)
