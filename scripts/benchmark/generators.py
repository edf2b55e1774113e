"""Starts load generators and gives them orders; see benchmark.load.

Every wait has a deadline.  A generator ends when its orders end, so that none
is left behind however this program ends.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

SCRIPTS = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0  # for an answer, and for everything said to have come
END_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.002
NAMES = "abcdefghijklmnop"  # nicknames of generator 0 begin with a; as many as there can be generators


class Failed(Exception):
    """A measurement cannot go on; says why, for people."""


class Generator:
    """One load generator."""

    def __init__(self, spec: Dict[str, Any]) -> None:
        # A session of its own: Ctrl-C is for the bench, which then ends its generators.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmark.load", json.dumps(spec)], cwd=SCRIPTS, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.pid = self._process.pid

    def order(self, name: str, **arguments: Any) -> None:
        """Have something done; ``answer`` must be called before the next order."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps([name, arguments]).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # why it ended stands in the answer

    def answer(self) -> Dict[str, Any]:
        """What came of the last order; Failed when nothing comes or a server broke down."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(PATIENCE_SECONDS):
                raise Failed(f"no answer in {PATIENCE_SECONDS:.0f} s: the server hangs")
        line = self._process.stdout.readline()
        answer: Dict[str, Any] = json.loads(line) if line else {"error": "the load generator ended"}
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def end(self) -> None:
        """Close its connections with it."""
        self._process.kill()
        self._process.wait(END_SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


class Generators:
    """All load generators of one measurement, as one."""

    def __init__(self, number: int, spec: Dict[str, Any]) -> None:
        self._all: List[Generator] = []
        try:
            for index in range(number):
                share = {**spec, "prefix": NAMES[index], "number": index, "generators": number}
                self._all.append(Generator(share))
        except BaseException:
            self.end()
            raise

    @property
    def pids(self) -> List[int]:
        """Of their processes."""
        return [generator.pid for generator in self._all]

    def everyone(self, name: str, **arguments: Any) -> List[Dict[str, Any]]:
        """All do the same at the same time."""
        for generator in self._all:
            generator.order(name, **arguments)
        return [generator.answer() for generator in self._all]

    def come(self, people: int, group: int = 1) -> None:
        """So many people come in, shared out in whole groups (pairs stay together)."""
        groups, number = people // group, len(self._all)
        for index, generator in enumerate(self._all):
            generator.order("come", people=group * len(range(index, groups, number)))
        for generator in self._all:
            generator.answer()

    def total(self, what: str) -> int:
        """Bytes that came, messages said or members, of all together."""
        return sum(answer[what] for answer in self.everyone("count"))

    def wait_for(self, expected: int) -> None:
        """Until that many bytes came; Failed when fewer come, or more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (came := self.total("bytes")) < expected:
            if time.monotonic() > deadline:
                raise Failed(f"{came} bytes came, {expected} should have")
            time.sleep(LOOK_AGAIN_SECONDS)
        if came > expected:
            raise Failed(f"{came} bytes came, {expected} should have")

    def end(self) -> None:
        """End them all."""
        for generator in self._all:
            generator.end()
