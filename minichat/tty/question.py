"""A question and the row for its answer.

Every answer ends with ENTER, so that a word is never cut: what stands after
``s`` belongs to the answer, and nothing goes out for one key alone.
"""

from __future__ import annotations

import enum
import unicodedata
from typing import Optional

from minichat.tty.keymap import LEAVING
from minichat.tty.row import Row

_YES = {"s", "sim", "y", "yes"}  # in both languages, whichever is spoken
_NO = {"n", "nao", "não", "no"}


class About(enum.Enum):
    """What is asked, and what a yes does."""

    TEXT = "which text? any answer will do"
    PASTE = "send the pasted lines? yes or no"
    LINE = "send the typed line after all? yes or no"


class Reply(enum.Enum):
    """What a key says to a question."""

    TEXT = "the answer is on the row"
    YES = "send it"
    NO = "do not send it"


class Question:
    """What is asked, the text or the lines that it is about, and the row for the answer."""

    def __init__(self, about: About, text: str, subject: str = "") -> None:
        """``text`` is the question for people; ``subject`` is what may be sent, lines with newlines between them."""
        self.about = about
        self.text = text
        self.subject = subject
        self.row = Row()
        # What is typed before that may be meant for somebody.  Every paste is asked about, so its answer may be early.
        self.is_shown = about is not About.LINE

    @property
    def is_yes_or_no(self) -> bool:
        """True if there are only two answers."""
        return self.about is not About.TEXT

    def judge(self, key: str) -> Optional[Reply]:
        """Return what a key that does not change the row says; None if it is no reply, or an unclear one."""
        if not self.is_yes_or_no:
            return Reply.TEXT if key == "enter" else None
        if key in LEAVING or (key == "ctrl-d" and not self.row.text):
            return Reply.NO
        yes = is_yes(self.row.text) if key == "enter" else None
        return None if yes is None or (yes and not self.is_shown) else Reply.YES if yes else Reply.NO


def is_yes(answer: str) -> Optional[bool]:
    """Return True for a yes, False for a no, None for what is neither.

    >>> is_yes(" Sim "), is_yes("nao"), is_yes("sei lá"), is_yes("")
    (True, False, None, None)
    """
    word = unicodedata.normalize("NFC", answer).strip().casefold()
    return True if word in _YES else False if word in _NO else None
