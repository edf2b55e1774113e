"""What the editor of a row cannot do alone, and tells others."""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """What the editor cannot do alone.

    line             ENTER: ``text`` is the row, which is empty now
    answer           ENTER, and ``text`` is the answer to ``ask``; the question stays until ``end_question``
    lines            yes to a paste of several lines: ``text`` is the paste with the row around it, which is empty now
    paste-dropped    no to it: ``text`` is the same, and the row is as before; or the paste could not be taken
    confirmed        yes to ``confirm``: ``text`` is the line
    declined         no to it: ``text`` is the line, which is on the row again
    interrupt        Ctrl-C on an empty row
    end              Ctrl-D on an empty row
    suspend, clear   Ctrl-Z, Ctrl-L
    bell             this key can do nothing here
    too-long         a paste of one line, ``text``, does not fit into the row
    cursor-at        the terminal tells where the cursor is: ``text`` is row;column
    paste-too-long   a paste was longer than PASTE_BYTES; it was thrown away
    """

    name: str
    text: str = ""
