"""Telnet's commands are taken out of the input, wherever it is cut, and answered within bounds."""

from __future__ import annotations

import random
import tracemalloc
import unittest
from selectors import EVENT_READ
from typing import Dict, Iterable, List, Tuple

from minichat.limits import Limits
from minichat.net.connection import OPEN, RATE, UNREAD
from minichat.net.linebuffer import LineBuffer, LineTooLong
from minichat.net.telnet import DO, DONT, IAC, PIECE_BYTES, SB, SE, TIMING_MARK, WILL, WONT, TelnetBuffer
from tests.net.test_connection import TINY, ConnectionCase, LengthBuffer
from tests.net.test_linebuffer import CASES, Lines, at_random, byte_by_byte, take

LIMIT = 4096
IP, NOP = b"\xf4", b"\xf1"
ECHO, WINDOW_SIZE = b"\x01", b"\x1f"
BEGINNING_OF_PUTTY = b"\xff\xfb\x1f\xff\xfb \xff\xfb\x18\xff\xfb'\xff\xfd\x01\xff\xfb\x03\xff\xfd\x03"
CTRL_C = IAC + IP + IAC + DO + TIMING_MARK

# What comes, the lines in it, and what is answered.
DIALOGUES: Dict[str, Tuple[bytes, Lines, bytes]] = {
    "DO inside a character": (b"ol\xc3" + IAC + DO + ECHO + b"\xa1\n", ["olá".encode()], IAC + WONT + ECHO),
    "WILL": (IAC + WILL + ECHO + b"a\n", [b"a"], IAC + DONT + ECHO),
    "WONT and DONT": (IAC + WONT + ECHO + b"a" + IAC + DONT + ECHO + b"\n", [b"a"], b""),
    "between CR and LF": (b"a\r" + IAC + NOP + b"\n", [b"a"], b""),
    "options 10 and 13": (IAC + DO + b"\n" + IAC + WILL + b"\rb\n", [b"b"], IAC + WONT + b"\n" + IAC + DONT + b"\r"),
    "option 255": (IAC + DO + IAC + b"a\n", [b"a"], IAC + WONT + IAC),
    "Ctrl-C": (b"a" + CTRL_C + b"b\n", [b"ab"], IAC + WONT + TIMING_MARK),
    "the byte 0xFF as data": (b"a" + IAC + IAC + b"b\n", [b"ab"], b""),
    "a subnegotiation": (IAC + SB + WINDOW_SIZE + b"\x00\n\x00\n" + IAC + SE + b"a\n", [b"a"], b""),
    "IAC IAC SE in it": (IAC + SB + b"x" + IAC + IAC + SE + b"\n" + IAC + SE + b"a\n", [b"a"], b""),
    "a command in it": (IAC + SB + b"x" + IAC + DO + ECHO + IAC + SE + b"a\n", [b"a"], b""),
    "one without an end": (b"a\n" + IAC + SB + b"x\ny\n", [b"a"], b""),
    "an end without a begin": (b"a" + IAC + SE + b"\n", [b"a"], b""),
    "no command": (b"a" + IAC + b"b\n" + IAC + b"\n" + IAC + b"\x80\n", [b"a\xffb", b"\xff", b"\xff\x80"], b""),
    "the mark of UTF-16": (IAC + DONT + b"\n" + IAC + DONT + b"\r\n", [b"\xff\xfe", b"\xff\xfe"], b""),
    "WONT and a line end": (IAC + WONT + b"\n", [b"\xff\xfc"], b""),
    "unfinished": (b"a\n" + IAC + DO, [b"a"], b""),
    "PuTTY": (
        BEGINNING_OF_PUTTY + b"ana\n", [b"ana"],
        b"\xff\xfe\x1f\xff\xfe \xff\xfe\x18\xff\xfe'\xff\xfc\x01\xff\xfe\x03\xff\xfc\x03",
    ),
}  # fmt: skip


class Dialogue:
    """A buffer, and what it has answered and charged."""

    def __init__(self) -> None:
        self.answers = b""
        self.charged = 0.0
        self.buffer = TelnetBuffer(LineBuffer(LIMIT), self._write, self._charge)

    def _write(self, data: bytes) -> None:
        self.answers += data

    def _charge(self, lines: float) -> None:
        self.charged += lines

    def feed(self, pieces: Iterable[bytes]) -> Lines:
        """Return the lines in the pieces."""
        lines: Lines = []
        for piece in pieces:
            self.buffer.feed(piece)
            lines += self.take()
        return lines

    def take(self) -> Lines:
        """Return all lines that the buffer has; it may take some turns to find them."""
        lines: Lines = []
        while self.buffer.has_line:
            try:
                line = self.buffer.next_line()
            except LineTooLong:
                lines.append(None)
            else:
                lines += [] if line is None else [line]
        return lines


class Commands(unittest.TestCase):
    def check(self, name: str, pieces: List[bytes]) -> None:
        """Assert that the pieces give what that dialogue is to give, and that every byte is accounted for."""
        data, lines, answers = DIALOGUES[name]
        dialogue = Dialogue()
        with self.subTest(name, pieces=pieces):
            self.assertEqual(dialogue.feed(pieces), lines)
            self.assertEqual(dialogue.answers, answers)
            in_lines = sum(len(line) + 1 for line in lines if line is not None)
            left = len(data) - in_lines - dialogue.buffer.thrown_away - len(dialogue.buffer.rest)
            self.assertIn(left, (0, 1, 2), "but for the carriage returns")
            self.assertGreaterEqual(dialogue.charged > 0, dialogue.buffer.thrown_away > 0)

    def test_they_are_taken_out_and_answered(self) -> None:
        """Trap 57."""
        for name in DIALOGUES:
            self.check(name, [DIALOGUES[name][0]])

    def test_every_cut_in_two_gives_the_same(self) -> None:
        """Trap 57."""
        for name, (data, _, _) in DIALOGUES.items():
            for cut in range(1, len(data)):
                self.check(name, [data[:cut], data[cut:]])

    def test_byte_by_byte_gives_the_same(self) -> None:
        """Trap 57."""
        for name in DIALOGUES:
            self.check(name, byte_by_byte(DIALOGUES[name][0]))

    def test_any_cutting_of_random_input_gives_the_same(self) -> None:
        """Trap 57."""
        chance = random.Random(57)
        for _ in range(2000):
            some = b"a\r\n\x00\x01\x06\xc3\xa1\xf0\xf1\xfa\xfb\xfc\xfd\xfe\xff\xff\xff"
            data = bytes(chance.choices(some, k=chance.randrange(40)))
            whole, cut = Dialogue(), Dialogue()
            expected = whole.feed([data])
            pieces = []
            rest = data
            while rest:
                size = chance.choice((1, 1, 2, 3, 9))
                pieces.append(rest[:size])
                rest = rest[size:]
            self.assertEqual((cut.feed(pieces), cut.answers), (expected, whole.answers), data)
            self.assertEqual(cut.buffer.thrown_away, whole.buffer.thrown_away, data)

    def test_commands_anywhere_in_lines_leave_the_lines(self) -> None:
        """Trap 57."""
        chance = random.Random(854)
        commands = (CTRL_C, IAC + NOP, IAC + WILL + ECHO, BEGINNING_OF_PUTTY, IAC + SB + b"\x18\x00a\nb" + IAC + SE)
        for data, expected in CASES.values():
            if IAC in data:
                continue
            for _ in range(10):
                with_commands = data
                for _ in range(chance.randrange(1, 4)):
                    at = chance.randrange(len(with_commands) + 1)
                    if IAC not in with_commands[max(0, at - 40) : at]:  # else perhaps inside another command
                        with_commands = with_commands[:at] + chance.choice(commands) + with_commands[at:]
                self.assertEqual(Dialogue().feed(at_random(with_commands, chance)), expected, with_commands)

    def test_what_has_no_iac_is_as_in_any_line_buffer(self) -> None:
        for name, (data, expected) in CASES.items():
            if IAC not in data:
                with self.subTest(name):
                    dialogue = Dialogue()
                    self.assertEqual(dialogue.feed([data]), expected)
                    self.assertEqual((dialogue.answers, dialogue.charged), (b"", 0))

    def test_it_goes_on_where_the_other_buffer_was(self) -> None:
        """Trap 57: also in the middle of a line that is too long."""
        for before, after, expected in (
            (b"ol", b"a" + IAC + NOP + b"\n", [b"ola"]),
            (b"A" * LIMIT, b"QUIT" + IAC + NOP + b"\nok\n", [None, b"ok"]),
            (b"a\nb\nc", IAC + NOP + b"\n", [b"a", b"b", b"c"]),
        ):
            plain = LineBuffer(LIMIT)
            plain.feed(before)
            buffer = TelnetBuffer(plain, lambda data: None, lambda lines: None)
            buffer.feed(after)
            self.assertEqual(take(buffer), expected)


class Bounds(unittest.TestCase):
    def test_each_option_is_answered_once(self) -> None:
        """Trap 57."""
        options = [bytes([option]) for option in range(256) if bytes([option]) != TIMING_MARK]
        asked = b"".join(IAC + DO + option + IAC + WILL + option for option in options)
        dialogue = Dialogue()
        dialogue.feed([asked] * 100)
        self.assertEqual(dialogue.answers, b"".join(IAC + WONT + option + IAC + DONT + option for option in options))

    def test_each_timing_mark_is_answered(self) -> None:
        """Trap 57: telnet shows nothing from one Ctrl-C to the answer of that one."""
        dialogue = Dialogue()
        for count in range(1, 4):
            dialogue.feed([CTRL_C])
            self.assertEqual(dialogue.answers, (IAC + WONT + TIMING_MARK) * count)
        dialogue.feed([CTRL_C * 2])
        self.assertEqual(dialogue.answers, (IAC + WONT + TIMING_MARK) * 5)
        dialogue.feed([IAC + WILL + TIMING_MARK] * 2)
        self.assertEqual(dialogue.answers[15:], IAC + DONT + TIMING_MARK)

    def test_a_subnegotiation_without_end_takes_no_memory(self) -> None:
        """Trap 57."""
        dialogue, read = Dialogue(), (b"x" * 99 + IAC + IAC) * 162
        tracemalloc.start()
        lines = dialogue.feed([IAC + SB, *[read] * 1000])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.assertEqual((lines, dialogue.buffer.size), ([], 0))
        self.assertLess(peak, 500_000)
        self.assertEqual(dialogue.feed([IAC + SE + b"ok\n"]), [b"ok"])


    def test_a_flood_is_worked_off_in_pieces(self) -> None:
        """Traps 19 and 57."""
        dialogue, flood = Dialogue(), b"a\n" + (IAC + DO + TIMING_MARK) * 5000 + b"b\n" + IAC + DO
        dialogue.buffer.feed(flood)
        calls, lines = 0, []
        while dialogue.buffer.has_line:
            before = len(dialogue.answers)
            lines.append(dialogue.buffer.next_line())
            self.assertLessEqual(len(dialogue.answers) - before, PIECE_BYTES + 2)
            whole = sum(len(line) + 1 for line in lines if line is not None)
            self.assertEqual(whole + dialogue.buffer.thrown_away + len(dialogue.buffer.rest), len(flood))
            self.assertLess(dialogue.buffer.size, len(flood))
            calls += 1
        self.assertEqual([line for line in lines if line is not None], [b"a", b"b"])
        self.assertEqual(dialogue.answers, (IAC + WONT + TIMING_MARK) * 5000)
        self.assertGreater(calls, 14)
        self.assertEqual(dialogue.feed([b"xc\n"]), [b"c"])

    def test_after_clear_nothing_of_a_flood_is_left(self) -> None:
        dialogue = Dialogue()
        dialogue.buffer.feed((IAC + NOP) * 5000 + IAC)
        dialogue.buffer.clear()
        self.assertEqual((dialogue.buffer.size, dialogue.buffer.rest, dialogue.buffer.has_line), (0, b"", False))
        self.assertEqual(dialogue.feed([b"\xf1\n"]), [b"\xf1"])


class OnAConnection(ConnectionCase):
    limits = TINY._replace(line_bytes=200)

    def setUp(self) -> None:
        super().setUp()
        self.pool.turn.speaks_telnet = True

    def test_a_peer_without_iac_has_a_plain_buffer(self) -> None:
        """Trap 57."""
        self.peer.send(b"ol\xc3\xa1\n")
        self.turn()
        self.assertIs(type(self.connection.buffer), LineBuffer)

    def test_commands_are_answered_in_their_turn(self) -> None:
        """Trap 57."""
        self.peer.send(b"a" + CTRL_C + b"b\n")
        self.turn()
        self.assertEqual(self.owner.told, [("line", b"ab")])
        self.assertEqual(self.peer.recv(100), IAC + WONT + TIMING_MARK)

    def test_what_was_answered_is_remembered_from_read_to_read(self) -> None:
        """Trap 57."""
        for _ in range(3):
            self.peer.send(IAC + DO + ECHO)
            self.turn()
        self.assertEqual(self.peer.recv(100), IAC + WONT + ECHO)

    def test_input_that_is_no_lines_has_no_telnet_in_it(self) -> None:
        self.connection.change_buffer(LengthBuffer(64))
        self.peer.send(b"\x03" + IAC + DO + ECHO)
        self.turn()
        self.assertEqual(self.owner.lines(), [IAC + DO + ECHO])

    def test_where_telnet_is_not_spoken_0xff_is_a_byte(self) -> None:
        self.pool.turn.speaks_telnet = False
        self.peer.send(b"a" + CTRL_C + b"b\n")
        self.turn()
        self.assertEqual(self.owner.lines(), [b"a" + CTRL_C + b"b"])
        self.assertEqual(self.read_all(), b"")

    def test_after_a_close_nothing_is_answered(self) -> None:
        """Trap 57."""
        self.connection.close("quit")
        self.turn()
        self.peer.send(CTRL_C)
        self.turn()
        self.assertTrue(self.at_end())

    def test_who_does_not_read_the_answers_is_not_read(self) -> None:
        """Traps 35 and 57."""
        sent = 0
        for _ in range(100):
            try:
                sent += self.peer.send(CTRL_C * 200)
            except BlockingIOError:
                break
            self.turn()
        bound = self.limits.own_queue_bytes + self.limits.recv_bytes + 500
        self.assertLessEqual(self.connection.queued, bound)
        self.assertEqual((self.connection.pause, self.connection.life), (UNREAD, OPEN))
        got = self.read_all()
        self.assertEqual(self.owner.lines(), [])
        self.turn(3)
        self.peer.send(b"ok\n")
        got += self.read_all()
        self.assertEqual(self.owner.lines(), [b"ok"])
        self.assertEqual(got.count(IAC + WONT + TIMING_MARK), sent // len(CTRL_C))

    def test_a_queue_of_answers_can_be_cut(self) -> None:
        """Traps 33 and 57: it holds no newline at which to cut."""
        for sent in (1, 2, 3, 4):
            answers = (IAC + WONT + TIMING_MARK) * 3
            self.assertEqual(LineBuffer.unit_end(answers, sent), 9)
            self.assertEqual(LineBuffer.unit_end(answers + b"a\nb\n", sent), 11)

    def test_it_is_cut_and_the_last_line_is_read(self) -> None:
        """Traps 33 and 57."""
        self.connection.write((IAC + WONT + TIMING_MARK) * 20_000)
        self.turn()
        self.connection.cut("too_slow", b"ERR too_slow\n")
        got = self.read_all()
        self.assertTrue(got.endswith(b"ERR too_slow\n"), got[-40:])
        self.assertEqual(got.replace(IAC + WONT + TIMING_MARK, b""), b"ERR too_slow\n")
        self.assertTrue(self.at_end())


class Paid(ConnectionCase):
    limits = Limits(rate_lines=10.0)

    def test_a_flood_of_commands_is_held_back(self) -> None:
        """Traps 51 and 57."""
        self.pool.turn.speaks_telnet = True
        self.peer.send((IAC + NOP) * 1600 + b"ok\n")  # 100 lines; 40 may come at once, then 10 a second
        self.turn(20)
        self.assertEqual((self.interest(), self.connection.pause), (0, RATE))
        self.pass_time(4.0)
        self.assertEqual(self.owner.lines(), [])
        self.pass_time(4.0)
        self.assertEqual((self.owner.lines(), self.interest()), ([b"ok"], EVENT_READ))


if __name__ == "__main__":
    unittest.main()
