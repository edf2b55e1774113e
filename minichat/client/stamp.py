"""The time that stands before a line: before every line, or only where it tells something new.

A person who comes back to a terminal wants to know when a line came.  So the time
stands before the first line after a silence, and the date before the first line
of another day.  This module knows clocks; it does not know the terminal.
"""

from __future__ import annotations

import time
from typing import Callable, NamedTuple, Optional, Tuple

from minichat.cli.messages import Messages

SILENCE_SECONDS = 300.0


class Moment(NamedTuple):
    """When a line was shown."""

    wall: time.struct_time  # what the clock on the wall says; it may jump either way
    seconds: float  # monotonic; it may stand still while the computer sleeps


def _now() -> Moment:
    return Moment(time.localtime(), time.monotonic())


class Stamp:
    """Makes the times of one client; to be asked once for each line that is shown."""

    def __init__(self, messages: Messages, always: bool, on_terminal: bool, now: Callable[[], Moment] = _now) -> None:
        """With ``always``, the time stands before every line.  ``on_terminal`` adds what a person wants to know."""
        self._messages = messages
        self._always = always
        self._on_terminal = on_terminal
        self._now = now
        self._last: Optional[Moment] = None

    def next(self) -> str:
        """Return what stands before the line that is shown now, with a space at its end, or ""."""
        last, now = self._last, self._now()
        self._last = now
        if self._on_terminal and last and _day(last) != _day(now):
            year, month, day = _day(now)
            return self._messages("date", year=year, month=f"{month:02}", day=f"{day:02}") + " " + _time(now)
        is_after_silence = self._on_terminal and last and _is_long(last, now)
        return _time(now) if self._always or is_after_silence else ""


def _is_long(last: Moment, now: Moment) -> bool:
    # Each clock alone misses a silence: one is put back, the other stands still in sleep.
    # A jump of the wall's clock counts as a silence, for the times around it say nothing any more.
    wall = abs(_second_of_day(now) - _second_of_day(last))
    return now.seconds - last.seconds >= SILENCE_SECONDS or wall >= SILENCE_SECONDS


def _day(moment: Moment) -> Tuple[int, int, int]:
    return moment.wall.tm_year, moment.wall.tm_mon, moment.wall.tm_mday


def _second_of_day(moment: Moment) -> int:
    return (moment.wall.tm_hour * 60 + moment.wall.tm_min) * 60 + moment.wall.tm_sec


def _time(moment: Moment) -> str:
    return f"{moment.wall.tm_hour:02}:{moment.wall.tm_min:02} "
