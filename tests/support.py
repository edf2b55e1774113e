"""What all tests need: where the checkout is, patience, and waiting.

Nothing here sleeps for a fixed time: a wait ends when what is waited for is
there, and a wait that fails says what had come until then.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import List

ROOT = Path(__file__).resolve().parent.parent

# No test depends on speed: this is only when a wait gives up.
PATIENCE_SECONDS = 20.0


class DidNotCome(AssertionError):
    """A wait that failed; says what had come until then."""


def wait_until(condition: object, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``condition()`` is true; DidNotCome naming ``what`` otherwise."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise DidNotCome(f"still waiting for {what}")
        time.sleep(0.01)


def lines_of(writes: List[bytes]) -> List[str]:
    """The lines in what was written, without their newlines."""
    return b"".join(writes).decode().split("\n")[:-1]
