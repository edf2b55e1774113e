"""What a person has said on its way to the server: waiting, or sent and not yet confirmed.

Lines wait while there is no connection, and those of a paste wait for their
turn.  A connection that is lost may take with it what was sent last; only an
echo says that it came.  It knows the reactor and text; it does not know the
connection.
"""

from __future__ import annotations

from collections import deque
from typing import Callable, Deque, Iterable, List, NamedTuple, Optional

from minichat.net.reactor import Reactor

# Between two lines of a paste: half of what the server serves in the long run (100 a second).
PACE_SECONDS = 0.02

# A direct message has no echo.  One that was sent longer ago has come, or the
# connection would have been lost before: TCP does not wait for ever either.
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
        self._sent: Deque[Sent] = deque()  # no echo has come of it
        self._is_open = False
        self._is_pacing = False  # a line has gone out a moment ago, and more are to come

    def __len__(self) -> int:
        """How many lines wait."""
        return len(self._waiting)

    def add(self, lines: Iterable[str]) -> None:
        """Send these as soon as it is their turn."""
        self._waiting.extend(lines)
        self._go_on()

    def open(self) -> None:
        """There is a connection: send what waits."""
        self._is_open = True
        self._go_on()

    def close(self) -> List[str]:
        """The connection is lost, and perhaps these lines with it."""
        self._is_open = False
        oldest = self._reactor.now - UNSURE_SECONDS
        unsure = [sent.text for sent in self._sent if sent.at >= oldest or not sent.text.startswith("@")]
        self._sent.clear()
        return unsure

    def hold(self) -> None:
        """Send no more."""
        self._is_open = False

    def drop(self) -> int:
        """Forget what waits; how many lines that was."""
        count = len(self._waiting)
        self._waiting.clear()
        return count

    def confirm(self, text: Optional[str] = None) -> None:
        """An echo is the receipt for its line, and for all that was sent before it; None is one for everything."""
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
