"""The watch on one program: from its options to a recorder, and from there to a file or a view.

``--trace FILE`` writes the events, ``--trace live`` shows them; ``--slow`` and
``--step`` make the loop stand still between turns.  A program loads this wing
only when one of these options asks for it.
"""

from __future__ import annotations

import argparse
import logging
from typing import Any, Callable, List, Optional

from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.trace.clock import PausableClock
from minichat.trace.recorder import Recorder, header
from minichat.trace.schema import Event
from minichat.trace.stepping import Stepper
from minichat.trace.view import View
from minichat.trace.writer import Writer

LIVE = "live"

log = logging.getLogger(__name__)


class Watch:
    """The trace of one run of a program.

    A watcher that fails is left out from then on; the loop goes on without it.
    """

    def __init__(
        self,
        values: argparse.Namespace,
        program: str,
        selector_name: str,
        limits: Limits,
        say: Callable[[str], None],
        wakes: Any,
    ) -> None:
        """Begin the trace that ``values``, the options of the program, ask for; write its header.

        ``say`` shows a line and never waits; ``wakes`` is a file that is readable
        when a signal has come.  Raises OSError if the file of the trace cannot be written.
        """
        self._writer: Optional[Writer] = None
        self._view: Optional[View] = None
        self._watchers: List[Callable[[Event], None]] = []
        clock = PausableClock()
        if values.trace not in (None, LIVE):
            self._writer = Writer(values.trace, wakes)
            self._watchers.append(self._writer)
        slow, steps = getattr(values, "slow", 0.0), getattr(values, "step", False)  # options of the server alone
        if values.trace == LIVE or slow or steps:
            self._view = View(say, values.lang)
            self._watchers.append(Stepper(self._view, say, values.lang, slow, steps, clock, wakes))
        self.recorder = Recorder(self._take, values.trace_bytes, clock)
        self._header: Event = {}
        self.recorder.put("header", **header(selector_name, limits, program, values.trace_bytes))

    def join(self, watcher: Callable[[Event], None]) -> None:
        """Let one more watcher take every event; to be called before the loop runs."""
        watcher(self._header)
        self._watchers.append(watcher)

    def end(self, messages: Messages) -> str:
        """Write the totals and close the file; return what went wrong with it, for people, or ""."""
        self.recorder.end(self._writer.dropped if self._writer else 0)
        if self._view:
            try:
                self._view.flush()
            except Exception:
                log.exception("cannot show the end of the trace")
        if not self._writer:
            return ""
        self._writer.close()
        error, dropped = self._writer.error, self._writer.dropped
        why = error or messages("trace_not_read")
        return messages("trace_failed", error=why, count=dropped) if error or dropped else ""

    def _take(self, event: Event) -> None:
        if event["event"] == "header":
            self._header = event
        for watcher in list(self._watchers):
            try:
                watcher(event)
            except Exception as error:  # called from the midst of the loop, which must not end because of it
                self._watchers.remove(watcher)
                if watcher is self._writer:
                    self._writer.error = repr(error)
                log.exception("the loop goes on, but is not watched as it was")
