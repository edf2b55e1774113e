"""Run the labs: what does a reactor do, and when?

    python3 scripts/labs/run.py                    list the labs
    python3 scripts/labs/run.py 3                  run one, a screen at a time
    python3 scripts/labs/run.py 3 --sndbuf 65536   run it with one thing changed
    python3 scripts/labs/run.py 3 --all            show all lines of its trace
    python3 scripts/labs/run.py 3 --yes            run it without waiting for ENTER
    python3 scripts/labs/run.py 3 --page lab3.html   and write a page that plays its loop
    python3 scripts/labs/run.py --pages FOLDER     write a sheet for each, to hand out (Markdown)

``--lang en`` or ``MINICHAT_LANG=en`` is English.  The exit status is 0 when the lab
showed its lesson, 1 when not.  Everything runs on 127.0.0.1, without special rights
and without a network.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from pathlib import Path
from typing import Any, List, NoReturn, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from speaking import Options, WrongOption, arguments_of, refuse, speak

from labs.lab import Lab, Value
from labs.lessons import LABS
from labs.page import write_sheets
from labs.player import write_page
from labs.screen import CannotPrint, Screen, say
from labs.steps import Run, complain
from labs.words import WORDS
from minichat.cli.messages import LANGUAGES
from minichat.cli.output import open_standard_files
from minichat.net.listener import raise_file_limit
from minichat.trace.schema import Event

PROGRAM = "python3 scripts/labs/run.py"
HELP_COLUMNS = 22


def write_pages(folder: Path, language: str) -> int:
    """Write a sheet for each lab; return the exit status."""
    try:
        write_sheets(list(LABS.values()), folder, language)
    except OSError as error:
        complain(speak(WORDS, "cannot_write", language, file=folder, error=error.strerror))
        return 1
    say(speak(WORDS, "written", language, count=len(LABS), folder=folder))
    return 0


def write_player(lab: Lab, traces: List[List[Event]], file: Path, language: str) -> int:
    """Write the page that plays the lab; return the exit status."""
    try:
        write_page(lab, traces, file, language)
    except OSError as error:
        complain(speak(WORDS, "cannot_write", language, file=file, error=error.strerror))
        return 1
    say(speak(WORDS, "page_written", language, file=file))
    return 0


def list_labs(language: str) -> int:
    """Print the numbers and titles of the labs; return the exit status."""
    for number, lab in LABS.items():
        say(f"{number:>3}  {lab.text('title', language)}")
    return 0


def show_help(language: str) -> int:
    """Print what may be typed; return the exit status."""
    column = LANGUAGES.index(language)
    words = {key: texts[column] for key, texts in WORDS.items()}
    lines = [words["usage"], "", words["about"], ""]
    options = (("-h, --help", "help"), ("--yes", "yes"), ("--all", "all"), ("--lang pt|en", "lang"))
    lines += [f"  {option:<{HELP_COLUMNS}}{words[f'help_{key}']}" for option, key in options]
    lines += [f"  {'--pages ' + words['folder']:<{HELP_COLUMNS}}{words['help_pages']}"]
    lines += [f"  {'--page ' + words['file']:<{HELP_COLUMNS}}{words['help_page']}", "", words["knobs"], ""]
    for number, lab in LABS.items():
        option = f"{number:>2} --{lab.knob.flag} {words['value']}"
        lines.append(f"  {option:<{HELP_COLUMNS + 2}}{lab.knob.meaning[column]} ({lab.knob.default})")
    for line in lines:
        say(line)
    return 0


def options_of(arguments: List[str]) -> Options:
    """Return the options of this program."""
    options = Options(PROGRAM, arguments)
    options.add_operand("number")
    for flag in ("yes", "all"):
        options.add_flag(flag)
    for name in ("pages", "page", *dict.fromkeys(lab.knob.flag for lab in LABS.values())):
        options.add_value(name)
    return options


def value_of(lab: Lab, options: Options, values: argparse.Namespace) -> Optional[Value]:
    """Return the value that was given for the lab's knob, or None; raise WrongOption."""
    knob, found = lab.knob, None
    for other in LABS.values():
        given: Any = getattr(values, other.knob.flag.replace("-", "_"))
        if given is None:
            continue
        if other.knob.flag != knob.flag:
            raise WrongOption(speak(WORDS, "not_its_option", options.language, number=lab.number, flag=other.knob.flag))
        found = given
    if found is None:
        return None
    if not knob.is_number:
        return options.choice(f"--{knob.flag}", found, tuple(map(str, knob.bounds)))
    low, high = knob.bounds
    return options.number(f"--{knob.flag}", found, low, high)  # type: ignore[arg-type]


def act(options: Options) -> int:
    """Do what the options say; return the exit status; raise WrongOption."""
    values, language = options.parse(), options.language
    if values.help:
        return show_help(language)
    if values.pages is not None:
        return write_pages(Path(values.pages), language)
    if values.number is None:
        for flag in (lab.knob.flag for lab in LABS.values()):
            value = getattr(values, flag.replace("-", "_"))
            if value is not None:
                wrong = speak(WORDS, "option_without_lab", language, program=PROGRAM, flag=flag, value=value)
                raise WrongOption(wrong)
        return list_labs(language)
    number = int(values.number) if values.number.isascii() and values.number.isdigit() else 0
    if number not in LABS:
        raise WrongOption(speak(WORDS, "no_lab", language, number=values.number, last=max(LABS)))
    lab = LABS[number]
    value = value_of(lab, options, values)
    if sys.platform == "win32":
        complain(speak(WORDS, "needs_unix", language))
        return 1
    screen = Screen(speak(WORDS, "more", language), not values.yes)
    run = Run(lab, language, value, screen, values.all)
    status = run.play()
    return status or (write_player(lab, run.traces, Path(values.page), language) if values.page is not None else 0)


def _leave(number: int, frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # a second signal would interrupt the end
    sys.exit(128 + number)  # an exception, so that every process that was started is ended


def main(arguments: Optional[List[str]] = None) -> int:
    """Do what the command line says; return the exit status."""
    open_standard_files()
    for file in (sys.stdout, sys.stderr):
        if isinstance(file, io.TextIOWrapper):
            file.reconfigure(errors="backslashreplace")  # a terminal may have no arrows
    raise_file_limit()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _leave)
    options = options_of(arguments_of(arguments))
    try:
        return act(options)
    except WrongOption as error:
        refuse(error)
    except KeyboardInterrupt:
        return 130
    except CannotPrint as gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that Python's own flush at the end does not fail again
        if isinstance(gone.__cause__, BrokenPipeError):
            return 0  # the reader has seen enough, as with `| head`
        why = getattr(gone.__cause__, "strerror", "")
        complain(speak(WORDS, "cannot_write", options.language, file="stdout", error=why))
        return 1


if __name__ == "__main__":
    sys.exit(main())
