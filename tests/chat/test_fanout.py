"""What was said in a turn, and how each recipient gets it once."""

from __future__ import annotations

import random
import unittest
from typing import Dict, List

from minichat.chat.fanout import Fanout


class Box:
    """A recipient that is a list."""

    def __init__(self) -> None:
        self.writes: List[bytes] = []
        self.write = self.writes.append

    @property
    def text(self) -> bytes:
        """All that it was given."""
        return b"".join(self.writes)


class TheFanout(unittest.TestCase):
    """One turn of broadcasts."""

    def setUp(self) -> None:
        self.fanout = Fanout()
        self.ana, self.bia = Box(), Box()

    def deliver(self) -> None:
        """End the turn."""
        self.fanout.deliver([self.ana, self.bia])

    def test_nothing_is_sent_before_the_turn_ends(self) -> None:
        self.fanout.say(b"1\n")
        self.assertEqual(self.ana.writes, [])
        self.deliver()
        self.assertEqual((self.ana.writes, self.bia.writes), ([b"1\n"], [b"1\n"]))

    def test_a_turn_is_one_write_of_one_object_for_all(self) -> None:
        for line in (b"1\n", b"2\n", b"3\n"):
            self.fanout.say(line)
        self.deliver()
        self.assertEqual(self.ana.writes, [b"1\n2\n3\n"])
        self.assertIs(self.ana.writes[0], self.bia.writes[0])

    def test_private_lines_stand_in_their_place(self) -> None:
        self.fanout.say(b"1\n")
        self.fanout.tell(self.ana, b"psst\n")
        self.fanout.say(b"2\n")
        self.deliver()
        self.assertEqual((self.ana.text, self.bia.text), (b"1\npsst\n2\n", b"1\n2\n"))

    def test_those_who_got_a_part_share_the_object_of_the_rest(self) -> None:
        self.fanout.say(b"1\n")
        self.fanout.tell(self.ana, b"to ana\n")
        self.fanout.tell(self.bia, b"to bia\n")
        self.fanout.say(b"2\n")
        self.fanout.say(b"3\n")
        self.deliver()
        self.assertEqual(self.ana.writes[-1], b"2\n3\n")
        self.assertIs(self.ana.writes[-1], self.bia.writes[-1])

    def test_one_who_has_had_everything_gets_nothing_more(self) -> None:
        self.fanout.say(b"1\n")
        self.fanout.catch_up(self.ana)
        self.fanout.catch_up(self.ana)
        self.deliver()
        self.assertEqual(self.ana.writes, [b"1\n"])

    def test_catching_up_with_nothing_writes_nothing(self) -> None:
        self.fanout.catch_up(self.ana)
        self.deliver()
        self.assertEqual(self.ana.writes, [])

    def test_a_newcomer_is_spared_what_was_said_before(self) -> None:
        self.fanout.say(b"1\n")
        self.fanout.skip(self.ana)
        self.fanout.say(b"2\n")
        self.deliver()
        self.assertEqual((self.ana.text, self.bia.text), (b"2\n", b"1\n2\n"))

    def test_a_turn_leaves_nothing_to_the_next(self) -> None:
        self.fanout.say(b"1\n")
        self.fanout.skip(self.ana)
        self.deliver()
        self.deliver()
        self.fanout.say(b"2\n")
        self.deliver()
        self.assertEqual((self.ana.text, self.bia.text), (b"2\n", b"1\n2\n"))

    def test_a_turn_of_private_lines_only_leaves_nothing_either(self) -> None:
        self.fanout.tell(self.ana, b"psst\n")
        self.fanout.skip(self.bia)
        self.deliver()
        self.fanout.say(b"1\n")
        self.deliver()
        self.assertEqual((self.ana.text, self.bia.text), (b"psst\n1\n", b"1\n"))

    def test_it_counts_the_bytes_that_a_turn_has_made(self) -> None:
        self.fanout.say(b"1234\n")
        self.assertEqual(self.fanout.bytes, 5)  # however many listen
        self.fanout.tell(self.ana, b"psst\n")
        self.assertEqual(self.fanout.bytes, 15)  # the line, and what was joined for ana before it
        self.fanout.skip(self.bia)
        self.assertEqual(self.fanout.bytes, 20)  # what will be joined for bia, by guess
        self.deliver()
        self.assertEqual(self.fanout.bytes, 0)

    def test_a_turn_of_private_lines_leaves_the_next_its_budget(self) -> None:
        self.fanout.tell(self.ana, b"psst\n")
        self.deliver()
        self.assertEqual(self.fanout.bytes, 0)

    def test_random_turns_give_everyone_each_line_once_and_in_order(self) -> None:
        chance, boxes = random.Random(11), [Box() for _ in range(5)]
        expected: Dict[Box, bytes] = dict.fromkeys(boxes, b"")
        for number in range(3000):
            line, one = b"%d\n" % number, chance.choice(boxes)
            act = chance.random()
            if act < 0.5:
                self.fanout.say(line)
                expected = {box: text + line for box, text in expected.items()}
            elif act < 0.8:
                self.fanout.tell(one, line)
                expected[one] += line
                self.assertEqual(one.text, expected[one])
            else:
                self.fanout.deliver(boxes)
        self.fanout.deliver(boxes)
        self.assertEqual([box.text for box in boxes], list(expected.values()))
