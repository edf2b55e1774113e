"""What may go out: a row of characters, and nothing of keys, bytes and time.

The model is told what the person means: a character, a move, ENTER.  As long as
that is certain it says exactly what goes out.  After something that no program
can be certain of, such as bytes in any order, the model is *loose* for the rest
of the seed.  It then still holds that no more lines go out than ENTER was
pressed for, that no byte of a report or of a paste is in them, and that
a paste goes out only after a yes.
"""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Tuple

from tests.tty.fuzzing.seat import DOUBTFUL, Outcome, Violation

# What goes out to others, or is taken as an answer.  The rest is between the console and its client.
GOES_OUT = ("typed", "answered", "pasted", "confirmed")
YES = ("s", "sim", "y", "yes")
NO = ("n", "nao", "não", "no")


class Expected(NamedTuple):
    """What must go out next."""

    name: str
    text: Optional[str] = None  # None for any text that may go out
    holds: str = ""  # with this in the text


class Model:
    """The row, the question, and what must have gone out since the last ``judge``."""

    def __init__(self, may_go_out: str) -> None:
        """``may_go_out`` are the characters that the person types and pastes into the row."""
        self._may_go_out = set(may_go_out)
        self._may_hold_all = False
        self.before: List[str] = []  # of the row, a string for what people see as one character
        self.after: List[str] = []
        self.is_known = True  # False after an act, such as a step in the history, that the model does not follow
        self.question: Optional[Expected] = None  # what comes of it: "answered", or after a yes "pasted" or "confirmed"
        self.draft: Tuple[List[str], List[str], bool] = ([], [], True)  # waits for the end of the question
        self.history: List[str] = []  # lines that were typed, for a search
        self.knows_history = True
        self._doubtful: List[str] = []  # the line that a question is about
        self._expected: List[Expected] = []
        self.is_loose = False
        self.enters = 0  # pressed since the model is loose
        self.yeses = 0
        self.bodies: List[str] = []  # a word of each paste

    @property
    def row(self) -> List[str]:
        """The whole row."""
        return self.before + self.after

    @property
    def is_yes_or_no(self) -> bool:
        """True if a question has only these answers."""
        return self.question is not None and self.question.name != "answered"

    # -- what the person does ------------------------------------------------

    def type(self, characters: List[str]) -> None:
        """Insert characters before the cursor."""
        self.before += characters

    def move(self, position: int) -> None:
        """Put the cursor there, or as near as possible."""
        row = self.row
        position = max(0, min(position, len(row)))
        self.before, self.after = row[:position], row[position:]

    def clear(self) -> None:
        """Empty the row."""
        self.before, self.after, self.is_known = [], [], True

    def enter(self) -> None:
        """Send the row, or answer with it."""
        self.enters += 1
        row, text = self.row, "".join(self.row) if self.is_known else None
        if self.question is None:
            self._say(text)
            self.clear()
            if text is not None and text.startswith(DOUBTFUL):
                self._doubtful = row
                self._begin(Expected("confirmed", text))
        elif not self.is_yes_or_no:
            self._expected.append(Expected("answered", text))
            self.clear()
            if text is not None and text.strip(" "):
                self._end()
        elif text is not None and text.strip().casefold() in YES:
            self._expected.append(self.question)
            is_paste = self.question.name == "pasted"
            self._end()
            if is_paste:
                self.clear()
        elif text is not None and text.strip().casefold() in NO:
            self.refuse()

    def _say(self, text: Optional[str]) -> None:
        self._expected.append(Expected("typed", text))
        if text is None or text.startswith(DOUBTFUL):
            self.knows_history = False
        elif text.strip(" ") and self.history[-1:] != [text]:
            self.history.append(text)

    def search(self, query: str) -> bool:
        """Look for the newest line with ``query``, and press ENTER; return True if one was found and sent."""
        self.enters += 1
        found = [line for line in self.history if query in line]
        if found:
            self._say(found[-1])
        return bool(found)

    def refuse(self) -> None:
        """Say no, if that is an answer."""
        if self.is_yes_or_no:
            is_line = self.question is not None and self.question.name == "confirmed"
            self._end()
            if is_line and not self.row:
                self.before = self._doubtful

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        if self.is_yes_or_no:
            self.refuse()
        else:
            self.clear()

    def paste_line(self, characters: List[str]) -> None:
        """Insert a paste of one line, unless a yes or a no is waited for."""
        if not self.is_yes_or_no:
            self.type(characters)

    def paste_lines(self, body: str, is_exact: bool) -> None:
        """Ask whether to send a paste of several lines; ``body`` is the paste or a word in it."""
        self.bodies.append(body)
        if self.question is None:
            text = "".join(self.before) + body + "".join(self.after)
            self._begin(Expected("pasted", text if is_exact and self.is_known else None, body))

    def ask(self) -> None:
        """Let the client ask for a text."""
        self._begin(Expected("answered"))

    def _begin(self, question: Expected) -> None:
        self.question, self.draft = question, (self.before, self.after, self.is_known)
        self.clear()

    def _end(self) -> None:
        self.question = None
        self.before, self.after, self.is_known = self.draft

    # -- what nobody can be certain of -------------------------------------------

    def be_loose(self) -> None:
        """Know no longer what is on the row; to be called after ``judge``."""
        self.is_loose = True
        self._expected, self.enters = [], 0
        self.yeses = 0

    def allow_all(self) -> None:
        """Let any character go out: bytes in any order hold a paste that has no end."""
        self._may_hold_all = True

    def allow(self, data: bytes, enters: int = 0, yeses: int = 0) -> None:
        """Let all characters of ``data`` go out, with so many ENTERs and yeses: nobody knows what it means."""
        self._may_go_out.update(data.decode("utf-8", "replace") + " \ufffd")
        self.enters += enters
        self.yeses += yeses

    # -- what went out ---------------------------------------------------------

    def judge(self, told: List[Outcome]) -> None:
        """Compare what went out since the last call with what must have; raise Violation."""
        went_out = [outcome for outcome in told if outcome.name in GOES_OUT]
        for outcome in went_out:
            is_typed = outcome.name in ("typed", "answered") and not self._may_hold_all
            if is_typed and not self._may_go_out.issuperset(outcome.text):
                raise Violation(f"nobody typed some of this: {outcome}")
        if self.is_loose:
            self._judge_loosely(went_out)
            return
        expected, self._expected = self._expected, []
        if len(expected) != len(went_out) or not all(map(_fits, expected, went_out)):
            raise Violation(f"went out: {went_out}, expected: {expected}")

    def _judge_loosely(self, went_out: List[Outcome]) -> None:
        pastes = [outcome for outcome in went_out if outcome.name == "pasted"]
        yeses = len(pastes) + sum(outcome.name == "confirmed" for outcome in went_out)
        self.yeses -= yeses
        self.enters -= len(went_out)
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
