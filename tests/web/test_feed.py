"""The feed at a live server, turn by turn: what a watcher reads, and that watching costs nobody anything."""

from __future__ import annotations

import argparse
import time
import unittest
from typing import Any, List, Optional
from unittest import mock

from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.listener import listen
from minichat.trace.check import check
from minichat.trace.page import Books
from minichat.trace.recorder import Recorder, header
from minichat.trace.schema import Event
from minichat.trace.served import WatchedServer
from minichat.trace.watched import WatchedReactor
from minichat.web import feed, history
from minichat.web.start import open_web
from tests.peer import Peer
from tests.support import PATIENCE_SECONDS
from tests.web.streams import checked, events, messages

LIMITS = Limits(clients=100, rate_lines=0.0, kernel_send_bytes=4096)
VALUES = argparse.Namespace(lang="pt", host="127.0.0.1", web_name="sala3", loop=True)


class Watcher(Peer):
    """A program that reads the stream of the loop."""

    def __init__(self, case: LoopCase, last_id: str = "", reads: bool = True, **headers: str) -> None:
        super().__init__(case.web_port, receive_bytes=0 if reads else 2048)
        case.addCleanup(self.close)
        self.data = b""
        fields = {"Host": f"localhost:{case.web_port}", "Last-Event-ID": last_id, **headers}
        head = [f"{name}: {value}\r\n" for name, value in fields.items() if value]
        self.send(f"GET /loop/events HTTP/1.1\r\n{''.join(head)}\r\n")

    def stream(self) -> bytes:
        """What has come after the head."""
        while data := self.pull(1 << 20):
            self.data += data
        return self.data.partition(b"\r\n\r\n")[2]

    def numbers(self) -> List[int]:
        """The numbers of the events that have come."""
        return [event["n"] for event in events(self.stream())]


class LoopCase(unittest.TestCase):
    """A server whose loop can be watched, turned by hand."""

    def setUp(self) -> None:
        self.trace: List[Event] = []
        self._takers: List[Any] = [self.trace.append]
        self.recorder = Recorder(self._take)
        self.skipped = 0.0
        self.reactor = WatchedReactor(self.recorder, None, lambda: time.monotonic() + self.skipped, self._bug)
        self.recorder.put("header", **header("selector", LIMITS))
        listening, web = listen("127.0.0.1", 0, 100), listen("127.0.0.1", 0, 100)
        self.port, self.web_port = listening.getsockname()[1], web.getsockname()[1]
        self.server = WatchedServer(self.reactor, listening, LIMITS, Messages("pt"), lambda line: None)
        open_web(VALUES, self.server, web, "nc", self.join)
        self.addCleanup(self.reactor.close)
        self.addCleanup(self.server.close)

    def _take(self, event: Event) -> None:
        for take in self._takers:
            take(event)

    def _bug(self) -> None:
        raise  # noqa: PLE0704 (in a test a bug is a failure)

    def join(self, take: Any) -> None:
        """Let a history take every event."""
        take(self.trace[0])
        self._takers.append(take)

    def turn(self) -> None:
        """One turn that waits for a moment at most."""
        self.reactor.call_later(0.001, lambda: None)
        self.reactor.run_once()

    def settle(self) -> None:
        """Turn until there is nothing left to do."""
        for _ in range(20):
            self.turn()

    def turn_until(self, holds: Any, what: str) -> None:
        """Turn until that holds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"{what} did not come; last events {self.trace[-5:]}"
            self.turn()

    def pass_time(self, seconds: float) -> None:
        """Let time pass in steps too small to look like a stall."""
        while seconds > 0:
            self.skipped += min(0.9, seconds)
            seconds -= 0.9
            self.turn()

    def watcher(self, last_id: str = "", reads: bool = True, **headers: str) -> Watcher:
        """One who watches, whose request is answered."""
        watching = len(self.watched())
        watcher = Watcher(self, last_id, reads, **headers)
        self.turn_until(lambda: len(self.watched()) > watching, "the watching")
        return watcher

    def watched(self) -> List[Event]:
        """The last events of all watchers so far."""
        return [event for event in self.trace if event.get("state") == "watching"]

    def peer(self, nick: Optional[str] = None) -> Peer:
        """One who chats."""
        peer = Peer(self.port)
        self.addCleanup(peer.close)
        if nick:
            peer.send(f"{nick}\n")
            self.settle()
        return peer

    def chat(self, peer: Peer, lines: int, size: int = 40) -> None:
        """Say something, and read what comes."""
        for number in range(lines):
            peer.send(f"{number} {'x' * size}\n")
            self.turn()
            peer.pull(1 << 20)
        self.settle()

    def queued(self) -> List[int]:
        """Bytes that wait for each connection at the door for browsers."""
        return [connection.queued for connection in self.server.pool.owners if hasattr(connection, "speech")]

    def answer(self, head: str) -> bytes:
        """What such a request is answered."""
        with Peer(self.web_port) as peer:
            peer.send(head)
            peer.end_sending()
            data: List[bytes] = []
            peer.socket.setblocking(False)

            def has_ended() -> bool:
                try:
                    data.append(peer.socket.recv(1 << 20))
                except BlockingIOError:
                    return False
                return data[-1] == b""

            self.turn_until(has_ended, "the end")
            return b"".join(data)


class Watching(LoopCase):
    def test_a_watcher_reads_every_event_of_every_turn(self) -> None:
        watcher = self.watcher()
        self.chat(self.peer("ana"), 5)
        self.assertEqual(events(watcher.stream()), self.trace[: len(watcher.numbers())])
        self.assertGreater(len(watcher.numbers()), len(self.trace) - 5)

    def test_what_is_read_passes_the_check(self) -> None:
        watcher = self.watcher()
        self.chat(self.peer("ana"), 5)
        self.assertEqual(checked(events(watcher.stream())), [])
        self.assertIn("say", [event.get("name") for event in events(watcher.stream())])

    def test_a_watcher_is_outside_the_trace_from_its_request_on(self) -> None:
        watcher = self.watcher()
        self.chat(self.peer("ana"), 3)
        watcher.close()
        self.settle()
        (last,) = self.watched()
        mine = [event for event in self.trace if event.get("conn") == last["conn"]]
        self.assertEqual(mine[-1], last)
        self.assertEqual(self.queued(), [])

    def test_the_file_that_is_written_meanwhile_passes_the_check(self) -> None:
        watchers = [self.watcher(), self.watcher()]
        ana = self.peer("ana")
        self.chat(ana, 5)
        watchers[0].close()
        ana.send("QUIT\n")
        self.settle()
        ana.close()
        self.settle()
        self.server.close()
        self.recorder.end()
        self.assertEqual(check(self.trace)[1], [])

    def test_watching_makes_no_turn(self) -> None:
        watchers = [self.watcher() for _ in range(3)]
        self.settle()
        deferred = [event["deferred"] for event in self.trace[-20:] if event["event"] == "wait"]
        self.assertEqual(set(deferred), {0})
        self.assertTrue(all(watcher.numbers() for watcher in watchers))

    def test_two_watchers_read_the_same(self) -> None:
        first = self.watcher()
        self.chat(self.peer("ana"), 3)
        second = self.watcher()
        self.chat(self.peer("bia"), 3)
        both = first.stream(), second.stream()
        size = min(map(len, both))
        self.assertEqual(both[0][:size], both[1][:size])
        self.assertGreater(size, 1000)

    def test_a_watcher_needs_no_nick_in_time(self) -> None:
        watcher = self.watcher()
        for _ in range(int(2 * LIMITS.join_seconds)):
            self.pass_time(1)
            count = len(watcher.numbers())
        self.chat(self.peer("ana"), 1)
        self.assertGreater(len(watcher.numbers()), count)

    def test_what_a_watcher_sends_is_dropped(self) -> None:
        watcher = self.watcher()
        watcher.send(b"GET /loop HTTP/1.1\r\n\r\n" + b"y" * 9000)
        self.chat(self.peer("ana"), 2)
        self.assertEqual(checked(events(watcher.stream())), [])

    def test_the_end_of_the_server_ends_the_stream(self) -> None:
        watcher = self.watcher()
        self.server.ending.shut_down()
        watcher.end_sending()
        self.settle()
        watcher.socket.settimeout(PATIENCE_SECONDS)
        self.assertNotEqual(watcher.rest(), "")


class TooSlow(LoopCase):
    def setUp(self) -> None:
        patch = mock.patch.object(history, "PART_BYTES", 30_000)
        patch.start()
        self.addCleanup(patch.stop)
        super().setUp()

    def test_the_queue_of_who_does_not_read_is_bounded(self) -> None:
        self.watcher(reads=False)
        most, ana = 0, self.peer("ana")
        for _ in range(30):
            self.chat(ana, 10)
            most = max(most, *self.queued(), 0)
        self.assertGreater(most, 0)
        self.assertLessEqual(most, LIMITS.queue_bytes // 2 + 2 * LIMITS.piece_bytes)

    def test_who_takes_no_byte_is_let_go_and_nobody_else(self) -> None:
        self.watcher(reads=False)
        reader, ana = self.watcher(), self.peer("ana")
        for _ in range(5):  # less than the history keeps
            self.chat(ana, 10)
            reader.stream()
        self.assertEqual(len(self.queued()), 2)
        for _ in range(20):
            self.pass_time(1)
            reader.stream()
        self.assertEqual(len(self.queued()), 1)
        self.chat(ana, 1)
        self.assertEqual(checked(events(reader.stream())), [])

    def test_who_comes_back_goes_on_where_it_was(self) -> None:
        ana, watcher = self.peer("ana"), self.watcher()
        self.chat(ana, 10)
        seen, last_id = watcher.numbers(), messages(watcher.stream())[-1][0]
        watcher.close()
        self.chat(ana, 10)
        again = self.watcher(last_id)
        self.settle()
        seen = seen[: seen.index(int(last_id.partition("-")[2])) + 1] + again.numbers()
        self.assertEqual(seen, list(range(len(seen))))

    def test_who_comes_back_too_late_is_told_of_the_gap(self) -> None:
        ana, watcher = self.peer("ana"), self.watcher()
        last_id, events_seen = messages(watcher.stream())[-1][0], len(watcher.numbers())
        watcher.close()
        for _ in range(history.PARTS * 12):
            self.chat(ana, 10)
        again = self.watcher(last_id)
        self.chat(ana, 3)
        gap, snapshot, *rest = events(again.stream())
        self.assertEqual((gap["event"], gap["missed"]), ("gap", snapshot["n"] - events_seen + 1))
        self.assertEqual(next(one["nick"] for one in snapshot["snapshot"]), "ana")
        self.assertEqual(rest[0]["n"], snapshot["n"] + 1)
        self.assertEqual(checked([gap, snapshot, *rest]), [])

    def test_the_snapshot_is_what_the_books_of_check_say(self) -> None:
        ana, bia = self.peer("ana"), self.peer()
        bia.send(b"bi")
        slow = Peer(self.port, receive_bytes=2048)
        self.addCleanup(slow.close)
        slow.send("caio\n")
        ana.send("y" * 9000 + "\n")  # thrown away
        for _ in range(history.PARTS * 12):
            self.chat(ana, 10, 400)
        watcher, wanted = self.watcher(), f'"n":{len(self.trace) - 1},'.encode("ascii")
        self.turn_until(lambda: wanted in watcher.stream(), "all that is kept")
        gap, snapshot, *rest = events(watcher.stream())
        books = Books()
        for event in self.trace[: snapshot["n"] + 1]:
            books.feed(event)
        known = [{name: one[name] for name in one if name != "thrown"} for one in snapshot["snapshot"]]
        self.assertEqual(known, books.snapshot())
        self.assertEqual(len(books.snapshot()), 3)
        self.assertEqual(checked([gap, snapshot, *rest]), [])

    def test_who_falls_out_of_the_history_is_let_go(self) -> None:
        self.watcher(reads=False)
        ana = self.peer("ana")
        for _ in range(history.PARTS * 60):
            self.chat(ana, 10)
            if not self.queued():
                break
        self.assertEqual(self.queued(), [])


class Forbidden(LoopCase):
    """What is refused, on both paths."""

    def check_refused(self, status: int, host: str = "localhost", **headers: str) -> None:
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        for path in (feed.PAGE_PATH, feed.EVENTS_PATH):
            said = self.answer(f"GET {path} HTTP/1.1\r\nHost: {host}:{self.web_port}\r\n{more}\r\n")
            self.assertEqual(int(said.split()[1]), status, said)

    def test_a_host_that_is_not_loopback(self) -> None:
        self.check_refused(403, "sala3")
        self.check_refused(403, "192.0.2.7")
        self.check_refused(421, "evil.example")

    def test_a_peer_that_is_not_loopback(self) -> None:
        with mock.patch("minichat.server.address.is_loopback", lambda sockaddr: False):
            self.check_refused(403)

    def test_a_page_of_another_site(self) -> None:
        self.check_refused(403, Origin="http://evil.example")
        self.check_refused(403, Origin="null")

    def test_no_answer_lets_another_site_read(self) -> None:
        page = self.answer(f"GET /loop HTTP/1.1\r\nHost: localhost:{self.web_port}\r\n\r\n")
        watcher = self.watcher()
        self.settle()
        watcher.stream()
        for head in (page.partition(b"\r\n\r\n")[0], watcher.data.partition(b"\r\n\r\n")[0]):
            self.assertNotIn(b"access-control", head.lower())
            self.assertIn(b"Cross-Origin-Resource-Policy: same-origin", head)

    def test_no_more_than_some_watch_at_once(self) -> None:
        for _ in range(feed.WATCHERS):
            self.watcher()
        said = self.answer(f"GET {feed.EVENTS_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertEqual(int(said.split()[1]), 503)

    def test_a_watcher_that_has_gone_leaves_its_place(self) -> None:
        for _ in range(feed.WATCHERS):
            self.watcher().close()
            self.settle()
        self.watcher()


if __name__ == "__main__":
    unittest.main()
