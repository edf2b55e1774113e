"""Finding the addresses of a host, with resolvers that are quick, slow, and never answer."""

from __future__ import annotations

import errno
import socket
import threading
import unittest
from typing import Any, List, Optional
from unittest import mock

from minichat.net.lookup import Lookup
from minichat.net.reactor import Reactor
from tests.support import PATIENCE_SECONDS

HERE: List[Any] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 7))]


class Resolver:
    """Stands for getaddrinfo: a name is looked up only once the test lets it be."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.asked: List[str] = []  # the names
        self.error: Optional[Exception] = None
        self._real = socket.getaddrinfo

    def __call__(self, host: str, port: int, type: int = 0, flags: int = 0) -> List[Any]:
        """Answer as getaddrinfo does."""
        if flags & socket.AI_NUMERICHOST:
            return self._real(host, port, type=type, flags=flags)
        assert threading.current_thread() is not threading.main_thread(), "the loop would wait"
        self.asked.append(host)
        assert self.may_answer.wait(PATIENCE_SECONDS), "the test has forgotten this resolver"
        if self.error:
            raise self.error
        return HERE


class LookupTest(unittest.TestCase):
    """Looks up in a loop of its own, and keeps what it is told."""

    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        self.resolver = Resolver()
        self.addCleanup(self.resolver.may_answer.set)
        patch = mock.patch("socket.getaddrinfo", self.resolver)
        patch.start()
        self.addCleanup(patch.stop)
        self.found: List[Any] = []
        self.errors: List[OSError] = []

    def look_up(self, host: str) -> Lookup:
        """Begin."""
        return Lookup(self.reactor, host, 7, self.when_found, self.when_failed)

    def when_found(self, addresses: List[Any]) -> None:
        self.found.append(addresses)
        self.reactor.stop()

    def when_failed(self, error: OSError) -> None:
        self.errors.append(error)
        self.reactor.stop()

    def run_for(self, seconds: float) -> None:
        """Take turns until the look-up ends, that long at most."""
        timer = self.reactor.call_later(seconds, self.reactor.stop)
        self.reactor.run()
        timer.cancel()

    def check_nothing_is_left(self) -> None:
        """Assert that no file stays registered."""
        self.assertEqual(len(self.reactor._selector.get_map()), 0)


class Answers(LookupTest):
    def test_a_name_is_found_and_the_loop_turns_meanwhile(self) -> None:
        """Trap 70."""
        self.look_up("slow.example")
        self.run_for(0.0)
        self.assertEqual((self.found, self.errors), ([], []))
        self.resolver.may_answer.set()
        self.run_for(PATIENCE_SECONDS)
        self.assertEqual((self.found, self.errors), ([HERE], []))
        self.check_nothing_is_left()

    def test_an_address_asks_no_resolver_and_no_thread(self) -> None:
        for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            with mock.patch("threading.Thread") as thread:
                self.look_up(host)
                self.assertEqual(self.found, [], "only after the look-up was made")
                self.run_for(PATIENCE_SECONDS)
            self.assertEqual([entry[0] for entry in self.found.pop()], [family])
            self.assertEqual((self.resolver.asked, thread.mock_calls), ([], []))

    def test_what_the_resolver_says_is_told_once(self) -> None:
        self.resolver.error = socket.gaierror(socket.EAI_NONAME, "unknown")
        self.resolver.may_answer.set()
        self.look_up("nobody.invalid")
        self.run_for(PATIENCE_SECONDS)
        self.run_for(0.0)
        self.assertEqual((self.found, self.errors), ([], [self.resolver.error]))
        self.check_nothing_is_left()

    def test_what_cannot_be_a_name_is_told_without_a_resolver(self) -> None:
        for host in ("a..b", "x" * 64 + ".br", "\udcff"):
            self.look_up(host)
            self.run_for(PATIENCE_SECONDS)
            self.assertEqual(self.errors.pop().errno, errno.EINVAL, host)
        self.assertEqual(self.resolver.asked, [])


class Ends(LookupTest):
    def test_after_cancel_nobody_is_told_anything(self) -> None:
        self.look_up("slow.example").cancel()
        self.look_up("127.0.0.1").cancel()
        self.check_nothing_is_left()
        self.resolver.may_answer.set()
        for thread in threading.enumerate():
            if thread.daemon:
                thread.join(PATIENCE_SECONDS)  # its answer finds no one, and that is no error
        self.run_for(0.0)
        self.assertEqual((self.found, self.errors), ([], []))

    def test_no_thread_and_no_descriptor_are_errors_of_the_system(self) -> None:
        too_many = OSError(errno.EMFILE, "too many")
        with mock.patch("socket.socketpair", side_effect=too_many):
            self.look_up("a.example")
        with mock.patch("threading.Thread.start", side_effect=RuntimeError("can't start new thread")):
            self.look_up("a.example")
        self.run_for(PATIENCE_SECONDS)
        self.assertEqual([error.errno for error in self.errors], [errno.EMFILE, errno.EAGAIN])
        self.check_nothing_is_left()


if __name__ == "__main__":
    unittest.main()
