"""Who is in, as a client sees it."""

from __future__ import annotations

import unicodedata
import unittest
from types import SimpleNamespace
from unittest import mock

from minichat.chat import nick
from minichat.chat.parser import Bye, Err, From, Join, Leave, Message, Ok, Who
from minichat.client.presence import GONE, Presence


class WhoIsIn(unittest.TestCase):
    def after(self, *messages: Message) -> Presence:
        """What is known after these."""
        presence = Presence()
        for message in messages:
            presence.heard(message)
        return presence

    def test_who_join_and_leave_make_the_list(self) -> None:
        presence = self.after(Who(2, ("ana", "bruno")), Join("bia"), Leave("bruno", "quit"))
        self.assertEqual(sorted(presence.starting_with("")), ["ana", "bia"])

    def test_who_spoke_last_comes_first(self) -> None:
        presence = self.after(Who(3, ("ana", "bia", "caio")), From("ana", "all", "1"), From("bia", "dm", "2"))
        self.assertEqual(presence.starting_with("")[:2], ["bia", "ana"])

    def test_a_later_who_does_not_forget_who_spoke(self) -> None:
        presence = self.after(Who(2, ("ana", "bia")), From("ana", "all", "1"), Who(2, ("ana", "bia")))
        self.assertEqual(presence.starting_with(""), ["ana", "bia"])

    def test_a_nick_is_found_however_its_beginning_is_written(self) -> None:
        presence = self.after(Who(2, ("Ana", "Érica")))
        for beginning in ("a", "AN", "ａｎａ"):
            self.assertEqual(presence.starting_with(beginning), ["Ana"])
        for beginning in ("é", "E\u0301", "érica"):
            self.assertEqual(presence.starting_with(beginning), ["Érica"])
        self.assertEqual(presence.starting_with("b"), [])

    def test_a_beginning_that_no_nick_has_finds_none_and_takes_no_time(self) -> None:
        """Traps 43 and 44."""
        presence = self.after(Who(2, ("ana", "Érica")))
        self.assertEqual([presence.starting_with(beginning) for beginning in ("ɑ", "аn")], [["ana"], ["ana"]])
        with mock.patch.object(nick, "unicodedata", SimpleNamespace(category=unicodedata.category)):  # cannot normalize
            for beginning in ("\ufdfa" * 432, "a" + "\u0301\u0323" * 215, "É\u034f", "É "):
                self.assertEqual(presence.starting_with(beginning), [])

    def test_who_came_back_under_another_spelling_stands_there_once(self) -> None:
        presence = self.after(Join("ana"), Leave("ana", "quit"), Join("ANA"), From("ANA", "all", "oi"))
        self.assertEqual(presence.starting_with("a"), ["ANA"])

    def test_a_reply_of_several_lines_is_over_when_all_are_named(self) -> None:
        presence = Presence()
        presence.begin_stay()
        presence.heard(Who(3, ("ana", "bia")))
        self.assertTrue(presence.is_learning)
        presence.heard(Join("davi"))
        self.assertTrue(presence.is_learning)
        presence.heard(Who(3, ("caio",)))
        self.assertFalse(presence.is_learning)
        self.assertEqual(sorted(presence.starting_with("")), ["ana", "bia", "caio", "davi"])

    def test_only_the_first_reply_of_a_stay_is_for_the_client_alone(self) -> None:
        presence = self.after(Who(1, ("ana",)))
        self.assertFalse(presence.is_learning)
        for _ in range(2):
            presence.begin_stay()
            self.assertTrue(presence.is_learning)
            presence.heard(Who(2, ("ana", "bia")))
            self.assertFalse(presence.is_learning)
            presence.heard(Who(2, ("ana",)))
            self.assertFalse(presence.is_learning)

    def test_a_nick_is_completed_after_an_at_sign_and_never_ones_own(self) -> None:
        presence = self.after(Ok("Ana"), Who(3, ("ana", "alba", "bia")))
        self.assertEqual(presence.completions("@A"), ["@alba"])
        self.assertEqual((presence.completions("a"), presence.completions("")), ([], []))

    def test_a_nick_at_the_start_of_a_row_is_an_address(self) -> None:
        presence = self.after(Ok("Ana"), Who(3, ("ana", "alba", "bia")))
        self.assertEqual(presence.completions("A", is_first=True), ["@alba"])
        self.assertEqual(presence.completions("@A", is_first=True), ["@alba"])
        self.assertEqual(presence.completions("", is_first=True), [])

    def test_who_left_was_met_and_who_never_came_was_not(self) -> None:
        presence = self.after(Who(2, ("Ana", "bia")), Join("caio"), Leave("bia", "quit"), Leave("davi", "gone"))
        presence.begin_stay()
        for name, is_met in (("ANA", True), ("bia", True), ("caio", True), ("davi", True), ("zoe", False)):
            self.assertEqual(presence.has_met(name), is_met, name)

    def test_of_those_who_left_the_last_ones_are_remembered(self) -> None:
        presence = self.after(*(Leave(f"nick{number}", "quit") for number in (*range(GONE), 0, GONE)))
        met = [number for number in range(GONE + 1) if presence.has_met(f"nick{number}")]
        self.assertEqual(met, [0, *range(2, GONE + 1)])

    def test_other_lines_say_nothing_about_who_is_in(self) -> None:
        presence = self.after(Ok("ana"), Err("user_not_found"), Bye(False))
        presence.heard(None)
        presence.heard(Leave("nobody", "gone"))
        self.assertEqual(presence.starting_with(""), [])

    def test_another_stay_begins_with_nobody(self) -> None:
        presence = self.after(Who(3, ("ana", "bia")))
        presence.begin_stay()
        self.assertEqual(presence.starting_with(""), [])
        presence.heard(Who(1, ("caio",)))  # complete: what was listed before does not count
        self.assertFalse(presence.is_learning)
        self.assertEqual(presence.starting_with(""), ["caio"])


if __name__ == "__main__":
    unittest.main()
