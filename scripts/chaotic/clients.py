"""The people of a chaos run: how they talk, misbehave and leave.

Each person is one connection and keeps a record of what it sent and read;
chaotic/judge decides whether that was right.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
import time
import unicodedata
from collections import Counter
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Callable, Dict, Optional, Tuple

from chaotic.history import History
from chaotic.judge import Judge, Record, Sent
from chaotic.texts import LINE_BYTES, WITNESS, disguises, letter, persona_of, said
from chaotic.wires import Loop, ProgramWire, SocketWire, Wire

WITNESS_ROOM_BYTES = 1 << 22  # of its receive buffer: a slow moment of ours must not get the witness cut
NARROW_BYTES = 4096  # the receive buffer of a person who is to be a slow reader
TICK_SECONDS = 0.2  # between two texts of the witness
NEVER_READS_SECONDS = 20.0  # longer than the server tolerates
LONGEST_LINE_WAIT_BYTES = 2000  # a longer output is not sent byte by byte: that would take too long


# -- what people are like ------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Kind:
    """How one sort of people behaves."""

    says: Tuple[str, ...] = ("say",)
    batches: Tuple[int, int] = (3, 20)  # how often such a person speaks
    lines: Tuple[int, int] = (1, 2)  # in one batch, given to the kernel in one piece
    pause_seconds: float = 0.3  # between two batches, at most
    goes: Tuple[str, ...] = ("quit", "half")
    reads: str = "always"  # or "pauses" or "never"
    piece_bytes: int = 0  # longest piece sent at once; 0 is all
    hello: str = "nick"  # or "other's nick", "bad" or "none"


KINDS: Dict[str, Kind] = {
    "talker": Kind(),
    "paster": Kind(batches=(1, 3), lines=(20, 150), pause_seconds=1.0),
    "cutter": Kind(says=("say", "letter", "bad"), batches=(2, 5), lines=(1, 3), piece_bytes=1),
    "messenger": Kind(says=("letter", "letter", "letter", "say", "self", "nobody", "empty")),
    "asker": Kind(says=("who", "who", "say", "nothing"), lines=(1, 5)),
    "grumbler": Kind(says=("bad", "bad", "say", "nothing")),
    "closer": Kind(says=("say", "letter", "who"), goes=("close",)),
    "resetter": Kind(says=("say", "letter", "who"), goes=("reset",)),
    "flooder": Kind(says=("say",) * 9 + ("letter",), batches=(1, 1), lines=(300, 1500), goes=("quit", "half", "reset")),
    "pauser": Kind(says=("say", "letter", "who"), reads="pauses", pause_seconds=1.0),
    # The kernel keeps some megabytes for a peer that does not read: such a person must ask for much.
    "never": Kind(says=("who",), batches=(1, 1), lines=(3000, 15000), goes=("quit", "half", "reset"), reads="never"),
    "silent": Kind(batches=(0, 0), goes=("half", "close", "reset"), hello="none", pause_seconds=1.0),
    "stranger": Kind(batches=(0, 0), goes=("stay", "stay", "close", "reset"), hello="bad"),
    "impostor": Kind(batches=(1, 2), hello="other's nick"),
}
HEALTHY = ("talker", "paster", "cutter", "messenger", "asker", "grumbler")
BAD = tuple(kind for kind in KINDS if kind not in HEALTHY)
# How often the other kinds come, compared with a healthy kind; 1 if not named here.
WEIGHTS = {"flooder": 0.3, "never": 0.4}

BAD_HELLOS = (
    (b"GET / HTTP/1.1\r\nHost: chat\r\n\r\n", "apelido_invalido"),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x99\xab", "invalid_text"),  # TLS; no newline to wait for
    (b"NICK joao\r\nUSER joao 0 * :joao\r\n", "apelido_invalido"),
    (b"who\n", "apelido_invalido"), (b"\n", "apelido_invalido"), (b"a" * 25 + b"\n", "apelido_invalido"),
    (b"\xff\xfe\n", "invalid_utf8"), (b"\x1b[2J\n", "invalid_text"), (b"x" * 5000 + b"\nana\n", "line_too_long"),
)  # fmt: skip
BAD_LINES = (
    (b"\xff\xfe", "invalid_utf8"), (b"\xc0\xaf", "invalid_utf8"), (b"\xed\xa0\x80", "invalid_utf8"),
    (b"\x1b[2J", "invalid_text"), (b"a\0b", "invalid_text"), (b"a\rb", "invalid_text"),
    ("\u202eb".encode(), "invalid_text"), (b"y" * LINE_BYTES, "line_too_long"),
    (b"A" * 5000 + b"QUIT", "line_too_long"),
)  # fmt: skip


@dataclasses.dataclass
class Stage:
    """What all people of one run share."""

    loop: Loop
    port: int
    chance: random.Random
    history: History
    judge: Judge
    personas: int  # how many nicks there are besides that of the witness
    most_lines: int  # that one person may send, so that the rate does not hold it back for long
    counts: Counter[str] = dataclasses.field(default_factory=Counter)
    numbers: Any = dataclasses.field(default_factory=lambda: itertools.count(WITNESS + 1))
    ticks: int = 0  # texts of the witness
    is_over: bool = False  # no new person comes any more


class Person:
    """One connection, from its hello to its end."""

    def __init__(self, stage: Stage, persona: int, name: str, on_end: Callable[[Person], None], program: bool) -> None:
        """``name`` is one of KINDS; ``program`` puts a minichat-client between us and the server."""
        chance, kind = stage.chance, KINDS[name]
        self._stage, self._kind, self._on_end = stage, kind, on_end
        number = next(stage.numbers)
        if kind.hello == "other's nick":
            persona = chance.randint(1, stage.personas)
        typed = chance.choice(disguises(persona)) if kind.hello in ("nick", "other's nick") else ""
        nick = unicodedata.normalize("NFC", typed)
        self.record = Record(number, nick, len(stage.history.lines), reads=kind.reads == "always" and not program)
        stage.history.senders[number] = nick
        stage.counts[name] += 1
        self._outbox = bytearray()
        self._said = 0
        self._batches = chance.randint(*kind.batches)
        self._goes = chance.choice(kind.goes)
        self._is_reading = kind.reads != "never"
        self._deadline = time.monotonic() + NEVER_READS_SECONDS
        self._is_over = self._has_half_closed = False
        self.program = ProgramWire(stage.port, typed) if program else None
        self._wire: Wire = self.program or SocketWire(stage.port, 0 if kind.reads == "always" else NARROW_BYTES)
        if not program:
            self._outbox += self._hello(typed)
        self._update()
        stage.loop.later(chance.random() * kind.pause_seconds, self._act)

    def recover(self) -> None:
        """Read on, and leave in good order: the faults are over."""
        self._read_on()
        if not self._is_over and not self.record.way:
            self._go("close" if self._kind.hello in ("none", "bad") else self._stage.chance.choice(("quit", "half")))
        self._update()

    def break_off(self) -> None:
        """Break the connection off, without being judged."""
        self._finish(self._wire.reset)

    def __repr__(self) -> str:
        record = self.record
        return f"number {record.number}, {record.nick}, going by {record.way!r}, read {bytes(record.got[-200:])!r}"

    # -- what a person does ------------------------------------------------

    def _hello(self, typed: str) -> bytes:
        if self._kind.hello == "none":
            return b""
        if self._kind.hello == "bad":
            hello, self.record.refusal = self._stage.chance.choice(BAD_HELLOS)
            return hello
        return typed.encode() + self._stage.chance.choice((b"\n", b"\r\n"))

    def _act(self) -> None:
        """Do something, and plan what comes next."""
        chance, kind = self._stage.chance, self._kind
        if self._is_over or self.record.way:
            return
        if kind.reads == "pauses":
            self._is_reading = chance.random() < 0.5
            self._stage.counts["pauses"] += not self._is_reading
        if self._batches > 0:
            self._batches -= 1
            for _ in range(min(chance.randint(*kind.lines), self._stage.most_lines - len(self.record.sent))):
                self._speak(chance.choice(kind.says))
        elif kind.reads == "never" and not self._has_waited_enough():
            pass
        elif self._goes != "stay":
            self._go(self._goes)
        self._update()
        self._stage.loop.later(chance.random() * kind.pause_seconds, self._act)

    def _has_waited_enough(self) -> bool:
        """True if a person who never reads was cut, by the history, or has waited long enough."""
        lives = self._stage.history.lives.get(self.record.persona, [])
        mine = [life for life in lives if life.nick == self.record.nick and life.join >= self.record.since]
        return any(life.leave is not None for life in mine) or time.monotonic() > self._deadline

    def _speak(self, what: str) -> None:
        chance, record = self._stage.chance, self.record
        persona = persona_of(record.nick)
        self._said += 1
        number = self._said
        sent, line = Sent("nothing"), chance.choice((b"", b"   "))
        if what == "say":
            text = said(record.number, number)
            sent, line = Sent("answer", f"FROM {record.nick} [all]: {text}".encode()), text.encode()
        elif what in ("letter", "self"):
            to = persona if what == "self" else self._somebody_else(persona)
            text = letter(record.number, number, to)
            answer = f"FROM {record.nick} [dm]: {text}".encode()
            sent = Sent("answer", answer) if what == "self" else Sent("letter", b"", number, to)
            line = f"@{chance.choice(disguises(to))} {text}".encode()
        elif what == "who":
            sent, line = Sent("who"), chance.choice((b"WHO", b"who  "))
        elif what == "nobody":
            sent, line = Sent("nobody"), chance.choice((b"@ninguem oi", b"@ninguem", b"@", b"@ x"))
        elif what == "empty":
            sent, line = Sent("answer", b"ERR empty_message"), f"@{record.nick}".encode()
        elif what == "bad":
            line, code = chance.choice(BAD_LINES)
            sent = Sent("answer", f"ERR {code}".encode())
        record.sent.append(sent)
        ends = (b"\n",) if len(line) + 2 > LINE_BYTES else (b"\n", b"\r\n")
        self._outbox += line + chance.choice(ends)

    def _somebody_else(self, persona: int) -> int:
        to = self._stage.chance.randint(1, self._stage.personas - 1)
        return to + (to >= persona)

    def _go(self, way: str) -> None:
        """Leave in one of the four ways."""
        self.record.way = way
        self._read_on()
        self._stage.counts[f"program {way}" if self.program else way] += 1
        if way == "quit":
            self.record.sent.append(Sent("answer", b"BYE"))
            ignored = b"ignored\n" * self._stage.chance.choice((0, 0, 100))
            self._outbox += b"QUIT\n" + (b"" if self.program else ignored)  # a minichat-client would complain of them
        elif way == "half" and self._kind.hello != "none" and not self.program:
            self._outbox += self._stage.chance.choice((b"", b"half a line"))
        elif way == "close":
            self._finish(self._wire.close)
        elif way == "reset":
            self._finish(self._wire.reset)

    def _read_on(self) -> None:
        """Read everything from now on, and fast."""
        self._is_reading = True
        if self._kind.reads != "always":
            self._wire.widen()

    # -- the wire ----------------------------------------------------------

    def _on_ready(self, mask: int) -> None:
        if mask & EVENT_WRITE:
            self._send()
        if mask & EVENT_READ and not self._is_over:
            self._read()
        self._update()

    def _update(self) -> None:
        """Wait for what this person needs; half-close when all is sent."""
        if self._is_over:
            return
        if self.record.way == "half" and not self._outbox and not self._has_half_closed:
            self._watch_none()
            self._has_half_closed = True
            try:
                self._wire.end()
            except OSError:
                pass  # the connection has ended; what is left to read is judged
        wanted: Dict[int, int] = {self._wire.reads: EVENT_READ if self._is_reading else 0}
        if not self._has_half_closed:
            writes = EVENT_WRITE if self._outbox else 0
            wanted[self._wire.writes] = wanted.get(self._wire.writes, 0) | writes
        for fd, mask in wanted.items():
            self._stage.loop.watch(fd, mask, self._on_ready)

    def _watch_none(self) -> None:
        for fd in {self._wire.reads, self._wire.writes} if not self._has_half_closed else {self._wire.reads}:
            self._stage.loop.watch(fd, 0, self._on_ready)

    def _send(self) -> None:
        is_in_pieces = self._kind.piece_bytes and len(self._outbox) < LONGEST_LINE_WAIT_BYTES
        size = self._kind.piece_bytes if is_in_pieces else len(self._outbox)
        try:
            del self._outbox[: self._wire.write(bytes(self._outbox[:size]))]
        except BlockingIOError:
            pass
        except OSError:
            self._outbox.clear()  # the connection has ended; what is left to read is judged
            self._read_on()

    def _read(self) -> None:
        try:
            data = self._wire.read()
        except BlockingIOError:
            return
        except OSError:
            self._finish(self._wire.close)
            return
        self.record.got += data
        if not data:
            self.record.has_end = True
            self._finish(self._wire.close)

    def _finish(self, let_go: Callable[[], Optional[str]]) -> None:
        """End the connection, whichever side has ended it, and have it judged."""
        self._watch_none()
        self._is_over = True
        self.record.complaint = let_go() or ""
        self.record.due = self._stage.ticks + 1
        self._stage.judge.ended(self.record)
        self._on_end(self)


class Witness:
    """A member who is in from beginning to end, and reads everything at once."""

    def __init__(self, stage: Stage, nick: str) -> None:
        self._stage = stage
        self._wire = SocketWire(stage.port, WITNESS_ROOM_BYTES)
        self._wire.write(f"{nick}\n".encode())
        self._first = b""  # what comes up to the OK, which does not belong to the history
        self.is_in = self.has_end = False
        self.talks = True
        stage.loop.watch(self._wire.reads, EVENT_READ, self._on_ready)
        stage.loop.later(TICK_SECONDS, self._tick)

    def close(self) -> None:
        """Close the connection; nothing is read any more."""
        if not self.has_end:
            self.has_end = True
            self._stage.loop.watch(self._wire.reads, 0, self._on_ready)
            self._wire.close()

    def _tick(self) -> None:
        """Say a text; once the witness has read it, all that happened before is in the history."""
        # Much may be said in the time of one tick, so that only one text of the
        # witness is on its way at a time.
        if self.has_end:
            return
        stage = self._stage
        if self.talks and self.is_in and stage.history.last.get(WITNESS, 0) == stage.ticks:
            stage.ticks += 1
            asks = b"WHO\n" if stage.ticks % 5 == 0 else b""
            try:
                self._wire.write(said(WITNESS, stage.ticks).encode() + b"\n" + asks)
            except OSError:
                pass  # the connection has ended; what is left to read is judged
        stage.loop.later(TICK_SECONDS, self._tick)

    def _on_ready(self, mask: int) -> None:
        try:
            data = self._wire.read()
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()  # the server waits for that before it ends
        if not self.is_in:
            self._first += data
            _, newline, data = self._first.partition(b"\n")
            if not newline:
                return
            self.is_in = True
        self._stage.history.feed(data)
