"""The stage of a lab: a real server process that writes its trace, and people at sockets.

Everything is on 127.0.0.1, every wait has an end, and ``close`` ends all that was
started.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from minichat.cli.messages import LANGUAGES  # noqa: E402 (the checkout has to be found first)
from minichat.trace.check import check  # noqa: E402
from minichat.trace.schema import Event  # noqa: E402
from minichat.trace.view import View  # noqa: E402
from tests.peer import Peer  # noqa: E402
from tests.program import SERVER, File, Program, ServerProcess  # noqa: E402

PLACES = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")])}
MOST_LINES = 60  # of a trace are shown; the rest is counted


class NotShown(Exception):
    """The lesson cannot be seen; the text says what was missing."""


class Person(Peer):
    """A person at a socket, who sends the bytes of the play and reads when the play says so."""

    failure = NotShown


class Stage:
    """A server, some people, and the traces that their programs have written."""

    def __init__(self, language: str, say: Callable[[str], None]) -> None:
        self.language = language
        self._say = say
        self._folder = tempfile.TemporaryDirectory(prefix="minichat-lab-")
        self._programs: List[Program] = []
        self.server: Program  # that was started last
        self._people: List[Person] = []
        self._traces = 0
        self._trace: Optional[Path] = None
        self.port = 0
        self.output = ""  # of the server that was ended last

    # -- for the plays -------------------------------------------------------

    def text(self, portuguese: str, english: str) -> str:
        """Return the text of the chosen language."""
        return (portuguese, english)[LANGUAGES.index(self.language)]

    def tell(self, portuguese: str, english: str) -> None:
        """Print what is being done."""
        self._say(f"  → {self.text(portuguese, english)}")

    def serve(self, *options: str, fault: str = "", has_trace: bool = True, port: int = 0) -> None:
        """Start a server, perhaps with a ``fault`` of labs.faults and without a trace."""
        self._traces += 1
        self._trace = Path(self._folder.name, f"{self._traces}.jsonl") if has_trace else None
        program = ["-m", "labs.faults", fault] if fault else SERVER
        trace = ["--trace", str(self._trace), "--trace-bytes", "40"] if has_trace else []
        self._start(program, "--port", str(port), "--rate", "0", *trace, *options)

    def client(self, nick: str, stdin: File = subprocess.PIPE) -> Tuple[Program, Path]:
        """Start a minichat-client, between pipes or with a file as its input; return it and the file of its trace."""
        trace = Path(self._folder.name, f"client-{nick}.jsonl")
        command = ["-m", "minichat.client", "--port", str(self.port), "--nick", nick, "--trace", str(trace)]
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

    def end(self) -> List[Event]:
        """Close all people and stop the server; return the events of its trace, which must be consistent."""
        for person in self._people:
            person.close()
        self._people = []
        _, self.output, errors = self.server.stop()
        sys.stderr.write(errors)
        return self.checked(self._trace) if self._trace else []

    def checked(self, trace: Path) -> List[Event]:
        """Return the events of a trace, which must be consistent."""
        events = [json.loads(line) for line in trace.read_text("utf-8").splitlines()]
        _, problems = check(events)
        self.require(not problems, f"o registro não confere: {problems[:2]}", f"the trace is not good: {problems[:2]}")
        return events

    def show(self, events: List[Event], names: Dict[int, str]) -> None:
        """Print some events as the live view does."""
        lines: List[str] = []
        view = View(lines.append, self.language)
        for conn, nick in names.items():
            view({"n": 0, "t": 0, "turn": 0, "event": "state", "conn": conn, "state": "joined", "nick": nick})
        lines.clear()
        for event in events:
            view(event)
        view.flush()
        for line in lines[:MOST_LINES]:
            self._say(line)
        if len(lines) > MOST_LINES:
            rest = len(lines) - MOST_LINES
            self._say(self.text(f"... e mais {rest} linhas", f"... and {rest} more lines"))

    def require(self, holds: bool, portuguese: str, english: str) -> None:
        """Raise NotShown unless the lesson ``holds``; the texts say what must hold."""
        if not holds:
            raise NotShown(self.text(portuguese, english))

    def close(self) -> None:
        """End all that was started."""
        for person in self._people:
            person.close()
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


def of(events: List[Event], name: str, /, **fields: Any) -> List[Event]:
    """Return the events of that name with those fields."""
    wanted = {"event": name, **fields}.items()
    return [event for event in events if all(event.get(key) == value for key, value in wanted)]


def numbers(events: List[Event]) -> Dict[str, int]:
    """Return the number of the connection of each nick."""
    return {event["nick"]: event["conn"] for event in of(events, "state", state="joined")}


def after_joins(events: List[Event]) -> List[Event]:
    """Return the events after the last person came in and before the first connection was closed."""
    joins = [index for index, event in enumerate(events) if event["event"] == "state" and event["state"] == "joined"]
    begin = next(index for index in range(joins[-1], len(events)) if events[index]["event"] == "wait")
    ends = [index for index, event in enumerate(events) if event["event"] == "close"]
    return events[begin : ends[0] if ends else len(events) - 1]


def pause(seconds: float) -> None:
    """Wait, so that the server sees one thing before the next is sent."""
    time.sleep(seconds)
