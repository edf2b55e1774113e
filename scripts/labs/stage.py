"""The stage of a lab: a real server process that writes its trace, and people at sockets.

Everything is on 127.0.0.1, every wait has an end, and ``close`` ends all that was
started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from speaking import speak  # noqa: E402 (the checkout has to be found first)

from labs.events import events_of  # noqa: E402
from labs.excerpt import Part, chosen, drawn, folded, marks_in  # noqa: E402
from labs.screen import COLUMNS, Screen  # noqa: E402
from labs.words import WORDS  # noqa: E402
from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES, Messages, decimal  # noqa: E402
from minichat.trace.check import check  # noqa: E402
from minichat.trace.schema import Event  # noqa: E402
from minichat.trace.view import View, legend  # noqa: E402
from minichat.trace.words import told  # noqa: E402
from tests.peer import Peer  # noqa: E402
from tests.program import SERVER, File, Program, ServerProcess, port_of  # noqa: E402
from tests.webpeer import WebPeer  # noqa: E402

PLACES = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")])}
LEAST_SECONDS = 0.3  # to count anything, however soon ENTER is pressed
TEXT_BYTES = 24  # of each text in a trace
MARK, NO_MARK = "==> ", "    "  # before a line that the lesson is about, and before any other
TRACE_COLUMNS = COLUMNS - len(MARK)
LEGEND_INDENT = "  "
FEWEST_PART_ROWS = 6  # that are kept for each later part
HANGING = " " * 26  # where what is said of a name begins


class NotShown(Exception):
    """The lesson cannot be seen; the text says what was missing."""


class Person(Peer):
    """A person at a socket, who sends the bytes of the play and reads when the play says so."""

    failure = NotShown


class Browser(WebPeer):
    """The same at a WebSocket."""

    failure = NotShown

    def raw(self, data: bytes) -> None:
        """Send bytes as they are, whatever frames they are a part of."""
        self.socket.raw(data)


class Stage:
    """A server, some people, and the traces that their programs have written."""

    def __init__(self, language: str, screen: Screen, title: str, value: Any, shows_all: bool = False) -> None:
        """``title`` stands above each screen; ``value`` is that of the lab's knob."""
        self.language = language
        self.value = value
        self.is_changed = False  # the value is not the one that the lesson is written for
        self.marked: List[str] = []  # the marked rows so far
        self.missing: List[str] = []  # what did not hold although the lesson says so, with a changed value
        self._screen = screen
        self._title = title
        self._shows_all = shows_all
        self._folder = tempfile.TemporaryDirectory(prefix="minichat-lab-")
        self._programs: List[Program] = []
        self.server: ServerProcess  # that was started last
        self._people: List[Peer] = []
        self.traces: List[List[Event]] = []  # that were looked at, in order
        self._traces = 0
        self._trace: Optional[Path] = None
        self.port = 0
        self.output = ""  # of the server that was ended last

    # -- the screen ------------------------------------------------------------

    def text(self, portuguese: str, english: str) -> str:
        """Return the text of the chosen language."""
        return (portuguese, english)[LANGUAGES.index(self.language)]

    def decimal(self, number: float, digits: int) -> str:
        """Return ``number`` as people write it, with so many digits after the point."""
        return decimal(f"{number:.{digits}f}", self.language)

    def tell(self, portuguese: str, english: str) -> None:
        """Print what is being done."""
        self._screen.row(f"  → {self.text(portuguese, english)}")

    def row(self, text: str) -> None:
        """Print a row."""
        self._screen.row(text)

    def next_screen(self, portuguese: str, english: str) -> None:
        """Wait for ENTER, and begin another screen of what is to be seen; the texts say of what."""
        part = self.text(portuguese, english)
        self._screen.ask(speak(WORDS, "next", self.language, part=part))
        self._screen.begin(f"{self._title} | {part}")

    def until_enter(self, seconds: float) -> float:
        """Let the server go on until ENTER, or for so many seconds if nobody is asked; return how long it was."""
        begin = time.monotonic()
        least = LEAST_SECONDS if self._screen.ask(speak(WORDS, "enough", self.language)) else seconds
        pause(max(0.0, least - (time.monotonic() - begin)))
        return time.monotonic() - begin

    def show(
        self, events: Sequence[Event], shown: Sequence[Event], marked: Sequence[Event] = (), after: int = 0
    ) -> None:
        """Print some events of a trace as the live view does, with the ``marked`` ones marked, and a legend.

        ``after`` is how many rows have to be left on this screen.
        """
        self.show_parts([Part(events, shown, marked)], after)

    def show_parts(self, parts: Sequence[Part], after: int = 0) -> None:
        """Print some events in parts, with one legend for all."""
        view_of = partial(View, language=self.language, most_columns=TRACE_COLUMNS)
        rows_of = [folded(drawn(part, view_of), self._times, TRACE_COLUMNS) for part in parts]
        every = [row for rows in rows_of for row in rows]
        first = [speak(WORDS, "marked", self.language)] if any(row.is_marked for row in every) else []
        notes = legend(self.language, marks_in(every), LEGEND_INDENT, first)
        room = self._screen.left - after - len(notes) - sum(bool(part.told) for part in parts)
        for number, (part, rows) in enumerate(zip(parts, rows_of), 1):
            if part.told:
                self._screen.row(f"  → {part.told}")
            kept = sum(min(len(others), FEWEST_PART_ROWS) for others in rows_of[number:])
            some = rows if self._shows_all else chosen(rows, max(1, room - kept), self._left_out)
            room -= len(some)
            for row in some:
                self._screen.row((MARK if row.is_marked else NO_MARK) + row.text, HANGING, row.is_marked)
            self.marked += [MARK + row.text for row in some if row.is_marked]
        for note in notes:
            self._screen.row(note, LEGEND_INDENT)

    def _left_out(self, count: int) -> str:
        return speak(WORDS, "less", self.language, count=count)

    def require(self, holds: bool, portuguese: str, english: str) -> None:
        """Raise NotShown unless the lesson ``holds``; with a changed value, only note it.

        The texts say what must hold.
        """
        if holds:
            return
        if not self.is_changed:
            raise NotShown(self.text(portuguese, english))
        self.missing.append(self.text(portuguese, english))

    def _times(self, count: int, times: int) -> str:
        return speak(WORDS, "times_one" if count == 1 else "times", self.language, count=count, times=times)

    # -- programs and people ---------------------------------------------------

    def serve(self, *options: str, fault: str = "", has_trace: bool = True, port: int = 0) -> None:
        """Start a server, perhaps with a ``fault`` of labs.faults and without a trace."""
        self._traces += 1
        self._trace = Path(self._folder.name, f"{self._traces}.jsonl") if has_trace else None
        program = ["-m", "labs.faults", fault] if fault else SERVER
        trace = ["--trace", str(self._trace), "--trace-bytes", str(TEXT_BYTES)] if has_trace else []
        self._start(program, "--port", str(port), "--rate", "0", *trace, *options)

    def client(self, nick: str, stdin: File = subprocess.PIPE) -> Tuple[Program, Path]:
        """Start a minichat-client, between pipes or with a file as its input; return it and the file of its trace."""
        trace = Path(self._folder.name, f"client-{nick}.jsonl")
        command = ["-m", "minichat.client", "--port", str(self.port), "--nick", nick]
        command += ["--trace", str(trace), "--trace-bytes", str(TEXT_BYTES)]
        client = Program(*command, stdin=stdin, stdout=subprocess.DEVNULL, variables=PLACES, options=self._apart())
        self._programs.append(client)
        return client, trace

    def serve_peer(self, name: str) -> None:
        """Start one of the servers in scripts/peers instead of minichat."""
        self._trace = None
        self._start([str(ROOT / "scripts" / "peers" / f"{name}.py")])

    def person(self, nick: str, room_bytes: int = 0) -> Person:
        """Connect a new person, and join the chat if there is a ``nick``."""
        person = Person(self.port, nick or None, receive_bytes=room_bytes)
        self._people.append(person)
        return person

    def browser(self, nick: str) -> Browser:
        """Let a person come in by the door for browsers, of which the server has told the port last."""
        browser = Browser(port_of(self.server.status_line().rstrip("/")), nick)
        self._people.append(browser)
        return browser

    def end(self, is_good: bool = True) -> List[Event]:
        """Stop the server, then close all people; return the events of its trace.

        The trace must be consistent if ``is_good``.
        """
        self.server.kill(signal.SIGTERM)
        self.server.output.until(Messages(DEFAULT_LANGUAGE)("stopping"))  # so the trace says where the lesson ends
        self.leave()
        _, self.output, errors = self.server.finish()
        sys.stderr.write(errors)
        if self._trace is None:
            return []
        return self.checked(self._trace) if is_good else self._looked_at(self._trace)

    def leave(self) -> None:
        """Close all people."""
        for person in self._people:
            person.close()
        self._people = []

    def checked(self, trace: Path) -> List[Event]:
        """Return the events of a trace; raise NotShown if it is not consistent."""
        events = self._looked_at(trace)
        _, problems = check(events)
        if problems:
            found = told(problems[0], self.language)
            raise NotShown(self.text(f"o rastro não confere: {found}", f"the trace is not good: {found}"))
        return events

    def _looked_at(self, trace: Path) -> List[Event]:
        self.traces.append(events_of(trace))
        return self.traces[-1]

    def close(self) -> None:
        """End all that was started."""
        self.leave()
        for program in self._programs:
            program.__exit__()
        self._folder.cleanup()

    def _start(self, how: Iterable[str], *options: str) -> None:
        server = ServerProcess(*options, how=how, variables=PLACES, options=self._apart())
        self._programs.append(server)
        self.server, self.port = server, server.port

    def _apart(self) -> Dict[str, Any]:
        """Return Popen's options.  Ctrl-C is for the lab alone, which ends what it has started."""
        return {"cwd": self._folder.name, "start_new_session": True}


def pause(seconds: float) -> None:
    """Wait, so that the server sees one thing before the next is sent."""
    time.sleep(seconds)
