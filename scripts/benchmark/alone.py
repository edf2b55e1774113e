"""What is measured of minichat alone, without a load: the price of a broadcast and of a start.

Other processes do the work here, too.  Nothing of what they do can be compared
with another server.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Dict, Sequence

from benchmark.generators import Failed
from tests.program import environment
from tests.support import ROOT

USERSPACE = Path(__file__).resolve().parent / "userspace.py"
MORE_SECONDS = 30.0  # than it should take: then it hangs
BARE = ("-c", "pass")
PROGRAMS = ("server", "client")


def userspace(recipients: int, seconds: float) -> Dict[str, float]:
    """A broadcast without its sends, and one send beside it; see benchmark.userspace."""
    command = [sys.executable, str(USERSPACE), str(recipients), str(seconds)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=2 * seconds + MORE_SECONDS, check=True)
    except subprocess.SubprocessError as error:
        raise Failed(str(error)) from None
    answer: Dict[str, float] = json.loads(done.stdout)
    return {**answer, "sends": answer["user_ns"] / answer["send_ns"]}


def start(times: int, seconds: float) -> Dict[str, float]:
    """Start both programs with ``--version``, and Python with nothing to do; ``times``, whatever ``seconds`` says.

    All are started once before, so that Python has compiled what it will load,
    as after the first start of an installed program.
    """
    commands = {"bare": BARE, **{name: ("-m", f"minichat.{name}", "--version") for name in PROGRAMS}}
    rounds = [{name: start_cpu(command) for name, command in commands.items()} for _ in range(times + 1)][1:]
    ratios = {f"{name}_times": statistics.median(cpu[name] / cpu["bare"] for cpu in rounds) for name in PROGRAMS}
    bare = statistics.median(cpu["bare"] for cpu in rounds)
    return {**ratios, "bare_ms": bare * 1e3, "said": times, "delivered": times}


def start_cpu(arguments: Sequence[str]) -> float:
    """Run this Python with ``arguments``; return the CPU seconds, user and system, of that process."""
    # The interpreter itself: a shim that looks for one would take longer than the start does.
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"exit status {process.returncode}: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime
