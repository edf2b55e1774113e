"""Lines in frames: the same lines wherever the bytes are cut, and nothing that is not accounted for."""

from __future__ import annotations

import unittest
from typing import List, Optional, Tuple

from minichat.net.linebuffer import LineTooLong
from minichat.web.frames import PING, PONG, frame
from minichat.web.weblines import END, FRAME_BYTES, FRAMES_A_TURN, WebLines
from tests.webpeer import masked, parsed

TOO_LONG = b"(too long)"
PINGED = masked(0x80 | PING, b"?")


def text(payload: bytes, head: int = 0x81) -> bytes:
    """A frame of a browser."""
    return masked(head, payload)


# (what it is about, bytes, lines, close code)
CASES: List[Tuple[str, bytes, List[bytes], int]] = [
    ("a message is a line", text(b"oi"), [b"oi"], 0),
    ("an empty message is an empty line", text(b""), [b""], 0),
    ("a newline inside splits it", text(b"a\nb"), [b"a", b"b"], 0),
    ("a newline at its end makes an empty line after it", text(b"a\n"), [b"a", b""], 0),
    ("a carriage return at its end belongs to the line end", text(b"a\r"), [b"a"], 0),
    ("fragments are one line", text(b"a", 1) + text(b"b", 0) + text(b"c", 0x80), [b"abc"], 0),
    ("a ping between them changes nothing", text(b"a", 1) + PINGED + text(b"c", 0x80), [b"ac"], 0),
    ("a character in two frames", text(b"\xc3", 1) + text(b"\xa1", 0x80), ["á".encode()], 0),
    ("a line that is too long, and one after it", text(b"x" * 40) + text(b"oi"), [TOO_LONG, b"oi"], 0),
    ("the longest line", text(b"x" * 15), [b"x" * 15], 0),
    ("a byte more", text(b"x" * 16), [TOO_LONG], 0),
    ("a message of many frames that is too long", text(b"x" * 9, 1) + text(b"y" * 9, 0x80) + text(b"z"),
     [TOO_LONG, b"z"], 0),
    ("only its first line is too long", text(b"x" * 40 + b"\noi"), [TOO_LONG, b"oi"], 0),
    ("a close frame ends it, after the lines before", text(b"oi") + masked(0x88, b"\x03\xe8"), [b"oi", END], 1000),
    ("what comes after a close frame is not read", masked(0x88, b"") + text(b"oi"), [END], 1005),
    ("a violation ends it in its place", text(b"oi") + text(b"ai", 0x83) + text(b"z"), [b"oi", END], 1002),
    ("half a line before it is no line", text(b"oi", 1) + text(b"ai"), [END], 1002),
    ("text that is not UTF-8", text(b"oi") + text(b"\xff"), [b"oi", END], 1007),
    ("binary", masked(0x82, b"oi"), [END], 1003),
    ("a close frame with a bad code", masked(0x88, b"\x03\xed"), [END], 1002),
    ("a line too long before a close frame", text(b"x" * 40) + masked(0x88, b""), [TOO_LONG, END], 1005),
]  # fmt: skip


class Hearing:
    """A buffer that is read out after each feed."""

    def __init__(self, limit: int = 16) -> None:
        self.sent: List[bytes] = []
        self.reads = self.charged = 0
        self.buffer = WebLines(limit, self)
        self.lines: List[bytes] = []
        self.received = self.in_lines = 0

    def heard(self) -> None:
        """Count a read."""
        self.reads += 1

    def charge(self, lines: float, size: int = 0) -> None:
        """Count what is charged beside the bytes."""
        self.charged += size

    def write_raw(self, data: bytes) -> None:
        """Keep what is sent."""
        self.sent.append(data)

    def feed(self, *pieces: bytes) -> List[bytes]:
        """Feed each piece and take the lines; all of them until now."""
        for piece in pieces:
            self.buffer.feed(piece)
            self.received += len(piece)
            while self.buffer.has_line:
                is_flooded, line = bool(self.buffer.rest), self._next()
                assert line is not None or is_flooded, "has_line, and no line"
                self.lines += [] if line is None else [line]
            assert self._next() is None, "a line, and not has_line"
        return self.lines

    def _next(self) -> Optional[bytes]:
        try:
            line = self.buffer.next_line()
        except LineTooLong:
            return TOO_LONG
        if line is not None and line is not END:
            self.in_lines += len(line) + 1
        return line

    @property
    def missing(self) -> int:
        """Bytes that were received and are nowhere."""
        return self.received - self.in_lines - self.buffer.thrown_away - len(self.buffer.rest)


class Lines(unittest.TestCase):
    def test_each_case_of_the_table(self) -> None:
        for name, data, lines, code in CASES:
            with self.subTest(name):
                hearing = Hearing()
                self.assertEqual(hearing.feed(data), lines)
                self.assertEqual(hearing.buffer.close_code, code)

    def test_frames_cut_at_every_byte_give_the_same_lines(self) -> None:
        for name, data, lines, code in CASES:
            for place in range(len(data) + 1):
                with self.subTest(name, place=place):
                    hearing = Hearing()
                    self.assertEqual(hearing.feed(data[:place], data[place:]), lines)
                    self.assertEqual(hearing.buffer.close_code, code)

    def test_frames_byte_by_byte_give_the_same_lines(self) -> None:
        for name, data, lines, code in CASES:
            with self.subTest(name):
                hearing = Hearing()
                self.assertEqual(hearing.feed(*(bytes((byte,)) for byte in data)), lines)
                self.assertEqual(hearing.buffer.close_code, code)

    def test_behind_a_flood_of_frames_each_case_is_the_same(self) -> None:
        flood = PINGED * 2 * FRAMES_A_TURN
        for name, data, lines, code in CASES:
            for size in (1 << 20, 1000, 61):
                with self.subTest(name, size=size):
                    hearing, whole = Hearing(), flood + data
                    hearing.feed(*(whole[place : place + size] for place in range(0, len(whole), size)))
                    self.assertEqual((hearing.lines, hearing.buffer.close_code), (lines, code))
                    self.assertIn(hearing.missing, {0, 1} if "carriage return" in name else {0})
                    self.assertEqual(hearing.charged % FRAME_BYTES, 0)

    def test_every_byte_is_in_a_line_or_thrown_away_or_left(self) -> None:
        for name, data, _, _ in CASES:
            for place in range(len(data) + 1):
                with self.subTest(name, place=place):
                    hearing = Hearing()
                    hearing.feed(data[:place], data[place:])
                    allowed = {0, 1} if "carriage return" in name else {0}
                    self.assertIn(hearing.missing, allowed)

    def test_each_frame_is_charged_beside_its_bytes(self) -> None:
        """Trap 44."""
        data = text(b"oi", 1) + PINGED + text(b"", 0) * 3 + text(b"", 0x80) + text(b"oi")
        for size in (1, 5, len(data)):
            hearing = Hearing()
            hearing.feed(*(data[place : place + size] for place in range(0, len(data), size)))
            self.assertEqual(hearing.charged, 7 * FRAME_BYTES)

    def test_a_flood_of_frames_is_worked_off_in_pieces(self) -> None:
        """Trap 44."""
        for last, wanted in ((text(b"oi"), b"oi"), (masked(0x88, b""), END)):
            hearing = Hearing()
            buffer = hearing.buffer
            buffer.feed(PINGED * 3 * FRAMES_A_TURN + last)
            charged = []
            while (line := buffer.next_line()) is None:
                self.assertTrue(buffer.has_line)
                charged.append(hearing.charged // FRAME_BYTES)
            self.assertEqual((line, buffer.has_line, buffer.rest, len(hearing.sent)), (wanted, False, b"", 1))
            self.assertEqual(charged, [2 * FRAMES_A_TURN, 3 * FRAMES_A_TURN, 3 * FRAMES_A_TURN + 1])

    def test_the_end_is_told_once(self) -> None:
        hearing = Hearing()
        self.assertEqual(hearing.feed(masked(0x88, b""), masked(0x88, b""), text(b"oi")), [END])

    def test_clearing_forgets_the_end_too(self) -> None:
        buffer = WebLines(16, Hearing())
        buffer.feed(text(b"oi") + masked(0x88, b""))
        buffer.clear()
        self.assertFalse(buffer.has_line)
        self.assertIsNone(buffer.next_line())

    def test_nothing_of_an_endless_message_is_kept(self) -> None:
        hearing = Hearing()
        hearing.feed(text(b"", 1))
        for _ in range(100):
            hearing.feed(text(b"x" * 1000, 0))
        self.assertEqual(hearing.lines, [TOO_LONG])
        self.assertEqual(hearing.buffer.size, 0)
        self.assertEqual(hearing.feed(text(b"", 0x80), text(b"oi")), [TOO_LONG, b"oi"])


class Pings(unittest.TestCase):
    def test_a_ping_is_answered_with_its_payload(self) -> None:
        hearing = Hearing()
        hearing.feed(masked(0x80 | PING, b"\xff\x00"))
        self.assertEqual(hearing.sent, [frame(PONG, b"\xff\x00")])

    def test_of_the_pings_of_a_read_the_newest_is_answered(self) -> None:
        hearing = Hearing()
        hearing.feed(b"".join(masked(0x80 | PING, bytes((number,))) for number in range(100)))
        self.assertEqual([parsed(sent)[0] for sent in hearing.sent], [[(0x8A, b"\x63")]])
        hearing.feed(PINGED)
        self.assertEqual(len(hearing.sent), 2)

    def test_a_ping_is_answered_before_a_line_that_may_be_the_last(self) -> None:
        hearing = Hearing()
        hearing.buffer.feed(PINGED + text(b"QUIT") + text(b"", 1) + text(b"", 0) * FRAMES_A_TURN)
        self.assertEqual((hearing.sent, hearing.buffer.next_line()), ([frame(PONG, b"?")], b"QUIT"))

    def test_a_ping_before_a_violation_is_answered(self) -> None:
        hearing = Hearing()
        hearing.feed(PINGED + text(b"", 0x83))
        self.assertEqual(hearing.sent, [frame(PONG, b"?")])

    def test_a_pong_is_not_answered(self) -> None:
        hearing = Hearing()
        hearing.feed(masked(0x80 | PONG, b"?"))
        self.assertEqual((hearing.sent, hearing.reads), ([], 1))

    def test_each_read_is_told_also_after_the_end(self) -> None:
        hearing = Hearing()
        hearing.feed(masked(0x88, b""), b"x", b"y")
        self.assertEqual(hearing.reads, 3)


if __name__ == "__main__":
    unittest.main()
