"""The trace that grows in the page, in a JavaScript engine: the same events, and never too many."""

from __future__ import annotations

import json
import unittest
from typing import Any, List

from minichat.trace.page import PARTS
from minichat.trace.schema import Event
from minichat.web import looppage
from tests.trace.pages import NO_NODE, NODE, run_scripts, written
from tests.trace.traced import full_trace

SCRIPTS = [PARTS / "model.js", PARTS / "words.js", looppage.PARTS / "growing.js"]

_HELP = """
    const lines = text.split("\\n").filter(Boolean);
    const numberOf = (line) => JSON.parse(line).n;
    const shown = (state) => JSON.stringify([state.n, state.t, state.turn, state.phase, state.isSure,
      [...state.conns.values()].map((conn) => ({...conn, age: 0, conn: 0}))]);
    /* Feed the lines to a growth, some at a time. */
    const feed = (growth, some, run = "ab", size = 7) => {
      for (let i = 0; i < some.length; i += size) {
        const part = some.slice(i, i + size);
        growth.take(part.join("\\n"), `${run}-${numberOf(part[part.length - 1])}`);
      }
      return growth;
    };
"""


def grown(work: str, events: List[Event]) -> Any:
    """What the JavaScript ``work`` returns for these events."""
    return run_scripts(SCRIPTS, _HELP + work, written(events))


@unittest.skipUnless(NODE, NO_NODE)
class Growing(unittest.TestCase):
    def test_it_is_the_trace_of_the_file_in_the_end(self) -> None:
        found = grown(
            """
            const file = new Trace(text), growth = feed(new Growth(), lines);
            while (file.read(100));
            return [file, growth.trace].map((one) =>
              [one.events, one.acts.length, one.turns.length, one.troubles.length, shown(one.at(one.events - 1))]);""",
            full_trace(),
        )
        self.assertEqual(found[0], found[1])

    def test_it_is_bounded_and_says_what_is_not_there(self) -> None:
        size = len(written(full_trace()))
        found = grown(
            f"""
            const growth = new Growth({size // 4}), sizes = [];
            for (const line of lines) {{ feed(growth, [line]); sizes.push(growth.trace.size); }}
            const {{trace}} = growth, last = trace.at(trace.events - 1);
            return {{most: Math.max(...sizes), first: [trace.event(0), trace.event(1)], n: last.n, isSure: last.isSure,
              gap: trace.at(0).isSure, numbers: trace.lines.map(numberOf)}};""",
            full_trace(),
        )
        self.assertLessEqual(found["most"], size // 4 + max(len(json.dumps(event)) for event in full_trace()))
        gap, header = found["first"]
        self.assertEqual((gap["event"], gap["missed"], header["event"]), ("gap", header["n"] + 1, "header"))
        self.assertEqual((found["gap"], found["isSure"], found["n"]), (False, True, full_trace()[-1]["n"]))
        self.assertEqual(found["numbers"][1:], list(range(header["n"], len(full_trace()))))

    def test_what_it_begins_with_is_what_was_known(self) -> None:
        differ = grown(
            """
            const file = new Trace(text), wrong = [];
            while (file.read(100));
            for (let i = 20; i < file.events - 1; i += 13) {
              const before = {...file, at: (j) => file.at(i), events: i + 1, header: file.header};
              const later = new GrowingTrace([...goingOnAfter(before), ...lines.slice(i + 1)].join("\\n"));
              later.readAll();
              if (shown(later.at(later.events - 1)) !== shown(file.at(file.events - 1))) wrong.push(i);
              if (i + 10 < file.events && shown(later.at(11)) !== shown(file.at(i + 10))) wrong.push(-i);
            }
            return wrong;""",
            full_trace(),
        )
        self.assertEqual(differ, [])

    def test_another_run_is_another_trace(self) -> None:
        found = grown(
            """
            const growth = feed(new Growth(), lines), before = growth.trace;
            feed(growth, lines.slice(0, 30), "cd");
            return [growth.restarts, growth.trace === before, before.events, growth.trace.events];""",
            full_trace(),
        )
        self.assertEqual(found, [1, False, len(full_trace()), 30])

    def test_a_stream_that_begins_anew_is_no_restart(self) -> None:
        found = grown(
            """
            const growth = feed(new Growth(), lines.slice(0, 50));
            growth.beginAnew();
            feed(growth, lines.slice(0, 30));
            return [growth.restarts, growth.trace.events];""",
            full_trace(),
        )
        self.assertEqual(found, [0, 30])

    def test_a_gap_is_counted_and_the_snapshot_makes_sure_again(self) -> None:
        events = full_trace()
        about = {"n": 99, "t": events[99]["t"], "turn": events[99]["turn"]}
        gap: Event = {**about, "event": "gap", "missed": 40}
        zoe = {"conn": 1, "nick": "zoe", "interest": "R", "life": "open", "buffered": 0, "queued": 0, "messages": []}
        snapshot: Event = {**events[0], **about, "snapshot": [zoe]}
        found = grown(
            """
            const {trace} = feed(new Growth(), lines);
            return [trace.missed, [59, 60, 61, 62].map((i) => trace.at(i).isSure), [...trace.at(61).conns.keys()],
              trace.next(trace.troubles, 59), caption(trace, trace.at(60), trace.actOf(60), "en")];""",
            [*events[:60], gap, snapshot, *events[100:]],
        )
        self.assertEqual(found[:3], [40, [True, False, True, True], [1]])
        self.assertEqual(found[3], 60)
        self.assertIn("40 events", found[4])

    def test_what_a_page_begins_with_is_no_gap_that_it_has_missed(self) -> None:
        gap: Event = {"n": 4, "t": 1, "turn": 1, "event": "gap", "missed": 5}
        header: Event = {**full_trace()[0], "n": 4, "snapshot": []}
        self.assertEqual(grown("return feed(new Growth(), lines).trace.missed;", [gap, header, *full_trace()[5:40]]), 0)


if __name__ == "__main__":
    unittest.main()
