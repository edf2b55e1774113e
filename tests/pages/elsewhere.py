"""Commands of the pages that tests/pages/test_commands.py does not run, and where they are run instead."""

from __future__ import annotations

from typing import NamedTuple


class Elsewhere(NamedTuple):
    """Commands, the file in which they are run, and by which words one finds them there."""

    why: str
    place: str
    words: str
    commands: tuple[str, ...]


ELSEWHERE = (
    Elsewhere("would run this test again", ".ci/run", "$test_command ||", ("python3 -m unittest",)),
    Elsewhere("would run this test again", ".ci/run", "bash scripts/check --rest", ("scripts/check",)),
    Elsewhere("is a part of the gate", "scripts/check", "--fast) fast=yes", ("scripts/check --fast",)),
    Elsewhere(
        "needs a package index, or root", "scripts/check", 'bin/pip" install --quiet --no-compile .)',
        ("python3 -m venv .venv", ". .venv/bin/activate", "pip install .", "python3 -m venv /opt/minichat"),
    ),
    Elsewhere(
        "needs the installed scripts", "scripts/check", "printf 'Olá\\nWHO\\n' | MINICHAT_PORT",
        ("printf 'Olá\\nWHO\\n' | minichat-client --nick ana | cat",),
    ),
    Elsewhere("needs the installed scripts", "tests/cli/test_options.py", "--help", ("minichat-client --help",)),
    Elsewhere(
        "is a test of the suite", "tests/net/test_linebuffer.py", "unittest.TestCase",
        ("python3 -m unittest tests.net.test_linebuffer",),
    ),
    Elsewhere(
        "needs the servers of a class", "tests/scripts/test_grade.py", "--all",
        (
            "python3 scripts/grade.py --all class --out grades",
            "python3 scripts/grade.py --all class --out grades --rubric rubric.txt",
            "python3 scripts/grade.py --show-rubric > rubric.txt",
            "python3 scripts/grade.py -- python3 server.py",
        ),
    ),
    Elsewhere(
        "asks, and waits for ENTER", "tests/scripts/test_labs.py", "python3 scripts/labs/run.py 1",
        ("python3 scripts/labs/run.py 1", "python3 scripts/labs/run.py 1 --lang en"),
    ),
    Elsewhere(
        "waits for ENTER", "tests/scripts/test_labs.py", 'Play(3, "pt", is_changed=True)',
        ("python3 scripts/labs/run.py 3 --sndbuf 65536",),
    ),
    Elsewhere(
        "writes files", "tests/scripts/test_labs.py", "--pages", ("python3 scripts/labs/run.py --pages FOLHAS",)
    ),
    Elsewhere(
        "is played there", "tests/programs/test_four_cases.py", "python3 scripts/demo.py", ("python3 scripts/demo.py",)
    ),
    Elsewhere(
        "checks this checkout, as there", "tests/scripts/test_exercises.py", 'called("3")',
        ("python3 scripts/exercises.py", "python3 scripts/exercises.py 3", "python3 scripts/exercises.py 3 --lang en"),
    ),
    Elsewhere("its sums are tested", "tests/scripts/test_way.py", "scripts/way.py", ("python3 scripts/way.py",)),
    Elsewhere(
        "takes minutes; a small run there", "tests/scripts/test_bench.py", "growth",
        (
            "python3 scripts/bench.py",
            "python3 scripts/bench.py --cases userspace",
            "python3 scripts/bench.py --cases growth --peers asyncio",
        ),
    ),
    Elsewhere("writes files", "tests/scripts/test_picture.py", "picture.drawn(", ("python3 scripts/picture.py",)),
    Elsewhere("writes files", "tests/scripts/test_phone.py", "phone.taken(", ("python3 scripts/phone.py",)),
    Elsewhere("a start is compared with it", "scripts/benchmark/alone.py", '"pass"', ("python3 -c pass",)),
    Elsewhere(
        "takes a while", "scripts/check", "python3 scripts/chaos.py --seconds 10",
        (
            "python3 scripts/chaos.py --seconds 10",
            "python3 scripts/chaos.py --seconds 600 --seed 76",
            "python3 scripts/chaos.py --seconds 60 --seed 2 --clients 60 --rate 100 --bad 0.5 --sndbuf 8192",
        ),
    ),
    Elsewhere(
        "takes a while", "scripts/check", "python3 scripts/attacks.py --quick", ("python3 scripts/attacks.py --quick",)
    ),
    Elsewhere(
        "other seeds are run there", "scripts/check", "python3 -m tests.simulation --first 1000 --seeds 2000",
        (
            "python3 -m tests.simulation --seeds 200 --jobs 2",
            "python3 -m tests.simulation --first 4000000 --seeds 100000 --jobs 2",
        ),
    ),
    Elsewhere(
        "each bug is planted there", "tests/simulation/test_simulation.py", "BUGS",
        ("python3 -m tests.simulation --bugs",),
    ),
    Elsewhere(
        "our own server is held to it there", "tests/programs/test_wire.py", "from tests import wire",
        ("python3 -m tests.wire python3 my_server.py",),
    ),
    Elsewhere("runs until the server ends", "tests/pages/test_bots.py", "sh clock.sh", ("sh clock.sh",)),
    Elsewhere("runs until the server ends", "tests/pages/test_bots.py", "python3 counter.py", ("python3 counter.py",)),
    Elsewhere(
        "depends on what a user may do", "minichat/cli/servertexts.py", "port_forbidden",
        ("python3 -m minichat.server --port 1",),
    ),
    Elsewhere(
        "is to be looked at", "tests/programs/test_client_terminal.py", "Seat(",
        ("python3 -m minichat.client 2>&1 | cat -v",),
    ),
    Elsewhere(
        "needs a trace", "tests/trace/test_page.py", "python3 -m minichat.trace page loop.jsonl > loop.html",
        ("python3 -m minichat.trace page loop.jsonl > loop.html",),
    ),
    Elsewhere(
        "run until they are ended, or need the trace of one that did", "tests/trace/test_trace.py",
        "python3 -m minichat.trace chrome loop.jsonl > loop.json",
        (
            "python3 -m minichat.server --lang en --trace live --trace-bytes 40",
            "python3 -m minichat.server --trace live --trace-bytes 40",
            "python3 -m minichat.server --trace loop.jsonl",
            "python3 -m minichat.trace check loop.jsonl",
            "python3 -m minichat.trace play loop.jsonl --speed 2",
            "python3 -m minichat.trace chrome loop.jsonl > loop.json",
        ),
    ),
)  # fmt: skip
