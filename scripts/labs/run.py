"""Run the labs: what does a reactor do, and when?

    python3 scripts/labs/run.py                    list the labs
    python3 scripts/labs/run.py 3                  run one, with questions before and after
    python3 scripts/labs/run.py 3 --yes            run it without waiting for ENTER
    python3 scripts/labs/run.py --pages FOLDER     write a page for each, to hand out (Markdown)

``--lang en`` is English.  The exit status is 0 when the lab showed its lesson, 1
when not.  Everything runs on 127.0.0.1, without special rights and without a network.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import signal
import sys
import textwrap
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from labs import limits, reading, texting, waiting, writing
from labs.lab import Lab, heading, page
from labs.stage import NotShown, Stage
from labs.texts import TEXTS
from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES
from minichat.cli.output import open_standard_files, printable
from minichat.net.listener import raise_file_limit
from tests.support import DidNotCome

PLAYS = (
    reading.half_a_line, reading.glued_lines, writing.partial_send, writing.hot_loop, writing.sleepy_reader,
    waiting.do_not_block, waiting.connect_before_accept, waiting.ways_to_leave, texting.across_the_border,
    texting.the_client_is_a_loop_too, limits.address_in_use, limits.friends,
)  # fmt: skip
LABS = {number: Lab(number, TEXTS[number], play) for number, play in enumerate(PLAYS, 1)}
MOST_COLUMNS = 80

WORDS = {
    "enter": ("ENTER para começar... ", "ENTER to begin... "),
    "shown": ("A lição apareceu, e o registro confere.", "The lesson showed, and the trace is good."),
    "not_shown": ("A lição não apareceu: {why}", "The lesson did not show: {why}"),
    "no_lab": ("não existe o lab {number}; há de 1 a {last}", "there is no lab {number}; there are 1 to {last}"),
    "cannot_write": ("não é possível escrever em {file}: {error}", "cannot write to {file}: {error}"),
    "written": ("{count} páginas em {folder}", "{count} pages in {folder}"),
}


def text(key: str, language: str, **fields: object) -> str:
    """Return one of the texts above, with its fields filled in."""
    return WORDS[key][LANGUAGES.index(language)].format(**fields)


class CannotPrint(Exception):
    """The reader of the output takes no more."""


def say(line: str, end: str = "\n") -> None:
    """Print ``line``; raise CannotPrint."""
    try:
        print(line, end=end, flush=True)
    except OSError as error:
        raise CannotPrint from error


def complain(line: str) -> None:
    """Write ``line``, which says what is wrong, to standard error."""
    print(printable(line), file=sys.stderr)


def paragraph(title: str, body: str) -> None:
    """Print a heading and a text below it."""
    say(f"\n{title}")
    columns = min(MOST_COLUMNS, shutil.get_terminal_size().columns)
    say(textwrap.fill(body, columns, initial_indent="  ", subsequent_indent="  "))


def run(lab: Lab, language: str, asks: bool) -> int:
    """Play a lab; return the exit status."""
    say(f"Lab {lab.number}: {lab.text('title', language)}")
    paragraph(heading("belief", language), lab.text("cures", language))
    paragraph(heading("before", language), lab.text("before", language))
    if asks:
        say(text("enter", language), end="")
        if not sys.stdin.readline():
            say("")
    paragraph(heading("action", language), lab.text("action", language))
    say(f"\n{heading('seen', language)}")
    stage = Stage(language, say)
    try:
        lab.play(stage)
    except (NotShown, DidNotCome, OSError) as error:
        complain(text("not_shown", language, why=error))
        return 1
    finally:
        stage.close()
    paragraph(heading("explanation", language), lab.text("explanation", language))
    paragraph(heading("after", language), lab.text("after", language))
    say(f"\n{text('shown', language)}")
    return 0


def write_pages(folder: Path, language: str) -> int:
    """Write a page for each lab; return the exit status."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, lab in LABS.items():
            Path(folder, f"lab-{number:02}.md").write_text(page(lab, language), "utf-8")
    except OSError as error:
        complain(text("cannot_write", language, file=folder, error=error.strerror))
        return 1
    say(text("written", language, count=len(LABS), folder=folder))
    return 0


def _leave(number: int, frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # a second signal would interrupt the end
    sys.exit(128 + number)  # an exception, so that every process that was started is ended


def main() -> int:
    """Do what the command line says; return the exit status."""
    open_standard_files()
    for file in (sys.stdout, sys.stderr):
        if isinstance(file, io.TextIOWrapper):
            file.reconfigure(errors="backslashreplace")  # a terminal may have no arrows
    parser = argparse.ArgumentParser(prog="run.py", description="Labs on a real server.")
    parser.add_argument("number", type=int, nargs="?", help="of the lab to run; without one they are listed")
    parser.add_argument("--yes", action="store_true", help="do not wait for ENTER")
    parser.add_argument("--lang", choices=LANGUAGES, default=DEFAULT_LANGUAGE, help="language (%(default)s)")
    parser.add_argument("--pages", metavar="FOLDER", help="write a page for each lab")
    values = parser.parse_args()
    raise_file_limit()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)
    try:
        return act(values)
    except KeyboardInterrupt:
        return 130
    except CannotPrint as gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that Python's own flush at the end does not fail again
        if isinstance(gone.__cause__, BrokenPipeError):
            return 0  # the reader has seen enough, as with `| head`
        complain(text("cannot_write", values.lang, file="stdout", error=getattr(gone.__cause__, "strerror", "")))
        return 1


def act(values: argparse.Namespace) -> int:
    """Write pages, list the labs or run one; return the exit status."""
    if values.pages:
        return write_pages(Path(values.pages), values.lang)
    if values.number is None:
        for number, lab in LABS.items():
            say(f"{number:>3}  {lab.text('title', values.lang)}")
        return 0
    if values.number not in LABS:
        complain(text("no_lab", values.lang, number=values.number, last=max(LABS)))
        return 2
    return run(LABS[values.number], values.lang, not values.yes)


if __name__ == "__main__":
    sys.exit(main())
