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
    ON_TRUST_UNTIL = 11  # the files of the steps up to here may be used before they are read

    def steps(self) -> List[List[str]]:
        """The files of minichat in each step."""
        lines = re.findall(r"^\d+\. (.*)$", HOUSE.section("Reading order"), re.MULTILINE)
        return [
            [f"minichat/{path}" for path in re.findall(r"\]\(([^).][^)]*\.py)\)", line)]
            for line in lines
        ]

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

    def test_the_core_is_small_enough_for_an_hour(self) -> None:
        """The files of the first steps: what is needed to understand the way of one line."""
        core = [path for step in self.steps()[: self.CORE_STEPS] for path in step]
        self.assertEqual(len(core), 10, core)
        lines = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in core}
        self.assertLessEqual(sum(lines.values()), self.CORE_LINES, lines)

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
        """The files of minichat that a file imports, without those for types only."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found: Set[str] = set()
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("minichat"):
                names = [node.module or ""] + [f"{node.module}.{alias.name}" for alias in node.names]
                found.update(name.replace(".", "/") + ".py" for name in names)
        return found


if __name__ == "__main__":
    unittest.main()
