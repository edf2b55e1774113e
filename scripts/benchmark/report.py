"""Medians, spreads and ratios, as a table for people and as JSON for machines.

A ratio is taken pair by pair: the figure of a server by that of minichat in the
same repeat, a moment earlier or later on the same machine; then the median of
these.  Figures of different minutes on a shared machine cannot be compared.
"""

from __future__ import annotations

import statistics
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from benchmark.cases import MEASURES, Case
from benchmark.servers import KINDS, MINICHAT

Sample = Dict[str, Any]  # case, server, repeat, and metrics or error
GENERATOR_LIMIT = "the load generator was the limit, not the server"


class Metric(NamedTuple):
    """A figure: where it stands among the metrics and what people call it."""

    key: str
    title: str
    digits: int = 0


# The first of each kind is what servers are compared by; less is better.
METRICS: Dict[str, List[Metric]] = {
    "fanout": [Metric("cpu_us", "CPU µs/delivery", 3), Metric("per_second", "deliveries/s")],
    "growth": [Metric("cpu_us", "CPU µs/delivery", 3), Metric("per_second", "deliveries/s")],
    "direct": [Metric("cpu_us", "CPU µs/message", 2), Metric("per_second", "messages/s")],
    "echo": [Metric("p50_us", "p50 µs", 1), Metric("p99_us", "p99 µs", 1)],
    "idle": [
        Metric("bytes", "bytes each"), Metric("seconds", "s to come in", 2), Metric("idle_cpu", "% CPU", 2),
        Metric("wakeups", "turns/s", 1), Metric("few_us", "µs alone", 1), Metric("many_us", "µs among all", 1),
    ],
    "join": [Metric("cpu_s", "CPU s", 3), Metric("seconds", "s", 3)],
    "churn": [Metric("cpu_us", "CPU µs/visit", 1), Metric("per_second", "visits/s")],
    "userspace": [Metric("user_ns", "ns/recipient"), Metric("send_ns", "ns/real send"), Metric("sends", "in sends", 2)],
    "start": [
        Metric("server_times", "server, times", 2), Metric("client_times", "client, times", 2),
        Metric("bare_ms", "python3 ms", 1),
    ],
}  # fmt: skip


class Spread(NamedTuple):
    """What several repeats of one figure gave."""

    median: float
    least: float
    most: float


class Row(NamedTuple):
    """One server in one case."""

    case: str
    kind: str
    people: int
    server: str
    figures: Dict[str, Spread]
    ratio: Optional[float]  # to minichat, by the first metric of the kind
    notes: List[str]


def rows(case: Case, samples: List[Sample]) -> Iterator[Row]:
    """A row for each server that was tried in ``case``, in the order of the list of servers."""
    own = [sample for sample in samples if sample["case"] == case.name]
    for server in sorted({sample["server"] for sample in own}, key=list(KINDS).index):
        tried = [sample for sample in own if sample["server"] == server]
        measured = [sample["metrics"] for sample in tried if "metrics" in sample]
        figures = {}
        for metric in METRICS[case.kind]:
            values = [metrics[metric.key] for metrics in measured if metric.key in metrics]
            if values:
                figures[metric.key] = Spread(statistics.median(values), min(values), max(values))
        ratio, notes = _ratio(case, server, own), _notes(case, tried)
        yield Row(case.name, case.kind, tried[0]["people"], server, figures, ratio, notes)


def _ratio(case: Case, server: str, samples: List[Sample]) -> Optional[float]:
    key = METRICS[case.kind][0].key
    value = {(s["server"], s["repeat"]): s["metrics"][key] for s in samples if "metrics" in s}
    pairs = [
        value[server, repeat] / base
        for (name, repeat), base in value.items()
        if name == MINICHAT and base > 0 and (server, repeat) in value
    ]
    return statistics.median(pairs) if pairs else None


def _notes(case: Case, tried: List[Sample]) -> List[str]:
    notes = [f"failed: {error}" for error in sorted({sample["error"] for sample in tried if "error" in sample})]
    limited = sum(sample.get("metrics", {}).get("generator_limit", False) for sample in tried)
    if limited:
        notes.append(f"{GENERATOR_LIMIT}, {limited} of {len(tried)} times")
    if tried[0]["people"] < case.people:
        notes.append(f"only {tried[0]['people']:,} people")
    return notes


def table(cases: List[Case], samples: List[Sample]) -> Iterator[str]:
    """Lines for people."""
    for case in cases:
        metrics = METRICS[case.kind]
        yield f"{case.name}: {MEASURES[case.kind].about.format(**case._asdict())}"
        yield _line("", f"{metrics[0].title}", "least–most", "ratio", *(metric.title for metric in metrics[1:]))
        for row in rows(case, samples):
            yield _line(f"  {row.server}", *_cells(row, metrics)) + "".join(f"  [{note}]" for note in row.notes)
        yield ""


def _cells(row: Row, metrics: List[Metric]) -> Iterator[str]:
    first, *others = metrics
    spread = row.figures.get(first.key)
    yield f"{spread.median:,.{first.digits}f}" if spread else "–"
    yield f"{spread.least:,.{first.digits}f}–{spread.most:,.{first.digits}f}" if spread else "–"
    yield f"{row.ratio:.2f}×" if row.ratio is not None else "–"
    for metric in others:
        spread = row.figures.get(metric.key)
        yield f"{spread.median:,.{metric.digits}f}" if spread else "–"


def _line(name: str, first: str, spread: str, ratio: str, *others: str) -> str:
    return f"{name:<11}{first:>16}{spread:>20}{ratio:>9}" + "".join(f"{other:>14}" for other in others)


def document(head: Dict[str, Any], cases: List[Case], samples: List[Sample]) -> Dict[str, Any]:
    """Everything, for machines: what was measured and what the table says of it."""
    summary = [
        {**row._asdict(), "figures": {key: spread._asdict() for key, spread in row.figures.items()}}
        for case in cases
        for row in rows(case, samples)
    ]
    return {**head, "samples": samples, "summary": summary}
