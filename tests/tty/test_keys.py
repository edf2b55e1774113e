"""Keys from bytes: every key, every sequence, cut at every byte."""

from __future__ import annotations

import random
import unittest
from typing import List

from minichat.tty.keys import (
    ESCAPE_SECONDS,
    PASTE_BYTES,
    PASTE_SECONDS,
    SEQUENCE_BYTES,
    SEQUENCE_SECONDS,
    Key,
    KeyParser,
)

KEYS = {
    b"\x7f": "backspace", b"\x08": "backspace", b"\t": "tab", b"\r": "enter", b"\n": "enter", b"\x1bOM": "enter",
    b"\x1b[A": "up", b"\x1bOA": "up", b"\x1b[B": "down", b"\x1bOB": "down",
    b"\x1b[C": "right", b"\x1bOC": "right", b"\x1b[D": "left", b"\x1bOD": "left",
    b"\x1b[H": "home", b"\x1bOH": "home", b"\x1b[1~": "home", b"\x1b[7~": "home",
    b"\x1b[F": "end", b"\x1bOF": "end", b"\x1b[4~": "end", b"\x1b[8~": "end",
    b"\x1b[3~": "delete", b"\x1b[Z": "back-tab", b"\x1b[3;5~": "kill-word",
    b"\x1b[1;5C": "word-right", b"\x1b[1;5D": "word-left", b"\x1b[1;3C": "word-right", b"\x1b[1;3D": "word-left",
    b"\x1bOc": "word-right", b"\x1bOd": "word-left", b"\x1b\x1b[C": "word-right", b"\x1b\x1bOD": "word-left",
    b"\x1bb": "word-left", b"\x1bf": "word-right", b"\x1bd": "kill-word", b"\x1b\x7f": "kill-word-left",
    b"\x1f": "ctrl-_",
    **{bytes([code]): f"ctrl-{chr(code + 96)}" for code in range(1, 27) if code not in b"\x08\t\n\r"},
}  # fmt: skip

# Sequences that some keyboards or terminals send, and that are unknown here.
UNKNOWN = (
    b"\x1b[15~", b"\x1bOP", b"\x1b[[A", b"\x1b[<0;10;20M", b"\x1b[?1;2c", b"\x1b[1;2;3;4X", b"\x1b[ q", b"\x1bx",
    b"\x1b]0;title\x07", b"\x1b]11;rgb:0000/0000/0000\x1b\\", b"\x1bP1$r0m\x1b\\", b"\x1b_x\x1b\\", b"\x1bZ",
    b"\x00", b"\x1c", b"\x1d", b"\x1e",
)  # fmt: skip


def pressed(*pieces: bytes) -> List[Key]:
    """The keys in some pieces, neighbouring text joined."""
    parser = KeyParser()
    keys: List[Key] = []
    for piece in pieces:
        for key in parser.feed(piece):
            if key.name == "text" and keys and keys[-1].name == "text":
                key = Key("text", keys.pop().text + key.text)
            keys.append(key)
    return keys


def one_by_one(data: bytes) -> List[bytes]:
    """The keys when each byte comes alone."""
    return [bytes([byte]) for byte in data]


class Keys(unittest.TestCase):
    def check(self, data: bytes, keys: List[Key]) -> None:
        """Assert what ``data`` presses: whole, byte by byte, cut in two anywhere, and with something around it."""
        self.assertEqual(pressed(data), keys, data)
        self.assertEqual(pressed(*one_by_one(data)), keys, data)
        for place in range(1, len(data)):
            self.assertEqual(pressed(data[:place], data[place:]), keys, (data, place))
        around = b"\x01" + data + b"\x05"
        self.assertEqual(pressed(*one_by_one(around)), [Key("ctrl-a"), *keys, Key("ctrl-e")], data)

    def test_every_key_is_known_however_its_bytes_are_cut(self) -> None:
        for data, name in KEYS.items():
            self.check(data, [Key(name)])

    def test_text_comes_as_text_however_its_bytes_are_cut(self) -> None:
        for text in ("a", "Olá", "ação", "日本", "👨‍👩‍👧", "e\u0301", "\u00a0", "\U0010ffff"):
            self.check(text.encode(), [Key("text", text)])

    def test_unknown_sequences_do_nothing(self) -> None:
        for data in UNKNOWN:
            self.check(data, [])

    def test_what_is_not_utf8_is_seen_as_such_and_hurts_nothing(self) -> None:
        self.assertEqual(pressed(b"a\xffb"), [Key("text", "a\ufffdb")])
        self.assertEqual(pressed(b"a\xe3\x81\rb"), [Key("text", "a"), Key("enter"), Key("text", "b")])

    def test_a_control_character_ends_a_sequence_and_counts(self) -> None:
        self.assertEqual(pressed(b"\x1b[1;\r"), [Key("enter")])
        self.assertEqual(pressed(b"\x1bO\x03"), [Key("ctrl-c")])
        self.assertEqual(pressed(b"\x1b[1\x1b[A"), [Key("up")])
        self.assertEqual(pressed(b"\x1b\x03"), [Key("ctrl-c")])
        self.assertEqual(pressed(b"\x1bPedro\x03"), [Key("ctrl-c")])

    def test_a_sequence_without_an_end_is_given_up(self) -> None:
        keys = pressed(b"\x1b[" + b"1" * (SEQUENCE_BYTES + 1), b"ok")
        self.assertEqual("".join(key.text for key in keys)[-2:], "ok")

    def test_a_lone_escape_is_given_up_when_nothing_follows(self) -> None:
        for beginning in (b"\x1b", b"\x1b[", b"\x1bO", b"\x1b]0;", b"\x1b[[", b"\x1b[1;"):
            parser = KeyParser()
            self.assertEqual(parser.feed(beginning), [])
            self.assertEqual(parser.patience_seconds, ESCAPE_SECONDS if len(beginning) == 1 else SEQUENCE_SECONDS)
            self.assertEqual(parser.give_up(), [Key("escape")] if len(beginning) == 1 else [])
            self.assertEqual(parser.patience_seconds, 0.0)
            self.assertEqual(parser.feed(b"b"), [Key("text", "b")])

    def test_any_bytes_in_any_pieces_give_the_same_keys(self) -> None:
        chance = random.Random(7)
        parts = [*KEYS, *UNKNOWN, b"ol\xc3\xa1", b"\xf0\x9f\x91\x8d", b"\xff", b"\x1b[200~x\ny\x1b[201~", b"\x1b"]
        for _ in range(500):
            data = b"".join(chance.choices(parts, k=6))
            cuts = sorted(chance.choices(range(len(data) + 1), k=4))
            pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)])]
            self.assertEqual(pressed(*pieces), pressed(data), (data, cuts))


class Pastes(unittest.TestCase):
    def test_a_paste_is_one_key_whatever_it_holds(self) -> None:
        pasted = "um\r\ndois\rtrês\n\x1b[A\x03"
        data = b"\x1b[200~" + pasted.encode() + b"\x1b[201~"
        expected = [Key("paste", "um\ndois\ntrês\n\x1b[A\x03")]
        self.assertEqual(pressed(data), expected)
        self.assertEqual(pressed(*one_by_one(data)), expected)

    def test_a_paste_that_lost_its_end_is_taken_for_whole_after_a_while(self) -> None:
        parser = KeyParser()
        self.assertEqual(parser.feed(b"\x1b[200~um\ndois"), [])
        self.assertEqual(parser.patience_seconds, PASTE_SECONDS)
        self.assertEqual(parser.give_up(), [Key("paste", "um\ndois")])
        self.assertEqual(parser.feed(b"\x03"), [Key("ctrl-c")])

    def test_what_follows_a_paste_is_typed_again(self) -> None:
        self.assertEqual(pressed(b"\x1b[200~a\x1b[201~b"), [Key("paste", "a"), Key("text", "b")])

    def test_a_paste_up_to_the_limit_is_whole_and_a_longer_one_is_refused(self) -> None:
        whole = b"x" * PASTE_BYTES
        self.assertEqual(pressed(b"\x1b[200~" + whole + b"\x1b[201~"), [Key("paste", whole.decode())])
        longer = [Key("paste-too-long"), Key("enter")]
        self.assertEqual(pressed(b"\x1b[200~" + whole + b"x\x1b[201~\r"), longer)
        self.assertEqual(pressed(b"\x1b[200~" + whole + b"xx\x1b[201~\r"), longer)

    def test_after_a_paste_that_was_too_long_the_next_one_is_taken(self) -> None:
        too_long = b"\x1b[200~" + b"x" * (PASTE_BYTES + 1) + b"\x1b[201~"
        self.assertEqual(pressed(too_long + b"\x1b[200~a\x1b[201~")[1:], [Key("paste", "a")])


if __name__ == "__main__":
    unittest.main()
