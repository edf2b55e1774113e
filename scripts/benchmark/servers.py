"""The servers that are compared: what they are, how they start and end.

Each is a process of its own on a free port of the loopback, started afresh for
every measurement, so that none inherits what another left in its memory.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple

from benchmark.generators import Failed
from benchmark.wire import resp

ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / "scripts" / "peers"
HOST = "127.0.0.1"
START_SECONDS = 15.0
END_SECONDS = 3.0
LOOK_AGAIN_SECONDS = 0.01
FREE_PORT_TRIES = 5  # somebody may take the port between our look and the start
ALL_CASES = frozenset({"fanout", "direct", "echo", "idle", "join", "churn", "growth"})
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
    return [sys.executable, str(PEERS / file), "--port", "0", *options]


MINICHAT = "minichat"
KINDS: Dict[str, Kind] = {
    MINICHAT: Kind(
        "this server, with all its limits but --rate",
        [sys.executable, "-m", "minichat.server", "--port", "0", "--rate", "0", "--max-per-ip", "0"],
        lambda: True,
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
        self._output = Path(self._folder.name) / "output"
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
        return self._process.pid

    def pin(self, core: int) -> None:
        """Let it run on one core only."""
        os.sched_setaffinity(self.pid, {core})

    def _start(self) -> int:
        options = [] if self.tells_joins else ["--no-joins"]
        self._run([*self.kind.command, *options])
        return self._until(self._port_printed)

    def _start_redis(self) -> int:
        for _ in range(FREE_PORT_TRIES):
            with socket.create_server((HOST, 0)) as free:
                port: int = free.getsockname()[1]
            self._run([*self.kind.command, "--port", str(port)])
            try:
                return self._until(functools.partial(_redis_port, port))
            except Failed as error:
                failure = error
        raise failure

    def _run(self, command: List[str]) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MINICHAT_")}
        environment["PYTHONPATH"] = str(ROOT)
        # Output goes to a file: a pipe that nobody empties would hold the server up.
        with open(self._output, "wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd=self._folder.name, env=environment, start_new_session=True,
            )  # fmt: skip

    def _until(self, look: Callable[[], int]) -> int:
        """The port, once it is known; ends the process if that never happens."""
        deadline = time.monotonic() + START_SECONDS
        try:
            while time.monotonic() < deadline and self._process.poll() is None:
                if port := look():
                    return port
                time.sleep(LOOK_AGAIN_SECONDS)
            raise Failed(f"{self.name} did not start: {self.said()}")
        except BaseException:
            self._end()
            raise

    def said(self) -> str:
        """The last lines that it printed, for error messages."""
        return " / ".join(self._output.read_text("utf-8", "replace").splitlines()[-3:])

    def _port_printed(self) -> int:
        found = re.match(rb".*127\.0\.0\.1:(\d+)\D*\n", self._output.read_bytes())
        return int(found[1]) if found else 0

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_SECONDS)


def _redis_port(port: int) -> int:
    """``port`` if a Redis answers there, else 0."""
    try:
        with socket.create_connection((HOST, port), timeout=1.0) as sock:
            sock.sendall(resp("PING"))
            return port if sock.recv(64).startswith(b"+PONG") else 0
    except OSError:
        return 0
