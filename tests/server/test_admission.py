"""The door: its books with addresses and a clock that are made up."""

from __future__ import annotations

import errno
import random
import socket
import unittest
from typing import Any, Dict, List, cast

from minichat.limits import Limits
from minichat.net.linebuffer import LineBuffer
from minichat.net.pool import Owner, Pool
from minichat.net.reactor import Reactor
from minichat.server.admission import Admission

HERE, THERE = "192.0.2.1", "2001:db8::/64"
HOSTS = {"": "127.0.0.1", HERE: "192.0.2.1", THERE: "2001:db8::1"}  # where each comes from


# What becomes of a newcomer: let in, or what is said on the way out.
WELCOME = "welcome"
FULL, CROWDED, LATE = "ERR server_full\n", "ERR too_many_connections\n", "ERR timeout\n"


class Comer:
    """As much of an accepted socket, and of the connection made of it, as the door uses."""

    def __init__(self) -> None:
        self.context: Any = None
        self.buffer = LineBuffer(4096)
        self.fate = WELCOME
        self.said = b""
        self.is_dismissed = False  # closed at once, as a socket
        self.last = ""  # what was done last before it was closed

    def write(self, data: bytes) -> None:
        """Keep what is said."""
        self.said += data

    def send(self, data: bytes) -> int:
        """Keep what is said, as a socket."""
        self.said += data
        return len(data)

    def setblocking(self, flag: bool) -> None:
        """Stay as it is."""

    def shutdown(self, how: int) -> None:
        """Note the end of file."""
        self.last = "shutdown"

    def recv(self, size: int) -> bytes:
        """Return nothing, for nothing has come."""
        raise BlockingIOError

    def close(self, reason: str = "") -> None:
        """Go with the last words."""
        self.fate = self.said.decode()
        self.is_dismissed = not reason


class DoorCase(unittest.TestCase):
    """A door, and a clock that is put forward by hand."""

    limits = Limits(clients=5, refusals=2, per_address=3)
    has_descriptors = True

    def setUp(self) -> None:
        self.time = 0.0
        self.reactor = Reactor(clock=lambda: self.time)
        self.addCleanup(self.reactor.close)
        self.comers: List[Any] = []
        self.door = Admission(self.reactor, self.limits, cast(Pool, self), cast(Owner, None))
        self.reactor.at_turn_end(self.door.refuse_overdue)

    def adopt(self, sock: object, owner: object, pace: object) -> Any:
        """Make a connection, as the pool does: here the same object."""
        if not self.has_descriptors:
            raise OSError(errno.ENOSPC, "No space left on device")
        return sock

    def comes(self, address: str = "", fate: str = WELCOME) -> Any:
        """Let a newcomer come; the fate is as expected."""
        comer = Comer()
        self.comers.append(comer)
        self.door.accepted(cast(socket.socket, comer), (HOSTS.get(address, address), 1))
        self.assertEqual(comer.fate, fate)
        return comer

    @property
    def late(self) -> List[Any]:
        """Those whose time was over."""
        return [comer for comer in self.comers if comer.fate == LATE]

    def pass_time(self, seconds: float) -> None:
        """Let time pass in steps too small to look like a stall."""
        until = self.time + seconds
        while self.time < until:
            self.time = min(until, self.time + 0.5)
            self.reactor.call_later(0.0, lambda: None)
            self.reactor.run_once()


class Addresses(DoorCase):
    def test_an_address_has_its_places_and_not_one_more(self) -> None:
        """Trap 38."""
        for _ in range(3):
            self.comes(HERE)
        self.comes(HERE, CROWDED)

    def test_each_address_counts_for_itself(self) -> None:
        """Trap 38."""
        for _ in range(2):
            self.comes(HERE)
            self.comes(THERE)
        self.comes(HERE)

    def test_with_many_newcomers_an_address_beyond_its_rate_is_refused(self) -> None:
        """Trap 45: who connects and resets, again and again, does not take all places."""
        self.door._limits = self.limits._replace(newcomers=2, rate_lines=1.0, refusals=8)
        pace = self.door._paces.of(HERE)
        self.comes(HERE)
        pace.charge(100, 0)
        self.comes(HERE)
        self.comes(HERE, CROWDED)
        self.comes(THERE)

    def test_everyone_refused_is_told_why(self) -> None:
        """Traps 38 and 53."""
        for _ in range(3):
            self.comes(HERE)
        refused = [self.comes(HERE, CROWDED) for _ in range(20)]
        self.assertEqual([comer.is_dismissed for comer in refused], [False] + [True] * 19)
        self.assertEqual(refused[-1].last, "shutdown", "an end of file follows")

    def test_one_address_cannot_take_all_the_places_of_the_refused(self) -> None:
        """Traps 5, 38 and 53."""
        self.door._limits = self.limits._replace(refusals=8)
        for _ in range(3):
            self.comes(HERE)
        for _ in range(20):
            self.comes(HERE, CROWDED)
        self.comes(THERE)
        self.comes(THERE)
        waited_for = [self.comes(host, FULL).is_dismissed for host in (HERE, THERE, THERE, THERE)]
        self.assertEqual(waited_for, [True, False, False, True])
        self.assertEqual(len(self.door._refused), 4)

    def test_who_is_being_refused_does_not_count_against_the_address(self) -> None:
        """Trap 38."""
        first, *_ = (self.comes(HERE) for _ in range(3))
        self.comes(HERE, CROWDED)
        self.door.left(first)
        self.comes(HERE)

    def test_loopback_and_what_has_no_address_is_exempt(self) -> None:
        """Trap 38."""
        for _ in range(5):
            self.comes("")

    def test_zero_turns_it_off(self) -> None:
        self.door._limits = self.limits._replace(per_address=0)
        for _ in range(5):
            self.comes(HERE)

    def test_the_count_falls_whatever_became_of_the_connection(self) -> None:
        """Trap 38."""
        member, silent, late = (self.comes(HERE) for _ in range(3))
        refused = self.comes(HERE, CROWDED)
        self.door.introduced(member)
        self.pass_time(61.0)
        self.assertEqual(self.late, [silent, late])
        for comer in (refused, member, silent, late):
            self.door.left(comer)
        self.assertEqual((self.door._by_address, self.door._connections), ({}, 0))
        for _ in range(3):
            self.comes(HERE)

    def test_the_books_balance_whoever_comes_and_goes(self) -> None:
        """Trap 38."""
        chance, inside = random.Random(38), []
        counts: Dict[str, int] = {"": 0, HERE: 0, THERE: 0}
        for _ in range(3000):
            if chance.random() < 0.5:
                address, comer = chance.choice(list(counts)), cast(Any, Comer())
                self.door.accepted(comer, (HOSTS[address], 1))
                counts[address] += comer.fate == WELCOME
                if not comer.is_dismissed:
                    inside.append((comer, address))
            elif inside:
                comer, address = inside.pop(chance.randrange(len(inside)))
                counts[address] -= comer not in self.door._refused
                self.door.left(comer)
            self.assertEqual(self.door._by_address, {where: count for where, count in counts.items() if count})
            self.assertEqual(self.door._connections, len(inside))


class Beginnings(DoorCase):
    UNFINISHED = b"ERR line_unfinished\n"

    def begins(self, comer: Any, data: bytes) -> str:
        """Let a newcomer send the beginning of a line; what the door says of it."""
        comer.buffer.feed(data)
        return self.door.begun(comer)

    def test_it_is_told_ten_seconds_after_its_first_byte(self) -> None:
        """Trap 56."""
        comer = self.comes()
        self.pass_time(5.0)
        self.assertEqual(self.begins(comer, b"a"), "")
        self.pass_time(5.0)
        self.assertEqual(self.begins(comer, b"n"), "")
        self.pass_time(4.9)
        self.assertEqual(comer.said, b"")
        self.pass_time(0.1)
        self.assertEqual(comer.said, self.UNFINISHED)

    def test_it_is_told_once(self) -> None:
        """Trap 56."""
        comer = self.comes()
        for _ in range(30):
            self.begins(comer, b"a")
            self.pass_time(1.0)
        self.assertEqual(comer.said, self.UNFINISHED)

    def test_no_byte_or_a_whole_line_that_waits_is_no_beginning(self) -> None:
        """Trap 56."""
        nothing, whole, closed = (self.comes() for _ in range(3))
        self.begins(nothing, b"")  # a read that held only telnet's commands
        self.begins(whole, b"a")
        self.begins(closed, b"a")
        self.pass_time(9.0)
        whole.buffer.feed(b"na\n")
        closed.buffer.clear()
        self.pass_time(9.0)
        self.begins(nothing, b"a")
        self.pass_time(9.0)
        self.assertEqual([comer.said for comer in (nothing, whole, closed)], [b""] * 3)
        self.pass_time(1.0)
        self.assertEqual([comer.said for comer in (nothing, whole, closed)], [self.UNFINISHED, b"", b""])

    def test_who_is_introduced_or_has_left_is_not_told(self) -> None:
        """Trap 56."""
        member, gone = self.comes(), self.comes()
        for comer in (member, gone):
            self.begins(comer, b"a")
        self.door.introduced(member)
        self.door.left(gone)
        self.begins(member, b"half a text")
        self.pass_time(30.0)
        self.assertEqual((member.said, gone.said), (b"", b""))

    def test_what_can_be_no_nick_is_refused_at_once(self) -> None:
        """Trap 29."""
        self.assertEqual(self.begins(self.comes(), b"\x16\x03\x01"), "invalid_text")


class LateNicks(DoorCase):
    def test_a_nick_in_the_very_turn_of_the_deadline_is_in_time(self) -> None:
        """Trap 37."""
        comer = self.comes()
        self.pass_time(59.5)
        self.reactor.call_later(0.0, lambda: self.assertTrue(self.door.introduced(comer)))  # as a line that is served
        self.time += 0.5
        self.reactor.run_once()
        self.pass_time(1.0)
        self.assertEqual(self.late, [])


class Places(DoorCase):
    limits = Limits(clients=3, refusals=2, per_address=0)

    def test_there_are_as_many_places_as_the_limit_says(self) -> None:
        """Trap 5."""
        for _ in range(3):
            self.comes()
        self.comes(fate=FULL)

    def test_a_few_refused_are_waited_for_and_the_others_go_at_once(self) -> None:
        """Traps 5 and 53."""
        for _ in range(3):
            self.comes()
        first = self.comes(HERE, FULL)
        self.comes(THERE, FULL)
        self.assertTrue(self.comes("", FULL).is_dismissed)
        self.door.left(first)
        self.assertFalse(self.comes("", FULL).is_dismissed)

    def test_one_that_the_selector_cannot_take_is_told_that_it_is_full(self) -> None:
        """Trap 46."""
        self.has_descriptors = False
        for _ in range(3):
            self.assertTrue(self.comes(HERE, FULL).is_dismissed)
        self.assertEqual((self.door._by_address, self.door._connections), ({}, 0))
        self.has_descriptors = True
        self.comes(HERE)

    def test_who_is_being_refused_takes_nobodys_place(self) -> None:
        """Trap 5."""
        people = [self.comes() for _ in range(3)]
        self.comes(fate=FULL)
        self.door.left(people[0])
        self.comes()
        self.comes(fate=FULL)


class WhatIsLogged(DoorCase):
    """At log level info, who comes from where, and why a newcomer is refused."""

    def logged(self, *hosts: str) -> List[str]:
        """Return what is logged while these come."""
        with self.assertLogs("minichat.server.admission", "INFO") as logged:
            for host in hosts:
                self.come(host)
        return [record.getMessage() for record in logged.records]

    def come(self, host: str) -> Any:
        """Let a newcomer come, whatever becomes of it."""
        comer = Comer()
        self.door.accepted(cast(socket.socket, comer), (host, 4242))
        return comer

    def test_who_comes_from_where_and_who_it_is(self) -> None:
        with self.assertLogs("minichat.server.admission", "INFO") as logged:
            comer = self.come("::ffff:192.0.2.1")
            comer.context.write(b"OK ana\n")
            comer.context.nick = "ana"
            self.door.introduced(comer)
            comer.context.write(b"ERR user_not_found\n")
        said = [record.getMessage() for record in logged.records]
        self.assertEqual(said, ["ana joined from 192.0.2.1:4242"])
        self.assertEqual(comer.said, b"OK ana\nERR user_not_found\n")

    def test_why_a_newcomer_is_refused(self) -> None:
        """Trap 53."""
        host = "192.0.2.1"
        said = self.logged(*[host] * 5)
        self.assertEqual(said, [f"{host}:4242 refused: too_many_connections"] * 2)

    def test_why_a_nick_is_refused(self) -> None:
        comer = self.come("2001:db8::1")
        with self.assertLogs("minichat.server.admission", "INFO") as logged:
            comer.context.write(b"ERR apelido_em_uso\n")
        self.assertEqual(logged.records[0].getMessage(), "[2001:db8::1]:4242 refused: apelido_em_uso")

    def test_all_refusals_are_one_kind(self) -> None:
        """Trap 42: a kind is a line a second, with a count."""
        with self.assertLogs("minichat.server.admission", "INFO") as logged:
            late = self.come("192.0.2.1")
            for _ in range(4):  # the first of those that are refused is waited for, the others are not
                self.come("192.0.2.1")
            late.context.write(b"ERR apelido_em_uso\n")
        kinds = {(record.pathname, record.lineno) for record in logged.records}
        self.assertEqual((len(logged.records), len(kinds)), (3, 1))


class Introductions(DoorCase):
    def test_a_newcomer_has_a_minute_and_no_longer(self) -> None:
        """Trap 37."""
        self.pass_time(7.0)
        comer = self.comes()
        self.pass_time(59.5)
        self.assertEqual((self.late, self.door.is_waiting(comer)), ([], True))
        self.pass_time(0.5)
        self.assertEqual((self.late, self.door.is_waiting(comer)), ([comer], False))

    def test_each_has_a_minute_of_ones_own(self) -> None:
        """Trap 37."""
        first = self.comes()
        self.pass_time(1.0)
        second = self.comes()
        self.pass_time(59.0)
        self.assertEqual(self.late, [first])
        self.pass_time(1.0)
        self.assertEqual(self.late, [first, second])

    def test_who_is_introduced_or_has_left_is_not_waited_for(self) -> None:
        """Trap 37."""
        member, gone = self.comes(), self.comes()
        self.assertTrue(self.door.introduced(member))
        self.assertFalse(self.door.introduced(member))
        self.door.left(gone)
        self.pass_time(61.0)
        self.assertEqual(self.late, [])

    def test_who_is_refused_is_not_waited_for(self) -> None:
        """Trap 37."""
        people = [self.comes() for _ in range(5)]
        refused = self.comes(fate=FULL)
        self.assertFalse(self.door.is_waiting(refused))
        self.pass_time(60.0)
        self.assertEqual(self.late, people)
