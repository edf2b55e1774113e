"""Answers of HTTP: what stands in them, and how a WebSocket is greeted."""

from __future__ import annotations

import unittest
from typing import Dict, List, Tuple

from minichat.chat import protocol
from minichat.web.answers import PHRASES, STATUSES, Content, answer, refusal, switching
from minichat.web.head import Refusal, Request

ASKED: Dict[str, str] = {
    "connection": "keep-alive, Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


def lines_of(whole: bytes) -> Tuple[List[str], bytes]:
    """The lines of the head, and the body."""
    head, _, body = whole.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body


class Answers(unittest.TestCase):
    def test_a_page_has_its_length_its_kind_and_its_policy(self) -> None:
        lines, body = lines_of(answer(200, Content("text/html; charset=utf-8", "olá".encode(), "default-src 'none'")))
        self.assertEqual(body.decode(), "olá")
        self.assertEqual(lines[0], "HTTP/1.1 200 OK")
        for line in ("Content-Type: text/html; charset=utf-8", "Content-Length: 4", "Connection: close",
                     "Content-Security-Policy: default-src 'none'"):  # fmt: skip
            self.assertIn(line, lines)

    def test_every_refusal_says_why_in_plain_text(self) -> None:
        for status in set(PHRASES) - {101, 200}:
            lines, body = lines_of(refusal(status, "because"))
            self.assertEqual(lines[0], f"HTTP/1.1 {status} {PHRASES[status]}")
            self.assertTrue(body.endswith(b": because\n"))
            self.assertIn("Content-Type: text/plain; charset=utf-8", lines)
            self.assertIn("X-Content-Type-Options: nosniff", lines)

    def test_who_may_do_what_is_said_where_http_demands_it(self) -> None:
        self.assertIn("Allow: GET", lines_of(refusal(405, ""))[0])
        self.assertIn("Sec-WebSocket-Version: 13", lines_of(refusal(426, ""))[0])

    def test_a_hostile_reason_stays_in_the_body(self) -> None:
        lines, body = lines_of(refusal(400, "x\r\nSet-Cookie: a\udcff"))
        self.assertNotIn("Set-Cookie: a", "\n".join(lines))
        self.assertIn(b"Set-Cookie: a\\udcff", body)

    def test_the_codes_of_refusals_are_those_of_the_protocol(self) -> None:
        known = {protocol.SERVER_FULL, protocol.TOO_MANY_CONNECTIONS, protocol.TIMEOUT}
        self.assertEqual(set(STATUSES), known)
        self.assertLessEqual(set(STATUSES.values()), set(PHRASES))


class Greetings(unittest.TestCase):
    def test_the_key_is_answered_as_in_the_example_of_the_rfc(self) -> None:
        """RFC 6455, 1.3."""
        lines, body = lines_of(switching(Request("/chat", ASKED)))
        self.assertEqual(lines[0], "HTTP/1.1 101 Switching Protocols")
        self.assertIn("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", lines)
        self.assertIn("Upgrade: websocket", lines)
        self.assertEqual(body, b"")

    def test_each_header_is_needed(self) -> None:
        """RFC 6455, 4.2.1."""
        wrong = {"connection": ("", "close", 400), "sec-websocket-version": ("", "8", 426),
                 "sec-websocket-key": ("", "dGhlIHNhbXBsZSBub25j", 400)}  # fmt: skip
        for name, (*values, status) in wrong.items():
            for value in values:
                with self.subTest(name, value=value), self.assertRaises(Refusal) as raised:
                    switching(Request("/chat", {**ASKED, name: str(value)}))
                self.assertEqual(raised.exception.status, status)


if __name__ == "__main__":
    unittest.main()
