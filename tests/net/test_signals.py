"""Signals become calls in the loop, and everything is restored afterwards."""

from __future__ import annotations

import os
import signal
import unittest
from selectors import EVENT_READ
from typing import List

from minichat.net.reactor import Reactor
from minichat.net.signals import SignalSource, Wakeup, heeded
from tests.program import run_program


@unittest.skipUnless(hasattr(signal, "SIGUSR1"), "there are POSIX signals")
class Signals(unittest.TestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        self.seen: List[int] = []

    def test_a_signal_wakes_the_loop_and_is_handled_in_a_turn(self) -> None:
        """Trap 22."""
        source = SignalSource(self.reactor, Wakeup(), [signal.SIGUSR1], self.seen.append)
        self.addCleanup(source.close)
        os.kill(os.getpid(), signal.SIGUSR1)
        self.assertEqual(self.seen, [])
        self.reactor.run_once()
        self.assertEqual(self.seen, [signal.SIGUSR1])

    def test_a_hundred_signals_do_no_harm(self) -> None:
        """Trap 22."""
        source = SignalSource(self.reactor, Wakeup(), [signal.SIGUSR1], self.seen.append)
        self.addCleanup(source.close)
        for _ in range(100):
            os.kill(os.getpid(), signal.SIGUSR1)
        self.reactor.run_once()
        self.assertEqual(set(self.seen), {signal.SIGUSR1})

    def test_a_wakeup_that_is_called_ready_for_nothing_is_no_bug(self) -> None:
        wakeup = Wakeup()
        source = SignalSource(self.reactor, wakeup, [signal.SIGUSR1], self.seen.append)
        self.addCleanup(source.close)
        source._on_ready(EVENT_READ)  # as after a selector that calls a file ready which is not
        self.assertEqual(self.seen, [])

    def test_a_signal_that_was_not_asked_for_is_not_passed_on(self) -> None:
        source = SignalSource(self.reactor, Wakeup(), [signal.SIGUSR1], self.seen.append)
        self.addCleanup(source.close)
        old = signal.signal(signal.SIGUSR2, lambda number, frame: None)
        self.addCleanup(signal.signal, signal.SIGUSR2, old)
        os.kill(os.getpid(), signal.SIGUSR2)
        self.reactor.run_once()
        self.assertEqual(self.seen, [])

    def test_what_has_come_is_known_until_it_is_handed_out(self) -> None:
        known: List[bool] = []
        source = SignalSource(
            self.reactor, Wakeup(),
            [signal.SIGUSR1, signal.SIGUSR2],
            lambda number: known.append(source.has_any([signal.SIGUSR2])),
        )
        self.addCleanup(source.close)
        self.assertFalse(source.has_any([signal.SIGUSR2]))
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR2)
        self.assertTrue(source.has_any([signal.SIGUSR2]))
        self.reactor.run_once()
        self.assertEqual(known, [True, False])

    def test_a_flood_of_one_does_not_hide_another(self) -> None:
        """Trap 22."""
        source = SignalSource(self.reactor, Wakeup(), [signal.SIGUSR1, signal.SIGUSR2], self.seen.append)
        self.addCleanup(source.close)
        for _ in range(10_000):  # more than the socket holds
            os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR2)
        self.reactor.run_once()
        self.assertEqual(self.seen[-1], signal.SIGUSR2)

    def test_a_flood_prints_nothing(self) -> None:
        """Trap 22: the socket is full, and Python would complain for each byte that does not fit."""
        program = """
import os, signal
from minichat.net.reactor import Reactor
from minichat.net.signals import SignalSource, Wakeup
source = SignalSource(Reactor(), Wakeup(), [signal.SIGUSR1], print)
for _ in range(10_000):
    os.kill(os.getpid(), signal.SIGUSR1)
"""
        self.assertEqual(run_program("-c", program), (0, "", ""))

    def test_closing_gives_an_earlier_wake_up_fd_back(self) -> None:
        """Trap 22."""
        earlier = Wakeup()
        self.addCleanup(earlier.close)
        old = signal.set_wakeup_fd(earlier.writer.fileno())
        self.addCleanup(signal.set_wakeup_fd, old)
        SignalSource(self.reactor, Wakeup(), [signal.SIGUSR1], self.seen.append).close()
        self.assertEqual(signal.set_wakeup_fd(-1), earlier.writer.fileno())

    def test_a_signal_that_is_ignored_is_not_heeded(self) -> None:
        """Trap 54."""
        old = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        self.addCleanup(signal.signal, signal.SIGUSR1, old)
        self.assertEqual(heeded("SIGUSR1", "SIGUSR2", "SIGNOTHING"), (signal.SIGUSR2,))

    def test_closing_puts_everything_back(self) -> None:
        before = signal.getsignal(signal.SIGUSR1)
        SignalSource(self.reactor, Wakeup(), [signal.SIGUSR1], self.seen.append).close()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), before)
        self.assertEqual(len(self.reactor._selector.get_map()), 0)
        fd = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(fd)
        self.assertEqual(fd, -1)
