"""The server of a chaos run: its process, and what the system knows about it."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import List

from chaotic.texts import Violation
from chaotic.wires import ROOT, environment

START_SECONDS = 15.0  # at most, for the first line


class Server:
    """The server's process, and what the system knows about it."""

    def __init__(self, command: List[str], folder: Path) -> None:
        self._out, self._err = folder / "server.out", folder / "server.err"
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=ROOT, env=environment()
            )
        self._proc = Path("/proc") / str(self.process.pid)
        self.has_proc = (self._proc / "fd").is_dir()

    def port(self) -> int:
        """The port in its first line; Violation when there is none."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.match(r"\[STATUS\] .*:(\d+)\.*\n", self._out.read_text("utf-8", "replace"))
            if found:
                return int(found.group(1))
            time.sleep(0.01)
        raise Violation(f"the server did not start: {self.errors()}")

    def errors(self) -> str:
        """What it wrote to its standard error."""
        return self._err.read_text("utf-8", "replace")

    def memory_bytes(self) -> int:
        """Resident memory."""
        found = re.search(r"^VmRSS:\s+(\d+) kB", (self._proc / "status").read_text(), re.MULTILINE)
        return int(found.group(1)) * 1024 if found else 0

    def files(self) -> int:
        """Open descriptors."""
        return len(os.listdir(self._proc / "fd"))

    def cpu_seconds(self) -> float:
        """Processor time until now."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """By force, if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
