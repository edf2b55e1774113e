"""The listener: what accept can answer, and what becomes of it."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import unittest
from typing import Any, List, Tuple, Union
from unittest import mock

from minichat.limits import Limits
from minichat.net import listener as listener_module
from minichat.net.listener import Listener, answers, listen, open_files, prepare, raise_file_limit
from minichat.net.reactor import Reactor

Answer = Union[OSError, Tuple["Accepted", Tuple[str, int]]]


class Accepted:
    """A socket as accept returns it, which remembers what was done to it."""

    def __init__(self) -> None:
        self.done: List[Any] = []

    def setblocking(self, flag: bool) -> None:
        self.done.append(("blocking", flag))

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self.done.append((level, option, value))

    def send(self, data: bytes) -> int:
        self.done.append(data)
        return len(data)

    def shutdown(self, how: int) -> None:
        self.done.append("shutdown")

    def recv(self, size: int) -> bytes:
        self.done.append("recv")
        raise BlockingIOError

    def close(self) -> None:
        self.done.append("close")


class Listening:
    """A listening socket whose answers are prepared; readable while it has any."""

    def __init__(self, answers: List[Answer]) -> None:
        self.answers = answers
        self.asked = 0
        self.real, self._ringer = socket.socketpair()
        self._ringer.send(b"x")

    def fileno(self) -> int:
        return self.real.fileno()

    def accept(self) -> Tuple[Accepted, Tuple[str, int]]:
        self.asked += 1
        if not self.answers:
            raise BlockingIOError
        answer = self.answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def close(self) -> None:
        self.real.close()
        self._ringer.close()


def somebody() -> Tuple[Accepted, Tuple[str, int]]:
    return Accepted(), ("192.0.2.7", 1234)


def trouble(code: int) -> OSError:
    return OSError(code, os.strerror(code))


class Spare:
    """A spare descriptor: counts how many are open."""

    def __init__(self, books: List[int]) -> None:
        self.books = books
        books[0] += 1

    def close(self) -> None:
        self.books[0] -= 1


class ListenerCase(unittest.TestCase):
    """A listener whose accept answers as a test says."""

    limits = Limits(turn_accepts=3)

    def listen(self, *answers: Answer) -> None:
        self.time = 0.0
        self.reactor = Reactor(clock=lambda: self.time)
        self.listening = Listening(list(answers))
        self.accepted: List[Accepted] = []
        self.spares = [0]
        self.listener = Listener(
            self.reactor,
            self.listening,  # type: ignore[arg-type]
            self.limits,
            lambda sock, sockaddr: self.accepted.append(sock),  # type: ignore[arg-type]
            b"ERR server_full\n",
            lambda: Spare(self.spares),
        )
        self.reactor.at_turn_end(self.listener.accept)
        self.addCleanup(self.reactor.close)
        self.addCleanup(self.listener.close)

    def turn(self, count: int = 1) -> None:
        for _ in range(count):
            self.reactor.call_later(0.0, lambda: None)
            self.reactor.run_once()

    def is_watched(self) -> bool:
        return bool(self.reactor._selector.get_map())


class Accepting(ListenerCase):
    def test_a_turn_accepts_a_bounded_number_and_the_next_goes_on(self) -> None:
        """Trap 4."""
        self.listen(*[somebody() for _ in range(5)])
        self.turn()
        self.assertEqual(len(self.accepted), 3)
        self.turn()
        self.assertEqual(len(self.accepted), 5)

    def test_a_peer_that_is_gone_again_does_not_stop_the_next(self) -> None:
        """Trap 2."""
        for code in (errno.ECONNABORTED, errno.EPROTO, errno.EPERM):
            with self.subTest(errno.errorcode[code]):
                self.listen(trouble(code), somebody())
                self.turn()
                self.assertEqual((len(self.accepted), self.is_watched()), (1, True))

    def test_an_accepted_socket_is_made_non_blocking_before_anything_else(self) -> None:
        """Trap 3."""
        self.listen(somebody())
        self.turn()
        self.assertEqual(self.accepted[0].done[0], ("blocking", False))

    def test_closing_twice_does_nothing_more(self) -> None:
        self.listen()
        self.listener.close()
        self.listener.close()
        self.assertEqual((self.is_watched(), self.spares), (False, [0]))


class AcceptingAll(ListenerCase):
    """What a shutdown asks for."""

    def test_all_who_wait_are_accepted_with_one_accept_too_many(self) -> None:
        """Trap 55."""
        self.listen(*[somebody() for _ in range(50)])
        self.listener.accept_all()
        self.assertEqual((len(self.accepted), self.listening.asked), (50, 51))

    def test_nobody_who_waits_is_one_accept(self) -> None:
        """Trap 55."""
        self.listen()
        self.listener.accept_all()
        self.assertEqual(self.listening.asked, 1)

    def test_who_waits_while_the_listener_rests_is_accepted_too(self) -> None:
        """Trap 55."""
        self.listen(trouble(errno.ENOMEM), somebody(), somebody())
        with self.assertLogs("minichat", "WARNING"):
            self.turn()
        self.assertEqual((self.accepted, self.is_watched()), ([], False))
        self.listener.accept_all()
        self.assertEqual(len(self.accepted), 2)

    def test_without_descriptors_all_who_wait_are_refused(self) -> None:
        """Trap 55."""
        waiting = [somebody() for _ in range(10)]  # more than in one turn
        self.listen(trouble(errno.EMFILE), trouble(errno.EMFILE), trouble(errno.EMFILE), *waiting)
        with self.assertLogs("minichat", "WARNING"):
            self.turn()
            self.listener.accept_all()
        self.assertEqual({peer[0].done[1] for peer in waiting}, {b"ERR server_full\n"})
        self.listener.close()

    def test_it_ends_though_more_and_more_come(self) -> None:
        """Trap 55."""
        self.listen(*[somebody() for _ in range(3000)])
        self.listener.accept_all()
        self.assertEqual(len(self.accepted), self.limits.backlog)

    def test_a_closed_one_accepts_nobody(self) -> None:
        self.listen(somebody())
        self.listener.close()
        self.listener.accept_all()
        self.assertEqual(self.accepted, [])


class OutOfDescriptors(ListenerCase):
    def test_the_listener_leaves_the_selector_and_comes_back_after_100_ms(self) -> None:
        """Trap 1."""
        for code in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            with self.subTest(errno.errorcode[code]), self.assertLogs("minichat", "WARNING"):
                self.listen(trouble(code), trouble(code), somebody())
                self.turn()
                self.assertFalse(self.is_watched())
                self.time += 0.09
                self.turn()
                self.assertFalse(self.is_watched())
                self.time += 0.02
                self.turn()
                self.assertTrue(self.is_watched())

    def test_the_rest_doubles_up_to_a_second_and_a_success_resets_it(self) -> None:
        """Trap 1."""
        self.listen(*[trouble(errno.ENOMEM)] * 6, somebody(), trouble(errno.ENOMEM))
        with self.assertLogs("minichat", "WARNING") as logged:
            for _ in range(200):
                self.turn()
                self.time += 0.05
        said = [line.rpartition(" in ")[2] for line in logged.output]
        self.assertEqual(said, ["0.1 s", "0.2 s", "0.4 s", "0.8 s", "1.0 s", "1.0 s", "0.1 s"])

    def test_a_selector_without_memory_is_asked_again(self) -> None:
        """Traps 1 and 46."""
        self.listen(trouble(errno.ENOMEM), somebody())
        with self.assertLogs("minichat", "WARNING"):
            self.turn()
        with mock.patch.object(self.reactor, "register", side_effect=trouble(errno.ENOSPC)):
            self.time += 0.2
            self.turn()
        self.assertFalse(self.is_watched())
        self.time += 0.3
        self.turn(2)
        self.assertEqual((len(self.accepted), self.is_watched()), (1, True))

    def test_the_spare_descriptor_tells_who_waits_and_is_taken_back(self) -> None:
        """Trap 1."""
        waiting = somebody()
        self.listen(trouble(errno.EMFILE), waiting)
        with self.assertLogs("minichat", "WARNING"):
            self.turn()
        self.assertEqual(waiting[0].done, [("blocking", False), b"ERR server_full\n", "shutdown", "recv", "close"])
        self.assertEqual((self.accepted, self.spares), ([], [1]))


class RealSockets(unittest.TestCase):
    def test_port_0_is_a_free_port_and_the_listener_does_not_block(self) -> None:
        with listen("127.0.0.1", 0, 5) as sock:
            self.assertNotEqual(sock.getsockname()[1], 0)
            with self.assertRaises(BlockingIOError):
                sock.accept()

    def test_a_taken_port_is_an_error_and_leaves_nothing_open(self) -> None:
        """Trap 6."""
        with listen("127.0.0.1", 0, 5) as first, self.assertRaises(OSError) as caught:
            listen("127.0.0.1", first.getsockname()[1], 5)
        self.assertEqual(caught.exception.errno, errno.EADDRINUSE)

    def test_a_listener_answers_and_a_port_that_is_only_bound_does_not(self) -> None:
        """Trap 58."""
        with listen("127.0.0.1", 0, 5) as listening, socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            for host in ("127.0.0.1", "0.0.0.0"):
                self.assertTrue(answers(host, listening.getsockname()[1]), host)
                self.assertFalse(answers(host, bound.getsockname()[1]), host)

    def test_one_that_is_too_busy_to_answer_counts_as_one(self) -> None:
        """Trap 58: its backlog is full, and it is waited for only a moment."""
        with listen("127.0.0.1", 0, 0) as listening, contextlib.ExitStack() as stack:
            for _ in range(5):
                sock = stack.enter_context(socket.socket())
                sock.setblocking(False)
                sock.connect_ex(listening.getsockname())
            self.assertTrue(answers(*listening.getsockname()))

    def test_to_meet_oneself_is_no_answer(self) -> None:
        """Trap 58."""
        target = ("127.0.0.1", 50001)
        itself = mock.MagicMock(connect_ex=lambda sockaddr: 0, getsockname=lambda: target)
        itself.__enter__.return_value = itself
        with mock.patch("minichat.net.listener.socket.socket", return_value=itself):
            self.assertFalse(answers(*target))

    def test_where_no_address_is_found_nothing_is_certain(self) -> None:
        with mock.patch("minichat.net.listener.socket.getaddrinfo", side_effect=socket.gaierror(-2, "unknown")):
            self.assertTrue(answers("a.invalid", 1))

    def test_keep_alive_and_the_rest_are_set_where_the_platform_has_them(self) -> None:
        """Trap 36."""
        with listen("127.0.0.1", 0, 5) as listening, socket.create_connection(listening.getsockname()[:2]):
            listening.setblocking(True)
            sock = listening.accept()[0]
            prepare(sock, Limits())
            self.addCleanup(sock.close)
        self.assertFalse(sock.getblocking())
        self.assertTrue(sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
        self.assertTrue(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        values = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
        for name, value in values.items():
            if hasattr(socket, name):
                self.assertEqual(sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)), value, name)

    @unittest.skipUnless(hasattr(socket, "TCP_USER_TIMEOUT"), "this system has no such timeout")
    def test_the_kernel_has_no_timeout_of_its_own_beside_ours(self) -> None:
        """Trap 47: who takes bytes is alive, however slowly."""
        with listen("127.0.0.1", 0, 5) as listening, socket.create_connection(listening.getsockname()[:2]):
            listening.setblocking(True)
            with listening.accept()[0] as sock:
                prepare(sock, Limits())
                self.assertEqual(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), 0)

    def test_an_option_that_the_kernel_refuses_is_no_reason_to_stop(self) -> None:
        """Trap 2: macOS says EINVAL for a peer that has reset."""

        class Refusing(Accepted):
            def setsockopt(self, level: int, option: int, value: int) -> None:
                raise trouble(errno.EINVAL)

        prepare(Refusing(), Limits())  # type: ignore[arg-type]

    def test_a_wildcard_ipv6_listener_takes_ipv4_too(self) -> None:
        """Trap 7."""
        try:
            sock = listen("::", 0, 5)
        except OSError as error:
            self.skipTest(f"no IPv6 here: {error}")
        with sock, socket.create_connection(("127.0.0.1", sock.getsockname()[1])):
            sock.setblocking(True)
            accepted, sockaddr = sock.accept()
            accepted.close()
        self.assertEqual(sockaddr[0], "::ffff:127.0.0.1")

    @unittest.skipUnless(os.name == "posix", "there is a limit of open files")
    def test_the_soft_limit_of_open_files_is_raised_to_the_hard_one(self) -> None:
        """Trap 5."""
        import resource

        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
        self.assertEqual(raise_file_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        self.assertGreaterEqual(raise_file_limit(), min(before[1], 10240))

    @unittest.skipUnless(os.name == "posix", "there are descriptors with numbers")
    def test_open_files_are_counted_by_their_numbers(self) -> None:
        """Trap 46."""
        for has_folder in (True, False):
            with contextlib.ExitStack() as stack:
                if not has_folder:
                    stack.enter_context(mock.patch("minichat.net.listener.os.listdir", side_effect=OSError))
                before = open_files(4096)
                file = stack.enter_context(open(os.devnull, "rb"))
                self.assertEqual(open_files(4096), before + 1, has_folder)
                self.assertEqual(open_files(file.fileno() + 1) - open_files(file.fileno()), 1, has_folder)
                self.assertEqual(open_files(3), 0, has_folder)

    def test_peers_names_are_never_asked_for(self) -> None:
        """Trap 2: getpeername fails for one that has gone already."""
        with open(listener_module.__file__, encoding="utf-8") as source:
            self.assertNotIn("getpeername", source.read())
