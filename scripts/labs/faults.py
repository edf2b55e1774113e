"""Servers with one mistake each: python3 -m labs.faults FAULT [options of minichat-server].

A fault replaces one function; the real server has no switch for it.  At the end
such a server prints how many turns its loop has made.
"""

from __future__ import annotations

import sys
import time
from selectors import EVENT_WRITE
from typing import Callable, Dict

from minichat.chat import dispatcher
from minichat.chat.dispatcher import Outcome
from minichat.chat.room import Member, Room
from minichat.net.connection import Connection
from minichat.net.linebuffer import LineBuffer
from minichat.net.reactor import Reactor
from minichat.server import __main__ as server
from minichat.server.server import Server


def always_write() -> None:
    """Wait for WRITE even with nothing to write, as many examples in books do."""
    wanted = Connection._wanted

    def wrong(self: Connection) -> int:
        mask = wanted(self)
        return mask | EVENT_WRITE if mask else 0

    Connection._wanted = wrong  # type: ignore[method-assign]


def blocks() -> None:
    """Sleep while a line is served, as a slow query or a look-up would."""
    dispatch = dispatcher.dispatch

    def wrong(room: Room, member: Member, line: bytes) -> Outcome:
        if line == SLEEP:
            time.sleep(SLEEP_SECONDS)
        return dispatch(room, member, line)

    dispatcher.dispatch = wrong


def waits_with_a_timer() -> None:
    """Wait in the right way: set a timer, go on, and serve the line when the timer rings."""
    line_received = Server.line_received

    def right(self: Server, connection: Connection, line: bytes) -> None:
        if line == SLEEP:
            self._reactor.call_later(SLEEP_SECONDS, lambda: line_received(self, connection, line))
        else:
            line_received(self, connection, line)

    Server.line_received = right  # type: ignore[method-assign]


def decodes_early() -> None:
    """Decode each read instead of each line."""
    feed = LineBuffer.feed

    def wrong(self: LineBuffer, data: bytes) -> None:
        feed(self, data.decode("utf-8", "replace").encode())

    LineBuffer.feed = wrong  # type: ignore[method-assign]


SLEEP = b"durma"
SLEEP_SECONDS = 2.0
FAULTS: Dict[str, Callable[[], None]] = {
    "always_write": always_write,
    "blocks": blocks,
    "waits_with_a_timer": waits_with_a_timer,
    "decodes_early": decodes_early,
}


def main() -> int:
    """Plant the fault and serve; return the exit status."""
    fault = sys.argv.pop(1)
    FAULTS[fault]()
    close = Reactor.close

    def close_and_count(self: Reactor) -> None:
        print(f"turns {self.turns}", flush=True)
        close(self)

    Reactor.close = close_and_count  # type: ignore[method-assign]
    return server.main()


if __name__ == "__main__":
    sys.exit(main())
