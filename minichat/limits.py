"""Every limit of the server: its value, its unit and the reason for both.

One table, so that a person can read it (``minichat-server --show-limits``),
a test can shrink it (``dataclasses.replace``) and no number hides in the code.
What the wire itself prescribes stands in ``chat/protocol`` and ``chat/nick``.
"""

from __future__ import annotations

import dataclasses
from typing import Any, List, NamedTuple, Tuple


def _limit(value: Any, unit: str, reason: str) -> Any:
    return dataclasses.field(default=value, metadata={"unit": unit, "reason": reason})


class Row(NamedTuple):
    """One limit, for people."""

    name: str
    value: float
    unit: str
    reason: str  # in English; messages.py has the other languages


@dataclasses.dataclass(frozen=True)
class Limits:
    """The limits of one server; ``check`` says whether they fit together."""

    # -- reading -----------------------------------------------------------
    line_bytes: int = _limit(4096, "B", "longest line of a client, LF included; also all one may say before a nick")
    recv_bytes: int = _limit(16384, "B", "one read per connection and turn: a flooder cannot hold the turn")
    turn_lines: int = _limit(16, "lines", "served per connection and turn; the rest goes on next turn")
    turn_bytes: int = _limit(131072, "B", "made per turn, to be sent to all or to one; then lines wait for the next, "
                             "so that one turn overflows neither an empty output queue nor the memory")
    # -- writing -----------------------------------------------------------
    send_bytes: int = _limit(65536, "B", "joined for one send to a slow reader")
    kernel_send_bytes: int = _limit(0, "B", "of the kernel's own send buffer, asked for; 0 leaves it to the system")
    queue_bytes: int = _limit(262144, "B", "output queue of one connection; over it the reader is cut as too slow")
    queue_soft_bytes: int = _limit(65536, "B", "output queue that is borne only for a while")
    queue_soft_seconds: float = _limit(10.0, "s", "how long an output queue may stay over the soft limit")
    # The kernel calls a socket writable only when a third of its buffer is free (Linux), perhaps a megabyte.
    send_again_seconds: float = _limit(1.0, "s", "until a send is tried though the kernel did not call: it calls late")
    progress_seconds: float = _limit(10.0, "s", "without the peer taking a single byte that waits for it")
    own_queue_bytes: int = _limit(16384, "B", "waiting for one who asks for more: the commands pause until it is read")
    queues_bytes: int = _limit(67108864, "B", "all output queues together; over it the largest goes first")
    piece_bytes: int = _limit(64, "B", "what a queued piece costs beside its text: object, slot and table entry")
    # -- people ------------------------------------------------------------
    clients: int = _limit(0, "connections", "at once; 0 means as many as the limit of open files allows")
    per_address: int = _limit(64, "connections", "from one address (an IPv6 /64 is one), but for loopback; 0 is off")
    join_seconds: float = _limit(60.0, "s", "from the accept to a nickname; sending bytes does not extend it")
    # -- flood control -----------------------------------------------------
    rate_lines: float = _limit(100.0, "lines/s",
                                "of one connection are served in the long run; refused ones count twice; 0 is off")
    rate_burst_seconds: float = _limit(4.0, "s", "of that rate at once: 400 lines or 256,000 bytes, for a paste")
    rate_line_bytes: int = _limit(640, "B/line", "allowed for each line of the rate: 64,000 bytes a second")
    # -- ending ------------------------------------------------------------
    drain_idle_seconds: float = _limit(2.0, "s", "a closing peer may be silent before the socket is closed")
    drain_seconds: float = _limit(5.0, "s", "a closing connection is kept at most after its last byte was sent")
    drain_bytes: int = _limit(262144, "B", "of input dropped while closing; more does not count as a sign of life")
    shutdown_seconds: float = _limit(5.0, "s", "for everyone to read BYE shutdown before the server ends")
    # -- accepting ---------------------------------------------------------
    backlog: int = _limit(1024, "connections", "the kernel may hold before they are accepted")
    turn_accepts: int = _limit(64, "connections", "accepted per turn: a rush does not starve those who chat")
    refusals: int = _limit(16, "connections", "over the limit of clients that are told so at the same time")
    spare_files: int = _limit(32, "files", "kept back: listener, selector, wake-up pair, log, refusals")
    retry_first_seconds: float = _limit(0.1, "s", "the listener rests when descriptors run out; doubles each time")
    retry_longest_seconds: float = _limit(1.0, "s", "it rests at most")
    # -- dead peers --------------------------------------------------------
    keepalive_idle_seconds: int = _limit(60, "s", "of silence before the kernel probes whether the peer is there")
    keepalive_interval_seconds: int = _limit(10, "s", "between two probes")
    keepalive_count: int = _limit(3, "probes", "unanswered before the peer counts as gone")
    user_timeout_seconds: int = _limit(30, "s", "sent data may stay unacknowledged or unread until the kernel gives up")

    @property
    def burst_lines(self) -> float:
        """Lines that may come at once before the rate holds them back."""
        return self.rate_lines * self.rate_burst_seconds

    def check(self) -> None:
        """Raise ValueError naming the first relation that does not hold."""
        for holds, relation in self._relations():
            if not holds:
                raise ValueError(relation)

    def _relations(self) -> List[Tuple[bool, str]]:
        return [
            (self.own_queue_bytes <= self.queue_soft_bytes <= self.queue_bytes <= self.queues_bytes,
             "own_queue_bytes <= queue_soft_bytes <= queue_bytes <= queues_bytes"),
            (self.turn_bytes <= self.queue_bytes, "turn_bytes <= queue_bytes"),
            (0 < self.line_bytes <= self.queue_soft_bytes, "0 < line_bytes <= queue_soft_bytes"),
            (self.drain_idle_seconds <= self.drain_seconds, "drain_idle_seconds <= drain_seconds"),
            (self.drain_seconds <= self.shutdown_seconds, "drain_seconds <= shutdown_seconds"),
            (self.retry_first_seconds <= self.retry_longest_seconds, "retry_first_seconds <= retry_longest_seconds"),
            (self.refusals < self.spare_files, "refusals < spare_files"),
            (self.rate_lines == 0 or self.burst_lines >= 1, "rate_lines * rate_burst_seconds >= 1"),
            (self.user_timeout_seconds >= self.progress_seconds, "user_timeout_seconds >= progress_seconds"),
            (min(self.recv_bytes, self.turn_lines, self.turn_accepts, self.send_bytes, self.send_again_seconds) > 0,
             "recv_bytes, turn_lines, turn_accepts, send_bytes, send_again_seconds > 0"),
        ]

    def rows(self) -> List[Row]:
        """Each limit with its value, its unit and its reason."""
        return [
            Row(field.name, getattr(self, field.name), field.metadata["unit"], field.metadata["reason"])
            for field in dataclasses.fields(self)
        ]
