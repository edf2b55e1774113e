"""minichat-client: a person at a terminal, or a script between pipes.

Keyboard and connection are two files in one loop, the same reactor that the
server uses, so that neither waits for the other.  Here stands which of the two
clients it is, what the options are, and that whatever happens the terminal is
left as it was.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import sys
from typing import Any, Callable, List, Optional, Tuple, Type, Union

from minichat.cli import options, output
from minichat.cli.messages import Messages
from minichat.client.interactive import Interactive
from minichat.client.piped import Piped
from minichat.client.session import BY_SIGNAL, LIMITS, PROGRAM
from minichat.client.show import BELLS, COLORS, Show, chosen_look
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.signals import SignalSource, Wakeup

OPTIONS = (
    options.Option("nick", None, options.text),
    *(option for option in options.COMMON if option.name != "port"),
    options.Option("port", options.DEFAULT_PORT, options.number(1, 65535)),
    options.Option("color", "auto", options.choice(*COLORS)),
    options.Option("bell", "off", options.choice(*BELLS)),
    *options.TRACE,
)
FLAGS = ("time", "quiet", "no_reconnect")
ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def main(arguments: Optional[List[str]] = None) -> int:
    """Chat until one side ends; returns the exit status."""
    output.open_standard_files()
    values, messages = options.parse(PROGRAM, OPTIONS, FLAGS, arguments)
    wakeup = Wakeup()
    try:
        reactor, pool_kind, end_trace = _house(values, lambda line: client.tell(line), wakeup)  # noqa: PLW0108
    except OSError as error:
        options.complain(PROGRAM, messages("cannot_trace", file=values.trace, error=error.strerror))
        return 1
    show = Show(chosen_look(values, os.isatty(1), os.environ), messages)

    def gives_up() -> bool:
        """A signal has ended it already, in this very turn perhaps, or waits for the next to do so."""
        return client.status > BY_SIGNAL or signals.has_any(ENDING)

    kind = Interactive if os.isatty(0) else Piped  # is somebody there to answer?
    client: Union[Interactive, Piped] = kind(reactor, values, show, messages, gives_up, pool_kind)
    logging.basicConfig(handlers=[output.SinkHandler(client.bug)], level=logging.WARNING)
    signals = SignalSource(reactor, wakeup, client.SIGNALS, client.on_signal)
    reactor.call_later(0.0, client.start)
    try:
        reactor.run()
    finally:
        client.close()
        complaint = end_trace(messages)
        signals.close_for_good()
        reactor.close()
    if complaint:
        options.complain(PROGRAM, complaint)
    return client.status or int(bool(complaint))


def _house(
    values: Any, say: Callable[[str], None], wakeup: Wakeup
) -> Tuple[Reactor, Type[Pool], Callable[[Messages], str]]:
    """Make the reactor, choose the kind of pool, and say how the trace ends.  Raises OSError.

    Here, and nowhere else, is chosen whether they are watched; only then is the
    trace wing loaded.
    """
    selector = selectors.DefaultSelector()
    if not values.trace:
        return Reactor(selector), Pool, lambda messages: ""
    from minichat.trace.watch import Watch
    from minichat.trace.watched import WatchedPool, WatchedReactor

    watch = Watch(values, PROGRAM, type(selector).__name__, LIMITS, say, wakeup)
    return WatchedReactor(watch.recorder, selector), WatchedPool, watch.end


if __name__ == "__main__":
    sys.exit(main())
