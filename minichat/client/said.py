"""The input of a script: cut into lines as the server cuts it, sent, and noted until it is answered.

This module knows lines, receipts and the time; it knows no sockets and no keyboard.
"""

from __future__ import annotations

from typing import Callable, Optional

from minichat.chat import parser
from minichat.client.receipts import SILENT_WHO, TOO_LONG, Receipts
from minichat.limits import Limits
from minichat.net.linebuffer import LineBuffer, LineTooLong
from minichat.net.reactor import Reactor

LINE_BYTES = Limits().line_bytes

# A script that says only direct messages asks so long after one: bots run for days, and their receipts must not grow.
ASK_SECONDS = 1.0

# While lines of more than this have no answer, no input is read.  It is much more than is on its way at a time.
UNANSWERED_BYTES = 1 << 20


class Said:
    r"""What one script says to one server.

    >>> sent = []
    >>> said = Said(Reactor(), sent.append)
    >>> said.add(b"um\ndo")
    >>> sent, said.close()                      # the second line has no end yet, but it was said
    ([b'um\n'], 2)
    """

    def __init__(self, reactor: Reactor, write: Callable[[bytes], None]) -> None:
        """``write`` takes bytes for the server."""
        self._reactor = reactor
        self._write = write
        self._receipts = Receipts(lambda: reactor.now)
        self._lines = LineBuffer(LINE_BYTES)
        self._rest = b""  # the beginning of a line, which waits for its end
        self._is_in_line = False  # the beginning of a line was sent: it is too long to wait
        self._will_look = False  # whether to ask

    def add(self, data: bytes) -> None:
        """Send the lines in ``data``, which may be cut anywhere."""
        data = self._rest + data
        end = data.rfind(b"\n") + 1
        if not end and len(data) > LINE_BYTES:
            end = len(data)
        data, self._rest = data[:end], data[end:]
        if data:
            self._is_in_line = not data.endswith(b"\n")
            self._write(data)
            self._note(data)
            self._look_soon()

    def heard(self, message: Optional[parser.Message]) -> bool:
        """Note what the server says; return True if it is nothing for the script."""
        return self._receipts.heard(message)

    def is_too_much(self) -> bool:
        """True while too much has no answer; asks for one where none comes by itself."""
        if self._receipts.memory <= UNANSWERED_BYTES or self._is_in_line:
            return False
        self._ask_if_needed()
        return True

    def ask_at_end(self) -> None:
        """Ask if the last lines have no answer of their own; to be called before the half-close."""
        if self._receipts.is_open_ended:
            self._ask()

    def close(self) -> int:
        """Return how many lines have no answer: the connection has ended."""
        return len(self._receipts.close()) + bool(self._rest.strip(b" \r"))

    def _note(self, data: bytes) -> None:
        lines, sent = self._lines, self._receipts.sent
        lines.feed(data)
        while lines.has_line:
            try:
                line = lines.next_line()
            except LineTooLong:
                sent(TOO_LONG)
            else:
                sent(line or b"")

    def _look_soon(self) -> None:
        if not self._will_look:
            self._will_look = True
            self._reactor.call_later(ASK_SECONDS, self._look)

    def _look(self) -> None:
        self._will_look = False
        if self._receipts:
            self._ask_if_needed()
            self._look_soon()

    def _ask_if_needed(self) -> None:
        # Not in the middle of a line: the beginning of one that is sent is noted as a line too long.
        if self._receipts.is_open_ended and not self._receipts.has_question:
            self._ask()

    def _ask(self) -> None:
        self._receipts.sent(SILENT_WHO)
        self._write(b"WHO\n")
