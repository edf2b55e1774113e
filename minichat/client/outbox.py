"""The lines of a person on their way to the server: waiting, or sent and not yet answered.

Lines wait while there is no connection, and the lines of a paste wait for each
other.  Typed lines overtake a paste.  While something has no answer, the outbox
looks once a second: it asks where only a question brings an answer, and tells
of a long silence.  It knows the reactor and text; it does not know the
connection.
"""

from __future__ import annotations

from collections import deque
from typing import Callable, Deque, Iterable, List, Optional, Sequence, Tuple

from minichat.chat import parser
from minichat.cli.messages import Messages
from minichat.client.receipts import SILENT_WHO, Receipts
from minichat.client.silence import Silence, Teller
from minichat.net.reactor import Reactor

# Between two lines: half the rate at which the server serves lines (100 a second).
PACE_SECONDS = 0.02

# A paste waits while so many lines have no answer: no more of it can be lost with the connection.
MOST_UNANSWERED = 256

LOOK_SECONDS = 1.0  # from one look at what has no answer to the next

NAMED_LINES = 5  # of many lines, so many are shown; the others are counted
NAMED_CHARACTERS = 60  # of each


class Outbox:
    """The lines of one person.

    >>> from minichat.net.reactor import Reactor
    >>> sent = []
    >>> outbox = Outbox(Reactor(), sent.append, print)
    >>> outbox.add("um"); outbox.open(); outbox.add("@bia dois")
    >>> sent, outbox.close()
    (['WHO', 'um', '@bia dois'], ['um', '@bia dois'])
    """

    def __init__(self, reactor: Reactor, send: Callable[[str], None], tell: Teller) -> None:
        """``send`` takes one line while the outbox is open; ``tell`` shows what there is to say about a silence."""
        self._reactor = reactor
        self._send = send
        self._typed: Deque[str] = deque()
        self._pasted: Deque[str] = deque()
        self._receipts = Receipts(lambda: reactor.now)
        self._silence = Silence(self._receipts, tell)
        self._is_open = False
        self._is_pacing = False  # a line was sent less than PACE_SECONDS ago, and more wait
        self._will_look = False  # at what has no answer

    @property
    def has_paste(self) -> bool:
        """True while lines of a paste wait."""
        return bool(self._pasted)

    def add(self, line: str) -> None:
        """Send a typed line, after the typed ones that wait and before a paste."""
        self._typed.append(line)
        self._go_on()

    def paste(self, lines: Iterable[str]) -> None:
        """Send ``lines`` after all that wait."""
        self._pasted.extend(lines)
        self._go_on()

    def open(self) -> None:
        """Ask who is here and send what waits: there is a connection now."""
        self._is_open = True
        if self._receipts.can_ask:
            self._ask()
        self._go_on()

    def leave(self) -> None:
        """Send the typed lines that wait, then QUIT, and nothing more."""
        while self._typed:
            self._give(self._typed.popleft())
        self._give("QUIT")
        self._is_open = False

    def close(self) -> List[str]:
        """Send no more: the connection is lost.  Return the texts that may be lost with it."""
        self._is_open = False
        self._silence.forget()
        lines = [line.decode() for line in self._receipts.close() if isinstance(line, bytes)]
        return [line for line in lines if not parser.command_word(line)]

    @property
    def waiting(self) -> Tuple[int, int]:
        """How many typed and how many pasted lines wait."""
        return len(self._typed), len(self._pasted)

    def drop(self, kept: Tuple[int, int] = (0, 0)) -> List[str]:
        """Forget the lines that wait, but so many of the first; return them."""
        lines: List[str] = []
        for queue, count in zip((self._typed, self._pasted), kept):
            lines += list(queue)[count:]
            while len(queue) > count:
                queue.pop()
        return lines

    def drop_paste(self) -> int:
        """Forget what waits of a paste; return how many lines that were."""
        count = len(self._pasted)
        self._pasted.clear()
        return count

    def heard(self, message: Optional[parser.Message]) -> bool:
        """Note what the server says; return True if it answers a question of the client itself."""
        return self._silence.heard(message)

    def _go_on(self) -> None:
        if not self._is_open or self._is_pacing:
            return
        if self._typed:
            self._give(self._typed.popleft())
        elif self._pasted and len(self._receipts) < MOST_UNANSWERED:
            self._give(self._pasted.popleft())
        if self._typed or self._pasted:
            self._is_pacing = True
            self._reactor.call_later(PACE_SECONDS, self._pace)

    def _pace(self) -> None:
        self._is_pacing = False
        self._go_on()

    def _give(self, line: str) -> None:
        self._receipts.sent(line.encode())
        self._send(line)
        self._look_soon()

    # -- what has no answer ------------------------------------------------------

    def _ask(self) -> None:
        """Ask a question whose answer nobody has to see; it confirms all that was sent before."""
        self._receipts.sent_special(SILENT_WHO)
        self._send("WHO")
        self._look_soon()

    def _look_soon(self) -> None:
        if not self._will_look:
            self._will_look = True
            self._reactor.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._will_look = False
        receipts = self._receipts
        if not self._is_open or not (receipts or receipts.has_question):
            return
        is_paste_going_on = self._pasted and len(receipts) < MOST_UNANSWERED
        if receipts.is_open_ended and receipts.can_ask and not receipts.has_question and not is_paste_going_on:
            self._ask()
        self._silence.look()
        self._look_soon()


def named(messages: Messages, key: str, texts: Sequence[str]) -> List[str]:
    """Return what to tell about ``texts``: the first of them with the text of ``key``, and the count of the rest.

    >>> named(Messages("en"), "unsure", ["x" * 100] + 7 * ["um"])[4:]
    ['May not have arrived: um', 'Other lines that may not have arrived: 3']
    """
    short = [text if len(text) <= NAMED_CHARACTERS else f"{text[: NAMED_CHARACTERS - 1]}…" for text in texts]
    told = [messages(key, text=text) for text in short[:NAMED_LINES]]
    rest = len(short[NAMED_LINES:])
    return [*told, messages(f"{key}_more", count=rest)] if rest else told
