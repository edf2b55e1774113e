"""The ending: how a server says goodbye to everyone, and when it is over."""

from __future__ import annotations

from typing import Callable

from minichat.chat import dispatcher, protocol
from minichat.chat.room import Room
from minichat.limits import Limits
from minichat.net.listener import Listener
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor


class Ending:
    """The end of one server: a first signal ends in good order, a second one at once."""

    def __init__(
        self,
        reactor: Reactor,
        limits: Limits,
        room: Room,
        pool: Pool,
        listener: Listener,
        status: Callable[[str], None],
    ) -> None:
        """``status`` is called with the key of a status line."""
        self._reactor = reactor
        self._limits = limits
        self._room = room
        self._pool = pool
        self.listeners = [listener]  # a second one may join it
        self._status = status
        self._has_begun = False

    def on_signal(self, number: int) -> None:
        """Begin the end, or end at once if it has begun."""
        if self._has_begun:
            self._reactor.stop()
        else:
            self.shut_down()

    def shut_down(self) -> None:
        """Say goodbye, let everyone read it, stop the reactor."""
        self._has_begun = True
        self._status("stopping")
        for listener in self.listeners:
            listener.accept_all()
            listener.close()
        dispatcher.shut_down(self._room)
        for connection in list(self._pool.owners):
            if not connection.context.nick:
                connection.write(protocol.BYE_SHUTDOWN)
            connection.close("shutdown")
        self._reactor.call_later(self._limits.shutdown_seconds, self._reactor.stop)
        self.stop_when_empty()

    def stop_when_empty(self) -> None:
        """Stop the reactor if the end has begun and no connection is left."""
        if self._has_begun and not self._pool.owners:
            self._reactor.stop()
