"""The feed: it shows the running loop to browsers on this machine, in the player, while it runs.

Watching is an act of the loop, too.  So from the request on, the connection of a
watcher is outside the trace: else each turn would make the next one.

A watcher that does not read costs nobody anything: its queue holds one piece of the
history at most, and a peer that takes no byte is let go as any other.  Its browser
comes back by itself and says which event was its last one.
"""

from __future__ import annotations

from typing import Callable, Dict, Tuple

from minichat.net.connection import OPEN, Connection
from minichat.net.pool import Owner
from minichat.server.server import Server
from minichat.trace.watchedweb import WatchedWebConnection
from minichat.web.answers import Content, answer, stream
from minichat.web.connection import WebConnection
from minichat.web.door import Feed
from minichat.web.head import Refusal, Request
from minichat.web.history import History, Place

PAGE_PATH, EVENTS_PATH = "/loop", "/loop/events"
WATCHERS = 16  # at once; each costs a copy of all that happens

_STREAM = "text/event-stream; charset=utf-8"


class LoopFeed:
    """The owner of the connections that have asked for the page or watch the loop."""

    def __init__(self, server: Server, history: History, page: Content) -> None:
        """``server`` must be a watched one, whose recorder tells ``history``."""
        self._server = server
        self._history = history
        self._page = page
        self._piece_bytes = server.pool.limits.queue_bytes // 2
        self._places: Dict[Connection, Place] = {}  # of the watchers

    def paths(self) -> Dict[str, Feed]:
        """Return what answers which path."""
        return {PAGE_PATH: self._show_page, EVENTS_PATH: self._watch}

    def steps(self) -> Tuple[Callable[[], object], ...]:
        """Return what to do at the end of a turn, when everything else was sent."""
        return self.write, self._server.pool.flush, self.has_more

    def _show_page(self, connection: WebConnection, request: Request) -> Owner:
        connection.respond(answer(200, self._page))
        connection.close("answered")
        return self

    def _watch(self, connection: WebConnection, request: Request) -> Owner:
        if len(self._places) >= WATCHERS:
            raise Refusal(503, "too many watch the loop already")
        assert isinstance(connection, WatchedWebConnection)
        last_id = request.headers.get("last-event-id")
        self._places[connection] = self._history.after(last_id) if last_id else self._history.begin()
        self._server.admission.introduced(connection)  # a watcher needs no nick
        connection.leave_trace()
        connection.respond(stream(_STREAM))
        return self

    # -- the steps of a turn -----------------------------------------------------

    def write(self) -> None:
        """Queue what has happened in this turn for each watcher that has read what came before."""
        self._history.end_turn()
        for connection, place in self._places.items():
            if self._may_have_more(connection, place):
                self._write(connection, place)

    def _write(self, connection: Connection, place: Place) -> None:
        assert isinstance(connection, WebConnection)
        try:
            connection.write_raw(self._history.read(place, self._piece_bytes))
        except LookupError:  # the watcher is too far behind: it comes back, and hears of the gap
            connection.abort("too_slow")

    def has_more(self) -> bool:
        """True if a watcher could take more at once: one that is new, or has just come back."""
        return any(self._may_have_more(connection, place) for connection, place in self._places.items())

    def _may_have_more(self, connection: Connection, place: Place) -> bool:
        return connection.life is OPEN and not connection.queued and self._history.has_more(place)

    # -- what happens on a connection (net.pool.Owner) ----------------------------

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Do nothing: a watcher has nothing more to say."""

    def line_too_long(self, connection: Connection) -> None:
        """Do nothing."""

    def rest_received(self, connection: Connection) -> None:
        """Do nothing."""

    def resumed(self, connection: Connection) -> None:
        """Do nothing: no line is ever held."""

    def end_received(self, connection: Connection) -> None:
        """Let a watcher go whose page was closed."""
        connection.close("gone")

    def too_slow(self, connection: Connection) -> None:
        """Let a watcher go that does not read."""
        connection.abort("too_slow")

    def connection_closed(self, connection: Connection) -> None:
        """Strike it from all books."""
        self._places.pop(connection, None)
        self._server.connection_closed(connection)
