"""The scripts of the chat page that know no page, beside the client in Python that has the same rules."""

from __future__ import annotations

import random
import unittest
from typing import Any, Dict, List, Optional

from minichat.chat import parser, protocol
from minichat.client import dialect
from minichat.client.receipts import SILENT_WHO, Receipts
from tests.web.chatpages import NO_NODE, NODE, in_engine

NICKS = ("ana", "bia", "ção")
SAID = ("oi", "@bia oi", "@ana psst", "WHO", "who ", "QUIT", " WHO", "a\u202eb", "@bia", "oi oi", "@zoe x", "\ttab")
HEARD = (
    "FROM ana [all]: oi", "FROM ana [all]: oi oi", "FROM bia [all]: oi", "FROM ana [dm]: psst", "FROM ana [all]:  WHO",
    "FROM ana [all]: \ttab", "WHO 1 ana", "WHO 2 ana", "WHO 2 bia", "ERR user_not_found", "ERR empty_message",
    "ERR invalid_text", "ERR line_too_long", "ERR too_slow", "ERR muted", "BYE", "BYE shutdown", "JOIN bia",
    "LEAVE bia quit", "nonsense",
)  # fmt: skip

# Lines that a server may say, and lines that none says.
LINES = (
    *HEARD, "", "FROM", "FROM ana", "FROM ana [all]", "FROM ana [all]:", "FROM ana [all]: ", "FROM ana [dm]: a]: b",
    "FROM ana [nobody]: x", "FROM  [all]: x", "OK ana", "OK", "OK ana maria", "JOIN", "JOIN a b", "LEAVE ana",
    "LEAVE ana gone x", "WHO", "WHO x", "WHO 0", "WHO 1234567890 ana", "WHO \u0661 ana", "ERR", "ERR a b", "BYE now",
    "BYE ", "from ana [all]: x", " OK ana", "constructor x", "__proto__ x", "FROM ana [all]: a\u2028b\x85c",
)  # fmt: skip

# What a person types who comes from another chat, and honest sentences.
TYPED = (
    "MSG @ana x", "msg ana x", "msg me later", " @ana x", "@ana x", "ana: x", "msg ana", "/msg ana x", "/w ana x",
    "/r x", "r x", ".r x", "\u200b@ana x", "\u00a0@ana x", "＠ana x", "ana> x", "zoe> x", "PRIVMSG #sala :oi",
    "tell zoe x", "tell @zoe: x", "d ana, x", "/query ana", "oi @ana tudo bem", "", " ", "@", " @", "m ana x",
    "!msg zoe x",
)  # fmt: skip


def plain(message: Optional[parser.Message]) -> Optional[Dict[str, Any]]:
    """A message as the page has it."""
    if message is None:
        return None
    fields = message._asdict()
    if isinstance(message, parser.From):
        fields["to"] = fields.pop("kind")
    elif isinstance(message, parser.Bye):
        fields["isShutdown"] = fields.pop("shutdown")
    elif isinstance(message, parser.Who):
        fields["nicks"] = list(message.nicks)
    return {"kind": type(message).__name__.lower(), **fields}


def parsed(line: str) -> Optional[parser.Message]:
    """What a line of the server says."""
    try:
        return parser.parse_message(line.encode())
    except parser.NotAMessage:
        return None


@unittest.skipUnless(NODE, NO_NODE)
class TheWire(unittest.TestCase):
    def test_a_line_means_what_it_means_to_the_client(self) -> None:
        for line, got in zip(LINES, in_engine("return given.map(parseLine);", LINES)):
            with self.subTest(line):
                self.assertEqual(got, plain(parsed(line)))

    def test_a_typed_line_is_the_command_that_the_server_sees(self) -> None:
        lines = [*SAID, "", "  ", "Who", "WHO x", "quit  ", "@", "\u017f", "w\u212ao", "\u00a0"]
        for line, got in zip(lines, in_engine("return given.map(commandOf);", lines)):
            self.assertEqual(got, protocol.parse_command(line).name, repr(line))

    def test_unsafe_text_is_shown_as_escapes(self) -> None:
        given = "a\u202eb\x1b[2J\u2028c\td\x00"
        self.assertEqual(in_engine("return safe(given);", given), "a\\u{202e}b\\u{1b}[2J\\u{2028}c\td\\u{0}")
        self.assertEqual(in_engine(r"return safe('x\ud800y');"), "x\\u{d800}y")

    def test_receipts_are_those_of_the_client(self) -> None:
        """The same random talk, with both; an ERR in it may come at any time."""
        random_ = random.Random(16)
        talks = [talk(random_) for _ in range(400)]
        for steps, got in zip(talks, in_engine(_TALK, talks)):
            self.assertEqual(got, receipts_of(steps), steps)


# Returns for each step what waits, and whether there is a question and an open end.
_TALK = """
return given.map((steps) => {
  const receipts = new Receipts(() => 0);
  receipts.heard({kind: "ok", nick: "ana"});
  return steps.map(([what, text]) => {
    if (what === "heard") receipts.heard(parseLine(text));
    else receipts.sent(what === "ask" ? {text: "WHO", isSilent: true} : {text});
    return [receipts.lines.map((line) => line.isSilent ? null : line.text), receipts.hasQuestion, receipts.isOpenEnded];
  });
});
"""


def talk(random_: random.Random) -> List[List[str]]:
    """Some steps: a line is sent or heard, or the page asks."""
    steps = []
    for _ in range(random_.randrange(1, 25)):
        what = random_.choice(("sent", "sent", "heard", "heard", "ask"))
        steps.append([what, random_.choice(SAID if what == "sent" else HEARD)])
    return steps


def receipts_of(steps: List[List[str]]) -> List[Any]:
    """What the receipts in Python say after each step."""
    receipts = Receipts(lambda: 0.0)
    receipts.heard(parser.Ok("ana"))
    states: List[Any] = []
    for what, text in steps:
        if what == "heard":
            receipts.heard(parsed(text))
        elif what == "ask":
            receipts.sent_special(SILENT_WHO)
        else:
            receipts.sent(text.encode())
        waiting = [line.decode() if isinstance(line, bytes) else None for line in receipts._lines]
        states.append([waiting, receipts.has_question, receipts.is_open_ended])
    return states


@unittest.skipUnless(NODE, NO_NODE)
class WhatIsTyped(unittest.TestCase):
    def test_a_secret_in_a_dialect_is_seen_as_by_the_client(self) -> None:
        """Trap 73."""
        work = "return given.map((text) => meantFor(text, (word) => word === 'ana'));"
        for text, got in zip(TYPED, in_engine(work, TYPED)):
            self.assertEqual(got, dialect.meant_for(text, {"ana"}.__contains__), repr(text))

    def test_a_row_is_a_text_a_command_or_explained(self) -> None:
        wanted = {
            "oi": ["say", "oi"], "@ana x": ["say", "@ana x"], "/msg ana x": ["say", "@ana x"],
            "/MSG @ana: x": ["say", "@ana x"], "/msg ana": ["howToTell", "/msg"], "/quem": ["who", "/quem"],
            "WHO": ["who", "WHO"], "/quem eu": ["commandAlone", "/quem"], "/ajuda": ["help", "/ajuda"],
            "/sair": ["quit", "/sair"], "QUIT": ["quit", "QUIT"], "//etc": ["say", "/etc"],
            "/nada x": ["unknownCommand", "/nada"], "/constructor": ["unknownCommand", "/constructor"],
            " WHO": ["say", " WHO"],
        }  # fmt: skip
        work = "return given.map((row) => { const {name, text} = parseTyped(row); return [name, text]; });"
        self.assertEqual(dict(zip(wanted, in_engine(work, list(wanted)))), wanted)

    def test_the_nick_before_the_caret_is_found(self) -> None:
        work = "return given.map(([text, caret]) => nickAt(text, caret));"
        given = [["@an", 3], ["oi @b", 5], ["oi @b", 2], ["a@b", 3], ["@ana x", 6], ["@", 1], ["", 0]]
        found = [{"start": 0, "beginning": "an"}, {"start": 3, "beginning": "b"}, None, None, None,
                 {"start": 0, "beginning": ""}, None]  # fmt: skip
        self.assertEqual(in_engine(work, given), found)

    def test_completion_begins_with_the_last_to_speak(self) -> None:
        work = """
            const presence = new Presence();
            presence.begin("ana");
            for (const line of given) presence.heard(parseLine(line));
            return [...["B", "É", ""].map((beginning) => presence.startingWith(beginning)), presence.hasMet("ZÉ")];
        """
        lines = ["WHO 4 ana bruno bia é", "FROM bruno [all]: x", "JOIN zé", "LEAVE zé quit", "FROM zé [all]: late"]
        self.assertEqual(in_engine(work, lines), [["bruno", "bia"], ["é"], ["bruno", "é", "bia"], True])

    def test_our_own_nick_is_found_in_a_text(self) -> None:
        given = ["oi Ana!", "@ana: x", "banana", "ana.", "diga à ANA. Sim", "x"]
        work = """
            const marked = ([piece, isUs]) => isUs ? `<${piece}>` : piece;
            return given.map((text) => mentions(text, "ana").map(marked).join(""));
        """
        wanted = ["oi <Ana>!", "@<ana>: x", "banana", "<ana>.", "diga à <ANA>. Sim", "x"]
        self.assertEqual(in_engine(work, given), wanted)

    def test_a_text_that_is_full_of_our_nick_has_few_marks(self) -> None:
        """Trap 44: lines with 360 of them each stopped the page for seconds."""
        work = "const pieces = mentions('ana '.repeat(360), 'ana'); return [pieces.filter(([, isUs]) => isUs).length,"
        work += " pieces.map(([piece]) => piece).join('') === 'ana '.repeat(360)];"
        self.assertEqual(in_engine(work), [8, True])

    def test_a_long_word_of_another_costs_no_more_than_its_length(self) -> None:
        """Trap 44: one line of dots kept every page busy for 16 ms; these million would take half an hour."""
        work = """
            const words = [".".repeat(1e6) + "x", "a" + "\\u0301\\u0323".repeat(5e5), "ana" + ".".repeat(1e6)];
            return words.map((word) => mentions(word, "ana").length);
        """
        self.assertEqual(in_engine(work), [1, 1, 2])


if __name__ == "__main__":
    unittest.main()
