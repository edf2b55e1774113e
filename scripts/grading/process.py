"""The process of a server that is graded: started in a group of its own, bounded, and ended with all it started.

What bounds it: processor time, size of its files, size of its data (by the kernel),
and its resident memory (looked at twice a second).  Its output is read to the end,
so that it never blocks, but only the beginning and the end of it are kept.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
from selectors import EVENT_READ
from typing import Dict, List, NamedTuple, Optional, Sequence

from grading import procfs
from grading.script import Steps, watch
from minichat.net.reactor import Reactor
from minichat.net.timers import Timer

if os.name == "posix":
    import resource

READ_BYTES = 65536
KEPT_BYTES = 16384  # of the beginning of the output, and as much of its end
# The signals that end a grader; Windows has less.
STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)
)
LAST_BYTES, MOST_ERRORS = 300, 4  # of it are shown
LOOK_SECONDS = 0.5  # between two looks at the memory
THOROUGH = 10  # so many looks for an address are followed by one through all processes of the system
END_SECONDS = 5.0  # a process that was killed is gone by then
MOST_KILLS = 20
_ERROR = re.compile(rb"^(?!\s).*?(Error|Exception|error:|panicked)")  # not the lines of a source, which are indented
MARK = "MINICHAT_GRADED"  # the variable by which the processes of a server are found


class Bounds(NamedTuple):
    """What a server that is graded may use."""

    memory_bytes: int = 1 << 30  # resident
    data_bytes: int = 4 << 30  # of address space for data
    cpu_seconds: int = 120
    file_bytes: int = 256 << 20  # of each file: some log all that is said, and the cases say much


class Process:
    """One running server."""

    def __init__(
        self, reactor: Reactor, command: Sequence[str], folder: str, bounds: Bounds, variables: Dict[str, str]
    ) -> None:
        """Start ``command`` in ``folder``; no shell reads it.  Raises OSError."""
        self._reactor, self._bounds = reactor, bounds
        self._mark = f"{MARK}={secrets.token_hex(16)}"
        self.trouble = ""  # the key of a text, when a bound ended it
        self.head, self.tail = b"", b""
        self._place = os.fsencode(os.path.join(os.path.abspath(folder), ""))
        self._asked = 0  # where it listens
        name, _, value = self._mark.partition("=")
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        self._popen = subprocess.Popen(
            list(command), cwd=folder, bufsize=0, start_new_session=True, preexec_fn=self._bound,  # noqa: PLW1509
            env={**environment, **variables, name: value},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert self._popen.stdin is not None and self._popen.stdout is not None
        for stream in (self._popen.stdin, self._popen.stdout):
            os.set_blocking(stream.fileno(), False)
        self._is_reading = True
        reactor.register(self._popen.stdout, EVENT_READ, self._read)
        self._timer: Optional[Timer] = reactor.call_later(LOOK_SECONDS, self._look)

    # -- what it is -------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """True while the program that was started, or something it has started, lives."""
        return self._popen.poll() is None or bool(self.pids())

    @property
    def how_it_ended(self) -> str:
        """The signal that ended it, or its exit status."""
        status = self._popen.poll()
        if status is None or status >= 0:
            return f"exit {status}"
        return next((known.name for known in signal.Signals if known.value == -status), f"signal {-status}")

    def pids(self) -> List[int]:
        """Return the ids of the program and of its children; when the program is gone, of all that it has left."""
        if self._popen.poll() is None:
            return [self._popen.pid, *procfs.descendants(self._popen.pid)]
        return procfs.marked(self._mark)

    @property
    def sleeps(self) -> bool:
        """True if everything that was started waits for something to happen."""
        return procfs.all_sleep(self.pids())

    def addresses(self, wanted: int = 0) -> List[procfs.Address]:
        """Return where it listens; with a port, look whether that is one of them."""
        self._asked += 1
        found = procfs.listening(self.pids(), wanted)
        if not found and self._asked % THOROUGH == 0:  # a child may belong to nobody any more, and its parent live
            return procfs.listening(procfs.marked(self._mark), wanted)
        return found

    @property
    def output(self) -> bytes:
        """What it has printed, without the path of its folder: the beginning, and if it was much, the end."""
        said = self.head + (b" [...] " + self.tail if self.tail else b"")
        return said.replace(self._place, b"") if self._place != b"/" else said

    @property
    def last_words(self) -> bytes:
        """The lines of its output that tell errors, each once; without one, its last line."""
        return self.errors or self.output.strip().rpartition(b"\n")[2][-LAST_BYTES:]

    @property
    def errors(self) -> bytes:
        """The lines of its output that tell errors, each once."""
        return errors_in(self.output)

    # -- what is done with it ---------------------------------------------------

    def type(self, text: str) -> None:
        """Write ``text`` to its standard input, which stays open."""
        assert self._popen.stdin is not None
        try:
            os.write(self._popen.stdin.fileno(), os.fsencode(text))
        except OSError:  # it has closed its standard input, or ended, or reads nothing of many thousand bytes
            pass

    def interrupt(self) -> None:
        """Send what Ctrl-C sends, to the whole group, as a terminal does."""
        if self._popen.poll() is None:
            self._signal_group(signal.SIGINT)
        else:  # the program has gone to the background: somebody has to end it by hand
            self._signal_marked(signal.SIGINT)

    def read_rest(self) -> None:
        """Read what it has printed before its end, as far as that is here."""
        for _ in range(KEPT_BYTES // 512):
            if self._is_reading:
                self._read(EVENT_READ)

    def end(self) -> Steps[None]:
        """End everything that was started, and wait until it is gone."""
        self._signal_group(signal.SIGKILL)
        yield from watch(lambda: self._popen.poll() is not None, END_SECONDS)
        self.close()

    def kill(self) -> None:
        """Send SIGKILL to the group and to everything else that bears the mark."""
        self._signal_group(signal.SIGKILL)
        self._signal_marked(signal.SIGKILL)

    def close(self) -> None:
        """Kill what still lives, and forget the process; also in the middle of an interrupt."""
        for _ in range(MOST_KILLS):  # what was forking at that moment is found the next time
            self.kill()
            if not self._left():
                break
        try:
            self._popen.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._stop_reading()
        for stream in (self._popen.stdin, self._popen.stdout):
            assert stream is not None
            stream.close()

    # -- inside -----------------------------------------------------------------

    def _bound(self) -> None:
        """Bound the new process; called in it before the program begins."""
        # A grader in the background ignores Ctrl-C; a server that it starts must not.
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        for which, most in (
            (resource.RLIMIT_CPU, self._bounds.cpu_seconds),
            (resource.RLIMIT_FSIZE, self._bounds.file_bytes),
            (resource.RLIMIT_DATA, self._bounds.data_bytes),
            (resource.RLIMIT_CORE, 0),
        ):
            try:
                resource.setrlimit(which, (most, most))
            except (OSError, ValueError):  # a lower bound holds already
                pass

    def _signal_group(self, number: int) -> None:
        # Until the leader was waited for, nobody else can get its number; afterwards the marks are enough.
        if self._popen.poll() is not None and procfs.HAS_PROC:
            return
        try:
            os.killpg(self._popen.pid, number)
        except OSError:
            pass

    def _signal_marked(self, number: int) -> None:
        for pid in self._left():
            try:
                os.kill(pid, number)
            except OSError:
                pass

    def _left(self) -> List[int]:
        """Return everything that it has started, wherever that is now, but not the program itself."""
        return [pid for pid in procfs.marked(self._mark) if pid != self._popen.pid]

    def _read(self, mask: int) -> None:
        assert self._popen.stdout is not None
        try:
            data = os.read(self._popen.stdout.fileno(), READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._stop_reading()
        room = KEPT_BYTES - len(self.head)
        self.head += data[:room]
        self.tail = (self.tail + data[room:])[-KEPT_BYTES:]

    def _stop_reading(self) -> None:
        if self._is_reading:
            self._is_reading = False
            self._reactor.unregister(self._popen.stdout)

    def _look(self) -> None:
        if procfs.memory_bytes(self.pids()) > self._bounds.memory_bytes:
            self.trouble = "too_much_memory"
            self.kill()
        self._timer = self._reactor.call_later(LOOK_SECONDS, self._look)


def errors_in(output: bytes) -> bytes:
    """Return the lines of what a program has printed that tell errors, each once, the last few."""
    lines = [line.strip() for line in output.splitlines() if _ERROR.search(line)]
    last = list(dict.fromkeys(lines))[-MOST_ERRORS:]
    while len(last) > 1 and len(b"; ".join(last)) > LAST_BYTES:
        del last[0]
    return b"; ".join(last)[:LAST_BYTES]
