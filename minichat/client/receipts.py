"""What was said to the server and has no answer yet.

Time is no proof that a line arrived; an answer is.  The server serves the lines
of one sender in order, so the answer to a line also confirms every line before
it.  This module knows the lines of the wire and a clock that it is given; it
knows no sockets and no timers.

    a text for all      its own echo, or an ERR
    a direct message    an ERR or nothing: only an answer to a later line confirms it
    WHO, QUIT           WHO lines up to their total; BYE
    a refused line      the ERR with its code
    a blank line        nothing, and nothing is lost with it
"""

from __future__ import annotations

import enum
from collections import deque
from typing import Callable, Deque, List, Optional, Sequence, Union

from minichat.chat import parser, protocol

IAC = b"\xff"  # begins a telnet sequence: what is left of such a line, the server alone knows
LINE_COST = 64  # bytes of memory for a line, besides its own

_LINE_CODES = {protocol.LINE_TOO_LONG, protocol.INVALID_UTF8, protocol.INVALID_TEXT}
_DIRECT_CODES = {protocol.USER_NOT_FOUND, protocol.EMPTY_MESSAGE}

# These say why we do not come in or are thrown out.  They answer no line.
_ENDS = {
    *(protocol.NICK_IN_USE, protocol.NICK_INVALID, protocol.LINE_UNFINISHED, protocol.SERVER_FULL),
    *(protocol.TOO_MANY_CONNECTIONS, protocol.TIMEOUT, protocol.TOO_SLOW, "kicked", "banned"),
}


class Special(enum.Enum):
    """What was sent, where the bytes of the line do not say it."""

    SILENT_WHO = "the client itself asked; nobody has to see the answer"
    TOO_LONG = "a line over the limit, which is not kept"


SILENT_WHO, TOO_LONG = Special
Line = Union[bytes, Special]


class Receipts:
    """The lines that were sent to one server and have no answer yet, in order.

    >>> receipts = Receipts(lambda: 0.0)
    >>> receipts.heard(parser.Ok("ana"))
    False
    >>> receipts.sent(b"um", b"@bia oi", b"dois", b"tres")
    >>> receipts.heard(parser.From("ana", "all", "dois"))
    False
    >>> receipts.close()
    [b'tres']
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` counts seconds."""
        self.memory = 0  # bytes, about
        self._clock = clock
        self._nick = ""  # our own
        self._lines: Deque[Line] = deque()
        self._questions = 0  # silent ones among the lines
        self._listed = 0  # nicks of a WHO reply that has several lines
        self._since = 0.0  # when the last answer came, or the first line that waits was sent

    def __len__(self) -> int:
        """Return how many lines have no answer; silent questions do not count."""
        return len(self._lines) - self._questions

    @property
    def has_question(self) -> bool:
        """True while a silent question has no answer."""
        return self._questions > 0

    @property
    def is_open_ended(self) -> bool:
        """True if the last line may get no answer of its own: then only a question tells whether it arrived."""
        return bool(self._lines) and not has_own_answer(self._lines[-1])

    @property
    def silence(self) -> float:
        """How many seconds something has waited for an answer while none came; 0.0 if nothing waits."""
        return self._clock() - self._since if self._lines else 0.0

    def sent(self, *lines: bytes) -> None:
        """Note lines, without their line ends, that were given to the connection."""
        # A script says thousands of lines, so the work for each is small here and in ``heard``.
        waiting = [line for line in lines if line.strip(b" ")]
        if waiting:
            self._wait_for(waiting)
            self.memory += sum(map(len, waiting))

    def sent_special(self, line: Special) -> None:
        """Note something else that was sent."""
        self._wait_for([line])
        self._questions += line is SILENT_WHO

    def heard(self, message: Optional[parser.Message]) -> bool:
        """Note what the server says; return True if it answers a silent question."""
        if isinstance(message, parser.From):
            if message.nick == self._nick and self._lines:
                text = message.text.encode()
                if self._lines[0] == text:  # as nearly always
                    self._lines.popleft()
                    self.memory -= LINE_COST + len(text)
                    self._since = self._clock()
                else:
                    self._echo(message.kind, text)
        elif isinstance(message, parser.Who):
            return self._list(message)
        elif isinstance(message, parser.Err):
            code = message.code
            self._confirm_first(lambda line: can_refuse(line, code))
        elif isinstance(message, parser.Bye) and not message.shutdown:
            self._confirm_first(lambda line: word_of(line) == "quit")
        elif isinstance(message, parser.Ok):
            self._nick = message.nick
        return False

    def close(self) -> List[Line]:
        """Return all that has no answer, without silent questions, and forget it: the connection has ended."""
        lines = [line for line in self._lines if line is not SILENT_WHO]
        self._lines.clear()
        self._questions = self._listed = self.memory = 0
        return lines

    def _wait_for(self, lines: Sequence[Line]) -> None:
        if not self._lines:
            self._since = self._clock()
        self._lines.extend(lines)
        self.memory += LINE_COST * len(lines)

    def _echo(self, kind: str, text: bytes) -> None:
        if kind == "all":
            # A server that knows no WHO says it to all.
            self._confirm_first(lambda line: line == text or (line is SILENT_WHO and text == b"WHO"))
        else:  # from us to us
            own = b" " + text
            self._confirm_first(lambda line: isinstance(line, bytes) and line[:1] == b"@" and line.endswith(own))

    def _list(self, message: parser.Who) -> bool:
        """Take one line of a WHO reply, which answers the first WHO."""
        index = self._index(lambda line: word_of(line) == "who")
        if index is None:
            return False
        is_silent = self._lines[index] is SILENT_WHO
        self._confirm(index)
        self._listed += len(message.nicks)
        if self._listed >= message.total:
            self._listed = 0
            self._confirm(1)
        return is_silent

    def _confirm_first(self, fits: Callable[[Line], bool]) -> None:
        """Confirm the first line that fits, with all before it."""
        index = self._index(fits)
        if index is not None:
            self._confirm(index + 1)

    def _index(self, fits: Callable[[Line], bool]) -> Optional[int]:
        return next((index for index, line in enumerate(self._lines) if fits(line)), None)

    def _confirm(self, count: int) -> None:
        for _ in range(count):
            line = self._lines.popleft()
            self.memory -= LINE_COST
            if isinstance(line, bytes):
                self.memory -= len(line)
            elif line is SILENT_WHO:
                self._questions -= 1
        self._since = self._clock()


def has_own_answer(line: Line) -> bool:
    """True if the server answers ``line`` in any case."""
    if isinstance(line, Special):
        return True
    return not line.startswith(b"@") and IAC not in line and word_of(line) in ("", "who", "quit")


def word_of(line: Line) -> str:
    """Return the command that a line is, in lower case, or ""."""
    if line is SILENT_WHO:
        return "who"
    return parser.command_word(line.decode("utf-8", "replace")) if isinstance(line, bytes) else ""


def can_refuse(line: Line, code: str) -> bool:
    """True if ``ERR <code>`` can be the answer to ``line``, while no line before it waits for its own.

    >>> can_refuse(b"@bia oi", "user_not_found"), can_refuse(b"oi", "user_not_found")
    (True, False)
    """
    if code in _ENDS or line is SILENT_WHO:
        return False
    if isinstance(line, Special):
        return code == protocol.LINE_TOO_LONG
    if IAC in line:
        return True
    try:
        text = protocol.decode(line)
    except protocol.RefusedLine as error:
        return code == error.code
    name = protocol.parse_command(text).name
    if code in _LINE_CODES:
        return name == "say"  # ours is legal here; another server may have other rules
    return name == "tell" or (name == "say" and code not in _DIRECT_CODES)
