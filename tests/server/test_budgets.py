"""Budgets: what comes from one address, what is said to one, what is said to all."""

from __future__ import annotations

import time
import unittest
from typing import Callable, List
from unittest import mock

from minichat.chat.room import Member, Room
from minichat.limits import Limits
from minichat.net.pace import Pace
from minichat.net.reactor import Reactor
from minichat.server.budgets import MOST_ADDRESSES, AddressPaces, RoomBudget
from tests.server.test_server import Person, ServerCase
from tests.support import PATIENCE_SECONDS

LIMITS = Limits(clients=100)
HERE, THERE = "192.0.2.1", "192.0.2.2"


class Addresses(unittest.TestCase):
    """An address has one debt, however many connections it has."""

    def serve(self, paces: AddressPaces, address: str, lines: int, now: float = 1000.0) -> int:
        """Serve so many lines of new connections; return how many were served at once."""
        served = 0
        for _ in range(lines):
            pace = Pace(parent=paces.of(address))
            if not pace.wait(LIMITS, now):
                pace.charge(1, 10)
                served += 1
        return served

    def test_new_connections_give_no_new_burst(self) -> None:
        """Trap 45."""
        paces = AddressPaces(LIMITS)
        self.assertEqual(self.serve(paces, HERE, 8000), 6400)
        self.assertEqual(self.serve(paces, HERE, 5000, 1001.0), 1600)

    def test_each_address_has_its_own_debt(self) -> None:
        """Trap 45."""
        paces = AddressPaces(LIMITS)
        self.serve(paces, HERE, 8000)
        self.assertEqual(self.serve(paces, THERE, 400), 400)

    def test_the_debts_of_many_addresses_are_remembered_not_of_all(self) -> None:
        paces = AddressPaces(LIMITS)
        first = paces.of("a")
        for number in range(MOST_ADDRESSES - 1):
            paces.of(str(number))
        self.assertIs(paces.of("a"), first)
        for number in range(MOST_ADDRESSES):
            paces.of(str(number))
        self.assertIsNot(paces.of("a"), first)


class TheRoom(unittest.TestCase):
    """When a room is loud."""

    def setUp(self) -> None:
        self.time = 0.0
        self.reactor = Reactor(clock=lambda: self.time)
        self.addCleanup(self.reactor.close)
        self.room = Room()
        self.budget = RoomBudget(self.reactor, LIMITS, self.room)

    def say(self, lines: int, size: int = 30) -> bool:
        """Say so much in one turn; return whether the room is loud then."""
        for _ in range(lines):
            self.room.fanout.say(b"x" * size)
        self.budget.settle()
        self.room.deliver()
        return self.room.is_loud

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        self.reactor.call_later(0.0, lambda: None)
        self.reactor.run_once()

    def test_it_is_loud_beyond_its_burst_in_lines(self) -> None:
        """Trap 45."""
        self.assertEqual([self.say(200), self.say(1)], [False, True])

    def test_it_is_loud_beyond_its_burst_in_bytes(self) -> None:
        """Trap 45: a reader of 1 MB/s is not cut by what is said to everyone."""
        self.assertEqual([self.say(32, 4000), self.say(1, 1)], [False, True])

    def test_it_is_quiet_again_when_time_has_paid(self) -> None:
        self.say(301)
        self.pass_time(0.05)
        self.assertTrue(self.say(0))
        self.pass_time(0.06)
        self.assertFalse(self.say(0))

    def test_it_is_quiet_again_when_the_bytes_outlast_the_lines(self) -> None:
        """A few long lines: their count is paid long before their bytes."""
        self.assertTrue(self.say(200, size=2000))
        heard = []
        for _ in range(8):
            self.pass_time(0.2)
            heard.append(self.say(0))
        self.assertEqual((heard[0], heard[-1]), (True, False))

    def test_a_rate_of_zero_turns_it_off(self) -> None:
        self.budget = RoomBudget(self.reactor, LIMITS._replace(rate_lines=0.0), self.room)
        self.assertFalse(self.say(10_000))


class Paced(ServerCase):
    limits = LIMITS

    def lines_of(self, person: Person) -> List[str]:
        """What has come for a person by now."""
        self.settle()
        person.receive()
        return person.received.decode().split("\n")[:-1]


class TheAddressee(Paced):
    """A private line waits at its sender, so that it cuts nobody."""

    limits = LIMITS._replace(kernel_send_bytes=4096)

    def setUp(self) -> None:
        super().setUp()
        self.bia = Person(self, "bia", recv_buffer=4096)
        self.ana = Person(self, "ana")

    def flood(self, lines: int) -> None:
        """Ana sends long private lines to bia, who does not read."""
        for number in range(lines):
            self.ana.say(f"@bia {number} {'x' * 4000}")
            self.turn()

    def read_until(self, is_done: Callable[[], bool]) -> None:
        """Let bia read until something is so; the kernel needs real time for its windows."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_done():
            assert time.monotonic() < deadline, f"{len(self.bia.received)} bytes came, then nothing more"
            self.turn()
            self.bia.receive()
        self.settle()
        self.bia.receive()

    def unread(self) -> int:
        """What waits for bia in the server."""
        return next(c.queued for c in self.server.pool.owners if c.context.nick == "bia")

    def test_one_who_does_not_read_holds_up_the_sender_and_is_not_cut(self) -> None:
        """Trap 45."""
        self.flood(40)
        self.pass_time(1.0)
        self.assertLess(self.unread(), self.limits.own_queue_bytes + 5000)
        self.assertEqual(len(self.server.room), 2)

    def test_what_waits_arrives_whole_and_in_order_with_what_comes_after(self) -> None:
        """Trap 45, guarantee 2."""
        self.flood(40)
        self.ana.say("last", "QUIT")
        self.read_until(lambda: b"LEAVE ana quit" in self.bia.received)
        lines = self.bia.received.decode().split("\n")
        said = [line.split()[3] for line in lines if line.startswith("FROM ana")]
        self.assertEqual(said, [*map(str, range(40)), "last"])

    def test_a_line_that_waits_is_answered_before_the_end_is(self) -> None:
        """Traps 27 and 45."""
        self.flood(40)
        self.ana.half_close()
        self.settle()
        self.assertEqual(len(self.server.room), 2)
        self.read_until(lambda: len(self.server.room) == 1 and not self.unread())
        said = [line.split()[3] for line in self.bia.received.decode().split("\n") if line.startswith("FROM ana")]
        self.assertEqual(said, [*map(str, range(40))])

    def test_others_are_served_meanwhile(self) -> None:
        caio = Person(self, "caio")
        self.flood(40)
        caio.say("oi")
        self.settle()
        caio.reads("FROM caio [all]: oi")


class ALoudRoom(Paced):
    """One who speaks much waits; one who speaks little does not."""

    def test_in_a_loud_room_only_heavy_speakers_wait(self) -> None:
        """Trap 45."""
        light, heavy = Person(self, "light"), Person(self, "heavy")
        for connection in self.server.pool.owners:
            if connection.context.nick == "light" and connection.pace is not None:
                connection.pace._parent = None  # as if from another address
        heavy.say(*["x" * 600] * 300)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.server.room.is_loud:
            assert time.monotonic() < deadline
            self.turn()
        stopped = self.reactor._clock()  # so that no debt is paid off by waiting
        with mock.patch.object(self.reactor, "_clock", lambda: stopped):
            light.say("oi")
            heavy.say("at last")
            while b"FROM light" not in light.received:
                assert time.monotonic() < deadline, f"light is not heard; so far {len(light.received)} bytes"
                self.turn()
                light.receive()
            for _ in range(300):
                self.turn()
        light.receive()
        said = [line.split()[1] for line in light.received.decode().split("\n") if line.startswith("FROM")]
        self.assertIn("light", said)
        self.assertLess(said.count("heavy"), 301)

    def test_what_was_held_is_said_when_the_room_is_quiet_again(self) -> None:
        """Trap 45."""
        ana = Person(self, "ana")
        ana.say(*(f"{number} {'x' * 600}" for number in range(390)))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while ana.received.count(b"\n") < 390:
            assert time.monotonic() < deadline, f"only {len(ana.received)} bytes came"
            self.turn()
            ana.receive()
        said = [line.split()[3] for line in ana.received.decode().split("\n") if line.startswith("FROM")]
        self.assertEqual(said, [*map(str, range(390))])


class ALongAnswer(Paced):
    """WHO in a room so full that the answer is larger than a queue."""

    limits = LIMITS._replace(kernel_send_bytes=8192)

    def test_who_reads_the_answer_gets_all_of_it(self) -> None:
        """Trap 50."""
        ana = Person(self, "ana", recv_buffer=4096)
        for number in range(6500):
            self.server.room.join(Member(lambda data: None), f"{number:\u00e9>31}")
        ana.say("WHO")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(ana.received) < 350_000 or not ana.received.endswith(b"\n"):
            assert time.monotonic() < deadline, f"only {len(ana.received)} bytes came"
            self.turn()
            self.assertTrue(ana.receive())
        answer = ana.received.decode().split("\n")[:-1]
        listed = [nick for line in answer if line.startswith("WHO 6501 ") for nick in line.split()[2:]]
        self.assertEqual(len(listed), 6501)
        self.assertGreater(len(ana.received), self.limits.queue_bytes)


class ComingIn(Paced):
    limits = LIMITS._replace(rate_lines=1.0, rate_burst_seconds=400.0, rate_address_share=1.0, join_lines=100)

    def test_coming_in_has_a_price_that_outlives_the_connection(self) -> None:
        """Trap 45."""
        came = 0
        for number in range(10):
            person = Person(self)
            person.say(f"p{number}", "QUIT")
            self.settle()
            person.receive()
            came += person.received.startswith(b"OK")
            person.socket.close()
        self.assertEqual(came, 4)

    def test_a_class_that_comes_in_together_is_not_held_up(self) -> None:
        """Trap 45: with the shipped limits, 500 from one address."""
        limits = Limits()
        burst = limits.rate_lines * limits.rate_address_share * limits.rate_burst_seconds
        self.assertLess(500 * (1 + limits.join_lines), burst)


if __name__ == "__main__":
    unittest.main()
