"""A client that notes what its console tells it, and what a console needs besides: for tests."""

from __future__ import annotations

from typing import Any, Callable, List

from minichat.net.timers import Timer, Timers


class FakeReactor:
    """Timers on a clock that a test sets; nothing else."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers = Timers()
        self._steps: List[Callable[[], Any]] = []

    def call_later(self, seconds: float, callback: Callable[[], Any]) -> Timer:
        """Call once, so much later."""
        return self._timers.add(self.now + seconds, callback)

    def at_turn_end(self, *steps: Callable[[], Any]) -> None:
        """Take these steps in ``wait``."""
        self._steps += steps

    def wait(self, seconds: float = 0.0) -> None:
        """Let time pass and end a turn."""
        self.now += seconds
        for timer in self._timers.take_due(self.now):
            if timer.callback is not None:
                timer.callback()
        for step in self._steps:
            step()


class FakeKeyboard:
    """A keyboard on which nobody types; a test calls ``_on_bytes`` of the console."""

    def __init__(self, *arguments: Any) -> None:
        self.is_open = False
        self.has_more = False

    def resume(self) -> None:
        """Begin."""
        self.is_open = True

    def close(self) -> None:
        """End."""
        self.is_open = False


class NotingTypist:
    """Notes each call as one text; a test says what else it does for an answer or a line."""

    def __init__(self) -> None:
        self.notes: List[str] = []
        self.noticed_times = 0
        self.on_typed: Callable[[str], None] = lambda line: None
        self.on_answered: Callable[[str], None] = lambda answer: None

    def typed(self, line: str) -> None:
        """Note a line."""
        self.notes.append(f"typed {line}")
        self.on_typed(line)

    def answered(self, answer: str) -> None:
        """Note an answer."""
        self.notes.append(f"answered {answer}")
        self.on_answered(answer)

    def confirmed(self, line: str) -> None:
        """Note a yes."""
        self.notes.append(f"confirmed {line}")

    def declined(self, line: str) -> None:
        """Note a no."""
        self.notes.append(f"declined {line}")

    def pasted(self, lines: List[str]) -> None:
        """Note a paste."""
        self.notes.append(f"pasted {lines}")

    def paste_dropped(self, count: int) -> None:
        """Note that a paste was dropped."""
        self.notes.append(f"dropped {count}")

    def paste_too_long(self) -> None:
        """Note that a paste was too long."""
        self.notes.append("paste too long")

    def line_too_long(self, line: str) -> None:
        """Note a line that does not fit."""
        self.notes.append(f"too long {line}")

    def noticed(self) -> None:
        """Count."""
        self.noticed_times += 1

    def interrupted(self) -> None:
        """Note Ctrl-C."""
        self.notes.append("interrupted")

    def input_ended(self) -> None:
        """Note the end."""
        self.notes.append("ended")

    def output_failed(self, error: OSError) -> None:
        """Note a failure."""
        self.notes.append("failed")
