"""What is measured, and how.

Every measurement of a server starts it and its load generators, lets people in,
warms up, takes the difference of two looks at everything, and ends by counting:
when nobody speaks any more, exactly what was said must have come to everyone,
or the figures are worth nothing and the measurement fails.
"""

from __future__ import annotations

import dataclasses
import os
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Tuple, Union

from benchmark import alone
from benchmark.accounting import cores, cpu_seconds, memory_bytes, wakeups
from benchmark.generators import Failed, Generators
from benchmark.servers import HOST, Server
from benchmark.wire import WIRES, Chat

Metrics = Dict[str, float]
CHAT = Chat()
NICK = "a00000"  # as long as all nicknames
WARM_SECONDS = 0.15
LONGEST_SECONDS = 10.0  # of a measurement in which nothing comes: the machine may have much else to do
GROW_SECONDS = 1e-4  # more warming up per listener: a round to ten thousand takes a while
BUSY = 0.9  # of a core is no longer idle
FIRST_PEOPLE = 100  # are in before memory is looked at: what the first one costs is not what one more costs
MICRO = 1e6


class Case(NamedTuple):
    """One thing to measure."""

    kind: str
    people: int
    speakers: int = 0
    in_flight: int = 0

    @property
    def name(self) -> str:
        """Unique among the cases of a run."""
        if self.kind == "fanout":
            return f"fanout {self.people}/{self.speakers}/{self.in_flight}"
        return f"{self.kind} {self.people}"


@dataclasses.dataclass(frozen=True)
class Settings:
    """What holds for all cases."""

    seconds: float
    generators: int
    text: str
    pinned: bool


class Look(NamedTuple):
    """Everything that is counted, at one moment."""

    wall: float
    cpu: float
    bytes: int
    said: int
    loads: List[float]  # CPU seconds of each generator


class Bench:
    """A server, and the load generators that are connected to it."""

    def __init__(self, server: Server, generators: Generators, settings: Settings) -> None:
        self.server, self.generators, self.settings = server, generators, settings
        self.wire = WIRES[server.kind.wire]
        self.people = 0
        self._came_bytes = 0
        self.was_generator_limit = False

    def come(self, people: int, group: int = 1) -> Tuple[float, float]:
        """Let people in; seconds, by the clock and of the server's CPU, until all know of all."""
        before, cpu = time.monotonic(), cpu_seconds(self.server.pid)
        pairs = people * (people - 1) // 2 + people * self.people  # one there already, one who comes
        self._came_bytes += people * self.wire.welcome_bytes(NICK)
        self._came_bytes += pairs * self.wire.join_bytes(NICK) * self.server.tells_joins
        self.people += people
        self.generators.come(people, group)
        self.generators.wait_for(self._came_bytes)
        return time.monotonic() - before, cpu_seconds(self.server.pid) - cpu

    def look(self) -> Look:
        """The server's clock first: the answers of the generators take their time."""
        wall, cpu = time.monotonic(), cpu_seconds(self.server.pid)
        counts = self.generators.everyone("count")
        return Look(
            wall, cpu, sum(c["bytes"] for c in counts), sum(c["said"] for c in counts), [c["cpu"] for c in counts]
        )

    def talk(self, message_bytes: int, listeners: int) -> Metrics:
        """Have the generators speak for a while; what one message of ``message_bytes`` cost.

        ``listeners`` is how many get each message that is said.
        """
        self.generators.everyone("reset")
        self.generators.everyone("go")
        time.sleep(min(WARM_SECONDS, self.settings.seconds) + GROW_SECONDS * self.people)
        after = before = self.look()
        while after.bytes == before.bytes and after.wall < before.wall + LONGEST_SECONDS:
            time.sleep(self.settings.seconds)
            after = self.look()
        self.generators.everyone("stop")
        said = self.generators.total("said")
        self.generators.wait_for(said * listeners * message_bytes)
        self.generators.everyone("reset")
        self._came_bytes = 0
        return {**self._cost(before, after, message_bytes), "said": said, "delivered": said * listeners}

    def _cost(self, before: Look, after: Look, message_bytes: int) -> Metrics:
        wall, cpu = after.wall - before.wall, after.cpu - before.cpu
        messages = (after.bytes - before.bytes) / message_bytes
        if not messages:
            raise Failed(f"nothing came in {wall:.1f} s; try more --seconds")
        load = max(late - early for late, early in zip(after.loads, before.loads)) / wall
        self.was_generator_limit = load > BUSY and cpu / wall < BUSY
        return {"cpu_us": cpu / messages * MICRO, "per_second": messages / wall, "server": cpu / wall, "load": load}


def fanout(bench: Bench, case: Case) -> Metrics:
    """A few speak, everyone listens."""
    bench.come(case.people)
    return bench.talk(bench.wire.heard_bytes(NICK, bench.settings.text), case.people)


def direct(bench: Bench, case: Case) -> Metrics:
    """Pairs talk in private."""
    bench.come(2 * case.people, group=2)
    return bench.talk(CHAT.told_bytes(NICK, bench.settings.text), 1)


def echo(bench: Bench, case: Case) -> Metrics:
    """One alone, there and back."""
    bench.come(1)
    bench.generators.everyone("reset")
    answer = bench.generators.everyone("measure", seconds=bench.settings.seconds)[0]
    delivered = answer["bytes"] / bench.wire.heard_bytes(NICK, bench.settings.text)
    if delivered != answer["said"]:
        raise Failed(f"{answer['said']} were said, {delivered} came")
    times = {f"{name}_us": nanoseconds / 1000 for name, nanoseconds in answer["times"].items()}
    return {**times, "said": answer["said"], "delivered": delivered}


def idle(bench: Bench, case: Case) -> Metrics:
    """Many are in and say nothing; then two of them talk, and the others must not matter."""
    pid, told_bytes = bench.server.pid, CHAT.told_bytes(NICK, bench.settings.text)
    first = min(FIRST_PEOPLE, case.people // 2 & ~1)
    bench.come(first, group=2)
    few = bench.talk(told_bytes, 1) if bench.wire.speakers_listen else {}
    memory = memory_bytes(pid)
    seconds, _ = bench.come((case.people - first) & ~1, group=2)
    added = memory_bytes(pid) - memory
    before, slept = bench.look(), wakeups(pid) or 0
    time.sleep(bench.settings.seconds)
    after, woke = bench.look(), (wakeups(pid) or 0) - slept
    wall = after.wall - before.wall
    many = bench.talk(told_bytes, 1) if bench.wire.speakers_listen else {}
    return {
        "bytes": added / (bench.people - first),
        "idle_cpu": (after.cpu - before.cpu) / wall * 100,
        "wakeups": woke / wall,
        "seconds": seconds,
        **({"few_us": few["cpu_us"], "many_us": many["cpu_us"]} if few else {}),
        **{key: few.get(key, 0) + many.get(key, 0) for key in ("said", "delivered")},
    }


def join(bench: Bench, case: Case) -> Metrics:
    """All come in at once, and each is told to those before."""
    seconds, cpu = bench.come(case.people)
    lines = case.people * (case.people - 1) // 2
    return {"cpu_s": cpu, "seconds": seconds, "said": case.people, "delivered": lines}


def churn(bench: Bench, case: Case) -> Metrics:
    """Come, speak, go, come again."""
    return bench.talk(bench.wire.heard_bytes(NICK, bench.settings.text), 1)


class Measure(NamedTuple):
    """How a kind of case is measured, and what the load generators do meanwhile."""

    function: Callable[[Bench, Case], Metrics]
    load: str
    about: str
    generators: int = 0  # at most; 0 is as many as the settings say
    repeats: int = 0
    tells_joins: bool = False


class Alone(NamedTuple):
    """How a kind of case is measured that needs neither a server nor a load."""

    function: Callable[[int, float], Metrics]  # (people, seconds)
    about: str
    repeats: int = 0


MEASURES: Dict[str, Union[Measure, Alone]] = {
    "fanout": Measure(fanout, "fanout", "{people} listeners, {speakers} of them speak, {in_flight} messages in flight"),
    "direct": Measure(direct, "direct", "{people} pairs talk in private, 1 message in flight each"),
    "echo": Measure(echo, "echo", "one alone, there and back", generators=1),
    "idle": Measure(idle, "direct", "{people} people are in and say nothing; then two talk in private", repeats=1),
    "join": Measure(join, "listen", "{people} people come in at once, everyone is told", repeats=2, tells_joins=True),
    "churn": Measure(churn, "churn", "{people} at a time come, speak, go", repeats=2, tells_joins=True),
    "userspace": Alone(alone.userspace, "user space of a broadcast to {people}: deliver and flush, the sends faked"),
    "start": Alone(alone.start, "{people} starts with --version; CPU as a multiple of python3 -c pass"),
    "growth": Measure(fanout, "fanout", "{people} listeners, {speakers} of them speak, {in_flight} messages in flight"),
}


def measure(case: Case, name: str, settings: Settings) -> Metrics:
    """Measure one case on one server, started for it; Failed says why it could not be."""
    how = MEASURES[case.kind]
    try:
        if isinstance(how, Alone):
            return how.function(case.people, settings.seconds)
        number = min(how.generators or settings.generators, case.people)
        with Server(name, how.tells_joins) as server, _generators(how, number, case, server, settings) as generators:
            bench = Bench(server, generators, settings)
            if settings.pinned:
                _pin(server, generators)
            metrics = how.function(bench, case)
            return {**metrics, "generator_limit": bench.was_generator_limit}
    except (LookupError, OSError) as error:
        raise Failed(f"{type(error).__name__}: {error}") from error


@contextmanager
def _generators(how: Measure, number: int, case: Case, server: Server, settings: Settings) -> Iterator[Generators]:
    spec: Dict[str, Any] = {
        "kind": how.load, "wire": server.kind.wire, "host": HOST, "port": server.port,
        "text": settings.text, "people": case.people, "speakers": case.speakers, "in_flight": case.in_flight,
    }  # fmt: skip
    generators = Generators(number, spec)
    try:
        yield generators
    finally:
        generators.end()


def _pin(server: Server, generators: Generators) -> None:
    """The server gets the first core, the generators share the others."""
    first, *others = sorted(os.sched_getaffinity(0))
    if cores() > 1:
        server.pin(first)
        for pid in generators.pids:
            os.sched_setaffinity(pid, others)
