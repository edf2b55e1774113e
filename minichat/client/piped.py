"""The client between pipes: a tool for scripts and bots.

It sends all of its input as it is, half-closes, and prints what the server says
until everything is answered.  Its exit status is 0 only if everything was.  It
asks nothing and does not reconnect: a script has to learn that the connection
was lost.
"""

from __future__ import annotations

import argparse
from typing import List, Optional

from minichat.chat import parser
from minichat.cli import output
from minichat.cli.messages import Messages
from minichat.cli.options import CLIENT
from minichat.client.ends import End, Why
from minichat.client.leaving import Ending, known_signals
from minichat.client.notices import Notices
from minichat.client.said import Said
from minichat.client.session import BY_SIGNAL, LIMITS, TYPED_AHEAD_BYTES, Loop, Session
from minichat.client.show import Show
from minichat.tty.keyboard import Keyboard

# What is told about an end with lines that have no answer.
_UNANSWERED = {Why.BYE: "cut_short", Why.SHUTDOWN: "cut_short", Why.LOST: "lost_unanswered"}


class Piped:
    """One script and one server."""

    # SIGHUP just kills: a script has no terminal to put back.
    SIGNALS = known_signals("SIGINT", "SIGTERM")

    def __init__(
        self, loop: Loop, values: argparse.Namespace, show: Show, messages: Messages, notices: Notices
    ) -> None:
        """Reads standard input; prints to standard output, and ``notices`` to standard error.

        ``values`` are the options of the client; without --nick, the first line of the input is the nick.
        """
        reactor = loop.reactor
        self.ending = Ending(loop, self.SIGNALS, self._on_signal)
        self._descriptions = {fd: output.own_description(fd) for fd in (1, 2)}
        self._notices = notices
        self._session = Session(loop, values.host, values.port, self)
        self._nick: Optional[str] = values.nick
        self._show = show
        self._messages = messages
        self._keyboard = Keyboard(reactor, 0, self._typed, self._input_ended)
        self._ahead = bytearray()  # input read before the server has let us in
        self._has_ended = False  # the input
        self._last_byte = b"\n"  # of the input
        self._has_said_bye = False  # the server, to the QUIT of the script
        self._said = Said(reactor, self._session.write, self._explain)
        self._printed: List[bytes] = []  # lines to print at the end of this turn
        for step in (self._print, self._show_notices, self._hold_back):
            reactor.at_turn_end(step)

    def start(self) -> None:
        """Connect, or read the nickname first."""
        if self._nick is None:
            self._keyboard.resume()
        else:
            self._connect(self._nick)

    def close(self) -> None:
        """Close the keyboard and the connection."""
        self._keyboard.close()
        self._session.close()

    def _connect(self, nick: str) -> None:
        self._nick = nick
        self._session.connect(nick.encode("utf-8", "surrogateescape"))

    def bug(self, text: str) -> None:
        """End with status 1: ``text`` is what the log says about a mistake of ours."""
        self._complain(text)
        self._stop(1)

    def _on_signal(self, number: int) -> None:
        self._stop(BY_SIGNAL + number)

    # -- the session (session.Guest) -------------------------------------------

    def dialling(self) -> None:
        """Say nothing: a script waits."""

    def came_in(self) -> None:
        """Send the input that was read ahead."""
        self._said.add(bytes(self._ahead))
        self._ahead.clear()
        if self._has_ended:
            self._half_close()

    def heard(self, line: bytes, message: Optional[parser.Message]) -> None:
        """Print what the server says."""
        if self.ending.is_over:
            return
        if self._said.heard(message):
            return
        if isinstance(message, parser.Ok):
            self._show.came_in_as(message.nick)
        elif isinstance(message, parser.Bye):
            self._has_said_bye = not message.shutdown
        shown = self._show.line(line, message)
        if shown is not None:
            self._printed.append(shown + b"\n")

    def ended(self, end: End) -> None:
        """Stop, and say why unless everything was answered."""
        self._print()
        self._said.add(bytes(self._ahead))
        count = self._said.close()
        if count and end.why in _UNANSWERED:
            self._fail("after_quit" if self._has_said_bye else _UNANSWERED[end.why], count=count)
        elif end.is_goodbye:
            self._stop(self.ending.status)
        else:
            fields = {"nick": self._nick, "host": self._session.host, "port": self._session.port, "error": end.detail}
            self._fail(end.text_key, **fields)

    # -- the input ---------------------------------------------------------

    def _typed(self, data: bytes) -> None:
        self._last_byte = data[-1:]
        if self._session.is_in:
            self._said.add(data)
            return
        self._ahead += data
        if self._nick is None:
            self._look_for_nick()

    def _look_for_nick(self) -> None:
        line, newline, rest = self._ahead.partition(b"\n")
        if newline or len(line) > LIMITS.line_bytes:  # the server will refuse such a long nick
            self._ahead = rest
            self._connect(line.decode("utf-8", "surrogateescape").strip(" \r"))

    def _input_ended(self) -> None:
        if self._last_byte != b"\n":
            self._typed(b"\n")  # for people, a last line without its newline is a line too
        self._has_ended = True
        if self._nick is None:
            self._fail("no_nick")
        elif self._session.is_in:
            self._half_close()

    def _half_close(self) -> None:
        self._said.ask_at_end()
        self._session.half_close()

    def _hold_back(self) -> None:
        """Pause the input while more than TYPED_AHEAD_BYTES wait for the server, or too much waits for answers."""
        if self._nick is not None and not self.ending.is_over:
            waiting = self._session.queued if self._session.is_in else len(self._ahead)
            if waiting > TYPED_AHEAD_BYTES or self._said.is_too_much():
                self._keyboard.pause()
            else:
                self._keyboard.resume()

    # -- the output --------------------------------------------------------

    def _print(self) -> None:
        if self._printed:
            lines, self._printed = self._printed, []
            self._write(1, b"".join(lines))

    def _write(self, fd: int, data: bytes) -> None:
        """Write all of ``data``."""
        try:  # a slow reader slows down this client, and only this one
            output.write_all(self._descriptions[fd], data, self.ending.gives_up)
        except InterruptedError:
            pass  # by a signal, which will be served in a moment
        except BrokenPipeError:
            # `| head -1` has seen enough: that is no error, but what was said may not have arrived.
            self._stop(self.ending.status or int(self._said.close() > 0))
        except OSError as error:
            self._stop(1)
            if fd == 1:
                self._explain("cannot_print", error=error.strerror)

    def _explain(self, key: str, **fields: object) -> None:
        self._complain(f"{CLIENT}: {self._messages(key, **fields)}")

    def _complain(self, text: str) -> None:
        self._write(2, output.printable(text).encode("utf-8", "backslashreplace") + b"\n")

    def _fail(self, key: str, **fields: object) -> None:
        if not self.ending.is_over:  # one reason is enough
            self._explain(key, **fields)
            self._stop(1)

    def _show_notices(self) -> None:
        if not self.ending.is_over:  # else they are printed after the end
            self._notices.pass_to(self._complain)

    def _stop(self, status: int) -> None:
        self._keyboard.close()
        self.ending.stop(status)
