"""The export of a trace to the viewers at ui.perfetto.dev and chrome://tracing.

A turn is a slice of one track, and its events are slices inside that slice.  The
queue of a connection is a counter, and the connection itself an interval.  An
arrow leads from the moment when a message was queued for a recipient to the
moment when the kernel took its last byte.

Source of the format: "Trace Event Format", Google, chapters on duration,
counter, async and flow events.  Times there are microseconds.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, Dict, Iterable, List, Tuple

from minichat.trace.schema import Event

PID = 1
LOOP, SLOW = 1, 2  # two tracks, for the slices of one track must nest
_IN_A_TURN = frozenset({"accept", "recv", "line", "head", "frame", "command", "queue", "send", "drop", "interest",
                        "state", "close", "timer", "note"})  # fmt: skip


class Exporter:
    """Makes ``entries``, which a viewer reads, from the events of a trace."""

    def __init__(self) -> None:
        self.entries: List[Dict[str, Any]] = []
        self._turn: Dict[str, Any] = {}  # the slice of the turn that is not over
        self._previous = 0.0  # time of the event before, in microseconds
        self._nicks: Dict[int, str] = {}
        self._flows: Dict[int, Deque[Tuple[int, int]]] = {}  # by connection: (message, number of the arrow)
        self._arrows = 0
        self._name_track(LOOP, "loop")
        self._name_track(SLOW, "slow handlers")

    def feed(self, event: Event) -> None:
        """Add the entries of the next event."""
        now = event["t"] / 1000
        name = event["event"]
        if name == "wait":
            self._close_turn(now)
        elif name == "wake":
            self._slice("select", now - event["duration"] / 1000, now, event)
            self._turn = self._slice(f"turn {event['turn']}", now, now, {"ready": event["ready"]})
        elif name == "slow":
            self._slice(event["what"], now - event["duration"] / 1000, now, event, SLOW)
        elif name in _IN_A_TURN:
            self._step(event, now)
        elif name == "end":
            self._close_turn(now)
        self._previous = now

    def document(self) -> Dict[str, Any]:
        """Return the whole document, as a viewer reads it."""
        return {"displayTimeUnit": "ms", "traceEvents": self.entries}

    def _step(self, event: Event, now: float) -> None:
        """Add a slice for what was done between the event before and this one."""
        conn = event.get("conn")
        label = event["event"] if conn is None else f"{event['event']} {self._who(conn)}"
        self._slice(label, self._previous, now, event)
        inside = (self._previous + now) / 2
        if event["event"] == "accept" and conn is not None:
            self._add("b", f"connection {conn}", now, cat="connection", id=conn)
        elif event["event"] == "state" and event["state"] == "joined":
            self._nicks[conn or 0] = event["nick"]
        elif conn is not None and (event["event"] == "close" or event.get("state") == "watching"):
            self._add("e", f"connection {conn}", now, cat="connection", id=conn)
        if "queued" in event and conn is not None:
            self._add("C", f"queue {conn}", now, args={"bytes": event["queued"]})
        if event["event"] == "queue" and conn is not None:
            self._begin_flows(conn, event["messages"], inside)
        elif event["event"] in ("send", "drop", "close") and conn is not None:
            self._end_flows(conn, event, inside)

    def _begin_flows(self, conn: int, messages: Iterable[int], at: float) -> None:
        flows = self._flows.setdefault(conn, deque())
        for message in messages:
            self._arrows += 1
            flows.append((message, self._arrows))
            self._add("s", f"message {message}", at, cat="message", id=self._arrows)

    def _end_flows(self, conn: int, event: Event, at: float) -> None:
        flows = self._flows.get(conn, deque())
        for message in event.get("done", ()):
            if flows and flows[0][0] == message:
                self._add("f", f"message {message}", at, cat="message", id=flows.popleft()[1], bp="e")
        given_up: Iterable[int] = event.get("messages", ())
        if event["event"] == "close":
            given_up = [message for message, _ in reversed(flows)]
        for message in given_up:
            if flows and flows[-1][0] == message:  # its arrow ends here
                self._add("f", f"message {message}", at, cat="message", id=flows.pop()[1], bp="e")

    def _who(self, conn: int) -> str:
        return self._nicks.get(conn, f"#{conn}")

    def _close_turn(self, now: float) -> None:
        if self._turn:
            self._turn["dur"] = round(now - self._turn["ts"], 3)
            self._turn = {}

    def _slice(self, name: str, begin: float, end: float, args: Dict[str, Any], track: int = LOOP) -> Dict[str, Any]:
        args = {key: value for key, value in args.items() if key not in ("n", "t", "turn", "event")}
        return self._add("X", name, begin, tid=track, dur=round(end - begin, 3), args=args)

    def _add(self, phase: str, name: str, at: float, **fields: Any) -> Dict[str, Any]:
        entry = {"ph": phase, "name": name, "ts": round(at, 3), "pid": PID, "tid": LOOP, **fields}
        self.entries.append(entry)
        return entry

    def _name_track(self, track: int, name: str) -> None:
        self._add("M", "thread_name", 0, tid=track, args={"name": name})
