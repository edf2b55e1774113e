"""The editor of one row: bytes in, text and cursor out."""

from __future__ import annotations

import random
import unittest
from typing import Iterable, List, Sequence, Union

from minichat.tty.events import Event
from minichat.tty.history import HISTORY_LINES
from minichat.tty.keys import Key
from minichat.tty.lineedit import LineEdit

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


def without_bells(events: Iterable[Event]) -> List[Event]:
    """Leave out the bells: a text that comes in several pieces can ring several times."""
    return [event for event in events if event.name != "bell"]


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
        self.assertEqual(f"{self.editor.row.before}|{self.editor.row.after}", row)
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
        self.editor.row.set("")
        self.check("ábcd|", [Event("bell")], self.press("ábcdefgh"))  # in one piece
        self.editor.row.set("")
        told = [Event("bell"), Event("too-long", "abcdef")]
        self.check("|", told, self.press(paste("abcdef")))  # half a paste would be worse than none

    def test_control_characters_never_get_into_the_row(self) -> None:
        for code in [*range(0x20), 0x7F]:
            self.editor = LineEdit(self.complete)
            self.press("a", bytes([code]), "b")
            self.assertTrue(self.editor.row.text.isprintable(), code)

    def test_a_lone_escape_that_is_given_up_leaves_no_trace(self) -> None:
        self.press("a", b"\x1b")
        self.assertGreater(self.editor.parser.patience_seconds, 0)
        self.assertEqual(list(self.editor.give_up()), [])
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
            self.editor.row.set("a", "b")
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
            self.editor.row.set("")
            self.press("a", one, "b", LEFT, LEFT)
            self.check(f"a|{one}b")
            self.press(RIGHT)
            self.check(f"a{one}|b")


class Deleting(EditorTest):
    def test_both_ways_and_whole_characters(self) -> None:
        for one in ("x", "á", "e\u0301", "日", "👨‍👩‍👧", "🇧🇷", "👍🏽", "❤\ufe0f"):
            self.editor.row.set(f"a{one}", f"{one}b")
            self.press(BACKSPACE)
            self.check(f"a|{one}b")
            self.press(DELETE)
            self.check("a|b")

    def test_at_the_ends_nothing_is_deleted(self) -> None:
        self.editor.row.set("", "a")
        self.press(BACKSPACE, ctrl("H"))
        self.check("|a")
        self.press(END, DELETE, ctrl("D"))
        self.check("a|")

    def test_ctrl_d_deletes_in_a_row_and_ends_on_an_empty_one(self) -> None:
        self.editor.row.set("", "ab")
        self.check("|b", [], self.press(ctrl("D")))
        self.check("|", [Event("end")], self.press(ctrl("D"), ctrl("D")))

    def test_what_is_killed_can_be_yanked(self) -> None:
        self.editor.row.set("um ", "dois")
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
        self.editor.row.set("um dois.tres")
        self.press(b"\x1b\x7f")
        self.check("um dois.|")
        self.editor.row.set("um ", " dois, tres")
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

    def test_what_ctrl_c_took_can_be_yanked_or_undone(self) -> None:
        for back in ("Y", "_"):
            self.press("abc", LEFT, ctrl("C"))
            self.press(ctrl(back))
            self.assertEqual(self.editor.row.text, "abc")
            self.press(ctrl("C"))


    def test_a_key_that_deletes_nothing_forgets_nothing(self) -> None:
        for key in ("U", "K", "W", "C"):
            self.press("abc", ctrl("C"))
            self.press(*[ctrl(key)] * (key != "C"), ctrl("Y"))
            self.assertEqual(self.editor.row.text, "abc", key)
            self.press(ctrl("C"))

    def test_other_keys_end_what_is_undone_together(self) -> None:
        self.press("ab", ctrl("L"), "cd", ctrl("_"))
        self.assertEqual(self.editor.row.text, "ab")


class Asking(EditorTest):
    """A question for a text."""

    def setUp(self) -> None:
        super().setUp()
        self.editor.row.set("a", "b")
        self.editor.ask("? ")

    def test_the_answer_comes_and_the_draft_waits(self) -> None:
        self.check("|", [Event("answer", "ana")], self.press("anx", BACKSPACE, "a", ENTER))
        self.editor.end_question()
        self.check("a|b")

    def test_a_paste_of_one_line_is_an_answer_and_more_are_dropped(self) -> None:
        self.check("ana|", [Event("bell"), Event("paste-dropped", "x\ny")], self.press(paste("ana\n"), paste("x\ny")))

    def test_ctrl_c_and_ctrl_d_are_those_of_a_row(self) -> None:
        self.check("|", [], self.press("an", ctrl("C"), "x", HOME, ctrl("D")))
        self.check("|", [Event("interrupt"), Event("end")], self.press(ctrl("C"), ctrl("D")))

    def test_there_is_no_history_in_it(self) -> None:
        self.editor.history.add("um")
        self.check("an|", [Event("bell")] * 3, self.press("an", UP, ctrl("R"), TAB))


class Confirming(EditorTest):
    """A question whether to send a line after all."""

    def test_yes_gives_the_line(self) -> None:
        self.editor.confirm("? ", "oi")
        self.show()
        self.check("|", [Event("confirmed", "oi")], self.press("sim", ENTER))

    def show(self) -> None:
        """Let the question be read."""
        assert self.editor.question is not None
        self.editor.question.is_shown = True

    def test_a_yes_before_it_is_shown_waits_for_another_enter(self) -> None:
        """Trap 68: it was typed for somebody else."""
        self.editor.confirm("? ", "oi")
        self.check("sim|", [Event("bell")], self.press("sim", ENTER))
        self.show()
        self.check("|", [Event("confirmed", "oi")], self.press(ENTER))

    def test_no_puts_the_line_back(self) -> None:
        for no in ("n\r", ctrl("C")):
            self.editor.row.set("")
            self.editor.confirm("? ", "oi")
            self.check("oi|", [Event("declined", "oi")], self.press(no))

    def test_a_line_that_comes_back_takes_no_draft_away(self) -> None:
        self.editor.row.set("rascunho")
        self.editor.put_back("oi")
        self.check("rascunho|")
        self.press(UP)
        self.check("oi|")

    def test_what_is_asked_for_a_line_holds_for_the_next_key(self) -> None:
        seen: List[Event] = []
        for event in self.editor.press(self.editor.parser.feed(b"oi\rnao\r")):
            seen.append(event)
            if event.name == "line":
                self.editor.confirm("? ", event.text)
        self.assertEqual(seen, [Event("line", "oi"), Event("declined", "oi")])


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

    def test_a_line_that_was_changed_stays_so_until_one_is_sent(self) -> None:
        self.say("um", "dois")
        self.press("rascunho", UP, "!", UP, DOWN)
        self.check("dois!|")
        self.press(DOWN)
        self.check("rascunho|")
        self.press(UP, UP, ctrl("C"), UP)
        self.check("dois!|")
        self.press(ENTER, UP)
        self.check("dois|")

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
        self.editor.row.set("oi @bi", " tudo bem?")
        self.press(TAB)
        self.check("oi @bia| tudo bem?")

    def test_where_there_is_nothing_to_complete_it_rings(self) -> None:
        for row in ("", "oi", "@x"):
            self.editor.row.set(row)
            self.check(f"{row}|", [Event("bell")], self.press(TAB))


class Searching(EditorTest):
    """Ctrl-R through what was said."""

    def setUp(self) -> None:
        super().setUp()
        for line in ("bom dia", "Boa noite", "até"):
            self.editor.history.add(line)
        self.press("rasc", LEFT, ctrl("R"))

    def test_enter_sends_what_is_seen_and_the_draft_comes_back(self) -> None:
        self.press("bo")
        self.assertEqual(self.editor.view(20), ("", "Boa noite"))
        self.check("ras|c", [Event("line", "Boa noite")], self.press(ENTER))

    def test_ctrl_r_again_finds_an_older_one(self) -> None:
        self.press("bo", ctrl("R"))
        self.assertEqual(self.editor.view(20), ("", "bom dia"))
        self.assertEqual(self.press(ctrl("R")), [Event("bell")])
        self.assertEqual(self.press(ENTER), [Event("line", "bom dia")])

    def test_what_is_not_found_is_not_sent(self) -> None:
        for query in ("", "bomx"):
            self.press(query)
            self.assertEqual(self.press(ENTER), [Event("bell")])
            self.assertEqual(self.editor.view(20), ("", ""))
        self.press(BACKSPACE)
        self.assertEqual(self.editor.view(20), ("", "bom dia"))

    def test_it_is_left_with_the_row_as_it_was(self) -> None:
        for key in (ctrl("C"), ctrl("G")):
            self.check("ras|c", [], self.press("bo", key))
            self.press(ctrl("R"))
        self.press(b"\x1b")
        self.assertEqual(list(self.editor.give_up()), [])
        self.assertIsNone(self.editor.search)

    def test_a_key_that_moves_takes_the_line_to_the_row(self) -> None:
        self.press("noi", END, "!")
        self.check("Boa noite!|")
        self.press(DOWN, DOWN)
        self.check("rasc|")

    def test_what_is_seen_is_taken_though_it_was_changed_before(self) -> None:
        self.press(ctrl("G"), UP, "!!!", DOWN, ctrl("R"), "at", HOME)
        self.check("|até")

    def test_a_paste_is_looked_for_or_asks(self) -> None:
        self.press(paste("noi\n"))
        self.assertEqual(self.editor.view(20), ("Boa ", "noite"))
        self.press(paste("um\ndois"))
        self.assertIsNone(self.editor.search)
        self.assertEqual(self.press("s", ENTER), [Event("lines", "rasum\ndoisc")])

    def test_ctrl_d_rings_and_does_not_end(self) -> None:
        self.assertEqual(self.press(ctrl("D")), [Event("bell")])


class Pasting(EditorTest):
    def test_one_line_is_put_into_the_row_and_not_sent(self) -> None:
        self.editor.row.set("a", "b")
        for text in ("oi", "oi\n", "\noi\r\n"):
            self.editor.row.set("a", "b")
            self.check("aoi|b", [], self.press(paste(text)))

    def ask(self) -> None:
        """Paste two lines between a and b."""
        self.editor.row.set("a", "b")
        self.assertEqual(self.press(paste("um\ndois")), [])

    def test_several_lines_ask_first_with_the_row_around_them(self) -> None:
        self.editor.row.set("@bia ", "!")
        self.check("|", [], self.press(paste("um\ndois\n")))
        self.assertEqual(self.editor.question and self.editor.question.subject, "@bia um\ndois!")

    def test_yes_and_enter_give_the_lines_and_empty_the_row(self) -> None:
        for yes in ("s", "S", "y", "sim", " Yes ", "nx\x7f\x7fs"):
            self.ask()
            self.assertEqual(self.press(yes), [], yes)
            self.check("|", [Event("lines", "aum\ndoisb")], self.press(ENTER))

    def test_no_drops_the_paste_and_the_row_stays(self) -> None:
        """Trap 63."""
        words = ("n\r", "nao\r", "não\r", "na\u0303o\r", "No\r")
        for keys in (*words, ctrl("C"), ctrl("D"), ctrl("G")):
            self.ask()
            self.check("a|b", [Event("paste-dropped", "aum\ndoisb")], self.press(keys))
            self.assertIsNone(self.editor.question)

    def test_a_lone_escape_is_no_too(self) -> None:
        self.ask()
        self.press("s", b"\x1b")
        self.assertEqual(list(self.editor.give_up()), [Event("paste-dropped", "aum\ndoisb")])
        self.check("a|b")

    def test_what_is_neither_yes_nor_no_stays_to_be_changed(self) -> None:
        """Trap 63."""
        for unclear in ("", "sei", "ss", "si m", "/sair", "oi @bia"):
            self.ask()
            self.check(f"{unclear}|", [Event("bell")], self.press(unclear, ENTER))
            self.check("|", [Event("lines", "aum\ndoisb")], self.press(ctrl("U"), "sim", ENTER))

    def test_what_was_typed_into_the_question_is_not_lost(self) -> None:
        """Trap 69."""
        self.ask()
        self.press("oi gente", ctrl("C"))
        self.check("a|b")
        self.press(ctrl("Y"))
        self.check("aoi gente|b")
        self.press(ctrl("W"), paste("um\ndois"), "nao", ENTER, ctrl("Y"))
        self.check("aoi gente|b")

    def test_keys_that_say_nothing_change_nothing(self) -> None:
        self.ask()
        for key in (UP, DOWN, TAB, BACK_TAB, ctrl("R"), ctrl("P")):
            self.check("|", [Event("bell")], self.press(key))
        for key in (LEFT, RIGHT, HOME, END, DELETE, BACKSPACE, b"\x1b[15~"):
            self.check("|", [], self.press(key))
        self.check("s|", [Event("clear"), Event("suspend")], self.press("s", ctrl("L"), ctrl("Z")))

    def test_ctrl_d_in_an_answer_deletes(self) -> None:
        self.ask()
        self.check("|s", [], self.press("xs", HOME, ctrl("D")))

    def test_a_second_paste_is_dropped_and_named(self) -> None:
        self.ask()
        for text in ("s", "s\nx"):
            self.check("|", [Event("bell"), Event("paste-dropped", text)], self.press(paste(text)))
        self.assertEqual(self.press("s", ENTER), [Event("lines", "aum\ndoisb")])

    def test_control_characters_are_taken_out_of_it(self) -> None:
        self.press(paste("a\x1b[31mb\x07\tc"))
        self.check("a[31mb\tc|")
        self.editor.row.set("")
        self.press(paste("a\x1b\nb\x00"))
        self.assertEqual(self.press("s", ENTER), [Event("lines", "a\nb")])

    def test_one_without_an_end_is_named_when_all_ends(self) -> None:
        self.press(b"\x1b[200~um\rdois")
        self.assertEqual(self.editor.abandon(), [Event("paste-dropped", "um\ndois")])
        self.press(b"\x1b[200~um")
        self.check("|", [Event("paste-dropped", "um")], self.editor.abandon())

    def test_a_question_that_nobody_answers_is_named(self) -> None:
        self.ask()
        self.press("si")
        self.check("a|b", [Event("paste-dropped", "aum\ndoisb")], self.editor.abandon())
        self.assertEqual(self.editor.abandon(), [])

    def test_a_paste_that_is_stalled_is_seen_until_it_goes_on(self) -> None:
        for end in ("paste-resumed", "paste-dropped", "paste", "paste-too-long"):
            self.editor._press(Key("paste-stalled"))
            self.assertTrue(self.editor.is_paste_stalled)
            self.assertFalse(self.editor.is_idle)
            self.editor._press(Key(end, "x"))
            self.assertFalse(self.editor.is_paste_stalled, end)

    def test_one_that_is_too_long_is_told(self) -> None:
        self.assertEqual(self.press(paste("x" * (1 << 20) + "x")), [Event("paste-too-long")])


class Others(EditorTest):
    def test_keys_for_others_are_told(self) -> None:
        self.assertEqual(self.press(ctrl("Z"), ctrl("L")), [Event("suspend"), Event("clear")])

    def test_keys_without_a_meaning_do_nothing(self) -> None:
        self.editor.row.set("a", "b")
        for key in (b"\x1b[15~", b"\x1bx", ctrl("G"), ctrl("O"), ctrl("Q"), ctrl("V"), ctrl("X")):
            self.check("a|b", [], self.press(key))


class AnyKeys(EditorTest):
    """Whatever is pressed, in whatever pieces."""

    KEYS = (
        LEFT, RIGHT, UP, DOWN, HOME, END, DELETE, BACKSPACE, WORD_LEFT, WORD_RIGHT, ENTER, TAB, BACK_TAB, b"\x1b\x7f",
        b"\x1bd", *map(ctrl, "ABEFKUWYLDHCTRG_"), paste("um dois"), paste("um\ndois"), b"s", b"n", b"s\r", b"n\r",
        b"@b", b" ", b"abc", "e\u0301".encode(), "👨‍👩‍👧".encode(), "日".encode(), "🇧🇷".encode(), "\u0301".encode(),
    )  # fmt: skip

    def test_pieces_of_keys_give_the_same_row_as_the_whole(self) -> None:
        chance = random.Random(11)
        for _ in range(600):
            keys = chance.choices(self.KEYS, k=12)
            whole, by_key, by_byte = (LineEdit(self.complete) for _ in range(3))
            events = without_bells(whole.feed(b"".join(keys)))
            self.assertEqual(without_bells(event for key in keys for event in by_key.feed(key)), events)
            pieces = [bytes([byte]) for byte in b"".join(keys)]
            self.assertEqual(without_bells(event for byte in pieces for event in by_byte.feed(byte)), events)
            for other in (by_key, by_byte):
                self.assertEqual((other.row.before, other.row.after), (whole.row.before, whole.row.after), keys)
            self.assertNotIn("\n", whole.row.text)


if __name__ == "__main__":
    unittest.main()
