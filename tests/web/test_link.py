"""The way of the chat page to the server: losses, pauses, sleep; with sockets and a clock that are played."""

from __future__ import annotations

import unittest
from typing import Any

from tests.web.chatpages import NO_NODE, NODE, in_engine

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

    def test_of_two_direct_messages_the_refused_one_is_told(self) -> None:
        """An ERR does not say which line it answers: a question between the two does."""
        told = self.run_link("""
            enter(); last().onclose(); for (const text of ["@bia um", "@zoe dois", "a"]) link.say({text});
            pass(2); last().open(); last().says("OK ana\\n");
            for (const line of last().sent) {
              if (line === "WHO") last().says("WHO 2 ana bia\\n");
              if (line === "@zoe dois") last().says("ERR user_not_found\\n");
              if (line === "a") last().says("FROM ana [all]: a\\n");
            }
            const settled = told.filter(([name, line]) => name === "settled" && line.text !== "WHO");
            return settled.map(([, line, outcome]) => [line.text, outcome]);
        """)
        self.assertEqual(told, [["@bia um", "answered"], ["@zoe dois", "refused"], ["a", "said"]])

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

    def test_while_our_lost_connection_holds_the_nick_pauses_are_short(self) -> None:
        """The server lets go of it after 40 seconds; a person whose phone has slept should not wait for a minute."""
        pauses = self.run_link("""
            enter(); last().onclose(); const pauses = [];
            for (let i = 0; i < 9; i++) {
              pauses.push((link.nextAt - time) / 1000); time = link.nextAt; pass(0.25);
              last().open(); last().says("ERR apelido_em_uso\\n");
            }
            return pauses;
        """)
        for pause, wanted in zip(pauses, (1, 1, 2, 4, 4, 4, 4, 4, 4)):
            self.assertAlmostEqual(pause, wanted, delta=wanted * 0.25 + 0.01)

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
