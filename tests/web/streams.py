"""A reader of Server-Sent Events for the tests: the messages in what came, as a browser would hand them out."""

from __future__ import annotations

import json
from typing import List, Tuple

from minichat.trace.check import Account, Checker
from minichat.trace.schema import Event
from minichat.trace.words import told

Message = Tuple[str, List[Event]]  # its id, its events


def messages(stream: bytes) -> List[Message]:
    """The whole messages of a stream; what is not whole is left out."""
    found: List[Message] = []
    for text in stream.decode("ascii").split("\n\n")[:-1]:
        fields = [line.partition(": ")[::2] for line in text.split("\n")]
        assert {name for name, _ in fields} == {"data", "id"}, text[:300]
        events = [json.loads(value) for name, value in fields if name == "data"]
        found.append((fields[-1][1], events))
    return found


def events(stream: bytes) -> List[Event]:
    """All events of a stream."""
    return [event for _, group in messages(stream) for event in group]


def checked(seen: List[Event]) -> List[str]:
    """What ``check`` says of a part of a trace that begins with a header, or with a gap and a snapshot."""
    checker = Checker()
    for event in seen:
        if event["event"] == "gap":
            continue
        if "snapshot" in event:
            checker._accounts = {known["conn"]: _account(known) for known in event["snapshot"]}
            checker._wait, checker._last = None, event
        else:
            checker.feed(event)
    return [told(problem, "en") for problem in checker.problems]


def _account(known: Event) -> Account:
    account = Account()
    account.received = known["buffered"] + known["thrown"]
    account.queued, account.messages = known["queued"], list(known["messages"])
    account.interest, account.state = known["interest"], known["life"]
    return account
