"""The door: what each bad input gets, at a live server, and that the others chat on."""

from __future__ import annotations

import contextlib
import struct
import unittest
from typing import Any, Dict, List, Tuple
from unittest import mock

from minichat.limits import Limits
from minichat.server import address
from minichat.web.house import HEAD_SECONDS
from tests.web.webcase import PAGE, Caller, NcPerson, WebCase, WebPerson
from tests.webpeer import masked, request

HOST = "Host: localhost\r\n"
GET = f"GET / HTTP/1.1\r\n{HOST}\r\n"

# (what it is about, what is said at the door, the status; 0 is no answer)
HEADS: List[Tuple[str, str, int]] = [
    ("a page", GET, 200),
    ("a page with a query", GET.replace("/ ", "/?lang=en "), 200),
    ("a page for a bare LF", GET.replace("\r", ""), 200),
    ("a head over 64 lines", GET[:-2] + "X: y\r\n" * 63 + "\r\n", 431),
    ("a head over 16 KiB", GET[:-2] + ("X: " + "y" * 4000 + "\r\n") * 5 + "\r\n", 431),
    ("a request line over 4 KiB", f"GET /{'x' * 5000} HTTP/1.1\r\n{HOST}\r\n", 414),
    ("a header over 4 KiB", GET[:-2] + f"Cookie: {'x' * 5000}\r\n\r\n", 200),
    ("HEAD", GET.replace("GET", "HEAD"), 405),
    ("POST", GET.replace("GET", "POST"), 405),
    ("a body announced", GET[:-2] + "Content-Length: 5\r\n\r\nhello", 400),
    ("a body in chunks", GET[:-2] + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("a folded header", GET[:-2] + "X: a\r\n b\r\n\r\n", 400),
    ("a space before the colon", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    ("two hosts", f"GET / HTTP/1.1\r\n{HOST}{HOST}\r\n", 400),
    ("no host", "GET / HTTP/1.1\r\n\r\n", 400),
    ("a null", GET[:-2] + "X: \0\r\n\r\n", 400),
    ("a bare CR", GET[:-2] + "X: a\rb\r\n\r\n", 400),
    ("a host that is not ours", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
    ("a host that is", "GET / HTTP/1.1\r\nHost: sala3:8080\r\n\r\n", 200),
    ("a target with our host", GET.replace(" /", " http://localhost:8080/"), 200),
    ("which counts, not the header", "GET http://sala3/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 200),
    ("a target with another host", GET.replace(" /", " http://evil.example/"), 421),
    ("another path", GET.replace("/ ", "/other "), 404),
    ("a page from the disk", GET.replace("/ ", "/../../etc/passwd "), 404),
    ("the WebSocket without one", GET.replace("/ ", "/chat "), 426),
    ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("a nick", "ana\n", 400),
    ("a nick and a line", "ana\noi, gente\n", 400),
    ("a second request is not read", GET + GET, 200),
]  # fmt: skip

# (what it is about, headers of a request for the WebSocket that are different, the status)
UPGRADES: List[Tuple[str, Dict[str, str], int]] = [
    ("as a browser asks", {}, 101),
    ("from our own page", {"Origin": "http://127.0.0.1:{port}"}, 101),
    ("from a page of another site", {"Origin": "http://evil.example"}, 403),
    ("from no site", {"Origin": "null"}, 403),
    ("from a page of another port", {"Origin": "http://127.0.0.1:1"}, 403),
    ("for another host", {"Host": "evil.example", "Origin": "http://evil.example"}, 421),
    ("version 8", {"Sec_WebSocket_Version": "8"}, 426),
    ("no version", {"Sec_WebSocket_Version": ""}, 426),
    ("no key", {"Sec_WebSocket_Key": ""}, 400),
    ("a short key", {"Sec_WebSocket_Key": "YWJj"}, 400),
    ("a key that is no base64", {"Sec_WebSocket_Key": "!" * 24}, 400),
    ("no Connection", {"Connection": ""}, 400),
    ("Connection with more", {"Connection": "keep-alive, Upgrade"}, 101),
    ("no Upgrade", {"Upgrade": ""}, 426),
    ("extensions are not accepted", {"Sec_WebSocket_Extensions": "permessage-deflate"}, 101),
    ("protocols neither", {"Sec_WebSocket_Protocol": "chat"}, 101),
]  # fmt: skip

TEXT, PING = 0x81, 0x89

# (what it is about, bytes after the nick, lines that are read, the code of the close frame; 0 is none)
FRAMES: List[Tuple[str, bytes, List[str], int]] = [
    ("a line", masked(TEXT, b"oi"), ["FROM ana [all]: oi"], 0),
    ("two lines in a message", masked(TEXT, b"1\n2"), ["FROM ana [all]: 1", "FROM ana [all]: 2"], 0),
    ("unmasked", b"\x81\x02oi", [], 1002),
    ("a reserved bit", masked(0xC1, b"oi"), [], 1002),
    ("an unknown opcode", masked(0x83, b"oi"), [], 1002),
    ("a control frame over 125", masked(PING, b"x" * 126), [], 1002),
    ("a control frame in fragments", masked(0x09, b"x"), [], 1002),
    ("a continuation of nothing", masked(0x80, b"x"), [], 1002),
    ("a bad close code", masked(0x88, struct.pack("!H", 1005)), [], 1002),
    ("half a close code", masked(0x88, b"\x03"), [], 1002),
    ("a close reason that is not UTF-8", masked(0x88, b"\x03\xe8\xff"), [], 1007),
    ("bad UTF-8", masked(TEXT, b"\xff"), [], 1007),
    ("bad UTF-8 across fragments", masked(0x01, b"\xc3") + masked(0x80, b"("), [], 1007),
    ("bad UTF-8 in a message that has no end", masked(0x01, b"\xff"), [], 1007),
    ("binary", masked(0x82, b"oi"), [], 1003),
    ("a line before a violation", masked(TEXT, b"oi") + masked(0x83, b""), ["FROM ana [all]: oi"], 1002),
    ("a line before a goodbye", masked(TEXT, b"oi") + masked(0x88, b"\x03\xe9"), ["FROM ana [all]: oi"], 1001),
    ("a code of a program", masked(0x88, struct.pack("!H", 4000)), [], 4000),
    ("a line over the limit", masked(TEXT, b"x" * 5000) + masked(TEXT, b"oi"),
     ["ERR line_too_long", "FROM ana [all]: oi"], 0),
    ("a message of many fragments over it", masked(0x01, b"x" * 3000) + masked(0x80, b"y" * 3000) + masked(TEXT, b"oi"),
     ["ERR line_too_long", "FROM ana [all]: oi"], 0),
    ("control characters", masked(TEXT, b"\x1b[31m"), ["ERR invalid_text"], 0),
]  # fmt: skip


class Heads(WebCase):
    def test_each_head_of_the_table(self) -> None:
        for name, said, status in HEADS:
            with self.subTest(name):
                self.assertEqual(self.calls(said.encode())[0], status)
        self.assertEqual(len(self.server.room), 0)

    def test_a_head_byte_by_byte_gets_the_same_answer(self) -> None:
        for name, said, status in HEADS:
            if len(said) < 200:
                with self.subTest(name):
                    caller = Caller(self)
                    for byte in said.encode():
                        try:
                            caller.send(bytes((byte,)))
                        except ConnectionError:
                            break
                        self.turn()
                    self.assertEqual(caller.answer()[0], status)

    def test_each_request_for_a_websocket_of_the_table(self) -> None:
        for name, headers, status in UPGRADES:
            with self.subTest(name):
                here: Dict[str, Any] = {key: value.format(port=self.port) for key, value in headers.items()}
                caller = Caller(self, request(self.port, **here))
                caller.half_close()
                found, text = caller.answer()
                self.assertEqual(found, status, text)
                self.assertNotIn("Sec-WebSocket-Extensions", text)
                self.assertNotIn("Sec-WebSocket-Protocol", text)

    def test_a_websocket_cannot_be_asked_for_in_http_1_0(self) -> None:
        """RFC 6455, 4.2.1."""
        self.assertEqual(self.calls(request(self.port).replace(b"HTTP/1.1", b"HTTP/1.0"))[0], 426)

    def test_the_answer_has_what_keeps_other_sites_out(self) -> None:
        _, text = self.calls(GET.encode())
        head, _, body = text.partition("\r\n\r\n")
        self.assertEqual(body.encode(), PAGE.body)
        for header in (
            f"Content-Length: {len(PAGE.body)}", "Content-Security-Policy: " + PAGE.policy, "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Connection: close",
        ):  # fmt: skip
            self.assertIn(header, head.split("\r\n"))

    def test_a_nick_typed_with_nc_is_told_the_line_for_nc(self) -> None:
        self.assertIn("from a terminal: nc 127.0.0.1 50001\n", self.calls(b"ana\n")[1])

    def test_a_hostile_address_does_not_come_back_in_the_answer(self) -> None:
        for said in ("GET /<script> HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/1.1\r\nHost: <script>\r\n\r\n"):
            self.assertNotIn("<script>", self.calls(said.encode())[1])

    def test_a_tls_hello_is_closed_at_once(self) -> None:
        for hello in (b"\x16\x03\x01\x02\x00\x01", b"\x16\x03\x01\n\x02\n\n"):
            caller = Caller(self, hello)
            with contextlib.suppress(ConnectionResetError):  # as good as an end of file
                self.assertEqual(caller.answer(), (0, ""))
            self.assertEqual(len(self.server.pool.owners), 0)

    def test_a_head_that_drips_is_answered_in_time(self) -> None:
        caller = Caller(self, b"GET / HTTP/1.1\r\n")
        for _ in range(int(HEAD_SECONDS)):
            caller.send(b"X: y\r\n")
            self.pass_time(1.0)
        self.pass_time(1.0)
        self.assertEqual(caller.answer()[0], 408)

    def test_who_says_nothing_is_answered_in_time_too(self) -> None:
        caller = Caller(self)
        self.settle()
        self.pass_time(HEAD_SECONDS - 1)
        caller.reads_nothing()
        self.pass_time(2.0)
        self.assertEqual(caller.answer()[0], 408)

    def test_an_answered_request_is_waited_for_no_longer(self) -> None:
        caller = Caller(self, GET.encode())
        caller.answer()
        caller.socket.close()
        self.settle()
        self.assertEqual(self.house._site.heads.due, {})

    def test_who_is_in_is_not_late(self) -> None:
        ana = WebPerson(self, "ana")
        self.pass_time(HEAD_SECONDS + 5)
        ana.reads_nothing()

    def test_half_a_head_and_the_end_is_no_request(self) -> None:
        caller = Caller(self, b"GET / HTTP/1.1\r\nHost: local")
        caller.half_close()
        self.assertEqual(caller.answer(), (0, ""))

    def test_a_refusal_is_logged_with_its_reason(self) -> None:
        with self.assertLogs("minichat", "INFO") as logged:
            self.calls(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        self.assertEqual(len(logged.output), 1)
        self.assertIn("refused: 421 ", logged.output[0])

    def test_a_byte_of_telnet_is_no_telnet_here(self) -> None:
        status, text = self.calls(b"\xff\xfb\x1fana\n")
        self.assertEqual(status, 400)
        self.assertTrue(text.startswith("HTTP/"))


class Frames(WebCase):
    def test_each_input_of_the_table(self) -> None:
        for name, data, lines, code in FRAMES:
            with self.subTest(name):
                ana = WebPerson(self, "ana")
                ana.raw(data)
                ana.reads(*lines)
                if code:
                    self.assertEqual(ana.ends_with(code), "")
                    self.settle()
                else:
                    ana.say("QUIT")
                    self.assertEqual(ana.ends_with(1000), "BYE\n")
                ana.socket.close()
                self.settle()
                self.assertEqual(len(self.server.pool.owners), 0)

    def test_each_input_is_no_matter_of_the_others(self) -> None:
        bia = WebPerson(self, "bia")
        for name, data, _, code in FRAMES:
            if code:
                with self.subTest(name):
                    ana = WebPerson(self, "ana")
                    ana.raw(data)
                    ana.ends_with(code)
                    ana.socket.close()
                    while bia.line() != "LEAVE ana gone":
                        pass
        bia.say("oi")
        bia.reads("FROM bia [all]: oi")

    def test_an_answer_to_a_close_frame_without_a_code_has_none(self) -> None:
        ana = WebPerson(self, "ana")
        ana.raw(masked(0x88, b""))
        ana.to_end()
        self.assertEqual(ana.socket.controls, [(0x88, b"")])

    def test_frames_that_come_with_the_head_are_read(self) -> None:
        caller = Caller(self, request(self.port) + masked(TEXT, b"ana") + masked(TEXT, b"QUIT"))
        _, text = caller.answer()
        self.assertIn("OK ana\n", text)
        self.assertIn("BYE\n", text)

    def test_an_endless_frame_is_thrown_away(self) -> None:
        ana = WebPerson(self, "ana")
        ana.raw(b"\x81\xff" + struct.pack("!Q", (1 << 63) - 1) + b"\0\0\0\0")
        for _ in range(50):
            ana.raw(b"x" * 10000)
            self.turn()
        ana.reads("ERR line_too_long")
        connection = next(iter(self.server.pool.owners))
        self.assertLess(connection.buffer.size, 4096)
        ana.reads_nothing()

    def test_of_a_flood_of_pings_each_read_answers_the_newest(self) -> None:
        ana = WebPerson(self, "ana")
        before = len(ana.socket.controls)
        ana.raw(b"".join(masked(PING, struct.pack("!H", number)) for number in range(1000)))
        while not ana.socket.controls[before:] or ana.socket.controls[-1] != (0x8A, struct.pack("!H", 999)):
            self.turn()
            ana.receive()
        self.assertLess(len(ana.socket.controls), 10)


class Local(WebCase):
    def test_a_feed_is_for_this_machine_alone(self) -> None:
        seen: List[str] = []

        def feed(connection: object, request: object) -> object:
            seen.append("served")
            connection.close("quit")  # type: ignore[attr-defined]
            return self.server

        self.house._site.feeds["/loop"] = feed  # type: ignore[assignment]
        for host, origin, status in (
            ("localhost", "", 0), ("127.0.0.1:8080", "", 0), ("[::1]", "", 0), ("localhost", "http://localhost", 0),
            ("sala3", "", 403), ("192.168.0.5", "", 403), ("localhost", "http://evil.example", 403),
            ("evil.example", "", 421),
        ):  # fmt: skip
            with self.subTest(host=host, origin=origin):
                origin_line = f"Origin: {origin}\r\n" if origin else ""
                said = f"GET /loop HTTP/1.1\r\nHost: {host}\r\n{origin_line}\r\n"
                self.assertEqual(self.calls(said.encode())[0], status)
        self.assertEqual(len(seen), 4)

    def test_the_host_in_the_target_is_judged_as_the_header_is(self) -> None:
        self.house._site.feeds["/loop"] = mock.Mock(side_effect=AssertionError("served"))
        for target, host, origin, status in (
            ("http://evil.example/chat", "localhost", "http://evil.example", 421),
            ("http://localhost/chat", "evil.example", "http://evil.example", 403),
            ("http://localhost/chat", "localhost:1", "http://localhost:1", 403),
            ("http://localhost/chat", "evil.example", "http://localhost", 426),
            ("http://evil.example/loop", "localhost", "http://evil.example", 421),
            ("http://sala3/loop", "localhost", "http://sala3", 403),
            ("http://localhost/loop", "evil.example", "http://evil.example", 403),
        ):
            with self.subTest(target=target, host=host, origin=origin):
                said = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n\r\n"
                self.assertEqual(self.calls(said.encode())[0], status)

    def test_a_peer_from_elsewhere_gets_no_feed(self) -> None:
        self.house._site.feeds["/loop"] = mock.Mock()
        with mock.patch.object(address, "is_loopback", lambda sockaddr: False):
            self.assertEqual(self.calls(GET.replace("/ ", "/loop ").encode())[0], 403)


class Limited(WebCase):
    limits = Limits(clients=3, refusals=4, per_address=2, rate_lines=0.0)

    def test_a_full_server_says_so_in_http(self) -> None:
        people = [WebPerson(self, "ana"), NcPerson(self, "bia"), WebPerson(self, "caio")]
        status, text = self.calls(request(self.port))
        self.assertEqual((status, text.endswith("server_full\n")), (503, True))
        late = NcPerson(self)
        self.assertEqual(late.to_end(), "ERR server_full\n")
        people[0].say("QUIT")
        people[0].to_end()
        people[0].socket.close()
        self.settle()
        WebPerson(self, "late")

    def test_one_address_has_its_places_at_both_doors_together(self) -> None:
        with mock.patch.object(address, "source", lambda sockaddr: sockaddr[0]):
            WebPerson(self, "ana")
            NcPerson(self, "bia")
            status, text = self.calls(request(self.port))
            self.assertEqual((status, text.endswith("too_many_connections\n")), (429, True))
            late = NcPerson(self)
            self.assertEqual(late.to_end(), "ERR too_many_connections\n")

    def test_a_refusal_is_sent_in_the_turn_of_the_accept(self) -> None:
        for nick in "abc":
            WebPerson(self, nick)
        self.settle()
        caller = Caller(self)
        self.turn()
        caller.receive()
        self.assertTrue(caller.received.startswith(b"HTTP/1.1 503 "))

    def test_with_all_refusals_taken_it_is_said_without_a_connection(self) -> None:
        for nick in "abc":
            WebPerson(self, nick)
        waiting = [Caller(self) for _ in range(8)]
        self.settle()
        self.assertEqual({caller.answer()[0] for caller in waiting}, {503})


if __name__ == "__main__":
    unittest.main()
