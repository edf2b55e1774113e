"""Many connections of one load generator.

What comes is counted, never looked at: one ``recv_into`` into one buffer for
all, the cheapest that Python can do.  The sockets block, and are read only when
they are ready; what is sent is so little that it always fits the kernel's
buffer.  A server that hangs is the business of the process that gave the
orders: its patience has an end.
"""

from __future__ import annotations

import selectors
import socket
import time
from typing import Any, Callable, Dict, Iterator, List

from benchmark.wire import WIRES

BUFFER_BYTES = 1 << 18  # more than a socket of the loopback holds by default
RUSH = 400  # newcomers not yet greeted: below the backlog of every server (Redis: 511), so that no SYN is lost
GONE = "the server closed a connection"


class Crowd:
    """People who came in and listen.

    ``spec`` holds: wire, host, port, prefix and text.  The prefix makes the
    nicknames of this generator differ from those of others.
    """

    def __init__(self, spec: Dict[str, Any], selector: selectors.BaseSelector) -> None:
        self.spec, self.selector = spec, selector
        self.wire = WIRES[spec["wire"]]
        self.text: str = spec["text"]
        self.members: List[socket.socket] = []
        self.bytes = 0  # that came
        self.said = 0  # messages
        self.buffer = memoryview(bytearray(BUFFER_BYTES))
        self._to_come: Iterator[int] = iter(())
        self._not_greeted = 0

    # -- orders --------------------------------------------------------------

    def come(self, people: int) -> Dict[str, Any]:
        """So many more come, a few at a time; ``count`` tells how far they are."""
        first = len(self.members)
        self._to_come = iter(range(first, first + people))
        self._admit()
        return {}

    def count(self) -> Dict[str, Any]:
        """What came and what was said until now, and what that cost this process."""
        return {"bytes": self.bytes, "said": self.said, "cpu": time.process_time(), "members": len(self.members)}

    def reset(self) -> Dict[str, Any]:
        """What came until now was only to come in."""
        self.bytes = self.said = 0
        return {}

    def go(self) -> Dict[str, Any]:
        """Begin to speak."""
        return {}

    def stop(self) -> Dict[str, Any]:
        """Say no more, but go on listening."""
        return {}

    # -- connections ------------------------------------------------------------

    def nick(self, index: int) -> str:
        """The name of a member of this crowd; all are equally long."""
        return f"{self.spec['prefix']}{index:05}"

    def connect(self) -> socket.socket:
        """A new connection that nobody listens to yet."""
        sock = socket.create_connection((self.spec["host"], self.spec["port"]))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def listen(self, sock: socket.socket, handler: Callable[[], None]) -> None:
        """From now on, call ``handler`` when ``sock`` can be read."""
        try:
            self.selector.modify(sock, selectors.EVENT_READ, handler)
        except KeyError:
            self.selector.register(sock, selectors.EVENT_READ, handler)

    def reader(self, sock: socket.socket) -> Callable[[], None]:
        """What counts the bytes that come to ``sock``; this is the hot path."""
        receive, buffer = sock.recv_into, self.buffer

        def read() -> None:
            received = receive(buffer)
            if not received:
                raise ConnectionError(GONE)
            self.bytes += received

        return read

    def _admit(self) -> None:
        while self._not_greeted < RUSH:
            index = next(self._to_come, None)
            if index is None:
                return
            sock = self.connect()
            self.members.append(sock)
            self._not_greeted += 1
            self.listen(sock, self._greeter(sock))
            sock.sendall(self.wire.come(self.nick(index)))

    def _greeter(self, sock: socket.socket) -> Callable[[], None]:
        read = self.reader(sock)

        def greeted() -> None:
            read()
            self._not_greeted -= 1
            self.listen(sock, read)
            self._admit()

        return greeted
