"""Log records as lines for a sink: one line each, and of each kind a bounded number.

It knows the records of Python's logging; it does not know where a line goes.
"""

from __future__ import annotations

import logging
import time
from typing import Callable, Dict

from minichat.cli.output import printable


class LineFormatter(logging.Formatter):
    """One record, one printable line, whatever a peer sent."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record).replace("\n", " | "))


class SinkHandler(logging.Handler):
    """Sends log records to a sink, of each kind a bounded number.

    A kind is a place in the code.  What is said over and over, by 100,000 bad
    connections for instance, is written once a second and counted meanwhile.
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
            self.handleError(record)  # a log call of ours that is wrong must not end what it reports
