"""The connection to a browser: what a write becomes, by what is spoken, and how it ends."""

from __future__ import annotations

import socket
import unittest
from typing import Any, List

from minichat.limits import Limits
from minichat.net.connection import DRAINING
from minichat.net.reactor import Reactor
from minichat.net.turn import Turn
from minichat.web.connection import ANSWERED, Framer, WebConnection
from minichat.web.frames import TEXT, close_frame, frame
from tests.webpeer import masked, parsed


class WebConnectionCase(unittest.TestCase):
    """A connection on a socket pair; nothing but ``flush`` sends."""

    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        ours, self.peer = socket.socketpair()
        self.addCleanup(self.peer.close)
        ours.setblocking(False)
        self.peer.setblocking(False)
        self.reads = 0
        self.turn = Turn(self.reactor, Limits(rate_lines=0.0))
        self.connection = WebConnection(self.turn, ours, None, Framer(), self._count)
        self.addCleanup(self._close)

    def _close(self) -> None:
        self.connection.abort("gone")
        self.connection.release()

    def open(self) -> None:
        """Make it a WebSocket."""
        self.connection.upgrade(b"(101)")
        self.assertEqual(self.sent(), b"(101)")

    def _count(self, connection: WebConnection) -> None:
        assert connection is self.connection
        self.reads += 1

    def sent(self) -> bytes:
        """What the next flush sends, into a kernel that has room again."""
        if self.connection._output is not None:
            self.connection._output.unblock()
        self.connection.flush()
        try:
            return self.peer.recv(1 << 20)
        except BlockingIOError:
            return b""

    def receives(self, data: bytes) -> None:
        """Let ``data`` come."""
        self.connection.buffer.feed(data)


class BeforeTheUpgrade(WebConnectionCase):
    def test_a_line_of_the_chat_becomes_an_answer_of_http(self) -> None:
        for code, status in (("server_full", 503), ("too_many_connections", 429), ("timeout", 408), ("other", 503)):
            with self.subTest(code):
                self.doCleanups()
                self.setUp()
                self.connection.write(f"ERR {code}\n".encode())
                sent = self.sent()
                self.assertTrue(sent.startswith(f"HTTP/1.1 {status} ".encode()), sent)
                self.assertTrue(sent.endswith(f"{code}\n".encode()), sent)
                self.assertIs(self.connection.speech, ANSWERED)

    def test_after_the_answer_nothing_more_is_said(self) -> None:
        self.connection.respond(b"(answer)")
        self.connection.write(b"BYE shutdown\n")
        self.connection.close("shutdown")
        self.assertEqual(self.sent(), b"(answer)")

    def test_its_end_is_no_close_frame(self) -> None:
        self.connection.close("shutdown")
        self.assertEqual(self.sent(), b"")


class AfterTheUpgrade(WebConnectionCase):
    def setUp(self) -> None:
        super().setUp()
        self.open()

    def test_each_write_is_one_text_message(self) -> None:
        self.connection.write(b"a\nb\n")
        self.connection.write(b"c\n")
        self.assertEqual(parsed(self.sent()), ([(0x81, b"a\nb\n"), (0x81, b"c\n")], b""))

    def test_an_answer_of_many_lines_is_a_message_for_each(self) -> None:
        lines = [b"x" * size + b"\n" for size in (1, 200, 70_000)]
        self.connection.answer(sum(map(len, lines)), iter(lines), 10)
        received = b""
        while len(received) < sum(len(frame(TEXT, line)) for line in lines):
            received += self.sent()
            self.connection.flush()
        self.assertEqual(parsed(received), ([(0x81, line) for line in lines], b""))
        self.assertEqual(self.turn.ledger.bytes, 0)

    def test_each_reason_has_its_close_code(self) -> None:
        codes = {"quit": 1000, "gone": 1000, "shutdown": 1001, "too_slow": 1013, "timeout": 1008, "refused": 1008,
                 "error": 1011}  # fmt: skip
        for reason, code in codes.items():
            with self.subTest(reason):
                self.doCleanups()
                self.setUp()
                self.connection.write(b"BYE\n")
                self.connection.close(reason)
                self.assertEqual(self.sent(), frame(TEXT, b"BYE\n") + close_frame(code))

    def test_the_close_frame_of_a_browser_is_answered_with_its_code(self) -> None:
        self.receives(masked(0x88, b"\x0f\xa0reason"))
        self.connection.close("gone")
        self.assertEqual(self.sent(), close_frame(4000))

    def test_it_is_closed_once(self) -> None:
        self.connection.close("quit")
        self.connection.close("gone")
        self.connection.write(b"late\n")
        self.connection.write_raw(b"late")
        self.assertEqual(self.sent(), close_frame(1000))
        self.assertIs(self.connection.life, DRAINING)

    def test_an_abort_says_nothing(self) -> None:
        self.connection.abort("timeout")
        self.assertEqual(self.sent(), b"")

    def test_each_read_is_told(self) -> None:
        before = self.reads
        self.receives(masked(0x8A, b""))
        self.assertEqual(self.reads, before + 1)

    def test_a_queue_is_cut_at_the_end_of_the_frame_that_was_begun(self) -> None:
        self.connection._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        pieces = [f"{number} {'x' * 15_000}\n{'y' * 15_000}\n".encode() for number in range(60)]
        for number, piece in enumerate(pieces):
            self.connection.write(piece)
            if number % 3 == 2:  # three frames are one piece of the queue
                self.connection.flush()
        received = self.sent() + self.sent()
        begun, part = parsed(received)
        self.assertNotEqual(part, b"", "no frame is partly sent")
        self.connection.cut("too_slow", b"ERR too_slow\n")
        for _ in range(10_000):
            received += self.sent()
            if received.endswith(close_frame(1013)):
                break
        frames, rest = parsed(received)
        self.assertEqual(rest, b"")
        self.assertEqual([payload for _, payload in frames[:-2]], pieces[: len(frames) - 2])
        self.assertEqual(len(frames), len(begun) + 1 + 2)
        self.assertEqual(frames[-2], (0x81, b"ERR too_slow\n"))

    def test_a_queue_that_begins_with_the_answer_is_cut_at_a_frame(self) -> None:
        answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
        said = [b"OK ana\n", b"FROM ana [all]: " + b"x" * 200 + b"\n", b"WHO 1 ana\n"]
        real, peer = socket.socketpair()
        self.addCleanup(real.close)
        self.addCleanup(peer.close)
        for taken in range(1, len(answer) + sum(len(frame(TEXT, line)) for line in said)):
            with self.subTest(taken=taken):
                narrow: Any = NarrowSocket(real, taken)
                connection = WebConnection(self.turn, narrow, None, Framer(), lambda connection: None)
                connection.upgrade(answer)
                for line in said:
                    connection.write(line)
                connection.flush()
                connection.cut("too_slow", b"ERR too_slow\n")
                narrow.room = 1 << 20
                assert connection._output is not None
                connection._output.unblock()
                connection.flush()
                received = peer.recv(1 << 20)
                self.assertTrue(received.startswith(answer), received)
                frames, rest = parsed(received[len(answer) :])
                self.assertEqual((frames[-2:], rest), ([(0x81, b"ERR too_slow\n"), (0x88, b"\x03\xf5")], b""))
                connection.abort("gone")
                connection.update_interest()


class NarrowSocket:
    """A socket into which only so many bytes fit, and which stays open."""

    def __init__(self, sock: socket.socket, room: int) -> None:
        self.sock, self.room = sock, room

    def send(self, data: bytes) -> int:
        """Send what fits."""
        if not self.room:
            raise BlockingIOError
        sent = self.sock.send(data[: self.room])
        self.room -= sent
        return sent

    def fileno(self) -> int:
        """Say which socket it is."""
        return self.sock.fileno()

    def shutdown(self, how: int) -> None:
        """Do nothing."""


class Changing(WebConnectionCase):
    def test_bytes_that_came_with_the_head_are_frames(self) -> None:
        self.receives(b"GET / HTTP/1.1\r\n\r\n" + masked(0x81, b"ana"))
        taken: List[bytes] = []
        for _ in range(2):
            line = self.connection.take_line()
            assert line is not None
            taken.append(line)
        self.assertEqual(taken, [b"GET / HTTP/1.1", b""])
        self.open()
        self.assertEqual(self.connection.take_line(), b"ana")
        self.assertEqual(self.reads, 1)


if __name__ == "__main__":
    unittest.main()
