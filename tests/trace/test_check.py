"""The oracle of traces: a real run passes, and each rule finds what breaks it."""

from __future__ import annotations

import copy
import unittest
from typing import Callable, Dict, List

from minichat.trace.check import RULES, check
from minichat.trace.schema import EVENTS, VERSION, Event, required
from tests.trace.traced import full_trace

Break = Callable[[List[Event]], object]


def first(events: List[Event], name: str, **fields: object) -> Event:
    """The first event of that name with those fields."""
    wanted = {"event": name, **fields}.items()
    return next(event for event in events if all(event.get(key) == value for key, value in wanted))


def last(events: List[Event], name: str, **fields: object) -> Event:
    """The last one."""
    return first(events[::-1], name, **fields)


def renumber(events: List[Event]) -> None:
    """Hide that something was taken out or put in."""
    for number, event in enumerate(events):
        event["n"] = number


def insert(events: List[Event], place: int, name: str, **fields: object) -> None:
    """Insert an event after the one at ``place``."""
    before = events[place]
    events.insert(place + 1, {"n": 0, "t": before["t"], "turn": before["turn"], "event": name, **fields})
    renumber(events)


def remove(events: List[Event], event: Event) -> None:
    """Take one out."""
    events.remove(event)
    renumber(events)


def sent(events: List[Event]) -> Event:
    """A send that the kernel took, of two messages or more."""
    return next(event for event in events if event["event"] == "send" and len(event["done"]) > 1)


def swap(events: List[Event]) -> None:
    """Two messages change places."""
    done = sent(events)["done"]
    done[0], done[1] = done[1], done[0]


def idle_turns(events: List[Event], name: object, letters: str) -> None:
    """Insert some turns in which a connection is ready and nothing is done."""
    place = events.index(first(events, "state", state="joined"))
    place = next(index for index in range(place, len(events)) if events[index]["event"] == "wait")
    turn = events[place]["turn"]
    before = {"t": events[place - 1]["t"]}
    for event in events[place:]:
        event["turn"] += 1
    events[place:place] = [
        {"event": "wait", "turn": turn, "timeout": 1.0, "deferred": 0, **before},
        {"event": "wake", "turn": turn, "duration": 1, "ready": [[name, letters]], "reason": "io", **before},
    ]
    renumber(events)


def without_timers(events: List[Event]) -> None:
    """A turn that time alone began has no timer."""
    idle = next(e["turn"] for e in events if e["event"] == "wake" and e["reason"] == "timer")
    events[:] = [event for event in events if not (event["event"] == "timer" and event["turn"] == idle)]
    renumber(events)


# What is broken, and by which rule it must be found.
BREAKS: Dict[str, List[Break]] = {
    "schema": [
        lambda events: first(events, "wake").pop("reason"),
        lambda events: first(events, "wake").update(event="dream"),
        lambda events: events[0].update(version=VERSION + 1),
    ],
    "sequence": [
        lambda events: events.pop(len(events) // 2),
        lambda events: first(events, "wake").update(t=0),
        lambda events: last(events, "wait").update(turn=1),
        lambda events: remove(events, last(events, "wait")),
        lambda events: remove(events, last(events, "wake")),
    ],
    "whole": [
        lambda events: remove(events, events[0]),
        lambda events: events[-1].update(dropped=3),
        lambda events: remove(events, events[-1]),
        lambda events: insert(events, len(events) - 1, "note", text="later"),
        lambda events: remove(events, last(events, "close")),
    ],
    "received": [
        lambda events: first(events, "line").update(length=first(events, "line")["length"] - 2),
        lambda events: first(events, "line").update(buffered=7),
        lambda events: first(events, "recv", conn=1).update(got=first(events, "recv", conn=1)["got"] + 3),
        lambda events: remove(events, first(events, "line")),
        lambda events: remove(events, last(events, "line")),
        lambda events: last(events, "state", state="watching").update(thrown=4),
    ],
    "queued": [
        lambda events: first(events, "queue").update(bytes=first(events, "queue")["bytes"] + 1),
        lambda events: first(events, "send").update(sent=first(events, "send")["sent"] - 1),
        lambda events: first(events, "drop").update(lost=0),
        lambda events: remove(events, first(events, "queue")),
        lambda events: last(events, "close").update(lost=5),
        lambda events: insert(events, events.index(first(events, "queue")), "state",
                              conn=first(events, "queue")["conn"], state="watching", buffered=0, thrown=0),
    ],
    "interest": [
        lambda events: remove(events, next(e for e in events if e["event"] == "interest" and "W" in e["to"])),
        lambda events: first(events, "interest").update(to="RW"),
        lambda events: remove(events, last(events, "interest", to="")),
    ],
    "readiness": [
        lambda events: first(events, "wake", ready=[[1, "R"]]).update(ready=[[2, "R"]]),
        lambda events: insert(events, events.index(first(events, "recv")), "recv", conn=1, asked=9, got="again"),
        lambda events: idle_turns(events, 1, "W"),
    ],
    "idle": [without_timers, lambda events: idle_turns(events, 1, "R")],
    "order": [swap, lambda events: last(events, "send", queued=0).update(done=[])],
    "closed": [
        lambda events: remove(events, first(events, "open")),
        lambda events: insert(events, events.index(first(events, "close")), "send",
                              conn=first(events, "close")["conn"], asked=0, sent=0, queued=0, done=[]),
        lambda events: insert(events, events.index(last(events, "state", state="watching")), "close",
                              conn=last(events, "state", state="watching")["conn"], reason="gone", lost=0),
    ],
    "totals": [
        lambda events: events[-1].update(sent=events[-1]["sent"] + 1),
        lambda events: events[-1].update(turns=0),
    ],
}  # fmt: skip


class Good(unittest.TestCase):
    def test_a_real_run_passes(self) -> None:
        checker, problems = check(full_trace())
        self.assertEqual(problems, [])
        self.assertEqual(checker.connections, 4)
        self.assertGreater(min(checker.totals.values()), 0)

    def test_a_real_run_has_every_event_of_the_schema(self) -> None:
        self.assertEqual({event["event"] for event in full_trace()}, set(EVENTS))

    def test_its_events_have_the_fields_of_the_schema_and_no_others(self) -> None:
        for event in full_trace():
            allowed = {field.strip("[]") for field in EVENTS[event["event"]]}
            fields = set(event) - {"n", "t", "turn", "event"}
            self.assertLessEqual(required(event["event"]), fields, event)
            self.assertLessEqual(fields, allowed, event)

    def test_the_end_counts_what_the_kernel_moved(self) -> None:
        events = full_trace()
        received = sum(event["got"] for event in events if event["event"] == "recv" and isinstance(event["got"], int))
        self.assertEqual(events[-1]["received"], received)


class Broken(unittest.TestCase):
    def test_every_rule_has_a_trace_that_it_catches(self) -> None:
        self.assertEqual(set(BREAKS), set(RULES))

    def test_what_is_broken_is_found_by_its_rule(self) -> None:
        for rule, breaks in BREAKS.items():
            for number, damage in enumerate(breaks):
                with self.subTest(rule=rule, number=number):
                    events = copy.deepcopy(full_trace())
                    damage(events)
                    found = {problem.rule for problem in check(events)[1]}
                    self.assertIn(rule, found)

    def test_nothing_at_all_is_no_trace(self) -> None:
        self.assertTrue(check([])[1])


if __name__ == "__main__":
    unittest.main()
