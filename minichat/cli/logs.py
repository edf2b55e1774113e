"""Log records as lines for a sink: one line each, and a bounded number of each kind.

This module knows the records of Python's logging; it does not know where a line goes.
"""

from __future__ import annotations

import logging
import time
from typing import Callable, Dict

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
