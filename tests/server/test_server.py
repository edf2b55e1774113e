"""The server on real loopback sockets, driven turn by turn in this process."""

from __future__ import annotations

import random
import selectors
import socket
import ssl
import struct
import time
import unittest
from typing import Any, Iterable, List, Optional, Set, Tuple, Type, cast

from minichat.chat.fanout import Recipient
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.connection import CLOSED, Connection
from minichat.net.listener import listen
from minichat.net.reactor import Reactor
from minichat.server.server import Server
from tests.support import PATIENCE_SECONDS

UNPACED = Limits(clients=1000, rate_lines=0.0)
TURN_SECONDS = 0.0001  # that pass in a turn


class Person:
    """A raw socket to the server; while it waits, it lets the server turn."""

    def __init__(self, case: ServerCase, nick: Optional[str] = None, recv_buffer: int = 0) -> None:
        self.case = case
        self.socket = socket.socket()
        if recv_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, recv_buffer)
        self.socket.connect(case.address)
        self.socket.setblocking(False)
        self.received = b""
        case.addCleanup(self.socket.close)
        if nick is not None:
            self.say(nick)
            self.reads(f"OK {nick}")

    def say(self, *lines: str) -> None:
        """Send whole lines, all in one piece."""
        self.send("".join(f"{line}\n" for line in lines).encode())

    def send(self, data: bytes) -> None:
        """Send bytes, turning while they do not fit."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while data:
            try:
                data = data[self.socket.send(data) :]
            except BlockingIOError:
                assert time.monotonic() < deadline, f"{len(data)} bytes could not be sent"
                self.case.turn()

    def receive(self) -> bool:
        """Take in what is there; False at the end of file."""
        try:
            data = self.socket.recv(1 << 20)
        except BlockingIOError:
            return True
        self.received += data
        return bool(data)

    def line(self) -> str:
        """The next line; the server turns until it has come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while b"\n" not in self.received:
            assert time.monotonic() < deadline, f"no line came, only {self.received!r}"
            self.case.turn()
            assert self.receive() or b"\n" in self.received, f"the end came, after {self.received!r}"
        line, _, self.received = self.received.partition(b"\n")
        return line.decode()

    def reads(self, *lines: str) -> None:
        """Assert that these lines come next."""
        for line in lines:
            got = self.line()
            assert got == line, f"expected {line!r}, got {got[:200]!r}"

    def to_end(self) -> str:
        """Everything up to a clean end of file."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.receive():
            assert time.monotonic() < deadline, f"no end came, only {self.received[-200:]!r}"
            self.case.turn()
        received, self.received = self.received, b""
        return received.decode()

    def reads_nothing(self) -> None:
        """Assert that nothing more has been said to this one."""
        self.case.settle()
        self.receive()
        assert self.received == b"", f"expected nothing, got {self.received!r}"

    def half_close(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Go with a reset instead of an end of file."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class ServerCase(unittest.TestCase):
    """A server of one's own, on a free port, with a clock that no busy machine puts forward."""

    limits = UNPACED
    selector: Any = selectors.DefaultSelector
    server_kind: Type[Server] = Server

    def setUp(self) -> None:
        self.passed = 0.0  # seconds, of a clock that only turns and ``pass_time`` put forward
        self.reactor = Reactor(self.selector(), clock=lambda: self.passed, on_bug=self._bug)
        listening = listen("127.0.0.1", 0, 1024)
        self.address = listening.getsockname()
        self.status: List[str] = []
        self.server = self.server_kind(self.reactor, listening, self.limits, Messages("pt"), self.status.append)
        self.made = 0  # bytes that the last turn made for its recipients
        deliver = self.server.room.fanout.deliver

        def watched(recipients: Iterable[Recipient]) -> None:
            self.made = self.server.room.fanout.bytes
            deliver(recipients)

        self.server.room.fanout.deliver = watched  # type: ignore[method-assign]
        self.addCleanup(self.reactor.close)
        self.addCleanup(self.server.close)

    def _bug(self) -> None:
        raise  # noqa: PLE0704 (called inside an except clause: in a test a bug is a failure)

    def turn(self) -> None:
        """One turn that waits for nothing, or a millisecond if there is nothing."""
        self.passed += TURN_SECONDS
        self.reactor.call_later(0.001, lambda: None)
        self.reactor.run_once()
        self.balanced()

    def settle(self) -> None:
        """Turn until there is nothing left to do."""
        for _ in range(20):
            self.turn()

    def pass_time(self, seconds: float) -> None:
        """Let time pass in steps too small to look like a stall."""
        while seconds > 0:
            self.passed += min(0.9, seconds)
            seconds -= 0.9
            self.turn()

    def backlog(self, nick: str) -> int:
        """How many bytes wait for one who does not read."""
        member = self.server.room.find(nick)
        return next((c.queued for c in self.server.pool.owners if c.context is member), 0)

    def balanced(self) -> None:
        """Trap 9: selector, connection table and open files agree after every turn."""
        for key in list(self.reactor._selector.get_map().values()):
            assert key.fileobj.fileno() == key.fd != -1, key  # type: ignore[union-attr]
        for connection in self.server.pool.owners:
            assert connection._socket.fileno() != -1
            assert connection._interest == connection._wanted() or connection.life is CLOSED
        assert self.server.admission._connections == len(self.server.pool.owners)


class Chatting(ServerCase):
    def test_the_four_cases_of_the_assignment(self) -> None:
        ana, bruno = Person(self, "ana"), Person(self, "bruno")
        ana.reads("JOIN bruno")
        ana.say("Olá")
        ana.reads("FROM ana [all]: Olá")
        bruno.reads("FROM ana [all]: Olá")
        ana.say("@bruno oi")
        bruno.reads("FROM ana [dm]: oi")
        ana.say("@carlos tudo bem?")
        ana.reads("ERR user_not_found")
        carlos = Person(self)
        carlos.say("ana")
        self.assertEqual(carlos.to_end(), "ERR apelido_em_uso\n")
        ana.reads_nothing()
        bruno.reads_nothing()

    def test_comings_and_goings_are_told_to_people_at_the_server(self) -> None:
        ana, bruno = Person(self, "ana"), Person(self, "bruno")
        bruno.say("QUIT")
        bruno.to_end()
        ana.reads("JOIN bruno", "LEAVE bruno quit")
        self.assertEqual(
            self.status,
            ["[STATUS] ana entrou (1 online)", "[STATUS] bruno entrou (2 online)", "[STATUS] bruno saiu (1 online)"],
        )

    def test_the_server_says_nothing_until_spoken_to(self) -> None:
        Person(self).reads_nothing()

    def test_public_and_private_lines_keep_their_order_for_each_recipient(self) -> None:
        ana, bruno, caio = (Person(self, nick) for nick in ("ana", "bruno", "caio"))
        bruno.reads("JOIN caio")
        ana.say("1", "@bruno 2", "3", "@bruno 4", "5")
        bruno.reads(*(f"FROM ana [{kind}]: {n}" for n, kind in enumerate(("all", "dm", "all", "dm", "all"), 1)))
        caio.reads("FROM ana [all]: 1", "FROM ana [all]: 3", "FROM ana [all]: 5")

    def test_what_is_said_in_one_turn_reaches_each_in_one_piece(self) -> None:
        ana, bruno = Person(self, "ana"), Person(self, "bruno")
        bruno.reads_nothing()
        ana.say(*"abcdefgh")
        self.turn()
        expected = "".join(f"FROM ana [all]: {c}\n" for c in "abcdefgh").encode()
        self.assertEqual(bruno.socket.recv(1 << 20), expected)

    def test_any_cutting_of_the_input_gives_the_same_chat(self) -> None:
        """Trap 23."""
        script = "caf\u00e9\r\nol\u00e1 \U0001f600\n\nWHO\n@caf\u00e9 \u00e7\nfim\nQUIT\n".encode()
        expected = Person(self)
        expected.send(script)
        whole = expected.to_end()
        for seed in range(20):
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                person = Person(self)
                rest = script
                while rest:
                    size = 1 if seed == 0 else chance.randint(1, 9)
                    person.send(rest[:size])
                    self.turn()
                    rest = rest[size:]
                self.assertEqual(person.to_end(), whole)

    def test_a_byte_order_mark_before_the_nick_is_skipped(self) -> None:
        person = Person(self)
        person.send(b"\xef\xbb\xbfana\r\n")
        person.reads("OK ana")

    def test_a_direct_message_is_seen_by_nobody_else(self) -> None:
        ana, bruno, caio = (Person(self, nick) for nick in ("ana", "bruno", "caio"))
        ana.say("@BRUNO psst")
        bruno.reads("JOIN caio", "FROM ana [dm]: psst")
        ana.reads("JOIN bruno", "JOIN caio")
        for other in (ana, caio):
            other.reads_nothing()

    def test_two_who_come_with_one_nick_in_one_turn_one_of_them_wins(self) -> None:
        """Trap 39."""
        first, second = Person(self), Person(self)
        first.say("Ana")
        second.say("ana")
        answers = sorted([first.line(), second.line()])
        self.assertIn(answers, (["ERR apelido_em_uso", "OK Ana"], ["ERR apelido_em_uso", "OK ana"]))
        self.assertEqual(len(self.server.room), 1)

    def test_a_nick_is_free_again_as_soon_as_its_leave_can_be_read(self) -> None:
        """Trap 39."""
        ana, bruno = Person(self, "ana"), Person(self, "bruno")
        for _ in range(5):
            bruno.reset()
            while ana.line() != "LEAVE bruno gone":
                pass
            bruno = Person(self, "bruno")
        ana.reads("JOIN bruno")


class Refusing(ServerCase):
    def test_bad_lines_are_answered_and_the_connection_goes_on(self) -> None:
        """Trap 26."""
        ana, bruno = Person(self, "ana"), Person(self, "bruno")
        bad = [b"\x1b[2J", b"a\x00b", b"a\rb", b"\x07", "\x85".encode(), "\u202eevil".encode(), "\u2028".encode()]
        for line in bad:
            ana.send(line + b"\n")
        ana.send(b"\xc0\xaf\n\xff\n\xed\xa0\x80\n")
        ana.say("still here")
        ana.reads("JOIN bruno", *["ERR invalid_text"] * len(bad), *["ERR invalid_utf8"] * 3)
        bruno.reads("FROM ana [all]: still here")

    def test_the_tail_of_a_line_that_is_too_long_is_never_a_command(self) -> None:
        """Trap 24."""
        ana = Person(self, "ana")
        ana.send(b"A" * 5000 + b"QUIT\n")
        ana.reads("ERR line_too_long")
        ana.say("WHO")
        ana.reads("WHO 1 ana")

    def test_a_line_at_the_limit_is_relayed_whole(self) -> None:
        """Trap 24."""
        ana = Person(self, "ana")
        for size, fits in ((4094, True), (4095, True), (4096, False)):
            ana.say("x" * size)
            ana.reads("FROM ana [all]: " + "x" * size if fits else "ERR line_too_long")

    def test_who_speaks_another_protocol_reads_one_error_and_the_end(self) -> None:
        """Trap 29."""
        browser = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
        for hello in (browser, b"NICK ana\r\nUSER ana 0 * :Ana\r\n", b"CAP LS 302\r\n", b"SSH-2.0-OpenSSH 9\r\n"):
            with self.subTest(hello=hello):
                stranger = Person(self)
                stranger.send(hello)
                self.assertEqual(stranger.to_end(), "ERR apelido_invalido\n")
        self.assertEqual((len(self.server.room), self.status), (0, []))

    def test_a_tls_hello_is_refused_at_once_though_it_has_no_newline(self) -> None:
        """Trap 29."""
        outgoing = ssl.MemoryBIO()
        hello = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            hello.do_handshake()
        stranger = Person(self)
        sent = outgoing.read().replace(b"\n", b".").replace(b"\xff", b".")  # its random bytes may be telnet, too
        stranger.send(sent)
        self.assertEqual(stranger.to_end(), "ERR invalid_text\n")

    def test_a_member_is_refused_a_line_only_once_it_is_whole(self) -> None:
        ana = Person(self, "ana")
        for piece in (b"\x1b[2J", b"\xc3", b"\xa1"):
            ana.send(piece)
            ana.reads_nothing()
        ana.send(b"\n")
        ana.reads("ERR invalid_text")
        ana.reads_nothing()

    def test_half_a_nick_with_a_carriage_return_may_still_become_one(self) -> None:
        person = Person(self)
        person.send(b"ana\r")
        self.settle()
        person.send(b"\n")
        person.reads("OK ana")

    def test_a_first_line_without_an_end_is_told_once(self) -> None:
        """Trap 56."""
        person = Person(self)
        person.send(b"an")
        self.settle()
        self.pass_time(9.5)
        person.send(b"a")
        person.reads_nothing()
        with self.assertLogs("minichat", "INFO") as logged:
            self.pass_time(1.0)
        person.reads("ERR line_unfinished")
        self.assertEqual(len(logged.output), 1, logged.output)
        self.assertIn("no newline after 10 s", logged.output[0])
        person.send(b"-")
        self.pass_time(30.0)
        person.reads_nothing()
        person.send(b"maria\nhalf a line")
        person.reads("OK ana-maria")
        self.pass_time(30.0)
        person.reads_nothing()

    def test_who_is_in_time_is_told_nothing_of_lines(self) -> None:
        """Trap 56."""
        silent, slow, gone, telnet = (Person(self) for _ in range(4))
        for person in (slow, gone):
            person.send(b"an")
        telnet.send(b"\xff\xfb\x01")
        self.pass_time(9.0)
        gone.half_close()
        slow.send(b"a\n")
        slow.reads("OK ana")
        self.pass_time(10.0)
        slow.reads_nothing()
        silent.reads_nothing()
        self.assertEqual(gone.to_end(), "")
        telnet.receive()
        self.assertEqual(telnet.received, b"\xff\xfe\x01")

    def test_each_is_told_ten_seconds_after_its_own_beginning(self) -> None:
        """Trap 56."""
        first, second = Person(self), Person(self)
        second.send(b"b")
        self.settle()
        self.pass_time(4.0)
        first.send(b"a")
        self.settle()
        self.pass_time(6.5)
        second.reads("ERR line_unfinished")
        first.reads_nothing()
        self.pass_time(4.0)
        first.reads("ERR line_unfinished")

    def test_a_telnet_that_negotiates_first_can_join(self) -> None:
        """Trap 57."""
        ana, putty = Person(self, "ana"), Person(self)
        putty.send(b"\xff\xfb\x1f\xff\xfd\x03\xef\xbb\xbfbia\r\n")
        ana.reads("JOIN bia")
        putty.receive()
        self.assertEqual(putty.received, b"\xff\xfe\x1f\xff\xfc\x03OK bia\n")
        putty.received = b""
        putty.send(b"Ol\xc3\xff\xf1\xa1\n")  # a command inside a character
        putty.reads("FROM bia [all]: Olá")
        putty.send(b"caf\xe9\n\xff\n")
        putty.reads("ERR invalid_utf8", "ERR invalid_utf8")

    def test_without_a_nick_in_a_minute_the_newcomer_is_disconnected(self) -> None:
        """Trap 37."""
        person = Person(self)
        self.settle()
        for _ in range(59):
            person.send(b"a")  # bytes do not push the deadline back
            self.pass_time(1.0)
        person.reads("ERR line_unfinished")
        person.reads_nothing()
        self.pass_time(1.5)
        self.assertEqual(person.to_end(), "ERR timeout\n")

    def test_each_newcomer_has_a_minute_of_ones_own(self) -> None:
        """Trap 37."""
        first = Person(self)
        self.settle()
        self.pass_time(30.0)
        second = Person(self)
        self.settle()
        self.pass_time(31.0)
        self.assertEqual(first.to_end(), "ERR timeout\n")
        second.reads_nothing()
        self.pass_time(31.0)
        self.assertEqual(second.to_end(), "ERR timeout\n")

    def test_whoever_is_in_has_no_deadline(self) -> None:
        ana = Person(self, "ana")
        self.pass_time(120.0)
        ana.say("WHO")
        ana.reads("WHO 1 ana")

    def test_more_than_4_kib_without_a_nick_disconnects(self) -> None:
        """Trap 37."""
        person = Person(self)
        person.send(b"a" * 4097)
        self.assertEqual(person.to_end(), "ERR line_too_long\n")


class Ending(ServerCase):
    def test_a_half_closed_client_gets_every_answer_and_then_the_end(self) -> None:
        """Trap 27."""
        person = Person(self)
        person.say("ana", *[str(n) for n in range(100)], "WHO")
        person.half_close()
        lines = person.to_end().splitlines()
        self.assertEqual(lines[1:], [f"FROM ana [all]: {n}" for n in range(100)] + ["WHO 1 ana"])

    def test_what_is_said_in_the_turn_in_which_one_ends_is_still_for_them(self) -> None:
        """Trap 27."""
        ana, bruno = Person(self, "ana"), Person(self, "bruno")
        ana.say("first")
        bruno.half_close()
        bruno_read = bruno.to_end()
        self.assertIn(bruno_read, ("FROM ana [all]: first\n", ""))
        told = [ana.line() for _ in range(3)]
        said_while_in = told.index("FROM ana [all]: first") < told.index("LEAVE bruno gone")
        self.assertEqual(bruno_read != "", said_while_in)

    def test_what_follows_quit_is_discarded_and_bye_is_still_read(self) -> None:
        """Trap 28."""
        ana, bruno = Person(self, "ana"), Person(self, "bruno")
        ana.say("quit  ", "never said", "x" * 3000)
        self.assertEqual(ana.to_end(), "JOIN bruno\nBYE\n")
        bruno.reads("LEAVE ana quit")
        bruno.reads_nothing()

    def test_500_resets_in_one_turn_are_500_leaves_for_everyone_else(self) -> None:
        """Trap 10."""
        ana = Person(self, "ana")
        others = [Person(self, f"u{n}") for n in range(500)]
        for other in others:
            other.reset()
        leaves: Set[str] = set()
        while len(leaves) < 500:
            line = ana.line()
            if line.startswith("LEAVE"):
                self.assertNotIn(line, leaves)
                leaves.add(line)
        ana.say("@u1 there?")
        ana.reads("ERR user_not_found")
        ana.reads_nothing()

    def test_when_everybody_leaves_at_once_memory_stays_bounded(self) -> None:
        """Trap 10: each of them is owed the LEAVEs before the own one, which together is quadratic."""
        people = [Person(self, f"u{n}") for n in range(400)]
        for person in people:
            person.half_close()
        most = 0
        while len(self.server.room):
            self.turn()
            most = max(most, self.made)
        self.assertLess(most, UNPACED.turn_bytes + 400 * len("LEAVE u000 gone\n"))
        self.assertEqual(people[-1].to_end()[-6:], " gone\n")

    def test_a_slow_client_with_unread_input_reads_everything(self) -> None:
        """Trap 32."""
        ana, slow = Person(self, "ana"), Person(self, "slow", recv_buffer=65536)
        said = 0
        while self.backlog("slow") < 100_000:
            ana.say(f"{said} " + "x" * 4000)
            said += 1
            self.turn()
            ana.receive()
        slow_queue = said
        slow.socket.setblocking(False)
        self._send_what_fits(slow, b"QUIT\n" + b"y" * 1_000_000)
        text = slow.to_end()
        self.assertEqual(text.count("FROM ana [all]: "), slow_queue)
        self.assertTrue(text.endswith("BYE\n"), text[-100:])

    def _send_what_fits(self, person: Person, data: bytes) -> None:
        try:
            while data:
                data = data[person.socket.send(data) :]
        except BlockingIOError:
            pass

    def test_shutting_down_says_goodbye_to_everyone_and_stops(self) -> None:
        """Trap 22."""
        ana, guest = Person(self, "ana"), Person(self)
        self.settle()
        ana.say("last words")
        self.turn()
        self.reactor.call_later(0.0, lambda: self.server.ending.on_signal(15))
        self.assertEqual(guest.to_end(), "BYE shutdown\n")
        text = ana.to_end()
        self.assertEqual(text, "FROM ana [all]: last words\nBYE shutdown\n")
        ana.socket.close()
        guest.socket.close()
        self.reactor.run()  # returns, since everyone has gone
        self.assertEqual(len(self.server.pool.owners), 0)

    def test_shutting_down_waits_for_nobody_longer_than_five_seconds(self) -> None:
        """Trap 22."""
        Person(self, "ana")
        self.server.ending.on_signal(15)
        for _ in range(7):
            self.pass_time(0.9)
        self.assertTrue(self.reactor.is_stopping)

    def test_a_second_signal_stops_at_once(self) -> None:
        """Trap 22."""
        Person(self, "ana")
        self.reactor.call_later(0.0, lambda: self.server.ending.on_signal(2))
        self.reactor.call_later(0.0, lambda: self.server.ending.on_signal(2))
        self.reactor.run()
        self.assertEqual(len(self.server.pool.owners), 1)


class SlowReaders(ServerCase):
    def test_others_see_of_a_cut_reader_only_the_leave(self) -> None:
        """Trap 33."""
        ana, slow = Person(self, "ana"), Person(self, "slow", recv_buffer=4096)
        ana.reads("JOIN slow")
        said = 0
        heard: List[str] = []
        while "LEAVE slow too_slow" not in heard:
            ana.say(f"{said} " + "x" * 4000)
            said += 1
            while not heard or not heard[-1].startswith(f"FROM ana [all]: {said - 1} "):
                heard.append(ana.line())
        numbers = [int(line.split()[3]) for line in heard if line.startswith("FROM")]
        self.assertEqual(numbers, list(range(said)))
        text = slow.to_end()
        self.assertTrue(text.endswith("x\nERR too_slow\n"), text[-100:])
        self.assertEqual(self.server.pool.turn.ledger.bytes, 0)

    def test_many_questions_from_one_who_does_not_read_are_bounded(self) -> None:
        """Trap 35."""
        for n in range(10):
            Person(self, f"one_with_a_long_nick{n}")
        asking = Person(self, "asking", recv_buffer=4096)
        try:
            for _ in range(10_000):
                asking.socket.send(b"WHO\n")
        except BlockingIOError:
            pass
        for _ in range(500):
            self.turn()
        member = self.server.room.find("asking")
        connection = next(c for c in self.server.pool.owners if c.context is member)
        self.assertLess(connection.queued, 16384 + 16 * 512 + 4096)


class Admitting(ServerCase):
    limits = UNPACED._replace(clients=3, refusals=2)

    def test_one_too_many_is_told_so_and_gets_a_clean_end(self) -> None:
        """Trap 5."""
        people = [Person(self, nick) for nick in "abc"]
        late = Person(self)
        late.send(b"late\n")
        self.assertEqual(late.to_end(), "ERR server_full\n")
        people[0].say("QUIT")
        people[0].to_end()
        people[0].socket.close()
        self.settle()
        Person(self, "late")

    def test_a_free_place_is_taken_though_many_are_being_refused(self) -> None:
        """Traps 1 and 53."""
        people = [Person(self, nick) for nick in "abc"]
        dripping = [Person(self) for _ in range(10)]
        self.settle()
        late = Person(self)
        self.turn()
        self.assertEqual(late.to_end(), "ERR server_full\n")
        for person in dripping:
            person.reads("ERR server_full")
        people[0].socket.close()
        self.settle()
        Person(self, "late")

    def test_a_server_without_limit_refuses_nobody(self) -> None:
        unlimited = UNPACED._replace(clients=0)
        self.server.admission._limits = unlimited
        for n in range(10):
            Person(self, f"u{n}")


class EverySelector(ServerCase):
    """Trap 15: the same chat on each selector that there is."""

    def test_the_four_cases_on_select(self) -> None:
        """Trap 15."""
        self._on("SelectSelector")

    def test_the_four_cases_on_poll(self) -> None:
        """Trap 15."""
        self._on("PollSelector")

    def _on(self, name: str) -> None:
        kind = getattr(selectors, name, None)
        if kind is None:
            self.skipTest(f"no {name} here")
        case = type("Case", (Chatting,), {"selector": kind})("test_the_four_cases_of_the_assignment")
        result = unittest.TestResult()
        case.run(result)
        problems: List[Any] = [*result.errors, *result.failures]
        self.assertEqual(problems, [])


class Paced(ServerCase):
    limits = Limits(clients=100)

    def test_a_paste_of_1000_lines_arrives_whole_and_in_order(self) -> None:
        """Trap 41."""
        ana = Person(self, "ana")
        ana.say(*[str(n) for n in range(1000)])
        self.settle()
        self.pass_time(14.0)  # a turn serves some of them only
        ana.reads(*[f"FROM ana [all]: {n}" for n in range(1000)])

    def test_refused_lines_cost_double(self) -> None:
        """Trap 41."""
        ana = Person(self, "ana")
        ana.say(*["@nobody hi"] * 300)
        for _ in range(60):
            self.turn()
        ana.receive()
        self.assertLess(ana.received.count(b"ERR"), 230)
        self.pass_time(3.0)
        ana.reads(*["ERR user_not_found"] * 300)


class LoggingServer(Server):
    """A server whose lines wait in a log before they are dispatched, as if the log were elsewhere."""

    def __init__(self, *arguments: Any) -> None:
        self.log: List[Tuple[Connection, bytes]] = []
        super().__init__(*arguments)

    def submit(self, connection: Connection, line: bytes) -> None:
        """Append to the log."""
        self.log.append((connection, line))

    def apply(self) -> None:
        """Dispatch what has come back, in the order of the log."""
        log, self.log = self.log, []
        for connection, line in log:
            super().submit(connection, line)


class TheWayOut(ServerCase):
    """One function stands between a line and its dispatch."""

    server_kind = LoggingServer

    def test_lines_can_be_dispatched_later_and_in_one_order_for_all(self) -> None:
        server = cast(LoggingServer, self.server)
        ana, bia = Person(self), Person(self)
        ana.say("ana")
        bia.say("bia")
        self.settle()
        ana.reads_nothing()
        self.assertEqual(len(server.log), 2)
        server.apply()
        ana.say("1", "2")
        bia.say("3", "WHO")
        self.settle()
        said = [line for _, line in server.log if line != b"WHO"]
        server.apply()
        self.settle()
        lines = [f"FROM {'bia' if line == b'3' else 'ana'} [all]: {line.decode()}" for line in said]
        for person in (ana, bia):
            person.receive()
            got = [line for line in person.received.decode().split("\n") if line.startswith("FROM")]
            self.assertEqual(got, lines)
