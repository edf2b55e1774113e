"""What a script says: cut into lines, sent, asked about, counted; on a fake clock."""

from __future__ import annotations

import unittest
from typing import List
from unittest import mock

from minichat.chat import parser
from minichat.client.receipts import LINE_COST
from minichat.client.said import ASK_SECONDS, LINE_BYTES, UNANSWERED_BYTES, Said
from tests.client.test_outbox import FakeTime


class SaidTest(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.sent: List[bytes] = []
        self.said = Said(self.reactor, self.sent.append)
        self.hear("OK ana")

    def hear(self, *lines: str) -> List[bool]:
        """Let the server say these lines; return which of them are nothing for the script."""
        return [self.said.receipts.heard(parser.parse_message(line.encode())) for line in lines]

    def check_sent(self, data: bytes) -> None:
        """Assert that ``data`` was sent, in whatever pieces."""
        self.assertEqual(b"".join(self.sent), data)


class Cutting(SaidTest):
    def test_lines_are_found_wherever_the_input_is_cut(self) -> None:
        text = "um\r\n\n  \nolá\n@bia x\nWHO\nsem fim".encode()
        for size in range(1, len(text) + 1):
            with self.subTest(size):
                self.sent.clear()
                said = Said(self.reactor, self.sent.append)
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

    def test_after_the_end_nothing_is_asked(self) -> None:
        self.said.add(b"@bia um\n")
        self.said.close()
        self.pass_time(60.0)
        self.check_sent(b"@bia um\n")


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


if __name__ == "__main__":
    unittest.main()
