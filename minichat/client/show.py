"""How a person at a terminal is shown the lines of the server.

The lines of the wire are not changed.  Added are the time before a line, its
meaning after it, and colour.  This module knows messages and the sequences for
colour; it does not know the terminal.
"""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Optional, Tuple

from minichat.chat.nick import nick_key
from minichat.chat.parser import Bye, Err, From, Join, Leave, Message, Who
from minichat.cli.messages import Messages
from minichat.client.stamp import Stamp
from minichat.tty.chosen import can_draw
from minichat.tty.display import displayable

# Red, magenta, bright red, bright blue, bright magenta.  Of the 16 colours, only
# these have a contrast of 3 or more (WCAG 2.1, 1.4.11) on black and on white, in
# the palette of xterm.  Green, yellow, cyan and white are too pale on white, blue
# is too dark on black.
NICK_COLORS = (31, 35, 91, 94, 95)

# The beginnings of TERM for terminals without a window: the consoles of Linux and the BSDs, and real terminals.
TITLELESS = ("linux", "cons", "vt1", "vt2", "vt3", "vt4", "vt5", "pc")

BOLD, UNDERLINED, PLAIN = "\x1b[1m", "\x1b[4m", "\x1b[0m"
_NOT_UNDERLINED, _DEFAULT_COLOR = "\x1b[24m", "\x1b[39m"

# A word that could be a nick: without spaces and without the punctuation that people put around a nick.
_WORD = re.compile(r"""[^\s@,:;!?()\[\]{}"'<>]+""")


class Look(NamedTuple):
    """What the person wants and the terminal can do."""

    is_terminal: bool = False  # a person reads the output; otherwise it is for programs
    has_color: bool = False
    has_weight: bool = False  # bold and underlined
    has_time: bool = False  # before every line
    has_title: bool = False  # the title of the window tells of private messages
    is_quiet: bool = False  # without JOIN and LEAVE
    bell: str = "off"


def chosen_look(values: object, is_terminal: bool, environment: Mapping[str, str]) -> Look:
    """Choose the look from the options and the environment; a pipe or a file gets the bare lines."""
    options = vars(values)
    is_capable = is_terminal and can_draw(environment)
    return Look(
        is_terminal=is_terminal,
        has_color=_has_color(options["color"], is_capable, environment),
        has_weight=is_capable,
        has_time=options["time"],
        has_title=options["title"] and is_capable and not environment["TERM"].startswith(TITLELESS),
        is_quiet=options["quiet"],
        bell=options["bell"] if is_terminal else "off",
    )


def _has_color(wish: str, is_capable: bool, environment: Mapping[str, str]) -> bool:
    # The option comes before the environment, and NO_COLOR before FORCE_COLOR (no-color.org, force-color.org).
    if wish != "auto":
        return wish == "always"
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or is_capable


class Show:
    """Turns the lines of the server into what a person reads."""

    def __init__(self, look: Look, messages: Messages, stamp: Optional[Stamp] = None) -> None:
        """``stamp`` is for tests; otherwise the time is that of this computer."""
        self.look = look
        self._own_key = ""
        self._messages = messages
        self._stamp = stamp or Stamp(messages, look.has_time, look.is_terminal)
        self._is_bare = not (look.is_terminal or look.has_color or look.has_time)

    def line(self, line: bytes, message: Optional[Message]) -> Optional[bytes]:
        """Return what to print for a line, without its newline; None for nothing.

        The result is safe for a terminal.  For programs it is ``line`` itself.
        """
        if self.look.is_quiet and isinstance(message, (Join, Leave)):
            return None
        if self._is_bare:
            return line
        if isinstance(message, From):
            shown = self._from(message)
        else:
            shown = displayable(line.decode("utf-8", "backslashreplace"))
        meaning = self._meaning(message) if self.look.is_terminal else ""
        return (self._stamp.next() + (f"{shown} ({meaning})" if meaning else shown)).encode()

    def sent(self, text: str) -> str:
        """Return what to show of a private message of our own: the server sends no echo of it."""
        return self._stamp.next() + text

    def came_in_as(self, nick: str) -> None:
        """Note that ``nick`` is our own from now on."""
        self._own_key = nick_key(nick)

    def is_own(self, message: From) -> bool:
        """True if we said it ourselves."""
        return nick_key(message.nick) == self._own_key

    def rings(self, message: Optional[Message]) -> bool:
        """True if the bell should ring for this message."""
        if not isinstance(message, From) or self.is_own(message):
            return False
        return self.look.bell == "all" or (self.look.bell == "dm" and message.kind == "dm")

    def _from(self, message: From) -> str:
        nick, text = displayable(message.nick), displayable(message.text)
        if self.look.has_color:
            key = nick_key(message.nick)
            nick = f"\x1b[{NICK_COLORS[sum(key.encode()) % len(NICK_COLORS)]}m{nick}{_DEFAULT_COLOR}"
        is_for_us = message.kind == "dm"
        if self.look.has_weight and not self.is_own(message):
            text, is_mentioned = self._mentions(text)
            is_for_us = is_for_us or is_mentioned
        line = f"FROM {nick} [{message.kind}]: {text}"
        return BOLD + line + PLAIN if self.look.has_weight and is_for_us else line

    def _mentions(self, text: str) -> Tuple[str, bool]:
        """Return the text with our own nick underlined, and True if it was there."""
        is_mentioned = False

        def underlined(found: re.Match[str]) -> str:
            nonlocal is_mentioned
            word = found[0]
            if self._own_key not in (nick_key(word), nick_key(word.rstrip("."))):
                return word
            is_mentioned = True
            return UNDERLINED + word + _NOT_UNDERLINED

        return _WORD.sub(underlined, text), is_mentioned

    def _meaning(self, message: Optional[Message]) -> str:
        if isinstance(message, Who):
            return self._messages("means_who", total=message.total)
        key = _meaning_key(message)
        return self._messages(key) if self._messages.has(key) else ""


def _meaning_key(message: Optional[Message]) -> str:
    if isinstance(message, Join):
        return "means_join"
    if isinstance(message, Leave):
        return f"means_leave_{message.reason}"
    if isinstance(message, Bye):
        return "means_bye_shutdown" if message.shutdown else "means_bye"
    if isinstance(message, Err):
        return f"means_{message.code}"
    return ""
