"""The peer of the grader: one client on the reactor, which notes everything that it sends and gets.

It can misbehave: not read, cut its bytes anywhere, end only one direction, end with a reset.
"""

from __future__ import annotations

import enum
import errno
import socket
import struct
import time
from selectors import EVENT_READ, EVENT_WRITE
from typing import Dict, List, NamedTuple

from grading.procfs import Address
from minichat.net.reactor import Reactor

READ_BYTES = 65536
SMALL_BUFFER_BYTES = 4096
RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: close sends a reset
KEPT_BYTES = 1 << 20  # of what came; a server that says more to one person is not read any more
NOTED_BYTES = 8192  # of both directions; a flood is not noted whole
QUICK_ACK = getattr(socket, "TCP_QUICKACK", 0)  # Linux: for now, acknowledge at once and not 40 ms later
CORK = getattr(socket, "TCP_CORK", 0)  # Linux: no segment leaves before it is full, or the output ends
FLOOD_BYTES = NOTED_BYTES // 2  # that each piece of a flood counts for


class Act(enum.Enum):
    """What can happen between a peer and the server."""

    CONNECTED = "connected"
    SENT = "sent"
    CAME = "came"
    ENDED = "ended"  # the server ended the connection
    WAS_RESET = "was reset"
    HALF_CLOSED = "half-closed"
    CLOSED = "closed"
    RESET = "reset"
    DEAF = "deaf"


class Event(NamedTuple):
    """One of these acts."""

    at: float  # seconds, of a clock: what several do in one turn of the reactor has an order, too
    act: Act
    data: bytes = b""


class Peer:
    """One connection to the server."""

    def __init__(
        self, reactor: Reactor, address: Address, name: str, is_deaf: bool = False, small: bool = False
    ) -> None:
        """Connect.  A peer that is deaf has a small receive buffer and reads nothing before ``listen``.

        ``small`` gives it a small send buffer, so that little waits in the kernel.
        """
        self.name, self.port = name, address.port
        self.events: List[Event] = []
        self.unnoted: Dict[Act, int] = {}  # bytes of a flood that are not in the events
        self.received = bytearray()
        self.starts: List[int] = []  # where each read begins in ``received``
        self.count = 0  # bytes read, also those of a flood that were not kept
        self.is_noting = True
        self.keeps = True  # what is read
        self.has_ended = False  # the server has ended the connection, in good order or not
        self._reactor, self._out = reactor, bytearray()
        self.is_deaf, self._is_closed = is_deaf, False
        self._interest = 0
        self._noted = 0
        self._note(Act.CONNECTED)
        self.socket = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if is_deaf:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
            self._note(Act.DEAF)
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER_BYTES)
        if self.socket.connect_ex(tuple(address)) not in (0, errno.EINPROGRESS):
            self._end(Act.WAS_RESET)
        self._update()

    @property
    def is_there(self) -> bool:
        """True while neither side has closed the connection."""
        return not self._is_closed and not self.has_ended

    @property
    def unsent(self) -> int:
        """How many bytes the kernel has not taken yet."""
        return len(self._out)

    def send(self, data: bytes) -> None:
        """Send ``data`` as soon as the kernel takes it."""
        self._note(Act.SENT, data)
        self._out += data
        if not self._is_closed and not self._interest & EVENT_WRITE:
            self._flush()
        self._update()

    def since(self, mark: int) -> bytes:
        """Return what came after the first ``mark`` bytes."""
        return bytes(self.received[mark:])

    def drop_unsent(self) -> None:
        """Give up what the kernel has not taken."""
        self._out.clear()
        self._update()

    def listen(self) -> None:
        """Read from now on, though it was deaf; what comes is only counted."""
        self.is_deaf = self.keeps = False
        self._update()

    def cork(self) -> None:
        """Keep what is sent from now on until the output ends: the server finds both in one look, where it can be."""
        if CORK:
            self.socket.setsockopt(socket.IPPROTO_TCP, CORK, 1)

    def end_sending(self) -> None:
        """End the output, but read on."""
        self._note(Act.HALF_CLOSED)
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        """Close in good order: the server reads an end of file."""
        if not self._is_closed:
            self._note(Act.CLOSED)
            self._release()

    def reset(self, is_told: bool = True) -> None:
        """Close with a reset.  At the end of a case it is not noted: it only spares the kernel a minute's memory."""
        if not self._is_closed:
            if is_told:
                self._note(Act.RESET)
            try:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            except OSError:
                pass
            self._release()

    # -- inside -----------------------------------------------------------------

    def _note(self, act: Act, data: bytes = b"") -> None:
        if not self.is_noting:
            return
        self._noted += len(data) if self.keeps else FLOOD_BYTES
        if self._noted <= NOTED_BYTES or not data:
            self.events.append(Event(time.monotonic(), act, data))
        else:
            self.unnoted[act] = self.unnoted.get(act, 0) + len(data)

    def _release(self) -> None:
        self._is_closed = True
        self._update()
        self.socket.close()

    def _update(self) -> None:
        """Wait for what there is to wait for."""
        wanted = 0
        if self.is_there:
            is_reading = not self.is_deaf and len(self.received) < KEPT_BYTES
            wanted = (EVENT_READ if is_reading else 0) | (EVENT_WRITE if self._out else 0)
        if wanted == self._interest:
            return
        if not wanted:
            self._reactor.unregister(self.socket)
        elif not self._interest:
            self._reactor.register(self.socket, wanted, self._on_ready)
        else:
            self._reactor.modify(self.socket, wanted, self._on_ready)
        self._interest = wanted

    def _on_ready(self, mask: int) -> None:
        if mask & EVENT_WRITE:
            self._flush()
        if mask & EVENT_READ and not self.has_ended:
            self._read()
        self._update()

    def _flush(self) -> None:
        try:
            while self._out:
                del self._out[: self.socket.send(self._out[:READ_BYTES])]
        except (BlockingIOError, OSError) as error:
            if not isinstance(error, BlockingIOError) and error.errno != errno.ENOTCONN:
                self._out.clear()  # nobody takes it; whether the server still speaks, the next read tells

    def _read(self) -> None:
        try:
            data = self.socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._end(Act.WAS_RESET)
            return
        if not data:
            self._end(Act.ENDED)
            return
        self.count += len(data)
        self._note(Act.CAME, data)
        if self.keeps:
            self.starts.append(len(self.received))
            self.received += data
        elif QUICK_ACK:  # of a flood: a server without TCP_NODELAY waits for it before its next small send
            self.socket.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)

    def _end(self, act: Act) -> None:
        self.has_ended = True
        self._note(act)
