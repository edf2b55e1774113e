"""What the kernel holds for a socket: a sample, which may be old by the time it is read.

Sources: ioctl_tty(2) for FIONREAD and TIOCOUTQ, tcp(7) for what they mean on a socket.
"""

from __future__ import annotations

import socket
import struct
from typing import Any, List, Optional

try:
    import fcntl
    import termios
except ImportError:  # Windows
    fcntl = termios = None  # type: ignore[assignment]

_INT = struct.Struct("i")


def held_by_kernel(sock: Any) -> Optional[List[int]]:
    """Return how many bytes came that were not read yet, and how many were taken that are not sent yet.

    None where the system does not tell; a byte counts as sent once the peer has acknowledged it.
    """
    if fcntl is None or not isinstance(sock, socket.socket) or sock.fileno() < 0:
        return None
    try:
        return [_asked(sock, termios.FIONREAD), _asked(sock, termios.TIOCOUTQ)]
    except OSError:
        return None


def _asked(sock: socket.socket, request: int) -> int:
    answer: int = _INT.unpack(fcntl.ioctl(sock.fileno(), request, bytes(_INT.size)))[0]
    return answer
