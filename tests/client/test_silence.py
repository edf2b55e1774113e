"""A long silence: told once, and told again when it is over."""

from __future__ import annotations

from typing import Any, List, Tuple

from minichat.chat import parser
from minichat.client.receipts import Receipts
from minichat.client.silence import LATE_SECONDS, Silence
from tests.client.test_outbox import FakeTime


class Silent(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.receipts = Receipts(lambda: self.reactor.now)
        self.silence = Silence(self.receipts, self.tell)
        self.told: List[Tuple[str, int]] = []
        self.silence.heard(parser.Ok("ana"))

    def tell(self, key: str, **fields: Any) -> None:
        """Note what is told."""
        self.told.append((key, fields["seconds"]))

    def wait(self, seconds: float) -> None:
        """Let time pass, and look."""
        self.pass_time(seconds)
        self.silence.look()

    def test_it_is_told_once_and_its_end_too(self) -> None:
        """Trap 60."""
        self.receipts.sent(b"um", b"dois")
        self.wait(LATE_SECONDS - 0.1)
        self.assertEqual(self.told, [])
        self.wait(0.2)
        self.wait(60.0)
        self.silence.heard(parser.From("bia", "all", "um"))  # which answers nothing
        self.assertEqual(self.told, [("no_answer", 10)])
        self.silence.heard(parser.From("ana", "all", "um"))
        self.assertEqual(self.told[1:], [("answers_again", 70)])

    def test_after_another_silence_it_is_told_again(self) -> None:
        self.receipts.sent(b"um", b"dois")
        self.wait(LATE_SECONDS)
        self.silence.heard(parser.From("ana", "all", "um"))
        self.wait(LATE_SECONDS)
        self.assertEqual([key for key, _ in self.told], ["no_answer", "answers_again", "no_answer"])

    def test_another_connection_begins_anew(self) -> None:
        self.receipts.sent(b"um")
        self.wait(LATE_SECONDS)
        self.receipts.close()
        self.silence.forget()
        self.receipts.sent(b"dois")
        self.silence.heard(parser.From("ana", "all", "dois"))
        self.assertEqual(self.told, [("no_answer", 10)])
