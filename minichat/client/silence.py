"""A long silence of the server, while it owes an answer: it is told once, and again when it is over.

This module knows receipts; it knows no timers, and not where a text is shown.
"""

from __future__ import annotations

from typing import Optional, Protocol

from minichat.chat import parser
from minichat.client.receipts import Receipts

LATE_SECONDS = 10.0  # a silence of this length is told; even a busy server answers sooner


class Teller(Protocol):
    """Shows a text of the client, from the table of messages."""

    def __call__(self, key: str, **fields: object) -> None: ...


class Silence:
    """The silence of one server.

    >>> now = [0.0]
    >>> receipts = Receipts(lambda: now[0])
    >>> silence = Silence(receipts, lambda key, seconds: print(key, seconds))
    >>> receipts.sent(b"WHO"); now[0] = 12.0; silence.look(); silence.look()
    no_answer 12
    >>> now[0] = 14.0; silence.heard(parser.Who(1, ("ana",)))
    answers_again 14
    False
    """

    def __init__(self, receipts: Receipts, tell: Teller) -> None:
        """``tell`` shows what there is to say."""
        self._receipts = receipts
        self._tell = tell
        self._is_told = False

    def look(self) -> None:
        """Tell of a long silence, unless it is told already; to be called again and again."""
        if self._receipts.silence >= LATE_SECONDS and not self._is_told:
            self._is_told = True
            self._tell("no_answer", seconds=int(self._receipts.silence))

    def heard(self, message: Optional[parser.Message]) -> bool:
        """Pass ``message`` on to the receipts and return what they return; tell if the silence is over."""
        if not self._is_told:
            return self._receipts.heard(message)
        silence = self._receipts.silence
        is_for_us_alone = self._receipts.heard(message)
        if self._receipts.silence < silence:
            self._is_told = False
            self._tell("answers_again", seconds=int(silence))
        return is_for_us_alone

    def forget(self) -> None:
        """Begin anew: the connection has ended."""
        self._is_told = False
