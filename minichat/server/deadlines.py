"""Deadlines: one and the same wait for many connections, with one timer for all of them."""

from __future__ import annotations

from typing import Dict, List

from minichat.net.connection import Connection
from minichat.net.reactor import Reactor


class Deadlines:
    """Who is waited for, and until when.

    All wait equally long, so the order in which the waits begin is the order in
    which they end, and one timer is enough: a dict keeps that order.  The timer
    only notes that it rang, in ``is_due``; then a step of the turn asks ``take_due``.
    """

    def __init__(self, reactor: Reactor, seconds: float) -> None:
        """Each wait lasts ``seconds``."""
        self._reactor = reactor
        self._seconds = seconds
        self.due: Dict[Connection, float] = {}  # by the reactor's ``now``
        self._has_timer = False
        self.is_due = False  # ``take_due`` may have something to return

    def begin(self, connection: Connection) -> None:
        """Wait for ``connection`` from now on."""
        self.due[connection] = self._reactor.now + self._seconds
        self._watch()

    def end(self, connection: Connection) -> bool:
        """Wait no longer for ``connection``; return whether it was waited for."""
        return self.due.pop(connection, None) is not None

    def take_due(self) -> List[Connection]:
        """Return the connections whose time is over; they are not waited for any more."""
        self.is_due = self._has_timer = False
        over: List[Connection] = []
        for connection, due_at in self.due.items():
            if due_at > self._reactor.now:
                break
            over.append(connection)
        for connection in over:
            del self.due[connection]
        self._watch()
        return over

    def _watch(self) -> None:
        if self.due and not self._has_timer:
            self._has_timer = True
            due_at = next(iter(self.due.values()))
            self._reactor.call_later(due_at - self._reactor.now, self._timer_rang)

    def _timer_rang(self) -> None:
        self.is_due = True
