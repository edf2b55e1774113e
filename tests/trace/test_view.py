"""A trace for people: aligned, narrow, in two languages, and safe."""

from __future__ import annotations

import unittest
from typing import Any, List

from minichat.cli.messages import LANGUAGES
from minichat.trace.schema import EVENTS, Event
from minichat.trace.view import COLUMNS, MARGIN, MARKS, View, legend
from minichat.trace.words import words
from minichat.tty.graphemes import columns
from tests.trace.traced import full_trace


def shown(events: List[Event], language: str = "en") -> List[str]:
    """The lines for some events."""
    lines: List[str] = []
    view = View(lines.append, language)
    for event in events:
        view(event)
    view.flush()
    return lines


def event(event: str, **fields: Any) -> Event:
    """One event, somewhere in a trace."""
    return {"n": 1, "t": 0, "turn": 42, "event": event, **fields}


class Lines(unittest.TestCase):
    def test_portuguese_has_a_comma_in_its_seconds(self) -> None:
        events = [event("slow", what="Pool.serve", duration=2_100_000_000)]
        for language, told in (("pt", "prendeu o laço por 2,1 s"), ("en", "held the loop for 2.1 s")):
            self.assertIn(told, shown(events, language)[-1])

    def test_a_turn_reads_as_in_the_readme(self) -> None:
        events = [
            event("state", conn=1, state="joined", nick="ana"),
            event("state", conn=2, state="joined", nick="caio"),
            event("wait", timeout=1.0, deferred=0),
            event("wake", duration=812_000_000, ready=[[1, "R"], [2, "W"]], reason="io"),
            event("recv", conn=1, asked=16384, got=10, data="oi, gente\n"),
            event("line", conn=1, length=10, buffered=0, thrown=0, data="oi, gente"),
            event("command", conn=1, name="say", message=7),
            event("queue", conn=1, bytes=26, messages=[7], queued=26),
            event("queue", conn=2, bytes=26, messages=[7], queued=26),
            event("send", conn=1, asked=26, sent=26, queued=0, done=[7]),
            event("send", conn=2, asked=26, sent=14, queued=12, done=[]),
            event("interest", **{"conn": 2, "from": "R", "to": "RW", "why": "send fell short"}),
        ]
        self.assertEqual(
            shown(events)[2:],
            [
                "#0042  waited 812 ms      ready: ana(R) caio(W)",
                '       < ana          recv 10/16384   buffer 0→10   "oi, gente\\n"',
                '       = ana          line of 10   buffer 10→0   "oi, gente"',
                "       * ana          say   message 7",
                "       + queue: ana +26  caio +26",
                "       > ana          send 26/26   queue 0",
                "       ! caio         send 14/26   queue 12",
                "       ~ caio         interest R→RW   send fell short",
            ],
        )

    def test_every_event_but_the_silent_ones_has_a_line_in_both_languages(self) -> None:
        for language in LANGUAGES:
            for name in set(EVENTS) - {"header", "wait", "open"}:
                example = next(event for event in full_trace() if event["event"] == name)
                self.assertTrue(shown([example], language), (name, language))

    def test_no_line_is_wider_than_it_may_be(self) -> None:
        many = [event("queue", conn=conn, bytes=1000, messages=[1], queued=1000) for conn in range(500)]
        wide = [event("wake", duration=1, ready=[[conn, "R"] for conn in range(500)], reason="io")]
        wide += [event("note", text="日" * 300), event("slow", what="x" * 300, duration=10**9)]
        lines = shown(many + wide) + shown(full_trace(), "pt")
        self.assertTrue(any("and " in line and "more" in line for line in lines))
        for line in lines:
            self.assertLessEqual(columns(line), COLUMNS, line)

    def test_chat_text_is_shown_by_its_escapes(self) -> None:
        evil = "\x1b[2J\x07\u202e\r"
        events = [
            event("recv", conn=1, asked=9, got=9, data=evil),
            event("line", conn=1, length=9, buffered=0, thrown=0, data=evil),
            event("queue", conn=1, bytes=9, messages=[1], queued=9, data=evil),
            event("state", conn=1, state="joined", nick=evil),
            event("note", text=evil),
            event("slow", what=evil, duration=10**9),
            event("close", conn=1, reason=evil, lost=0),
        ]
        for line in shown(events):
            self.assertFalse(any(ord(c) < 32 or c in "\x7f\u202e" for c in line), ascii(line))

    def test_an_event_with_anything_in_any_field_is_shown_safely(self) -> None:
        evil = "\x1b]0;t\x07" + "e\u0301" * 50_000
        for name, fields in EVENTS.items():
            made_up: Any = {field.strip("[]"): evil for field in fields}
            made_up.update({"ready": [[evil, evil]], "messages": [evil], "done": [evil], "duration": 1, "late": 1})
            for line in shown([{"n": 1, "t": 0, "turn": 1, "event": name, **made_up}]):
                self.assertTrue(line.isprintable(), (name, ascii(line)[:200]))

    def test_nicks_stand_for_connections_while_they_are_in(self) -> None:
        close = event("close", conn=1, reason="quit", lost=0)
        lines = shown([event("state", conn=1, state="joined", nick="ana"), close, close])
        self.assertIn("x ana ", lines[1])
        self.assertIn("x #1 ", lines[2])


class Legend(unittest.TestCase):
    def test_it_explains_every_mark_that_a_line_can_have(self) -> None:
        marks = {line[len(MARGIN)] for line in shown(full_trace()) if line.startswith(MARGIN)}
        self.assertLessEqual(marks, set(MARKS))
        self.assertEqual(len(MARKS), 11)
        for language in LANGUAGES:
            text = " · ".join(line.strip() for line in legend(language))
            self.assertEqual([meaning[0] for meaning in text.split(" · ")], list(MARKS))
            self.assertNotIn("mark ", text)

    def test_it_fits_a_small_terminal(self) -> None:
        for language in LANGUAGES:
            for line in legend(language):
                self.assertLessEqual(columns(line), 80, line)

    def test_it_may_be_of_some_marks_alone(self) -> None:
        expected = ["  first · < what the kernel gives · > the kernel takes all"]
        self.assertEqual(legend("en", "<>", "  ", ["first"]), expected)


class Words(unittest.TestCase):
    def test_one_thing_is_not_told_as_many(self) -> None:
        say, totals = words("pt"), {"received": 1, "sent": 1}
        told = say("good", events=1, turns=1, connections=1, **totals)
        self.assertEqual(told, "confere: 1 evento, 1 volta, 1 conexão, 1 B recebidos, 1 B enviados")
        told = say("good", events=0, turns=2, connections=3, **totals)
        self.assertEqual(told, "confere: 0 eventos, 2 voltas, 3 conexões, 1 B recebidos, 1 B enviados")
        self.assertEqual(say("problems", count=1), "não confere: 1 problema")
        self.assertEqual(say("problems", count=2), "não confere: 2 problemas")

    def test_a_narrower_view_keeps_to_its_width(self) -> None:
        lines: List[str] = []
        view = View(lines.append, "en", 40)
        for one in full_trace():
            view(one)
        self.assertEqual(max(map(columns, lines)), 40)


if __name__ == "__main__":
    unittest.main()
