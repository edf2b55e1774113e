"""The look-up: it finds the addresses of a host without blocking the loop.

A resolver may take minutes to answer, and no system lets a program wait for it
in a selector.  So a thread asks it, and one end of a socket pair becomes readable
when the thread has the answer.  This module knows addresses and the reactor.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
from selectors import EVENT_READ
from typing import Any, Callable, List, Optional, Union

from minichat.net.reactor import Reactor

Answer = Union[List[Any], OSError]  # what getaddrinfo returns, at least one; or why there is nothing


class Lookup:
    """Asks for the addresses of one host."""

    def __init__(
        self,
        reactor: Reactor,
        host: str,
        port: int,
        on_found: Callable[[List[Any]], None],
        on_failed: Callable[[OSError], None],
    ) -> None:
        """One of the two functions is called, once, after this returns.

        ``on_found`` gets at least one address, the best first, for a Dial.  ``on_failed`` gets a
        socket.gaierror, or another OSError if this process may not open what the look-up needs.
        """
        self._reactor = reactor
        self._on_found = on_found
        self._on_failed = on_failed
        self._answers: List[Answer] = []  # at most one; the thread adds it
        self._reader: Optional[socket.socket] = None  # readable when the thread has ended
        known = _ask(host, port, socket.AI_NUMERICHOST)
        if isinstance(known, socket.gaierror):  # the host is no address, but it may be a name
            self._start(host, port)
        else:
            self._answer_soon(known)

    def cancel(self) -> None:
        """Give up; neither function is called any more.  Does nothing after the answer."""
        self._answers = []
        if self._reader:
            self._close(self._reader)

    def _start(self, host: str, port: int) -> None:
        """Let a thread ask the resolver."""
        answers = self._answers
        try:
            ours, its = socket.socketpair()
        except OSError as error:
            self._answer_soon(error)
            return

        def ask() -> None:
            answers.append(_ask(host, port, 0))
            its.close()  # our end becomes readable

        try:
            # The thread is a daemon: nothing can wake it from its wait when the program ends.
            threading.Thread(target=ask, daemon=True).start()
        except RuntimeError:
            ours.close()
            its.close()
            self._answer_soon(OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)))
            return
        self._reader = ours
        self._reactor.register(ours, EVENT_READ, self._on_ready)

    def _on_ready(self, mask: int) -> None:
        assert self._reader is not None
        self._close(self._reader)
        self._tell()

    def _answer_soon(self, answer: Answer) -> None:
        self._answers.append(answer)
        self._reactor.call_later(0.0, self._tell)

    def _tell(self) -> None:
        if not self._answers:  # cancelled
            return
        answer = self._answers.pop()
        if isinstance(answer, OSError):
            self._on_failed(answer)
        else:
            self._on_found(answer)

    def _close(self, reader: socket.socket) -> None:
        self._reader = None
        self._reactor.unregister(reader)
        reader.close()


def _ask(host: str, port: int, flags: int) -> Answer:
    """Return what the system knows of a host; with AI_NUMERICHOST it asks no resolver."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags))
    except OSError as error:
        return error
    except UnicodeError:  # a text that cannot be the name of a host
        return OSError(errno.EINVAL, os.strerror(errno.EINVAL))
