"""Frames by section of RFC 6455: the table of what comes in, and what the reader makes of it, however it is cut.

This table stands for the cases of other test suites, so that none of them is needed.
"""

from __future__ import annotations

import struct
import unittest
from typing import Iterator, List, Sequence, Tuple, Union
from unittest import mock

from minichat.web.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Control,
    FrameReader,
    Violation,
    close_code,
    close_frame,
    frame,
    frame_end,
    frames_of,
    unmasked,
)
from tests.webpeer import masked, parsed

FIN = 0x80

# What the reader tells: texts, "." for the end of a message, "ping:", "pong:" and "close:" with their payload,
# and a number for the code of a violation, after which nothing comes.
Part = Union[str, bytes, int]
Told = Sequence[Part]


def text(payload: Union[str, bytes], head: int = FIN | TEXT, mask: bytes = b"\x12\x34\x56\x78") -> bytes:
    """A text message in one frame, as a browser sends it."""
    return masked(head, payload.encode() if isinstance(payload, str) else payload, mask)


def begin(payload: Union[str, bytes]) -> bytes:
    """The first frame of a message of several."""
    return text(payload, TEXT)


def more(payload: Union[str, bytes]) -> bytes:
    """A frame in the middle of it."""
    return text(payload, CONTINUATION)


def last(payload: Union[str, bytes]) -> bytes:
    """Its last frame."""
    return text(payload, FIN | CONTINUATION)


def ping(payload: bytes = b"") -> bytes:
    """A ping."""
    return masked(FIN | PING, payload)


def close(code: int, reason: bytes = b"") -> bytes:
    """A close frame."""
    return masked(FIN | CLOSE, struct.pack("!H", code) + reason)


def sized(size: int, form: str, payload: bytes = b"") -> bytes:
    """A text frame whose length is written in a form of choice."""
    first = {"!BBH": 126, "!BBQ": 127}[form]
    return struct.pack(form, FIN | TEXT, 0x80 | first, size) + b"\0\0\0\0" + payload


A, LONG = "a" * 125, "x" * 70000

# (section and what it is about, bytes, what is told)
CASES: List[Tuple[str, bytes, Told]] = [
    ("5.2 an empty message", text(""), ["."]),
    ("5.2 a message", text("oi"), ["oi", "."]),
    ("5.2 two messages", text("oi") + text("ai"), ["oi", ".", "ai", "."]),
    ("5.2 the longest of a short length", text(A), [A, "."]),
    ("5.2 the shortest of two bytes of length", text(A + "a"), [A + "a", "."]),
    ("5.2 just over that", text(A + "ab"), [A + "ab", "."]),
    ("5.2 the longest of two bytes of length", text(LONG[:65535]), [LONG[:65535], "."]),
    ("5.2 the shortest of eight bytes of length", text(LONG[:65536]), [LONG[:65536], "."]),
    ("5.2 a long one", text(LONG), [LONG, "."]),
    ("5.2 125 bytes in two bytes of length", sized(125, "!BBH", b"a" * 125), [1002]),
    ("5.2 no bytes in two bytes of length", sized(0, "!BBH"), [1002]),
    ("5.2 65535 bytes in eight bytes of length", sized(65535, "!BBQ"), [1002]),
    ("5.2 a negative length", sized(1 << 63, "!BBQ"), [1002]),
    ("5.2 the largest length, of which little comes", sized((1 << 63) - 1, "!BBQ", b"oi"), ["oi"]),
    ("5.2 the first reserved bit", text("oi", FIN | 0x40 | TEXT), [1002]),
    ("5.2 the second reserved bit", text("oi", FIN | 0x20 | TEXT), [1002]),
    ("5.2 the third reserved bit", text("oi", FIN | 0x10 | TEXT), [1002]),
    ("5.2 all reserved bits", text("oi", FIN | 0x70 | TEXT), [1002]),
    ("5.2 a reserved bit on a ping", masked(FIN | 0x40 | PING, b""), [1002]),
    ("5.2 a reserved bit within a message", begin("o") + text("i", FIN | 0x20), [1002]),
    *((f"5.2 the reserved opcode {opcode:X}", text("oi", FIN | opcode), [1002])
      for opcode in (*range(3, 8), *range(11, 16))),
    ("5.2 a message before a reserved opcode", text("oi") + text("ai", FIN | 3), ["oi", ".", 1002]),
    ("5.3 another mask", text("oi", mask=b"\xff\x00\xaa\x55"), ["oi", "."]),
    ("5.3 a mask of zeros", text("oi", mask=b"\0\0\0\0"), ["oi", "."]),
    ("5.3 the mask begins anew in each frame", begin("abc") + last("def"), ["abcdef", "."]),
    ("5.1 a frame without a mask", frame(TEXT, b"oi"), [1002]),
    ("5.1 an empty one", frame(TEXT, b""), [1002]),
    ("5.1 a ping without a mask", frame(PING, b""), [1002]),
    ("5.4 two frames", begin("o") + last("i"), ["oi", "."]),
    ("5.4 many frames", begin("a") + more("b") * 3 + last("c"), ["abbbc", "."]),
    ("5.4 frames without a payload", begin("") + more("") + last(""), ["."]),
    ("5.4 a ping between frames", begin("o") + ping(b"?") + last("i"), ["o", "ping:?", "i", "."]),
    ("5.4 a pong between frames", begin("o") + masked(FIN | PONG, b"!") + last("i"), ["o", "pong:!", "i", "."]),
    ("5.4 a close between frames", begin("o") + close(1000), ["o", b"close:\x03\xe8"]),
    ("5.4 a continuation of nothing", last("oi"), [1002]),
    ("5.4 the same, not final", more("oi"), [1002]),
    ("5.4 a continuation after a whole message", text("oi") + last("ai"), ["oi", ".", 1002]),
    ("5.4 a message within a message", begin("o") + text("i"), [1002]),
    ("5.4 a binary frame within a text message", begin("o") + masked(FIN | BINARY, b"i"), [1002]),
    ("5.4 a new message after one of frames", begin("a") + last("b") + text("c"), ["ab", ".", "c", "."]),
    ("5.5 the longest control frame", ping(b"a" * 125), ["ping:" + A]),
    ("5.5 one that is too long", ping(b"a" * 126), [1002]),
    ("5.5 a close frame that is too long", close(1000, b"a" * 124), [1002]),
    ("5.5 a ping in two frames", masked(PING, b"o"), [1002]),
    ("5.5 a pong in two frames", masked(PONG, b"o"), [1002]),
    ("5.5 a close frame in two frames", masked(CLOSE, b"\x03\xe8"), [1002]),
    ("5.5.1 a close frame without a code", masked(FIN | CLOSE, b""), ["close:"]),
    ("5.5.1 one with a code and a reason", close(1000, b"tchau"), [b"close:\x03\xe8tchau"]),
    ("5.5.2 a ping without a payload", ping(), ["ping:"]),
    ("5.5.2 two pings", ping(b"1") + ping(b"2"), ["ping:1", "ping:2"]),
    ("5.5.2 a ping that is no text", ping(b"\xff\x00"), [b"ping:\xff\x00"]),
    ("5.5.3 a pong that was not asked for", masked(FIN | PONG, b""), ["pong:"]),
    ("5.6 a binary message", masked(FIN | BINARY, b"oi"), [1003]),
    ("5.6 the first frame of one", masked(BINARY, b"oi"), [1003]),
    ("5.6 an empty one", masked(FIN | BINARY, b""), [1003]),
    ("5.6 one after a text", text("oi") + masked(FIN | BINARY, b""), ["oi", ".", 1003]),
    ("8.1 text beyond ASCII", text("Olá κόσμε 🙂"), ["Olá κόσμε 🙂", "."]),
    ("8.1 a character in two frames", begin(b"\xc3") + last(b"\xa1"), ["á", "."]),
    ("8.1 one in four frames", begin(b"\xf0") + more(b"\x9f") + more(b"\x99") + last(b"\x82"),
     ["🙂", "."]),
    ("8.1 one that is not whole at the end", text(b"ol\xc3"), [1007]),
    ("8.1 one that is not whole at the end of the frames", begin(b"ol\xc3") + last(b""), [1007]),
    ("8.1 a ping within a character", begin(b"\xc3") + ping() + last(b"\xa1"), [b"\xc3", "ping:", b"\xa1", "."]),
    ("8.1 a byte that is never UTF-8", text(b"\xff"), [1007]),
    ("8.1 a lone continuation byte", text(b"\x80"), [1007]),
    ("8.1 a form that is too long", text(b"\xc0\xaf"), [1007]),
    ("8.1 half of a surrogate pair", text("\ud800".encode("utf-8", "surrogatepass")), [1007]),
    ("8.1 beyond the last character", text(b"\xf4\x90\x80\x80"), [1007]),
    ("8.1 the last character", text("\U0010ffff"), ["\U0010ffff", "."]),
    ("8.1 a null", text("\0"), ["\0", "."]),
    ("8.1 bad bytes are found before the end of the message", begin(b"\xc3") + more(b"("), [1007]),
    ("8.1 and before the end of the frame", text(b"\xff" + b"a" * 200)[:20], [1007]),
    ("8.1 a half character does not reach the next message", text(b"\xc3") + text(b"\xa1"), [1007]),
]  # fmt: skip

# (what it is about, payload of a close frame, the code with which it is answered, or that of the violation)
CLOSES: List[Tuple[str, bytes, int]] = [
    ("7.1.5 no code", b"", 1005),
    ("5.5.1 half a code", b"\x03", -1002),
    *((f"7.4.1 the code {code}", struct.pack("!H", code), code) for code in (1000, 1001, 1002, 1003, 1007, 1011, 1014)),
    *((f"7.4.2 the code {code}", struct.pack("!H", code), code) for code in (3000, 3999, 4000, 4999)),
    *((f"7.4 never the code {code}", struct.pack("!H", code), -1002)
      for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)),
    ("5.5.1 a reason", struct.pack("!H", 1000) + "até já".encode(), 1000),
    ("5.5.1 a reason that is not UTF-8", struct.pack("!H", 1000) + b"\xff", -1007),
    ("5.5.1 a reason with half a character", struct.pack("!H", 1000) + b"\xc3", -1007),
]  # fmt: skip



class Hearer:
    """A reader, and what it has told; pieces of one text are joined, for where they are cut means nothing."""

    WORDS = {CLOSE: b"close:", PING: b"ping:", PONG: b"pong:"}

    def __init__(self) -> None:
        self.told: List[Part] = []
        self._is_in_text = False
        self._reader = FrameReader(self)

    def feed(self, *pieces: bytes) -> Told:
        """Feed the pieces until one breaks the protocol; what was told."""
        try:
            for piece in pieces:
                self._reader.feed(piece)
        except Violation as violation:
            if self._is_in_text:  # how much of a message that will not be used was seen means nothing either
                self.told.pop()
            self.told.append(violation.code)
        return self.told

    def text(self, piece: bytes, is_end: bool) -> None:
        """Note a piece, and the end of a message."""
        assert piece or is_end, "an empty piece"
        if piece and self._is_in_text:
            before = self.told.pop()
            assert isinstance(before, bytes)
            piece = before + piece
        if piece:
            self.told.append(piece)
            self._is_in_text = True
        if is_end:
            self._tell(b".")

    def control(self, control: Control) -> None:
        """Note a control frame."""
        self._tell(self.WORDS[control.opcode] + control.payload)

    def _tell(self, what: bytes) -> None:
        self.told.append(what)
        self._is_in_text = False


def expected(told: Told) -> Told:
    """The same with bytes for texts."""
    return [what.encode() if isinstance(what, str) else what for what in told]


def in_twos(data: bytes) -> Iterator[Tuple[bytes, bytes]]:
    """``data`` cut at every byte; at some of a long one."""
    step = max(1, len(data) // 300)
    for place in range(0, len(data) + 1, step):
        yield data[:place], data[place:]


class Reading(unittest.TestCase):
    def test_each_case_of_the_table(self) -> None:
        self.assertGreaterEqual(len(CASES), 70)
        for name, data, told in CASES:
            with self.subTest(name):
                self.assertEqual(Hearer().feed(data), expected(told))

    def test_each_case_byte_by_byte(self) -> None:
        for name, data, told in CASES:
            with self.subTest(name):
                self.assertEqual(Hearer().feed(*(bytes((byte,)) for byte in data)), expected(told))

    def test_each_case_cut_at_every_byte(self) -> None:
        for name, data, told in CASES:
            with self.subTest(name):
                for pieces in in_twos(data):
                    self.assertEqual(Hearer().feed(*pieces), expected(told), f"cut at {len(pieces[0])}")

    def test_a_bad_first_byte_is_found_before_the_second(self) -> None:
        for head in (FIN | 0x40 | TEXT, FIN | 3, FIN | BINARY, PING, CONTINUATION):
            self.assertTrue(Hearer().feed(bytes((head,))), hex(head))

    def test_a_missing_mask_is_found_before_the_length(self) -> None:
        self.assertEqual(Hearer().feed(b"\x81\x7f"), [1002])

    def test_bad_text_is_found_at_its_first_bad_byte(self) -> None:
        whole = text("κόσμε".encode() + b"\xed\xa0\x80" + b"edited")
        hearer = Hearer()
        for place, byte in enumerate(whole):
            if hearer.feed(bytes((byte,)))[-1:] == [1007]:
                self.assertEqual(place, 6 + 10 + 1)  # header and mask, the Greek word, the second bad byte
                return
        self.fail("it was not found")

    def test_a_payload_is_handed_on_as_it_comes(self) -> None:
        """The largest frame costs no memory: nothing of it is kept."""
        hearer = mock.Mock()
        reader = FrameReader(hearer)
        reader.feed(sized((1 << 63) - 1, "!BBQ"))
        for _ in range(100):
            reader.feed(b"x" * 1000)
        self.assertEqual(hearer.text.mock_calls, [mock.call(b"x" * 1000, False)] * 100)

    def test_a_mask_is_taken_off_wherever_the_pieces_are_cut(self) -> None:
        payload, mask = bytes(range(256)), b"\x01\x80\xff\x10"
        whole = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        for place in range(257):
            taken_off = unmasked(whole[:place], mask, 0) + unmasked(whole[place:], mask, place)
            self.assertEqual(taken_off, payload, place)


class Closing(unittest.TestCase):
    def test_each_close_code_of_the_table(self) -> None:
        for name, payload, code in CLOSES:
            with self.subTest(name):
                if code >= 0:
                    self.assertEqual(close_code(payload), code)
                    continue
                with self.assertRaises(Violation) as raised:
                    close_code(payload)
                self.assertEqual(raised.exception.code, -code)

    def test_a_close_frame_without_a_code_is_answered_by_one(self) -> None:
        self.assertEqual(close_frame(close_code(b"")), b"\x88\x00")
        self.assertEqual(close_frame(1001), b"\x88\x02\x03\xe9")


class Writing(unittest.TestCase):
    SIZES = (0, 1, 125, 126, 127, 65535, 65536, 70000)

    def test_a_frame_has_the_shortest_length_and_no_mask(self) -> None:
        for size, header in zip(self.SIZES, (2, 2, 2, 4, 4, 4, 10, 10)):
            whole = frame(TEXT, b"x" * size)
            self.assertEqual(len(whole), header + size)
            self.assertEqual(parsed(whole), ([(FIN | TEXT, b"x" * size)], b""))
            self.assertEqual(frames_of(whole), [Control(TEXT, b"x" * size)])

    def test_the_end_of_a_frame_is_found_from_any_of_its_bytes(self) -> None:
        sizes = (3, 130, 0, 70000, 5)
        frames = [frame(TEXT, b"x" * size) for size in sizes]
        whole = b"".join(frames)
        self.assertEqual(frame_end(whole, 0), 0)
        end = 0
        for one in frames:
            begins, end = end, end + len(one)
            for taken in (begins + 1, begins + 2, end - 1, end):
                self.assertEqual(frame_end(whole, taken), end, taken)


if __name__ == "__main__":
    unittest.main()
