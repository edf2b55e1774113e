"""Budgets: how much may come from one address, and how much may be said to the whole room.

A limit of one connection does not hold where the cost is that of all of them:
64 connections from one address, each within its rate, or new connections for
new bursts.  So an address has a pace, and so has the room.
"""

from __future__ import annotations

from collections import OrderedDict

from minichat.chat.room import Room
from minichat.limits import Limits
from minichat.net.pace import Pace
from minichat.net.reactor import Reactor

# Of so many addresses the debt is remembered; beyond, that of the one not seen for longest is forgotten.
MOST_ADDRESSES = 4096


class AddressPaces:
    """The pace of each address.  A debt outlives the connections that made it.

    >>> paces = AddressPaces(Limits())
    >>> paces.of("192.0.2.1") is paces.of("192.0.2.1")
    True
    """

    def __init__(self, limits: Limits) -> None:
        self._share = limits.rate_address_share
        self._paces: OrderedDict[str, Pace] = OrderedDict()

    def of(self, address: str) -> Pace:
        """Return the pace of ``address``."""
        pace = self._paces.pop(address, None) or Pace(self._share)
        self._paces[address] = pace
        if len(self._paces) > MOST_ADDRESSES:
            self._paces.popitem(last=False)
        return pace


class RoomBudget:
    """What may be said to everyone.

    While more was said than the budget allows, the room is loud: then a member
    who has spoken much of late waits with the next broadcast.
    """

    def __init__(self, reactor: Reactor, limits: Limits, room: Room) -> None:
        self._reactor = reactor
        self._limits = limits
        self._room = room
        self._at = 0.0  # when the debt was last brought up to date
        self._lines = self._bytes = 0.0

    def settle(self) -> None:
        """Charge what was said in this turn: a step of the turn, before the fan-out."""
        limits, lines = self._limits, self._room.fanout.lines
        rate = limits.rate_lines * limits.rate_room_share
        if not rate or not (lines or self._lines or self._bytes):
            return
        now = self._reactor.now
        passed, self._at = now - self._at, now
        self._lines = max(0.0, self._lines - passed * rate) + len(lines)
        self._bytes = max(0.0, self._bytes - passed * rate * limits.rate_line_bytes) + sum(map(len, lines))
        seconds = max(self._lines / rate, self._bytes / (rate * limits.rate_line_bytes))
        self._room.is_loud = seconds > limits.rate_room_burst_seconds
