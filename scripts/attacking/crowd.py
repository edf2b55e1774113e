"""The attackers: all connections of one attack, in a process of their own.

    python3 -m attacking.crowd NAME SECONDS

It says ``ready``, waits for a line with the port, attacks for that time, and says
what came of it as JSON.  It must be another process than the innocents: their clock would
stand still while attackers are served.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import os
import socket
import sys
import time
from selectors import EVENT_READ, EVENT_WRITE
from typing import Dict

from chaotic.wires import Loop

from attacking.addresses import ATTACKER, RESET, connecting
from attacking.attack import Attack, Tally
from attacking.catalogue import ATTACKS

# What a network of a gigabit carries.  Faster floods of loopback measure only how fast the kernel copies.
NETWORK_BYTES = 125_000_000  # a second, of all attackers together
NICENESS = 10  # real attackers are on other machines, and take no time from server and innocents
READ_BYTES = 1 << 18
SIP_SECONDS = 0.05  # from one read to the next of those who read at a certain speed
LAST_LOOK_BYTES = 1 << 22  # read at the end, to see whether the server has ended a connection
SHORTEST_LIFE_SECONDS = 0.001  # so that a server which refuses at once is not asked in a busy loop
STEP_CONNECTIONS = 16  # made in one turn, so that the loop goes round


class Attacker:
    """One connection of an attack."""

    def __init__(self, crowd: Crowd, serial: int) -> None:
        self._crowd, self._attack, self._serial = crowd, crowd.attack, serial
        self._outbox = memoryview(self._attack.begins(serial))
        self._repeated = self._attack.goes_on(serial)
        self._reads = self._attack.reads(serial)
        self._rest = b"\n"  # of a line that is not yet whole; an answer is found by the newline before it
        self._last = b""  # whole line
        self._is_connected = self._is_over = False
        self._can_send = True  # its next piece is due
        self._socket = connecting(crowd.port, ATTACKER, self._attack.window(serial))
        self._update()
        if 0 < self._reads < math.inf:
            crowd.loop.later(SIP_SECONDS, self._sip)
        if self._attack.life_seconds:
            crowd.loop.later(self._attack.life_seconds, self._close)

    def look_back(self) -> None:
        """Read what is there, to see whether the server has ended this connection; then close it."""
        for _ in range(LAST_LOOK_BYTES // READ_BYTES):
            if self._is_over or not self._read(READ_BYTES):
                break
        self._close()

    def _on_ready(self, mask: int) -> None:
        if mask & EVENT_WRITE:
            if not self._is_connected and not self._connected():
                return
            self._send()
        if mask & EVENT_READ and not self._is_over:
            self._read(READ_BYTES)
        self._update()

    def _connected(self) -> bool:
        self._is_connected = not self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if self._is_connected:
            self._crowd.tally.made += 1
        else:
            self._crowd.tally.failed += 1
            self._close()
        return self._is_connected

    def _update(self) -> None:
        if self._is_over:
            return
        wants = EVENT_READ if self._reads == math.inf else 0
        if not self._is_connected or (self._can_send and self._outbox):
            wants |= EVENT_WRITE
        self._crowd.loop.watch(self._socket.fileno(), wants, self._on_ready)

    def _send(self) -> None:
        if self._outbox and self._can_send:
            try:
                sent = self._socket.send(self._outbox[: self._attack.piece_bytes])
            except BlockingIOError:
                return
            except OSError:  # the server has ended the connection; why is still to be read
                self._outbox, self._repeated, self._reads = memoryview(b""), b"", math.inf
                return
            self._crowd.tally.sent_bytes += sent
            self._outbox = self._outbox[sent:]
            if self._attack.pause_seconds:
                self._can_send = False
                self._crowd.loop.later(self._attack.pause_seconds, self._may_send)
        if self._outbox:
            return
        if self._repeated:
            times = max(1, self._attack.piece_bytes // len(self._repeated))
            self._outbox = memoryview(self._repeated * times)
        elif self._attack.half_closes(self._serial):
            try:
                self._socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server has ended the connection; that is read

    def _may_send(self) -> None:
        self._can_send = True
        self._update()

    def _sip(self) -> None:
        """Read a little, at the speed of this connection."""
        if not self._is_over:
            self._read(int(self._reads * SIP_SECONDS))
            self._crowd.loop.later(SIP_SECONDS, self._sip)

    def _read(self, size: int) -> bool:
        """Read once; return False if there is no more for now."""
        try:
            data = self._socket.recv(size)
        except BlockingIOError:
            return False
        except OSError:
            # Input that comes after the end is answered with a reset: right for those who were told why.
            self._ended(self._last_words("reset"))
            return False
        if not data:
            self._ended("half a line" if len(self._rest) > 1 else self._last_words("end of file"))
            return False
        self._count(data)
        return True

    def _count(self, data: bytes) -> None:
        tally = self._crowd.tally
        tally.read_bytes += len(data)
        data = self._rest + data
        end = data.rfind(b"\n")
        self._rest = data[end:]
        if end > 0:  # there are whole lines, each after a newline
            self._last = data[data.rfind(b"\n", 0, end) + 1 : end]
            let_in = data.count(b"\nOK ", 0, end)
            tally.let_in += let_in
            tally.answers += let_in + sum(data.count(begin, 0, end) for begin in (b"\nERR ", b"\nWHO ", b"\nBYE"))

    def _last_words(self, otherwise: str) -> str:
        """Return the last line if it says why the connection ends."""
        return self._last.decode() if self._last.startswith((b"ERR ", b"BYE")) else otherwise

    def _ended(self, how: str) -> None:
        self._crowd.tally.ends_with(how)
        self._close()

    def _close(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._crowd.loop.watch(self._socket.fileno(), 0, self._on_ready)
        if self._attack.resets:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._socket.close()
        self._crowd.gone(self)


class Crowd:
    """All attackers of one attack."""

    def __init__(self, attack: Attack, port: int) -> None:
        self.attack, self.port = attack, port
        self.loop = Loop()
        self.tally = Tally()
        self._serials = itertools.count()
        self._here: Dict[Attacker, None] = {}
        self._is_over = False

    def play(self, seconds: float) -> Tally:
        """Attack for so long; return what came of it."""
        began = time.monotonic()
        deadline = began + seconds
        missing = self.attack.connections
        self.loop.later(seconds, lambda: None)  # so that no turn waits longer
        while time.monotonic() < deadline:
            for _ in range(min(missing, STEP_CONNECTIONS)):
                self._come()
                missing -= 1
            if missing:
                self.loop.later(0.0, lambda: None)
            self.loop.turn()
            too_soon = self.tally.sent_bytes / NETWORK_BYTES - (time.monotonic() - began)
            if too_soon > 0:
                time.sleep(too_soon)
        self._is_over = True
        for attacker in list(self._here):
            attacker.look_back()
        self.loop.close()
        return self.tally

    def gone(self, attacker: Attacker) -> None:
        """Let the next one come, if the attack is of that kind."""
        self._here.pop(attacker, None)
        if self.attack.comes_again and not self._is_over:
            self.loop.later(SHORTEST_LIFE_SECONDS, self._come)

    def _come(self) -> None:
        if not self._is_over:
            self._here[Attacker(self, next(self._serials))] = None


def main() -> None:
    """Play the attack that the command line names."""
    name, seconds = sys.argv[1:]
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    attack = ATTACKS[name]()
    print("ready", flush=True)
    if port := sys.stdin.readline():
        print(json.dumps(dataclasses.asdict(Crowd(attack, int(port)).play(float(seconds)))), flush=True)


if __name__ == "__main__":
    main()
