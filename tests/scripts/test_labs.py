"""The labs: each lesson shows, on every system that runs the tests, and has its page.

    python3 scripts/labs/run.py 1 --lang en
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from tests.program import Program, run_program
from tests.support import PATIENCE_SECONDS

LABS = range(1, 13)
AT_ONCE = 4  # most of them wait most of the time
LAB_SECONDS = 3 * PATIENCE_SECONDS


def start(*arguments: str, variables: Optional[Dict[str, str]] = None) -> Program:
    """``run.py`` with these arguments, under way."""
    variables = {"PYTHONIOENCODING": "utf-8", **(variables or {})}
    return Program("scripts/labs/run.py", *arguments, stdin=subprocess.DEVNULL, variables=variables)


def run(*arguments: str) -> Tuple[int, str, str]:
    """The same to its end: exit status and what it printed."""
    with start(*arguments) as program:
        return program.finish(LAB_SECONDS)


class Labs(unittest.TestCase):
    """What holds for every lab that was played."""

    runs: Dict[int, Tuple[int, str, str]]

    @classmethod
    def play(cls, *numbers: int) -> None:
        """Play these, some at a time, every second one in English."""
        cls.runs = {}
        for first in range(0, len(numbers), AT_ONCE):
            some = numbers[first : first + AT_ONCE]
            running = [start(str(number), "--yes", "--lang", ("pt", "en")[number % 2]) for number in some]
            for program in running:
                cls.addClassCleanup(program.__exit__)
            cls.runs.update(zip(some, (program.finish(LAB_SECONDS) for program in running)))

    def check_every_lesson_shows_and_every_trace_is_good(self) -> None:
        """Assert that they all ended so."""
        for number, (status, output, errors) in self.runs.items():
            with self.subTest(number):
                self.assertEqual((status, errors), (0, ""), output)
                last = ("A lição apareceu, e o registro confere.", "The lesson showed, and the trace is good.")
                self.assertEqual(output.splitlines()[-1], last[number % 2])

    def check_what_they_print_fits_a_projector(self) -> None:
        """Assert that no line is too long."""
        for number, (_, output, _) in self.runs.items():
            for line in output.splitlines():
                self.assertLessEqual(len(line), 100, (number, line))


@unittest.skipIf(sys.platform == "win32", "the labs stop and continue processes")
class Smoke(Labs):
    """Two of the quick ones; all are in tests/scripts/whole.py, which scripts/check runs."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.play(2, 3)

    def test_every_lesson_shows_and_every_trace_is_good(self) -> None:
        self.check_every_lesson_shows_and_every_trace_is_good()

    def test_what_they_print_fits_a_projector(self) -> None:
        self.check_what_they_print_fits_a_projector()

    def test_a_lesson_that_does_not_show_is_told_and_status_1(self) -> None:
        code = (
            "import sys; sys.path.insert(0, 'scripts'); from labs import run, stage, reading\n"
            "reading.PIECES = (b'/nick', b' bom rapaz\\n')\n"
            "sys.argv = ['run.py', '1', '--yes']\n"
            "sys.exit(run.main())"
        )
        status, output, errors = run_program("-c", code, seconds=LAB_SECONDS, variables={"PYTHONIOENCODING": "utf-8"})
        self.assertEqual(status, 1, output + errors)
        self.assertRegex(errors, r"\AA lição não apareceu: [^\n]+\n\Z")


@unittest.skipIf(sys.platform == "win32", "a matter of POSIX signals and shells")
class BadLuck(unittest.TestCase):
    def test_whatever_ends_it_nothing_that_it_started_is_left(self) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(number), tempfile.TemporaryDirectory() as folder:
                program = start("7", "--yes", variables={"TMPDIR": folder})
                self.addCleanup(program.__exit__)
                program.output.until("→")  # there is a server now
                self.assertNotEqual(list(Path(folder).iterdir()), [])
                program.kill(number)
                status, _, errors = program.finish()
                self.assertEqual((status, errors), (128 + number, ""))
                self.assertEqual(list(Path(folder).iterdir()), [])

    def check_told(self, command: str, status: int, told: str) -> None:
        """Assert what a shell sees of ``run.py``: its status, and one line or nothing on standard error."""
        command = f"set -o pipefail; {command.replace('run.py', f'{sys.executable} scripts/labs/run.py')}"
        variables = {"PYTHONIOENCODING": "latin-1"}  # which has no arrows
        with Program("bash", "-c", command, interpreter=(), stdin=subprocess.DEVNULL, variables=variables) as shell:
            shell.output.encoding = shell.errors.encoding = "latin-1"
            ended, _, errors = shell.finish(LAB_SECONDS)
        self.assertEqual(ended, status, errors)
        self.assertRegex(errors, rf"\A{told}\Z")

    def test_a_reader_who_has_seen_enough_is_no_error(self) -> None:
        self.check_told("run.py 1 --yes | head -1", 0, "")
        self.check_told("run.py | true", 0, "")

    def test_what_cannot_be_written_is_told_in_one_line(self) -> None:
        self.check_told("run.py --pages /dev/null", 1, "não é possível escrever em /dev/null: [^\n]+\n")
        if Path("/dev/full").exists():
            self.check_told("run.py >/dev/full", 1, "não é possível escrever em stdout: [^\n]+\n")

    def test_without_an_input_it_asks_nobody(self) -> None:
        self.check_told("run.py 2 --lang en <&-", 0, "")


class Pages(unittest.TestCase):
    def test_they_are_listed(self) -> None:
        for language, title in (("pt", "o laço quente"), ("en", "the hot loop")):
            status, output, _ = run("--lang", language)
            self.assertEqual((status, len(output.splitlines())), (0, len(LABS)))
            self.assertIn(f"  4  {title}\n", output)

    def test_a_lab_that_is_not_there_is_told(self) -> None:
        status, output, errors = run("13")
        self.assertEqual((status, output), (2, ""))
        self.assertEqual(errors, "não existe o lab 13; há de 1 a 12\n")

    def test_there_is_a_page_for_each_from_the_same_text(self) -> None:
        for language, heading in (("pt", "## Antes: qual é o seu palpite?"), ("en", "## Before: what do you predict?")):
            with tempfile.TemporaryDirectory() as folder:
                self.assertEqual(run("--pages", folder, "--lang", language)[0], 0)
                pages: List[Path] = sorted(Path(folder).iterdir())
                self.assertEqual([page.name for page in pages], [f"lab-{number:02}.md" for number in LABS])
                for number, page in zip(LABS, pages):
                    text = page.read_text("utf-8")
                    self.assertTrue(text.startswith(f"# Lab {number}: "), page)
                    self.assertIn(f"\n{heading}\n", text)
                    self.assertIn(f"python3 scripts/labs/run.py {number}\n", text)


if __name__ == "__main__":
    unittest.main()
