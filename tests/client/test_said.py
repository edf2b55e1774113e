"""What a script says: cut into lines, sent, asked about, counted; on a fake clock."""

from __future__ import annotations

import random
import unittest
from typing import Any, List, Sequence, Tuple
from unittest import mock

from minichat.chat import parser
from minichat.chat.dispatcher import dispatch, refuse
from minichat.chat.protocol import SERVER_LINE_BYTES
from minichat.chat.room import Member, Room
from minichat.client.receipts import LINE_COST, Line
from minichat.client.said import ASK_SECONDS, LINE_BYTES, UNANSWERED_BYTES, Said
from minichat.client.silence import LATE_SECONDS
from minichat.net.linebuffer import LineBuffer, LineTooLong
from minichat.net.reactor import Reactor
from tests.client.test_outbox import FakeTime


class SaidTest(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.sent: List[bytes] = []
        self.told: List[Tuple[str, int]] = []
        self.said = Said(self.reactor, self.sent.append, self.tell)
        self.hear("OK ana")

    def tell(self, key: str, **fields: Any) -> None:
        """Note what is told of a silence."""
        self.told.append((key, fields["seconds"]))

    def hear(self, *lines: str) -> List[bool]:
        """Let the server say these lines; return which of them are nothing for the script."""
        return [self.said.heard(parser.parse_message(line.encode())) for line in lines]

    def check_sent(self, data: bytes) -> None:
        """Assert that ``data`` was sent, in whatever pieces."""
        self.assertEqual(b"".join(self.sent), data)


class Cutting(SaidTest):
    def test_lines_are_found_wherever_the_input_is_cut(self) -> None:
        text = "um\r\n\n  \nolá\n@bia x\nWHO\nsem fim".encode()
        for size in range(1, len(text) + 1):
            with self.subTest(size):
                self.sent.clear()
                said = Said(self.reactor, self.sent.append, self.tell)
                for start in range(0, len(text), size):
                    said.add(text[start : start + size])
                self.check_sent(text[: text.rindex(b"\n") + 1])
                self.assertEqual(said.close(), 5)

    def test_a_line_that_is_too_long_goes_on_its_way_and_is_one(self) -> None:
        for _ in range(10):
            self.said.add(b"x" * LINE_BYTES)
        self.said.add(b"x\noi\n")
        self.check_sent(b"x" * 10 * LINE_BYTES + b"x\noi\n")
        self.hear("ERR line_too_long")
        self.assertEqual(self.said.close(), 1)

    def test_the_rest_of_a_line_that_is_too_long_is_no_other_line(self) -> None:
        self.said.add(b"x" * 2 * LINE_BYTES)
        self.said.add(b"x")
        self.assertEqual(self.said.close(), 1)

    def test_lines_too_long_stand_between_their_neighbours(self) -> None:
        self.said.add(b"a\n" + b"x" * LINE_BYTES + b"\nb\n" + b"x" * 3 * LINE_BYTES)
        self.said.add(b"\nc\n")
        self.hear("FROM ana [all]: a", "ERR line_too_long", "FROM ana [all]: b", "ERR line_too_long")
        self.assertEqual(self.said.close(), 1)

    def test_a_line_that_just_fits_is_not_too_long(self) -> None:
        for size, count in ((LINE_BYTES - 1, 1), (LINE_BYTES, 0)):
            with self.subTest(size):
                self.said.add(b"@bia ".ljust(size, b"x") + b"\n")
                self.hear("ERR line_too_long")
                self.assertEqual(self.said.close(), count)

    def test_the_carriage_return_of_a_line_end_is_not_echoed(self) -> None:
        self.said.add(b"oi\r\n")
        self.hear("FROM ana [all]: oi")
        self.assertEqual(self.said.close(), 0)

    def test_a_blank_rest_is_nothing_lost(self) -> None:
        self.said.add(b"  \r")
        self.assertEqual(self.said.close(), 0)


class Asking(SaidTest):
    def test_what_needs_a_question_is_asked_about_later(self) -> None:
        """Trap 72.  A bot that says only direct messages for days keeps no receipts."""
        for _ in range(3):
            self.said.add(b"@bia um\n@bia dois\n")
            self.pass_time(ASK_SECONDS * 1.5)
            self.assertEqual(self.sent[-1], b"WHO\n")
            self.assertEqual(self.hear("WHO 2 ana", "WHO 2 bia"), [True, True])
        self.pass_time(60.0)
        self.assertEqual((len(self.sent), self.said.close()), (6, 0))

    def test_at_most_one_question_is_under_way(self) -> None:
        for _ in range(5):
            self.said.add(b"@bia oi\n")
            self.pass_time(2 * ASK_SECONDS)
        self.assertEqual(self.sent.count(b"WHO\n"), 1)

    def test_what_comes_while_one_is_under_way_is_asked_about(self) -> None:
        self.said.add(b"@bia um\n")
        self.pass_time(ASK_SECONDS * 1.2)
        self.said.add(b"@bia dois\n")
        self.pass_time(ASK_SECONDS * 5)
        self.hear("WHO 1 ana")
        self.pass_time(ASK_SECONDS * 1.2)
        self.check_sent(b"@bia um\nWHO\n@bia dois\nWHO\n")

    def test_no_question_comes_into_the_middle_of_a_line(self) -> None:
        self.said.add(b"@bia oi\n" + b"x" * 2 * LINE_BYTES)
        self.said.add(b"x")
        self.pass_time(5 * ASK_SECONDS)
        self.assertNotIn(b"WHO\n", self.sent)
        self.said.add(b"\n@bia oi\n@bi")
        self.pass_time(2 * ASK_SECONDS)
        self.said.add(b"a oi\n")
        self.check_sent(b"@bia oi\n" + b"x" * (2 * LINE_BYTES + 1) + b"\n@bia oi\nWHO\n@bia oi\n")

    def test_at_the_end_a_question_follows_though_one_is_under_way(self) -> None:
        self.said.add(b"@bia um\n")
        self.pass_time(ASK_SECONDS)
        self.said.add(b"@bia dois\n")
        self.said.ask_at_end()
        self.check_sent(b"@bia um\nWHO\n@bia dois\nWHO\n")
        self.hear("WHO 1 ana")
        self.assertEqual(self.said.close(), 1)

    def test_no_question_follows_what_has_an_answer_of_its_own(self) -> None:
        self.said.add(b"@bia um\ndois\n")
        self.pass_time(ASK_SECONDS)
        self.said.ask_at_end()
        self.check_sent(b"@bia um\ndois\n")

    def test_where_everyone_reads_who_it_is_not_asked_each_second(self) -> None:
        """A server that knows no WHO says it to all; at the end, and when too much waits, only it confirms."""
        self.said.add(b"@bia um\n")
        self.pass_time(ASK_SECONDS * 1.2)
        self.hear("FROM ana [all]: WHO")
        self.said.add(b"@bia dois\n")
        self.pass_time(60.0)
        self.check_sent(b"@bia um\nWHO\n@bia dois\n")
        self.said.ask_at_end()
        self.hear("FROM ana [all]: WHO")
        self.check_sent(b"@bia um\nWHO\n@bia dois\nWHO\n")
        self.said.add(b"@x\n" * (UNANSWERED_BYTES // LINE_COST))
        self.assertTrue(self.said.is_too_much())
        self.assertEqual((self.sent[-1], self.said.close()), (b"WHO\n", UNANSWERED_BYTES // LINE_COST))

    def test_after_the_end_nothing_is_asked(self) -> None:
        self.said.add(b"@bia um\n")
        self.said.close()
        self.pass_time(60.0)
        self.check_sent(b"@bia um\n")


class Silent(SaidTest):
    def test_a_long_silence_is_told_and_its_end_too(self) -> None:
        """Trap 60.  A script waits for its answers without a limit, and a person waits for the script."""
        self.said.add(b"@bia um\n")
        self.said.ask_at_end()
        self.pass_time(LATE_SECONDS - 0.1)
        self.assertEqual(self.told, [])
        self.pass_time(60.0)
        self.hear("FROM bia [all]: oi")
        self.assertEqual(self.told, [("no_answer", 10)])
        self.hear("WHO 1 ana")
        self.pass_time(60.0)
        self.assertEqual(self.told[1:], [("answers_again", 69)])


class Memory(SaidTest):
    def test_one_timer_is_enough_however_much_is_said(self) -> None:
        self.said.add(b"oi\n")
        with mock.patch.object(self.reactor, "call_later") as call_later:
            for _ in range(100):
                self.said.add(b"oi\n")
        call_later.assert_not_called()

    def test_too_much_without_an_answer_holds_the_input_back(self) -> None:
        count = UNANSWERED_BYTES // (LINE_COST + 2) + 1
        self.said.add(b"oi\n" * count)
        self.assertTrue(self.said.is_too_much())
        self.assertEqual(len(self.sent), 1)
        self.hear(*count // 2 * ["FROM ana [all]: oi"])
        self.assertFalse(self.said.is_too_much())

    def test_it_is_asked_about_where_no_answer_comes_by_itself(self) -> None:
        self.said.add(b"@x\n" * (UNANSWERED_BYTES // LINE_COST) + b"@y")
        for _ in range(3):
            self.assertTrue(self.said.is_too_much())
        self.assertEqual(self.sent[1:], [b"WHO\n"])
        self.hear("WHO 1 ana")
        self.assertFalse(self.said.is_too_much())

    def test_the_rest_of_a_line_that_is_too_long_is_read_all_the_same(self) -> None:
        self.said.add(b"@x\n" * (UNANSWERED_BYTES // LINE_COST))
        self.said.add(b"x" * 2 * LINE_BYTES)
        self.assertFalse(self.said.is_too_much())
        self.said.add(b"\n")
        self.assertTrue(self.said.is_too_much())


PIECES = (
    *(b"oi", b"oi", b" oi ", b"", b"  ", b"WHO", b"who ", b" WHO", b"@bia oi", b"@bia oi", b"@Ana oi", b"@ana"),
    *(b"@zoe oi", b"@", b"a\x07", b"@bia \x07", b"\xc3(", b"@bia \xc3(", "olá".encode(), b"\r", b"oi\r", b"BYE"),
    *(b"@ana @bia oi", b"ERR user_not_found", b"@bia ".ljust(LINE_BYTES, b"x")),
    *(b"x" * LINE_BYTES, b"x" * 3 * LINE_BYTES),
)  # fmt: skip


class Play:
    """Ana's script at the real dispatcher, where bia speaks too; nothing happens by itself."""

    def __init__(self, reactor: Reactor) -> None:
        self.room = Room()
        self.buffer = LineBuffer(LINE_BYTES)  # of the server
        self.answers = LineBuffer(SERVER_LINE_BYTES)
        self.served = 0  # lines of ana that were not blank
        self.lists = 0  # WHO replies that the script sees
        self.way: List[bytes] = []  # what is on its way: a server reads only when no line waits to be served
        self.said = Said(reactor, self.way.append, lambda key, **fields: None)
        self.noted = 0
        self.wait_for, self.said.receipts._wait_for = self.said.receipts._wait_for, self.note  # type: ignore[method-assign]
        self.ana, self.bia = Member(self.answers.feed), Member(lambda data: None)
        for member, nick in ((self.bia, b"bia"), (self.ana, b"ana")):
            dispatch(self.room, member, nick)

    def note(self, lines: Sequence[Line]) -> None:
        """Count what waits for an answer."""
        self.noted += len(lines)
        self.wait_for(lines)

    @property
    def confirmed(self) -> int:
        """How many lines have their answer, questions of the client included."""
        return self.noted - len(self.said.receipts._lines)

    def serve(self) -> None:
        """Let the server take one line, or read."""
        if self.way and not self.buffer.has_line:
            self.buffer.feed(self.way.pop(0))
        elif self.buffer.has_line:
            try:
                line = self.buffer.next_line() or b""
            except LineTooLong:
                refuse(self.room, self.ana, "line_too_long")
                self.served += 1
            else:
                dispatch(self.room, self.ana, line)
                self.served += bool(line.strip(b" "))

    def hear(self) -> None:
        """Let the script hear one line."""
        if self.answers.has_line:
            message = parser.parse_message(self.answers.next_line() or b"")
            is_hidden = self.said.receipts.heard(message)
            self.lists += isinstance(message, parser.Who) and not is_hidden

    def step(self, chance: random.Random) -> None:
        """Do something at random."""
        something = chance.choice((self.serve, self.hear, self.hear, self.room.deliver, self.bia_speaks))
        something()

    def bia_speaks(self) -> None:
        """Let bia say what ana may say, too."""
        for line in (b"oi", b"@ana oi", b"@bia oi", b"@zoe oi"):
            dispatch(self.room, self.bia, line)

    def finish(self) -> None:
        """Let all that was sent be served and answered."""
        while self.way or self.buffer.has_line:
            self.serve()
        self.room.deliver()
        while self.answers.has_line:
            self.hear()


class AnyScript(FakeTime):
    def play(self, chance: random.Random) -> None:
        """Play a random script in random steps; after each, no line is confirmed that was not served."""
        lines = [chance.choice(PIECES) for _ in range(chance.randrange(1, 40))]
        script = b"".join(line + b"\n" for line in lines)
        wanted = sum(line.lower().strip(b" \r") == b"who" and not line.startswith(b" ") for line in lines)
        play = Play(self.reactor)
        while script:
            size = chance.choice((1, 9, 100, 5000))
            play.said.add(script[:size])
            script = script[size:]
            for _ in range(chance.randrange(6)):
                play.step(chance)
                self.assertLessEqual(play.confirmed, play.served)
            if chance.random() < 0.1:
                self.pass_time(ASK_SECONDS)
        play.said.ask_at_end()
        play.finish()
        self.assertEqual((play.said.close(), play.lists), (0, wanted))

    def test_only_what_was_served_is_confirmed_and_in_the_end_all(self) -> None:
        """Traps 60 and 72."""
        for seed in range(300):
            with self.subTest(seed):
                self.play(random.Random(seed))


if __name__ == "__main__":
    unittest.main()
