"""The contract between a connection and whoever it belongs to.

No code, only promises; the programs keep their end of it in server.py and
client.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from minichat.net.connection import Connection


class Owner(Protocol):
    """Whoever is told what happens on a connection.

    The order of calls on one connection:

        (line_received | line_too_long | rest_received)* [end_received] [too_slow] connection_closed

    All but the last may answer with ``write``, ``close`` and ``abort``; after
    ``close`` and ``abort`` only ``connection_closed`` still comes, exactly once.
    """

    def line_received(self, connection: Connection, line: bytes) -> None:
        """One whole line, without its line end."""

    def line_too_long(self, connection: Connection) -> None:
        """A line over the limit was thrown away."""

    def rest_received(self, connection: Connection) -> None:
        """A read brought no complete line; ``connection.rest`` is what waits."""

    def end_received(self, connection: Connection) -> None:
        """The peer sends no more and every line was served; it may still read."""

    def too_slow(self, connection: Connection) -> None:
        """The peer does not read; ``cut`` is expected."""

    def connection_closed(self, connection: Connection) -> None:
        """The socket is closed; ``connection.reason`` says why."""
