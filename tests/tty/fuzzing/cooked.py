"""The console of whole lines: each line goes out once, as what it was typed for, and a line without ENTER never."""

from __future__ import annotations

import random
from typing import Any, List
from unittest import mock

from minichat.cli.messages import Messages
from minichat.tty import cooked
from tests.tty.fuzzing import person
from tests.tty.fuzzing.model import NO, YES
from tests.tty.fuzzing.seat import DOUBTFUL, QUESTION, Client, FakeKeyboard, FakeReactor, Outcome, Violation

MOST_LINES = 12
TOLD = ("typed", "answered", "confirmed", "declined")


class LineClient(Client):
    """The client writes down too that a line was declined."""

    def declined(self, line: str) -> None:
        """Keep it."""
        self.told.append(Outcome("declined", line))


def check_cooked(chance: random.Random) -> None:
    """Type lines, be asked now and then, and end in the middle of a line; raise Violation."""
    client = LineClient()
    make: Any = cooked.CookedConsole
    silent = mock.patch.object(make, "_write", lambda *arguments: None)
    with mock.patch.object(cooked, "Keyboard", FakeKeyboard), silent:
        client.console = console = make(FakeReactor(), client, Messages("pt"), lambda: False)
        console.start()
        expected: List[Outcome] = []
        doubtful = ""
        for _ in range(chance.randint(1, MOST_LINES)):
            if chance.random() < 0.2 and not client.is_asking:
                client.is_asking = True
                console.ask(QUESTION)
            line, was_asking = _line(chance), client.is_asking
            _read(chance, console, line.encode() + chance.choice((b"\n", b"\r\n")))
            word = line.strip(" ")
            is_reply = bool(doubtful) and word in (*YES, *NO, "")
            if doubtful:
                expected.append(Outcome("confirmed" if word in YES else "declined", doubtful))
                doubtful = ""
            if not is_reply:
                name = client.told[-1].name if was_asking else "typed"  # a line for somebody is no answer
                expected.append(Outcome("answered" if name == "answered" else "typed", line))
                doubtful = line if expected[-1].name == "typed" and line.startswith(DOUBTFUL) else ""
        _read(chance, console, _line(chance).encode())
        console._on_end()
        console.close()
    if doubtful:
        expected.append(Outcome("declined", doubtful))
    told = [outcome for outcome in client.told if outcome.name in TOLD]
    if told != expected:
        raise Violation(f"lines that went out: {told}, expected: {expected}")


def _line(chance: random.Random) -> str:
    beginning = chance.choice(("", chance.choice(YES), chance.choice(NO), DOUBTFUL))
    return beginning + ("".join(person.word(chance)) if chance.random() < 0.6 else "")


def _read(chance: random.Random, console: Any, data: bytes) -> None:
    size = chance.choice((1, 3, 1000))
    for start in range(0, len(data), size):
        console._keyboard.on_bytes(data[start : start + size])
