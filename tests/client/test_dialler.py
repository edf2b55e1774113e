"""Reaching one host: the look-up, then the dial, and what is told meanwhile; the clock is fake."""

from __future__ import annotations

import socket
from typing import Any, List
from unittest import mock

from minichat.client import dialler
from minichat.client.dialler import SLOW_SECONDS, Dialler
from tests.client.test_outbox import FakeTime


class Step:
    """Stands for a Lookup or a Dial: a test calls ``done`` and ``failed``."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.done, self.failed = arguments[-2:]
        self.is_cancelled = False

    def cancel(self) -> None:
        """Note it."""
        self.is_cancelled = True


class DiallerTest(FakeTime):
    def setUp(self) -> None:
        super().setUp()
        self.lookups: List[Step] = []
        self.dials: List[Step] = []
        self.told: List[object] = []
        for name, steps in (("Lookup", self.lookups), ("Dial", self.dials)):
            patch = mock.patch.object(dialler, name, lambda *arguments, to=steps: to.append(Step(*arguments)) or to[-1])
            patch.start()
            self.addCleanup(patch.stop)
        self.dialler = Dialler(
            self.reactor, "sala", 7, self.told.append, self.told.append, lambda: self.told.append("slow")
        )

    def test_the_host_is_looked_up_and_then_dialled(self) -> None:
        self.dialler.dial()
        self.assertEqual(self.lookups[0].arguments[1:3], ("sala", 7))
        self.assertEqual(self.dials, [])
        self.lookups[0].done(["address"])
        self.assertEqual(self.dials[0].arguments[1], ["address"])
        self.dials[0].done("socket")
        self.pass_time(10 * SLOW_SECONDS)
        self.assertEqual(self.told, ["socket"])

    def test_the_second_time_the_addresses_are_known(self) -> None:
        self.dialler.dial()
        self.lookups[0].done(["address"])
        self.dials[0].failed(OSError())
        self.dialler.dial()
        self.assertEqual(len(self.lookups), 1)
        self.assertEqual(self.dials[1].arguments[1], ["address"])

    def test_a_look_up_that_failed_is_made_again(self) -> None:
        error = socket.gaierror(socket.EAI_AGAIN, "later")
        for count in (1, 2):
            self.dialler.dial()
            self.lookups[-1].failed(error)
            self.assertEqual((len(self.lookups), self.told), (count, [error] * count))

    def test_a_moment_counts_for_both_and_is_told_once(self) -> None:
        """Trap 70."""
        self.dialler.dial()
        self.pass_time(SLOW_SECONDS / 2)
        self.lookups[0].done(["address"])
        self.pass_time(SLOW_SECONDS / 2 - 0.01)
        self.assertEqual(self.told, [])
        self.pass_time(10 * SLOW_SECONDS)
        self.assertEqual(self.told, ["slow"])

    def test_a_cancel_ends_what_is_under_way(self) -> None:
        """Trap 70."""
        self.dialler.cancel()
        self.dialler.dial()
        self.dialler.cancel()
        self.assertTrue(self.lookups[0].is_cancelled)
        self.dialler.dial()
        self.lookups[1].done(["address"])
        self.dialler.cancel()
        self.pass_time(10 * SLOW_SECONDS)
        self.assertEqual((self.lookups[1].is_cancelled, self.dials[0].is_cancelled, self.told), (False, True, []))
