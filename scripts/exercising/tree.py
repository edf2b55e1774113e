"""The tree of a student: a folder with a changed minichat, tried from outside.

A check starts the programs of that folder and talks to them over sockets and
pipes.  It imports nothing from there, so that it judges what the program does
and not how it is written.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Tuple

from tests.peer import Peer
from tests.program import Program, ServerProcess
from tests.support import DidNotCome

CLIENT = ("-m", "minichat.client")


class No(Exception):
    """The condition does not hold; the text is what was seen instead."""


class Tree(NamedTuple):
    """A student's folder, and the command of the exercise that needs one."""

    folder: Path
    command: Tuple[str, ...] = ()

    def server(self, *arguments: str) -> ServerProcess:
        """Start the server of this tree on a free port; raise No if it does not start."""
        try:
            return ServerProcess(*arguments, variables=self._variables, options=self._options)
        except (AssertionError, DidNotCome) as error:
            raise No(str(error)) from None

    def client(self, port: int, nick: str, text: str) -> Tuple[int, List[str]]:
        """Send ``text`` through the client of this tree; return its exit status and the lines it printed."""
        arguments = (*CLIENT, "--nick", nick, "--port", str(port))
        with Program(*arguments, variables=self._variables, options=self._options) as program:
            program.type(text)
            program.end_input()
            status, printed, _ = program.finish()
        return status, printed.splitlines()

    def program(self, *command: str) -> Program:
        """Start any command in this tree."""
        return Program(
            *command, interpreter=(), variables=self._variables, options={**self._options, "start_new_session": True}
        )

    @property
    def _variables(self) -> Dict[str, str]:
        return {"PYTHONPATH": str(self.folder), "PYTHON": sys.executable}

    @property
    def _options(self) -> Dict[str, object]:
        return {"cwd": self.folder}


@contextlib.contextmanager
def people(server: ServerProcess, *nicks: str) -> Iterator[List[Peer]]:
    """Let some people in, one after the other; each has read of the coming of those after it."""
    with contextlib.ExitStack() as stack:
        came: List[Peer] = []
        for nick in nicks:
            peer = stack.enter_context(Peer(server.port, nick))
            for other in came:
                expect(other, f"JOIN {nick}")
            came.append(peer)
        yield came


def expect(peer: Peer, *lines: str) -> None:
    """Demand that ``peer`` reads these lines next; raise No."""
    for line in lines:
        try:
            got = peer.line()
        except DidNotCome as error:
            raise No(f"{line!r}: {error}") from None
        if got != line:
            raise No(f"{got!r} ≠ {line!r}")


def expect_nothing(peer: Peer) -> None:
    """Demand that ``peer`` reads nothing more: the answer to a line said to itself comes first; raise No."""
    peer.send("@nobody-is-here x\n")
    expect(peer, "ERR user_not_found")


def demand(condition: bool, seen: object) -> None:
    """Demand a condition; raise No with what was seen."""
    if not condition:
        raise No(seen if isinstance(seen, str) else repr(seen))
