"""What stands before the text on the row, in a wide and in a narrow window."""

from __future__ import annotations

import unittest
from typing import List

from minichat.cli.messages import Messages
from minichat.tty.graphemes import columns
from minichat.tty.keys import Key
from minichat.tty.lineedit import LineEdit
from minichat.tty.prompt import FEW_BYTES, TYPING_COLUMNS, Prompt

WIDE, NARROW = 79, 19


class PromptTest(unittest.TestCase):
    def setUp(self) -> None:
        self.editor = LineEdit(limit_bytes=300)
        self.prompt = Prompt(self.editor, Messages("pt"))
        self.above: List[str] = []

    def check(self, wide: str, narrow: str, above: str = "") -> None:
        """Assert what is shown in both windows, and what is printed above once where that is narrow."""
        self.assertEqual(self.prompt.shown(WIDE, self.above), wide)
        self.assertEqual(self.above, [])
        for _ in range(2):
            self.assertEqual(self.prompt.shown(NARROW, self.above), narrow)
        self.assertEqual(self.above, [above] if above else [])
        self.above.clear()


class Signs(PromptTest):
    def test_a_row_has_a_prompt_and_near_its_end_a_count(self) -> None:
        self.check("> ", "> ")
        self.editor.row.set("é" * 50)
        self.check("> ", "> ")
        self.editor.row.set("é" * 50 + "x")
        self.check(f"[{FEW_BYTES - 1}] > ", f"[{FEW_BYTES - 1}] > ")

    def test_a_question_for_a_paste_names_its_keys_everywhere(self) -> None:
        """Trap 63."""
        self.editor.feed(b"\x1b[200~um\ndois\x1b[201~")
        text = "Colar 2 linhas? s envia, n descarta:"
        self.check(f"{text} ", "s/n? ", text)
        english = Prompt(self.editor, Messages("en"))
        self.assertEqual(english.shown(WIDE, self.above), "Paste 2 lines? y sends, n drops: ")
        self.assertEqual(english.shown(NARROW, self.above), "y/n? ")

    def test_a_question_for_a_line_is_shown_safely(self) -> None:
        self.editor.confirm("Enviar \x1b[2J a todos, de verdade? ", "x")
        text = "Enviar \\x1b[2J a todos, de verdade?"
        self.check(f"{text} ", "s/n? ", text)

    def test_a_question_for_a_text_has_a_sign_of_its_own(self) -> None:
        self.editor.ask("Escolha seu apelido: ")
        self.check("Escolha seu apelido: ", "? ", "Escolha seu apelido:")

    def test_another_question_is_printed_again(self) -> None:
        for _ in range(2):
            self.editor.ask("Escolha seu apelido: ")
            self.assertEqual(self.prompt.shown(NARROW, self.above), "? ")
            self.editor.end_question()
            self.prompt.shown(NARROW, self.above)
        self.assertEqual(len(self.above), 2)

    def test_a_search_shows_what_is_looked_for(self) -> None:
        self.editor.history.add("um dois tres")
        self.editor.feed(b"\x12")
        self.check("busca “”: ", "?: ")
        self.editor.feed(b"um do")
        self.check("busca “um do”: ", "?um do: ")
        self.editor.feed(b"is x")
        self.check("nada com “um dois x”: ", "!dois x: ")

    def test_a_tab_that_is_looked_for_is_a_space_on_the_row(self) -> None:
        self.editor.feed(b"\x12\x1b[200~a\tb\x1b[201~")
        self.check("nada com “a b”: ", "!a b: ")

    def test_a_paste_that_is_stalled_says_how_to_drop_it(self) -> None:
        self.editor._press(Key("paste-stalled"))
        text = "Texto colado ainda vindo; Ctrl-C o descarta."
        self.check(f"{text} ", "… ", text)

    def test_there_is_always_room_to_type(self) -> None:
        for query in ("x" * 200, "日" * 100, "e\u0301" * 90):
            self.editor.search = None
            self.editor.feed(b"\x12" + query.encode())
            for room in range(14, 100):
                self.assertLessEqual(columns(self.prompt.shown(room, self.above)) + TYPING_COLUMNS, room)


if __name__ == "__main__":
    unittest.main()
