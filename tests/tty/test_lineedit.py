"""The editor of one row: bytes in, text and cursor out."""

from __future__ import annotations

import random
import unittest
from typing import List, Sequence, Union

from minichat.tty.graphemes import clusters, columns
from minichat.tty.history import HISTORY_LINES
from minichat.tty.lineedit import Event, LineEdit

LEFT, RIGHT, UP, DOWN = b"\x1b[D", b"\x1b[C", b"\x1b[A", b"\x1b[B"
HOME, END, DELETE, BACKSPACE = b"\x1b[H", b"\x1b[F", b"\x1b[3~", b"\x7f"
WORD_LEFT, WORD_RIGHT = b"\x1b[1;5D", b"\x1b[1;5C"
ENTER, TAB, BACK_TAB = b"\r", b"\t", b"\x1b[Z"


def ctrl(letter: str) -> bytes:
    """Ctrl with a letter."""
    return bytes([ord(letter) - 64])


def paste(text: str) -> bytes:
    """A bracketed paste."""
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


class EditorTest(unittest.TestCase):
    def setUp(self) -> None:
        self.nicks = ["@bruno", "@bia"]
        self.editor = LineEdit(self.complete)

    def complete(self, word: str, is_first: bool) -> List[str]:
        """Complete a word as a chat does."""
        return [nick for nick in self.nicks if word.startswith("@") and nick.startswith(word)]

    def press(self, *keys: Union[str, bytes]) -> List[Event]:
        """Type text and keys; the events."""
        events: List[Event] = []
        for key in keys:
            events += self.editor.feed(key.encode() if isinstance(key, str) else key)
        return events

    def check(self, row: str, expected: Sequence[Event] = (), events: Sequence[Event] = ()) -> None:
        """Assert the row, with | where the cursor stands, and the events."""
        self.assertEqual(f"{self.editor.before}|{self.editor.after}", row)
        self.assertEqual(list(events), list(expected))


class Typing(EditorTest):
    def test_what_is_typed_stands_before_the_cursor(self) -> None:
        self.press("Olá")
        self.check("Olá|")
        self.press(LEFT, "x")
        self.check("Olx|á")

    def test_enter_gives_the_row_and_empties_it(self) -> None:
        events = self.press("um", HOME, ENTER)
        self.check("|", [Event("line", "um")], events)

    def test_enter_on_an_empty_row_gives_an_empty_line(self) -> None:
        self.check("|", [Event("line", "")], self.press(ENTER))

    def test_several_rows_in_one_read_are_several_lines(self) -> None:
        self.check("c|", [Event("line", "a"), Event("line", "b")], self.press("a\rb\rc"))

    def test_a_row_over_the_limit_is_refused_with_a_bell_and_stays(self) -> None:
        self.editor = LineEdit(limit_bytes=5)
        self.check("abcd|", [], self.press("abcd"))
        self.check("abcd|", [Event("bell")], self.press("á"))
        self.check("abcde|", [], self.press("e"))
        self.check("abcde|", [Event("bell")], self.press("f"))
        self.editor.set("")
        self.check("ábcd|", [Event("bell")], self.press("ábcdefgh"))  # in one piece
        self.editor.set("")
        told = [Event("bell"), Event("too-long", "abcdef")]
        self.check("|", told, self.press(paste("abcdef")))  # half a paste would be worse than none

    def test_control_characters_never_get_into_the_row(self) -> None:
        for code in [*range(0x20), 0x7F]:
            self.editor = LineEdit(self.complete)
            self.press("a", bytes([code]), "b")
            self.assertTrue(self.editor.text.isprintable(), code)

    def test_a_lone_escape_that_is_given_up_leaves_no_trace(self) -> None:
        self.press("a", b"\x1b")
        self.assertGreater(self.editor.patience_seconds, 0)
        self.assertEqual(self.editor.give_up(), [])
        self.press("[D")
        self.check("a[D|")


class Moving(EditorTest):
    def test_left_and_right_stop_at_the_ends(self) -> None:
        self.press("ab", LEFT, LEFT, LEFT)
        self.check("|ab")
        self.press(RIGHT, ctrl("F"), RIGHT)
        self.check("ab|")
        self.press(ctrl("B"))
        self.check("a|b")

    def test_home_and_end_have_two_keys_each(self) -> None:
        for home, end in ((HOME, END), (ctrl("A"), ctrl("E"))):
            self.editor.set("a", "b")
            self.press(home)
            self.check("|ab")
            self.press(end)
            self.check("ab|")

    def test_words_are_stepped_over(self) -> None:
        self.press("oi, @ana_b  tudo?")
        for row in ("oi, @ana_b  |tudo?", "oi, @|ana_b  tudo?", "|oi, @ana_b  tudo?", "|oi, @ana_b  tudo?"):
            self.press(WORD_LEFT)
            self.check(row)
        for row in ("oi|, @ana_b  tudo?", "oi, @ana_b|  tudo?", "oi, @ana_b  tudo|?", "oi, @ana_b  tudo?|"):
            self.press(b"\x1bf")
            self.check(row)

    def test_a_character_of_several_code_points_is_stepped_over_whole(self) -> None:
        for one in ("e\u0301", "👨‍👩‍👧", "🇧🇷", "👍🏽", "한", "\u1112\u1161\u11ab"):
            self.editor.set("")
            self.press("a", one, "b", LEFT, LEFT)
            self.check(f"a|{one}b")
            self.press(RIGHT)
            self.check(f"a{one}|b")


class Deleting(EditorTest):
    def test_both_ways_and_whole_characters(self) -> None:
        for one in ("x", "á", "e\u0301", "日", "👨‍👩‍👧", "🇧🇷", "👍🏽", "❤\ufe0f"):
            self.editor.set(f"a{one}", f"{one}b")
            self.press(BACKSPACE)
            self.check(f"a|{one}b")
            self.press(DELETE)
            self.check("a|b")

    def test_at_the_ends_nothing_is_deleted(self) -> None:
        self.editor.set("", "a")
        self.press(BACKSPACE, ctrl("H"))
        self.check("|a")
        self.press(END, DELETE, ctrl("D"))
        self.check("a|")

    def test_ctrl_d_deletes_in_a_row_and_ends_on_an_empty_one(self) -> None:
        self.editor.set("", "ab")
        self.check("|b", [], self.press(ctrl("D")))
        self.check("|", [Event("end")], self.press(ctrl("D"), ctrl("D")))

    def test_what_is_killed_can_be_yanked(self) -> None:
        self.editor.set("um ", "dois")
        self.press(ctrl("K"))
        self.check("um |")
        self.press(HOME, ctrl("Y"))
        self.check("dois|um ")
        self.press(ctrl("U"))
        self.check("|um ")
        self.press(ctrl("Y"), ctrl("Y"))
        self.check("doisdois|um ")

    def test_words_are_killed_both_ways(self) -> None:
        self.press("um dois.tres  ", ctrl("W"))
        self.check("um |")
        self.editor.set("um dois.tres")
        self.press(b"\x1b\x7f")
        self.check("um dois.|")
        self.editor.set("um ", " dois, tres")
        self.press(b"\x1bd")
        self.check("um |, tres")

    def test_kills_one_after_another_are_yanked_together(self) -> None:
        self.press("um dois tres", ctrl("W"), ctrl("W"))
        self.check("um |")
        self.press(ctrl("Y"))
        self.check("um dois tres|")
        self.press(ctrl("U"), "x", ctrl("U"), ctrl("Y"))
        self.check("x|")

    def test_ctrl_c_empties_the_row_and_then_leaves(self) -> None:
        self.check("|", [], self.press("abc", LEFT, ctrl("C")))
        self.check("|", [Event("interrupt")], self.press(ctrl("C")))


class History(EditorTest):
    def say(self, *lines: str) -> None:
        """Type lines, and let them be remembered."""
        for line in lines:
            self.press(line, ENTER)
            self.editor.history.add(line)

    def test_up_and_down_walk_through_what_was_said_and_the_draft_is_kept(self) -> None:
        self.say("um", "dois")
        self.press("rascunho", UP)
        self.check("dois|")
        self.press(UP)
        self.check("um|")
        self.assertEqual(self.press(UP), [Event("bell")])
        self.check("um|")
        self.press(DOWN, ctrl("N"))
        self.check("rascunho|")
        self.assertEqual(self.press(DOWN), [Event("bell")])
        self.press(ctrl("P"))
        self.check("dois|")

    def test_the_same_line_twice_is_remembered_once(self) -> None:
        self.say("um", "um", "um")
        self.press(UP)
        self.assertEqual(self.press(UP), [Event("bell")])

    def test_after_enter_the_newest_is_the_next_again(self) -> None:
        self.say("um", "dois")
        self.press(UP, UP, ENTER)
        self.press(UP)
        self.check("dois|")

    def test_a_recalled_row_can_be_changed_and_the_history_stays(self) -> None:
        self.say("um")
        self.press(UP, "x", ctrl("C"), UP)
        self.check("um|")

    def test_only_so_many_are_kept(self) -> None:
        self.say(*map(str, range(HISTORY_LINES + 1)))
        self.press(*[UP] * (HISTORY_LINES + 5))
        self.check("1|")


class Completing(EditorTest):
    def test_tab_takes_the_first_and_goes_round(self) -> None:
        rows = ("@bruno |", "@bia |", "@b|", "@bruno |")
        self.press("@b")
        for row in rows:
            self.press(TAB)
            self.check(row)

    def test_back_tab_goes_the_other_way(self) -> None:
        self.press("@b")
        for row in ("@bia |", "@bruno |", "@b|"):
            self.press(BACK_TAB)
            self.check(row)

    def test_any_other_key_settles_it(self) -> None:
        self.press("@b", TAB, "oi", TAB)
        self.check("@bruno oi|")
        self.assertEqual(self.press(TAB), [Event("bell")])

    def test_a_nick_in_the_middle_is_completed_too(self) -> None:
        self.editor.set("oi @bi", " tudo bem?")
        self.press(TAB)
        self.check("oi @bia| tudo bem?")

    def test_where_there_is_nothing_to_complete_it_rings(self) -> None:
        for row in ("", "oi", "@x"):
            self.editor.set(row)
            self.check(f"{row}|", [Event("bell")], self.press(TAB))


class Pasting(EditorTest):
    def test_one_line_is_put_into_the_row_and_not_sent(self) -> None:
        self.editor.set("a", "b")
        for text in ("oi", "oi\n", "\noi\r\n"):
            self.editor.set("a", "b")
            self.check("aoi|b", [], self.press(paste(text)))

    def test_several_lines_ask_first_with_the_row_around_them(self) -> None:
        self.editor.set("@bia ", "!")
        events = self.press(paste("um\ndois\n"))
        self.check("@bia |!", [Event("question", "@bia um\ndois!")], events)

    def test_yes_gives_the_lines_and_empties_the_row(self) -> None:
        for yes in "sSyY":
            self.press(paste("um\ndois"))
            self.check("|", [Event("lines", "um\ndois")], self.press(yes))

    def test_anything_else_is_no_and_the_row_stays(self) -> None:
        for no in ("n", "x", ENTER, ctrl("C"), ctrl("D"), TAB, UP):
            self.editor.set("a", "b")
            self.press(paste("um\ndois"))
            self.check("a|b", [Event("declined", "aum\ndoisb")], self.press(no))
            self.assertIsNone(self.editor.question)

    def test_a_lone_escape_is_no_too(self) -> None:
        self.press(paste("um\ndois"), b"\x1b")
        self.assertEqual(self.editor.give_up(), [Event("declined", "um\ndois")])

    def test_a_second_paste_waits_for_another_time(self) -> None:
        self.press(paste("um\ndois"))
        self.assertEqual(self.press(paste("s\nx")), [Event("bell")])
        self.assertEqual(self.press("s"), [Event("lines", "um\ndois")])

    def test_an_enter_long_after_the_answer_is_one_of_its_own(self) -> None:
        self.editor.set("a")
        self.press(paste("um\ndois"), "n")
        self.editor.settle()
        self.assertEqual(self.press(ENTER), [Event("line", "a")])

    def test_an_enter_after_the_answer_belongs_to_it(self) -> None:
        self.editor.set("a")
        self.press(paste("um\ndois"))
        self.check("a|", [Event("declined", "aum\ndois")], self.press("n", ENTER))
        self.check("|", [Event("line", "a")], self.press(ENTER))

    def test_control_characters_are_taken_out_of_it(self) -> None:
        self.press(paste("a\x1b[31mb\x07\tc"))
        self.check("a[31mb\tc|")
        self.editor.set("")
        self.press(paste("a\x1b\nb\x00"))
        self.assertEqual(self.press("s"), [Event("lines", "a\nb")])

    def test_one_that_is_too_long_is_told(self) -> None:
        self.assertEqual(self.press(paste("x" * (1 << 20) + "x")), [Event("paste-too-long")])


class Others(EditorTest):
    def test_keys_for_others_are_told(self) -> None:
        self.assertEqual(self.press(ctrl("Z"), ctrl("L")), [Event("suspend"), Event("clear")])

    def test_keys_without_a_meaning_do_nothing(self) -> None:
        self.editor.set("a", "b")
        for key in (b"\x1b[15~", b"\x1bx", ctrl("G"), ctrl("O"), ctrl("Q"), ctrl("R"), ctrl("T"), ctrl("V"), ctrl("X")):
            self.check("a|b", [], self.press(key))


class View(EditorTest):
    def test_what_fits_is_shown_whole(self) -> None:
        self.editor.set("abc", "def")
        self.assertEqual(self.editor.view(6), ("abc", "def"))

    def test_what_does_not_fit_is_scrolled_to_the_cursor(self) -> None:
        self.editor.set("0123456789")
        self.assertEqual(self.editor.view(6), ("<56789", ""))
        self.editor.set("", "0123456789")
        self.assertEqual(self.editor.view(6), ("", "01234>"))
        self.editor.set("0123456789", "0123456789")
        self.assertEqual(self.editor.view(8), ("<56789", "0>"))

    def test_it_never_takes_more_columns_than_there_are(self) -> None:
        chance = random.Random(3)
        for _ in range(3000):
            text = "".join(chance.choices(["a", "日", "e\u0301", "👨‍👩‍👧", "\t", "🇧🇷"], k=chance.randrange(40)))
            place = chance.randrange(len(clusters(text)) + 1)
            self.editor.set("".join(clusters(text)[:place]), "".join(clusters(text)[place:]))
            wide = chance.randrange(1, 30)
            before, after = self.editor.view(wide)
            self.assertLessEqual(columns(before) + columns(after), wide, (text, place, wide))

    def test_the_character_after_the_cursor_is_shown_where_there_is_room(self) -> None:
        for place in range(31):
            self.editor.set("x" * place, "y" * (30 - place))
            before, after = self.editor.view(12)
            if place < 30:
                self.assertIn(after[:1], ("y", ">"), place)
            if place:
                self.assertEqual(before[-1:], "x", place)


class AnyKeys(EditorTest):
    """Whatever is pressed, in whatever pieces."""

    KEYS = (
        LEFT, RIGHT, UP, DOWN, HOME, END, DELETE, BACKSPACE, WORD_LEFT, WORD_RIGHT, ENTER, TAB, BACK_TAB, b"\x1b\x7f",
        b"\x1bd", *map(ctrl, "ABEFKUWYLDHC"), paste("um dois"), paste("um\ndois"), b"s", b"n", b"@b", b" ", b"abc",
        "e\u0301".encode(), "👨‍👩‍👧".encode(), "日".encode(), "🇧🇷".encode(), "\u0301".encode(),
    )  # fmt: skip

    def test_pieces_of_keys_give_the_same_row_as_the_whole(self) -> None:
        chance = random.Random(11)
        for _ in range(600):
            keys = chance.choices(self.KEYS, k=12)
            whole, by_key, by_byte = (LineEdit(self.complete) for _ in range(3))
            events = whole.feed(b"".join(keys))
            self.assertEqual([event for key in keys for event in by_key.feed(key)], events)
            self.assertEqual([event for byte in b"".join(keys) for event in by_byte.feed(bytes([byte]))], events)
            for other in (by_key, by_byte):
                self.assertEqual((other.before, other.after), (whole.before, whole.after), keys)
            self.assertNotIn("\n", whole.text)


if __name__ == "__main__":
    unittest.main()
