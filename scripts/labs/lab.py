"""What a lab is: texts in two languages, a play, one thing to change, and where minichat does it.

The same texts are shown while a lab runs, and stand on its page to hand out.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional, Tuple, Union

from labs.stage import Stage
from minichat.cli.messages import LANGUAGES, decimal, filled

Text = Tuple[str, str]  # Portuguese and English
Value = Union[int, float, str]


class Texts(NamedTuple):
    """What one lab says."""

    title: Text
    cures: Text  # the wrong idea that it corrects
    before: Text  # what to predict
    action: Text  # what will be done
    explanation: Text
    after: Text  # the question to take home
    answer: Text  # to that question, for the back of the page


class Knob(NamedTuple):
    """The one thing that a person may change before the lab is run again."""

    flag: str
    default: Value
    other: Value  # to try
    bounds: Tuple[Value, ...]  # the lowest and the highest number; for a text, all choices
    meaning: Text
    question: Text  # what to expect of ``other``
    answer: Text

    @property
    def is_number(self) -> bool:
        """True if the value is a number."""
        return not isinstance(self.default, str)


class Home(NamedTuple):
    """Where minichat does what the lab is about."""

    file: str  # from the top of the checkout
    name: str  # of a function, or Class.method


class Lab(NamedTuple):
    """One lab."""

    number: int
    texts: Texts
    play: Callable[[Stage], None]  # raises NotShown when the lesson cannot be seen
    knob: Knob
    homes: Tuple[Home, ...]

    def text(self, key: str, language: str, value: Optional[Value] = None) -> str:
        """Return one of its texts; ``key`` is a field of Texts, ``value`` that of the knob if it is changed."""
        found: str = getattr(self.texts, key)[LANGUAGES.index(language)]
        value = self.knob.default if value is None else value
        if isinstance(value, float):
            value = decimal(f"{value:g}", language)
        return filled(found, language, {"value": value})

    def command(self, language: str, *, is_changed: bool = False) -> str:
        """Return what to type to run it, as it is or with ``knob.other``."""
        parts = ["python3 scripts/labs/run.py", str(self.number)]
        if is_changed:
            parts.append(f"--{self.knob.flag} {self.knob.other}")
        if language != LANGUAGES[0]:
            parts.append(f"--lang {language}")
        return " ".join(parts)
