"""Bugs to plant, one at a time: the proof that the oracle can fail.

Each bug is a mistake that a programmer could make, or that a real chat server has
made.  It replaces a piece of the real code while a test runs.
"""

from __future__ import annotations

import contextlib
import math
import unicodedata
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple
from unittest import mock

from minichat.chat import dispatcher, protocol, room
from minichat.chat.fanout import Fanout
from minichat.net import pool, telnet
from minichat.net.backlog import Backlog, Ledger
from minichat.net.connection import CLOSED, DRAINING, UNREAD, Connection
from minichat.net.linebuffer import LineBuffer
from minichat.net.listener import Listener
from minichat.net.outputqueue import OutputQueue
from minichat.net.pace import Pace
from minichat.net.patience import Patience
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.telnet import TelnetBuffer
from minichat.net.timers import Timers
from minichat.server.admission import Admission, Guest
from minichat.server.budgets import AddressPaces
from minichat.server.deadlines import Deadlines
from minichat.server.ending import Ending
from minichat.server.server import Server
from tests.simulation.kernel import Socket

Patch = Tuple[Any, str, Any]  # the object, the name of its attribute, what to put there


class Bug(NamedTuple):
    """A bug to plant: the number of its trap, and what it replaces."""

    trap: int  # 0 for a guarantee of the protocol
    patches: Callable[[], List[Patch]]


BUGS: Dict[str, Bug] = {}


def plants(name: str, trap: int) -> Callable[[Callable[[], List[Patch]]], Callable[[], List[Patch]]]:
    """Return a decorator that enters a bug into the table."""

    def enter(patches: Callable[[], List[Patch]]) -> Callable[[], List[Patch]]:
        BUGS[name] = Bug(trap, patches)
        return patches

    return enter


@contextlib.contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant the bug of that name, until the end of the ``with``."""
    with contextlib.ExitStack() as stack:
        for target, attribute, replacement in BUGS[name].patches():
            stack.enter_context(mock.patch.object(target, attribute, replacement))
        yield


def nothing(*arguments: Any) -> None:
    """Do nothing, in place of a function that does something."""


# -- reading -------------------------------------------------------------------


@plants("the rest of a read is forgotten", 23)
def _() -> List[Patch]:
    find_end = LineBuffer._find_end

    def forgetful(self: LineBuffer, searched: int) -> None:
        find_end(self, searched)
        if self._end < 0:
            self._bytes = b""

    return [(LineBuffer, "_find_end", forgetful)]


@plants("the tail of a line that is too long is run", 24)
def _() -> List[Patch]:
    find_end = LineBuffer._find_end

    def without_skipping(self: LineBuffer, searched: int) -> None:
        find_end(self, searched)
        self._is_skipping = False

    return [(LineBuffer, "_find_end", without_skipping)]


@plants("control characters are relayed", 26)
def _() -> List[Patch]:
    return [(protocol, "decode", lambda line: line.decode("utf-8", "replace"))]


@plants("a client that has ended its output gets no more answers", 27)
def _() -> List[Patch]:
    def abrupt(self: Server, connection: Connection) -> None:
        self._leave(connection, "gone")
        connection.abort("gone")

    return [(Server, "end_received", abrupt)]


@plants("an end of file is read for ever", 12)
def _() -> List[Patch]:
    def wanted(self: Connection) -> int:
        if self.life is CLOSED:
            return 0
        return EVENT_READ | (EVENT_WRITE if self._output and self._output.is_blocked else 0)

    return [(Connection, "_wanted", wanted)]


@plants("a command of telnet that is cut in two becomes text", 57)
def _() -> List[Patch]:
    take_out = TelnetBuffer._take_out

    def hasty(self: TelnetBuffer, data: bytes) -> bytes:
        text = take_out(self, data)
        begun, self._begun = self._begun, b""
        return text + begun

    return [(TelnetBuffer, "_take_out", hasty)]


@plants("a subnegotiation ends where a read ends", 57)
def _() -> List[Patch]:
    take_out = TelnetBuffer._take_out

    def forgetful(self: TelnetBuffer, data: bytes) -> bytes:
        text = take_out(self, data)
        if self._begun.startswith(telnet.IAC + telnet.SB):
            self._begun = b""
        return text

    return [(TelnetBuffer, "_take_out", forgetful)]


@plants("a telnet option is answered for ever", 57)
def _() -> List[Patch]:
    answer = TelnetBuffer._answer

    def forgetful(self: TelnetBuffer, asked: List[Optional[bytes]]) -> None:
        self._answered.clear()
        answer(self, asked)

    return [(TelnetBuffer, "_answer", forgetful)]


@plants("a timing mark is answered once, as if it was an option", 57)
def _() -> List[Patch]:
    return [(telnet, "TIMING_MARK", b"none")]


@plants("what is thrown away is free", 51)
def _() -> List[Patch]:
    wait = Pace.wait
    return [(Pace, "wait", lambda self, limits, now, thrown_away: wait(self, limits, now))]


@plants("only a line that waits pauses the reading", 51)
def _() -> List[Patch]:
    take_line = Connection.take_line
    return [(Connection, "take_line", lambda self: take_line(self) if self.buffer.has_line else None)]


@plants("input that waits is not counted", 52)
def _() -> List[Patch]:
    return [(Connection, "_recv", lambda self: self._socket.recv(self._turn.limits.recv_bytes))]


@plants("input that still waits after a turn is forgotten", 52)
def _() -> List[Patch]:
    serve = Pool.serve

    def forgetful(self: Pool) -> bool:
        has_more = serve(self)
        self.turn.inputs = 0
        return has_more

    return [(Pool, "serve", forgetful)]


# -- serving -------------------------------------------------------------------


@plants("all lines of a read are served at once", 19)
def _() -> List[Patch]:
    return [(pool, "range", lambda bound: range(1 << 30))]


@plants("what the turn has left over is forgotten", 20)
def _() -> List[Patch]:
    serve = Pool.serve

    def forgetful(self: Pool) -> bool:
        serve(self)
        self.turn.ready.clear()
        return False

    return [(Pool, "serve", forgetful)]


@plants("a pause for the rate never ends", 41)
def _() -> List[Patch]:
    take_line = Connection.take_line

    def without_timer(self: Connection) -> Optional[bytes]:
        with mock.patch.object(self._turn.reactor, "call_later", nothing):
            return take_line(self)

    return [(Connection, "take_line", without_timer)]


@plants("the rate is not kept", 41)
def _() -> List[Patch]:
    return [(Pace, "wait", lambda self, limits, now, thrown_away: 0.0)]


@plants("a pause for unread answers never ends", 35)
def _() -> List[Patch]:
    serve_soon = Connection._serve_soon

    def unless_unread(self: Connection) -> None:
        if self.pause is not UNREAD:
            serve_soon(self)

    return [(Connection, "_serve_soon", unless_unread)]


@plants("a peer that does not read gets more and more answers", 35)
def _() -> List[Patch]:
    take_line = Connection.take_line

    def generous(self: Connection) -> Optional[bytes]:
        limits = self._turn.limits._replace(own_queue_bytes=1 << 40)
        with mock.patch.object(self._turn, "limits", limits):
            return take_line(self)

    return [(Connection, "take_line", generous)]


@plants("a turn works as long as there is work", 44)
def _() -> List[Patch]:
    return [(Pool, "_has_time", lambda self: True)]


@plants("lines that a long turn has put off are forgotten", 44)
def _() -> List[Patch]:
    return [(Pool, "_put_off", nothing)]


@plants("a private line does not wait for its addressee", 45)
def _() -> List[Patch]:
    return [(Guest, "has_room", True)]


@plants("a line that was held is forgotten", 45)
def _() -> List[Patch]:
    return [(Server, "resumed", nothing)]


@plants("each connection of an address has a debt of its own", 45)
def _() -> List[Patch]:
    return [(AddressPaces, "of", lambda self, address: Pace(self._share))]


@plants("coming in costs nothing", 45)
def _() -> List[Patch]:
    return [(Connection, "charge", lambda self, lines, size=0: None)]


# -- writing -------------------------------------------------------------------


@plants("a partial send is taken for a whole one", 30)
def _() -> List[Patch]:
    send = Socket.send

    def believing(self: Socket, data: Any) -> int:
        send(self, data)
        return len(data)  # as if the result were not looked at

    return [(Socket, "send", believing)]


@plants("what the kernel does not take at once is dropped", 30)
def _() -> List[Patch]:
    send = Socket.send

    def forgetting(self: Socket, data: Any) -> int:
        try:
            return send(self, data)
        except BlockingIOError:
            return len(data)  # as if the exception was swallowed

    return [(Socket, "send", forgetting)]


@plants("a piece that was partly sent is sent again from its start", 30)
def _() -> List[Patch]:
    return [(Backlog, "next_bytes", lambda self: self._pieces[0])]


@plants("WRITE is always waited for", 13)
def _() -> List[Patch]:
    wanted = Connection._wanted
    return [(Connection, "_wanted", lambda self: wanted(self) and wanted(self) | EVENT_WRITE)]


@plants("a slow reader is never cut", 33)
def _() -> List[Patch]:
    return [(Patience, "deadline", lambda self: min(self._idle_at, self._ends_at) if self._is_sent else math.inf)]


@plants("a reader without progress is never cut", 33)
def _() -> List[Patch]:
    deadline = Patience.deadline

    def patient(self: Patience) -> float:
        due = deadline(self)
        return due if due == -math.inf or not self._cost else math.inf

    return [(Patience, "deadline", patient)]


@plants("a slow reader is cut in the middle of a line", 33)
def _() -> List[Patch]:
    def careless(self: Backlog, last: bytes, unit_end: object) -> None:
        self.drop()
        self.add(last)

    return [(Backlog, "cut", careless)]


@plants("memory that was freed is still counted", 34)
def _() -> List[Patch]:
    release = Ledger.release

    def leaking(self: Ledger, piece: bytes) -> None:
        before = self.bytes
        release(self, piece)
        self.bytes = before

    return [(Ledger, "release", leaking)]


@plants("shared memory is counted for each holder", 34)
def _() -> List[Patch]:
    hold = Ledger.hold

    def counting(self: Ledger, piece: bytes) -> bytes:
        before = self.bytes
        kept = hold(self, piece)
        self.bytes = before + self.piece_bytes + len(piece)
        return kept

    return [(Ledger, "hold", counting)]


# -- closing -------------------------------------------------------------------


@plants("a socket is closed with unread input", 32)
def _() -> List[Patch]:
    flush_queue = Connection._flush_queue

    def at_once(self: Connection) -> None:
        flush_queue(self)
        if self.life is DRAINING and not self.queued:
            self.abort(self.reason)

    return [(Connection, "_flush_queue", at_once)]


@plants("the end of the output is never sent", 32)
def _() -> List[Patch]:
    return [(OutputQueue, "_send_fin", nothing)]


@plants("a closing connection waits for its peer without end", 14)
def _() -> List[Patch]:
    deadline = Patience.deadline
    return [(Patience, "deadline", lambda self: deadline(self) if self._cost else math.inf)]


@plants("a socket is closed before it is unregistered", 9)
def _() -> List[Patch]:
    release = Connection.release

    def wrong_order(self: Connection) -> None:
        self._socket.close()
        release(self)

    return [(Connection, "release", wrong_order)]


@plants("a lost member stays in the room", 39)
def _() -> List[Patch]:
    def forgetful(self: Server, connection: Connection) -> None:
        self.admission.left(connection)
        self.ending.stop_when_empty()

    return [(Server, "connection_closed", forgetful)]


# -- accepting -----------------------------------------------------------------


@plants("the listener does not rest when descriptors run out", 1)
def _() -> List[Patch]:
    return [(Listener, "_exhausted", nothing)]


@plants("the listener never comes back from its rest", 1)
def _() -> List[Patch]:
    return [(Listener, "_return", nothing)]


@plants("one error of accept ends the server", 2)
def _() -> List[Patch]:
    def fatal(self: Listener, error: OSError) -> None:
        raise error

    return [(Listener, "_exhausted", fatal)]


@plants("an accepted socket blocks", 3)
def _() -> List[Patch]:
    from minichat.net import listener

    return [(listener, "prepare", nothing)]


@plants("the books of an address are never struck", 38)
def _() -> List[Patch]:
    def left(self: Admission, connection: Connection) -> None:
        self._connections -= 1
        self.introduced(connection)
        self._refused.pop(connection, None)

    return [(Admission, "left", left)]


@plants("a newcomer may stay silent for ever", 37)
def _() -> List[Patch]:
    return [(Deadlines, "_watch", nothing)]


@plants("a first line without an end is told so twice", 56)
def _() -> List[Patch]:
    tell = Admission._tell_unfinished

    def forgetful(self: Admission, connection: Connection) -> None:
        tell(self, connection)
        connection.context.has_begun = False

    return [(Admission, "_tell_unfinished", forgetful)]


@plants("a first line without an end is never told so", 56)
def _() -> List[Patch]:
    return [(Admission, "_tell_unfinished", nothing)]


@plants("each byte of a first line gives it more time", 56)
def _() -> List[Patch]:
    begun = Admission.begun

    def patient(self: Admission, connection: Connection) -> str:
        connection.context.has_begun = False
        self._unfinished.end(connection)
        return begun(self, connection)

    return [(Admission, "begun", patient)]


@plants("the end of every refused connection is waited for", 5)
def _() -> List[Patch]:
    return [(Admission, "_has_place", lambda self, source: True)]


# -- the loop ------------------------------------------------------------------


@plants("the loop never waits", 13)
def _() -> List[Patch]:
    return [(Timers, "seconds_to_wait", lambda self, now: 0.0)]


@plants("a stall counts against the deadlines", 17)
def _() -> List[Patch]:
    def tick(self: Reactor, planned_seconds: float) -> bool:
        reading = self._clock()
        self.now += reading - self._reading
        self._reading = reading
        return False

    return [(Reactor, "_tick", tick)]


@plants("a bug on one connection ends the others", 18)
def _() -> List[Patch]:
    def fatal(self: Connection) -> None:
        raise  # noqa: PLE0704 (called inside an except clause)

    return [(Connection, "fail", fatal)]


@plants("what ends during the flush is reaped at once, not in its step", 10)
def _() -> List[Patch]:
    flush = Pool.flush

    def hasty(self: Pool) -> bool:
        flush(self)
        self.reap()  # and the LEAVE that this says waits for the fan-out of some later turn
        return bool(self.turn.ready or self.turn.overdue or self.turn.dirty)

    return [(Pool, "flush", hasty)]


@plants("an abort reaps at once, wherever it happens", 10)
def _() -> List[Patch]:
    init, abort = Pool.__init__, Connection.abort
    pools: Dict[int, Pool] = {}  # by the turn

    def known(self: Pool, *arguments: Any) -> None:
        init(self, *arguments)
        pools[id(self.turn)] = self

    def hasty(self: Connection, reason: str) -> None:
        abort(self, reason)
        pools[id(self._turn)].reap()  # after the fan-out, the LEAVE waits for the next event

    return [(Pool, "__init__", known), (Connection, "abort", hasty)]


@plants("the flush does not say that it leaves something to do", 10)
def _() -> List[Patch]:
    flush = Pool.flush

    def silent(self: Pool) -> None:
        flush(self)

    return [(Pool, "flush", silent)]


@plants("shutting down leaves people without a goodbye", 22)
def _() -> List[Patch]:
    def abrupt(self: Ending) -> None:
        self._has_begun = True
        for listener in self.listeners:
            listener.close()
        for connection in list(self._pool.owners):
            connection.abort("shutdown")

    return [(Ending, "shut_down", abrupt)]


@plants("shutting down waits for all peers without end", 22)
def _() -> List[Patch]:
    shut_down = Ending.shut_down

    def patient(self: Ending) -> None:
        with mock.patch.object(self._reactor, "call_later", nothing):
            shut_down(self)

    return [(Ending, "shut_down", patient), (Patience, "deadline", lambda self: 1e9)]


# -- the chat ------------------------------------------------------------------


@plants("a private line overtakes what was said before it", 0)
def _() -> List[Patch]:
    return [(Fanout, "tell", lambda self, recipient, line: recipient.write(line))]


@plants("a newcomer hears what was said before", 0)
def _() -> List[Patch]:
    return [(Fanout, "skip", nothing)]


@plants("a member who leaves misses what was said last", 11)
def _() -> List[Patch]:
    def hasty(room: room.Room, member: room.Member, reason: str, hears: bool = True) -> None:
        if member in room:
            room.leave(member)
            room.fanout.say(protocol.format_leave(member.nick, reason))

    return [(dispatcher, "leave", hasty)]


@plants("a leave is said twice", 31)
def _() -> List[Patch]:
    leave = dispatcher.leave

    def twice(room: room.Room, member: room.Member, reason: str, hears: bool = True) -> None:
        if member in room:
            leave(room, member, reason, hears)
            room.fanout.say(protocol.format_leave(member.nick, reason))

    return [(dispatcher, "leave", twice)]


@plants("a direct message is heard by everyone", 0)
def _() -> List[Patch]:
    def indiscreet(room: room.Room, member: room.Member, command: protocol.Command) -> dispatcher.Outcome:
        room.fanout.say(protocol.format_from(member.nick, "dm", command.text))
        return dispatcher.Outcome.SERVED

    return [(dispatcher, "_COMMANDS", {**dispatcher._COMMANDS, "tell": indiscreet})]


@plants("nicks differ by width and by ß", 39)
def _() -> List[Patch]:
    return [(room, "nick_key", str.lower)]


@plants("a look-alike is somebody else", 43)
def _() -> List[Patch]:
    def unmasked(nick: str) -> str:
        return unicodedata.normalize("NFKC", nick.casefold())

    return [(room, "nick_key", unmasked)]


@plants("WHO lists people in any order", 0)
def _() -> List[Patch]:
    def sorted_who(room: room.Room, member: room.Member, command: protocol.Command) -> dispatcher.Outcome:
        room.fanout.tell(member, protocol.format_who(sorted(other.nick for other in room.members)))
        return dispatcher.Outcome.SERVED

    return [(dispatcher, "_COMMANDS", {**dispatcher._COMMANDS, "who": sorted_who})]


@plants("only the first in the room hears what was said", 11)
def _() -> List[Patch]:
    deliver = Fanout.deliver

    def stingy(self: Fanout, recipients: Any) -> None:
        members = list(recipients)
        deliver(self, members[:1])
        for member in members[1:]:
            member.write(b"")

    return [(Fanout, "deliver", stingy)]

