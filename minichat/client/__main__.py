"""minichat-client: a person at a terminal, or a script between pipes.

Keyboard and connection are two files in one loop, the same reactor that the
server uses, so neither waits for the other.  This module has the options,
chooses one of the two clients, and at every end leaves the terminal as it was.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import List, Optional, Union

from minichat.chat import protocol
from minichat.cli import options, output
from minichat.client.interactive import Interactive
from minichat.client.notices import Notices
from minichat.client.piped import Piped
from minichat.client.session import LIMITS, PROGRAM
from minichat.client.show import BELLS, COLORS, Show, chosen_look
from minichat.net.reactor import Reactor
from minichat.trace import watch as watching
from minichat.trace.watch import Watch

OPTIONS = (
    options.Option("nick", None, options.text),
    *(option for option in options.COMMON if option.name != "port"),
    options.Option("port", options.DEFAULT_PORT, options.number(1, 65535)),
    options.Option("color", "auto", options.choice(*COLORS)),
    options.Option("bell", "off", options.choice(*BELLS)),
    *(option for option in watching.OPTIONS if option.name != "slow"),
)
FLAGS = ("time", "quiet", "no_reconnect")


def main(arguments: Optional[List[str]] = None) -> int:
    """Chat until one side ends; return the exit status."""
    output.open_standard_files()
    values, messages = options.parse(PROGRAM, OPTIONS, FLAGS, arguments)
    if "\n" in (values.nick or ""):  # the server would read a nick and a message
        options.complain(PROGRAM, messages(protocol.NICK_INVALID, nick=values.nick))
        return 1
    notices = Notices()
    try:
        watch = Watch(values, False, notices.add)
    except OSError as error:
        options.complain(PROGRAM, messages("cannot_trace", file=values.trace, error=error.strerror))
        return 1
    show = Show(chosen_look(values, os.isatty(1), os.environ), messages)
    reactor = Reactor(probe=watch.recorder)
    kind = Interactive if os.isatty(0) else Piped  # is there a person to answer?
    client: Union[Interactive, Piped] = kind(reactor, values, show, messages, notices)
    logging.basicConfig(handlers=[output.SinkHandler(client.bug)], level=logging.WARNING)
    watch.begin(PROGRAM, reactor.selector_name, LIMITS, client.ending.signals)
    reactor.call_soon(client.start)
    try:
        reactor.run()
    finally:
        client.close()
        complaint = watch.end(messages)
        notices.print_rest()
        client.ending.signals.close_for_good()
        reactor.close()
    if complaint:
        options.complain(PROGRAM, complaint)
    return client.ending.status or int(bool(complaint))


if __name__ == "__main__":
    sys.exit(main())
