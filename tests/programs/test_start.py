"""What a program loads before it does anything: a start is quick because that is little."""

from __future__ import annotations

import re
import unittest
from typing import Set

from tests.program import PYTHON, ServerProcess, run_program

OPTIONS_ONLY = {"cli", "limits"}  # wings for what is answered at once


def wings_loaded(program: str, *arguments: str) -> Set[str]:
    """Run ``program``; return the wings of minichat that it has imported by its end."""
    _, _, errors = run_program("-X", "importtime", "-m", f"minichat.{program}", *arguments)
    return set(re.findall(r"\| +minichat\.(\w+)", errors))


class WhatIsLoaded(unittest.TestCase):
    """Nothing is imported for those who did not ask for it."""

    def test_the_answer_to_an_option_needs_the_options_only(self) -> None:
        for program in ("server", "client"):
            for asked in ("--version", "--help", "--nonsense"):
                with self.subTest(program, asked=asked):
                    self.assertEqual(wings_loaded(program, asked), {program, *OPTIONS_ONLY})

    def test_a_server_loads_no_client_and_no_trace(self) -> None:
        loaded = wings_loaded("server", "--show-limits")
        self.assertEqual(loaded, {"server", "chat", "net", *OPTIONS_ONLY})

    def test_a_server_loads_the_web_only_with_web(self) -> None:
        with ServerProcess("--web", "0", interpreter=(*PYTHON, "-X", "importtime")) as server:
            errors = server.stop()[2]
        self.assertIn("minichat.web.house", errors)
        with ServerProcess(interpreter=(*PYTHON, "-X", "importtime")) as server:
            errors = server.stop()[2]
        self.assertNotIn("minichat.web", errors)
        for module in ("hashlib", "base64", "urllib"):
            self.assertNotRegex(errors, rf"\| +{module}\b")

    def test_a_client_loads_no_server_and_no_trace(self) -> None:
        loaded = wings_loaded("client", "--nick", "two\nlines")  # it is refused, and nothing is dialled
        self.assertEqual(loaded, {"client", "chat", "net", "tty", *OPTIONS_ONLY})


if __name__ == "__main__":
    unittest.main()
