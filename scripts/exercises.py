"""The exercises: what to do, and whether it is done.

    python3 scripts/exercises.py                 list the exercises
    python3 scripts/exercises.py 3               show one and check this checkout against it
    python3 scripts/exercises.py 3 --tree FOLDER     check another checkout
    python3 scripts/exercises.py 9 -- python3 other.py   with the program of the exercise
    python3 scripts/exercises.py --page          print all of them as Markdown

A check starts the programs of the checkout and talks to them as any peer does.
``--hint`` shows a hint, ``--lang en`` is English.  The exit status is 0 when the
exercise is solved or has no check, 1 when not, 2 for a wrong option.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercising.checks import CHECKS, Check
from exercising.texts import EXERCISES, Both
from exercising.tree import No, Tree
from exercising.words import CONDITIONS, WORDS
from speaking import Options, WrongOption, arguments_of, language_of, refuse, speak

from minichat.cli.messages import LANGUAGES
from minichat.cli.output import printable
from tests.ending import end_with
from tests.support import ROOT

FIELDS = ("task", "wire", "done", "size", "needs", "hint")
EVIDENCE_CHARACTERS = 2000
PROGRAM = "python3 scripts/exercises.py"
HELP_COLUMNS = 16
LONGEST_NUMBER = 12  # digits


class Speaker:
    """Prints in one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._column = LANGUAGES.index(language)

    def pick(self, both: Both) -> str:
        """Return the text of this language."""
        return both[self._column]

    def word(self, key: str, **fields: object) -> str:
        """Return one of WORDS with its fields filled in."""
        return speak(WORDS, key, self._language, **fields)

    def field(self, number: int, name: str) -> str:
        """Return a field of an exercise."""
        value = getattr(EXERCISES[number], name)
        return value if isinstance(value, str) else self.pick(value)


def listed(speaker: Speaker) -> str:
    """Return the list of all exercises."""
    lines = [
        f"{number:>2}  {speaker.field(number, 'title'):<28} {speaker.field(number, 'size')}" for number in EXERCISES
    ]
    return "\n".join([*lines, "", speaker.word("list_end"), ""])


def shown(number: int, speaker: Speaker, has_hint: bool) -> str:
    """Return one exercise as a student reads it."""
    lines = [f"{number}. {speaker.field(number, 'title')}", ""]
    for name in FIELDS:
        if name != "hint" or has_hint:
            lines.append(f"{speaker.word(name)}: {speaker.field(number, name)}")
    if not has_hint:
        lines.append(f"({speaker.word('ask_hint')})")
    return "\n".join([*lines, "", ""])


def paged(speaker: Speaker) -> str:
    """Return all exercises as Markdown, each hint folded away."""
    parts = []
    for number in EXERCISES:
        parts.append(f"### {number}. {speaker.field(number, 'title')}\n")
        parts.append(speaker.field(number, "task") + "\n")
        parts += [
            f"- *{speaker.word(name)}*: "
            + ("`{}`" if name == "wire" and "→" in speaker.field(number, name) else "{}").format(
                speaker.field(number, name)
            )
            for name in ("wire", "done", "size")
        ]
        file = speaker.field(number, "needs")
        parts.append(f"- *{speaker.word('needs')}*: [{file}](../../{file})\n")
        parts.append(
            f"<details><summary>{speaker.word('hint')}</summary>\n\n{speaker.field(number, 'hint')}\n\n</details>\n"
        )
    return "\n".join(parts)


def judge(check: Check, tree: Tree, tell: Callable[[str, bool, str], None]) -> bool:
    """Try one condition after the other until one does not hold; return True if all do.

    ``tell`` gets the key of each condition, True if it holds, and what was seen if not.
    """
    held: Optional[str] = None
    try:
        for key in check(tree):
            if held:
                tell(held, True, "")
            held = key
    except (No, AssertionError, OSError) as error:
        tell(held or "", False, str(error)[:EVIDENCE_CHARACTERS])
        return False
    tell(held or "", True, "")
    return True


def helped(speaker: Speaker) -> str:
    """Return what may be typed."""
    rows = (
        (speaker.word("number"), "number"), ("--tree " + speaker.word("folder"), "tree"),
        ("-- " + speaker.word("command"), "command"), ("--hint", "hint"), ("--page", "page"),
        ("--lang pt|en", "lang"), ("-h, --help", "help"),
    )  # fmt: skip
    lines = [f"  {option:<{HELP_COLUMNS}}{speaker.word(f'help_{key}')}" for option, key in rows]
    return "\n".join([speaker.word("usage"), "", speaker.word("about"), "", *lines, ""])


def checked(number: int, tree: Tree, speaker: Speaker) -> int:
    """Check an exercise and tell what is seen; return the exit status."""

    def tell(key: str, holds: bool, seen: str) -> None:
        condition = speaker.pick(CONDITIONS[key])
        print(f"  {speaker.word('yes' if holds else 'no'):<4} {condition}", flush=True)
        for line in seen.splitlines():
            print(f"       {printable(line)}")

    is_solved = judge(CHECKS[number], tree, tell)
    print(speaker.word("solved" if is_solved else "not_solved"))
    return 0 if is_solved else 1


def options_of(arguments: List[str]) -> Options:
    """Return the options of this program."""
    options = Options(PROGRAM, arguments)
    options.add_operand("number")
    options.add_value("tree")
    for flag in ("hint", "page"):
        options.add_flag(flag)
    return options


def act(options: Options, command: Optional[List[str]]) -> int:
    """Do what the options say; return the exit status; raise WrongOption."""
    values, speaker = options.parse(), Speaker(options.language)
    if values.help:
        print(helped(speaker), end="")
        return 0
    if values.page or values.number is None:
        print(paged(speaker) if values.page else listed(speaker), end="")
        return 0
    if command == []:
        raise WrongOption(speaker.word("no_command"))
    is_number = values.number.isascii() and values.number.isdigit()
    number = int(values.number) if is_number and len(values.number) < LONGEST_NUMBER else -1
    if number not in EXERCISES:
        raise WrongOption(speaker.word("no_exercise", number=values.number, last=max(EXERCISES)))
    folder = ROOT if values.tree is None else Path(values.tree)
    if not (folder / "minichat" / "__init__.py").is_file():
        raise WrongOption(speaker.word("no_tree", folder=folder))
    print(shown(number, speaker, values.hint), end="", flush=True)
    if number not in CHECKS:
        print(speaker.word("unjudged"))
        return 0
    return checked(number, Tree(folder.resolve(), tuple(command or ())), speaker)


def main(arguments: Optional[List[str]] = None) -> int:
    """List, show or check; return the exit status."""
    given, command = arguments_of(arguments), None
    if "--" in given:
        given, command = given[: given.index("--")], given[given.index("--") + 1 :]
    try:
        return act(options_of(given), command)
    except WrongOption as error:
        refuse(error)


if __name__ == "__main__":
    try:
        end_with("exercises", main, language_of(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
