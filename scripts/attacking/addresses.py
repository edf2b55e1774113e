"""The addresses of attackers and innocents, and connections from them.

On Linux all of 127.0.0.0/8 is this machine, so attackers can be one address and
each innocent another.  Elsewhere only 127.0.0.1 is there; then all are one.
"""

from __future__ import annotations

import errno
import socket
import struct
import sys

SERVER = "127.0.0.1"
SEND_BUFFER_BYTES = 65536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: close sends a reset
# From linux/in.h; Python has no name for it before 3.12.  The port is then chosen by
# connect: thousands of connections from one address would else use up its ports.
IP_BIND_ADDRESS_NO_PORT = 24


def _has_many() -> bool:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.2", 0))
    except OSError:
        return False
    return True


HAS_MANY = _has_many()
ATTACKER = "127.0.0.2" if HAS_MANY else SERVER


def innocent(number: int) -> str:
    """Return the address of the innocent of that number."""
    return f"127.0.0.{3 + number}" if HAS_MANY else SERVER


def connecting(port: int, source: str, window_bytes: int = 0) -> socket.socket:
    """Return a non-blocking socket that connects to the server from ``source``; raise OSError.

    ``window_bytes`` is the size of its receive buffer; 0 leaves it to the system.
    """
    sock = socket.socket()
    try:
        sock.setblocking(False)
        # What the kernel keeps here was not taken by the server.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if window_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window_bytes)
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.bind((source, 0))
        error = sock.connect_ex((SERVER, port))
        if error not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
            raise OSError(error, "connect")
    except BaseException:
        sock.close()
        raise
    return sock
