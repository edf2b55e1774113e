"""Signals become calls in the loop, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import unittest
from typing import List

from minichat.net.reactor import Reactor
from minichat.net.signals import SignalSource, Wakeup


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

    def test_closing_puts_everything_back(self) -> None:
        before = signal.getsignal(signal.SIGUSR1)
        SignalSource(self.reactor, Wakeup(), [signal.SIGUSR1], self.seen.append).close()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), before)
        self.assertEqual(len(self.reactor._selector.get_map()), 0)
        fd = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(fd)
        self.assertEqual(fd, -1)
