"""The way in for browsers: a second listener, whose newcomers join the pool and the room of a server.

All limits count both ways in together, for there is one admission.
"""

from __future__ import annotations

import socket
from typing import Any, Callable, Dict, Iterable, Optional, Tuple, Type

from minichat.net.connection import Connection
from minichat.net.listener import Listener, open_null
from minichat.net.pace import Pace
from minichat.server.admission import Entrance
from minichat.server.deadlines import Deadlines
from minichat.server.server import Server
from minichat.web.answers import STATUSES, Content, refusal
from minichat.web.connection import Framer, WebConnection
from minichat.web.door import Chatters, Door, Feed, Site, refuse_late_heads
from minichat.web.heartbeat import Heartbeat

HEAD_SECONDS = 10.0  # from the accept to the end of a head, whatever drips


class WebHouse:
    """What the browsers of one server come through."""

    kind: Type[WebConnection] = WebConnection  # a watched house has another one

    def __init__(
        self,
        server: Server,
        listening: socket.socket,
        pages: Dict[str, Content],
        names: Iterable[str] = (),
        for_nc: str = "nc",
        feeds: Optional[Dict[str, Feed]] = None,
        open_spare: Callable[[], Any] = open_null,
    ) -> None:
        """``listening`` becomes another listener of ``server``; the rest is as in Site."""
        self._turn = server.pool.turn
        self._admission = server.admission
        self._framer = Framer()
        self._owners = server.pool.owners
        reactor, limits = self._turn.reactor, server.pool.limits
        heartbeat = Heartbeat(reactor)
        self._on_heard = heartbeat.heard
        chatters = Chatters(server, heartbeat)
        heads = Deadlines(reactor, HEAD_SECONDS)
        own_names = tuple(name.lower() for name in names)
        self._site = Site(server, own_names, pages, feeds or {}, heartbeat, heads, chatters, for_nc)
        self._entrance = Entrance(self._adopt, refused)
        full = refused("server_full")
        listener = Listener(reactor, listening, limits, self._accepted, full, open_spare)
        server.ending.listeners.append(listener)
        # After the steps of the server; what these queue is sent in this turn, too.
        reactor.at_turn_end(
            listener.accept,                       # newcomers
            lambda: refuse_late_heads(heads),      # who has not sent a request in time
            heartbeat.beat,                        # who is silent is asked, who does not answer is let go
            server.pool.flush,                     # one send for each connection with output
        )  # fmt: skip

    def _accepted(self, sock: socket.socket, sockaddr: Tuple[Any, ...]) -> None:
        self._admission.accepted(sock, sockaddr, self._entrance)

    def _adopt(self, sock: socket.socket, pace: Pace) -> Connection:
        """Make a connection whose owner is a door."""
        connection = self.kind(self._turn, sock, pace, self._framer, self._on_heard)
        self._owners[connection] = Door(self._site)
        self._site.heads.begin(connection)
        return connection


def refused(code: str) -> bytes:
    """Return the answer for who may not come in; ``code`` is that of ERR."""
    return refusal(STATUSES.get(code, 503), code)


def own_names(host: str, names: str) -> Tuple[str, ...]:
    """Return by which names the server goes: its host, the name of its machine, and those of --web-name in ``names``.

    In many local networks a machine is announced as NAME.local (RFC 6762).
    """
    machine = socket.gethostname()
    short = machine.partition(".")[0]
    return (host, machine, short, f"{short}.local", *(name.strip() for name in names.split(",") if name.strip()))
