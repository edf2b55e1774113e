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


# A page that notes what it is told, sockets that note what is sent, a clock that is moved by ``pass``.
_LINK = """
let time = 1e6, timers = [];
globalThis.setTimeout = (act, wait) => { timers.push({act, at: time + wait}); return timers[timers.length - 1]; };
globalThis.clearTimeout = (timer) => { timers = timers.filter((one) => one !== timer); };
const told = [], sockets = [];
const isTold = (name) => !["status", "read", "came"].includes(name);
const page = new Proxy({}, {get: (_, name) => (...given) => { if (isTold(name)) told.push([name, ...given]); }});
const texts = (lines) => lines.map((line) => line.text);
class Socket {
  constructor() { this.sent = []; this.readyState = 0; sockets.push(this); }
  send(text) { this.sent.push(text); } close() { this.readyState = 3; }
  open() { this.readyState = 1; this.onopen(); } says(text) { this.onmessage({data: text}); } }
const link = new Link(page, () => new Socket(), () => time);
const last = () => sockets[sockets.length - 1];
const pass = (seconds) => { for (let i = 0; i < seconds * 4; i++) { time += 250;
  for (const timer of timers.filter((one) => one.at <= time)) { clearTimeout(timer); timer.act(); }
  if (time % 1000 === 0) link.look(true); } };
const enter = () => { link.enter("ana"); last().open(); last().says("OK ana\\n"); };
"""


@unittest.skipUnless(NODE, NO_NODE)
class TheLink(unittest.TestCase):
    """The way to the server, with a clock and sockets that are played."""

    def run_link(self, work: str) -> Any:
        return in_engine(_LINK + work)

    def test_the_nick_goes_first_then_the_silent_question(self) -> None:
        work = "enter(); link.say({text: 'oi'}); return [last().sent, link.place];"
        self.assertEqual(self.run_link(work), [["ana", "WHO", "oi"], "in"])

    def test_a_direct_message_is_confirmed_by_a_question(self) -> None:
        told = self.run_link("""
            enter(); last().says("WHO 1 ana\\n"); link.say({text: "@bia oi"}); pass(1);
            last().says("WHO 1 ana\\n");
            const settled = told.filter(([name]) => name === "settled");
            return [last().sent, settled.map(([, line, outcome]) => [line.text, outcome])];
        """)
        self.assertEqual(told[0], ["ana", "WHO", "@bia oi", "WHO"])
        self.assertEqual(told[1], [["WHO", "answered"], ["@bia oi", "answered"], ["WHO", "answered"]])

    def test_what_has_no_echo_at_a_loss_is_told_and_the_rest_waits(self) -> None:
        told = self.run_link("""
            enter(); link.say({text: "um"}); link.say({text: "dois"});
            last().says("WHO 1 ana\\nFROM ana [all]: um\\n");
            last().onclose(); link.say({text: "tres"}); pass(2); last().open(); last().says("OK ana\\n");
            const lost = told.filter(([name]) => name === "lost");
            return [lost.map(([, why, lines]) => [why, texts(lines)]), last().sent];
        """)
        self.assertEqual(told, [[["lost", ["dois"]]], ["ana", "WHO", "tres"]])

    def test_a_line_said_into_a_closing_socket_waits(self) -> None:
        work = """
            enter(); last().says("WHO 1 ana\\n"); last().readyState = 2; link.say({text: "oi"});
            return [link.place, texts(link.waiting), last().sent];
        """
        self.assertEqual(self.run_link(work), ["away", ["oi"], ["ana", "WHO"]])

    def test_pauses_grow_from_one_second_to_thirty(self) -> None:
        pauses = self.run_link("""
            enter(); last().onclose(); const pauses = [];
            for (let i = 0; i < 9; i++) {
              pauses.push((link.nextAt - time) / 1000); time = link.nextAt; pass(1); last().onclose();
            }
            return pauses;
        """)
        for pause, wanted in zip(pauses, (1, 1, 2, 4, 8, 16, 30, 30, 30)):
            self.assertAlmostEqual(pause, wanted, delta=wanted * 0.25 + 0.01)
        self.assertEqual(len(pauses), 9)

    def test_a_nick_that_our_lost_connection_holds_is_tried_again(self) -> None:
        work = """
            enter(); last().onclose(); const places = [];
            for (let i = 0; i < 20; i++) { pass(5); if (link.place === OUT) break;
              if (last().readyState === 0) { last().open(); last().says("ERR apelido_em_uso\\n"); }
              places.push(link.place); }
            return [places[0], link.place, told[told.length - 1][0], time - 1e6 > 60000];
        """
        self.assertEqual(self.run_link(work), ["away", "out", "refused", True])
        newcomer = "link.enter('ana'); last().open(); last().says('ERR apelido_em_uso\\n'); return link.place;"
        self.assertEqual(self.run_link(newcomer), "out")

    def test_after_sleep_a_silent_server_has_three_seconds(self) -> None:
        work = """
            enter(); last().says("WHO 1 ana\\n"); const first = last(); time += 3600000; link.look(true);
            const asked = first.sent.length; pass(2); const before = link.place; pass(1.25);
            return [asked, before, link.place, told[told.length - 1][1]];
        """
        self.assertEqual(self.run_link(work), [3, "in", "away", "silent"])
        alive = """
            enter(); last().says("WHO 1 ana\\n"); time += 3600000; link.look(true);
            last().says("WHO 1 ana\\n"); pass(10);
            return [link.place, sockets.length];
        """
        self.assertEqual(self.run_link(alive), ["in", 1])

    def test_a_hidden_page_asks_nothing(self) -> None:
        work = "enter(); last().says('WHO 1 ana\\n'); time += 3600000; link.look(false); return last().sent.length;"
        self.assertEqual(self.run_link(work), 2)

    def test_a_silence_is_told_then_ends_the_connection(self) -> None:
        work = """
            enter(); last().says("WHO 1 ana\\n"); link.say({text: "oi"}); pass(4); const early = link.isLate; pass(2);
            const late = link.isLate; pass(15); return [early, late, link.place, texts(told[told.length - 1][2])];
        """
        self.assertEqual(self.run_link(work), [False, True, "away", ["oi"]])

    def test_an_idle_page_asks_whether_there_is_a_server(self) -> None:
        work = "enter(); last().says('WHO 1 ana\\n'); pass(32); return [last().sent, link.place];"
        self.assertEqual(self.run_link(work), [["ana", "WHO", "WHO"], "in"])

    def test_a_server_that_says_nothing_is_given_up(self) -> None:
        work = "link.enter('ana'); last().open(); pass(11); return [link.place, told[0].slice(0, 2)];"
        self.assertEqual(self.run_link(work), ["out", ["ended", "silent"]])

    def test_nothing_is_heard_of_a_connection_that_was_left(self) -> None:
        work = """
            enter(); const old = last(); old.onclose();
            return [old.onmessage === null, old.readyState, link.place];
        """
        self.assertEqual(self.run_link(work), [True, 3, "away"])

    def test_who_is_thrown_out_does_not_come_back(self) -> None:
        work = """
            enter(); last().says("ERR kicked\\n"); pass(60);
            return [link.place, sockets.length, told[told.length - 1][1]];
        """
        self.assertEqual(self.run_link(work), ["out", 1, "kicked"])

    def test_leaving_tells_what_was_not_answered_or_sent(self) -> None:
        work = """
            enter(); link.say({text: "um"}); last().onclose(); link.say({text: "dois"}); link.leave();
            const [, why, lines, unsent] = told[told.length - 1];
            return [why, texts(lines), texts(unsent), link.place];
        """
        self.assertEqual(self.run_link(work), ["left", [], ["dois"], "out"])


if __name__ == "__main__":
    unittest.main()
