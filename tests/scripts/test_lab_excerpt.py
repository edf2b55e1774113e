"""The excerpt of a trace: folded, marked, and short enough."""

from __future__ import annotations

import sys
import unittest
from typing import Any, List

from minichat.trace.schema import Event
from minichat.trace.view import View
from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from labs.excerpt import Part, Row, chosen, drawn, folded, marks_in


def rows(text: str) -> List[Row]:
    """Return a row for each letter; capitals are marked."""
    return [Row(letter, letter.isupper()) for letter in text]


def fold(text: str) -> List[str]:
    """Return the folded rows of these letters."""
    return [row.text for row in folded(rows(text), lambda lines, times: f"{lines}x{times}", 76)]


def choose(text: str, most: int) -> str:
    """Return the letters that are chosen, with the size of each gap."""
    return "".join(row.text.strip() for row in chosen(rows(text), most, str))


class Folding(unittest.TestCase):
    def test_equal_neighbours_become_one_line_that_counts(self) -> None:
        self.assertEqual(fold("abbbc"), ["a", "b  1x3", "c"])

    def test_lines_that_come_in_turns_are_folded_together(self) -> None:
        self.assertEqual(fold("abababc"), ["a", "b  2x3", "c"])
        self.assertEqual(fold("xabcabcabc"), ["x", "a", "b", "c  3x3"])

    def test_what_covers_most_lines_is_folded(self) -> None:
        self.assertEqual(fold("aabaab"), ["a", "a", "b  3x2"])
        self.assertEqual(fold("aaaaab"), ["a  1x5", "b"])

    def test_other_lines_stay_as_they_are(self) -> None:
        self.assertEqual(fold("abac"), ["a", "b", "a", "c"])

    def test_a_marked_line_is_not_folded_with_others(self) -> None:
        found = folded([Row("a"), Row("a", True), Row("a")], lambda lines, times: "", 76)
        self.assertEqual([row.is_marked for row in found], [False, True, False])

    def test_a_long_line_makes_room_for_the_count(self) -> None:
        found = folded([Row("x" * 76)] * 3, lambda lines, times: "(3 times)", 76)
        self.assertEqual(len(found[0].text), 76)
        self.assertTrue(found[0].text.endswith("…  (3 times)"))


class Choosing(unittest.TestCase):
    def test_what_fits_is_shown_whole(self) -> None:
        self.assertEqual(choose("abcDe", 5), "abcDe")

    def test_lines_near_the_marked_one_are_kept(self) -> None:
        self.assertEqual(choose("abcdeFghijk", 5), "4eFg4")

    def test_gaps_count_as_rows(self) -> None:
        for most in range(2, 12):
            shown = chosen(rows("abcdEfghijklMnopq"), most, str)
            self.assertLessEqual(len(shown), most)
            self.assertTrue(any(row.is_marked for row in shown) or most < 3)

    def test_without_a_mark_the_beginning_is_kept(self) -> None:
        self.assertEqual(choose("abcdefgh", 4), "abc5")

    def test_many_marked_lines_do_not_break_the_bound(self) -> None:
        self.assertEqual(choose("ABCDEFGH", 3), "AB6")


class Drawing(unittest.TestCase):
    def trace(self) -> List[Event]:
        """Return a trace in which ana and caio hear something."""
        made: List[Any] = [
            ("state", {"conn": 1, "state": "joined", "nick": "ana"}),
            ("state", {"conn": 2, "state": "joined", "nick": "caio"}),
            ("wait", {"timeout": 1.0, "deferred": 0}),
            ("wake", {"duration": 1_000_000, "ready": [[1, "R"]], "reason": "io"}),
            ("queue", {"conn": 1, "bytes": 9, "messages": [1], "queued": 9}),
            ("queue", {"conn": 2, "bytes": 9, "messages": [1], "queued": 9}),
            ("send", {"conn": 2, "asked": 9, "sent": 9, "queued": 0, "done": [1]}),
        ]
        return [{"n": n, "t": n, "turn": 1, "event": event, **fields} for n, (event, fields) in enumerate(made)]

    def draw(self, shown: List[Event], marked: List[Event]) -> List[Row]:
        """Return the rows of these events of the trace."""
        return drawn(Part(self.trace(), shown, marked), lambda take: View(take, "en", 76))

    def test_only_what_is_shown_is_drawn_with_nicks_and_waits(self) -> None:
        trace = self.trace()
        found = self.draw(trace[3:], [])
        self.assertEqual([row.text.split()[0] for row in found], ["#0001", "+", ">"])
        self.assertIn("waited 1 ms", found[0].text)
        self.assertIn("ana(R)", found[0].text)
        self.assertIn("ana +9  caio +9", found[1].text)

    def test_recipients_who_are_not_shown_are_not_named(self) -> None:
        trace = self.trace()
        self.assertEqual([row.text.strip() for row in self.draw([trace[5]], [])], ["+ queue: caio +9"])

    def test_a_line_is_marked_if_one_of_its_events_is(self) -> None:
        trace = self.trace()
        for marked in trace[4:6]:
            found = self.draw(trace[3:], [marked])
            self.assertEqual([row.is_marked for row in found], [False, True, False])

    def test_the_legend_is_that_of_the_marks_on_the_screen(self) -> None:
        self.assertEqual(marks_in(self.draw(self.trace()[3:], [])), ["+", ">"])


if __name__ == "__main__":
    unittest.main()
