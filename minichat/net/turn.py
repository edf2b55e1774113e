"""The turn: what all connections of one program share, and the lists of what there is to do.

A connection that finds something to do notes itself here; the pool does it in a
step of the turn, when nothing else is under way.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, Dict, List

from minichat.limits import Limits
from minichat.net.backlog import Ledger
from minichat.net.reactor import Reactor


class Turn:
    """Lists of connections, with each connection at most once.  (A dict is one: unlike a set, it has an order.)"""

    def __init__(self, reactor: Reactor, limits: Limits) -> None:
        self.reactor = reactor
        self.limits = limits
        self.ledger = Ledger(limits.piece_bytes)
        self.inputs = 0  # bytes of input that wait in all buffers, or may have been served since they were counted
        self.speaks_telnet = False  # the commands of telnet are taken out of the input, and answered
        self.ready: Dict[Any, None] = {}  # have read something, or have lines left over
        self.overdue: Dict[Any, None] = {}  # have a deadline that may have come
        self.dirty: List[Any] = []  # have output to send, or its end
        self.ended: Deque[Any] = deque()  # are CLOSED, and their sockets are still open
