"""The page of a trace: what is in it, and what is refused.

What the page about the loop shows is tried here, with other files:

    python3 -m minichat.trace page loop.jsonl > loop.html
"""

from __future__ import annotations

import json
import random
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List, Tuple
from unittest import mock

from minichat.client import session as client
from minichat.trace import page
from minichat.trace.check import Checker
from minichat.trace.page import PARTS, Books, Page, Range, TooLarge
from minichat.trace.recorder import header as header_of
from minichat.trace.schema import EVENTS, Event
from tests.program import Program
from tests.trace.pages import page_of, written
from tests.trace.traced import full_trace

MOST_BYTES_OF_PARTS = 60 * 1024


def tool(*arguments: str, stdin: str = "") -> Tuple[int, str, str]:
    """``python3 -m minichat.trace page -`` with these options."""
    with Program("-m", "minichat.trace", "page", "-", *arguments) as program:
        program.type(stdin)
        program.end_input()
        return program.finish()


def strict(name: str) -> None:
    """Refuse what Python takes for a number, and a browser does not."""
    raise ValueError(name)


def embedded(text: str) -> List[Event]:
    """The events in a page, as a browser reads them."""
    lines = re.search(r'id="trace">(.*?)</script>', text, re.DOTALL)
    assert lines is not None
    return [json.loads(line, parse_constant=strict) for line in lines[1].splitlines()]


class Making(unittest.TestCase):
    def test_a_page_holds_every_event_and_loads_nothing(self) -> None:
        text = page_of(full_trace())
        self.assertEqual(embedded(text), full_trace())
        for wanted in ("default-src 'none'", "@media print", "class Trace"):
            self.assertIn(wanted, text)
        self.assertNotRegex(text, r"<(?:link|img|iframe)|src=|https?://(?!www\.w3\.org/2000/svg)")
        self.assertNotIn("@@", text)

    def test_no_text_of_a_trace_ends_its_element(self) -> None:
        hostile = "</script><script>alert(1)</script><!--"
        text = page_of([{"n": 0, "t": 0, "turn": 0, "event": "note", "text": hostile}], title=hostile)
        self.assertEqual(text.count("</script>"), 3)
        self.assertNotIn("<script>alert", text)
        self.assertEqual(embedded(text)[0]["text"], hostile)

    def test_the_program_prints_a_page_with_its_title(self) -> None:
        status, output, errors = tool("--title", "a & b", "--lang", "en", stdin=written(full_trace()))
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("<title>a &amp; b</title>", output)
        self.assertEqual(embedded(output), full_trace())

    def test_the_end_of_a_killed_server_is_left_out_and_told(self) -> None:
        status, output, errors = tool(stdin=written(full_trace()[:30]) + '{"n":30,"t"')
        self.assertEqual(status, 0)
        self.assertRegex(errors, r"\Aminichat.trace: [^\n]*incompleta[^\n]*\n\Z")
        self.assertEqual(embedded(output), full_trace()[:30])

    def test_what_is_no_trace_writes_nothing(self) -> None:
        good = written(full_trace()[:3])
        for stdin, told in ((good + "nonsense\n", "linha 4"), (good + '{"event":"recv"}\n', "linha 4"), ("", "vazio"),
                            ('{"n":0,"t"', "vazio")):  # fmt: skip
            with self.subTest(told, stdin=stdin):
                status, output, errors = tool(stdin=stdin)
                self.assertEqual((status, output), (1, ""))
                self.assertRegex(errors, rf"\A(?:[^\n]*incompleta[^\n]*\n)?[^\n]*{told}[^\n]*\n\Z")
        self.assertEqual(tool("--turns", "900", stdin=good)[:2], (1, ""))
        self.assertEqual(tool("--turns", "9-3", stdin=good)[0], 2)

    def test_a_range_of_turns_is_one_or_two_numbers(self) -> None:
        self.assertEqual([Range.parse("7"), Range.parse("0-0"), Range.parse("007-9")], [(7, 7), (0, 0), (7, 9)])
        for text in ("", "-", "-5", "5-", "9-3", "1-2-3", " 5", "5 -9", "1.5", "٣", "²", "1234567890", "x"):
            with self.subTest(text), self.assertRaises(ValueError):
                Range.parse(text)

    def test_a_page_holds_numbers_that_a_browser_can_read(self) -> None:
        header = {**full_trace()[0], "limits": {"progress_seconds": float("inf")}}
        status, output, errors = tool(stdin=written([header]))  # as older clients have written it
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(embedded(output)[0]["limits"], {"progress_seconds": None})
        endless = written([full_trace()[1]]).replace('"timeout": ', '"timeout": 1e999, "x": ')
        self.assertRegex(tool(stdin=endless)[2], "linha 1 ")

    def test_the_header_of_every_program_is_strict_json(self) -> None:
        text = json.dumps(header_of("select", client.LIMITS), allow_nan=False)
        self.assertIsNone(json.loads(text)["limits"]["progress_seconds"])

    def test_any_title_can_be_written(self) -> None:
        for title in ("\udcff", "@@trace@@", "</title><script>", "\x00", "x" * 9000):
            with self.subTest(title):
                text = page_of(full_trace()[:3], title=title)
                self.assertEqual(embedded(text), full_trace()[:3])
                self.assertEqual(text.count("</title>"), 1)

    def test_only_the_page_itself_says_what_was_before(self) -> None:
        forged = {**full_trace()[0], "snapshot": [None, {"conn": 1, "messages": 5}]}
        self.assertNotIn("snapshot", embedded(page_of([forged]))[0])

    def test_a_page_of_some_turns_has_one_header(self) -> None:
        for first, events in ((0, full_trace()), (2, full_trace()), (2, full_trace()[1:])):
            made = Page(Range(first, 3))
            for event in events:
                made.feed(event)
            made._lines.seek(0)
            headers = [event for event in map(json.loads, made._lines) if event["event"] == "header"]
            made.close()
            with self.subTest(first=first, events=len(events)):
                self.assertEqual(len(headers), 1)
                self.assertLessEqual({"program", "start"}, set(headers[0]))

    def test_a_trace_that_is_too_large_is_refused_with_advice(self) -> None:
        with mock.patch.object(page, "MOST_BYTES", 1000), self.assertRaises(TooLarge):
            page_of(full_trace())
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "page.html")
            change = "import sys; from minichat.trace import __main__, page; page.MOST_BYTES = 1000; "
            with Program("-c", f"{change}sys.exit(__main__.main())", "page", "-") as program:
                program.type(written(full_trace()))
                program.end_input()
                status, output, errors = program.finish()
        self.assertEqual((status, output, file.exists()), (1, "", False))
        self.assertIn("--turns", errors)

    def test_a_page_of_some_turns_begins_with_what_was_known(self) -> None:
        events = full_trace()
        turns = Range(events[len(events) // 2]["turn"], events[-1]["turn"])
        made = Page(turns)
        for event in events:
            made.feed(event)
        made._lines.seek(0)
        header, *rest = [json.loads(line) for line in made._lines]
        made.close()
        self.assertEqual(rest, [event for event in events if event["turn"] >= turns.first])
        self.assertEqual((header["event"], header["n"]), ("header", rest[0]["n"] - 1))
        known = {one["conn"]: one for one in header["snapshot"]}
        books = Books()
        for event in events[: events.index(rest[0])]:
            books.feed(event)
        self.assertTrue(known)
        for conn, account in books._accounts.items():
            self.assertEqual((known[conn]["queued"], known[conn]["interest"]), (account.queued, account.interest))


class Reading(unittest.TestCase):
    """The page takes what ``check`` takes."""

    def test_the_model_knows_the_events_of_the_schema(self) -> None:
        names = re.search(r"const NAMES = \[(.*?)\]", (PARTS / "model.js").read_text(), re.DOTALL)
        assert names is not None
        self.assertEqual(re.findall(r'"(\w+)"', names[1]), list(EVENTS))

    def test_check_and_page_refuse_the_same_lines(self) -> None:
        random_ = random.Random(7)
        for _ in range(300):
            event = changed(random_, random_.choice(full_trace()))
            with self.subTest(event):
                self.assertEqual(is_refused(Checker(), event), is_refused(Books(), event))

    def test_no_script_of_the_page_makes_markup_of_text(self) -> None:
        for name in page.SCRIPTS:
            text = (PARTS / name).read_text(encoding="utf-8")
            forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|setTimeout\(['\"`]"
            self.assertNotRegex(text, forbidden, name)

    def test_the_parts_are_small(self) -> None:
        self.assertLessEqual(sum(file.stat().st_size for file in PARTS.iterdir()), MOST_BYTES_OF_PARTS)


def changed(random_: random.Random, event: Event) -> Event:
    """An event in which one field has another type, or is missing."""
    copy: Dict[str, Any] = dict(event)
    field = random_.choice([name for name in copy if name not in ("n", "t", "turn")])
    value: Any = random_.choice([None, -1, 1.5, "x", [], {}, [[]], ["x"], True, "\ud800"])
    if value is None:
        del copy[field]
    else:
        copy[field] = value
    return copy


def is_refused(checker: Checker, event: Event) -> bool:
    """True if the event is called no event: by an exception, or as one without its fields."""
    try:
        checker.feed({**event, "event": str(event["event"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        return True
    return any(problem.key == "without_fields" for problem in checker.problems)


if __name__ == "__main__":
    unittest.main()
