"""The faults of one seed: how often each may happen, and how often it did."""

from __future__ import annotations

import errno
import random
from collections import Counter
from typing import Dict, Tuple

# Each call of a socket, with the errors that a kernel may give it.
ERRORS: Dict[str, Tuple[int, ...]] = {
    "recv": (errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENOBUFS),
    "send": (errno.ECONNRESET, errno.EPIPE, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENOBUFS),
    "shutdown": (errno.ENOTCONN,),
    "setsockopt": (errno.EINVAL, errno.ENOPROTOOPT),
    "accept": (
        errno.ECONNABORTED, errno.EPROTO, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM,
    ),
}  # fmt: skip

# The largest chance of each fault.  Each seed draws its own chance, which is 0 in most seeds.
MOST = {
    "partial recv": 0.7, "partial send": 0.7, "again after ready": 0.3, "spurious event": 0.3, "split events": 0.5,
    "merged events": 0.7, "shuffle": 1.0, "recv error": 0.02, "send error": 0.02, "shutdown error": 0.2,
    "setsockopt error": 0.2, "accept error": 0.3, "stall": 0.05, "stall in the wait": 0.05,
    "bug in dispatcher": 0.02, "bug in status": 0.02, "no spare": 0.3,
}  # fmt: skip


class Faults:
    """The dice of one seed, and the count of the faults."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.active = True
        self.counts: Counter[str] = Counter()
        self._odds = {name: chance.choice((0.0, 0.0, most * chance.random())) for name, most in MOST.items()}

    def happens(self, name: str) -> bool:
        """True if the fault ``name`` happens now."""
        odds = self._odds[name]
        if odds and self.active and self.chance.random() < odds:
            self.counts[name] += 1
            return True
        return False

    def error(self, call: str) -> int:
        """Return the errno with which ``call`` fails now, or 0."""
        if self.happens(f"{call} error"):
            code = self.chance.choice(ERRORS[call])
            self.counts[f"{call} {errno.errorcode[code]}"] += 1
            return code
        return 0
