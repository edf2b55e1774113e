"""Signals as one more readable file.

A signal may arrive between any two instructions, so its handler only notes the
number; that it has come is written to a socket that the reactor watches
(``set_wakeup_fd``), and the program acts in a turn, between two consistent states.
"""

from __future__ import annotations

import signal
import socket
from collections import deque
from selectors import EVENT_READ
from typing import Any, Callable, Deque, Dict, Iterable

from minichat.net.reactor import Reactor

_MANY = 4096


class Wakeup:
    """A file that is readable when a signal has come: one end of a socket pair."""

    def __init__(self) -> None:
        self.reader, self.writer = socket.socketpair()
        self.reader.setblocking(False)
        self.writer.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self.reader.fileno()

    def close(self) -> None:
        """Close both ends."""
        self.reader.close()
        self.writer.close()


class SignalSource:
    """Hands the signals it was asked for to ``on_signal``, in the loop.

    To be made in the main thread; ``close`` puts everything back.
    """

    def __init__(
        self, reactor: Reactor, wakeup: Wakeup, signals: Iterable[int], on_signal: Callable[[int], None]
    ) -> None:
        """Take over ``wakeup``: ``close`` closes it, too."""
        self._reactor = reactor
        self._wakeup = wakeup
        self._on_signal = on_signal
        reactor.register(wakeup.reader, EVENT_READ, self._on_ready)
        # A full socket has woken the loop already: what does not fit is no news.
        self._old_fd = signal.set_wakeup_fd(wakeup.writer.fileno(), warn_on_full_buffer=False)
        self._come: Deque[int] = deque()  # not yet handed out
        self._old: Dict[int, Any] = {number: signal.signal(number, self._note) for number in signals}

    def has_any(self, numbers: Iterable[int]) -> bool:
        """Whether one of these has come and was not yet handed out."""
        return any(number in self._come for number in numbers)

    def close(self) -> None:
        """Stop listening to signals and restore what was there before."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_fd)
        self._reactor.unregister(self._wakeup.reader)
        self._wakeup.close()

    def close_for_good(self) -> None:
        """As ``close``, but ignore the signals from now on: the program is ending.

        While Python finalizes, its own handlers are gone already, and a second
        Ctrl-C would turn a good end into a death by signal.
        """
        for number in self._old:
            self._old[number] = signal.SIG_IGN
        self.close()

    def _note(self, number: int, frame: Any) -> None:
        """Before the socket is seen to be readable: what is written there may not fit, and only wakes."""
        self._come.append(number)

    def _on_ready(self, mask: int) -> None:
        self._wakeup.reader.recv(_MANY)
        while self._come:  # those behind the one that is served are still seen by ``has_any``
            self._on_signal(self._come.popleft())
