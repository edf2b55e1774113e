"""A reader in the order of the house's page meets nothing unknown, and the turn is quoted to the letter."""

from __future__ import annotations

import ast
import re
import textwrap
import unittest
from pathlib import Path
from typing import List, Set

from tests.pages.markdown import FIRST, GUIDE, HOUSE
from tests.support import ROOT


class ReadingOrder(unittest.TestCase):
    CORE_STEPS, CORE_LINES = 8, 1500
    ON_TRUST_UNTIL = 12  # the files of the steps up to here may be used before they are read

    def steps(self) -> List[List[str]]:
        """The files of minichat in each step."""
        lines = re.findall(r"^\d+\. (.*)$", HOUSE.section("Reading order"), re.MULTILINE)
        return [[f"minichat/{path}" for path in re.findall(r"\]\(([^).][^)]*\.py)\)", line)] for line in lines]

    def test_each_file_imports_only_what_came_before_it(self) -> None:
        steps = self.steps()
        on_trust = {path for step in steps[self.CORE_STEPS : self.ON_TRUST_UNTIL] for path in step}
        order = [path for step in steps for path in step]
        self.assertGreater(len(order), 10)
        seen: Set[str] = set()
        for path in order:
            imported = self.imports(ROOT / path)
            for later in set(order) - seen - (on_trust if path not in on_trust else set()):
                self.assertNotIn(later, imported, f"{path} needs what is read after it")
            seen.add(path)

    def test_every_module_stands_in_one_step(self) -> None:
        order = [path for step in self.steps() for path in step]
        modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "minichat").rglob("*.py")}
        self.assertEqual(sorted(order), sorted(path for path in modules if "__init__" not in path))

    def test_every_step_has_a_test_to_read(self) -> None:
        for step in re.findall(r"^\d+\. .*$", HOUSE.section("Reading order"), re.MULTILINE):
            self.assertTrue("](../tests/" in step or "the same test" in step, step)

    def test_what_a_trap_is_is_said_before_the_first_step(self) -> None:
        before = HOUSE.section("Reading order").partition("\n1. ")[0]
        self.assertIn("../tests/README.md#traps", before)

    def test_the_core_is_small_enough_for_an_hour(self) -> None:
        """The files of the first steps: what is needed to understand the way of one line."""
        core = [path for step in self.steps()[: self.CORE_STEPS] for path in step]
        self.assertEqual(len(core), 10, core)
        lines = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in core}
        self.assertLessEqual(sum(lines.values()), self.CORE_LINES, lines)

    def test_the_page_says_how_much_there_is_after_the_core(self) -> None:
        lines = [sum((ROOT / path).read_text(encoding="utf-8").count("\n") for path in step) for step in self.steps()]
        core, rest, client = (sum(lines[begin:end]) for begin, end in ((0, 8), (8, 12), (12, 21)))
        self.assertIn("Steps 9 to 12 have more than twice as many lines, the client (13 to 21) nearly four times",
                      HOUSE.section("Reading order"))  # fmt: skip
        self.assertTrue(2 < rest / core < 3, rest / core)
        self.assertTrue(3.5 < client / core < 4, client / core)

    def test_the_first_pages_say_how_small_the_core_is(self) -> None:
        self.assertIn(f"ten files, less than {self.CORE_LINES:,} lines", FIRST.text)
        self.assertIn("dez arquivos, menos de 1.500 linhas", GUIDE.text)

    def test_the_turn_is_quoted_to_the_letter(self) -> None:
        source = (ROOT / "minichat/server/server.py").read_text(encoding="utf-8")
        code = re.search(r"^ +reactor\.at_turn_end\(\n.*?^ +\)", source, re.MULTILINE | re.DOTALL)
        assert code is not None
        quoted = [block.lines for block in FIRST.blocks if block.section == "A turn"]
        self.assertEqual(quoted, [textwrap.dedent(code[0]).splitlines()])

    @staticmethod
    def imports(path: Path) -> Set[str]:
        """The files of minichat that a file imports anywhere, also for types only.

        The others load the wings of the trace and of the web only when they are asked for, so these are left out.
        """
        found: Set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("minichat"):
                names = [node.module or ""] + [f"{node.module}.{alias.name}" for alias in node.names]
                found.update(name.replace(".", "/") + ".py" for name in names)
        if path.parent.name in ("trace", "web"):
            return found
        return {name for name in found if not name.startswith(("minichat/trace/", "minichat/web/"))}


if __name__ == "__main__":
    unittest.main()
