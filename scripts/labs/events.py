"""The events of a trace: those of a kind, of a person, of the lesson."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Sequence

from minichat.trace.schema import Event


def events_of(trace: Path) -> List[Event]:
    """Return the events of a trace."""
    return [json.loads(line) for line in trace.read_text("utf-8").splitlines()]


def of(events: Sequence[Event], name: str, /, **fields: Any) -> List[Event]:
    """Return the events of that name with those fields."""
    wanted = {"event": name, **fields}.items()
    return [event for event in events if all(event.get(key) == value for key, value in wanted)]


def only(events: Sequence[Event], *names: str) -> List[Event]:
    """Return the events that have one of these names."""
    return [event for event in events if event["event"] in names]


def numbers(events: Sequence[Event]) -> Dict[str, int]:
    """Return the number of the connection of each nick."""
    return {event["nick"]: event["conn"] for event in of(events, "state", state="joined")}


def before_the_end(events: Sequence[Event]) -> List[Event]:
    """Return the events before the server was told to end."""
    ends = [index for index, event in enumerate(events) if event["event"] == "wake" and event["reason"] == "signal"]
    return list(events[: ends[0]]) if ends else list(events)


def after_joins(events: Sequence[Event]) -> List[Event]:
    """Return the events after the last person came in and before the server was told to end."""
    events = before_the_end(events)
    joins = [index for index, event in enumerate(events) if event["event"] == "state" and event["state"] == "joined"]
    begin = next((index for index in range(joins[-1], len(events)) if events[index]["event"] == "wait"), len(events))
    return events[begin:]
