"""What sequences mean: plain keys and keys with modifiers, in each way that terminals send them."""

from __future__ import annotations

import random
import unittest

from minichat.tty.keynames import NOTHING, Key, after_bracket, after_o
from minichat.tty.keys import KeyParser

# Keys as CSI-u, modifyOtherKeys or kitty's report-all mode sends them, and the plain bytes of the same key.
SAME = {
    b"99;5u": b"\x03", b"27;5;99~": b"\x03", b"99;5:1u": b"\x03", b"99;5:2u": b"\x03", b"99;69u": b"\x03",
    b"99;197u": b"\x03", b"1089::99;5u": b"\x03", b"99:67;6u": b"\x03", b"67;6u": b"\x03", b"27;6;67~": b"\x03",
    b"100;5u": b"\x04", b"122;5u": b"\x1a", b"114;5u": b"\x12", b"116;5u": b"\x14", b"104;5u": b"\x08",
    b"97;1:1u": b"a", b"97u": b"a", b"97:65;2u": b"A", b"97;2u": b"A", b"97;;97u": b"a", b"97:65;2;65u": b"A",
    b"97;129u": b"a", b"231;1;231u": "ç".encode(), b"0;;26085:26412u": "日本".encode(), b"128077u": "👍".encode(),
    b"32u": b" ", b"27;2;33~": b"!", b"49:33;2u": b"!", b"49:33;2;33u": b"!",
    b"13u": b"\r", b"13;2u": b"\r", b"13;5u": b"\r", b"13;3u": b"\x1b\r", b"27;2;13~": b"\r", b"13;1:2u": b"\r",
    b"9u": b"\t", b"9;2u": b"\x1b[Z", b"9;5u": b"\t", b"9;6u": b"\x1b[Z", b"9;3u": b"\t", b"105;5u": b"\t",
    b"127u": b"\x7f", b"127;2u": b"\x7f", b"127;5u": b"\x08", b"127;3u": b"\x1b\x7f", b"8u": b"\x08",
    b"98;3u": b"\x1bb", b"100;3u": b"\x1bd", b"27;3;102~": b"\x1bf",
    b"95;6u": b"\x1f", b"45:95;6u": b"\x1f", b"47;5u": b"\x1f", b"55;5u": b"\x1f", b"63;6u": b"\x7f",
    b"1;1:1A": b"\x1b[A", b"1;129A": b"\x1b[A", b"1;5:1C": b"\x1b[1;5C", b"1;5:2D": b"\x1b[1;5D",
    b"1;2D": b"\x1b[D", b"1;2H": b"\x1b[H", b"3;1:1~": b"\x1b[3~", b"3;2~": b"\x1b[3~", b"1;3C": b"\x1b\x1b[C",
    b"57399u": b"0", b"57408u": b"9", b"57409;1;44u": b",", b"57414u": b"\r", b"57414;5u": b"\r", b"57417u": b"\x1b[D",
    b"57418;5u": b"\x1b[1;5C", b"57419u": b"\x1b[A", b"57420u": b"\x1b[B", b"57423u": b"\x1b[H", b"57424u": b"\x1b[F",
    b"57426u": b"\x1b[3~",
}  # fmt: skip

# Keys that are released, keys without a meaning here, and reports.
SILENT = (
    b"97;1:3u", b"13;1:3u", b"99;5:3u", b"1;1:3A", b"1;5:3C", b"3;1:3~", b"57414;1:3u", b"57441u", b"57441;2u",
    b"57428u", b"57376u", b"99;9u", b"13;9u", b"1;9C", b"120;3u", b"49;5u", b"2~", b"5~", b"15;5~", b"15~", b"u",
    b"?1u", b"?0u",
    b"200;5~", b"27;5~", b"0;;27u", b"<0;1;1M", b"32;1;1M", b"I", b"O", b"999999999999u", b"55296u",
    b"5C", b";;;;u", b":::u", b"1;5A", b"1;5H", b"E", b"P", b"1;2P", b"1;5S", b"0;0;0;1;0;1_",
)  # fmt: skip


def plain(data: bytes) -> Key:
    """The one key of some plain bytes."""
    (key,) = KeyParser().feed(data)
    return key


class Names(unittest.TestCase):
    def test_a_key_means_the_same_in_each_way_it_is_sent(self) -> None:
        """Trap 71."""
        for sequence, data in SAME.items():
            self.assertEqual(after_bracket(sequence), plain(data), sequence)

    def test_escape_is_escape_in_each_way_it_is_sent(self) -> None:
        """Trap 71."""
        for sequence in (b"27u", b"27;2u", b"27;5u", b"27;3u", b"91;5u", b"27;1;27~"):
            self.assertEqual(after_bracket(sequence), Key("escape"), sequence)

    def test_releases_reports_and_unknown_keys_mean_nothing(self) -> None:
        """Traps 61 and 71."""
        for sequence in SILENT:
            self.assertEqual(after_bracket(sequence), NOTHING, sequence)

    def test_enter_is_after_o_and_never_a_lone_m_after_a_bracket(self) -> None:
        """Trap 61."""
        self.assertEqual((after_o(b"M"), after_bracket(b"M")), (Key("enter"), NOTHING))

    def test_the_number_pad_types_its_digits(self) -> None:
        typed = "".join(after_o(bytes([code])).text for code in b" XjklmnopqrstuvwxyZ")
        self.assertEqual(typed, " =*+,-./0123456789")
        self.assertEqual((after_o(b"5p"), after_o(b"I")), (NOTHING, Key("tab")))

    def test_where_the_cursor_is_comes_as_a_key_of_its_own(self) -> None:
        self.assertEqual(after_bracket(b"12;40R"), Key("cursor-at", "12;40"))

    def test_no_sequence_at_all_types_a_control_character(self) -> None:
        chance = random.Random(3)
        for _ in range(20_000):
            body = "".join(chance.choices("0123456789;:", k=chance.randrange(12)))
            sequence = body + chance.choice("u~ABCDHFRMZ^$@")
            text = after_bracket(sequence.encode()).text
            self.assertTrue(all(c > "\x1f" and not "\x7f" <= c < "\xa0" for c in text), sequence)


if __name__ == "__main__":
    unittest.main()
