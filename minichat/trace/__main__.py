"""``python3 -m minichat.trace``: check a trace, play it again, export it.

    check FILE              check that every byte is accounted for; exit status 1 if not
    play FILE [--speed X]   show it again, X times as fast; 0 is without pauses
    chrome FILE             print what ui.perfetto.dev reads
    page FILE               print a page that plays it in a browser; [--title TEXT] [--turns 100-200]

FILE ``-`` is standard input.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from typing import Callable, Dict, List, Optional

from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES
from minichat.cli.output import open_standard_files, printable
from minichat.trace.check import Checker
from minichat.trace.chrome import Exporter
from minichat.trace.schema import Event
from minichat.trace.view import View
from minichat.trace.words import told, words

MOST_PROBLEMS = 20  # shown
LONGEST_PAUSE_SECONDS = 60.0


class Unreadable(Exception):
    """The file cannot be read as a trace; the text says why, for people."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise argparse.ArgumentError(None, message)


def feed(
    name: str, language: str, take: Callable[[Event], None], on_cut: Optional[Callable[[], None]] = None
) -> None:
    """Call ``take`` for each event in the file ``name``; raise Unreadable.

    The last line of a program that was killed may be cut.  With ``on_cut``, which is called then, it is left out.
    """
    say = words(language)
    number = 0
    try:
        file = open(0 if name == "-" else name, "rb")  # noqa: SIM115 (an error at the opening is told in its own way)
    except OSError as error:
        raise Unreadable(say("cannot_read", file=name, error=error.strerror)) from None
    try:
        with file:
            for line in file:
                number += 1
                if on_cut and not line.endswith(b"\n"):
                    on_cut()
                    break
                event = json.loads(line, parse_constant=lambda _: None)  # older traces say Infinity
                event["event"] = str(event["event"])
                take(event)
    except IsADirectoryError as error:
        raise Unreadable(say("cannot_read", file=name, error=error.strerror)) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        # The line is not JSON, or not what an event of that name holds.
        raise Unreadable(say("not_a_trace", line=number, file=name)) from None
    if not number:
        raise Unreadable(say("empty", file=name))


def check(name: str, language: str) -> int:
    """Print whether the trace is consistent, or its first problems; return the exit status."""
    say = words(language)
    checker = Checker()
    feed(name, language, checker.feed)
    problems = checker.finish()
    for problem in problems[:MOST_PROBLEMS]:
        print(printable(told(problem, language)))
    if problems:
        print(say("problems", count=len(problems)))
        return 1
    counts = {"events": checker.events, "turns": checker.turns, "connections": checker.connections}
    print(say("good", **counts, **checker.totals))
    return 0


def play(name: str, language: str, speed: float) -> int:
    """Show the trace as a live view would have, with its pauses; return the exit status."""
    view = View(lambda line: print(line, flush=True), language)
    before = 0

    def show(event: Event) -> None:
        nonlocal before
        pause = (event["t"] - before) / 1e9 / speed if speed else 0.0
        before = event["t"]
        if pause > 0:
            view.flush()
            time.sleep(min(pause, LONGEST_PAUSE_SECONDS))
        view(event)

    feed(name, language, show)
    view.flush()
    return 0


def chrome(name: str, language: str) -> int:
    """Print the trace in the format of trace viewers; return the exit status."""
    exporter = Exporter()
    feed(name, language, exporter.feed)
    json.dump(exporter.document(), sys.stdout, separators=(",", ":"))
    print()
    return 0


def page(values: argparse.Namespace) -> int:
    """Print a page that plays the trace, or some turns of it; return the exit status."""
    from minichat.trace.page import MOST_BYTES, Page, Range, TooLarge

    say = words(values.lang)
    try:
        turns = Range.parse(values.turns) if values.turns else None
    except ValueError:
        print(say("usage"), file=sys.stderr)
        return 2

    def cut() -> None:
        print(f"minichat.trace: {printable(say('cut_short', file=values.file))}", file=sys.stderr)

    made = Page(turns)
    try:
        feed(values.file, values.lang, made.feed, cut)
        if not made.events:
            raise Unreadable(say("no_turns" if turns else "empty", file=values.file, turns=values.turns))
        made.write(sys.stdout.buffer, values.title or say("page_title"), values.lang)
    except TooLarge:
        raise Unreadable(say("too_large", most=MOST_BYTES // 1_000_000)) from None
    finally:
        made.close()
    return 0


_COMMANDS: Dict[str, Callable[[argparse.Namespace], int]] = {
    "check": lambda values: check(values.file, values.lang),
    "play": lambda values: play(values.file, values.lang, values.speed),
    "chrome": lambda values: chrome(values.file, values.lang),
    "page": page,
}


def main(arguments: Optional[List[str]] = None) -> int:
    """Do what the command line says; return the exit status."""
    open_standard_files()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may have no arrows, which a view prints
    language = os.environ.get("MINICHAT_LANG", DEFAULT_LANGUAGE)
    parser = _Parser(prog="python3 -m minichat.trace", add_help=False)
    parser.add_argument("command", choices=list(_COMMANDS))
    parser.add_argument("file")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--title")
    parser.add_argument("--turns")
    parser.add_argument("--lang", choices=LANGUAGES, default=language if language in LANGUAGES else DEFAULT_LANGUAGE)
    wanted = sys.argv[1:] if arguments is None else arguments
    language = parser.get_default("lang")
    try:
        values = parser.parse_args(wanted)
    except argparse.ArgumentError:
        values = None
    try:
        if {"-h", "--help"} & set(wanted):
            print(words(language)("usage"), flush=True)
            return 0
        if values is None or not values.speed >= 0:
            print(words(language)("usage"), file=sys.stderr)
            return 2
        language = values.lang
        status = _COMMANDS[values.command](values)
        sys.stdout.flush()
        return status
    except Unreadable as error:
        print(printable(f"minichat.trace: {error}"), file=sys.stderr)
        return 1
    except OSError as error:  # of the output
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that Python's own flush at the end does not fail again
        if isinstance(error, BrokenPipeError):
            return 0
        print(f"minichat.trace: {words(language)('cannot_write', error=error.strerror)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
