"""Connecting without blocking: the other end of what the listener does.

It knows addresses and the reactor; it does not know what the socket is for.
"""

from __future__ import annotations

import errno
import os
import socket
from selectors import EVENT_WRITE
from typing import Any, Callable, List, Optional, Tuple

from minichat.net.reactor import Reactor, Timer

# A machine that is switched off answers nothing at all; then the next address.
CONNECT_SECONDS = 10.0

_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, errno.EINTR})


def addresses_of(host: str, port: int) -> List[Any]:
    """The addresses of a host, for a Dial.

    The only call here that may block, for as long as the resolver is patient:
    whoever dials again later uses the same addresses.  Raises socket.gaierror,
    or UnicodeError for what can be no name.
    """
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class Dial:
    """Tries some addresses, one after the other, until one answers."""

    def __init__(
        self,
        reactor: Reactor,
        addresses: List[Any],
        on_connected: Callable[[socket.socket], None],
        on_failed: Callable[[OSError], None],
    ) -> None:
        """``addresses``, at least one, are those of ``addresses_of``.

        One of the two is called, once, in a later turn: ``on_connected`` takes
        over a non-blocking socket, ``on_failed`` is told why the last address
        did not answer.
        """
        self._reactor = reactor
        self._on_connected = on_connected
        self._on_failed = on_failed
        self._left: List[Any] = list(addresses)
        self._socket: Optional[socket.socket] = None
        self._sockaddr: Tuple[Any, ...] = ()
        self._timer: Optional[Timer] = None
        reactor.call_later(0.0, self._try_next)

    def cancel(self) -> None:
        """Give up; nobody is called any more."""
        self._left = []
        if self._socket:
            self._stop_trying().close()

    def _try_next(self, error: Optional[OSError] = None) -> None:
        if not self._left:
            if error:
                self._on_failed(error)
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
            # Nobody listens, and the kernel picked the very port we were
            # calling for our own end: TCP then connects a socket to itself.
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
