"""The way from the person to the console: reads that end anywhere, and silences in the middle of a key."""

from __future__ import annotations

import random
from collections import Counter
from typing import List, Union

from tests.tty.fuzzing import person
from tests.tty.fuzzing.model import Model
from tests.tty.fuzzing.seat import Seat

HARMLESS_SECONDS = 0.1  # between the bytes of one key: less than any wait for the rest of a key
NOTICED_SECONDS = 4.0  # after it, nobody takes a key for a part of what came before
PAUSES = (0.001, 0.05, 0.2, 0.3, 0.9, 1.1, 2.0, 4.9, 5.1, 20.0, 60.0)
AMBIGUOUS = (b"\x1b", b"\x1b[", b"\x1bO", b"\x1bP", b"\x1b]", b"\x1b_")  # the beginning of a sequence, or a key
CTRL_C = 3


class Keyboard:
    """What was sent and is not yet read, and the habits of one seed."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.counts: Counter[str] = Counter()  # acts, by name
        self.log: List[Union[bytes, float, str]] = []  # each read, each silence, and what else happens
        self.joins = chance.choice((0.0, 0.3, 0.9))  # how often a read takes in the next act too
        self.reports_all = chance.random() < 0.15  # the terminal sends characters as sequences too
        self._read_bytes = chance.choice((0, 1, 2, 5, 1000))  # 0: a read for each act
        self._breath = chance.choice((0.0, HARMLESS_SECONDS))
        self._stalls = chance.choice((0.0, 0.0, 0.0, 0.1, 0.5))  # how often a key stops in its middle
        self._waiting = b""  # for the next read
        self.seat = Seat()
        self.model = Model(person.TYPED)

    def send(self, data: bytes) -> None:
        """Send bytes of the person or of the terminal: a key, a report, some text."""
        if len(data) > 1 and self.chance.random() < self._stalls:
            self._stall(data)
        else:
            self._waiting += data

    def put(self, data: bytes) -> None:
        """Send bytes without a silence in them."""
        self._waiting += data

    def type(self, text: str) -> None:
        """Send text; silence changes nothing, not even inside a character."""
        data = text.encode()
        if data and self.chance.random() < self._stalls:
            self._stop_inside(data, self.chance.randrange(len(data)), self.chance.choice(PAUSES))
        else:
            self._waiting += data

    def _stall(self, data: bytes) -> None:
        """Send a key or a report with a silence in its middle.

        After ESC, or ESC and one more, it looks like a key of its own.  Then only
        a mouse event is still known, and other things may be seen on the row.
        """
        cut, pause = self.chance.randrange(1, len(data)), self.chance.choice(PAUSES)
        if pause > HARMLESS_SECONDS and data[:cut].endswith(AMBIGUOUS):
            if self.model.is_yes_or_no or not data.startswith(person.RAW):
                self.be_loose()  # ESC alone is a no
            if not data.startswith(person.RAW):
                self.model.allow(data, person.enters_at_most(data), person.yeses_at_most(data))
        self._stop_inside(data, cut, pause)

    def _stop_inside(self, data: bytes, cut: int, pause: float) -> None:
        self.flush()
        self._waiting += data[:cut]
        self._deliver()
        self._sleep(pause)
        self._waiting += data[cut:]

    def send_paste(self, text: bytes) -> None:
        """Send a paste; silence in its middle, even in the marks, changes nothing."""
        if self.chance.random() < self._stalls:
            if self.model.is_yes_or_no:
                self.be_loose()  # after a silence, its first byte is ESC, which is a no
            self._stop_inside(person.PASTE_BEGIN, self.chance.randrange(1, 6), self.chance.choice(PAUSES))
        else:
            self._waiting += person.PASTE_BEGIN
        data = text + person.PASTE_END
        cuts = sorted(self.chance.randrange(len(data)) for _ in range(self.chance.choice((0, 0, 1, 3))))
        cuts = [cut for cut in cuts if data[cut] != CTRL_C]  # alone after a silence it ends the paste
        for start, end in zip([0, *cuts], [*cuts, len(data)]):
            if start:
                self._deliver()
                self._sleep(self.chance.choice(PAUSES))
            self._waiting += data[start:end]

    def flush(self) -> None:
        """Let the console read all that was sent, then judge; what was sent must be complete."""
        self._deliver()
        self.model.judge(self.seat.take())

    def _deliver(self) -> None:
        data, self._waiting = self._waiting, b""
        size = self._read_bytes or len(data) or 1
        breath = self._breath / max(len(data), 1)
        for start in range(0, len(data), size):
            self._read(data[start : start + size])
            if breath and start + size < len(data):
                self._sleep(breath)

    def _read(self, data: bytes) -> None:
        self.log.append(data)
        self.seat.read(data)

    def _sleep(self, seconds: float) -> None:
        self.log.append(seconds)
        self.seat.reactor.sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Let the console read what was sent, which is complete, then nothing for a while."""
        self.flush()
        self._sleep(seconds)
        self.model.judge(self.seat.take())

    def be_loose(self) -> None:
        """Let the model be loose from now on."""
        self.flush()
        if not self.model.is_loose:
            self.model.be_loose()

    def note(self, what: str) -> None:
        """Write into the log what happens besides bytes."""
        self.flush()
        self.log.append(what)
