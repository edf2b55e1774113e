"""The input of a script: cut into lines as the server cuts it, sent, and noted until it is answered.

This module knows lines, receipts and the time; it knows no sockets and no keyboard.
"""

from __future__ import annotations

from typing import Callable, Optional

from minichat.chat import parser
from minichat.client.receipts import SILENT_WHO, TOO_LONG, Receipts
from minichat.client.silence import Silence, Teller
from minichat.limits import Limits
from minichat.net.linebuffer import NEWLINE
from minichat.net.reactor import Reactor

LINE_BYTES = Limits().line_bytes

# A script that says only direct messages asks so long after one: bots run for days, and their receipts must not grow.
ASK_SECONDS = 1.0

# While lines of more than this have no answer, no input is read.  It is much more than is on its way at a time.
UNANSWERED_BYTES = 1 << 20


class Said:
    r"""What one script says to one server.

    >>> sent = []
    >>> said = Said(Reactor(), sent.append, print)
    >>> said.add(b"um\ndo")
    >>> sent, said.close()                      # the second line has no end yet, but it was said
    ([b'um\n'], 2)
    """

    def __init__(self, reactor: Reactor, write: Callable[[bytes], None], tell: Teller) -> None:
        """``write`` takes bytes for the server; ``tell`` shows what there is to say about a silence."""
        self._reactor = reactor
        self._write = write
        self.receipts = Receipts(lambda: reactor.now)
        self._silence = Silence(self.receipts, tell)
        self._rest = b""  # the beginning of a line, which waits for its end
        self._is_in_line = False  # the beginning of a line was sent and noted: it was too long to wait
        self._will_look = False  # whether to ask

    def add(self, data: bytes) -> None:
        """Send the lines in ``data``, which may be cut anywhere."""
        data = self._rest + data
        end = data.rfind(NEWLINE) + 1
        data, self._rest = data[:end], data[end:]
        if data:
            self._note(data)
        if len(self._rest) > LINE_BYTES:
            data += self._rest
            self._rest = b""
            if not self._is_in_line:
                self.receipts.sent_special(TOO_LONG)
            self._is_in_line = True
        if data:
            self._write(data)
            self._look_soon()

    def heard(self, message: Optional[parser.Message]) -> bool:
        """Note what the server says; return True if it answers a question of the client itself."""
        return self._silence.heard(message)

    def is_too_much(self) -> bool:
        """True while too much has no answer; asks for one where none comes by itself."""
        if self.receipts.memory <= UNANSWERED_BYTES or self._is_in_line:
            return False
        self._ask_if_needed()
        return True

    def ask_at_end(self) -> None:
        """Ask if the last lines have no answer of their own; to be called before the half-close."""
        if self.receipts.is_open_ended:
            self._ask()

    def close(self) -> int:
        """Return how many lines have no answer: the connection has ended."""
        has_rest = bool(self._rest.strip(b" \r")) and not self._is_in_line
        return len(self.receipts.close()) + has_rest

    def _note(self, data: bytes) -> None:
        """Note whole lines, cut as the server will cut them."""
        lines = data.split(NEWLINE)[:-1]
        if self._is_in_line:
            del lines[0]
            self._is_in_line = False
        is_easy = b"\r" not in data and max(map(len, lines), default=0) < LINE_BYTES
        if is_easy:
            self.receipts.sent(*lines)
            return
        for line in lines:
            if len(line) >= LINE_BYTES:  # with its newline it is one byte longer
                self.receipts.sent_special(TOO_LONG)
            else:
                self.receipts.sent(line[:-1] if line.endswith(b"\r") else line)

    def _look_soon(self) -> None:
        if not self._will_look:
            self._will_look = True
            self._reactor.call_later(ASK_SECONDS, self._look)

    def _look(self) -> None:
        self._will_look = False
        if self.receipts:
            if self.receipts.can_ask:  # else everyone would read WHO again and again
                self._ask_if_needed()
            self._silence.look()
            self._look_soon()

    def _ask_if_needed(self) -> None:
        # This is not in the middle of a line: the beginning of one, if it was sent, was noted as a line too long.
        if self.receipts.is_open_ended and not self.receipts.has_question:
            self._ask()

    def _ask(self) -> None:
        self.receipts.sent_special(SILENT_WHO)
        self._write(b"WHO\n")
