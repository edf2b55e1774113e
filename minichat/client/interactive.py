"""The client of a person: it asks, it explains, and it comes back by itself.

It stands between a console, where a person types and reads, and a session with
a server.  Lines typed without a connection are sent later; lines that were sent
and may be lost are shown again.  It knows neither sockets nor the screen.

    ASKING ──nick──▶ AWAY ──OK──▶ IN ──/sair, Ctrl-C, Ctrl-D──▶ LEAVING
       ▲              │ ▲          │
       └──bad nick────┘ └──lost────┘
"""

from __future__ import annotations

import argparse
import enum
import signal
from typing import List, Optional

from minichat.chat import parser, protocol
from minichat.cli.messages import Messages
from minichat.cli.options import CLIENT
from minichat.client import commands
from minichat.client.commands import TEXT_BYTES
from minichat.client.leaving import ENDING_SIGNALS, Ending, Goodbye, known_signals
from minichat.client.notices import Notices
from minichat.client.outbox import Outbox
from minichat.client.presence import Presence
from minichat.client.reconnect import Reconnect
from minichat.client.session import BY_SIGNAL, End, Loop, Session, Why
from minichat.client.show import Show
from minichat.tty.chosen import chosen_console

TOLD_CHARACTERS = 20  # of a line that was too long


class State(enum.Enum):
    """What the person is doing."""

    ASKING = "choosing a nick"
    AWAY = "on the way in, or waiting to come back"
    IN = "chatting"
    LEAVING = "saying goodbye"


class Interactive:
    """One person and one server."""

    # What a person does to a process besides typing; the last two are not known to every system.
    SIGNALS = (*ENDING_SIGNALS, *known_signals("SIGWINCH", "SIGCONT"))

    def __init__(
        self, loop: Loop, values: argparse.Namespace, show: Show, messages: Messages, notices: Notices
    ) -> None:
        """``values`` are the options of the client; ``notices`` are shown above the row."""
        reactor = loop.reactor
        self.ending = Ending(loop, self.SIGNALS, self._on_signal)
        self._show = show
        self._messages = messages
        self._notices = notices
        self._nick: str = values.nick or ""
        self._state = State.ASKING if values.nick is None else State.AWAY
        self._presence = Presence()
        self._outbox = Outbox(reactor, self._send)
        self._reconnect = Reconnect(reactor, not values.no_reconnect, self._introduce)
        self._goodbye = Goodbye(reactor, lambda: self._stop(self.ending.status))
        self._session = Session(loop, values.host, values.port, self)
        reactor.at_turn_end(self._show_notices)  # before the console draws
        self._console = chosen_console(
            reactor, self, lambda word, is_first: self._presence.completions(word), messages,
            TEXT_BYTES, self.ending.gives_up,
        )  # fmt: skip

    def start(self) -> None:
        """Ask for a nickname or connect."""
        try:
            self._console.start()
        except OSError as error:
            self.output_failed(error)
        if self._state is State.ASKING:
            self._ask()
        elif self._state is State.AWAY:
            self._introduce(self._nick)

    def close(self) -> None:
        """Put the terminal back and close the connection; the notices stay to be printed."""
        self._console.close()
        self._session.close()
        if len(self._outbox):  # lines typed after the end count too
            self._notices.add(self._messages("not_sent", count=len(self._outbox)))

    def bug(self, text: str) -> None:
        """End with status 1: ``text`` is what the log says about a mistake of ours."""
        self._notices.add(text)
        self._stop(1)

    # -- the nickname ------------------------------------------------------------

    def _ask(self) -> None:
        self._state = State.ASKING
        self._console.ask(self._messages("ask_nick"))

    def _introduce(self, nick: str) -> None:
        """Connect and join as ``nick``."""
        self._nick = nick
        self._state = State.AWAY
        self._session.connect(nick.encode("utf-8", "surrogateescape"))

    # -- what the person does (tty.console.Typist) ---------------------------------

    def _on_signal(self, number: int) -> None:
        if number == getattr(signal, "SIGWINCH", None):
            self._console.resized()
        elif number == getattr(signal, "SIGCONT", None):
            self._console.continued()
        elif number == signal.SIGINT:  # from outside, or Ctrl-C on a terminal in its usual mode
            self.interrupted()
        else:
            self._stop(BY_SIGNAL + number)

    def typed(self, line: str) -> None:
        """Take a command or something to say."""
        if not line.strip(" "):
            return
        self._console.remember(line)
        waiting = len(self._outbox)
        self._obey(line)
        if self._state is State.ASKING and len(self._outbox) > waiting:
            self._tell("waits_for_nick", text=line)

    def answered(self, answer: str) -> None:
        """Take the nick that was asked for; a command is no answer, nor is a blank line."""
        nick = answer.strip(" ")
        if nick and not commands.is_local(answer):
            self._console.resume(nick)
            self._introduce(nick)
            return
        self.typed(answer)
        if self._state is State.ASKING:
            self._ask()

    def confirmed(self, line: str) -> None:
        """Send a line after all."""
        self._outbox.add([line])

    def declined(self, line: str) -> None:
        """Do nothing: the line is on the row again."""

    def noticed(self) -> None:
        """Do nothing yet."""

    def pasted(self, lines: List[str]) -> None:
        """Send lines as texts, whatever they would mean if they were typed."""
        fitting, too_long = commands.pasted_texts(lines)
        for text in too_long:
            self.line_too_long(text)
        if self._state is State.AWAY:
            self._tell("will_be_sent", text=f"{len(fitting)} × …")
        elif self._state is State.ASKING:
            self._tell("waits_for_nick", text=f"{len(fitting)} × …")
        self._outbox.add(fitting)

    def line_too_long(self, line: str) -> None:
        """Tell which line was not taken, and why."""
        self._tell("too_long", text=f"{line[:TOLD_CHARACTERS]}…", size=len(line.encode()), most=TEXT_BYTES)

    def paste_dropped(self, count: int) -> None:
        """Tell that a paste was dropped."""
        self._tell("paste_dropped", count=count)

    def paste_too_long(self) -> None:
        """Tell that a paste was not taken."""
        self._tell("paste_too_long")

    def interrupted(self) -> None:
        """Stop a paste that is being sent; without one, leave."""
        if self._state is State.IN and self._outbox:
            self._tell("not_sent", count=self._outbox.drop())
        else:
            self._leave(BY_SIGNAL + signal.SIGINT)

    def input_ended(self) -> None:
        """Leave."""
        self._leave(0)

    def output_failed(self, error: OSError) -> None:
        """End: the person can no longer read what we show."""
        if isinstance(error, InterruptedError):  # by a signal, which will be served in a moment
            self._state = State.LEAVING  # so that Ctrl-C does not only stop a paste
        elif isinstance(error, BrokenPipeError):
            self._stop(0)
        else:
            self._fail("cannot_print", error=error.strerror)

    def _obey(self, line: str) -> None:
        request = commands.parse_typed(line)
        if request.name == "say":
            self._say(line, request.text)
        elif request.name == "help":
            for key in ("help_say", "help_dm", "help_commands", "help_slash", "help_keys", "help_leave"):
                self._tell(key)
        elif request.name == "clear":
            self._console.clear()
        elif request.name == "unknown":
            self._tell("unknown_command", command=request.text)
        elif request.text == "quit":
            self._leave(0)
        else:
            self._give_command(request.text)

    def _give_command(self, word: str) -> None:
        if self._state is State.IN:
            self._session.write(parser.format_command(word))
        elif self._state is State.AWAY and not self._reconnect.has_been_in:
            self._outbox.add([word.upper()])  # so that it keeps its place among the typed lines
        else:
            self._tell("not_connected")

    def _say(self, line: str, text: str) -> None:
        if len(text.encode()) > TEXT_BYTES:
            self.line_too_long(text)
            self._console.put_back(line)
            return
        if self._state is State.AWAY and self._reconnect.has_been_in:
            self._tell("will_be_sent", text=text)
        self._outbox.add([text])

    def _send(self, text: str) -> None:
        self._session.write(text.encode() + b"\n")
        if text.startswith("@") and not self._console.echoes:  # a direct message has no echo from the server
            self._console.tell(text)

    # -- the session (session.Guest) -----------------------------------------------

    def came_in(self) -> None:
        """Ask who is here, for the completion of nicks, and send what waits."""
        if self.ending.is_over:
            return
        self._state = State.IN
        self._presence.begin_stay()
        self._session.write(parser.format_command("who"))
        if not self._reconnect.has_been_in:
            self._tell("welcome")
        self._reconnect.came_in()
        self._outbox.open()

    def heard(self, line: bytes, message: Optional[parser.Message]) -> None:
        """Show what the server says."""
        self._goodbye.heard()
        is_for_us_alone = self._presence.is_learning and isinstance(message, parser.Who)
        self._presence.heard(message)
        if isinstance(message, parser.Ok):
            self._show.came_in_as(message.nick)
        elif isinstance(message, parser.From) and message.kind == "all" and self._show.is_own(message):
            self._outbox.confirm(message.text)
        shown = None if is_for_us_alone else self._show.line(line, message)
        if shown is not None:
            self._console.say(shown)
        if self._show.rings(message):
            self._console.bell()

    def ended(self, end: End) -> None:
        """Decide what to do now: stop, ask for another nick, or reconnect."""
        if end.why is Why.BYE:
            self._outbox.confirm()  # the server answers every line before BYE, but not before BYE shutdown
        if self._state is State.LEAVING or end.why is Why.BYE:
            self._stop(self.ending.status)
        elif end.why is Why.BAD_NICK and not self._reconnect.is_ghost(end.detail):
            # On a terminal, "nick in use" is explained already, beside the line of the server.
            if end.detail == protocol.NICK_INVALID or not self._show.look.is_terminal:
                self._tell(end.text_key, nick=self._nick)
            self._ask()
        elif not self._reconnect.has_been_in:
            self._fail(end.text_key, host=self._session.host, port=self._session.port, error=end.detail)
        else:
            self._come_back(end.why)

    def _come_back(self, why: Why) -> None:
        was_in = self._state is State.IN
        self._state = State.AWAY
        if was_in:
            self._reconnect.lost()
            self._tell("server_stopped" if why is Why.SHUTDOWN else "connection_lost")
            for text in self._outbox.close():
                self._tell("unsure", text=text)
        pause = self._reconnect.try_again(self._nick)
        if pause is None:
            self._stop(0 if why is Why.SHUTDOWN else 1)
        else:
            self._tell("coming_back", seconds=f"{pause:.0f}", nick=self._nick)

    # -- leaving -------------------------------------------------------------------

    def _leave(self, status: int) -> None:
        """Send QUIT and wait for BYE, so that the others read ``quit``; the second time stop at once."""
        if self._state is State.IN:
            self._state = State.LEAVING
            self.ending.status = status
            self._outbox.hold()
            self._session.write(parser.format_command("quit"))
            self._goodbye.wait()
        else:
            self._stop(status)

    def _fail(self, key: str, **fields: object) -> None:
        self._notices.add(f"{CLIENT}: {self._messages(key, **fields)}")
        self._stop(1)

    def _stop(self, status: int) -> None:
        if self.ending.is_over:  # one reason is enough
            return
        self._state = State.LEAVING
        self._reconnect.cancel()
        for text in self._outbox.close():
            self._notices.add(self._messages("unsure", text=text))
        self.ending.stop(status)

    def _tell(self, key: str, **fields: object) -> None:
        self._console.tell(self._messages(key, **fields))

    def _show_notices(self) -> None:
        if not self.ending.is_over:  # otherwise they are printed once the terminal is put back
            self._notices.pass_to(self._console.tell)
