"""Ports: which are free, which stand in a source, and what to type for a server that asks for its own."""

from __future__ import annotations

import random
import re
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import List, Sequence

from grading import procfs
from grading.procfs import LOOPBACK

PORTS = range(20_000, 32_000)  # for servers that are told theirs

MOST_SOURCE_BYTES = 1_000_000
_PORT_RANGE = 51  # IP_LOCAL_PORT_RANGE in linux/in.h; the module socket has no name for it
_SOURCE_PORT = re.compile(rb"port\w*[\"']?\s*(?:[:=]|,)?\s*(?:int\()?(\d{4,5})\b", re.IGNORECASE)


def free_port() -> int:
    """Return a port that nobody has at the moment.  Raises OSError if there is none.

    It is below those that the kernel hands out (from 32768 on Linux, 49152 elsewhere):
    what other programs get from it meanwhile is never this one.
    """
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as sock, suppress(OSError):  # one that was used a moment ago is not free to each server
            sock.bind(("", port))
            return port
    raise OSError("no free port")


def can_listen(port: int) -> bool:
    """Return False while a program listens on ``port``.  No connection is made."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("", port))
        except OSError:
            return False
    return True


def free(port: int) -> None:
    """Let the kernel forget the connections to ``port`` that are over, if nobody listens there.

    It keeps each for a minute if the server ended it first (TIME_WAIT), and meanwhile a
    server without SO_REUSEADDR cannot start.  A new attempt from the other end's port
    is answered for the old connection; the reset that follows this answer removes it.
    """
    for host, other in procfs.closed(port):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
            sock.setblocking(False)
            try:
                leave_from(sock, other)
                sock.connect_ex((host, port))
            except OSError:  # the port has another owner now, who does not share it: then a minute passes
                pass


def leave_from(sock: socket.socket, port: int) -> None:
    """Let the connection that ``sock`` will make to this machine leave from ``port``.  Raises OSError.

    From Linux 6.3 on it may be the port of another connection, too, which goes elsewhere; before that it must be free.
    """
    try:
        sock.setsockopt(socket.IPPROTO_IP, _PORT_RANGE, struct.pack("=HH", port, port))
    except OSError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("", port))


def ports_in_source(command: Sequence[str], folder: str) -> List[int]:
    """Return the ports that stand in the files which a command names."""
    found = []
    for word in command[1:]:
        try:
            with open(Path(folder, word), "rb") as file:
                source = file.read(MOST_SOURCE_BYTES)
        except (OSError, ValueError):
            continue
        found += [int(number) for number in _SOURCE_PORT.findall(source)]
    return found


def answer(output: bytes, port: int) -> str:
    """Return what to type for a server that asks something: its port, its address, or an entry of its menu."""
    asked = output[-200:].decode("utf-8", "replace").lower()
    last = asked.rstrip().rpartition("\n")[2]
    if re.search(r"\bport", last):
        return str(port)
    if re.search(r"host|\bip\b|endere", last):
        return LOOPBACK
    return "1" if re.search(r"(^|\n)\W*1\W", asked) else ""
