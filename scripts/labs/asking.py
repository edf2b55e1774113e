"""A question on the page of a lab: at which event it stops, what it asks, and when it answers.

A question is written into the trace as a note before an event, and its answer as a
note after a later one, where the answer was to be seen.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Sequence

from labs.lab import Text
from minichat.trace.schema import Event

Events = Sequence[Event]


class Asked(NamedTuple):
    """One question."""

    at: int  # the place of the event before which it is asked
    seen: int  # the place of the event after which it is answered
    ask: Text
    answer: Text


class Questions(NamedTuple):
    """The questions of one lab."""

    trace: int  # which of its traces the page plays, in the order in which the lab looks at them
    asked: Callable[[Events], List[Asked]]


def place(events: Events, name: str, /, after: int = 0, nth: int = 1, **fields: Any) -> int:
    """Return the place of the nth event of that name with those fields from ``after`` on; raise LookupError."""
    wanted = {"event": name, **fields}.items()
    for index in range(after, len(events)):
        if all(events[index].get(key) == value for key, value in wanted):
            nth -= 1
            if not nth:
                return index
    raise LookupError(f"no {name} {fields} after {after}")


def with_questions(events: Events, questions: Questions) -> List[Event]:
    """Return the events with the notes of the questions among them, numbered anew."""
    notes: Dict[int, List[Event]] = {}
    for one in questions.asked(events):
        for at, fields in ((one.at, {"ask": one.ask}), (one.seen + 1, {"answer": one.answer})):
            before = events[at - 1]  # the loop has come so far
            note = {"t": before["t"], "turn": before["turn"], "event": "note", "text": "", **fields}
            notes.setdefault(at, []).append(note)
    made: List[Event] = []
    for index, event in enumerate(events):
        made += [*notes.get(index, []), event]
    made += notes.get(len(events), [])
    return [{**event, "n": number} for number, event in enumerate(made)]
