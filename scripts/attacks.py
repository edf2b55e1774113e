"""Attacks on a real server, and what innocents who chat meanwhile notice of them.

    python3 scripts/attacks.py [--only NAME,...] [--seconds 5] [--quick] [--json FILE]

Each attack is played against a server of its own with default options, from as
many connections as one address may have.  Meanwhile innocents chat, and measure
when their own texts come back; others read as fast as 1 and 3 MB/s allow.  One line
of the table is one attack: its connections, how many the server ended, what it sent
and how many lines were served; the innocents' p50, p99 and worst echo, how long a
stranger waited at the door, and the server's memory (most), processor time, and
lines of status and log in the first minute.  What must hold, and why, stands in
attacking/verdict, the attacks in attacking/catalogue.

The exit status is 0 when everything holds, 1 when something does not, 130 after
Ctrl-C.  The first row is no attack: if that one fails, the machine has too much
else to do.  --quick is for such a machine.  Nothing leaves loopback.  `--server "python3 other.py"` attacks
another server, with the options of minichat-server.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from attacking.addresses import HAS_MANY
from attacking.catalogue import ATTACKS, NO_ATTACKS
from attacking.row import Row, document
from attacking.verdict import BUSY, HEADINGS, cells, problems
from benchmark.accounting import machine

from tests.ending import end_with
from tests.program import Program
from tests.support import PATIENCE_SECONDS, DidNotCome

BASE = "none"
SECONDS, QUICK_SECONDS = 5.0, 0.5
LEAST_SECONDS, MOST_SECONDS = 0.5, 600.0
# A quick run is for a machine that does other things beside: there, half a second may be too short for an
# attack to get going.  What does not hold is tried again, and each time it gets longer.
QUICK_TRIES = (1, 2, 4, 8)  # times the seconds

WIDTHS = (-18, -9, 7, 7, 8, 9, 8, 8, 8, 8, 5, 5, 9, 0)  # of the columns; below 0: from the left

Document = Dict[str, Any]


def options() -> argparse.Namespace:
    """Return what the user asked for."""
    parser = argparse.ArgumentParser(description="attacks on a real server; exit status 1 if innocents notice them")
    parser.add_argument("--only", type=_names, default=list(ATTACKS), metavar="NAME,...", help="default: all")
    parser.add_argument("--seconds", type=_seconds, help=f"of each attack (default: {SECONDS:g})")
    quick = f"{QUICK_SECONDS:g} s each, on a busy machine: an echo may take {BUSY} times as long"
    parser.add_argument("--quick", action="store_true", help=quick)
    parser.add_argument("--list", action="store_true", help="say what each attack tries, and end")
    parser.add_argument("--markdown", action="store_true", help="print the table for tests/README.md")
    parser.add_argument("--json", metavar="FILE", help="everything that was measured, for machines")
    parser.add_argument("--server", default="", metavar="COMMAND", help="command of another server to attack")
    values = parser.parse_args()
    values.seconds = values.seconds or (QUICK_SECONDS if values.quick else SECONDS)
    return values


def _names(text: str) -> List[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in ATTACKS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(ATTACKS)}")
    return names


def _seconds(text: str) -> float:
    seconds = float(text)
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"from {LEAST_SECONDS:g} to {MOST_SECONDS:g}")
    return seconds


class Run:
    """All rows of one run."""

    def __init__(self, values: argparse.Namespace) -> None:
        self._values = values
        self._base_bytes = 0
        self.rows: List[Document] = []

    def play(self) -> Iterator[Document]:
        """Play everything that was asked for; yield each row when it is there."""
        names = [BASE, *(name for name in self._values.only if name != BASE)]
        # What takes long and costs nothing is played by another process of this program meanwhile.
        beside = [name for name in names if ATTACKS[name].is_beside and len(names) > 2]
        with tempfile.TemporaryDirectory(prefix="minichat-attacks-") as folder, contextlib.ExitStack() as others:
            files = [Path(folder, name) for name in beside]
            started = [others.enter_context(self._started(file)) for file in files]
            for name in names:
                if name not in beside:
                    yield self._play(name)
            for file, program in zip(files, started):
                yield self._fetch(file, program)

    def _play(self, name: str) -> Document:
        row: Document = {}
        for times in QUICK_TRIES if self._values.quick else (1,):
            row = self._try(name, times * self._values.seconds)
            if not row["problems"]:
                break
        if name == BASE:
            self._base_bytes = row["memory_bytes"]
        self.rows.append(row)
        return row

    def _try(self, name: str, seconds: float) -> Document:
        attack = ATTACKS[name]()
        measured = Row(attack, seconds, self._values.server).play()
        base = self._base_bytes or measured.memory_bytes
        found = list(problems(measured, attack, base, BUSY if self._values.quick else 1.0))
        return {**document(measured), "traps": attack.traps, "problems": found}

    @contextlib.contextmanager
    def _started(self, file: Path) -> Iterator[Program]:
        """Start this program for one row; in the end it must have time to end what it has started."""
        arguments = ["--only", file.name, "--json", str(file), "--seconds", str(LEAST_SECONDS)]
        if self._values.server:
            arguments += ["--server", self._values.server]
        with Program("scripts/attacks.py", *arguments) as program:
            try:
                yield program
            finally:
                if program.process.poll() is None:
                    program.stop()

    def _fetch(self, file: Path, program: Program) -> Document:
        longest = ATTACKS[file.name].least_seconds + 2 * PATIENCE_SECONDS
        status, said, errors = program.finish(longest)
        if status not in (0, 1) or not file.exists():
            raise DidNotCome(f"{file.name}: exit status {status}, {said} {errors}")
        row: Document = json.loads(file.read_text(encoding="utf-8"))["rows"][-1]
        self.rows.append(row)
        return row


def show(row: List[str], is_markdown: bool) -> None:
    """Print one line of the table."""
    if is_markdown:
        print(f"| {' | '.join(row)} |", flush=True)
        return
    texts = [text.rjust(width) if width > 0 else text.ljust(-width) for text, width in zip(row, WIDTHS)]
    print("  ".join(texts).rstrip(), flush=True)


def main() -> int:
    """Run as the options say; return the exit status."""
    values = options()
    if values.list:
        for attack in ATTACKS.values():
            tries = (attack.__doc__ or "").strip().partition("\n")[0]
            print(f"{attack.name:18} {', '.join(map(str, attack.traps)) or '-':10} {tries}")
        for trap, why in NO_ATTACKS.items():
            print(f"{'':18} {trap:<10} no attack: {why}")
        return 0
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # even then the processes are ended
    head, began = machine(), time.monotonic()
    print(" · ".join(f"{name}: {value}" for name, value in head.items()))
    if not HAS_MANY:
        print("NOTE: this system has only 127.0.0.1, so attackers and innocents are one address")
    show(list(HEADINGS), values.markdown)
    if values.markdown:
        show(["---" if width <= 0 else "---:" for width in WIDTHS], True)
    run = Run(values)
    try:
        for row in run.play():
            show(list(cells(row)), values.markdown)
    except KeyboardInterrupt:
        print("attacks: interrupted", file=sys.stderr)
        return 130
    except DidNotCome as error:
        print(f"attacks: {error}", file=sys.stderr)
        return 1
    if values.json:
        Path(values.json).write_text(json.dumps({"machine": head, "rows": run.rows}, indent=1), encoding="utf-8")
    failed = [row["name"] for row in run.rows if row["problems"]]
    print(f"{len(run.rows)} rows in {time.monotonic() - began:.0f} s; does not hold: {', '.join(failed) or 'nothing'}")
    return 1 if failed else 0


if __name__ == "__main__":
    end_with("attacks", main)
