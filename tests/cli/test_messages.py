"""What the programs tell people: the same in both languages."""

from __future__ import annotations

import ast
import string
import unittest
from typing import Dict, Iterator, List, Set

from minichat.chat import protocol
from minichat.chat.parser import Bye, Err, Join, Leave, Message
from minichat.cli import messages
from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES, Messages
from minichat.client import options as client
from minichat.client import show
from minichat.client.ends import End, Why
from minichat.server import options as server
from tests.support import ROOT

TEXTS = messages._TEXTS

# Who is given the key of a text, and as which argument.
ASKING = {"messages": 0, "_messages": 0, "_status": 0, "_tell": 0, "_explain": 0, "_fail": 0, "_end_with": 1}
LEAVE_REASONS = ("quit", "gone", "too_slow", "timeout", "error")


def fields(text: str) -> Set[str]:
    """The names of the fields in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def literals(node: ast.expr, function: ast.AST) -> Set[str]:
    """The strings that an expression in ``function`` can be, as far as they stand in its source."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    parts: List[ast.expr] = []
    if isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = node.values
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        parts = [node.func.value, *node.args[1:]]
    elif isinstance(node, ast.Name):
        parts = list(values_of(node.id, function))
    return set().union(*(literals(part, function) for part in parts))


def values_of(name: str, function: ast.AST) -> Iterator[ast.expr]:
    """What a variable is set to anywhere in ``function``."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and name in [ast.unparse(target) for target in node.targets]:
            yield node.value
        elif isinstance(node, ast.For) and ast.unparse(node.target) == name:
            yield node.iter


def asked_in(source: str) -> Set[str]:
    """The keys that a source asks for by name."""
    keys: Set[str] = set()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    position = ASKING.get(ast.unparse(node.func).rpartition(".")[2], len(node.args))
                    for argument in node.args[position : position + 1]:
                        keys |= literals(argument, function)
    return keys


def asked_keys() -> Dict[str, Set[str]]:
    """The keys that each file of minichat asks for by name."""
    paths = sorted((ROOT / "minichat").rglob("*.py"))
    asked = {str(path.relative_to(ROOT)): asked_in(path.read_text("utf-8")) for path in paths}
    return {path: keys for path, keys in asked.items() if keys}


def error_codes() -> Set[str]:
    """Every code that a line ERR can have."""
    constants = {name: value for name, value in vars(protocol).items() if name.isupper() and name[0] != "_"}
    return {value for value in constants.values() if isinstance(value, str) and value.isascii()}


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


class Asked(unittest.TestCase):
    """Every text that is asked for exists; a failure says which one does not, and who asks."""

    def check(self, asker: str, *keys: str) -> None:
        """Fail with the keys that have no text."""
        missing = sorted(set(keys) - set(TEXTS))
        self.assertEqual(missing, [], f"asked for in {asker}, and not in minichat/cli/messages.py")

    def test_a_source_is_read_for_the_keys_that_it_asks_for(self) -> None:
        for source, keys in (
            ("self._tell('a', n=1); self._end_with(1, 'b'); messages('c'); other('d')", {"a", "b", "c"}),
            ("key = 'a' if x == 'b' else 'c'; self._messages(key)", {"a", "c"}),
            ("for key in ('a', 'b'): self._tell(key)", {"a", "b"}),
            ("keys = {1: 'a'}; self._fail(keys.get(getattr(error, 'x'), 'b'))", {"a", "b"}),
            ("self._explain(code); self._status(f'x_{name}')", set()),
        ):
            body = source.replace("for key in ('a', 'b'): ", "for key in ('a', 'b'):\n  ")
            lines = "\n".join(" " + line for line in body.split("\n"))
            self.assertEqual(asked_in("def f(self, code):\n" + lines), keys, source)

    def test_what_a_file_asks_for_by_name(self) -> None:
        asked = asked_keys()
        self.assertGreater(sum(map(len, asked.values())), 50)
        for path, keys in asked.items():
            with self.subTest(path):
                self.check(path, *keys)

    def test_the_help_of_every_option(self) -> None:
        for program, about in ((server, "server_about"), (client, "client_about")):
            names = [option.name for option in program.OPTIONS]
            for name in (*names, *program.FLAGS, "help", "version"):
                with self.subTest(program.__name__, option=name):
                    self.check(program.__name__, f"help_{name}")
            self.check(program.__name__, about)

    def test_what_each_line_of_the_server_means(self) -> None:
        said: List[Message] = [Join("ana"), Bye(False), Bye(True)]
        said += [Leave("ana", reason) for reason in LEAVE_REASONS]
        said += [Err(code) for code in error_codes()]
        for message in said:
            with self.subTest(message):
                self.check("client/show.py", show._meaning_key(message))
        self.check("client/show.py", "means_who")

    def test_each_way_in_which_a_client_is_not_let_in(self) -> None:
        self.check("client/ends.py", protocol.NICK_IN_USE, protocol.NICK_INVALID)
        for why in set(Why) - {Why.BAD_NICK, Why.BYE}:
            with self.subTest(why):
                self.check("client/ends.py", End(why).text_key)


if __name__ == "__main__":
    unittest.main()
