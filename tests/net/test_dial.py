"""Connecting without blocking, to those who answer and those who don't."""

from __future__ import annotations

import errno
import socket
import unittest
from typing import Any, List, Optional, Tuple
from unittest import mock

from minichat.net import dial
from minichat.net.dial import Dial
from minichat.net.listener import listen
from minichat.net.reactor import Reactor


def entry(address: Tuple[str, int], family: int = socket.AF_INET) -> Any:
    """What getaddrinfo returns for an address."""
    return (family, socket.SOCK_STREAM, 6, "", address)


class Dialing(unittest.TestCase):
    """Dials and turns until it is told what became of it."""

    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        self.socket: Optional[socket.socket] = None
        self.error: Optional[OSError] = None

    def connected(self, sock: socket.socket) -> None:
        self.socket = sock
        self.addCleanup(sock.close)
        self.reactor.stop()

    def failed(self, error: OSError) -> None:
        self.error = error
        self.reactor.stop()

    def dial(self, *addresses: Tuple[str, int]) -> Dial:
        return Dial(self.reactor, [entry(address) for address in addresses], self.connected, self.failed)

    def closed_port(self) -> int:
        with listen("127.0.0.1", 0, 1) as sock:
            return int(sock.getsockname()[1])

    def test_a_server_is_reached_and_the_socket_does_not_block(self) -> None:
        with listen("127.0.0.1", 0, 1) as server:
            self.dial(server.getsockname())
            self.reactor.run()
        assert self.socket is not None
        self.assertFalse(self.socket.getblocking())
        self.assertEqual(len(self.reactor._selector.get_map()), 0)

    def test_nobody_there_is_told_once_with_the_reason(self) -> None:
        self.dial(("127.0.0.1", self.closed_port()))
        self.reactor.run()
        assert self.error is not None
        self.assertEqual(self.error.errno, errno.ECONNREFUSED)

    def test_the_next_address_is_tried_when_the_first_does_not_answer(self) -> None:
        with listen("127.0.0.1", 0, 1) as server:
            self.dial(("127.0.0.1", self.closed_port()), server.getsockname())
            self.reactor.run()
        self.assertIsNotNone(self.socket)

    def test_the_error_of_the_first_address_is_the_one_told(self) -> None:
        """The resolver puts the best first: behind it may stand one to which no network leads."""
        unknown_family = entry(("127.0.0.1", 1), family=0x7FFF)
        refusing = entry(("127.0.0.1", self.closed_port()))
        for addresses, told in (([refusing, unknown_family], errno.ECONNREFUSED), ([unknown_family, refusing], None)):
            Dial(self.reactor, addresses, self.connected, self.failed)
            self.reactor.run()
            assert self.error is not None
            self.assertEqual(self.error.errno == errno.ECONNREFUSED, told == errno.ECONNREFUSED)

    def test_a_socket_that_reaches_itself_has_reached_nobody(self) -> None:
        """Where no program listens, the kernel may give our end the port that we dial."""
        port = self.closed_port()

        class OnThatPort(socket.socket):
            def connect_ex(self, address: Any) -> int:
                self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self.bind(address)
                return super().connect_ex(address)

        with mock.patch("minichat.net.dial.socket.socket", OnThatPort):
            self.dial(("127.0.0.1", port))
            self.reactor.run()
        assert self.error is not None, "no system connects a socket to itself any more?"
        self.assertEqual(self.error.errno, errno.ECONNREFUSED)
        self.assertEqual(len(self.reactor._selector.get_map()), 0)

    def test_after_cancel_nobody_is_told_anything(self) -> None:
        with listen("127.0.0.1", 0, 1) as server:
            call = self.dial(server.getsockname())
            self.reactor.call_later(0.0, call.cancel)
            self.reactor.call_later(0.05, self.reactor.stop)
            self.reactor.run()
        self.assertEqual((self.socket, self.error), (None, None))

    def test_a_host_that_never_answers_is_given_up(self) -> None:
        full = self._full_listener()
        with mock.patch.object(dial, "CONNECT_SECONDS", 0.05):
            self.dial(("127.0.0.1", full))
            self.reactor.run()
        if self.socket is not None:
            self.skipTest("this kernel accepts beyond the backlog")
        assert self.error is not None
        self.assertEqual(self.error.errno, errno.ETIMEDOUT)

    def _full_listener(self) -> int:
        """A port whose backlog is full, so that a further SYN is not answered."""
        server = socket.socket()
        self.addCleanup(server.close)
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        callers: List[socket.socket] = []
        for _ in range(4):
            caller = socket.socket()
            self.addCleanup(caller.close)
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
            callers.append(caller)
        return int(server.getsockname()[1])
