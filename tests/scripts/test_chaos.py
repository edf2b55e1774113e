"""scripts/chaos.py: it passes on minichat, and it can fail."""

from __future__ import annotations

import subprocess
import sys
import unittest
from typing import ClassVar, Dict, Tuple

from tests.program import environment
from tests.support import PATIENCE_SECONDS, ROOT

SEED = 3
# Each planted bug of tests/scripts/broken_server with a word of what is found, as a regular expression.
FOUND = {
    "lose": "not one unbroken stretch|missed what was said",  # in the middle, or at the end
    "double": "not one unbroken stretch",
    "reorder": "not one unbroken stretch",
    "leak": "somebody else's message|twice or out of order",  # the second to its addressee
    "lose-letter": "a direct message was lost|not the answer to that line",  # the second to oneself
}


def start(seconds: float, *options: str) -> subprocess.Popen[str]:
    """A chaos run under way."""
    command = [sys.executable, "scripts/chaos.py", "--seconds", str(seconds), "--seed", str(SEED), *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", cwd=ROOT,
        env=environment(PYTHONIOENCODING="utf-8"),
    )  # fmt: skip


def finish(run: subprocess.Popen[str]) -> Tuple[int, str]:
    """Its exit status and what it printed."""
    try:
        output, _ = run.communicate(timeout=6 * PATIENCE_SECONDS)  # it has more patience itself
    except subprocess.TimeoutExpired:
        run.terminate()  # it ends its own processes
        output, _ = run.communicate()
    return run.returncode, output


@unittest.skipIf(sys.platform == "win32", "it stops and continues processes")
class Chaos(unittest.TestCase):
    """A few seconds of it; a long run is for scripts/chaos.py itself."""

    results: ClassVar[Dict[str, Tuple[int, str]]] = {}  # by planted bug; "" is minichat itself

    @classmethod
    def setUpClass(cls) -> None:
        # All at the same time.  A run ends with the first violation: the many
        # seconds are for a machine that has much else to do.
        server = f"{sys.executable} -m tests.scripts.broken_server"
        runs = {bug: start(20, "--clients", "15", "--server", f"{server} {bug}") for bug in FOUND}
        runs[""] = start(3)
        cls.results = {bug: finish(run) for bug, run in runs.items()}

    def test_minichat_passes(self) -> None:
        status, output = self.results[""]
        self.assertEqual(status, 0, output)
        self.assertIn("0 violations; again: python3 scripts/chaos.py --seconds 3 --seed 3", output)

    def test_every_planted_bug_is_found(self) -> None:
        for bug, found in FOUND.items():
            with self.subTest(bug):
                status, output = self.results[bug]
                self.assertEqual(status, 1, output)
                self.assertRegex(output, found)


if __name__ == "__main__":
    unittest.main()
