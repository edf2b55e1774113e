"""Leaving: the end of a client, by a signal or by its own decision, and the wait for BYE.

This module knows signals and the time; it knows no session and no console.
"""

from __future__ import annotations

import signal
from typing import Callable, Sequence, Tuple

from minichat.client.session import BY_SIGNAL, Loop
from minichat.net.reactor import Reactor
from minichat.net.signals import SignalSource, heeded

LEAVE_SECONDS = 2.0  # of silence after QUIT; then the client ends without BYE


def known_signals(*names: str) -> Tuple[int, ...]:
    """Return the numbers of the signals that this system has; Windows has few."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


ENDING_SIGNALS = (*known_signals("SIGINT", "SIGTERM"), *heeded("SIGHUP"))


class Ending:
    """The end of one client: its signals and its exit status."""

    def __init__(self, loop: Loop, signals: Sequence[int], on_signal: Callable[[int], None]) -> None:
        """``on_signal`` is called in the loop with the number of each signal that comes."""
        self.status = 0  # of the process
        self.is_over = False  # the loop ends with this turn
        self.signals = SignalSource(loop.reactor, loop.wakeup, signals, on_signal)
        self._reactor = loop.reactor

    def stop(self, status: int) -> None:
        """End the loop after this turn, with this exit status."""
        self.status = status
        self.is_over = True
        self._reactor.stop()

    def gives_up(self) -> bool:
        """True if a signal ends the client: then it does not wait for a stuck output."""
        # A signal that has come may still wait for its turn.
        return self.status > BY_SIGNAL or self.signals.has_any(ENDING_SIGNALS)


class Goodbye:
    """The wait for BYE after QUIT; it goes on while the server says something."""

    def __init__(self, reactor: Reactor, give_up: Callable[[], None]) -> None:
        """``give_up`` is called after LEAVE_SECONDS to 2 * LEAVE_SECONDS of silence."""
        self._reactor = reactor
        self._give_up = give_up
        self._has_heard = False  # since the last look

    def wait(self) -> None:
        """Begin to wait."""
        self._has_heard = False
        self._reactor.call_later(LEAVE_SECONDS, self._look)

    def heard(self) -> None:
        """Note that the server has said something."""
        # It may have much to answer before it comes to our QUIT.
        self._has_heard = True

    def _look(self) -> None:
        if self._has_heard:
            self.wait()
        else:
            self._give_up()
