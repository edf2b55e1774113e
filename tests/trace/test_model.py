"""The model of the page, in a JavaScript engine, against the books of ``check``."""

from __future__ import annotations

import json
import random
import unicodedata
import unittest
from typing import Any, Dict, List

from minichat.cli.output import printable
from minichat.trace.page import Books
from minichat.trace.schema import Event
from tests.trace.pages import NO_NODE, NODE, in_engine, page_of, renumbered, written
from tests.trace.test_page import changed
from tests.trace.traced import full_trace

MUTATIONS = 400
OPENED: List[Event] = [
    {"event": "wait", "timeout": 1, "deferred": 0}, {"event": "open", "conn": 1},
    {"event": "interest", "conn": 1, "from": "", "to": "R", "why": ""},
]  # fmt: skip
RECV: Event = {"event": "recv", "conn": 1, "asked": 16384, "got": 9, "data": "x" * 9}

# The state, as a person sees it, without what the model keeps for itself.
_SHOWN = """
    const shown = (state) => JSON.stringify([state.n, state.t, state.turn, state.phase, state.isSure,
      state.timeout, state.ready, [...state.conns.values()].map((conn) => ({...conn, age: 0}))]);
    const trace = new Trace(text);
    while (trace.read(100));
"""


def books_at_waits(events: List[Event]) -> List[Any]:
    """For each wait, what ``check`` knows of each connection."""
    books, found = Books(), []
    for event in events:
        books.feed(event)
        if event["event"] == "wait":
            found.append([[one["conn"], one["queued"], one["buffered"], one["interest"], one["messages"]]
                          for one in books.snapshot()])  # fmt: skip
    return found


def model_at_waits(events: List[Event]) -> Any:
    """The same of the model."""
    return in_engine(
        _SHOWN + """
        const found = [], state = emptyState();
        for (let i = 0; i < trace.events; i++) {
          reduce(state, trace.event(i));
          if (trace.event(i).event !== "wait") continue;
          found.push([...state.conns.values()].map((conn) =>
            [conn.number, conn.queued, conn.buffered, conn.interest, conn.messages]));
        }
        return found;""",
        written(events),
    )


@unittest.skipUnless(NODE, NO_NODE)
class Model(unittest.TestCase):
    def test_at_every_wait_its_books_are_those_of_check(self) -> None:
        found = model_at_waits(full_trace())
        self.assertGreater(len(found), 20)
        self.assertEqual(found, books_at_waits(full_trace()))

    def test_who_leaves_has_nothing_in_the_line_buffer(self) -> None:
        leaves = {"event": "state", "conn": 1, "state": "draining", "reason": "quit", "buffered": 0, "thrown": 0}
        events = renumbered([*OPENED, leaves, RECV, OPENED[0]])
        buffered = in_engine(_SHOWN + "return trace.at(trace.events - 1).conns.get(1).buffered;", written(events))
        self.assertEqual((buffered, books_at_waits(events)[-1][0][2]), (0, 0))

    def test_the_text_in_a_line_buffer_is_the_one_that_is_there(self) -> None:
        """The data of a trace may be cut, and its characters are not bytes: then it is not shown."""
        for reads, length, rest, shown in (
            ([("um\\ndois\\ntr", 10)], 3, 7, "dois\\ntr"),
            ([("um\\nd", 4), ("ois", 3)], 3, 4, "dois"),
            ([("um\\nação", 9)], 3, 6, "…"),  # each of its two last letters but one has two bytes
            ([("x" * 40, 1000)], 500, 500, "…"),
            ([("um\\n", 3)], 3, 0, ""),
            ([("x" * 900, 900)], 0, 900, "x" * 900),
        ):
            events = [*OPENED, *({**RECV, "got": got, "data": data.replace("\\n", "\n")} for data, got in reads)]
            if length:
                events.append({"event": "line", "conn": 1, "length": length, "buffered": rest, "thrown": 0})
            work = _SHOWN + "return trace.at(trace.events - 1).conns.get(1).held;"
            with self.subTest(reads):
                self.assertEqual(in_engine(work, written(renumbered(events))), shown.replace("\\n", "\n"))

    def test_a_text_is_escaped_as_in_the_terminal(self) -> None:
        old = unicodedata.ucd_3_2_0  # what every browser and every Python knows
        known = [chr(code) for code in range(0x10000) if old.category(chr(code)) != "Cn"]
        escaped = in_engine("return JSON.parse(text).map((one) => safe(one) !== one);", json.dumps(known))
        self.assertEqual([one for one, is_escaped in zip(known, escaped) if is_escaped == (printable(one) == one)], [])

    def test_a_caption_is_short_however_much_it_is_about(self) -> None:
        events = [*OPENED, *({"event": "queue", "conn": conn, "bytes": 9, "messages": list(range(900)), "queued": 9}
                  for conn in range(300))]  # fmt: skip
        work = "const i = trace.events - 1; return caption(trace, trace.at(i), trace.actOf(i), 'en');"
        found = in_engine(_SHOWN + work, written(renumbered(events)))
        self.assertEqual(found, "m1, m2, m3, m4 … (899) is queued for #0, #1, #2, #3 … (300): +9 B.")

    def test_a_word_of_the_language_is_no_word_of_a_trace(self) -> None:
        for name in ("constructor", "toString", "__proto__"):
            events = [*OPENED, {**RECV, "got": name}, {"event": "wake", "duration": 1, "ready": [], "reason": name},
                      {"event": "command", "conn": 1, "name": name, "message": 1}, {"event": "accept", "result": name},
                      {"event": "interest", "conn": 1, "from": "", "to": "R", "why": name}]  # fmt: skip
            work = """let told = "";
                for (let i = 0; i < trace.events; i++) told += caption(trace, trace.at(i), {first: i, last: i}, "en");
                return told;"""
            with self.subTest(name):
                found = in_engine(_SHOWN + work, written(renumbered(events)))
                self.assertNotRegex(found, r"native code|\[object|undefined")

    def test_every_place_is_the_same_however_it_is_reached(self) -> None:
        places = random.Random(3).choices(range(len(full_trace())), k=400)
        differ = in_engine(
            _SHOWN + f"""
            const state = emptyState(), stepped = [];
            for (let i = 0; i < trace.events; i++) {{ reduce(state, trace.event(i)); stepped.push(shown(state)); }}
            return {places}.filter((i) => shown(trace.at(i)) !== stepped[i]);""",
            written(full_trace()),
        )
        self.assertEqual(differ, [])

    def test_a_trace_that_grows_is_the_same_in_the_end(self) -> None:
        found = in_engine(
            _SHOWN + """
            const grown = new Trace();
            for (let i = 0; i < text.length; i += 777) { grown.append(text.slice(i, i + 777)); while (grown.read(50)); }
            const whole = (one) => [one.events, one.acts.length, one.turns.length, shown(one.at(one.events - 1))];
            return [whole(grown), whole(trace)];""",
            written(full_trace()),
        )
        self.assertEqual(found[0], found[1])

    def test_one_message_for_many_is_one_act(self) -> None:
        events: List[Event] = [{"event": "wait", "timeout": 0, "deferred": 0}]
        events += [{"event": "queue", "conn": conn, "bytes": 60, "messages": [7], "queued": 60} for conn in range(30)]
        events += [{"event": "send", "conn": conn, "asked": 60, "sent": 60, "queued": 0, "done": [7]}
                   for conn in range(30)]  # fmt: skip
        events[-9]["sent"] = 10  # a short one stands alone
        events = [{"n": n, "t": n, "turn": 1, **event} for n, event in enumerate(events)]
        acts = in_engine(
            _SHOWN + "return trace.actsOfTurn(trace.events - 1).map((act) => [act.first, act.last]);", written(events)
        )
        self.assertEqual(acts, [[0, 0], [1, 30], [31, 51], [52, 52], [53, 60]])

    def test_the_way_of_a_message_leads_from_its_bytes_to_each_reader(self) -> None:
        said = next(event for event in full_trace() if event["event"] == "command" and event["name"] == "say")
        work = f"return trace.way({said['message']}).map((i) => trace.event(i));"
        way = in_engine(_SHOWN + work, written(full_trace()))
        kinds = [event["event"] for event in way]
        self.assertEqual(kinds[:3], ["recv", "line", "command"])
        self.assertEqual((kinds.count("queue"), kinds.count("send")), (2, 2))

    def test_a_gap_makes_the_state_unsure(self) -> None:
        events = full_trace()[:20] + full_trace()[25:40]
        sure = in_engine(_SHOWN + "return [trace.at(19).isSure, trace.at(20).isSure];", written(events))
        self.assertEqual(sure, [True, False])

    def test_every_kind_of_event_has_its_caption_in_both_languages(self) -> None:
        events = renumbered([*full_trace(), {"n": 0, "t": 0, "turn": 0, "event": "surprise"}])
        captions: Dict[str, List[str]] = in_engine(
            _SHOWN + """
            const found = {};
            for (let i = 0; i < trace.events; i++) {
              const act = {first: i, last: i};
              found[trace.event(i).event] = LANGUAGES.map((language) => caption(trace, trace.at(i), act, language));
            }
            return found;""",
            written(events),
        )
        self.assertEqual(set(captions), {event["event"] for event in events})
        for name, texts in captions.items():
            with self.subTest(name):
                self.assertNotRegex(" ".join(texts), r"undefined|NaN|\[object|\{\w+\}")
                self.assertTrue(name == "note" or texts[0] != texts[1], texts)

    def test_no_event_that_is_taken_breaks_the_model(self) -> None:
        random_, taken = random.Random(11), []
        for _ in range(MUTATIONS):
            events = list(full_trace())
            place = random_.randrange(len(events))
            events[place] = changed(random_, events[place])
            try:
                page_of([{**event, "event": str(event["event"])} for event in events])
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            taken.append(written(events[max(place - 20, 0) : place + 20]))
        self.assertGreater(len(taken), 100)
        broken = in_engine(
            """return JSON.parse(text).flatMap((one) => {
              try {
                const trace = new Trace(one);
                while (trace.read(100));
                for (let i = 0; i < trace.events; i++) caption(trace, trace.at(i), trace.actOf(i), "en");
                return [];
              } catch (error) { return [String(error.stack).slice(0, 300)]; }
            });""",
            json.dumps(taken),
        )
        self.assertEqual(broken[:3], [])


if __name__ == "__main__":
    unittest.main()
