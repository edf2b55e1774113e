"""Traps around accept, set for a real server process."""

from __future__ import annotations

import os
import signal
import socket
import time
import unittest
from typing import List

from tests.live import A_SPIN, CHANGED_SERVER, LiveCase, at_most, has_ipv6, posix_only, share_of_time
from tests.peer import Peer
from tests.program import Program, ServerProcess
from tests.support import PATIENCE_SECONDS, wait_until

FILES = 40

WITHOUT_IPV6 = """
class Socket(socket.socket):
    def __init__(self, family=-1, *rest, **more):
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        super().__init__(family, *rest, **more)
socket.socket = Socket
"""


def with_few_files() -> None:
    """Between fork and exec: a process that may have FILES open files."""
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


@posix_only
class OutOfFiles(LiveCase):
    """A server that does not count its connections: only accept tells it."""

    def setUp(self) -> None:
        super().setUp()
        self.server = self.serve(limits={"clients": 0}, popen={"preexec_fn": with_few_files})
        self.ana = self.peer(self.server, "ana")
        self.people: List[Peer] = []
        while self.comes_in(f"u{len(self.people)}"):
            self.assertLess(len(self.people), FILES)

    def comes_in(self, nick: str) -> bool:
        """Return True if a newcomer gets in, and is not told that the server is full."""
        peer = self.peer(self.server)
        peer.send(f"{nick}\n")
        answer = peer.line()
        self.assertIn(answer, (f"OK {nick}", "ERR server_full"))
        if answer.startswith("OK"):
            self.people.append(peer)
            return True
        peer.close()
        return False

    def test_who_waits_is_told_and_those_who_are_in_chat_on(self) -> None:
        """Trap 1."""
        waiting = [self.peer(self.server) for _ in range(10)]
        self.check_served(self.ana, "ana")
        for peer in waiting:
            self.assertEqual(peer.rest(), "ERR server_full\n")
        self.check_served(self.ana, "ana")

    def test_it_neither_spins_nor_fills_the_log(self) -> None:
        """Trap 1."""
        started = time.monotonic()
        self.peer(self.server)
        self.assertLess(share_of_time(self.server, 0.5), A_SPIN)
        waiting = [self.peer(self.server) for _ in range(5)]
        for peer in waiting:
            self.assertEqual(peer.rest(), "ERR server_full\n")
        lines = self.end(self.server).splitlines()
        self.assertTrue(all("cannot accept" in line for line in lines), lines)
        # Those before `started` are one: setUp stops at the first refusal.
        self.assertLessEqual(len(lines), 2 + time.monotonic() - started)

    def test_a_newcomer_gets_in_when_a_place_becomes_free(self) -> None:
        """Trap 1."""
        self.people.pop().close()
        wait_until(lambda: self.comes_in("late"), "a place")


# So many files are open before the server begins, as a shell or a supervisor may leave them.
INHERITED = """
import os, resource
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
inherited = [os.open(os.devnull, os.O_RDONLY) for _ in range({count})]
"""


@unittest.skipUnless(at_most(2000) == 2000, "too few files here")
@posix_only
class LargeNumbers(LiveCase):
    """A server whose files have large numbers, because the small ones are taken."""

    def test_inherited_files_take_places_where_numbers_are_limited(self) -> None:
        """Trap 46."""
        count = 980
        server = self.serve("--selector", "select", "--max-clients", "5000", change=INHERITED.format(count=count))
        places = 1024 - count - 32
        self.assertIn(f" {places} conex", server.status_line())
        people = [self.peer(server, f"u{number}") for number in range(places)]
        for _ in range(20):
            self.assertEqual(self.peer(server).rest(), "ERR server_full\n")
        self.check_served(people[-1], f"u{places - 1}")
        self.assertEqual(self.end(server), "")

    def test_a_number_that_select_cannot_take_is_refused(self) -> None:
        """Trap 46."""
        # This one does not count its connections: only the selector tells it.
        change = INHERITED.format(count=1000)
        server = self.serve("--selector", "select", change=change, limits={"clients": 0})
        ana = self.peer(server, "ana")
        answers = []
        for number in range(40):
            peer = self.peer(server)
            peer.send(f"u{number}\n")
            answers.append(peer.line())
        self.assertEqual(answers[-1], "ERR server_full")
        self.assertEqual(self.peer(server).rest(), "ERR server_full\n")
        self.check_served(ana, "ana")
        self.peers[1].reset()
        wait_until(lambda: self.comes_in(server), "a place")
        self.assertNotIn("Traceback", self.end(server))

    def comes_in(self, server: ServerProcess) -> bool:
        """Return True if a newcomer gets in."""
        peer = self.peer(server)
        peer.send("late\n")
        return peer.line() == "OK late"

    def test_where_no_number_is_left_it_says_so_and_does_not_begin(self) -> None:
        """Trap 46."""
        code = CHANGED_SERVER.format(limits={}, change=INHERITED.format(count=1100))
        program = self.enter(Program("-c", code, "--port", "0", "--selector", "select", "--lang", "en"))
        status, output, errors = program.finish()
        self.assertEqual((status, output), (1, ""))
        self.assertRegex(errors, r"\Aminichat-server: 1024 of 1024 open files are in use .*--selector\n\Z")

    def test_what_watches_the_loop_takes_any_number(self) -> None:
        """Trap 46."""
        for options in ((), ("--trace", os.devnull), ("--trace", "live", "--slow", "0.01"), ("--step",)):
            with self.subTest(options):
                server = self.serve(*options, change=INHERITED.format(count=1100))
                self.check_chat(server.port)
                self.assertEqual(self.end(server), "")


class Rushes(LiveCase):
    """Many at once."""

    def test_thousands_who_connect_and_reset_do_no_harm(self) -> None:
        """Trap 2."""
        server = self.serve()
        ana = self.peer(server, "ana")
        before = server.open_files()
        for _ in range(2000):
            Peer(server.port).reset()
        self.check_served(ana, "ana")
        wait_until(lambda: server.open_files() == before, "the files to be closed")
        self.assertEqual(self.end(server), "")

    @posix_only
    def test_a_thousand_who_connect_at_the_same_time_all_get_in(self) -> None:
        """Trap 4."""
        server = self.serve()
        ana = self.peer(server, "ana")
        server.kill(signal.SIGSTOP)
        rush = self.connect(server, at_most(1000))
        server.kill(signal.SIGCONT)
        self.check_served(ana, "ana")
        for number, sock in enumerate(rush):
            sock.settimeout(PATIENCE_SECONDS)  # a send waits until it is connected
            sock.sendall(b"u%d\n" % number)
        for number, sock in enumerate(rush):
            self.assertEqual(sock.recv(65536).split(b"\n")[0], b"OK u%d" % number)
        self.check_served(ana, "ana")

    def connect(self, server: ServerProcess, count: int) -> List[socket.socket]:
        """So many connections on their way."""
        sockets = [socket.socket() for _ in range(count)]
        for sock in sockets:
            self.addCleanup(sock.close)
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", server.port))
        return sockets


class Places(LiveCase):
    def test_the_one_too_many_is_told_so_and_gets_a_clean_end(self) -> None:
        """Trap 5."""
        server = self.serve("--max-clients", "2")
        ana = self.peer(server, "ana")
        self.peer(server, "bruno")
        late = self.peer(server)
        late.send("late\n")
        self.assertEqual(late.rest(), "ERR server_full\n")
        self.check_served(ana, "ana")

    def test_one_that_drips_cannot_keep_others_from_reading_why(self) -> None:
        """Trap 53."""
        # Who is refused and goes on sending is waited for in vain.
        patient = {"drain_idle_seconds": 300.0, "drain_seconds": 300.0, "shutdown_seconds": 300.0}
        # The first 42 come from one address, all others from another one.
        change = "sources = iter(['one'] * 42)\naddress.source = lambda sockaddr: next(sources, 'other')"
        server = self.serve("--max-per-ip", "2", "--max-clients", "4", limits=patient, change=change)
        people = [self.peer(server, f"u{number}") for number in range(2)]
        dripping = [self.peer(server) for _ in range(40)]
        for peer in dripping:
            peer.expect("ERR too_many_connections")
        for peer in dripping[:4]:  # the server still waits for their end
            peer.send("x")
        people += [self.peer(server, f"v{number}") for number in range(2)]
        for number in range(30):
            late = self.peer(server)
            late.send(f"w{number}\n")
            self.assertEqual(late.line(), "ERR server_full")
        self.check_served(people[-1], "v1")

    @posix_only
    def test_the_open_files_bound_the_places_and_the_server_says_so(self) -> None:
        """Trap 5."""
        server = self.serve("--max-clients", "1000", "--lang", "en", popen={"preexec_fn": with_few_files})
        places = FILES - 32
        server.output.expect(
            f"[STATUS] At most {places} connections: the limit of open files is {FILES} (ulimit -n)"
        )
        people = [self.peer(server, f"u{number}") for number in range(places)]
        for _ in range(2):
            self.assertEqual(self.peer(server).rest(), "ERR server_full\n")
        self.check_served(people[-1], f"u{places - 1}")

    def test_a_restart_is_possible_at_once_after_a_crash_with_people_in(self) -> None:
        """Trap 6."""
        first = self.serve()
        people = [self.peer(first, f"u{number}") for number in range(5)]
        first.process.kill()
        first.wait()
        second = self.serve("--port", str(first.port))
        self.assertEqual(second.port, first.port)
        self.check_served(self.peer(second, "ana"), "ana")
        self.assertEqual(len(people), 5)  # they had not closed


class Addresses(LiveCase):
    @unittest.skipUnless(has_ipv6(), "no IPv6 here")
    def test_on_all_addresses_people_of_both_kinds_meet(self) -> None:
        """Trap 7."""
        server = self.serve("--host", "::")
        ana = self.peer(server, "ana")
        bia = self.join(server.port, "bia", "::1")
        ana.expect("JOIN bia")
        self.check_served(bia, "bia", "olá")
        ana.expect("FROM bia [all]: olá")

    def test_where_ipv6_is_missing_it_says_so(self) -> None:
        """Trap 7."""
        start = "from minichat.server.__main__ import main\nsys.exit(main())"
        code = f"import errno, os, socket, sys\n{WITHOUT_IPV6}\n{start}"
        program = self.enter(Program("-c", code, "--host", "::", "--port", "0"))
        status, output, errors = program.finish()
        self.assertEqual((status, output), (1, ""))
        self.assertRegex(errors, r"\Aminichat-server: .*::.*esse tipo de endereço.*--host.*\n\Z")
