"""The writer: it writes a trace to a file, a pipe or a terminal, and waits only at the end.

Events are kept until the descriptor takes them, KEPT_BYTES at most.  What does
not fit is dropped and counted, and the last event of the trace says so.  This
module knows descriptors and events; it does not know what the events mean.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any, Dict

from minichat.cli.output import wait_ready
from minichat.trace.schema import Event

KEPT_BYTES = 1 << 22  # of events that the descriptor has not taken yet
CLOSE_SECONDS = 1.0  # that a slow reader gets at the end
EAGER_BYTES = 1 << 16  # write once this much is kept, or when the loop is about to wait


class Writer:
    """Writes events as JSON Lines to a descriptor, and never waits before ``close``.

    After an error (a full disk, a reader that went away) a writer writes nothing
    any more, and ``error`` says why.
    """

    def __init__(self, path: str, wakes: Any) -> None:
        """Create or empty ``path``; raise OSError, also for a named pipe that has no reader.

        ``wakes`` is a file that is readable when a signal has come.
        """
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NONBLOCK", 0), 0o666)
        self._kept = bytearray()
        self.dropped = 0  # events
        self.error = ""
        self._wakes = wakes

    def __call__(self, event: Event) -> None:
        """Write ``event``, now or a little later."""
        line = _line(event)
        if self.error or len(self._kept) + len(line) > KEPT_BYTES:
            self.dropped += 1
            return
        self._kept += line
        if len(self._kept) >= EAGER_BYTES or event["event"] == "wait":
            self._write()

    def close(self) -> None:
        """Write what is kept, and close; wait CLOSE_SECONDS at most for the reader, or until a signal comes."""
        deadline = time.monotonic() + CLOSE_SECONDS
        self._write()
        while self._kept and (left := deadline - time.monotonic()) > 0:
            if self._wakes in wait_ready([self._wakes], [self._fd], left):
                break
            self._write()
        self._give_up()
        try:
            os.close(self._fd)
        except OSError as error:  # a network file system tells only now that its disk is full
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.error = self.error or error.strerror or str(error)

    def _give_up(self) -> None:
        self.dropped += self._kept.count(b"\n")
        self._kept.clear()

    def _write(self) -> None:
        try:
            while self._kept and not self.error:
                if os.name == "posix" and not wait_ready([], [self._fd], 0):
                    return
                del self._kept[: os.write(self._fd, self._kept)]
        except BlockingIOError:
            pass
        except OSError as error:
            self._fail(error)
            self._give_up()


def _line(event: Dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
