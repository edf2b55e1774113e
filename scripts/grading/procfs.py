"""What the kernel tells of the processes of a server: their ports, memory and processor time.

Everything here reads /proc and so works on Linux only; elsewhere it finds nothing.
The processes of one server are those in whose environment a mark stands: a server
that forks, or leaves its process group, is still found.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple

HAS_PROC = sys.platform.startswith("linux") and Path("/proc/net/tcp").exists()

_LISTENING, _CLOSED = "0A", "06"  # states of a socket in /proc/net/tcp
# A table that changes while it is read may tell of a connection twice.
_TABLES = tuple(name for name in ("/proc/net/tcp", "/proc/net/tcp6") if Path(name).exists())  # some have no IPv6
_AWAKE = ([b"R"], [b"D"])  # states of a thread in /proc
# The kernel looks through the table of all connections of the system for what a read asks for, which takes
# 15 ms: so a line is asked for at a time, and no more when a socket that listens was found.
LINE_BYTES, MOST_OTHERS = 256, 16
LOOPBACK = "127.0.0.1"
_MAPPED = b"\0" * 10 + b"\xff\xff"


class Address(NamedTuple):
    """Where a server is to be reached."""

    host: str
    port: int


def marked(mark: str) -> List[int]:
    """Return the ids of all living processes in whose environment ``mark`` stands."""
    if not HAS_PROC:
        return []
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and mark.encode() in _read(f"/proc/{name}/environ") and not _is_zombie(name):
            found.append(int(name))
    return found


def descendants(pid: int) -> List[int]:
    """Return the ids of the processes that ``pid`` has started, and of those that these have started."""
    found: List[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = [int(word) for word in _read(f"/proc/{parent}/task/{parent}/children").split()]
        found += children
        waiting += children
    return found


def listening(pids: List[int], wanted: int = 0) -> List[Address]:
    """Return where one of these processes listens for TCP, in the order of the ports; ``wanted`` is looked for."""
    inodes = {inode for pid in pids for inode in _socket_inodes(pid)}
    found: Set[Address] = set()
    for table in _TABLES if inodes else ():
        if not found or (wanted and wanted not in {address.port for address in found}):
            found |= set(_listening_in(table, inodes, wanted))
    return sorted(found, key=lambda address: (address.port, address.host))


def _listening_in(table: str, inodes: Set[str], wanted: int) -> Iterator[Address]:
    """Yield the addresses of those of the sockets ``inodes`` that listen, at least until ``wanted`` was found."""
    for line in _lines(table):
        fields = line.split()
        if len(fields) > 9 and fields[3] == _LISTENING and fields[9] in inodes:
            address = _address(fields[1])
            yield address
            inodes.discard(fields[9])
            if len(inodes) <= MOST_OTHERS and wanted in (0, address.port):
                return


def closed(port: int) -> List[Tuple[str, int]]:
    """Return the connections to ``port`` from this machine that are over, but that the kernel remembers.

    Of each, the host that it went to, and the port that it came from.  Return nothing
    while a program listens on ``port``.
    """
    found: Set[Tuple[str, int]] = set()
    for table in _TABLES if HAS_PROC else ():
        for line in _lines(table):
            fields = line.split()
            if len(fields) < 4 or not fields[1].endswith(f":{port:04X}"):
                continue
            if fields[3] == _LISTENING:
                return []
            (here, _), (there, other) = _address(fields[1]), _address(fields[2])
            if fields[3] == _CLOSED and there in (here, LOOPBACK):
                found.add((here, other))
    return sorted(found)


def _lines(table: str) -> Iterator[str]:
    """Yield the lines of a table; those who listen come first, and what is not asked for is not made."""
    rest = b""
    with open(table, "rb", buffering=0) as file:
        while data := file.read(LINE_BYTES):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                yield line.decode("ascii", "replace")


def _address(field: str) -> Address:
    """Return the address at which to reach who is at ``field``, as the kernel writes it."""
    host, _, port = field.rpartition(":")
    words = bytes.fromhex(host)
    # Words of 32 bits in the order of this machine; the first bytes are swapped on most.
    packed = b"".join(struct.pack("=I", int.from_bytes(words[at : at + 4], "big")) for at in range(0, len(words), 4))
    if packed.startswith(_MAPPED):  # an address of IPv4 on a socket of IPv6
        packed = packed[len(_MAPPED) :]
    if not any(packed):  # every address of this machine
        return Address(LOOPBACK, int(port, 16))
    return Address(socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed), int(port, 16))


def cpu_seconds(pids: List[int]) -> float:
    """Return the processor time that these processes have used, in seconds."""
    ticks = 0
    for pid in pids:
        fields = _read(f"/proc/{pid}/stat").decode("ascii", "replace").rpartition(")")[2].split()
        if len(fields) > 12:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wanted_seconds(pids: List[int]) -> Dict[str, float]:
    """Return for how long each thread of these processes has run, or waited for a processor to run, in seconds.

    So it is seen on a busy machine, too, that a thread never sleeps.  A kernel that does not count this tells of none.
    """
    found = {}
    for pid in pids:
        for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            run, waited, *_ = *_read(str(path)).split(), 0, 0
            found[str(path)] = (int(run) + int(waited)) / 1e9
    return found


def all_sleep(pids: List[int]) -> bool:
    """Return True if no thread of these processes runs, or waits for a processor or a disk."""
    for pid in pids:
        for path in Path(f"/proc/{pid}/task").glob("*/stat"):
            if _read(str(path)).rpartition(b")")[2].split()[:1] in _AWAKE:
                return False
    return HAS_PROC


def queued_bytes(port: int) -> int:
    """Return how many bytes are on their way to who listens on ``port``; an end or a newcomer counts as one."""
    queues: Dict[Tuple[str, str], str] = {}  # of the connections, each told once
    for table in _TABLES if HAS_PROC else ():
        for line in _read(table).decode("ascii", "replace").splitlines():
            _, mine, other, _, queued, *_ = *line.split(), "", "", "", "", ""
            queues[mine, other] = queued
    found, here = 0, f":{port:04X}"
    for (mine, other), queued in queues.items():
        found += int(queued.partition(":")[2], 16) if mine.endswith(here) else 0
        found += int(queued.partition(":")[0], 16) if other.endswith(here) else 0
    return found


def memory_bytes(pids: List[int]) -> int:
    """Return the resident memory of these processes together, in bytes."""
    pages = 0
    for pid in pids:
        fields = _read(f"/proc/{pid}/statm").split()
        pages += int(fields[1]) if len(fields) > 1 else 0
    return pages * (os.sysconf("SC_PAGE_SIZE") if HAS_PROC else 0)


def _socket_inodes(pid: int) -> Set[str]:
    found = set()
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{name}")
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[len("socket:[") : -1])
    except OSError:
        pass
    return found


def _is_zombie(name: str) -> bool:
    return _read(f"/proc/{name}/stat").rpartition(b")")[2].split()[:1] == [b"Z"]


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:  # the process has ended meanwhile, or belongs to another user
        return b""
