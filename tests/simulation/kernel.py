"""A small kernel: TCP sockets with buffers, descriptors, select, time.

It does what the real kernel does; a test compares the two.  Measured on Linux:
after a reset the first send says ECONNRESET and later ones EPIPE; to a peer that
has closed, the first send succeeds and the second says EPIPE; what arrived before
a reset can still be read; after an end of file a socket stays readable; to close a
socket with unread input resets it, and what was not yet delivered is lost.
"""

from __future__ import annotations

import errno
import hashlib
import heapq
import itertools
import os
import selectors
import socket
from collections import Counter, deque
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Callable, Deque, Dict, List, Optional, Tuple

from minichat.net.reactor import STALL_SECONDS
from tests.simulation.faults import Faults


def trouble(code: int) -> OSError:
    """Return the exception that a call raises for an errno (BlockingIOError and so on)."""
    return OSError(code, os.strerror(code))


class Endpoint:
    """One end of a TCP connection over a network without delay."""

    def __init__(self, send_room: int, receive_room: int) -> None:
        self.peer: Endpoint = self
        self.received = bytearray()  # bytes that may be read
        self.unsent = bytearray()  # bytes from the program that wait for room at the peer
        self.send_room = send_room
        self.receive_room = receive_room
        self.error = 0  # that the next call raises, once
        self.dead = False  # reset: nothing comes or goes any more
        self.ended = False  # the peer's end of file has arrived
        self.ending = False  # our end of file is on its way, after the unsent bytes
        self.closed = False
        self.frozen = False  # the machine at this end answers no more
        self.struck = False  # a fault has broken this connection, not its programs

    # -- what programs call ------------------------------------------------

    def recv(self, size: int) -> bytes:
        """Do what ``socket.recv`` does, without blocking."""
        if self.received:
            data = bytes(self.received[:size])
            del self.received[:size]
            self.peer.pump()
            return data
        if self.ended:
            return b""
        self._raise_error()
        if self.dead:
            return b""
        raise trouble(errno.EAGAIN)

    def send(self, data: bytes) -> int:
        """Do what ``socket.send`` does, without blocking."""
        self._raise_error()
        if self.dead or self.ending:
            raise trouble(errno.EPIPE)
        room = self.send_room - len(self.unsent)
        if room <= 0:
            raise trouble(errno.EAGAIN)
        sent = bytes(data[:room])
        self.unsent += sent
        self.pump()
        return len(sent)

    def shutdown(self) -> None:
        """Do what ``socket.shutdown(SHUT_WR)`` does."""
        if self.dead or (self.ended and self.peer.ended):
            raise trouble(errno.ENOTCONN)
        self.ending = True
        self.pump()

    def close(self) -> None:
        """Do what ``socket.close`` does: the rest is still delivered in the background."""
        if self.closed:
            return
        self.closed = True
        if self.received:
            self.reset()
        else:
            self.ending = True
            self.pump()

    def reset(self) -> None:
        """Close as with SO_LINGER of 0 seconds."""
        self.closed = True
        if not self.dead:
            self.dead = True
            self.unsent.clear()
            self.peer._reset_arrives()

    def fail(self, code: int) -> None:
        """Break the connection, as when the network fails, with ``code`` for this end."""
        self.struck = self.peer.struck = True
        self.unsent.clear()
        self.dead = True
        self.error = code
        self.peer._reset_arrives()

    # -- what the network does ---------------------------------------------

    def pump(self) -> None:
        """Deliver as many bytes as the peer has room for, then the end of file."""
        peer = self.peer
        if self.dead or peer.frozen:
            return
        if self.unsent and peer.closed:
            peer.dead = True  # the peer takes nothing any more, and what it has not sent is lost
            self._reset_arrives()
            return
        room = peer.receive_room - len(peer.received)
        if room > 0 and self.unsent:
            peer.received += self.unsent[:room]
            del self.unsent[:room]
        if self.ending and not self.unsent:
            peer.ended = True

    @property
    def readable(self) -> bool:
        """True if ``recv`` would not say EAGAIN."""
        return bool(self.received or self.ended or self.error or self.dead)

    @property
    def writable(self) -> bool:
        """True if ``select`` reports the socket as writable: once a third of the buffer is free."""
        return bool(self.error or self.dead or self.ending or 3 * len(self.unsent) <= 2 * self.send_room)

    def _reset_arrives(self) -> None:
        if not self.dead:
            self.dead = True
            self.unsent.clear()
            # Linux: EPIPE after the peer's end of file, unless our own is still on its way; else ECONNRESET.
            owes_end = self.ending and not self.peer.ended
            self.error = errno.EPIPE if self.ended and not owes_end else errno.ECONNRESET

    def _raise_error(self) -> None:
        if self.error:
            code, self.error = self.error, 0
            raise trouble(code)


def connected_pair(send_room: int, receive_room: int) -> Tuple[Endpoint, Endpoint]:
    """Return both ends of a new connection."""
    here, there = Endpoint(send_room, receive_room), Endpoint(send_room, receive_room)
    here.peer, there.peer = there, here
    return here, there


class Kernel:
    """The descriptors, the time, and what will happen in the world."""

    def __init__(self, faults: Faults, files: int) -> None:
        self.faults = faults
        self.chance = faults.chance
        self.files = files
        self.time = 0.0
        self.stalled = 0.0  # seconds in which the process stood still
        self.open: Dict[int, Any] = {}
        self.trace = hashlib.sha256()
        self.counts: Counter[str] = Counter()
        self._future: List[Tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def note(self, *what: object) -> None:
        """Put an event into the hash by which two runs are compared."""
        self.trace.update(repr(what).encode())

    # -- descriptors -------------------------------------------------------

    def allocate(self, file: Any) -> int:
        """Return the lowest free number, as POSIX demands; raise EMFILE when there is none."""
        for number in range(self.files):
            if number not in self.open:
                self.open[number] = file
                return number
        self.counts["descriptors ran out"] += 1
        raise trouble(errno.EMFILE)

    def release(self, number: int) -> None:
        """Make a number free again."""
        del self.open[number]

    # -- time --------------------------------------------------------------

    def clock(self) -> float:
        """Return the seconds of the clock that the server gets."""
        return self.time

    def stall(self, planned_until: float = 0.0) -> None:
        """Let the process stand still for a while; what exceeds the planned wait must not count as time."""
        seconds = self.chance.choice((2.0, 60.0, 3600.0))
        beyond = seconds - max(0.0, planned_until - self.time)
        self.time += seconds
        if beyond > STALL_SECONDS + 1e-6:  # exactly at the border, rounding decides
            self.stalled += beyond

    def at(self, seconds: float, action: Callable[[], None]) -> None:
        """Let ``action`` happen in ``seconds``."""
        heapq.heappush(self._future, (self.time + seconds, next(self._order), action))

    def next_event(self, until: float) -> bool:
        """Go on to the next event and let it happen; return False if there is none up to ``until``."""
        if self._future and self._future[0][0] <= until:
            when, _, action = heapq.heappop(self._future)
            self.time = max(self.time, when)
            action()
            return True
        self.time = max(self.time, until)
        return False


class File:
    """A file with a descriptor."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.number = kernel.allocate(self)

    def fileno(self) -> int:
        return self.number

    def close(self) -> None:
        if self.number >= 0:
            self.kernel.release(self.number)
            self.number = -1

    @property
    def ready(self) -> int:
        return 0


class Socket(File):
    """The server's end of a connection, with all the faults that may happen to it."""

    def __init__(self, kernel: Kernel, end: Endpoint, immune: bool) -> None:
        super().__init__(kernel)
        self.end = end
        self.immune = immune  # no faults: the witness must read everything
        self.blocking = True

    @property
    def ready(self) -> int:
        return (EVENT_READ if self.end.readable else 0) | (EVENT_WRITE if self.end.writable else 0)

    def setblocking(self, flag: bool) -> None:
        self.blocking = flag

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self._maybe_fail("setsockopt", fatal=False)

    def recv(self, size: int) -> bytes:
        self._maybe_fail("recv")
        if self._strikes("again after ready"):
            raise trouble(errno.EAGAIN)
        if self._strikes("partial recv"):
            size = self.kernel.chance.randint(1, min(size, 8))
        data = self.end.recv(size)
        self.kernel.note("recv", self.number, data)
        return data

    def send(self, data: Any) -> int:
        self._maybe_fail("send")
        if self._strikes("again after ready"):
            raise trouble(errno.EAGAIN)
        if self._strikes("partial send"):
            data = data[: self.kernel.chance.randint(1, max(1, len(data)))]
        sent = self.end.send(data)
        self.kernel.note("send", self.number, sent)
        return sent

    def shutdown(self, how: int) -> None:
        assert how == socket.SHUT_WR
        self._maybe_fail("shutdown")
        self.end.shutdown()

    def close(self) -> None:
        self.kernel.note("close", self.number)
        super().close()
        self.end.close()

    def _strikes(self, name: str) -> bool:
        return not self.immune and self.kernel.faults.happens(name)

    def _maybe_fail(self, call: str, fatal: bool = True) -> None:
        assert self.number >= 0, f"{call} on a closed socket"
        assert not self.blocking, f"{call} on a socket that blocks"
        code = 0 if self.immune else self.kernel.faults.error(call)
        if code:
            if fatal:
                self.end.fail(0)
            raise trouble(code)


class ListeningSocket(File):
    """The listening socket, with the connections that are not accepted yet."""

    def __init__(self, kernel: Kernel, backlog: int) -> None:
        super().__init__(kernel)
        self.backlog = backlog
        self.waiting: Deque[Tuple[Endpoint, str, bool]] = deque()

    @property
    def ready(self) -> int:
        return EVENT_READ if self.waiting else 0

    def connect(self, send_room: int, receive_room: int, host: str, immune: bool = False) -> Optional[Endpoint]:
        """Return the client's end of a new connection; None when the backlog is full."""
        if self.number < 0 or len(self.waiting) >= self.backlog:
            return None
        here, there = connected_pair(send_room, receive_room)
        self.waiting.append((here, host, immune))
        return there

    def accept(self) -> Tuple[Socket, Tuple[str, int]]:
        if not self.waiting:
            raise trouble(errno.EAGAIN)
        immune = self.waiting[0][2]
        code = 0 if immune else self.kernel.faults.error("accept")
        if code:
            if code == errno.ECONNABORTED:
                self.waiting.popleft()[0].reset()
            raise trouble(code)
        end, host, immune = self.waiting[0]
        accepted = Socket(self.kernel, end, immune)  # EMFILE leaves it waiting
        self.waiting.popleft()
        self.kernel.note("accept", accepted.number)
        return accepted, (host, 1)

    def close(self) -> None:
        super().close()
        while self.waiting:
            self.waiting.popleft()[0].reset()


class Selector:
    """Says which files are ready: in any order, not always all of them, and sometimes wrongly.

    While it waits, the rest of the world goes on: planned events happen until a
    file is ready or the wait is over.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self._keys: Dict[int, selectors.SelectorKey] = {}

    def register(self, file: File, events: int, data: Any = None) -> selectors.SelectorKey:
        number = file.fileno()
        if number < 0 or not events:
            raise ValueError(f"cannot register {file} for {events}")
        if number in self._keys:
            raise KeyError(f"{number} is registered already")
        self._keys[number] = selectors.SelectorKey(file, number, events, data)
        return self._keys[number]

    def modify(self, file: File, events: int, data: Any = None) -> selectors.SelectorKey:
        self.unregister(file)
        return self.register(file, events, data)

    def unregister(self, file: File) -> selectors.SelectorKey:
        return self._keys.pop(file.fileno())

    def get_map(self) -> Dict[int, selectors.SelectorKey]:
        return self._keys

    def close(self) -> None:
        self._keys.clear()

    def select(self, timeout: Optional[float] = None) -> List[Tuple[selectors.SelectorKey, int]]:
        kernel = self.kernel
        assert timeout is not None
        until = kernel.time + timeout
        while True:
            ready = self._ready()
            if ready or not kernel.next_event(until):
                break
        if kernel.faults.happens("stall in the wait"):
            kernel.stall(planned_until=until)
        ready = self._disturbed(ready or self._ready())
        kernel.note("wake", kernel.time, [(key.fd, mask) for key, mask in ready])
        return ready

    def _ready(self) -> List[Tuple[selectors.SelectorKey, int]]:
        keys = self._keys.values()
        return [(key, mask) for key in keys if (mask := key.events & key.fileobj.ready)]  # type: ignore[union-attr]

    def _disturbed(self, ready: List[Tuple[selectors.SelectorKey, int]]) -> List[Tuple[selectors.SelectorKey, int]]:
        faults, chance = self.kernel.faults, self.kernel.chance
        if faults.happens("shuffle"):
            chance.shuffle(ready)
        if len(ready) > 1 and faults.happens("split events"):
            ready = ready[: chance.randint(1, len(ready) - 1)]
        if self._keys and faults.happens("spurious event"):
            key = chance.choice(list(self._keys.values()))
            if all(other is not key for other, _ in ready):
                ready.append((key, key.events))
        return ready
