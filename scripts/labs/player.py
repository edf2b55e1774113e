"""The page of a lab: it plays the loop that the lab has recorded, and asks on the way."""

from __future__ import annotations

from pathlib import Path
from typing import List

from labs.asking import with_questions
from labs.lab import Lab
from labs.questions import QUESTIONS
from minichat.trace.page import Page
from minichat.trace.schema import Event


def title_of(lab: Lab, language: str) -> str:
    """Return the title of a lab's page."""
    return f"Lab {lab.number}: {lab.text('title', language)}"


def events_of_page(lab: Lab, traces: List[List[Event]]) -> List[Event]:
    """Return the trace that the page plays, with its questions.

    With a changed value the lab may go another way: then there is nothing to ask.
    """
    questions = QUESTIONS[lab.number]
    events = traces[questions.trace]
    try:
        return with_questions(events, questions)
    except LookupError:
        return events


def write_page(lab: Lab, traces: List[List[Event]], file: Path, language: str) -> None:
    """Write the page; raise OSError."""
    made = Page()
    try:
        for event in events_of_page(lab, traces):
            made.feed(event)
        with open(file, "wb") as out:
            made.write(out, title_of(lab, language), language)
    finally:
        made.close()
