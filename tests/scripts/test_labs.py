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

from tests.program import QUICK, environment
from tests.support import PATIENCE_SECONDS, ROOT

LABS = range(1, 13)
AT_ONCE = 4  # most of them wait most of the time


def start(*arguments: str, variables: Optional[Dict[str, str]] = None) -> subprocess.Popen[str]:
    """``run.py`` with these arguments."""
    return subprocess.Popen(
        [sys.executable, "scripts/labs/run.py", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT,
        env=environment(PYTHONIOENCODING="utf-8", **QUICK, **(variables or {})),
    )  # fmt: skip


def finish(run: subprocess.Popen[str]) -> Tuple[int, str, str]:
    """Its exit status and what it printed."""
    try:
        output, errors = run.communicate(timeout=3 * PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        output, errors = run.communicate()
    return run.returncode, output, errors


@unittest.skipIf(sys.platform == "win32", "the labs stop and continue processes")
class Labs(unittest.TestCase):
    runs: Dict[int, Tuple[int, str, str]]

    @classmethod
    def setUpClass(cls) -> None:
        """All of them, some at a time, every second one in English."""
        cls.runs = {}
        for first in range(LABS[0], LABS[-1] + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, LABS[-1] + 1))
            running = [start(str(number), "--yes", "--lang", ("pt", "en")[number % 2]) for number in numbers]
            cls.runs.update(zip(numbers, map(finish, running)))

    def test_every_lesson_shows_and_every_trace_is_good(self) -> None:
        for number in LABS:
            status, output, errors = self.runs[number]
            with self.subTest(number):
                self.assertEqual((status, errors), (0, ""), output)
                last = ("A lição apareceu, e o registro confere.", "The lesson showed, and the trace is good.")
                self.assertEqual(output.splitlines()[-1], last[number % 2])

    def test_what_they_print_fits_a_projector(self) -> None:
        for number in LABS:
            for line in self.runs[number][1].splitlines():
                self.assertLessEqual(len(line), 100, (number, line))

    def test_a_lesson_that_does_not_show_is_told_and_status_1(self) -> None:
        code = (
            "import sys; sys.path.insert(0, 'scripts'); from labs import run, stage, reading\n"
            "reading.PIECES = (b'/nick', b' bom rapaz\\n')\n"
            "sys.argv = ['run.py', '1', '--yes']\n"
            "sys.exit(run.main())"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
                              encoding="utf-8", timeout=3 * PATIENCE_SECONDS,
                              env=environment(PYTHONIOENCODING="utf-8"))  # fmt: skip
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stderr, r"\AA lição não apareceu: [^\n]+\n\Z")


@unittest.skipIf(sys.platform == "win32", "a matter of POSIX signals and shells")
class BadLuck(unittest.TestCase):
    def test_whatever_ends_it_nothing_that_it_started_is_left(self) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(number), tempfile.TemporaryDirectory() as folder:
                run = start("7", "--yes", variables={"TMPDIR": folder})
                assert run.stdout is not None
                self.assertTrue(any("→" in line for line in run.stdout))  # there is a server now
                self.assertNotEqual(list(Path(folder).iterdir()), [])
                run.send_signal(number)
                status, _, errors = finish(run)
                self.assertEqual((status, errors), (128 + number, ""))
                self.assertEqual(list(Path(folder).iterdir()), [])

    def check_told(self, command: str, status: int, told: str) -> None:
        """Assert what a shell sees of ``run.py``: its status, and one line or nothing on standard error."""
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {command.replace('run.py', f'{sys.executable} scripts/labs/run.py')}"],
            cwd=ROOT, capture_output=True, text=True, encoding="latin-1", check=False, timeout=3 * PATIENCE_SECONDS,
            env=environment(PYTHONIOENCODING="latin-1"),
        )  # fmt: skip
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertRegex(done.stderr, rf"\A{told}\Z")

    def test_a_reader_who_has_seen_enough_is_no_error(self) -> None:
        self.check_told("run.py 1 --yes | head -1", 0, "")
        self.check_told("run.py | true", 0, "")

    def test_what_cannot_be_written_is_told_in_one_line(self) -> None:
        self.check_told("run.py --pages /dev/null", 1, "não é possível escrever em /dev/null: [^\n]+\n")
        if Path("/dev/full").exists():
            self.check_told("run.py >/dev/full", 1, "não é possível escrever em stdout: [^\n]+\n")

    def test_without_an_input_it_asks_nobody(self) -> None:
        self.check_told("run.py 1 --lang en <&-", 0, "")

    def test_few_files_are_enough_where_more_may_be_had(self) -> None:
        self.check_told("ulimit -Sn 256; run.py 12 --yes", 0, "")


class Pages(unittest.TestCase):
    def test_they_are_listed(self) -> None:
        for language, title in (("pt", "o laço quente"), ("en", "the hot loop")):
            status, output, _ = finish(start("--lang", language))
            self.assertEqual((status, len(output.splitlines())), (0, len(LABS)))
            self.assertIn(f"  4  {title}\n", output)

    def test_a_lab_that_is_not_there_is_told(self) -> None:
        status, output, errors = finish(start("13"))
        self.assertEqual((status, output), (2, ""))
        self.assertEqual(errors, "não existe o lab 13; há de 1 a 12\n")

    def test_there_is_a_page_for_each_from_the_same_text(self) -> None:
        for language, heading in (("pt", "## Antes: qual é o seu palpite?"), ("en", "## Before: what do you predict?")):
            with tempfile.TemporaryDirectory() as folder:
                self.assertEqual(finish(start("--pages", folder, "--lang", language))[0], 0)
                pages: List[Path] = sorted(Path(folder).iterdir())
                self.assertEqual([page.name for page in pages], [f"lab-{number:02}.md" for number in LABS])
                for number, page in zip(LABS, pages):
                    text = page.read_text("utf-8")
                    self.assertTrue(text.startswith(f"# Lab {number}: "), page)
                    self.assertIn(f"\n{heading}\n", text)
                    self.assertIn(f"python3 scripts/labs/run.py {number}\n", text)


if __name__ == "__main__":
    unittest.main()
