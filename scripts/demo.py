"""The four cases of the assignment, played by real processes.

    python3 scripts/demo.py [--lang en]

Starts a server and a client for each person, types for them, and prints who
saw what.  Exit status 0 when everyone saw what the assignment says, else 1.
It works from a plain clone, from any directory, and knows the two programs as
people do: by what is typed and what is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import Dict, List

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 15.0  # for one answer; it takes milliseconds, unless something is broken
LOOK_AGAIN_SECONDS = 0.01
COLUMN_CHARACTERS = 24  # four people side by side on 100 columns

TEXTS = {
    "types": ("{number}. {who} digita: {line}", "{number}. {who} types: {line}"),
    "comes": ("{number}. {who} chega com o apelido {nick}", "{number}. {who} comes with the nickname {nick}"),
    "ok": ("ok", "ok"),
    "different": ("DIFERENTE", "DIFFERENT"),
    "nothing": ("(nada)", "(nothing)"),
    "expected": ("esperado:", "expected:"),
    "exit": ("(saiu, status {status})", "(left, status {status})"),
    "all_ok": ("Tudo como o enunciado pede.", "All as the assignment says."),
    "some_differ": ("Casos diferentes do enunciado: {count}", "Cases that differ from the assignment: {count}"),
    "no_server": ("o servidor não iniciou: {errors}", "the server did not start: {errors}"),
    "no_line": ("{name}: {wanted!r} não veio; veio {lines} {errors}", "{name}: no {wanted!r}, but {lines} {errors}"),
}

OLA = ["FROM ana [all]: Olá"]
# Who types what, and what each is to see; who is not named is to see nothing.
CASES = (
    ("ana", "Olá", {"ana": OLA, "bruno": OLA, "duda": OLA}),
    ("ana", "@bruno oi", {"bruno": ["FROM ana [dm]: oi"]}),
    ("ana", "@carlos tudo bem?", {"ana": ["ERR user_not_found"]}),
)
PEOPLE = ("ana", "bruno", "duda")
Lines = Dict[str, List[str]]  # by person


class Stopped(Exception):
    """The demonstration cannot go on; says why, for people."""


class Program:
    """The server or a client; its output goes to a file that we read as it grows.

    A pipe would do on Unix, but to wait for a pipe with a deadline takes a
    thread on Windows.  A file can be looked at whenever we like.
    """

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        self.name = name
        self._output, self._errors = folder / f"{name}.out", folder / f"{name}.err"
        self._seen = 0  # lines that were looked at
        # Neither the user's MINICHAT_ variables nor an installed minichat: this clone, as it is.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MINICHAT_")}
        environment["PYTHONPATH"] = str(ROOT)
        command = [sys.executable, "-m", *arguments]
        with open(self._output, "wb") as out, open(self._errors, "wb") as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=err, cwd=ROOT, env=environment
            )

    def type(self, line: str) -> None:
        """Type ``line`` and Enter."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended; the wait that follows tells
            self.process.stdin.write(f"{line}\n".encode())
            self.process.stdin.flush()

    def until(self, beginning: str) -> List[str]:
        """The lines since the last call up to the first that begins so; Stopped when none comes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            # Asked before looking: what it printed on its way out must count.
            is_last_look = self.process.poll() is not None or time.monotonic() > deadline
            lines = self.new_lines()
            for count, line in enumerate(lines, 1):
                if line.startswith(beginning):
                    self._seen += count
                    return lines[:count]
            if is_last_look:
                errors = self._errors.read_text("utf-8", "replace").strip()
                raise Stopped({"name": self.name, "wanted": beginning, "lines": lines, "errors": errors})
            time.sleep(LOOK_AGAIN_SECONDS)

    def new_lines(self) -> List[str]:
        """The whole lines nobody has looked at, as far as they have come."""
        return self._output.read_bytes().decode("utf-8", "replace").split("\n")[self._seen : -1]

    def end(self) -> None:
        """End it: in good order if it can, and by force if it does not."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Demo:
    """One server, three people in the chat, and a fourth at the door."""

    def __init__(self, folder: Path, lang: str, processes: contextlib.ExitStack) -> None:
        self._folder, self._lang, self._processes = folder, lang, processes
        self.differing = 0  # cases

    def play(self) -> None:
        """All cases; Stopped when one of the programs does not answer."""
        server = self._start("servidor", "minichat.server", "--port", "0")
        port = server.until("[STATUS] ")[-1].rstrip(".").rpartition(":")[2]
        self._people: Dict[str, Program] = {}
        for nick in PEOPLE:  # one after the other: the order of joining is certain
            self._people[nick] = self._start(nick, "minichat.client", "--port", port, "--nick", nick)
            self._people[nick].until(f"OK {nick}")
        self._news("duda")  # the JOIN lines are not what we are here to see
        for number, (who, line, expected) in enumerate(CASES, 1):
            self._people[who].type(line)
            self._show(self.text("types", number=number, who=who, line=line), self._news(who), expected)
        carlos = self._start("carlos", "minichat.client", "--port", port, "--nick", "ana")
        status = carlos.process.wait(PATIENCE_SECONDS)  # his input is still open: it is the server that ends this
        saw = {**self._news("ana"), "carlos": [*carlos.new_lines(), self.text("exit", status=status)]}
        expected = {"carlos": ["ERR apelido_em_uso", self.text("exit", status=1)]}
        self._show(self.text("comes", number=4, who="carlos", nick="ana"), saw, expected)

    def text(self, key: str, **fields: object) -> str:
        """A sentence in the chosen language."""
        return TEXTS[key][("pt", "en").index(self._lang)].format(**fields)

    def _start(self, name: str, *arguments: str) -> Program:
        program = Program(self._folder, name, *arguments, "--lang", self._lang)
        self._processes.callback(program.end)
        return program

    def _news(self, first: str) -> Lines:
        """What each has seen since the last time.

        WHO is the barrier: one person's lines are served in order, so whoever
        has the answer knows that all that was typed before it was served.
        Once ``first``, who acted, has it, the answers to the others come
        behind everything that they are to see.
        """
        saw = {}
        for nick in sorted(PEOPLE, key=lambda nick: nick != first):
            self._people[nick].type("WHO")
            saw[nick] = self._people[nick].until("WHO 3 ana bruno duda")[:-1]
        return {nick: saw[nick] for nick in PEOPLE}

    def _show(self, title: str, saw: Lines, expected: Lines) -> None:
        print(title)
        columns = [self._column(nick, lines, expected.get(nick, [])) for nick, lines in saw.items()]
        for row in itertools.zip_longest(*columns, fillvalue=""):
            print(("   " + "".join(f"{cell:<{COLUMN_CHARACTERS}}" for cell in row)).rstrip())
        print(flush=True)
        self.differing += any(lines != expected.get(nick, []) for nick, lines in saw.items())

    def _column(self, nick: str, lines: List[str], expected: List[str]) -> List[str]:
        is_right, nothing = lines == expected, [self.text("nothing")]
        cells = [f"{nick}: {self.text('ok' if is_right else 'different')}", *(lines or nothing)]
        if not is_right:
            cells += [self.text("expected"), *(expected or nothing)]
        return [part for cell in cells for part in textwrap.wrap(cell, COLUMN_CHARACTERS - 1)]


def main() -> int:
    """Play all cases; returns the exit status."""
    parser = argparse.ArgumentParser(description="Os quatro casos do enunciado / the four cases of the assignment")
    parser.add_argument("--lang", choices=("pt", "en"), default="pt")
    lang = parser.parse_args().lang
    for number in (signal.SIGINT, signal.SIGTERM):  # even then it ends what it started
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    # The folder goes after the processes have ended: Windows deletes no open files.
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as processes:
        demo = Demo(Path(folder), lang, processes)
        try:
            demo.play()
        except Stopped as why:
            key = "no_server" if why.args[0]["name"] == "servidor" else "no_line"
            print(f"demo: {demo.text(key, **why.args[0])}", file=sys.stderr)
            return 1
        except subprocess.TimeoutExpired as error:
            print(f"demo: {error}", file=sys.stderr)
            return 1
    print(demo.text("some_differ" if demo.differing else "all_ok", count=demo.differing))
    return 1 if demo.differing else 0


if __name__ == "__main__":
    sys.exit(main())
