"""The one way in which the tests and the scripts start a program.

    with ServerProcess("--rate", "0") as server:
        Peer(server.port, "ana")

Every wait has a deadline.  A wait that fails says what had come until then, and
what the running programs have written to their standard error: the cause often
stands there.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from tests.support import PATIENCE_SECONDS, ROOT, DidNotCome

File = Union[int, IO[bytes]]

PYTHON = (sys.executable, "-S")  # -S: without packages from elsewhere, which are not needed
SERVER = ("-m", "minichat.server")
# A shell starts what runs in the background with SIGINT and SIGQUIT ignored, and a child would inherit that:
# then no test of Ctrl-C and Ctrl-\ could pass there.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGQUIT") and signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)

END_SECONDS = 5.0  # that a program that hangs gets to end in good order
LOOK_AGAIN_SECONDS = 0.005  # from one look at a growing file to the next: no system reports that it grew
READ_BYTES = 65536

# The folder where the processes of a run keep compiled modules for each other.
# It halves the time of a start, and leaves the checkout unchanged.
if "PYTHONPYCACHEPREFIX" in os.environ:
    QUICK = {"PYTHONPYCACHEPREFIX": os.environ["PYTHONPYCACHEPREFIX"]}
else:
    _COMPILED = tempfile.TemporaryDirectory(prefix="minichat-compiled-")
    atexit.register(_COMPILED.cleanup)
    QUICK = {"PYTHONPYCACHEPREFIX": _COMPILED.name}
QUICK["PYTHONDONTWRITEBYTECODE"] = ""


def environment(**extra: str) -> Dict[str, str]:
    """Return the environment for a process: this checkout, no MINICHAT_ variables, and ``extra``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINICHAT_")}
    return {**kept, "PYTHONPATH": str(ROOT), **QUICK, **extra}


class Output:
    """Reads a descriptor as text; ``\\r\\n`` of a terminal becomes ``\\n``."""

    encoding = "utf-8"

    def __init__(self, fd: int) -> None:
        """``fd`` is -1 if there is nothing to read."""
        self.fd = fd
        self.has_ended = fd < 0
        self.seen = ""  # everything that was returned so far, for the messages of failures
        self._data = b""

    def line(self) -> str:
        """Return the next line without its newline; raise DidNotCome if none comes."""
        return self.until("\n")[:-1]

    def expect(self, *lines: str) -> None:
        """Assert that the next lines are these."""
        for wanted in lines:
            got = self.line()
            assert got == wanted, f"expected {wanted!r}, got {got!r}; all: {self.seen!r}{complaints()}"

    def until(self, text: str) -> str:
        """Return everything up to and including ``text``; raise DidNotCome if it does not come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        wanted = text.encode(self.encoding)
        while wanted not in self._data:
            if not self.read(deadline):
                raise DidNotCome(f"{text!r} did not come; so far {self.seen!r}, rest {self._data!r}{complaints()}")
        return self._take(self._data.index(wanted) + len(wanted))

    def rest(self, seconds: float = PATIENCE_SECONDS) -> str:
        """Return everything up to the end; raise DidNotCome if it does not come in ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.read(deadline):
            pass
        if not self.has_ended:
            raise DidNotCome(f"it does not end; so far {self.seen!r}, rest {self._data!r}{complaints()}")
        return self._take(len(self._data))

    def so_far(self) -> str:
        """Return everything that has come so far; what was not returned before can still be read."""
        while self.read(time.monotonic()):
            pass
        return self.seen + self._data.decode(self.encoding, "replace")

    def read(self, deadline: float) -> bool:
        """Read once, and wait until ``deadline`` at most; return False at the end or after the deadline."""
        return bool(read_any([self], deadline))

    def take_in(self) -> bool:
        """Read what a ready descriptor has; return False at the end."""
        try:
            data = os.read(self.fd, READ_BYTES)
        except OSError:  # EIO: a terminal whose other side is closed
            data = b""
        self.has_ended = not data
        self._data = (self._data + data).replace(b"\r\n", b"\n")
        return bool(data)

    def _take(self, size: int) -> str:
        text = self._data[:size].decode(self.encoding)
        self._data = self._data[size:]
        self.seen += text
        return text


class FileOutput(Output):
    """Reads the file to which a program writes; it works on every system and never blocks the program."""

    def __init__(self, file: Path, process: subprocess.Popen[bytes]) -> None:
        super().__init__(os.open(file, os.O_RDONLY))
        self._process = process

    def read(self, deadline: float) -> bool:
        while not self.has_ended:
            # Both are asked before the file is read: the last lines of the program must count.
            has_ended, is_late = self._process.poll() is not None, time.monotonic() >= deadline
            if self.take_in():
                return True
            self.has_ended = has_ended
            if is_late:
                break
            time.sleep(LOOK_AGAIN_SECONDS)
        return False

    def close(self) -> None:
        """Close the file."""
        os.close(self.fd)


def read_any(outputs: Sequence[Output], deadline: float) -> int:
    """Read once from the descriptors that are ready, and wait until ``deadline`` at most; return how many had data."""
    with selectors.DefaultSelector() as selector:
        for output in outputs:
            if not output.has_ended:
                selector.register(output.fd, selectors.EVENT_READ, output)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                break
            outputs_ready: List[Output] = [key.data for key, _ in ready]
            if count := sum(output.take_in() for output in outputs_ready):
                return count
            for key, _ in ready:  # these have ended, the others may still have data
                selector.unregister(key.fd)
    return 0


class Program:
    """Runs ``python3 -S <arguments>`` in this checkout; if needed, kills it at the end of its ``with``."""

    def __init__(
        self,
        *arguments: str,
        interpreter: Sequence[str] = PYTHON,
        stdin: File = subprocess.PIPE,
        stdout: File = subprocess.PIPE,
        stderr: File = subprocess.PIPE,
        redirect: str = "",
        folder: Union[str, Path, None] = None,
        variables: Optional[Dict[str, str]] = None,
        options: Optional[Dict[str, Any]] = None,
    ) -> None:
        """Start the program.

        ``interpreter`` is () if the arguments are a whole command.  With ``folder``,
        output and errors go to files there instead of pipes.  ``redirect`` is for a
        shell, such as ``>&-``; ``options`` are those of Popen.
        """
        self.command = [*interpreter, *arguments]
        files: List[Path] = []
        with contextlib.ExitStack() as open_files:
            if folder is not None:
                number = sum(1 for _ in Path(folder).glob("*.out"))
                files = [Path(folder, f"program-{number}.{kind}") for kind in ("out", "err")]
                stdout, stderr = (open_files.enter_context(open(file, "wb")) for file in files)
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                through_shell(self.command, redirect) if redirect else self.command,
                bufsize=0, stdin=stdin, stdout=stdout, stderr=stderr,
                **{"cwd": ROOT, "env": environment(**(variables or {})), **(options or {})},
            )  # fmt: skip
        self.output: Output
        self.errors: Output
        if files:
            self.output, self.errors = (FileOutput(file, self.process) for file in files)
        else:
            self.output, self.errors = (Output(number_of(file)) for file in (self.process.stdout, self.process.stderr))
        _running.append(self)

    def type(self, text: Union[str, bytes]) -> None:
        """Write ``text`` to the standard input of the program."""
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() if isinstance(text, str) else text)

    def end_input(self) -> None:
        """Close the standard input of the program."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def finish(self, seconds: float = PATIENCE_SECONDS) -> Tuple[int, str, str]:
        """Wait for the end of the program; return its exit status, the rest of its output and of its errors."""
        outputs = (self.output, self.errors)
        deadline = time.monotonic() + seconds
        while not any(isinstance(output, FileOutput) for output in outputs) and read_any(outputs, deadline):
            pass  # from both, for a full pipe would block the program
        try:
            output, errors = (output.rest(max(0.0, deadline - time.monotonic())) for output in outputs)
        except DidNotCome:
            self._end_in_order()
            raise
        return self.wait(), output, errors

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for the end of the program; return its exit status."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._end_in_order()
            raise DidNotCome(f"it does not end; so far {self.output.seen!r}{complaints()}") from None

    def kill(self, number: int) -> None:
        """Send the signal ``number`` to the program."""
        self.process.send_signal(number)

    def stop(self) -> Tuple[int, str, str]:
        """End the program with SIGTERM; return what ``finish`` returns."""
        self.process.terminate()
        return self.finish()

    def _end_in_order(self) -> None:
        """Let a program that hangs end itself and what it has started; otherwise __exit__ kills it."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END_SECONDS)

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *exc: object) -> None:
        if self in _running:
            _running.remove(self)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        for output in (self.output, self.errors):
            if isinstance(output, FileOutput):
                output.close()


class ServerProcess(Program):
    """Runs a real server on a free port of loopback, which has printed where it listens."""

    def __init__(
        self,
        *arguments: str,
        how: Iterable[str] = SERVER,
        interpreter: Sequence[str] = PYTHON,
        folder: Union[str, Path, None] = None,
        variables: Optional[Dict[str, str]] = None,
        options: Optional[Dict[str, Any]] = None,
    ) -> None:
        """``how`` is the command of the server; another server of the protocol must take ``--port 0``, too."""
        super().__init__(
            *how, "--port", "0", *arguments,
            interpreter=interpreter, stdin=subprocess.DEVNULL, folder=folder, variables=variables, options=options,
        )  # fmt: skip
        try:
            self.first_line = self.output.line()
            self.port = port_of(self.first_line)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> ServerProcess:
        return self

    def status_line(self) -> str:
        """Return the next line on the standard output of the server."""
        return self.output.line()

    # What the kernel knows about the server; 0 if the system does not tell.

    def cpu_seconds(self) -> float:
        """Return the processor time used so far, in seconds."""
        stat = self._proc("stat")
        if not stat:
            return 0.0
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int:
        """Return the resident memory, in bytes."""
        found = re.search(r"^VmRSS:\s+(\d+) kB", self._proc("status"), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0

    def open_files(self) -> int:
        """Return how many descriptors are open."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        return len(list(folder.iterdir())) if folder.exists() else 0

    def _proc(self, name: str) -> str:
        try:
            return Path(f"/proc/{self.process.pid}/{name}").read_text()
        except OSError:
            return ""


_running: List[Program] = []  # also those that have ended, but are still in their ``with``


def complaints() -> str:
    """Return what the programs have written to their standard error, for the message of a wait that failed."""
    said = [(program, program.errors.so_far()) for program in _running]
    return "".join(
        f"\nstandard error of {' '.join(program.command)[:200]!r}"
        f" (status {program.process.poll()}):\n{errors}"
        for program, errors in said
        if errors
    )


def run_program(*arguments: str, seconds: float = PATIENCE_SECONDS, **how: Any) -> Tuple[int, str, str]:
    """Run a Program without input to its end; return its exit status, its output and its errors."""
    with Program(*arguments, **{"stdin": subprocess.DEVNULL, **how}) as program:
        return program.finish(seconds)


def through_shell(command: Sequence[str], redirect: str) -> List[str]:
    """Return ``command`` with the redirections of a shell."""
    # With exec, the process is the program and not the shell.
    return ["sh", "-c", f'exec "$@" {redirect}', "sh", *command]


def number_of(stream: Optional[IO[bytes]]) -> int:
    """Return the descriptor of a pipe, or -1 if there is none."""
    return -1 if stream is None else stream.fileno()


def port_of(first_line: str) -> int:
    """Return the port in the first line of a server."""
    number = first_line.rstrip(".").rpartition(":")[2]
    assert number.isdigit(), f"no port in {first_line!r}{complaints()}"
    return int(number)
