"""The output queue: output that did not go out in one send, and the end of the output.

The output of most turns goes out in one send, and then a connection has no
queue.  A queue knows its socket, its bytes and how long to wait for the peer;
it does not know what the bytes say.
"""

from __future__ import annotations

import enum
import socket
from typing import Callable

from minichat.net.backlog import Backlog
from minichat.net.patience import Patience
from minichat.net.turn import Turn


class Fin(enum.Enum):
    """Where the end of the output is: the end of file for the peer, TCP's FIN."""

    NOT_YET = "more may be written"
    QUEUED = "to be sent after what is queued"
    SENT = "sent"


NOT_YET, QUEUED, SENT = Fin


class OutputQueue:
    """The output of a peer that does not keep up, or of a connection that ends."""

    __slots__ = ("_patience", "_socket", "backlog", "fin", "grows")

    def __init__(self, turn: Turn, sock: socket.socket, on_due: Callable[[], None]) -> None:
        """``on_due`` is called when the peer may have had long enough: then ask ``is_overdue``."""
        self._socket = sock
        self._patience = Patience(turn.reactor, turn.limits, on_due)
        self.backlog = Backlog(turn.ledger, turn.limits.send_bytes)
        self.fin = NOT_YET
        self.grows = True  # more may be written; else the end of the peer is waited for, too

    @property
    def is_blocked(self) -> bool:
        """True while output waits for room in the kernel."""
        return self.backlog.is_blocked

    @property
    def cost(self) -> int:
        """Bytes that count against the limits of one queue: what is made as it is read does not."""
        return self.backlog.cost - self.backlog.unmade

    @property
    def is_plain_again(self) -> bool:
        """True when nothing waits, and no end does: then no queue is needed."""
        return not self.backlog.bytes and self.fin is NOT_YET

    def keep_rest(self, data: bytes, sent: int) -> None:
        """Queue ``data``, of which the kernel took only the first ``sent`` bytes."""
        self.backlog.add(data)
        self.backlog.took(sent)

    def end(self) -> None:
        """Queue the end: an end of file after what waits; once is enough."""
        if self.fin is NOT_YET:
            self.fin = QUEUED

    def unblock(self) -> None:
        """Note that the kernel has room again."""
        self.backlog.is_blocked = False

    def flush(self, data: bytes = b"") -> None:
        """Queue ``data``; send once, if the kernel may have room; after the last byte send the end.  Raises OSError."""
        if data:
            self.backlog.add(data)
        has_taken = not self.is_blocked and self._send()
        self._patience.queue(self.cost, self.grows, self.is_blocked, has_taken)
        if self.fin is QUEUED and not self.backlog.bytes:
            self.fin = SENT
            self._send_fin()
        if self.fin is SENT and not self.grows:
            self._patience.all_sent()
        self._patience.watch()

    def is_overdue(self) -> bool:
        """True if the peer has had long enough; one more send is tried before that is said.  Raises OSError."""
        has_taken = self._send()
        # By now the peer may also have been cut or have sent something, and so have another deadline.
        self._patience.queue(self.cost, self.grows, self.is_blocked, has_taken)
        return self._patience.is_over()

    def cut(self, last_line: bytes, unit_end: Callable[[bytes, int], int]) -> None:
        """Give up what waits, but not the rest of a unit that was partly sent; then queue ``last_line``.

        The peer gets ``cut_seconds`` to read that.
        """
        self.backlog.cut(last_line, unit_end)
        self.grows = False
        self._patience.queue(self.cost, self.grows, self.is_blocked, has_taken=True)
        self._patience.cut()
        self._patience.watch()

    def received(self, size: int) -> None:
        """Note that ``size`` bytes of input were dropped while the end of the peer is waited for."""
        if self._patience.is_draining:
            self._patience.received(size)

    def release(self) -> None:
        """Give up everything that waits."""
        self.backlog.drop()
        self._patience.stop()

    def _send(self) -> bool:
        return self.backlog.bytes > 0 and self.backlog.send(self._socket.send) > 0

    def _send_fin(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)
