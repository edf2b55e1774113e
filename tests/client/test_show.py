"""How a person is shown what the server says, and how a program is."""

from __future__ import annotations

import argparse
import re
import sys
import time
import unicodedata
import unittest
from types import SimpleNamespace
from typing import Dict, Optional
from unittest import mock

from minichat.chat import nick, parser, protocol
from minichat.cli.messages import Messages
from minichat.client.show import NICK_COLORS, Look, Show, chosen_look
from minichat.client.stamp import Moment, Stamp
from tests.screen import Screen

AT_14_03 = Moment(time.struct_time((2026, 11, 26, 14, 3, 0, 3, 330, 0)), 0.0)
PERSON = Look(is_terminal=True)
COLORED = Look(is_terminal=True, has_color=True, has_weight=True)
WEIGHTED = Look(is_terminal=True, has_weight=True)

# The 16 colours of xterm, as it has them by default.
XTERM = {
    30: "000000", 31: "cd0000", 32: "00cd00", 33: "cdcd00", 34: "0000ee", 35: "cd00cd", 36: "00cdcd", 37: "e5e5e5",
    90: "7f7f7f", 91: "ff0000", 92: "00ff00", 93: "ffff00", 94: "5c5cff", 95: "ff00ff", 96: "00ffff", 97: "ffffff",
}  # fmt: skip

OURS = re.compile(r"\x1b\[[0-9]+m")
HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

LINES = (
    "OK ana", "FROM ana [all]: Olá", "FROM bruno [dm]: oi", "JOIN bia", "LEAVE bia quit", "WHO 2 ana bia", "BYE",
    "BYE shutdown", "ERR user_not_found", "SOMETHING else",
)  # fmt: skip


def parsed(line: bytes) -> Optional[parser.Message]:
    """The message in it, if there is one."""
    try:
        return parser.parse_message(line)
    except parser.NotAMessage:
        return None


class ShowTest(unittest.TestCase):
    def show(self, line: str, look: Look = PERSON, language: str = "pt", nick: str = "ana") -> Optional[str]:
        """What ``nick`` is shown of a line at 14:03."""
        stamp = Stamp(Messages(language), look.has_time, look.is_terminal, lambda: AT_14_03)
        show = Show(look, Messages(language), stamp)
        show.came_in_as(nick)
        shown = show.line(line.encode("utf-8", "surrogateescape"), parsed(line.encode("utf-8", "surrogateescape")))
        return None if shown is None else shown.decode("utf-8", "surrogateescape")

    def plain(self, line: str, look: Look) -> str:
        """What is shown of a line, without colour and weight."""
        screen = Screen(columns=10_000)
        screen.feed((self.show(line, look) or "").encode())
        return "\n".join(screen.lines)


class Programs(ShowTest):
    def test_they_get_the_bare_lines(self) -> None:
        for line in (*LINES, "FROM ana [all]: \x1b[2J\t\udcff", "\udcff\udcfe"):
            self.assertEqual(self.show(line, Look()), line)


class People(ShowTest):
    def test_what_was_said_is_shown_to_the_letter(self) -> None:
        for line in ("FROM ana [all]: Olá", "FROM bruno [dm]: oi", "OK ana", "FROM x [all]:   a  b "):
            self.assertEqual(self.show(line), line)
            self.assertEqual(self.plain(line, COLORED), line.rstrip(" "))

    def test_what_a_line_means_stands_after_it(self) -> None:
        for line, portuguese, english in (
            ("ERR user_not_found", "não há ninguém com esse apelido", "no member has that nickname"),
            ("JOIN bia", "entrou", "came in"),
            ("LEAVE bia quit", "saiu", "left"),
            ("LEAVE bia gone", "a conexão acabou", "the connection ended"),
            ("WHO 3 ana bia", "aqui agora: 3", "here now: 3"),
            ("BYE", "até logo", "see you"),
            ("BYE shutdown", "o servidor está encerrando", "the server is stopping"),
        ):
            self.assertEqual(self.show(line), f"{line} ({portuguese})")
            self.assertEqual(self.show(line, language="en"), f"{line} ({english})")

    def test_every_error_and_every_reason_has_a_meaning(self) -> None:
        codes = {value for name, value in vars(protocol).items() if name.isupper() and isinstance(value, str)}
        codes = {code for code in codes if code.isascii()}
        self.assertGreater(len(codes), 8)
        lines = [f"ERR {code}" for code in codes]
        lines += [f"LEAVE x {reason}" for reason in ("quit", "gone", "too_slow", "timeout", "error")]
        for line in lines:
            self.assertRegex(str(self.show(line)), rf"\A{line} \(.+\)\Z")

    def test_what_no_minichat_server_says_is_shown_as_it_is(self) -> None:
        for line in ("ERR no_such_code", "LEAVE x why_not", "SOMETHING else", ""):
            self.assertEqual(self.show(line), line)

    def test_the_time_stands_before_a_line(self) -> None:
        look = PERSON._replace(has_time=True)
        self.assertEqual(self.show("FROM ana [all]: Olá", look), "14:03 FROM ana [all]: Olá")
        self.assertEqual(self.show("OK ana", Look(has_time=True)), "14:03 OK ana")

    def test_the_time_stands_before_a_private_message_of_ones_own(self) -> None:
        for has_time, shown in ((True, "14:03 @bia oi"), (False, "@bia oi")):
            stamp = Stamp(Messages("pt"), has_time, True, lambda: AT_14_03)
            self.assertEqual(Show(PERSON, Messages("pt"), stamp).sent("@bia oi"), shown)

    def test_the_quiet_see_nobody_come_or_go(self) -> None:
        quiet = PERSON._replace(is_quiet=True)
        self.assertIsNone(self.show("JOIN bia", quiet))
        self.assertIsNone(self.show("LEAVE bia gone", quiet))
        self.assertEqual(self.show("FROM bia [all]: JOIN x", quiet), "FROM bia [all]: JOIN x")


class Colours(ShowTest):
    def test_a_nick_has_one_colour_and_only_the_nick(self) -> None:
        shown = str(self.show("FROM bia [all]: oi", COLORED))
        self.assertRegex(shown, r"\AFROM \x1b\[(\d\d)mbia\x1b\[39m \[all\]: oi\Z")
        self.assertEqual(shown[:12], str(self.show("FROM bia [all]: tchau", COLORED))[:12])

    def test_the_same_nick_has_the_same_colour_in_every_spelling(self) -> None:
        def color(nick: str) -> str:
            return str(self.show(f"FROM {nick} [all]: oi", COLORED, nick="x"))[7:9]

        self.assertEqual(color("Bia"), color("bia"))
        self.assertEqual({color(f"nick{number}") for number in range(50)}, set(map(str, NICK_COLORS)))

    def test_each_can_be_read_on_dark_and_on_light(self) -> None:
        def luminance(color: str) -> float:  # WCAG 2.1, relative luminance
            parts = [int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)]
            red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue

        for code in NICK_COLORS:
            brightness = luminance(XTERM[code])
            self.assertGreaterEqual((brightness + 0.05) / 0.05, 3, code)
            self.assertGreaterEqual(1.05 / (brightness + 0.05), 3, code)

    def test_direct_messages_and_mentions_are_set_apart_without_colour(self) -> None:
        self.assertEqual(self.show("FROM bia [all]: oi", WEIGHTED), "FROM bia [all]: oi")
        self.assertEqual(self.show("FROM bia [dm]: oi", WEIGHTED), "\x1b[1mFROM bia [dm]: oi\x1b[0m")
        for text, marked in (
            ("oi ana", "oi \x1b[4mana\x1b[24m"),
            ("@Ana, oi", "@\x1b[4mAna\x1b[24m, oi"),
            ("(ANA.)", "(\x1b[4mANA.\x1b[24m)"),
            ("ɑNA", "\x1b[4mɑNA\x1b[24m"),
        ):
            self.assertEqual(self.show(f"FROM bia [all]: {text}", WEIGHTED), f"\x1b[1mFROM bia [all]: {marked}\x1b[0m")

    def test_ones_own_words_and_other_words_are_no_mention(self) -> None:
        for said in ("ana [all]: sou a ana", "bia [all]: banana", "bia [all]: ana2", "bia [all]: -ana"):
            self.assertEqual(self.show(f"FROM {said}", WEIGHTED), f"FROM {said}")

    def test_a_line_of_marks_takes_no_time(self) -> None:
        """Trap 44."""
        with mock.patch.object(nick, "unicodedata", SimpleNamespace(category=unicodedata.category)):  # cannot normalize
            for text in ("x" + "\u0301\u0327" * 1000, "\ufdfa" * 432, "É\u034f"):
                self.assertEqual(self.show(f"FROM bia [all]: {text}", WEIGHTED), f"FROM bia [all]: {text}")


class Bells(ShowTest):
    def rings(self, bell: str, line: str) -> bool:
        show = Show(PERSON._replace(bell=bell), Messages("pt"))
        show.came_in_as("ana")
        return show.rings(parsed(line.encode()))

    def test_it_rings_for_what_was_asked(self) -> None:
        for bell, rung in (("off", [False, False]), ("dm", [True, False]), ("all", [True, True])):
            lines = ["FROM bia [dm]: oi", "FROM bia [all]: oi"]
            self.assertEqual([self.rings(bell, line) for line in lines], rung)
            for line in ("FROM ana [all]: oi", "JOIN bia", "OK ana", "nonsense"):
                self.assertFalse(self.rings(bell, line))


class Safety(ShowTest):
    def test_no_code_point_in_a_line_does_anything_to_the_screen(self) -> None:
        every = [chr(code) for code in range(sys.maxunicode + 1) if chr(code) not in "\n"]
        for look in (PERSON, COLORED):
            for start in range(0, len(every), 4000):
                part = "".join(every[start : start + 4000])
                for line in (f"FROM bia [all]: {part}", f"FROM {part} [all]: x", f"JOIN {part}", f"ERR {part}", part):
                    data = line.encode("utf-8", "surrogatepass")
                    shown = Show(look, Messages("pt")).line(data, parsed(data)) or b""
                    text = OURS.sub("", shown.decode("utf-8"))
                    self.assertIsNone(HARMFUL.search(text), (look, start, line[:12]))

    def test_bytes_that_are_no_text_do_nothing_either(self) -> None:
        line = bytes(byte for byte in range(256) if byte != 10)
        shown = Show(PERSON, Messages("pt")).line(line, parsed(line)) or b""
        self.assertFalse([byte for byte in shown if byte < 0x20 or byte == 0x7F])
        shown.decode("utf-8")


class Choosing(unittest.TestCase):
    def color(self, wish: str = "auto", is_terminal: bool = True, **environment: str) -> bool:
        return self.look(wish, is_terminal, **environment).has_color

    def look(self, wish: str = "auto", is_terminal: bool = True, **environment: str) -> Look:
        values = argparse.Namespace(color=wish, time=False, title=True, quiet=False, bell="dm")
        variables: Dict[str, str] = {"TERM": "xterm", **environment}
        return chosen_look(values, is_terminal, variables)

    def test_a_terminal_has_colour_and_a_pipe_has_none(self) -> None:
        self.assertTrue(self.color())
        self.assertFalse(self.color(is_terminal=False))
        self.assertFalse(self.color(TERM="dumb"))

    def test_the_environment_is_obeyed(self) -> None:
        self.assertFalse(self.color(NO_COLOR="1"))
        self.assertTrue(self.color(NO_COLOR=""))
        self.assertTrue(self.color(is_terminal=False, FORCE_COLOR="1"))
        self.assertFalse(self.color(is_terminal=False, FORCE_COLOR=""))
        self.assertFalse(self.color(NO_COLOR="1", FORCE_COLOR="1"))

    def test_the_option_wins_over_the_environment(self) -> None:
        self.assertTrue(self.color("always", is_terminal=False, NO_COLOR="1"))
        self.assertFalse(self.color("never", FORCE_COLOR="1"))

    def test_weight_needs_a_terminal_that_can_and_no_colour(self) -> None:
        self.assertTrue(self.look("never", NO_COLOR="1").has_weight)
        self.assertFalse(self.look("always", is_terminal=False).has_weight)
        self.assertFalse(self.look(TERM="dumb").has_weight)

    def test_only_a_terminal_in_a_window_gets_a_title(self) -> None:
        for term in ("xterm-256color", "screen", "tmux-256color", "alacritty"):
            self.assertTrue(self.look(TERM=term).has_title, term)
            self.assertFalse(self.look(TERM=term, is_terminal=False).has_title)
        for term in ("dumb", "", "linux", "linux-16color", "cons25", "vt100", "vt220", "pcvt25"):
            self.assertFalse(self.look(TERM=term).has_title, term)

    def test_a_title_is_only_for_those_who_asked(self) -> None:
        values = argparse.Namespace(color="auto", time=False, title=False, quiet=False, bell="dm")
        self.assertFalse(chosen_look(values, True, {"TERM": "xterm"}).has_title)

    def test_a_pipe_gets_no_meanings_and_no_bell(self) -> None:
        look = self.look(is_terminal=False)
        self.assertEqual((look.is_terminal, look.bell), (False, "off"))
        self.assertEqual(self.look().bell, "dm")


if __name__ == "__main__":
    unittest.main()
