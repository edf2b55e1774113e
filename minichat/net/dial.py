"""The dial: it connects to a host without blocking; the counterpart of the listener.

This module knows addresses and the reactor; it does not know what the socket is for.
"""

from __future__ import annotations

import errno
import os
import socket
from selectors import EVENT_WRITE
from typing import Any, Callable, List, Optional, Tuple

from minichat.net.reactor import Reactor
from minichat.net.timers import Timer

# A machine that is switched off does not answer at all; then the next address is tried.
CONNECT_SECONDS = 10.0

_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, errno.EINTR})


class Dial:
    """Tries the addresses of a host, one after the other, until one answers."""

    def __init__(
        self,
        reactor: Reactor,
        addresses: List[Any],
        on_connected: Callable[[socket.socket], None],
        on_failed: Callable[[OSError], None],
    ) -> None:
        """``addresses``, at least one, are what a Lookup has found; each has CONNECT_SECONDS.

        One of the two functions is called, once, after this returns: ``on_connected``
        takes over a non-blocking socket; ``on_failed`` gets the error of the first address.
        """
        self._reactor = reactor
        self._on_connected = on_connected
        self._on_failed = on_failed
        self._left: List[Any] = list(addresses)
        self._error: Optional[OSError] = None  # of the first address, which the resolver takes for the best
        self._socket: Optional[socket.socket] = None
        self._sockaddr: Tuple[Any, ...] = ()
        self._timer: Optional[Timer] = None
        reactor.call_later(0.0, self._try_next)

    def cancel(self) -> None:
        """Give up; neither function is called any more."""
        self._left = []
        if self._socket:
            self._stop_trying().close()

    def _try_next(self, error: Optional[OSError] = None) -> None:
        self._error = self._error or error
        if not self._left:
            if self._error:
                self._on_failed(self._error)
            return
        family, kind, proto, _, self._sockaddr = self._left.pop(0)
        try:
            sock = socket.socket(family, kind, proto)
        except OSError as refused:  # a family that this machine does not have
            self._try_next(refused)
            return
        sock.setblocking(False)
        code = sock.connect_ex(self._sockaddr)
        if code not in _UNDER_WAY:
            sock.close()
            self._try_next(OSError(code, os.strerror(code)))
            return
        self._socket = sock
        self._reactor.register(sock, EVENT_WRITE, self._on_ready)
        self._timer = self._reactor.call_later(CONNECT_SECONDS, self._timed_out)

    def _on_ready(self, mask: int) -> None:
        sock = self._stop_trying()
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not code and sock.getsockname() == self._sockaddr:
            # No program listens on that port, and the kernel chose the same port
            # for our own end: TCP then connects the socket to itself.
            code = errno.ECONNREFUSED
        if code:
            sock.close()
            self._try_next(OSError(code, os.strerror(code)))
        else:
            self._on_connected(sock)

    def _timed_out(self) -> None:
        self._stop_trying().close()
        self._try_next(OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)))

    def _stop_trying(self) -> socket.socket:
        assert self._socket is not None and self._timer is not None
        sock, self._socket = self._socket, None
        self._timer.cancel()
        self._reactor.unregister(sock)
        return sock
