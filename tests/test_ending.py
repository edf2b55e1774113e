"""Programs for developers whose output takes no more: nobody reads on, or the disk is full."""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path
from typing import Any, Tuple

from tests.program import run_program

PROGRAMS = (
    ("-m", "tests.simulation", "--bugs"),
    ("-m", "tests.tty.fuzzing", "--seeds", "1"),
    ("scripts/attacks.py", "--list"),
    ("scripts/bench.py", "--help"),
    ("scripts/chaos.py", "--help"),
    ("scripts/demo.py", "--help", "--lang", "en"),
    ("scripts/echo.py", "--help"),
    ("scripts/exercises.py", "--lang", "en"),
    ("scripts/grade.py", "--help", "--lang", "en"),
    ("scripts/way.py",),
)
OF_A_SOCKET = "raise BrokenPipeError"
SAYS_AND_EXITS = "print('olá'); sys.exit(7)"


def ended(main: str, **how: Any) -> Tuple[int, str, str]:
    """Run a program whose ``main`` is these statements; return what run_program returns."""
    body = f"import sys\nfrom tests.ending import end_with\ndef main():\n    {main}\nend_with('prog', main)"
    return run_program("-c", body, **how)


class Ending(unittest.TestCase):
    def gone(self) -> int:
        """Return the descriptor of a pipe that nobody reads."""
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        return writer

    @unittest.skipIf(sys.platform == "win32", "a pipe without a reader is another error there")
    def test_a_program_whose_reader_is_gone_ends_quietly(self) -> None:
        writer = self.gone()
        for program in PROGRAMS:
            with self.subTest(program):
                status, _, errors = run_program(*program, stdout=writer)
                self.assertEqual((status, errors), (0, ""))

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_a_program_whose_disk_is_full_says_so_in_one_line(self) -> None:
        for program in PROGRAMS:
            with self.subTest(program):
                status, _, errors = run_program(*program, redirect=">/dev/full")
                self.assertEqual(status, 2 if "scripts/grade.py" in program else 1)
                self.assertRegex(errors, r"\A[a-z.]+: cannot write the output \(No space left on device\); [^\n]+\n\Z")

    def test_a_broken_pipe_that_is_not_the_output_is_told(self) -> None:
        status, _, errors = ended(OF_A_SOCKET)
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"\ATraceback (?s:.*)\nBrokenPipeError\n\Z")

    def test_the_status_is_that_of_the_program(self) -> None:
        self.assertEqual(ended("return 3"), (3, "", ""))
        self.assertEqual(ended(SAYS_AND_EXITS, variables={"PYTHONIOENCODING": "utf-8"}), (7, "olá\n", ""))
        if sys.platform != "win32":
            self.assertEqual(ended(SAYS_AND_EXITS, redirect=">&-"), (7, "", ""))


if __name__ == "__main__":
    unittest.main()
