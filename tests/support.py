"""What all tests need: the folder of the checkout, a deadline for waits, and waiting.

No wait here takes a fixed time: it ends as soon as the condition is true, and a
wait that fails says what had come until then.
"""

from __future__ import annotations

import os
import time
import unittest
from pathlib import Path
from typing import List

ROOT = Path(__file__).resolve().parent.parent

# Is this the suite on one more Python?  Then what says the same on each is left out.
IS_AGAIN = bool(os.environ.get("TESTS_AGAIN"))
once = unittest.skipIf(IS_AGAIN, "it says the same on each Python, and was run on another")

# A wait gives up after this time; no test depends on speed.
PATIENCE_SECONDS = 20.0


class DidNotCome(AssertionError):
    """A wait has failed; the text says what had come until then."""


def wait_until(condition: object, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``condition()`` is true; after ``seconds`` raise DidNotCome with ``what``."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise DidNotCome(f"still waiting for {what}")
        time.sleep(0.01)


def lines_of(writes: List[bytes]) -> List[str]:
    """Return the lines in what was written, without their newlines."""
    return b"".join(writes).decode().split("\n")[:-1]
