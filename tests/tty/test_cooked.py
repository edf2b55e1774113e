"""The console that gets whole lines: which line answers what."""

from __future__ import annotations

import unittest
from typing import Any, List
from unittest import mock

from minichat.cli.messages import Messages
from minichat.tty.cooked import CookedConsole
from minichat.tty.keys import PASTE_BYTES
from tests.tty.typist import FakeKeyboard, FakeReactor, NotingTypist


class CookedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.reactor, self.typist = FakeReactor(), NotingTypist()
        self.written: List[str] = []
        reactor: Any = self.reactor
        with mock.patch("minichat.tty.cooked.Keyboard", FakeKeyboard):
            self.console = CookedConsole(reactor, self.typist, Messages("pt"), lambda: False)
        writing = mock.patch("minichat.cli.output.write_all", self.write)
        writing.start()
        self.addCleanup(writing.stop)
        self.console.start()

    def write(self, fd: int, data: bytes, gives_up: Any) -> None:
        """Keep what is written."""
        self.written.append(data.decode())

    def type(self, text: str) -> None:
        """Type, in one read."""
        self.console._on_bytes(text.encode())

    def check(self, *notes: str, written: str = "") -> None:
        """Assert what the typist was told, and what was written, since the last time."""
        self.assertEqual((self.typist.notes, "".join(self.written)), (list(notes), written))
        self.typist.notes.clear()
        self.written.clear()


class Lines(CookedTest):
    def test_each_line_is_typed_and_noticed(self) -> None:
        self.type("um\r\ndo")
        self.type("is\n")
        self.check("typed um", "typed dois")
        self.assertEqual(self.typist.noticed_times, 2)

    def test_a_line_without_enter_is_not_said_at_the_end(self) -> None:
        self.type("um\nseg")
        self.console._on_end()
        self.check("typed um", "ended", written="\nNão foi enviada: seg\n")


    def test_a_line_without_an_end_is_bounded_and_thrown_away(self) -> None:
        for _ in range(3 * PASTE_BYTES // 10_000):
            self.type("x" * 10_000)
        self.assertLessEqual(len(self.console._typed), PASTE_BYTES)
        self.type("x\num\n" + "x" * (PASTE_BYTES + 1))
        self.console._on_end()
        self.check("paste too long", "typed um", "paste too long", "ended")


class Asking(CookedTest):
    def test_the_next_line_answers_until_the_question_ends(self) -> None:
        """Trap 68."""
        self.console.ask("Nick? ")
        self.type("Ana Maria\nana\n")
        self.check("answered Ana Maria", "answered ana", written="Nick? ")
        self.console.resume("ana")
        self.type("oi\n")
        self.check("typed oi")

    def test_after_an_answer_a_wrong_nick_is_an_answer(self) -> None:
        """Trap 68."""
        self.type("oi\n")
        self.console.ask("Nick? ")
        self.type("ana\n")
        self.console.resume("ana")
        self.console.ask("Nick? ")
        self.type("Ana Maria\n")
        self.check("typed oi", "answered ana", "answered Ana Maria", written="Nick? Nick? ")

    def test_an_end_leaves_the_row_of_the_question(self) -> None:
        self.console.ask("Nick? ")
        self.console.close()
        self.console.close()
        self.check(written="Nick? \n")

    def test_a_line_to_somebody_is_no_answer(self) -> None:
        """Trap 68."""
        self.type("oi\n")
        self.console.ask("Nick? ")
        self.type("tudo bem, bruno?\nana\n")
        self.check("typed oi", "typed tudo bem, bruno?", "answered ana", written="Nick? Nick? ")


class Confirming(CookedTest):
    def setUp(self) -> None:
        super().setUp()
        self.ask()

    def ask(self) -> None:
        """Ask whether to send "um"."""
        self.console.confirm("A todos? ", "um")
        self.check(written="A todos? ")

    def test_a_yes_that_was_typed_ahead_is_no_answer(self) -> None:
        """Trap 68: it was typed for somebody, before the question could be read."""
        keyboard: Any = self.console._keyboard
        self.type("n\n")
        self.check("declined um")
        keyboard.has_more = True
        self.ask()
        keyboard.has_more = False
        self.type("sim\n")
        self.check(written="A todos? ")
        self.type("s\noi\n")
        self.check("confirmed um", "typed oi")

    def test_a_yes_of_the_same_read_is_no_answer(self) -> None:
        """Trap 68."""
        self.type("n\n")
        self.check("declined um")
        self.typist.on_typed = lambda line: self.console.confirm("A todos? ", line)
        self.type("dois\nsim\ns\n")
        self.check("typed dois", written="A todos? " * 3)
        self.type("s\n")
        self.check("confirmed dois")

    def test_only_a_whole_yes_sends(self) -> None:
        """Trap 63."""
        self.type("sim\noi\n")
        self.check("confirmed um", "typed oi")

    def test_no_and_an_empty_line_do_not(self) -> None:
        for no in ("n\n", "nao\n", "\n", " \n"):
            self.type(no)
            self.check("declined um")
            self.ask()

    def test_any_other_line_is_no_and_a_line(self) -> None:
        self.type("sei lá\n")
        self.check("declined um", "typed sei lá")

    def test_it_is_declined_at_the_end_or_by_another(self) -> None:
        self.console.confirm("A todos? ", "dois")
        self.check("declined um", written="\nA todos? ")
        self.console.close()
        self.check("declined dois", written="\n")

    def test_a_question_for_a_text_waits_for_its_end(self) -> None:
        self.console.ask("Nick? ")
        self.check()
        self.type("s\nana\n")
        self.check("confirmed um", "answered ana", written="Nick? ")

    def test_what_comes_while_it_is_asked_begins_a_line(self) -> None:
        self.console.say(b"FROM ana [all]: oi")
        self.reactor.wait()
        self.console.tell("algo")
        self.type("n\n")
        self.console.tell("mais")
        self.check("declined um", written="\nFROM ana [all]: oi\nalgo\nmais\n")


if __name__ == "__main__":
    unittest.main()
