"""The program around the server: from the options to the last goodbye.

Limits, the listening socket, what is told at the start and at the end, and
what is said when it cannot begin.
"""

from __future__ import annotations

import errno
import logging
import selectors
import signal
import sys
from typing import Any, Callable, List, NamedTuple, Optional, Tuple, Type

from minichat.chat import protocol
from minichat.chat.nick import NICK_BYTES, NICK_CHARACTERS
from minichat.cli import options, output
from minichat.cli.logs import Ration, SinkHandler
from minichat.cli.messages import Messages
from minichat.limits import Limits, Row
from minichat.net.listener import open_files, raise_file_limit
from minichat.net.reactor import Reactor
from minichat.net.signals import SignalSource, Wakeup, heeded
from minichat.server import address
from minichat.server.doors import CannotStart, Doors, open_doors
from minichat.server.server import Server

# What select() can wait for (FD_SETSIZE): numbers below 1024, on Windows 512 sockets of any number.
SELECT_FILES = 512 if sys.platform == "win32" else 1024

# Selector, listener, wake-up pair, spare, trace and terminals, one connection and one refusal, with the
# three standard files: with fewer, nobody could come in.
FEWEST_FILES = 13


def run(values: Any, messages: Messages) -> int:
    """Run the server until a signal ends it; return the exit status."""
    status = output.Sink(1, lambda count: messages("dropped", count=count))
    errors = output.Sink(2, lambda count: messages("dropped", count=count))
    logging.basicConfig(level=values.log_level.upper(), handlers=[SinkHandler(errors)])

    files = allowed_files(values.selector)
    limits = chosen_limits(values, files.most - files.taken)
    if values.show_limits:
        return options.tell(options.SERVER, messages, limits_table(limits, messages) + "\n")
    try:
        house = _begin(values, files, limits, messages, status)
    except CannotStart as error:
        errors(output.printable(f"{options.SERVER}: {error}"))
        return 1
    # Before the first status line: a person who reads it may send a signal at once.  SIGINT ends a server
    # also where it was ignored: a script that runs the server in the background can send it.
    ending = (signal.SIGINT, signal.SIGTERM, *heeded("SIGHUP"))
    signals = SignalSource(house.reactor, house.wakeup, ending, _on_signal(house.server, house.status))
    try:
        _announce(house.address, values, limits, files.most, messages, status)
        if house.web:
            _announce_web(house.web, messages, status)
        if values.loop:
            _announce_loop(house.web, messages, status)
        house.reactor.run()
    finally:
        house.server.close()
        house.status.tell()
        complaint = house.end_trace(messages)
        signals.close_for_good()
        house.reactor.close()
    status("[STATUS] " + messages("stopped"))
    if complaint:
        errors(output.printable(f"{options.SERVER}: {complaint}"))
    return 1 if complaint else 0


def _on_signal(server: Server, status: Ration) -> Callable[[int], None]:
    """Return what is called for each signal: the first one ends the server in good order, a second one at once."""
    numbers: List[int] = []

    def on_signal(number: int) -> None:
        # A terminal that closes sends SIGHUP twice, from the kernel and from the shell: it is no second signal.
        if not numbers or number != getattr(signal, "SIGHUP", None):
            numbers.append(number)
            status.tell_now()
            server.ending.on_signal(number)

    return on_signal


class Files(NamedTuple):
    """How many files may be open, and how many are."""

    most: int
    taken: int  # besides the three standard ones


def allowed_files(selector: str) -> Files:
    """Raise the limit of open files; return it, or that of the selector of this name if it is lower."""
    most = raise_file_limit()
    if selector_kind(selector) is SelectSelector:
        most = min(most, SELECT_FILES)
    return Files(most, open_files(most))


class SelectSelector(selectors.SelectSelector):
    """select(), which can wait only for some files; it refuses the others before they end the loop."""

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Raise OSError for a file that select() could not wait for."""
        number = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        if (len(self.get_map()) if sys.platform == "win32" else number) >= SELECT_FILES:
            raise OSError(errno.EMFILE, "select() cannot wait for this file")
        return super().register(fileobj, events, data)


def selector_kind(name: str) -> Optional[Type[selectors.BaseSelector]]:
    """Return the selector of that name, one of ``options.SELECTORS``; None if this system does not have it."""
    names = {"auto": "DefaultSelector", "devpoll": "DevpollSelector"}
    kind: Optional[Type[selectors.BaseSelector]] = getattr(
        selectors, names.get(name, f"{name.capitalize()}Selector"), None
    )
    return SelectSelector if kind is selectors.SelectSelector else kind


class House(NamedTuple):
    """A server that can run."""

    reactor: Reactor
    server: Server
    address: Tuple[Any, ...]  # of the listening socket
    web: Tuple[Any, ...]  # of the one for browsers; () without --web
    wakeup: Wakeup
    status: Ration  # of lines for people
    end_trace: Callable[[Messages], str]  # returns what went wrong with it, for people, or ""


def _begin(values: Any, files: Files, limits: Limits, messages: Messages, sink: Callable[[str], None]) -> House:
    """Open what a server needs and make it; raise CannotStart."""
    kind = selector_kind(values.selector)
    if kind is None:
        raise CannotStart(messages("no_selector", selector=values.selector))
    fewest = FEWEST_FILES + 2 * (values.web is not None)  # another listener and its spare
    if files.most - files.taken < fewest:
        raise CannotStart(messages("too_few_files", most=files.most, taken=files.taken + 3, fewest=fewest - 3))
    try:
        selector = kind()
        doors = open_doors(values, messages, limits)  # first: a trace may be that of the server which has the port
        return _house(values, selector, doors, limits, messages, sink)
    except OSError as error:  # another program has taken what was counted as free
        raise CannotStart(messages("no_more_files", error=error.strerror or error)) from None


def _house(
    values: Any,
    selector: selectors.BaseSelector,
    doors: Doors,
    limits: Limits,
    messages: Messages,
    sink: Callable[[str], None],
) -> House:
    """Make the reactor and the server.

    Here, and nowhere else, is chosen whether they are watched; only then is the
    trace wing loaded.
    """
    wakeup = Wakeup()
    addresses = (doors.chat.getsockname(), doors.web.getsockname() if doors.web else ())
    if not (values.trace or values.slow or values.step or values.loop):
        reactor = Reactor(selector)
        status = _status(sink, reactor, messages)
        server = Server(reactor, doors.chat, limits, messages, status)
        _open_web(values, server, doors)
        return House(reactor, server, *addresses, wakeup, status, lambda messages: "")
    from minichat.trace.served import WatchedServer
    from minichat.trace.watch import Watch
    from minichat.trace.watched import WatchedReactor

    try:
        watch = Watch(values, options.SERVER, type(selector).__name__, limits, sink, wakeup)
    except OSError as error:
        wakeup.close()
        doors.close()
        raise CannotStart(messages("cannot_trace", file=values.trace, error=error.strerror)) from None
    watched = WatchedReactor(watch.recorder, selector)
    status = _status(sink, watched, messages)
    watched_server = WatchedServer(watched, doors.chat, limits, messages, status)
    _open_web(values, watched_server, doors, watch.join)
    return House(watched, watched_server, *addresses, wakeup, status, watch.end)


def _open_web(values: Any, server: Server, doors: Doors, join: Optional[Callable[[Any], None]] = None) -> None:
    """Let browsers in, if they are asked for; only then is the web wing loaded.

    ``join`` is that of the watch, if there is one.
    """
    if doors.web is None:
        return
    from minichat.web.start import open_web

    host, port = address.reachable_host(doors.chat.getsockname()), doors.chat.getsockname()[1]
    open_web(values, server, doors.web, f"nc {host} {port}", join)


def _status(sink: Callable[[str], None], reactor: Reactor, messages: Messages) -> Ration:
    def left_out(count: int) -> str:
        return "[STATUS] " + messages("left_out", count=count)

    return Ration(sink, left_out, lambda: reactor.now, reactor.call_later)


def chosen_limits(values: Any, files: int) -> Limits:
    """The limits that the options ask for and ``files`` more open files allow."""
    allowed = max(files - Limits().spare_files, 1)
    return Limits(
        clients=min(values.max_clients or allowed, allowed),
        per_address=values.max_per_ip,
        rate_lines=float(values.rate),
        recv_bytes=values.recv_size,
        kernel_send_bytes=values.sndbuf,
    )


def limits_table(limits: Limits, messages: Messages) -> str:
    """Every limit, those of the wire too, a line each: name, value, unit, reason."""
    wire = [
        Row("nick_characters", NICK_CHARACTERS, "characters", "so that a nick fits beside a text on one row"),
        Row("nick_bytes", NICK_BYTES, "B", "of a nick in UTF-8: bounds what a line grows by when it is relayed"),
        Row("server_line_bytes", protocol.SERVER_LINE_BYTES, "B", "longest line of the server: FROM and a text"),
        Row("who_line_bytes", protocol.WHO_LINE_BYTES, "B", "of one WHO line; a longer list goes on in the next"),
    ]
    lines = []
    for row in [*wire, *limits.rows()]:
        value, unit = messages.quantity(row.value, row.unit)
        lines.append(f"{row.name:<26} {value:>12} {unit:<11} {messages.reason(row.name, row.reason)}")
    return "\n".join(lines)


def _announce(
    sockaddr: Tuple[Any, ...],
    values: Any,
    limits: Limits,
    files: int,
    messages: Messages,
    status: Callable[[str], None],
) -> None:
    status("[STATUS] " + messages("listening", address=address.shown(sockaddr)))
    if not address.is_loopback(sockaddr):
        host = address.reachable_host(sockaddr)
        key = "reachable" if host else "reachable_unknown"
        status("[STATUS] " + messages(key, host=host, port=sockaddr[1]))
    if limits.clients < values.max_clients:
        status("[STATUS] " + messages("clients_limited", clients=limits.clients, files=files))


def _announce_web(sockaddr: Tuple[Any, ...], messages: Messages, status: Callable[[str], None]) -> None:
    host = address.reachable_host(sockaddr)
    if address.is_loopback(sockaddr):
        status("[STATUS] " + messages("web_here", url=address.url(host, sockaddr[1])))
        return
    key = "web_reachable" if host else "web_reachable_unknown"
    status("[STATUS] " + messages(key, url=address.url(host, sockaddr[1]), port=sockaddr[1]))
    status("[STATUS] " + messages("web_isolated"))


def _announce_loop(sockaddr: Tuple[Any, ...], messages: Messages, status: Callable[[str], None]) -> None:
    here = address.own_host(sockaddr)
    key = "loop_here" if here else "loop_nowhere"
    status("[STATUS] " + messages(key, url=f"{address.url(here, sockaddr[1])}loop"))
