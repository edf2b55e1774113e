"""What the tests of the traps need: a server process, watched from outside, and peers that misbehave."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from minichat.net.listener import raise_file_limit
from tests.processes import Program, port_of
from tests.support import PATIENCE_SECONDS, Peer, wait_until
from tests.test_server_process import SERVER, ProcessTest

# A server with other limits, and perhaps with something else about it changed.
CHANGED_SERVER = """
import errno, socket, sys
from minichat.server import __main__ as server
from minichat.net import listener
from minichat.server import address
chosen = server.chosen_limits
server.chosen_limits = lambda *values: chosen(*values)._replace(**{limits!r})
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

SMALL_BUFFER_BYTES = 4096
A_SPIN = 0.2  # of the time: a server that does nothing uses none, one that spins all that it gets on a busy machine


class Live:
    """A server process that has started, and what the kernel knows about it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process = program.process
        self.port = port_of(program.output.line())

    def kill(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def cpu_seconds(self) -> float:
        """Processor time used so far; always 0.0 where the system does not say."""
        stat = self._proc("stat")
        if not stat:
            return 0.0
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int:
        """Resident memory; always 0 where the system does not say."""
        for line in self._proc("status").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def open_files(self) -> int:
        """How many; always 0 where the system does not say."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        return len(list(folder.iterdir())) if folder.exists() else 0

    def _proc(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.process.pid}/{name}").read_text()
        except OSError:
            return ""

    def share_of_time(self, seconds: float) -> float:
        """The share of the next ``seconds`` that it spends computing."""
        cpu, started = self.cpu_seconds(), time.monotonic()
        pass_time(seconds)
        return (self.cpu_seconds() - cpu) / (time.monotonic() - started)


class SlowPeer(Peer):
    """A peer whose kernel takes little before it is read."""

    def __init__(self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect((host, port))
        self._received = b""
        if nick is not None:
            self.send(f"{nick}\n")
            self.expect(f"OK {nick}")


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
    ) -> Live:
        """A server; with other ``limits`` or with a ``change``, which is Python."""
        how = SERVER
        if limits or change:
            how = ("-c", CHANGED_SERVER.format(limits=limits or {}, change=change))
        return Live(self.enter(Program(*how, "--port", "0", *options, options=popen)))

    def peer(self, server: Live, nick: Optional[str] = None) -> Peer:
        """A peer, in the chat if it has a ``nick``."""
        return self._tended(Peer(server.port, nick))

    def slow_peer(self, server: Live, nick: Optional[str] = None) -> Peer:
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

    def end(self, server: Live) -> str:
        """End it in good order; what it had on standard error."""
        for peer in self.peers:
            peer.close()  # a server that ends waits a while for those who do not
        server.kill(signal.SIGTERM)
        status, _, errors = server.program.finish()
        self.assertEqual(status, 0, errors)
        return errors


def reset(peer: Peer) -> None:
    """Go with a reset instead of an end of file."""
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def push(peer: Peer, data: bytes) -> int:
    """Send what the kernel takes at once; how many bytes that was."""
    sent = 0
    peer.socket.setblocking(False)
    try:
        while sent < len(data):
            sent += peer.socket.send(data[sent : sent + 65536])
    except BlockingIOError:
        pass
    finally:
        peer.socket.settimeout(PATIENCE_SECONDS)
    return sent


def pull(peer: Peer, size: int = 65536) -> bytes:
    """Read what is there; nothing when there is nothing, not even an end."""
    peer.socket.setblocking(False)
    try:
        return peer.socket.recv(size)
    except BlockingIOError:
        return b""
    finally:
        peer.socket.settimeout(PATIENCE_SECONDS)


def pass_time(seconds: float) -> None:
    """For where nothing happening is the point."""
    until = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= until, f"{seconds} seconds to pass", seconds + PATIENCE_SECONDS)


def at_most(count: int) -> int:
    """``count``, or as many peers as one process may have here."""
    return min(count, raise_file_limit() - 200)
