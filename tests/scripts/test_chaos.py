"""scripts/chaos.py: a smoke of it.

The longer run, and that every planted bug is found, is in tests/scripts/whole.py,
which scripts/check runs: there everything takes as long as it takes.
"""

from __future__ import annotations

import subprocess
import sys
import unittest

from tests.program import Program
from tests.support import PATIENCE_SECONDS

SEED = 3
CHAOS_SECONDS = 6 * PATIENCE_SECONDS  # it has more patience itself


def start(seconds: float, *options: str) -> Program:
    """A chaos run under way."""
    arguments = ("scripts/chaos.py", "--seconds", str(seconds), "--seed", str(SEED), *options)
    return Program(*arguments, stderr=subprocess.STDOUT, variables={"PYTHONIOENCODING": "utf-8"})


@unittest.skipIf(sys.platform == "win32", "it stops and continues processes")
class Chaos(unittest.TestCase):
    def test_minichat_passes(self) -> None:
        with start(0.3, "--clients", "12") as run:
            status, output, _ = run.finish(CHAOS_SECONDS)
        self.assertEqual(status, 0, output)
        self.assertIn("0 violations; again: python3 scripts/chaos.py --seconds 0.3 --seed 3 --clients 12", output)

    def test_a_server_that_does_not_start_is_told_with_its_errors(self) -> None:
        with start(0.3, "--server", f"{sys.executable} -m no.such.server") as run:
            status, output, _ = run.finish(CHAOS_SECONDS)
        self.assertEqual(status, 1)
        self.assertIn("chaos: the server did not start", output)
        self.assertIn("No module named", output)


if __name__ == "__main__":
    unittest.main()
