"""``python3 -m minichat.trace``: check a trace, play it again, export it.

    check FILE              is every byte accounted for?  exit status 1 if not
    play FILE [--speed X]   show it again, X times as fast; 0 is without pauses
    chrome FILE             what ui.perfetto.dev reads, on standard output

``-`` as FILE is standard input.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Callable, List, Optional

from minichat.messages import DEFAULT_LANGUAGE, LANGUAGES
from minichat.sink import printable
from minichat.trace.check import Checker
from minichat.trace.chrome import Exporter
from minichat.trace.schema import Event
from minichat.trace.view import View
from minichat.trace.words import words

MOST_PROBLEMS = 20  # shown
LONGEST_PAUSE_SECONDS = 3600.0


class Unreadable(Exception):
    """The file cannot be read as a trace; says why, for people."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise argparse.ArgumentError(None, message)


def feed(name: str, language: str, take: Callable[[Event], None]) -> None:
    """Give the events in a file to ``take``, one by one; raises Unreadable."""
    say = words(language)
    number = 0
    try:
        with open(0 if name == "-" else name, "rb") as file:
            for line in file:
                number += 1
                event = json.loads(line)
                event["event"] = str(event["event"])
                take(event)
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not JSON, or not what an event of that name holds.
        raise Unreadable(say("not_a_trace", line=number, file=name)) from None
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Unreadable(say("cannot_read", file=name, error=error.strerror)) from None


def check(name: str, language: str) -> int:
    """Say whether the trace is consistent, and where it is not."""
    say = words(language)
    checker = Checker()
    feed(name, language, checker.feed)
    problems = checker.finish()
    for problem in problems[:MOST_PROBLEMS]:
        print(printable(say("problem", **problem._asdict())))
    if problems:
        print(say("problems", count=len(problems)))
        return 1
    counts = {"events": checker.events, "turns": checker.turns, "connections": checker.connections}
    print(say("good", **counts, **checker.totals))
    return 0


def play(name: str, language: str, speed: float) -> int:
    """Show the trace as it was shown when it was made."""
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
    """Print the trace in the format of trace viewers."""
    exporter = Exporter()
    feed(name, language, exporter.feed)
    json.dump(exporter.document(), sys.stdout, separators=(",", ":"))
    print()
    return 0


def main(arguments: Optional[List[str]] = None) -> int:
    """Do what the command line says; returns the exit status."""
    language = os.environ.get("MINICHAT_LANG", DEFAULT_LANGUAGE)
    parser = _Parser(prog="python3 -m minichat.trace", add_help=False)
    parser.add_argument("command", choices=["check", "play", "chrome"])
    parser.add_argument("file")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--lang", choices=LANGUAGES, default=language if language in LANGUAGES else DEFAULT_LANGUAGE)
    wanted = sys.argv[1:] if arguments is None else arguments
    if not wanted or {"-h", "--help"} & set(wanted):
        print(words(parser.get_default("lang"))("usage"))
        return 0 if wanted else 2
    try:
        values = parser.parse_args(wanted)
    except argparse.ArgumentError:
        values = None
    if values is None or values.speed < 0:
        print(words(parser.get_default("lang"))("usage"), file=sys.stderr)
        return 2
    try:
        if values.command == "check":
            return check(values.file, values.lang)
        if values.command == "play":
            return play(values.file, values.lang, values.speed)
        return chrome(values.file, values.lang)
    except Unreadable as error:
        print(printable(f"minichat.trace: {error}"), file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that the flush at the end says nothing either
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
