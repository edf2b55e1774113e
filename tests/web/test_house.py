"""The room with browsers in it: what holds for nc holds for them, and for both together."""

from __future__ import annotations

import gc
import selectors
import socket
import tracemalloc
import unittest
from typing import List
from unittest import mock

from minichat.limits import Limits
from minichat.net.connection import RATE
from minichat.web.connection import Framer, WebConnection
from minichat.web.frames import TEXT, FrameReader, frame
from minichat.web.house import own_names
from minichat.web.weblines import FRAMES_A_TURN
from tests.server import test_server
from tests.support import ROOT
from tests.web.webcase import AllAtBrowsers, Caller, EveryOtherAtABrowser, NcPerson, WebCase, WebPerson
from tests.webpeer import masked

SKIPPED = unittest.skip("a matter of bytes that cannot stand in a text message")


class ChattingAtBrowsers(AllAtBrowsers, test_server.Chatting):
    """Chatting, with everyone at a browser."""


class ChattingAtBoth(EveryOtherAtABrowser, test_server.Chatting):
    """Chatting, with every other one at a browser."""


class RefusingAtBrowsers(AllAtBrowsers, test_server.Refusing):
    """Refusing, with everyone at a browser."""

    test_bad_lines_are_answered_and_the_connection_goes_on = SKIPPED(lambda self: None)
    test_a_tls_hello_is_refused_at_once_though_it_has_no_newline = SKIPPED(lambda self: None)
    test_a_telnet_that_negotiates_first_can_join = SKIPPED(lambda self: None)
    test_who_is_in_time_is_told_nothing_of_lines = SKIPPED(lambda self: None)


class EndingAtBrowsers(AllAtBrowsers, test_server.Ending):
    """Ending, with everyone at a browser."""


class EndingAtBoth(EveryOtherAtABrowser, test_server.Ending):
    """Ending, with every other one at a browser."""


class SlowReadersAtBrowsers(AllAtBrowsers, test_server.SlowReaders):
    """SlowReaders, with everyone at a browser."""


class PacedAtBrowsers(AllAtBrowsers, test_server.Paced):
    """Paced, with everyone at a browser."""


class Framed(WebCase):
    def test_what_is_said_to_all_is_framed_once_a_turn(self) -> None:
        """Each recipient gets the same bytes object: framing costs the same however many read."""
        people = [WebPerson(self, f"u{number}") for number in range(20)]
        ana = NcPerson(self, "ana")
        self.settle()
        got: List[bytes] = []
        write_raw = WebConnection.write_raw

        def watched(connection: WebConnection, data: bytes) -> None:
            got.append(data)
            write_raw(connection, data)

        with mock.patch.object(WebConnection, "write_raw", watched):
            ana.say("oi", "tudo bem?")
            ana.reads("FROM ana [all]: oi", "FROM ana [all]: tudo bem?")
        self.assertEqual(len(got), len(people))
        self.assertEqual(len({id(data) for data in got}), 1)
        self.assertEqual(got[0], frame(TEXT, b"FROM ana [all]: oi\nFROM ana [all]: tudo bem?\n"))

    def test_equal_bytes_that_are_another_object_are_framed_anew(self) -> None:
        framer = Framer()
        first, second = bytes(bytearray(b"oi\n")), bytes(bytearray(b"oi\n"))
        self.assertIs(framer.framed(first), framer.framed(first))
        self.assertIsNot(framer.framed(first), framer.framed(second))

    def test_each_write_is_one_message_of_whole_lines(self) -> None:
        ana, bia = WebPerson(self, "ana"), WebPerson(self, "bia")
        ana.say("1", "2", "@bia 3", "4")
        bia.reads("FROM ana [all]: 1", "FROM ana [all]: 2", "FROM ana [dm]: 3", "FROM ana [all]: 4")
        messages = bia.socket.messages[1:]
        self.assertTrue(all(message.endswith(b"\n") for message in messages), messages)

    def test_many_small_frames_make_no_long_turn(self) -> None:
        """Trap 44: a small frame is as much work as a line, and one read may hold 2,700 of them."""
        people = [WebPerson(self, f"u{number}") for number in range(8)]
        self.settle()
        read: List[int] = []
        end_frame = FrameReader._end_frame

        def watched(reader: FrameReader) -> None:
            read[-1] += 1
            end_frame(reader)

        with mock.patch.object(FrameReader, "_end_frame", watched):
            for person in people:
                person.raw(masked(0x8A, b"") * 2700)
            while sum(read) < 8 * 2700:
                read.append(0)
                self.turn()
        self.assertLessEqual(max(read), 8 * 2 * FRAMES_A_TURN)  # of each when it is read, and when it is served
        people[0].say("oi")
        people[1].reads(*(f"JOIN u{number}" for number in range(2, 8)), "FROM u0 [all]: oi")

    def test_a_long_answer_comes_in_messages_of_whole_lines(self) -> None:
        names = [f"one_with_a_long_nick{number:03}" for number in range(40)]
        people = [NcPerson(self, name) for name in names]
        ana = WebPerson(self, "ana")
        ana.say("WHO")
        lines = [ana.line()]
        while sum(len(line.split()) - 2 for line in lines) < len(people) + 1:
            lines.append(ana.line())
        self.assertGreater(len(lines), 1)
        whole = "".join(f"{line}\n" for line in lines).encode()
        self.assertTrue(b"".join(ana.socket.messages).endswith(whole))
        self.assertTrue(all(message.endswith(b"\n") for message in ana.socket.messages))

    def test_a_slow_reader_gets_whole_frames_and_why(self) -> None:
        """Trap 33: the frame that was partly sent is finished, then come the reason and the close frame."""
        ana, slow = NcPerson(self, "ana"), WebPerson(self, "slow", recv_buffer=4096)
        ana.reads("JOIN slow")
        heard = ""
        while heard != "LEAVE slow too_slow":
            ana.say("x" * 4000)
            heard = ana.line()
        text = slow.ends_with(1013)  # which parses every frame
        self.assertTrue(text.endswith("x\nERR too_slow\n"), text[-100:])
        self.assertEqual(slow.socket.messages[-1], b"ERR too_slow\n")
        self.assertEqual(self.server.pool.turn.ledger.bytes, 0)

    def test_a_queue_is_cut_at_a_frame_wherever_the_kernel_stopped(self) -> None:
        """Trap 33."""
        for size in (60, 1000, 4000):
            with self.subTest(size=size):
                ana, slow = NcPerson(self, "ana"), WebPerson(self, "slow", recv_buffer=4096)
                connection = next(c for c in self.server.pool.owners if c.context is self.server.room.find("slow"))
                while not connection.queued:
                    ana.say(*["x" * size] * (8000 // size))
                    self.turn()
                    ana.receive()
                self.server.too_slow(connection)
                self.assertEqual(slow.ends_with(1013).splitlines()[-1], "ERR too_slow")
                ana.socket.close()
                slow.socket.close()
                self.settle()


class Goodbyes(WebCase):
    def test_a_shutdown_is_told_to_each_in_the_words_of_its_wire(self) -> None:
        ana, bia, guest = WebPerson(self, "ana"), NcPerson(self, "bia"), WebPerson(self)
        caller = Caller(self, b"GET / HTTP/1.1\r\n")
        self.settle()
        self.server.ending.on_signal(15)
        self.assertEqual(ana.ends_with(1001), "JOIN bia\nBYE shutdown\n")
        self.assertEqual(guest.ends_with(1001), "BYE shutdown\n")
        self.assertEqual(bia.to_end(), "BYE shutdown\n")
        self.assertEqual(caller.answer()[0], 503)
        for person in (ana, bia, guest, caller):
            person.socket.close()
        self.reactor.run()
        self.assertEqual(len(self.server.pool.owners), 0)

    def test_after_the_end_no_door_is_open(self) -> None:
        self.server.ending.on_signal(15)
        for place in (self.address, self.web_address):
            with socket.socket() as late, self.assertRaises(ConnectionRefusedError):
                late.connect(place)

    def test_who_waits_at_the_door_is_let_in_to_hear_the_goodbye(self) -> None:
        with socket.socket() as waiting:
            waiting.connect(self.web_address)
            self.server.ending.on_signal(15)
            self.settle()
            self.assertTrue(waiting.recv(1000).startswith(b"HTTP/1.1 503 "))

    def test_a_half_close_is_a_goodbye(self) -> None:
        ana, bia = WebPerson(self, "ana"), NcPerson(self, "bia")
        ana.say("1", "2")
        ana.half_close()
        self.assertEqual(ana.ends_with(1000), "JOIN bia\nFROM ana [all]: 1\nFROM ana [all]: 2\n")
        bia.reads("FROM ana [all]: 1", "FROM ana [all]: 2", "LEAVE ana gone")

    def test_without_a_nick_in_a_minute_it_is_told_and_closed(self) -> None:
        guest = WebPerson(self)
        for _ in range(61):
            self.pass_time(1.0)
            guest.lives()
        self.assertEqual(guest.ends_with(1008), "ERR timeout\n")

    def test_a_refused_nick_is_told_and_closed(self) -> None:
        WebPerson(self, "ana")
        other = WebPerson(self)
        other.say("ANA")
        self.assertEqual(other.ends_with(1000), "ERR apelido_em_uso\n")


class Idle(WebCase):
    BYTES = 1600  # of Python's memory, for one who is in and says nothing

    def test_an_idle_browser_costs_little(self) -> None:
        WebPerson(self, "first")
        self.settle()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        before = self.held()
        for number in range(100):
            WebPerson(self, f"u{number}").receive()
        self.settle()
        self.assertLess((self.held() - before) / 100, self.BYTES)

    @staticmethod
    def held() -> int:
        """The bytes that the server holds, with its sockets and what the selector knows of them."""
        gc.collect()
        places = [tracemalloc.Filter(True, path) for path in (f"{ROOT}/minichat/*", selectors.__file__)]
        return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(places).traces)


class Names(unittest.TestCase):
    def test_a_machine_goes_by_its_short_its_long_and_its_local_name(self) -> None:
        with mock.patch.object(socket, "gethostname", lambda: "pc7.escola.br"):
            names = own_names("192.168.0.5", " chat.escola.br,,Sala3 ")
        expected = {"192.168.0.5", "pc7.escola.br", "pc7", "pc7.local", "chat.escola.br", "Sala3"}
        self.assertEqual(set(names), expected)


class SlowRates(WebCase):
    limits = Limits(clients=10, rate_lines=1.0)

    def test_a_head_of_many_lines_costs_no_more_than_coming_in(self) -> None:
        """Browsers send twenty lines, which at one line a second would be too late."""
        head = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 40 + b"\r\n"
        caller = Caller(self, head)
        self.assertEqual(caller.answer()[0], 200)
        self.assertGreater(self.debt(), 2.5)

    def test_a_request_that_is_refused_costs_as_much(self) -> None:
        self.assertEqual(self.calls(b"ana\n")[0], 400)
        self.assertGreater(self.debt(), 2.5)

    def test_empty_lines_before_a_request_cost_as_in_the_chat(self) -> None:
        """They are no part of a head, and a head of 16 KiB could be nothing else."""
        Caller(self, b"\n" * 100)
        self.settle()
        connection = next(iter(self.server.pool.owners))
        self.assertIs(connection.pause, RATE)

    def debt(self) -> float:
        """How many lines all of this machine owe."""
        return self.server.admission._paces.of("('127.0.0.1',)")._lines


class Floods(WebCase):
    limits = Limits(clients=10)

    def test_a_flood_waits_and_the_others_are_served(self) -> None:
        flooder, bia = WebPerson(self, "flooder"), WebPerson(self, "bia")
        flooder.say(*["x"] * 3000)
        for _ in range(100):
            self.turn()
        bia.say("oi")
        while bia.line() != "FROM bia [all]: oi":
            pass
        flooder.receive()
        self.assertLess(flooder.received.count(b"flooder"), 600)

    def test_frames_without_a_line_count_by_their_bytes(self) -> None:
        """Trap 41: empty fragments are input, too."""
        flooder = WebPerson(self, "flooder")
        connection = next(iter(self.server.pool.owners))
        flooder.raw(masked(0x01, b""))
        sent = 0
        flooder.socket.setblocking(False)
        try:
            while sent < 20_000_000:
                sent += flooder.socket._socket.send(masked(0x00, b"") * 10_000)
                self.turn()
        except BlockingIOError:
            pass
        self.assertLess(sent, 10_000_000, "nothing holds it back")
        for _ in range(1000):  # on a busy machine the rate has allowed some more meanwhile, and then it is the turn
            if connection.pause is RATE:
                break
            self.turn()
        self.assertIs(connection.pause, RATE)


if __name__ == "__main__":
    unittest.main()
