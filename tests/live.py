"""Test cases with live servers: real processes, watched from outside, that end with the test."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import time
import unittest
from typing import Any, Dict, List, Optional

from minichat.net.listener import raise_file_limit
from tests.peer import Peer, SlowPeer
from tests.program import SERVER, Program, ServerProcess
from tests.support import PATIENCE_SECONDS, wait_until

posix_only = unittest.skipUnless(os.name == "posix", "a matter of POSIX shells and devices")

# A server with other limits, and perhaps with something else about it changed.
CHANGED_SERVER = """
import errno, socket, sys
from minichat.server import __main__ as server
from minichat.net import listener
from minichat.server import address, run
chosen = run.chosen_limits
run.chosen_limits = lambda *values: chosen(*values)._replace(**{limits!r})
{change}
sys.exit(server.main())
"""

# So that a few kilobytes are enough to fill what the kernel keeps for a peer.
SMALL_SEND_BUFFERS = """
prepare = listener.prepare
def prepare_small(sock, limits):
    prepare(sock, limits)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
listener.prepare = prepare_small
"""

# So that loopback is an address like any other.
NO_LOOPBACK = "address.source = lambda sockaddr: sockaddr[0]"

A_SPIN = 0.2  # of the time: a server that does nothing uses none, one that spins all that it gets on a busy machine


def has_ipv6() -> bool:
    """Whether this machine has the loopback address of IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port for a server that cannot say which one it took.

    Below those that the kernel hands out (from 32768): no connection of
    another test takes it meanwhile, and no connect can meet itself there.
    """
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def until_empty(port: int) -> None:
    """Wait until those of the test before have left: that they leave is no news for this one."""

    def is_empty() -> bool:
        with Peer(port, "asking") as peer:
            peer.send("WHO\nQUIT\n")
            return peer.rest() == "WHO 1 asking\nBYE\n"

    wait_until(is_empty, "those of the test before to be gone")


def joined_when_up(port: int, nick: str) -> Peer:
    """Return a peer that has come in as soon as the server was up."""
    found: List[Peer] = []

    def connects() -> bool:
        with contextlib.suppress(ConnectionRefusedError):
            found.append(Peer(port))
        return bool(found)

    wait_until(connects, f"a server on port {port}")
    found[0].send(f"{nick}\n")
    found[0].expect(f"OK {nick}")
    return found[0]


class ProcessTest(unittest.TestCase):
    """What the tests below have in common."""

    def start(self, *arguments: str, **extra: str) -> Program:
        """A server on a free port that is ended with the test."""
        return self.enter(Program(*SERVER, "--port", "0", *arguments, variables=extra))

    def enter(self, program: Program) -> Program:
        """Have a program ended with the test."""
        self.addCleanup(program.__exit__)
        return program

    def join(self, port: int, nick: str, host: str = "127.0.0.1") -> Peer:
        """Return a peer that is in the chat until the end of the test."""
        peer = Peer(port, nick, host)
        self.addCleanup(peer.close)
        return peer

    def check_chat(self, port: int, nick: str = "zeca") -> None:
        """Assert that one can come, talk and go."""
        with Peer(port, nick) as peer:
            peer.send("Olá\nQUIT\n")
            self.assertEqual(peer.rest(), f"FROM {nick} [all]: Olá\nBYE\n")

    def stop(self, program: Program) -> str:
        """End a server with SIGTERM; the rest of its output."""
        program.process.terminate()
        status, output, errors = program.finish()
        self.assertEqual((status, errors), (0, ""))
        return output


class LiveCase(ProcessTest):
    """Servers and peers that end with the test."""

    def setUp(self) -> None:
        self.peers: List[Peer] = []

    def serve(
        self,
        *options: str,
        limits: Optional[Dict[str, Any]] = None,
        change: str = "",
        popen: Optional[Dict[str, Any]] = None,
    ) -> ServerProcess:
        """A server; with other ``limits`` or with a ``change``, which is Python."""
        how = SERVER
        if limits or change:
            how = ("-c", CHANGED_SERVER.format(limits=limits or {}, change=change))
        server = ServerProcess(*options, how=how, options=popen)
        self.addCleanup(server.__exit__)
        return server

    def peer(self, server: ServerProcess, nick: Optional[str] = None) -> Peer:
        """A peer, in the chat if it has a ``nick``."""
        return self._tended(Peer(server.port, nick))

    def slow_peer(self, server: ServerProcess, nick: Optional[str] = None) -> Peer:
        """The same with a small buffer."""
        return self._tended(SlowPeer(server.port, nick))

    def _tended(self, peer: Peer) -> Peer:
        self.peers.append(peer)
        self.addCleanup(peer.close)
        return peer

    def check_served(self, peer: Peer, nick: str, text: str = "still here") -> None:
        """Assert that what ``peer`` says comes back."""
        peer.send(f"{text}\n")
        while peer.line() != f"FROM {nick} [all]: {text}":
            pass

    def end(self, server: ServerProcess) -> str:
        """End it in good order; what it had on standard error."""
        for peer in self.peers:
            peer.close()  # a server that ends waits a while for those who do not
        server.kill(signal.SIGTERM)
        status, _, errors = server.finish()
        self.assertEqual(status, 0, errors)
        return errors


def pass_time(seconds: float) -> None:
    """For where nothing happening is the point."""
    until = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= until, f"{seconds} seconds to pass", seconds + PATIENCE_SECONDS)


def share_of_time(server: ServerProcess, seconds: float) -> float:
    """The share of the next ``seconds`` that a server spends computing."""
    cpu, started = server.cpu_seconds(), time.monotonic()
    pass_time(seconds)
    return (server.cpu_seconds() - cpu) / (time.monotonic() - started)


def at_most(count: int) -> int:
    """``count``, or as many peers as one process may have here."""
    return min(count, raise_file_limit() - 200)
