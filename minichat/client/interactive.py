"""The client of a person: it asks, it explains, and it comes back by itself.

It stands between a console, where somebody types and reads, and a session with
a server.  What was typed while there is no connection waits and is sent later;
what was sent and perhaps never came is told.  It knows neither sockets nor the
screen.

    ASKING ──nick──▶ AWAY ──OK──▶ IN ──/sair, Ctrl-C, Ctrl-D──▶ LEAVING
       ▲              │ ▲          │
       └──bad nick────┘ └──lost────┘
"""

from __future__ import annotations

import argparse
import enum
import os
import signal
from typing import Callable, List, Optional

from minichat.chat import protocol
from minichat.cli import output
from minichat.cli.messages import Messages
from minichat.client import commands
from minichat.client.outbox import Outbox
from minichat.client.presence import Presence
from minichat.client.reconnect import Pauses
from minichat.client.session import BY_SIGNAL, PROGRAM, End, Session, Why
from minichat.client.show import Show, can_draw
from minichat.limits import Limits
from minichat.net.reactor import Reactor
from minichat.tty import terminal
from minichat.tty.console import Console
from minichat.tty.cooked import CookedConsole
from minichat.tty.edited import EditedConsole

# A server notices a dead connection after 90 seconds of silence (60 s, then
# three questions of 10 s).  Whoever has our nick after that is not our ghost.
GHOST_SECONDS = 120.0

LEAVE_SECONDS = 2.0  # of silence while we wait for BYE; then we go without
TOLD_CHARACTERS = 20  # of a line that is told about
TEXT_BYTES = Limits().line_bytes - 1  # the newline is the rest


class State(enum.Enum):
    """What the person is doing."""

    ASKING = "choosing a nick"
    AWAY = "on the way in, or waiting to come back"
    IN = "chatting"
    LEAVING = "saying goodbye"


class Interactive:
    """One person and one server."""

    # What a person does to a process besides typing; Windows has only some of them.
    NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGWINCH", "SIGCONT")
    SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))

    def __init__(
        self,
        reactor: Reactor,
        values: argparse.Namespace,
        show: Show,
        messages: Messages,
        gives_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """``values`` are the options of the client; ``gives_up`` says whether to wait for a stuck output no longer."""
        self.status = 0
        self._gives_up = gives_up
        self._reactor = reactor
        self._session = Session(reactor, values.host, values.port, self)
        self._nick: Optional[str] = values.nick
        self._comes_back = not values.no_reconnect
        self._show = show
        self._messages = messages
        self._presence = Presence()
        self._console = self._chosen_console()
        self._state = State.AWAY
        self._has_been_in = self._is_over = False
        self._in_since = self._lost_at = 0.0
        self._pauses = Pauses()
        self._hides_who = False  # the first reply, which is for us alone
        self._has_heard = False  # something, since we looked last
        self._outbox = Outbox(reactor, self._send)
        self._last_words: List[str] = []  # for standard error, when the screen is as it was

    def _chosen_console(self) -> Console:
        if not (terminal.HAS_TERMIOS and os.isatty(1) and can_draw(os.environ)):
            return CookedConsole(self._reactor, self, self._gives_up)
        def ask(count: int) -> str:
            return self._messages("ask_paste", count=count)

        return EditedConsole(self._reactor, self, self._completions, ask, TEXT_BYTES, self._gives_up)

    def start(self) -> None:
        """Ask for a nickname or connect."""
        try:
            self._console.start()
        except OSError as error:
            self.output_failed(error)
        if self._nick is None:
            self._ask()
        else:
            self._introduce(self._nick)

    def on_signal(self, number: int) -> None:
        """Ctrl-C from a terminal in its usual mode, another window size, or somebody ends us."""
        if number == getattr(signal, "SIGWINCH", None):
            self._console.resized()
        elif number == getattr(signal, "SIGCONT", None):
            self._console.continued()
        elif number == signal.SIGINT:
            self.interrupted()
        else:
            self._stop(BY_SIGNAL + number)

    def close(self) -> None:
        """Put the terminal back, close whatever is open, say what is left to be said."""
        self._console.close()
        self._session.close()
        if len(self._outbox):  # also what was typed after the end
            self._last_words.append(self._messages("not_sent", count=len(self._outbox)))
        words = "".join(output.printable(text) + "\n" for text in self._last_words).encode("utf-8", "backslashreplace")
        try:
            output.write_all(output.own_description(2), words, gives_up=lambda: True)
        except OSError:
            pass  # nobody is listening

    def tell(self, text: str) -> None:
        """Show a line that does not come from the server."""
        self._console.tell(text)

    def bug(self, text: str) -> None:
        """We have made a mistake: what the log says of it."""
        self._last_words.append(text)
        self._stop(1)

    # -- the nickname ------------------------------------------------------

    def _ask(self) -> None:
        self._state = State.ASKING
        self._console.ask(self._messages("ask_nick"))

    def _introduce(self, nick: str) -> None:
        """Go in under a nick."""
        if "\n" in nick:  # it would be a nick and a message
            self._end_with(1, protocol.NICK_INVALID, nick=nick)
            return
        self._nick = nick
        self._state = State.AWAY
        self._session.connect(nick.encode("utf-8", "surrogateescape"))

    # -- what the person does (tty.console.Typist) -------------------------------

    def typed(self, line: str) -> None:
        """An answer, a command or something to say."""
        if self._state is State.ASKING and not commands.is_local(line):
            self._answered(line.strip(" "))
        elif line.strip(" "):
            self._console.remember(line)
            self._obey(line)
            if self._state is State.ASKING:  # a command is no answer
                self._ask()

    def _answered(self, nick: str) -> None:
        if nick:
            self._console.resume(nick)
            self._introduce(nick)
        else:
            self._ask()

    def pasted(self, lines: List[str]) -> None:
        """All of it is text, whatever a line of it would mean if it were typed."""
        if self._state is State.ASKING:  # there is nobody yet to send it to
            self._tell("not_sent", count=len(lines))
            return
        texts = [commands.as_text(line) for line in lines if line.strip(" ")]
        fitting = [text for text in texts if len(text.encode()) <= TEXT_BYTES]
        for text in texts:
            if len(text.encode()) > TEXT_BYTES:
                self.line_too_long(text)
        if self._state is State.AWAY:
            self._tell("will_be_sent", text=f"{len(fitting)} × …")
        self._outbox.add(fitting)

    def line_too_long(self, line: str) -> None:
        """Say so, and which one it is."""
        self._tell("too_long", text=f"{line[:TOLD_CHARACTERS]}…", size=len(line.encode()), most=TEXT_BYTES)

    def paste_too_long(self) -> None:
        """Say so."""
        self._tell("paste_too_long")

    def interrupted(self) -> None:
        """Stop a paste that is on its way; else leave."""
        if self._state is State.IN and self._outbox:
            self._tell("not_sent", count=self._outbox.drop())
        else:
            self._leave(BY_SIGNAL + signal.SIGINT)

    def input_ended(self) -> None:
        """Leave."""
        self._leave(0)

    def output_failed(self, error: OSError) -> None:
        """Nobody can read us: go."""
        if isinstance(error, InterruptedError):  # by a signal, which will be served in a moment
            self._state = State.LEAVING  # whichever it is: nothing can be shown any more
            return
        if not isinstance(error, BrokenPipeError):
            self._last_words.append(f"{PROGRAM}: {self._messages('cannot_print', error=error.strerror)}")
        self._stop(0 if isinstance(error, BrokenPipeError) else 1)

    # -- commands ----------------------------------------------------------------

    def _obey(self, line: str) -> None:
        request = commands.parse_typed(line)
        if request.name == "say":
            self._say(line, request.text)
        elif request.name == "help":
            self._help()
        elif request.name == "clear":
            self._console.clear()
        elif request.name == "unknown":
            self._tell("unknown_command", command=request.text)
        elif request.text == "quit":
            self.input_ended()
        else:
            self._give_command(request.text)

    def _help(self) -> None:
        for key in ("help_say", "help_dm", "help_commands", "help_slash", "help_keys", "help_leave"):
            self._tell(key)

    def _give_command(self, word: str) -> None:
        if self._state is State.IN:
            self._session.write(protocol.format_command(word))
        elif self._has_been_in or self._nick is None:
            self._tell("not_connected")
        else:  # on the way in; in its place among what was typed
            self._outbox.add([word.upper()])

    # -- saying things -----------------------------------------------------------

    def _say(self, line: str, text: str) -> None:
        if len(text.encode()) > TEXT_BYTES:
            self.line_too_long(text)
            self._console.put_back(line)
            return
        if self._state is State.AWAY and self._has_been_in:
            self._tell("will_be_sent", text=text)
        self._outbox.add([text])

    def _send(self, text: str) -> None:
        self._session.write(text.encode() + b"\n")
        if text.startswith("@") and not self._console.echoes:  # no echo of the server will show it
            self._console.tell(text)

    def _completions(self, word: str) -> List[str]:
        nicks = self._presence.starting_with(word[1:]) if word.startswith("@") else []
        return [f"@{nick}" for nick in nicks if not self._show.is_own_nick(nick)]

    # -- the session (session.Guest) -----------------------------------------------

    def came_in(self) -> None:
        """Learn who is here, send what waits."""
        if self._is_over:
            return
        self._state = State.IN
        self._presence.clear()
        self._in_since = self._reactor.now
        self._hides_who = True
        self._session.write(protocol.format_command("who"))
        if not self._has_been_in:
            self._has_been_in = True
            self._tell("welcome")
        self._outbox.open()

    def heard(self, line: bytes, message: Optional[protocol.Message]) -> None:
        """Show what the server says."""
        self._has_heard = True
        self._presence.heard(message)
        if isinstance(message, protocol.Ok):
            self._show.came_in_as(message.nick)
        elif isinstance(message, protocol.From) and message.kind == "all" and self._show.is_own(message):
            self._outbox.confirm(message.text)
        elif isinstance(message, protocol.Who) and self._hides_who:
            self._hides_who = self._presence.is_listing
            return
        shown = self._show.line(line, message)
        if shown is not None:
            self._console.say(shown)
        if self._show.rings(message):
            self._console.bell()

    def ended(self, end: End) -> None:
        """Was that the end, is there another nickname to try, or do we come back?"""
        was_in = self._state is State.IN
        if end.why is Why.BYE:
            self._outbox.confirm()  # it has answered everything before it said so; a server that stops has not
        if self._state is State.LEAVING or end.why is Why.BYE:
            self._stop(self.status)
        elif end.why is Why.BAD_NICK and not self._is_ghost(end):
            self._explain_nick(end.detail)
            self._ask()
        elif not self._has_been_in:
            key = "server_stopped" if end.why is Why.SHUTDOWN else end.why.name.lower()
            self._end_with(1, key, host=self._session.host, port=self._session.port, error=end.detail)
        else:
            self._lost(end, was_in)

    def _explain_nick(self, code: str) -> None:
        """What is legal, or, where the line of the server did not explain itself, that it is in use."""
        if code == protocol.NICK_INVALID or not self._show.look.is_terminal:
            self._tell(code, nick=self._nick)

    # -- coming back -------------------------------------------------------------

    def _is_ghost(self, end: End) -> bool:
        """Whether it is our own lost connection that still has the nick."""
        since = self._reactor.now - self._lost_at
        return self._has_been_in and end.detail == protocol.NICK_IN_USE and since < GHOST_SECONDS

    def _lost(self, end: End, was_in: bool) -> None:
        self._state = State.AWAY
        key = "server_stopped" if end.why is Why.SHUTDOWN else "connection_lost"
        if was_in:
            self._lost_at = self._reactor.now
            self._pauses.held(self._lost_at - self._in_since)
            self._tell(key)
            for text in self._outbox.close():
                self._tell("unsure", text=text)
        if not self._comes_back:
            self._stop(0 if end.why is Why.SHUTDOWN else 1)
            return
        pause = self._pauses.next()
        self._tell("coming_back", seconds=f"{pause:.0f}", nick=self._nick)
        self._reactor.call_later(pause, self._come_back)

    def _come_back(self) -> None:
        if self._state is State.AWAY and self._nick is not None:
            self._introduce(self._nick)

    # -- leaving -----------------------------------------------------------------

    def _leave(self, status: int) -> None:
        """Say goodbye, so that the others read ``quit``; the second time go at once."""
        if self._state is State.IN:
            self._state = State.LEAVING
            self.status = status
            self._outbox.hold()
            self._session.write(protocol.format_command("quit"))
            self._has_heard = True
            self._wait_for_bye()
        else:
            self._stop(status)

    def _wait_for_bye(self) -> None:
        """As long as the server still says something: it may have much to answer before our QUIT."""
        if self._has_heard:
            self._has_heard = False
            self._reactor.call_later(LEAVE_SECONDS, self._wait_for_bye)
        else:
            self._stop(self.status)

    def _end_with(self, status: int, key: str, **fields: object) -> None:
        self._last_words.append(f"{PROGRAM}: {self._messages(key, **fields)}")
        self._stop(status)

    def _stop(self, status: int) -> None:
        if self._is_over:  # one reason is enough
            return
        self._is_over = True
        self._last_words += [self._messages("unsure", text=text) for text in self._outbox.close()]
        self.status = status
        self._state = State.LEAVING
        self._reactor.stop()

    def _tell(self, key: str, **fields: object) -> None:
        self._console.tell(self._messages(key, **fields))
