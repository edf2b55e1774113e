"""All connections of one program: who has output this turn, who has ended.

The pool makes the flush pass and the reaping, each once a turn, so that no
connection is closed while somebody further up the stack still uses it.  It
knows connections and limits; it does not know what they are talking about.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Dict, List

from minichat.limits import Limits
from minichat.net.backlog import Ledger
from minichat.net.reactor import Reactor

if TYPE_CHECKING:
    from minichat.net.connection import Connection
    from minichat.net.owner import Owner

log = logging.getLogger(__name__)


class Pool:
    """What the connections of one program have in common."""

    def __init__(self, reactor: Reactor, limits: Limits, owner: Owner) -> None:
        """``owner`` is told what arrives on each connection and when it ends.

        The program adds ``flush`` to the steps that end a turn, behind
        whatever else queues output there.
        """
        self.reactor = reactor
        self.limits = limits
        self.owner = owner
        self.probe = reactor.probe
        self.ledger = Ledger(limits.piece_bytes)
        # A dict, since it keeps the order of coming and a set does not.
        self.connections: Dict[Connection, None] = {}
        self.dirty: List[Connection] = []  # have queued output since the last flush pass
        self.served: List[Connection] = []  # this turn, and have more lines waiting
        # Set for the rest of a turn in which enough was said: nobody is served any more.
        self.turn_is_full = False
        self._ended: List[Connection] = []

    def flush(self) -> None:
        """The flush pass: one send for each connection with output."""
        self.turn_is_full = False
        for connection in self.served:
            self.reactor.call_soon(connection.serve)
        self.served = []
        dirty, self.dirty = self.dirty, []
        for connection in dirty:
            try:
                connection.flush()
            except Exception:
                self.bug(connection)
        if self.ledger.bytes > self.limits.queues_bytes:
            self._shed()

    def ended(self, connection: Connection) -> None:
        """``connection`` is CLOSED: close its socket when the handlers are through."""
        if not self._ended:
            self.reactor.call_soon(self._reap)
        self._ended.append(connection)

    def bug(self, connection: Connection) -> None:
        """Called inside an except clause: our bug costs this connection and no other."""
        log.exception("a bug; this connection is cut")
        connection.abort("error")

    def _reap(self) -> None:
        ended, self._ended = self._ended, []
        for index, connection in enumerate(ended):
            if self.turn_is_full:  # the rest can wait: everyone is told of each
                self._ended = ended[index:]
                self.reactor.call_soon(self._reap)
                return
            del self.connections[connection]
            try:
                connection.release()
                self.owner.connection_closed(connection)
            except Exception:
                log.exception("a bug while a connection ended")

    def _shed(self) -> None:
        """All queues together are too large: the largest goes first."""
        slow = [connection for connection in self.connections if connection.backlog is not None]
        slow.sort(key=lambda connection: connection.queued, reverse=True)
        for connection in slow:
            if self.ledger.bytes <= self.limits.queues_bytes:
                return
            connection.tell_too_slow()
            self.reactor.call_soon(lambda: None)  # what that has queued goes out in the next turn, which is now
