"""The view: it shows a trace to people, one line for each event, live or later.

A line has at most 100 columns, always in the same layout: marks and words, never
colour; ``legend`` says what a mark means.  What others have said is hostile: control
characters are shown as escapes.

    #0042  waited 812 ms    ready: ana(R) bruno(W)
         < ana      recv 17/16384   buffer 0→17
         * ana      say   message 7
         + queue: bruno +22  caio +22
         > bruno    send 22/22   queue 0
         ! caio     send 22/9000   queue 8978
         ~ caio     interest R→RW   send fell short
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Tuple

from minichat.cli.messages import decimal
from minichat.trace.schema import EOF, Event
from minichat.trace.words import words
from minichat.tty.display import displayable
from minichat.tty.graphemes import clusters, columns, width

COLUMNS = 100  # wide enough for a sentence, narrow enough for a projector
NAME_COLUMNS = 12
CHARACTERS_A_COLUMN = 8  # that are looked at; of more marks on one letter, some are not shown
MARGIN = "       "  # under the number of the turn
MARKS = "?<=*+>!~-x@"  # with which a line begins, in the order of the legend
LEGEND_COLUMNS = 80


class View:
    """Turns events into lines.

    A view remembers the nicks and how full the buffers are, so it must get every event.
    """

    def __init__(self, show: Callable[[str], None], language: str = "pt", most_columns: int = COLUMNS) -> None:
        """``show`` is called with each line, without its newline; a line is safe for a terminal."""
        # A file may hold anything, even where a number should be.
        self._show: Callable[[str], None] = lambda line: show(displayable(line))
        self._words = words(language)
        self._language = language
        self._columns = most_columns
        self._nicks: Dict[int, str] = {}
        self._buffered: Dict[int, int] = {}
        self._queues: List[Tuple[int, int]] = []  # (conn, bytes), of the messages below
        self._messages: List[int] = []
        self._data = ""
        self._timeout = 0.0

    def __call__(self, event: Event) -> None:
        """Show an event; the recipients of the same messages share one line."""
        if event["event"] == "queue" and event["messages"] == self._messages:
            self._queues.append((event["conn"], event["bytes"]))
            return
        self.flush()
        if event["event"] == "queue":
            self._queues, self._messages = [(event["conn"], event["bytes"])], event["messages"]
            self._data = event.get("data", "")
            return
        draw = _DRAW.get(event["event"])
        if draw is not None:
            draw(self, event)

    def flush(self) -> None:
        """Show the line of recipients that still waits for more of them."""
        queues, self._queues, self._messages = self._queues, [], []
        if not queues:
            return
        names: List[str] = []
        room = self._columns - len(MARGIN) - 40
        for index, (conn, size) in enumerate(queues):
            name = f"{self.name(conn)} +{size}"
            room -= columns(name) + 2
            if room < 0 and index:
                names.append(self._words("more", count=len(queues) - index))
                break
            names.append(name)
        self._line("+", "", self._words("to_queue", names="  ".join(names)), self._quoted(self._data))

    def name(self, conn: Any) -> str:
        """Return the nick of a connection, or its number; another file has its name already."""
        return self._nicks.get(conn, f"#{conn}") if isinstance(conn, int) else self._words(str(conn))

    # -- lines -----------------------------------------------------------------

    def _line(self, symbol: str, name: str, *parts: str) -> None:
        start = f"{MARGIN}{symbol} "
        if name:
            start += fitted(name, NAME_COLUMNS).ljust(NAME_COLUMNS - (columns(name) - len(name))) + " "
        self._show(fitted(start + "   ".join(part for part in parts if part), self._columns))

    def _quoted(self, data: str) -> str:
        return _literal(data.rstrip("\r\n")) if data else ""

    def _wait(self, event: Event) -> None:
        self._timeout = event["timeout"]

    def _wake(self, event: Event) -> None:
        names = " ".join(f"{self.name(name)}({letters})" for name, letters in event["ready"])
        waited, what = self._words("did_not_wait"), ""
        if self._timeout:
            waited, what = self._words("waited", time=self._duration(event["duration"])), self._words("timer_due")
        if names:
            what = self._words("ready", names=names)
        self._show(fitted(f"#{event['turn']:04}  {waited:<18} {what}".rstrip(), self._columns))

    def _accept(self, event: Event) -> None:
        conn = f"#{event['conn']}" if "conn" in event else ""
        self._line("?", "", f"accept {self._words(event['result'])}", conn, str(event.get("peer", "")))

    def _recv(self, event: Event) -> None:
        conn, got = event["conn"], event["got"]
        if isinstance(got, int):
            old = self._buffered.get(conn, 0)
            self._buffered[conn] = old + got
            what = f"recv {got}/{event['asked']}"
            buffer = self._words("buffer", old=old, new=old + got)
            data = event.get("data", "")  # with its newline: whether one has come is what matters in a read
            self._line("<", self.name(conn), what, buffer, _literal(data) if data else "")
        else:
            what = self._words("end of file") if got == EOF else self._words(got)
            self._line("!" if got != EOF else "<", self.name(conn), f"recv {what}")

    def _framed(self, event: Event) -> None:
        conn = event["conn"]
        length = event["length"]
        what = self._words("line", length=length) if length else self._words("line_too_long")
        buffer = self._words("buffer", old=self._buffered.get(conn, 0), new=event["buffered"])
        self._buffered[conn] = event["buffered"]
        self._line("=", self.name(conn), what, buffer, self._quoted(event.get("data", "")))

    def _head(self, event: Event) -> None:
        self._line("=", self.name(event["conn"]), self._words("head", status=event["status"]))

    def _frame(self, event: Event) -> None:
        self._line("=", self.name(event["conn"]), self._words("frame", kind=event["kind"], length=event["length"]))

    def _command(self, event: Event) -> None:
        self._line("*", self.name(event["conn"]), event["name"], self._words("message", number=event["message"]))

    def _send(self, event: Event) -> None:
        sent, asked = event["sent"], event["asked"]
        what = f"send {sent}/{asked}" if isinstance(sent, int) else f"send 0/{asked} {self._words(sent)}"
        queue = self._words("queue", queued=event["queued"])
        self._line(">" if sent == asked else "!", self.name(event["conn"]), what, queue)

    def _drop(self, event: Event) -> None:
        queue = self._words("queue", queued=event["queued"])
        self._line("!", self.name(event["conn"]), self._words("lost", lost=event["lost"]), queue)

    def _interest(self, event: Event) -> None:
        nothing = self._words("nothing")
        change = self._words("interest", old=event["from"] or nothing, new=event["to"] or nothing)
        self._line("~", self.name(event["conn"]), change, self._words(event["why"]))

    def _state(self, event: Event) -> None:
        conn, state = event["conn"], event["state"]
        fields = {"nick": displayable(str(event.get("nick", ""))), "reason": displayable(str(event.get("reason", "")))}
        self._line("-", self.name(conn), self._words(state, **fields))
        if state == "joined":
            self._nicks[conn] = fields["nick"]
        elif state == "watching":
            self._buffered.pop(conn, None)

    def _close(self, event: Event) -> None:
        lost = self._words("lost", lost=event["lost"]) if event["lost"] else ""
        self._line("x", self.name(event["conn"]), self._words("close", reason=displayable(str(event["reason"]))), lost)
        self._nicks.pop(event["conn"], None)
        self._buffered.pop(event["conn"], None)

    def _timer(self, event: Event) -> None:
        self._line("@", "", self._words("late", time=self._duration(event["late"])))

    def _slow(self, event: Event) -> None:
        what = displayable(str(event["what"]))
        self._line("!", "", self._words("slow", what=what, time=self._duration(event["duration"])))

    def _note(self, event: Event) -> None:
        self._show(fitted(f"-- {displayable(str(event['text']))}", self._columns))

    def _end(self, event: Event) -> None:
        self._show(fitted("-- " + self._words("totals", **event), self._columns))

    def _duration(self, nanoseconds: int) -> str:
        return decimal(duration(nanoseconds), self._language)


_DRAW: Dict[str, Callable[[View, Event], None]] = {
    "wait": View._wait, "wake": View._wake, "accept": View._accept, "recv": View._recv, "line": View._framed,
    "head": View._head, "frame": View._frame, "command": View._command, "send": View._send, "drop": View._drop,
    "interest": View._interest, "state": View._state, "close": View._close, "timer": View._timer,
    "slow": View._slow, "note": View._note, "end": View._end,
}  # fmt: skip


def legend(language: str, marks: Iterable[str] = MARKS, margin: str = MARGIN, first: Iterable[str] = ()) -> List[str]:
    """Return ``first`` and what the marks mean, in lines of at most LEGEND_COLUMNS that begin with ``margin``."""
    say = words(language)
    lines: List[str] = []
    for meaning in [*first, *(f"{mark} {say(f'mark {mark}')}" for mark in marks)]:
        if lines and len(lines[-1]) + 3 + len(meaning) <= LEGEND_COLUMNS:
            lines[-1] += f" · {meaning}"
        else:
            lines.append(margin + meaning)
    return lines


def _literal(data: str) -> str:
    return '"' + displayable(data).replace("\n", "\\n") + '"'


def duration(nanoseconds: int) -> str:
    """Return a time in the unit that a person would choose.

    >>> duration(1500), duration(812_000_000), duration(3_200_000_000)
    ('2 µs', '812 ms', '3.2 s')
    """
    if nanoseconds < 1_000_000:
        return f"{nanoseconds / 1e3:.0f} µs"
    if nanoseconds < 1_000_000_000:
        return f"{nanoseconds / 1e6:.0f} ms"
    return f"{nanoseconds / 1e9:.1f} s"


def fitted(text: str, most: int) -> str:
    """Return ``text`` in at most ``most`` columns; … shows where it was cut."""
    if len(text) <= most and columns(text) <= most:
        return text
    shown, room = "", most - 1  # the last column is for the mark
    for cluster in clusters(text[: CHARACTERS_A_COLUMN * most]):
        room -= width(cluster)
        if room < 0:
            break
        shown += cluster
    return shown + "…"
