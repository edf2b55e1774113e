"""The chaos run: a real server, and clients that do to it everything that people do to servers.

    python3 scripts/chaos.py --seconds 600 [--seed S] [--clients 40] [--rate 0]
                             [--bad 0.5] [--sndbuf 8192]

It starts a server and dozens of clients in one thread: clients that talk, flood,
write one nick in many ways, send bad lines, reset, half-close or stop reading;
processes are stopped and continued.  A witness is in from beginning to end, and
what all others have read is compared with what the witness has read (see
chaotic/judge).  At the end all leave in good order.  Then the server must be as it
was at the beginning: its memory, its open files, nothing to do, a clean exit.

The exit status is 0 when everything held, 1 when something did not, 130 after
Ctrl-C.  The seed repeats the plan; the kernel decides when each thing happens.
Nothing leaves 127.0.0.1.  `--server "python3 other.py"` tries another server, with
the options of minichat-server: so the tests can show that this run can fail.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Callable, List, Optional, Set

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chaotic.clients import BAD, HEALTHY, KINDS, WEIGHTS, Person, Stage, Witness
from chaotic.history import History
from chaotic.judge import Judge
from chaotic.server import Server
from chaotic.texts import WITNESS, Violation, disguises
from chaotic.wires import Loop

from tests.ending import end_with
from tests.support import DidNotCome

PROGRESS_SECONDS = 5.0
# For all to leave, once the faults are over.  A client whose receive window was
# tiny gets only 10 KB a second from then on (the kernel's persist timer); that is
# 26 s for a full queue, and more on a busy machine.
DRAIN_SECONDS = 60.0
SETTLE_SECONDS = 6.0  # for the server to close the last connections; it takes 5 s at most
IDLE_SECONDS = 1.0
IDLE_CPU_SECONDS = 0.3  # most that an idle server uses in that time
MEMORY_FACTOR, MEMORY_BYTES = 1.2, 4 << 20  # how much the server may have grown
PATIENCE_SECONDS = 15.0  # for the server to let the witness in, and to end
LONGEST_STOP_SECONDS = 2.0
STEADY_PART = 3  # one in so many people is always healthy
PROGRAMS = 2  # real minichat-clients
RATE_SECONDS = 5  # a connection sends at most as much as the rate allows in this time
MOST_LINES = 15000  # of one connection, without a rate
MOST_VIOLATIONS = 10  # are listed


class Run:
    """One run: a server, its people, and the judge."""

    def __init__(self, values: argparse.Namespace, server: Server) -> None:
        self._server, self._clients, self._seconds = server, values.clients, values.seconds
        self._bad = values.bad
        witness = disguises(WITNESS)[0]
        history = History(witness)
        history.senders[WITNESS] = witness
        self.judge = Judge(history, is_paced=values.rate > 0)
        most = min(MOST_LINES, RATE_SECONDS * values.rate) if values.rate else MOST_LINES
        self.stage = Stage(
            Loop(), server.port, random.Random(values.seed), history, self.judge, values.clients + PROGRAMS, most
        )
        self._people: Set[Person] = set()
        self._began = time.monotonic()
        self.faults: Counter[str] = Counter()
        self.notes: List[str] = []  # what was found, and what could not be checked
        self._witness = Witness(self.stage, witness)

    def play(self) -> None:
        """Play the whole run; what does not hold stands in ``judge.violations`` afterwards."""
        try:
            self._until(lambda: self.stage.ticks > 1, PATIENCE_SECONDS, "the witness does not get in")
            before = (self._server.memory_bytes(), self._server.open_files()) if self._server.has_proc else None
            self._chaos()
            self._drain()
            self._look_back(before)
            self._shut_down()
        except Violation as violation:
            self.judge.violations.append(str(violation))

    def close(self) -> None:
        """Close what is still open, also after Ctrl-C."""
        self.stage.is_over = True
        for person in list(self._people):
            person.break_off()
        self._witness.close()
        self.stage.loop.close()

    # -- the faults --------------------------------------------------------

    def _chaos(self) -> None:
        chance, loop = self.stage.chance, self.stage.loop
        for slot in range(1, self.stage.personas + 1):
            loop.later(chance.random(), lambda slot=slot: self._come(slot))  # type: ignore[misc]
        loop.later(0.5 + chance.random(), self._stop_server)
        loop.later(1.0 + chance.random(), self._stop_program)
        loop.later(PROGRESS_SECONDS, self._report)
        self._until(lambda: bool(self.judge.violations), self._seconds, "")
        self.stage.is_over = True

    def _come(self, slot: int) -> None:
        """Let a new person come under the nick of that slot."""
        if self.stage.is_over:
            return
        chance = self.stage.chance
        is_program = slot > self._clients
        name = chance.choice(HEALTHY)
        if is_program:
            name = chance.choice(("talker", "messenger", "asker", "resetter"))
        elif self._bad is not None:
            name = chance.choice(BAD if chance.random() < self._bad else HEALTHY)
        elif slot % STEADY_PART:
            name = chance.choices(list(KINDS), [WEIGHTS.get(kind, 1.0) for kind in KINDS])[0]
        self._people.add(Person(self.stage, slot, name, lambda person: self._gone(slot, person), is_program))

    def _gone(self, slot: int, person: Person) -> None:
        """Note that a person has gone; the next one comes soon, perhaps before the server has noticed."""
        self._people.discard(person)
        if not self.stage.is_over:
            chance = self.stage.chance
            self.stage.loop.later(chance.choice((0.0, 0.1, 1.0)) * chance.random(), lambda: self._come(slot))

    def _stop_server(self) -> None:
        self._stop(self._server.process, "the server was stopped")
        self.stage.loop.later(self.stage.chance.uniform(2.0, 10.0), self._stop_server)

    def _stop_program(self) -> None:
        programs = [person.program.process for person in self._people if person.program]
        if programs:
            self._stop(self.stage.chance.choice(programs), "a minichat-client was stopped")
        self.stage.loop.later(self.stage.chance.uniform(1.0, 4.0), self._stop_program)

    def _stop(self, process: subprocess.Popen[bytes], fault: str) -> None:
        """Send SIGSTOP, and SIGCONT after a while; a process that has ended gets neither."""
        if not self.stage.is_over:
            self.faults[fault] += 1
            process.send_signal(signal.SIGSTOP)
            seconds = self.stage.chance.choice((0.05, 0.5, LONGEST_STOP_SECONDS)) * self.stage.chance.random()
            self.stage.loop.later(seconds, lambda: process.send_signal(signal.SIGCONT))

    # -- the end -----------------------------------------------------------

    def _drain(self) -> None:
        """Let all people leave in good order, and judge them."""
        self._until(lambda: False, LONGEST_STOP_SECONDS / 10, "")
        self._server.process.send_signal(signal.SIGCONT)
        for person in list(self._people):
            if person.program:
                person.program.process.send_signal(signal.SIGCONT)
            person.recover()
        try:
            self._until(lambda: not self._people and not self.judge.waiting, DRAIN_SECONDS, "not all could leave")
        finally:
            self.judge.violations += [f"still there: {person}" for person in self._people]
            self.judge.finish()
        members = list(self.stage.history.inside)
        if len(members) > 1:
            self.judge.violations.append(f"members without a connection: {members[1:]}")

    def _look_back(self, before: Optional[tuple[int, int]]) -> None:
        """Check that memory, descriptors and processor time are as they were at the beginning."""
        if before is None:
            self.notes.append("skipped, for there is no /proc here: memory, descriptors, idle time")
            return
        self._witness.talks = False
        server, (memory, files) = self._server, before
        self._until(lambda: server.open_files() <= files, SETTLE_SECONDS, "")
        self._expect(server.open_files() == files, f"descriptors: {files} before, {server.open_files()} after")
        used = server.cpu_seconds()
        self._until(lambda: False, IDLE_SECONDS, "")
        used = server.cpu_seconds() - used
        self._expect(used < IDLE_CPU_SECONDS, f"idle server: {used:.2f} s of processor time in {IDLE_SECONDS:.0f} s")
        after = server.memory_bytes()
        is_back = after <= MEMORY_FACTOR * memory + MEMORY_BYTES
        self._expect(is_back, f"memory: {memory / 1e6:.1f} MB before, {after / 1e6:.1f} MB after")

    def _shut_down(self) -> None:
        self._server.process.terminate()
        self._until(lambda: self._witness.has_end, PATIENCE_SECONDS, "the server does not end")
        self._expect(self.stage.history.said_goodbye, "BYE shutdown to the witness")
        try:
            status: Optional[int] = self._server.wait(PATIENCE_SECONDS)
        except DidNotCome:
            status = None
        self._expect(status == 0, f"exit status of the server: {status}")
        errors = self._server.errors.so_far()
        self._expect(not errors, f"standard error of the server: {errors or 'empty'}")

    def _expect(self, holds: bool, fact: str) -> None:
        (self.notes if holds else self.judge.violations).append(fact)

    # -- time --------------------------------------------------------------

    def _until(self, is_done: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """Take turns until ``is_done``, for ``seconds`` at most; then raise Violation if there is an ``otherwise``."""
        deadline = time.monotonic() + seconds
        while not is_done() and time.monotonic() < deadline:
            self.stage.loop.turn()
            self.judge.judge_due()
            if self._witness.has_end and not self.stage.history.said_goodbye:
                raise Violation(
                    f"the server left the witness; status {self._server.process.poll()}: {self._server.errors.so_far()}"
                )
        if otherwise and not is_done():
            raise Violation(otherwise)

    def _report(self) -> None:
        print(
            f"{time.monotonic() - self._began:6.0f} s  {len(self.stage.history.inside):3} in"
            f"  {self.judge.deliveries:11,} deliveries  {self.faults_by_kind()}",
            flush=True,
        )
        if not self.stage.is_over:
            self.stage.loop.later(PROGRESS_SECONDS, self._report)

    def faults_by_kind(self) -> str:
        """Return the signals, the kinds of people and the ways to leave, each with its number."""
        return ", ".join(f"{name} {count}" for name, count in sorted((self.faults + self.stage.counts).items()))

    def summary(self) -> str:
        """Return what happened, for people."""
        outcomes = sorted(self.judge.outcomes.items())
        connections = sum(count for _, count in outcomes)
        return "\n".join([
            f"people and faults: {self.faults_by_kind()}",
            f"connections judged: {connections:,}; {', '.join(f'{name} {count}' for name, count in outcomes)}",
            f"deliveries checked: {self.judge.deliveries:,}; history: {len(self.stage.history.lines):,} lines",
            *self.notes,
        ])


def play(values: argparse.Namespace) -> int:
    """Play one run and print its result; return the exit status."""
    options = ["--rate", str(values.rate), "--lang", "en"]
    if values.sndbuf:
        options += ["--sndbuf", str(values.sndbuf)]
    repeat = _again(values)
    print(f"chaos: {repeat}", flush=True)
    # The processes are ended before their folder is deleted.
    with tempfile.TemporaryDirectory(prefix="minichat-chaos-") as folder, contextlib.ExitStack() as processes:
        try:
            server = Server(shlex.split(values.server), options, Path(folder))
            processes.callback(server.__exit__)
            run = Run(values, server)
        except Violation as violation:
            print(f"chaos: {violation}", file=sys.stderr)
            return 1
        processes.callback(run.close)
        run.play()
    violations = run.judge.violations
    print(run.summary())
    for found in violations[:MOST_VIOLATIONS]:
        print(f"VIOLATION: {found}")
    print(f"{len(violations)} violations; again: {repeat}")
    return 1 if violations else 0


def _again(values: argparse.Namespace) -> str:
    """Return the command that plays this run again."""
    command = f"python3 scripts/chaos.py --seconds {values.seconds:g} --seed {values.seed} --clients {values.clients}"
    command += f" --rate {values.rate}"
    if values.bad is not None:
        command += f" --bad {values.bad:g}"
    if values.sndbuf:
        command += f" --sndbuf {values.sndbuf}"
    return command + (f" --server {shlex.quote(values.server)}" if values.is_other else "")


def main() -> int:
    """Run as the options say; return the exit status."""
    own = f"{shlex.quote(sys.executable)} -m minichat.server"
    parser = argparse.ArgumentParser(description="a real server in a chaotic world; exit status 1 on any violation")
    parser.add_argument("--seconds", type=float, default=60.0, help="of chaos; its end comes on top (default: 60)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of the plan (default: any)")
    parser.add_argument("--clients", type=int, default=40, help="at a time (default: 40)")
    parser.add_argument("--rate", type=int, default=0, help="of the server, lines a second (default: 0, off)")
    parser.add_argument("--bad", type=float, help="part of the people who misbehave (default: about a third)")
    parser.add_argument("--sndbuf", type=int, default=0, help="of the server: send buffer in the kernel, bytes")
    parser.add_argument("--server", default=own, help="command of another server to try")
    values = parser.parse_args()
    if not (values.seconds >= 0 and 1 <= values.clients <= 500 and min(values.rate, values.sndbuf) >= 0):
        parser.error("--seconds, --rate and --sndbuf from 0, --clients from 1 to 500")
    if not 0 <= (values.bad or 0) <= 1:
        parser.error("--bad from 0 to 1")
    values.is_other = values.server != own
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # even then the processes are ended
    try:
        return play(values)
    except KeyboardInterrupt:
        print("chaos: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    end_with("chaos", main)
