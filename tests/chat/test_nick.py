"""Which nicknames are legal, and which are the same."""

from __future__ import annotations

import random
import re
import sys
import unicodedata
import unittest
from types import SimpleNamespace
from typing import Any
from unittest import mock

from minichat.chat import nick as nick_module
from minichat.chat.lookalikes import LOOK_ALIKES, WITH_SPACE, holds_unusable
from minichat.chat.nick import NICK_BYTES, RESERVED, WRITING_CHARACTERS, IllegalNick, legal_nick, nick_key
from minichat.chat.room import Member, Room
from tests.chat.names import ALL_NAMES

FULLWIDTH_ANA = "\uff21\uff2e\uff21"
MARKS = "\u0301\u0323\u0308"  # acute, dot below, diaeresis
LETTER_OF = {look_alike: letter for letter, look_alikes in LOOK_ALIKES.items() for look_alike in look_alikes}
OTHERWISE = "ΝΥϒϹϲϬƼ𑢣𑢤𑢦𑢵𑢼"  # drawn like another letter than that of their key


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


def to_ascii(text: str) -> str:
    """The part of the rule that follows: look-alikes are replaced, also under marks."""
    letters = "".join(LETTER_OF.get(character, character) for character in unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", re.sub("([ij])\u0307+", r"\1", letters))


def full_width(text: str) -> str:
    """``text`` with its ASCII letters as wide as Han."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() else c for c in text)


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
        self.legal("q\u0301", "q" + MARKS[:2], "aq\u0301b", "1q\u0301", "संस्कृति")
        self.illegal("\u0301", "\u0301a", "1\u0301", "a_\u0301", "a1" + MARKS, "a-\u0323")

    def test_a_letter_has_at_most_two_marks(self) -> None:
        """Trap 43."""
        self.legal("q\u0301\u0323", "aq\u0301\u0323q\u0301\u0323", "\u1ec7\u0308\u0301")
        self.illegal("q" + MARKS, "a" + "\u0316" * 23, "q\u0301\u0323\u20dd", "ab" + "\u0334" * 3, "ש" + "\u05b0" * 3)

    def test_a_mark_with_a_width_of_its_own_is_not_counted(self) -> None:
        self.legal("စိုး", "ဖြိုး", "ज़िंदगी", "ដែលមាំ")  # Burmese, Hindi and Khmer are written so
        self.illegal("က" + "\u102d" * 3, "ज\u0902\u0902\u0902")

    def test_what_cannot_be_seen_is_illegal(self) -> None:
        """Trap 43: word for word, and every one of its kind."""
        for code in (0x34F, 0xFE0F, 0xE01EF, 0x180B, 0x17B4):
            self.illegal(f"ana{chr(code)}", f"who{chr(code)}", f"an{chr(code)}a", f"{chr(code)}ana", f"漢{chr(code)}")
        self.illegal("\u3164", "\u115f", "\u1160", "\uffa0", "한\u3164", "\u1100\u1160", "\uffa0a", "ᠪ\u180b")
        for code in filter(lambda code: holds_unusable(chr(code)), range(sys.maxunicode + 1)):
            if is_legal(chr(code)) or is_legal(f"a{chr(code)}"):
                self.fail(f"U+{code:04X}")

    def test_nothing_else_is_legal(self) -> None:
        self.illegal("a b", " a", "a ", "a\tb", "a\u00a0b", "a\u3000b", "a@b", "@a", "a:b", "[a]", "a/b", "a'b", "a!")
        self.illegal("a\n", "a\r", "a\x00", "a\x1b", "a\x7f", "a\x85", "a\u2028", "\ufeffa", "a\ufeff")
        self.illegal("a\u200b", "a\u200d", "a\u200eb", "a\u202eb", "a\u2066b", "a\u00ad", "a\ue000", "a\U0010ffff")
        self.illegal("😀", "a😀", "½", "Ⅷ", "²", "a²", "€", "a‿b", "a·b", "\ud800", "a\udfff")

    def test_a_legal_single_character_is_a_letter_or_a_digit(self) -> None:
        codes = {*range(0x3400), *range(0xA000, 0xAC00), *range(0xD000, 0x20000), *range(0x3400, sys.maxunicode, 97)}
        for code in codes:
            category = unicodedata.category(unicodedata.normalize("NFC", chr(code))[0])
            is_expected = (category[0] == "L" or category == "Nd") and not holds_unusable(chr(code))
            is_otherwise = chr(code) in OTHERWISE or unicodedata.normalize("NFKC", chr(code)) in OTHERWISE
            if is_legal(chr(code)) != is_expected and not is_otherwise:
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

    def test_a_mark_is_of_the_script_of_the_letters(self) -> None:
        """Trap 43: of another script, it is often drawn as nothing."""
        self.legal("\u0c28\u0c4d", "ⵣ\u2d7f", "が", "か\u3099b"[:2], "مُ", "שָ", "मे", "न\u1cd2", "ж\u0483")
        self.illegal("ana\u2d7f", "ana\u1039", "ana\u094d", "ana\u05b8", "漢\u093e", "ana\U00016fe4", "ana\u17d2")

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
        self.illegal("ſystem", "\U0001d430ho", "ԝһо", "ꓪꓧꓳ", "who\u034f", "ԁм", "ԛυіт", "aʟʟ", "ꓢꓬꓢꓔꓰꓟ")
        self.assertEqual(len(RESERVED), 5)

    def test_what_only_holds_a_reserved_word_is_legal(self) -> None:
        self.legal("who1", "whom", "quit_", "all-", "dm.", "systems", "a-system", "ok", "from", "ERR", "leave", "bye")


class Names(NickTest):
    """Honest names, of many languages."""

    def test_two_hundred_names_are_legal_and_all_different(self) -> None:
        """Trap 43."""
        self.assertGreaterEqual(len(ALL_NAMES), 200)
        self.legal(*ALL_NAMES)
        by_key = {nick_key(name): name for name in ALL_NAMES}
        self.assertEqual([name for name in ALL_NAMES if by_key[nick_key(name)] != name], [])

    def test_names_are_legal_with_a_digit_or_a_sign_after_them(self) -> None:
        short = [name for name in ALL_NAMES if len(name) < 20]
        self.legal(*(f"{name}7" for name in short), *(f"{name}_" for name in short))

    def test_names_in_capitals_and_without_accents_are_legal_too(self) -> None:
        self.legal("НАТА", "ТАМАРА", "ОЛЬГА", "СОНЬКА", "ΕΛΕΝΗ", "ΝΙΚΟΣ", "Νίνα", "Νικος", "ΣΟΦΙΑ", "Άννα", "Αννα")


class LooksLike(NickTest):
    """Whoever looks like ana is ana."""

    def looks_like(self, nick: str, *others: str) -> None:
        """All of them are illegal, or the same as ``nick``."""
        for other in others:
            with self.subTest(nick, other=ascii(other)):
                self.assertTrue(not is_legal(other) or nick_key(other) == nick_key(nick), ascii(nick_key(other)))

    def test_the_disguises_that_were_found_first(self) -> None:
        """Trap 43: word for word."""
        self.looks_like("ana", "ɑna", "anɑ", "ꓮꓠꓮ", "ANɑ", "аnа")
        self.looks_like("ines", "ınes")
        self.looks_like("paco", "расо", "РАСО")

    def test_a_whole_word_of_another_script_is_what_it_looks_like(self) -> None:
        """Trap 43."""
        self.looks_like("bia", "ꓐꓲꓮ", "ВІА", "ΒΙΑ")
        self.looks_like("tom", "ТОМ", "том", "ΤΟΜ", "ꓔꓳꓟ", "ᎢᎾꓟ")
        self.looks_like("caio", "саіо", "СᎪᏆO", "ᴄᴀɪᴏ")
        self.looks_like("nina", "ΝΙΝΑ", "ɴɪɴᴀ", "ꓠꓲꓠꓮ")
        self.looks_like("ava", "ανα", "Αvα")
        self.looks_like("ol", "\u05e1\u05d5", "\u0647\u0627", "օl")

    def test_a_look_alike_is_one_under_marks_and_in_capitals_too(self) -> None:
        """Trap 43."""
        self.looks_like("josé", "јоѕе\u0301", "ЈОЅЕ\u0301", "josé")
        self.looks_like("soë", "ѕоё", "ЅОЁ")
        self.looks_like("ákı", "άκι", "ΆΚΙ")
        self.assertEqual(nick_key("άκι"), "áki")

    def test_a_second_dot_on_an_i_cannot_be_seen(self) -> None:
        """Trap 43."""
        self.looks_like("bia", "bi\u0307a", "bı\u0307a", "bİa", "BİA", "ві\u0307а")
        self.looks_like("joao", "j\u0307oao", "ȷoao")

    def test_a_nick_drawn_like_another_is_illegal(self) -> None:
        """Trap 43: in Greek, ΑΝΑ is ανα, which looks like ava."""
        self.illegal("ΑΝΑ", "ΝΙΝΑ", "\u03f9ΑΡΑ", "\U0001d6b4\U0001d6a8\U0001d6b4")
        self.legal("ανα", "Αννα", "ΑΒΑ")

    def test_ascii_letters_and_digits_stay_apart(self) -> None:
        self.legal("ana1", "anal", "anai", "o", "0")
        self.assertEqual(len({nick_key(nick) for nick in ("ana1", "anal", "anaI", "anaO", "ana0", "rn", "m")}), 7)

    def test_every_look_alike_has_the_key_of_its_letter(self) -> None:
        """Trap 43."""
        for letter, look_alikes in LOOK_ALIKES.items():
            for look_alike in look_alikes:
                self.assertEqual(nick_key(f"\u0449{look_alike}"), f"\u0449{letter}", ascii(look_alike))

    def test_a_digit_is_the_digit_of_its_value_where_it_looks_so(self) -> None:
        """Trap 43."""
        for digit in "०০๐௦":
            self.assertEqual(nick_key(f"ana{digit}"), "ana0")
        self.assertEqual((nick_key("ana\u0661"), nick_key("ana\u0665"), nick_key("ana٣")), ("ana1", "anao", "ana٣"))


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
        self.same("ana", "ɑNA", "anɑ")

    def test_different_nicks_stay_different(self) -> None:
        """Trap 39."""
        names = ("ana", "anna", "aná", "an", "ana1", "ana_", "Ольга", "olga", "ana-", "ana.")
        self.assertEqual(len({nick_key(name) for name in names}), len(names))

    def test_the_key_is_the_rule_applied_to_every_code_point(self) -> None:
        """Traps 39 and 43."""
        for code in range(sys.maxunicode + 1):
            character = chr(code)
            category = unicodedata.category(character)
            if not (category[0] in "LM" or category == "Nd") or holds_unusable(character):
                continue
            expected = folded(character)
            while expected != (again := folded(expected)):
                expected = again
            if character != expected or not character.isascii():
                expected = to_ascii(expected)
            if nick_key(character) != expected:
                self.fail(f"U+{code:04X}: {nick_key(character)!r}, not {expected!r}")

    def test_the_key_of_a_key_is_the_key(self) -> None:
        """Traps 39 and 43."""
        chance = random.Random(39)
        letters = (chr(c) for c in range(0x80, 0x20000) if unicodedata.category(chr(c))[0] in "LM")
        odd = [character for character in letters if folded(character) != character and not holds_unusable(character)]
        odd += list(MARKS + "aijßΣ\u0345\u0307\u1100\u1161") * 20 + list("".join(LOOK_ALIKES.values())) * 3
        for _ in range(20_000):
            text = "".join(chance.choices(odd, k=chance.randrange(1, 6)))
            expected = folded(text)
            while expected != (again := folded(expected)):
                expected = again
            key = nick_key(text)
            self.assertEqual((key, nick_key(key)), (to_ascii(expected), key), ascii(text))

    def test_a_text_that_is_no_spelling_of_a_nick_is_its_own_key(self) -> None:
        """Trap 44."""
        too_long = "É" * (WRITING_CHARACTERS + 1)
        for text in (too_long, "É a", "É\u200b", "É\ufe0f", "\ufdfa", "Ⓐna", "É\ud800", *WITH_SPACE):
            self.assertEqual(nick_key(text), text)

    def test_a_nick_and_its_shown_form_have_one_key(self) -> None:
        """Trap 39."""
        for text in ("José", "jose\u0301", "\u0958", "\u212a", "가", "\u1100\u1161"):
            self.same(text, legal_nick(text))


class Work(unittest.TestCase):
    """A look-up takes microseconds, whatever was typed."""

    MOST_NORMALIZED = 10 * WRITING_CHARACTERS  # code points in and out, of a look-up and a join

    FOUND = ("\ufdfa" * 432, "\u0301\u0323" * 216, "a" + "\u0301\u0323" * 215)
    TOO_LONG = (*FOUND, "\u3316" * 432, "É" * 4000, "\u1f82" * 1000)

    def normalized(self, text: str) -> int:
        """How many code points go into and come out of ``normalize`` for a look-up or a join."""
        work = 0

        def normalize(form: Any, part: str) -> str:
            nonlocal work
            result = unicodedata.normalize(form, part)
            work += len(part) + len(result)
            return result

        counting = SimpleNamespace(normalize=normalize, category=unicodedata.category, name=unicodedata.name)
        with mock.patch.object(nick_module, "unicodedata", counting):
            self.assertIsNone(Room().find(text))
            is_legal(text)
        return work

    def test_a_text_that_is_too_long_is_not_normalized(self) -> None:
        """Trap 44: word for word."""
        for text in self.TOO_LONG:
            self.assertEqual(self.normalized(text), 0, ascii(text[:2]))

    def test_no_code_point_makes_much_work(self) -> None:
        """Trap 44."""
        growing = [chr(c) for c in range(0x80, sys.maxunicode + 1) if len(unicodedata.normalize("NFKD", chr(c))) > 1]
        self.assertGreater(len(growing), 10_000)
        hangul = ["가", "각"]  # one of each kind is enough
        for text in ("\u0301\u0323", *hangul, *(c for c in growing if not "가" <= c <= "힣")):
            for length in (24, WRITING_CHARACTERS):
                work = self.normalized((text * length)[:length])
                if work > self.MOST_NORMALIZED:
                    self.fail(f"{text!a} x {length}: {work}")

    def test_a_character_comes_from_no_more_code_points_than_counted(self) -> None:
        """Trap 44: a writing that is longer than WRITING_CHARACTERS is not one."""
        for character in map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1))):
            longest = len(unicodedata.normalize("NFD", folded(character)))
            if is_legal(character) and longest > len(character.encode()) + 1:
                self.fail(ascii(character))
        self.assertEqual(WRITING_CHARACTERS, 24 + NICK_BYTES)

    def test_no_writing_of_a_name_is_lost(self) -> None:
        """Traps 39 and 44."""
        longest = "\u1f82" * 16 + "\u0390" * 8
        long = (longest, "\u01d6" * 24, "\ufb03" * 21, "ß" * 24, "각" * 21, "İ" * 24, "\u0958" * 10)
        for name in ALL_NAMES + long:
            room, member = Room(), Member(lambda data: None)
            self.assertTrue(room.join(member, legal_nick(name)))
            for case in (name, name.upper(), name.lower(), name.title(), name.swapcase(), name.casefold()):
                for form in ("NFC", "NFD", "NFKC", "NFKD"):
                    self.assertIs(room.find(unicodedata.normalize(form, case)), member, (name, ascii(case), form))
            self.assertIs(room.find(full_width(name)), member, name)
        self.assertEqual(len(unicodedata.normalize("NFD", longest.upper())), WRITING_CHARACTERS)
