"""One server after the other, good ones and bad ones; the clock and the dial are fake."""

from __future__ import annotations

import selectors
import socket
import unittest
from typing import Any, Callable, List, Optional, Tuple
from unittest import mock

from minichat.chat import parser, protocol
from minichat.client.dialler import SLOW_SECONDS
from minichat.client.ends import BEFORE_OK, End, Why
from minichat.client.session import LIMITS, REFUSED_SECONDS, SILENT_SECONDS, Loop, Session
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.signals import Wakeup


class PatientSelector(selectors.SelectSelector):
    """Real files and a fake clock: where nothing is ready, the time passes at once."""

    now = 0.0

    def select(self, timeout: Optional[float] = None) -> List[Tuple[selectors.SelectorKey, int]]:
        """Return what is ready now; otherwise let the time pass."""
        ready = super().select(0)
        if not ready:
            self.now += timeout or 0.0
        return ready


class FakeDial:
    """A dial that never ends of itself: a test calls ``connected`` or ``failed``."""

    def __init__(self, reactor: Reactor, addresses: List[Any], connected: Callable[..., None], failed: Any) -> None:
        self.addresses, self.connected, self.failed = addresses, connected, failed
        self.is_cancelled = False
        SessionTest.dials.append(self)

    def cancel(self) -> None:
        """Note it."""
        self.is_cancelled = True


class SessionTest(unittest.TestCase):
    """A session with fake servers; ``said`` is what its guest was told."""

    dials: List[FakeDial]

    def setUp(self) -> None:
        SessionTest.dials = []
        selector = PatientSelector()
        self.reactor = Reactor(selector, lambda: selector.now)
        self.addCleanup(self.reactor.close)
        patch = mock.patch("minichat.client.dialler.Dial", FakeDial)
        patch.start()
        self.addCleanup(patch.stop)
        wakeup = Wakeup()
        self.addCleanup(wakeup.close)
        self.said: List[str] = []
        self.ends: List[End] = []
        self.session = Session(Loop(self.reactor, Pool(self.reactor, LIMITS), wakeup), "127.0.0.1", 7, self)
        self.addCleanup(self.session.close)

    def dialling(self) -> None:
        """Note it."""
        self.said.append("dialling")

    def came_in(self) -> None:
        """Note it."""
        self.said.append("came in")

    def heard(self, line: bytes, message: Optional[parser.Message]) -> None:
        """Note the line."""
        self.said.append(line.decode("utf-8", "replace"))

    def ended(self, end: End) -> None:
        """Note it."""
        self.ends.append(end)

    def pass_time(self, seconds: float = 0.0) -> None:
        """Turn until that much time has passed, and what ended then is told."""
        for wait in (seconds, 0.0):
            timer = self.reactor.call_later(wait, lambda: None)
            while timer.callback is not None:
                self.reactor.run_once()

    def connect(self) -> socket.socket:
        """Dial, and return the end of the server, who has read the nick."""
        self.session.connect(b"ana")
        self.pass_time()
        ours, its = socket.socketpair()
        self.addCleanup(its.close)
        ours.setblocking(False)
        its.settimeout(1.0)
        self.dials[-1].connected(ours)
        self.pass_time()
        self.assertEqual(its.recv(100), b"ana\n")
        return its

    def answer(self, data: bytes, seconds: float = 0.0) -> socket.socket:
        """Connect to a server that says ``data``; let the time pass."""
        server = self.connect()
        server.sendall(data)
        self.pass_time(seconds)
        return server

    def check(self, *said: str, why: Optional[Why] = None, detail: str = "") -> None:
        """Assert what the guest was told, and how the connection ended, if it did; forget both."""
        self.assertEqual((self.said, self.ends), (list(said), [End(why, detail)] if why else []))
        self.said.clear()
        self.ends.clear()


class ComingIn(SessionTest):
    def test_the_guest_is_in_after_ok_and_once(self) -> None:
        self.answer(b"OK ana\nJOIN bia\nOK ana\n", 2 * SILENT_SECONDS)
        self.check("OK ana", "came in", "JOIN bia", "OK ana")
        self.assertTrue(self.session.is_in)

    def test_a_server_may_give_another_nick(self) -> None:
        self.answer(b"OK bia\n", 2 * SILENT_SECONDS)
        self.check("OK bia", "came in")

    def test_a_line_may_come_in_pieces(self) -> None:
        server = self.connect()
        for byte in b"OK ana\r\n":
            server.sendall(bytes([byte]))
            self.pass_time(0.1)
        self.check("OK ana", "came in")

    def test_once_in_a_line_of_any_kind_is_heard(self) -> None:
        server = self.answer(b"OK ana\n220 mail\nBYE\n")
        self.pass_time(2 * SILENT_SECONDS)
        self.check("OK ana", "came in", "220 mail", "BYE")
        server.close()
        self.pass_time()
        self.check(why=Why.BYE)

    def test_what_no_server_says_ends_nothing_once_in(self) -> None:
        server = self.answer(b"OK ana\n")
        server.sendall(b"220 mail")
        self.pass_time()
        server.sendall(b".example\n")
        self.pass_time()
        server.close()
        self.pass_time()
        self.check("OK ana", "came in", "220 mail.example", why=Why.LOST)

    def test_a_second_connection_knows_nothing_of_the_first(self) -> None:
        self.answer(b"220 mail\n")
        self.check(why=Why.NOT_MINICHAT)
        self.answer(b"OK ana\n").close()
        self.pass_time()
        self.check("OK ana", "came in", why=Why.LOST)
        self.answer(b"").close()
        self.pass_time()
        self.check(why=Why.HUNG_UP)


class Silence(SessionTest):
    def test_a_server_that_says_nothing_is_given_up(self) -> None:
        server = self.answer(b"", SILENT_SECONDS - 0.1)
        self.check()
        self.pass_time(0.2)
        self.check(why=Why.SILENT)
        self.assertEqual(server.recv(100), b"", "the connection is closed")

    def test_so_is_one_that_speaks_and_does_not_let_us_in(self) -> None:
        for said in (b"JOIN bia\n", b"O", b"ERR "):
            self.answer(said, SILENT_SECONDS + 0.1)
            self.assertEqual([end.why for end in self.ends], [Why.SILENT], said)
            self.ends.clear()

    def test_the_silence_of_the_first_does_not_end_the_second(self) -> None:
        self.answer(b"", SILENT_SECONDS / 2).close()
        self.pass_time()
        self.check(why=Why.HUNG_UP)
        self.answer(b"", SILENT_SECONDS - 0.2)
        self.check()
        self.pass_time(0.4)
        self.check(why=Why.SILENT)

    def test_nor_does_it_say_how_the_second_ended(self) -> None:
        self.answer(b"").close()
        self.pass_time()
        self.check(why=Why.HUNG_UP)
        self.session.connect(b"ana")
        self.pass_time(SILENT_SECONDS + 0.1)
        self.check("dialling")
        ours, its = socket.socketpair()
        ours.setblocking(False)
        self.dials[-1].connected(ours)
        its.close()
        self.pass_time()
        self.check(why=Why.HUNG_UP)

    def test_who_is_in_may_be_left_in_silence(self) -> None:
        self.answer(b"OK ana\n", 10 * SILENT_SECONDS)
        self.check("OK ana", "came in")


class Refused(SessionTest):
    def test_an_err_and_the_end_say_why(self) -> None:
        for code, why, detail in (
            (protocol.NICK_IN_USE, Why.BAD_NICK, protocol.NICK_IN_USE),
            (protocol.NICK_INVALID, Why.BAD_NICK, protocol.NICK_INVALID),
            (protocol.SERVER_FULL, Why.REFUSED, protocol.SERVER_FULL),
            (protocol.TOO_MANY_CONNECTIONS, Why.REFUSED, protocol.TOO_MANY_CONNECTIONS),
            (protocol.TIMEOUT, Why.REFUSED, protocol.TIMEOUT),
            ("of_another_server", Why.REFUSED, "of_another_server"),
        ):
            self.answer(f"ERR {code}\n".encode()).close()
            self.pass_time()
            self.check(f"ERR {code}", why=why, detail=detail)

    def test_what_is_wrong_with_a_line_makes_the_nick_illegal(self) -> None:
        """Trap 72."""
        for code in ("invalid_utf8", "invalid_text", "line_too_long", "line_unfinished"):
            self.answer(f"ERR {code}\n".encode()).close()
            self.pass_time()
            self.check(f"ERR {code}", why=Why.BAD_NICK, detail=protocol.NICK_INVALID)

    def test_a_refused_nick_ends_at_once_also_without_a_hang_up(self) -> None:
        """Trap 72."""
        for code in (protocol.NICK_IN_USE, protocol.NICK_INVALID):
            server = self.answer(f"ERR {code}\n".encode())
            self.check(f"ERR {code}", why=Why.BAD_NICK, detail=code)
            self.assertEqual(server.recv(100), b"", "the connection is closed")

    def test_another_err_without_a_hang_up_is_not_waited_for(self) -> None:
        """Trap 72."""
        server = self.answer(b"ERR server_full\n", REFUSED_SECONDS - 0.1)
        self.check("ERR server_full")
        self.pass_time(0.2)
        self.check(why=Why.REFUSED, detail="server_full")
        self.assertEqual(server.recv(100), b"", "the connection is closed")

    def test_an_err_may_be_followed_by_ok(self) -> None:
        self.answer(b"ERR too_early\nOK ana\n", 2 * SILENT_SECONDS)
        self.check("ERR too_early", "OK ana", "came in")

    def test_an_err_once_in_ends_nothing(self) -> None:
        self.answer(b"OK ana\nERR user_not_found\n", 2 * SILENT_SECONDS)
        self.check("OK ana", "came in", "ERR user_not_found")

    def test_a_server_that_stops_says_so(self) -> None:
        self.answer(b"BYE shutdown\n").close()
        self.pass_time()
        self.check("BYE shutdown", why=Why.SHUTDOWN, detail=BEFORE_OK)
        self.answer(b"OK ana\nBYE shutdown\n").close()
        self.pass_time()
        self.check("OK ana", "came in", "BYE shutdown", why=Why.SHUTDOWN)


class NoMinichat(SessionTest):
    def test_a_banner_is_known_at_once_with_or_without_its_end(self) -> None:
        """Trap 72."""
        for banner in (
            b"220 mail.example ESMTP\r\n", b"220 mail.example", b"SSH-2.0-OpenSSH_9.6\r\n", b"SSH-2.0",
            b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff\xfd\x18\xff\xfd\x20", b"login: ",
            b"\x15\x03\x01\x00\x02\x02\x46", b"\x00", b"\n", b"\r\n\r\n",
            b"BYE\n", b"OK\n", b"OK a b\n", b"ok ana\n", b"x" * 5000, b"OK " + b"x" * 5000,
        ):  # fmt: skip
            self.answer(banner)
            self.check(why=Why.NOT_MINICHAT)

    def test_a_hang_up_without_a_word_is_no_lost_connection(self) -> None:
        """Trap 72."""
        self.answer(b"").close()
        self.pass_time()
        self.check(why=Why.HUNG_UP)

    def test_so_is_one_in_the_middle_of_the_first_line(self) -> None:
        self.answer(b"OK an").close()
        self.pass_time()
        self.check(why=Why.HUNG_UP)


class Dialling(SessionTest):
    def test_a_dial_that_takes_long_is_told_once(self) -> None:
        """Trap 70."""
        self.session.connect(b"ana")
        self.pass_time(SLOW_SECONDS - 0.1)
        self.check()
        self.pass_time(10 * SLOW_SECONDS)
        self.check("dialling")
        self.dials[0].failed(ConnectionRefusedError(111, "refused"))
        self.check(why=Why.NO_SERVER, detail="refused")

    def test_one_that_is_over_is_not_told(self) -> None:
        self.answer(b"", 10 * SLOW_SECONDS)
        self.check()

    def test_closing_ends_a_dial(self) -> None:
        self.session.connect(b"ana")
        self.pass_time()
        self.session.close()
        self.pass_time(10 * SLOW_SECONDS)
        self.assertTrue(self.dials[0].is_cancelled)
        self.check()

    def test_coming_back_asks_no_resolver(self) -> None:
        """The network, and its resolver, may be away just now."""
        self.answer(b"OK ana\n").close()
        self.pass_time()
        with mock.patch("socket.getaddrinfo", side_effect=AssertionError("asked")):
            self.answer(b"OK ana\n")
        self.assertEqual(self.said, ["OK ana", "came in"] * 2)
        self.assertEqual(self.dials[0].addresses, self.dials[1].addresses)


if __name__ == "__main__":
    unittest.main()
