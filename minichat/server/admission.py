"""Who may come in, and how long a newcomer may take to introduce themselves.

The books of the door: how many connections there are, how many from each
address, and who has not said a name yet.  It knows connections, addresses and
limits; it does not know what a name is or what a refusal says.
"""

from __future__ import annotations

import enum
from typing import Callable, Dict

from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.reactor import Reactor


class Verdict(enum.Enum):
    """Whether a newcomer may stay."""

    WELCOME = "welcome"
    FULL = "no room for anyone"
    CROWDED = "too many from one address"
    SWAMPED = "far too many from one address"


class Admission:
    """The door of one server.

    Invariants: an address stands in the books while it has connections, and
    no longer; whoever waits to be introduced has a deadline.
    """

    def __init__(self, reactor: Reactor, limits: Limits, on_timeout: Callable[[Connection], None]) -> None:
        """``on_timeout`` is told who has not been introduced within ``join_seconds``."""
        self._reactor = reactor
        self._limits = limits
        self._on_timeout = on_timeout
        self._connections = 0
        self._refused: Dict[Connection, None] = {}  # being told so; they take nobody's place
        self._by_address: Dict[str, int] = {}  # of those who were let in
        # Everyone waits equally long, so the order of coming is the order of
        # the deadlines, and one timer is enough: a dict keeps that order.
        self._waiting: Dict[Connection, float] = {}
        self._has_timer = self._is_due = False

    def has_room(self) -> bool:
        """Whether one more may be accepted, if only to be told that it is full."""
        return not self._limits.clients or self._connections < self._limits.clients + self._limits.refusals

    def arrived(self, connection: Connection, address: str) -> Verdict:
        """Enter a newcomer into the books; ``left`` with the same ``address`` must follow some day.

        "" is an address that is not counted.
        """
        self._connections += 1
        verdict = self._judge(address)
        if verdict is not Verdict.WELCOME:
            self._refused[connection] = None
            return verdict
        self._by_address[address] = self._by_address.get(address, 0) + 1
        self._waiting[connection] = self._reactor.now + self._limits.join_seconds
        self._watch()
        return verdict

    def _judge(self, address: str) -> Verdict:
        limits = self._limits
        if limits.clients and self._connections - len(self._refused) > limits.clients:
            return Verdict.FULL
        if address and limits.per_address and self._by_address.get(address, 0) >= limits.per_address:
            # To be told takes one of the places of those who are refused.  One
            # address may not take them all: the rest of it goes without a word.
            return Verdict.CROWDED if len(self._refused) < limits.refusals // 2 else Verdict.SWAMPED
        return Verdict.WELCOME

    def is_waiting(self, connection: Connection) -> bool:
        """Whether ``connection`` has still to be introduced."""
        return connection in self._waiting

    def introduced(self, connection: Connection) -> bool:
        """Wait no longer for ``connection``; whether it was waited for."""
        return self._waiting.pop(connection, None) is not None

    def left(self, connection: Connection, address: str) -> None:
        """Strike a closed connection from the books."""
        self._connections -= 1
        self._waiting.pop(connection, None)
        if connection in self._refused:
            del self._refused[connection]
            return
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def _watch(self) -> None:
        if self._waiting and not self._has_timer:
            self._has_timer = True
            due_at = next(iter(self._waiting.values()))
            self._reactor.call_later(due_at - self._reactor.now, self._timer_rang)

    def _timer_rang(self) -> None:
        self._is_due = True

    def refuse_overdue(self) -> None:
        """Tell of the newcomers whose time is over: a step of the turn, after a nick that came in this turn."""
        if not self._is_due:
            return
        self._is_due = self._has_timer = False
        for connection, due_at in list(self._waiting.items()):
            if due_at > self._reactor.now:
                break
            del self._waiting[connection]
            self._on_timeout(connection)
        self._watch()
