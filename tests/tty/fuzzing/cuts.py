"""The same bytes do the same, wherever reads cut them; and what is kept of them is bounded."""

from __future__ import annotations

import random
from typing import Any, List, Tuple
from unittest import mock

from minichat.tty import keys
from tests.tty.fuzzing import person
from tests.tty.fuzzing.seat import Outcome, Seat, Violation

ROW_BYTES = (12, 60, 4000)


def check_cuts(chance: random.Random) -> None:
    """Give the same bytes to two consoles, once whole and once in pieces; raise Violation if they differ."""
    data = b"".join(person.soup(chance) for _ in range(chance.randint(1, 8)))
    size, row_bytes = chance.choice((1, 2, 7)), chance.choice(ROW_BYTES)
    whole, pieces = Seat(row_bytes), Seat(row_bytes)
    whole.read(data)
    for start in range(0, len(data), size):
        pieces.read(data[start : start + size])
    for rest in (b"", b"\r", b"\x1b[201~", b"\r"):
        for seat in (whole, pieces):
            seat.read(rest)
        one, other = _state(whole), _state(pieces)
        if one != other:
            raise Violation(f"in pieces of {size} and then {rest!r}: {other}, whole: {one}: {data!r}")
        whole.reactor.sleep(60.0)
        pieces.reactor.sleep(60.0)


def _state(seat: Seat) -> Tuple[List[Outcome], str]:
    return seat.take(), seat.terminal.row


PASTE_BYTES = 3000  # instead of a megabyte
BEGINNINGS = (*person.ALTS, person.PASTE_BEGIN, b"\x1b[M", b"\x1b[<", b"\x1b[[")
MOST_KEPT = 3 * PASTE_BYTES + 4000  # a paste, its copy in a question, and the row


def check_memory(chance: random.Random) -> None:
    """Begin something that does not end; raise Violation if too much is kept."""
    data = chance.choice(person.SOUP) + chance.choice(BEGINNINGS)
    endless = chance.choice((b"1;", b"A", b"\x1b", b"\xff", b"\x80", b"a\r", "é".encode(), b"\x1b[201", b"\xcc\x81"))
    seat = Seat()
    with mock.patch.object(keys, "PASTE_BYTES", PASTE_BYTES):
        seat.read(data)
        for _ in range(20):
            seat.read(endless * (PASTE_BYTES // len(endless) // 3))
    kept = _size(seat.console._editor, [])
    if kept > MOST_KEPT:
        raise Violation(f"after {data!r} and many {endless!r}: {kept} bytes and characters are kept")


def _size(part: Any, seen: List[Any]) -> int:
    """Return how many bytes, characters and items an object of the console keeps."""
    if any(part is known for known in seen):
        return 0
    seen.append(part)
    if isinstance(part, (str, bytes, bytearray)):
        return len(part)
    if isinstance(part, (list, tuple)):
        return len(part) + sum(_size(item, seen) for item in part)
    if type(part).__module__.startswith("minichat.tty"):
        slots = getattr(type(part), "__slots__", ())
        return sum(_size(getattr(part, name, None), seen) for name in (*getattr(part, "__dict__", ()), *slots))
    return 0
