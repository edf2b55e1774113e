"""The oracle: it checks what must hold, however bad the world is.

After every turn, the books must be balanced, no wake-up may be missed, and every
bound must be kept.  At the end, what each client read is compared with what the
witness read, who was in all the time.  The oracle does not ask the chat of the
server what happened; only what came out of the sockets counts.
"""

from __future__ import annotations

from collections import Counter
from selectors import EVENT_READ, EVENT_WRITE
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, NamedTuple, Optional, Tuple, cast

from minichat.chat import parser, protocol
from minichat.chat.dispatcher import Outcome
from minichat.chat.nick import nick_key
from minichat.chat.parser import Err, From, Join, Leave, Message, Ok, Who
from minichat.chat.room import Member, Room
from minichat.net.backlog import Answer, Backlog
from minichat.net.connection import CLOSED, DRAINING, HELD, OPEN, RATE, UNREAD, Connection
from minichat.web.head import LINE_BYTES
from minichat.web.weblines import HeadLines
from tests.simulation.browser import CODES, Browser
from tests.simulation.client import Client, Sent
from tests.simulation.kernel import Socket
from tests.simulation.telnet import TIMING_MARK, without_answers

if TYPE_CHECKING:
    from tests.simulation.world import World


class Violation(AssertionError):
    """Something that must hold does not; the text says what."""


def require(holds: object, what: str, *details: object) -> None:
    """Raise Violation with ``what`` and the details, unless it ``holds``."""
    if not holds:
        raise Violation(" ".join([what, *map(repr, details)]))


# -- after every turn ------------------------------------------------------------


def check_turn(world: World) -> None:
    """Check everything that must hold between two turns; raise Violation."""
    server = world.server
    require(not world.logged, "a bug was logged", world.logged[:1])
    require(world.reactor.empty_turns == 0, "a turn did nothing")
    registered = kernel_map(world)
    for connection in server.pool.owners:
        _check_connection(world, connection, registered)
    _check_books(world, registered)
    _check_memory(world)
    _check_input(world)
    _check_time(world)
    _check_nothing_waits(world)


def _check_nothing_waits(world: World) -> None:
    """Check that all there is to do is done, unless the next turn does not wait."""
    if world.reactor._has_more:
        return
    turn = world.server.pool.turn
    require(not world.server.room.fanout.lines, "said, undelivered, and the loop waits", world.server.room.fanout.lines)
    noted = [turn.ready, turn.overdue, turn.dirty, turn.ended]
    require(not any(noted), "noted, not done, and the loop waits", *noted)


def kernel_map(world: World) -> Dict[int, int]:
    """Return the events for which each descriptor is registered."""
    return {number: key.events for number, key in world.selector.get_map().items()}


def backlog_of(connection: Connection) -> Optional[Backlog]:
    """Return the backlog of a connection; None if the kernel took everything."""
    output = connection._output
    return output.backlog if output is not None and output.backlog.bytes else None


def _check_connection(world: World, connection: Connection, registered: Dict[int, int]) -> None:
    sock: Socket = connection._socket  # type: ignore[assignment]
    events = registered.get(sock.number, 0)
    limits = world.limits
    require(sock.number >= 0, "a connection in the table with a closed socket")
    if connection.life is CLOSED:
        return
    backlog = backlog_of(connection)
    writes = bool(events & EVENT_WRITE)
    require(writes == (backlog is not None), "WRITE is waited for if and only if a send fell short", events)
    if backlog is not None:
        bound = limits.queue_bytes + world.biggest_turn
        require(backlog.cost <= bound, "a queue over its bound", backlog.cost, bound)
    noted = world.server.pool.turn
    require(connection._pending is None or connection in noted.dirty, "output that was not sent", connection._pending)
    waits = (connection.buffer.has_line or connection.pause is HELD) and connection.life is OPEN
    reads = bool(events & EVENT_READ)
    # Who has had input thrown away may have to wait, too, while no line does.
    owes = connection.life is OPEN and connection.pause in (RATE, UNREAD) and connection.buffer.thrown_away > 0
    expected = not connection.buffer.has_ended and not waits and not owes
    require(reads == expected, "READ is waited for unless lines wait or all is read", events)
    require(waits or connection.buffer.size < line_bytes_of(world, connection), "an unfinished line over its bound")
    _check_thrown_away(world, connection)
    if connection.life is DRAINING:
        end = sock.end
        require(backlog is not None or end.ending or end.dead, "all is sent, and the peer is not told")
        has_timer = connection._output_queue()._patience._timer is not None
        ends = has_timer or connection.buffer.has_ended or connection in noted.overdue or connection in noted.dirty
        require(ends, "an ending without a deadline")


def line_bytes_of(world: World, connection: Connection) -> int:
    """Return how long a line may be there."""
    return LINE_BYTES if isinstance(connection.buffer, HeadLines) else world.limits.line_bytes


def _check_thrown_away(world: World, connection: Connection) -> None:
    """Check that input which becomes no line is not read faster than the rate allows."""
    limits, now = world.limits, world.reactor.now
    if limits.rate_lines and connection.life is OPEN:
        since = world.since.setdefault(connection, now)
        allowed = limits.rate_lines * limits.rate_line_bytes * (limits.rate_burst_seconds + now - since)
        thrown = connection.buffer.thrown_away
        bound = allowed + limits.recv_bytes + limits.line_bytes
        require(thrown <= bound, "more was thrown away than the rate allows", thrown, bound)


def _check_books(world: World, registered: Dict[int, int]) -> None:
    server, kernel = world.server, world.kernel
    sockets = {number for number, file in kernel.open.items() if isinstance(file, Socket)}
    table = {cast(Socket, connection._socket).number for connection in server.pool.owners}
    require(sockets == table, "open sockets and connections differ", sockets, table)
    require(set(registered) <= set(kernel.open), "a closed descriptor is registered")
    admission = server.admission
    require(admission._connections == len(table), "the door has miscounted")
    let_in = len(table) - len(admission._refused)
    require(sum(admission._by_address.values()) == let_in, "addresses are miscounted")
    by_key = {member.key for member in server.room.members}
    require(len(by_key) == len(server.room), "two members of one nick")
    in_room = 0
    for connection in server.pool.owners:
        member = connection.context
        if member in server.room:
            in_room += 1
            require(connection.life is not DRAINING, "a member whose connection is ending", member.nick)
    require(in_room == len(server.room), "a member without a connection")
    if world.limits.clients:
        most = world.limits.clients + world.limits.refusals
        require(len(table) <= most, "more connections than the limit", len(table))


def _check_time(world: World) -> None:
    """Check that every wait has its deadline, and that a stall did not count as time."""
    reactor, limits = world.reactor, world.limits
    # What is planned for a time may come a turn later, and turns may be a while apart.
    late = reactor.now - world.longest_turn - 1e-3
    # One connection may be served before the clock is looked at.
    bound = limits.turn_seconds + limits.turn_lines * world.price + 1e-6
    require(world.worked_in_turn <= bound, "a turn that works too long", world.worked_in_turn, bound)
    require(reactor.now <= world.kernel.time - world.kernel.stalled + 1e-3, "a stall was counted as time", reactor.now)
    admission = world.server.admission
    for due_at in admission._waiting.due.values():
        require(due_at >= late, "a newcomer without a nick beyond the deadline")
    for due_at in admission._unfinished.due.values():
        require(due_at >= late, "a line that is not said to be unfinished")
    if world.web is not None:
        site = world.web._site
        for deadlines in (site.heads, site.heartbeat._silent, site.heartbeat._asked):
            for due_at in deadlines.due.values():
                require(due_at >= late, "a browser that is waited for beyond the deadline")
            require(set(deadlines.due) <= set(world.server.pool.owners), "a browser that has gone is waited for")
    for connection in world.server.pool.owners:
        if backlog_of(connection) is not None and connection.life is not CLOSED:
            patience = connection._output_queue()._patience
            ends_at = patience._ends_at if patience._is_cut else patience._progress_at + limits.progress_seconds
            require(ends_at >= late, "a reader without progress beyond the deadline")


def check_asking(world: World, member: Member) -> None:
    """Check that a member who leaves its answers unread is not served."""
    connection = next(each for each in world.server.pool.owners if each.context is member)
    queued = connection.queued
    require(queued <= world.limits.own_queue_bytes, "served without reading the answers", member.nick, queued)


def check_private(world: World, room: Room, line: bytes, outcome: Outcome, queued: int) -> None:
    """Check that a private line waits while its addressee, with ``queued`` bytes before it, does not read."""
    is_served = outcome is Outcome.SERVED and line.startswith(b"@")
    bound = world.limits.own_queue_bytes
    require(not is_served or queued <= bound, "a private line for one who does not read", queued, bound)


def check_served(world: World, member: Any) -> None:
    """Check that no more lines of a member and of an address are served than the turn and the rates allow."""
    limits = world.limits
    require(world.served_in_turn[member] <= limits.turn_lines, "too many lines in one turn", member.nick)
    if limits.rate_lines:
        for key, share in ((member, 1.0), (member.address, limits.rate_address_share)):
            since, lines = world.served[key]
            seconds = limits.rate_burst_seconds + world.reactor.now - since
            allowed = limits.rate_lines * share * seconds + limits.join_lines + 1e-3
            require(lines <= allowed, "more lines than the rate allows", key, lines, allowed)


def _check_memory(world: World) -> None:
    """Check that the ledger agrees with a new count of all pieces, and that this sum is bounded."""
    pieces: Dict[int, bytes] = {}
    total = 0
    for connection in world.server.pool.owners:
        backlog = backlog_of(connection)
        if backlog is not None:
            for piece in backlog._pieces:
                if isinstance(piece, Answer):
                    total += piece.memory
                else:
                    pieces[id(piece)] = piece
                    total += world.limits.piece_bytes
    total += sum(map(len, pieces.values()))
    ledger = world.server.pool.turn.ledger
    require(ledger.bytes == total, "the ledger is wrong", ledger.bytes, total)
    slack = world.biggest_turn * (len(world.server.pool.owners) + 1)
    require(total <= world.limits.queues_bytes + slack, "all queues together over the bound", total)


def _check_input(world: World) -> None:
    """Check that all input that waits is counted, and that over the limit a read takes only the rest of a line."""
    limits, owners, before = world.limits, world.server.pool.owners, world.inputs
    world.inputs = {connection: connection.buffer.size for connection in owners}
    held = sum(world.inputs.values())
    bound = limits.inputs_bytes + limits.recv_bytes + sum(line_bytes_of(world, connection) for connection in owners)
    begun = 3 * len(owners)  # of each, the beginning of a command of telnet may turn out to be text
    require(held <= world.server.pool.turn.inputs + begun, "input that waits is not counted", held)
    require(held <= bound, "more input waits than the limit allows", held, bound)
    if sum(before.values()) > limits.inputs_bytes:
        for connection, size in world.inputs.items():
            has_read = size > before.get(connection, 0)
            most = line_bytes_of(world, connection)
            require(not has_read or size <= most, "more was read than a line, over the limit", size)


# -- at the end --------------------------------------------------------------------


class View(NamedTuple):
    """What one client read, sorted."""

    nick: str  # "" if it never got in
    public: List[Message]
    private: List[Message]
    order: List[Message]  # both, in the order in which they came
    rest: bytes  # after the last newline
    unfinished: bool = False  # it was told that its first line has no end


def is_public(message: Message) -> bool:
    """True if everyone who is in gets the message."""
    return isinstance(message, (Join, Leave)) or (isinstance(message, From) and message.kind == "all")


def view_of(got: bytes) -> View:
    """Sort what a client read; raise Violation for a line that a server never says."""
    *lines, rest = got.split(b"\n")
    messages: List[Message] = []
    for line in lines:
        require(len(line) < protocol.SERVER_LINE_BYTES, "a server line that is too long", line[:80])
        require(not any(byte < 32 or byte == 127 for byte in line), "a control character", line[:80])
        require("\u202e" not in line.decode("utf-8", "replace"), "a bidi control", line[:80])
        try:
            messages.append(parser.parse_message(line))
        except parser.NotAMessage:
            raise Violation(f"a line that no server says: {line!r}") from None
    unfinished = messages[:1] == [Err(protocol.LINE_UNFINISHED)]
    if unfinished:
        del messages[0]
    require(Err(protocol.LINE_UNFINISHED) not in messages, "told twice, or too late, that a line is unfinished")
    if not messages or not isinstance(messages[0], Ok):
        require(all(isinstance(m, (Err, parser.Bye)) for m in messages), "lines for a client who is out", messages[:3])
        return View("", [], messages, messages, rest, unfinished)
    told = messages[1:]
    public: List[Message] = [m for m in told if is_public(m)]
    private: List[Message] = [m for m in told if not is_public(m)]
    return View(messages[0].nick, public, private, told, rest, unfinished)


def check_end(world: World) -> int:
    """Judge everything that all clients read; return the number of messages."""
    history = view_of(bytes(world.witness.got)).public
    _check_history(history)
    views = [(client, _view_of(client)) for client in world.clients]
    for client, view in views:
        is_eager = client.browser is not None and client.browser.is_eager  # its line may begin in the read of its head
        if client.waited and client.is_healthy and client.has_end and not is_eager:
            beyond = client.waited - world.limits.unfinished_seconds  # but for what a turn may take
            require(view.unfinished or beyond < 2, "not told that a line is unfinished", client.number)
            beyond = client.took - world.limits.unfinished_seconds
            in_time = not view.unfinished or beyond > -2 or client.browser  # whose beginning may have been read before
            require(in_time, "told too early that a line is unfinished", client.number)
        if view.nick:
            _check_stretch(client, view, history, world.witness.nick)
            _check_private(client, view)
            _check_reset(client, view, history)
        _check_senders([m for m in view.order if isinstance(m, From)])
        if client.browser:
            _check_browser(client, client.browser, view)
        if view.nick and client.is_healthy and client.has_end and client.gone in ("quit", "half"):
            _check_answers(client, view, history, views)
    return sum(len(view.order) for _, view in views)


def _view_of(client: Client) -> View:
    """Sort what a client read, and check what its telnet was answered."""
    if client.telnet is None:
        return view_of(bytes(client.got))  # for which the beginning of an answer is no line
    text, answers, is_torn = without_answers(bytes(client.got))
    require(not is_torn, "an answer of telnet inside a line", client.number)
    view, owed = view_of(text), client.telnet.owed
    counts = Counter(answers)
    for answer, count in counts.items():
        most = owed[answer] if answer == TIMING_MARK else min(1, owed[answer])
        require(count <= most, "a telnet option is answered too often", client.number, answer, count, most)
    was_cut = view.order[-1:] in ([Err(protocol.TOO_SLOW)], [parser.Bye(True)])
    if view.nick and client.is_healthy and client.has_end and client.gone in ("quit", "half") and not was_cut:
        for answer, count in owed.items():
            least = count if answer == TIMING_MARK else 1
            require(counts[answer] >= least, "a telnet option is not answered", client.number, answer)
    return view


def _check_history(history: List[Message]) -> None:
    """Check that JOIN and LEAVE alternate for each nick, that each speaker is in, and that nothing is said twice."""
    inside: Counter[str] = Counter()
    for message in history:
        nick = nick_key(message.nick)  # type: ignore[union-attr]
        if isinstance(message, Join):
            require(inside[nick] == 0, "a JOIN of a member who is in", nick)
            inside[nick] = 1
        else:
            require(inside[nick] == 1, "a line of a person who is not in", message)
            if isinstance(message, Leave):
                require(message.reason in ("quit", "gone", "too_slow", "timeout", "error"), "a reason", message)
                inside[nick] = 0
    texts = [m.text.split()[0] for m in history if isinstance(m, From)]
    require(len(texts) == len(set(texts)), "something was said twice")


def _check_stretch(client: Client, view: View, history: List[Message], first: str) -> None:
    """Check that a member heard one unbroken part of what was said, from after its own JOIN on."""
    # A nick may have joined more than once, and a short part may fit more than
    # one of these stays: one that fits is enough.
    starts = [i + 1 for i, m in enumerate(history) if m == Join(view.nick)]
    starts = [i for i in starts if history[i : i + len(view.public)] == view.public]
    complaint = "not one stretch of the history"
    for start in starts:
        complaint = _wrong_end(client, view, history, start) or _wrong_who(view, history, start, first)
        if not complaint:
            return
    require(False, complaint, client.number, view.nick, view.order[-8:])


def _wrong_end(client: Client, view: View, history: List[Message], start: int) -> str:
    """Return what is wrong with the end of a part of the history, or ""."""
    stop = start + len(view.public)
    follows: Optional[Message] = history[stop] if stop < len(history) else None
    if isinstance(follows, Leave) and follows.nick == view.nick:
        said_bye = client.is_healthy and client.gone == "quit" and parser.Bye(False) in view.private
        return "the reason of a QUIT" if said_bye and follows.reason != "quit" else ""
    is_whole = client.is_healthy and client.has_end and not view.rest
    was_cut = view.order[-1:] in ([Err(protocol.TOO_SLOW)], [parser.Bye(True)])
    return "a client missed the end of what was said to it" if is_whole and not was_cut else ""


def _wrong_who(view: View, history: List[Message], start: int, first: str) -> str:
    """Return which WHO reply disagrees with the JOINs and LEAVEs before it, or ""."""
    heard = 0
    names: List[str] = []
    for message in view.order:
        if isinstance(message, Who):
            names += message.nicks
            if len(names) >= message.total:
                if names != _members(history[: start + heard], first):
                    return f"a WHO that is not so: {names}"
                names = []
        elif is_public(message):
            heard += 1
    return ""


def _members(history: Iterable[Message], first: str) -> List[str]:
    members = {first: None}
    for message in history:
        if isinstance(message, Join):
            members[message.nick] = None
        elif isinstance(message, Leave):
            del members[message.nick]
    return list(members)


def _check_private(client: Client, view: View) -> None:
    """Check that direct messages reach only their addressee, each one once."""
    seen = set()
    for message in view.private:
        if isinstance(message, From):
            name, to = message.text.split()[:2]
            require(nick_key(to) == nick_key(view.nick), "a direct message for another client", client.number, message)
            require(name not in seen, "a message twice", message)
            seen.add(name)


def _check_reset(client: Client, view: View, history: List[Message]) -> None:
    """Check that a client that said QUIT and reads got a clean end of file.

    It need not if a fault broke the connection, or if the client went on sending:
    beyond ``drain_bytes`` the server does not wait for more, and a closed socket
    answers further input with a reset.
    """
    assert client.end is not None
    left = {m.reason for m in history if isinstance(m, Leave) and m.nick == view.nick}
    excused = client.end.struck or view.nick in client.world.struck or "too_slow" in left
    sends_on = client.bytes_behind_quit > client.world.limits.drain_bytes
    is_owed = client.reads and client.gone == "quit" and not excused and not sends_on
    require(not (is_owed and client.failed), "a reset instead of an end of file", client.number, view.nick)


def _check_browser(client: Client, browser: Browser, view: View) -> None:
    """Check that a browser got frames that a server may send, its pongs, and a close frame that says why."""
    require(not browser.problem, browser.problem, client.number)
    require(browser.pongs == sorted(set(browser.pongs)), "pongs out of order", browser.pongs)
    require(set(browser.pongs) <= set(browser.pings), "a pong for no ping", browser.pongs)
    if not (client.is_healthy and client.has_end and browser.texts and not view.rest):
        return
    last = browser.texts[-1].split(b"\n")[-2] + b"\n"
    code = browser.goodbye or CODES.get(last, 1000)
    allowed = {code, CODES.get(last, 1000)}  # what it said may have been too late to be heard
    require(browser.close_code in allowed, "a wrong close code", client.number, browser.close_code, last)
    if last == b"BYE\n" and view.nick:
        newest = max(browser.pongs, default=0)
        require(newest >= browser.pings_before_quit, "a ping without its pong", newest, browser.pings_before_quit)


def _check_senders(messages: List[From]) -> None:
    """Check that what one sender says arrives in order, public and private together."""
    last: Dict[str, int] = {}
    for message in messages:
        sender, number = message.text.split()[0][1:].split(".")
        require(last.get(sender, 0) < int(number), "out of order", message)
        last[sender] = int(number)


def _check_answers(client: Client, view: View, history: List[Message], views: List[Tuple[Client, View]]) -> None:
    """Check that everything sent before a good end was said, delivered or answered."""
    said_in = {m.text.split()[0] for m in history if isinstance(m, From)}
    mail = {m.text.split()[0] for _, v in views for m in v.private if isinstance(m, From)}
    # The direct messages to these may be lost: they are not healthy, or were cut.
    ill = {nick_key(c.nick) for c, _ in views if not c.is_healthy}
    ill |= {nick_key(m.nick) for m in history if isinstance(m, Leave) and m.reason in ("too_slow", "error")}
    errors = Counter(m.code for m in view.private if isinstance(m, Err))
    if errors[protocol.TOO_SLOW] or parser.Bye(True) in view.private:
        return
    sent: List[Sent] = client.sent
    for line in sent:
        name = f"m{client.number}.{line.number}"
        require(line.kind != "say" or name in said_in, "a message was lost", name)
    lost = [s for s in sent if s.kind == "tell" and f"d{client.number}.{s.number}" not in mail]
    unread = [s for s in lost if nick_key(s.to) in ill]
    require(len(lost) - len(unread) <= errors[protocol.USER_NOT_FOUND], "a direct message was lost", lost)
    asked = sum(line.kind == "who" for line in sent)
    replies = sum(isinstance(m, Who) for m in view.private)
    require(replies >= asked, "a WHO without its reply", asked, replies)
