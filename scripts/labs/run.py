"""The labs: what does a reactor do, and when?

    python3 scripts/labs/run.py                    list them
    python3 scripts/labs/run.py 3                  run one, with a question before and after
    python3 scripts/labs/run.py 3 --yes            without waiting for ENTER
    python3 scripts/labs/run.py --pages FOLDER     a page for each, to hand out (Markdown)

``--lang en`` for English.  Exit status 0 when the lesson showed, 1 when not.
Everything runs on 127.0.0.1, without rights and without a network.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from labs import limits, reading, texting, waiting, writing
from labs.lab import LANGUAGES, Lab, heading, page
from labs.stage import NotShown, Stage
from labs.texts import TEXTS

PLAYS = (
    reading.half_a_line, reading.glued_lines, writing.partial_send, writing.hot_loop, writing.sleepy_reader,
    waiting.do_not_block, waiting.connect_before_accept, waiting.ways_to_leave, texting.across_the_border,
    texting.the_client_is_a_loop_too, limits.address_in_use, limits.friends,
)  # fmt: skip
LABS = {number: Lab(number, TEXTS[number], play) for number, play in enumerate(PLAYS, 1)}
COLUMNS = 80

WORDS = {
    "enter": ("ENTER para começar... ", "ENTER to begin... "),
    "shown": ("A lição apareceu, e o registro confere.", "The lesson showed, and the trace is good."),
    "not_shown": ("A lição não apareceu: {why}", "The lesson did not show: {why}"),
    "no_lab": ("não existe o lab {number}; há de 1 a {last}", "there is no lab {number}; there are 1 to {last}"),
    "written": ("{count} páginas em {folder}", "{count} pages in {folder}"),
}


def text(key: str, language: str, **fields: object) -> str:
    """One of the texts above."""
    return WORDS[key][LANGUAGES.index(language)].format(**fields)


def paragraph(title: str, body: str) -> None:
    """Print a heading and a text below it."""
    print(f"\n{title}")
    print(textwrap.fill(body, COLUMNS, initial_indent="  ", subsequent_indent="  "))


def run(lab: Lab, language: str, asks: bool) -> int:
    """Play a lab; returns the exit status."""
    print(f"Lab {lab.number}: {lab.text('title', language)}")
    paragraph(heading("belief", language), lab.text("cures", language))
    paragraph(heading("before", language), lab.text("before", language))
    if asks:
        try:
            input(text("enter", language))
        except EOFError:
            print()
    paragraph(heading("action", language), lab.text("action", language))
    print(f"\n{heading('seen', language)}")
    stage = Stage(language, lambda line: print(line, flush=True))
    try:
        lab.play(stage)
    except NotShown as error:
        print(text("not_shown", language, why=error), file=sys.stderr)
        return 1
    finally:
        stage.close()
    paragraph(heading("explanation", language), lab.text("explanation", language))
    paragraph(heading("after", language), lab.text("after", language))
    print(f"\n{text('shown', language)}")
    return 0


def main() -> int:
    """Do what the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="run.py", description="Labs on a real server.")
    parser.add_argument("number", type=int, nargs="?", help="of the lab to run; without one they are listed")
    parser.add_argument("--yes", action="store_true", help="do not wait for ENTER")
    parser.add_argument("--lang", choices=LANGUAGES, default="pt", help="language (%(default)s)")
    parser.add_argument("--pages", metavar="FOLDER", help="write a page for each lab")
    values = parser.parse_args()
    if values.pages:
        folder = Path(values.pages)
        folder.mkdir(parents=True, exist_ok=True)
        for number, lab in LABS.items():
            Path(folder, f"lab-{number:02}.md").write_text(page(lab, values.lang), "utf-8")
        print(text("written", values.lang, count=len(LABS), folder=folder))
        return 0
    if values.number is None:
        listing: List[str] = [f"{number:>3}  {lab.text('title', values.lang)}" for number, lab in LABS.items()]
        print("\n".join(listing))
        return 0
    if values.number not in LABS:
        print(text("no_lab", values.lang, number=values.number, last=max(LABS)), file=sys.stderr)
        return 2
    try:
        return run(LABS[values.number], values.lang, not values.yes)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
