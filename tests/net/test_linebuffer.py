"""Every input is fed whole, byte by byte, cut at random, and with more input after it."""

from __future__ import annotations

import random
import time
import tracemalloc
import unittest
from typing import Dict, Iterable, List, Optional, Tuple

from minichat.net.linebuffer import LineBuffer, LineTooLong

LIMIT = 4096
READ = 16384

Lines = List[Optional[bytes]]  # None stands for a line that was too long

# What str.splitlines and an argument-less split would take for ends.
OTHER_ENDS = "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\xa0".encode()

CASES: Dict[str, Tuple[bytes, Lines]] = {
    "nothing": (b"", []),
    "no newline": (b"oi", []),
    "one line": (b"oi\n", [b"oi"]),
    "empty lines": (b"\n\n\n", [b"", b"", b""]),
    "many lines": (b"a\nb\n\nc\nrest", [b"a", b"b", b"", b"c"]),
    "CR LF": (b"oi\r\n", [b"oi"]),
    "an empty line with CR LF": (b"\r\n", [b""]),
    "only one CR goes": (b"oi\r\r\n", [b"oi\r"]),
    "a CR elsewhere stays": (b"\ro\ri\n", [b"\ro\ri"]),
    "LF CR": (b"a\n\rb\n", [b"a", b"\rb"]),
    "spaces stay": (b"  a \t \n", [b"  a \t "]),
    "NUL and ESC": (b"\x00\x1b\n", [b"\x00\x1b"]),
    "characters of several bytes": ("olá €𝄞\n".encode(), ["olá €𝄞".encode()]),
    "not UTF-8": (b"\xff\xc3\n\xa9\n", [b"\xff\xc3", b"\xa9"]),
    "other line ends": (OTHER_ENDS + b"\n" + OTHER_ENDS + b"\n", [OTHER_ENDS, OTHER_ENDS]),
    "limit - 1": (b"A" * (LIMIT - 2) + b"\nz\n", [b"A" * (LIMIT - 2), b"z"]),
    "limit": (b"A" * (LIMIT - 1) + b"\nz\n", [b"A" * (LIMIT - 1), b"z"]),
    "limit + 1": (b"A" * LIMIT + b"\nz\n", [None, b"z"]),
    "limit, a CR counts": (b"A" * (LIMIT - 2) + b"\r\nz\n", [b"A" * (LIMIT - 2), b"z"]),
    "limit + 1, a CR counts": (b"A" * (LIMIT - 1) + b"\r\nz\n", [None, b"z"]),
    "unfinished up to the limit": (b"A" * (LIMIT - 1), []),
    "unfinished and hopeless": (b"A" * LIMIT, [None]),
    "the tail is no command": (b"A" * 5000 + b"QUIT\nWHO\n", [None, b"WHO"]),
    "much too long": (b"a\n" + b"A" * (3 * LIMIT) + b"\nb\n", [b"a", None, b"b"]),
    "two too long": (b"A" * LIMIT + b"\n" + b"B" * 9000 + b"\nok\n", [None, None, b"ok"]),
}


def take(buffer: LineBuffer) -> Lines:
    """All lines that the buffer has."""
    lines: Lines = []
    while buffer.has_line:
        try:
            line = buffer.next_line()
            assert line is not None
        except LineTooLong:
            line = None
        lines.append(line)
    assert buffer.next_line() is None
    return lines


def feed(buffer: LineBuffer, pieces: Iterable[bytes]) -> Lines:
    """The lines that came of these reads."""
    lines: Lines = []
    for piece in pieces:
        buffer.feed(piece)
        lines += take(buffer)
    return lines


def byte_by_byte(data: bytes) -> List[bytes]:
    """A read for each byte."""
    return [data[i : i + 1] for i in range(len(data))]


def at_random(data: bytes, chance: random.Random) -> List[bytes]:
    """Reads cut anywhere, many of them short."""
    pieces = []
    while data:
        size = chance.choice((1, 2, 3, 100, 4095, 4096, 4097))
        pieces.append(data[:size])
        data = data[size:]
    return pieces


class CompleteLines(unittest.TestCase):
    """What comes out does not depend on how it came in."""

    def test_a_line_may_come_in_one_read_with_others(self) -> None:
        """Trap 23."""
        for name, (data, expected) in CASES.items():
            with self.subTest(name):
                self.assertEqual(feed(LineBuffer(LIMIT), [data]), expected)

    def test_a_line_may_come_in_any_number_of_pieces(self) -> None:
        """Trap 23."""
        for name, (data, expected) in CASES.items():
            with self.subTest(name):
                self.assertEqual(feed(LineBuffer(LIMIT), byte_by_byte(data)), expected)

    def test_a_line_may_be_cut_anywhere(self) -> None:
        """Trap 23."""
        chance = random.Random(23)
        for name, (data, expected) in CASES.items():
            for _ in range(10):
                with self.subTest(name):
                    self.assertEqual(feed(LineBuffer(LIMIT), at_random(data, chance)), expected)

    def test_something_behind_a_line_neither_harms_it_nor_is_lost(self) -> None:
        """Trap 23."""
        for name, (data, expected) in CASES.items():
            if data.endswith(b"\n"):
                for pieces in ([data + b"next\nrest"], byte_by_byte(data + b"next\nrest"), [data, b"next\nrest"]):
                    with self.subTest(name):
                        buffer = LineBuffer(LIMIT)
                        self.assertEqual(feed(buffer, pieces), expected + [b"next"])
                        self.assertEqual(bytes(buffer.rest), b"rest")

    def test_every_cut_in_two_gives_the_same_lines(self) -> None:
        """Trap 23."""
        data = "olá\r\n\r\n€\n12345678\r\n1234567\r\n𝄞\nQUIT".encode()
        expected = ["olá".encode(), b"", "€".encode(), None, b"1234567", "𝄞".encode()]
        for cut in range(len(data) + 1):
            self.assertEqual(feed(LineBuffer(9), [data[:cut], data[cut:]]), expected, cut)

    def test_random_input_gives_the_lines_of_a_plain_reading(self) -> None:
        """Trap 23."""
        chance = random.Random(1)
        for _ in range(500):
            data = bytes(chance.choices(b"ab\r\n", (8, 1, 2, 2), k=chance.randrange(80)))
            whole = [line + b"\n" for line in data.split(b"\n")[:-1]]
            expected = [None if len(line) > 8 else line[: -2 if line.endswith(b"\r\n") else -1] for line in whole]
            if len(data.rpartition(b"\n")[2]) >= 8:
                expected.append(None)
            self.assertEqual(feed(LineBuffer(8), at_random(data, chance)), expected, data)

    def test_lines_wait_in_order_while_more_comes_in(self) -> None:
        buffer = LineBuffer(LIMIT)
        buffer.feed(b"1\n2\n3")
        self.assertEqual(buffer.next_line(), b"1")
        buffer.feed(b"3\n4\n")
        self.assertEqual(take(buffer), [b"2", b"33", b"4"])


class TooLong(unittest.TestCase):
    """A line over the limit is reported once and thrown away."""

    def test_it_is_told_before_its_newline_has_come(self) -> None:
        """Trap 24."""
        buffer = LineBuffer(LIMIT)
        self.assertEqual(feed(buffer, [b"A" * (LIMIT - 1)]), [])
        self.assertEqual(feed(buffer, [b"A"]), [None])
        self.assertEqual(feed(buffer, [b"QUIT", b"QUIT\n"]), [])
        self.assertEqual(feed(buffer, [b"oi\n"]), [b"oi"])

    def test_a_hundred_megabytes_without_newline_take_no_memory(self) -> None:
        """Trap 24."""
        buffer, read = LineBuffer(LIMIT), b"A" * READ
        tracemalloc.start()
        lines = feed(buffer, (read for _ in range(100_000_000 // READ)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.assertEqual(lines, [None])
        self.assertLess(peak, 1_000_000)
        self.assertEqual(feed(buffer, [b"QUIT\noi\n"]), [b"oi"])

    def test_each_byte_of_it_is_counted_however_it_was_cut(self) -> None:
        """Trap 51: what becomes no line is charged against the rate."""
        line = b"A" * 2 * LIMIT + b"\n"
        for size in (1, LIMIT - 1, LIMIT, LIMIT + 1, len(line)):
            with self.subTest(size=size):
                buffer = LineBuffer(LIMIT)
                lines = feed(buffer, (line[start : start + size] for start in range(0, len(line), size)))
                self.assertEqual((lines, buffer.thrown_away), ([None], len(line)))
                self.assertEqual(feed(buffer, [b"oi\n"]), [b"oi"])
                self.assertEqual(buffer.thrown_away, len(line))

    def test_the_rest_stays_under_the_limit(self) -> None:
        """Trap 24."""
        chance, buffer = random.Random(24), LineBuffer(50)
        for _ in range(2000):
            buffer.feed(b"x" * chance.randrange(60) + chance.choice((b"", b"\n")))
            take(buffer)
            self.assertLess(len(buffer.rest), 50)


class Rest(unittest.TestCase):
    """What came after the last newline."""

    def test_a_mebibyte_in_single_bytes_is_taken_in_linear_time(self) -> None:
        """Trap 25."""
        buffer, started = LineBuffer(1 << 21), time.process_time()
        for _ in range(64):
            for _ in range(16384):
                buffer.feed(b"x")
            # Linear, it is done in a second; copied each time, in some minutes.
            self.assertLess(time.process_time() - started, 20)
        buffer.feed(b"\n")
        self.assertEqual(take(buffer), [b"x" * (1 << 20)])

    def test_nothing_is_kept_of_whole_lines(self) -> None:
        buffer = LineBuffer(LIMIT)
        feed(buffer, [b"a\nb", b"c\n"])
        self.assertEqual((bytes(buffer.rest), buffer.has_line), (b"", False))

    def test_after_clear_it_is_as_new(self) -> None:
        for before in (b"a\nb", b"too long", b"\n\n"):
            buffer = LineBuffer(4)
            buffer.feed(before)
            buffer.clear()
            self.assertFalse(buffer.has_line)
            self.assertEqual(feed(buffer, [b"oi\n"]), [b"oi"])
