"""The four cases of the assignment, played by real processes.

    python3 scripts/demo.py [--lang en]         (or MINICHAT_LANG=en)

It starts a server and a client for each person, types for them, and prints what
each of them saw.  The exit status is 0 when all saw what the assignment says,
else 1.  It works from a plain clone and from any directory, and it knows the two
programs as people do: by what is typed and what is printed.
"""

from __future__ import annotations

import contextlib
import itertools
import signal
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Dict, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from speaking import Options, WrongOption, arguments_of, language_of, refuse, speak

from tests.ending import end_with
from tests.program import Program
from tests.support import DidNotCome

COLUMNS = 80  # for all people side by side
MARGIN = "   "

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
    "usage": (
        "uso: python3 scripts/demo.py [--lang pt|en]\n\nOs quatro casos do enunciado, com um servidor e clientes de "
        "verdade.\nO idioma também vem de MINICHAT_LANG.",
        "usage: python3 scripts/demo.py [--lang pt|en]\n\nThe four cases of the assignment, with a real server and "
        "real clients.\nThe language also comes from MINICHAT_LANG.",
    ),
    "no_server": ("o servidor não iniciou: {errors}", "the server did not start: {errors}"),
    "no_answer": (
        "um programa não respondeu como devia ({seen})",
        "a program did not answer as it should ({seen})",
    ),
    "no_line": ("{name}: {wanted!r} não veio; veio {lines} {errors}", "{name}: no {wanted!r}, but {lines} {errors}"),
}

OLA = ["FROM ana [all]: Olá"]
# Who types what, and what each person is to see; a person who is not named is to see nothing.
CASES = (
    ("ana", "Olá", {"ana": OLA, "bruno": OLA, "duda": OLA}),
    ("ana", "@bruno oi", {"bruno": ["FROM ana [dm]: oi"]}),
    ("ana", "@carlos tudo bem?", {"ana": ["ERR user_not_found"]}),
)
PEOPLE = ("ana", "bruno", "duda")
Lines = Dict[str, List[str]]  # by person


class Stopped(Exception):
    """The demonstration cannot go on; the fields say why, for people."""


class Actor(Program):
    """The server or a client, whose output goes to a file; that works on every system."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        super().__init__("-m", *arguments, folder=folder)
        self._name = name

    def says(self, line: str) -> None:
        """Type ``line`` and Enter."""
        with contextlib.suppress(OSError):  # the program has ended; the next wait finds that
            self.type(f"{line}\n")

    def until(self, beginning: str) -> List[str]:
        """Return the lines up to the first that starts with ``beginning``; raise Stopped if none comes."""
        lines: List[str] = []
        try:
            while not (lines and lines[-1].startswith(beginning)):
                lines.append(self.output.line())
        except DidNotCome:
            errors = self.errors.so_far().strip()
            raise Stopped({"name": self._name, "wanted": beginning, "lines": lines, "errors": errors}) from None
        return lines

    def end(self) -> None:
        """End the program in good order, or by force if that takes too long."""
        with contextlib.suppress(DidNotCome):
            self.stop()
        self.__exit__()


class Demo:
    """One server, three people in the chat, and a fourth who asks for a nick that is in use."""

    def __init__(self, folder: Path, lang: str, processes: contextlib.ExitStack) -> None:
        self._folder, self._lang, self._processes = folder, lang, processes
        self.differing = 0  # cases

    def play(self) -> None:
        """Play all cases; raise Stopped if one of the programs does not answer."""
        server = self._start("servidor", "minichat.server", "--port", "0")
        port = server.until("[STATUS] ")[-1].rstrip(".").rpartition(":")[2]
        self._people: Dict[str, Actor] = {}
        for nick in PEOPLE:  # one after the other, so that the order of joining is known
            self._people[nick] = self._start(nick, "minichat.client", "--port", port, "--nick", nick)
            self._people[nick].until(f"OK {nick}")
        self._news("duda")  # the JOIN lines belong to no case
        for number, (who, line, expected) in enumerate(CASES, 1):
            self._people[who].says(line)
            self._show(self.text("types", number=number, who=who, line=line), self._news(who), expected)
        carlos = self._start("carlos", "minichat.client", "--port", port, "--nick", "ana")
        status = carlos.wait()  # his input is still open: the server ends the connection
        saw = {**self._news("ana"), "carlos": [*carlos.output.rest().splitlines(), self.text("exit", status=status)]}
        expected = {"carlos": ["ERR apelido_em_uso", self.text("exit", status=1)]}
        self._show(self.text("comes", number=4, who="carlos", nick="ana"), saw, expected)

    def text(self, key: str, **fields: object) -> str:
        """Return a text in the chosen language, with its fields filled in."""
        return speak(TEXTS, key, self._lang, **fields)

    def _start(self, name: str, *arguments: str) -> Actor:
        program = Actor(self._folder, name, *arguments, "--lang", self._lang)
        self._processes.callback(program.end)
        return program

    def _news(self, first: str) -> Lines:
        """Return what each person has seen since the last call; ``first`` is the person who typed."""
        # WHO is the barrier.  The lines of one person are served in order: once
        # ``first`` has the answer to WHO, all that was typed before is served, and
        # the answers to the others come after everything that they are to see.
        saw = {}
        for nick in sorted(PEOPLE, key=lambda nick: nick != first):
            self._people[nick].says("WHO")
            saw[nick] = self._people[nick].until("WHO 3 ana bruno duda")[:-1]
        return {nick: saw[nick] for nick in PEOPLE}

    def _show(self, title: str, saw: Lines, expected: Lines) -> None:
        print(title)
        width = (COLUMNS - len(MARGIN)) // len(saw)
        columns = [self._column(nick, lines, expected.get(nick, []), width) for nick, lines in saw.items()]
        for row in itertools.zip_longest(*columns, fillvalue=""):
            print((MARGIN + "".join(f"{cell:<{width}}" for cell in row)).rstrip())
        print(flush=True)
        self.differing += any(lines != expected.get(nick, []) for nick, lines in saw.items())

    def _column(self, nick: str, lines: List[str], expected: List[str], width: int) -> List[str]:
        is_right, nothing = lines == expected, [self.text("nothing")]
        cells = [f"{nick}: {self.text('ok' if is_right else 'different')}", *(lines or nothing)]
        if not is_right:
            cells += [self.text("expected"), *(expected or nothing)]
        return [part for cell in cells for part in textwrap.wrap(cell, width - 1)]


def main(arguments: Optional[List[str]] = None) -> int:
    """Play all cases; return the exit status."""
    options = Options("python3 scripts/demo.py", arguments_of(arguments))
    try:
        values = options.parse()
    except WrongOption as error:
        refuse(error)
    lang = options.language
    if values.help:
        print(speak(TEXTS, "usage", lang))
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):  # even then the programs that were started are ended
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    # The folder is deleted after the processes have ended: Windows does not delete open files.
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as processes:
        demo = Demo(Path(folder), lang, processes)
        try:
            demo.play()
        except Stopped as why:
            key = "no_server" if why.args[0]["name"] == "servidor" else "no_line"
            print(f"demo: {demo.text(key, **why.args[0])}", file=sys.stderr)
            return 1
        except DidNotCome as error:
            print(f"demo: {demo.text('no_answer', seen=error)}", file=sys.stderr)
            return 1
    print(demo.text("some_differ" if demo.differing else "all_ok", count=demo.differing))
    return 1 if demo.differing else 0


if __name__ == "__main__":
    end_with("demo", main, language_of(sys.argv[1:]))
