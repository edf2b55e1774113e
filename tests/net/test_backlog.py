"""The output queue of a slow reader, and the memory that all of them hold."""

from __future__ import annotations

import random
import unittest
from collections import Counter
from typing import Tuple

from minichat.net.backlog import Backlog, Ledger
from minichat.net.linebuffer import LineBuffer

PIECE = 64


def backlog(*pieces: bytes, send_bytes: int = 65536) -> Tuple[Backlog, Ledger]:
    """A backlog with these pieces, and its ledger."""
    ledger = Ledger(PIECE)
    queue = Backlog(ledger, send_bytes)
    for piece in pieces:
        queue.add(piece)
    return queue, ledger


def send_all(queue: Backlog, at_once: int = 1 << 30) -> bytes:
    """What a kernel gets that takes ``at_once`` bytes a send."""
    sent = b""
    while queue.bytes:
        taken = bytes(queue.next_bytes())[:at_once]
        sent += taken
        queue.took(len(taken))
    return sent


class TheLedger(unittest.TestCase):
    """Memory is counted honestly: texts once, every queued piece."""

    def test_one_piece_costs_its_bytes_and_its_place(self) -> None:
        ledger = Ledger(PIECE)
        ledger.hold(b"12345\n")
        self.assertEqual(ledger.bytes, PIECE + 6)

    def test_a_shared_piece_counts_once_but_every_place_counts(self) -> None:
        """Trap 33."""
        ledger, piece = Ledger(PIECE), b"12345\n"
        for _ in range(1000):
            ledger.hold(piece)
        self.assertEqual(ledger.bytes, 1000 * PIECE + 6)

    def test_equal_pieces_become_one_object(self) -> None:
        """Trap 33."""
        ledger = Ledger(PIECE)
        first, second = bytes([65] * 1000), bytes([65] * 1000)
        self.assertIsNot(first, second)
        self.assertIs(ledger.hold(first), first)
        self.assertIs(ledger.hold(second), first)
        ledger.release(second)
        self.assertIs(ledger.hold(bytes([65] * 1000)), first)

    def test_the_text_is_counted_until_its_last_holder_lets_go(self) -> None:
        ledger = Ledger(PIECE)
        for _ in range(3):
            ledger.hold(b"abc")
        for left in (2 * PIECE + 3, PIECE + 3, 0):
            ledger.release(b"abc")
            self.assertEqual(ledger.bytes, left)

    def test_nobody_can_let_go_of_what_nobody_holds(self) -> None:
        ledger = Ledger(PIECE)
        ledger.hold(b"a")
        ledger.release(b"a")
        with self.assertRaises(KeyError):
            ledger.release(b"a")
        self.assertEqual(ledger.bytes, 0)

    def test_the_books_balance_whatever_is_held_and_released(self) -> None:
        """Trap 33."""
        chance, ledger = random.Random(33), Ledger(PIECE)
        held: Counter[bytes] = Counter()
        for _ in range(3000):
            piece = bytes([chance.randrange(5)]) * chance.randrange(4)
            if chance.random() < 0.5:
                ledger.hold(piece)
                held[piece] += 1
            elif held[piece]:
                ledger.release(piece)
                held[piece] -= 1
            texts = sum(len(piece) for piece, count in held.items() if count)
            self.assertEqual(ledger.bytes, texts + PIECE * sum(held.values()))


class TheQueue(unittest.TestCase):
    """What the kernel would not take goes out later, whole and in order."""

    PIECES = (b"one\n", b"two\nthree\n", b"four, which is longer\n", b"5\n", b"one\n")

    def test_bytes_go_out_in_order_however_few_the_kernel_takes(self) -> None:
        """Trap 30."""
        for send_bytes in (65536, 10):
            for at_once in range(1, 45):
                queue, _ = backlog(*self.PIECES, send_bytes=send_bytes)
                self.assertEqual(send_all(queue, at_once), b"".join(self.PIECES))

    def test_what_is_added_later_stands_behind(self) -> None:
        queue, _ = backlog(b"one\n")
        queue.took(2)
        queue.add(b"two\n")
        self.assertEqual(bytes(queue.next_bytes()), b"e\ntwo\n")

    def test_pieces_are_joined_up_to_the_limit_of_a_send(self) -> None:
        for last, expected in ((b"789\n", b"12345\n789\n"), (b"7890\n", b"12345\n")):
            queue, _ = backlog(b"12345\n", last, send_bytes=10)
            self.assertEqual(bytes(queue.next_bytes()), expected)

    def test_one_long_piece_is_offered_whole_and_not_copied(self) -> None:
        queue, _ = backlog(b"x" * 100 + b"\n", send_bytes=10)
        queue.took(1)
        offered = queue.next_bytes()
        self.assertIsInstance(offered, memoryview)
        self.assertEqual(len(offered), 100)

    def test_its_size_is_what_the_kernel_has_not_taken(self) -> None:
        queue, _ = backlog(b"12345\n", b"789\n")
        self.assertEqual((queue.bytes, queue.cost), (10, 10 + 2 * PIECE))
        queue.took(5)
        self.assertEqual((queue.bytes, queue.cost), (5, 5 + 2 * PIECE))
        queue.took(1)
        self.assertEqual((queue.bytes, queue.cost), (4, 4 + PIECE))

    def test_a_piece_is_released_once_its_last_byte_is_taken(self) -> None:
        queue, ledger = backlog(b"12345\n", b"789\n")
        queue.took(5)
        self.assertEqual(ledger.bytes, 10 + 2 * PIECE)
        queue.took(2)
        self.assertEqual(ledger.bytes, 4 + PIECE)
        queue.took(3)
        self.assertEqual(ledger.bytes, 0)

    def test_what_is_dropped_is_given_back_to_the_ledger(self) -> None:
        queue, ledger = backlog(*self.PIECES)
        queue.took(6)
        queue.drop()
        self.assertEqual((queue.bytes, queue.cost, ledger.bytes), (0, 0, 0))
        queue.add(b"again\n")
        self.assertEqual(send_all(queue), b"again\n")


class Cut(unittest.TestCase):
    """A queue is given up from the end of a unit on, so that the peer can read what comes after."""

    def test_a_cut_completes_only_the_line_that_is_partly_sent(self) -> None:
        """Trap 33."""
        queued = b"one\ntwo\nthree\nfour\n1234567890\n"
        for sent in range(1, 22):
            queue, ledger = backlog(b"one\ntwo\n", b"three\nfour\n", b"1234567890\n")
            queue.took(sent)
            queue.cut(b"ERR too_slow\n", LineBuffer.unit_end)
            whole_lines = queued.index(b"\n", sent - 1) + 1
            self.assertEqual(send_all(queue), queued[sent:whole_lines] + b"ERR too_slow\n")
            self.assertEqual(ledger.bytes, 0)

    def test_a_frame_that_is_partly_sent_is_completed_too(self) -> None:
        """A unit need not be a line: here it is a length in one byte and so many bytes."""

        def frame_end(piece: bytes, taken: int) -> int:
            end = 0
            while end < taken:
                end += 1 + piece[end]
            return end

        one, two, last = b"\x03abc", b"\x05\n\n\n\n\n", b"\x02no"
        for sent, kept in ((1, one), (3, one), (4, one), (5, one + two), (9, one + two), (10, one + two)):
            queue, _ = backlog(one + two, one)
            queue.took(sent)
            queue.cut(last, frame_end)
            self.assertEqual((one + two)[:sent] + send_all(queue), kept + last, sent)
