"""The wire grammar, both ways."""

from __future__ import annotations

import random
import sys
import unicodedata
import unittest
from typing import List

from minichat.chat import parser, protocol
from minichat.chat.nick import IllegalNick, legal_nick
from minichat.chat.parser import Bye, Err, From, Join, Leave, NotAMessage, Ok, Who, parse_message
from minichat.chat.protocol import (
    Command,
    RefusedLine,
    decode,
    parse_command,
)

BIDI_CONTROLS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}

# What a forger would put into a nick or a text.
HOSTILE = [
    *(" ", "  ", "[", "]", ": ", "]: ", " [all]: ", " [dm]: x", "FROM ", "FROM ana [all]: ", "WHO ", "WHO 2 a b"),
    *("OK", "ERR ", "BYE", "JOIN ana", "LEAVE ana quit", "@", "@ana ", "%s", "{nick}", "\\", "'", '"', "_", "-", "."),
    *("\t", "\r", "\n", "\x00", "\x1b[2J", "\x85", "\u2028", "\u00a0", "\u3000", "\ufeff", "\u202e", "\u200f"),
    *("\u200d", "\ud800", "é", "e\u0301", "漢", "Ж", "a", "B", "1", "😀"),
]


def code_of(line: bytes) -> str:
    """With which code this line is refused; "" when it is accepted as it is."""
    try:
        text = decode(line)
    except RefusedLine as error:
        return error.code
    assert text == line.decode("utf-8")
    return ""


def hostile(chance: random.Random) -> str:
    """Something hostile."""
    return "".join(chance.choices(HOSTILE, k=chance.randrange(8)))


def hostile_nicks(chance: random.Random, count: int) -> List[str]:
    """Nicks that are legal nevertheless."""
    nicks: List[str] = []
    while len(nicks) < count:
        try:
            nicks.append(legal_nick(hostile(chance)))
        except IllegalNick:
            continue
    return nicks


def hostile_texts(chance: random.Random, count: int) -> List[str]:
    """Texts that are accepted nevertheless."""
    texts: List[str] = []
    while len(texts) < count:
        line = hostile(chance).encode("utf-8", "surrogatepass")
        if not code_of(line):
            texts.append(line.decode())
    return texts


def is_forbidden(character: str) -> bool:
    """The rule of WIRE.md, written another way: by the properties of Unicode."""
    category = unicodedata.category(character)
    return (
        (category == "Cc" and character != "\t")
        or category in ("Zl", "Zp")
        or unicodedata.bidirectional(character) in BIDI_CONTROLS
    )


class Decoding(unittest.TestCase):
    """What a client's line may hold."""

    def test_every_code_point_is_relayed_as_it_came_or_refused(self) -> None:
        """Trap 26."""
        for code in range(sys.maxunicode + 1):
            character = chr(code)
            expected = "invalid_text" if is_forbidden(character) else ""
            if 0xD800 <= code <= 0xDFFF:  # half of a character in UTF-16, none in UTF-8
                expected = "invalid_utf8"
            if code_of(character.encode("utf-8", "surrogatepass")) != expected:
                self.fail(f"U+{code:04X} should be {expected or 'accepted'}")

    def test_a_forbidden_character_is_found_anywhere_in_the_line(self) -> None:
        """Trap 26."""
        forbidden = [chr(code) for code in range(0x3000) if is_forbidden(chr(code))]
        self.assertEqual(len(forbidden), 31 + 1 + 32 + 2 + 5 + 4)
        for character in forbidden:
            for text in (character + "oi", "o" + character + "i", "oi" + character, "é€" + character + "\t\u200d"):
                self.assertEqual(code_of(text.encode()), "invalid_text", ascii(text))

    def test_what_is_not_utf8_is_refused(self) -> None:
        """Trap 26."""
        alone = (b"\xff", b"\xfe", b"\x80", b"caf\xe9", b"\xc3(")
        cut = (b"a\xc3", b"\xe2\x82", b"\xf0\x9d\x84")
        overlong = (b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x88\x80\x80\x80")
        no_character = (b"\xed\xa0\x80", b"oi \xed\xb0\x80", b"\xf4\x90\x80\x80")
        for line in alone + cut + overlong + no_character:
            self.assertEqual(code_of(line), "invalid_utf8", line)

    def test_text_is_taken_as_it_came(self) -> None:
        for text in ("", " ", "  a  ", "\t", "a\tb", "e\u0301", "\u00a0", "\ufeffoi", "\u200d", "\u200e", "👩‍👧", "ﬁ"):
            self.assertEqual(decode(text.encode()), text)


class Hopeless(unittest.TestCase):
    """The beginning of a line that will be refused however it ends."""

    def test_a_tls_hello_is_hopeless_before_any_newline(self) -> None:
        """Trap 29."""
        self.assertEqual(protocol.hopeless(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"), "invalid_text")

    def test_the_beginning_of_a_nick_is_not(self) -> None:
        for rest in (b"", b"ana", b"ana\r", b"\r", b"ol\xc3", b"\xef\xbb\xbf", b"\xef", b"GET / HTTP/1.1\r", b"\t"):
            self.assertEqual(protocol.hopeless(rest), "", rest)

    def test_what_is_hopeless_is_refused_once_it_is_complete(self) -> None:
        """Trap 29."""
        chance, found = random.Random(29), 0
        for _ in range(5000):
            rest = bytes(chance.choices(b"a\t\r\x00\x1b\x7f\xc3\xa9\x85 ", k=chance.randrange(6)))
            if protocol.hopeless(rest):
                found += 1
                for end in (b"", b"\r", b"x", b"\xa9"):
                    self.assertNotEqual(code_of(rest + end), "", rest)
        self.assertGreater(found, 1000)


class Commands(unittest.TestCase):
    """What a line asks for, once its sender is in."""

    def test_any_other_text_is_said_spaces_and_all(self) -> None:
        after = ("WHO ana", "WHO\t", "WHO?", "WHO\u00a0", "QUIT now", "quitter", "who is who")
        before = (" WHO", "\tWHO", " QUIT", " @ana oi", "\ufeffWHO", "/quit")
        other = ("oi", "  oi  ", "ok", "WH", "W H O", "ＷＨＯ", "\t", " \t ", "\u00a0", "\u3000")
        for text in after + before + other:
            self.assertEqual(parse_command(text), Command("say", text=text), ascii(text))

    def test_commands_are_whole_lines_in_any_case(self) -> None:
        for text in ("WHO", "who", "Who", "wHO ", "WHO     "):
            self.assertEqual(parse_command(text), Command("who"))
        for text in ("QUIT", "quit", "Quit", "qUIT ", "QUIT" + " " * 4000):
            self.assertEqual(parse_command(text), Command("quit"))

    def test_no_word_is_too_long_to_be_found_or_means_two_things(self) -> None:
        self.assertEqual(protocol._LONGEST_WORD, max(map(len, protocol.WORDS)))
        self.assertEqual(protocol.WORDS & {"say", "tell", "nothing", ""}, set())
        for word in protocol.WORDS:
            self.assertEqual(parse_command(word.upper()), Command(word))
            self.assertEqual(parse_command(parser.format_command(word).decode().rstrip("\n")), Command(word))

    def test_nothing_and_spaces_only_ask_for_nothing(self) -> None:
        for text in ("", " ", " " * 4095):
            self.assertEqual(parse_command(text), Command("nothing"))

    def test_an_at_sign_at_the_first_column_names_the_addressee(self) -> None:
        for text, nick, body in (
            *(("@bruno oi", "bruno", "oi"), ("@bruno", "bruno", ""), ("@bruno ", "bruno", "")),
            *(("@bruno  oi ", "bruno", " oi "), ("@", "", ""), ("@ oi", "", "oi"), ("@@a b", "@a", "b")),
            *(("@a\tb c", "a\tb", "c"), ("@a\u00a0b c", "a\u00a0b", "c")),
        ):
            self.assertEqual(parse_command(text), Command("tell", nick, body), ascii(text))


class Writing(unittest.TestCase):
    """The lines of the server, to the letter."""

    def test_the_lines_are_those_of_the_assignment(self) -> None:
        for line, expected in (
            (protocol.format_from("ana", "all", "Olá"), "FROM ana [all]: Olá\n"),
            (protocol.format_from("ana", "dm", "oi"), "FROM ana [dm]: oi\n"),
            (protocol.format_err(protocol.USER_NOT_FOUND), "ERR user_not_found\n"),
            (protocol.format_err(protocol.NICK_IN_USE), "ERR apelido_em_uso\n"),
        ):
            self.assertEqual(line, expected.encode())

    def test_the_other_lines_are_those_of_the_protocol(self) -> None:
        for line, expected in (
            (protocol.format_ok("ana"), b"OK ana\n"),
            (protocol.format_join("ana"), b"JOIN ana\n"),
            (protocol.format_leave("ana", "too_slow"), b"LEAVE ana too_slow\n"),
            (protocol.format_who(["ana", "bia"]), b"WHO 2 ana bia\n"),
            (protocol.BYE, b"BYE\n"),
            (protocol.BYE_SHUTDOWN, b"BYE shutdown\n"),
        ):
            self.assertEqual(line, expected)

    def test_the_longest_text_of_the_longest_nick_fits_into_a_line(self) -> None:
        nick = legal_nick("漢" * 21 + "1")
        self.assertLessEqual(len(protocol.format_from(nick, "all", "x" * 4095)), protocol.SERVER_LINE_BYTES)
        self.assertEqual(protocol.SERVER_LINE_BYTES, 4352)


class WhoLines(unittest.TestCase):
    """A list of names that may be longer than a line."""

    def names(self, answer: bytes, total: int) -> List[str]:
        """The names in an answer, each line of which is checked."""
        names: List[str] = []
        for line in answer.split(b"\n")[:-1]:
            self.assertLessEqual(len(line) + 1, 512)
            message = parse_message(line)
            assert isinstance(message, Who)
            self.assertEqual(message.total, total)
            names += message.nicks
        return names

    def test_a_line_of_512_bytes_is_whole_and_one_byte_more_is_two(self) -> None:
        # "WHO 21 " and twenty names of 24 with a space are 507 bytes, the newline is one.
        many = [f"{number:024}" for number in range(20)]
        for last, lengths in (("abc", [511]), ("abcd", [512]), ("abcde", [507, 13])):
            answer = protocol.format_who(many + [last])
            self.assertEqual([len(line) + 1 for line in answer.split(b"\n")[:-1]], lengths)
            self.assertEqual(self.names(answer, 21), many + [last])

    def test_any_number_of_names_is_told_in_order(self) -> None:
        chance = random.Random(35)
        for total in (0, 1, 2, 30, 1000):
            names = [chance.choice("aé漢") * chance.randrange(1, 22) for _ in range(total)]
            self.assertEqual(self.names(protocol.format_who(names), total), names)

    def test_lines_are_not_broken_before_they_are_full(self) -> None:
        names = [f"{number:024}" for number in range(500)]
        lines = protocol.format_who(names).split(b"\n")[:-1]
        self.assertEqual(len(lines), 25)


class Reading(unittest.TestCase):
    """parse_message undoes what the format functions do."""

    def test_what_was_said_is_read_back_whatever_it_is(self) -> None:
        """Trap 40."""
        chance = random.Random(40)
        nicks, texts = hostile_nicks(chance, 300), hostile_texts(chance, 3000)
        for text in texts:
            message = From(chance.choice(nicks), chance.choice(("all", "dm")), text)
            line = protocol.format_from(*message)
            self.assertEqual((line.count(b"\n"), line[-1:]), (1, b"\n"))
            self.assertEqual(parse_message(line[:-1]), message)

    def test_every_other_line_is_read_back_whatever_the_nick(self) -> None:
        """Trap 40."""
        for nick in hostile_nicks(random.Random(41), 300) + ["ERR", "FROM", "BYE", "OK", "1", "WHO1"]:
            self.assertEqual(parse_message(protocol.format_ok(nick)[:-1]), Ok(nick))
            self.assertEqual(parse_message(protocol.format_join(nick)[:-1]), Join(nick))
            self.assertEqual(parse_message(protocol.format_who([nick])[:-1]), Who(1, (nick,)))
            for reason in ("quit", "gone", "too_slow", "timeout", "error"):
                self.assertEqual(parse_message(protocol.format_leave(nick, reason)[:-1]), Leave(nick, reason))

    def test_errors_and_goodbyes_are_read_back(self) -> None:
        before = ("apelido_em_uso", "apelido_invalido", "server_full", "too_many_connections", "timeout", "too_slow")
        inside = ("user_not_found", "empty_message", "line_too_long", "invalid_utf8", "invalid_text")
        for code in before + inside:
            self.assertEqual(parse_message(protocol.format_err(code)[:-1]), Err(code))
        self.assertEqual(parse_message(b"BYE"), Bye(False))
        self.assertEqual(parse_message(b"BYE shutdown"), Bye(True))

    def test_what_no_server_says_is_not_a_message(self) -> None:
        for line in (
            *(b"", b" ", b"oi", b"OK", b"OK ", b"OK a b", b" OK ana", b"ok ana", b"JOIN", b"LEAVE ana", b"LEAVE ana  "),
            *(b"WHO", b"WHO x", b"WHO -1", "WHO ²".encode(), "WHO ٣".encode(), b"ERR", b"ERR a b", b"BYE bye"),
            *(b"FROM", b"FROM ana", b"FROM ana: oi", b"FROM ana [x]: oi", b"FROM ana [all] oi", b"FROM ana [all]:oi"),
            *(b"FROM  [all]: oi", b"HTTP/1.1 200 OK", b"\xff", b"OK \xff"),
        ):
            with self.subTest(line), self.assertRaises(NotAMessage):
                parse_message(line)

    def test_a_total_has_nine_digits_at_most(self) -> None:
        self.assertEqual(parse_message(b"WHO 999999999 ana"), Who(999_999_999, ("ana",)))
        with self.assertRaises(NotAMessage):
            parse_message(b"WHO 1000000000 ana")

    def test_a_total_of_thousands_of_digits_is_not_a_message(self) -> None:
        # Since 2022, int() refuses so many with an error of its own.
        with self.assertRaises(NotAMessage):
            parse_message(b"WHO " + b"1" * (protocol.SERVER_LINE_BYTES - 5))

    def test_noise_is_read_as_a_message_or_as_none(self) -> None:
        chance = random.Random(42)
        for _ in range(5000):
            noise = "".join(chance.choices(HOSTILE, k=4)).encode("utf-8", "surrogatepass")
            try:
                parse_message(noise)
            except NotAMessage:
                continue
