"""The history: its parts are bounded, and nobody who reads it misses an event without a word."""

from __future__ import annotations

import random
import unittest
from typing import Any, List
from unittest import mock

from minichat.web import history
from minichat.web.history import PARTS, History, Place
from tests.web.streams import events, messages

PART_BYTES = 2000
MESSAGE_BYTES = 250  # at most, of a turn with three events
RUN = "ab12"


class HistoryTest(unittest.TestCase):
    """A history with small parts."""

    def setUp(self) -> None:
        patch = mock.patch.object(history, "PART_BYTES", PART_BYTES)
        patch.start()
        self.addCleanup(patch.stop)
        self.n = 0
        self.known: List[Any] = []
        self.history = History(RUN, lambda: list(self.known))

    def turn(self, count: int = 3, **fields: Any) -> None:
        """One turn with so many events."""
        for _ in range(count):
            name = "header" if self.n == 0 else "wait"
            self.history.take({"n": self.n, "t": 10 * self.n, "turn": self.n // 3, "event": name, **fields})
            self.n += 1
        self.history.end_turn()

    def turns(self, count: int) -> None:
        """So many turns."""
        for _ in range(count):
            self.turn()

    def all_at(self, place: Place, most: int = 1 << 20) -> bytes:
        """Everything from there on."""
        data = b""
        while piece := self.history.read(place, most):
            data += piece
        return data


class Reading(HistoryTest):
    def test_an_event_can_be_read_after_its_turn(self) -> None:
        place = self.history.begin()
        self.history.take({"n": 0, "t": 0, "turn": 0, "event": "header"})
        self.assertEqual((self.history.has_more(place), self.history.read(place, 100)), (False, b""))
        self.history.end_turn()
        self.assertTrue(self.history.has_more(place))
        self.assertEqual(messages(self.all_at(place)), [(f"{RUN}-0", [{"n": 0, "t": 0, "turn": 0, "event": "header"}])])
        self.assertFalse(self.history.has_more(place))

    def test_a_turn_is_one_message_whose_id_is_its_last_event(self) -> None:
        self.turns(2)
        self.assertEqual([name for name, _ in messages(self.all_at(self.history.begin()))], [f"{RUN}-2", f"{RUN}-5"])

    def test_a_turn_without_events_is_no_message(self) -> None:
        self.turns(1)
        size = self.history.size
        self.history.end_turn()
        self.assertEqual(self.history.size, size)

    def test_in_pieces_of_any_size_comes_the_same(self) -> None:
        self.turns(60)
        whole = self.all_at(self.history.begin())
        for most in (1, 7, 1000):
            self.assertEqual(self.all_at(self.history.begin(), most), whole)

    def test_who_keeps_up_reads_every_event_once_across_all_parts(self) -> None:
        place, seen = self.history.begin(), b""
        for _ in range(PARTS * 40):
            self.turn()
            seen += self.all_at(place)
        self.assertEqual([event["n"] for event in events(seen)], list(range(self.n)))

    def test_hostile_texts_end_no_message(self) -> None:
        hostile = f"\n\nid: {RUN}-7\n\ndata: x\r\u2028\ud800"
        self.turn(1, text=hostile)
        ((name, (event,)),) = messages(self.all_at(self.history.begin()))
        self.assertEqual((name, event["text"]), (f"{RUN}-0", hostile))


class Bounded(HistoryTest):
    def test_no_more_than_some_parts_are_kept(self) -> None:
        sizes = []
        for _ in range(PARTS * 100):
            before = self.history.size
            self.turn()
            sizes.append(self.history.size)
            self.assertLessEqual(sizes[-1] - before, MESSAGE_BYTES)
        self.assertLessEqual(max(sizes), PARTS * (PART_BYTES + 500))
        self.assertGreater(sizes[-1], (PARTS - 2) * PART_BYTES)

    def test_a_newcomer_gets_a_gap_a_snapshot_and_what_is_kept(self) -> None:
        self.known = [{"conn": 7, "queued": 3}]
        self.turns(PARTS * 50)
        (name, (gap, snapshot)), *rest = messages(self.all_at(self.history.begin()))
        first = rest[0][1][0]["n"]
        self.assertEqual((gap["event"], gap["missed"], gap["n"]), ("gap", first, first - 1))
        self.assertEqual((snapshot["event"], snapshot["n"], snapshot["snapshot"]), ("header", first - 1, self.known))
        self.assertEqual(name, f"{RUN}-{first - 1}")
        seen = [event["n"] for _, group in rest for event in group]
        self.assertEqual(seen, list(range(first, self.n)))

    def test_a_newcomer_may_begin_to_read_while_a_whole_part_comes(self) -> None:
        for _ in range(PARTS * 100):
            place = self.history.begin()
            self.turns(PART_BYTES // MESSAGE_BYTES)
            self.assertNotEqual(self.all_at(place), b"")

    def test_a_place_that_is_not_kept_is_told(self) -> None:
        self.turns(1)
        place = self.history.begin()
        self.history.read(place, 10)
        self.turns(PARTS * 50)
        self.assertTrue(self.history.has_more(place))
        with self.assertRaises(LookupError):
            self.history.read(place, 10)


class ComingBack(HistoryTest):
    def test_after_any_message_comes_the_next_event(self) -> None:
        self.turns(PARTS * 50)
        random_ = random.Random(5)
        for name, group in random_.choices(messages(self.all_at(self.history.begin())), k=50):
            seen = [event["n"] for event in events(self.all_at(self.history.after(name)))]
            self.assertEqual(seen, list(range(group[-1]["n"] + 1, self.n)), name)

    def test_after_too_long_comes_a_gap_and_the_newest_part(self) -> None:
        self.turns(PARTS * 100)
        gap, snapshot, *rest = events(self.all_at(self.history.after(f"{RUN}-5")))
        self.assertEqual((gap["event"], gap["missed"]), ("gap", snapshot["n"] - 5))
        self.assertEqual([event["n"] for event in rest], list(range(snapshot["n"] + 1, self.n)))
        self.assertLess(len(rest), PART_BYTES // 10)

    def test_the_id_of_another_run_or_of_nobody_begins_anew(self) -> None:
        self.turns(4)
        whole = self.all_at(self.history.begin())
        for name in ("ff-5", "", "5", f"{RUN}-", f"{RUN}-x", "é", f"{RUN}-99", f"{RUN}-1"):
            self.assertEqual(self.all_at(self.history.after(name)), whole, name)


if __name__ == "__main__":
    unittest.main()
