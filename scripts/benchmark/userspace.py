"""What a broadcast costs beside the kernel: one process, no network but the send that it is compared with.

    python3 scripts/benchmark/userspace.py RECIPIENTS SECONDS

Prints a line of JSON.  ``user_ns`` is the time of the steps ``deliver`` and
``flush`` for each recipient of a broadcast, with sockets whose ``send`` takes
everything and does nothing.  ``send_ns`` is the time of one real send of the
same bytes on the loopback, at its cheapest: no process waits for them.  Both are
the best of many rounds, for what disturbs a round only makes it longer.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from minichat.chat import protocol
from minichat.chat.room import Member, Room
from minichat.limits import Limits
from minichat.net.pool import Owner, Pool
from minichat.net.reactor import Reactor

ROUND_BROADCASTS = 20
SENDERS = 100  # connections, each with one send a round, as in a broadcast
LEAST_ROUNDS = 3
LINE = protocol.format_from("ana", "all", "x" * 32)


class TakesAll:
    """A socket whose ``send`` takes everything."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        """A number of its own, of no file."""
        return self._fd

    def send(self, data: bytes) -> int:
        """Take ``data``."""
        return len(data)


class NeverReady(selectors.BaseSelector):
    """A selector that has nothing to tell."""

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Register nothing."""
        return selectors.SelectorKey(fileobj, 0, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Unregister nothing."""
        return selectors.SelectorKey(fileobj, 0, 0, None)

    def select(self, timeout: Optional[float] = None) -> List[Tuple[selectors.SelectorKey, int]]:
        """Nothing is ever ready."""
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Nothing is registered."""
        return {}


def broadcasts(recipients: int) -> Callable[[], None]:
    """Make a room of so many members; return what says and delivers the broadcasts of a round."""
    pool, room = Pool(Reactor(NeverReady()), Limits()), Room()
    for number in range(recipients):
        connection = pool.adopt(cast(socket.socket, TakesAll(number)), cast(Owner, None))
        room.join(Member(connection.write), f"u{number}")

    def say() -> None:
        for _ in range(ROUND_BROADCASTS):
            room.fanout.say(LINE)
            room.deliver()
            pool.flush()

    return say


def best(seconds: float, act: Callable[[], None], after: Callable[[], object] = lambda: None) -> float:
    """Repeat ``act`` for some seconds, each time with ``after``, which is not measured; return the shortest time."""
    shortest, rounds = float("inf"), 0
    end = time.perf_counter() + seconds
    while rounds < LEAST_ROUNDS or time.perf_counter() < end:
        begin = time.perf_counter()
        act()
        shortest = min(shortest, time.perf_counter() - begin)
        after()
        rounds += 1
    return shortest


def real_send(seconds: float) -> float:
    """Return the seconds of one send on the loopback."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        readers, writers = [], []
        for _ in range(SENDERS):
            readers.append(stack.enter_context(socket.create_connection(listening.getsockname())))
            writers.append(stack.enter_context(listening.accept()[0]))
            writers[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            writers[-1].setblocking(False)

        def send() -> None:
            for writer in writers:
                writer.send(LINE)

        def read() -> None:
            for reader in readers:
                reader.recv(len(LINE), socket.MSG_WAITALL)

        return best(seconds, send, read) / SENDERS


def main() -> None:
    """Measure both, and print them."""
    recipients, seconds = int(sys.argv[1]), float(sys.argv[2])
    user = best(seconds, broadcasts(recipients)) / ROUND_BROADCASTS / recipients
    answer: Dict[str, float] = {"user_ns": user * 1e9, "send_ns": real_send(seconds) * 1e9}
    print(json.dumps({**answer, "said": ROUND_BROADCASTS, "delivered": ROUND_BROADCASTS * recipients}))


if __name__ == "__main__":
    main()
