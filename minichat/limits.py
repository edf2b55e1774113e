"""The limits of the server: each with its value, its unit and the reason for both.

They stand in one table, so that a person can read them (``minichat-server
--show-limits``), a test can shrink them (``limits._replace(line_bytes=16)``) and
no number hides in the code.  The limits that belong to the protocol stand in
``chat/protocol`` and ``chat/nick``.
"""

from __future__ import annotations

from typing import Annotated, List, NamedTuple, Tuple, get_type_hints


class Row(NamedTuple):
    """One limit, for people."""

    name: str
    value: float
    unit: str
    reason: str  # in English; messages.py has the other languages


class Limits(NamedTuple):
    """The limits of one server; ``check`` finds out whether they fit together."""

    # -- reading -----------------------------------------------------------
    line_bytes: Annotated[int, "B", "longest line of a client, with its LF; also the most sent before a nick"] = 4096
    recv_bytes: Annotated[int, "B", "one read per connection and turn, so that a flood cannot hold the turn"] = 16384
    inputs_bytes: Annotated[
        int, "B",
        "of input that waits, of all connections together; beyond it a read asks only for the rest of a line",
    ] = 16777216
    turn_lines: Annotated[int, "lines", "served per connection and turn; the rest waits for the next turn"] = 16
    turn_bytes: Annotated[
        int, "B",
        "of output made per turn, for all or for one; then lines wait for the next turn, so that one turn "
        "overflows neither an empty output queue nor the memory",
    ] = 131072
    turn_seconds: Annotated[
        float, "s", "of work in one turn, by the clock; then what was said goes out, and lines wait for the next turn",
    ] = 0.01
    # -- writing -----------------------------------------------------------
    send_bytes: Annotated[int, "B", "joined for one send to a slow reader"] = 65536
    kernel_send_bytes: Annotated[int, "B", "asked for as the kernel's send buffer; 0 leaves it to the system"] = 0
    queue_bytes: Annotated[int, "B", "output queue of one connection; beyond it the peer is cut as too slow"] = 262144
    queue_soft_bytes: Annotated[int, "B", "output queue tolerated only for queue_soft_seconds"] = 65536
    queue_soft_seconds: Annotated[float, "s", "how long an output queue may stay over queue_soft_bytes"] = 10.0
    # Linux reports a socket as writable only when a third of its buffer is free; that may be a megabyte.
    send_again_seconds: Annotated[
        float, "s",
        "from a send that fell short to the next try without readiness: the kernel reports that late",
    ] = 1.0
    progress_seconds: Annotated[float, "s", "a peer may take no byte of its output queue before it is cut"] = 10.0
    own_queue_bytes: Annotated[
        int, "B",
        "of unread output of one connection; beyond it the commands of that peer wait",
    ] = 16384
    queues_bytes: Annotated[int, "B", "all output queues together; beyond it the largest is cut first"] = 67108864
    piece_bytes: Annotated[int, "B", "cost of a queued piece besides its text: object, slot, table entry"] = 64
    # -- people ------------------------------------------------------------
    clients: Annotated[int, "connections", "at once; 0 means as many as the limit of open files allows"] = 0
    per_address: Annotated[
        int, "connections",
        "from one address or global IPv6 /64, except loopback; 0 is no limit",
    ] = 64
    newcomers: Annotated[int, "connections", "without a nick; with more, an address beyond its rate is refused"] = 1024
    join_seconds: Annotated[float, "s", "from the accept to a nickname; sending bytes does not extend it"] = 60.0
    unfinished_seconds: Annotated[
        float, "s", "from the first byte of a first line that has no newline until the peer is told so, once",
    ] = 10.0
    # -- flood control -----------------------------------------------------
    rate_lines: Annotated[
        float, "lines/s",
        "served per connection in the long run; a refused line counts twice; 0 is no limit",
    ] = 100.0
    rate_burst_seconds: Annotated[float, "s", "of that rate at once: 400 lines or 256,000 bytes, for a paste"] = 4.0
    rate_line_bytes: Annotated[int, "B/line", "allowed for each line of the rate: 64,000 bytes a second"] = 640
    rate_address_share: Annotated[
        float, "times", "the rate of one connection is allowed to all of one address together; loopback counts, too",
    ] = 16.0
    rate_room_share: Annotated[
        float, "times", "the rate of one connection may be said to everyone; beyond it heavy speakers wait",
    ] = 10.0
    rate_room_burst_seconds: Annotated[
        float, "s", "of that at once: 128,000 bytes, so that nobody who reads 1 MB/s is cut as too slow",
    ] = 0.2
    join_lines: Annotated[
        int, "lines", "that coming in costs: JOIN and LEAVE go to everyone; the debt outlives the connection",
    ] = 3
    held_seconds: Annotated[
        float, "s", "until a line is tried again that waits for its addressee or for a loud room",
    ] = 0.05
    # -- ending ------------------------------------------------------------
    drain_idle_seconds: Annotated[float, "s", "a closing peer may be silent before the socket is closed"] = 2.0
    drain_seconds: Annotated[float, "s", "a closing connection is kept at most after its last byte was sent"] = 5.0
    cut_seconds: Annotated[float, "s", "for a peer that was cut to read on, to the end of a line and why"] = 60.0
    drain_bytes: Annotated[int, "B", "of input dropped while closing; more does not count as a sign of life"] = 262144
    shutdown_seconds: Annotated[float, "s", "for everyone to read BYE shutdown before the server ends"] = 5.0
    # -- accepting ---------------------------------------------------------
    backlog: Annotated[int, "connections", "the kernel may hold before they are accepted"] = 1024
    turn_accepts: Annotated[int, "connections", "accepted per turn, so that a rush does not stop those who chat"] = 64
    refusals: Annotated[
        int, "connections",
        "refused ones whose end is waited for, a quarter of them from one address; others are told, and closed at once",
    ] = 16
    spare_files: Annotated[int, "files", "kept free for listener, selector, wake-up pair, log and refusals"] = 32
    retry_first_seconds: Annotated[float, "s", "the listener rests when descriptors run out; doubles each time"] = 0.1
    retry_longest_seconds: Annotated[float, "s", "longest rest of the listener"] = 1.0
    # -- dead peers --------------------------------------------------------
    keepalive_idle_seconds: Annotated[int, "s", "of silence before the kernel probes whether the peer is there"] = 60
    keepalive_interval_seconds: Annotated[int, "s", "between two probes"] = 10
    keepalive_count: Annotated[int, "probes", "unanswered before the peer counts as gone"] = 3

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
            (min(self.recv_bytes, self.turn_lines, self.turn_accepts, self.send_bytes, self.send_again_seconds) > 0,
             "recv_bytes, turn_lines, turn_accepts, send_bytes, send_again_seconds > 0"),
        ]

    def rows(self) -> List[Row]:
        """Return each limit with its value, its unit and its reason."""
        hints = get_type_hints(Limits, include_extras=True)
        return [Row(name, value, *hints[name].__metadata__) for name, value in self._asdict().items()]
