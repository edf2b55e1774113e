"""What several tests need: members without a network, processes, patience.

Nothing here sleeps for a fixed time: a wait ends when what is waited for is
there, and a wait that fails says what had come until then.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import List, Optional

ROOT = Path(__file__).resolve().parent.parent

# No test depends on speed: this is only when a wait gives up.
PATIENCE_SECONDS = 20.0


def environment(**extra: str) -> dict[str, str]:
    """The environment for a process of ours: this checkout, no MINICHAT_ variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINICHAT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **extra}


class Peer:
    """A raw socket to a server under test, read line by line."""

    def __init__(self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1") -> None:
        """Connects; with a ``nick`` it also joins and reads the ``OK``."""
        self.socket = socket.create_connection((host, port), timeout=PATIENCE_SECONDS)
        self._received = b""
        if nick is not None:
            self.send(f"{nick}\n")
            self.expect(f"OK {nick}")

    def send(self, text: str | bytes) -> None:
        """Send all of ``text``."""
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def line(self) -> str:
        """The next line without its newline; AssertionError when none comes."""
        while b"\n" not in self._received:
            try:
                data = self.socket.recv(65536)
            except socket.timeout:
                raise AssertionError(f"no line came; so far {self._received!r}") from None
            if not data:
                raise AssertionError(f"the end came instead of a line; so far {self._received!r}")
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        return line.decode()

    def expect(self, *lines: str) -> None:
        """Assert that the next lines are these."""
        for line in lines:
            got = self.line()
            assert got == line, f"expected {line!r}, got {got!r}"

    def rest(self) -> str:
        """Everything up to a clean end of file."""
        chunks = [self._received]
        self._received = b""
        while data := self.socket.recv(65536):
            chunks.append(data)
        return b"".join(chunks).decode()

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class ServerProcess:
    """A real ``minichat-server`` on a free port of loopback; end it with ``stop``."""

    def __init__(self, *options: str, **extra: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "minichat.server", "--port", "0", *options],
            cwd=ROOT,
            env=environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline().decode().rstrip("\n")
        try:
            self.port = int(self.first_line.rstrip(".").rpartition(":")[2])
        except ValueError:
            _, errors = self.process.communicate()
            raise AssertionError(f"the server did not start: {self.first_line!r} {errors!r}") from None

    def status_line(self) -> str:
        """The next line on its standard output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().rstrip("\n")

    def stop(self) -> tuple[int, str, str]:
        """End it with SIGTERM; returns exit status, the rest of its output, its errors."""
        self.process.terminate()
        try:
            output, errors = self.process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, errors = self.process.communicate()
            raise AssertionError(f"SIGTERM did not end it: {output!r} {errors!r}") from None
        return self.process.returncode, output.decode(), errors.decode()

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            self.stop()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def wait_until(condition: object, what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``condition()`` is true; AssertionError naming ``what`` otherwise."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still waiting for {what}"
        time.sleep(0.01)


def lines_of(writes: List[bytes]) -> List[str]:
    """The lines in what was written, without their newlines."""
    return b"".join(writes).decode().split("\n")[:-1]
