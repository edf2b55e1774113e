"""What stands before the text on the row: the prompt, a question, or what is going on.

A row may have 20 columns.  What is too long for it is printed above, once, and
a short sign stands before the text.  The prompt knows the state of the editor;
it knows no keys and no terminal.
"""

from __future__ import annotations

from typing import List, NamedTuple

from minichat.tty.console import Texts
from minichat.tty.display import displayable
from minichat.tty.graphemes import clusters, columns
from minichat.tty.lineedit import LineEdit
from minichat.tty.question import About, Question

READY = "> "
TYPING_COLUMNS = 10  # what leaves less for the text is too long
FEW_BYTES = 200  # left of a line: then they are counted


class Sign(NamedTuple):
    """What to show, and what to show where that is too long."""

    text: str
    short: str
    is_once_above: bool = True  # if it is too long


class Prompt:
    """Knows what the editor is doing, and what has been printed above the row for it."""

    def __init__(self, editor: LineEdit, messages: Texts) -> None:
        self._editor = editor
        self._messages = messages
        self._above = ""  # what was printed above and is still so

    def shown(self, room: int, lines: List[str]) -> str:
        """Return what stands before the text on a row of ``room`` columns; add to ``lines`` what goes above."""
        sign = self._sign(room)
        if columns(sign.text) + TYPING_COLUMNS <= room:
            self._above = ""
            return sign.text
        if sign.is_once_above and self._above != sign.text:
            lines.append(sign.text.rstrip())
        self._above = sign.text
        return sign.short

    def _sign(self, room: int) -> Sign:
        if self._editor.is_paste_stalled:
            return Sign(self._messages("paste_stalled"), "… ")
        if self._editor.search is not None:
            return self._search_sign(room)
        if self._editor.question is not None:
            return self._question_sign(self._editor.question)
        left = self._editor.row.bytes_left
        counted = f"[{left}] {READY}" if left < FEW_BYTES else READY
        return Sign(counted, counted, is_once_above=False)

    def _question_sign(self, question: Question) -> Sign:
        if question.about is About.PASTE:
            text = self._messages("ask_paste", count=question.subject.count("\n") + 1)
        else:
            text = displayable(question.text)
        return Sign(text, self._messages("yes_or_no") if question.is_yes_or_no else "? ")

    def _search_sign(self, room: int) -> Sign:
        search = self._editor.search
        assert search is not None
        shown = search.query.replace("\t", " ")
        text = self._messages("found_nothing" if search.has_failed else "searching", text=shown)
        query = clusters(shown)
        while query and columns("".join(query)) + TYPING_COLUMNS + len("?: ") > room:
            del query[0]
        return Sign(text, f"{'!' if search.has_failed else '?'}{''.join(query)}: ", is_once_above=False)
