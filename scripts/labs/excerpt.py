"""The excerpt: those lines of a trace that a lesson is about, short enough for a screen.

Equal lines that follow each other are folded, a few lines that come again and again
too.  Of what is still too long, the lines near the marked ones are kept.
"""

from __future__ import annotations

from typing import Callable, Iterable, List, NamedTuple, Sequence, Tuple

from minichat.trace.schema import Event
from minichat.trace.view import MARGIN, MARKS, View, fitted

LONGEST_BLOCK = 3  # lines that are folded together
Count = Callable[[int, int], str]  # (lines, times) in words


class Row(NamedTuple):
    """One line of the view."""

    text: str
    is_marked: bool = False


class Part(NamedTuple):
    """What is to be shown of a trace."""

    events: Sequence[Event]  # the whole trace, from which the view knows nicks and buffers
    shown: Sequence[Event]
    marked: Sequence[Event] = ()
    told: str = ""  # before it


def drawn(part: Part, view_of: Callable[..., View]) -> List[Row]:
    """Return the rows of the events that are shown; ``view_of(take)`` makes the view."""
    shown, marked = ({event["n"] for event in events} for events in (part.shown, part.marked))
    rows: List[Row] = []
    is_shown = is_marked = False

    def take(line: str) -> None:
        if is_shown:
            rows.append(Row(line, is_marked))

    view = view_of(take)
    messages = None  # of the line of recipients that is not drawn yet
    for event in part.events:
        is_queue = event["event"] == "queue"
        if is_queue and event["n"] not in shown:
            continue  # a line of recipients names only those who are shown
        continues = is_queue and event["messages"] == messages
        if not continues:
            view.flush()
        messages = event["messages"] if is_queue else None
        is_shown = event["n"] in shown
        is_marked = event["n"] in marked or (continues and is_marked)
        view(event)
    view.flush()
    return rows


def folded(rows: Sequence[Row], count: Count, most_columns: int) -> List[Row]:
    """Return the rows with repetitions folded; ``count`` says how often."""
    found: List[Row] = []
    index = 0
    while index < len(rows):
        size, times = _longest_repetition(rows, index)
        block = list(rows[index : index + size])
        if times > 1:
            last, again = block[-1], "  " + count(size, times)
            block[-1] = Row(fitted(last.text, most_columns - len(again)) + again, last.is_marked)
        found += block
        index += size * times
    return found


def _longest_repetition(rows: Sequence[Row], index: int) -> Tuple[int, int]:
    """Return how many rows from ``index`` on come again, and how often; (1, 1) if none do."""
    best = (1, 1)
    for size in range(1, LONGEST_BLOCK + 1):
        block, times = rows[index : index + size], 1
        while rows[index + times * size : index + (times + 1) * size] == block:
            times += 1
        if times > 1 and size * times > best[0] * best[1]:
            best = (size, times)
    return best


def chosen(rows: Sequence[Row], most: int, left_out: Callable[[int], str]) -> List[Row]:
    """Return at most ``most`` rows, a gap counted as one: the marked ones, and those nearest to them."""
    marked = [index for index, row in enumerate(rows) if row.is_marked] or [0]
    by_distance = sorted(range(len(rows)), key=lambda index: (min(abs(index - mark) for mark in marked), index))
    kept: List[int] = []
    for index in by_distance:
        more = sorted([*kept, index])
        if len(more) + _gaps(more, len(rows)) <= most:
            kept = more
    return _with_gaps(rows, kept, left_out)


def _gaps(kept: Sequence[int], size: int) -> int:
    ends = [-1, *kept, size]
    return sum(after - before > 1 for before, after in zip(ends, ends[1:]))


def _with_gaps(rows: Sequence[Row], kept: Sequence[int], left_out: Callable[[int], str]) -> List[Row]:
    found: List[Row] = []
    ends = [-1, *kept, len(rows)]
    for before, after in zip(ends, ends[1:]):
        if after - before > 1:
            found.append(Row(MARGIN + left_out(after - before - 1)))
        if after < len(rows):
            found.append(rows[after])
    return found


def marks_in(rows: Iterable[Row]) -> List[str]:
    """Return the marks that these rows begin with, in the order of the legend."""
    texts = [row.text for row in rows]
    return [mark for mark in MARKS if any(text.startswith(f"{MARGIN}{mark} ") for text in texts)]
