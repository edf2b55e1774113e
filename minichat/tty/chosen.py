"""The choice of a console, by what the terminal can do.

This module knows the environment and both consoles; it does not know what is said.
"""

from __future__ import annotations

import os
from typing import Callable, Mapping

from minichat.net.reactor import Reactor
from minichat.tty import terminal
from minichat.tty.completion import Complete
from minichat.tty.console import Console, Texts, Typist
from minichat.tty.cooked import CookedConsole
from minichat.tty.edited import EditedConsole


def can_draw(environment: Mapping[str, str]) -> bool:
    """True if the terminal can do more than print, by its TERM."""
    return (environment.get("TERM") or "dumb") != "dumb"


def chosen_console(
    reactor: Reactor,
    typist: Typist,
    complete: Complete,
    messages: Texts,
    line_bytes: int,
    gives_up: Callable[[], bool],
) -> Console:
    """Make a console on standard input and output; the arguments are those of EditedConsole."""
    if terminal.HAS_TERMIOS and os.isatty(1) and can_draw(os.environ):
        return EditedConsole(reactor, typist, complete, messages, line_bytes, gives_up)
    return CookedConsole(reactor, typist, messages, gives_up)
