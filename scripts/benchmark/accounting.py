"""What the operating system says about a process: time, memory, wake-ups.

Never what the process says about itself.  Every function raises LookupError
where nothing can be learned, for instance of a process that has ended.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import time
from typing import Dict, Optional

PS_SECONDS = 5.0  # patience with ps
KIB = 1024


def _cpu_by_clock(pid: int) -> float:
    """Linux keeps a clock for each process, in nanoseconds: clock_getcpuclockid(3).

    The number of that clock is made from the pid; Python has no function for it.
    """
    return time.clock_gettime((~pid << 3) | 2)


def _cpu_by_proc(pid: int) -> float:
    """Fields 14 and 15 of /proc/PID/stat, in ticks of mostly 10 ms: proc(5)."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()  # the name before it may hold anything
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_by_ps(pid: int) -> float:
    """``[[days-]hours:]minutes:seconds``; whole seconds on some systems, hundredths on others."""
    days, _, clock = _ps(pid, "cputime").rpartition("-")
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part.replace(",", "."))
    return seconds + int(days or 0) * 86400


def _ps(pid: int, column: str) -> str:
    command = ["ps", "-o", f"{column}=", "-p", str(pid)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PS_SECONDS, check=False)
    if not done.stdout.strip():
        raise LookupError(f"ps knows nothing of process {pid}")
    return done.stdout.strip()


WAYS = {
    "the process clock of the kernel (ns)": _cpu_by_clock,
    "/proc/PID/stat (10 ms)": _cpu_by_proc,
    "ps -o cputime": _cpu_by_ps,
}


def _best_way() -> str:
    """The first that works here, tried on this process itself."""
    for name, way in WAYS.items():
        if name.startswith("the process clock") and sys.platform != "linux":
            continue  # elsewhere the number means another clock
        try:
            if abs(way(os.getpid()) - time.process_time()) < 1.5:
                return name
        except (OSError, LookupError, ValueError, subprocess.SubprocessError):
            pass
    raise LookupError("this system tells no CPU time of other processes")


CPU_SOURCE = _best_way()


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process since it began, user and system."""
    try:
        return WAYS[CPU_SOURCE](pid)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise LookupError(f"no CPU time of process {pid}: {error}") from error


def memory_bytes(pid: int) -> int:
    """Resident memory of a process."""
    resident = _status(pid).get("VmRSS")
    return int(resident.split()[0] if resident else _ps(pid, "rss")) * KIB


def wakeups(pid: int) -> Optional[int]:
    """How often the main thread has gone to sleep since it began; None where nobody counts."""
    count = _status(pid).get("voluntary_ctxt_switches")
    return int(count) if count else None


def _status(pid: int) -> Dict[str, str]:
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return dict(re.findall(r"^(\w+):\s*(.*)$", file.read(), re.MULTILINE))
    except OSError:
        return {}


def machine() -> Dict[str, str]:
    """What the figures depend on."""
    return {
        "cores": str(cores()),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()) + " when it began",
        "cpu time": CPU_SOURCE,
    }


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
