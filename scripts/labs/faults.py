"""Servers with one mistake each: python3 -m labs.faults FAULT[=SECONDS] [options of minichat-server].

A fault replaces one function; the real server has no switch for it.  At the end
such a server prints how many turns its loop has made, and the processor time of them.
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


def always_write(seconds: float) -> None:
    """Wait for WRITE even with nothing to write, as many examples in books do."""
    wanted = Connection._wanted

    def wrong(self: Connection) -> int:
        mask = wanted(self)
        return mask | EVENT_WRITE if mask else 0

    Connection._wanted = wrong  # type: ignore[method-assign]


def sleeps(seconds: float) -> None:
    """Sleep while a line is served, as a slow query or a look-up would."""
    dispatch = dispatcher.dispatch

    def wrong(room: Room, member: Member, line: bytes) -> Outcome:
        if line == SLEEP:
            time.sleep(seconds)
        return dispatch(room, member, line)

    dispatcher.dispatch = wrong


def sets_a_timer(seconds: float) -> None:
    """Wait in the right way: set a timer, go on, and serve the line when the timer rings."""
    line_received = Server.line_received

    def right(self: Server, connection: Connection, line: bytes) -> None:
        if line == SLEEP:
            self._reactor.call_later(seconds, lambda: line_received(self, connection, line))
        else:
            line_received(self, connection, line)

    Server.line_received = right  # type: ignore[method-assign]


def decodes_early(seconds: float) -> None:
    """Decode each read instead of each line."""
    feed = LineBuffer.feed

    def wrong(self: LineBuffer, data: bytes) -> None:
        feed(self, data.decode("utf-8", "replace").encode())

    LineBuffer.feed = wrong  # type: ignore[method-assign]


SLEEP = b"durma"
FAULTS: Dict[str, Callable[[float], None]] = {
    "always-write": always_write,
    "sleeps": sleeps,
    "sets-a-timer": sets_a_timer,
    "decodes-early": decodes_early,
}


def main() -> int:
    """Plant the fault and serve; return the exit status."""
    fault, _, seconds = sys.argv.pop(1).partition("=")
    FAULTS[fault](float(seconds or 0))
    run, close = Reactor.run, Reactor.close
    began = 0.0

    def run_and_time(self: Reactor) -> None:
        nonlocal began
        began = time.process_time()
        run(self)

    def close_and_count(self: Reactor) -> None:
        print(f"turns {self.turns} processor {time.process_time() - began:.3f}", flush=True)
        close(self)

    Reactor.run = run_and_time  # type: ignore[method-assign]
    Reactor.close = close_and_count  # type: ignore[method-assign]
    return server.main()


if __name__ == "__main__":
    sys.exit(main())
