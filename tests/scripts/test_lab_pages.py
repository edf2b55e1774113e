"""The pages of the labs: each asks, and each answers where the answer is to be seen."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List

from minichat.trace.check import check
from minichat.trace.schema import Event
from tests.program import Program
from tests.support import PATIENCE_SECONDS, ROOT
from tests.trace.pages import NO_NODE, NODE, in_engine, written
from tests.trace.test_page import embedded

sys.path.insert(0, str(ROOT / "scripts"))

import example
from labs.asking import place, with_questions
from labs.lessons import LABS
from labs.questions import QUESTIONS

LAB_SECONDS = 3 * PATIENCE_SECONDS
MOST_QUESTIONS = 3


def played(number: int, language: str = "pt") -> str:
    """The page that a lab writes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lab.html")
        arguments = ("scripts/labs/run.py", str(number), "--yes", "--page", str(file), "--lang", language)
        with Program(*arguments, variables={"PYTHONIOENCODING": "utf-8"}) as program:
            status, output, errors = program.finish(LAB_SECONDS)
        assert (status, errors) == (0, ""), output + errors
        return file.read_text(encoding="utf-8")


def played_events(number: int) -> List[Event]:
    """The events of that page."""
    return embedded(played(number))


def asked(events: List[Event]) -> List[Any]:
    """The questions in a page, with whether each one is answered later."""
    notes = [event for event in events if event["event"] == "note"]
    return [
        (note["ask"], any(other.get("answer") for other in notes if other["n"] > note["n"]))
        for note in notes
        if note.get("ask")
    ]


def place_of_question(events: List[Event], number: int) -> int:
    """The place of that question, from 1."""
    return [index for index, event in enumerate(events) if event.get("ask")][number - 1]


class Questions(unittest.TestCase):
    """Questions are put into a trace without breaking it."""

    def test_every_lab_asks_one_to_three(self) -> None:
        self.assertEqual(list(QUESTIONS), list(LABS))

    def test_a_page_asks_in_both_languages_and_answers(self) -> None:
        events = played_events(1)
        self.assertEqual(len(asked(events)), 2)
        for texts, is_answered in asked(events):
            self.assertTrue(is_answered)
            self.assertEqual(len(texts), 2)
        self.assertEqual(check(events)[1], [])

    def test_the_answer_is_not_yet_on_the_screen(self) -> None:
        """W is not up, and the bytes of the line are not all counted, when it is asked for them."""
        events = example.events_in(example.PAGE.read_text(encoding="utf-8"))
        ask, up = place_of_question(events, 2), place(events, "interest", to="RW")
        self.assertEqual([event["event"] for event in events[ask:up]], ["note"])
        events = played_events(9)
        self.assertLess(place_of_question(events, 2), place(events, "recv", place(events, "state", state="joined"), 4))

    def test_a_lab_that_went_another_way_has_nothing_to_ask(self) -> None:
        with self.assertRaises(LookupError):
            with_questions([{"n": 0, "t": 0, "turn": 0, "event": "note", "text": ""}], QUESTIONS[3])

    def test_an_event_is_found_by_its_fields(self) -> None:
        events: List[Dict[str, Any]] = [{"event": "recv", "conn": 1}, {"event": "recv", "conn": 2}, {"event": "send"}]
        self.assertEqual(place(events, "recv", conn=2), 1)
        self.assertEqual(place(events, "recv", nth=2), 1)
        with self.assertRaises(LookupError):
            place(events, "recv", 2)

    def test_a_page_that_cannot_be_written_is_told(self) -> None:
        with Program("scripts/labs/run.py", "1", "--yes", "--page", "/no/such/folder/lab.html") as program:
            status, _, errors = program.finish(LAB_SECONDS)
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"\A[^\n]*/no/such/folder/lab.html[^\n]*\n\Z")


class Example(unittest.TestCase):
    """The page that stands in the repository."""

    def test_it_has_the_scripts_and_styles_of_now(self) -> None:
        page = example.PAGE.read_text(encoding="utf-8")
        self.assertEqual(page, example.made_anew(page), "run python3 scripts/example.py")

    def test_it_shows_what_the_lab_is_about(self) -> None:
        events = example.events_in(example.PAGE.read_text(encoding="utf-8"))
        self.assertEqual(check(events)[1], [])
        self.assertEqual(len(asked(events)), 3)
        self.assertTrue(any(event["event"] == "send" and event["sent"] == "again" for event in events))

    def test_its_picture_is_one(self) -> None:
        data = example.PICTURE.read_bytes()
        self.assertTrue(data.startswith(b"\x89PNG"))
        self.assertEqual(data[16:24], (1280).to_bytes(4, "big") + (800).to_bytes(4, "big"))

    @unittest.skipUnless(NODE, NO_NODE)
    def test_the_model_stops_at_each_question(self) -> None:
        events = example.events_in(example.PAGE.read_text(encoding="utf-8"))
        found = in_engine(
            """const trace = new Trace(text);
            while (trace.read(100));
            const asks = [];
            for (let i = 0; i < trace.notes.length; i++) {
              if (trace.event(trace.notes.at(i)).ask) asks.push(trace.actOf(trace.notes.at(i)));
            }
            return asks;""",
            written(events),
        )
        self.assertEqual(len(found), 3)
        self.assertTrue(all(act["first"] == act["last"] for act in found), "a question is an act of its own")


if __name__ == "__main__":
    unittest.main()
