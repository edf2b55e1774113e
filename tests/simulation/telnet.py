"""The telnet of a client: what it puts between the bytes of a line, and what the server owes it for that."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import List, Tuple

ANSWER = re.compile(rb"\xff[\xfb-\xfe][\x00-\xff]|\xff[\xfb-\xfe]?\Z")
TIMING_MARK = b"\xff\xfc\x06"
REFUSALS = {0xFB: b"\xfe", 0xFD: b"\xfc"}  # of WILL: DONT; of DO: WONT

MENU = (
    b"\xff\xf1", b"\xff\xf4\xff\xfd\x06", b"\xff\xfb\x1f", b"\xff\xfb\x03", b"\xff\xfd\x01", b"\xff\xfd\x03",
    b"\xff\xfd\n", b"\xff\xfc\x01", b"\xff\xfe\x03", b"\xff\xff",
    b"\xff\xfa\x1f\x00\x50\x00\n\xff\xf0", b"\xff\xfa\x18\x00\xff\xff\xf0x\xff\xf0",
)  # fmt: skip
FLOOD = b"\xff\xf1" * 150


class Telnet:
    """Speaks telnet beside the lines of one client, and remembers what it asked for."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.owed: Counter[bytes] = Counter()  # the answers to what was asked, in full

    def sprinkle(self, line: bytes) -> bytes:
        """Return ``line`` with some commands in it, in front of any of its bytes."""
        for _ in range(self._chance.choice((0, 1, 1, 3))):
            command = FLOOD if self._chance.random() < 0.03 else self._chance.choice(MENU)
            places = [at for at in range(len(line)) if b"\xff" not in line[max(0, at - 12) : at]]
            at = self._chance.choice(places)
            line = line[:at] + command + line[at:]
            for asked in re.findall(rb"\xff([\xfb\xfd][\x00-\xff])", command):
                self.owed[b"\xff" + REFUSALS[asked[0]] + asked[1:]] += 1
        return line


def without_answers(got: bytes) -> Tuple[bytes, List[bytes], bool]:
    """Return what a client read without the answers to its telnet, these answers, and whether one stood in a line."""
    parts = ANSWER.split(got)
    is_torn = any(part and not part.endswith(b"\n") for part in parts[:-1])
    return b"".join(parts), [answer for answer in ANSWER.findall(got) if len(answer) == 3], is_torn
