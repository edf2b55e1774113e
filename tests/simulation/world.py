"""The world of one seed, from its first turn to its last.

First the times are bad: clients come and go, and faults happen.  Then the faults
stop.  Within a bounded time all healthy clients must have everything, a newcomer
must get in, and the server must end in good order.
"""

from __future__ import annotations

import functools
import logging
import random
from collections import Counter
from typing import Any, Callable, Dict, List, Optional, Set, Tuple
from unittest import mock

from minichat.chat import dispatcher
from minichat.chat.dispatcher import Outcome
from minichat.chat.room import Member, Room
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.connection import Connection
from minichat.net.reactor import Reactor
from minichat.server.server import Server
from minichat.trace.check import check
from minichat.trace.recorder import Recorder, header
from minichat.trace.schema import Event
from minichat.trace.served import WatchedServer
from minichat.trace.watched import WatchedReactor
from minichat.trace.watchedweb import WatchedWebHouse
from minichat.web.house import WebHouse
from tests.simulation import oracle
from tests.simulation.client import Client, Witness
from tests.simulation.faults import Faults
from tests.simulation.kernel import File, Kernel, ListeningSocket, Selector, trouble

TRACED_SEEDS = 8  # one seed in this many has a trace

# More turns than this while no time passes: the loop is spinning.  One byte a read,
# and every third read for nothing, takes 7,000 turns for what one client may have
# sent ahead.
MOST_TURNS = 10_000
SIGTERM = 15


class PlantedFault(Exception):
    """A bug in our own code that a seed plants; its log record is expected."""


class Records(logging.Handler):
    """Keeps what the server logs as a bug, unless the bug was planted."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.bugs: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is None or not isinstance(record.exc_info[1], PlantedFault):
            self.bugs.append(logging.Formatter().format(record)[-600:])


def drawn_limits(chance: random.Random, habits: random.Random) -> Limits:
    """Return the real limits or tiny ones, by chance, so that each limit is reached in some seed."""
    limits = Limits(clients=chance.choice((8, 100)))
    if chance.random() < 0.5:
        limits = limits._replace(
            line_bytes=chance.choice((16, 40, 100)),
            recv_bytes=chance.choice((1, 7, 64, 500)),
            turn_lines=chance.randint(1, 4),
            turn_bytes=chance.choice((1, 60, 200)),
            send_bytes=chance.choice((1, 10, 100)),
            own_queue_bytes=chance.choice((100, 150)),
            queue_soft_bytes=200,
            queue_bytes=chance.choice((200, 500, 2000)),
            queues_bytes=chance.choice((2000, 5000)),
            clients=chance.choice((3, 5, 10)),
            refusals=chance.randint(1, 3),
            turn_accepts=chance.randint(1, 3),
            per_address=chance.choice((0, 1, 3)),
            drain_bytes=chance.choice((5, 100)),
        )
    rate = chance.choice((0.0, 1.0, 20.0, 100.0))
    share = chance.choice((1.0, 8.0))
    limits = limits._replace(rate_lines=rate, rate_address_share=share, rate_room_share=chance.choice((1.0, 10.0)))
    return limits._replace(inputs_bytes=habits.choice((100, 1000, limits.inputs_bytes)))


class World:
    """The server under test, and all its clients."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.faults = Faults(self.chance)
        self.habits = random.Random(f"habits {seed}")  # further dice, that leave what the others draw as it is
        self.limits = drawn_limits(self.chance, self.habits)
        self.web_dice = random.Random(f"web {seed}")  # the same for browsers, who come in half of the worlds
        self.has_web = self.web_dice.random() < 0.5
        files = self.chance.choice((6, 9, 12, 60))
        self.kernel = Kernel(self.faults, files + 2 * self.has_web)  # another listener and its spare
        self.selector = Selector(self.kernel)
        self._records = Records()
        # Some worlds watch their own loop, and have the trace checked at the end.
        self.events: List[Event] = []
        self.recorder = self._recorder() if seed % TRACED_SEEDS == 0 else None
        self.price = self.chance.choice((0.0, 0.0, 0.0, 0.0005, 0.004, 0.02))  # seconds of work that a line costs
        self.worked = 0.0  # seconds, since the beginning
        self.worked_in_turn = 0.0
        parts: Any = (self.selector, self.kernel.clock, self._reactor_bug, lambda: self.worked)
        self.reactor = WatchedReactor(self.recorder, *parts) if self.recorder else Reactor(*parts)
        self.listening = ListeningSocket(self.kernel, backlog=20)
        self.biggest_turn = 0  # bytes said to one client in one turn: a bound may be exceeded by that
        kind: Any = WatchedServer if self.recorder else Server
        self.server: Server = kind(
            self.reactor,
            self.listening,
            self.limits,
            Messages("pt"),
            self._status,
            self._open_spare,
        )
        self.web: Optional[WebHouse] = None
        if self.has_web:
            self.web_listening = ListeningSocket(self.kernel, backlog=20)
            house: Any = WatchedWebHouse if self.recorder else WebHouse
            self.web = house(self.server, self.web_listening, {}, open_spare=self._open_spare)
        self.witness = Witness(self.listening)
        self.clients: List[Client] = []
        self.struck: Set[str] = set()  # nicks whose connection a planted bug has cut
        self._last_time, self._turns_then = 0.0, 0
        self.since: Dict[Connection, float] = {}  # when the oracle saw a connection first
        self.inputs: Dict[Connection, int] = {}  # how much input each one had waiting after the last turn
        self.longest_turn = 0.0  # seconds that the last turn took
        self.served_in_turn: Counter[Member] = Counter()
        # Of a member and of an address: since when, and what was served, in lines.
        self.served: Dict[Any, Tuple[float, int]] = {}

    @property
    def logged(self) -> List[str]:
        """The bugs that the server logged and that were not planted."""
        return self._records.bugs

    # -- a run -------------------------------------------------------------

    def run(self) -> int:
        """Run from the first turn to the last; return the number of deliveries judged.  Raises Violation."""
        log = logging.getLogger("minichat")
        propagates, log.propagate = log.propagate, False
        log.addHandler(self._records)
        try:
            with mock.patch.object(dispatcher, "dispatch", self._faulty(dispatcher.dispatch)):
                self._join_witness()
                self._bad_times()
                self._good_times()
                if not self.server.listener._closed:
                    self._newcomer()
                    self._shut_down()
                self._check_trace()
                return oracle.check_end(self)
        finally:
            log.removeHandler(self._records)
            log.propagate = propagates

    def _recorder(self) -> Recorder:
        recorder = Recorder(self.events.append, clock=lambda: int(self.kernel.time * 1e9))
        recorder.put("header", **header("Selector", self.limits))
        return recorder

    def _check_trace(self) -> None:
        """Check the trace of the loop, if this seed has one."""
        if self.recorder:
            self.recorder.end()
            _, problems = check(self.events)
            oracle.require(not problems, "the trace", *problems[:3])

    def _join_witness(self) -> None:
        active, self.faults.active = self.faults.active, False
        self._turns(lambda: b"\n" in self.witness.got, 1.0, "the witness could not join")
        self.faults.active = active

    def _bad_times(self) -> None:
        is_rush = self.chance.random() < 0.1
        for number in range(30 if is_rush else self.chance.randint(1, 14)):
            seconds = 0.01 if is_rush else self.chance.choice((0.0, 1.0, 30.0))
            self.kernel.at(seconds * self.chance.random(), functools.partial(self._come, number))
        ends_at = self.kernel.time + self.chance.choice((5.0, 40.0, 150.0))
        ends_by_signal = self.chance.random() < 0.1
        self._turns(lambda: self.kernel.time >= ends_at, ends_at, "")
        if ends_by_signal:
            self.faults.counts["signal in bad times"] += 1
            self._signal()
            self.turn()

    def _good_times(self) -> None:
        """Stop the faults; then all healthy clients get everything within a bounded time."""
        self.faults.active = False
        for client in self.clients:
            client.recover()
        is_closed = self.server.listener._closed
        alone = 0 if is_closed else 1
        self._turns(
            lambda: (
                len(self.server.pool.owners) <= alone
                and all(client.is_done for client in self.clients)
                # A client that gave up while the listener rested would take the newcomer's place for a moment.
                and (is_closed or not self.listening.waiting)
                and (is_closed or not self.has_web or not self.web_listening.waiting)
            ),
            # Each wait has a deadline.  The longest are those for a nick and of keep-alive,
            # and lines that the rate holds back are served at one line a second at worst.
            700.0,
            "a client still waits for something",
        )

    def _newcomer(self) -> None:
        """Check that a newcomer gets in, speaks and reads."""
        client = Client(self, 999, self.listening, b"new\nm999.1 hi\nQUIT\n")
        self.clients.append(client)
        self._turns(lambda: client.has_end, 1.2 + 30.0, "a newcomer did not get in, or not out")
        if self.limits.line_bytes > 15:
            oracle.require(b"FROM new [all]: m999.1 hi\n" in client.got, "a newcomer was not heard", client.got)

    def _shut_down(self) -> None:
        """Check that a signal ends the server in good order and in time."""
        self._signal()
        self._turns(lambda: self.reactor.is_stopping, self.limits.shutdown_seconds + 1, "the server did not stop")
        self.server.close()
        self.witness.after_turn()
        oracle.require(self.witness.got.endswith(b"BYE shutdown\n"), "no goodbye", self.witness.got[-40:])
        self.witness.got = self.witness.got[: -len(b"BYE shutdown\n")]
        oracle.require(not self.kernel.open, "descriptors left open", self.kernel.open)
        oracle.require(not self.selector.get_map(), "still registered", self.selector.get_map())

    # -- turns -------------------------------------------------------------

    def _turns(self, until: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """Take turns until ``until()`` is true; after ``seconds``, raise Violation if there is an ``otherwise``."""
        gives_up_at = self.kernel.time + seconds
        while not until():
            if otherwise:
                oracle.require(self.kernel.time <= gives_up_at, otherwise)
            self.turn()

    def turn(self) -> None:
        """Take one turn of the server; then all clients read what came."""
        if self.kernel.time > self._last_time:
            self._last_time, self._turns_then = self.kernel.time, self.reactor.turns
        oracle.require(self.reactor.turns - self._turns_then < MOST_TURNS, "the loop spins")
        if self.faults.happens("stall"):
            self.kernel.stall()
        if self.faults.happens("merged events"):  # the server was busy, and much has happened
            until = self.kernel.time + 0.5 * self.chance.random()
            while self.kernel.next_event(until):
                pass
        before, now = self.reactor.turns, self.reactor.now
        self.worked_in_turn = 0.0
        self.served_in_turn.clear()
        # With this timer no wait is so long that the world stands still.
        timer = self.reactor.call_later(20.0, lambda: None)
        self.reactor.run_once()
        timer.cancel()
        assert self.reactor.turns == before + 1
        self.longest_turn = self.reactor.now - now
        oracle.check_turn(self)
        self.witness.after_turn()
        for client in self.clients:
            client.after_turn()

    # -- what the server is given --------------------------------------------

    def _come(self, number: int) -> None:
        if self.faults.active:
            self.clients.append(Client(self, number, self.listening))

    def _signal(self) -> None:
        # As SignalSource does it: in a turn of its own, between two states.
        self.reactor.call_later(0.0, lambda: self.server.ending.on_signal(SIGTERM))

    def _status(self, line: str) -> None:
        oracle.require(line.isprintable() and line.startswith("[STATUS] "), "a status line", line)
        if "(" in line and " w " not in line and self.faults.happens("bug in status"):
            self.struck.add(line.split()[1])
            raise PlantedFault

    def _open_spare(self) -> Any:
        if self.faults.happens("no spare"):
            raise trouble(24)
        return File(self.kernel)

    def _reactor_bug(self) -> None:
        raise  # noqa: PLE0704 (called inside an except clause)

    def _count(self, member: Any, outcome: Outcome) -> None:
        price = 1 + self.limits.join_lines * (outcome is Outcome.JOINED)
        for key in (member, member.address):
            since, lines = self.served.get(key, (self.reactor.now, 0))
            self.served[key] = (since, lines + price)
        self.served_in_turn[member] += 1
        oracle.check_served(self, member)

    def _work(self) -> None:
        """Let a line cost its time."""
        self.kernel.time += self.price
        self.worked += self.price
        self.worked_in_turn += self.price

    def _faulty(self, dispatch: Callable[[Room, Member, bytes], Outcome]) -> Callable[[Room, Member, bytes], Outcome]:
        """Return the dispatcher with checks around it, and with a planted bug now and then."""

        def faulty(room: Room, member: Member, line: bytes) -> Outcome:
            oracle.check_asking(self, member)
            strikes = member.nick != self.witness.nick and self.faults.happens("bug in dispatcher")
            if strikes and self.chance.random() < 0.5:
                self.struck.add(member.nick)
                raise PlantedFault
            addressee: Any = room.find(line[1:].split(b" ")[0].decode("utf-8", "replace"))
            queued = addressee._connection.queued if addressee else 0
            outcome = dispatch(room, member, line)
            oracle.check_private(self, room, line, outcome, queued)
            self._work()
            if outcome is not Outcome.WAITS:
                self._count(member, Outcome.SERVED if strikes else outcome)  # a bug spares the price of coming in
            if strikes:
                self.struck.add(member.nick)
            self.biggest_turn = max(self.biggest_turn, room.fanout.bytes + 5000)
            if strikes:
                raise PlantedFault
            return outcome

        return faulty


def run_seed(seed: int) -> Tuple[World, int, Optional[BaseException]]:
    """Run one seed; return its world, the number of deliveries judged, and the error, if there was one."""
    world = World(seed)
    try:
        return world, world.run(), None
    except Exception as error:
        return world, 0, error
