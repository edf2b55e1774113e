"""Make the example page anew, and its picture: lab 3 as the loop player shows it.

    python3 scripts/example.py            from the trace that the page holds
    python3 scripts/example.py --play     from a new run of the lab

The picture needs Chromium; without it the old one stays.
"""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from labs.lessons import LABS
from labs.player import title_of
from labs.run import main as run_lab

from minichat.cli.messages import DEFAULT_LANGUAGE
from minichat.trace.page import Page
from minichat.trace.schema import Event
from tests.browser import CHROMIUM, Browser
from tests.support import ROOT

NUMBER = 3
PAGE = ROOT / "scripts" / "labs" / "lab3.html"
PICTURE = ROOT / "scripts" / "pictures" / "player.png"
_TRACE = re.compile(r'id="trace">(.*?)</script>', re.DOTALL)


def events_in(page: str) -> List[Event]:
    """Return the events that a page holds."""
    found = _TRACE.search(page)
    return [json.loads(line) for line in found[1].splitlines()] if found else []


def made_anew(page: str) -> str:
    """Return the page with the same events and the parts of now."""
    made, out = Page(), io.BytesIO()
    for event in events_in(page):
        made.feed(event)
    made.write(out, title_of(LABS[NUMBER], DEFAULT_LANGUAGE), DEFAULT_LANGUAGE)
    made.close()
    return out.getvalue().decode()


def draw() -> None:
    """Draw the page at its second question."""
    browser = Browser()
    try:
        tab = browser.tab(PAGE.as_uri())
        tab.wait("window.player && player.trace.isRead")
        tab.value("player.go(player.trace.notes.at(2))")
        tab.screenshot(PICTURE)
    finally:
        browser.close()


def main() -> int:
    """Write the page, and the picture if there is a browser; return the exit status."""
    arguments = sys.argv[1:]
    if arguments not in ([], ["--play"]):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments and run_lab([str(NUMBER), "--yes", "--page", str(PAGE)]):
        return 1
    PAGE.write_text(made_anew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    if CHROMIUM:
        draw()
    return 0


if __name__ == "__main__":
    sys.exit(main())
