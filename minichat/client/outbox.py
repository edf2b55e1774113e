"""The lines of a person on their way to the server: waiting, or sent and not yet confirmed.

Lines wait while there is no connection, and the lines of a paste wait for each
other.  With a lost connection, the lines that were sent last may be lost too;
only an echo confirms a line.  The outbox knows the reactor and text; it does
not know the connection.
"""

from __future__ import annotations

from collections import deque
from typing import Callable, Deque, Iterable, List, NamedTuple, Optional

from minichat.net.reactor import Reactor

# Between two lines of a paste: half the rate at which the server serves lines (100 a second).
PACE_SECONDS = 0.02

# A direct message has no echo.  After this time it has arrived: otherwise TCP
# would have given the connection up.
UNSURE_SECONDS = 30.0


class Sent(NamedTuple):
    """A line that the server may not have got."""

    text: str
    at: float


class Outbox:
    """The lines of one person, in order.

    >>> from minichat.net.reactor import Reactor
    >>> sent = []
    >>> outbox = Outbox(Reactor(), sent.append)
    >>> outbox.add(["um"]); outbox.open(); outbox.add(["dois"])
    >>> sent, outbox.close()
    (['um', 'dois'], ['um', 'dois'])
    """

    def __init__(self, reactor: Reactor, send: Callable[[str], None]) -> None:
        """``send`` takes one line while the outbox is open."""
        self._reactor = reactor
        self._send = send
        self._waiting: Deque[str] = deque()
        self._sent: Deque[Sent] = deque()  # not confirmed by an echo
        self._is_open = False
        self._is_pacing = False  # a line was sent less than PACE_SECONDS ago, and more wait

    def __len__(self) -> int:
        """Return how many lines wait."""
        return len(self._waiting)

    def add(self, lines: Iterable[str]) -> None:
        """Send ``lines`` after those that wait."""
        self._waiting.extend(lines)
        self._go_on()

    def open(self) -> None:
        """Send the lines that wait: there is a connection now."""
        self._is_open = True
        self._go_on()

    def close(self) -> List[str]:
        """Send no more: the connection is lost.  Return the lines that may be lost with it."""
        self._is_open = False
        oldest = self._reactor.now - UNSURE_SECONDS
        unsure = [sent.text for sent in self._sent if sent.at >= oldest or not sent.text.startswith("@")]
        self._sent.clear()
        return unsure

    def hold(self) -> None:
        """Send no more, but go on taking echoes: the client is leaving."""
        self._is_open = False

    def drop(self) -> int:
        """Forget the lines that wait; return how many there were."""
        count = len(self._waiting)
        self._waiting.clear()
        return count

    def confirm(self, text: Optional[str] = None) -> None:
        """The echo of ``text`` confirms it and every earlier line; None confirms all."""
        while self._sent and self._sent.popleft().text != text:
            pass

    def _go_on(self) -> None:
        if not self._is_open or self._is_pacing or not self._waiting:
            return
        text = self._waiting.popleft()
        self._sent.append(Sent(text, self._reactor.now))
        self._send(text)
        if self._waiting:
            self._is_pacing = True
            self._reactor.call_later(PACE_SECONDS, self._pace)

    def _pace(self) -> None:
        self._is_pacing = False
        self._go_on()
