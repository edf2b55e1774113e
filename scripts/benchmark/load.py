"""A load generator: people who speak as fast as they are answered.

    python3 -m benchmark.load SPECIFICATION

is started by benchmark.generators, which writes an order as a line of JSON and
waits for the answer, a line of JSON, before the next; the end of the input is
the end.  One thread, one selector, and every loop is closed:
a new message is said when an earlier one came back.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from typing import Any, Callable, Dict, List, Type

from benchmark.crowd import GONE, Crowd
from benchmark.wire import Chat

ORDER_BYTES = 65536
WARM_PART = 0.2  # of the time of an echo run is not counted
SILENCE = 0  # messages in flight
CHAT = Chat()


class Fanout(Crowd):
    """A few speak, everyone listens, so many messages are on their way at a time.

    Messages have numbers.  Number m is said by speaker m mod speakers, as soon
    as number m - in_flight was heard by the pilot, the last who came in: servers
    send in the order of coming, so by then all have it.  Each generator has a
    pilot, who hears all, and says the numbers of its own speakers; so any number
    of generators keeps to the same window without a word between them.
    """

    def reset(self) -> Dict[str, Any]:
        """The pilot is at his post before anyone speaks, also one of another generator."""
        self._heard = 0  # bytes that the pilot got
        self._window = SILENCE
        self.listen(self.members[-1], self._pilot(self.members[-1]))
        return super().reset()

    def go(self) -> Dict[str, Any]:
        """The speakers of this generator are number, number + generators, ..."""
        own = range(self.spec["number"], self.spec["speakers"], self.spec["generators"])
        sockets = self.members if self.wire.speakers_listen else [self._speaker() for _ in own]
        self._send = {number: sock.sendall for number, sock in zip(own, sockets)}
        self._line = self.wire.say(self.text)
        self._heard_bytes = self.wire.heard_bytes(self.nick(0), self.text)
        self._numbers = 0  # said, by all generators
        self._window = self.spec["in_flight"]
        self._speak_on()
        return {}

    def stop(self) -> Dict[str, Any]:
        """No window, no message."""
        self._window = SILENCE
        return {}

    def _speaker(self) -> socket.socket:
        sock = self.connect()
        receive, buffer = sock.recv_into, self.buffer

        def discard() -> None:
            receive(buffer)  # receipts do not count

        self.listen(sock, discard)
        return sock

    def _pilot(self, sock: socket.socket) -> Callable[[], None]:
        read = self.reader(sock)

        def pilot() -> None:
            before = self.bytes
            read()
            self._heard += self.bytes - before
            if self._window != SILENCE:
                self._speak_on()

        return pilot

    def _speak_on(self) -> None:
        """Say all numbers that the window allows and that were not said; a speaker's in one go."""
        until = self._heard // self._heard_bytes + self._window
        speakers = self.spec["speakers"]
        for number in range(self._numbers, min(until, self._numbers + speakers)):
            send = self._send.get(number % speakers)
            if send:
                times = len(range(number, until, speakers))
                self.said += times
                send(self._line * times)
        self._numbers = until


class Direct(Crowd):
    """People in pairs; each answers the other."""

    def go(self) -> Dict[str, Any]:
        """The first of each pair begins."""
        self._is_on = True
        people = min(len(self.members), 2 * self._pairs())
        for index in range(people):
            self.listen(self.members[index], self._answerer(index))
        for index in range(0, people, 2):
            self.said += 1
            self.members[index].sendall(self._line(index))
        return {}

    def stop(self) -> Dict[str, Any]:
        """Nobody answers any more."""
        self._is_on = False
        return {}

    def _pairs(self) -> int:
        """How many of this generator's pairs talk; of them all, the first ``speakers`` if that is said."""
        if not self.spec["speakers"]:
            return len(self.members)
        return len(range(self.spec["number"], self.spec["speakers"], self.spec["generators"]))

    def _line(self, index: int) -> bytes:
        return CHAT.tell(self.nick(index ^ 1), self.text)  # 0 and 1 are a pair, 2 and 3, ...

    def _answerer(self, index: int) -> Callable[[], None]:
        sock, line = self.members[index], self._line(index)
        receive, send, buffer = sock.recv_into, sock.sendall, self.buffer
        length = missing = CHAT.told_bytes(self.nick(index), self.text)

        def answer() -> None:
            nonlocal missing
            received = receive(buffer)
            if not received:
                raise ConnectionError(GONE)
            self.bytes += received
            missing -= received
            if missing <= 0 and self._is_on:
                missing += length
                self.said += 1
                send(line)

        return answer


class Echo(Crowd):
    """One alone, speaking to hear itself; no selector in between."""

    def measure(self, seconds: float) -> Dict[str, Any]:
        """Nanoseconds of every message there and back."""
        listener = self.members[0]
        speaker = listener if self.wire.speakers_listen else self.connect()
        line, length = self.wire.say(self.text), self.wire.heard_bytes(self.nick(0), self.text)
        times: List[int] = []
        begin = time.perf_counter()
        end, warm = begin + seconds, begin + seconds * WARM_PART
        while (now := time.perf_counter()) < end:
            start = time.perf_counter_ns()
            speaker.sendall(line)
            self._hear(listener, length)
            if now >= warm:
                times.append(time.perf_counter_ns() - start)
            self.said += 1
            if speaker is not listener:
                speaker.recv_into(self.buffer)  # the receipt
        return {"times": quantiles(times), "said": self.said, "bytes": self.bytes}

    def _hear(self, sock: socket.socket, missing: int) -> None:
        while missing > 0:
            received = sock.recv_into(self.buffer)
            if not received:
                raise ConnectionError(GONE)
            self.bytes += received
            missing -= received


class Churn(Crowd):
    """So many at a time come, say one thing and go; then they come again."""

    def go(self) -> Dict[str, Any]:
        """All come at once."""
        self._is_on = True
        for index in range(self.spec["number"], self.spec["people"], self.spec["generators"]):
            self._visit(index)
        return {}

    def stop(self) -> Dict[str, Any]:
        """Nobody comes again."""
        self._is_on = False
        return {}

    def _visit(self, index: int) -> None:
        sock, nick = self.connect(), self.nick(index)
        seen = bytearray()

        def read() -> None:
            received = sock.recv_into(self.buffer)
            seen.extend(self.buffer[:received])
            if not received:
                self.selector.unregister(sock)
                sock.close()
                self._left(nick, seen)
                if self._is_on:
                    self._visit(index)

        self.listen(sock, read)
        sock.sendall(CHAT.visit(nick, self.text))
        self.said += 1

    def _left(self, nick: str, seen: bytearray) -> None:
        was_heard = f"FROM {nick} [all]: {self.text}\n".encode() in seen
        if not (seen.startswith(f"OK {nick}\n".encode()) and was_heard and seen.endswith(b"BYE\n")):
            raise ConnectionError(f"{nick} was not served, but got {bytes(seen)!r}")
        self.bytes += CHAT.heard_bytes(nick, self.text)  # others hear it too, but not always


KINDS: Dict[str, Type[Crowd]] = {"listen": Crowd, "fanout": Fanout, "direct": Direct, "echo": Echo, "churn": Churn}


def quantiles(times: List[int]) -> Dict[str, float]:
    """The median and the 99th percentile, in the unit of ``times``."""
    ordered = sorted(times) or [0]
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[len(ordered) * 99 // 100]}


def main() -> None:
    """Obey until the input ends."""
    spec = json.loads(sys.argv[1])
    selector = selectors.DefaultSelector()
    crowd = KINDS[spec["kind"]](spec, selector)

    def obey() -> None:
        order = os.read(0, ORDER_BYTES)
        if not order:
            sys.exit()
        name, arguments = json.loads(order)
        print(json.dumps(getattr(crowd, name)(**arguments)), flush=True)

    selector.register(0, selectors.EVENT_READ, obey)
    while True:
        for key, _ in selector.select():
            key.data()


if __name__ == "__main__":
    try:
        main()
    except (OSError, EOFError) as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        sys.exit(1)
