"""Where a lab is played: a real server process that writes its trace, and people at sockets.

Everything is on 127.0.0.1, every wait has an end, and whatever was started is
ended with the stage.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any, Callable, Dict, List, Optional, Tuple, Union

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from minichat.trace.check import check  # noqa: E402 (the checkout has to be found first)
from minichat.trace.schema import Event  # noqa: E402
from minichat.trace.view import View  # noqa: E402

Input = Union[int, IO[bytes]]
PATIENCE_SECONDS = 15.0
MOST_LINES = 60  # of a trace are shown; the rest is counted


class NotShown(Exception):
    """The lesson did not show; says what was missing."""


class Person:
    """Somebody at a socket, who sends bytes as they are told and reads when told."""

    def __init__(self, port: int, nick: str, room_bytes: int = 0) -> None:
        """``room_bytes`` is the receive buffer; 0 leaves it to the system."""
        self.socket = socket.socket()
        if room_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room_bytes)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""
        if nick:
            self.send(f"{nick}\n".encode())
            self.read_until(f"OK {nick}\n".encode())

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.socket.sendall(data)

    def read_until(self, end: bytes) -> bytes:
        """Everything up to and including ``end``; NotShown when it does not come."""
        while end not in self.got:
            try:
                data = self.socket.recv(1 << 16)
            except OSError as error:
                raise NotShown(f"{end!r} did not come, only {self.got[-80:]!r} ({error})") from None
            if not data:
                raise NotShown(f"the end came instead of {end!r}")
            self.got += data
        head, _, self.got = self.got.partition(end)
        return head + end

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


class Stage:
    """A server, people, and what they left behind."""

    def __init__(self, language: str, say: Callable[[str], None]) -> None:
        self.language = language
        self._say = say
        self._folder = tempfile.TemporaryDirectory(prefix="minichat-lab-")
        self._processes: List[subprocess.Popen[bytes]] = []
        self.server: subprocess.Popen[bytes]  # that was started last
        self._people: List[Person] = []
        self._traces = 0
        self._trace: Optional[Path] = None
        self.port = 0
        self.output = ""  # of the server that was ended last

    # -- for the plays -------------------------------------------------------

    def text(self, portuguese: str, english: str) -> str:
        """The one of the chosen language."""
        return portuguese if self.language == "pt" else english

    def tell(self, portuguese: str, english: str) -> None:
        """Say what is being done."""
        self._say(f"  → {self.text(portuguese, english)}")

    def serve(self, *options: str, fault: str = "", has_trace: bool = True, port: int = 0) -> None:
        """Start a server, perhaps with a ``fault`` of labs.faults and without a trace."""
        self._traces += 1
        self._trace = Path(self._folder.name, f"{self._traces}.jsonl") if has_trace else None
        program = ["-m", "labs.faults", fault] if fault else ["-m", "minichat.server"]
        trace = ["--trace", str(self._trace), "--trace-bytes", "40"] if has_trace else []
        self._start([*program, "--port", str(port), "--rate", "0", *trace, *options])

    def client(self, nick: str, stdin: Input = subprocess.PIPE) -> Tuple[subprocess.Popen[bytes], Path]:
        """Start a minichat-client, between pipes or with a file to read from, and where it writes its trace."""
        trace = Path(self._folder.name, f"client-{nick}.jsonl")
        command = ["-m", "minichat.client", "--port", str(self.port), "--nick", nick, "--trace", str(trace)]
        return self._run(command, stdin), trace

    def serve_peer(self, name: str) -> None:
        """Start one of scripts/peers instead."""
        self._trace = None
        self._start([str(ROOT / "scripts" / "peers" / f"{name}.py"), "--port", "0"])

    def person(self, nick: str, room_bytes: int = 0) -> Person:
        """Somebody new, in the chat if there is a ``nick``."""
        person = Person(self.port, nick, room_bytes)
        self._people.append(person)
        return person

    def end(self) -> List[Event]:
        """Let everyone go and stop the server; its trace, which has to be consistent."""
        for person in self._people:
            person.close()
        self._people = []
        self.server.send_signal(signal.SIGTERM)
        self.output = self.server.communicate(timeout=PATIENCE_SECONDS)[0].decode("utf-8", "replace")
        return self.checked(self._trace) if self._trace else []

    def checked(self, trace: Path) -> List[Event]:
        """The events of a trace, which has to be consistent."""
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
        """The lesson; NotShown when it does not hold."""
        if not holds:
            raise NotShown(self.text(portuguese, english))

    def close(self) -> None:
        """End whatever was started."""
        for person in self._people:
            person.close()
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        self._folder.cleanup()

    def _run(self, command: List[str], stdin: Input = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MINICHAT_")}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "scripts")])
        process = subprocess.Popen(
            [sys.executable, *command], stdin=stdin, stdout=subprocess.PIPE, env=environment, cwd=self._folder.name,
            start_new_session=True,  # Ctrl-C is for the lab, which ends what it has started
        )  # fmt: skip
        self._processes.append(process)
        return process

    def _start(self, command: List[str]) -> None:
        process = self.server = self._run(command)
        assert process.stdout is not None
        first = process.stdout.readline().decode("utf-8", "replace")
        number = "".join(filter(str.isdigit, first.rstrip(".\n").rpartition(":")[2]))
        if not number:
            raise NotShown(f"the server did not start: {first!r}")
        self.port = int(number)


def of(events: List[Event], name: str, /, **fields: Any) -> List[Event]:
    """The events of that name with those fields."""
    wanted = {"event": name, **fields}.items()
    return [event for event in events if all(event.get(key) == value for key, value in wanted)]


def numbers(events: List[Event]) -> Dict[str, int]:
    """The connection of each nick."""
    return {event["nick"]: event["conn"] for event in of(events, "state", state="joined")}


def after_joins(events: List[Event]) -> List[Event]:
    """What happened after the last one had come in, but not the end."""
    joins = [index for index, event in enumerate(events) if event["event"] == "state" and event["state"] == "joined"]
    begin = next(index for index in range(joins[-1], len(events)) if events[index]["event"] == "wait")
    ends = [index for index, event in enumerate(events) if event["event"] == "close"]
    return events[begin : ends[0] if ends else len(events) - 1]


def pause(seconds: float) -> None:
    """Let the server see one thing before the next is sent."""
    time.sleep(seconds)
