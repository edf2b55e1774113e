"""Slow motion and stepping by hand: the loop stands still while a person looks.

The clock of the trace stands still, too.  A signal ends each pause, so that the
loop goes on and the program can act on the signal.  So does an input that cannot
be read or that has ended: nothing that watches may end the loop.
"""

from __future__ import annotations

import os
import signal
from typing import Any, Callable, List, Optional

from minichat.cli.output import wait_ready
from minichat.trace.clock import PausableClock
from minichat.trace.schema import Event
from minichat.trace.view import View, legend
from minichat.trace.words import words

ANSWER_BYTES = 256


class Stepper:
    """Shows each event; waits some seconds after each turn, or for a command of the person."""

    def __init__(
        self,
        view: View,
        say: Callable[[str], None],
        language: str,
        slow_seconds: float,
        steps: bool,
        clock: PausableClock,
        wakes: Any,
    ) -> None:
        """``say`` shows the person a line; ``wakes`` is a file that is readable when a signal has come."""
        self._view = view
        self._say = say
        self._words = words(language)
        self._legend = legend(language)  # not shown yet
        self._slow_seconds = slow_seconds
        self._clock = clock
        self._wakes = wakes
        self._mode = "turn" if steps else "go on"
        self._until = ""  # stop when this nick is ready
        self._has_shown = False  # an event in this turn
        self._has_helped = False
        self._typed = b""  # input that is not yet taken for a command

    def __call__(self, event: Event) -> None:
        """Show the event; then wait, if the turn has just ended or the person steps."""
        name = event["event"]
        if name == "wait":
            self._view.flush()
            if self._has_shown:
                self._stop_for(self._slow_seconds)
                self._has_shown = False
        elif name == "wake":
            self._show(self._legend)
            self._legend = []
        self._view(event)
        if name == "wake":
            self._has_shown = True
            if event["reason"] == "signal":
                self._slow_seconds = 0.0  # the program is ending: do not delay it
            self._look_for_nick(event)
            if self._mode == "turn":
                self._ask()
        elif self._mode == "event" and name not in ("header", "wait", "open"):
            self._view.flush()
            self._ask()

    def _look_for_nick(self, event: Event) -> None:
        if self._until and any(self._view.name(name) == self._until for name, _ in event["ready"]):
            self._mode, self._until = "turn", ""

    def _stop_for(self, seconds: float) -> None:
        if seconds:
            self._clock.stand_still(lambda: wait_ready([self._wakes], [], seconds))

    def _ask(self) -> None:
        """Read commands until one lets the loop go on."""
        if not self._has_helped:
            self._has_helped = True
            self._help()
        while self._mode in ("turn", "event"):
            answer = self._read()
            if answer is None:
                return
            command, _, rest = answer.partition(" ")
            if command in ("", "n"):
                self._mode = "turn"
            elif command == "e":
                self._mode = "event"
            elif command in ("c", "b"):
                self._mode, self._until = "go on", rest.strip() if command == "b" else ""
            elif command == "q":
                self._mode = "go on"
                os.kill(os.getpid(), signal.SIGTERM)
            else:
                self._say(self._words("step_unknown", command=command))
                self._help()
                continue
            return

    def _help(self) -> None:
        self._show([self._words("step_help"), self._words("step_help_more")])

    def _show(self, lines: List[str]) -> None:
        for line in lines:
            self._say(line)

    def _read(self) -> Optional[str]:
        """Return a line from standard input; None if a signal came or nothing more can be read."""
        while b"\n" not in self._typed:
            try:
                data = self._clock.stand_still(self._wait_for_input)
            except BlockingIOError:  # another program has read what was there
                continue
            except OSError as error:  # a directory, a descriptor only for writing, a terminal that is gone
                self._go_on("step_cannot_read", error=error.strerror or error)
                return None
            if data is None:  # the program is ending: do not delay it any more
                self._mode = "go on"
                return None
            if not data:
                self._go_on("step_input_ended")
                return None
            self._typed += data
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode("utf-8", "replace").strip()

    def _go_on(self, key: str, **fields: object) -> None:
        """Say why no command can come any more, and do not wait for one again."""
        self._mode = "go on"
        self._say(self._words(key, **fields))

    def _wait_for_input(self) -> Optional[bytes]:
        """Return what is typed, b"" at the end of the input; None when a signal has come.

        Raises OSError when the input cannot be read.
        """
        if not os.isatty(0):
            os.read(0, 0)  # fails at once where a wait would be for ever: on the writing end of a pipe
        if 0 in wait_ready([0, self._wakes], [], None):
            return os.read(0, ANSWER_BYTES)
        return None
