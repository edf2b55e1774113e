"""The page in a real browser: every key, every link, hostile texts, small windows, paper."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any, ClassVar, Dict, List

from minichat.trace.schema import Event
from tests.browser import CHROMIUM, NO_CHROMIUM, Browser, Tab
from tests.trace.pages import page_of, renumbered
from tests.trace.traced import full_trace

# Texts that would be something else if they were taken for markup, script, style or an escape.
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "<!--", "-->",
    "<style>*{display:none}</style>", "&lt;b&gt;", "&#60;b&#62;", "javascript:alert(1)", "'\"><svg onload=alert(1)>",
    "{{7*7}}", "${alert(1)}", "`${alert(1)}`", "{who}", "{names}", "\u202eevil", "\u2066x\u2069", "\u200bx",
    "a\u0301" * 20, "\x1b[2J", "\x00", "\x07", "\x7f", "\u2028alert(1)", "]]>", "<![CDATA[x]]>",
    "<iframe src=//example.org>",
    "<a href=//example.org>x</a>", "<base href=//example.org>", "<meta http-equiv=refresh content=0>", "<form><input>",
    "x" * 500, "\U0001f468\u200d\U0001f469\u200d\U0001f467", "ana maria", "__proto__", "constructor", "toString",
    "null", "-1", "%s%n",
]  # fmt: skip
SPOKEN_ROLES = {"button", "slider", "checkbox", "combobox", "link", "table"}


def asking() -> List[Event]:
    """The trace of a real run with a question before the first command and its answer after it."""
    events = list(full_trace())
    place = next(index for index, event in enumerate(events) if event["event"] == "command" and event["name"] == "say")
    about = {"t": events[place]["t"], "turn": events[place]["turn"], "event": "note", "text": "note"}
    events.insert(place + 1, {**about, "answer": ["resposta", "the answer"]})
    events.insert(place, {**about, "ask": ["e agora?", "and now?"]})
    return renumbered(events)


def crowd(count: int, turns: int = 3) -> List[Event]:
    """A trace of so many connections: they come, a turn has nothing, then one of them speaks to all in each turn."""
    events: List[Event] = [full_trace()[0], {"event": "wait", "timeout": 1.0, "deferred": 0}]
    for conn in range(count):
        events += [
            {"event": "open", "conn": conn}, {"event": "state", "conn": conn, "state": "joined", "nick": f"p{conn}"},
            {"event": "recv", "conn": conn, "asked": 9, "got": "again", "kernel": [1000, 1000]},
            {"event": "interest", "conn": conn, "from": "", "to": "R", "why": "open"},
        ]  # fmt: skip
    for turn in range(2, turns + 1):
        events.append({"turn": turn, "event": "wait", "timeout": 1.0, "deferred": 0})
        if turn > 2:
            said = {"turn": turn, "bytes": 9, "messages": [turn], "queued": 9 * (turn - 2)}
            events.append({"turn": turn, "event": "command", "conn": 0, "name": "say", "message": turn})
            events += [{**said, "event": "queue", "conn": conn} for conn in range(count)]
    return renumbered(events)


@unittest.skipUnless(CHROMIUM, NO_CHROMIUM)
class PlayerTest(unittest.TestCase):
    """A browser, and a folder for pages."""

    browser: ClassVar[Browser]
    folder: ClassVar[tempfile.TemporaryDirectory[str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def page(self, events: List[Event], address: str = "", title: str = "lab", **size: int) -> Tab:
        """A tab with the page of these events, read to the end; it must not complain, not even later."""
        file = Path(self.folder.name, f"{self.id()}.html")
        file.write_text(page_of(events, title), encoding="utf-8")
        tab = self.browser.tab(f"{file.as_uri()}{address}", **size)
        tab.wait("window.player && player.trace.isRead")
        self.addCleanup(lambda: self.assertEqual(tab.complaints(), []))
        return tab

    def seen(self, tab: Tab) -> str:
        """What a person sees."""
        return str(tab.value("document.body.innerText"))


class Keys(PlayerTest):
    def test_each_key_does_what_the_help_says(self) -> None:
        tab = self.page(asking())
        place = "player.place"
        for key, shift, wanted in (
            ("ArrowRight", False, "player.trace.acts.find(player.place) === 1"),
            ("ArrowLeft", False, f"{place} === 0"),
            ("ArrowRight", True, f"{place} === 1"),
            ("ArrowRight", True, f"{place} === 2"),
            ("ArrowLeft", True, f"{place} === 1"),
            ("End", False, f"{place} === player.trace.events - 1"),
            ("Home", False, f"{place} === 0"),
            ("ArrowDown", False, "player.trace.event(player.place).turn === 1"),
            ("ArrowDown", False, "player.trace.event(player.place).turn === 2"),
            ("ArrowUp", False, "player.trace.event(player.place).turn === 1"),
            ("3", False, "player.speed === 2"),
            ("q", False, "!player.hasQuiz"),
            ("l", False, "document.documentElement.lang === 'en'"),
            ("n", False, f"isTrouble(player.trace.event({place}))"),
            ("Home", False, "player.go(player.trace.commands.get(3)) || true"),
            ("f", False, "player.message > 0"),
            ("f", False, "player.message < 0"),
            ("h", False, "document.getElementById('helped').open"),
            ("Escape", False, "!document.getElementById('helped').open"),
            (" ", False, "!!document.getElementById('pause')"),
            (" ", False, "!!document.getElementById('play')"),
        ):
            tab.press(key, shift)
            self.assertTrue(tab.value(wanted), f"{key}: {wanted}; {tab.value('location.hash')}")

    def test_single_keys_can_be_switched_off(self) -> None:
        tab = self.page(full_trace())
        tab.press("h")
        tab.value("document.getElementById('single-keys').click()")
        tab.press("Escape")
        tab.press("l")
        self.assertEqual(tab.value("document.documentElement.lang"), "pt")
        tab.press("ArrowRight")
        self.assertGreater(tab.value("player.place"), 0)

    def test_back_shows_what_forward_has_shown(self) -> None:
        tab = self.page(full_trace())
        drawn = "[player.place, document.querySelector('main').innerText].join()"
        for forward, back, shift in (("ArrowRight", "ArrowLeft", False), ("ArrowRight", "ArrowLeft", True)):
            tab.press("Home")
            shown = [tab.value(drawn)]
            for _ in range(60):
                tab.press(forward, shift)
                shown.append(tab.value(drawn))
            for wanted in reversed(shown[:-1]):
                tab.press(back, shift)
                self.assertEqual(tab.value(drawn), wanted)

    def test_playing_ends_at_the_end(self) -> None:
        tab = self.page(full_trace()[:12])
        tab.value("player.speed = 1000; player.toggle()")
        tab.wait("!!document.getElementById('play')")
        self.assertEqual(tab.value("player.place"), 11)
        self.assertIn("O rastro acaba aqui", self.seen(tab))

    def test_following_a_message_goes_its_way(self) -> None:
        tab = self.page(full_trace(), "#message=3")
        way = tab.value("player.trace.way(3)")
        tab.press("Home")
        found = []
        for _ in way:
            tab.press("ArrowRight")
            found.append(tab.value("player.place"))
        self.assertEqual(found, way)
        self.assertIn("m3", self.seen(tab))

    def test_the_buttons_and_the_scrubber_do_the_same(self) -> None:
        tab = self.page(full_trace())
        tab.value("document.getElementById('forward').click()")
        self.assertEqual(tab.value("player.trace.acts.find(player.place)"), 1)
        tab.value("document.getElementById('scrub').value = 5; "
                  "document.getElementById('scrub').dispatchEvent(new Event('input'))")  # fmt: skip
        self.assertEqual(tab.value("player.place"), tab.value("player.trace.turns.at(5)"))
        tab.value("document.getElementById('language').click()")
        self.assertEqual(tab.value("document.documentElement.lang"), "en")


    def test_what_cannot_be_done_is_seen_and_said(self) -> None:
        tab = self.page(full_trace()[:2])
        for key, told in (("n", "Nenhum problema"), ("f", "não há mensagem")):
            tab.press(key)
            for place in ("followed", "said"):
                self.assertIn(told, tab.value(f"document.getElementById('{place}').textContent"))
            self.assertIn(told, self.seen(tab))
            tab.press("ArrowRight")
            self.assertNotIn(told, self.seen(tab))

    def test_a_button_that_is_on_looks_on(self) -> None:
        tab = self.page(full_trace())
        look = "getComputedStyle(document.getElementById('questions')).{}"
        for attribute, colours in (("backgroundColor", "none"), ("borderTopStyle", "active")):
            tab.resize(1280, 800, forced_colors=colours)
            on = tab.value(look.format(attribute))
            tab.press("q")
            self.assertNotEqual(tab.value(look.format(attribute)), on)
            tab.press("q")


class Questions(PlayerTest):
    def test_no_way_forward_passes_a_question(self) -> None:
        events = asking()
        events.append({**events[-1], "n": len(events), "event": "slow", "what": "a handler", "duration": 1})
        events = [event for event in events if event["event"] != "slow"][:-1] + events[-1:]
        tab = self.page(renumbered(events))
        asks, message = tab.value("player.trace.notes.at(0)"), tab.value("[...player.trace.commands.keys()].pop()")
        self.assertGreater(tab.value(f"player.trace.way({message})[0]"), asks)
        for way in ("player.trouble()", f"player.message = {message}; player.act(1)"):
            while tab.value("player.place") < asks:
                before = tab.value("player.place")
                tab.value(way)
                self.assertGreater(tab.value("player.place"), before)
            self.assertEqual(tab.value("player.place"), asks, way)
            tab.value("player.message = -1; player.go(0)")

    def test_a_question_after_an_answer_says_what_happened(self) -> None:
        events = asking()
        answer = next(index for index, event in enumerate(events) if event.get("answer"))
        events.insert(answer + 1, {**events[answer], "ask": ["e depois?", "and then?"], "answer": ""})
        tab = self.page(renumbered(events), f"#n={answer + 1}")
        self.assertIn("e depois?", self.seen(tab))
        self.assertRegex(tab.value("document.getElementById('caption').textContent"), "mensagem m")

    def test_a_trace_may_begin_with_a_question(self) -> None:
        note = {"t": 0, "turn": 0, "event": "note", "text": "", "ask": ["e agora?", "and now?"]}
        self.assertIn("e agora?", self.seen(self.page(renumbered([note, *full_trace()]))))
    def test_the_page_stops_asks_and_answers_by_going_on(self) -> None:
        tab = self.page(asking())
        tab.value("player.speed = 1000; player.toggle()")
        tab.wait("!document.getElementById('quiz').hidden")
        self.assertIn("e agora?", self.seen(tab))
        self.assertNotIn("resposta", self.seen(tab))
        tab.press("l")
        self.assertIn("and now?", self.seen(tab))
        for _ in range(4):
            tab.press("ArrowRight", shift=True)
            if "the answer" in self.seen(tab):
                break
        self.assertIn("the answer", self.seen(tab))

    def test_nothing_of_the_future_is_on_the_page(self) -> None:
        tab = self.page(asking(), "#n=0")
        for _ in range(40):
            tab.press("ArrowRight", shift=True)
            items = tab.value("document.querySelectorAll('#acts li').length")
            turn = tab.value("player.trace.actsOfTurn(player.place).length")
            self.assertLessEqual(items, turn)

    def test_without_questions_nothing_stops(self) -> None:
        tab = self.page(asking(), "#quiz=0")
        tab.press("End")
        self.assertTrue(tab.value("document.getElementById('quiz').hidden"))
        asks = tab.value("player.trace.notes.at(0)")
        tab.value(f"player.go({asks})")
        self.assertTrue(tab.value("document.getElementById('quiz').hidden"))


class Links(PlayerTest):
    def test_a_link_leads_to_a_turn_an_event_a_message(self) -> None:
        for address, wanted in (
            ("#turn=5", "player.trace.event(player.place).turn === 5"),
            ("#n=17", "player.trace.event(player.place).n === 17"),
            ("#message=3", "player.trace.event(player.place).message === 3 && player.message === 3"),
            ("#n=3&lang=en&quiz=0", "document.documentElement.lang === 'en' && !player.hasQuiz"),
            ("#n=999999999", "player.place === player.trace.events - 1"),
            ("#n=-1&turn=x&message=<b>&lang=xx", "player.place === 0 && document.documentElement.lang === 'pt'"),
        ):
            tab = self.page(full_trace(), address)
            self.assertTrue(tab.value(wanted), f"{address}: {wanted}")

    def test_who_has_gone_on_is_not_fetched_back(self) -> None:
        """The rest of a long trace is read while a person plays, and its address is looked for again."""
        tab = self.page(full_trace(), "#n=17")
        tab.value("player._wanted = location.hash; player.place = 3; player.grew()")
        self.assertEqual(tab.value("player.place"), 17)
        tab.value("player._wanted = location.hash; player._timer = 1; player.go(3); player.grew(); player._timer = 0")
        self.assertEqual(tab.value("player.place"), 3)

    def test_a_message_that_is_not_there_is_not_followed(self) -> None:
        tab = self.page(full_trace(), "#message=9999")
        tab.press("ArrowRight")
        self.assertEqual(tab.value("[player.message, player.trace.acts.find(player.place)]"), [-1, 1])

    def test_a_page_says_where_it_is(self) -> None:
        tab = self.page(full_trace())
        tab.press("ArrowRight")
        tab.wait("/^#n=\\d+&lang=pt$/.test(location.hash)")
        tab.value("location.hash = '#n=9'")
        tab.wait("player.place === 9")


class Hostile(PlayerTest):
    def test_hostile_texts_are_text(self) -> None:
        self.assertEqual(len(HOSTILE), 40)
        events: List[Dict[str, Any]] = [{"event": "header", "program": HOSTILE[0], "start": HOSTILE[1]}]
        for conn, text in enumerate(HOSTILE):
            events += [
                {"event": "wait", "timeout": 1.0, "deferred": 0}, {"event": "open", "conn": conn},
                {"event": "state", "conn": conn, "state": "joined", "nick": text},
                {"event": "interest", "conn": conn, "from": "", "to": "R", "why": text},
                {"event": "recv", "conn": conn, "asked": 9, "got": 9, "data": text},
                {"event": "slow", "what": text, "duration": 1}, {"event": "note", "text": text},
                {"event": text or "x", "conn": conn},
                {"event": "note", "text": "", "ask": [text, text]},
                {"event": "state", "conn": conn, "state": "draining", "reason": text, "buffered": 0, "thrown": 0},
            ]  # fmt: skip
        header = {"version": 1, "selector": "", "python": "", "payload": 40, "limits": {}}
        events[0].update(header)
        made = [{"n": n, "t": n, "turn": n // 10, **event} for n, event in enumerate(events)]
        tab = self.page(made, title=HOSTILE[2])
        elements = "document.querySelectorAll('script, img, iframe, base, form, a, style').length"
        before = tab.value(elements)
        for place in range(len(made)):
            tab.value(f"player.go({place})")
        self.assertEqual(tab.value(elements), before)
        self.assertEqual(tab.value("document.title"), HOSTILE[2])
        tab.pdf()
        self.assertEqual(tab.value(elements), before)


class Crowd(PlayerTest):
    """A class of fifty, all of whom take part in each turn."""

    def test_who_acts_and_what_is_waited_for_are_seen(self) -> None:
        events = crowd(50)
        bounds = """['tr.active', '#selector', '#people', '#columns th'].map((one) => {
            const box = document.querySelector(one).getBoundingClientRect();
            return [box.top, box.bottom];
        })"""
        for conn in (0, 7, 23, 49):
            tab = self.page(events, f"#n={len(events) - 50 + conn}&message=3")
            (top, bottom), (selector, end), (above, below), (_, head) = tab.value(bounds)
            in_order = (above, head, top, bottom, selector + 1, end, below + 1)
            self.assertEqual(list(in_order), sorted(in_order), conn)
            self.assertIn(f"▸ p{conn}", self.seen(tab).replace("\n", ""))

    def test_how_far_it_is_scrolled_depends_on_the_place_alone(self) -> None:
        tab = self.page(crowd(50))
        quiet, last = "player.trace.turnStart(2)", "player.trace.events - 1"
        scrolled = [tab.value(f"player.go({place}); document.getElementById('people').scrollTop")
                    for place in (quiet, last, quiet)]  # fmt: skip
        self.assertGreater(scrolled[1], 0)
        self.assertEqual(scrolled[0], scrolled[2])

    def test_a_mark_at_the_end_does_not_widen_a_phone(self) -> None:
        slow = {"turn": 200, "event": "slow", "what": "a handler", "duration": 1}
        tab = self.page(renumbered([*crowd(3, turns=200), slow]))
        tab.resize(390, 844)
        self.assertEqual(tab.value("document.querySelector('#strip > :last-child').textContent"), "!")
        self.assertLessEqual(tab.value("document.documentElement.scrollWidth"), 390)

    def test_nothing_is_below_the_page(self) -> None:
        tab = self.page(crowd(50))
        tab.press("End")
        self.assertLessEqual(tab.value("document.documentElement.scrollHeight"), 800)

    def test_who_is_folded_is_quiet_or_not(self) -> None:
        tab = self.page(crowd(50))
        tab.press("End")
        self.assertIn("+ 42 a mais", self.seen(tab))
        tab.value("player.go(player.trace.turnStart(2))")
        self.assertIn("+ 42 em silêncio", self.seen(tab))

    def test_the_numbers_of_acts_are_not_cut(self) -> None:
        tab = self.page(crowd(3, turns=6000), "#turn=5900")
        tab.press("End")
        self.assertGreater(tab.value("document.querySelector('#acts li[aria-current]').value"), 10000)
        self.assertEqual(tab.value("getComputedStyle(document.getElementById('acts')).listStylePosition"), "inside")

    def test_a_question_on_the_strip_can_be_read(self) -> None:
        tab = self.page(asking())
        for width, height in ((1280, 800), (390, 844)):
            tab.resize(width, height)
            mark = "[...document.querySelectorAll('#strip b')].find((one) => one.textContent === '?')"
            self.assertGreaterEqual(tab.value(f"parseFloat(getComputedStyle({mark}).fontSize)"), 16)
            above = "getBoundingClientRect().top"
            self.assertGreaterEqual(tab.value(f"{mark}.{above} - document.getElementById('buttons').{above}"), 30)


class Windows(PlayerTest):
    def test_no_window_scrolls_sideways(self) -> None:
        tab = self.page(asking())
        for width, height in ((1280, 800), (640, 400), (390, 844), (320, 600)):
            tab.resize(width, height)
            for place in range(0, tab.value("player.trace.events"), 37):
                tab.value(f"player.go({place})")
                self.assertLessEqual(tab.value("document.documentElement.scrollWidth"), width)

    def test_a_phone_says_which_bar_is_which(self) -> None:
        tab = self.page(asking(), width=390, height=844)
        for column in (3, 4):
            there = f"""(() => {{
                const head = document.querySelector('#columns :nth-child({column})');
                const box = head.getBoundingClientRect();
                return document.elementFromPoint(box.left + 5, box.top + 5) === head && box.left;
            }})()"""
            bar = f"document.querySelector('#rows td:nth-child({column}) .bar').getBoundingClientRect().left"
            tab.value("player.go(40)")
            self.assertAlmostEqual(tab.value(there), tab.value(bar), delta=2)

    def test_every_control_has_a_name(self) -> None:
        tab = self.page(asking())
        for size in ((1280, 800), (390, 844)):
            tab.resize(*size)
            nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
            controls = [node for node in nodes if node.get("role", {}).get("value") in SPOKEN_ROLES]
            self.assertGreater(len(controls), 10)
            for node in controls:
                self.assertTrue(node["name"]["value"], node)

    def test_it_prints_turns_that_matter_and_answers_apart(self) -> None:
        tab = self.page(asking())
        self.assertTrue(tab.pdf().startswith(b"%PDF"))
        paper = tab.value("document.getElementById('paper').textContent")
        self.assertIn("e agora?", paper)
        self.assertGreater(paper.index("resposta"), paper.index("e agora?"))
        self.assertTrue(tab.value("document.querySelector('#paper .answers').textContent.includes('resposta')"))
        asked = "[...document.querySelectorAll('#paper li')].find((one) => one.textContent.includes('e agora?'))"
        self.assertNotIn("fala a todos", tab.value(f"{asked}.nextElementSibling.textContent"), "that is the answer")

    def test_colours_may_be_forced_and_motion_reduced(self) -> None:
        tab = self.page(asking())
        tab.resize(1280, 800, forced_colors="active", prefers_reduced_motion="reduce")
        tab.press("ArrowRight")
        self.assertTrue(tab.screenshot())

    def test_the_words_are_large_enough_for_a_projector(self) -> None:
        tab = self.page(asking())
        size = "parseFloat(getComputedStyle(document.querySelector('{}')).fontSize)"
        sizes = {"#caption": 28, "tbody th": 24, "#acts": 20, "button": 20, "#selector": 20, "small": 20}
        for selector, least in sizes.items():
            tab.value("player.go(40)")
            self.assertGreaterEqual(tab.value(size.format(selector)), least, selector)

    def test_what_is_said_aloud_waits_until_it_pauses(self) -> None:
        tab = self.page(full_trace())
        tab.press("ArrowRight")
        self.assertEqual(tab.value("document.getElementById('said').textContent"),
                         tab.value("document.getElementById('caption').textContent"))  # fmt: skip
        tab.value("player._timer = 1; player.go(9)")
        self.assertNotEqual(tab.value("document.getElementById('said').textContent"),
                            tab.value("document.getElementById('caption').textContent"))  # fmt: skip


if __name__ == "__main__":
    unittest.main()
