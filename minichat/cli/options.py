"""The options of both programs, from the command line or the environment.

argparse parses them.  This module adds that every option with a value can also
come from ``MINICHAT_<NAME>``, and that a wrong option is told in one line, in the
chosen language, with exit status 2.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
from typing import Any, Callable, List, Mapping, NamedTuple, NoReturn, Optional, Sequence, Tuple

from minichat import __version__
from minichat.cli import hosts, output, programs
from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES, Messages
from minichat.limits import Limits

SERVER, CLIENT = programs.SERVER, programs.CLIENT

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 50001
LONGEST_NUMBER = 12  # digits; no option allows a larger number
LOG_LEVELS = ("debug", "info", "warning", "error")
SELECTORS = ("auto", "select", "poll", "epoll", "devpoll", "kqueue")
COLORS = ("auto", "always", "never")
BELLS = ("off", "dm", "all")
MOST_TRACE_BYTES = 65536  # of each text

Parse = Callable[[Messages, str, str], Any]  # (messages, name of the option, text)


class WrongOption(Exception):
    """An option is wrong; the text says how, for people."""


class Asked(Exception):
    """An option asks something, as --help does; the text is the answer."""


class Option(NamedTuple):
    """One option with a value."""

    name: str  # with underscores; --with-hyphens on the command line
    default: Any
    parse: Parse


def text(messages: Messages, name: str, value: str) -> str:
    """Accept any text."""
    return value


def host(messages: Messages, name: str, value: str) -> str:
    """Accept a host, an IPv6 address also in brackets."""
    place = hosts.read(value)
    if place.is_plain:
        return place.host
    if not value.strip():
        raise WrongOption(messages("needs_value", option=name))
    raise WrongOption(messages(
        "bad_host", option=name, value=value, host=place.host or "HOST", port=place.port[:LONGEST_NUMBER] or "PORT",
    ))  # fmt: skip


def number(low: int, high: Optional[int] = None) -> Parse:
    """Return a parser of whole numbers from ``low`` to ``high``, both included; None is no upper end."""

    def parse(messages: Messages, name: str, value: str) -> int:
        is_number = value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER
        if is_number and low <= int(value) and (high is None or int(value) <= high):
            return int(value)
        key = "bad_number_from" if high is None else "bad_number"
        raise WrongOption(messages(key, option=name, low=low, high=high, value=value))

    return parse


def seconds(high: float) -> Parse:
    """Return a parser of times in seconds from 0 to ``high``, with or without a decimal point."""

    def parse(messages: Messages, name: str, value: str) -> float:
        whole, _, part = value.partition(".")
        is_number = (whole + part).isascii() and (whole + part).isdigit() and len(value) <= LONGEST_NUMBER
        if is_number and float(value) <= high:
            return float(value)
        raise WrongOption(messages("bad_seconds", option=name, high=high, value=value))

    return parse


def choice(*choices: str) -> Parse:
    """Return a parser that accepts only these words."""

    def parse(messages: Messages, name: str, value: str) -> str:
        if value in choices:
            return value
        raise WrongOption(messages("bad_choice", option=name, choices=", ".join(choices), value=value))

    return parse


COMMON = (
    Option("host", DEFAULT_HOST, host),
    Option("port", DEFAULT_PORT, number(0, 65535)),
    Option("lang", DEFAULT_LANGUAGE, choice(*LANGUAGES)),
)

# To watch the loop; a server can also be watched in slow motion.
TRACE = (
    Option("trace", None, text),
    Option("trace_bytes", 0, number(0, MOST_TRACE_BYTES)),
)
SLOW = Option("slow", 0.0, seconds(60))

# To make visible what passes between the loop and the kernel.
KNOBS = (
    Option("sndbuf", 0, number(0, 1 << 30)),
    Option("recv_size", Limits().recv_bytes, number(1, 1 << 20)),
    Option("selector", "auto", choice(*SELECTORS)),
)


class _Formatter(argparse.HelpFormatter):
    """The formatter of argparse, with the heading of the usage in our language."""

    def __init__(self, heading: str, prog: str) -> None:
        super().__init__(prog)
        self._heading = heading

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: Optional[str] = None) -> None:
        super().add_usage(usage, actions, groups, self._heading)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise WrongOption(message)


def parse(
    program: str,
    options: Sequence[Option],
    flags: Sequence[str],
    arguments: Optional[List[str]] = None,
    environment: Mapping[str, str] = os.environ,
) -> Tuple[argparse.Namespace, Messages]:
    """Return the values of all options and flags, and the messages of the chosen language.

    ``program`` is SERVER or CLIENT.  Exits with status 2 and one line on standard
    error when an option is wrong, and after --help and --version with the status
    of ``tell``.
    """
    if arguments is None:
        arguments = sys.argv[1:]
    messages = Messages(_early_language(arguments, environment))
    try:
        return _parse(program, options, flags, arguments, environment, messages), messages
    except Asked as answer:
        sys.exit(tell(program, messages, str(answer)))
    except WrongOption as error:
        complain(program, messages("wrong_option", error=error, program=programs.typed(program)))
        sys.exit(2)


def tell(program: str, messages: Messages, text: str) -> int:
    """Print ``text``, which an option asked for; return the exit status."""
    try:
        output.write_all(1, text.encode("utf-8", "backslashreplace"))
    except BrokenPipeError:
        pass  # the reader has seen enough, as with `| head -1`
    except OSError as error:
        complain(program, messages("cannot_print", error=error.strerror))
        return 1
    return 0


def complain(program: str, text: str) -> None:
    """Write ``text``, which says what is wrong, in one line to standard error."""
    data = output.printable(f"{program}: {text}").encode("utf-8", "backslashreplace") + b"\n"
    try:
        output.write_all(2, data, gives_up=lambda: True)
    except OSError:
        pass  # standard error is closed or stuck, and there is no other place


def _early_language(arguments: List[str], environment: Mapping[str, str]) -> str:
    """Return the language in which a wrong option is told; other options may stand before --lang."""
    early = _Parser(add_help=False, allow_abbrev=False)
    fallback = environment.get("MINICHAT_LANG")
    early.add_argument("--lang", nargs="?", default=fallback, const=fallback)
    language = early.parse_known_args(arguments)[0].lang
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def _parse(
    program: str,
    options: Sequence[Option],
    flags: Sequence[str],
    arguments: List[str],
    environment: Mapping[str, str],
    messages: Messages,
) -> argparse.Namespace:
    parser = _build(program, options, flags, messages)
    try:
        values, unknown = parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        if {"-h", "--help"} & set(arguments):
            raise Asked(parser.format_help()) from None
        key = "no_value" if error.argument_name in ("-h/--help", "--version", *map(_flag, flags)) else "needs_value"
        raise WrongOption(messages(key, option=error.argument_name)) from None
    if values.help:
        raise Asked(parser.format_help())
    if values.version:
        raise Asked(f"minichat {__version__}\n")
    if unknown:
        raise WrongOption(messages("unknown_option", option=unknown[0]))
    for option in options:
        name, value = _flag(option.name), getattr(values, option.name)
        if value is None:
            name = f"MINICHAT_{option.name.upper()}"
            value = environment.get(name) or None  # an empty one counts as none
        setattr(values, option.name, option.default if value is None else option.parse(messages, name, value))
    return values


def _build(program: str, options: Sequence[Option], flags: Sequence[str], messages: Messages) -> _Parser:
    parser = _Parser(
        prog=programs.typed(program),
        description=messages(f"{program.partition('-')[2]}_about"),
        epilog=messages("environment", example=f"MINICHAT_{options[0].name.upper()}"),
        formatter_class=functools.partial(_Formatter, messages("usage")),
        add_help=False,
        allow_abbrev=False,
        exit_on_error=False,
    )
    group = parser.add_argument_group(messages("options"))
    group.add_argument("-h", "--help", action="store_true", help=messages("help_help"))
    for flag in ("version", *flags):
        group.add_argument(_flag(flag), action="store_true", help=messages(f"help_{flag}"))
    for option in options:
        help_text = messages(f"help_{option.name}", default=option.default)
        group.add_argument(_flag(option.name), metavar=option.name.upper(), help=help_text)
    return parser


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
