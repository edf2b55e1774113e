"""Traps around writing and closing, set for a real server process."""

from __future__ import annotations

import random
import signal
from typing import List

from tests.live import NO_LOOPBACK, SMALL_SEND_BUFFERS, LiveCase, pass_time, posix_only
from tests.peer import Peer
from tests.program import ServerProcess
from tests.support import wait_until

MIB = 1 << 20
KERNEL_BYTES = 32 * MIB  # more than any kernel keeps for one loopback connection


class Sending(LiveCase):
    def test_everything_arrives_in_order_through_the_smallest_buffers(self) -> None:
        """Trap 30."""
        server, chance = self.serve("--rate", "0", change=SMALL_SEND_BUFFERS), random.Random(30)
        ana, slow = self.peer(server, "ana"), self.slow_peer(server, "slow")
        ana.expect("JOIN slow")
        for round_ in range(5):
            texts = [f"{round_}.{number} " + "x" * chance.randrange(2000) for number in range(20)]
            ana.send("".join(f"{text}\n" for text in texts))
            ana.expect(*(f"FROM ana [all]: {text}" for text in texts))
            expected = "".join(f"FROM ana [all]: {text}\n" for text in texts)
            received = b""
            while len(received) < len(expected):
                received += slow.socket.recv(chance.randint(1, 5000))
            self.assertEqual(received.decode(), expected)
        slow.send("QUIT\n")
        self.assertEqual(slow.rest(), "BYE\n")

    @posix_only
    def test_who_ends_under_a_broadcast_is_one_leave_and_one_status_line(self) -> None:
        """Trap 31."""
        server = self.serve()
        ana = self.peer(server, "ana")
        others = [self.peer(server, f"u{number}") for number in range(10)]
        ana.expect(*(f"JOIN u{number}" for number in range(10)))
        server.kill(signal.SIGSTOP)
        ana.send("one\ntwo\n")
        for number, peer in enumerate(others):
            if number % 3:
                peer.reset()
            else:
                peer.end_sending()
        ana.send("three\n")
        server.kill(signal.SIGCONT)
        heard: List[str] = []
        while heard.count("FROM ana [all]: three") + sum(line.startswith("LEAVE") for line in heard) < 11:
            heard.append(ana.line())
        left = sorted(line for line in heard if line.startswith("LEAVE"))
        self.assertEqual(left, [f"LEAVE u{number} gone" for number in range(10)])
        for peer in self.peers:
            peer.close()
        server.kill(signal.SIGTERM)
        status, output, errors = server.finish()
        self.assertEqual((status, errors), (0, ""))
        for number in range(10):
            self.assertEqual(output.count(f"[STATUS] u{number} saiu"), 1)


class Closing(LiveCase):
    """A slow client with megabytes in its queue, and more unread input."""

    LINES = 500
    TEXT = "x" * 4000

    def read_slowly(self, peer: Peer, more: bytes = b"") -> str:
        """Everything up to a clean end, pushing ``more`` input meanwhile."""
        received: List[bytes] = []
        while True:
            more = more[peer.push(more) :]
            piece = peer.socket.recv(80_000)
            if not piece:
                return b"".join(received).decode()
            received.append(piece)
            pass_time(0.01)

    def expected(self, last: str) -> str:
        """What the slow client has to read."""
        echoes = "".join(f"FROM slow [all]: {number} {self.TEXT}\n" for number in range(self.LINES))
        return echoes + last

    def said(self) -> bytes:
        return "".join(f"{number} {self.TEXT}\n" for number in range(self.LINES)).encode()

    def test_quit_with_a_megabyte_behind_it_is_a_bye_that_is_read(self) -> None:
        """Trap 32."""
        slow = self.peer(self.serve("--rate", "0"), "slow")
        more = self.said() + b"QUIT\n" + b"y" * MIB
        more = more[slow.push(more) :]
        pass_time(0.2)
        # What comes after a QUIT may be cut off by the end of the connection.
        received = self.read_slowly(slow, more)
        self.assertEqual(received[-100:], self.expected("BYE\n")[-100:])
        self.assertEqual(received, self.expected("BYE\n"))

    def test_a_shutdown_with_unread_input_is_a_goodbye_that_is_read(self) -> None:
        """Trap 32."""
        server = self.serve("--rate", "0")
        ana, slow = self.peer(server, "ana"), self.peer(server, "slow")
        ana.expect("JOIN slow")
        slow.send(self.said())
        for number in range(self.LINES):
            ana.expect(f"FROM slow [all]: {number} {self.TEXT}")
        if hasattr(signal, "SIGSTOP"):
            server.kill(signal.SIGSTOP)
        slow.push((b" " * 4000 + b"\n") * 260)
        server.kill(signal.SIGTERM)
        if hasattr(signal, "SIGCONT"):
            server.kill(signal.SIGCONT)
        self.assertEqual(ana.rest()[-13:], "BYE shutdown\n")
        self.assertEqual(self.read_slowly(slow), self.expected("BYE shutdown\n"))


class SlowReaders(LiveCase):
    def test_who_does_not_read_is_cut_and_the_others_lose_nothing(self) -> None:
        """Trap 33."""
        server = self.serve("--rate", "0", change=SMALL_SEND_BUFFERS)
        ana, slow = self.peer(server, "ana"), self.slow_peer(server, "slow")
        ana.expect("JOIN slow")
        before, said, heard = server.memory_bytes(), 0, [""]
        while "LEAVE slow too_slow" not in heard:
            ana.send(f"{said} {'x' * 4000}\n")
            while not heard[-1].startswith(f"FROM ana [all]: {said} "):
                heard.append(ana.line())
            said += 1
            self.assertLess(said * 4000, MIB, "the limit is 256 KiB and what small buffers hold")
        self.assertEqual(sum(line.startswith("FROM") for line in heard), said)
        self.assertGreater(said * 4000, 256 * 1024)
        self.assertLess(server.memory_bytes() - before, 2 * MIB)
        self.assertTrue(slow.rest().endswith("x\nERR too_slow\n"))

    def test_who_does_not_read_is_cut_though_the_kernel_keeps_a_lot(self) -> None:
        """Trap 33."""
        server = self.serve("--rate", "0")
        ana, slow = self.peer(server, "ana"), self.slow_peer(server, "slow")
        ana.expect("JOIN slow")
        before, said, lump = server.memory_bytes(), 0, ("x" * 4000 + "\n").encode() * 16
        cut = False
        while not cut:
            ana.send(lump)
            said += len(lump)
            for _ in range(16):
                line = ana.line()
                if line.startswith("LEAVE"):
                    cut = True
            self.assertLess(said, KERNEL_BYTES)
        self.assertLess(server.memory_bytes() - before, 4 * MIB)
        self.assertTrue(slow.rest().endswith("x\nERR too_slow\n"))

    def test_hundreds_of_stopped_readers_share_a_bounded_memory(self) -> None:
        """Trap 34."""
        bound = 6 * MIB
        limits = {"queues_bytes": bound, "own_queue_bytes": 65536}  # so much in private waits for one who does not read
        server = self.serve("--rate", "0", limits=limits, change=SMALL_SEND_BUFFERS)
        stopped = [self.slow_peer(server, f"u{number}") for number in range(150)]
        ana = self.peer(server, "ana")
        before = most = server.memory_bytes()
        for round_ in range(15):  # 60 KB for each, 9 MB for all: no text is shared
            text = str(round_) + "x" * 4000
            ana.send("".join(f"@u{number} {number} {text}\n" for number in range(len(stopped))))
            self.check_asked(ana)
            most = max(most, server.memory_bytes())
        self.assertLess(most - before, bound * 1.1 + 4 * MIB)
        ana.send("WHO\n")
        while not (who := ana.line()).startswith("WHO"):
            pass
        still_in = int(who.split()[1])
        self.assertLess(still_in, len(stopped), "the largest queues had to go")
        self.assertGreater(still_in, len(stopped) // 3, "but no more of them than it took")

    def check_asked(self, peer: Peer) -> None:
        """Wait until all that was said before is served."""
        peer.send("@ana served\n")
        while peer.line() != "FROM ana [dm]: served":
            pass

    def test_thousands_of_questions_are_held_back_and_then_answered(self) -> None:
        """Trap 35."""
        server = self.serve("--rate", "0")
        people = [self.peer(server, f"somebody_with_a_nick_{number}") for number in range(9)]
        asking, nick = self.peer(server, "asking"), "somebody_with_a_nick_0"
        before = server.memory_bytes()
        self.assertEqual(asking.push(b"WHO\n" * 10_000), 40_000)
        for _ in range(5):
            self.check_served(people[0], nick)
            pass_time(0.05)
        self.assertLess(server.memory_bytes() - before, 3 * MIB)
        received, said = [0, 0], "FROM " + nick
        while received[0] < 10_000:
            line = asking.line()
            received[line.startswith(said)] += 1
            self.assertTrue(line.startswith(("WHO 10 somebody", said)), line)
        self.assertLessEqual(received[1], 5)


class AtTheDoor(LiveCase):
    def test_bytes_do_not_push_back_the_time_for_a_nick(self) -> None:
        """Trap 37."""
        server = self.serve(limits={"join_seconds": 0.3})
        ana, dribbling, silent = self.peer(server, "ana"), self.peer(server), self.peer(server)

        def has_answer() -> bool:
            dribbling.push(b"x")
            answer = dribbling.pull()
            self.assertIn(answer, (b"", b"ERR timeout\n"))
            return bool(answer)

        wait_until(has_answer, "the end of the patience")
        self.assertEqual(silent.rest(), "ERR timeout\n")
        self.check_served(ana, "ana")  # a member has no deadline

    def test_an_address_has_a_bounded_number_of_connections(self) -> None:
        """Trap 38."""
        server = self.serve("--max-per-ip", "3", change=NO_LOOPBACK)
        for end in ("quit", "close", "half-close", "reset"):
            people = [self.comer(server, f"{end}{number}") for number in range(3)]
            with Peer(server.port) as one_more:
                self.assertEqual(one_more.rest(), "ERR too_many_connections\n")
            for peer in people:
                self.leave(peer, end)

    def comer(self, server: ServerProcess, nick: str) -> Peer:
        """Return a peer that has got in, once the peers that have left no longer count."""
        came: List[Peer] = []

        def comes_in() -> bool:
            peer = Peer(server.port)
            self.addCleanup(peer.close)
            peer.send(f"{nick}\n")
            if peer.line() == f"OK {nick}":
                came.append(peer)
            else:
                peer.close()
            return bool(came)

        wait_until(comes_in, "a place")
        return came[0]

    def leave(self, peer: Peer, how: str) -> None:
        if how == "quit":
            peer.send("QUIT\n")
            peer.rest()
        if how == "half-close":
            peer.end_sending()
            peer.rest()
        if how == "reset":
            peer.reset()
        peer.close()

    def test_loopback_is_exempt(self) -> None:
        """Trap 38."""
        server = self.serve("--max-per-ip", "3")
        people = [self.peer(server, f"u{number}") for number in range(6)]
        people[0].send("WHO\n")
