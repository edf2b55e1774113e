"""The export keeps to the rules of the format: nesting, flows, counters, intervals."""

from __future__ import annotations

import unittest
from collections import defaultdict
from typing import Any, Dict, List, Tuple

from minichat.trace.chrome import LOOP, SLOW, Exporter
from minichat.trace.schema import Event
from tests.trace.traced import full_trace

ROUNDING = 0.0011  # microseconds: times are written with three digits


def exported(events: List[Event]) -> List[Dict[str, Any]]:
    """The entries of a whole trace."""
    exporter = Exporter()
    for event in events:
        exporter.feed(event)
    entries: List[Dict[str, Any]] = exporter.document()["traceEvents"]
    return entries


def slices(entries: List[Dict[str, Any]], track: int) -> List[Tuple[float, float]]:
    """Begin and end of the slices of one track, the outer ones first."""
    found = [(e["ts"], e["ts"] + e["dur"]) for e in entries if e["ph"] == "X" and e["tid"] == track]
    return sorted(found, key=lambda span: (span[0], -span[1]))


def problems(entries: List[Dict[str, Any]]) -> List[str]:
    """What is wrong by the rules of the format."""
    wrong: List[str] = []
    for track in (LOOP, SLOW):
        stack: List[float] = []
        for begin, end in slices(entries, track):
            while stack and stack[-1] <= begin + ROUNDING:
                stack.pop()
            if stack and end > stack[-1] + ROUNDING:
                wrong.append(f"slices of track {track} overlap at {begin}")
            stack.append(end)
    flows: Dict[int, List[str]] = defaultdict(list)
    spans = slices(entries, LOOP)
    for entry in entries:
        if entry["ph"] in "sf":
            flows[entry["id"]].append(entry["ph"])
            if not any(begin <= entry["ts"] + ROUNDING and entry["ts"] <= end + ROUNDING for begin, end in spans):
                wrong.append(f"an arrow that begins or ends in no slice: {entry}")
            if entry["ph"] == "f" and entry.get("bp") != "e":
                wrong.append("an arrow that does not end in the slice around it")
        elif entry["ph"] == "C" and not all(isinstance(value, (int, float)) for value in entry["args"].values()):
            wrong.append(f"a counter that does not count: {entry}")
        elif entry["ph"] == "X" and entry["dur"] < 0:
            wrong.append(f"a slice that ends before it begins: {entry}")
    wrong += [f"arrow {number}: {ends}" for number, ends in flows.items() if ends != ["s", "f"]]
    intervals: Dict[int, List[str]] = defaultdict(list)
    for entry in entries:
        if entry["ph"] in "be":
            intervals[entry["id"]].append(entry["ph"])
    wrong += [f"connection {number}: {ends}" for number, ends in intervals.items() if ends != ["b", "e"]]
    return wrong


class Export(unittest.TestCase):
    def setUp(self) -> None:
        self.entries = exported(full_trace())

    def test_it_keeps_to_the_format(self) -> None:
        self.assertEqual(problems(self.entries), [])

    def test_every_recipient_of_a_message_has_an_arrow_of_its_own(self) -> None:
        queued = sum(len(event["messages"]) for event in full_trace() if event["event"] == "queue")
        self.assertEqual(sum(entry["ph"] == "s" for entry in self.entries), queued)
        self.assertEqual(sum(entry["ph"] == "f" for entry in self.entries), queued)  # sent, or given up

    def test_every_turn_is_a_slice_and_every_queue_a_counter(self) -> None:
        names = [entry["name"] for entry in self.entries if entry["ph"] == "X"]
        turns = max(event["turn"] for event in full_trace())
        self.assertEqual(sum(name.startswith("turn ") for name in names), turns)
        counters = {entry["name"] for entry in self.entries if entry["ph"] == "C"}
        self.assertEqual(counters, {"queue 1", "queue 2", "queue 3"})

    def test_the_validator_finds_what_is_broken(self) -> None:
        def broken(phase: str, **changes: Any) -> List[str]:
            entries = exported(full_trace())
            is_step = (lambda name: name.startswith("line")) if phase == "X" else bool
            next(e for e in entries if e["ph"] == phase and is_step(e["name"])).update(changes)
            return problems(entries)

        for phase, changes in (
            ("X", {"dur": 1e12}), ("X", {"dur": -1.0}), ("f", {"bp": ""}), ("f", {"ts": -5.0}), ("s", {"ph": "f"}),
            ("C", {"args": {"bytes": "many"}}), ("b", {"ph": "e"}),
        ):  # fmt: skip
            with self.subTest(phase=phase, changes=changes):
                self.assertTrue(broken(phase, **changes))


if __name__ == "__main__":
    unittest.main()
