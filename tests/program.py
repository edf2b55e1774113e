"""Real processes with a deadline on every wait, for the tests of the programs.

A pipe, a file, a terminal: what a process prints is read from a descriptor,
and a wait that fails says what had come until then.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import selectors
import subprocess
import sys
import tempfile
import time
from typing import IO, Any, Dict, Optional, Tuple, Union

from tests.support import PATIENCE_SECONDS, ROOT

File = Union[int, IO[bytes]]

# Where the many processes of these tests keep what one of them has compiled:
# it halves the time that a start takes, and leaves the checkout as it was.
_COMPILED = tempfile.TemporaryDirectory(prefix="minichat-tests-")
atexit.register(_COMPILED.cleanup)
QUICK: Dict[str, str] = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _COMPILED.name}


def environment(**extra: str) -> dict[str, str]:
    """The environment for a process of ours: this checkout, no MINICHAT_ variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINICHAT_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **extra}


class Output:
    """What comes out of a descriptor, as text, with ``\\r\\n`` of a terminal as ``\\n``."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._data = b""
        self._ended = False
        self.seen = ""  # everything until now, for messages

    def line(self) -> str:
        """The next line without its newline; AssertionError when none comes."""
        return self.until("\n")[:-1]

    def expect(self, *lines: str) -> None:
        """Assert that the next lines are these."""
        for wanted in lines:
            got = self.line()
            assert got == wanted, f"expected {wanted!r}, got {got!r}; all: {self.seen!r}"

    def until(self, text: str) -> str:
        """Everything up to and including ``text``; AssertionError when it does not come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        wanted = text.encode()
        while wanted not in self._data:
            assert self._read(deadline), f"{text!r} did not come; so far {self.seen!r}, rest {self._data!r}"
        end = self._data.index(wanted) + len(wanted)
        return self._take(end)

    def rest(self) -> str:
        """Everything up to the end; AssertionError when there is none in time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._read(deadline):
            pass
        assert self._ended, f"it does not end; so far {self.seen!r}, rest {self._data!r}"
        return self._take(len(self._data))

    def _read(self, deadline: float) -> bool:
        """Read once, waiting until ``deadline`` at most; False at the end or then."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._fd, selectors.EVENT_READ)
            if self._ended or not selector.select(max(0.0, deadline - time.monotonic())):
                return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # EIO: a terminal whose other side is closed
            data = b""
        self._ended = not data
        self._data = (self._data + data).replace(b"\r\n", b"\n")
        return bool(data)

    def _take(self, size: int) -> str:
        text = self._data[:size].decode()
        self._data = self._data[size:]
        self.seen += text
        return text


class Program:
    """``python3 -S <arguments>`` in this checkout; killed, if need be, at the end of its ``with``."""

    def __init__(
        self,
        *arguments: str,
        stdin: File = subprocess.PIPE,
        stdout: File = subprocess.PIPE,
        stderr: File = subprocess.PIPE,
        redirect: str = "",
        options: Optional[Dict[str, Any]] = None,
        variables: Optional[Dict[str, str]] = None,
    ) -> None:
        """``redirect`` is for a shell, as ``>&-``; ``options`` are Popen's."""
        command = [sys.executable, "-S", *arguments]  # -S: no package from elsewhere is needed
        if redirect:  # exec: the process is the program, not the shell
            command = ["sh", "-c", f'exec "$@" {redirect}', "sh", *command]
        self.process = subprocess.Popen(
            command,
            bufsize=0,
            cwd=ROOT,
            env=environment(**{**QUICK, **(variables or {})}),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            **(options or {}),
        )
        self.output = Output(_number(self.process.stdout))
        self.errors = Output(_number(self.process.stderr))

    def type(self, text: Union[str, bytes]) -> None:
        """Write ``text`` to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() if isinstance(text, str) else text)

    def end_input(self) -> None:
        """Close its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def finish(self) -> Tuple[int, str, str]:
        """Wait for its end; returns exit status, the rest of its output, the rest of its errors."""
        output = self.output.rest() if self.process.stdout else ""
        errors = self.errors.rest() if self.process.stderr else ""
        return self.wait(), output, errors

    def wait(self) -> int:
        """Wait for its end; returns the exit status."""
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            said = f"{self.output.seen!r} {self.errors.seen!r}"
            raise AssertionError(f"it does not end; so far {said}") from None

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _number(stream: Optional[IO[bytes]]) -> int:
    return -1 if stream is None else stream.fileno()


def port_of(first_line: str) -> int:
    """The port in a server's first line."""
    number = first_line.rstrip(".").rpartition(":")[2]
    assert number.isdigit(), f"no port in {first_line!r}"
    return int(number)


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
