"""The language and the options of a script, told in the language of the person.

``--lang`` chooses, then ``MINICHAT_LANG``, then the default of the programs.  A
wrong option is told in one line, with status 2.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Dict, List, Mapping, NoReturn, Optional, Tuple

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES, filled

Table = Mapping[str, Tuple[str, ...]]  # the texts of a key, in the order of LANGUAGES

_TEXTS: Dict[str, Tuple[str, str]] = {
    "wrong_option": ("opção inválida: {option}; veja {program} --help", "wrong option: {option}; see {program} --help"),
    "needs_value": (
        "{option} precisa de um valor; veja {program} --help",
        "{option} needs a value; see {program} --help",
    ),
    "bad_value": (
        "{option} deve ser {wanted}, e não {value}; veja {program} --help",
        "{option} must be {wanted}, not {value}; see {program} --help",
    ),
    "one_of": ("um destes: {choices}", "one of {choices}"),
    "whole": ("um número inteiro de {low} a {high}", "a whole number from {low} to {high}"),
    "number": ("um número de {low:g} a {high:g}", "a number from {low:g} to {high:g}"),
}


def speak(table: Table, key: str, language: str, **fields: object) -> str:
    """Return a text of ``table`` in the language, with its fields filled in."""
    return filled(table[key][LANGUAGES.index(language)], language, fields)


def language_of(arguments: List[str], environment: Mapping[str, str] = os.environ) -> str:
    """Return the language that the options or the environment ask for, before anything is parsed."""
    asked = environment.get("MINICHAT_LANG", "")
    for name, value in zip(["", *arguments], [*arguments, ""]):
        if name == "--lang":
            asked = value if value in LANGUAGES else asked
        elif name.startswith("--lang="):
            asked = name[len("--lang=") :] if name[len("--lang=") :] in LANGUAGES else asked
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


class WrongOption(Exception):
    """An option is wrong; the text says how, for people."""


class Options:
    """The options of one script; what they mean is written by the script itself, in both languages."""

    def __init__(self, program: str, arguments: List[str]) -> None:
        """``program`` is named in what is told about wrong options."""
        self.language = language_of(arguments)
        self._program = program
        self._arguments = arguments
        self._parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
        self._flags = {"--help"}
        self._parser.add_argument("-h", "--help", action="store_true")
        self.add_value("lang")

    def add_value(self, name: str, *, is_repeated: bool = False) -> None:
        """Add an option with a value, or with a list of them if it may be repeated; it is None when not given."""
        self._parser.add_argument(f"--{name}", action="append" if is_repeated else "store")

    def add_flag(self, name: str) -> None:
        """Add an option without a value."""
        self._flags.add(f"--{name}")
        self._parser.add_argument(f"--{name}", action="store_true")

    def add_operand(self, name: str) -> None:
        """Add what may stand without a name; it is None when not given."""
        self._parser.add_argument(name, nargs="?")

    def add_operands(self, name: str) -> None:
        """Add any number of what may stand without a name."""
        self._parser.add_argument(name, nargs="*")

    def parse(self) -> argparse.Namespace:
        """Return the values, all of them texts; raise WrongOption."""
        try:
            values, unknown = self._parser.parse_known_args(self._arguments)
        except argparse.ArgumentError as error:
            name = (error.argument_name or "").rpartition("/")[2]
            key = "wrong_option" if name in self._flags else "needs_value"  # --flag=value, or a value that is missing
            raise self.wrong(key, option=name) from None
        if unknown:
            raise self.wrong("wrong_option", option=unknown[0])
        self.choice("--lang", values.lang or self.language, LANGUAGES)
        return values

    def choice(self, option: str, value: str, choices: Tuple[str, ...]) -> str:
        """Return ``value``, which must be one of ``choices``; raise WrongOption."""
        if value not in choices:
            wanted = speak(_TEXTS, "one_of", self.language, choices=", ".join(choices))
            raise self.wrong("bad_value", option=option, wanted=wanted, value=value)
        return value

    def number(self, option: str, value: str, low: float, high: float) -> float:
        """Return the number in ``value``, a whole one if ``low`` is; raise WrongOption unless it is in these bounds."""
        is_whole = isinstance(low, int)
        digits = value if is_whole else value.replace(".", "", 1)
        if digits.isascii() and digits.isdigit() and len(value) <= 12:
            found = int(value) if is_whole else float(value)
            if low <= found <= high:
                return found
        wanted = speak(_TEXTS, "whole" if is_whole else "number", self.language, low=low, high=high)
        raise self.wrong("bad_value", option=option, wanted=wanted, value=value)

    def wrong(self, key: str, **fields: object) -> WrongOption:
        """Return the exception for a wrong option."""
        return WrongOption(speak(_TEXTS, key, self.language, program=self._program, **fields))


def refuse(error: WrongOption) -> NoReturn:
    """Tell what is wrong with an option; exit with status 2."""
    print(str(error).encode("unicode_escape").decode() if not str(error).isprintable() else error, file=sys.stderr)
    sys.exit(2)


def arguments_of(arguments: Optional[List[str]]) -> List[str]:
    """Return the arguments of the process unless others are given."""
    return sys.argv[1:] if arguments is None else arguments
