"""What every module must keep to; read from the sources, so that it stays so."""

from __future__ import annotations

import ast
import doctest
import functools
import importlib
import io
import unittest
from pathlib import Path
from typing import AbstractSet, Dict, FrozenSet, Iterator, Set, Tuple, Union

from tests.support import ROOT

PACKAGE = ROOT / "minichat"
MODULE_LINES = 400
FUNCTION_LINES = 45

# All of the standard library that minichat uses.  A name more is a decision.
ALLOWED = {
    *("__future__", "argparse", "base64", "binascii", "codecs", "collections", "difflib", "enum", "errno"),
    *("fcntl", "functools", "hashlib", "heapq", "html", "importlib", "io", "ipaddress", "itertools", "json", "logging"),
    *("math", "os", "pathlib", "platform", "random", "re", "resource", "select", "selectors", "shutil", "signal"),
    *("socket", "struct", "sys", "tempfile", "termios", "threading", "time", "typing"),
    *("unicodedata", "urllib", "minichat"),
}

TEST_NAME_CHARACTERS = 60  # without test_

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


def name_of(path: Path) -> str:
    """``minichat.net.reactor`` for minichat/net/reactor.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES: Dict[str, str] = {name_of(path): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
TREES: Dict[str, ast.Module] = {name: ast.parse(source) for name, source in SOURCES.items()}


@functools.cache
def imports(tree: ast.AST) -> FrozenSet[str]:
    """Everything imported anywhere in a module, with what is taken from it."""
    found: Set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "imports are written in full"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


# Which wings each wing may know.  A program loads the trace wing and the web wing only when they are asked for.
BELOW: Dict[str, Set[str]] = {
    "limits": set(),
    "chat": set(),
    "net": {"limits"},
    "cli": {"limits", "minichat"},
    "tty": {"net", "cli"},
    "server": {"limits", "chat", "net", "cli", "trace", "web"},
    "web": {"limits", "net", "cli", "server", "trace"},
    "client": {"limits", "chat", "net", "cli", "tty", "trace"},
    "trace": {"limits", "chat", "net", "cli", "tty", "server", "web", "minichat"},
    "minichat": set(),
    "__main__": {"server", "client"},
}


def wing_of(name: str) -> str:
    """The wing of a module: ``net`` for minichat.net.reactor, and the name of what is loose at the top."""
    return name.split(".")[1] if "." in name else name


def files_of(names: AbstractSet[str]) -> Set[str]:
    """The modules of minichat among some imported names."""
    return {name for name in names if name in TREES and not is_package(name)}


def is_package(name: str) -> bool:
    """True for a folder, whose __init__ says only what it is for; the top has the version besides."""
    return name != "minichat" and (PACKAGE.parent / Path(*name.split(".")) / "__init__.py").exists()


def importers(of: str) -> Set[str]:
    """The modules that import ``of`` or something in it."""
    return {name for name, tree in TREES.items() if any((i + ".").startswith(of + ".") for i in imports(tree))}


def wing(name: str) -> Set[str]:
    """The modules of one wing of the house."""
    return {module for module in TREES if (module + ".").startswith(f"minichat.{name}.")}


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions and methods of a module."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


@functools.cache
def test_names() -> Tuple[Tuple[str, str], ...]:
    """Path below tests/ and name of every test."""
    return tuple(_read_names())


def _read_names() -> Iterator[Tuple[str, str]]:
    here = ROOT / "tests"
    for path in sorted(here.rglob("*.py")):
        for case in ast.walk(ast.parse(path.read_text("utf-8"))):
            for node in case.body if isinstance(case, ast.ClassDef) else ():
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                    yield path.relative_to(here).as_posix(), node.name


class TheHouse(unittest.TestCase):
    """Who may know whom."""

    def test_the_wings_are_found(self) -> None:
        self.assertLessEqual({"minichat.net.reactor", "minichat.chat.room", "minichat.server.server"}, set(TREES))
        self.assertIn("minichat.net.reactor", importers("selectors"))
        self.assertIn("minichat.chat.dispatcher", importers("minichat.chat.nick.legal_nick"))
        self.assertEqual(len(wing("chat")), 8)

    def test_no_import_goes_in_a_circle(self) -> None:
        graph = {name: files_of(imports(tree)) - {name} for name, tree in TREES.items()}
        self.assertEqual(graph["minichat.net.pool"] & wing("chat"), set())
        while True:
            leaves = {name for name, imported in graph.items() if not imported}
            if not leaves:
                break
            graph = {name: imported - leaves for name, imported in graph.items() if name not in leaves}
        self.assertEqual(graph, {}, "these import each other")

    def test_no_import_goes_upward(self) -> None:
        """A room may know its own wing and those below."""
        for name, tree in TREES.items():
            for imported in files_of(imports(tree)) - {name}:
                own, other = wing_of(name), wing_of(imported)
                self.assertTrue(own == other or BELOW[own] >= {other}, f"{name} imports {imported}")

    def test_net_and_chat_do_not_know_each_other(self) -> None:
        self.assertEqual(importers("minichat.chat") & wing("net"), set())
        self.assertEqual(importers("minichat.net") & wing("chat"), set())

    def test_the_wings_do_not_know_the_programs(self) -> None:
        inside = wing("net") | wing("chat") | wing("tty")
        for program in ("server", "client", "trace", "cli.options", "cli.messages"):
            self.assertEqual(importers(f"minichat.{program}") & inside, set(), program)

    def test_the_keyboard_and_the_screen_know_nothing_of_the_chat(self) -> None:
        self.assertEqual(importers("minichat.chat") & wing("tty"), set())

    def test_the_editor_knows_no_terminal(self) -> None:
        for module in ("os", "select", "signal", "termios", "minichat.net", "minichat.tty.terminal"):
            names = "completion display events graphemes history keymap keys lineedit question row search window"
            pure = {f"minichat.tty.{name}" for name in names.split()}
            self.assertEqual(importers(module) & pure, set(), module)

    def test_the_chat_has_never_seen_a_socket(self) -> None:
        for module in ("socket", "selectors", "select", "ssl", "os", "threading", "time", "logging"):
            self.assertEqual(importers(module) & wing("chat"), set(), module)

    def test_the_bytes_of_the_web_have_never_seen_a_socket(self) -> None:
        names = "answers frames head history looppage page weblines"
        pure = {f"minichat.web.{name}" for name in names.split()}
        self.assertLessEqual(pure, set(TREES))
        for module in ("socket", "selectors", "minichat.server", "minichat.net.connection", "http", "email"):
            self.assertEqual(importers(module) & pure, set(), module)
        self.assertEqual(importers("minichat.chat") & wing("web"), set())

    def test_the_web_is_known_only_where_it_is_chosen(self) -> None:
        known = {"minichat.server.run", "minichat.trace.watchedweb"}
        self.assertEqual(importers("minichat.web") - wing("web"), known)

    def test_only_the_reactor_makes_a_selector(self) -> None:
        for name in set(TREES) - {"minichat.net.reactor", "minichat.server.run", "minichat.client.run"}:
            for node in ast.walk(TREES[name]):
                if isinstance(node, ast.Import):  # the whole module, and with it every selector
                    self.assertNotIn("selectors", [alias.name for alias in node.names], name)
                elif isinstance(node, ast.ImportFrom) and node.module == "selectors":
                    self.assertLessEqual({alias.name for alias in node.names}, {"EVENT_READ", "EVENT_WRITE"}, name)

    def test_only_terminal_and_kernel_sample_import_termios(self) -> None:
        self.assertEqual(importers("termios"), {"minichat.tty.terminal", "minichat.trace.kernel"})
        self.assertEqual(importers("tty"), set())

    def test_nothing_imports_asyncio_or_anything_from_outside(self) -> None:
        for name, tree in TREES.items():
            self.assertLessEqual({i.partition(".")[0] for i in imports(tree)}, ALLOWED, name)
        self.assertNotIn("asyncio", ALLOWED)

    def test_only_the_programs_are_imported_by_a_name_made_at_run_time(self) -> None:
        self.assertLessEqual(importers("importlib"), {"minichat.__main__"})
        self.assertNotIn("__import__", "".join(SOURCES.values()))

    def test_there_are_no_coroutines(self) -> None:
        for name, tree in TREES.items():
            for node in ast.walk(tree):
                self.assertNotIsInstance(node, (ast.AsyncFunctionDef, ast.Await), name)

    def test_only_monotonic_time_is_told(self) -> None:
        for name, tree in TREES.items():
            used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            self.assertNotIn("time.time", used, name)


class TheStyle(unittest.TestCase):
    """Small enough to be read."""

    def test_every_module_says_what_it_is_for(self) -> None:
        for name, tree in TREES.items():
            self.assertTrue(ast.get_docstring(tree), name)

    def test_every_public_class_and_function_says_what_it_does(self) -> None:
        for name, tree in TREES.items():
            for node in ast.walk(tree):
                if isinstance(node, (ast.ClassDef, ast.Module)):
                    for child in node.body:
                        if isinstance(child, (ast.ClassDef, ast.FunctionDef)) and not child.name.startswith("_"):
                            inherited = isinstance(node, ast.ClassDef) and node.bases
                            self.assertTrue(ast.get_docstring(child) or inherited, f"{name}.{child.name}")

    def test_no_module_is_too_long(self) -> None:
        for name, source in SOURCES.items():
            self.assertLessEqual(source.count("\n"), MODULE_LINES, name)

    def test_no_function_is_too_long(self) -> None:
        for name, tree in TREES.items():
            for function in functions(tree):
                lines = (function.end_lineno or 0) - function.lineno + 1
                self.assertLessEqual(lines, FUNCTION_LINES, f"{name}.{function.name}")

    def test_no_except_catches_everything(self) -> None:
        for name, tree in TREES.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ExceptHandler):
                    self.assertIsNotNone(node.type, f"{name}, line {node.lineno}")


class TheTests(unittest.TestCase):
    """What holds for the tests themselves."""

    def test_a_test_is_named_by_a_sentence_that_fits_a_line(self) -> None:
        long = {
            (path, name[len("test_") :])
            for path, name in test_names()
            if len(name) - len("test_") > TEST_NAME_CHARACTERS
        }
        self.assertEqual(long, set(), f"more than {TEST_NAME_CHARACTERS} characters")


class TheExamples(unittest.TestCase):
    """What the docstrings show is true."""

    def test_the_examples_of_the_docstrings_are_true(self) -> None:
        attempted = 0
        for name in TREES:
            with self.subTest(name):
                for example in doctest.DocTestFinder().find(importlib.import_module(name)):
                    report = io.StringIO()
                    failed, tried = doctest.DocTestRunner().run(example, out=report.write)[:2]
                    attempted += tried
                    self.assertEqual(failed, 0, report.getvalue())
        self.assertGreater(attempted, 20)
