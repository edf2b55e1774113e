"""What an attack is, and what its attackers count.

An attack says what each of its connections sends and how it reads; it touches no
socket.  attacking/crowd plays it, attacking/catalogue has all of them.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Dict, Tuple

CONNECTIONS = 64  # as many as a server with default options allows one address (Limits.per_address)
PIECE_BYTES = 65536
SMALL_WINDOW_BYTES = 4096


@dataclasses.dataclass
class Tally:
    """What the attackers of one attack did, and what they got for it."""

    made: int = 0  # connections
    failed: int = 0  # connections that the kernel refused
    sent_bytes: int = 0
    read_bytes: int = 0
    let_in: int = 0  # OK lines
    answers: int = 0  # OK, ERR, WHO and BYE lines
    ends: Dict[str, int] = dataclasses.field(default_factory=dict)  # by the server: what was read last, or "reset"

    def ends_with(self, how: str) -> None:
        """Count a connection that the server ended that way."""
        self.ends[how] = self.ends.get(how, 0) + 1

    def ended(self, *but: str) -> int:
        """Return how many connections the server ended in another way than those."""
        return sum(count for how, count in self.ends.items() if how not in but)


class Attack:
    """One attack, and how its connections behave.  The docstring of each kind says what it tries.

    A connection sends ``begins``, then ``goes_on`` again and again, as fast as
    the server takes it.  Each connection has a serial number; 0 is the first.
    """

    name: ClassVar[str]
    traps: ClassVar[Tuple[int, ...]]

    connections: ClassVar[int] = CONNECTIONS  # at the same time
    options: ClassVar[Tuple[str, ...]] = ()  # of the server, beside the default ones
    is_web: ClassVar[bool] = False  # at the port for browsers
    change: ClassVar[str] = ""  # Python that the server runs first: see tests.live
    least_seconds: ClassVar[float] = 0.0  # a shorter time would show nothing
    is_beside: ClassVar[bool] = False  # long, and no work for the server: played while the others are
    fills_queues: ClassVar[bool] = False  # its connections leave their output unread
    is_drained: ClassVar[bool] = False  # sends after its goodbye: that is dropped at any speed, but not for long

    window_bytes: ClassVar[int] = 0  # receive buffer; 0 leaves it to the system
    piece_bytes: ClassVar[int] = PIECE_BYTES  # longest piece sent at once
    pause_seconds: ClassVar[float] = 0.0  # between two pieces
    life_seconds: ClassVar[float] = 0.0  # after which a connection closes itself; 0.0 is never
    resets: ClassVar[bool] = False  # it then sends a reset instead of an end of file
    comes_again: ClassVar[bool] = False  # a new connection comes in the place of one that has ended

    def begins(self, serial: int) -> bytes:
        """Return what a connection sends first."""
        return f"mallory{serial}\n".encode()

    def goes_on(self, serial: int) -> bytes:
        """Return what a connection sends after that again and again; b"" is nothing."""
        return b""

    def reads(self, serial: int) -> float:
        """Return how many bytes a second a connection reads: 0 is none, infinity is all at once."""
        return float("inf")

    def window(self, serial: int) -> int:
        """Return the size of the receive buffer of a connection."""
        return self.window_bytes

    def half_closes(self, serial: int) -> bool:
        """True if a connection ends its output after ``begins``."""
        return False

    # -- what became of it -----------------------------------------------------

    def idle(self, tally: Tally, served: int) -> str:
        """Return why the attack did not get going, or ""; ``served`` is what the server did for it, in lines."""
        if tally.made < self.connections:
            return f"only {tally.made} connections"
        # What their address owes, in lines or in bytes, may hold the last of them up, once the first are served.
        is_going = served >= 2 * self.connections or tally.sent_bytes >= 100_000 * self.connections
        if tally.let_in < self.connections and not is_going:
            return f"only {tally.let_in} let in"
        if tally.sent_bytes < self.connections * 100:
            return f"only {tally.sent_bytes} bytes sent"
        if not served:
            return "not one line was served"
        return ""

    def complaint(self, tally: Tally) -> str:
        """Return what this attack achieved beyond what all are judged by, or ""."""
        return ""

