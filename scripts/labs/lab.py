"""What a lab is: texts in two languages, and a play.

The same texts are shown while a lab runs, and stand on its page to hand out.
"""

from __future__ import annotations

from typing import Callable, List, NamedTuple

from labs.stage import Stage
from labs.texts import Texts
from minichat.cli.messages import LANGUAGES


class Lab(NamedTuple):
    """One lab."""

    number: int
    texts: Texts
    play: Callable[[Stage], None]  # raises NotShown when the lesson cannot be seen

    def text(self, key: str, language: str) -> str:
        """Return one of its texts; ``key`` is a field of Texts."""
        found: str = getattr(self.texts, key)[LANGUAGES.index(language)]
        return found


_HEADINGS = {
    "belief": ("Crença", "Belief"),
    "before": ("Antes: qual é o seu palpite?", "Before: what do you predict?"),
    "action": ("O que se faz", "What is done"),
    "run": ("Rodar", "Run it"),
    "seen": ("O que o laço fez", "What the loop did"),
    "explanation": ("Por quê", "Why"),
    "after": ("Depois", "Afterwards"),
    "notes": ("Anotações", "Notes"),
}


def heading(key: str, language: str) -> str:
    """Return a heading of a lab or of its page."""
    return _HEADINGS[key][LANGUAGES.index(language)]


def page(lab: Lab, language: str) -> str:
    """Return the page to hand out, in Markdown: questions, room for answers, then the explanation."""
    lines: List[str] = [f"# Lab {lab.number}: {lab.text('title', language)}", ""]
    lines += [f"**{heading('belief', language)}:** {lab.text('cures', language)}", ""]
    for key in ("before", "action"):
        lines += [f"## {heading(key, language)}", "", lab.text(key, language), ""]
    lines += [f"## {heading('run', language)}", "", "```sh", f"python3 scripts/labs/run.py {lab.number}", "```", ""]
    lines += [f"## {heading('notes', language)}", "", *["_" * 60, ""] * 4]
    for key in ("after", "explanation"):
        lines += [f"## {heading(key, language)}", "", lab.text(key, language), ""]
    return "\n".join(lines).rstrip() + "\n"
