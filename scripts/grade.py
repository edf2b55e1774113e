"""Grade any Mini-Chat server: does it work, and what should its author read?

    python3 scripts/grade.py -- python3 server.py
    python3 scripts/grade.py -- node server.js {port}     {port}: a free port goes here
    python3 scripts/grade.py --all FOLDER --out GRADES    each sub-folder: its server.py, or a file `command`

The server is a black box, in any language.  First the grader finds out how it is to be
spoken to, then it plays the cases of the assignment, and those in which servers break.
Each failure says what was sent, what came, what is right, how to see it by hand, and
which lab and which module of minichat explain it.

The exit status is 0 when all passed, 1 when something failed, 2 when a server could
not be graded, 130 after Ctrl-C.  THE SERVER RUNS WITH YOUR RIGHTS: grade only code
that you trust, or use another account or a container.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Dict, List, NoReturn, Optional, Union

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grading import rubric
from grading.catalogue import BY_NAME
from grading.folder import NoStudents
from grading.process import STOPPING
from grading.reasons import shown
from grading.session import NOT_GRADED, Session
from grading.words import WORDS
from speaking import Options, WrongOption, arguments_of, language_of, refuse, speak

from minichat.cli.output import open_standard_files
from minichat.net.listener import raise_file_limit
from tests.ending import end_with

INTERRUPTED = 130
PROGRAM = "python3 scripts/grade.py"
HELP_COLUMNS = 18

# The options with a value, and what stands for it in the help.
VALUES = (
    ("all", "folder"), ("out", "folder"), ("folder", "folder"), ("port", "port"), ("input", "line"), ("only", "cases"),
    ("rubric", "file"), ("memory", "size"), ("json", "file"), ("junit", "file"), ("csv", "file"), ("page", "file"),
)  # fmt: skip
FLAGS = ("strict", "show-rubric")
DEFAULTS: Dict[str, Union[str, int, List[str]]] = {
    "out": "grades", "folder": ".", "port": 0, "memory": 1024, "input": [],
}  # fmt: skip


def options_of(arguments: List[str]) -> Options:
    """Return the options of this program."""
    options = Options(PROGRAM, arguments)
    options.add_operands("command")
    for flag in FLAGS:
        options.add_flag(flag)
    for name, _ in VALUES:
        options.add_value(name, is_repeated=name == "input")
    return options


def values_of(options: Options, after: List[str]) -> argparse.Namespace:
    """Return the values; ``after`` is what stands after ``--``.  Raises WrongOption."""
    values = options.parse()
    values.command += after
    values.lang = options.language
    if alone := [name for name in ("page", "folder") if values.all and getattr(values, name) is not None]:
        raise WrongOption(speak(WORDS, "one_server", values.lang, name=alone[0]))
    outputs = [name for name in ("json", "junit", "csv", "page") if getattr(values, name) == "-"]
    if len(outputs) > 1:
        raise WrongOption(speak(WORDS, "one_output", values.lang, name=outputs[1]))
    if values.out is not None and not values.all:
        raise WrongOption(speak(WORDS, "a_class", values.lang))
    for name, default in DEFAULTS.items():
        if getattr(values, name) is None:
            setattr(values, name, default)
    for name, low, high in (("port", 1, 65535), ("memory", 64, 1 << 20)):
        given = getattr(values, name)
        setattr(values, name, int(options.number(f"--{name}", given, low, high)) if isinstance(given, str) else given)
    if values.only is not None and not values.only.strip(", "):
        raise WrongOption(speak(WORDS, "no_names", values.lang, cases=", ".join(BY_NAME)))
    values.only = [name.strip() for name in (values.only or "").split(",") if name.strip()]
    if unknown := [name for name in values.only if name not in BY_NAME]:
        raise WrongOption(speak(WORDS, "no_case", values.lang, name=shown(unknown[0]), cases=", ".join(BY_NAME)))
    if not (values.help or values.show_rubric) and bool(values.command) == bool(values.all):
        raise WrongOption(speak(WORDS, "one_of_both" if values.all else "what", values.lang, program=PROGRAM))
    return values


def helped(language: str) -> str:
    """Return what may be typed."""
    lines = [speak(WORDS, "usage", language), "", speak(WORDS, "about", language), ""]
    rows = [(f"--{name} {speak(WORDS, stands, language)}", name) for name, stands in VALUES]
    rows += [(f"--{flag}", flag.replace("-", "_")) for flag in FLAGS]
    for option, name in [*rows, ("--lang " + speak(WORDS, "lang", language), "lang"), ("-h, --help", "help")]:
        what = speak(WORDS, f"help_{name}", language, default=DEFAULTS.get(name))
        lines.append(f"  {option:<{HELP_COLUMNS}}{what}")
    return "\n".join([*lines, ""])


def complain(text: str) -> int:
    """Say what is wrong; return the exit status for it."""
    print(f"grade.py: {shown(text)}", file=sys.stderr)
    return NOT_GRADED


def _leave(number: int, frame: object) -> NoReturn:
    for other in STOPPING:
        signal.signal(other, signal.SIG_IGN)  # a second one would interrupt the end
    raise KeyboardInterrupt


def act(values: argparse.Namespace) -> int:
    """Do what the options say; return the exit status."""
    language = values.lang
    if values.help or values.show_rubric:
        print(helped(language) if values.help else rubric.table(language), end="")
        return 0
    if os.name != "posix":
        return complain(speak(WORDS, "needs_unix", language))
    try:
        points = rubric.read(values.rubric) if values.rubric else rubric.DEFAULT
        session = Session(values, points)
        return session.a_class() if values.all else session.one()
    except rubric.WrongRubric as error:
        return complain(f"--rubric: {error.where}: {speak(WORDS, error.key, language)}")
    except NoStudents as error:
        return complain(speak(WORDS, "no_students", language, folder=str(error)))
    except UnicodeDecodeError:
        return complain(speak(WORDS, "not_text", language))
    except OSError as error:
        key, why = "cannot" if error.filename else "cannot_go_on", error.strerror or str(error)
        return complain(speak(WORDS, key, language, file=error.filename, error=why))
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED


def main(arguments: Optional[List[str]] = None) -> int:
    """Do what the command line says; return the exit status."""
    given, after = arguments_of(arguments), []
    if "--" in given:
        given, after = given[: given.index("--")], given[given.index("--") + 1 :]
    try:
        return act(values_of(options_of(given), after))
    except WrongOption as error:
        refuse(error)


if __name__ == "__main__":
    open_standard_files()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    raise_file_limit()
    for stopping in STOPPING:
        if signal.getsignal(stopping) is not signal.SIG_IGN:  # as nohup starts it
            signal.signal(stopping, _leave)
    end_with("grade.py", main, language_of(sys.argv[1:]), NOT_GRADED)
