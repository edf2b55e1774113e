"""A real run of a watched server, in this process, in which everything happens once."""

from __future__ import annotations

import functools
import time
from typing import List
from unittest import mock

from minichat.chat import dispatcher
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.listener import listen
from minichat.net.pool import Owner
from minichat.trace.recorder import Recorder, header
from minichat.trace.schema import SLOW_NANOSECONDS, Event
from minichat.trace.served import WatchedServer
from minichat.trace.watched import WatchedReactor
from minichat.trace.watchedweb import WatchedWebConnection, WatchedWebHouse
from minichat.web.answers import refusal
from minichat.web.connection import WebConnection
from minichat.web.head import Request
from tests.peer import Peer, SlowPeer
from tests.support import PATIENCE_SECONDS
from tests.webpeer import masked, request

# So that a few kilobytes fill everything that a reader can fill, and patience is short.
LIMITS = Limits(
    clients=10, rate_lines=0.0, kernel_send_bytes=4096, turn_bytes=4096, own_queue_bytes=4096,
    queue_soft_bytes=8192, queue_bytes=65536, queue_soft_seconds=0.2, progress_seconds=0.2,
)  # fmt: skip
LINE = "x" * 1000


class Run:
    """A server with a recorder, turned by hand."""

    def __init__(self, limits: Limits = LIMITS, payload_bytes: int = 0) -> None:
        self.events: List[Event] = []
        self.recorder = Recorder(self.events.append, payload_bytes)
        self.reactor = WatchedReactor(self.recorder)
        selector = type(self.reactor._selector).__name__
        self.recorder.put("header", **header(selector, limits, payload_bytes=payload_bytes))
        self.listening = listen("127.0.0.1", 0, 10)
        self.port: int = self.listening.getsockname()[1]
        self.server = WatchedServer(self.reactor, self.listening, limits, Messages("pt"), lambda line: None)
        web = listen("127.0.0.1", 0, 10)
        self.web_port: int = web.getsockname()[1]
        self.web = WatchedWebHouse(self.server, web, {}, feeds={"/watch": self.let_watch})

    def let_watch(self, connection: WebConnection, request: Request) -> Owner:
        """Take a connection out of the trace, and end it."""
        assert isinstance(connection, WatchedWebConnection)
        connection.leave_trace()
        connection.respond(refusal(404, "there is nothing to watch"))
        connection.close("answered")
        return self.server

    def turn_until(self, times: int, event: str, **fields: object) -> None:
        """Turn until that event with those fields has happened so many times."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        wanted = {"event": event, **fields}.items()
        while sum(all(happened.get(key) == value for key, value in wanted) for happened in self.events) < times:
            assert time.monotonic() < deadline, f"no {event} {fields} came, only {self.events[-5:]}"
            wake = self.reactor.call_later(0.01, lambda: None)
            self.reactor.run_once()
            wake.cancel()

    def turn_until_all_gone(self) -> None:
        """Turn until there is no connection."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.server.pool.owners:
            assert time.monotonic() < deadline, f"still there: {list(self.server.pool.owners)}"
            self.reactor.call_later(0.01, lambda: None)
            self.reactor.run_once()

    def end(self) -> List[Event]:
        """Stop everything; the trace."""
        self.server.close()
        self.reactor.close()
        self.recorder.end()
        return self.events


@functools.lru_cache(maxsize=1)
def full_trace() -> List[Event]:
    """A run in which every event of the schema happens; made once, so not to be changed."""
    run = Run(payload_bytes=20)
    ana, caio = Peer(run.port), SlowPeer(run.port)
    try:
        ana.send("ana\n")
        run.turn_until(1, "state", state="joined")
        caio.send("caio\n")
        run.turn_until(2, "state", state="joined")
        ana.send(b"oi\r\n@caio psst\nWHO\nm")
        run.turn_until(1, "command", name="who")
        ana.send(b"eio\n" + b"y" * 9000 + b"\nfim\n")
        run.turn_until(1, "line", length=0)
        run.turn_until(5, "command", conn=1)
        slowly = mock.patch.object(dispatcher, "dispatch", _slow(dispatcher.dispatch))
        with slowly:
            ana.send("devagar\n")
            run.turn_until(1, "slow")
        run.recorder.put("note", text="caio stops reading")
        while not any(event["event"] == "drop" for event in run.events):
            commands = sum(event["event"] == "command" for event in run.events)
            ana.send(f"{LINE}\n")
            run.turn_until(commands + 1, "command")
            ana.socket.recv(1 << 16)
        run.turn_until(1, "wake", reason="timer")
        ana.send("QUIT\n")
        run.turn_until(1, "command", name="quit")
    finally:
        ana.close()
        caio.close()
    run.turn_until(2, "close")
    _visit(run)
    return run.end()


def _visit(run: Run) -> None:
    """A browser comes, says a line between two control frames, and goes."""
    with Peer(run.web_port) as peer:
        peer.send(request(run.web_port))
        run.turn_until(1, "head", status=101)
        peer.send(masked(0x81, b"bia") + masked(0x89, b"?") + masked(0x01, b"o") + masked(0x80, b"i"))
        run.turn_until(1, "frame", kind="continuation")
        peer.send(masked(0x88, b""))
        run.turn_until(3, "state", state="draining")
    run.turn_until(3, "close")
    with Peer(run.web_port) as peer:
        peer.send(b"GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n")
        run.turn_until(1, "state", state="watching")
        peer.end_sending()
        run.turn_until_all_gone()


def _slow(dispatch: functools.partial[object] | object) -> object:
    def slow(*arguments: object) -> object:
        begin = time.monotonic_ns()
        while time.monotonic_ns() - begin < 1.2 * SLOW_NANOSECONDS:
            pass
        return dispatch(*arguments)  # type: ignore[operator]

    return slow
