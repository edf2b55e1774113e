"""Traps around the loop, set for a real server process."""

from __future__ import annotations

import os
import pty
import random
import signal
import unittest
from pathlib import Path
from typing import Dict, List

from tests.live import (
    A_SPIN,
    SMALL_SEND_BUFFERS,
    LiveCase,
    at_most,
    free_port,
    joined_when_up,
    pass_time,
    posix_only,
    share_of_time,
)
from tests.peer import Peer
from tests.program import SERVER, Program, ServerProcess
from tests.support import wait_until


@posix_only
class ManyEnds(LiveCase):
    def test_hundreds_who_reset_in_one_turn_are_one_leave_each(self) -> None:
        """Trap 10."""
        server = self.serve()
        survivors = {nick: self.peer(server, nick) for nick in ("ana", "bruno", "caio")}
        count = at_most(500)
        others = [self.peer(server) for _ in range(count)]
        for number, peer in enumerate(others):
            peer.send(f"u{number}\n")
        for number, peer in enumerate(others):
            peer.expect(f"OK u{number}")
        server.kill(signal.SIGSTOP)
        for peer in others:
            peer.reset()
        server.kill(signal.SIGCONT)
        for peer in survivors.values():
            left: List[str] = []
            while len(left) < count:
                line = peer.line()
                if line.startswith("LEAVE"):
                    left.append(line)
            self.assertEqual(sorted(left), sorted(f"LEAVE u{number} gone" for number in range(count)))
        survivors["ana"].send("WHO\n")
        survivors["ana"].expect("WHO 3 ana bruno caio")
        self.assertEqual(self.end(server), "")


class NothingToDo(LiveCase):
    def test_peers_that_have_ended_cost_no_turns(self) -> None:
        """Trap 12: one held back by the rate, one with unread output, one that said goodbye."""
        server = self.serve("--rate", "50", change=SMALL_SEND_BUFFERS)
        ana, held, gone = (self.peer(server, nick) for nick in ("ana", "held", "gone"))
        full = self.slow_peer(server, "full")
        for number in range(50):  # more than the kernel takes for a peer that does not read
            self.check_served(ana, "ana", f"{number} " + "x" * 2000)
        gone.send("QUIT\n")
        while gone.line() != "BYE":
            pass
        held.send("\n" * 400)  # 200 at once, then 50 a second
        for peer in (held, full):
            peer.end_sending()
        self.assertLess(share_of_time(server, 0.5), A_SPIN)

    def test_silence_costs_nothing(self) -> None:
        """Trap 13."""
        server = self.serve()
        peers = [self.peer(server, "ana"), self.peer(server), self.peer(server)]
        peers[1].send("half a ni")
        self.assertLess(share_of_time(server, 0.5), A_SPIN)


@posix_only
class Stalls(LiveCase):
    """The server is stopped for longer than any deadline, and goes on."""

    JOIN_SECONDS = 0.5
    STALL_SECONDS = 0.2

    def test_a_stall_costs_nobody_anything_but_the_delay(self) -> None:
        """Trap 17: who is in is answered, and who gave a nick meanwhile is in."""
        change = f"from minichat.net import reactor\nreactor.STALL_SECONDS = {self.STALL_SECONDS}"
        server = self.serve(limits={"join_seconds": self.JOIN_SECONDS}, change=change)
        newcomer = self.peer(server)  # the first whose time runs out
        ana = self.peer(server, "ana")
        pass_time(0.1)  # by now it waits for that time: the stall begins inside its wait
        server.kill(signal.SIGSTOP)
        ana.send("said during the stall\n")
        newcomer.send("bruno\n")
        # When it wakes up, even a planned wait is over by what counts as a stall.
        pass_time(self.JOIN_SECONDS + self.STALL_SECONDS + 0.2)
        server.kill(signal.SIGCONT)
        newcomer.expect("OK bruno")
        heard = [ana.line(), ana.line()]
        self.assertEqual(sorted(heard), ["FROM ana [all]: said during the stall", "JOIN bruno"])


class AHostileCrowd(LiveCase):
    def test_among_flooders_stopped_readers_and_silent_ones_one_can_chat(self) -> None:
        """Trap 19."""
        server = self.serve(change=SMALL_SEND_BUFFERS)
        silent = [self.peer(server) for _ in range(50)]
        stopped = [self.slow_peer(server, f"stopped{number}") for number in range(5)]
        flooders = [self.peer(server, f"flooder{number}") for number in range(5)]
        ana = self.peer(server, "ana")
        flood = "".join(f"{number} {'x' * 200}\n" for number in range(2000)).encode()
        rests: Dict[Peer, bytes] = dict.fromkeys(flooders, flood)
        for number in range(30):
            for flooder in flooders:
                rests[flooder] = rests[flooder][flooder.push(rests[flooder]) :] or flood
                flooder.pull(1 << 20)
            self.check_served(ana, "ana", f"echo {number}")
        for peer in silent[:3]:
            peer.send("@\n")
            self.assertEqual(peer.rest(), "ERR apelido_invalido\n")
        self.assertEqual(len(stopped), 5)
        self.assertEqual(self.end(server), "")


@posix_only
class NobodyReads(LiveCase):
    """Status and log lines that are not read."""

    def start_blind(self, output: int) -> int:
        """Start a server whose output is not read; return its port."""
        port = free_port()
        arguments = (*SERVER, "--port", str(port), "--log-level", "debug")
        self.program = self.enter(Program(*arguments, stdout=output, stderr=output))
        self.ana = joined_when_up(port, "ana")
        self.addCleanup(self.ana.close)
        return port

    def come_and_go(self, port: int, count: int) -> None:
        for number in range(count):
            self.check_chat(port, f"zeca{number}")
            with Peer(port) as refused:
                refused.send("who\n")
                refused.rest()

    def check_end(self) -> None:
        self.check_served(self.ana, "ana")
        self.ana.close()
        self.program.process.terminate()
        self.assertEqual(self.program.wait(), 0)

    def test_full_pipes_for_its_output_and_its_log_do_not_stop_it(self) -> None:
        """Trap 21."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        self.come_and_go(self.start_blind(writer), 10)
        self.check_end()

    def test_a_paused_terminal_does_not_stop_it(self) -> None:
        """Trap 21."""
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        self.addCleanup(os.close, terminal)
        self.come_and_go(self.start_blind(terminal), 150)
        self.check_end()

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_a_full_disk_under_output_and_log_does_not_stop_it(self) -> None:
        """Trap 21."""
        full = os.open("/dev/full", os.O_WRONLY)
        self.addCleanup(os.close, full)
        self.come_and_go(self.start_blind(full), 10)
        self.check_end()


@posix_only
class Signals(LiveCase):
    def test_a_hundred_signals_under_load_leave_everything_consistent(self) -> None:
        """Trap 22."""
        server, chance = self.serve("--rate", "0"), random.Random(22)
        people = {nick: self.peer(server, nick) for nick in ("ana", "bruno", "caio", "davi", "eva")}
        for _ in range(100):
            for nick, peer in people.items():
                peer.send(f"{nick} one\n{nick} two\n")
            server.kill(chance.choice((signal.SIGPIPE, signal.SIGCONT, signal.SIGWINCH, signal.SIGCHLD)))
        read = [self.said(peer, 1000) for peer in people.values()]
        for said in read:
            self.assertEqual(said, read[0])
        server.kill(signal.SIGTERM)
        for peer in people.values():
            self.assertEqual(peer.rest(), "BYE shutdown\n")
            peer.close()
        self.assertEqual(server.finish()[::2], (0, ""))

    def said(self, peer: Peer, count: int) -> List[str]:
        """Return the next ``count`` lines that a member said."""
        said: List[str] = []
        while len(said) < count:
            line = peer.line()
            if line.startswith("FROM "):
                said.append(line)
        return said

    def test_a_signal_under_load_is_a_goodbye_for_everyone(self) -> None:
        """Trap 22."""
        server = self.serve("--rate", "0")
        people = [self.peer(server, f"u{number}") for number in range(20)]
        for number, peer in enumerate(people):
            if number == 10:
                server.kill(signal.SIGINT)
            peer.send("in time, perhaps\n" * 10)
        for peer in people:
            lines = peer.rest().split("\n")
            self.assertEqual((lines[-2:], lines.count("BYE shutdown")), (["BYE shutdown", ""], 1))
            peer.close()
        self.assertEqual(server.finish()[::2], (0, ""))

    def test_signals_without_end_still_end_it_with_status_0(self) -> None:
        """Trap 22."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                server = self.serve()
                self.peer(server, "ana")
                self.hammer(server, number)
                self.assertEqual(server.finish()[::2], (0, ""))

    def hammer(self, server: ServerProcess, number: int) -> None:
        """The signal again and again, up to the very end."""

        def ended() -> bool:
            for _ in range(100):
                server.kill(number)
            return server.process.poll() is not None

        wait_until(ended, "the end")
