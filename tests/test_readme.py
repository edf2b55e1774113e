"""The README is tested: its commands run, and its tables are compared with the code.

A section with terminals is played as it is written: a ``sh`` block is typed into
the terminal that was named last, and a ``text`` block is what that terminal shows
from then on.  Where the client has a row to type in, the text after ``> `` is typed
there; on other terminals, lines that no server says were typed by the person.  All
other lines must come by themselves.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

from minichat.chat import parser, protocol
from minichat.client import options as client
from minichat.limits import Limits
from minichat.server import options as server
from tests.peer import Peer
from tests.program import Program, ServerProcess, run_program
from tests.support import PATIENCE_SECONDS, ROOT

if os.name == "posix":
    from tests.seat import Seat

README = (ROOT / "README.md").read_text(encoding="utf-8")

PORT = "50001"  # as the README has it; another one is put in its place where it is taken
PROMPT = "Escolha seu apelido: "
ROW = "> "  # the text after it was typed into the row of the client

# Sections that are played here.
WALK, WALK_PT = "Try it in a minute", "Guia em português"

# Commands that are not run here, and where they are run instead.
ELSEWHERE = {
    "python3 scripts/bench.py": ("tests/scripts/test_bench.py", "takes two minutes; there it is tried in a small way"),
    "python3 scripts/chaos.py --seconds 10": ("scripts/check", "takes a while; test_chaos runs a short one"),
    "python3 scripts/attacks.py --quick": ("scripts/check", "takes a while; test_attacks plays one of them"),
    "python3 scripts/demo.py": ("tests/programs/test_four_cases.py", "is played there, and its output looked at"),
    "python3 -m tests.simulation --seeds 200 --jobs 2": ("scripts/check", "which runs 4000 others"),
    "python3 -m minichat.server --trace live --trace-bytes 40": ("tests/trace/test_trace.py", "runs until it is ended"),
    "python3 -m minichat.server --trace loop.jsonl": ("tests/trace/test_trace.py", "runs until it is ended"),
    "python3 -m minichat.trace check loop.jsonl": ("tests/trace/test_trace.py", "needs the trace of the one before"),
    "python3 -m minichat.trace play loop.jsonl --speed 2": ("tests/trace/test_trace.py", "needs a trace"),
    "python3 -m minichat.trace chrome loop.jsonl > loop.json": ("tests/trace/test_trace.py", "needs a trace"),
    "python3 scripts/labs/run.py 1 --lang en": ("tests/scripts/test_labs.py", "asks, and waits for ENTER"),
    "pip install .": ("scripts/check", "needs a fresh environment and a package index"),
    "printf 'Olá\\nWHO\\n' | minichat-client --nick ana | cat": ("scripts/check", "needs the installed scripts"),
    "python3 -m unittest": (".ci/run", "would run this test again"),
    "scripts/check": (".ci/run", "would run this test again"),
    "scripts/check --fast": ("scripts/check", "would run this test again; it is a part of the gate"),
}


# Commands that end by themselves, with status 0 when all is well.
HOSTILE = (
    "python3 -m tests.test_traps",
    "python3 -m tests.simulation --seed 4711",
    "python3 scripts/labs/run.py",
)


class Block(NamedTuple):
    """A fenced block and where it stands."""

    section: str
    terminal: str  # the one named last before it
    kind: str  # "sh", "text" or ""
    lines: List[str]


def blocks() -> List[Block]:
    """All fenced blocks of the README, in order."""
    found: List[Block] = []
    section = terminal = ""
    inside: Optional[Block] = None
    for line in README.splitlines():
        if inside is not None:
            if line == "```":
                inside = None
            else:
                inside.lines.append(line)
        elif line.startswith("```"):
            inside = Block(section, terminal, line[3:], [])
            found.append(inside)
        elif line.startswith("## "):
            section, terminal = line[3:], ""
        elif line.startswith("**Terminal "):
            terminal = line.split("**")[1]
    return found


def section(title: str) -> str:
    """The text below a heading."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> List[List[str]]:
    """The cells of the tables in ``text``, without their headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = [index for index, row in enumerate(cells) if set(row[-1]) == {"-"}]
    return [row for index, row in enumerate(cells) if index not in rules and index + 1 not in rules]


def codes(text: str) -> List[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


def is_typed(line: str) -> bool:
    """Whether a line on a terminal comes from the person, not from a program."""
    if line.startswith("[STATUS]"):
        return False
    try:
        parser.parse_message(line.encode())
    except parser.NotAMessage:
        return True
    return False


class Terminal:
    """A pseudo-terminal with a shell command in it, and what is to be seen there."""

    def __init__(self, command: str, env: Dict[str, str]) -> None:
        self.command = command
        self._seat = Seat(columns=120)
        self._screen = self._seat.screen
        self._place = 0  # lines that were waited for
        self.program = Program("sh", "-c", command, interpreter=(), variables=env, **self._seat.popen)
        self._seat.sat_down()

    @property
    def _has_row(self) -> bool:
        """Whether the program has a row of its own to type in; elsewhere the terminal echoes."""
        return self.command.endswith("minichat.client")

    def play(self, lines: List[str]) -> None:
        """Type what a person typed, wait for everything else; AssertionError if it does not come."""
        for line in lines:
            if line.startswith(PROMPT):
                self._wait_for(PROMPT.rstrip())
                self._type(line[len(PROMPT) :])
            elif self._has_row and line.startswith(ROW):
                self._type(line[len(ROW) :])
                continue
            elif not self._has_row and is_typed(line):
                self._type(line)
            self._wait_for(line)
            self._place += 1

    def at_end(self) -> None:
        """Assert that the program ends well and says nothing more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._seat.look(deadline):
            pass
        assert self.program.wait() == 0, f"{self.command}: {self._shown()}"
        self.is_quiet()

    def is_quiet(self) -> None:
        """Assert that nothing has come that was not waited for."""
        while self._seat.look(time.monotonic()):
            pass
        assert not self._shown(), f"{self.command}: not in the README: {self._shown()}"

    def next_line(self) -> str:
        """The next line on the screen, left there; what there is, when no more comes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._screen.row == self._place and self._seat.look(deadline):
            pass
        return "".join(self._shown()[:1])

    def close(self) -> None:
        """End everything that runs in it: it has a session of its own."""
        try:
            os.killpg(self.program.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.program.__exit__()
        self._seat.close()

    def _type(self, line: str) -> None:
        self._seat.type(f"{line}\n")

    def _shown(self) -> List[str]:
        """The lines that were not yet waited for."""
        lines = self._screen.lines[self._place :]
        return lines[:-1] if self._has_row and lines[-1:] == [ROW.rstrip()] else lines

    def _wait_for(self, line: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._shown()[:1] != [line] and self._seat.look(deadline):
            pass
        assert self._shown()[:1] == [line], f"{self.command}: waited for {line!r}, the screen has {self._shown()}"


class Desk:
    """The terminals of one section, and a ``python3`` that is the one under test."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        python = Path(self._folder.name, "python3")
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        path = self._folder.name + os.pathsep + os.environ.get("PATH", os.defpath)
        self.env = {"PATH": path, "LC_ALL": "C.UTF-8", "TERM": "xterm"}  # beside what every program of ours has
        self.port = PORT
        self.terminals: Dict[str, Terminal] = {}

    def open(self, name: str, command: str) -> Terminal:
        """Type ``command`` into a new terminal."""
        if name in self.terminals:
            self.terminals.pop(name).close()
        terminal = Terminal(self.here(command), self.env)
        self.terminals[name] = terminal
        if "minichat.server" in command and not terminal.next_line().startswith("[STATUS]"):
            # Another program has that port: type the same command, with an
            # environment in which it takes any other port.
            terminal.close()
            terminal = Terminal(command, {**self.env, "MINICHAT_PORT": "0"})
            self.terminals[name] = terminal
            self.port = terminal.next_line().rstrip(".").rpartition(":")[2]
            self.env["MINICHAT_PORT"] = self.port
        return terminal

    def here(self, text: str) -> str:
        """``text`` with the port that the server really has."""
        return text.replace(PORT, self.port)

    def play(self, title: str) -> None:
        """Play a section of the README."""
        story = [block for block in blocks() if block.section == title]
        assert any(block.kind == "sh" for block in story)
        for block in story:
            lines = [self.here(line) for line in block.lines]
            if block.kind == "text":
                terminal = self.terminals[block.terminal]
                terminal.play(lines)
                if "|" in terminal.command:
                    terminal.at_end()
            elif block.kind == "sh":
                assert len(lines) == 1, f"one command, then what it shows: {lines}"
                self.open(block.terminal, lines[0])
        for name in {block.terminal for block in story if block.kind == "sh" and "server" in block.lines[0]}:
            self.terminals[name].is_quiet()

    def close(self) -> None:
        """End everything."""
        for terminal in self.terminals.values():
            terminal.close()
        self._folder.cleanup()


def run(command: str, variables: Optional[Dict[str, str]] = None) -> Tuple[int, str]:
    """Run a shell command to its end, from the checkout and without input; its status and all that it printed."""
    together = {"interpreter": (), "stderr": subprocess.STDOUT, "variables": variables}
    return run_program("sh", "-c", command, seconds=3 * PATIENCE_SECONDS, **together)[:2]


def has_netcat() -> bool:
    """Whether there is an ``nc`` that knows ``-N``."""
    if shutil.which("nc") is None:
        return False
    return re.search(r"^\s*-N\b", run("nc -h")[1], re.MULTILINE) is not None


@unittest.skipUnless(hasattr(os, "openpty"), "no pseudo-terminals on this system")
class Commands(unittest.TestCase):
    """A reader follows the README."""

    def setUp(self) -> None:
        self.desk = Desk()
        self.addCleanup(self.desk.close)

    @unittest.skipUnless(has_netcat(), "needs an nc with -N")
    def test_the_minute_in_terminals_goes_as_the_readme_shows(self) -> None:
        self.desk.play(WALK)

    def test_the_portuguese_guide_goes_as_the_readme_shows(self) -> None:
        self.desk.play(WALK_PT)

    @unittest.skipUnless(has_netcat(), "needs an nc with -N")
    def test_each_experiment_prints_what_stands_after_its_arrow(self) -> None:
        self.desk.open("server", "python3 -m minichat.server").next_line()
        experiments = [line for line in section("Reading order").splitlines() if "→" in line]
        self.assertGreater(len(experiments), 5)
        for line in experiments:
            before, _, after = line.partition("→")
            command = self.desk.here(codes(before)[-1])
            with self.subTest(command):
                _, output = run(command, self.desk.env)
                # (wc puts spaces before its number on some systems)
                self.assertEqual([text.strip() for text in output.splitlines()], codes(after))

    def test_what_is_to_show_how_it_is_tested_succeeds(self) -> None:
        for command in HOSTILE:
            with self.subTest(command):
                self.assertIn([command], [block.lines for block in blocks()])
                status, output = run(command, self.desk.env)
                self.assertEqual(status, 0, output)

    def test_the_four_cases_go_as_in_their_table(self) -> None:
        with ServerProcess() as process:
            peers = {nick: Peer(process.port, nick) for nick in ("ana", "bruno")}
            peers["carlos"] = Peer(process.port)
            peers["ana"].expect("JOIN bruno")
            cases = rows(section("The four cases"))
            self.assertEqual(len(cases), 4)
            for _, typed, *read in cases:
                peers[typed.partition(":")[0]].send(codes(typed)[0] + "\n")
                for nick, cell in zip(("ana", "bruno", "carlos"), read):
                    peers[nick].expect(*codes(cell))
            self.assertEqual(peers["carlos"].rest(), "")  # disconnected
            peers["ana"].send("QUIT\n")  # and none of the others has read anything else
            self.assertEqual(peers["ana"].rest(), "BYE\n")
            peers["bruno"].expect("LEAVE ana quit")
            for peer in peers.values():
                peer.close()

    def test_every_command_is_run_here_or_said_to_be_run_elsewhere(self) -> None:
        for block in blocks():
            for command in block.lines if block.kind == "sh" else ():
                with self.subTest(command):
                    run_here = block.section in (WALK, WALK_PT) or command in HOSTILE
                    self.assertTrue(run_here or command in ELSEWHERE, "a command that no test runs")

    def test_what_is_run_elsewhere_stands_in_the_readme_and_there(self) -> None:
        commands = [line for block in blocks() if block.kind == "sh" for line in block.lines]
        for command, (place, _) in ELSEWHERE.items():
            with self.subTest(command):
                self.assertIn(command, commands)
                text = (ROOT / place).read_text(encoding="utf-8")
                self.assertIn(command.split()[0] if place == "scripts/check" else command, text)

    def test_the_gate_expects_of_the_client_what_the_readme_shows(self) -> None:
        shown = [block.lines for block in blocks() if block.section == "Install it" and block.kind == "text"]
        gate = (ROOT / "scripts/check").read_text(encoding="utf-8")
        self.assertIn("'" + "".join(f"{line}\\n" for line in shown[0]) + "'", gate)


class Tables(unittest.TestCase):
    """What the README says about the code is what the code says."""

    def test_the_limits_are_those_of_the_code(self) -> None:
        said = {codes(row[0])[0]: row[1] for row in rows(section("Limits, and why"))}
        real = {
            row.name: f"{row.value:,}".removesuffix(".0") + " " + row.unit
            for row in Limits().rows()
        }
        self.assertEqual(said, real)

    def test_every_limit_has_a_reason(self) -> None:
        for row in rows(section("Limits, and why")):
            self.assertGreater(len(row[2]), 10, row)

    def test_the_options_and_their_defaults_are_those_of_the_programs(self) -> None:
        said: Dict[str, Any] = {}
        for option, default, variable, who in rows(section("Options")):
            name = codes(variable)[0].replace("MINICHAT_", "").lower()
            self.assertEqual(codes(option), ["--" + name.replace("_", "-")])
            programs = "server client" if who.startswith("both") else who.partition(":")[0]
            for program in programs.split():
                said[f"{program} {name}"] = "".join(codes(default))
        real = {f"server {option.name}": option.default for option in server.OPTIONS}
        real.update({f"client {option.name}": option.default for option in client.OPTIONS})
        self.assertEqual(said, {name: "" if value is None else str(value) for name, value in real.items()})

    def test_every_error_of_the_protocol_is_explained(self) -> None:
        constants = {name: value for name, value in vars(protocol).items() if name.isupper() and name[0] != "_"}
        errors = {value for value in constants.values() if isinstance(value, str) and value.isascii()}
        self.assertIn("user_not_found", errors)
        said = set(re.findall(r"`ERR (\w+)`", section("The protocol, version 1")))
        self.assertEqual(said, errors)

    def test_links_inside_the_readme_lead_somewhere(self) -> None:
        headings = {
            re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in re.findall(r"^#+ (.*)$", README, re.M)
        }
        for target in re.findall(r"\]\(([^)]+)\)", README):
            with self.subTest(target):
                if target.startswith("https://"):
                    continue
                if target.startswith("#"):
                    self.assertIn(target[1:], headings)
                else:
                    self.assertTrue((ROOT / target).exists(), f"{target} is not there")


class ReadingOrder(unittest.TestCase):
    """A reader in the order of the README meets nothing unknown."""

    CORE_STEPS, CORE_LINES = 8, 1500
    ON_TRUST_UNTIL = 11  # the files of the steps up to here may be used before they are read

    def steps(self) -> List[List[str]]:
        """The files of minichat in each step."""
        lines = re.findall(r"^\d+\. (.*)$", section("Reading order"), re.MULTILINE)
        return [re.findall(r"\]\((minichat/[^)]+\.py)\)", line) for line in lines]

    def test_each_file_imports_only_what_came_before_it(self) -> None:
        steps = self.steps()
        on_trust = {path for step in steps[self.CORE_STEPS : self.ON_TRUST_UNTIL] for path in step}
        order = [path for step in steps for path in step]
        self.assertGreater(len(order), 10)
        seen: Set[str] = set()
        for path in order:
            imported = self.imports(ROOT / path)
            for later in set(order) - seen - (on_trust if path not in on_trust else set()):
                self.assertNotIn(later, imported, f"{path} needs what is read after it")
            seen.add(path)

    def test_the_core_is_small_enough_for_an_hour(self) -> None:
        """The files of the first steps: what is needed to understand the way of one line."""
        core = [path for step in self.steps()[: self.CORE_STEPS] for path in step]
        self.assertEqual(len(core), 10, core)
        lines = {path: (ROOT / path).read_text(encoding="utf-8").count("\n") for path in core}
        self.assertLessEqual(sum(lines.values()), self.CORE_LINES, lines)

    def test_the_turn_is_quoted_to_the_letter(self) -> None:
        source = (ROOT / "minichat/server/server.py").read_text(encoding="utf-8")
        code = re.search(r"^ +reactor\.at_turn_end\(\n.*?^ +\)", source, re.MULTILINE | re.DOTALL)
        assert code is not None
        quoted = [block.lines for block in blocks() if block.section == "A turn"]
        self.assertEqual(quoted, [textwrap.dedent(code[0]).splitlines()])

    @staticmethod
    def imports(path: Path) -> Set[str]:
        """The files of minichat that a file imports, without those for types only."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found: Set[str] = set()
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("minichat"):
                names = [node.module or ""] + [f"{node.module}.{alias.name}" for alias in node.names]
                found.update(name.replace(".", "/") + ".py" for name in names)
        return found


if __name__ == "__main__":
    unittest.main()
