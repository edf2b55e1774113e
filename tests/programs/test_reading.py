"""Traps around reading, set for a real server process."""

from __future__ import annotations

import random
import socket
import ssl
import time
from typing import List

from tests.live import SMALL_SEND_BUFFERS, LiveCase, pass_time
from tests.peer import Peer

LINE_BYTES = 4096
SOME_MEGABYTES = 4_000_000  # allocators keep some; a buffer that grows would take far more


class Pieces(LiveCase):
    SCRIPT = "caf\u00e9\r\nol\u00e1 \U0001f600\n\n WHO\nWHO\n@caf\u00e9 \u00e7\nfim\nQUIT\n".encode()
    ANSWER = (
        "OK caf\u00e9\nFROM caf\u00e9 [all]: ol\u00e1 \U0001f600\nFROM caf\u00e9 [all]:  WHO\n"
        "WHO 1 caf\u00e9\nFROM caf\u00e9 [dm]: \u00e7\nFROM caf\u00e9 [all]: fim\nBYE\n"
    )

    def test_any_cutting_of_the_input_gives_the_same_answers(self) -> None:
        """Trap 23."""
        server, chance = self.serve(), random.Random(23)
        for longest in (len(self.SCRIPT), 1, 2, 5, 20):
            with self.subTest(longest=longest), Peer(server.port) as peer:
                peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                rest = self.SCRIPT
                while rest:
                    size = chance.randint(1, longest) if longest < len(rest) else len(rest)
                    peer.send(rest[:size])
                    time.sleep(0.001)  # so that most pieces are a read of their own
                    rest = rest[size:]
                self.assertEqual(peer.rest(), self.ANSWER)


class LongLines(LiveCase):
    def test_twenty_megabytes_without_a_newline_are_one_error_and_no_memory(self) -> None:
        """Trap 24."""
        server = self.serve()
        ana = self.peer(server, "ana")
        self.check_served(ana, "ana")
        before, most, piece = server.memory_bytes(), 0, b"A" * 1_000_000
        for _ in range(20):
            ana.send(piece)
            most = max(most, server.memory_bytes())
        ana.send("QUIT\nWHO\n")
        ana.expect("ERR line_too_long", "WHO 1 ana")
        self.assertLess(most - before, SOME_MEGABYTES)

    def test_a_line_is_relayed_whole_up_to_the_limit_and_no_further(self) -> None:
        """Trap 24."""
        ana = self.peer(self.serve(), "ana")
        for size, fits in ((LINE_BYTES - 1, True), (LINE_BYTES, True), (LINE_BYTES + 1, False)):
            text = "x" * (size - 1)  # and its newline
            ana.send(f"{text}\n")
            ana.expect(f"FROM ana [all]: {text}" if fits else "ERR line_too_long")

    def test_the_tail_of_a_line_that_is_too_long_is_never_a_command(self) -> None:
        """Trap 24."""
        ana = self.peer(self.serve(), "ana")
        for tail in ("QUIT", "\rQUIT", "WHO", "@ana forged", " " * 4096 + "QUIT"):
            ana.send("A" * 5000 + tail + "\nWHO\n")
            ana.expect("ERR line_too_long", "WHO 1 ana")


class BadText(LiveCase):
    CONTROLS = (b"a\rb", b"a\r\r", b"\x00", b"\x1b[2J", b"\x07", b"\x7f")
    TRICKS = ("\x85", "\u2028", "\u2029", "\u202e", "\u2066")
    NOT_UTF8 = (b"\xc0\xaf", b"\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82")

    def test_it_is_refused_and_never_relayed_and_the_connection_goes_on(self) -> None:
        """Trap 26."""
        server = self.serve()
        ana, bruno = self.peer(server, "ana"), self.peer(server, "bruno")
        ana.expect("JOIN bruno")
        invalid_text = [*self.CONTROLS, *(trick.encode() for trick in self.TRICKS)]
        for code, lines in (("invalid_text", invalid_text), ("invalid_utf8", self.NOT_UTF8)):
            for line in lines:
                with self.subTest(line):
                    ana.send(line + b"\n@bruno " + line + b"\nstill here\n")
                    ana.expect(f"ERR {code}", f"ERR {code}", "FROM ana [all]: still here")
                    bruno.expect("FROM ana [all]: still here")

    def test_before_a_nick_it_disconnects(self) -> None:
        """Trap 26."""
        server = self.serve()
        for line, code in ((b"\x1b[2J\n", "invalid_text"), (b"\xff\n", "invalid_utf8")):
            with Peer(server.port) as peer:
                peer.send(line)
                self.assertEqual(peer.rest(), f"ERR {code}\n")


class Ends(LiveCase):
    def test_a_half_closed_client_gets_every_answer_then_the_end(self) -> None:
        """Trap 27: also what the rate holds back."""
        server = self.serve("--rate", "55", change=SMALL_SEND_BUFFERS)  # 220 at once, then 55 a second
        peer = self.slow_peer(server)
        said = [f"{number} " + "x" * 150 for number in range(240)]
        peer.send("\n".join(["ana", *said, "WHO", "never ended"]))
        peer.end_sending()
        answers = ["OK ana", *(f"FROM ana [all]: {text}" for text in said), "WHO 1 ana", ""]
        self.assertEqual(peer.rest().split("\n"), answers)

    def test_a_half_closed_client_gets_also_what_was_still_queued(self) -> None:
        """Trap 27."""
        peer = self.slow_peer(self.serve("--rate", "0", change=SMALL_SEND_BUFFERS))
        said = [f"{number} " + "x" * 250 for number in range(60)]
        peer.send("\n".join(["ana", *said, ""]))
        peer.end_sending()
        pass_time(0.1)
        self.assertEqual(peer.rest().split("\n"), ["OK ana", *(f"FROM ana [all]: {text}" for text in said), ""])

    def test_what_follows_quit_is_discarded_and_bye_is_still_read(self) -> None:
        """Trap 28."""
        server = self.serve()
        ana, bruno = self.peer(server, "ana"), self.peer(server, "bruno")
        ana.expect("JOIN bruno")
        ana.send(b"QUIT\nnever said\n" + b"x" * 1_000_000)
        self.assertEqual(ana.rest(), "BYE\n")
        bruno.send("WHO\n")
        bruno.expect("LEAVE ana quit", "WHO 1 bruno")


class Strangers(LiveCase):
    def test_other_protocols_are_one_error_and_an_end_and_nobody_joins(self) -> None:
        """Trap 29."""
        server = self.serve()
        ana = self.peer(server, "ana")
        for hello in self.hellos():
            with self.subTest(hello), Peer(server.port) as stranger:
                stranger.send(hello)
                self.assertRegex(stranger.rest(), r"\AERR (apelido_invalido|invalid_text|invalid_utf8)\n\Z")
        ana.send("WHO\n")
        ana.expect("WHO 1 ana")
        self.assertEqual(self.end(server), "")

    def hellos(self) -> List[bytes]:
        """How a browser, IRC clients and TLS begin."""
        sent = ssl.MemoryBIO()
        tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            tls.do_handshake()
        hello = sent.read()
        return [
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
            b"NICK bruno\r\nUSER bruno 0 * :Bruno\r\n",
            b"CAP LS 302\r\nNICK bruno\r\n",
            hello,
            hello.replace(b"\n", b"."),  # there is no newline to wait for
        ]
