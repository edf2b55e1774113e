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
from minichat.client.ends import End, Why
from minichat.client.errands import Errands, Place
from minichat.client.hearing import Hearing
from minichat.client.inbox import Inbox
from minichat.client.leaving import ENDING_SIGNALS, Ending, Goodbye, known_signals
from minichat.client.notices import Notices
from minichat.client.outbox import Outbox, named
from minichat.client.presence import Presence
from minichat.client.reconnect import Reconnect
from minichat.client.session import BY_SIGNAL, Loop, Session
from minichat.client.show import Show
from minichat.client.suggestions import Suggestions
from minichat.client.title import Title
from minichat.tty.chosen import chosen_console


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
        self._outbox = Outbox(reactor, self._send, self._tell)
        self._reconnect = Reconnect(reactor, not values.no_reconnect, self._introduce)
        self._goodbye = Goodbye(reactor, lambda: self._stop(self.ending.status))
        self._session = Session(loop, values.host, values.port, self)
        reactor.at_turn_end(self._end_turn)  # before the console draws
        self._console = chosen_console(
            reactor, self, Suggestions(self._presence, messages).words, messages,
            TEXT_BYTES, self.ending.gives_up,
        )  # fmt: skip
        inbox = Inbox(lambda: reactor.now)
        title = Title(self._console.title, values.host, show.look.has_title)
        self._hearing = Hearing(self._console, show, self._presence, inbox, title)
        self._errands = Errands(self, self._console, self._outbox, self._presence, inbox, messages)

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
        self._hearing.close()
        self._console.close()
        self._session.close()
        for text in named(self._messages, "not_sent", self._outbox.drop()):  # lines typed after the end count too
            self._notices.add(text)

    def bug(self, text: str) -> None:
        """End with status 1: ``text`` is what the log says about a mistake of ours."""
        self._notices.add(text)
        self._stop(1)

    @property
    def place(self) -> Place:
        """Where the person is, for the errands."""
        if self._state is State.AWAY:
            return Place.AWAY if self._reconnect.has_been_in else Place.ENTERING
        return {State.IN: Place.IN, State.LEAVING: Place.LEAVING}.get(self._state, Place.OUTSIDE)

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
        self._errands.obey(line)

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

    def pasted(self, lines: List[str]) -> None:
        """Send lines as texts, whatever they would mean if they were typed."""
        self._errands.paste(lines)

    def confirmed(self, line: str) -> None:
        """Send a line that the person was asked about."""
        self._errands.confirmed(line)

    def declined(self, line: str) -> None:
        """Tell what was not sent."""
        self._errands.declined(line)

    def noticed(self) -> None:
        """Note that the person has seen what came: a key was pressed."""
        self._hearing.noticed()

    def line_too_long(self, line: str) -> None:
        """Tell which line was not taken, and why."""
        self._errands.line_too_long(line)

    def paste_dropped(self, count: int) -> None:
        """Tell that a paste was dropped."""
        self._tell("paste_dropped", count=count)

    def paste_too_long(self) -> None:
        """Tell that a paste was not taken."""
        self._tell("paste_too_long")

    def interrupted(self) -> None:
        """Stop a paste that is being sent; without one, leave."""
        if self._state is State.IN and self._outbox.has_paste:
            self._tell("not_sent_count", count=self._outbox.drop_paste())
        else:
            self.leave(BY_SIGNAL + signal.SIGINT)

    def input_ended(self) -> None:
        """Leave."""
        self.leave(0)

    def output_failed(self, error: OSError) -> None:
        """End: the person can no longer read what we show."""
        if isinstance(error, InterruptedError):  # by a signal, which will be served in a moment
            self._state = State.LEAVING  # so that Ctrl-C does not only stop a paste
        elif isinstance(error, BrokenPipeError):
            self._stop(0)
        else:
            self._fail("cannot_print", error=error.strerror)

    def _send(self, text: str) -> None:
        self._session.write(text.encode() + b"\n")
        if text.startswith("@") and not self._console.echoes:  # a direct message has no echo from the server
            self._console.tell(self._show.sent(text))

    # -- the session (session.Guest) -----------------------------------------------

    def dialling(self) -> None:
        """Tell that it takes longer than a moment."""
        self._tell("dialling", host=self._session.host, port=self._session.port)

    def came_in(self) -> None:
        """Send what waits; the outbox asks who is here, for the completion of nicks."""
        if self.ending.is_over:
            return
        self._state = State.IN
        self._presence.begin_stay()
        if not self._reconnect.has_been_in:
            self._tell("welcome")
        self._reconnect.came_in()
        self._outbox.open()

    def heard(self, line: bytes, message: Optional[parser.Message]) -> None:
        """Show what the server says."""
        self._goodbye.heard()
        self._hearing.heard(line, message, is_hidden=self._outbox.heard(message))

    def ended(self, end: End) -> None:
        """Decide what to do now: stop, ask for another nick, or reconnect."""
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
            for text in named(self._messages, "unsure", self._outbox.close()):
                self._console.tell(text)
        pause = self._reconnect.try_again(self._nick)
        if pause is None:
            self._stop(0 if why is Why.SHUTDOWN else 1)
        else:
            self._tell("coming_back", seconds=f"{pause:.0f}", nick=self._nick)

    # -- leaving -------------------------------------------------------------------

    def leave(self, status: int) -> None:
        """Send QUIT and wait for BYE, so that the others read ``quit``; the second time stop at once."""
        if self._state is State.IN:
            self._state = State.LEAVING
            self.ending.status = status
            self._outbox.leave()
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
        for text in named(self._messages, "unsure", self._outbox.close()):
            self._notices.add(text)
        self.ending.stop(status)

    def _tell(self, key: str, **fields: object) -> None:
        self._console.tell(self._messages(key, **fields))

    def _end_turn(self) -> None:
        if not self.ending.is_over:  # otherwise they are printed once the terminal is put back
            self._notices.pass_to(self._console.tell)
        self._hearing.turn_ended()
