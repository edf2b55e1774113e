"""What the tests of the page share: traces as text, the page of a trace, the model in a JavaScript engine."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Iterable, List

from minichat.trace.page import PARTS, Page
from minichat.trace.schema import Event
from tests.support import PATIENCE_SECONDS

NODE = shutil.which("node")
NO_NODE = "there is no node on this machine"

# Loads the model and the words; then ``work`` gets the text of the trace.
_PROGRAM = """
const fs = require("fs"), vm = require("vm");
const OPTIONS = {reasons: {}};
const source = process.argv[1].split(":").map((name) => fs.readFileSync(name, "utf8")).join("\\n");
const {work, text} = JSON.parse(fs.readFileSync(0, "utf8"));
const run = vm.runInNewContext(`${source};(text) => {${work}}`, {OPTIONS});
process.stdout.write(JSON.stringify(run(text)));
"""


def written(events: Iterable[Event]) -> str:
    """A trace as it stands in a file."""
    return "".join(json.dumps(event) + "\n" for event in events)


def page_of(events: Iterable[Event], title: str = "lab", language: str = "pt") -> str:
    """The page of some events."""
    made, out = Page(), io.BytesIO()
    try:
        for event in events:
            made.feed(event)
        made.write(out, title, language)
    finally:
        made.close()
    return out.getvalue().decode()


def in_engine(work: str, text: str) -> Any:
    """What the JavaScript ``work`` returns for ``text``, with the model and the words there."""
    return run_scripts([PARTS / name for name in ("model.js", "words.js")], work, text)


def run_scripts(scripts: Iterable[Path], work: str, text: str) -> Any:
    """What the JavaScript ``work`` returns for ``text``, after these scripts."""
    assert NODE, NO_NODE
    names = ":".join(map(str, scripts))
    given = json.dumps({"work": work, "text": text})
    done = subprocess.run(
        [NODE, "-e", _PROGRAM, names], input=given.encode(), capture_output=True, check=False,
        timeout=3 * PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def renumbered(events: Iterable[Event]) -> List[Event]:
    """The events with numbers without gaps, and with a time and a turn where they have none."""
    return [{"t": 0, "turn": 1, **event, "n": number} for number, event in enumerate(events)]
