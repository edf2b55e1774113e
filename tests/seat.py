"""The seat of a person at a pseudo-terminal, who types and sees what is on the screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from typing import Any, Callable, List, Union

from tests.program import complaints
from tests.screen import Screen
from tests.support import PATIENCE_SECONDS, DidNotCome

PROMPT = ">"  # of the row to type in, without its space

# What a shell does for a job: it puts the job into the foreground and sees it stop.
# When the person types a line, it brings the job back; "bg" continues the job in the
# background, and "kill" ends it there.  Ctrl-Z stops a job only under such a parent.
# With & as the first argument, the job stays in the background.
JOB_CONTROL = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
in_background = sys.argv[1] == "&"
def begin():
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
job = subprocess.Popen(sys.argv[1 + in_background:], preexec_fn=begin)
while True:
    if not in_background:
        os.tcsetpgrp(0, job.pid)
        os.killpg(job.pid, signal.SIGCONT)
    in_background = False
    _, status = os.waitpid(job.pid, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        sys.exit(os.WEXITSTATUS(status))
    print("[stopped]", flush=True)
    signals = {"bg": [signal.SIGCONT], "kill": [signal.SIGTERM, signal.SIGCONT]}.get(sys.stdin.readline().strip(), [])
    in_background = bool(signals)
    for number in signals:
        os.killpg(job.pid, number)
"""


def own_terminal() -> None:
    """Make standard input the controlling terminal, whose Ctrl-C is for this process; to be called in a child."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Seat:
    """A terminal with a screen; a program gets it when it is started with the options ``popen``."""

    def __init__(self, columns: int = 80, height: int = 24) -> None:
        self.ours, self.its = pty.openpty()
        self._name = os.ttyname(self.its)
        self.screen = Screen(columns, height)
        self._tell_size(columns)
        self.raw = b""  # everything that came
        self.before = self.settings()

    @property
    def popen(self) -> Any:
        """The options for the process: its standard files and its session."""
        files = {"stdin": self.its, "stdout": self.its, "stderr": self.its}
        return {**files, "options": {"start_new_session": True, "preexec_fn": own_terminal}}

    def sat_down(self) -> None:
        """Close our copy of the program's end: from now on the terminal ends with the program."""
        os.close(self.its)
        self.its = -1

    def settings(self) -> List[Any]:
        """Return the settings of the terminal, whether it echoes for instance."""
        return termios.tcgetattr(self.ours)

    def type(self, text: Union[str, bytes]) -> None:
        """Press keys."""
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.ours, data) :]

    def paste(self, text: str) -> None:
        """Paste as a terminal does, once the program has asked it to mark pastes."""
        self.until(lambda: self.screen.modes["?2004"], "bracketed paste")
        self.type(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def sync(self) -> None:
        """Take in all that this process has written so far; a bell marks its end."""
        bells = self.screen.bells
        os.write(self.its, b"\a")
        self.until(lambda: self.screen.bells > bells, "a bell")

    def fill(self) -> None:
        """Fill the terminal, so that it has no room for one more byte, as after Ctrl-S."""
        another = os.open(self._name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(another, b"x")
        os.close(another)

    def resize(self, columns: int) -> None:
        """Give the window another width."""
        self.look()
        self.screen.resize(columns)
        self._tell_size(columns)

    def see(self, *lines: str) -> None:
        """Wait until these are the last lines on the screen, without the row to type in."""

        def is_seen() -> bool:
            seen = self.lines
            return seen[len(seen) - len(lines) :] == list(lines)

        self.until(is_seen, "\n".join(lines))

    def find(self, line: str) -> None:
        """Wait until this line is somewhere on the screen."""
        self.until(lambda: line in self.lines, line)

    def find_times(self, text: str, times: int) -> None:
        """Wait until this text is on the screen ``times`` times, alone on its line or not."""
        self.until(lambda: "\n".join(self.screen.lines).count(text) >= times, f"{times} times {text}")

    def match(self, pattern: str) -> None:
        """Wait until a line matches the pattern as a whole."""
        self.until(lambda: any(re.fullmatch(pattern, line) for line in self.lines), pattern)

    def see_row(self, row: str) -> None:
        """Wait until the row to type in is ``row``, with | for the cursor."""
        self.until(lambda: self.row == row, row)

    @property
    def row(self) -> str:
        """The row in which the cursor stands, with | for the cursor."""
        before = self.screen.before_cursor
        return before + "|" + "".join(self.screen.rows[self.screen.row].cells)[len(before) :].rstrip(" ")

    @property
    def lines(self) -> List[str]:
        """All lines on the screen, without the row to type in."""
        lines = self.screen.lines
        return lines[:-1] if lines and lines[-1].startswith(PROMPT) else lines

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until ``is_so()`` is true; raise DidNotCome with ``what`` and the screen if it never is."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            has_more = self.look(deadline)
            if not has_more and not is_so():
                screen = "\n".join(self.screen.lines)
                seen = f"waited for\n{what}\nbut the screen has\n{screen}\n(cursor: {self.row!r})"
                raise DidNotCome(seen + complaints())

    def look(self, deadline: float = 0.0) -> bool:
        """Take in what the program has written; return False if nothing came before ``deadline``."""
        wait = max(deadline - time.monotonic(), 0.0)
        if not select.select([self.ours], [], [], wait)[0]:
            return False
        try:
            data = os.read(self.ours, 65536)
        except OSError:  # EIO: no process has the terminal any more
            return False
        self.raw += data
        self.screen.feed(data)
        self.type(self.screen.answers)
        self.screen.answers = b""
        return bool(data)

    def close(self) -> None:
        """Close the terminal."""
        for fd in (self.ours, self.its):
            if fd >= 0:
                os.close(fd)

    def _tell_size(self, columns: int) -> None:
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", self.screen.height, columns, 0, 0))


if sys.platform == "win32":
    raise ImportError("no pseudo-terminals on this system")
