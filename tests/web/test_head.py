"""Heads of requests by section of RFC 9112 and 9110: the table of what comes in, and what it is taken for."""

from __future__ import annotations

import unittest
from typing import Callable, List, Tuple, Union

from minichat.web.head import HEAD_BYTES, HEAD_LINES, LINE_BYTES, Head, Refusal, Request, check_host, check_origin
from tests.webpeer import request

GET, HOST = "GET / HTTP/1.1", "Host: localhost:8080"

# (section and what it is about, lines of a head without the empty one, the path or the status of the refusal)
CASES: List[Tuple[str, List[str], Union[str, int]]] = [
    ("2.1 a request", [GET, HOST], "/"),
    ("2.2 empty lines before it", ["", "", GET, HOST], "/"),
    ("2.2 space before the first header", [GET, " " + HOST], 400),
    ("2.2 a bare carriage return", [GET, "Host: local\rhost"], 400),
    ("2.2 one in the request line", ["GET /\r HTTP/1.1", HOST], 400),
    ("2.3 HTTP/1.0", ["GET / HTTP/1.0", HOST], "/"),
    ("2.3 HTTP/1.9", ["GET / HTTP/1.9", HOST], "/"),
    ("2.3 HTTP/2.0", ["GET / HTTP/2.0", HOST], 505),
    ("2.3 HTTP/1.10", ["GET / HTTP/1.10", HOST], 505),
    ("2.3 a version in lower case", ["GET / http/1.1", HOST], 400),
    ("2.3 no version, as in HTTP/0.9", ["GET /"], 400),
    ("3 two spaces", ["GET  / HTTP/1.1", HOST], 400),
    ("3 a space at the end", [GET + " ", HOST], 400),
    ("3 a tab for a space", ["GET\t/ HTTP/1.1", HOST], 400),
    ("3 a nick", ["ana"], 400),
    ("3 a line of the chat", ["ana: bom dia, gente"], 400),
    ("3 a space in the target", ["GET /a b HTTP/1.1", HOST], 400),
    ("3.1 POST", ["POST / HTTP/1.1", HOST], 405),
    ("3.1 HEAD", ["HEAD / HTTP/1.1", HOST], 405),
    ("3.1 OPTIONS", ["OPTIONS / HTTP/1.1", HOST], 405),
    ("3.1 an unknown method", ["CHAT / HTTP/1.1", HOST], 405),
    ("3.1 a method in lower case is another one", ["get / HTTP/1.1", HOST], 405),
    ("3.1 a method that is no token", ["G@T / HTTP/1.1", HOST], 400),
    ("3.2.1 a path", ["GET /chat HTTP/1.1", HOST], "/chat"),
    ("3.2.1 its query is left out", ["GET /?lang=en&x=/y HTTP/1.1", HOST], "/"),
    ("3.2.1 an empty query", ["GET /? HTTP/1.1", HOST], "/"),
    ("3.2.1 dots are no business of ours", ["GET /../etc HTTP/1.1", HOST], "/../etc"),
    ("3.2.1 nor escapes", ["GET /%2e%2e/ HTTP/1.1", HOST], "/%2e%2e/"),
    ("3.2.1 a character beyond ASCII", ["GET /olá HTTP/1.1", HOST], 400),
    ("3.2.2 an absolute target", ["GET http://localhost:8080/chat HTTP/1.1", HOST], "/chat"),
    ("3.2.2 its scheme in another case", ["GET HTTP://localhost/ HTTP/1.1", HOST], "/"),
    ("3.2.2 its query is left out", ["GET http://localhost/?x=//y HTTP/1.1", HOST], "/"),
    ("3.2.2 without a path", ["GET http://[::1]:8080 HTTP/1.1", HOST], "/"),
    ("3.2.2 with a query alone", ["GET http://localhost?x HTTP/1.1", HOST], "/"),
    ("3.2.2 the header is needed all the same", ["GET http://localhost/ HTTP/1.1"], 400),
    ("3.2.2 and must be a host", ["GET http://localhost/ HTTP/1.1", "Host: localhost, other"], 400),
    ("3.2.2 no host in the target", ["GET http:///chat HTTP/1.1", HOST], 400),
    ("3.2.2 a user in the target", ["GET http://ana@localhost/ HTTP/1.1", HOST], 400),
    ("3.2.2 a bad port in the target", ["GET http://localhost:x/ HTTP/1.1", HOST], 400),
    ("3.2.2 a backslash after the host", ["GET http://localhost\\@evil.example/ HTTP/1.1", HOST], 400),
    ("3.2.2 a fragment after the host", ["GET http://localhost#@evil.example/ HTTP/1.1", HOST], 400),
    ("3.2.2 one slash", ["GET http:/localhost/ HTTP/1.1", HOST], 400),
    ("3.2.2 TLS, which is not there (9110 7.4)", ["GET https://localhost/ HTTP/1.1", HOST], 400),
    ("3.2.2 another scheme", ["GET ftp://localhost/ HTTP/1.1", HOST], 400),
    ("3.2.3 an authority", ["CONNECT localhost:22 HTTP/1.1", HOST], 400),
    ("3.2.4 an asterisk", ["OPTIONS * HTTP/1.1", HOST], 400),
    ("3.2 no host", [GET], 400),
    ("3.2 an empty host", [GET, "Host:"], 400),
    ("3.2 two hosts", [GET, HOST, "Host: other"], 400),
    ("3.2 the same host twice", [GET, HOST, HOST], 400),
    ("3.2 two hosts in one line", [GET, "Host: localhost, other"], 400),
    ("3.2 a host with a path", [GET, "Host: localhost/x"], 400),
    ("3.2 a host with a user", [GET, "Host: ana@localhost"], 400),
    ("3.2 a host with a bad port", [GET, "Host: localhost:x"], 400),
    ("3.2 an IPv6 host", [GET, "Host: [::1]:8080"], "/"),
    ("5 a header without a value", [GET, HOST, "X-Empty:"], "/"),
    ("5 no space after the colon", [GET, "Host:localhost"], "/"),
    ("5 tabs around the value", [GET, "Host:\tlocalhost\t"], "/"),
    ("5 a name in another case", [GET, "hOsT: localhost"], "/"),
    ("5 a value beyond ASCII", [GET, HOST, "X: olá"], "/"),
    ("5.1 a space before the colon", [GET, "Host : localhost"], 400),
    ("5.1 no colon", [GET, HOST, "Nonsense"], 400),
    ("5.1 no name", [GET, HOST, ": x"], 400),
    ("5.1 a name that is no token", [GET, HOST, "X{Y}: x"], 400),
    ("5.2 a folded header", [GET, HOST, "X: a", " b"], 400),
    ("5.2 folded with a tab", [GET, HOST, "X: a", "\tb"], 400),
    ("5.5 a null in a value", [GET, HOST, "X: a\0b"], 400),
    ("6.1 a body in chunks", [GET, HOST, "Transfer-Encoding: chunked"], 400),
    ("6.1 any coding", [GET, HOST, "Transfer-Encoding: identity"], 400),
    ("6.2 a body", [GET, HOST, "Content-Length: 5"], 400),
    ("6.2 a body of no bytes", [GET, HOST, "Content-Length: 0"], "/"),
    ("6.2 two lengths", [GET, HOST, "Content-Length: 0", "Content-Length: 5"], 400),
    ("6.2 a length that is none", [GET, HOST, "Content-Length: x"], 400),
    ("6.3 both", [GET, HOST, "Content-Length: 0", "Transfer-Encoding: chunked"], 400),
    ("7.1 POST with a body", ["POST / HTTP/1.1", HOST, "Content-Length: 5"], 405),
    ("9110 5.4 the most lines", [GET, HOST, *["X: y"] * (HEAD_LINES - 2)], "/"),
    ("9110 5.4 a line more", [GET, HOST, *["X: y"] * (HEAD_LINES - 1)], 431),
    ("9110 5.4 too many bytes", [GET, HOST, *["X: " + "y" * 4000] * 5], 431),
]  # fmt: skip

# (Host, names of the server, whether it is one of them)
HOSTS: List[Tuple[str, Tuple[str, ...], bool]] = [
    ("localhost", (), True), ("localhost:8080", (), True), ("LocalHost:8080", (), True),
    ("127.0.0.1", (), True), ("127.0.0.1:8080", (), True), ("192.168.0.5:8080", (), True), ("8.8.8.8", (), True),
    ("[::1]", (), True), ("[::1]:8080", (), True), ("[2001:db8::1]:8080", (), True),
    ("sala3", ("sala3", "sala3.local"), True), ("SALA3.local:8080", ("sala3", "sala3.local"), True),
    ("chat.escola.br", ("chat.escola.br",), True),
    ("sala3", (), False), ("evil.example", (), False), ("evil.example:8080", ("sala3",), False),
    ("localhost.evil.example", (), False), ("127.0.0.1.evil.example", (), False),
    ("sala3.evil.example", ("sala3",), False),
    ("127.1", (), False), ("2130706433", (), False), ("0x7f000001", (), False), ("localhost.", (), False),
]  # fmt: skip

# (Origin or None, Host, whether it is our own page)
ORIGINS: List[Tuple[Union[str, None], str, bool]] = [
    (None, "localhost:8080", True),
    ("http://localhost:8080", "localhost:8080", True), ("https://localhost:8080", "localhost:8080", True),
    ("http://LOCALHOST:8080", "localhost:8080", True), ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
    ("http://[::1]:8080", "[::1]:8080", True), ("http://sala3", "sala3", True),
    ("null", "localhost:8080", False), ("", "localhost:8080", False), ("file://", "localhost:8080", False),
    ("http://evil.example", "localhost:8080", False), ("http://localhost", "localhost:8080", False),
    ("http://localhost:8081", "localhost:8080", False), ("http://127.0.0.1:8080", "localhost:8080", False),
    ("http://localhost:8080.evil.example", "localhost:8080", False),
    ("http://evil.example/localhost:8080", "localhost:8080", False),
    ("http://localhost:8080@evil.example", "localhost:8080", False),
    ("ftp://localhost:8080", "localhost:8080", False), ("localhost:8080", "localhost:8080", False),
    ("chrome-extension://abc", "localhost:8080", False), ("http://[::1", "[::1]:8080", False),
]  # fmt: skip


def taken(lines: List[str]) -> Union[Request, int]:
    """What becomes of a head: the request, or the status of the refusal; an unfinished head is an error."""
    head = Head()
    try:
        for line in [*lines, ""]:
            found = head.take(line.encode("latin-1", "replace") if line.isascii() else line.encode())
            if found is not None:
                return found
    except Refusal as refusal:
        return refusal.status
    raise AssertionError("the head has no end")


def asked(**headers: str) -> Request:
    """A request with these headers."""
    return Request("/", {name.replace("_", "-"): value for name, value in headers.items()})


class Heads(unittest.TestCase):
    def test_each_case_of_the_table(self) -> None:
        self.assertGreaterEqual(len(CASES), 50)
        for name, lines, fate in CASES:
            with self.subTest(name):
                found = taken(lines)
                self.assertEqual(found.path if isinstance(found, Request) else found, fate)

    def test_headers_of_one_name_are_joined(self) -> None:
        found = taken([GET, HOST, "Connection: keep-alive", "connection:  Upgrade "])
        assert isinstance(found, Request)
        self.assertEqual(found.headers["connection"], "keep-alive, Upgrade")
        self.assertTrue(found.has_token("connection", "upgrade"))
        self.assertFalse(found.has_token("connection", "up"))
        self.assertFalse(found.has_token("upgrade", "websocket"))

    def test_a_websocket_is_asked_for_in_any_spelling(self) -> None:
        for value, is_asked in (("websocket", True), ("WebSocket", True), ("h2c, websocket", True), ("h2c", False)):
            self.assertEqual(asked(upgrade=value).wants_websocket, is_asked, value)

    def test_a_browsers_own_head_is_taken(self) -> None:
        lines = request(8080).decode().split("\r\n")[:-2]
        found = taken([*lines, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])
        assert isinstance(found, Request)
        self.assertEqual((found.path, found.host, found.wants_websocket), ("/chat", "127.0.0.1", True))

    def test_a_long_header_is_thrown_away_and_the_head_goes_on(self) -> None:
        head = Head()
        head.take(GET.encode())
        head.line_too_long()
        head.take(HOST.encode())
        found = head.take(b"")
        assert found is not None
        self.assertEqual(found.headers, {"host": "localhost:8080"})

    def test_long_headers_count_against_the_head(self) -> None:
        head = Head()
        head.take(GET.encode())
        with self.assertRaises(Refusal) as raised:
            for _ in range(HEAD_BYTES // LINE_BYTES + 1):
                head.line_too_long()
        self.assertEqual(raised.exception.status, 431)

    def test_a_long_request_line_is_refused(self) -> None:
        with self.assertRaises(Refusal) as raised:
            Head().line_too_long()
        self.assertEqual(raised.exception.status, 414)

    def test_empty_lines_before_a_request_have_an_end(self) -> None:
        head = Head()
        with self.assertRaises(Refusal) as raised:
            for _ in range(HEAD_BYTES):
                head.take(b"")
        self.assertEqual(raised.exception.status, 431)


class Names(unittest.TestCase):
    def test_each_host_of_the_table(self) -> None:
        for host, names, is_own in HOSTS:
            with self.subTest(host=host):
                found = self.status(check_host, Request("/", {"host": host}), names)
                self.assertEqual(found, 0 if is_own else 421)

    def test_the_refusal_of_a_host_says_which_option_allows_it(self) -> None:
        with self.assertRaises(Refusal) as raised:
            check_host(asked(host="sala3:8080"), ())
        self.assertIn("--web-name sala3 ", raised.exception.why)

    def test_each_origin_of_the_table(self) -> None:
        for origin, host, is_own in ORIGINS:
            with self.subTest(origin=origin, host=host):
                headers = {"host": host, **({} if origin is None else {"origin": origin})}
                self.assertEqual(self.status(check_origin, Request("/", headers)), 0 if is_own else 403)

    @staticmethod
    def status(check: Callable[..., None], *arguments: object) -> int:
        """The status of the refusal that ``check`` raises, or 0."""
        try:
            check(*arguments)
        except Refusal as refusal:
            return refusal.status
        return 0


if __name__ == "__main__":
    unittest.main()
