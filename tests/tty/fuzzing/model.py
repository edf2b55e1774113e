"""What may go out: a row of characters, and nothing of keys, bytes and time.

The model is told what the person means: a character, a move, ENTER, a yes.  As
long as that is certain it says exactly what goes out.  After something that no
program can be certain of, such as half a key and then silence, the model is
*loose* for the rest of the seed.  It then still holds that no more lines go out
than ENTER was pressed for, that no byte of a report or of a paste is in them,
and that a paste goes out only after a yes.
"""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from tests.tty.fuzzing.seat import Outcome, Violation

# What goes out to others, or is taken as an answer.  The rest is between the console and its client.
GOES_OUT = ("typed", "answered", "pasted", "confirmed")


class Expected(NamedTuple):
    """What must go out next."""

    name: str
    text: Optional[str]  # None for any text that may go out
    holds: str = ""  # with this in the text


class Model:
    """The row, the question, and what must have gone out since the last ``judge``."""

    def __init__(self, may_go_out: str) -> None:
        """``may_go_out`` are the characters that the person types and pastes into the row."""
        self._may_go_out = set(may_go_out)
        self.before: List[str] = []  # of the row, a string for what people see as one character
        self.after: List[str] = []
        self.is_known = True  # False after an act, such as a step in the history, that the model does not follow
        self.paste: Optional[Expected] = None  # what a yes would send
        self.is_asking = False
        self._aside: List[List[str]] = [[], []]
        self._expected: List[Expected] = []
        self.is_loose = False
        self.enters = 0  # pressed since the model is loose
        self.yeses = 0
        self.bodies: List[str] = []  # a word of each paste

    # -- what the person does ------------------------------------------------

    def type(self, characters: List[str]) -> None:
        """Insert characters before the cursor."""
        self.before += characters

    def move(self, position: int) -> None:
        """Put the cursor there, or as near as possible."""
        row = self.before + self.after
        position = max(0, min(position, len(row)))
        self.before, self.after = row[:position], row[position:]

    def enter(self) -> None:
        """Send the row."""
        self.enters += 1
        text = "".join(self.before + self.after) if self.is_known else None
        self._expected.append(Expected("answered" if self.is_asking else "typed", text))
        self.clear()
        if self.is_asking and text is not None and text.strip(" "):
            self.is_asking = False
            self.before, self.after = self._aside

    def clear(self) -> None:
        """Empty the row."""
        self.before, self.after, self.is_known = [], [], True

    def ask(self) -> None:
        """Put the row aside: the client asks for a nick."""
        if not self.is_asking:
            self._aside = [self.before, self.after]
        self.is_asking = True
        self.clear()

    def paste_lines(self, body: str, is_exact: bool) -> None:
        """Hold a paste of several lines until the person answers; ``body`` is the paste or a word in it."""
        self.bodies.append(body)
        text = "".join(self.before) + body + "".join(self.after)
        self.paste = Expected("pasted", text if is_exact and self.is_known else None, body)

    def answer(self, is_yes: bool) -> None:
        """Answer the question whether to send the paste."""
        self.yeses += is_yes
        if self.paste is not None and is_yes:
            self._expected.append(self.paste)
            self.clear()
        self.paste = None

    def confirm(self, line: List[str], is_yes: bool) -> None:
        """Answer the question whether to send ``line``, which was typed a moment ago."""
        self.yeses += is_yes
        if is_yes:
            self._expected.append(Expected("confirmed", "".join(line)))
        else:
            self.before = line + self.before

    def allow(self, data: bytes, enters: int) -> None:
        """Let all characters of ``data`` go out, with so many ENTERs: nobody knows what it means."""
        self._may_go_out.update(data.decode("utf-8", "replace") + " \ufffd")
        self.enters += enters
        self.yeses += sum(map(data.count, (b"s", b"S", b"y", b"Y")))
        self.bodies.append("")

    def be_loose(self) -> None:
        """Know no longer what is on the row; to be called after ``judge``."""
        self.is_loose = True
        self._expected, self.enters = [], 0
        self.yeses = 0

    # -- what went out ---------------------------------------------------------

    def judge(self, told: List[Outcome]) -> None:
        """Compare what went out since the last call with what must have; raise Violation."""
        went_out = [outcome for outcome in told if outcome.name in GOES_OUT]
        for outcome in went_out:
            self._judge_characters(outcome)
        if self.is_loose:
            self._judge_loosely(went_out)
            return
        expected, self._expected = self._expected, []
        if len(expected) != len(went_out) or not all(map(_fits, expected, went_out)):
            raise Violation(f"went out: {went_out}, expected: {expected}")

    def _judge_characters(self, outcome: Outcome) -> None:
        if outcome.name in ("typed", "answered") and not self._may_go_out.issuperset(outcome.text):
            raise Violation(f"nobody typed some of this: {outcome}")

    def _judge_loosely(self, went_out: List[Outcome]) -> None:
        pastes = [outcome for outcome in went_out if outcome.name == "pasted"]
        yeses = len(pastes) + sum(outcome.name == "confirmed" for outcome in went_out)
        self.yeses -= yeses
        self.enters -= len(went_out) - yeses
        if self.enters < 0:
            raise Violation(f"more lines than ENTER was pressed for: {went_out}")
        if self.yeses < 0:
            raise Violation(f"sent without a yes: {went_out}")
        for paste in pastes:
            if not any(body in paste.text for body in self.bodies):
                raise Violation(f"no such paste: {paste}")


def _fits(expected: Expected, outcome: Outcome) -> bool:
    is_text = expected.text in (None, outcome.text) and expected.holds in outcome.text
    return expected.name == outcome.name and is_text
