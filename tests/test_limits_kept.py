"""Each limit is kept: tried at the limit and to either side of it.

Those of the line buffer, the pace, the queue of one reader, the drain and the
door have their tests where these are tested alone; here is what only shows
when a whole connection or a whole server runs.
"""

from __future__ import annotations

from minichat.limits import Limits
from minichat.net.connection import OPEN
from tests.net.test_connection import TINY, ConnectionCase
from tests.net.test_listener import ListenerCase, somebody
from tests.server.test_server import UNPACED, Person, ServerCase

PIECE = Limits().piece_bytes


class OneTurn(ConnectionCase):
    """What one connection gets of a turn."""

    limits = TINY._replace(turn_lines=4, recv_bytes=20)

    def served_at_once(self, data: bytes) -> int:
        """How many lines of ``data`` are served in the turn that reads it."""
        before = len(self.owner.lines())
        self.peer.send(data)
        self.reactor.run_once()
        served = len(self.owner.lines()) - before
        self.turn(3)
        return served

    def test_a_turn_serves_four_lines_and_not_a_fifth(self) -> None:
        """Trap 19."""
        for sent, served in ((3, 3), (4, 4), (5, 4)):
            self.assertEqual(self.served_at_once(b"a\n" * sent), served, sent)

    def test_a_turn_reads_twenty_bytes_and_not_one_more(self) -> None:
        """Trap 19."""
        for size, served in ((19, 2), (20, 2), (21, 1)):
            data = b"a\n" + b"x" * (size - 3) + b"\n"
            self.assertEqual(self.served_at_once(data), served, size)


class OwnQueue(ConnectionCase):
    def test_with_1000_bytes_unread_one_may_ask_and_with_1001_not(self) -> None:
        """Trap 35."""
        for size, served in ((999, 2), (1000, 2), (1001, 1)):
            before = len(self.owner.lines())
            self.peer.send(b"say %d\nsay 1\n" % (size - 1))  # and its newline
            self.reactor.run_once()
            self.assertEqual(len(self.owner.lines()) - before, served, size)
            self.read_all()


class Times(ConnectionCase):
    """Deadlines: kept waiting until they come, and no longer."""

    def check_ends_after(self, seconds: float) -> None:
        """Nothing is told before, and something at that time."""
        self.pass_time(seconds - 0.01)
        self.assertEqual(self.owner.told, [])
        self.pass_time(0.01)
        self.turn(2)
        self.assertNotEqual(self.owner.told, [])

    def test_no_progress_is_borne_for_ten_seconds(self) -> None:
        """Trap 33."""
        self.connection.write(b"a\n" * 15_000)
        self.turn()
        self.check_ends_after(self.limits.progress_seconds)

    def test_a_long_queue_is_borne_for_ten_seconds(self) -> None:
        """Trap 33."""
        self.connection.write(b"a\n" * 75_000)
        self.turn()
        self.pass_time(5.0)
        self.peer.recv(4096)  # progress
        self.turn()
        self.check_ends_after(self.limits.queue_soft_seconds - 5.0)

    def test_a_silent_peer_is_waited_for_two_seconds(self) -> None:
        """Trap 32."""
        self.connection.close("quit")
        self.turn()
        self.check_ends_after(self.limits.drain_idle_seconds)

    def test_a_peer_that_goes_on_speaking_is_waited_for_five_seconds(self) -> None:
        """Trap 32."""
        self.connection.close("quit")
        self.turn()
        for _ in range(4):
            self.pass_time(1.0)
            self.peer.send(b"x")
        self.turn()
        self.check_ends_after(self.limits.drain_seconds - 4.0)

    def test_a_peer_that_floods_while_closing_counts_as_silent(self) -> None:
        """Trap 32."""
        self.connection.close("quit")
        self.turn()
        self.pass_time(1.0)
        dropped = 0
        while dropped <= self.limits.drain_bytes:
            dropped += self.peer.send(b"x" * 4096)
            self.turn()
        self.peer.send(b"x")
        self.check_ends_after(self.limits.drain_idle_seconds)


class AllQueues(ConnectionCase):
    def test_all_queues_may_hold_the_limit_and_not_a_byte_more(self) -> None:
        """Trap 34."""
        self.connection.write(b"a\n" * 20_000)
        self.turn()
        for spare, borne in ((1, True), (0, True), (-1, False)):
            piece = b"%d\n" % spare
            now = self.pool.turn.ledger.bytes + PIECE + len(piece)
            self.pool.limits = self.limits._replace(queues_bytes=now + spare)
            self.connection.write(piece)
            self.turn()
            self.assertEqual(self.connection.life is OPEN, borne, spare)


class TurnAccepts(ListenerCase):
    def test_a_turn_accepts_three_and_not_a_fourth(self) -> None:
        """Trap 4."""
        for waiting, accepted in ((2, 2), (3, 3), (4, 3)):
            self.listen(*[somebody() for _ in range(waiting)])
            self.reactor.run_once()
            self.assertEqual(len(self.accepted), accepted, waiting)


class TurnBytes(ServerCase):
    def test_nobody_is_served_any_more_in_a_turn_in_which_enough_was_said(self) -> None:
        """Trap 33: one turn cannot overflow an empty queue."""
        ana = Person(self, "ana")
        line = len("FROM ana [all]: x\n")
        for limit, served in ((3 * line - 1, 3), (3 * line, 3), (3 * line + 1, 4)):
            self.server.pool.limits = UNPACED._replace(turn_bytes=limit)
            ana.say(*"xxxxxx")
            self.turn()
            ana.receive()
            self.assertEqual(ana.received.count(b"\n"), served, limit)
            ana.reads(*["FROM ana [all]: x"] * 6)


class Shutdown(ServerCase):
    limits = UNPACED._replace(kernel_send_bytes=4096)  # or a kernel may take more a moment later

    def test_a_shutdown_waits_five_seconds_for_a_stopped_reader(self) -> None:
        """Trap 22."""
        ana, stopped = Person(self, "ana"), Person(self, "stopped", recv_buffer=4096)
        while self.backlog("stopped") < 100_000:
            ana.say("x" * 4000)
            self.turn()
            ana.receive()
        self.server.ending.on_signal(15)
        self.pass_time(4.5)
        self.assertFalse(self.reactor.is_stopping)
        self.pass_time(0.6)
        self.assertTrue(self.reactor.is_stopping)
        self.assertNotEqual(stopped.socket.fileno(), -1)
