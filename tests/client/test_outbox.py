"""What a person has said: in order, paced, and nothing lost without a word."""

from __future__ import annotations

import unittest
from typing import List
from unittest import mock

from minichat.chat import parser
from minichat.client.outbox import LOOK_SECONDS, MOST_UNANSWERED, PACE_SECONDS, Outbox
from minichat.net.reactor import Reactor


class Clock:
    """Time that passes when we say so; also a selector for which nothing is ever ready."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def select(self, timeout: float) -> List[object]:
        """Wait."""
        self.now += timeout
        return []


class FakeTime(unittest.TestCase):
    """A reactor whose time passes when a test says so."""

    def setUp(self) -> None:
        clock = Clock()
        self.reactor = Reactor(clock, clock)  # type: ignore[arg-type]

    def pass_time(self, seconds: float) -> None:
        """Turn until that much time has passed."""
        timer = self.reactor.call_later(seconds, lambda: None)
        while timer.callback is not None:
            self.reactor.run_once()


class OutboxTest(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.sent: List[str] = []
        self.told: List[str] = []
        self.outbox = Outbox(self.reactor, self.sent.append, self.tell)

    def tell(self, key: str, **fields: object) -> None:
        """Note what is told."""
        self.told.append(" ".join([key, *map(str, fields.values())]))

    def enter(self) -> None:
        """Open the outbox; its question who is here is answered."""
        self.outbox.open()
        self.assertEqual(self.sent[:1], ["WHO"])
        self.hear("OK ana", "WHO 1 ana")
        self.sent.remove("WHO")

    def hear(self, *lines: str) -> List[bool]:
        """Let the server say these lines; return which of them nobody has to see."""
        return [self.outbox.heard(parser.parse_message(line.encode())) for line in lines]

    def echo(self, *texts: str) -> None:
        """Let the server echo these texts."""
        self.hear(*(f"FROM ana [all]: {text}" for text in texts))


class Saying(OutboxTest):
    def test_a_line_goes_out_at_once_while_there_is_a_connection(self) -> None:
        self.enter()
        for line in ("um", "dois"):
            self.outbox.add(line)
            self.assertEqual(self.sent[-1], line)

    def test_the_lines_of_a_paste_go_out_one_by_one(self) -> None:
        self.enter()
        self.outbox.paste(["1", "2", "3"])
        self.outbox.paste(["4"])
        for number in range(1, 5):
            self.assertEqual(self.sent, list("1234"[:number]))
            self.assertEqual(self.outbox.has_paste, number < 4)
            self.pass_time(PACE_SECONDS)
        self.assertEqual(self.sent, ["1", "2", "3", "4"])

    def test_a_typed_line_overtakes_a_paste(self) -> None:
        """Trap 69."""
        self.enter()
        self.outbox.paste(["1", "2", "3"])
        self.outbox.add("a")
        self.outbox.add("b")
        self.pass_time(1.0)
        self.assertEqual(self.sent, ["1", "a", "b", "2", "3"])

    def test_what_is_said_without_a_connection_waits(self) -> None:
        """Trap 69.  What was typed goes first."""
        self.outbox.paste(["1"])
        self.outbox.add("2")
        self.pass_time(1.0)
        self.assertEqual(self.sent, [])
        self.outbox.open()
        self.pass_time(1.0)
        self.assertEqual(self.sent, ["WHO", "2", "1"])

    def test_a_connection_lost_in_the_middle_holds_the_rest_back(self) -> None:
        self.enter()
        self.outbox.paste(["1", "2", "3"])
        self.assertEqual(self.outbox.close(), ["1"])
        self.pass_time(1.0)
        self.assertEqual((self.sent, self.outbox.drop()), (["1"], ["2", "3"]))

    def test_only_a_paste_is_dropped_by_ctrl_c(self) -> None:
        """Trap 69."""
        self.outbox.paste(["1", "2"])
        self.outbox.add("a")
        self.assertEqual((self.outbox.drop_paste(), self.outbox.drop_paste()), (2, 0))
        self.assertEqual((self.outbox.drop(), self.outbox.drop()), (["a"], []))
        self.enter()
        self.assertEqual(self.sent, [])

    def test_a_paste_waits_while_much_has_no_answer(self) -> None:
        self.enter()
        texts = [str(number) for number in range(MOST_UNANSWERED + 10)]
        self.outbox.paste(texts)
        self.pass_time(9.0)
        self.assertEqual(self.sent, texts[:MOST_UNANSWERED])
        self.outbox.add("typed")
        self.pass_time(PACE_SECONDS)
        self.assertEqual(self.sent[MOST_UNANSWERED:], ["typed"])
        self.echo(*texts[:5])
        self.pass_time(1.0)
        self.assertEqual(self.sent[MOST_UNANSWERED + 1 :], texts[MOST_UNANSWERED:][:4])

    def test_who_leaves_says_first_what_was_typed(self) -> None:
        self.enter()
        self.outbox.paste(["1", "2"])
        self.outbox.add("a")
        self.outbox.leave()
        self.outbox.add("b")
        self.pass_time(1.0)
        self.assertEqual(self.sent, ["1", "a", "QUIT"])
        self.hear("BYE")
        self.assertEqual((self.outbox.close(), self.outbox.drop()), ([], ["b", "2"]))


class Confirming(OutboxTest):
    def test_a_text_is_unsure_until_its_echo_comes(self) -> None:
        self.enter()
        for line in ("um", "@x dois", "tres", "quatro"):
            self.outbox.add(line)
        self.echo("tres")
        self.assertEqual(self.outbox.close(), ["quatro"])
        self.assertEqual(self.outbox.close(), [])

    def test_a_direct_message_is_unsure_however_long_it_waits(self) -> None:
        """Trap 60."""
        self.enter()
        self.outbox.add("@x um")
        self.pass_time(3600.0)
        self.assertEqual(self.outbox.close(), ["@x um"])

    def test_a_silent_question_follows_a_direct_message(self) -> None:
        """Trap 60."""
        self.enter()
        self.outbox.add("@x um")
        self.pass_time(LOOK_SECONDS / 2)
        self.outbox.add("@x dois")
        self.assertEqual(self.sent, ["@x um", "@x dois"])
        self.pass_time(LOOK_SECONDS)
        self.assertEqual(self.sent, ["@x um", "@x dois", "WHO"])
        self.assertEqual(self.hear("WHO 1 ana"), [True])
        self.pass_time(60.0)
        self.assertEqual((self.outbox.close(), self.sent[3:]), ([], []))

    def test_at_most_one_question_is_under_way(self) -> None:
        self.enter()
        for number in range(5):
            self.outbox.add(f"@x {number}")
            self.pass_time(2 * LOOK_SECONDS)
        self.assertEqual(self.sent.count("WHO"), 1)
        self.hear("WHO 1 ana")
        self.pass_time(2 * LOOK_SECONDS)
        self.assertEqual(self.sent.count("WHO"), 2)

    def test_a_paste_of_direct_messages_costs_one_question(self) -> None:
        """Trap 60."""
        self.enter()
        self.outbox.paste([f"@x {number}" for number in range(200)])
        self.pass_time(10.0)
        self.assertEqual((len(self.sent), self.sent[-1]), (201, "WHO"))

    def test_a_long_paste_of_direct_messages_goes_on(self) -> None:
        self.enter()
        self.outbox.paste([f"@x {number}" for number in range(MOST_UNANSWERED + 20)])
        self.pass_time(10.0)
        self.assertEqual((len(self.sent), self.sent[-1]), (MOST_UNANSWERED + 1, "WHO"))
        self.hear("WHO 1 ana")
        self.pass_time(10.0)
        self.assertEqual((len(self.sent), self.sent[-1]), (MOST_UNANSWERED + 22, "WHO"))

    def test_no_question_follows_what_has_an_answer_of_its_own(self) -> None:
        self.enter()
        self.outbox.add("@x um")
        self.outbox.add("dois")
        self.pass_time(5.0)
        self.assertEqual(self.sent, ["@x um", "dois"])

    def test_a_command_without_an_answer_is_nothing_lost(self) -> None:
        self.enter()
        self.outbox.add("WHO")
        self.assertEqual(self.outbox.close(), [])


class Silence(OutboxTest):
    def test_ten_seconds_without_an_answer_are_told_once(self) -> None:
        """Trap 60."""
        self.enter()
        self.outbox.add("oi")
        self.pass_time(9.5)
        self.assertEqual(self.told, [])
        self.pass_time(4.75)
        self.assertEqual(self.told, ["no_answer 10"])
        self.hear("FROM bia [all]: oi")
        self.assertEqual(len(self.told), 1)
        self.echo("oi")
        self.assertEqual(self.told[1:], ["answers_again 14"])
        self.pass_time(60.0)
        self.outbox.add("oi")
        self.pass_time(2.0)
        self.echo("oi")
        self.assertEqual(len(self.told), 2)
        self.outbox.add("oi")
        self.pass_time(12.0)
        self.assertEqual(self.told[2:], ["no_answer 10"])

    def test_a_direct_message_at_a_server_that_hangs_is_told_too(self) -> None:
        """Trap 60."""
        self.enter()
        self.outbox.add("@x oi")
        self.pass_time(12.0)
        self.assertEqual(self.told, ["no_answer 10"])

    def test_who_waits_for_nothing_is_told_nothing(self) -> None:
        self.enter()
        self.pass_time(60.0)
        self.outbox.add("oi")
        self.pass_time(9.0)
        self.assertEqual(self.told, [])

    def test_a_long_paste_whose_lines_are_answered_is_no_silence(self) -> None:
        self.enter()
        texts = [str(number) for number in range(1500)]
        self.outbox.paste(texts)
        echoed = 0
        for _ in range(60):
            self.pass_time(1.0)
            self.echo(*self.sent[echoed:])
            echoed = len(self.sent)
        self.assertEqual((self.sent, self.told), (texts, []))

    def test_there_is_one_look_a_second_however_much_waits(self) -> None:
        self.enter()
        self.outbox.add("oi")
        with mock.patch.object(self.reactor, "call_later") as call_later:
            for _ in range(100):
                self.outbox.add("oi")
        call_later.assert_not_called()

    def test_a_silence_ends_with_its_connection(self) -> None:
        self.enter()
        self.outbox.add("oi")
        self.pass_time(12.0)
        self.outbox.close()
        self.outbox.open()
        self.hear("OK ana", "WHO 1 ana")
        self.pass_time(60.0)
        self.assertEqual(self.told, ["no_answer 10"])
        self.outbox.add("oi")
        self.pass_time(12.0)
        self.assertEqual(self.told[1:], ["no_answer 10"])

    def test_a_server_that_hangs_from_the_beginning_is_told_too(self) -> None:
        self.outbox.open()
        self.pass_time(12.0)
        self.assertEqual(self.told, ["no_answer 10"])

    def test_who_leaves_is_neither_told_nor_asks(self) -> None:
        self.enter()
        self.outbox.add("oi")
        self.outbox.leave()
        self.pass_time(12.0)
        self.assertEqual((self.sent, self.told), (["oi", "QUIT"], []))


if __name__ == "__main__":
    unittest.main()
