"""The page to hand out: a sheet in Markdown with questions, and its back with the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List

from speaking import speak

from labs.lab import Lab
from labs.words import WORDS
from minichat.cli.messages import LANGUAGES

NOTE_LINES = 4


def sheet(lab: Lab, language: str) -> Dict[str, str]:
    """Return both sides of the sheet of a lab: the text of each file name."""
    back = speak(WORDS, "back", language)
    return {f"lab-{lab.number:02}.md": _front(lab, language), f"lab-{lab.number:02}-{back}.md": _back(lab, language)}


def write_sheets(labs: List[Lab], folder: Path, language: str) -> None:
    """Write the sheets of these labs into a folder; raise OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for lab in labs:
        for name, text in sheet(lab, language).items():
            (folder / name).write_text(text, "utf-8")


def _front(lab: Lab, language: str) -> str:
    lines = [f"# Lab {lab.number}: {lab.text('title', language)}", ""]
    lines += [f"**{speak(WORDS, 'page_belief', language)}:** {lab.text('cures', language)}", ""]
    lines += _part("before", lab.text("before", language), language)
    lines += _part("action", lab.text("action", language), language)
    lines += _part("run", _command(lab.command(language)), language)
    lines += _part("notes", "\n\n".join(["_" * 60] * NOTE_LINES), language)
    lines += _part("after", lab.text("after", language), language)
    question = lab.knob.question[LANGUAGES.index(language)]
    lines += _part("again", f"{question}\n\n{_command(lab.command(language, is_changed=True))}", language)
    return "\n".join(lines).rstrip() + "\n"


def _back(lab: Lab, language: str) -> str:
    lines = [f"# Lab {lab.number}: {lab.text('title', language)} ({speak(WORDS, 'page_back', language)})", ""]
    lines += _part("why", lab.text("explanation", language), language)
    lines += _part("after", lab.text("answer", language), language)
    lines += _part("again", lab.knob.answer[LANGUAGES.index(language)], language)
    lines += _part("home", "\n\n".join(f"`{home.file}`, `{home.name}`" for home in lab.homes), language)
    return "\n".join(lines).rstrip() + "\n"


def _part(key: str, text: str, language: str) -> List[str]:
    return [f"## {speak(WORDS, f'page_{key}', language)}", "", text, ""]


def _command(command: str) -> str:
    return f"```sh\n{command}\n```"
