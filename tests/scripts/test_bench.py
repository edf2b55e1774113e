"""``python3 scripts/bench.py``: it measures every case on every server, and counts right.

How fast anything is, is no matter here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path
from typing import Any, Dict, List, Tuple

from tests.program import environment
from tests.support import PATIENCE_SECONDS, ROOT

SVG = "{http://www.w3.org/2000/svg}"
TINY = ("--quick", "--seconds", "0.05")
CASES = {"fanout", "direct", "echo", "idle", "join", "churn", "growth"}


def start(*options: str) -> subprocess.Popen[str]:
    """A tiny run under way."""
    return subprocess.Popen(
        [sys.executable, "scripts/bench.py", *TINY, *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT,
        env=environment(PYTHONIOENCODING="utf-8"),
    )  # fmt: skip


def finish(run: subprocess.Popen[str]) -> Tuple[int, str, str]:
    """Its exit status and what it printed."""
    try:
        output, errors = run.communicate(timeout=3 * PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        run.terminate()  # it ends its own processes
        output, errors = run.communicate()
    return run.returncode, output, errors


@unittest.skipIf(sys.platform == "win32", "selectors wait for pipes on Unix only")
class Bench(unittest.TestCase):
    """Two tiny runs at the same time; a real one is for scripts/bench.py itself."""

    maxDiff = None
    runs: List[Tuple[int, str, str]]
    documents: List[Dict[str, Any]]
    samples: List[Dict[str, Any]]
    chart: str

    @classmethod
    def setUpClass(cls) -> None:
        """Every case with one peer, and the other peers with the cases that tell them apart."""
        with tempfile.TemporaryDirectory() as folder:
            figures, chart, others = (Path(folder, name) for name in ("all.json", "all.svg", "others.json"))
            first = start("--growth", "--peers", "asyncio", "--json", str(figures), "--plot", str(chart))
            second = start("--cases", "direct,join", "--peers", "threads,streams",
                           "--generators", "2", "--json", str(others))  # fmt: skip
            cls.runs = [finish(first), finish(second)]
            for status, output, errors in cls.runs:
                assert status == 0, f"exit status {status}: {output}{errors}"
            cls.documents = [json.loads(file.read_text("utf-8")) for file in (figures, others)]
            cls.chart = chart.read_text("utf-8")
        cls.samples = [sample for document in cls.documents for sample in document["samples"]]

    def test_every_case_is_measured_on_every_server(self) -> None:
        self.assertEqual([sample for sample in self.samples if "error" in sample], [])
        for server in ("minichat", "asyncio"):
            kinds = {row["kind"] for row in self.documents[0]["summary"] if row["server"] == server and row["figures"]}
            self.assertEqual(kinds, CASES)
        others = {sample["server"] for sample in self.documents[1]["samples"]}
        self.assertEqual(others, {"minichat", "threads", "streams"})

    def test_servers_agree_on_what_is_delivered(self) -> None:
        for sample in self.samples:
            kind, people, metrics = sample["case"].split()[0], sample["people"], sample["metrics"]
            each = {"fanout": people, "growth": people, "join": (people - 1) / 2}.get(kind, 1)
            self.assertGreater(metrics["said"], 0, sample)
            self.assertEqual(metrics["delivered"], metrics["said"] * each, sample)

    def test_ratios_are_to_minichat(self) -> None:
        for row in self.documents[0]["summary"]:
            if row["server"] == "minichat" and row["ratio"] is not None:
                self.assertEqual(row["ratio"], 1.0, row)

    def test_the_table_and_the_chart_name_every_case(self) -> None:
        texts = [element.text or "" for element in xml.etree.ElementTree.fromstring(self.chart).iter(f"{SVG}text")]
        for kind in CASES:
            self.assertIn(f"\n{kind} ", self.runs[0][1])
            self.assertTrue(any(text.startswith(kind) for text in texts), f"{kind}: {texts}")
        self.assertIn("asyncio", texts)

    def test_progress_is_told_in_plain_lines_where_there_is_no_terminal(self) -> None:
        errors = self.runs[0][2]
        self.assertRegex(errors, r"^\[1/\d+\] repeat 1, fanout \S+, minichat\n")
        self.assertNotIn("\r", errors)

    def test_a_wrong_option_is_a_line_and_status_2(self) -> None:
        status, _, errors = finish(start("--cases", "nonsense"))
        self.assertEqual(status, 2)
        self.assertIn("nonsense: not one of", errors)


if __name__ == "__main__":
    unittest.main()
