"""The innocents: people who chat while a server is attacked, each from an address of its own.

Some say a short text now and then, and measure when it comes back.  Two only
read, at the speed of their line.  And strangers come to the door.  None of them
does anything wrong, so none may be cut.
"""

from __future__ import annotations

import itertools
import math
import time
from selectors import EVENT_READ, EVENT_WRITE
from typing import Dict, List

from chaotic.wires import Loop

from attacking import addresses

# Each says fewer texts than a fair share of a room that has 10 times what --rate
# gives one (1,000 lines a second), between 64 attackers and these; all say 50 a second.
METERS = ("ana", "paco", "elisa", "davi", "rosa")
SAY_SECONDS = 0.1
SLOW_READER, QUICK_READER = "rita", "raul"
READERS = {SLOW_READER: 1e6, QUICK_READER: 3e6}  # bytes a second
INNOCENTS = len(METERS) + len(READERS)
# Of the readers.  With the megabytes that the kernel would give them, seconds of a flood leave no trace.
READER_WINDOW_BYTES = 65536
SIP_SECONDS = 0.005
MOST_SIP_SECONDS = 0.25  # what a reader makes up for when this process was not scheduled
MARK = b"]: ~"  # in all that innocents say, and in nothing that attackers say
FAREWELL = b"]: ~farewell\n"  # the last text of all
READ_BYTES = 1 << 18
KNOCK_SECONDS = 0.25  # from one stranger to the next
RESERVED = b"who\n"  # no legal nick: the stranger reads ERR, and leaves no line in the status


class Innocent:
    """A member who does nothing wrong, and reads everything at once."""

    def __init__(self, loop: Loop, port: int, nick: str, number: int, window_bytes: int = 0) -> None:
        self.nick = nick
        self.is_in = False
        self.has_all = False  # has read the farewell
        self.end = ""  # how the server ended the connection, once it has
        self.lines = 0  # that were read
        self.lines_of_innocents = self.private_lines = self.comings = 0  # of these; a coming is a JOIN or a LEAVE
        self._loop = loop
        self._last = b"nothing"  # whole line
        self._rest = b"\n"  # of a line that is not yet whole, with the newline before it
        self._socket = addresses.connecting(port, addresses.innocent(number), window_bytes)
        self._wanted = EVENT_READ
        loop.watch(self._socket.fileno(), EVENT_READ | EVENT_WRITE, self._on_ready)

    def close(self) -> None:
        """Close the connection, if it is still open."""
        if self._socket.fileno() >= 0:
            self._loop.watch(self._socket.fileno(), 0, self._on_ready)
            self._socket.close()

    def _on_ready(self, mask: int) -> None:
        if mask & EVENT_WRITE:
            self._loop.watch(self._socket.fileno(), self._wanted, self._on_ready)
            self._say(self.nick.encode() + b"\n")
        if mask & EVENT_READ and not self.end:
            self._read(READ_BYTES)

    def _say(self, text: bytes) -> None:
        try:
            self._socket.send(text)
        except BlockingIOError:
            pass  # 64 KB were not read by the server: the missing echo tells
        except OSError:
            pass  # the end is read

    def _read(self, size: int) -> int:
        try:
            data = self._socket.recv(size)
        except BlockingIOError:
            return 0
        except OSError:
            data, self.end = b"", "reset"
        if data:
            self._understand(data)
        else:
            self.end = self.end or ("half a line" if len(self._rest) > 1 else self._last.decode())
            self.close()
        return len(data)

    def _understand(self, data: bytes) -> None:
        data = self._rest + data
        end = data.rfind(b"\n")
        self._rest = data[end:]
        if end > 0:
            self._last = data[data.rfind(b"\n", 0, end) + 1 : end]
        self.lines += data.count(b"\n") - 1
        self.lines_of_innocents += data.count(MARK, 0, end)
        self.private_lines += data.count(b" [dm]: ", 0, end)
        self.comings += data.count(b"\nJOIN ", 0, end) + data.count(b"\nLEAVE ", 0, end)
        self.is_in = self.is_in or b"\nOK " in data
        self.has_all = self.has_all or FAREWELL in data
        self._heard(data[:end])

    def _heard(self, lines: bytes) -> None:
        """Whole lines have come, each with the newline before it."""


class Meter(Innocent):
    """Says a text again and again, and measures when it comes back."""

    def __init__(self, loop: Loop, port: int, nick: str, number: int) -> None:
        super().__init__(loop, port, nick, number)
        self.said_at: Dict[int, float] = {}  # what has not come back yet
        self.echo_seconds: List[float] = []
        self.talks = False
        self._numbers = itertools.count()
        self._echo = f"\nFROM {nick} [all]: ~".encode()

    def begin(self, after_seconds: float) -> None:
        """Talk from now on; forget what was measured before."""
        self.talks = True
        self._loop.later(after_seconds, self._tick)

    def say_farewell(self) -> None:
        """Say the last text of all."""
        self._say(FAREWELL[3:])

    def _tick(self) -> None:
        if self.talks and not self.end:
            number = next(self._numbers)
            self.said_at[number] = time.monotonic()
            self._say(b"~%d\n" % number)
            self._loop.later(SAY_SECONDS, self._tick)

    def _heard(self, lines: bytes) -> None:
        now, place = time.monotonic(), lines.find(self._echo)
        while place >= 0:
            number = lines[place + len(self._echo) :].partition(b"\n")[0]
            if number.isdigit():
                self.echo_seconds.append(now - self.said_at.pop(int(number)))
            place = lines.find(self._echo, place + 1)


class Reader(Innocent):
    """Reads at a certain speed, and says nothing."""

    def __init__(self, loop: Loop, port: int, nick: str, number: int, speed: float) -> None:
        super().__init__(loop, port, nick, number, READER_WINDOW_BYTES)
        self.speed = speed  # bytes a second; infinity is all at once
        self._read_until = time.monotonic()  # what was read is paid for until then
        self._wanted = 0
        loop.later(SIP_SECONDS, self._sip)

    def _sip(self) -> None:
        now = time.monotonic()
        self._read_until = max(self._read_until, now - MOST_SIP_SECONDS)
        while not self.end and self._read_until < now:
            size = READ_BYTES if self.speed == math.inf else int((now - self._read_until) * self.speed) + 1
            came = self._read(size)
            self._read_until += came / self.speed
            if came < size:
                break
        if not self.end:
            self._loop.later(SIP_SECONDS, self._sip)


class Door:
    """Strangers who come one after the other, each with a nick that is refused, and measure how long that takes."""

    def __init__(self, loop: Loop, port: int, number: int) -> None:
        self.answer_seconds: List[float] = []
        self.wordless = 0  # were not told why
        self._loop, self._port, self._source = loop, port, addresses.innocent(number)
        self._waiting: List[Stranger] = []
        self._is_open = True
        self._knock()

    def close(self) -> None:
        """Let no one come any more; those who still wait have waited until now."""
        self._is_open = False
        for stranger in list(self._waiting):
            stranger.leave()

    def left(self, stranger: Stranger) -> None:
        """Note what a stranger has read."""
        self._waiting.remove(stranger)
        self.answer_seconds.append(time.monotonic() - stranger.came_at)
        self.wordless += not stranger.is_told and self._is_open

    def _knock(self) -> None:
        if self._is_open:
            self._waiting.append(Stranger(self, self._loop, self._port, self._source))
            self._loop.later(KNOCK_SECONDS, self._knock)


class Stranger:
    """Knocks, and reads why it is refused, up to the end."""

    def __init__(self, door: Door, loop: Loop, port: int, source: str) -> None:
        self.came_at = time.monotonic()
        self._got = b""
        self._has_said = False
        self._door, self._loop = door, loop
        self._socket = addresses.connecting(port, source)
        loop.watch(self._socket.fileno(), EVENT_READ | EVENT_WRITE, self._on_ready)

    @property
    def is_told(self) -> bool:
        """True if one whole line was read."""
        return self._got.startswith(b"ERR ") and self._got.endswith(b"\n")

    def leave(self) -> None:
        """Close the connection."""
        self._loop.watch(self._socket.fileno(), 0, self._on_ready)
        self._socket.close()
        self._door.left(self)

    def _on_ready(self, mask: int) -> None:
        try:
            if mask & EVENT_WRITE:
                self._loop.watch(self._socket.fileno(), EVENT_READ, self._on_ready)
                self._socket.send(RESERVED)
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data, self._got = b"", b""  # a reset is no answer
        self._got += data
        if not data:
            self.leave()
