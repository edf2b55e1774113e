"""What a person has said: in order, paced, and nothing lost without a word."""

from __future__ import annotations

import unittest
from typing import List

from minichat.client.outbox import PACE_SECONDS, UNSURE_SECONDS, Outbox
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


class Saying(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.sent: List[str] = []
        self.outbox = Outbox(self.reactor, self.sent.append)

    def test_a_line_goes_out_at_once_while_there_is_a_connection(self) -> None:
        self.outbox.open()
        for line in ("um", "dois"):
            self.outbox.add([line])
            self.assertEqual(self.sent[-1], line)

    def test_several_lines_go_out_one_by_one_and_a_later_one_after_them(self) -> None:
        self.outbox.open()
        self.outbox.add(["1", "2", "3"])
        self.outbox.add(["4"])
        for number in range(1, 5):
            self.assertEqual(self.sent, list("1234"[:number]))
            self.assertEqual(len(self.outbox), 4 - number)
            self.pass_time(PACE_SECONDS)
        self.assertEqual(self.sent, ["1", "2", "3", "4"])

    def test_what_is_said_without_a_connection_waits(self) -> None:
        self.outbox.add(["1"])
        self.outbox.add(["2"])
        self.pass_time(1.0)
        self.assertEqual((self.sent, len(self.outbox)), ([], 2))
        self.outbox.open()
        self.pass_time(1.0)
        self.assertEqual(self.sent, ["1", "2"])

    def test_a_connection_lost_in_the_middle_holds_the_rest_back(self) -> None:
        self.outbox.open()
        self.outbox.add(["1", "2", "3"])
        self.assertEqual(self.outbox.close(), ["1"])
        self.pass_time(1.0)
        self.assertEqual((self.sent, len(self.outbox)), (["1"], 2))

    def test_an_echo_confirms_its_line_and_all_before_it(self) -> None:
        self.outbox.open()
        for line in ("um", "@x dois", "tres", "quatro"):
            self.outbox.add([line])
        self.outbox.confirm("tres")
        self.assertEqual(self.outbox.close(), ["quatro"])
        self.assertEqual(self.outbox.close(), [])

    def test_a_text_for_all_is_unsure_until_its_echo_comes(self) -> None:
        self.outbox.open()
        self.outbox.add(["um"])
        self.pass_time(UNSURE_SECONDS + 1)
        self.assertEqual(self.outbox.close(), ["um"])

    def test_a_goodbye_confirms_everything(self) -> None:
        self.outbox.open()
        self.outbox.add(["um"])
        self.outbox.confirm()
        self.assertEqual(self.outbox.close(), [])

    def test_what_is_held_waits(self) -> None:
        self.outbox.open()
        self.outbox.hold()
        self.outbox.add(["um"])
        self.assertEqual((self.sent, self.outbox.drop()), ([], 1))

    def test_a_direct_message_that_was_sent_long_ago_has_arrived(self) -> None:
        self.outbox.open()
        self.outbox.add(["@x um"])
        self.pass_time(1.0)
        self.outbox.add(["@x dois"])
        self.pass_time(UNSURE_SECONDS - 0.5)
        self.assertEqual(self.outbox.close(), ["@x dois"])

    def test_what_waits_can_be_dropped_and_is_counted(self) -> None:
        self.outbox.add(["1", "2"])
        self.assertEqual((self.outbox.drop(), self.outbox.drop()), (2, 0))
        self.outbox.open()
        self.assertEqual(self.sent, [])


if __name__ == "__main__":
    unittest.main()
