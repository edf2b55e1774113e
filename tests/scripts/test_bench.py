"""``python3 scripts/bench.py``: a smoke of it; how fast anything is, is no matter here.

Every case on every server is in tests/scripts/whole.py, which scripts/check runs.
"""

from __future__ import annotations

import json
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path
from typing import Any, Dict, Iterable, List, Tuple

from tests.program import Program
from tests.support import PATIENCE_SECONDS

SVG = "{http://www.w3.org/2000/svg}"
TINY = ("--quick", "--seconds", "0.05")
BENCH_SECONDS = 3 * PATIENCE_SECONDS


def start(*options: str) -> Program:
    """A tiny run under way."""
    return Program("scripts/bench.py", *TINY, *options, variables={"PYTHONIOENCODING": "utf-8"})


class Bench(unittest.TestCase):
    """What holds for every run; what one run brought is set up by those who inherit."""

    maxDiff = None
    cases: Iterable[str]  # of the first run, on every server
    alone: Iterable[str] = ("userspace", "start")  # of the first run, on minichat alone
    runs: List[Tuple[int, str, str]]
    documents: List[Dict[str, Any]]
    samples: List[Dict[str, Any]]
    chart: str

    @classmethod
    def run_all(cls, *wanted: Tuple[str, ...]) -> None:
        """Run the bench with each of these options, all at the same time; the first draws a chart."""
        with tempfile.TemporaryDirectory() as folder:
            chart = Path(folder, "chart.svg")
            files = [Path(folder, f"{number}.json") for number in range(len(wanted))]
            running = [start(*options, "--json", str(file), *(("--plot", str(chart)) if file == files[0] else ()))
                       for options, file in zip(wanted, files)]  # fmt: skip
            for run in running:
                cls.addClassCleanup(run.__exit__)
            cls.runs = [run.finish(BENCH_SECONDS) for run in running]
            for status, output, errors in cls.runs:
                assert status == 0, f"exit status {status}: {output}{errors}"
            cls.documents = [json.loads(file.read_text("utf-8")) for file in files]
            cls.chart = chart.read_text("utf-8")
        cls.samples = [sample for document in cls.documents for sample in document["samples"]]

    def check_every_case_is_measured_on(self, *servers: str) -> None:
        """Assert that the first run has figures of each of its cases."""
        self.assertEqual([sample for sample in self.samples if "error" in sample], [])
        for server in servers:
            kinds = {row["kind"] for row in self.documents[0]["summary"] if row["server"] == server and row["figures"]}
            self.assertEqual(kinds, {*self.cases, *(self.alone if server == "minichat" else ())})

    def check_servers_agree_on_what_is_delivered(self) -> None:
        """Assert that as much has come as had to."""
        for sample in self.samples:
            kind, people, metrics = sample["case"].split()[0], sample["people"], sample["metrics"]
            each = {"join": (people - 1) / 2}.get(kind, people if kind in ("fanout", "growth", "userspace") else 1)
            self.assertGreater(metrics["said"], 0, sample)
            self.assertEqual(metrics["delivered"], metrics["said"] * each, sample)

    def check_ratios_are_to_minichat(self) -> None:
        """Assert that minichat is the measure."""
        for row in self.documents[0]["summary"]:
            if row["server"] == "minichat" and row["ratio"] is not None:
                self.assertEqual(row["ratio"], 1.0, row)

    def check_the_table_and_the_chart_name_every_case(self) -> None:
        """Assert what people are shown."""
        texts = [element.text or "" for element in xml.etree.ElementTree.fromstring(self.chart).iter(f"{SVG}text")]
        for kind in (*self.cases, *self.alone):
            self.assertIn(f"\n{kind} ", self.runs[0][1])
            self.assertTrue(any(text.startswith(kind) for text in texts), f"{kind}: {texts}")
        self.assertIn("asyncio", texts)


@unittest.skipIf(sys.platform == "win32", "selectors wait for pipes on Unix only")
class Smoke(Bench):
    """Two cases on two servers, and what is measured without a load."""

    cases = ("direct", "join")

    @classmethod
    def setUpClass(cls) -> None:
        cls.run_all(("--cases", ",".join((*cls.cases, *cls.alone)), "--peers", "asyncio"))

    def test_every_case_is_measured_on_every_server(self) -> None:
        self.check_every_case_is_measured_on("minichat", "asyncio")

    def test_servers_agree_on_what_is_delivered(self) -> None:
        self.check_servers_agree_on_what_is_delivered()

    def test_ratios_are_to_minichat(self) -> None:
        self.check_ratios_are_to_minichat()

    def test_the_table_and_the_chart_name_every_case(self) -> None:
        self.check_the_table_and_the_chart_name_every_case()

    def test_progress_is_plain_lines_where_there_is_no_terminal(self) -> None:
        errors = self.runs[0][2]
        self.assertRegex(errors, r"^\[1/\d+\] repeat 1, direct \S+, minichat\n")
        self.assertNotIn("\r", errors)

    def test_a_wrong_option_is_a_line_and_status_2(self) -> None:
        with start("--cases", "nonsense") as run:
            status, _, errors = run.finish()
        self.assertEqual(status, 2)
        self.assertIn("nonsense: not one of", errors)


if __name__ == "__main__":
    unittest.main()
