"""/loop in a real browser: it follows the loop, holds still for who has gone back, and comes back by itself."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import unittest
from pathlib import Path
from typing import ClassVar, List

from minichat.trace.check import check
from minichat.trace.schema import Event
from tests.browser import CHROMIUM, NO_CHROMIUM, Browser, Tab
from tests.live import LiveCase, free_port
from tests.peer import Peer
from tests.program import SERVER, Program

AT_THE_END = (
    "player.isLive && player.trace === player.growth.trace && player.place === player.trace.events - 1"
    " && document.getElementById('place').textContent.includes(`${player.trace.event(player.place).turn} `)"
)
SPOKEN = "document.getElementById('said').textContent"
TOLD = "document.getElementById('live').textContent"
DRAWN = "[player.place, document.querySelector('main').innerText].join()"


def said(text: str) -> str:
    """An expression that is true once the page has the event of this text."""
    return f"[...player.growth.trace.lines].some((line) => line.includes({json.dumps(text)}))"


@unittest.skipUnless(CHROMIUM, NO_CHROMIUM)
class LiveTest(LiveCase):
    """A browser; a server that can be started again on its ports."""

    browser: ClassVar[Browser]

    @classmethod
    def setUpClass(cls) -> None:
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self) -> None:
        super().setUp()
        self.ports = free_port(), free_port()
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = Path(self.folder.name, "trace.jsonl")
        self.server = self.started()

    def started(self) -> Program:
        """A server whose loop is shown and written to a file."""
        chat, web = map(str, self.ports)
        options = ("--port", chat, "--web", web, "--loop", "--trace", str(self.file), "--trace-bytes", "60")
        server = self.enter(Program(*SERVER, *options))
        server.output.until("/loop")
        return server

    def chatter(self, nick: str) -> Peer:
        """Someone who is in the chat, with nc."""
        return self._tended(Peer(self.ports[0], nick))

    def says(self, peer: Peer, text: str) -> None:
        """Say something and hear it."""
        peer.send(f"{text}\n")
        peer.until(f"{text}\n".encode())

    def opened(self, **size: int) -> Tab:
        """A tab that shows the running loop; it must not complain."""
        tab = self.browser.tab(f"http://127.0.0.1:{self.ports[1]}/loop", **size)
        tab.wait(f"window.player && {AT_THE_END}")
        return tab

    def check_quiet(self, tab: Tab) -> None:
        """Assert that the page has complained of nothing."""
        self.assertEqual(tab.complaints(), [])


class Following(LiveTest):
    def test_the_newest_event_is_shown_while_one_looks_at_the_end(self) -> None:
        ana, tab = self.chatter("ana"), self.opened()
        for number in range(5):
            self.says(ana, f"frase {number}")
            tab.wait(said(f"frase {number}"))
            tab.wait(AT_THE_END)
        tab.wait("document.getElementById('rows').innerText.includes('ana')")
        self.assertEqual((tab.value(TOLD), tab.value(SPOKEN)), ("● ao vivo", ""))
        self.assertEqual(tab.value("player.trace.event(0).event"), "header")
        self.check_quiet(tab)

    def test_who_has_gone_back_stays_and_end_goes_to_the_newest(self) -> None:
        ana, tab = self.chatter("ana"), self.opened()
        self.says(ana, "antes")
        tab.wait(said("antes"))
        for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
            tab.press(key)
        shown = tab.value(DRAWN)
        for number in range(5):
            self.says(ana, f"depois {number}")
        tab.wait(said("depois 4"))
        tab.wait(f"!{TOLD}.includes(' 0 ') && {TOLD}.includes('End')")
        self.assertEqual(tab.value(DRAWN), shown)
        self.assertFalse(tab.value("player.isLive"))
        tab.wait("Number(document.getElementById('scrub').max) === player.trace.turns.length - 1")
        tab.press("End")
        tab.wait(AT_THE_END)
        self.says(ana, "e agora")
        tab.wait(said("e agora"))
        tab.wait(AT_THE_END)
        self.check_quiet(tab)

    def test_the_button_and_the_language_do_the_same(self) -> None:
        ana, tab = self.chatter("ana"), self.opened()
        tab.press("Home")
        self.assertFalse(tab.value("player.isLive"))
        tab.press("l")
        self.assertIn("stopped here", tab.value(TOLD))
        spoken = tab.value(SPOKEN)
        self.says(ana, "mais um")
        tab.wait(said("mais um"))
        tab.wait(f"{TOLD} !== {json.dumps(spoken)}")
        self.assertEqual(tab.value(SPOKEN), spoken)
        tab.value("document.getElementById('last').click()")
        self.assertEqual(tab.value(TOLD), "● live")
        self.assertEqual(tab.value("document.getElementById('last').title"), "live")
        self.says(ana, "oi")
        tab.wait(said("oi"))
        self.check_quiet(tab)

    def test_two_tabs_show_the_same(self) -> None:
        ana, tabs = self.chatter("ana"), [self.opened(), self.opened()]
        self.says(ana, "para duas")
        for tab in tabs:
            tab.wait(said("para duas"))
        lines = [tab.value("player.growth.trace.lines.slice(0, 50).join('')") for tab in tabs]
        self.assertEqual(lines[0], lines[1])

    def test_the_file_that_is_written_meanwhile_passes_the_check(self) -> None:
        ana, tab = self.chatter("ana"), self.opened()
        self.says(ana, "para o arquivo")
        tab.wait(said("para o arquivo"))
        tab.open("about:blank")
        ana.close()
        self.stop(self.server)
        trace: List[Event] = [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]
        self.assertEqual(check(trace)[1], [])
        self.assertIn("watching", [event.get("state") for event in trace])

    def test_a_phone_sized_page_shows_it_without_sideways_scrolling(self) -> None:
        tab = self.opened(width=390, height=844)
        self.assertLessEqual(tab.value("document.documentElement.scrollWidth"), 390)


class ComingBack(LiveTest):
    def test_a_server_that_restarts_is_told_and_followed(self) -> None:
        tab = self.opened()
        self.stop(self.server)
        tab.wait(f"{TOLD}.includes('sem conexão')")
        self.server = self.started()
        tab.wait(f"{TOLD}.includes('o rastro é novo')")
        self.says(self.chatter("bia"), "de volta")
        tab.wait(said("de volta"))
        tab.wait(AT_THE_END)
        tab.wait("document.getElementById('rows').innerText.includes('bia')")

    def test_who_has_gone_back_keeps_the_trace_of_before(self) -> None:
        self.says(self.chatter("ana"), "da outra vez")
        tab = self.opened()
        tab.press("ArrowUp")
        tab.press("ArrowUp")
        shown = tab.value(DRAWN)
        self.stop(self.server)
        self.server = self.started()
        tab.wait(f"{TOLD}.includes('rastro de antes')")
        self.assertEqual(tab.value(DRAWN), shown)
        tab.press("End")
        tab.wait(AT_THE_END)
        self.assertNotIn("da outra vez", tab.value("player.trace.lines.join('')"))


class NotReading(LiveTest):
    def test_a_browser_that_stands_still_costs_the_others_nothing(self) -> None:
        ana, tab = self.chatter("ana"), self.opened()
        frozen = Browser()
        self.addCleanup(frozen.close)
        other = frozen.tab(f"http://127.0.0.1:{self.ports[1]}/loop")
        other.wait("window.player && player.isLive")
        os.killpg(frozen._process.pid, signal.SIGSTOP)
        try:
            for number in range(300):
                self.says(ana, f"linha {number}")
            tab.wait(said("linha 299"))
        finally:
            os.killpg(frozen._process.pid, signal.SIGCONT)
        other.wait(said("linha 299"))
        self.check_quiet(tab)

    def test_a_page_that_is_not_looked_at_does_not_fall_behind(self) -> None:
        ana, tab = self.chatter("ana"), self.opened()
        tab.value("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
        place = tab.value("player.place")
        self.says(ana, "sem plateia")
        tab.wait(said("sem plateia"))
        drawn = "new Promise((done) => setTimeout(() => done(player.place), 3 * DRAW_MS))"
        self.assertEqual(tab.value(drawn), place)
        tab.value("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
        tab.wait(f"player.place > {place} && {AT_THE_END}")


if __name__ == "__main__":
    unittest.main()
