"""A connection on a socket pair with small buffers and a clock set by hand."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import unittest
import unittest.mock
from selectors import EVENT_READ, EVENT_WRITE
from typing import Iterator, List, Optional, Tuple, Type

from minichat.limits import Limits
from minichat.net.connection import CLOSED, DRAINING, NONE, OPEN, RATE, Connection
from minichat.net.linebuffer import LineBuffer
from minichat.net.outputqueue import SENT
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor

TINY = Limits(
    line_bytes=64,
    recv_bytes=4096,
    turn_lines=4,
    turn_bytes=2000,
    send_bytes=4096,
    own_queue_bytes=1000,
    queue_soft_bytes=100_000,
    queue_bytes=200_000,
    rate_lines=0.0,
)


class Recorder:
    """An owner that writes down what it is told."""

    def __init__(self) -> None:
        self.told: List[Tuple[str, object]] = []

    def line_received(self, connection: Connection, line: bytes) -> None:
        self.told.append(("line", line))
        if line == b"bug":
            raise RuntimeError("a bug of ours")
        if line == b"bye":
            connection.write(b"BYE\n")
            connection.close("quit")
        if line.startswith(b"say "):
            connection.write(b"x" * int(line[4:]) + b"\n")

    def resumed(self, connection: Connection) -> None:
        self.told.append(("resumed", None))

    def line_too_long(self, connection: Connection) -> None:
        self.told.append(("too long", None))

    def rest_received(self, connection: Connection) -> None:
        self.told.append(("rest", connection.buffer.rest))

    def end_received(self, connection: Connection) -> None:
        self.told.append(("end", None))
        connection.close("gone")

    def too_slow(self, connection: Connection) -> None:
        self.told.append(("too slow", None))
        connection.cut("too_slow", b"ERR too_slow\n")

    def connection_closed(self, connection: Connection) -> None:
        self.told.append(("closed", connection.reason))

    def lines(self) -> List[object]:
        return [what for kind, what in self.told if kind == "line"]

    def last(self) -> Tuple[str, object]:
        return self.told[-1]


class ConnectionCase(unittest.TestCase):
    """One connection, its peer, and a reactor turned by hand."""

    limits = TINY
    selector: Type[selectors.BaseSelector] = selectors.DefaultSelector

    def setUp(self) -> None:
        self.time = 0.0
        self.reactor = Reactor(self.selector(), clock=lambda: self.time)
        self.owner = Recorder()
        self.bytes = 0  # made in this turn
        self.pool = Pool(self.reactor, self.limits, self)
        self.reactor.at_turn_end(self.pool.serve, self.pool.judge, self.pool.reap, self.begin_turn, self.pool.flush)
        ours, self.peer = socket.socketpair()
        for end in (ours, self.peer):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.ours = ours
        self.connection = self.pool.adopt(ours, self.owner)
        self.addCleanup(self._close)

    def _close(self) -> None:
        self.pool.close("test")
        self.ours.close()
        self.peer.close()
        self.reactor.close()

    def begin_turn(self) -> None:
        """Make room for the lines of the next turn, as the fan-out does by delivering."""
        self.bytes = 0

    def turn(self, count: int = 1) -> None:
        """Turn without waiting, whatever timers there are."""
        for _ in range(count):
            self.reactor.call_later(0.0, lambda: None)
            self.reactor.run_once()

    def pass_time(self, seconds: float) -> None:
        """Let time pass as it does when something happens now and then."""
        while seconds > 0:
            self.time += min(0.5, seconds)
            seconds -= 0.5
            self.turn()

    def read_all(self) -> bytes:
        """What the peer can read, turning meanwhile until nothing more comes."""
        got = []
        idle = 0
        while idle < 3:
            try:
                data = self.peer.recv(65536)
            except BlockingIOError:
                data = b""
            got.append(data)
            idle = 0 if data else idle + 1
            self.turn()
        return b"".join(got)

    def at_end(self) -> bool:
        """Whether the peer reads an end of file now."""
        try:
            return self.peer.recv(1) == b""
        except BlockingIOError:
            return False

    def interest(self) -> int:
        """What the selector waits for on our end: 0 when it is not registered."""
        for key in self.reactor._selector.get_map().values():
            if key.fileobj is self.ours:
                return key.events
        return 0


class Reading(ConnectionCase):
    def test_lines_arrive_whole_however_they_were_sent(self) -> None:
        """Trap 23."""
        for piece in (b"o", b"la\nbom ", b"dia\r\na\n"):
            self.peer.send(piece)
            self.turn()
        self.assertEqual(self.owner.lines(), [b"ola", b"bom dia", b"a"])

    def test_a_read_without_a_whole_line_is_told_as_such(self) -> None:
        self.peer.send(b"half")
        self.turn()
        self.assertEqual(self.owner.told, [("rest", b"half")])

    def test_a_turn_serves_some_lines_and_the_next_goes_on_by_itself(self) -> None:
        """Traps 19 and 20."""
        self.peer.send(b"".join(b"%d\n" % n for n in range(10)))
        counts = []
        for _ in range(3):
            self.reactor.run_once()
            counts.append(len(self.owner.lines()))
        self.assertEqual(counts, [4, 8, 10])

    def test_nothing_more_is_read_while_complete_lines_wait(self) -> None:
        """Trap 19."""
        self.peer.send(b"a\n" * 10)
        self.turn()
        self.assertEqual(self.interest(), 0)
        self.turn(2)
        self.assertEqual(self.interest(), EVENT_READ)

    def test_an_unfinished_line_keeps_no_turn_busy(self) -> None:
        """Trap 20."""
        self.peer.send(b"half a line")
        self.turn()
        self.assertEqual(self.reactor._timers.seconds_to_wait(self.reactor.now), 86400.0)

    def test_a_line_over_the_limit_is_told_once_and_the_next_one_counts(self) -> None:
        """Trap 24."""
        self.peer.send(b"A" * 65 + b"QUIT\nok\n")
        self.turn()
        self.assertEqual(self.owner.told, [("too long", None), ("line", b"ok")])

    def test_no_line_is_served_any_more_in_a_turn_that_is_full(self) -> None:
        self.bytes = self.limits.turn_bytes
        self.peer.send(b"a\n")
        self.reactor.run_once()
        self.assertEqual(self.owner.lines(), [])
        self.reactor.run_once()
        self.assertEqual(self.owner.lines(), [b"a"])


    def test_one_who_fills_every_turn_is_not_first_in_every_turn(self) -> None:
        """Trap 19."""
        ours, theirs = socket.socketpair()
        self.addCleanup(theirs.close)
        ours.setblocking(False)
        other = self.pool.adopt(ours, self.owner)
        order: List[Connection] = []

        def fill(connection: Connection, line: bytes) -> None:
            order.append(connection)
            self.bytes = self.limits.turn_bytes

        self.owner.line_received = fill  # type: ignore[method-assign]
        self.peer.send(b"a\n" * 10)
        theirs.send(b"b\n" * 10)
        self.turn(21)
        self.assertEqual((len(order), order.count(other)), (20, 10))
        self.assertTrue(all(one is not next_one for one, next_one in zip(order, order[1:])), order)


class ThrownAway(ConnectionCase):
    """What becomes no line counts against the rate as if it had."""

    limits = TINY._replace(rate_lines=10.0)  # 6,400 bytes a second, 25,600 at once

    def send_for(self, seconds: float, data: bytes) -> int:
        """Send ``data`` again and again as fast as it is read; return how many bytes were."""
        sent = 0
        for _ in range(int(seconds / 0.05)):
            with contextlib.suppress(BlockingIOError):
                for _ in range(50):  # far more than the rate allows
                    sent += self.peer.send(data)
                    self.turn()
            self.time += 0.05
            self.turn()
        return sent

    def test_a_line_without_end_is_read_at_the_rate_of_bytes(self) -> None:
        """Trap 51."""
        read = self.send_for(10.0, b"x" * 4096)
        kernel = 16_384  # may hold so much that was not read
        self.assertGreater(read, 80_000)
        self.assertLess(read, 25_600 + 64_000 + self.limits.recv_bytes + kernel)
        self.assertEqual(self.owner.told.count(("too long", None)), 1)

    def test_lines_over_the_limit_are_read_at_the_rate(self) -> None:
        """Trap 51."""
        line = b"x" * 199 + b"\n"
        self.send_for(10.0, line * 20)
        lines = self.owner.told.count(("too long", None))
        self.assertGreater(lines, 120)
        self.assertLessEqual(lines, 40 + 100 + 1)

    def test_after_the_debt_the_connection_goes_on(self) -> None:
        """Trap 51."""
        for _ in range(8):
            self.peer.send(b"x" * 4000)
            self.turn()
        self.assertEqual((self.interest(), self.connection.pause), (0, RATE))
        self.pass_time(2.0)
        self.assertEqual(self.interest(), EVENT_READ)
        self.peer.send(b"\nok\n")
        self.turn()
        self.assertEqual(self.owner.lines(), [b"ok"])

    def test_an_end_that_was_read_is_told_in_spite_of_the_debt(self) -> None:
        for _ in range(7):
            self.peer.send(b"x" * 4000)
            self.turn()
        self.peer.shutdown(socket.SHUT_WR)
        self.pass_time(2.0)
        self.assertEqual(self.owner.last(), ("closed", "gone"))

    def test_a_line_that_ends_the_connection_leaves_no_debt(self) -> None:
        self.connection.charge(38)  # of 40: for two lines there is room
        self.peer.send(b"x" * 100 + b"\nbye\n")
        self.turn()
        self.assertEqual((self.owner.lines(), self.connection.pause), ([b"bye"], NONE))

    def test_a_connection_that_ends_in_debt_rings_no_timer(self) -> None:
        for _ in range(8):
            self.peer.send(b"x" * 4000)
            self.turn()
        self.connection.close("quit")
        self.turn(3)
        self.assertEqual(self.interest(), EVENT_READ)
        self.peer.close()
        self.turn(2)
        self.pass_time(5.0)
        self.assertEqual(self.owner.last(), ("closed", "quit"))
        self.assertEqual(self.reactor._timers.seconds_to_wait(self.reactor.now), 86400.0)


class AllInput(ConnectionCase):
    """The input that waits is bounded for all connections together."""

    limits = TINY._replace(line_bytes=100, inputs_bytes=10_000, rate_lines=1.0)
    people = 40

    def setUp(self) -> None:
        super().setUp()
        self.peers = [self.peer]
        self.connections = [self.connection]
        for _ in range(self.people - 1):
            ours, peer = socket.socketpair()
            for end in (ours, peer):
                end.setblocking(False)
            self.addCleanup(peer.close)
            self.peers.append(peer)
            self.connections.append(self.pool.adopt(ours, self.owner))

    def held(self) -> int:
        """Bytes in all the buffers."""
        return sum(connection.buffer.size for connection in self.connections)

    @property
    def bound(self) -> int:
        """What one read may exceed, and a line for each."""
        return self.limits.inputs_bytes + self.limits.recv_bytes + self.people * self.limits.line_bytes

    def test_lines_that_wait_are_bounded(self) -> None:
        """Trap 52."""
        most = 0
        for _ in range(200):
            for peer in self.peers:
                with contextlib.suppress(BlockingIOError):
                    peer.send(b"a\n" * 2000)
            self.turn()
            most = max(most, self.held())
            self.time += 0.1
        self.assertGreater(most, self.limits.inputs_bytes)
        self.assertLessEqual(most, self.bound)

    def test_beginnings_of_lines_are_bounded_too(self) -> None:
        """Trap 52."""
        for peer in self.peers:
            peer.send(b"x" * 99)
        self.turn(3)
        self.assertEqual(self.held(), self.people * 99)

    def test_over_the_cap_everyone_can_still_end_a_line(self) -> None:
        """Trap 52."""
        for peer in self.peers[1:]:
            peer.send(b"a\n" * 2000)
        self.turn(3)
        self.assertGreater(self.pool.turn.inputs, self.limits.inputs_bytes)
        self.peer.send(b"half a l")
        self.turn()
        self.peer.send(b"ine\n" + b"more\n" * 100)
        self.turn()
        self.assertIn(b"half a line", self.owner.lines())
        self.assertLessEqual(self.connection.buffer.size, self.limits.line_bytes)

    def test_when_less_waits_reads_are_large_again(self) -> None:
        """Trap 52."""
        for peer in self.peers[1:]:
            peer.send(b"a\n" * 2000)
        self.turn(3)
        for connection in self.connections[1:]:
            connection.abort("gone")
        self.turn(3)
        self.peer.send(b"a\n" * 2000)
        self.turn()
        self.assertEqual(self.connection.buffer.size, 4000)


class LengthBuffer(LineBuffer):
    """Another answer to where a message ends: a length in one byte, then so many bytes."""

    def feed(self, data: bytes) -> None:
        self._bytes = self.rest + data
        self.has_line = len(self._bytes) > self._bytes[0] if self._bytes else False

    def next_line(self) -> Optional[bytes]:
        length = self._bytes[0]
        message, self._bytes = bytes(self._bytes[1 : length + 1]), self._bytes[length + 1 :]
        self.feed(b"")
        return message

    @staticmethod
    def unit_end(piece: bytes, taken: int) -> int:
        end = 0
        while end < taken:
            end += 1 + piece[end]
        return end


class Seams(ConnectionCase):
    """What a connection can change in mid-life, as when a web request becomes a WebSocket."""

    def become(self, owner: Recorder) -> None:
        """Let the line ``change`` give the connection another owner and another buffer."""

        def change(connection: Connection, line: bytes) -> None:
            self.owner.told.append(("line", line))
            if line == b"change":
                self.pool.owners[connection] = owner
                connection.change_buffer(LengthBuffer(64))

        self.owner.line_received = change  # type: ignore[method-assign]

    def test_owner_and_buffer_change_between_two_messages_of_one_read(self) -> None:
        other = Recorder()
        self.become(other)
        self.peer.send(b"one\nchange\n\x03a\nb\x02cd\x05ef")
        self.turn(2)
        self.assertEqual(self.owner.lines(), [b"one", b"change"])
        self.assertEqual(other.lines(), [b"a\nb", b"cd"])
        self.peer.send(b"ghi")
        self.peer.shutdown(socket.SHUT_WR)
        self.turn(3)
        self.assertEqual(other.told[-3:], [("line", b"efghi"), ("end", None), ("closed", "gone")])
        self.assertEqual(self.owner.lines(), [b"one", b"change"])

    def test_an_end_that_was_read_before_the_change_is_told_after_it(self) -> None:
        other = Recorder()
        self.become(other)
        self.peer.send(b"change\n\x01x")
        self.peer.shutdown(socket.SHUT_WR)
        self.turn(3)
        self.assertEqual(other.told, [("line", b"x"), ("end", None), ("closed", "gone")])

    def test_a_queue_is_cut_where_the_buffer_says_that_a_unit_ends(self) -> None:
        """Trap 33, with units that are no lines."""
        self.connection.change_buffer(LengthBuffer(64))
        frame = b"\x05\n\n\n\n\n"
        self.connection.write(frame * 40_000)
        self.turn()
        self.connection.cut("too_slow", b"\x03bye")
        got = self.read_all()
        self.assertTrue(got.endswith(b"\x03bye"), got[-20:])
        self.assertEqual(got[:-4].replace(frame, b""), b"")
        self.assertTrue(self.at_end())


class Ending(ConnectionCase):
    def test_lines_before_the_end_of_file_are_served_first(self) -> None:
        """Trap 27."""
        self.peer.send(b"a\n" * 9)
        self.peer.shutdown(socket.SHUT_WR)
        self.turn(6)
        self.assertEqual([kind for kind, _ in self.owner.told], ["line"] * 9 + ["end", "closed"])

    def test_a_peer_that_ended_is_no_longer_read(self) -> None:
        """Trap 12."""
        self.owner.end_received = lambda connection: None  # type: ignore[method-assign]
        self.peer.shutdown(socket.SHUT_WR)
        self.turn(2)
        self.assertEqual(self.interest(), 0)

    def test_what_was_queued_before_close_arrives_and_then_the_end(self) -> None:
        """Trap 28."""
        self.peer.send(b"bye\nthis is discarded\n")
        self.turn(2)
        self.assertEqual(self.peer.recv(100), b"BYE\n")
        self.assertTrue(self.at_end())
        self.assertEqual(self.owner.lines(), [b"bye"])

    def test_what_is_written_after_close_is_not_sent(self) -> None:
        self.connection.close("quit")
        self.connection.write(b"too late\n")
        self.turn()
        self.assertTrue(self.at_end())

    def test_a_draining_connection_drops_input_until_the_peer_ends(self) -> None:
        """Trap 32."""
        self.connection.close("quit")
        self.turn()
        self.peer.send(b"x" * 1000)
        self.turn(2)
        self.assertEqual(self.owner.told, [])
        self.peer.shutdown(socket.SHUT_WR)
        self.turn(2)
        self.assertEqual(self.owner.told, [("closed", "quit")])

    def test_a_silent_peer_that_does_not_end_gets_two_seconds(self) -> None:
        self.connection.close("quit")
        self.turn()
        self.pass_time(1.5)
        self.assertEqual(self.owner.told, [])
        self.pass_time(1.0)
        self.assertEqual(self.owner.told, [("closed", "quit")])

    def test_a_peer_that_goes_on_speaking_is_waited_for_five_seconds(self) -> None:
        self.connection.close("quit")
        self.turn()
        for _ in range(9):
            self.peer.send(b"x")
            self.pass_time(0.5)
        self.assertEqual(self.owner.told, [])
        self.peer.send(b"x")
        self.pass_time(1.0)
        self.assertEqual(self.owner.told, [("closed", "quit")])

    def test_both_sides_may_end_at_once(self) -> None:
        self.peer.send(b"bye\n")
        self.peer.shutdown(socket.SHUT_WR)
        self.turn(3)
        self.assertEqual(self.owner.told, [("line", b"bye"), ("closed", "quit")])
        self.assertEqual(self.read_all(), b"BYE\n")

    def test_a_reset_is_told_once_and_its_socket_closed(self) -> None:
        """Trap 31."""
        self.connection.write(b"a\n")
        self.turn()
        self.peer.close()  # with unread input: a reset
        self.connection.write(b"b\n")
        self.turn(2)
        self.assertEqual(self.owner.told, [("closed", "gone")])
        self.assertEqual((self.ours.fileno(), len(self.pool.owners)), (-1, 0))

    def test_the_end_is_told_after_the_handlers_of_the_turn(self) -> None:
        """Trap 10."""
        self.reactor.register(self.peer, EVENT_WRITE, lambda mask: self.connection.abort("error"))
        self.reactor.run_once()
        self.assertEqual(self.owner.told, [("closed", "error")])
        self.reactor.unregister(self.peer)

    def test_a_bug_in_the_owner_cuts_this_connection(self) -> None:
        """Trap 18."""
        self.peer.send(b"bug\nnever served\n")
        with self.assertLogs("minichat", "ERROR"):
            self.turn(2)
        self.assertEqual(self.owner.told, [("line", b"bug"), ("closed", "error")])


class Writing(ConnectionCase):
    def test_writing_only_queues_until_the_turn_ends(self) -> None:
        self.connection.write(b"one\n")
        with self.assertRaises(BlockingIOError):
            self.peer.recv(100)
        self.connection.write(b"two\n")
        self.turn()
        self.assertEqual(self.peer.recv(100), b"one\ntwo\n")

    def test_write_is_waited_for_only_while_a_send_fell_short(self) -> None:
        """Trap 30."""
        self.connection.write(b"x" * 50_000)
        self.turn()
        self.assertEqual(self.interest(), EVENT_READ | EVENT_WRITE)
        self.read_all()
        self.assertEqual(self.interest(), EVENT_READ)

    def test_what_arrives_is_what_was_queued_however_it_is_sent(self) -> None:
        """Trap 30."""
        queued = []
        for number in range(300):
            queued.append(b"%d:" % number + b"x" * (number * 7 % 1000) + b"\n")
            self.connection.write(queued[-1])
            if number % 10 == 0:
                self.turn()
        self.assertEqual(self.read_all(), b"".join(queued))
        self.assertIsNone(self.connection._output)

    def test_a_closing_connection_delivers_its_whole_backlog(self) -> None:
        """Trap 32."""
        self.connection.write(b"x" * 50_000)
        self.turn()
        self.connection.write(b"BYE\n")
        self.connection.close("quit")
        self.assertEqual(self.read_all(), b"x" * 50_000 + b"BYE\n")
        self.assertTrue(self.at_end())

    def test_a_queue_that_closing_makes_too_large_is_still_delivered(self) -> None:
        """Trap 32."""
        self.connection.write(b"x" * 203_000 + b"\n")
        self.turn()
        self.connection.write(b"y" * 5000 + b"\n")
        self.connection.close("quit")
        self.assertEqual(self.read_all(), b"x" * 203_000 + b"\n" + b"y" * 5000 + b"\n")

    def test_own_commands_wait_while_own_answers_are_not_read(self) -> None:
        """Trap 35."""
        self.peer.send(b"say 30000\nsay 10\n")
        self.turn(5)
        self.assertEqual((self.owner.lines(), self.interest()), ([b"say 30000"], EVENT_WRITE))
        self.read_all()
        self.assertEqual(self.owner.lines(), [b"say 30000", b"say 10"])

    def test_commands_go_on_next_turn_when_the_kernel_took_the_answers(self) -> None:
        """Trap 35."""
        self.peer.send(b"say 1500\nsay 1\n")
        self.turn()
        self.assertEqual(self.owner.lines(), [b"say 1500"])
        self.reactor.run_once()
        self.assertEqual(self.owner.lines(), [b"say 1500", b"say 1"])

    def test_half_closing_sends_the_end_and_goes_on_reading(self) -> None:
        self.connection.write(b"last\n")
        self.connection.half_close()
        self.turn()
        self.assertEqual(self.peer.recv(100), b"last\n")
        self.assertTrue(self.at_end())
        self.peer.send(b"answer\n")
        self.turn()
        self.assertEqual(self.owner.lines(), [b"answer"])


class SlowReaders(ConnectionCase):
    def test_a_queue_over_the_hard_limit_ends_it_at_once(self) -> None:
        """Trap 33."""
        self.connection.write(b"a\n" * 150_000)
        self.turn(2)
        self.assertEqual(self.owner.told, [("too slow", None)])

    def test_a_queue_over_the_soft_limit_is_borne_for_ten_seconds(self) -> None:
        """Trap 33."""
        self.connection.write(b"a\n" * 75_000)
        self.turn()
        for _ in range(19):
            self.peer.recv(10)  # progress, but hardly any
            self.pass_time(0.5)
        self.assertEqual(self.owner.told, [])
        self.pass_time(1.0)
        self.assertEqual(self.owner.told[0], ("too slow", None))

    def test_no_progress_is_borne_for_ten_seconds(self) -> None:
        """Traps 14 and 33."""
        self.connection.write(b"a\n" * 15_000)
        self.turn()
        self.pass_time(9.5)
        self.assertEqual(self.owner.told, [])
        self.pass_time(1.0)
        self.assertEqual(self.owner.told, [("too slow", None)])

    def test_progress_starts_the_ten_seconds_again(self) -> None:
        self.connection.write(b"a\n" * 15_000)
        self.turn()
        self.pass_time(9.0)
        self.peer.recv(65536)
        self.turn(2)
        self.pass_time(9.0)
        self.assertEqual(self.owner.told, [])

    def test_who_was_cut_reads_whole_lines_then_the_reason_then_the_end(self) -> None:
        """Trap 33."""
        line = b"0123456789012\n"
        self.connection.write(line * 20_000)
        self.turn(2)
        got = self.read_all()
        self.assertTrue(got.endswith(line + b"ERR too_slow\n"), got[-40:])
        self.assertEqual(got.replace(line, b""), b"ERR too_slow\n")
        self.assertTrue(self.at_end())

    def test_who_was_cut_and_comes_back_reads_whole_lines_and_why(self) -> None:
        """Trap 54: not half a line, though the kernel had taken no more than that."""
        line = b"x" * 3000 + b"\n"
        self.connection.write(line * 100)
        self.turn(2)
        self.pass_time(40.0)
        got = self.read_all()
        self.assertEqual(got.replace(line, b""), b"ERR too_slow\n")
        self.assertTrue(self.at_end())

    def test_a_cut_peer_that_does_not_read_gets_a_minute(self) -> None:
        """Trap 33."""
        self.connection.write(b"a\n" * 150_000)
        self.turn(2)
        self.pass_time(59.5)
        self.assertEqual(len(self.owner.told), 1)
        self.pass_time(1.0)
        self.assertEqual(self.owner.told, [("too slow", None), ("closed", "too_slow")])

    def test_who_was_cut_and_reads_late_has_a_deadline_still(self) -> None:
        """Traps 14 and 33."""
        self.connection.write(b"a\n" * 150_000)
        self.turn(2)
        self.pass_time(3.0)
        while self.connection._output_queue().fin is not SENT:
            self.peer.recv(65536)
            self.turn()
        self.peer.send(b"still here")
        self.pass_time(8.0)
        self.assertEqual(self.owner.told, [("too slow", None), ("closed", "too_slow")])

    def test_who_was_cut_and_reads_late_has_two_seconds_from_then(self) -> None:
        """Trap 33: all that is needed to see the end comes only then."""
        self.check_two_seconds()

    def test_who_was_cut_and_reads_late_has_them_after_a_flood_too(self) -> None:
        """Trap 33."""
        self.check_two_seconds(flood=self.limits.drain_bytes + 1)

    def check_two_seconds(self, flood: int = 0) -> None:
        """Cut, perhaps flood, read late: the end comes two seconds after that."""
        self.connection.write(b"a\n" * 150_000)
        self.turn(2)
        while flood > 0:
            flood -= self.peer.send(b"x" * min(flood, 2048))
            self.turn()
        self.pass_time(2.5)
        while self.connection._output_queue().fin is not SENT:
            self.peer.recv(65536)
            self.turn()
        self.pass_time(1.5)
        self.assertEqual(self.owner.told, [("too slow", None)])
        self.pass_time(1.0)
        self.assertEqual(self.owner.told[1:], [("closed", "too_slow")])

    def test_who_reads_in_the_very_turn_of_the_deadline_is_not_cut(self) -> None:
        """Trap 33."""
        self.connection.write(b"a\n" * 15_000)
        self.turn()
        self.pass_time(9.5)
        read = self.peer.recv(65536)
        self.pass_time(0.5)  # WRITE and the deadline, in one turn
        self.assertEqual(read + self.read_all(), b"a\n" * 15_000)
        self.assertEqual(self.owner.told, [])

    def test_a_stall_of_an_hour_cuts_nobody(self) -> None:
        """Trap 17."""
        self.connection.write(b"a\n" * 15_000)
        self.turn()
        self.time += 3600
        self.turn()
        self.assertEqual(self.owner.told, [])
        self.assertEqual(self.read_all(), b"a\n" * 15_000)

    def test_nothing_is_held_for_anyone_when_all_is_over(self) -> None:
        """Trap 34."""
        self.connection.write(b"a\n" * 150_000)
        self.turn(2)
        self.pass_time(61.0)
        self.assertEqual((self.pool.turn.ledger.bytes, len(self.pool.owners)), (0, 0))


class NeverWritable(selectors.DefaultSelector):
    """Linux calls a socket writable when a third of its buffer is free; here it never is."""

    def select(self, timeout: Optional[float] = None) -> List[Tuple[selectors.SelectorKey, int]]:
        return [(key, EVENT_READ) for key, mask in super().select(timeout) if mask & EVENT_READ]


class SteadyReaders(ConnectionCase):
    selector = NeverWritable

    def test_a_send_is_tried_before_a_slow_reader_is_cut(self) -> None:
        """Traps 14 and 33."""
        self.connection.write(b"a\n" * 45_000)
        self.turn()
        read = 0
        for _ in range(8):
            self.pass_time(9.0)
            read += len(self.peer.recv(65536))
        self.assertEqual(self.owner.told, [])
        self.assertGreater(read, 10_000)


    def test_a_send_is_tried_though_the_kernel_tells_of_no_room(self) -> None:
        """Trap 33."""
        self.connection.write(b"a\n" * 45_000)
        self.turn()
        self.peer.recv(8192)  # the kernel has room now, and does not say so
        self.pass_time(11.5)
        self.assertEqual(self.owner.told, [("too slow", None)])


class Lost(ConnectionCase):
    """What the kernel says of a peer that it has given up."""

    def check_lost(self, call: str, number: int, reason: str) -> None:
        """Let one call of the socket fail, in the next turns."""
        sock = unittest.mock.Mock(wraps=self.ours)
        getattr(sock, call).side_effect = OSError(number, "")
        self.connection._socket = sock
        if self.connection._output is not None:
            self.connection._output._socket = sock
        self.peer.send(b"say 10\n")
        self.turn(3)
        self.assertEqual(self.owner.told[-1:], [("closed", reason)])

    def test_one_that_does_not_answer_any_more_is_a_timeout(self) -> None:
        """Trap 36."""
        self.check_lost("recv", errno.ETIMEDOUT, "timeout")

    def test_so_it_is_when_a_send_finds_out(self) -> None:
        """Trap 36."""
        self.check_lost("send", errno.ETIMEDOUT, "timeout")

    def test_any_other_is_gone(self) -> None:
        """Trap 31."""
        self.check_lost("recv", errno.ECONNRESET, "gone")

    def test_who_quit_and_then_resets_has_ended_by_that(self) -> None:
        """Trap 31."""
        self.connection.close("quit")
        self.turn()
        self.check_lost("recv", errno.ECONNRESET, "quit")

    def test_an_end_that_cannot_be_sent_is_the_end_at_once(self) -> None:
        """Traps 14 and 31."""
        self.connection.close("quit")
        self.check_lost("shutdown", errno.ENOTCONN, "quit")


class Crowd(ConnectionCase):
    """Several connections, of which the first is ``connection``."""

    limits = TINY._replace(queues_bytes=10_000_000)
    people = 7

    def setUp(self) -> None:
        super().setUp()
        self.crowd, self.peers = [self.connection], [self.peer]
        for _ in range(self.people - 1):
            ours, peer = socket.socketpair()
            self.addCleanup(peer.close)
            for end in (ours, peer):
                end.setblocking(False)
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            self.crowd.append(self.pool.adopt(ours, self.owner))
            self.peers.append(peer)


class LostAtOnce(Crowd):
    def setUp(self) -> None:
        super().setUp()
        self.closed: List[Connection] = []
        self.owner.connection_closed = self.tell  # type: ignore[method-assign]

    def tell(self, connection: Connection) -> None:
        """Say it to others, which makes half of what a turn may make."""
        self.closed.append(connection)
        self.bytes += self.limits.turn_bytes // 2

    def test_many_lost_at_once_are_told_of_over_several_turns(self) -> None:
        """Trap 10."""
        for connection in self.crowd:
            connection.abort("gone")
        told = []
        for _ in range(4):
            self.turn()
            told.append((len(self.closed), self.reactor._has_more))
        self.assertEqual(told, [(2, True), (4, True), (6, True), (7, False)])

    def test_who_ends_while_others_are_told_of_is_told_of_too(self) -> None:
        """Trap 10."""

        def take_along(connection: Connection) -> None:
            self.tell(connection)
            self.crowd[self.crowd.index(connection) - 1].abort("gone")

        self.owner.connection_closed = take_along  # type: ignore[method-assign]
        for connection in self.crowd[2::2]:
            connection.abort("gone")
        self.turn(5)
        self.assertEqual(sorted(map(self.crowd.index, self.closed)), list(range(self.people)))


class OurBugs(Crowd):
    """Trap 18: a bug costs the connection on which it happens, and no other."""

    people = 3

    def check(self, *others: str) -> None:
        """Turn; the first is cut by its bug, and only this is told of the others."""
        ends: List[Tuple[Connection, str]] = []
        self.owner.connection_closed = (  # type: ignore[method-assign]
            lambda connection: ends.append((connection, connection.reason))
        )
        with self.assertLogs("minichat.net.connection", "ERROR"):
            self.turn(3)
        self.assertEqual(ends, [(self.connection, "error")])
        self.assertEqual([kind for kind, _ in self.owner.told], list(others))

    def break_send(self) -> None:
        """Let sending raise what no socket does."""
        sock = unittest.mock.Mock(wraps=self.ours)
        sock.send.side_effect = RuntimeError("a bug of ours")
        self.connection._socket = self.connection._output_queue()._socket = sock

    def break_cutting(self) -> None:
        """Let the owner fail when it is to cut the first."""
        too_slow = self.owner.too_slow

        def faulty(connection: Connection) -> None:
            if connection is self.connection:
                raise RuntimeError("a bug of ours")
            too_slow(connection)

        self.owner.too_slow = faulty  # type: ignore[method-assign]

    def write_all(self, size: int) -> None:
        for connection in self.crowd:
            connection.write(b"a\n" * (size // 2))

    def test_a_bug_while_sending_costs_no_other_its_output(self) -> None:
        """Trap 18."""
        self.break_send()
        self.write_all(10)
        self.check()
        self.assertEqual([peer.recv(100) for peer in self.peers[1:]], [b"a\n" * 5] * 2)

    def test_a_bug_while_one_is_cut_keeps_no_other_from_being_cut(self) -> None:
        """Traps 18 and 33."""
        self.break_cutting()
        self.write_all(300_000)
        self.check("too slow", "too slow")

    def test_a_bug_in_the_last_send_keeps_no_other_from_being_cut(self) -> None:
        """Traps 18 and 33: one more send is tried before a slow reader is cut."""
        self.write_all(300_000)
        self.turn()
        self.break_send()
        self.check("too slow", "too slow")

    def test_a_bug_while_one_is_shed_keeps_no_other_from_being_shed(self) -> None:
        """Traps 18 and 34."""
        self.write_all(75_000)
        self.turn()
        self.connection.write(b"the largest\n")
        self.turn()
        self.break_cutting()
        self.pool.limits = self.limits._replace(queues_bytes=1000)
        self.check("too slow", "too slow")

    def test_a_bug_while_one_ends_keeps_no_other_from_ending(self) -> None:
        """Trap 18."""
        ends: List[Connection] = []

        def faulty(connection: Connection) -> None:
            ends.append(connection)
            if connection is self.connection:
                raise RuntimeError("a bug of ours")

        self.owner.connection_closed = faulty  # type: ignore[method-assign]
        for connection in self.crowd:
            connection.abort("gone")
        with self.assertLogs("minichat.net.pool", "ERROR"):
            self.turn()
        self.assertEqual(ends, self.crowd)


class LongAnswers(ConnectionCase):
    limits = TINY._replace(queue_bytes=20_000, queue_soft_bytes=10_000, queue_soft_seconds=5.0)
    MEMORY = 5000

    def setUp(self) -> None:
        super().setUp()
        self.made = 0

    def answer(self, count: int = 10_000) -> bytes:
        """Queue an answer of so many lines, and return it."""
        lines = [b"w %07d\n" % number for number in range(count)]

        def make() -> Iterator[bytes]:
            for line in lines:
                self.made += 1
                yield line

        self.connection.answer(10 * count, make(), self.MEMORY)
        return b"".join(lines)

    def test_it_is_made_as_it_is_read(self) -> None:
        """Trap 50."""
        self.connection.write(b"before\n")
        whole = self.answer()
        self.turn()
        self.assertLess(self.made, 2000)
        self.connection.write(b"behind\n")
        read = b""
        for _ in range(1000):  # a slow reader, who takes more than twice the time of the soft limit
            if len(read) == len(whole) + 14:
                break
            before = self.made
            read += self.peer.recv(1000)
            self.pass_time(0.12)
            self.assertLess(self.made - before, 2000)
        self.assertEqual((read, self.connection.life), (b"before\n" + whole + b"behind\n", OPEN))
        self.assertEqual(self.pool.turn.ledger.bytes, 0)

    def test_what_comes_behind_it_has_the_room_of_any_queue(self) -> None:
        """Trap 50."""
        self.answer()
        for size, life in ((12_000, OPEN), (9_000, DRAINING)):
            self.connection.write(b"b\n" * (size // 2))
            self.turn(2)
            self.assertIs(self.connection.life, life)

    def test_who_reads_none_of_it_is_cut_and_it_is_given_up(self) -> None:
        """Trap 50."""
        self.answer()
        self.turn()
        self.pass_time(self.limits.progress_seconds + 2.0)  # the kernel takes a little after a second
        self.assertFalse(self.connection.life is OPEN)
        self.assertLess(self.pool.turn.ledger.bytes, self.MEMORY)
        self.assertRegex(self.read_all(), rb"\A(w \d{7}\n)+ERR too_slow\n\Z")

    def test_what_it_is_made_from_counts_against_all_queues(self) -> None:
        """Traps 34 and 50."""
        self.answer()
        self.turn()
        self.assertGreater(self.pool.turn.ledger.bytes, self.MEMORY)

    def test_the_next_line_waits_until_most_of_it_is_read(self) -> None:
        """Traps 35 and 50."""
        self.answer()
        self.turn()
        self.pass_time(3.0)  # the kernel has nearly all that was made
        self.peer.send(b"next\n")
        self.turn(3)
        self.assertEqual(self.owner.lines(), [])
        self.read_all()
        self.assertEqual(self.owner.lines(), [b"next"])


class AllTogether(ConnectionCase):
    limits = TINY._replace(queues_bytes=300_000)

    def test_when_all_queues_are_too_large_the_largest_goes_first(self) -> None:
        """Trap 34."""
        other = self.other()
        self.connection.write(b"a\n" * 75_000)
        self.turn()
        other.write(b"b\n" * 90_000)
        self.turn(2)
        self.assertTrue(self.connection.life is OPEN)
        self.assertFalse(other.life is OPEN)

    def other(self) -> Connection:
        """Another connection whose peer does not read."""
        ours, theirs = socket.socketpair()
        self.addCleanup(theirs.close)
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return self.pool.adopt(ours, self.owner)

    def test_the_largest_goes_first_though_it_ends_and_no_other(self) -> None:
        """Trap 48: what the first one frees is free before the next one is looked at."""
        self.pool.limits = self.limits._replace(queues_bytes=1_000_000)
        largest, ending, staying = self.connection, self.other(), self.other()
        for connection, size in ((largest, 150_000), (ending, 80_000), (staying, 90_000)):
            connection.write(b"%d\n" % size + b"x\n" * (size // 2))
        largest.close("quit")
        ending.close("quit")
        self.turn()
        self.pool.limits = self.limits._replace(queues_bytes=self.pool.turn.ledger.bytes - 1)
        self.turn(2)
        lives = [connection.life for connection in (largest, ending, staying)]
        self.assertEqual(lives, [CLOSED, DRAINING, OPEN])

    def test_what_is_said_of_that_does_not_wait_for_somebody_elses_event(self) -> None:
        """Trap 34."""
        self.connection.write(b"a\n" * 75_000)
        self.turn()
        self.pool.limits = self.limits._replace(queues_bytes=100_000)
        self.turn()
        self.assertFalse(self.connection.life is OPEN)
        self.assertTrue(self.reactor._has_more, "the next turn does not wait")


class Paced(ConnectionCase):
    limits = TINY._replace(rate_lines=10.0, turn_lines=100)

    def test_a_flood_is_served_at_the_rate_and_nothing_is_lost(self) -> None:
        """Trap 41."""
        self.peer.send(b"".join(b"%d\n" % n for n in range(60)))
        self.turn()
        self.assertEqual(len(self.owner.lines()), 40)
        self.assertEqual(self.interest(), 0)
        self.pass_time(1.0)
        self.assertEqual(len(self.owner.lines()), 50)
        self.pass_time(2.0)
        self.assertEqual(self.owner.lines(), [b"%d" % n for n in range(60)])

    def test_lines_held_back_by_the_rate_are_served_after_the_end(self) -> None:
        """Trap 27."""
        self.peer.send(b"a\n" * 45)
        self.peer.shutdown(socket.SHUT_WR)
        self.turn(2)
        self.pass_time(2.0)
        self.assertEqual(len(self.owner.lines()), 45)
        self.assertEqual(self.owner.last(), ("closed", "gone"))


class PacedBytes(ConnectionCase):
    limits = TINY._replace(line_bytes=4096, rate_lines=10.0)  # 6,400 bytes a second, 25,600 at once

    def test_long_lines_are_served_at_the_rate_of_their_bytes(self) -> None:
        """Trap 41."""
        data = (b"x" * 1023 + b"\n") * 200
        for _ in range(200):  # ten seconds
            with contextlib.suppress(BlockingIOError):
                while data:
                    data = data[self.peer.send(data) :]
                    self.turn()
            self.time += 0.05
            self.turn()
        self.assertAlmostEqual(len(self.owner.lines()), (25_600 + 64_000) / 1024, delta=2)
