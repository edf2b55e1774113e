"""One row of the table: a server of its own, innocents, one attack, and what was measured."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import re
import shlex
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from benchmark.accounting import cpu_seconds, memory_bytes
from chaotic.wires import Loop

from attacking.attack import Attack, Tally
from attacking.innocents import METERS, READERS, SAY_SECONDS, Door, Innocent, Meter, Reader
from tests.live import CHANGED_SERVER
from tests.program import PYTHON, SERVER, Program, ServerProcess, port_of
from tests.support import PATIENCE_SECONDS, ROOT, DidNotCome

WARM_UP_SECONDS = 0.1  # the first texts, before anything is measured
LONGER_SECONDS = 0.25  # the attackers attack for so much longer: all that is measured is under attack
# One line of each kind may fall into any time, however short, without being many a minute.
SPARE_LINES = 4

# From a shorter run nothing can be foretold while the lines are so few: they may come at once.
FORETELLING_SECONDS = 2.0
LINES_AT_ONCE = 120
TICK_SECONDS = 0.02
LOOK_SECONDS = 0.1  # from one look at the memory to the next
COUNTED = re.compile(r"\(\+(\d+)\)|\((\d+) lines?\b")  # how a log or a status line says how many were left out


@dataclasses.dataclass
class Measured:
    """What one row measured; ``verdict`` judges it."""

    name: str
    seconds: float
    tally: Tally
    served: int = 0  # lines that the server served for the attackers
    echo_seconds: List[float] = dataclasses.field(default_factory=list)  # in order of size
    lost_echoes: int = 0
    cut: List[str] = dataclasses.field(default_factory=list)  # innocents, and how they were cut
    behind: List[str] = dataclasses.field(default_factory=list)  # innocents who could not read on to the end
    door_seconds: float = 0.0  # the longest that a stranger waited
    door_wordless: int = 0
    memory_bytes: int = 0  # at most
    cpu: float = 0.0  # of one core
    once: int = 0  # lines that need not come again: one for each attacker who leaves for good
    lines: Tuple[int, int] = (0, 0)  # of status and log, in the first half of the time and in the second
    left_out: int = 0  # lines, by the server's own count
    printed: int = 0  # lines of status and log from beginning to end
    comings: int = 0  # how often someone came or went, as an innocent heard it
    late_seconds: float = 0.0  # that this process itself was late, at most: the machine is busy
    trouble: str = ""  # the server's own: a traceback, an exit status

    def echo(self, part: float) -> float:
        """Return the time in which that part of the echoes came; infinity if none came at all."""
        seconds = self.echo_seconds
        return seconds[min(len(seconds) - 1, math.ceil(part * len(seconds)) - 1)] if seconds else math.inf

    @property
    def lines_a_minute(self) -> float:
        """Return what the first minute would bring, if it went on as in the second half."""
        first, second = self.lines
        if self.seconds < FORETELLING_SECONDS and first + second <= LINES_AT_ONCE:
            return first + second
        lasting = max(0, second - self.once - SPARE_LINES) / (self.seconds / 2)
        return first + second + lasting * max(0.0, 60.0 - self.seconds)


class Row:
    """Plays one attack."""

    def __init__(self, attack: Attack, seconds: float, command: str = "") -> None:
        """``command`` is that of another server; "" is our own."""
        self._attack = attack
        self._seconds = max(seconds, attack.least_seconds)
        self._command = command
        self._loop = Loop()
        self._meters: List[Meter] = []
        self._readers: List[Reader] = []
        self._due = 0.0

    def play(self) -> Measured:
        """Play the attack; raise DidNotCome if the server does not start."""
        measured = Measured(self._attack.name, self._seconds, Tally())
        measured.once = 0 if self._attack.comes_again else self._attack.connections
        with tempfile.TemporaryDirectory(prefix="minichat-attacks-") as folder, contextlib.ExitStack() as programs:
            crowd = programs.enter_context(self._crowd())  # first: they start at the same time
            server = programs.enter_context(self._server(Path(folder)))
            try:
                with crowd:
                    crowd.output.expect("ready")
                    self._come(server.port)
                    self._attacked(server, crowd, measured)
                    measured.tally = Tally(**json.loads(crowd.output.line()))
                self._look_back(server, measured)
            except DidNotCome as error:
                measured.trouble = str(error)
            finally:
                for innocent in self._innocents:
                    innocent.close()
                self._loop.close()
        return measured

    @property
    def _innocents(self) -> List[Innocent]:
        return [*self._meters, *self._readers]

    # -- who takes part ----------------------------------------------------------

    def _server(self, folder: Path) -> ServerProcess:
        options = ("--lang", "en", *self._attack.options, *(("--web", "0") if self._attack.is_web else ()))
        how: Dict[str, Any] = {"how": SERVER, "interpreter": PYTHON}
        if self._command:
            how = {"how": shlex.split(self._command), "interpreter": ()}
        elif self._attack.change:
            how["how"] = ("-c", CHANGED_SERVER.format(limits={}, change=self._attack.change))
        return ServerProcess(*options, folder=folder, **how)

    def _crowd(self) -> Program:
        path = os.pathsep.join((str(ROOT), str(ROOT / "scripts")))
        arguments = ("-m", "attacking.crowd", self._attack.name, str(self._seconds + LONGER_SECONDS))
        return Program(*arguments, stderr=sys.stderr.fileno(), variables={"PYTHONPATH": path})

    def _come(self, port: int) -> None:
        """Let the innocents come in, and talk for a moment."""
        for number, nick in enumerate(METERS):
            self._meters.append(Meter(self._loop, port, nick, number))
        for number, (nick, speed) in enumerate(READERS.items(), len(METERS)):
            self._readers.append(Reader(self._loop, port, nick, number, speed))
        self._until(lambda: all(innocent.is_in for innocent in self._innocents), PATIENCE_SECONDS)
        for number, meter in enumerate(self._meters):
            meter.begin(SAY_SECONDS * number / len(self._meters))
        self._until(lambda: False, WARM_UP_SECONDS)
        late = [innocent.nick for innocent in self._innocents if not innocent.is_in]
        if late:
            raise DidNotCome(f"not let in: {', '.join(late)}")
        for meter in self._meters:
            meter.echo_seconds.clear()

    # -- the attack --------------------------------------------------------------

    def _attacked(self, server: ServerProcess, crowd: Program, measured: Measured) -> None:
        port = port_of(server.status_line().rstrip("/")) if self._attack.is_web else server.port
        listener = self._meters[0]
        heard, private = listener.lines - listener.lines_of_innocents, self._private()
        lines, cpu = _lines(server), cpu_seconds(server.process.pid)
        door = Door(self._loop, server.port, len(self._innocents))
        began = time.monotonic()
        self._due = began
        self._look(server, measured)
        crowd.type(f"{port}\n")
        self._until(lambda: False, self._seconds / 2)
        half = _lines(server)
        self._until(lambda: time.monotonic() >= began + self._seconds, self._seconds)
        measured.lines = (half - lines, _lines(server) - half)
        measured.cpu = (_cpu(server) - cpu) / (time.monotonic() - began)
        measured.served = listener.lines - listener.lines_of_innocents - heard + self._private() - private
        door.close()
        measured.door_seconds = max(door.answer_seconds, default=math.inf)
        measured.door_wordless = door.wordless
        self._due = math.inf
        for meter in self._meters:
            meter.talks = False
        for reader in self._readers:
            reader.speed = math.inf  # what was too much for them has shown itself by now
        self._until(lambda: crowd.process.poll() is not None, PATIENCE_SECONDS)

    def _private(self) -> int:
        return sum(innocent.private_lines for innocent in self._innocents)

    def _look(self, server: ServerProcess, measured: Measured) -> None:
        """Look at the memory, and whether this process itself is late."""
        if self._due == math.inf:
            return
        measured.late_seconds = max(measured.late_seconds, time.monotonic() - self._due)
        try:
            measured.memory_bytes = max(measured.memory_bytes, memory_bytes(server.process.pid))
        except LookupError:
            pass  # the server has ended: that is told elsewhere
        self._due = time.monotonic() + LOOK_SECONDS
        self._loop.later(LOOK_SECONDS, lambda: self._look(server, measured))

    # -- the end -----------------------------------------------------------------

    def _look_back(self, server: ServerProcess, measured: Measured) -> None:
        """Wait for the last echoes, end the server, and collect what was measured."""
        # A last text, so that a reader who was cut reads up to its end.
        self._meters[0].say_farewell()
        self._until(lambda: all(innocent.has_all or innocent.end for innocent in self._innocents), PATIENCE_SECONDS)
        now = time.monotonic()
        for meter in self._meters:
            measured.lost_echoes += len(meter.said_at)
            measured.echo_seconds += [*meter.echo_seconds, *(now - at for at in meter.said_at.values())]
        measured.echo_seconds.sort()
        measured.cut = [f"{innocent.nick} ({innocent.end})" for innocent in self._innocents if innocent.end]
        measured.behind = [innocent.nick for innocent in self._innocents if not innocent.has_all]
        measured.served += measured.tally.answers
        server.kill(signal.SIGTERM)
        self._until(lambda: server.process.poll() is not None, PATIENCE_SECONDS)
        said, errors = server.output.so_far(), server.errors.so_far()
        measured.left_out = sum(int(number or other) for number, other in COUNTED.findall(said + errors))
        measured.printed = (said + errors).count("\n")
        measured.comings = self._meters[0].comings
        status: Optional[int] = server.process.poll()
        if "Traceback" in errors or status != 0:
            measured.trouble = f"exit status {status}, {errors[-200:] or 'no word on standard error'}"

    def _until(self, is_done: Callable[[], bool], seconds: float) -> None:
        """Take turns until ``is_done``, for ``seconds`` at most."""
        deadline = time.monotonic() + seconds
        self._tick(deadline)
        while not is_done() and time.monotonic() < deadline:
            self._loop.turn()

    def _tick(self, until: float) -> None:
        """Let no turn before ``until`` wait longer than a tick: that a process has ended makes nothing ready."""
        if (left := until - time.monotonic()) > 0:
            self._loop.later(min(TICK_SECONDS, left), lambda: self._tick(until))


def _lines(server: ServerProcess) -> int:
    return server.output.so_far().count("\n") + server.errors.so_far().count("\n")


def _cpu(server: ServerProcess) -> float:
    try:
        return cpu_seconds(server.process.pid)
    except LookupError:
        return 0.0


def document(measured: Measured) -> Dict[str, Any]:
    """Return what was measured, for machines; None is what never came."""
    fields = dataclasses.asdict(measured)
    echoes = fields.pop("echo_seconds")
    echo = {"p50": measured.echo(0.5), "p99": measured.echo(0.99), "worst": measured.echo(1.0)}
    found = {**fields, "echoes": len(echoes), **echo, "lines_a_minute": measured.lines_a_minute}
    return {name: None if value == math.inf else value for name, value in found.items()}
