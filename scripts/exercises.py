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

import argparse
import os
import sys
from pathlib import Path
from typing import Callable, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercising.checks import CHECKS, Check
from exercising.texts import CONDITIONS, EXERCISES, WORDS, Both
from exercising.tree import No, Tree

from minichat.cli.messages import DEFAULT_LANGUAGE, LANGUAGES
from minichat.cli.output import open_standard_files, printable
from tests.support import ROOT

FIELDS = ("task", "wire", "done", "size", "needs", "hint")
EVIDENCE_CHARACTERS = 2000


class Speaker:
    """Prints in one language."""

    def __init__(self, language: str) -> None:
        self._column = LANGUAGES.index(language)

    def pick(self, both: Both) -> str:
        """Return the text of this language."""
        return both[self._column]

    def word(self, key: str, **fields: object) -> str:
        """Return one of WORDS with its fields filled in."""
        return self.pick(WORDS[key]).format(**fields)

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


def main(arguments: Optional[List[str]] = None) -> int:
    """List, show or check; return the exit status."""
    open_standard_files()
    given = sys.argv[1:] if arguments is None else arguments
    command: List[str] = []
    if "--" in given:
        given, command = given[: given.index("--")], given[given.index("--") + 1 :]
    fallback = os.environ.get("MINICHAT_LANG")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", nargs="?", type=int)
    parser.add_argument("--lang", choices=LANGUAGES, default=fallback if fallback in LANGUAGES else DEFAULT_LANGUAGE)
    parser.add_argument("--tree", type=Path, default=ROOT)
    parser.add_argument("--hint", action="store_true")
    parser.add_argument("--page", action="store_true")
    values = parser.parse_args(given)
    speaker = Speaker(values.lang)
    if values.page or values.number is None:
        print(paged(speaker) if values.page else listed(speaker), end="")
        return 0
    if values.number not in EXERCISES:
        parser.error(speaker.word("no_exercise", number=values.number, last=max(EXERCISES)))
    if not (values.tree / "minichat" / "__init__.py").is_file():
        parser.error(speaker.word("no_tree", folder=values.tree))
    print(shown(values.number, speaker, values.hint), end="", flush=True)
    if values.number not in CHECKS:
        print(speaker.word("unjudged"))
        return 0

    def tell(key: str, holds: bool, seen: str) -> None:
        condition = speaker.pick(CONDITIONS[key])
        print(f"  {speaker.word('yes' if holds else 'no'):<4} {condition}", flush=True)
        for line in seen.splitlines():
            print(f"       {printable(line)}")

    is_solved = judge(CHECKS[values.number], Tree(values.tree.resolve(), tuple(command)), tell)
    print(speaker.word("solved" if is_solved else "not_solved"))
    return 0 if is_solved else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
