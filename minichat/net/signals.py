"""Signals as one more readable file.

A signal may arrive between any two instructions, so its handler does nothing;
the number is written to a socket that the reactor watches (``set_wakeup_fd``),
and the program acts on it in a turn of its own, between two consistent states.
"""

from __future__ import annotations

import signal
import socket
from selectors import EVENT_READ
from typing import Any, Callable, Dict, Iterable

from minichat.net.reactor import Reactor

_MANY = 4096


class SignalSource:
    """Hands the signals it was asked for to ``on_signal``, in the loop.

    To be made in the main thread; ``close`` puts everything back.
    """

    def __init__(self, reactor: Reactor, signals: Iterable[int], on_signal: Callable[[int], None]) -> None:
        self._reactor = reactor
        self._on_signal = on_signal
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        reactor.register(self._reader, EVENT_READ, self._on_ready)
        # A full socket has woken the loop already: what does not fit is no news.
        self._old_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._old: Dict[int, Any] = {number: signal.signal(number, self._ignore) for number in signals}

    def has_any(self, numbers: Iterable[int]) -> bool:
        """Whether one of these has come and was not yet handed out."""
        try:
            return any(number in self._reader.recv(_MANY, socket.MSG_PEEK) for number in numbers)
        except BlockingIOError:
            return False

    def fileno(self) -> int:
        """Of the socket that is readable when a signal has come."""
        return self._reader.fileno()

    def close(self) -> None:
        """Stop listening to signals and restore what was there before."""
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_fd)
        self._reactor.unregister(self._reader)
        self._reader.close()
        self._writer.close()

    def close_for_good(self) -> None:
        """As ``close``, but ignore the signals from now on: the program is ending.

        While Python finalizes, its own handlers are gone already, and a second
        Ctrl-C would turn a good end into a death by signal.
        """
        for number in self._old:
            self._old[number] = signal.SIG_IGN
        self.close()

    @staticmethod
    def _ignore(number: int, frame: Any) -> None:
        """A Python handler has to exist for the number to be written."""

    def _on_ready(self, mask: int) -> None:
        """One a turn: those behind it can still be seen by ``has_any``."""
        for number in self._reader.recv(1):
            if number in self._old:
                self._on_signal(number)
