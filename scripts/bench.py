"""minichat and other servers under load, side by side.

    python3 scripts/bench.py [--quick] [--cases fanout,echo] [--peers asyncio,redis]

Starts every server as a process, loads it from other processes, and prints what
it cost, by the accounting of the operating system.  In each repeat all servers
do the same case one after another; the ratios are those of such neighbours.
Nothing leaves 127.0.0.1.  What is measured, and how: scripts/benchmark/cases.py.

Exit status 0 when everything of minichat was measured, 1 when something was
not, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmark.accounting import cores, machine
from benchmark.cases import MEASURES, Case, Settings, measure
from benchmark.generators import NAMES, Failed
from benchmark.plot import svg
from benchmark.report import Sample, document, table
from benchmark.servers import KINDS, MINICHAT

from tests.ending import end_with

CASES = (
    Case("fanout", 100, 4, 1),
    Case("fanout", 100, 4, 64),
    Case("fanout", 1000, 200, 200),
    Case("direct", 500),
    Case("echo", 1),
    Case("join", 300),
    Case("churn", 32),
    Case("idle", 10_000, 1),
    Case("userspace", 1000),
    Case("start", 9),
)
GROWTH = tuple(Case("growth", people, 10, 10) for people in (10, 100, 1000, 10_000))
TEXT_BYTES = 32
QUICK_DIVISOR, QUICK_SECONDS = 20, 0.1
SPARE_FILES = 100  # of the limit: listener, log, pipes, and what minichat keeps back
MOST_SECONDS, MOST_REPEATS, MOST_GENERATORS = 60.0, 50, len(NAMES)


class Job(NamedTuple):
    """One measurement to be made."""

    case: Case
    server: str
    people: int  # fewer than the case has, where the server cannot take so many
    repeat: int


def options() -> argparse.Namespace:
    """What the user asked for."""
    peers = [name for name in KINDS if name != MINICHAT]
    installed = [name for name in peers if KINDS[name].is_installed()]
    parser = argparse.ArgumentParser(
        description="minichat and other servers under load, side by side; under two minutes on two free cores",
        epilog="servers: " + "; ".join(f"{name}: {kind.about}" for name, kind in KINDS.items()),
    )
    parser.add_argument("--cases", type=_names(list(MEASURES)), metavar="CASE,...",
                        default=[case.kind for case in CASES], help=f"of {', '.join(MEASURES)}; default all but growth")
    parser.add_argument("--peers", type=_names(peers), metavar="SERVER,...", default=installed,
                        help=f"of {', '.join(peers)}, or none; default: what is installed ({', '.join(installed)})")
    parser.add_argument("--seconds", type=_number(0.05, MOST_SECONDS), help="of each measurement (default 0.25)")
    parser.add_argument("--repeat", type=int, choices=range(1, MOST_REPEATS + 1), metavar="N",
                        help="times of everything (default 3), but join and churn twice and idle once, to be quick")
    parser.add_argument("--quick", action="store_true", help="a small, short run, to see whether it works")
    parser.add_argument("--growth", action="store_true", help="from 10 to 10,000 listeners, too: some minutes more")
    parser.add_argument("--generators", type=int, choices=range(1, MOST_GENERATORS + 1), metavar="N",
                        default=max(1, min(3, cores() - 1)), help="load generators (default: cores - 1, at most 3)")
    parser.add_argument("--pin", action="store_true", help="the server to one core, the generators to the others")
    parser.add_argument("--json", metavar="FILE", help="every figure, for machines")
    parser.add_argument("--plot", metavar="FILE.svg", help="the comparison as a chart")
    values = parser.parse_args()
    if missing := [name for name in values.peers if name not in installed]:
        parser.error(f"not installed: {', '.join(missing)}")
    if values.pin and sys.platform != "linux":
        parser.error("--pin works on Linux only")
    values.seconds = values.seconds or (QUICK_SECONDS if values.quick else 0.25)
    values.repeat = values.repeat or (1 if values.quick else 3)
    return values


def _names(known: List[str]) -> Any:
    def names(text: str) -> List[str]:
        chosen = [] if text == "none" else text.split(",")
        if unknown := [name for name in chosen if name not in known]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(known)}")
        return chosen

    return names


def _number(least: float, most: float) -> Any:
    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"from {least} to {most}")
        return value

    return number


def chosen_cases(values: argparse.Namespace) -> List[Case]:
    """The cases to measure; a quick run has fewer people."""
    wanted = {*values.cases, *(["growth"] if values.growth else [])}
    cases = [case for case in CASES + GROWTH if case.kind in wanted]
    if values.quick:
        cases = [case._replace(people=_fewer(case.people)) for case in cases]
    cases = [case._replace(speakers=min(case.speakers, case.people)) for case in cases]
    return list(dict.fromkeys(cases))


def _fewer(people: int) -> int:
    return max(people // QUICK_DIVISOR, min(people, 10))


def jobs(cases: List[Case], values: argparse.Namespace, most_people: int) -> Iterator[Job]:
    """Everything to be done, in order: all servers of a case side by side."""
    for repeat in range(values.repeat):
        for case in cases:
            if repeat and repeat >= (MEASURES[case.kind].repeats or values.repeat):
                continue
            servers = [name for name in (MINICHAT, *values.peers) if case.kind in KINDS[name].cases]
            if repeat % 2:
                servers.reverse()  # who comes first has no advantage
            for name in servers:
                yield Job(case, name, min(case.people, KINDS[name].most_people, most_people), repeat)


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard one, for all that we start; returns it."""
    try:
        import resource
    except ImportError:  # not Unix
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, 1 << 20) if hard != resource.RLIM_INFINITY else 1 << 20
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    except (ValueError, OSError):  # macOS says unlimited and means less
        return soft
    return max(soft, wanted)


def run(work: List[Job], settings: Settings) -> Iterator[Sample]:
    """Do everything, saying on standard error how far it is."""
    is_terminal = sys.stderr.isatty()
    for done, job in enumerate(work, 1):
        text = f"[{done}/{len(work)}] repeat {job.repeat + 1}, {job.case.name}, {job.server}"
        sys.stderr.write(f"\r{text}\x1b[K" if is_terminal else f"{text}\n")
        sys.stderr.flush()
        sample: Sample = {"case": job.case.name, "server": job.server, "repeat": job.repeat, "people": job.people}
        try:
            case = job.case._replace(people=job.people, speakers=min(job.case.speakers, job.people))
            yield {**sample, "metrics": measure(case, job.server, settings)}
        except Failed as error:
            yield {**sample, "error": str(error)}
    sys.stderr.write("\r\x1b[K" if is_terminal else "")


def main() -> int:
    """Measure, print, write; returns the exit status."""
    values = options()
    # Ended in whatever way, it ends what it has started.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    begin = time.monotonic()
    head = machine()
    files = raise_file_limit()
    settings = Settings(values.seconds, values.generators, "x" * TEXT_BYTES, values.pin)
    cases = chosen_cases(values)
    for line in _head(head, values, cases, files):
        print(line)
    sys.stdout.flush()
    work = list(jobs(cases, values, files - SPARE_FILES))
    try:
        samples = list(run(work, settings))
    except KeyboardInterrupt:
        print("\nbench: stopped", file=sys.stderr)
        return 130
    print("\n".join(table(cases, samples)))
    print(f"{len(samples)} measurements in {time.monotonic() - begin:.0f} s")
    write(values, {"machine": head, "options": vars(values)}, cases, samples)
    return int(any("error" in sample and sample["server"] == MINICHAT for sample in samples))


def _head(head: Dict[str, str], values: argparse.Namespace, cases: List[Case], files: int) -> Iterator[str]:
    yield " · ".join(f"{name}: {value}" for name, value in head.items())
    yield (
        f"{values.repeat} repeats of {values.seconds:g} s, {values.generators} load generator(s), "
        f"texts of {TEXT_BYTES} bytes; less is better; ratio: to minichat in the same repeat"
    )
    if max((case.people for case in cases), default=0) > files - SPARE_FILES:
        yield f"NOTE: only {files} open files are allowed here, so no more than {files - SPARE_FILES} people come in"
    yield ""


def write(values: argparse.Namespace, head: Dict[str, Any], cases: List[Case], samples: List[Sample]) -> None:
    """The files that were asked for."""
    files: List[Tuple[str, str]] = []
    if values.json:
        files.append((values.json, json.dumps(document(head, cases, samples), indent=1, ensure_ascii=False) + "\n"))
    if values.plot:
        files.append((values.plot, svg(cases, samples)))
    for name, text in files:
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    end_with("bench", main)
