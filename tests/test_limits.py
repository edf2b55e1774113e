"""The table of limits: its relations, and what a person gets to read."""

from __future__ import annotations

import re
import unittest
from typing import Any

from minichat.chat import protocol
from minichat.chat.nick import NICK_BYTES
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.server.run import limits_table


class TheLimits(unittest.TestCase):
    """Each limit has a value, a unit and a reason, and they fit together."""

    def check(self, holds: bool, **changes: Any) -> None:
        """Whether the limits, so changed, fit together."""
        limits = Limits(**changes)
        with self.subTest(changes):
            if holds:
                limits.check()
                return
            with self.assertRaises(ValueError) as caught:
                limits.check()
            self.assertTrue(any(name in str(caught.exception) for name in changes), caught.exception)

    def test_the_limits_as_they_are_fit_together(self) -> None:
        Limits().check()

    def test_queues_grow_from_the_own_to_all_together(self) -> None:
        self.check(True, own_queue_bytes=65536)
        self.check(False, own_queue_bytes=65537)
        self.check(True, queue_soft_bytes=262144)
        self.check(False, queue_soft_bytes=262145)
        self.check(True, queues_bytes=262144)
        self.check(False, queues_bytes=262143)

    def test_a_turn_fits_into_an_empty_queue(self) -> None:
        self.check(True, turn_bytes=262144)
        self.check(False, turn_bytes=262145)

    def test_a_line_has_at_least_a_byte_and_fits_into_a_queue(self) -> None:
        self.check(True, line_bytes=1)
        self.check(False, line_bytes=0)
        self.check(True, line_bytes=65536)
        self.check(False, line_bytes=65537)

    def test_ending_takes_longer_step_by_step(self) -> None:
        self.check(True, drain_idle_seconds=5.0)
        self.check(False, drain_idle_seconds=5.1)
        self.check(True, shutdown_seconds=5.0)
        self.check(False, shutdown_seconds=4.9)

    def test_the_listener_rests_longer_step_by_step(self) -> None:
        self.check(True, retry_first_seconds=1.0)
        self.check(False, retry_first_seconds=1.1)

    def test_there_are_files_for_those_who_are_refused(self) -> None:
        self.check(True, refusals=31)
        self.check(False, refusals=32)

    def test_a_rate_lets_at_least_one_line_through(self) -> None:
        self.check(True, rate_lines=0.25)
        self.check(False, rate_lines=0.2)
        self.check(True, rate_lines=0.0)

    def test_every_turn_makes_some_progress(self) -> None:
        for name in ("recv_bytes", "turn_lines", "turn_accepts", "send_bytes", "send_again_seconds"):
            self.check(True, **{name: 1})
            self.check(False, **{name: 0})

    def test_the_burst_is_four_times_the_rate(self) -> None:
        self.assertEqual(Limits().burst_lines, 400)

    def test_limits_cannot_be_changed_by_accident(self) -> None:
        with self.assertRaises(AttributeError):
            Limits().line_bytes = 1  # type: ignore[misc]

    def test_the_values_of_the_wire_are_these(self) -> None:
        limits = Limits()
        self.assertEqual((limits.line_bytes, limits.queue_bytes, limits.rate_lines), (4096, 262144, 100))
        self.assertEqual((limits.per_address, limits.join_seconds, limits.own_queue_bytes), (64, 60, 16384))

    def test_whatever_is_accepted_can_be_relayed_whole(self) -> None:
        longest = len(protocol.format_from("x" * NICK_BYTES, "all", "")) + Limits().line_bytes
        self.assertLessEqual(longest, protocol.SERVER_LINE_BYTES)


class TheTable(unittest.TestCase):
    """What --show-limits prints."""

    def test_every_limit_stands_in_it_with_value_unit_and_reason(self) -> None:
        rows = dict(row.split(None, 1) for row in limits_table(Limits(), Messages("en")).split("\n"))
        for limit in Limits().rows():
            row = rows.pop(limit.name)
            for part in (f"{limit.value:,}", limit.unit, limit.reason):
                self.assertIn(part, row)
            self.assertTrue(limit.unit and limit.reason, limit.name)
        self.assertEqual(len(Limits().rows()), len(Limits._fields))
        self.assertEqual(list(rows), ["nick_characters", "nick_bytes", "server_line_bytes", "who_line_bytes"])

    def test_every_limit_has_its_reason_in_portuguese_too(self) -> None:
        english, portuguese = (limits_table(Limits(), Messages(language)).split("\n") for language in ("en", "pt"))
        self.assertEqual([row.split()[0] for row in english], [row.split()[0] for row in portuguese])
        self.assertEqual([row for row in english if row in portuguese], [])

    def test_every_value_is_written_as_people_write_it(self) -> None:
        table = limits_table(Limits(), Messages("pt"))
        for part in (" 16.384 B ", " 0,1 s ", " 24 caracteres ", " 100,0 linhas/s ", " 640 B/linha ", " 3 perguntas "):
            self.assertIn(part, table)
        for word in ("characters", "lines", "connections", "files", "times", "probes", "16,384", "0.1"):
            self.assertNotRegex(table, rf" {re.escape(word)}\b")

    def test_it_shows_the_values_in_force(self) -> None:
        limits = Limits(queues_bytes=1234567)
        self.assertIn("1,234,567 B ", limits_table(limits, Messages("en")))
