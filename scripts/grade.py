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
from typing import List, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grading import rubric
from grading.catalogue import BY_NAME
from grading.reasons import shown
from grading.session import NOT_GRADED, Session

from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES
from minichat.cli.output import open_standard_files
from minichat.net.listener import raise_file_limit

INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog="grade.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="grade.py [options] -- COMMAND ...  |  grade.py [options] --all FOLDER",
    )  # fmt: skip
    made.add_argument("command", nargs="*", metavar="COMMAND", help="starts the server")
    made.add_argument("--all", metavar="FOLDER", help="grade each sub-folder")
    made.add_argument("--out", metavar="FOLDER", default="grades", help="with --all: the results (%(default)s)")
    made.add_argument("--folder", default=".", help="where the command is run (%(default)s)")
    made.add_argument("--port", type=_port, default=0, help="on which the server listens, if that cannot be seen")
    made.add_argument("--input", action="append", default=[], metavar="LINE", help="typed on the server's input")
    made.add_argument("--only", type=_cases, default=[], metavar="CASE,...", help="play these cases only")
    made.add_argument("--strict", action="store_true", help="other wording than that of the assignment fails")
    made.add_argument("--rubric", metavar="FILE", help="points of each case")
    made.add_argument("--show-rubric", action="store_true", help="print the default rubric, to be changed")
    made.add_argument("--memory", type=_megabytes, default=1024, metavar="MB", help="of the server (%(default)s)")
    kinds = (("json", "everything"), ("junit", "for a build server"), ("csv", "one row"), ("page", "Markdown"))
    for name, what in kinds:
        made.add_argument(f"--{name}", metavar="FILE", help=f"{what}; - is standard output")
    made.add_argument("--lang", choices=LANGUAGES, default=DEFAULT_LANGUAGE, help="language (%(default)s)")
    return made


def _cases(text: str) -> List[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in BY_NAME]:
        raise argparse.ArgumentTypeError(f"{shown(', '.join(unknown))}: not one of {', '.join(BY_NAME)}")
    return names


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("from 1 to 65535")
    return port


def _megabytes(text: str) -> int:
    size = int(text)
    if not 64 <= size <= 1 << 20:
        raise argparse.ArgumentTypeError("from 64 to 1048576")
    return size


def complain(text: str) -> int:
    """Say what is wrong; return the exit status for it."""
    print(f"grade.py: {shown(text)}", file=sys.stderr)
    return NOT_GRADED


def _leave(number: int, frame: object) -> NoReturn:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)  # a second one would interrupt the end
    raise KeyboardInterrupt


def main(arguments: List[str]) -> int:
    """Do what the command line says; return the exit status."""
    made = parser()
    values = made.parse_args(arguments)
    if values.show_rubric:
        print(rubric.table(values.lang), end="")
        return 0
    if bool(values.command) == bool(values.all):
        made.error("a command after --, or --all FOLDER")
    if os.name != "posix":
        return complain("it needs Linux, macOS or another Unix")
    try:
        points = rubric.read(values.rubric) if values.rubric else rubric.DEFAULT
        session = Session(values, points)
        return session.a_class() if values.all else session.one()
    except rubric.WrongRubric as error:
        return complain(f"--rubric: {error}")
    except BrokenPipeError:  # the reader has seen enough, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except UnicodeDecodeError as error:
        return complain(f"--rubric: {error}")
    except OSError as error:
        return complain(f"{error.filename or ''}: {error.strerror}")
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    open_standard_files()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    raise_file_limit()
    if os.name == "posix":
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(name) is not signal.SIG_IGN:
                signal.signal(name, _leave)
    sys.exit(main(sys.argv[1:]))
