"""How a program is watched: from its options to a recorder and to what becomes of the events.

``--trace FILE`` writes them down, ``--trace live`` shows them, ``--slow`` and
``--step`` stand still between them.  Without any of these there is no recorder,
and nothing of this is in the way of the loop.
"""

from __future__ import annotations

import argparse
from typing import Any, Callable, Optional

from minichat.cli import options
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.trace.recorder import Recorder, header
from minichat.trace.stepping import Stepper
from minichat.trace.view import View
from minichat.trace.writer import Writer

LIVE = "live"
MOST_PAYLOAD_BYTES = 65536
SELECTORS = ("auto", "select", "poll", "epoll", "devpoll", "kqueue")

OPTIONS = (
    options.Option("trace", None, options.text),
    options.Option("trace_bytes", 0, options.number(0, MOST_PAYLOAD_BYTES)),
    options.Option("slow", 0.0, options.seconds(60)),
)
KNOBS = (
    options.Option("sndbuf", 0, options.number(0, 1 << 30)),
    options.Option("recv_size", Limits().recv_bytes, options.number(1, 1 << 20)),
    options.Option("selector", "auto", options.choice(*SELECTORS)),
)


class Watch:
    """The trace of one run of a program, if one was asked for."""

    def __init__(self, values: argparse.Namespace, steps: bool, say: Callable[[str], None]) -> None:
        """``values`` are those of OPTIONS; ``say`` shows a line and never waits.  Raises OSError."""
        self.recorder: Optional[Recorder] = None
        self._writer: Optional[Writer] = None
        self._view: Optional[View] = None
        self._stepper: Optional[Stepper] = None
        self._payload_bytes: int = values.trace_bytes
        slow = getattr(values, "slow", 0.0)  # not every program can be slow
        if values.trace == LIVE or slow or steps:
            self._view = View(say, values.lang)
            self._stepper = Stepper(self._view, say, values.lang, slow, steps)
        if values.trace not in (None, LIVE):
            self._writer = Writer(values.trace)
        if self._writer or self._stepper:
            self.recorder = Recorder(self._took, self._payload_bytes)

    def begin(self, program: str, selector: str, limits: Limits, wakes: Any) -> None:
        """Write the header.

        ``selector`` is the name of its class; ``wakes`` is a file that is readable when a signal has come.
        """
        if self._writer:
            self._writer.wakes = wakes
        if self._stepper:
            self._stepper.recorder, self._stepper.wakes = self.recorder, wakes
        if self.recorder:
            self.recorder.put("header", **header(selector, limits, program, self._payload_bytes))

    def end(self, messages: Messages) -> str:
        """Write the totals; what went wrong with the file, for people, or ""."""
        if self.recorder:
            self.recorder.end(self._writer.dropped if self._writer else 0)
        if self._view:
            self._view.flush()
        if not self._writer:
            return ""
        self._writer.close()
        error, dropped = self._writer.error, self._writer.dropped
        why = error or messages("trace_not_read")
        return messages("trace_failed", error=why, count=dropped) if error or dropped else ""

    def _took(self, event: Any) -> None:
        if self._writer:
            self._writer(event)
        if self._stepper:
            self._stepper(event)
