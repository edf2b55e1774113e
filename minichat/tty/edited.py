"""The console that sees every key: one row to type in, everything else above it.

It connects keyboard, editor and terminal.  It draws once at the end of a turn,
for any number of keys and lines.
"""

from __future__ import annotations

import os
import signal
from typing import Callable, Dict, Iterable, List, Optional

from minichat.net.reactor import Reactor
from minichat.net.timers import Timer
from minichat.tty.completion import Complete
from minichat.tty.console import Console, Texts, Typist
from minichat.tty.display import displayable
from minichat.tty.events import Event
from minichat.tty.graphemes import columns
from minichat.tty.keyboard import Keyboard
from minichat.tty.lineedit import LineEdit
from minichat.tty.prompt import Prompt
from minichat.tty.terminal import Terminal

# A person who has pressed no key for so long is not typing to somebody.
QUIET_SECONDS = 1.0

# The seconds that an incomplete key is waited for, and which of all it is.
_NOTHING = (0.0, 0)  # nothing waits

RESIZE_SECONDS = 0.1  # without a further resize; then the row is drawn for the new width


class EditedConsole(Console):
    """A terminal with one row to type in and everything else above it."""

    def __init__(
        self,
        reactor: Reactor,
        typist: Typist,
        complete: Complete,
        messages: Texts,
        line_bytes: int,
        gives_up: Callable[[], bool],
    ) -> None:
        """``complete`` and ``line_bytes`` are those of LineEdit.

        While ``gives_up()`` is False, a terminal that takes nothing is waited for.
        """
        self._reactor = reactor
        self._typist = typist
        self._messages = messages
        self._terminal = Terminal(gives_up=gives_up)
        self._editor = LineEdit(complete, line_bytes)
        self._prompt = Prompt(self._editor, messages)
        self._keyboard = Keyboard(reactor, 0, self._on_bytes, self._on_end)
        self._key_timer: Optional[Timer] = None  # until an incomplete key is given up
        self._resize_timer: Optional[Timer] = None  # until the row is drawn for another width
        self._waits = _NOTHING
        self._quiet_timer: Optional[Timer] = None  # runs while a person may be typing
        self._waiting_question = ""  # for a text; it must not take what is being typed
        self._lines: List[bytes] = []  # to print at the end of this turn
        self._is_open = False
        self._acts = self._table()
        reactor.at_turn_end(self._draw)

    echoes = False

    def start(self) -> None:
        self._terminal.enter()
        self._is_open = True
        self._keyboard.resume()

    def ask(self, question: str) -> None:
        if self._editor.asked:
            self._editor.ask(question)
            return
        self._waiting_question = question
        self._ask_if_quiet()
        if self._waiting_question and self._editor.row.text:
            self.tell(self._messages("asks_later"))

    def resume(self, answer: str) -> None:
        self.tell(self._editor.asked + answer)
        self._editor.end_question()
        self._be_quiet()

    def confirm(self, question: str, line: str) -> None:
        self._waiting_question = self._editor.asked or self._waiting_question  # to be asked afterwards
        self._act_on(self._editor.refuse())
        self._editor.confirm(question, line)

    def say(self, line: bytes) -> None:
        self._lines.append(line)

    def tell(self, text: str) -> None:
        self._lines.append(displayable(text).encode())

    def put_back(self, line: str) -> None:
        self._editor.put_back(line)
        self._editor.is_unseen = True

    def remember(self, line: str) -> None:
        self._editor.history.add(line)

    def bell(self) -> None:
        self._do(self._terminal.bell)

    def clear(self) -> None:
        self._do(self._terminal.clear)

    def title(self, text: str) -> None:
        self._do(lambda: self._terminal.title(text))

    def resized(self) -> None:
        # Not before the window rests: each width on the way would leave a copy of the row.
        if self._resize_timer:
            self._resize_timer.cancel()
        self._resize_timer = self._reactor.call_later(RESIZE_SECONDS, lambda: self._do(self._terminal.resized))

    def continued(self) -> None:
        self._do(self._enter_in_front)

    def close(self) -> None:
        if self._is_open:
            self._act_on(self._editor.abandon())
            self._draw()
            self._is_open = False
        self._keyboard.close()
        self._terminal.leave()

    # -- keys ----------------------------------------------------------------

    def _on_bytes(self, data: bytes) -> None:
        self._do(self._terminal.stay)
        parser = self._editor.parser
        keys = parser.feed(data)
        if keys:  # a report of the terminal is none
            self._typist.noticed()
        if self._quiet_timer:
            self._quiet_timer.cancel()
        self._quiet_timer = self._reactor.call_later(QUIET_SECONDS, self._be_quiet)
        self._act_on(self._editor.press(keys))
        before, self._waits = self._waits, (parser.patience_seconds, parser.begun)
        # For a sequence the time runs from its first byte: otherwise keys typed
        # after a lone ESC would be held back for ever.  For a paste it is a time
        # of silence, so it begins anew whenever more of it is read.
        if self._waits == before and not parser.is_paste_growing:
            return
        if self._key_timer:
            self._key_timer.cancel()
        self._wait_for_rest()

    def _wait_for_rest(self) -> None:
        """Give up what waits for the rest of a key after its time."""
        seconds = self._editor.parser.patience_seconds
        self._key_timer = self._reactor.call_later(seconds, self._give_up) if seconds else None

    def _give_up(self) -> None:
        self._waits = _NOTHING
        self._act_on(self._editor.give_up())
        self._wait_for_rest()
        self._ask_if_quiet()

    def _on_end(self) -> None:
        self._act_on(self._editor.abandon())
        self._typist.input_ended()

    def _be_quiet(self) -> None:
        """Note that the person is not typing: no key has come for a while, or none since the answer."""
        if self._quiet_timer:
            self._quiet_timer.cancel()
            self._quiet_timer = None
        self._ask_if_quiet()

    def _ask_if_quiet(self) -> None:
        if self._waiting_question and self._editor.is_idle and self._quiet_timer is None:
            question, self._waiting_question = self._waiting_question, ""
            self._editor.ask(question)

    # -- what keys do that the editor cannot do alone ----------------------------

    def _act_on(self, events: Iterable[Event]) -> None:
        for event in events:
            self._acts[event.name](event.text)

    def _table(self) -> Dict[str, Callable[[str], None]]:
        """Return what to do for each event, with its text."""
        typist = self._typist
        return {
            "line": typist.typed,
            "answer": typist.answered,
            "lines": lambda text: typist.pasted(text.split("\n")),
            "paste-dropped": lambda text: typist.paste_dropped(text.strip("\n\x03").count("\n") + 1),
            "paste-too-long": lambda text: typist.paste_too_long(),
            "too-long": typist.line_too_long,
            "confirmed": typist.confirmed,
            "declined": typist.declined,
            "interrupt": lambda text: typist.interrupted(),
            "end": lambda text: typist.input_ended(),
            "suspend": lambda text: self._suspend(),
            "clear": lambda text: self.clear(),
            "bell": lambda text: self.bell(),
        }

    def _enter_in_front(self) -> None:
        if self._terminal.is_in_front:
            self._terminal.enter()

    def _suspend(self) -> None:
        self._draw()
        if self._is_open:
            self._terminal.leave()
            os.kill(0, signal.SIGTSTP)  # the whole job, as the terminal would do; fg continues after this line
            self._do(self._terminal.enter)

    # -- the screen ------------------------------------------------------------

    def _draw(self) -> None:
        if self._is_open:
            room = self._terminal.columns
            above: List[str] = []
            prompt = self._prompt.shown(room, above)
            lines, self._lines = [*self._lines, *(line.encode() for line in above)], []
            before, after = self._editor.view(room - columns(prompt))
            question = self._editor.question
            if question is not None and not question.is_shown:  # looked at before: the answer may come at once
                question.is_shown = not self._keyboard.has_more
            self._do(lambda: self._terminal.show(lines, prompt + before, after))

    def _do(self, act: Callable[[], None]) -> None:
        """Call ``act`` on the terminal, and tell the typist if the terminal is gone."""
        if not self._is_open:
            return
        try:
            act()
        except OSError as error:
            self._is_open = False
            self._typist.output_failed(error)
