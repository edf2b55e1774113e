"""The page: it plays a recorded trace, forward and back, in a browser, from one file.

The page holds its styles, its scripts and the trace, and loads nothing.  Each event
is read as ``check`` reads it, and written anew, so that no text of the trace can end
the element that holds it.  The folder ``page`` has what the page is made of.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import shutil
import tempfile
from pathlib import Path
from typing import IO, Any, Dict, List, NamedTuple, Optional, Tuple

from minichat.trace.check import Checker
from minichat.trace.schema import EVENTS, Event, required
from minichat.trace.words import WHYS

MOST_BYTES = 200_000_000  # of a page; a browser keeps a string of at most some hundred MB
SPOOLED_BYTES = 1 << 24  # in memory; what is more waits in a temporary file
PARTS = Path(__file__).resolve().parent / "page"
SCRIPTS = ("model.js", "words.js", "picture.js", "controls.js")


class TooLarge(Exception):
    """The trace does not fit into a page."""


class Range(NamedTuple):
    """Some turns: from the first to the last of them."""

    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> Range:
        """Return the turns of a text such as ``100-200`` or ``100``; raise ValueError."""
        first, dash, last = text.partition("-")
        last = last if dash else first
        if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (first, last)):
            raise ValueError(text)
        found = cls(int(first), int(last))
        if found.first > found.last:
            raise ValueError(text)
        return found


class Books(Checker):
    """The books of ``check``, and what a page that begins later has to know of each connection."""

    def __init__(self) -> None:
        super().__init__()
        self._nicks: Dict[int, str] = {}
        self._buffered: Dict[int, int] = {}

    def feed(self, event: Event) -> None:
        """Take the next event; raise what a malformed one raises."""
        name, conn = event["event"], event.get("conn")
        if name in EVENTS and not required(name) <= set(event):
            raise KeyError(name)
        super().feed(event)
        self.problems.clear()  # that is for ``check`` to say
        if name == "recv" and isinstance(event["got"], int) and self._accounts[event["conn"]].state == "open":
            self._buffered[event["conn"]] = self._buffered.get(event["conn"], 0) + event["got"]
        elif name == "line":
            self._buffered[event["conn"]] = event["buffered"]
        elif name == "state" and event["state"] == "joined":
            self._nicks[event["conn"]] = str(event["nick"])
        elif name in ("state", "close") and conn is not None:
            self._buffered.pop(conn, None)

    def snapshot(self) -> List[Dict[str, Any]]:
        """Return the open connections, as the model of the page keeps them."""
        return [
            {
                "conn": conn, "nick": self._nicks.get(conn, ""), "interest": account.interest, "life": account.state,
                "buffered": self._buffered.get(conn, 0), "queued": account.queued, "messages": list(account.messages),
            }
            for conn, account in self._accounts.items()
        ]  # fmt: skip


class Page:
    """Takes events, then writes the page; nothing is written before all was read."""

    def __init__(self, turns: Optional[Range] = None) -> None:
        """Without ``turns``, all of them."""
        self.events = 0  # in the page
        self._turns = turns
        self._books = Books()
        self._header: Event = {"event": "header", "program": "?", "start": "?"}  # until one comes
        self._lines: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOLED_BYTES)  # noqa: SIM115 (close does it)
        self._size = 0

    def feed(self, event: Event) -> None:
        """Take the next event; raise TooLarge, or what a malformed event raises."""
        if not all(isinstance(event[name], int) for name in ("n", "t", "turn")):
            raise TypeError("n, t and turn are whole numbers")
        if "snapshot" in event:  # that is for this page to say
            event = {name: value for name, value in event.items() if name != "snapshot"}
        if self._turns is None:
            self._books.feed(event)
            self._add(event)
        elif event["turn"] < self._turns.first:
            self._books.feed(event)
            if event["event"] == "header":
                self._header = event
        elif event["turn"] <= self._turns.last:
            if not self.events and event["event"] != "header":
                begin = {"n": event["n"] - 1, "t": event["t"], "turn": event["turn"]}
                self._add({**self._header, **begin, "snapshot": self._books.snapshot()})
            self._books.feed(event)
            self._add(event)

    def write(self, out: IO[bytes], title: str, language: str) -> None:
        """Write the page."""
        for part in frame(title, language)[1]:
            if part is None:
                self._lines.seek(0)
                shutil.copyfileobj(self._lines, out)
            else:
                out.write(part.encode("utf-8", "replace"))  # a title may hold half a character

    def close(self) -> None:
        """Forget the events."""
        self._lines.close()

    def _add(self, event: Event) -> None:
        line = json.dumps(event, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c").encode("ascii") + b"\n"
        self._size += len(line)
        if self._size > MOST_BYTES:
            raise TooLarge
        self._lines.write(line)
        self.events += 1


def frame(title: str, language: str, more: str = "", allowed: str = "") -> Tuple[str, List[Optional[str]]]:
    """Return the policy of the page, and its texts in order, of which None stands for the events.

    ``more`` is one more script, after the others; ``allowed`` is what the policy lets it do besides.
    """
    style = (PARTS / "player.css").read_text(encoding="utf-8")
    script = "\n".join([*((PARTS / name).read_text(encoding="utf-8") for name in SCRIPTS), more])
    options = json.dumps({"language": language, "reasons": WHYS}).replace("<", "\\u003c")
    policy = f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; base-uri 'none'{allowed}"
    texts: Dict[str, Optional[str]] = {"policy": policy, "title": html.escape(title), "trace": None}
    texts.update(style=style, script=script, options=options)
    head, *parts = (PARTS / "player.html").read_text(encoding="utf-8").split("@@")
    return policy, [head, *(part if position % 2 else texts[part] for position, part in enumerate(parts))]


def _digest(text: str) -> str:
    """Return how a Content-Security-Policy names an inline style or script (CSP level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}'"

