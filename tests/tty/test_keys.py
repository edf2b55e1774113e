"""Keys from bytes: every key, every sequence, cut at every byte."""

from __future__ import annotations

import random
import unittest
from typing import List

from minichat.tty.keys import (
    ESCAPE_SECONDS,
    LATE_SECONDS,
    PASTE_BYTES,
    SEQUENCE_BYTES,
    SEQUENCE_SECONDS,
    Key,
    KeyParser,
)
from minichat.tty.paste import DROP_SECONDS, STALL_SECONDS

KEYS = {
    b"\x7f": "backspace", b"\x08": "backspace", b"\t": "tab", b"\r": "enter", b"\n": "enter", b"\x1bOM": "enter",
    b"\x1b[A": "up", b"\x1bOA": "up", b"\x1b[B": "down", b"\x1bOB": "down",
    b"\x1b[C": "right", b"\x1bOC": "right", b"\x1b[D": "left", b"\x1bOD": "left",
    b"\x1b[H": "home", b"\x1bOH": "home", b"\x1b[1~": "home", b"\x1b[7~": "home",
    b"\x1b[F": "end", b"\x1bOF": "end", b"\x1b[4~": "end", b"\x1b[8~": "end",
    b"\x1b[3~": "delete", b"\x1b[Z": "back-tab", b"\x1b[3;5~": "kill-word",
    b"\x1b[1;5C": "word-right", b"\x1b[1;5D": "word-left", b"\x1b[1;3C": "word-right", b"\x1b[1;3D": "word-left",
    b"\x1b[c": "right", b"\x1b[d": "left", b"\x1b[3$": "delete", b"\x1b[3^": "kill-word",
    b"\x1b\r": "enter", b"\x1f": "ctrl-_",
    b"\x1bOc": "word-right", b"\x1bOd": "word-left", b"\x1b\x1b[C": "word-right", b"\x1b\x1bOD": "word-left",
    b"\x1bb": "word-left", b"\x1bf": "word-right", b"\x1bd": "kill-word", b"\x1b\x7f": "kill-word-left",
    **{bytes([code]): f"ctrl-{chr(code + 96)}" for code in range(1, 27) if code not in b"\x08\t\n\r"},
}  # fmt: skip

# Sequences that some keyboards or terminals send, and that are unknown here.
UNKNOWN = (
    b"\x1b[15~", b"\x1bOP", b"\x1b[[A", b"\x1b[<0;10;20M", b"\x1b[?1;2c", b"\x1b[1;2;3;4X", b"\x1b[ q", b"\x1bx",
    b"\x1b]0;title\x07", b"\x1b]11;rgb:0000/0000/0000\x1b\\", b"\x1bP1$r0m\x1b\\", b"\x1b_Gi=1;OK\x1b\\", b"\x1bZ",
    b"\x1b]lUm t\xc3\x9cdo \xe2\x9c\x85\x1b\\", b"\x1bP>|xterm(388)\x1b\\", b"\x1b]2;x\x9c",
    b"\x1b[23^", b"\x1b[24$", b"\x1b[25@", b"\x1b[?2026;2$y", b"\x1b[I", b"\x1b[O", b"\x1b[0n", b"\x1b[8;24;80t",
    b"\x1bO200~", b"\x1b[<0;1;1m", b"\x1b[32;10;20M", b"\x1b[M\r\n\x03", b"\x1b[M\x1b[A", b"\x1b[M \xc4\xa1\xc4\xa1",
    b"\x1b[t\r\r", b"\x1b[T\r\x03\x04\r\r\r",
    b"\x1b\xc3\xa9", b"\x1b\xe6\x97\xa5", b"\x1b\xf0\x9f\x91\x8d", b"\x1bP\x1b_\x1b]\x1b^\x1bX",
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
        self.assertEqual(pressed(b"\x1b]11;rgb\x03"), [Key("ctrl-c")])
        self.assertEqual(pressed(b"\x1b]11;rgb\x1b[A"), [Key("up")])
        self.assertEqual(pressed(b"\x1b\xe6\x97\r"), [Key("enter")])
        self.assertEqual(pressed(b"\x1b[M !\xc4\r"), [Key("enter")])

    def test_a_report_of_an_old_terminal_ends_with_one_byte(self) -> None:
        """Trap 65."""
        self.assertEqual(pressed(b"\x1b]2;x\x9cok"), [Key("text", "ok")])
        self.assertEqual(pressed("\x1b]2;\u00dc\u2705\u671c\x1b\\ok".encode()), [Key("text", "ok")])

    def test_a_report_without_an_end_does_not_fill_the_memory(self) -> None:
        parser = KeyParser()
        self.assertEqual(parser.feed(b"\x1b]2;" + b"x" * 10_000), [])
        self.assertLess(len(parser._sequence), SEQUENCE_BYTES)

    def test_a_sequence_without_an_end_is_given_up(self) -> None:
        keys = pressed(b"\x1b[" + b"1" * (SEQUENCE_BYTES + 1), b"ok")
        self.assertEqual("".join(key.text for key in keys)[-2:], "ok")

    def test_a_lone_escape_is_given_up_when_nothing_follows(self) -> None:
        for beginning in (b"\x1b", b"\x1b[", b"\x1bO", b"\x1b]", b"\x1bP", b"\x1b_"):
            parser = KeyParser()
            self.assertEqual(parser.feed(beginning), [])
            self.assertEqual(parser.patience_seconds, SEQUENCE_SECONDS if beginning == b"\x1b[" else ESCAPE_SECONDS)
            self.assertEqual(parser.give_up(), [Key("escape")] if len(beginning) == 1 else [])
            self.assertEqual(parser.patience_seconds, LATE_SECONDS if beginning == b"\x1bO" else 0.0)
            self.assertEqual(parser.feed(b"b"), [Key("text", "b")])

    def test_the_late_half_of_a_function_key_is_no_typing(self) -> None:
        """Trap 62: the S of F4 would be a yes, and the M of the number pad is no ENTER after a silence."""
        for half, keys in ((b"S", []), (b"M", []), (b"A", []), (b"s", [Key("text", "s")]), (b"\r", [Key("enter")])):
            parser = KeyParser()
            self.assertEqual(parser.feed(b"\x1bO") + parser.give_up(), [])
            self.assertEqual((parser.patience_seconds, parser.feed(half)), (LATE_SECONDS, keys), half)
            self.assertEqual((parser.patience_seconds, parser.feed(b"S")), (0.0, [Key("text", "S")]))
        parser = KeyParser()
        self.assertEqual(parser.feed(b"\x1bO") + parser.give_up() + parser.give_up(), [])
        self.assertEqual((parser.patience_seconds, parser.feed(b"S")), (0.0, [Key("text", "S")]))

    def test_a_sequence_with_an_end_of_its_own_is_never_given_up(self) -> None:
        """Trap 62: after a silence its rest would be taken for typing."""
        for data in (b"\x1b[1;5C", b"\x1bO5C", b"\x1b]11;rgb:0\x1b\\", b"\x1b[M \r\r", b"\x1b\xe6\x97\xa5"):
            for cut in range(3, len(data)):
                parser = KeyParser()
                self.assertEqual(parser.feed(data[:cut]), [])
                self.assertEqual((parser.patience_seconds, parser.give_up()), (0.0, []), data[:cut])
                self.assertEqual(parser.feed(data[cut:]), pressed(data), data)

    def test_alt_takes_one_character_and_swallows_no_other(self) -> None:
        """Trap 65."""
        for key in ("é", "日", "👍", "P", "]", "_", "X", "^", "p", ".", "O", "["):
            for cut in range(1, len(b"\x1b" + key.encode()) + 1):
                parser = KeyParser()
                data = b"\x1b" + key.encode()
                keys = parser.feed(data[:cut]) + parser.feed(data[cut:])
                if parser.patience_seconds:  # a pause, as people make it between two keys
                    keys += parser.give_up()
                self.assertEqual(keys + parser.feed("edro é".encode()), [Key("text", "edro é")], data)

    def test_what_begins_no_report_is_typed_even_without_a_pause(self) -> None:
        """Trap 65."""
        for key in ("P", "_", "X", "^"):
            self.assertEqual(pressed(f"\x1b{key}edro\r".encode()), [Key("text", "edro"), Key("enter")])
        self.assertEqual(pressed(b"\x1b]oi\r"), [Key("text", "oi"), Key("enter")])

    def test_after_a_mouse_event_the_next_key_counts(self) -> None:
        """Trap 61."""
        for event in (b"\x1b[M !!", b"\x1b[M\r\r\r", b"\x1b[M \xc4\xa1\xc4\xa1", b"\x1b[M \xff\xff", b"\x1b[<0;1;1M"):
            self.assertEqual(pressed(event + b"ol\xc3\xa1\r"), [Key("text", "olá"), Key("enter")], event)

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

    def test_a_paste_is_whole_however_late_its_rest_comes(self) -> None:
        """Trap 62."""
        parser = KeyParser()
        keys = []
        for piece in (b"\x1b[200~um\n/quit", b"\rdois\x1b[20", b"1~"):
            keys += parser.feed(piece)
            if parser.is_pasting:
                self.assertEqual(parser.patience_seconds, STALL_SECONDS)
                keys += parser.give_up()
                self.assertEqual((parser.patience_seconds, parser.give_up()), (0.0, []))
        told = [Key("paste-stalled"), Key("paste-resumed")] * 2
        self.assertEqual(keys, [*told, Key("paste", "um\n/quit\ndois")])
        self.assertEqual(parser.feed(b"\r"), [Key("enter")])

    def test_a_silence_in_the_mark_of_a_paste_makes_it_no_typing(self) -> None:
        """Trap 62."""
        data = b"\x1b[200~um\n/quit\r\x1b[201~"
        for first in range(1, 7):
            for second in range(first, 7):
                parser = KeyParser()
                keys: List[Key] = []
                for piece in (data[:first], data[first:second], data[second:]):
                    keys += parser.feed(piece) + (parser.give_up() if parser.patience_seconds else [])
                self.assertEqual(keys[-1], Key("paste", "um\n/quit\n"), (first, second))
                self.assertIn("".join(key.text for key in keys[:-1]), ("", "[", "[2", "[20", "[200", "2", "20", "200"))
                self.assertNotIn("enter", [key.name for key in keys])

    def test_what_looks_like_the_mark_after_escape_is_typed(self) -> None:
        for typed in ("[", "[2", "[20x", "[200", "[201~", "[[", "2", "a[200~", "[é"):
            parser = KeyParser()
            keys = parser.feed(b"\x1b") + parser.give_up() + parser.feed(typed.encode())
            if parser.patience_seconds:
                keys += parser.give_up()
            self.assertEqual(keys[0], Key("escape"))
            self.assertEqual("".join(key.text for key in keys), typed)
            self.assertEqual(parser.feed(b"\r"), [Key("enter")])

    def test_a_mouse_event_after_a_silence_presses_no_key(self) -> None:
        """Trap 61."""
        for cut in (1, 2):
            parser = KeyParser()
            data = b"\x1b[M\r\r\rok"
            keys = parser.feed(data[:cut]) + parser.give_up() + parser.feed(data[cut:])
            self.assertEqual(keys[-1], Key("text", "ok"))
            self.assertNotIn("enter", [key.name for key in keys])

    def stalled(self) -> KeyParser:
        """A parser in whose paste nothing has come for a while."""
        parser = KeyParser()
        self.assertEqual(parser.feed(b"\x1b[200~um\ndois"), [])
        self.assertEqual(parser.give_up(), [Key("paste-stalled")])
        return parser

    def test_ctrl_c_drops_a_stalled_paste_up_to_its_end(self) -> None:
        """Trap 62."""
        for ctrl_c in (b"\x03", b"\x1b[99;5u", b"\x1b[27;5;99~"):
            parser = self.stalled()
            self.assertEqual(parser.feed(ctrl_c) + parser.feed(b"\r/quit\r"), [])
            self.assertEqual(parser.feed(b"x\x1b[201~oi\r")[1:], [Key("text", "oi"), Key("enter")])

    def test_ctrl_c_and_silence_drop_a_paste_without_an_end(self) -> None:
        """Trap 62."""
        parser = self.stalled()
        self.assertEqual(parser.feed(b"\x03") + parser.feed(b"resto"), [])
        self.assertEqual(parser.patience_seconds, DROP_SECONDS)
        self.assertEqual(parser.give_up(), [Key("paste-dropped", "um\ndoisresto")])
        self.assertEqual((parser.is_pasting, parser.patience_seconds), (False, 0.0))
        self.assertEqual(parser.feed(b"oi\r"), [Key("text", "oi"), Key("enter")])

    def test_ctrl_c_with_more_or_without_a_silence_is_pasted(self) -> None:
        """Trap 62."""
        parser = self.stalled()
        self.assertEqual(parser.feed(b"\x03a"), [Key("paste-resumed")])
        self.assertEqual(parser.feed(b"\x03"), [])
        self.assertEqual(parser.feed(b"\x1b[201~"), [Key("paste", "um\ndois\x03a\x03")])

    def test_ctrl_c_among_other_bytes_is_pasted(self) -> None:
        """Trap 62: a paste may hold bytes that are no key."""
        for data in (b"\x1b\x1b\xc3\x89\x03", b"\x1b\x03\x1b[2", b"\x1b[I\x03", b"\x00\x03"):
            self.assertEqual(self.stalled().feed(data), [Key("paste-resumed")], data)

    def test_ctrl_c_after_the_end_of_a_paste_is_a_key(self) -> None:
        parser = self.stalled()
        keys = parser.feed(b"\x1b[201~\x03")
        self.assertEqual(keys, [Key("paste-resumed"), Key("paste", "um\ndois"), Key("ctrl-c")])
        self.assertFalse(parser.is_pasting)

    def test_what_follows_a_paste_is_typed_again(self) -> None:
        self.assertEqual(pressed(b"\x1b[200~a\x1b[201~b"), [Key("paste", "a"), Key("text", "b")])

    def test_a_paste_up_to_the_limit_is_whole_and_a_longer_one_is_refused(self) -> None:
        whole = b"x" * PASTE_BYTES
        self.assertEqual(pressed(b"\x1b[200~" + whole + b"\x1b[201~"), [Key("paste", whole.decode())])
        longer = [Key("paste-too-long"), Key("enter")]
        self.assertEqual(pressed(b"\x1b[200~" + whole + b"x\x1b[201~\r"), longer)
        self.assertEqual(pressed(b"\x1b[200~" + whole + b"xx\x1b[201~\r"), longer)

    def test_after_a_paste_that_was_too_long_the_next_one_is_taken(self) -> None:
        for more in range(1, 20):
            too_long = b"\x1b[200~" + b"x" * (PASTE_BYTES + more) + b"\x1b[201~"
            expected = [Key("paste-too-long"), Key("paste", "a")]
            self.assertEqual(pressed(too_long + b"\x1b[200~a\x1b[201~"), expected)
            self.assertEqual(pressed(too_long[:-3], too_long[-3:], b"\x1b[200~a\x1b[201~"), expected)

    def test_a_paste_that_is_too_long_does_not_fill_the_memory(self) -> None:
        parser = KeyParser()
        parser.feed(b"\x1b[200~")
        for _ in range(5):
            parser.feed(b"x" * (PASTE_BYTES // 2))
        self.assertIsNotNone(parser._paste)
        self.assertLess(len(parser._paste._bytes if parser._paste else b""), PASTE_BYTES)


if __name__ == "__main__":
    unittest.main()
