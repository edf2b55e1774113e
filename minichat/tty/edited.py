"""The console that sees every key: one row to type in, everything else above it.

It connects keyboard, editor and terminal.  It draws once at the end of a turn,
for any number of keys and lines.
"""

from __future__ import annotations

import os
import signal
from typing import Callable, List, Optional

from minichat.net.reactor import Reactor
from minichat.net.timers import Timer
from minichat.tty.console import Console, Texts, Typist
from minichat.tty.display import displayable
from minichat.tty.graphemes import columns
from minichat.tty.keyboard import Keyboard
from minichat.tty.lineedit import Event, LineEdit
from minichat.tty.terminal import Terminal

PROMPT = "> "  # short: a row may have 20 columns
TYPING_COLUMNS = 10  # a question that leaves less is printed above the row

# An ENTER that comes so soon after the answer to a question belongs to the answer.
ANSWER_SECONDS = 1.0

RESIZE_SECONDS = 0.1  # without a further resize; then the row is drawn for the new width


class EditedConsole(Console):
    """A terminal with one row to type in and everything else above it."""

    def __init__(
        self,
        reactor: Reactor,
        typist: Typist,
        complete: Callable[[str, bool], List[str]],
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
        self._keyboard = Keyboard(reactor, 0, self._on_bytes, typist.input_ended)
        self._key_timer: Optional[Timer] = None  # until an incomplete key is given up
        self._resize_timer: Optional[Timer] = None  # until the row is drawn for another width
        self._patience = 0.0  # seconds, for that key
        self._prompt = PROMPT
        self._aside: Optional[List[str]] = None  # the row, while a question is asked
        self._lines: List[bytes] = []  # to print at the end of this turn
        self._asked_above = ""  # a question that is too long for the row
        self._is_open = False
        reactor.at_turn_end(self._draw)

    echoes = False

    def start(self) -> None:
        self._terminal.enter()
        self._is_open = True
        self._keyboard.resume()

    def ask(self, question: str) -> None:
        self._aside = self._aside or [self._editor.before, self._editor.after]
        self._editor.set("")
        paste, self._editor.question = self._editor.question, None
        self._prompt = question
        if paste is not None:
            self._typist.pasted(paste.split("\n"))  # it cannot be sent now, and the typist says so

    def resume(self, answer: str) -> None:
        self.tell(self._prompt + answer)
        self._prompt = PROMPT
        if self._aside:
            self._editor.set(*self._aside)
            self._aside = None

    def confirm(self, question: str, line: str) -> None:
        self._editor.set(line)
        self._typist.declined(line)

    def say(self, line: bytes) -> None:
        self._lines.append(line)

    def tell(self, text: str) -> None:
        self._lines.append(displayable(text).encode())

    def put_back(self, line: str) -> None:
        self._editor.set(line)

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
            self._draw()
            self._is_open = False
        self._keyboard.close()
        self._terminal.leave()

    # -- keys ----------------------------------------------------------------

    def _on_bytes(self, data: bytes) -> None:
        self._typist.noticed()
        self._do(self._terminal.stay)
        self._act_on(self._editor.feed(data))
        before, self._patience = self._patience, self._editor.patience_seconds
        # For a sequence the time runs from its first byte: otherwise keys typed
        # after a lone ESC would be held back for ever.  For a paste it is a time
        # of silence, so it begins anew with every read.
        if self._patience == before and not self._editor.is_pasting:
            return
        if self._key_timer:
            self._key_timer.cancel()
            self._key_timer = None
        if self._patience:
            self._key_timer = self._reactor.call_later(self._patience, self._give_up)

    def _give_up(self) -> None:
        self._key_timer, self._patience = None, 0.0
        self._act_on(self._editor.give_up())

    def _act_on(self, events: List[Event]) -> None:
        for event in events:
            self._act(event)
            if event.name in ("lines", "declined"):
                self._reactor.call_later(ANSWER_SECONDS, self._editor.settle)

    def _act(self, event: Event) -> None:
        if event.name == "line":
            (self._typist.typed if self._aside is None else self._typist.answered)(event.text)
        elif event.name == "lines":
            self._typist.pasted(event.text.split("\n"))
        elif event.name in ("declined", "paste-dropped"):
            self._typist.paste_dropped(event.text.count("\n") + 1)
        elif event.name == "paste-too-long":
            self._typist.paste_too_long()
        elif event.name == "too-long":
            self._typist.line_too_long(event.text)
        elif event.name == "interrupt":
            self._typist.interrupted()
        elif event.name == "end":
            self._typist.input_ended()
        elif event.name == "suspend":
            self._suspend()
        elif event.name == "clear":
            self.clear()
        elif event.name == "bell":
            self.bell()
        elif event.name == "cursor-at":
            self._do(lambda: self._terminal.located(event.text))

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
            lines, self._lines = self._lines, []
            prompt = self._row_prompt(lines)
            before, after = self._editor.view(self._terminal.columns - columns(prompt))
            if self._editor.question is not None:
                before = after = ""
            self._do(lambda: self._terminal.show(lines, prompt + before, after))

    def _row_prompt(self, lines: List[bytes]) -> str:
        """Return what stands before the text; a question that is too long goes above the row, once."""
        question = self._prompt
        if self._editor.is_paste_stalled:
            question = self._messages("paste_stalled")
        elif self._editor.question is not None:
            question = self._messages("ask_paste", count=self._editor.question.count("\n") + 1)
        if columns(question) + TYPING_COLUMNS <= self._terminal.columns or question == PROMPT:
            self._asked_above = ""
            return question
        if self._asked_above != question:
            self._asked_above = question
            lines.append(question.rstrip().encode())
        return PROMPT

    def _do(self, act: Callable[[], None]) -> None:
        """Call ``act`` on the terminal, and tell the typist if the terminal is gone."""
        if not self._is_open:
            return
        try:
            act()
        except OSError as error:
            self._is_open = False
            self._typist.output_failed(error)
