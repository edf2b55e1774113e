"""What a text tells people to type is what started the program."""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
import types
import unittest
from typing import Dict, Optional

from minichat.cli import programs
from minichat.cli.messages import Messages
from tests.program import run_program
from tests.support import ROOT


def started_as(name: Optional[str]) -> Dict[str, types.ModuleType]:
    """The modules of a process that was started with ``-m name``, or by a console script."""
    main = types.ModuleType("__main__")
    main.__spec__ = None if name is None else importlib.machinery.ModuleSpec(name, None)
    return {"__main__": main}


class Typed(unittest.TestCase):
    def test_from_a_checkout_it_is_the_module(self) -> None:
        for name in ("minichat.server.__main__", "minichat.client.__main__", "minichat.__main__"):
            modules = started_as(name)
            self.assertEqual(programs.typed(programs.SERVER, modules, "linux"), "python3 -m minichat.server")
            self.assertEqual(programs.typed(programs.CLIENT, modules, "linux"), "python3 -m minichat.client")

    def test_on_windows_the_launcher_starts_it(self) -> None:
        modules = started_as("minichat.server.__main__")
        self.assertEqual(programs.typed(programs.CLIENT, modules, "win32"), "py -m minichat.client")

    def test_installed_it_is_the_script(self) -> None:
        for modules in (started_as(None), started_as("unittest.__main__"), {}):
            self.assertEqual(programs.typed(programs.CLIENT, modules, "linux"), "minichat-client")

    def test_the_modules_are_those_that_can_be_started(self) -> None:
        for module in programs.MODULES.values():
            self.assertTrue(callable(importlib.import_module(f"{module}.__main__").main))


class Told(unittest.TestCase):
    """What the programs really say."""

    def test_help_begins_with_what_was_typed(self) -> None:
        python = "py" if sys.platform == "win32" else "python3"
        for name in ("server", "client"):
            status, output, errors = run_program("-m", f"minichat.{name}", "--help")
            self.assertEqual((status, errors), (0, ""))
            self.assertTrue(output.startswith(f"uso: {python} -m minichat.{name} [-h]"), output)

    def test_a_wrong_option_points_at_a_help_that_exists(self) -> None:
        python = "py" if sys.platform == "win32" else "python3"
        _, _, errors = run_program("-m", "minichat", "client", "--port", "0", variables={"MINICHAT_LANG": "en"})
        self.assertTrue(errors.endswith(f"; see {python} -m minichat.client --help\n"), errors)
        started = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from minichat.client.__main__ import main; main()"
        _, _, errors = run_program("-c", started, "--port", "0", variables={"MINICHAT_LANG": "en"})
        self.assertTrue(errors.endswith("; see minichat-client --help\n"), errors)

    def test_every_text_that_names_a_program_can_be_typed(self) -> None:
        for language in ("pt", "en"):
            messages = Messages(language, lambda program: f"<{program}>")
            fields = {"host": "h", "port": 1, "error": "e"}
            for key in ("reachable", "reachable_unknown", "paste_too_long"):
                self.assertIn("<minichat-client>", messages(key, **fields))
            self.assertIn("<minichat-server>", messages("no_server", **fields))
