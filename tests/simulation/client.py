"""The people of the simulator: they talk, misbehave and leave in every possible way.

A client remembers what it did, so that the oracle can judge what it got.  Each
text has the number of its sender and a running number; a direct message also
names its addressee.
"""

from __future__ import annotations

import errno
import math
from typing import TYPE_CHECKING, Any, List, NamedTuple, Optional

from tests.simulation.browser import Browser
from tests.simulation.kernel import ListeningSocket
from tests.simulation.telnet import Telnet

if TYPE_CHECKING:
    from tests.simulation.world import World

# There are few nicks, and other ways to write them or to look like them, so that they collide.
NICKS = ("ana", "Ana", "bia", "ＢＩᴀ", "caio", "ß", "SS", "д1")
BAD_LINES = (b"\xff\xfe", b"\x1b[2J", b"a\x00b", b"a\rb", "\u202eb".encode(), b"\xc0\xaf")

BAD_TEXTS = tuple(line for line in BAD_LINES if b"\xff" not in line and b"\xc0" not in line)  # no text ends a WebSocket

NICK_SECONDS = 50.0  # that a nick takes which comes in pieces: told to be unfinished, and still in time

# How a client leaves.  After "quit" and "half" it must get every answer.
WAYS_TO_GO = ("quit", "half", "half", "close", "reset", "vanish", "stay")


class Sent(NamedTuple):
    """One line that was sent whole."""

    kind: str  # "say", "tell", "who", "bad", "other"
    number: int
    to: str


class Client:
    """One person with one connection."""

    def __init__(self, world: World, number: int, listening: ListeningSocket, script: bytes = b"") -> None:
        """Make a person by chance, or a healthy one who only sends ``script``."""
        chance = world.chance
        self.world = world
        self.number = number
        self.nick = chance.choice(NICKS)
        self.goes = chance.choice(WAYS_TO_GO)
        self.reads = chance.random() < 0.7  # everything at once; otherwise it stops now and then
        self.sips = chance.choice((0, 0, 0, 10, 50))  # bytes a read, one read in 5 ms; 0 is all at once
        self.lines_left = chance.randint(0, 12)
        self.floods = chance.random() < 0.1
        self.got = bytearray()
        self.sent: List[Sent] = []
        self.said = 0
        self.gone = ""  # how it left, once it has
        self.bytes_behind_quit = 0
        self.failed = False  # its connection broke
        self.has_end = False  # it read the end of file
        self._outbox = bytearray()
        self._stops_reading = False
        self._has_sip = False
        habits = world.habits
        self.telnet = Telnet(habits) if not script and habits.random() < 0.25 else None
        self._shouts = not script and habits.random() < 0.15  # it sends a line without an end, once
        self._unsaid = b""  # of its nick, while it is slow to say it
        self._begun_at = -1.0  # when the server had read the beginning, by the server's own clock
        self.waited = 0.0  # from then to the next byte but one
        self.took = math.inf  # from then to the newline
        send_room, receive_room = chance.choice(((64, 64), (300, 300), (5000, 5000)))
        if habits.random() < 0.15:
            send_room = receive_room = 4096
        host = "127.0.0.1" if script else chance.choice(("127.0.0.1", "198.51.100.7", "198.51.100.8"))
        self.browser: Optional[Browser] = None
        speaks_web = bool(world.web) and not script and world.web_dice.random() < 0.67
        end = (world.web_listening if speaks_web else listening).connect(send_room, receive_room, host)
        self.end: Any = end
        if end is None:
            self.gone = "refused"
            return
        if speaks_web:
            world.faults.counts["client: web"] += 1
            self.end = self.browser = Browser(end, world.web_dice)
            self.telnet = None
        if script:
            self.reads, self.gone = True, "quit"
            self._put(script)
            return
        if chance.random() < 0.1:
            return  # this person never says a word
        name, begins_in = f"{self.nick}\n".encode(), chance.random()
        if habits.random() < 0.1:
            self._say_slowly(name)
            begins_in += NICK_SECONDS
        else:
            self._put(self._with_telnet(name))
        world.kernel.at(begins_in, self.act)

    @property
    def is_healthy(self) -> bool:
        """True if this client always read what came, and was never cut off."""
        is_good = self.reads and not self.failed and self.gone in ("", "quit", "half")
        is_struck = self.end is None or self.end.struck or self.nick in self.world.struck
        return is_good and not is_struck

    @property
    def is_done(self) -> bool:
        """True if this client does nothing any more."""
        return self.end is None or self.end.closed or self.gone == "vanish"

    def act(self) -> None:
        """Do something, and plan what comes next."""
        if self.is_done or self.gone:
            return
        chance = self.world.chance
        if not self.reads:
            self._stops_reading = chance.random() < 0.5
        if self.lines_left > 0:
            for _ in range(12 if self.floods else chance.randint(1, 3)):
                self._speak()
            self.lines_left -= 1
        elif self.goes != "stay":
            self.go(self.goes)
            return
        self.world.kernel.at(chance.choice((0.001, 0.1, 1.0, 15.0)) * chance.random(), self.act)

    def after_turn(self) -> None:
        """Read what came, unless this client has stopped reading; send what did not fit before."""
        if self.is_done:
            return
        if not self._stops_reading:
            if not self.sips:
                self.read(65536)
            elif not self._has_sip:
                self._has_sip = True
                self.world.kernel.at(0.005, self._sip)
        if not self.is_done:
            if self.browser:
                self.browser.flush()
            self._send()
            self._look_at_beginning()

    def _sip(self) -> None:
        self._has_sip = False
        if not self.is_done and not self._stops_reading:
            self.read(self.sips, once=True)
            if not self.is_done and self.end is not None and self.end.readable:
                self._has_sip = True
                self.world.kernel.at(0.005, self._sip)

    def read(self, size: int, once: bool = False) -> None:
        """Read all that has come, ``size`` bytes at a time; only one time if ``once``."""
        assert self.end is not None
        while True:
            try:
                data = self.end.recv(size)
            except BlockingIOError:
                return
            except OSError:
                self.failed = True
                self.end.close()
                return
            self.got += data
            if not data:
                self._read_end()
            if once or not data:
                return

    def go(self, way: str) -> None:
        """Leave in the given way, one of WAYS_TO_GO."""
        assert self.end is not None
        self.gone = way
        self.world.faults.counts[f"client: {way}"] += 1
        if way in ("quit", "half"):
            self._say_the_rest()
        if way == "quit":
            ignored = b"ignored\n" * self.world.chance.choice((0, 0, 100))
            self.bytes_behind_quit = len(ignored)
            self._put(b"QUIT\n" + ignored)
        elif way == "half":
            self._half_close_when_sent()
            for other in self.world.clients[:4]:  # what is said at this moment is for this client too
                if not (other.is_done or other.gone):
                    other._speak()
        elif way == "close":
            self.end.close()
        elif way == "reset":
            self.end.reset()
        elif way == "vanish":
            self.end.frozen = True
            peer = self.end.peer
            # Keep-alive finds that out after 60 s and three times 10 s.
            self.world.kernel.at(90.0, lambda: None if peer.closed else peer.fail(errno.ETIMEDOUT))

    def recover(self) -> None:
        """Read on, and leave in good order: the faults are over."""
        self._stops_reading = False
        if not self.is_done and not self.gone:
            self.go("quit")

    # -- saying things -----------------------------------------------------

    def _speak(self) -> None:
        if self._unsaid:
            return
        chance = self.world.chance
        self.said += 1
        name = f"{self.number}.{self.said}"
        padding = "x" * chance.choice((0, 0, 0, 3, 30))
        to = chance.choice(NICKS)
        kind = chance.choice(("say",) * 6 + ("tell",) * 3 + ("who", "bad", "other"))
        line = {
            "say": f"m{name} {padding}".encode(),
            "tell": f"@{to} d{name} {to}".encode(),
            "who": chance.choice((b"WHO", b"who  ")),
            "bad": chance.choice(BAD_LINES if self.browser is None else BAD_TEXTS),
            "other": chance.choice((b"", b"   ", b"@", b"@" + to.encode(), b"y" * 2 * self.world.limits.line_bytes)),
        }[kind]
        end = chance.choice((b"\n", b"\n", b"\r\n"))
        if kind in ("say", "tell", "who") and len(line) + len(end) > self.world.limits.line_bytes:
            kind = "other"
        self.sent.append(Sent(kind, self.said, to))
        self._put(line + end if kind == "bad" else self._with_telnet(line + end))
        if self._shouts:
            self._shouts = False
            self.world.faults.counts["client: shouts"] += 1
            self._put(b"z" * min(6000, 200 * self.world.limits.recv_bytes) + b"\n")

    def _with_telnet(self, line: bytes) -> bytes:
        if self.telnet is None:
            return line
        self.world.faults.counts["client: telnet"] += 1
        return self.telnet.sprinkle(line)

    # -- a nick that comes in pieces -----------------------------------------

    def _say_slowly(self, name: bytes) -> None:
        """Send the first byte now, the rest without its newline later, the newline later still."""
        self.world.faults.counts["client: unfinished"] += 1
        self._unsaid = name[1:]
        self._put(name[:1])
        self.world.kernel.at(NICK_SECONDS / 2, lambda: self._say_the_rest(spare=1))
        self.world.kernel.at(NICK_SECONDS, self._say_the_rest)

    def _say_the_rest(self, spare: int = 0) -> None:
        """Send what is left of the nick, but for its last ``spare`` bytes."""
        if self.is_done or len(self._unsaid) <= spare:
            return
        if not self.waited and self._begun_at >= 0:
            self.waited = self.world.reactor.now - self._begun_at
        if not spare and self._begun_at >= 0:
            self.took = self.world.reactor.now - self._begun_at
        count = len(self._unsaid) - spare
        said, self._unsaid = self._unsaid[:count], self._unsaid[count:]
        self._put(said)

    def _look_at_beginning(self) -> None:
        assert self.end is not None
        if self._unsaid and self._begun_at < 0 and not self.end.unsent and not self.end.peer.received:
            self._begun_at = self.world.reactor.now

    def _put(self, data: bytes) -> None:
        self._outbox += data
        self._send()

    def _send(self) -> None:
        """Send as much as fits, cut by chance."""
        assert self.end is not None
        while self._outbox and not self.end.closed:
            size = len(self._outbox)
            if self.world.chance.random() < 0.3:
                size = self.world.chance.randint(1, size)
            try:
                sent = self.end.send(bytes(self._outbox[:size]))
            except BlockingIOError:
                return
            except OSError as error:
                self._outbox.clear()  # the connection has ended; what is left to read is judged
                self.failed |= error.errno == errno.ECONNRESET
                return
            del self._outbox[:sent]
            if sent < size or size < len(self._outbox):
                break
        if self.gone == "half":
            self._half_close_when_sent()

    def _half_close_when_sent(self) -> None:
        assert self.end is not None
        if not self._outbox and not self.end.ending and not self.end.dead:
            self.end.shutdown()

    def _read_end(self) -> None:
        """End, as nc does, because the server has ended."""
        assert self.end is not None
        self.has_end = True
        self.end.close()


class Witness:
    """A member who is in from the first turn to the last, and reads everything."""

    nick = "w"

    def __init__(self, listening: ListeningSocket) -> None:
        end = listening.connect(1 << 30, 1 << 30, "127.0.0.1", immune=True)
        assert end is not None
        self.end = end
        self.got = bytearray()
        self.end.send(b"w\n")

    def after_turn(self) -> None:
        """Read everything that has come."""
        while True:
            try:
                data = self.end.recv(1 << 20)
            except BlockingIOError:
                return
            if not data:
                return
            self.got += data
