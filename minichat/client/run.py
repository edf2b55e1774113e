"""The program around the client: a person at a terminal, or a script between pipes.

Keyboard and connection are two files in one loop, the same reactor that the
server uses, so neither waits for the other.  This module chooses one of the two
clients, and at every end leaves the terminal as it was.
"""

from __future__ import annotations

import logging
import os
import selectors
from typing import Any, Callable, Tuple, Union

from minichat.chat import protocol
from minichat.cli import options
from minichat.cli.logs import SinkHandler
from minichat.cli.messages import Messages
from minichat.client.interactive import Interactive
from minichat.client.notices import Notices
from minichat.client.piped import Piped
from minichat.client.session import LIMITS, Loop
from minichat.client.show import Show, chosen_look
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.signals import Wakeup


def run(values: Any, messages: Messages) -> int:
    """Chat until one side ends; return the exit status."""
    if "\n" in (values.nick or ""):  # the server would read a nick and a message
        options.complain(options.CLIENT, messages(protocol.NICK_INVALID, nick=values.nick))
        return 1
    notices = Notices()
    try:
        loop, end_trace = _loop(values, notices, messages)
    except CannotStart as error:
        options.complain(options.CLIENT, str(error))
        return 1
    show = Show(chosen_look(values, os.isatty(1), os.environ), messages)
    kind = Interactive if os.isatty(0) else Piped  # is there a person to answer?
    client: Union[Interactive, Piped] = kind(loop, values, show, messages, notices)
    logging.basicConfig(handlers=[SinkHandler(client.bug)], level=logging.WARNING)
    loop.reactor.call_later(0.0, client.start)
    try:
        loop.reactor.run()
    finally:
        client.close()
        complaint = end_trace(messages)
        notices.print_rest()
        client.ending.signals.close_for_good()
        loop.reactor.close()
    if complaint:
        options.complain(options.CLIENT, complaint)
    return client.ending.status or int(bool(complaint))


class CannotStart(Exception):
    """Why the client cannot begin, and what to do, for people."""


def _loop(values: Any, notices: Notices, messages: Messages) -> Tuple[Loop, Callable[[Messages], str]]:
    """Make the loop, and say how its trace ends.  Raises CannotStart.

    Here, and nowhere else, is chosen whether the loop is watched; only then is
    the trace wing loaded.
    """
    try:
        wakeup, selector = Wakeup(), selectors.DefaultSelector()
    except OSError as error:
        raise CannotStart(messages("no_files", error=error.strerror)) from None
    if not values.trace:
        reactor = Reactor(selector)
        return Loop(reactor, Pool(reactor, LIMITS), wakeup), lambda messages: ""
    from minichat.trace.watch import Watch
    from minichat.trace.watched import WatchedPool, WatchedReactor

    try:
        watch = Watch(values, options.CLIENT, type(selector).__name__, LIMITS, notices.add, wakeup)
    except OSError as error:
        wakeup.close()
        raise CannotStart(messages("cannot_trace", file=values.trace, error=error.strerror)) from None
    watched = WatchedReactor(watch.recorder, selector)
    return Loop(watched, WatchedPool(watched, LIMITS), wakeup), watch.end
