"""Which answer confirms which line: pure, with a clock that the test moves."""

from __future__ import annotations

import unittest
from typing import List
from unittest import mock

from minichat.chat import parser, protocol
from minichat.client.receipts import LINE_COST, SILENT_WHO, TOO_LONG, Line, Receipts


class ReceiptsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 0.0
        self.receipts = Receipts(lambda: self.now)
        self.hear("OK ana")

    def send(self, *lines: Line) -> None:
        """Note these lines as sent."""
        for line in lines:
            if isinstance(line, bytes):
                self.receipts.sent(line)
            else:
                self.receipts.sent_special(line)

    def hear(self, *lines: str) -> List[bool]:
        """Let the server say these lines; return which of them nobody has to see."""
        return [self.receipts.heard(parser.parse_message(line.encode())) for line in lines]

    def check_open(self, *lines: Line) -> None:
        """Assert that these lines, and no others, have no answer."""
        self.assertEqual(len(self.receipts), len(lines))
        self.assertEqual(self.receipts.close(), list(lines))


class Texts(ReceiptsTest):
    def test_an_echo_confirms_its_line_and_all_before_it(self) -> None:
        self.send(b"um", b"@bia oi", "três".encode(), b"um")
        self.hear("FROM ana [all]: três")
        self.check_open(b"um")

    def test_of_equal_lines_an_echo_confirms_the_first(self) -> None:
        self.send(b"oi", b"oi", b"oi")
        self.hear("FROM ana [all]: oi", "FROM ana [all]: oi")
        self.check_open(b"oi")

    def test_an_echo_of_nothing_confirms_nothing(self) -> None:
        self.hear("FROM ana [all]: oi", "FROM ana [dm]: oi", "BYE", "ERR user_not_found")
        self.assertEqual(self.hear("WHO 1 ana"), [False])
        self.check_open()

    def test_what_others_say_confirms_nothing(self) -> None:
        self.send(b"oi")
        self.hear("FROM bia [all]: oi", "FROM ana [all]: ola", "FROM bia [dm]: oi", "JOIN oi", "BYE shutdown")
        self.check_open(b"oi")

    def test_a_line_that_is_no_message_confirms_nothing(self) -> None:
        self.send(b"oi")
        self.assertFalse(self.receipts.heard(None))
        self.check_open(b"oi")

    def test_a_blank_line_waits_for_nothing(self) -> None:
        self.send(b"", b"   ")
        self.check_open()
        self.assertEqual(self.receipts.silence, 0.0)


class DirectMessages(ReceiptsTest):
    def test_no_time_stands_for_an_answer(self) -> None:
        """Trap 60."""
        self.send(b"@bia oi")
        self.now += 1e6
        self.check_open(b"@bia oi")

    def test_the_answer_to_a_later_question_confirms_them(self) -> None:
        """Trap 60."""
        self.send(b"@bia um", SILENT_WHO, b"@bia dois")
        self.assertEqual(self.hear("WHO 2 ana bia"), [True])
        self.check_open(b"@bia dois")

    def test_after_one_at_the_end_a_question_has_to_follow(self) -> None:
        for line, is_open_ended in (
            (b"@bia oi", True), (b"oi", False), (b"WHO", False), (b"quit ", False), (b"a\xffb", True),
            (SILENT_WHO, False), (TOO_LONG, False), (b"time", True),
        ):  # fmt: skip
            with self.subTest(line), mock.patch.object(protocol, "WORDS", protocol.WORDS | {"time"}):
                self.send(b"@bia oi", line)
                self.assertEqual(self.receipts.is_open_ended, is_open_ended)
                self.receipts.close()
                self.assertFalse(self.receipts.is_open_ended)

    def test_one_to_oneself_is_its_own_answer(self) -> None:
        self.send(b"@bia oi", b"@Ana  oi", b"@bia fim")
        self.hear("FROM ana [dm]:  oi")
        self.check_open(b"@bia fim")

    def test_its_err_confirms_the_first_that_it_can_answer(self) -> None:
        """Trap 60.  It may have been for the second one, but that is not known."""
        self.send(b"@bia um", b"@zoe dois", b"tres")
        self.hear("ERR user_not_found")
        self.check_open(b"@zoe dois", b"tres")


class Refusals(ReceiptsTest):
    def test_an_err_confirms_no_line_that_it_cannot_answer(self) -> None:
        """Trap 60."""
        for code, line in (
            ("user_not_found", b"oi"), ("empty_message", b"oi"), ("user_not_found", b"WHO"), ("muted", b"WHO"),
            ("invalid_text", b"WHO"), ("invalid_text", b"@bia oi"), ("invalid_text", b"\xc3("),
            ("invalid_utf8", b"a\x00"), ("line_too_long", b"@bia oi"), ("too_slow", b"oi"), ("kicked", b"oi"),
            ("server_full", b"@bia oi"), ("invalid_text", TOO_LONG), ("line_too_long", SILENT_WHO),
        ):  # fmt: skip
            with self.subTest(code, line=line):
                self.send(b"antes", line)
                self.hear("FROM ana [all]: antes", f"ERR {code}")
                self.assertEqual(len(self.receipts) + self.receipts.has_question, 1)
                self.receipts.close()

    def test_an_err_answers_a_line_that_is_not_legal(self) -> None:
        for code, line in (
            ("invalid_utf8", b"\xc3("), ("invalid_text", b"a\x00"), ("invalid_text", b"@bia \x1b[m"),
            ("line_too_long", TOO_LONG), ("empty_message", b"@bia"), ("muted", b"oi"), ("muted", b"@bia oi"),
            ("invalid_text", b"oi"),  # from a server with other rules
        ):  # fmt: skip
            with self.subTest(code, line=line):
                self.send(b"@bia antes", line, b"depois")
                if code in ("empty_message", "muted"):  # could be for the first one, too
                    self.hear(f"ERR {code}")
                self.hear(f"ERR {code}")
                self.check_open(b"depois")


class Questions(ReceiptsTest):
    def test_each_question_gets_its_own_list_in_the_order_asked(self) -> None:
        """Trap 60."""
        self.send(SILENT_WHO, b"who ", SILENT_WHO)
        self.assertEqual(self.hear("WHO 1 ana", "WHO 1 ana", "WHO 1 ana", "WHO 1 ana"), [True, False, True, False])
        self.check_open()

    def test_a_list_of_several_lines_answers_once_it_is_whole(self) -> None:
        self.send(b"@bia oi", SILENT_WHO, b"WHO")
        self.assertEqual(self.hear("WHO 3 ana bia"), [True])
        self.assertTrue(self.receipts.has_question)
        self.assertEqual(self.hear("JOIN davi", "WHO 3 caio", "WHO 3 ana bia"), [False, True, False])
        self.assertFalse(self.receipts.has_question)
        self.check_open(b"WHO")

    def test_a_list_that_was_cut_off_does_not_count_in_the_next_stay(self) -> None:
        self.send(SILENT_WHO)
        self.hear("WHO 3 ana bia")
        self.receipts.close()
        self.assertFalse(self.receipts.has_question)
        self.send(SILENT_WHO)
        self.assertEqual(self.hear("WHO 3 ana", "WHO 3 bia caio"), [True, True])

    def test_a_server_that_says_the_question_to_all_has_answered(self) -> None:
        self.send(b"@bia oi", SILENT_WHO, b"fim")
        self.assertEqual(self.hear("FROM ana [all]: WHO"), [False])
        self.check_open(b"fim")

    def test_a_goodbye_confirms_up_to_the_quit(self) -> None:
        self.send(b"@bia oi", b"Quit", b"depois")
        self.hear("BYE")
        self.check_open(b"depois")

    def test_a_server_that_stops_confirms_no_quit(self) -> None:
        self.send(b"oi", b"QUIT")
        self.hear("BYE shutdown")
        self.check_open(b"oi", b"QUIT")

    def test_a_silent_question_is_nothing_that_may_be_lost(self) -> None:
        self.send(SILENT_WHO)
        self.check_open()


class Silence(ReceiptsTest):
    def test_it_lasts_since_the_first_line_or_the_last_answer(self) -> None:
        """Trap 60."""
        self.now = 5.0
        self.send(b"um")
        self.now = 8.0
        self.send(b"dois")
        self.assertEqual(self.receipts.silence, 3.0)
        self.hear("FROM bia [all]: um")
        self.assertEqual(self.receipts.silence, 3.0)
        self.hear("FROM ana [all]: um")
        self.now = 12.0
        self.assertEqual(self.receipts.silence, 4.0)
        self.hear("FROM ana [all]: dois")
        self.now = 20.0
        self.assertEqual(self.receipts.silence, 0.0)

    def test_a_part_of_a_list_is_a_sign_of_life(self) -> None:
        self.send(SILENT_WHO)
        self.now = 9.0
        self.hear("WHO 2 ana")
        self.now = 10.0
        self.assertEqual(self.receipts.silence, 1.0)


class Memory(ReceiptsTest):
    def test_it_is_counted_and_given_back(self) -> None:
        self.send(b"@bia oi", b"oi", b"oi")
        self.hear("FROM ana [all]: oi", "FROM ana [all]: oi")
        self.assertEqual(self.receipts.memory, 0)
        self.send(b"oi", SILENT_WHO, TOO_LONG)
        self.assertEqual(self.receipts.memory, 2 + 3 * LINE_COST)
        self.hear("FROM ana [all]: oi", "WHO 1 ana", "ERR line_too_long")
        self.assertEqual(self.receipts.memory, 0)
        self.send(b"oi")
        self.receipts.close()
        self.assertEqual(self.receipts.memory, 0)


if __name__ == "__main__":
    unittest.main()
