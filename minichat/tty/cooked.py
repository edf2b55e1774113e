"""The console that gets whole lines: the driver of the terminal edits the row and shows it.

It is for terminals that can only print (TERM=dumb), for systems without
termios, and for a person whose output goes into a pipe.
"""

from __future__ import annotations

import os
from typing import Callable, List, Optional

from minichat.cli import output
from minichat.net.reactor import Reactor
from minichat.tty.console import Console, Texts, Typist
from minichat.tty.display import displayable
from minichat.tty.keyboard import Keyboard
from minichat.tty.keys import PASTE_BYTES
from minichat.tty.question import is_yes


class CookedConsole(Console):
    """Whole lines from the driver of the terminal; output as a stream."""

    echoes = True

    def __init__(self, reactor: Reactor, typist: Typist, messages: Texts, gives_up: Callable[[], bool]) -> None:
        """While ``gives_up()`` is False, an output that is stuck is waited for."""
        self._gives_up = gives_up
        self._descriptions = {fd: output.own_description(fd) for fd in (1, 2)}
        self._typist = typist
        self._messages = messages
        self._keyboard = Keyboard(reactor, 0, self._on_bytes, self._on_end)
        self._typed = bytearray()
        self._is_too_long = False  # a line is thrown away up to its end: no terminal sends such a one
        self._lines: List[bytes] = []
        self._question = ""  # for a text; empty if there is none
        self._has_spoken = False  # since the last answer: a line may have been meant for somebody
        self._doubtful: Optional[str] = None  # a line that is asked about: send it after all?
        self._doubt = ""  # that question
        self._is_shown = False  # it could be read: a yes that was typed before may be meant for somebody
        self._is_in_row = False  # the cursor stands after a question, or after what was typed
        self._is_open = False
        reactor.at_turn_end(self._print)

    def start(self) -> None:
        self._is_open = True
        self._keyboard.resume()

    def ask(self, question: str) -> None:
        self._question = question
        if self._doubtful is None:
            self._show_question(question)

    def resume(self, answer: str) -> None:
        self._question = ""
        self._has_spoken = False

    def confirm(self, question: str, line: str) -> None:
        self._refuse()
        self._doubtful, self._doubt = line, question
        self._ask_again()

    def say(self, line: bytes) -> None:
        self._lines.append(line)

    def tell(self, text: str) -> None:
        self._print()
        self._leave_row()
        self._write(2, displayable(text).encode("utf-8", "backslashreplace") + b"\n")

    def put_back(self, line: str) -> None:
        pass

    def remember(self, line: str) -> None:
        pass

    def bell(self) -> None:
        self._write(1, b"\a")

    def clear(self) -> None:
        pass

    def title(self, text: str) -> None:
        pass

    def resized(self) -> None:
        pass

    def continued(self) -> None:
        pass

    def close(self) -> None:
        self._refuse()
        self._print()
        self._leave_row()
        self._is_open = False
        self._keyboard.close()

    def _on_bytes(self, data: bytes) -> None:
        self._typed += data
        while b"\n" in self._typed:
            line, _, rest = self._typed.partition(b"\n")
            self._typed = bytearray(rest)
            self._is_in_row = False
            self._typist.noticed()
            if self._is_too_long:
                self._is_too_long = False
            else:
                self._take(line.decode("utf-8", "replace").rstrip("\r"))
        if len(self._typed) > PASTE_BYTES:
            if not self._is_too_long:
                self._typist.paste_too_long()
            self._is_too_long = True
            self._typed.clear()

    def _take(self, line: str) -> None:
        """Take a line as what it can be: an answer, or something to say that was half typed when we asked."""
        if self._doubtful is not None and self._take_reply(line):
            if self._question and self._doubtful is None:
                self._show_question(self._question)
            return
        if self._question and not (self._has_spoken and " " in line.strip(" ")):  # no nick has a space
            self._typist.answered(line)
            return
        self._has_spoken = True
        self._typist.typed(line)
        if self._question and self._doubtful is None:
            self._show_question(self._question)

    def _take_reply(self, line: str) -> bool:
        """Answer yes or no; return False if the line says neither: then it is no, and a line of its own.

        A yes that came too early for an answer is thrown away, and the question is asked again.
        """
        doubtful = self._doubtful or ""
        yes = is_yes(line)
        if yes and not self._is_shown:
            self._ask_again()
        elif yes:
            self._doubtful = None
            self._typist.confirmed(doubtful)
        else:
            self._refuse()
        return yes is not None or not line.strip(" ")

    def _ask_again(self) -> None:
        # Looked at before the question is there: the answer may come at once.
        self._is_shown = b"\n" not in self._typed and not self._keyboard.has_more
        self._show_question(self._doubt)

    def _refuse(self) -> None:
        if self._doubtful is not None:
            doubtful, self._doubtful = self._doubtful, None
            self._typist.declined(doubtful)

    def _on_end(self) -> None:
        if self._typed and not self._is_too_long:  # ENTER was not pressed
            self._is_in_row = True
            self.tell(self._messages("not_sent", text=self._typed.decode("utf-8", "replace")))
        self._typist.input_ended()

    def _show_question(self, question: str) -> None:
        self._print()
        self._leave_row()
        self._write_aside(question.encode("utf-8", "backslashreplace"))
        self._is_in_row = True

    def _leave_row(self) -> None:
        """Go to the next line, where the cursor is not at the beginning of one."""
        if self._is_in_row:
            self._is_in_row = False
            self._write_aside(b"\n")

    def _write_aside(self, data: bytes) -> None:
        # If standard output is not the screen, it is for the lines of the server alone.
        self._write(1 if os.isatty(1) else 2, data)

    def _print(self) -> None:
        if self._lines:
            self._leave_row()
            lines, self._lines = self._lines, []
            self._write(1, b"".join(line + b"\n" for line in lines))

    def _write(self, fd: int, data: bytes) -> None:
        try:
            if self._is_open:
                output.write_all(self._descriptions[fd], data, self._gives_up)
        except OSError as error:
            self._is_open = False
            self._typist.output_failed(error)
