"""The history of the room in a chaos run: what the witness reads.

The witness is in from the first line to the last, so its public lines are all
that was ever said to everyone.  The history checks each line when it comes.
"""

from __future__ import annotations

import dataclasses
from typing import Dict, List, Optional, Tuple

from chaotic.texts import SHOWN_BYTES, Line, persona_of, require, understand
from minichat.chat.parser import Bye, From, Join, Leave, Message, Who

CONTEXT_LINES = 4  # of the history, to either side of a violation


@dataclasses.dataclass
class Life:
    """One stay of a member, from its JOIN to its LEAVE."""

    nick: str
    roster: Tuple[str, ...]  # who was in after this JOIN
    join: int  # the places of the JOIN and the LEAVE in the history
    leave: Optional[int] = None
    reason: str = ""

    def meets(self, other: Life) -> bool:
        """True if both members were in at the same time."""
        ends = [10**12 if life.leave is None else life.leave for life in (self, other)]
        return self.join <= ends[1] and other.join <= ends[0]


class History:
    """The public lines in their order, as the witness reads them."""

    def __init__(self, witness: str) -> None:
        self.lines: List[bytes] = []
        self.lives: Dict[int, List[Life]] = {}  # by persona
        self.inside: Dict[str, Life] = {}  # in the order of joining
        self.last: Dict[int, int] = {}  # by sender: the number of the last text
        self.senders: Dict[int, str] = {}  # the nick that each sender asked for
        self._rest = b""
        self._who: List[str] = []
        self.said_goodbye = False  # BYE shutdown has come
        self._enter(witness)

    def feed(self, data: bytes) -> None:
        """Take what the witness has read now; raise Violation for a line that cannot be right."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for raw in lines:
            self.take(understand(raw))

    def take(self, line: Line) -> None:
        """Take one more line; raise Violation if it cannot be right."""
        message = line.message
        if not line.is_public:
            self._take_private(message)
            return
        self.lines.append(line.raw)
        if isinstance(message, Join):
            persona = persona_of(message.nick)
            lives = self.lives.get(persona)
            require(not lives or lives[-1].leave is not None, "a JOIN of a member who is in", message, self.around())
            self._enter(message.nick)
        elif isinstance(message, Leave):
            life = self.inside.pop(message.nick, None)
            require(life, "a LEAVE without a member", message, self.around())
            require(message.reason in ("quit", "gone", "too_slow"), "a LEAVE of that reason", message)
            assert life is not None
            life.leave, life.reason = len(self.lines) - 1, message.reason
        elif isinstance(message, From):
            self._check_said(line, message.nick)

    def around(self, index: int = -1) -> Report:
        """Return the lines around a place in the history, for a report."""
        index = len(self.lines) - 1 if index < 0 else index
        first = max(index - CONTEXT_LINES, 0)
        rows = [
            f"\n    {'>' if place == index else ' '} {place}: {raw[:SHOWN_BYTES].decode('utf-8', 'replace')}"
            for place, raw in enumerate(self.lines[first : index + CONTEXT_LINES + 1], first)
        ]
        return Report("".join(rows))

    def was_in(self, persona: int, since: int) -> bool:
        """True if a member of that persona was in at some time from that place on."""
        lives = self.lives.get(persona, [])
        return bool(lives) and (lives[-1].leave is None or lives[-1].leave >= since)

    def _enter(self, nick: str) -> None:
        life = Life(nick, (*self.inside, nick), len(self.lines) - 1)
        self.inside[nick] = life
        self.lives.setdefault(persona_of(nick), []).append(life)

    def _check_said(self, line: Line, nick: str) -> None:
        require(nick in self.inside, "a text of a person who is not in", line.raw, self.around())
        require(self.senders.get(line.sender) == nick, "a text under another nick", line.raw, self.around())
        order = self.last.get(line.sender, 0)
        require(order < line.number, "said twice or out of order", line.raw, self.around())
        self.last[line.sender] = line.number

    def _take_private(self, message: Message) -> None:
        """Check a line for the witness alone: a reply to its WHO, or BYE shutdown."""
        if isinstance(message, Who):
            self._who += message.nicks
            if len(self._who) >= message.total:
                require(self._who == list(self.inside), "a WHO that is not so", self._who, list(self.inside))
                self._who = []
        else:
            require(isinstance(message, Bye) and message.shutdown, "something for another", message, self.around())
            self.said_goodbye = True


class Report(str):
    """A text that is shown in a report without quotes."""

    def __repr__(self) -> str:
        return str(self)
