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

ANSWER_SECONDS = 0.3  # for a listener of this machine: one that answers does so at once

LIKELY_FILES = 4096  # numbers; where the system does not tell which files are open, larger ones are not looked at

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


def answers(host: str, port: int) -> bool:
    """True unless it is certain that no program listens on ``host``, an address of this machine.

    A port that is in use may also be the local end of an outgoing connection:
    then no program answers.  Waits ANSWER_SECONDS at most.
    """
    try:
        family, kind, proto, _, sockaddr = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        name = str(sockaddr[0])
        target = ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name), *sockaddr[1:])
        with socket.socket(family, kind, proto) as sock:
            sock.settimeout(ANSWER_SECONDS)
            code = sock.connect_ex(target)
            # Where no program listens, the kernel may choose that very port for our end: then we meet ourselves.
            return code != errno.ECONNREFUSED and not (code == 0 and sock.getsockname() == target)
    except OSError:
        return True


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
    ]
    # No TCP_USER_TIMEOUT: beside progress_seconds it would end peers that read all the time, if slowly.
    if limits.kernel_send_bytes:
        options.append((socket.SOL_SOCKET, socket.SO_SNDBUF, limits.kernel_send_bytes))
    for level, option, value in options:
        if option is not None:
            try:
                sock.setsockopt(level, option, value)
            except OSError:
                pass  # the peer has reset the connection; the first recv will say so


def dismiss(sock: socket.socket, last_line: bytes, recv_bytes: int) -> None:
    """Send ``last_line`` and an end of file on a socket that was just accepted, and close it; never wait.

    One line always fits into the empty buffer of the kernel, which delivers it
    later: so a refusal needs neither memory nor a descriptor of ours.
    """
    try:
        sock.setblocking(False)
        sock.send(last_line)
        sock.shutdown(socket.SHUT_WR)
        sock.recv(recv_bytes)  # to close with unread input would reset, and might lose the line
    except OSError:
        pass
    finally:
        sock.close()


def open_null() -> Any:
    """Open a file that every system has, to hold a spare descriptor."""
    return open(os.devnull, "rb", buffering=0)


class Listener:
    """Accepts the newcomers of one program; ``accept`` is a step of its turn.

    When the descriptors run out, the listener rests: it does not wait for its
    socket for a while, twice as long each time until an accept succeeds.
    """

    def __init__(
        self,
        reactor: Reactor,
        sock: socket.socket,
        limits: Limits,
        on_connection: NewConnection,
        refusal: bytes,
        open_spare: Callable[[], Any],
    ) -> None:
        """``sock`` listens and is non-blocking; the listener closes it.

        ``on_connection`` takes over each accepted socket and gets its address.
        ``open_spare`` opens some file: its descriptor is given up when there is
        no other one, so that newcomers can be told ``refusal``, a whole line.
        """
        self._reactor = reactor
        self._socket = sock
        self._limits = limits
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
        is_ready, self._ready = self._ready, False
        if is_ready and not self._resting and not self._closed:
            self._accept(self._limits.turn_accepts)

    def accept_all(self) -> None:
        """Accept what waits in the backlog, also while the listener rests.

        To be called before ``close``, which would reset it.
        """
        if not self._closed:
            self._accept(self._limits.backlog)

    def _accept(self, most: int) -> None:
        for _ in range(most):
            try:
                sock, sockaddr = self._socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in _NEXT:
                    self._exhausted(error, most)
                    return
                continue
            self._retry_seconds = self._limits.retry_first_seconds
            prepare(sock, self._limits)
            self._on_connection(sock, sockaddr)

    def _rest(self) -> None:
        """Do not wait for the socket for a while; twice as long each time until an accept succeeds."""
        if self._resting:  # it has come to accept all before the end
            return
        self._resting = True
        self._reactor.unregister(self._socket)
        self._reactor.call_later(self._retry_seconds, self._return)
        self._retry_seconds = min(2 * self._retry_seconds, self._limits.retry_longest_seconds)

    def _return(self) -> None:
        if self._closed:
            return
        try:
            self._reactor.register(self._socket, EVENT_READ, self._on_ready)
            self._resting = False
        except OSError:  # the kernel has no memory to watch one file more
            self._reactor.call_later(self._retry_seconds, self._return)

    def _on_ready(self, mask: int) -> None:
        self._ready = True

    def _exhausted(self, error: OSError, most: int) -> None:
        """Without descriptors or memory: refuse the newcomers that wait, at most so many, then rest."""
        log.warning("cannot accept (%s); trying again in %.1f s", error.strerror, self._retry_seconds)
        if error.errno in (errno.EMFILE, errno.ENFILE):
            self._refuse_waiting(most)
        self._rest()

    def _refuse_waiting(self, most: int) -> None:
        """Accept, refuse and close one newcomer after the other, each with the spare descriptor."""
        for _ in range(most):
            if self._spare is not None:
                self._spare.close()
                self._spare = None
            try:
                sock, _ = self._socket.accept()
            except OSError:
                break
            dismiss(sock, self._refusal, self._limits.recv_bytes)
        self._take_spare()

    def _take_spare(self) -> None:
        try:
            self._spare = self._open_spare()
        except OSError:
            self._spare = None  # another program took the descriptor; it is opened another time


def open_files(below: int) -> int:
    """Count the descriptors with a number under ``below`` that are open, besides the three standard ones.

    A limit of open files, as that of select(), is one of their numbers: a file
    that the program has inherited takes a place.
    """
    try:
        numbers = [int(name) for name in os.listdir("/dev/fd")]
    except (OSError, ValueError):  # no such folder: look at the numbers that are likely
        numbers = list(range(min(below, LIKELY_FILES)))
    return sum(2 < number < below and _is_open(number) for number in numbers)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


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
