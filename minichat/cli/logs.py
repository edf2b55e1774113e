"""Lines for a sink, a bounded number of them: log records, one line each, and what is told of members.

This module knows lines and the records of Python's logging; it does not know where a line goes.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Callable, Dict

from minichat.cli.output import printable


class LineFormatter(logging.Formatter):
    """Makes one printable line of each log record, whatever a peer sent."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record).replace("\n", " | "))


class SinkHandler(logging.Handler):
    """Sends log records to a sink, a bounded number of each kind.

    A kind is a place in the code.  A record that comes again and again, as from
    100,000 bad connections, is written once every SECONDS_BETWEEN; the others are
    only counted.
    """

    SECONDS_BETWEEN = 1.0

    def __init__(self, sink: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(message)s"))
        self._sink = sink
        self._clock = clock
        self._next_at: Dict[str, float] = {}
        self._skipped: Dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count it."""
        kind = f"{record.pathname}:{record.lineno}"
        now = self._clock()
        if now < self._next_at.get(kind, now):
            self._skipped[kind] = self._skipped.get(kind, 0) + 1
            return
        self._next_at[kind] = now + self.SECONDS_BETWEEN
        skipped = self._skipped.pop(kind, 0)
        try:
            line = self.format(record)
            self._sink(f"{line} (+{skipped})" if skipped else line)
        except Exception:
            self.handleError(record)  # a mistake in a log call must not end the code that logs


class Ration:
    """Passes lines on to a sink, a bounded number a minute, and tells how many were left out.

    A class of 64 that comes in together is shown whole.  Then LINES_A_MINUTE are
    saved up for later; once none is left, all lines are left out until they are
    counted, TELL_SECONDS later.
    """

    LINES_AT_ONCE = 100
    LINES_A_MINUTE = 30
    TELL_SECONDS = 10.0

    def __init__(
        self,
        sink: Callable[[str], None],
        left_out_text: Callable[[int], str],
        clock: Callable[[], float],
        call_later: Callable[[float, Callable[[], object]], Any],
    ) -> None:
        """``left_out_text`` makes the line that tells how many were left out; ``clock`` counts seconds."""
        self._sink = sink
        self._left_out_text = left_out_text
        self._clock = clock
        self._call_later = call_later
        self._lines = float(self.LINES_AT_ONCE)  # that may still be passed on
        self._counted_at = clock()
        self._left_out = 0

    def __call__(self, line: str) -> None:
        """Pass ``line`` on, or count it."""
        now = self._clock()
        saved = (now - self._counted_at) * self.LINES_A_MINUTE / 60
        self._lines, self._counted_at = min(self._lines + saved, self.LINES_AT_ONCE), now
        if not self._left_out and self._lines >= 1:
            self._lines -= 1
            self._sink(line)
            return
        if not self._left_out:
            self._call_later(self.TELL_SECONDS, self.tell)
        self._left_out += 1

    def tell(self) -> None:
        """Tell how many lines were left out, if any were."""
        count, self._left_out = self._left_out, 0
        if count:
            self._sink(self._left_out_text(count))

    def tell_now(self) -> None:
        """Tell the count, and pass the next line on whatever was said before it."""
        self.tell()
        self._lines = max(self._lines, 1.0)
