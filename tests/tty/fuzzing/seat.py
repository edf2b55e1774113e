"""The console under test at a fake terminal: its clock, its screen and the client that it talks to."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator, List, NamedTuple, Tuple
from unittest import mock

from minichat.cli.messages import Messages
from minichat.net.timers import Timer, Timers
from minichat.tty import edited
from minichat.tty.graphemes import columns

NICKS = ("@lia", "@lina")
LEAST_COLUMNS = 4
QUESTION = "nick? "
CONFIRM = "send it? "
DOUBTFUL = "!"  # a line that begins so is sent only after one more question


class Violation(Exception):
    """Something happened that must never happen."""


class Outcome(NamedTuple):
    """What the console told the client: the name of the call, and its text."""

    name: str
    text: str = ""


class FakeReactor:
    """A clock that only ``sleep`` moves, with timers."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers = Timers()
        self._at_turn_end: List[Callable[[], object]] = []

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Make a timer, as the reactor does."""
        return self._timers.add(self.now + seconds, callback)

    def at_turn_end(self, *steps: Callable[[], object]) -> None:
        """Call ``steps`` at the end of each turn."""
        self._at_turn_end.extend(steps)

    def end_turn(self) -> None:
        """Call the steps of the turn's end."""
        for step in self._at_turn_end:
            step()

    def sleep(self, seconds: float) -> None:
        """Let time pass, with a turn for each timer that becomes due."""
        until = self.now + seconds
        while True:
            wait = self._timers.seconds_to_wait(self.now)
            if self.now + wait > until:
                break
            self.now += wait
            for timer in self._timers.take_due(self.now):
                if timer.callback is not None:
                    timer.callback()
            self.end_turn()
        self.now = until


def _has_control(text: str) -> bool:
    return not text.isprintable() and any(code < " " or "\x7f" <= code <= "\x9f" for code in text)


class FakeTerminal:
    """A screen that looks at what is drawn; all that it need not know does nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.columns = 79
        self.row = ""  # as it was shown last, with | where the cursor is
        self.is_in_front = False

    def show(self, lines: List[bytes], before: str, after: str, *rest: Any) -> None:
        """Check a row: it fits, and no byte of it controls the screen."""
        row = before + after
        if _has_control(row):
            raise Violation(f"a control character on the row: {row!r}")
        if columns(before) + columns(after) > max(self.columns, LEAST_COLUMNS):
            raise Violation(f"the row is wider than {self.columns}: {row!r}")
        self.row = f"{before}|{after}"
        for line in lines:
            if _has_control(line.decode()):
                raise Violation(f"a control character in a line: {line!r}")

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: None


class FakeKeyboard:
    """Takes the place of the keyboard: the test itself calls ``on_bytes``."""

    def __init__(self, reactor: Any, fd: int, on_bytes: Callable[[bytes], None], on_end: Any) -> None:
        self.on_bytes = on_bytes
        self.has_more = False

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: None


class Client:
    """The typist: it writes down what it is told, and answers as the client does."""

    def __init__(self) -> None:
        self.told: List[Outcome] = []
        self.is_asking = False
        self.console: Any = None

    def typed(self, line: str) -> None:
        """Take something to say, or ask whether it is meant as it stands."""
        self.told.append(Outcome("typed", line))
        if line.startswith(DOUBTFUL):
            self.console.confirm(CONFIRM, line)
        elif line.strip(" "):
            self.console.remember(line)

    def confirmed(self, line: str) -> None:
        """Take a line that was doubtful."""
        self.told.append(Outcome("confirmed", line))

    def answered(self, line: str) -> None:
        """Take the answer to the question."""
        self.told.append(Outcome("answered", line))
        self.is_asking = not line.strip(" ")
        if self.is_asking:
            self.console.ask(QUESTION)
        else:
            self.console.resume(line)

    def pasted(self, lines: List[str]) -> None:
        """Take the lines of a paste."""
        self.told.append(Outcome("pasted", "\n".join(lines)))

    def noticed(self) -> None:
        """Do nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.told.append(Outcome(name))


class Seat:
    """A person's place: a console, and all that is around it."""

    def __init__(self, line_bytes: int = 4000) -> None:
        self.reactor = FakeReactor()
        self.client = Client()
        with _fakes():
            make: Any = edited.EditedConsole
            self.console = make(
                self.reactor,
                self.client,
                lambda word, is_first: [nick for nick in NICKS if word.startswith("@") and nick.startswith(word)],
                Messages("pt"),
                line_bytes,
                lambda: False,
            )
        self.client.console = self.console
        self.console._suspend = lambda: None  # else the test itself would stop
        self.terminal: Any = self.console._terminal
        self.console.start()
        self.reactor.end_turn()

    def read(self, data: bytes) -> None:
        """Give the console the bytes of one read, in a turn of their own."""
        if data:
            self.console._keyboard.on_bytes(data)
            self.reactor.end_turn()

    def ask(self) -> None:
        """Let the client ask for a nick."""
        self.client.is_asking = True
        self.console.ask(QUESTION)
        self.reactor.end_turn()

    def take(self) -> List[Outcome]:
        """Return what the client was told since the last call."""
        told, self.client.told = self.client.told, []
        return told


@contextlib.contextmanager
def _fakes() -> Iterator[None]:
    patches: Tuple[Tuple[str, Any], ...] = (("Terminal", FakeTerminal), ("Keyboard", FakeKeyboard))
    with contextlib.ExitStack() as stack:
        for name, fake in patches:
            stack.enter_context(mock.patch.object(edited, name, fake))
        yield
