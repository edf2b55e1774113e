"""The servers that are compared: what they are, how they start and end.

Each is a process of its own on a free port of the loopback, started afresh for
every measurement, so that none inherits what another left in its memory.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple

from benchmark.generators import Failed
from benchmark.wire import resp
from tests.program import SERVER, Program, ServerProcess
from tests.support import DidNotCome, wait_until

PYTHON = (sys.executable,)  # with what is installed here: uvloop may be
PEERS = Path(__file__).resolve().parent.parent / "peers"
HOST = "127.0.0.1"
START_SECONDS = 15.0
END_SECONDS = 3.0
FREE_PORT_TRIES = 5  # somebody may take the port between our look and the start
ALL_CASES = frozenset({"fanout", "direct", "echo", "idle", "join", "churn", "growth"})
OWN_CASES = ALL_CASES | {"userspace", "start"}  # of the last two, no other server can be asked
REDIS_CASES = frozenset({"fanout", "echo", "idle", "growth"})  # nobody has a name there


class Kind(NamedTuple):
    """A server that can be compared."""

    about: str
    command: List[str]
    is_installed: Callable[[], bool]
    cases: frozenset[str] = ALL_CASES
    wire: str = "chat"
    most_people: int = 10_000


def _python(file: str, *options: str) -> List[str]:
    return [str(PEERS / file), *options]


MINICHAT = "minichat"
KINDS: Dict[str, Kind] = {
    MINICHAT: Kind(
        "this server, with all its limits but --rate",
        [*SERVER, "--rate", "0", "--max-per-ip", "0"],
        lambda: True,
        OWN_CASES,
    ),
    # Ten thousand threads are more than many systems let one user have.
    "threads": Kind("a thread per client", _python("threads.py"), lambda: True, most_people=1000),
    "asyncio": Kind("asyncio Protocol", _python("asyncio_protocol.py"), lambda: True),
    "streams": Kind("asyncio streams", _python("asyncio_streams.py"), lambda: True),
    "uvloop": Kind(
        "asyncio Protocol on uvloop",
        _python("asyncio_protocol.py", "--uvloop"),
        lambda: importlib.util.find_spec("uvloop") is not None,
    ),
    "redis": Kind(
        "Redis publish/subscribe",
        ["redis-server", "--bind", HOST, "--save", "", "--appendonly", "no", "--maxclients", "20000"],
        lambda: shutil.which("redis-server") is not None,
        REDIS_CASES,
        "redis",
    ),
}


class Server:
    """A running server; a context manager that ends it."""

    def __init__(self, name: str, tells_joins: bool) -> None:
        """Start ``name`` and wait for its port; Failed when it does not start.

        ``tells_joins`` is for the peers, which can leave out the JOIN lines
        where coming in is not what is measured; minichat always tells.
        """
        self.name, self.kind = name, KINDS[name]
        self.tells_joins = (tells_joins or name == MINICHAT) and name != "redis"
        self._folder = tempfile.TemporaryDirectory(prefix="minichat-bench-")
        try:
            self.port = self._start_redis() if name == "redis" else self._start()
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        self._end()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._program.process.pid

    def pin(self, core: int) -> None:
        """Let it run on one core only."""
        os.sched_setaffinity(self.pid, {core})

    def said(self) -> str:
        """The last lines that it printed, for error messages."""
        lines = [*self._program.output.so_far().splitlines(), *self._program.errors.so_far().splitlines()]
        return " / ".join(lines[-3:])

    def _start(self) -> int:
        options = [] if self.tells_joins else ["--no-joins"]
        try:
            server = ServerProcess(*options, how=self.kind.command, interpreter=PYTHON, **self._apart())
        except DidNotCome as error:
            raise Failed(f"{self.name} did not start: {error}") from None
        self._program: Program = server
        return server.port

    def _start_redis(self) -> int:
        for _ in range(FREE_PORT_TRIES):
            with socket.create_server((HOST, 0)) as free:
                port: int = free.getsockname()[1]
            command = [*self.kind.command, "--port", str(port)]
            self._program = Program(*command, interpreter=(), stdin=subprocess.DEVNULL, **self._apart())
            try:
                wait_until(lambda port=port: self._has_ended() or _answers(port), "redis", START_SECONDS)
            except DidNotCome:
                pass
            if not self._has_ended():
                return port
            failure = Failed(f"{self.name} did not start: {self.said()}")
            self._end()
        raise failure

    def _apart(self) -> Dict[str, Any]:
        """Output to a file, for a pipe that nobody empties would hold it up; Ctrl-C is for the bench."""
        return {"folder": self._folder.name, "options": {"cwd": self._folder.name, "start_new_session": True}}

    def _has_ended(self) -> bool:
        return self._program.process.poll() is not None

    def _end(self) -> None:
        self._program.process.terminate()
        try:
            self._program.wait(END_SECONDS)
        except DidNotCome:
            pass  # what follows is by force
        self._program.__exit__()


def _answers(port: int) -> bool:
    """Whether a Redis answers there."""
    try:
        with socket.create_connection((HOST, port), timeout=1.0) as sock:
            sock.sendall(resp("PING"))
            return sock.recv(64).startswith(b"+PONG")
    except OSError:
        return False
