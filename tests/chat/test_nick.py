"""Which nicknames are legal, and which are the same."""

from __future__ import annotations

import random
import sys
import unicodedata
import unittest

from minichat.chat.nick import RESERVED, IllegalNick, legal_nick, nick_key

FULLWIDTH_ANA = "\uff21\uff2e\uff21"
MARKS = "\u0301\u0323\u0308"  # acute, dot below, diaeresis


def is_legal(text: str) -> bool:
    """Whether ``text`` can be a nickname."""
    try:
        legal_nick(text)
    except IllegalNick:
        return False
    return True


def folded(text: str) -> str:
    """One round of the rule of WIRE.md."""
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text.casefold())
    return text


class NickTest(unittest.TestCase):
    """With two assertions about many texts."""

    def legal(self, *texts: str) -> None:
        """All of them can be nicknames, and are shown in NFC."""
        for text in texts:
            with self.subTest(ascii(text)):
                self.assertEqual(legal_nick(text), unicodedata.normalize("NFC", text))

    def illegal(self, *texts: str) -> None:
        """None of them can be a nickname."""
        for text in texts:
            with self.subTest(ascii(text)), self.assertRaises(IllegalNick):
                legal_nick(text)


class Length(NickTest):
    """1 to 24 characters after NFC, at most 64 bytes."""

    def test_a_nick_has_one_to_twenty_four_characters(self) -> None:
        self.legal("a", "a" * 23, "a" * 24)
        self.illegal("", "a" * 25)

    def test_a_nick_has_at_most_sixty_four_bytes(self) -> None:
        self.legal("漢" * 21, "漢" * 21 + "1", "\U00020000" * 16)
        self.illegal("漢" * 21 + "11", "\U00020000" * 16 + "1", "漢" * 22)

    def test_characters_are_counted_after_composition(self) -> None:
        self.legal("e\u0301" * 24)
        self.illegal("e\u0301" * 25)

    def test_what_composition_makes_longer_is_counted_so(self) -> None:
        # U+0958 is written as two characters in NFC.
        self.legal("\u0958" * 10)
        self.illegal("\u0958" * 12 + "\u0958")

    def test_a_nick_is_shown_in_nfc(self) -> None:
        self.assertEqual(legal_nick("Jose\u0301"), "Jos\u00e9")


class Characters(NickTest):
    """Letters, digits, marks after a letter, three signs."""

    def test_people_of_many_languages_find_their_names_legal(self) -> None:
        self.legal("ana", "Ana_Maria", "João", "Đặng", "Ольга", "Ελένη", "محمد", "שרה", "अमित", "สมชาย", "김철수")
        self.legal("田中さくら", "タナカ", "ラーメン", "佐々木", "々木", "王小明", "Işıl", "Straße", "ª1")

    def test_digits_of_any_script_are_legal(self) -> None:
        self.legal("7", "007", "a1", "٣", "१२", "ana٣", "\U0001d7d9")

    def test_signs_are_legal_but_not_first(self) -> None:
        self.legal("a_", "a-b", "a.b.c", "1-_.")
        self.illegal("_a", "-a", ".a", ".", "-", "_")

    def test_marks_stand_after_a_letter(self) -> None:
        self.legal("q\u0301", "q" + MARKS, "aq\u0301b", "1q\u0301", "संस्कृति")
        self.illegal("\u0301", "\u0301a", "1\u0301", "a_\u0301", "a1" + MARKS, "a-\u0323")

    def test_nothing_else_is_legal(self) -> None:
        self.illegal("a b", " a", "a ", "a\tb", "a\u00a0b", "a\u3000b", "a@b", "@a", "a:b", "[a]", "a/b", "a'b", "a!")
        self.illegal("a\n", "a\r", "a\x00", "a\x1b", "a\x7f", "a\x85", "a\u2028", "\ufeffa", "a\ufeff")
        self.illegal("a\u200b", "a\u200d", "a\u200eb", "a\u202eb", "a\u2066b", "a\u00ad", "a\ue000", "a\U0010ffff")
        self.illegal("😀", "a😀", "½", "Ⅷ", "²", "a²", "€", "a‿b", "a·b", "\ud800", "a\udfff")

    def test_a_legal_single_character_is_a_letter_or_a_digit(self) -> None:
        codes = {*range(0x3400), *range(0xA000, 0xAC00), *range(0xD000, 0x20000), *range(0x3400, sys.maxunicode, 97)}
        for code in codes:
            category = unicodedata.category(unicodedata.normalize("NFC", chr(code))[0])
            if is_legal(chr(code)) != (category[0] == "L" or category == "Nd"):
                self.fail(f"U+{code:04X}")

    def test_a_browser_and_an_irc_client_have_no_nick(self) -> None:
        """Trap 29."""
        self.illegal("GET / HTTP/1.1", "NICK ana", "USER ana 0 * :Ana", "SSH-2.0-OpenSSH_9.6 x", "\x16\x03\x01")


class Scripts(NickTest):
    """All letters are of one script."""

    def test_mixed_scripts_are_refused(self) -> None:
        self.illegal("аna", "anа", "αna", "раypal", "Αna", "ana漢", "한ana", "漢한", "あ한", "anaア", "अa", "ԁaԁ")

    def test_look_alikes_are_what_they_look_like(self) -> None:
        self.legal("\uff21na", "\U0001d400na", "\u212ana", "ﬁm", "\uff76タ")
        self.illegal("\U0001d6c2na", "\uff76a", "\u00b5ana")

    def test_digits_and_signs_belong_to_every_script(self) -> None:
        self.legal("Ольга_1", "漢-7", "ana٣", "한.1")

    def test_the_scripts_of_japanese_and_chinese_go_together(self) -> None:
        self.legal("漢あア", "ｱ漢", "あー", "アー", "一々〆", "김수")


class Words(NickTest):
    """The words of the protocol are no nicks."""

    def test_reserved_words_are_refused_in_every_disguise(self) -> None:
        for word in ("who", "quit", "all", "dm", "system"):
            wide = "".join(chr(ord(c) + 0xFEE0) for c in word)
            self.illegal(word, word.upper(), word.title(), wide, wide.upper())
        self.illegal("ſystem", "\U0001d430ho")
        self.assertEqual(len(RESERVED), 5)

    def test_what_only_holds_a_reserved_word_is_legal(self) -> None:
        self.legal("who1", "whom", "quit_", "all-", "dm.", "systems", "a-system", "ok", "from", "ERR", "leave", "bye")


class Key(unittest.TestCase):
    """Two nicks are the same when their keys are equal."""

    def same(self, *texts: str) -> None:
        """All of them are one nick."""
        self.assertEqual(len({nick_key(text) for text in texts}), 1, [ascii(nick_key(text)) for text in texts])

    def test_a_nick_is_the_same_in_every_disguise(self) -> None:
        """Trap 39."""
        self.same("Ana", "ana", "ANA", FULLWIDTH_ANA, "\U0001d400na", "aNa")
        self.same("José", "jose\u0301", "JOSÉ", "JOSE\u0301", "ｊｏｓé")
        self.same("Straße", "STRASSE", "strasse", "Stra\u1e9ee")
        self.same("ΣΟΦΟΣ", "σοφος", "σοφοσ")
        self.same("ﬁm", "FIM", "fim")
        self.same("タ", "ﾀ")

    def test_different_nicks_stay_different(self) -> None:
        """Trap 39."""
        names = ("ana", "anna", "aná", "an", "ana1", "ana_", "Ольга", "olga", "ana-", "ana.")
        self.assertEqual(len({nick_key(name) for name in names}), len(names))

    def test_the_key_is_the_fixed_point_of_the_rule_for_every_code_point(self) -> None:
        """Trap 39."""
        for code in range(sys.maxunicode + 1):
            character = chr(code)
            key = nick_key(character)
            expected = folded(character)
            if expected != character:  # few: the rest is its own key
                while expected != (again := folded(expected)):
                    expected = again
                self.assertEqual(nick_key(key), key, f"U+{code:04X}")
            if key != expected:
                self.fail(f"U+{code:04X}: {key!r}, not {expected!r}")

    def test_the_key_of_a_key_is_the_key(self) -> None:
        """Trap 39."""
        chance = random.Random(39)
        odd = [chr(c) for c in range(0x80, 0x20000) if folded(chr(c)) != chr(c)] + list(MARKS + "aßΣ\u0345\u1100\u1161")
        for _ in range(20_000):
            text = "".join(chance.choices(odd, k=chance.randrange(1, 6)))
            key = nick_key(text)
            self.assertEqual((nick_key(key), folded(key)), (key, key), ascii(text))

    def test_a_nick_and_its_shown_form_have_one_key(self) -> None:
        """Trap 39."""
        for text in ("José", "jose\u0301", "\u0958", "\u212a", "가", "\u1100\u1161"):
            self.same(text, legal_nick(text))
