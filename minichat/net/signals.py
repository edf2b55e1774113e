"""Signals, turned into one more readable file of the loop.

A signal may come between any two instructions, so its handler only notes its
number.  Python also writes a byte to a socket that the reactor waits for
(``set_wakeup_fd``), and the program acts in a turn, between two consistent states.
"""

from __future__ import annotations

import signal
import socket
from collections import deque
from selectors import EVENT_READ
from typing import Any, Callable, Deque, Dict, Iterable, Tuple

from minichat.net.reactor import Reactor

_MANY = 4096  # bytes: more than there are signals to read at once


def heeded(*names: str) -> Tuple[int, ...]:
    """Return the numbers of these signals, without those that this system does not have or that are ignored.

    To be called before any is handled: a program is started by ``nohup`` with SIGHUP ignored, so that it stays.
    """
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return tuple(number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN)


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
    """Calls ``on_signal`` in the loop for each signal that comes.

    To be made in the main thread.  ``close`` restores the handlers that were there before.
    """

    def __init__(
        self, reactor: Reactor, wakeup: Wakeup, signals: Iterable[int], on_signal: Callable[[int], None]
    ) -> None:
        """Handle ``signals`` from now on; take over ``wakeup``, which ``close`` closes too."""
        self._reactor = reactor
        self._wakeup = wakeup
        self._on_signal = on_signal
        reactor.register(wakeup.reader, EVENT_READ, self._on_ready)
        # A full socket has woken the loop already: a byte that does not fit is not needed.
        self._old_fd = signal.set_wakeup_fd(wakeup.writer.fileno(), warn_on_full_buffer=False)
        self._come: Deque[int] = deque()  # not yet handed out
        self._old: Dict[int, Any] = {number: signal.signal(number, self._note) for number in signals}

    def has_any(self, numbers: Iterable[int]) -> bool:
        """True if one of these signals has come and ``on_signal`` was not called for it yet."""
        return any(number in self._come for number in numbers)

    def close(self) -> None:
        """Restore the handlers that were there before."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_fd)
        self._reactor.unregister(self._wakeup.reader)
        self._wakeup.close()

    def close_for_good(self) -> None:
        """As ``close``, but ignore the signals from now on: the program is ending."""
        # While Python finalizes, its own handlers are gone already: a second Ctrl-C
        # would turn a good end into a death by signal.
        for number in self._old:
            self._old[number] = signal.SIG_IGN
        self.close()

    def _note(self, number: int, frame: Any) -> None:
        # The number is noted here, not read from the socket: there it may not fit.
        self._come.append(number)

    def _on_ready(self, mask: int) -> None:
        try:
            self._wakeup.reader.recv(_MANY)
        except BlockingIOError:
            pass  # a selector may call a file ready that is not
        while self._come:  # one by one, so that ``has_any`` still sees the signals that came later
            self._on_signal(self._come.popleft())
