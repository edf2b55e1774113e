"""The dialler: it reaches one host, as often as it is asked to.

The first time it looks up the addresses of the host; later it knows them.  It
knows the look-up and the dial; it does not know what is said on the connection.
"""

from __future__ import annotations

import socket
from typing import Any, Callable, List, Optional

from minichat.net.dial import Dial
from minichat.net.lookup import Lookup
from minichat.net.reactor import Reactor
from minichat.net.timers import Timer

# After this long a person asks whether anything happens.
SLOW_SECONDS = 0.5


class Dialler:
    """Looks up one host and dials it; the order of calls for each ``dial``:

    [on_slow] (on_connected | on_failed)
    """

    def __init__(
        self,
        reactor: Reactor,
        host: str,
        port: int,
        on_connected: Callable[[socket.socket], None],
        on_failed: Callable[[OSError], None],
        on_slow: Callable[[], None],
    ) -> None:
        """``on_connected`` takes over a non-blocking socket; ``on_slow`` is called after SLOW_SECONDS."""
        self.host, self.port = host, port
        self._reactor = reactor
        self._on_connected = on_connected
        self._on_failed = on_failed
        self._on_slow = on_slow
        self._addresses: List[Any] = []
        self._lookup: Optional[Lookup] = None
        self._dial: Optional[Dial] = None
        self._timer: Optional[Timer] = None

    def dial(self) -> None:
        """Begin; no other ``dial`` may be under way."""
        self._timer = self._reactor.call_later(SLOW_SECONDS, self._on_slow)
        # To look the addresses up again could take long: the network may be away just now.
        if self._addresses:
            self._found(self._addresses)
        else:
            self._lookup = Lookup(self._reactor, self.host, self.port, self._found, self._failed)

    def cancel(self) -> None:
        """Give up, if a dial is under way; no function is called any more."""
        if self._lookup:
            self._lookup.cancel()
        if self._dial:
            self._dial.cancel()
        self._end()

    def _found(self, addresses: List[Any]) -> None:
        self._lookup = None
        self._addresses = addresses
        self._dial = Dial(self._reactor, addresses, self._connected, self._failed)

    def _connected(self, sock: socket.socket) -> None:
        self._end()
        self._on_connected(sock)

    def _failed(self, error: OSError) -> None:
        self._end()
        self._on_failed(error)

    def _end(self) -> None:
        self._lookup = self._dial = None
        if self._timer:
            self._timer.cancel()
            self._timer = None
