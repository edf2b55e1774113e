"""What may watch the loop: a contract, as net/owner is one.

A reactor has a probe or, as nearly always, none; its connections ask it for
one.  At each place stands one test for None, so that a loop that nobody
watches pays nothing that could be measured; system calls are watched by a
socket that stands before the real one, and there not even the test is needed.
A probe only looks.  ``minichat.trace`` has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, List, Optional, Protocol, Tuple

if TYPE_CHECKING:
    from minichat.net.connection import Connection


class Probe(Protocol):
    """Whoever is shown what happens, in the moment in which it happens."""

    # -- the reactor -------------------------------------------------------

    def waits(self, timeout: float, deferred: int) -> None:
        """A turn begins: ``select`` for so many seconds; with ``deferred`` calls it does not wait."""

    def woke(self, ready: List[Tuple[Any, int]]) -> None:
        """``select`` has returned these handlers and masks."""

    def timer_rang(self, late: float) -> None:
        """A timer is about to run, so many seconds after its time."""

    def timed(self, call: Callable[..., None]) -> Callable[..., None]:
        """The same call, with a look at how long it takes."""

    # -- a connection --------------------------------------------------------

    def opened(self, connection: Connection, sock: Any) -> Any:
        """A connection begins; the socket that it is to use, which shows each call."""

    def line(self, connection: Connection, line: Optional[bytes], buffered: int, thrown_away: int) -> None:
        """A line has left the line buffer, without its line end; None for one that was too long.

        ``buffered`` bytes are still there; ``thrown_away`` were those of lines too long, until now.
        """

    def queued(self, connection: Connection, data: bytes) -> None:
        """Output was queued."""

    def cut(self, connection: Connection, lost: int, last_line: bytes) -> None:
        """So many queued bytes are given up, and this line is queued in their place."""

    def interest_changed(self, connection: Connection, old: int, new: int, pause: str) -> None:
        """It was registered, modified or unregistered; ``pause`` says whether lines wait, and for what."""

    def state_changed(self, connection: Connection, state: str, buffered: int, thrown_away: int) -> None:
        """It is draining or closed now; ``connection.reason`` says why.

        ``buffered`` and ``thrown_away`` as above; what is buffered will never be a line.
        """

    def closed(self, connection: Connection, lost: int) -> None:
        """Its socket is closed; so many queued bytes were never sent."""
