"""The history of a running loop: its last events, as a stream of Server-Sent Events.

One copy is kept for all watchers, in parts.  A new part begins with a snapshot of the
connections, so that the oldest part can go: who begins to read there misses nothing
that is still true.  A watcher has only a Place in the history.  (The format is in the
HTML standard, 9.2; the browser keeps the last ``id`` and sends it when it comes back.)

This module knows events and bytes; it has never seen a connection.
"""

from __future__ import annotations

import json
import re
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Tuple

Event = Dict[str, Any]

PART_BYTES = 1 << 20
PARTS = 8  # a class of 30 makes 30 kB of events a second: four minutes

_ID = re.compile(r"([0-9a-f]{1,32})-([0-9]{1,15})")


class Part:
    """A part of the stream: its bytes are whole messages, in whose ``id`` stands their last event."""

    def __init__(self, number: int, snapshot: Event) -> None:
        """``snapshot`` is a header event; {} for the first part, which has a header of its own."""
        self.number = number
        self.snapshot = snapshot
        self.data = bytearray()


class Place:
    """How far one watcher has read."""

    def __init__(self, part: int, offset: int, before: bytes = b"") -> None:
        """``before`` comes first: what the watcher has to know where it begins."""
        self.part = part
        self.offset = offset
        self.before = before


class History:
    """The last events of one run."""

    def __init__(self, run: str, snapshot: Callable[[], List[Event]]) -> None:
        """``run`` is hexadecimal and different for each run; ``snapshot`` returns the connections between two turns."""
        self._run = run
        self._snapshot = snapshot
        self._parts: Deque[Part] = deque([Part(0, {})])
        self._header: Event = {}
        self._last: Event = {}
        self._turn: List[bytes] = []  # the events since the end of the turn before

    def take(self, event: Event) -> None:
        """Keep ``event``; watchers can read it after the end of the turn."""
        if event["event"] == "header":
            self._header = event
        self._turn.append(_line(event))
        self._last = event

    def end_turn(self) -> None:
        """Let the watchers read the events of this turn."""
        if not self._turn:
            return
        self._parts[-1].data += self._message(self._turn, self._last["n"])
        self._turn = []
        if len(self._parts[-1].data) >= PART_BYTES:
            self._begin_part()

    def begin(self) -> Place:
        """Return where a new watcher begins: at the oldest part, but not at one that the next part pushes out.

        So it has the time in which a whole part comes to read its first one.
        """
        return self._at(self._parts[1 if len(self._parts) == PARTS else 0], -1)

    def after(self, last_id: str) -> Place:
        """Return where a watcher goes on that has come back; ``last_id`` is its last event.

        If what follows that event is gone, the watcher could not keep up: then it
        goes on with the newest part, after an event ``gap``.
        """
        run, n = _read(last_id)
        newest = self._parts[-1]
        if run != self._run:
            return self.begin()
        end = f"\nid: {last_id}\n\n".encode("ascii")
        for part in reversed(self._parts):
            if part.snapshot and part.snapshot["n"] == n:
                return Place(part.number, 0)
            found = part.data.find(end)
            if found >= 0:
                return Place(part.number, found + len(end))
        return self._at(newest, n)

    def read(self, place: Place, most: int) -> bytes:
        """Return at most ``most`` bytes at ``place``, or what comes before it, and go on; b"" if there is no more.

        Raises LookupError if they are not kept any more.
        """
        if place.before:
            data, place.before = place.before[:most], place.before[most:]
            return data
        first = self._parts[0].number
        if place.part < first:
            raise LookupError
        part = self._parts[place.part - first]
        if place.offset == len(part.data) and part is not self._parts[-1]:
            place.part, place.offset = place.part + 1, 0
            part = self._parts[place.part - first]
        data = bytes(part.data[place.offset : place.offset + most])
        place.offset += len(data)
        return data

    def has_more(self, place: Place) -> bool:
        """True if ``read`` would return something or raise."""
        newest = self._parts[-1]
        return bool(place.before) or (place.part, place.offset) < (newest.number, len(newest.data))

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return sum(len(part.data) for part in self._parts) + sum(map(len, self._turn))

    def _begin_part(self) -> None:
        """Begin a part with what is known at the last event; give up the oldest one if there are enough."""
        snapshot = {**self._header, **_about(self._last), "snapshot": self._snapshot()}
        self._parts.append(Part(self._parts[-1].number + 1, snapshot))
        if len(self._parts) > PARTS:
            self._parts.popleft()

    def _at(self, part: Part, known: int) -> Place:
        """Return the beginning of ``part``, for a watcher whose last event is number ``known``."""
        begin = part.snapshot
        if not begin:
            return Place(part.number, 0)
        gap = {**_about(begin), "event": "gap", "missed": max(begin["n"] - known, 0)}
        return Place(part.number, 0, self._message([_line(gap), _line(begin)], begin["n"]))

    def _message(self, lines: List[bytes], n: int) -> bytes:
        return b"".join(b"data: " + line for line in lines) + f"id: {self._run}-{n}\n\n".encode("ascii")


def _about(event: Event) -> Event:
    return {name: event[name] for name in ("n", "t", "turn")}


def _line(event: Event) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode("ascii") + b"\n"


def _read(last_id: str) -> Tuple[str, int]:
    """Return run and number of an id; "" and -1 for a text that is none."""
    found = _ID.fullmatch(last_id)
    return (found[1], int(found[2])) if found else ("", -1)
