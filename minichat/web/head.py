"""The head of a request (RFC 9112), line by line, and what is wrong with it.

Only what a browser sends to this server is understood: GET, without a body, one
request a connection.  So there is nothing to smuggle.  This module knows text; it
knows no socket.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Dict, List, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

HEAD_LINES = 64
HEAD_BYTES = 16384
LINE_BYTES = 4096  # of the request line, and of a header that counts

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(r"[!-~]+")
_VERSION = re.compile(r"HTTP/1\.[0-9]")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::[0-9]{1,5})?")
# Not https: that must be refused where there is no TLS (RFC 9110, 7.4).
_ABSOLUTE = re.compile(rf"(?i:http)://({_HOST.pattern})((?:[/?].*)?)")


class Refusal(Exception):
    """The request is answered with ``status``; ``why`` is one sentence for whoever sent it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(status, why)
        self.status, self.why = status, why


class Request(NamedTuple):
    """A whole head."""

    path: str  # without its query
    headers: Dict[str, str]  # by name in lower case; several of one name are joined with commas (RFC 9110, 5.3)

    @property
    def host(self) -> str:
        """The host that was asked for, without its port, in lower case."""
        found = _HOST.fullmatch(self.headers.get("host", ""))
        return found[1].strip("[]").lower() if found else ""

    def has_token(self, name: str, token: str) -> bool:
        """True if a header that is a list of tokens has this one."""
        return token in (part.strip(" \t").lower() for part in self.headers.get(name, "").split(","))

    @property
    def wants_websocket(self) -> bool:
        """True if this is the beginning of a WebSocket, well or badly made."""
        return self.has_token("upgrade", "websocket")


class Head:
    """The head of one request.

    >>> head = Head()
    >>> head.take(b"GET /?x HTTP/1.1"), head.take(b"Host: localhost:8080"), head.take(b"").path
    (None, None, '/')
    """

    def __init__(self) -> None:
        self._lines: List[str] = []
        self._bytes = 0

    @property
    def has_begun(self) -> bool:
        """True once the request line is there."""
        return bool(self._lines)

    def take(self, line: bytes) -> Optional[Request]:
        """Take the next line, without its line end; return the request after the last one.  Raises Refusal."""
        self._bytes += len(line) + 2
        if (line and len(self._lines) >= HEAD_LINES) or self._bytes > HEAD_BYTES:
            raise Refusal(431, "the head is too long")
        if not line and not self._lines:
            return None  # an empty line before the request line (RFC 9112, 2.2)
        if not line:
            return self._request()
        text = line.decode("latin-1")
        if "\0" in text or "\r" in text:
            raise Refusal(400, "a control character in the head")
        if not self._lines:
            _split_request_line(text)
        self._lines.append(text)
        return None

    def line_too_long(self) -> None:
        """Note that a line over LINE_BYTES was thrown away: a cookie, say, or a target.  Raises Refusal."""
        if not self._lines:
            raise Refusal(414, "the address is too long")
        self._bytes += LINE_BYTES
        self._lines.append("")
        if self._bytes > HEAD_BYTES:
            raise Refusal(431, "the head is too long")

    def _request(self) -> Request:
        method, host, path = _split_request_line(self._lines[0])
        headers: Dict[str, str] = {}
        for line in self._lines[1:]:
            name, colon, value = line.partition(":")
            if not line:
                continue
            if not colon or not _TOKEN.fullmatch(name):
                raise Refusal(400, "a header without a name")  # or a folded one
            name, value = name.lower(), value.strip(" \t")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if method != "GET":
            raise Refusal(405, "only GET is understood")
        if "transfer-encoding" in headers or headers.get("content-length", "0") != "0":
            raise Refusal(400, "a body was announced")
        if not _HOST.fullmatch(headers.get("host", "")):
            raise Refusal(400, "the host is missing or is none")  # or there are two, joined with a comma
        if host:
            headers["host"] = host  # that of the header does not count then (RFC 9112, 3.2.2)
        if self._lines[0].endswith("HTTP/1.0"):
            headers.pop("upgrade", None)  # it cannot be asked for there (RFC 9110, 7.8; RFC 6455, 4.2.1)
        return Request(path, headers)


def _split_request_line(line: str) -> Tuple[str, str, str]:
    """Return method, host and path; the host is "" if the target is a path alone.  Raises Refusal."""
    parts = line.split(" ")
    if len(parts) != 3 or not (_TOKEN.fullmatch(parts[0]) and _TARGET.fullmatch(parts[1])):
        raise Refusal(400, "this is no request of HTTP; from a terminal, use the other port")
    if not _VERSION.fullmatch(parts[2]):
        raise Refusal(505 if parts[2].startswith("HTTP/") else 400, "only HTTP/1.1 is understood")
    absolute = _ABSOLUTE.fullmatch(parts[1])
    if not (absolute or parts[1].startswith("/")):
        raise Refusal(400, "the target is no path, nor an address with http://")
    host, target = absolute.group(1, 3) if absolute else ("", parts[1])
    return parts[0], host, target.partition("?")[0] or "/"


def check_host(request: Request, names: Tuple[str, ...]) -> None:
    """Raise Refusal unless the request asks for this server: by an address, as localhost, or by one of ``names``.

    A page of another site can make a browser look its own name up here (DNS
    rebinding); then the host is that name.
    """
    host = request.host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host not in ("localhost", *names):
            raise Refusal(421, f"this server does not go by that name; --web-name {host} would allow it") from None


def check_origin(request: Request) -> None:
    """Raise Refusal if a page of another site asks: any site can open a WebSocket to this machine (CWE-1385)."""
    origin = request.headers.get("origin")
    if origin is None:
        return  # no browser asks
    try:
        parts = urlsplit(origin)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != request.headers["host"].lower():
        raise Refusal(403, "a page of another site asks")
