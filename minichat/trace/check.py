"""The check of a trace: every byte is accounted for, and no wake-up is without a reason.

The checker knows nothing except the trace and keeps its own books.  The labs, the
tests and the simulator rely on it: a loop whose trace passes has kept its
promises, as far as they can be seen from outside.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

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
    what: str


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
            self._say(event, "closed", f"{event['event']} on connection {conn}")
        else:
            look = _LOOKS.get(event["event"])
            if look is not None:
                look(self, event)
        self._last = event
        self.events += 1

    def finish(self) -> List[Problem]:
        """Check what must hold at the end of the trace; return all problems."""
        if not self._has_end:
            self._say(self._last or {"n": 0}, "whole", "the end is missing")
        return self.problems

    # -- one event, its neighbours -----------------------------------------------

    def _say(self, event: Event, rule: str, what: str) -> None:
        self.problems.append(Problem(event.get("n", self.events), rule, what))

    def _require(self, holds: bool, event: Event, rule: str, what: str) -> None:
        if not holds:
            self._say(event, rule, what)

    def _check_schema(self, event: Event) -> bool:
        name = event.get("event")
        if not isinstance(name, str) or name not in EVENTS:
            self._say(event, "schema", f"an unknown event: {name}")
            return False
        missing = sorted((required(name) | {"n", "t", "turn"}) - set(event))
        self._require(not missing, event, "schema", f"{name} without {', '.join(missing)}")
        return not missing

    def _check_sequence(self, event: Event) -> None:
        last = self._last
        if last is None:
            self._require(event["event"] == "header", event, "whole", "the header is missing")
            self._require(event["n"] == 0, event, "sequence", "the first event is not number 0")
            return
        self._require(event["n"] == last["n"] + 1, event, "sequence", f"number {event['n']} after {last['n']}")
        self._require(event["t"] >= last["t"], event, "sequence", "time goes back")
        turn = last["turn"] + (event["event"] == "wait")
        self._require(event["turn"] == turn, event, "sequence", f"turn {event['turn']} instead of {turn}")
        self._require(not self._has_end, event, "whole", "an event after the end")

    def _account(self, event: Event) -> Account:
        known = event["conn"] in self._accounts
        self._require(known, event, "closed", f"{event['event']} on connection {event['conn']}, which was never opened")
        return self._accounts.setdefault(event["conn"], Account())

    # -- the loop ------------------------------------------------------------------

    def _header(self, event: Event) -> None:
        self._require(event["version"] == VERSION, event, "schema", f"version {event['version']}, not {VERSION}")

    def _waits(self, event: Event) -> None:
        for conn, account in self._accounts.items():
            if account.ready and account.state != "closed":
                self._say(event, "idle", f"connection {conn} was ready for {account.ready}, and nothing was done")
            account.ready = ""
            if account.state != "closed":
                waits = "W" in account.interest
                what = f"connection {conn} has {account.queued} bytes queued, interest {account.interest or 'nothing'}"
                self._require(waits == (account.queued > 0), event, "interest", what)
        self._require(not self._needs_timer, event, "idle", "the turn before had nothing to do")
        self._needs_timer = False
        self._require(self._wait is None, event, "sequence", "a wait after a wait")
        self._wait = event
        self.turns += 1

    def _wake(self, event: Event) -> None:
        for name, letters in event["ready"]:
            account = self._accounts.get(name)
            if account is not None:
                wanted = set(letters) <= set(account.interest)
                self._require(wanted, event, "readiness", f"connection {name} was not waited for as {letters}")
                account.ready = letters
        wait, self._wait = self._wait, None
        self._require(wait is not None, event, "sequence", "a wake without a wait")
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
        what = f"recv on connection {event['conn']}, which was not ready"
        self._require("R" in account.ready, event, "readiness", what)
        account.ready = account.ready.replace("R", "")
        if isinstance(event["got"], int):
            self._require(event["got"] <= event["asked"], event, "received", "more than was asked for")
            account.received += event["got"]
            self.totals["received"] += event["got"]

    def _line(self, event: Event) -> None:
        account = self._account(event)
        account.in_lines += event["length"]
        # A line may have had a carriage return, too.
        account.in_lines += self._check_received(event, account, {0, 1} if event["length"] else {0})

    def _check_received(self, event: Event, account: Account, allowed: Set[int]) -> int:
        """Return how many received bytes are missing: in no line, not thrown away and not left."""
        missing: int = account.received - account.in_lines - event["thrown"] - event["buffered"]
        what = f"connection {event['conn']}: of {account.received} received, {missing} are nowhere"
        self._require(missing in allowed, event, "received", what)
        return missing

    def _queue(self, event: Event) -> None:
        account = self._account(event)
        account.queued += event["bytes"]
        account.messages += event["messages"]
        overhead = event.get("overhead", 0)
        self._require(0 <= overhead <= event["bytes"], event, "queued", f"{overhead} bytes of overhead")
        self._check_queued(event, account)

    def _send(self, event: Event) -> None:
        account = self._account(event)
        account.ready = account.ready.replace("W", "")
        self._require(event["asked"] <= account.queued, event, "queued", "more was offered than was queued")
        if isinstance(event["sent"], int):
            self._require(event["sent"] <= event["asked"], event, "queued", "the kernel took more than it was offered")
            account.queued -= event["sent"]
            self.totals["sent"] += event["sent"]
        done = event["done"]
        what = f"connection {event['conn']} was sent {done}, queued are {account.messages[: len(done) + 1]}"
        self._require(account.messages[: len(done)] == done, event, "order", what)
        del account.messages[: len(done)]
        self._check_queued(event, account)

    def _drop(self, event: Event) -> None:
        account = self._account(event)
        account.queued -= event["lost"]
        self.totals["lost"] += event["lost"]
        gone = event["messages"]
        what = f"connection {event['conn']} gave up {gone}"
        self._require(account.messages[::-1][: len(gone)] == gone, event, "order", what)
        del account.messages[len(account.messages) - len(gone) :]
        self._check_queued(event, account)

    def _check_queued(self, event: Event, account: Account) -> None:
        what = f"connection {event['conn']} has {account.queued} bytes queued, and says {event['queued']}"
        self._require(event["queued"] == account.queued, event, "queued", what)
        what = f"connection {event['conn']} has no bytes queued, but of messages {account.messages}"
        self._require(account.queued > 0 or not account.messages, event, "order", what)

    def _interest(self, event: Event) -> None:
        account = self._account(event)
        what = f"connection {event['conn']} had interest {account.interest or 'nothing'}"
        self._require(event["from"] == account.interest, event, "interest", what)
        account.interest = event["to"]

    def _state(self, event: Event) -> None:
        account = self._account(event)
        if event["state"] in ("draining", "closed"):
            if account.state == "open":  # afterwards the input is dropped
                self._check_received(event, account, {0})
            account.state = event["state"]
        elif event["state"] == "watching":
            self._check_received(event, account, {0})
            self._require(not account.queued, event, "queued", "a watcher of the loop has output of before")
            self._forget(event)

    def _forget(self, event: Event) -> None:
        self._gone.add(event["conn"])
        del self._accounts[event["conn"]]

    def _close(self, event: Event) -> None:
        account = self._account(event)
        what = f"connection {event['conn']} lost {event['lost']} bytes, {account.queued} were queued"
        self._require(event["lost"] == account.queued, event, "queued", what)
        self._require(account.interest == "", event, "interest", f"connection {event['conn']} is still registered")
        self.totals["lost"] += event["lost"]
        self._forget(event)

    def _end(self, event: Event) -> None:
        self._has_end = True
        self._require(not self._accounts, event, "whole", f"still open: connections {list(self._accounts)}")
        self._require(self._wait is None, event, "sequence", "the last wait has no wake")
        self._require(not event["dropped"], event, "whole", f"{event['dropped']} events were dropped")
        said: Dict[str, Any] = {name: event[name] for name in self.totals}
        self._require(said == self.totals, event, "totals", f"{said} instead of {self.totals}")
        self._require(event["turns"] == self.turns, event, "totals", f"{event['turns']} turns instead of {self.turns}")


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
