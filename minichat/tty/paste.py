"""One paste: what comes between its two marks, however late.

A terminal marks the beginning and the end of a paste.  Whatever comes in
between is the paste, even after a long silence: bytes of a paste must never be
taken for typing.  If the end is lost, the keyboard would be lost too.  So after
a silence the paste is *stalled*, and Ctrl-C alone drops the paste: a person can
press this key, and a paste hardly holds it alone in a read after a silence.
What still comes is then thrown away, until the end of the paste comes or
nothing comes for a moment.

Invariants: a paste gives exactly one of "paste", "paste-too-long" and
"paste-dropped"; the bytes that wait are bounded.
"""

from __future__ import annotations

import enum
import re
from typing import List, Optional

from minichat.tty.keynames import Key

STALL_SECONDS = 3.0  # of silence in a paste; then the person is told
DROP_SECONDS = 1.0  # of silence after Ctrl-C; then no rest follows: keys typed later travel after the paste

END = b"\x1b[201~"
# Text files of old systems and Windows end their lines with these.
_LINE_ENDS = re.compile("\r\n?")


class Stage(enum.Enum):
    """What becomes of the bytes that come next."""

    RUNNING = "they belong to the paste"
    STALLED = "so they do, but nothing has come for a while"
    DROPPED = "they are thrown away"
    OVER = "they are keys again"


class Paste:
    """The bytes after the mark of the beginning, and their stage."""

    def __init__(self, limit_bytes: int) -> None:
        """A paste of more than ``limit_bytes`` is not kept."""
        self._limit_bytes = limit_bytes
        self.stage = Stage.RUNNING
        self._bytes = bytearray()
        self._is_dropped = False
        self._is_too_long = False

    @property
    def patience_seconds(self) -> float:
        """How much silence it takes for the next stage; 0 if silence changes nothing."""
        return {Stage.RUNNING: STALL_SECONDS, Stage.DROPPED: DROP_SECONDS}.get(self.stage, 0.0)

    @property
    def is_stalled(self) -> bool:
        """True after a silence, until more comes."""
        return self.stage is Stage.STALLED

    @property
    def is_over(self) -> bool:
        """True if no rest can follow any more."""
        return self.stage is Stage.OVER

    def take(self, data: bytes) -> Optional[int]:
        """Take bytes; return how many of them came after the end, or None if the end has not come."""
        start = max(len(self._bytes) - len(END) + 1, 0)  # the mark may have begun in the read before
        self._bytes += data
        end = self._bytes.find(END, start)
        if end >= 0:
            self.stage = Stage.OVER
            after = len(self._bytes) - end - len(END)
            del self._bytes[end:]
            return after
        if len(self._bytes) >= self._limit_bytes + len(END):  # even if a part of the end is in it
            self._is_too_long = True
        if self._is_too_long:
            del self._bytes[: -len(END)]  # from now on, only look for the end
        return None

    def key(self) -> Key:
        """Return what the paste is, now that it is over."""
        if self._is_too_long or len(self._bytes) > self._limit_bytes:
            return Key("paste-too-long")
        text = _LINE_ENDS.sub("\n", self._bytes.decode("utf-8", "replace"))
        return Key("paste-dropped" if self._is_dropped else "paste", text)

    def note_silence(self) -> List[Key]:
        """Go on to the next stage, after ``patience_seconds``; return the key that tells."""
        if self.stage is Stage.RUNNING:
            self.stage = Stage.STALLED
            return [Key("paste-stalled")]
        if self.stage is Stage.DROPPED:
            self.stage = Stage.OVER
            return [self.key()]
        return []

    def wake(self, is_ctrl_c: bool) -> List[Key]:
        """End the silence, by Ctrl-C or by more of the paste; return the key that tells."""
        if is_ctrl_c:
            self.stage, self._is_dropped = Stage.DROPPED, True
            return []
        self.stage = Stage.RUNNING
        return [Key("paste-resumed")]
