"""The door: the owners of a web connection, before and after it becomes a WebSocket.

A door takes the lines of a head, and answers the request or refuses it.  What the
browser says after that is for the server: it gets lines and cannot tell them from
those of nc.
"""

from __future__ import annotations

import ipaddress
import logging
from typing import Any, Callable, Dict, NamedTuple, Tuple

from minichat.net.connection import OPEN, Connection
from minichat.net.pool import Owner
from minichat.server import address
from minichat.server.deadlines import Deadlines
from minichat.server.server import Server
from minichat.web.answers import Content, answer, refusal, switching
from minichat.web.connection import WebConnection
from minichat.web.head import Head, Refusal, Request, check_host, check_origin
from minichat.web.heartbeat import Heartbeat
from minichat.web.weblines import END

CHAT_PATH = "/chat"  # of the WebSocket
TLS_HELLO = b"\x16\x03"  # how a TLS handshake begins: its type, and the major number of its version

log = logging.getLogger(__name__)

# Takes over a connection whose request is whole, and answers it; returns its owner from now on.
Feed = Callable[[WebConnection, Request], Owner]


class Site(NamedTuple):
    """What all web connections of one server share."""

    server: Server
    names: Tuple[str, ...]  # by which it goes, in lower case
    pages: Dict[str, Content]  # by exact path
    feeds: Dict[str, Feed]  # the same, for programs of this machine alone
    heartbeat: Heartbeat
    heads: Deadlines  # of connections whose head is not whole
    chatters: Owner  # of an open WebSocket
    for_nc: str  # the command for who has come to this port with nc


class Door:
    """The owner of one connection until it is answered or upgraded."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._head = Head()

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Take one line of the head; after the last one, answer."""
        if self._says_hello(connection, line):
            return
        if line or self._head.has_begun:
            connection.charge(-1)  # its bytes are enough: browsers send twenty lines
        try:
            request = self._head.take(line)
            if request is None:
                return
            self._answer(_web(connection), request)
        except Refusal as why:
            self._refuse(_web(connection), why)
        connection.charge(self._site.server.pool.limits.join_lines)

    def line_too_long(self, connection: Connection) -> None:
        """Go on without a header that is too long; refuse a request line that is."""
        try:
            self._head.line_too_long()
        except Refusal as why:
            self._refuse(_web(connection), why)

    def rest_received(self, connection: Connection) -> None:
        """Let go at once who speaks TLS: a hello may have no newline to wait for."""
        self._says_hello(connection, connection.buffer.rest)

    def end_received(self, connection: Connection) -> None:
        """Let go who has ended before the head did."""
        connection.close("gone")

    def too_slow(self, connection: Connection) -> None:
        """Give up who does not read its answer."""
        connection.abort("too_slow")

    def resumed(self, connection: Connection) -> None:
        """Do nothing: no line of a head is ever held."""

    def connection_closed(self, connection: Connection) -> None:
        """Strike it from all books."""
        self._site.heads.end(connection)
        self._site.server.connection_closed(connection)

    def _says_hello(self, connection: Connection, data: bytes) -> bool:
        """Close a connection that begins with TLS, at once: no answer of ours could be read there."""
        is_hello = not self._head.has_begun and data.startswith(TLS_HELLO)
        if is_hello:
            connection.abort("refused")
        return is_hello

    def _answer(self, connection: WebConnection, request: Request) -> None:
        """Answer a whole request; raise Refusal."""
        site = self._site
        check_host(request, site.names)
        if request.path == CHAT_PATH:
            check_origin(request)
            self._upgrade(connection, request)
        elif request.path in site.feeds:
            check_is_local(connection, request)
            check_origin(request)
            site.heads.end(connection)
            site.server.pool.owners[connection] = site.feeds[request.path](connection, request)
        elif request.path in site.pages:
            connection.respond(answer(200, site.pages[request.path]))
            connection.close("answered")
        else:
            raise Refusal(404, "there is nothing here; the chat is at /")

    def _upgrade(self, connection: WebConnection, request: Request) -> None:
        """Begin the WebSocket; raise Refusal."""
        if not request.wants_websocket:
            raise Refusal(426, "here is a WebSocket; the page is at /")
        greeting = switching(request)
        site = self._site
        site.heads.end(connection)
        site.server.pool.owners[connection] = site.chatters
        connection.upgrade(greeting)

    def _refuse(self, connection: WebConnection, why: Refusal) -> None:
        text = why.why
        if why.status == 400 and not self._head.has_begun:
            text = f"this is no request of HTTP; from a terminal: {self._site.for_nc}"
        connection.respond(refusal(why.status, text))
        connection.close("refused")
        if log.isEnabledFor(logging.INFO):
            log.info("%s refused: %d %s", address.shown(connection.context.sockaddr), why.status, text)


def refuse_late_heads(heads: Deadlines) -> None:
    """Answer those whose head is not whole in time: a step of the turn."""
    for connection in heads.take_due() if heads.is_due else ():
        if connection.life is OPEN:
            _web(connection).respond(refusal(408, "the head of the request did not come in time"))
            connection.close("timeout")


def check_is_local(connection: Connection, request: Request) -> None:
    """Raise Refusal unless the request comes from this machine, and asks for it as such."""
    try:
        is_local = request.host == "localhost" or ipaddress.ip_address(request.host).is_loopback
    except ValueError:
        is_local = False
    if not (is_local and _is_loopback(connection.context.sockaddr)):
        raise Refusal(403, "only for a browser on the machine of the server, at http://localhost or 127.0.0.1")


def _is_loopback(sockaddr: Tuple[Any, ...]) -> bool:
    try:
        return address.is_loopback(sockaddr)
    except (ValueError, IndexError):
        return False


def _web(connection: Connection) -> WebConnection:
    assert isinstance(connection, WebConnection)
    return connection


class Chatters:
    """The owner of every open WebSocket: the server, who also hears when a browser ends the conversation."""

    def __init__(self, server: Server, heartbeat: Heartbeat) -> None:
        self._server, self._heartbeat = server, heartbeat
        self.resumed = server.resumed
        self.line_too_long = server.line_too_long
        self.rest_received = server.rest_received
        self.end_received = server.end_received
        self.too_slow = server.too_slow

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Serve a line; END is none."""
        if line == END:
            self._server.end_received(connection)
        else:
            self._server.line_received(connection, line)

    def connection_closed(self, connection: Connection) -> None:
        """Strike it from all books."""
        self._heartbeat.forget(_web(connection))
        self._server.connection_closed(connection)
