"""What a package holds, and what a Python that is too old is told."""

from __future__ import annotations

import ast
import datetime
import re
import unittest

from minichat import __version__
from tests.program import run_program
from tests.support import ROOT

# As an old interpreter, as far as the guard can see.
OLD = """
import runpy, sys
sys.version_info = (3, 8, 18, "final", 0)
sys.argv[1:] = {arguments!r}
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


class TheSdist(unittest.TestCase):
    """It holds what its tests need; scripts/check unpacks and runs it."""

    def test_every_folder_of_the_checkout_goes_into_the_sdist(self) -> None:
        """Trap 59."""
        grafted = {
            line.split()[1] for line in (ROOT / "MANIFEST.in").read_text().splitlines() if line.startswith("graft ")
        }
        ignored = {line.strip("/\n") for line in (ROOT / ".gitignore").read_text().splitlines()}
        folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != ".git"}
        folders = {name for name in folders - ignored if not name.endswith((".egg-info", "__pycache__"))}
        self.assertEqual(folders, grafted)

    def test_the_gate_refuses_an_sdist_without_tests(self) -> None:
        """Trap 59."""
        check = (ROOT / "scripts" / "check").read_text()
        self.assertIn("for folder in .ci minichat scripts tests; do", check)
        self.assertIn('if [ "$count" -lt 900 ]', check)


class TheVersion(unittest.TestCase):
    def test_the_newest_changes_are_those_of_this_version(self) -> None:
        titles = re.findall(r"^## (.*)$", (ROOT / "CHANGES.md").read_text(encoding="utf-8"), re.MULTILINE)
        versions = [re.fullmatch(r"(\d+\.\d+\.\d+) \((.+)\)", title) for title in titles]
        self.assertTrue(all(versions), titles)
        dates = [datetime.date.fromisoformat(found[2]) for found in versions if found]
        self.assertEqual(dates, sorted(dates, reverse=True))
        self.assertEqual(next(found[1] for found in versions if found), __version__)


class OldPythons(unittest.TestCase):
    """A Python that is too old gets a sentence, not a traceback."""

    def test_every_way_to_start_says_what_is_needed(self) -> None:
        """Trap 59."""
        for module, arguments in (
            ("minichat.server", ["--port", "0"]),
            ("minichat.client", []),
            ("minichat", ["server"]),
            ("minichat.trace", []),
        ):
            with self.subTest(module):
                status, output, errors = run_program("-c", OLD.format(module=module, arguments=arguments))
                self.assertEqual((status, output), (1, ""))
                self.assertRegex(errors, r"\Aminichat: .*3\.9.*or newer \(this is 3\.8\)\n\Z")

    def test_an_old_python_can_read_the_file_that_says_so(self) -> None:
        """Trap 59."""
        source = (ROOT / "minichat" / "__init__.py").read_text("ascii")  # Python 2 reads no other letters
        tree = ast.parse(source, feature_version=(3, 4))
        imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        self.assertEqual(imported, ["sys"])
        self.assertFalse([node for node in ast.walk(tree) if isinstance(node, (ast.ImportFrom, ast.JoinedStr))])


if __name__ == "__main__":
    unittest.main()
