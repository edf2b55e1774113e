"""The steps of a lab, each on a screen of its own: predict, see, why, and what to take home."""

from __future__ import annotations

import sys
from typing import List, Optional

from speaking import speak

from labs.lab import Lab, Value
from labs.screen import Screen
from labs.stage import HANGING, NotShown, Stage
from labs.words import WORDS
from minichat.cli.messages import LANGUAGES
from minichat.cli.output import printable
from minichat.trace.schema import Event

MOST_MARKED = 6  # rows that are repeated above their explanation


def complain(line: str) -> None:
    """Write ``line``, which says what is wrong, to standard error."""
    print(printable(line), file=sys.stderr)


class Run:
    """One lab, as a row of screens: predict, see, why, and what to take home."""

    def __init__(self, lab: Lab, language: str, value: Optional[Value], screen: Screen, shows_all: bool) -> None:
        """``value`` is that of the lab's knob, None if it was not given."""
        self._lab, self._language, self._screen = lab, language, screen
        self._value = lab.knob.default if value is None else value
        self._is_changed = self._value != lab.knob.default
        self._title = f"Lab {lab.number}: {lab.text('title', language)}"
        self._stage = Stage(language, screen, self._title, self._value, shows_all)
        self._stage.is_changed = self._is_changed

    def play(self) -> int:
        """Show all screens; return the exit status."""
        try:
            self._predict()
            self._see()
        except AssertionError as error:  # of a peer of the tests: DidNotCome, or an answer that is none
            complain(self._words("not_shown", why=self._words("did_not_come", seen=error)))
            return 1
        except (NotShown, OSError) as error:
            complain(self._words("not_shown", why=error))
            return 1
        finally:
            self._stage.close()
        self._explain()
        self._take_home()
        return 0

    @property
    def traces(self) -> List[List[Event]]:
        """The traces that the lab has looked at."""
        return self._stage.traces

    def _predict(self) -> None:
        self._screen.begin(f"{self._title} | {self._words('predict')}")
        self._screen.paragraph(self._text("cures"), self._words("belief"))
        self._screen.row()
        self._screen.paragraph(self._text("before"))
        self._screen.row()
        self._screen.row(self._words("predict_first"))
        self._next("see")

    def _see(self) -> None:
        self._screen.begin(f"{self._title} | {self._words('see')}")
        self._screen.row(self._text("action"), "")
        self._lab.play(self._stage)
        if self._stage.missing:
            self._screen.row(f"{self._words('missing')} {'; '.join(self._stage.missing)}")
        self._next("why")

    def _explain(self) -> None:
        self._screen.begin(f"{self._title} | {self._words('why')}")
        for row in self._stage.marked[:MOST_MARKED]:
            self._screen.row(row, HANGING, is_marked=True)
        if self._stage.marked:
            self._screen.row()
        self._screen.paragraph(self._text("explanation"))
        self._next("home")

    def _take_home(self) -> None:
        self._screen.begin(f"{self._title} | {self._words('home')}")
        self._screen.paragraph(self._text("after"), self._words("question"))
        self._screen.row()
        self._screen.row(self._words("in_minichat"))
        for home in self._lab.homes:
            self._screen.row(f"  {home.file}, {home.name}")
        self._screen.row()
        knob, column = self._lab.knob, LANGUAGES.index(self._language)
        if self._value == knob.other:
            self._screen.paragraph(knob.question[column], self._words("asked"))
            self._screen.paragraph(knob.answer[column])
        else:
            self._screen.paragraph(knob.question[column], self._words("change"))
            self._screen.row(f"  {self._lab.command(self._language, is_changed=True)}")
        self._screen.row()
        key = "changed" if self._is_changed else "shown"
        self._screen.row(self._words(key, flag=self._lab.knob.flag, value=self._value))

    def _next(self, key: str) -> None:
        self._screen.ask(self._words("next", part=self._words(key)))

    def _text(self, key: str) -> str:
        return self._lab.text(key, self._language, self._value)

    def _words(self, key: str, **fields: object) -> str:
        return speak(WORDS, key, self._language, **fields)
