"""The listener: it accepts newcomers, a bounded number a turn, and survives each failure of ``accept``.

The worst failure is to run out of descriptors.  The listening socket then stays
readable, and a loop that only tries again burns the processor until a connection
ends.  This module knows sockets and counts; it does not know what a newcomer is for.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
from selectors import EVENT_READ
from typing import Any, Callable, List, Optional, Tuple

from minichat.limits import Limits
from minichat.net.reactor import Reactor

log = logging.getLogger(__name__)

# The peer was gone before we accepted it, or a firewall forbids it: accept the next one.
_NEXT = frozenset({errno.ECONNABORTED, errno.EPROTO, errno.EPERM, errno.ECONNRESET})

NewConnection = Callable[[socket.socket, Tuple[Any, ...]], None]


def listen(host: str, port: int, backlog: int) -> socket.socket:
    """Open a listening, non-blocking socket on the first address of ``host``; port 0 is any free one.

    ``backlog`` is how many connections the kernel may hold before they are
    accepted.  Raises OSError (socket.gaierror is one) when that is not possible.
    """
    family, kind, proto, _, sockaddr = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, proto)
    try:
        if os.name == "posix":
            # So that a restart need not wait for the old connections' TIME_WAIT.
            # Elsewhere the option would let two servers share the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host == "::":
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)  # IPv4 comes too
        sock.bind(sockaddr)
        sock.listen(backlog)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def prepare(sock: socket.socket, limits: Limits) -> None:
    """Set the options of a connected socket that the loop needs, before anything else uses it."""
    sock.setblocking(False)  # Python returns it blocking, even from a non-blocking listener
    options = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),  # a turn's output is one send: the kernel must not delay it
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.SOL_SOCKET, socket.SO_OOBINLINE, 1),  # telnet's urgent byte stays where it was sent, after its IAC
        (socket.IPPROTO_TCP, getattr(socket, "TCP_KEEPIDLE", None), limits.keepalive_idle_seconds),
        (socket.IPPROTO_TCP, getattr(socket, "TCP_KEEPINTVL", None), limits.keepalive_interval_seconds),
        (socket.IPPROTO_TCP, getattr(socket, "TCP_KEEPCNT", None), limits.keepalive_count),
        (socket.IPPROTO_TCP, getattr(socket, "TCP_USER_TIMEOUT", None), limits.user_timeout_seconds * 1000),
    ]
    if limits.kernel_send_bytes:
        options.append((socket.SOL_SOCKET, socket.SO_SNDBUF, limits.kernel_send_bytes))
    for level, option, value in options:
        if option is not None:
            try:
                sock.setsockopt(level, option, value)
            except OSError:
                pass  # the peer has reset the connection; the first recv will say so


def open_null() -> Any:
    """Open a file that every system has, to hold a spare descriptor."""
    return open(os.devnull, "rb", buffering=0)


class Listener:
    """Accepts the newcomers of one program; ``accept`` is a step of its turn.

    When the descriptors or the room run out, the listener rests: it does not wait
    for its socket for a while, twice as long each time until an accept succeeds.
    """

    def __init__(
        self,
        reactor: Reactor,
        sock: socket.socket,
        limits: Limits,
        has_room: Callable[[], bool],
        on_connection: NewConnection,
        refusal: bytes,
        open_spare: Callable[[], Any],
    ) -> None:
        """``sock`` listens and is non-blocking; the listener closes it.

        While ``has_room`` returns False, newcomers stay in the kernel's backlog.
        ``on_connection`` takes over each accepted socket and gets its address.
        ``open_spare`` opens some file: its descriptor is given up when there is
        no other one, so that newcomers can be told ``refusal``, a whole line.
        """
        self._reactor = reactor
        self._socket = sock
        self._limits = limits
        self._has_room = has_room
        self._on_connection = on_connection
        self._refusal = refusal
        self._open_spare = open_spare
        self._spare: Optional[Any] = None
        self._take_spare()
        self._ready = False
        self._resting = False
        self._closed = False
        self._retry_seconds = limits.retry_first_seconds
        reactor.register(sock, EVENT_READ, self._on_ready)

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if not self._closed:
            self._closed = True
            if not self._resting:
                self._reactor.unregister(self._socket)
            self._socket.close()
            if self._spare is not None:
                self._spare.close()

    def accept(self) -> None:
        """Accept the newcomers that wait, at most ``turn_accepts``: a step of the turn."""
        if not self._ready:
            return
        self._ready = False
        for _ in range(self._limits.turn_accepts):
            if self._resting or self._closed:
                return
            if not self._has_room():
                self._rest()
                return
            try:
                sock, sockaddr = self._socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in _NEXT:
                    self._exhausted(error)
                continue
            self._retry_seconds = self._limits.retry_first_seconds
            prepare(sock, self._limits)
            self._on_connection(sock, sockaddr)

    def accept_all(self) -> None:
        """Accept what waits in the backlog; to be called before ``close``, which would reset it."""
        for _ in range(0, self._limits.backlog, self._limits.turn_accepts):
            self._ready = True
            self.accept()

    def _rest(self) -> None:
        """Do not wait for the socket for a while; twice as long each time until an accept succeeds."""
        self._resting = True
        self._reactor.unregister(self._socket)
        self._reactor.call_later(self._retry_seconds, self._return)
        self._retry_seconds = min(2 * self._retry_seconds, self._limits.retry_longest_seconds)

    def _return(self) -> None:
        if not self._closed:
            self._resting = False
            self._reactor.register(self._socket, EVENT_READ, self._on_ready)

    def _on_ready(self, mask: int) -> None:
        self._ready = True

    def _exhausted(self, error: OSError) -> None:
        """Without descriptors or memory: refuse the newcomers that wait, then rest."""
        log.warning("cannot accept (%s); trying again in %.1f s", error.strerror, self._retry_seconds)
        if error.errno in (errno.EMFILE, errno.ENFILE):
            self._refuse_waiting()
        self._rest()

    def _refuse_waiting(self) -> None:
        """Accept, refuse and close one newcomer after the other, each with the spare descriptor."""
        for _ in range(self._limits.turn_accepts):
            if self._spare is not None:
                self._spare.close()
                self._spare = None
            try:
                sock, _ = self._socket.accept()
            except OSError:
                break
            try:
                sock.setblocking(False)
                sock.send(self._refusal)
                sock.shutdown(socket.SHUT_WR)
                sock.recv(self._limits.recv_bytes)  # to close with unread input would reset, and lose the refusal
            except OSError:
                pass
            finally:
                sock.close()
        self._take_spare()

    def _take_spare(self) -> None:
        try:
            self._spare = self._open_spare()
        except OSError:
            self._spare = None  # another program took the descriptor; it is opened another time


def raise_file_limit() -> int:
    """Raise the soft limit of open files to the hard one; return the soft limit, a number of files.

    On Windows, which has no such limit, return a number that never gets in the way.
    """
    if sys.platform == "win32":
        return 1 << 20
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted: List[int] = [hard] if hard != resource.RLIM_INFINITY else [1 << 20, 65536, 10240]
    for limit in wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
            return max(soft, limit)
        except (OSError, ValueError):
            continue  # some systems say "unlimited" and refuse more than a constant
    return soft
