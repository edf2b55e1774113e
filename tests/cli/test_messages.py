"""What the programs tell people: the same in both languages."""

from __future__ import annotations

import ast
import string
import unittest
from typing import Dict, Set

from minichat.cli import messages
from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES, Messages
from tests.support import ROOT

TEXTS = messages._TEXTS


def fields(text: str) -> Set[str]:
    """The names of the fields in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def literal_keys() -> Set[str]:
    """The keys that the programs ask for by name: messages("key") and self._status("key")."""
    keys = set()
    for path in (ROOT / "minichat").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = ast.unparse(node.func).rpartition(".")[2]
                if called in ("messages", "_messages", "_status"):
                    keys.add(str(node.args[0].value))
    return keys


class TheMessages(unittest.TestCase):
    """One table, two languages."""

    def test_portuguese_is_the_default(self) -> None:
        self.assertEqual((LANGUAGES, DEFAULT_LANGUAGE), (("pt", "en"), "pt"))

    def test_both_languages_have_the_same_fields(self) -> None:
        for key, (portuguese, english) in TEXTS.items():
            self.assertEqual(fields(portuguese), fields(english), key)
            self.assertTrue(portuguese and english, key)

    def test_every_text_can_be_filled_in(self) -> None:
        for language in LANGUAGES:
            for key, texts in TEXTS.items():
                filled: Dict[str, object] = {name: f"<{name}>" for name in fields(texts[0])}
                said = Messages(language)(key, **filled)
                for value in filled.values():
                    self.assertIn(str(value), said)

    def test_every_text_is_one_printable_line(self) -> None:
        for key, texts in TEXTS.items():
            for text in texts:
                self.assertTrue(text.isprintable(), key)

    def test_a_language_has_its_own_texts(self) -> None:
        self.assertEqual(Messages("pt")("joined", nick="ana", count=2), "ana entrou (2 online)")
        self.assertEqual(Messages("en")("joined", nick="ana", count=2), "ana joined (2 online)")

    def test_the_first_line_of_the_server_is_that_of_the_assignment(self) -> None:
        said = Messages("pt")("listening", address="127.0.0.1:50001")
        self.assertEqual(said, "Servidor escutando em 127.0.0.1:50001...")

    def test_what_people_wrote_is_not_taken_for_a_field(self) -> None:
        self.assertEqual(Messages("en")("joined", nick="{count}{x}%s", count=1), "{count}{x}%s joined (1 online)")

    def test_unknown_keys_and_languages_are_errors(self) -> None:
        with self.assertRaises(ValueError):
            Messages("fr")
        with self.assertRaises(KeyError):
            Messages("pt")("no such text")

    def test_every_text_that_the_programs_ask_for_exists(self) -> None:
        keys = literal_keys()
        self.assertGreater(len(keys), 10)
        self.assertEqual(keys - set(TEXTS), set())
