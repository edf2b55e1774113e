"""The watched server: it tells the recorder what only the server knows.

That is which command a line is, what was said to everyone, and who has a nick.
Everything else comes from the watched classes of the net wing.  So the server
itself makes no test for tracing.
"""

from __future__ import annotations

from typing import Any

from minichat.chat import protocol
from minichat.net.connection import Connection
from minichat.server.server import Server
from minichat.trace.recorder import Recorder
from minichat.trace.watched import WatchedListener, WatchedPool, WatchedReactor


class WatchedServer(Server):
    """A server that tells the recorder what it does with a line."""

    pool_kind = WatchedPool

    def __init__(self, reactor: WatchedReactor, listening: Any, *arguments: Any, **keywords: Any) -> None:
        """The arguments are those of Server."""
        self._recorder: Recorder = reactor.recorder
        super().__init__(reactor, WatchedListener(listening, self._recorder), *arguments, **keywords)  # type: ignore[arg-type]

    def line_received(self, connection: Connection, line: bytes) -> None:
        """Record which command the line is, serve it, and note what was said."""
        member = connection.context
        had_nick = bool(member.nick)
        self._recorder.command(connection, _name(line) if had_nick else "join")
        super().line_received(connection, line)
        if member.nick and not had_nick:
            self._recorder.joined(connection, member.nick)
        self._look()

    def resumed(self, connection: Connection) -> None:
        """Serve a line that was held: the command once more."""
        self._recorder.command(connection, _name(connection.context.held))
        super().resumed(connection)
        self._look()

    def line_too_long(self, connection: Connection) -> None:
        """Record that the line is refused, whatever it holds."""
        self._recorder.command(connection, "refuse")
        super().line_too_long(connection)
        self._look()

    def _leave(self, connection: Connection, reason: str) -> None:
        super()._leave(connection, reason)
        self._recorder.said(self.room.fanout.lines)

    def _look(self) -> None:
        self._recorder.said(self.room.fanout.lines)
        self._recorder.served()


def _name(line: bytes) -> str:
    try:
        return protocol.parse_command(protocol.decode(line)).name
    except protocol.RefusedLine:
        return "refuse"
