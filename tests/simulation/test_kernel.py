"""The simulator's kernel: against the real one, and on its own.

A script is a line such as ``a.send:5 b.recv:3 a.close``: what the two ends of
one connection do, in this order.  It is played on the fake and on a loopback
connection; each answer, and after each step the readiness of both ends, must
be the same.  Linux is the reference.
"""

from __future__ import annotations

import errno
import random
import selectors
import socket
import struct
import sys
import time
import unittest
from selectors import EVENT_READ, EVENT_WRITE
from typing import Dict, List, NamedTuple, Protocol, Sequence, Set, Tuple, Type
from unittest import mock

from tests.simulation.faults import ERRORS, MOST, Faults
from tests.simulation.kernel import Endpoint, File, Kernel, ListeningSocket, Selector, Socket, connected_pair

SMALL_SCRIPTS = 1000  # with little data
FULL_SCRIPTS = 300  # with buffers full to the brim
# Loopback nearly always delivers within the call.  On a loaded machine it may
# not: only a difference that stays for so long is one.
PATIENCE_SECONDS = 1.0
# What one step of a script sends: so little that no buffer fills.
MOST_BYTES = 30
ROOM = 5000  # of the fake's buffers
ALPHABET = bytes(range(251))  # a prime, so that no buffer's size hides a gap
FILL_BYTES = 60_000  # of one send or recv when buffers are filled or emptied
STREAM = ALPHABET * (FILL_BYTES // len(ALPHABET) + 2)

SELECTORS: Tuple[Type[selectors.BaseSelector], ...] = tuple(
    getattr(selectors, name) for name in ("SelectSelector", "PollSelector", "EpollSelector") if hasattr(selectors, name)
)

# What is known of Linux, each with a script and its answers.
FACTS: Dict[str, Tuple[str, str]] = {
    "after a reset the first send says so and later ones that the pipe is broken": (
        "a.reset b.send b.send b.send b.recv",
        "ok ECONNRESET EPIPE EPIPE end",
    ),
    "after a reset the first recv says so and later ones that it is the end": (
        "a.reset b.recv b.recv b.recv b.send",
        "ok ECONNRESET end end EPIPE",
    ),
    "to a peer that has closed the first send succeeds and the second fails": (
        "a.close b.send b.send b.send b.recv",
        "ok 5 EPIPE EPIPE end",
    ),
    "the end of file can be read for ever": (
        "a.send a.shutdown b.recv:3 b.recv b.recv b.recv b.send a.recv",
        "5 ok 3 2 end end 5 5",
    ),
    "what arrived before a reset can be read and then the reset once": (
        "a.send a.reset b.recv:2 b.recv b.recv b.recv",
        "5 ok 2 3 ECONNRESET end",
    ),
    "a send that meets the reset takes it away from recv": (
        "a.send a.reset b.send b.recv b.recv",
        "5 ok ECONNRESET 5 end",
    ),
    "close with unread input resets": ("b.send a.close b.recv b.recv b.send", "5 ok ECONNRESET end EPIPE"),
    "close with unread input before an end of file resets": (
        "b.send b.shutdown a.close b.recv b.recv",
        "5 ok ok ECONNRESET end",
    ),
    "close with unread input after both ends of file is silent": (
        "b.send b.shutdown a.shutdown a.close b.recv b.recv b.send",
        "5 ok ok ok end end EPIPE",
    ),
    "a reset after an end of file is a broken pipe": (
        "a.send a.shutdown a.reset b.recv b.recv b.send b.recv",
        "5 ok ok 5 end EPIPE end",
    ),
    "shutdown after a reset is no longer possible": (
        "a.reset b.shutdown b.shutdown b.recv",
        "ok ENOTCONN ENOTCONN ECONNRESET",
    ),
    "shutdown can be repeated until the peer has ended too": (
        "a.shutdown a.shutdown b.shutdown a.shutdown b.shutdown",
        "ok ok ok ENOTCONN ENOTCONN",
    ),
    "send after one's own shutdown is a broken pipe": ("a.shutdown a.send a.send a.recv", "ok EPIPE EPIPE EAGAIN"),
    "with nothing to read recv says again": ("a.recv b.recv", "EAGAIN EAGAIN"),
    "a reset before a waiting end of file has come is no broken pipe": (
        "b.fill b.shutdown a.send a.shutdown a.close b.send b.recv",
        "full ok 5 ok ok ECONNRESET 5",
    ),
    "full buffers say again": ("a.fill a.send b.send", "full EAGAIN 5"),
    "a reader makes room": ("a.fill b.recv:1 b.drain a.send a.shutdown b.drain", "full 1 all,EAGAIN 5 ok all,end"),
    "the end of file comes after what was unsent": ("a.fill a.shutdown a.send b.drain", "full ok EPIPE all,end"),
    "an orderly close delivers the rest": ("a.fill a.close b.drain b.send b.send", "full ok all,end 5 EPIPE"),
    "close after the peer's end delivers the rest": (
        "a.fill b.shutdown a.recv a.close b.drain",
        "full ok end ok all,end",
    ),
    "close with unread input loses what is not yet delivered": (
        "b.send a.fill a.close b.drain b.recv",
        "5 full ok part,ECONNRESET end",
    ),
    "a reset loses what is not yet delivered": ("a.fill a.reset b.drain b.send", "full ok part,ECONNRESET EPIPE"),
    "a reset passes an end of file that waits": ("a.fill a.shutdown a.reset b.drain", "full ok ok part,ECONNRESET"),
    "a send to a peer that has closed loses what was on its way": (
        "a.fill a.close b.send b.drain b.recv",
        "full ok 5 part,ECONNRESET end",
    ),
    "one more send to it says reset": ("a.fill a.close b.send b.send b.drain", "full ok 5 ECONNRESET part,end"),
    "a close that loses what the peer had not got in says reset": (
        "a.fill b.close a.send a.send",
        "full ok ECONNRESET EPIPE",
    ),
    "an end that waits after unsent bytes has not come": (
        "a.fill a.shutdown b.shutdown a.shutdown b.shutdown b.drain a.recv",
        "full ok ok ok ok all,end end",
    ),
}


TROUBLES = {"EAGAIN", "ECONNRESET", "EPIPE", "ENOTCONN"}


class End(Protocol):
    """What an end of a connection can do, the fake's and the kernel's."""

    def recv(self, size: int) -> bytes: ...
    def send(self, data: bytes) -> int: ...
    def shutdown(self) -> None: ...
    def close(self) -> None: ...
    def reset(self) -> None: ...
    @property
    def readable(self) -> bool: ...
    @property
    def writable(self) -> bool: ...


class RealEnd:
    """One end of a loopback connection, with the calls of ``Endpoint``."""

    def __init__(self, file: socket.socket, selector: selectors.BaseSelector) -> None:
        self._file = file
        self._selector = selector
        file.setblocking(False)
        file.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else small sends are held back, 40 ms at times
        selector.register(file, EVENT_READ | EVENT_WRITE)
        self.recv = file.recv
        self.send = file.send

    def shutdown(self) -> None:
        self._file.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        if self._file.fileno() >= 0:
            self._selector.unregister(self._file)
            self._selector.close()
            self._file.close()

    def reset(self) -> None:
        self._file.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    @property
    def readable(self) -> bool:
        return bool(self._ready & EVENT_READ)

    @property
    def writable(self) -> bool:
        return bool(self._ready & EVENT_WRITE)

    @property
    def _ready(self) -> int:
        return next((mask for _, mask in self._selector.select(0)), 0)


class Step(NamedTuple):
    """One step of a script, what it brought, and who is ready after it (``a=rw b=-w``)."""

    step: str
    answer: str
    ready: str


class Player:
    """Plays a script on two ends and writes down what happens."""

    def __init__(self, ends: Sequence[End], patience: float = 0.0) -> None:
        self.ends: Dict[str, End] = dict(zip("ab", ends))  # without those that are closed
        self.sent = {"a": 0, "b": 0}
        self.got = {"a": 0, "b": 0}
        self.patience = patience  # in seconds

    def play(self, script: str, expected: Sequence[Step] = ()) -> List[Step]:
        """The history of ``script``; it ends where it is not as ``expected``."""
        history: List[Step] = []
        for number, step in enumerate(script.split()):
            answer = self._answer(step)
            wanted = expected[number] if expected else None
            history.append(Step(step, answer, self._settled(wanted.ready if wanted else "")))
            if wanted and history[-1] != wanted:
                break
        for end in self.ends.values():
            end.reset()  # leaves nothing behind, not even a TIME_WAIT
        return history

    def _settled(self, wanted: str) -> str:
        """Who is ready; gives the network time to make it as ``wanted``."""
        gives_up_at = time.monotonic() + self.patience
        while True:
            ready = " ".join(
                f"{name}={'r' if end.readable else '-'}{'w' if end.writable else '-'}"
                for name, end in self.ends.items()
            )
            if ready == wanted or time.monotonic() >= gives_up_at:
                return ready

    def _answer(self, step: str) -> str:
        name, _, call = step.partition(".")
        call, _, size = call.partition(":")
        try:
            if call == "send":
                return str(self._send(name, int(size or 5)))
            if call == "recv":
                return self._recv(name, int(size or 99))
            if call == "fill":
                return self._fill(name)
            if call == "drain":
                return self._drain(name)
            getattr(self.ends[name], call)()
        except OSError as error:
            return errno.errorcode[error.errno or 0]
        if call != "shutdown":
            del self.ends[name]
        return "ok"

    def _send(self, name: str, size: int) -> int:
        # Every byte says where in the stream it is.
        start = self.sent[name] % len(ALPHABET)
        sent = self.ends[name].send(STREAM[start : start + size])
        self.sent[name] += sent
        return sent

    def _recv(self, name: str, size: int) -> str:
        data = self.ends[name].recv(size)
        start = self.got[name] % len(ALPHABET)
        assert data == STREAM[start : start + len(data)], data
        self.got[name] += len(data)
        return str(len(data)) if data else "end"

    def _fill(self, name: str) -> str:
        """Send until there is no room, and none comes."""
        while True:
            try:
                self._send(name, FILL_BYTES)
            except BlockingIOError:
                if not self.ends[name].writable:
                    return "full"

    def _drain(self, name: str) -> str:
        """Read until no more comes; says whether that was everything, and how it ended."""
        gives_up_at = time.monotonic() + self.patience
        other = "b" if name == "a" else "a"
        while True:
            try:
                end = self._recv(name, FILL_BYTES)
            except OSError as error:
                end = errno.errorcode[error.errno or 0]
            everything = self.got[name] == self.sent[other]
            if not end.isdigit() and (end != "EAGAIN" or everything or time.monotonic() >= gives_up_at):
                return f"{'all' if everything else 'part'},{end}"


def random_script(chance: random.Random, calls: Dict[str, int]) -> str:
    """3 to 12 steps of two ends, none of them after its close; ``calls`` are weighted.

    How big a buffer is differs: an end that has filled one sends no more.
    """
    steps: List[str] = []
    ends = ["a", "b"]
    filled: Set[str] = set()
    length = chance.randint(3, 12)
    while ends and len(steps) < length:
        end = chance.choice(ends)
        call = chance.choices(list(calls), list(calls.values()))[0]
        if call in ("send", "fill") and end in filled:
            call = "recv"
        if call == "fill":
            filled.add(end)
        if call in ("close", "reset"):
            ends.remove(end)
        size = f":{chance.randint(1, MOST_BYTES)}" if call in ("send", "recv") else ""
        steps.append(f"{end}.{call}{size}")
    return " ".join(steps)


def play_on_fake(script: str) -> List[Step]:
    """What happens in the simulator's kernel."""
    return Player(connected_pair(ROOM, ROOM)).play(script)


@unittest.skipUnless(sys.platform == "linux", "the reference is Linux; other kernels say it differently")
class TheFakeAndTheRealKernel(unittest.TestCase):
    """The same script, the same answers."""

    def setUp(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)

    def play_on_kernel(
        self, script: str, expected: Sequence[Step], selector: Type[selectors.BaseSelector]
    ) -> List[Step]:
        """What happens on loopback; tries again for a while if it is not as expected."""
        gives_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            near = socket.create_connection(self.listener.getsockname())
            far = self.listener.accept()[0]
            ends = RealEnd(near, selector()), RealEnd(far, selector())
            history = Player(ends, PATIENCE_SECONDS / 3).play(script, expected)
            if history == expected or time.monotonic() >= gives_up_at:
                return history

    def check(self, script: str, number: int) -> List[Step]:
        fake = play_on_fake(script)
        real = self.play_on_kernel(script, fake, SELECTORS[number % len(SELECTORS)])
        self.assertEqual(real, fake[: len(real)], f"the kernel's answers, then the fake's, to: {script}")
        return fake

    def test_the_known_facts_are_so_on_both(self) -> None:
        for number, (name, (script, answers)) in enumerate(FACTS.items()):
            with self.subTest(name, script=script):
                fake = self.check(script, number)
                self.assertEqual(" ".join(step.answer for step in fake), answers)

    def test_random_scripts_bring_the_same_answers_on_both(self) -> None:
        calls = {"send": 40, "recv": 40, "shutdown": 12, "close": 8, "reset": 5}
        seen = self._check_random(SMALL_SCRIPTS, calls)
        self.assertEqual({text for text in seen if text.isalpha()}, {"ok", "end"} | TROUBLES)

    def test_scripts_that_fill_buffers_bring_the_same_answers_on_both(self) -> None:
        calls = {"send": 20, "recv": 10, "shutdown": 12, "close": 8, "reset": 5, "fill": 20, "drain": 20}
        seen = self._check_random(FULL_SCRIPTS, calls)
        self.assertLessEqual({"full", "all,end", "all,EAGAIN", "part,ECONNRESET"} | TROUBLES, seen)

    def _check_random(self, scripts: int, calls: Dict[str, int]) -> Set[str]:
        """Play that many scripts on both; returns the answers that came."""
        seen: Set[str] = set()
        for seed in range(scripts):
            script = random_script(random.Random(seed), calls)
            seen.update(step.answer for step in self.check(script, seed))
        return seen

    def test_a_peer_that_resets_before_the_accept_is_accepted_then_reset(self) -> None:
        """Trap 2."""
        near = socket.create_connection(self.listener.getsockname())
        RealEnd(near, selectors.DefaultSelector()).reset()
        real_end = RealEnd(self.listener.accept()[0], selectors.DefaultSelector())
        listening = ListeningSocket(quiet_kernel(), backlog=1)
        connect(listening).reset()
        script = "a.recv a.recv a.shutdown"
        fake = Player([listening.accept()[0].end]).play(script)
        self.assertEqual(Player([real_end], PATIENCE_SECONDS).play(script, fake), fake)
        self.assertEqual([step.answer for step in fake], ["ECONNRESET", "end", "ENOTCONN"])

    def test_a_listener_that_closes_resets_who_waits(self) -> None:
        near = socket.create_connection(self.listener.getsockname())
        near.send(b"hello?")
        self.listener.close()
        listening = ListeningSocket(quiet_kernel(), backlog=1)
        there = connect(listening)
        there.send(b"hello?")
        listening.close()
        script = "a.recv a.send a.shutdown"
        fake = Player([there]).play(script)
        real = Player([RealEnd(near, selectors.DefaultSelector())], PATIENCE_SECONDS).play(script, fake)
        self.assertEqual(real, fake)
        self.assertEqual([step.answer for step in fake], ["ECONNRESET", "EPIPE", "ENOTCONN"])


def quiet_kernel(files: int = 10) -> Kernel:
    """A kernel in which no fault strikes."""
    faults = Faults(random.Random(0))
    faults.active = False
    return Kernel(faults, files)


def connect(listening: ListeningSocket) -> Endpoint:
    """A client's end of a new connection."""
    end = listening.connect(ROOM, ROOM, "127.0.0.1")
    assert end is not None
    return end


class AConnection(unittest.TestCase):
    """Buffers, and the order in which things arrive."""

    def setUp(self) -> None:
        self.here, self.there = connected_pair(6, 4)

    def test_what_is_sent_fills_the_peers_buffer_and_then_ones_own(self) -> None:
        self.assertEqual(self.here.send(b"0123456789ab"), 6)
        self.assertEqual((self.there.received, self.here.unsent), (b"0123", b"45"))
        self.assertEqual(self.here.send(b"6789ab"), 4)
        self.assertEqual((self.there.received, self.here.unsent), (b"0123", b"456789"))
        with self.assertRaises(BlockingIOError):
            self.here.send(b"x")

    def test_reading_lets_what_waits_arrive_in_order(self) -> None:
        self.here.send(b"012345")
        self.here.send(b"6789")
        self.assertEqual([self.there.recv(3) for _ in range(4)], [b"012", b"345", b"678", b"9"])
        with self.assertRaises(BlockingIOError):
            self.there.recv(3)

    def test_it_is_writable_again_when_a_third_is_free(self) -> None:
        self.here.send(b"012345")
        self.here.send(b"6789")
        writable = []
        for _ in range(3):
            writable.append(self.here.writable)
            self.there.recv(1)
        self.assertEqual(writable, [False, False, True])

    def test_a_peer_that_does_not_read_stops_the_sender_for_ever(self) -> None:
        sent = self.here.send(b"0123456789") + self.here.send(b"0123456789")
        self.assertEqual(sent, 10)
        self.assertFalse(self.here.writable)
        self.assertTrue(self.there.writable, "the other direction is free")

    def test_the_end_of_file_arrives_behind_the_last_byte(self) -> None:
        self.here.send(b"012345")
        self.here.shutdown()
        self.assertFalse(self.there.ended)
        self.assertEqual([self.there.recv(9) for _ in range(4)], [b"0123", b"45", b"", b""])

    def test_a_machine_that_vanished_takes_nothing_and_says_nothing(self) -> None:
        self.there.frozen = True
        self.assertEqual(self.here.send(b"012345"), 6)
        self.here.shutdown()
        self.assertEqual((self.there.received, self.there.ended), (b"", False))
        self.assertFalse(self.here.readable)

    def test_when_the_network_gives_up_its_error_is_told_once(self) -> None:
        self.here.fail(errno.ETIMEDOUT)
        self.assertTrue(self.here.readable and self.here.writable)
        with self.assertRaises(TimeoutError):
            self.here.recv(1)
        self.assertEqual(self.here.recv(1), b"")
        with self.assertRaises(BrokenPipeError):
            self.here.send(b"x")
        with self.assertRaises(ConnectionResetError):
            self.there.send(b"x")


class DescriptorsAndTime(unittest.TestCase):
    """The kernel's own affairs."""

    def test_the_lowest_free_number_is_given_away_at_once(self) -> None:
        """Trap 8."""
        kernel = quiet_kernel()
        files = [File(kernel) for _ in range(4)]
        self.assertEqual([file.fileno() for file in files], [0, 1, 2, 3])
        files[2].close()
        files[1].close()
        self.assertEqual([File(kernel).fileno() for _ in range(3)], [1, 2, 4])

    def test_a_file_that_is_closed_has_no_number_and_may_be_closed_again(self) -> None:
        kernel = quiet_kernel()
        file = File(kernel)
        file.close()
        File(kernel)
        file.close()
        self.assertEqual((file.fileno(), list(kernel.open)), (-1, [0]))

    def test_without_a_free_number_it_says_so(self) -> None:
        """Trap 1."""
        kernel = quiet_kernel(files=2)
        files = [File(kernel), File(kernel)]
        with self.assertRaises(OSError) as caught:
            File(kernel)
        self.assertEqual(caught.exception.errno, errno.EMFILE)
        self.assertEqual(kernel.counts["descriptors ran out"], 1)
        files[0].close()
        self.assertEqual(File(kernel).fileno(), 0)

    def test_the_future_happens_in_order_and_each_thing_at_its_time(self) -> None:
        kernel = quiet_kernel()
        seen: List[Tuple[str, float]] = []
        for name, when in (("late", 2.0), ("first", 1.0), ("second", 1.0)):
            kernel.at(when, lambda name=name: seen.append((name, kernel.clock())))  # type: ignore[misc]
        while kernel.next_event(1.5):
            pass
        self.assertEqual(seen, [("first", 1.0), ("second", 1.0)])
        self.assertEqual(kernel.clock(), 1.5)
        self.assertTrue(kernel.next_event(2.0))
        self.assertEqual(seen[2:], [("late", 2.0)])

    def test_time_never_goes_back(self) -> None:
        kernel = quiet_kernel()
        kernel.at(1.0, lambda: None)
        kernel.time = 60.0  # a stall
        self.assertTrue(kernel.next_event(60.0))
        self.assertFalse(kernel.next_event(5.0))
        self.assertEqual(kernel.clock(), 60.0)


class AListeningSocket(unittest.TestCase):
    """Connecting and accepting."""

    def setUp(self) -> None:
        self.kernel = quiet_kernel(files=3)
        self.listening = ListeningSocket(self.kernel, backlog=2)

    def test_who_comes_first_is_accepted_first(self) -> None:
        first, second = connect(self.listening), connect(self.listening)
        self.assertEqual(self.listening.ready, EVENT_READ)
        accepted, address = self.listening.accept()
        self.assertEqual((accepted.end.peer, address), (first, ("127.0.0.1", 1)))
        self.assertIs(self.listening.accept()[0].end.peer, second)
        self.assertEqual(self.listening.ready, 0)
        with self.assertRaises(BlockingIOError):
            self.listening.accept()

    def test_a_full_backlog_lets_nobody_in(self) -> None:
        connect(self.listening)
        connect(self.listening)
        self.assertIsNone(self.listening.connect(ROOM, ROOM, "127.0.0.1"))
        self.listening.accept()
        connect(self.listening)

    def test_nobody_gets_in_once_it_is_closed(self) -> None:
        self.listening.close()
        self.assertIsNone(self.listening.connect(ROOM, ROOM, "127.0.0.1"))

    def test_without_a_descriptor_who_waits_goes_on_waiting(self) -> None:
        """Trap 1."""
        spare = [File(self.kernel), File(self.kernel)]
        client = connect(self.listening)
        with self.assertRaises(OSError) as caught:
            self.listening.accept()
        self.assertEqual(caught.exception.errno, errno.EMFILE)
        self.assertEqual(self.listening.ready, EVENT_READ)
        spare[0].close()
        self.assertIs(self.listening.accept()[0].end.peer, client)

    def test_only_a_connection_that_was_aborted_is_gone(self) -> None:
        """Trap 2."""
        self.kernel.faults.active = True
        self.kernel.faults._odds = {"accept error": 1.0}
        client = connect(self.listening)
        for code in (errno.ENFILE, errno.ECONNABORTED):
            with mock.patch.dict(ERRORS, accept=(code,)), self.assertRaises(OSError) as caught:
                self.assertEqual(self.listening.ready, EVENT_READ)
                self.listening.accept()
            self.assertEqual(caught.exception.errno, code)
        self.assertEqual(self.listening.ready, 0)
        with self.assertRaises(ConnectionResetError):
            client.recv(1)

    def test_an_accepted_socket_blocks_until_it_is_told_not_to(self) -> None:
        """Trap 3."""
        connect(self.listening)
        accepted = self.listening.accept()[0]
        with self.assertRaisesRegex(AssertionError, "blocks"):
            accepted.recv(1)
        accepted.setblocking(False)
        with self.assertRaises(BlockingIOError):
            accepted.recv(1)
        accepted.close()
        with self.assertRaisesRegex(AssertionError, "closed"):
            accepted.recv(1)


class ASelector(unittest.TestCase):
    """Registering and waiting."""

    def setUp(self) -> None:
        self.kernel = quiet_kernel()
        self.selector = Selector(self.kernel)
        here, self.client = connected_pair(ROOM, ROOM)
        self.socket = Socket(self.kernel, here, immune=False)

    def events(self, timeout: float = 0.0) -> List[Tuple[object, int]]:
        return [(key.data, mask) for key, mask in self.selector.select(timeout)]

    def test_it_refuses_what_the_real_one_refuses(self) -> None:
        """Trap 9."""
        with self.assertRaises(KeyError):
            self.selector.unregister(self.socket)
        with self.assertRaises(ValueError):
            self.selector.register(self.socket, 0)
        self.selector.register(self.socket, EVENT_READ)
        with self.assertRaises(KeyError):
            self.selector.register(self.socket, EVENT_WRITE)
        self.selector.unregister(self.socket)
        with self.assertRaises(KeyError):
            self.selector.unregister(self.socket)
        self.socket.close()
        with self.assertRaises(ValueError):
            self.selector.register(self.socket, EVENT_READ)

    def test_it_says_only_what_was_asked_for(self) -> None:
        self.client.send(b"x")
        self.selector.register(self.socket, EVENT_READ, "first")
        self.assertEqual(self.events(), [("first", EVENT_READ)])
        self.selector.modify(self.socket, EVENT_WRITE, "second")
        self.assertEqual(self.events(), [("second", EVENT_WRITE)])
        self.selector.modify(self.socket, EVENT_READ | EVENT_WRITE, "third")
        self.assertEqual(self.events(), [("third", EVENT_READ | EVENT_WRITE)])
        self.selector.unregister(self.socket)
        self.assertEqual(self.events(), [])

    def test_waiting_for_nothing_lets_the_time_pass(self) -> None:
        """Trap 16."""
        self.selector.register(self.socket, EVENT_READ)
        self.assertEqual(self.events(2.5), [])
        self.assertEqual(self.kernel.time, 2.5)
        self.assertEqual(self.events(0.0), [])
        self.assertEqual(self.kernel.time, 2.5)

    def test_waiting_ends_with_the_event_that_makes_a_file_ready(self) -> None:
        self.selector.register(self.socket, EVENT_READ, "it")
        seen: List[float] = []
        self.kernel.at(1.0, lambda: seen.append(self.kernel.time))
        self.kernel.at(2.0, self.client.close)
        self.kernel.at(3.0, lambda: seen.append(self.kernel.time))
        self.assertEqual(self.events(10.0), [("it", EVENT_READ)])
        self.assertEqual((self.kernel.time, seen), (2.0, [1.0]))

    def test_disturbed_it_omits_and_invents_only_registered_files(self) -> None:
        other = Socket(self.kernel, connected_pair(ROOM, ROOM)[0], immune=False)
        self.kernel.faults.active = True
        self.selector.register(self.socket, EVENT_WRITE, "ready")
        self.selector.register(other, EVENT_READ, "idle")
        self.kernel.faults._odds = dict.fromkeys(MOST, 0.0)
        self.assertEqual(self.events(), [("ready", EVENT_WRITE)])
        self.kernel.faults._odds["spurious event"] = 1.0
        seen = {tuple(self.events()) for _ in range(50)}
        both = (("ready", EVENT_WRITE), ("idle", EVENT_READ))
        self.assertEqual(seen, {both[:1], both})
        self.kernel.faults._odds.update({"spurious event": 0.0, "split events": 1.0, "shuffle": 1.0})
        self.selector.modify(other, EVENT_WRITE, "other")
        seen = {tuple(self.events()) for _ in range(50)}
        self.assertEqual(seen, {(("ready", EVENT_WRITE),), (("other", EVENT_WRITE),)})


class TheDice(unittest.TestCase):
    """Which faults strike, and what is counted."""

    def setUp(self) -> None:
        self.faults = Faults(random.Random(1))

    def test_a_fault_without_odds_never_strikes(self) -> None:
        self.faults._odds = dict.fromkeys(MOST, 0.0)
        self.assertFalse(any(self.faults.happens(name) for name in MOST for _ in range(100)))
        self.assertFalse(self.faults.counts)

    def test_no_fault_strikes_while_inactive(self) -> None:
        self.faults._odds = dict.fromkeys(MOST, 1.0)
        self.faults.active = False
        self.assertFalse(any(self.faults.happens(name) for name in MOST))
        self.assertEqual([self.faults.error(call) for call in ERRORS], [0] * len(ERRORS))
        self.assertFalse(self.faults.counts)

    def test_what_struck_is_counted_by_name_and_by_errno(self) -> None:
        self.faults._odds = {"stall": 0.5, "shutdown error": 1.0}
        struck = sum(self.faults.happens("stall") for _ in range(1000))
        self.assertTrue(400 < struck < 600, struck)
        self.assertEqual(self.faults.error("shutdown"), errno.ENOTCONN)
        self.assertEqual(self.faults.counts, {"stall": struck, "shutdown error": 1, "shutdown ENOTCONN": 1})

    def test_each_fault_is_off_in_some_seeds_and_on_in_others(self) -> None:
        drawn = [Faults(random.Random(seed))._odds for seed in range(50)]
        for name, most in MOST.items():
            odds = [each[name] for each in drawn]
            self.assertIn(0.0, odds, name)
            self.assertTrue(0.0 < max(odds) <= most, name)

    def test_a_fault_on_a_socket_spares_the_witness(self) -> None:
        kernel = quiet_kernel()
        kernel.faults.active = True
        kernel.faults._odds = dict.fromkeys(MOST, 1.0)
        for immune in (True, False):
            here, there = connected_pair(ROOM, ROOM)
            sock = Socket(kernel, here, immune)
            sock.setblocking(False)
            there.send(b"x")
            if immune:
                self.assertEqual((sock.send(b"abc"), sock.recv(9)), (3, b"x"))
            else:
                with self.assertRaises(OSError):
                    sock.recv(9)
                self.assertTrue(there.dead, "an error of recv or send ends the connection")
