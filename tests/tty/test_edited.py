"""The console that sees every key, on a fake terminal: what it asks, and when."""

from __future__ import annotations

import os
import unittest
from typing import Any, List
from unittest import mock

from minichat.cli.messages import Messages
from minichat.tty.edited import QUIET_SECONDS, RESIZE_SECONDS, EditedConsole
from minichat.tty.keys import ESCAPE_SECONDS, LATE_SECONDS
from minichat.tty.paste import DROP_SECONDS
from minichat.tty.terminal import Terminal
from tests.tty.typist import FakeKeyboard, FakeReactor, NotingTypist

LATER = "Falta escolher o apelido; a pergunta vem quando a linha estiver vazia."


class FakeTerminal:
    """Keeps the lines and the row that it is shown."""

    columns = 79

    def __init__(self, **arguments: Any) -> None:
        self.lines: List[str] = []
        self.row = ""
        self.titles: List[str] = []

    def show(self, lines: List[bytes], before: str, after: str) -> None:
        """Keep them."""
        self.lines += [line.decode() for line in lines]
        self.row = f"{before}|{after}"

    def title(self, text: str) -> None:
        """Keep the title."""
        self.titles.append(text)

    def enter(self) -> None:
        """Do nothing."""

    stay = leave = bell = clear = enter


class EditedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.reactor, self.typist = FakeReactor(), NotingTypist()
        self.terminal = FakeTerminal()
        fakes: Any = {"Terminal": lambda **how: self.terminal, "Keyboard": FakeKeyboard}
        with mock.patch.multiple("minichat.tty.edited", **fakes):
            self.console = self.make()
        self.console.start()

    def make(self) -> EditedConsole:
        """A console; its arguments are of the right kind as far as it looks."""
        reactor: Any = self.reactor
        return EditedConsole(reactor, self.typist, lambda word, is_first: [], Messages("pt"), 4095, lambda: False)

    def type(self, text: str, seconds: float = 0.0) -> None:
        """Press keys in one read, and let time pass."""
        self.console._on_bytes(text.encode())
        self.reactor.wait(seconds)

    def paste(self, text: str) -> None:
        """Paste."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def check(self, row: str, *notes: str) -> None:
        """Assert the row, with | for the cursor, and what the typist was told since the last time."""
        self.reactor.wait()
        self.assertEqual((self.terminal.row, self.typist.notes), (row, list(notes)))
        self.typist.notes.clear()


class Waiting(EditedTest):
    """How long the rest of a key is waited for, and what is a key at all."""

    def test_each_key_has_a_time_of_its_own(self) -> None:
        """A read can end one key and begin another, that looks alike."""
        for half, rest in (("\x1b", "[D"), ("\x1b[", "D")):
            self.type("abc" + half, seconds=0.2)
            self.type(rest + half, seconds=0.2)
            self.type(rest)
            self.check("> a|bc")
            self.type("\x0b\x15")

    def test_the_late_half_of_a_function_key_is_no_answer(self) -> None:
        """Trap 62: F4 is ESC O S, and S is a yes; once nothing can follow, S is a letter."""
        self.paste("um\ndois")
        self.type("\x1bO", seconds=ESCAPE_SECONDS)
        self.type("S\r")
        self.check("Colar 2 linhas? s envia, n descarta: |")
        self.type("\x1bO", seconds=ESCAPE_SECONDS)
        self.reactor.wait(LATE_SECONDS)
        self.type("S\r")
        self.check("> |", "pasted ['um', 'dois']")

    def test_keys_after_a_lone_escape_are_not_held_for_ever(self) -> None:
        self.type("\x1b", seconds=0.2)
        self.type("\x1b", seconds=0.2)
        self.type("a")
        self.check("> a|")

    def test_each_read_may_be_the_first_after_a_stop(self) -> None:
        with mock.patch.object(self.terminal, "stay", mock.Mock()) as stay:
            self.type("a")
            self.type("\x1b")
        self.assertEqual(stay.call_count, 2)

    def test_a_row_is_drawn_for_a_width_only_when_it_rests(self) -> None:
        """Trap 66."""
        with mock.patch.object(self.terminal, "resized", mock.Mock(), create=True) as resized:
            for _ in range(10):
                self.console.resized()
                self.reactor.wait(RESIZE_SECONDS * 0.9)
            self.assertEqual(resized.call_count, 0)
            self.reactor.wait(RESIZE_SECONDS)
        self.assertEqual(resized.call_count, 1)

    def test_only_a_key_tells_that_the_person_is_there(self) -> None:
        for report in ("\x1b[12;40R", "\x1b[I", "\x1b[<0;3;4M", "\x1b[M !!", "\x1b]11;rgb:0/0/0\x07", "\x1b[?1;2c"):
            self.type(report, seconds=1)
            self.assertEqual(self.typist.noticed_times, 0, ascii(report))
        self.type("\x1b[D")
        self.type("a")
        self.assertEqual(self.typist.noticed_times, 2)


class Hammering(EditedTest):
    """Ctrl-C, again and again, in a paste without an end."""

    def test_it_brings_the_keyboard_back(self) -> None:
        """Trap 62."""
        for ctrl_c in ("\x03", "\x03\x03", "\x1b[99;5u", "\x1b[99;5u\x1b[99;5:3u"):
            self.type("\x1b[200~um\rdois\r", seconds=1.0)
            for _ in range(20):
                self.type(ctrl_c, seconds=0.5)
            self.reactor.wait(DROP_SECONDS)
            self.type("oi\r")
            dropped = "dropped 3" if "[" in ctrl_c else "dropped 2"
            self.check("> |", dropped, "typed oi")

    def test_what_comes_between_belongs_to_the_paste(self) -> None:
        """Trap 62."""
        self.type("\x1b[200~um\r", seconds=2.0)
        for _ in range(4):
            self.type("\x03", seconds=0.5)
            self.type("x", seconds=2.5)
        self.type("\x1b[201~")
        self.check("Colar 2 linhas? s envia, n descarta: |")


class Asking(EditedTest):
    """The question for a nick does not take what is typed for somebody."""

    def test_while_nobody_types_it_asks_at_once(self) -> None:
        """Trap 68."""
        self.console.ask("Nick? ")
        self.type("ana\r")
        self.check("Nick? |", "answered ana")
        self.console.resume("ana")
        self.check("> |")
        self.assertEqual(self.terminal.lines, ["Nick? ana"])

    def test_a_half_typed_row_stays_and_its_enter_is_a_line(self) -> None:
        """Trap 68."""
        self.type("oi br", seconds=60)
        self.console.ask("Nick? ")
        self.check("> oi br|")
        self.assertEqual(self.terminal.lines, [LATER])
        self.type("uno\r")
        self.check("> |", "typed oi bruno")
        self.reactor.wait(QUIET_SECONDS)
        self.check("Nick? |")

    def test_an_empty_row_must_be_quiet_first(self) -> None:
        """Trap 68."""
        self.type("oi\r")
        self.console.ask("Nick? ")
        for _ in range(5):
            self.type("x\x7f", seconds=QUIET_SECONDS * 0.9)
            self.check("> |", *["typed oi"] * len(self.typist.notes))
        self.assertEqual(self.terminal.lines, [])
        self.type("e mais\r")
        self.check("> |", "typed e mais")
        self.reactor.wait(QUIET_SECONDS)
        self.check("Nick? |")

    def test_after_an_answer_the_next_question_comes_at_once(self) -> None:
        """Trap 68."""
        self.console.ask("Nick? ")
        self.typist.on_answered = self.console.resume
        self.type("ana\r")
        self.console.ask("Another? ")
        self.check("Another? |", "answered ana")

    def test_an_answer_that_is_none_is_asked_again_at_once(self) -> None:
        """Trap 68."""
        self.console.ask("Nick? ")
        self.typist.on_answered = lambda answer: self.console.ask("A real one? ") if not answer else None
        self.type("\r")
        self.check("A real one? |", "answered ")
        self.type("ana\r")
        self.check("A real one? |", "answered ana")

    def test_what_was_half_typed_comes_back_after_the_answer(self) -> None:
        """Trap 68."""
        self.console.put_back("")
        self.console.ask("Nick? ")
        self.console.put_back("oi @bia")  # such as a line that was refused meanwhile
        self.type("ana\r")
        self.console.resume("ana")
        self.check("> oi @bia|", "answered ana")

    def test_a_paste_that_asks_is_answered_first(self) -> None:
        """Trap 68."""
        self.paste("um\ndois")
        self.reactor.wait(60)
        self.console.ask("Nick? ")
        self.check("Colar 2 linhas? s envia, n descarta: |")
        self.type("s\r")
        self.check("> |", "pasted ['um', 'dois']")
        self.reactor.wait(QUIET_SECONDS)
        self.check("Nick? |")

    def test_a_paste_without_an_end_is_no_answer(self) -> None:
        """Trap 68."""
        self.type("\x1b[200~oi")
        self.reactor.wait(QUIET_SECONDS)
        self.console.ask("Nick? ")
        self.check("> |")
        self.type(" bia\x1b[201~", seconds=QUIET_SECONDS)
        self.check("> oi bia|")


class Confirming(EditedTest):
    def test_yes_sends_and_no_puts_back(self) -> None:
        self.console.confirm("A todos? ", "MSG @ana x")
        self.check("A todos? |")
        self.type("sim\r")
        self.check("> |", "confirmed MSG @ana x")
        self.console.confirm("A todos? ", "MSG @ana x")
        self.type("nao\r")
        self.check("> MSG @ana x|", "declined MSG @ana x")

    def test_the_next_line_of_the_same_read_is_its_answer(self) -> None:
        self.typist.on_typed = lambda line: self.console.confirm("A todos? ", line)
        self.type("MSG @ana x\roi\r")
        self.check("A todos? oi|", "typed MSG @ana x")

    def test_a_yes_that_was_typed_ahead_is_no_answer(self) -> None:
        """Trap 68: it was typed for somebody, before the question could be read."""
        self.typist.on_typed = lambda line: self.console.confirm("A todos? ", line)
        self.type("MSG @ana x\rsim\r")
        self.check("A todos? sim|", "typed MSG @ana x")
        self.type("\r")
        self.check("> |", "confirmed MSG @ana x")

    def test_a_question_is_read_only_once_nothing_waits_to_be_read(self) -> None:
        """Trap 68: a terminal gives what was typed ahead in pieces."""
        keyboard: Any = self.console._keyboard
        self.console.confirm("A todos? ", "MSG @ana x")
        keyboard.has_more = True
        self.check("A todos? |")
        self.type("sim\r")
        keyboard.has_more = False
        self.check("A todos? sim|")
        self.type("\r")
        self.check("> |", "confirmed MSG @ana x")

    def test_a_line_that_came_back_is_not_sent_before_it_is_seen(self) -> None:
        """Trap 68: the second ENTER was pressed before the client could say why the line came back."""
        self.typist.on_typed = self.console.put_back
        self.type("/reply x\r\r\r")
        self.check("> /reply x|", "typed /reply x")
        self.type("\r")
        self.check("> /reply x|", "typed /reply x")

    def test_a_second_question_declines_the_first(self) -> None:
        self.console.confirm("A todos? ", "um")
        self.console.confirm("A todos? ", "dois")
        self.check("A todos? |", "declined um")

    def test_a_question_for_a_text_comes_again_after_it(self) -> None:
        self.console.ask("Nick? ")
        self.console.confirm("A todos? ", "um")
        self.check("A todos? |")
        self.type("s\r")
        self.check("> |", "confirmed um")
        self.reactor.wait(QUIET_SECONDS)
        self.check("Nick? |")


class Pasting(EditedTest):
    def test_a_word_for_an_answer_is_not_said(self) -> None:
        """Trap 63."""
        self.type("meio")
        self.paste("um\ndois")
        for key in "nao":
            self.type(key, seconds=2.0)
        self.type("\r")
        self.check("> meio|", "dropped 2")
        self.paste("um\ndois")
        self.type("sim\r")
        self.check("> |", "pasted ['meioum', 'dois']")

    def test_lines_and_another_width_leave_the_answer_alone(self) -> None:
        self.paste("um\ndois")
        self.type("si")
        self.console.say(b"FROM ana [all]: oi")
        self.console.tell("algo")
        self.check("Colar 2 linhas? s envia, n descarta: si|")
        self.terminal.columns = 19
        self.check("s/n? si|")
        self.assertEqual(self.terminal.lines[:2], ["FROM ana [all]: oi", "algo"])

    def test_what_is_open_at_the_end_is_named(self) -> None:
        self.paste("um\ndois")
        self.console.close()
        self.assertEqual(self.typist.notes, ["dropped 2"])

    def test_a_paste_without_an_end_is_named_when_the_keyboard_ends(self) -> None:
        self.type("\x1b[200~um\rdois\rtres")
        self.console._on_end()
        self.assertEqual(self.typist.notes, ["dropped 3", "ended"])

    def test_a_line_that_was_not_confirmed_is_named_at_the_end(self) -> None:
        self.console.confirm("A todos? ", "um")
        self.console.close()
        self.assertEqual(self.typist.notes, ["declined um"])


class Others(EditedTest):
    def test_each_read_that_ends_a_key_is_noticed_once(self) -> None:
        self.type("abc")
        self.type("\x1b[")
        self.type("A")
        self.assertEqual(self.typist.noticed_times, 2)

    def test_the_title_goes_to_the_terminal(self) -> None:
        self.console.title("(1) minichat")
        self.assertEqual(self.terminal.titles, ["(1) minichat"])

    @unittest.skipUnless(os.name == "posix", "a matter of terminals")
    def test_the_fake_terminal_has_what_the_real_one_has(self) -> None:
        for name in ("show", "title", "enter", "stay", "leave", "bell", "clear", "columns"):
            self.assertTrue(hasattr(Terminal, name), name)


if __name__ == "__main__":
    unittest.main()
