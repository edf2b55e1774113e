r"""Telnet: a peer that negotiates while it chats, as telnet and PuTTY do (RFC 854, RFC 855).

Telnet puts commands between the bytes of the text.  Each one begins with the
byte IAC, "interpret as command": 0xFF, which UTF-8 never holds.  They are taken
out before the input is cut into lines, wherever a read cuts *them*, and what
asks for an option is refused: the server has none.

    IAC WILL x, IAC DO x        answered with IAC DONT x, IAC WONT x
    IAC WONT x, IAC DONT x      an option that is off stays off: no answer
    IAC SB ... IAC SE           the values of an option, of any length
    IAC and a byte from 0xF0    another command, or (IAC IAC) the byte 0xFF as data

IAC IAC goes, too: a text cannot hold 0xFF.  What is no command is left where it
is, and makes its line invalid UTF-8: IAC before a byte below 0xF0, and WONT or
DONT before a line end (FF FE is how UTF-16 begins; a peer that refuses options
10 and 13, of 1975, was never offered any).  So a stray byte hides no line end.

A peer that never sends 0xFF never has one of these buffers.  Each command is
charged against the rate, beside its bytes, which are thrown away.
"""

from __future__ import annotations

import re
from typing import Callable, List, Optional, Set

from minichat.net.linebuffer import LineBuffer

IAC = b"\xff"
WILL, WONT, DO, DONT = (bytes([code]) for code in range(0xFB, 0xFF))
SB, SE = b"\xfa", b"\xf0"
ANSWERS = {WILL: DONT, DO: WONT}

# A mark in the stream and no option (RFC 860): each one asks for an answer.  The telnet
# of inetutils, which is Debian's, sends DO TIMING-MARK with every Ctrl-C, and shows
# nothing of what comes until that one is answered (tests/programs/test_telnet.py).
TIMING_MARK = b"\x06"

# One command, or its beginning at the end of what came.  The groups are: what is to
# be answered; the beginning of a command; the end of a subnegotiation that goes on.
_COMMAND = re.compile(
    rb"""\xff (?:
        ([\xfb\xfd] [\x00-\xff])
      | [\xfc\xfe] [^\n\r]
      | [\xf0-\xf9\xff]
      | ([\xfb-\xfe]? \Z)
      | \xfa [^\xff]* (?: \xff [^\xf0] [^\xff]* )* (?: \xff\xf0 | (\xff? \Z) )
    )""",
    re.VERBOSE,
)
_PARTS = 1 + _COMMAND.groups  # of what ``split`` returns, for each command: the text before it, the groups

# What a command counts of a line of the rate: 64 connections that send nothing else cost
# 4 % of a processor, and PuTTY, which begins with eight of them, is never held back.
LINES_A_COMMAND = 1 / 16

# A read with more commands is a flood: it is worked off in pieces, one a turn, or 64
# such reads would make one turn of 50 ms.
COMMANDS_A_TURN = 64
PIECE_BYTES = 1024


class TelnetBuffer(LineBuffer):
    r"""The input of a peer that speaks telnet, cut into lines.

    >>> said = []
    >>> buffer = TelnetBuffer(LineBuffer(4096), said.append, lambda lines: None)
    >>> buffer.feed(b"o\xff\xfd")               # IAC DO, cut before the option
    >>> buffer.feed(b"\x01la\r\n")
    >>> buffer.next_line(), said
    (b'ola', [b'\xff\xfc\x01'])
    """

    __slots__ = ("_answered", "_begun", "_charge", "_later", "_write")

    def __init__(
        self, before: LineBuffer, write: Callable[[bytes], object], charge: Callable[[float], object]
    ) -> None:
        """Go on where the buffer ``before`` is now; answers go to ``write``, what they cost to ``charge``."""
        for name in LineBuffer.__slots__:
            setattr(self, name, getattr(before, name))
        self._write, self._charge = write, charge
        self._begun = b""  # the beginning of a command, at most 3 bytes: of a subnegotiation nothing else is kept
        self._later = b""  # of a flood of commands, as it came
        self._answered: Set[bytes] = set()  # at most 512: each option is answered once, for WILL and for DO

    def feed(self, data: bytes) -> None:
        """Take in what one read brought, cut anywhere; answer the commands in it."""
        data = self._later + data
        self._later = b""
        if data.count(IAC) > COMMANDS_A_TURN:
            data, self._later = data[:PIECE_BYTES], data[PIECE_BYTES:]
        size = len(data)
        if self._begun or IAC in data:
            data = self._take_out(self._begun + data)
            self.thrown_away += size - len(data)
        super().feed(data)
        self.has_line = self.has_line or bool(self._later)  # perhaps, at least: no more is read until that is known

    def next_line(self) -> Optional[bytes]:
        """Return the oldest complete line, or None: for this turn, if there is still something of a flood."""
        if self._end < 0 and not self._is_too_long:
            self.feed(b"")
            return None
        try:
            return super().next_line()
        finally:
            self.has_line = self.has_line or bool(self._later)

    @property
    def rest(self) -> bytes:
        """The bytes that were not handed out yet."""
        return super().rest + self._later

    @property
    def size(self) -> int:
        """How many bytes are in memory."""
        return super().size + len(self._later)

    def clear(self) -> None:
        """Forget everything that was not handed out yet."""
        super().clear()
        self._later = self._begun = b""

    def _take_out(self, data: bytes) -> bytes:
        """Return ``data`` without its commands."""
        parts: List[Optional[bytes]] = _COMMAND.split(data)
        commands = len(parts) // _PARTS
        self._charge(commands * LINES_A_COMMAND)
        begun, inside = parts[-3:-1] if commands else (None, None)
        self._begun = b""
        if begun is not None:
            self._begun = IAC + begun
        elif inside is not None:
            self._begun = IAC + SB + inside
        self._answer(parts[1::_PARTS])
        return b"".join(parts[0::_PARTS])  # type: ignore[arg-type]

    def _answer(self, asked: List[Optional[bytes]]) -> None:
        """Refuse each option that is asked for the first time, and each timing mark."""
        answers = []
        for request in dict.fromkeys(asked):  # each once: a read may hold five thousand
            if request and (request not in self._answered or request == DO + TIMING_MARK):
                self._answered.add(request)
                times = asked.count(request) if request == DO + TIMING_MARK else 1
                answers.append((IAC + ANSWERS[request[:1]] + request[1:]) * times)
        if answers:
            self._write(b"".join(answers))
