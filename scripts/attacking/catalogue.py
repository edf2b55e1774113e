"""All attacks, each with what it tries and the numbers of its traps (tests/test_traps)."""

from __future__ import annotations

import math
from typing import Dict, Tuple, Type

from attacking.attack import CONNECTIONS, SMALL_WINDOW_BYTES, Attack, Tally
from attacking.innocents import INNOCENTS, METERS, QUICK_READER, SLOW_READER
from tests.live import NO_LOOPBACK
from tests.webpeer import masked, request

TEXT = b"x" * 600  # with its nick still one line of the rate, which allows 640 bytes for each
LIGATURES = "\ufdfa" * 432  # of one character normalization makes 18
MARKS = "\u0301\u0323" * 215 + "\u0301"  # normalization sorts them, in quadratic time
IAC, SB, NOP, AYT, WILL, DO = b"\xff", b"\xff\xfa", b"\xff\xf1", b"\xff\xf6", b"\xff\xfb", b"\xff\xfd"

FIN, TEXT_FRAME, PING = 0x80, 0x01, 0x09  # the first byte of a frame (RFC 6455, 5.2)


def long_nick(serial: int) -> str:
    """Return a nick of 62 bytes."""
    return "漢" * 19 + f"{serial:05}"


class Base(Attack):
    """None at all: what the innocents measure on a server of their own."""

    name, traps = "none", ()
    connections = 0

    def idle(self, tally: Tally, served: int) -> str:
        return ""


class LigatureLookUps(Attack):
    """Look up an addressee whose name becomes 18 times as long when it is normalized."""

    name, traps = "lookup-ligatures", (44,)

    def goes_on(self, serial: int) -> bytes:
        return f"@{LIGATURES} oi\n".encode()


class MarkLookUps(Attack):
    """Look up an addressee whose name is all combining marks, which are sorted in quadratic time."""

    name, traps = "lookup-marks", (44,)

    def goes_on(self, serial: int) -> bytes:
        return f"@{MARKS} oi\n".encode()


class CostlyNicks(Attack):
    """Ask for the same texts as nicks; each is refused, and the next connection asks again."""

    name, traps = "costly-nicks", (43, 44)
    comes_again = True

    def begins(self, serial: int) -> bytes:
        return f"{MARKS if serial % 2 else LIGATURES}\n".encode()

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.answers >= self.connections else f"only {tally.answers} answers"


class LookAlikes(Attack):
    """Come in as somebody who looks like an innocent, like a command, or like nothing."""

    name, traps = "look-alikes", (43,)
    nicks = (
        "ana\u034f", "ana\ufe0f", "ana\U000e01ef", "ana\u180b", "ana\u17b4", "an\u0251", "\u0251na",
        "\ua4ee\ua4e0\ua4ee",
        "\u0440\u0430\u0441\u043e", "el\u0131sa", "\u3164", "\u115f", "\u1160", "\uffa0", "who\u034f",
        "a" + "\u0301" * 23,
    )  # fmt: skip
    connections = len(nicks)

    def begins(self, serial: int) -> bytes:
        return f"{self.nicks[serial]}\n".encode()

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.answers == self.connections else f"only {tally.answers} answers"

    def complaint(self, tally: Tally) -> str:
        return f"{tally.let_in} look-alikes let in" if tally.let_in else ""


class PrivateFlood(Attack):
    """Send private lines to one reader of 1 MB/s, all together far more than that, each within its rate."""

    name, traps = "private-1MB/s", (45,)
    victim = SLOW_READER

    def goes_on(self, serial: int) -> bytes:
        return b"@%s %s\n" % (self.victim.encode(), TEXT)


class PrivateFloodOfQuickReader(PrivateFlood):
    """The same at a reader of 3 MB/s."""

    name = "private-3MB/s"
    victim = QUICK_READER


class Bursts(Attack):
    """Say what the rate allows at once, close, and come again: a new connection has no debt."""

    name, traps = "bursts", (45,)
    life_seconds = 0.3
    comes_again = True

    def begins(self, serial: int) -> bytes:
        return super().begins(serial) + b"again\n" * 400

    def idle(self, tally: Tally, served: int) -> str:
        return super().idle(tally, served) or ("nobody came again" if tally.made < 2 * self.connections else "")


class Churn(Attack):
    """Join and leave as fast as possible: all others are told both times, and so is the status."""

    name, traps = "churn", (45,)
    comes_again = True

    def begins(self, serial: int) -> bytes:
        return super().begins(serial) + b"QUIT\n"

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.let_in >= self.connections else f"only {tally.let_in} let in"


class Broadcasts(Attack):
    """Talk to all from all connections, as much as the rate of each allows."""

    name, traps = "broadcasts", (19, 45)
    fills_queues = True  # what everybody says is too much for our own reading

    def goes_on(self, serial: int) -> bytes:
        return TEXT + b"\n"


class SlowButSteady(Attack):
    """No attack: a few ask for 1.2 MB and read 20 kB/s, with small windows; none may be cut or reset.

    Some stay, some say QUIT, some half-close.  The kernel gave them up after 27 s.
    The others are there only to make a WHO long.
    """

    name, traps = "slow-but-steady", (47,)
    askers, asks, speed = 12, 400, 20_000.0
    is_beside = True
    least_seconds = 33.0
    fills_queues = True

    def asker(self, serial: int) -> int:
        """Return the number of an asker from 1 on; 0 for the others, who come first."""
        return max(0, serial - (self.connections - self.askers) + 1)

    def begins(self, serial: int) -> bytes:
        nick = f"{long_nick(serial)}\n".encode()
        if not self.asker(serial):
            return nick
        return nick + b"WHO\n" * self.asks + (b"QUIT\n" if serial % 3 == 1 else b"")

    def half_closes(self, serial: int) -> bool:
        return bool(self.asker(serial)) and serial % 3 == 2

    def reads(self, serial: int) -> float:
        return self.speed if self.asker(serial) else math.inf

    def window(self, serial: int) -> int:
        if not self.asker(serial):
            return 0
        return SMALL_WINDOW_BYTES if serial % 2 else 4 * SMALL_WINDOW_BYTES

    def idle(self, tally: Tally, served: int) -> str:
        least = self.connections + self.askers * 20 * self.least_seconds  # half of 20 kB/s in lines of 500 bytes
        return super().idle(tally, served) or (f"only {tally.answers} answers" if tally.answers < least else "")

    def complaint(self, tally: Tally) -> str:
        cut = tally.ended("BYE", "end of file") + max(0, tally.ends.get("end of file", 0) - self.askers // 3)
        return f"{cut} of {self.askers} who read steadily were cut" if cut else ""


class PipelinedWho(Attack):
    """Ask WHO without a pause, and read the long answers through windows of 4 KiB."""

    name, traps = "who", (35, 50)
    window_bytes = SMALL_WINDOW_BYTES
    fills_queues = True

    def begins(self, serial: int) -> bytes:
        return f"{long_nick(serial)}\n".encode()

    def goes_on(self, serial: int) -> bytes:
        return b"WHO\n"

    def complaint(self, tally: Tally) -> str:
        return f"{tally.ended()} askers who read were cut" if tally.ended() else ""


class EndlessLine(Attack):
    """Send a line without an end, all of which is thrown away."""

    name, traps = "endless-line", (24, 51)

    def goes_on(self, serial: int) -> bytes:
        return b"a" * 65536


class AfterGoodbye(Attack):
    """Say QUIT, then send without a pause what is thrown away until the connection is closed; come again."""

    name, traps = "after-goodbye", (28, 51)
    comes_again = is_drained = True

    def begins(self, serial: int) -> bytes:
        return super().begins(serial) + b"QUIT\n"

    def goes_on(self, serial: int) -> bytes:
        return b"a" * 65536

    def reads(self, serial: int) -> float:
        return 0.0  # so that the end is not noticed


class TwoByteLines(Attack):
    """Send lines of two bytes, of which many thousands wait in each connection."""

    name, traps = "two-byte-lines", (45, 52)

    def goes_on(self, serial: int) -> bytes:
        return b"a\n"


class Refused(Attack):
    """Take all places of the own address; then hold the places for the refused, dripping or without reading.

    Everyone who is refused must be able to read why, attackers too; and others
    must be answered meanwhile.  The server counts loopback as it counts the others.
    """

    name, traps = "refused-address", (38, 53)
    connections = 2 * CONNECTIONS
    change = NO_LOOPBACK
    least_seconds = 1.0
    piece_bytes = 64
    pause_seconds = 0.1
    comes_again = True

    def begins(self, serial: int) -> bytes:
        return super().begins(serial) if serial < CONNECTIONS else b""

    def goes_on(self, serial: int) -> bytes:
        return b"d" if serial >= CONNECTIONS and serial % 2 else b""

    def reads(self, serial: int) -> float:
        return 0.0 if serial >= CONNECTIONS and not serial % 2 else math.inf

    def idle(self, tally: Tally, served: int) -> str:
        refused = tally.ended()
        return "" if tally.let_in >= CONNECTIONS * 0.8 and refused >= CONNECTIONS // 4 else f"only {refused} refused"

    def complaint(self, tally: Tally) -> str:
        wordless = tally.ends.get("reset", 0) + tally.ends.get("end of file", 0)
        return f"{wordless} refused without a word" if wordless else ""


class RefusedByAFullServer(Refused):
    """The same on a server that is full."""

    name = "refused-full"
    change = ""
    least_seconds = 1.5  # a stranger must be able to wait too long
    options = ("--max-clients", str(INNOCENTS + CONNECTIONS))

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.let_in >= CONNECTIONS * 0.8 else f"only {tally.let_in} let in"


class Silent(Attack):
    """Connect and say nothing; half of the connections end their output, but stay."""

    name, traps = "silent", (37,)

    def begins(self, serial: int) -> bytes:
        return b""

    def half_closes(self, serial: int) -> bool:
        return serial % 2 == 1

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.made >= self.connections else f"only {tally.made} connections"


class Drip(Attack):
    """Send the first line byte by byte, and never end it."""

    name, traps = "dripping-newcomers", (37, 56)
    piece_bytes = 1
    pause_seconds = 0.1

    def begins(self, serial: int) -> bytes:
        return b"d"

    def goes_on(self, serial: int) -> bytes:
        return b"r"

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.sent_bytes >= 3 * self.connections else f"only {tally.sent_bytes} bytes sent"


class StoppedReaders(Attack):
    """Half of the connections talk to all, the other half does not read a byte."""

    name, traps = "stopped-readers", (33, 34)
    window_bytes = SMALL_WINDOW_BYTES
    fills_queues = True

    def reads(self, serial: int) -> float:
        return math.inf if serial % 2 else 0.0

    def window(self, serial: int) -> int:
        return 0 if serial % 2 else SMALL_WINDOW_BYTES

    def goes_on(self, serial: int) -> bytes:
        return TEXT + b"\n" if serial % 2 else b"WHO\n"

    def idle(self, tally: Tally, served: int) -> str:
        return "" if served > self.connections else f"only {served} lines served"


class Telnet(Attack):
    """Send telnet commands without a pause: options to refuse, a subnegotiation without an end, and questions."""

    name, traps = "telnet", (57,)

    def goes_on(self, serial: int) -> bytes:
        if serial % 3 == 0:
            return b"".join(verb + bytes([option]) for option in range(255) for verb in (DO, WILL))
        if serial % 3 == 1:
            return SB + b"\x18" + IAC + IAC + b"x" * 1000
        return (NOP + AYT) * 100 + b"oi\n"

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.sent_bytes > self.connections * 10_000 else f"only {tally.sent_bytes} bytes sent"


class Resets(Attack):
    """Connect and reset, before and after the nick, as fast as possible."""

    name, traps = "resets", (2, 31, 45)
    life_seconds = 0.005
    resets = True
    comes_again = True

    def begins(self, serial: int) -> bytes:
        return super().begins(serial) if serial % 2 else b""

    def idle(self, tally: Tally, served: int) -> str:
        return "" if tally.made >= 4 * self.connections else f"only {tally.made} connections"


class InvalidLines(Attack):
    """Send lines that must be refused."""

    name, traps = "invalid-lines", (26, 42)

    def goes_on(self, serial: int) -> bytes:
        return (b"\xff\xfe\n", b"\x1b[2J\n", "\u202eoi\n".encode(), b"@\n")[serial % 4]


class SingleBytes(Attack):
    """Send every byte by itself."""

    name, traps = "single-bytes", (25,)
    piece_bytes = 1

    def goes_on(self, serial: int) -> bytes:
        return b"a text in single bytes\n"


class DrippingHeads(Drip):
    """Send the head of a request byte by byte to the port for browsers, and never end it."""

    name = "web-heads"
    is_web = True

    def begins(self, serial: int) -> bytes:
        return b"GET / HTTP/1.1\r\n"

    def goes_on(self, serial: int) -> bytes:
        return b"X: y\r\n"


class TinyFrames(Attack):
    """Send frames of one byte or none, far beyond the rate: messages, pings, and a message without an end."""

    name, traps = "web-frames", (25, 51)
    is_web = True
    piece_bytes = 1024  # who sends more than 4 KiB before the answer to its request is turned away
    pause_seconds = 0.01

    def begins(self, serial: int) -> bytes:
        nick = masked(FIN | TEXT_FRAME, super().begins(serial))
        return request(0) + nick + (masked(TEXT_FRAME, b"a") if serial % 3 == 2 else b"")

    def goes_on(self, serial: int) -> bytes:
        return (masked(FIN | TEXT_FRAME, b"a"), masked(FIN | PING, b""), masked(0, b""))[serial % 3]


KINDS: Tuple[Type[Attack], ...] = (
    Base, SlowButSteady, LigatureLookUps, MarkLookUps, CostlyNicks, LookAlikes, PrivateFlood, PrivateFloodOfQuickReader,
    Bursts, Churn, Broadcasts, PipelinedWho, EndlessLine, AfterGoodbye, TwoByteLines, Refused, RefusedByAFullServer,
    Silent, Drip, StoppedReaders, Telnet, Resets, InvalidLines, SingleBytes,
    DrippingHeads, TinyFrames,
)  # fmt: skip
ATTACKS: Dict[str, Type[Attack]] = {kind.name: kind for kind in KINDS}

# What else was found since 43, and why no peer can attack with it.
NO_ATTACKS = {
    46: "needs descriptors that the server inherits",
    48: "needs more than the queues of one address, which fill a quarter of the limit of all",
    49: "needs a watcher, and its standard input",
    54: "needs the shell that starts the server, or its terminal",
    55: "costs the server itself something, once",
}
assert METERS[0] == "ana" and "paco" in METERS and "elisa" in METERS, "LookAlikes looks like them"
