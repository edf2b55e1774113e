"""The check of a trace: every byte is accounted for, and no wake-up is without a reason.

The checker knows nothing except the trace and keeps its own books.  The labs, the
tests and the simulator rely on it: a loop whose trace passes has kept its
promises, as far as they can be seen from outside.  What it finds is a key with
fields; ``findings`` has the sentences.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

from minichat.trace.schema import EVENTS, VERSION, Event, required

LONGEST_WAIT_SECONDS = 86400  # a wait is cut into days
STALL_NANOSECONDS = 1_000_000_000  # when a wait is so much longer than planned, the process was stopped

RULES = {
    "schema": "every event has a known name and its fields, and the version is ours",
    "sequence": "events are numbered without gaps, time does not go back, turns follow in order, each wait has a wake",
    "whole": "there is a header and an end, every connection is closed at the end, and no event was dropped",
    "received": "bytes received = bytes in lines + bytes thrown away (lines too long, telnet) + bytes left",
    "queued": "bytes queued = bytes sent + bytes left + bytes lost",
    "interest": "at every wait, WRITE is waited for if and only if output is pending",
    "readiness": "there is no recv without readiness, and one for each readiness",
    "idle": "no wake-up is for nothing: what is ready is used, and a wait that ends without readiness rings a timer",
    "order": "each recipient is sent all its messages, in the order in which they were queued",
    "closed": "nothing happens on a connection before it is opened or after it is closed",
    "totals": "the totals at the end are the sums of the events",
}


class Problem(NamedTuple):
    """A rule that does not hold."""

    n: int  # number of the event that shows it
    rule: str  # one of RULES
    key: str  # of a sentence in findings
    fields: Dict[str, object]


class Account:
    """What the events so far say about one connection."""

    def __init__(self) -> None:
        self.received = 0
        self.in_lines = 0  # bytes of what was received
        self.queued = 0
        self.messages: List[int] = []  # queued, and not yet sent whole
        self.interest = ""
        self.state = "open"
        self.ready = ""  # letters of readiness in this turn that was not used yet


class Checker:
    """Checks a trace, event by event; ``problems`` has the rules that did not hold."""

    def __init__(self) -> None:
        self.problems: List[Problem] = []
        self.events = self.turns = self.connections = 0
        self.totals = {"received": 0, "sent": 0, "lost": 0}
        self._accounts: Dict[int, Account] = {}
        self._gone: Set[int] = set()
        self._last: Optional[Event] = None
        self._wait: Optional[Event] = None  # the wait whose wake has not come yet
        self._needs_timer = False  # the wait of this turn ended without readiness, so a timer must ring
        self._has_end = False

    def feed(self, event: Event) -> None:
        """Check the next event."""
        if not self._check_schema(event):
            return
        self._check_sequence(event)
        conn = event.get("conn")
        if conn in self._gone:
            self._say(event, "closed", "after_close", name=event["event"], conn=conn)
        else:
            look = _LOOKS.get(event["event"])
            if look is not None:
                look(self, event)
        self._last = event
        self.events += 1

    def finish(self) -> List[Problem]:
        """Check what must hold at the end of the trace; return all problems."""
        if not self._has_end:
            self._say(self._last or {"n": 0}, "whole", "no_end")
        return self.problems

    # -- one event, its neighbours -----------------------------------------------

    def _say(self, event: Event, rule: str, key: str, **fields: object) -> None:
        self.problems.append(Problem(event.get("n", self.events), rule, key, fields))

    def _require(self, holds: bool, event: Event, rule: str, key: str, **fields: object) -> None:
        if not holds:
            self._say(event, rule, key, **fields)

    def _check_schema(self, event: Event) -> bool:
        name = event.get("event")
        if not isinstance(name, str) or name not in EVENTS:
            self._say(event, "schema", "unknown_event", name=name)
            return False
        missing = sorted((required(name) | {"n", "t", "turn"}) - set(event))
        self._require(not missing, event, "schema", "without_fields", name=name, missing=", ".join(missing))
        return not missing

    def _check_sequence(self, event: Event) -> None:
        last = self._last
        if last is None:
            self._require(event["event"] == "header", event, "whole", "no_header")
            self._require(event["n"] == 0, event, "sequence", "first_number")
            return
        self._require(event["n"] == last["n"] + 1, event, "sequence", "number", said=event["n"], last=last["n"])
        self._require(event["t"] >= last["t"], event, "sequence", "time_goes_back")
        turn = last["turn"] + (event["event"] == "wait")
        self._require(event["turn"] == turn, event, "sequence", "turn", said=event["turn"], counted=turn)
        self._require(not self._has_end, event, "whole", "after_end")

    def _account(self, event: Event) -> Account:
        known = event["conn"] in self._accounts
        self._require(known, event, "closed", "never_opened", name=event["event"], conn=event["conn"])
        return self._accounts.setdefault(event["conn"], Account())

    # -- the loop ------------------------------------------------------------------

    def _header(self, event: Event) -> None:
        self._require(event["version"] == VERSION, event, "schema", "version", said=event["version"], ours=VERSION)

    def _waits(self, event: Event) -> None:
        for conn, account in self._accounts.items():
            if account.ready and account.state != "closed":
                self._say(event, "idle", "nothing_done", conn=conn, letters=account.ready)
            account.ready = ""
            if account.state != "closed":
                waits, has_output = "W" in account.interest, account.queued > 0
                self._require(waits or not has_output, event, "interest", "no_write", conn=conn, queued=account.queued)
                self._require(has_output or not waits, event, "interest", "hot_write", conn=conn)
        self._require(not self._needs_timer, event, "idle", "idle_turn")
        self._needs_timer = False
        self._require(self._wait is None, event, "sequence", "wait_after_wait")
        self._wait = event
        self.turns += 1

    def _wake(self, event: Event) -> None:
        for name, letters in event["ready"]:
            account = self._accounts.get(name)
            if account is not None:
                wanted = set(letters) <= set(account.interest)
                self._require(wanted, event, "readiness", "not_waited_for", conn=name, letters=letters)
                account.ready = letters
        wait, self._wait = self._wait, None
        self._require(wait is not None, event, "sequence", "wake_without_wait")
        if wait is None or event["ready"] or wait["deferred"]:
            return
        stalled = event["duration"] > wait["timeout"] * 1e9 + STALL_NANOSECONDS
        self._needs_timer = not stalled and wait["timeout"] < LONGEST_WAIT_SECONDS

    def _timer(self, event: Event) -> None:
        self._needs_timer = False

    # -- a connection --------------------------------------------------------------

    def _open(self, event: Event) -> None:
        self.connections += 1
        self._accounts[event["conn"]] = Account()

    def _recv(self, event: Event) -> None:
        account = self._account(event)
        self._require("R" in account.ready, event, "readiness", "not_ready", conn=event["conn"])
        account.ready = account.ready.replace("R", "")
        if isinstance(event["got"], int):
            got, asked = event["got"], event["asked"]
            self._require(got <= asked, event, "received", "more_than_asked", got=got, asked=asked)
            account.received += got
            self.totals["received"] += got

    def _line(self, event: Event) -> None:
        account = self._account(event)
        account.in_lines += event["length"]
        # A line may have had a carriage return, too.
        account.in_lines += self._check_received(event, account, {0, 1} if event["length"] else {0})

    def _check_received(self, event: Event, account: Account, allowed: Set[int]) -> int:
        """Return how many received bytes are missing: in no line, not thrown away and not left."""
        missing: int = account.received - account.in_lines - event["thrown"] - event["buffered"]
        fields = {"conn": event["conn"], "received": account.received, "missing": missing}
        self._require(missing in allowed, event, "received", "nowhere" if missing > 0 else "from_nowhere", **fields)
        return missing

    def _queue(self, event: Event) -> None:
        account = self._account(event)
        account.queued += event["bytes"]
        account.messages += event["messages"]
        overhead = event.get("overhead", 0)
        self._require(0 <= overhead <= event["bytes"], event, "queued", "overhead", overhead=overhead)
        self._check_queued(event, account)

    def _send(self, event: Event) -> None:
        account = self._account(event)
        account.ready = account.ready.replace("W", "")
        sent, asked = event["sent"], event["asked"]
        is_there = asked <= account.queued
        self._require(is_there, event, "queued", "more_offered", asked=asked, queued=account.queued)
        if isinstance(sent, int):
            self._require(sent <= asked, event, "queued", "more_taken", sent=sent, asked=asked)
            account.queued -= sent
            self.totals["sent"] += sent
        done = event["done"]
        first = account.messages[: len(done) + 1]
        is_next = first[: len(done)] == done
        self._require(is_next, event, "order", "sent_order", conn=event["conn"], done=done, first=first)
        del account.messages[: len(done)]
        self._check_queued(event, account)

    def _drop(self, event: Event) -> None:
        account = self._account(event)
        account.queued -= event["lost"]
        self.totals["lost"] += event["lost"]
        gone = event["messages"]
        is_last = account.messages[::-1][: len(gone)] == gone
        self._require(is_last, event, "order", "dropped_order", conn=event["conn"], gone=gone)
        del account.messages[len(account.messages) - len(gone) :]
        self._check_queued(event, account)

    def _check_queued(self, event: Event, account: Account) -> None:
        conn, said = event["conn"], event["queued"]
        self._require(said == account.queued, event, "queued", "queued", conn=conn, counted=account.queued, said=said)
        if account.messages and account.queued <= 0:
            self._say(event, "order", "not_sent", conn=conn, messages=account.messages[:])

    def _interest(self, event: Event) -> None:
        account = self._account(event)
        letters, key = account.interest, "interest_was" if account.interest else "interest_was_none"
        self._require(event["from"] == letters, event, "interest", key, conn=event["conn"], letters=letters)
        account.interest = event["to"]

    def _state(self, event: Event) -> None:
        account = self._account(event)
        if event["state"] in ("draining", "closed"):
            if account.state == "open":  # afterwards the input is dropped
                self._check_received(event, account, {0})
            account.state = event["state"]
        elif event["state"] == "watching":
            self._check_received(event, account, {0})
            self._require(not account.queued, event, "queued", "watcher_with_output")
            self._forget(event)

    def _forget(self, event: Event) -> None:
        self._gone.add(event["conn"])
        del self._accounts[event["conn"]]

    def _close(self, event: Event) -> None:
        account = self._account(event)
        conn, lost, queued = event["conn"], event["lost"], account.queued
        self._require(lost == queued, event, "queued", "lost_at_close", conn=conn, lost=lost, queued=queued)
        self._require(account.interest == "", event, "interest", "still_registered", conn=conn)
        self.totals["lost"] += event["lost"]
        self._forget(event)

    def _end(self, event: Event) -> None:
        self._has_end = True
        self._require(not self._accounts, event, "whole", "still_open", conns=", ".join(map(str, self._accounts)))
        self._require(self._wait is None, event, "sequence", "no_last_wake")
        self._require(not event["dropped"], event, "whole", "dropped_events", count=event["dropped"])
        for name, counted in {**self.totals, "turns": self.turns}.items():
            said = event[name]
            self._require(said == counted, event, "totals", f"total_{name}", said=said, counted=counted)


_LOOKS: Dict[str, Callable[[Checker, Event], None]] = {
    "header": Checker._header, "wait": Checker._waits, "wake": Checker._wake, "timer": Checker._timer,
    "open": Checker._open, "recv": Checker._recv, "line": Checker._line, "queue": Checker._queue,
    "send": Checker._send, "drop": Checker._drop, "interest": Checker._interest, "state": Checker._state,
    "close": Checker._close, "end": Checker._end,
}  # fmt: skip


def check(events: Iterable[Event]) -> Tuple[Checker, List[Problem]]:
    """Check a whole trace; return the checker, with its totals, and all problems."""
    checker = Checker()
    for event in events:
        checker.feed(event)
    return checker, checker.finish()
