"""Answers of HTTP: status lines, headers, the table of paths, and the greeting of a WebSocket.

No files are served: each path of the table is a page that was read at the start.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Dict, NamedTuple

from minichat.web.head import Refusal, Request

PHRASES = {
    101: "Switching Protocols", 200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 414: "URI Too Long", 421: "Misdirected Request",
    426: "Upgrade Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    503: "Service Unavailable", 505: "HTTP Version Not Supported",
}  # fmt: skip

# What every answer says: no guessing of types, nothing kept, nothing told to other sites.
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Connection": "close",
}

# The codes of ERR before the nick, as HTTP would say them.
STATUSES = {"server_full": 503, "too_many_connections": 429, "timeout": 408}

_WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


class Content(NamedTuple):
    """What a path shows."""

    kind: str  # its media type
    body: bytes
    policy: str  # its Content-Security-Policy


def answer(status: int, content: Content) -> bytes:
    """Return a whole answer."""
    headers = {"Content-Type": content.kind, "Content-Length": str(len(content.body)), **COMMON}
    headers["Content-Security-Policy"] = content.policy
    if status == 405:
        headers["Allow"] = "GET"
    return _head(status, headers) + content.body


def stream(kind: str) -> bytes:
    """Return the head of an answer that goes on until the connection ends."""
    return _head(200, {"Content-Type": kind, **COMMON})


def refusal(status: int, why: str) -> bytes:
    """Return the answer that refuses a request."""
    text = f"{status} {PHRASES[status]}: {why}\n".encode("utf-8", "backslashreplace")
    return answer(status, Content("text/plain; charset=utf-8", text, "default-src 'none'"))


def switching(request: Request) -> bytes:
    """Return the answer that begins a WebSocket (RFC 6455, 4.2); raise Refusal."""
    headers = request.headers
    if not request.has_token("connection", "upgrade"):
        raise Refusal(400, "Connection: Upgrade is missing")
    if headers.get("sec-websocket-version", "") != "13":
        raise Refusal(426, "only version 13 of WebSocket is spoken")
    key = headers.get("sec-websocket-key", "")
    try:
        is_key = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        is_key = False
    if not is_key:
        raise Refusal(400, "Sec-WebSocket-Key is missing or is none")
    accept = base64.b64encode(hashlib.sha1(key.encode("ascii") + _WEBSOCKET_GUID).digest()).decode("ascii")
    return _head(101, {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept})


def _head(status: int, headers: Dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {PHRASES[status]}", *(f"{name}: {value}" for name, value in headers.items())]
    if status == 426:
        lines.append("Sec-WebSocket-Version: 13")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
