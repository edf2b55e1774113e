"""The desk of a reader: terminals on which a page is played as it is written.

A ``sh`` block is typed into the terminal that was named last, and a ``text`` block
is what that terminal shows from then on.  Where the client has a row to type in,
the text after ``> `` is typed there; on other terminals, lines that no server says
were typed by the person.  All other lines must come by themselves, and at the end
of a section nothing may be left that the page does not show.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from minichat.chat import parser
from minichat.cli.messages import LANGUAGES, Messages
from tests.pages.markdown import Page
from tests.program import Program, run_program
from tests.support import PATIENCE_SECONDS

if os.name == "posix":
    from tests.seat import Seat

PORT = "50001"  # as the pages have it; another one is put in its place where it is taken
PROMPTS = tuple(Messages(language)("ask_nick") for language in LANGUAGES)
ROW = "> "  # the text after it was typed into the row of the client
PYTHONS = ("python3", "py")  # names that the pages have for the Python under test


def is_typed(line: str) -> bool:
    """True if a line on a terminal comes from the person, not from a program."""
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
        """True if the program has a row of its own to type in; elsewhere the terminal echoes."""
        return "minichat.client" in self.command and "|" not in self.command

    def play(self, lines: List[str]) -> None:
        """Type what a person typed, wait for everything else; AssertionError if it does not come."""
        for line in lines:
            prompt = next((prompt for prompt in PROMPTS if line.startswith(prompt)), None)
            if prompt is not None:
                self._wait_for(prompt.rstrip())
                self._type(line[len(prompt) :])
            elif self._has_row and line.startswith(ROW):
                self._type(line[len(ROW) :])
                continue
            elif not self._has_row and is_typed(line):
                self._type(line)
            self._wait_for(line)
            self._place += 1

    def is_quiet(self) -> None:
        """Assert that nothing has come that was not waited for."""
        while self._seat.look(time.monotonic()):
            pass
        assert not self._shown(), f"{self.command}: not on the page: {self._shown()}"

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
        for name in PYTHONS:
            python = Path(self._folder.name, name)
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

    def play(self, page: Page, title: str) -> None:
        """Play a section of a page."""
        story = [block for block in page.blocks if block.section == title]
        assert any(block.kind == "sh" for block in story)
        for block in story:
            if block.kind == "text":
                for name in block.terminals:
                    self.terminals[name].play([self.here(line) for line in block.lines])
            elif block.kind == "sh":
                assert len(block.lines) == len(block.terminals) == 1, f"one command, then what it shows: {block}"
                self.open(block.terminals[0], block.lines[0])
        for terminal in self.terminals.values():
            terminal.is_quiet()

    def close(self) -> None:
        """End everything."""
        for terminal in self.terminals.values():
            terminal.close()
        self._folder.cleanup()


def run(command: str, variables: Optional[Dict[str, str]] = None, folder: Optional[Path] = None) -> Tuple[int, str]:
    """Run a shell command to its end, without input; its status and all that it printed.

    It runs in the checkout, or in ``folder``.
    """
    options = {"cwd": folder} if folder else {}
    how = {"interpreter": (), "stderr": subprocess.STDOUT, "variables": variables, "options": options}
    return run_program("sh", "-c", command, seconds=3 * PATIENCE_SECONDS, **how)[:2]


def has_netcat() -> bool:
    """True if there is an ``nc`` that knows ``-N``."""
    if shutil.which("nc") is None:
        return False
    return re.search(r"^\s*-N\b", run("nc -h")[1], re.MULTILINE) is not None
