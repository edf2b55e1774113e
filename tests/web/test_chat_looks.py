"""The chat page on small windows, under a finger, and by the keyboard alone."""

from __future__ import annotations

import unittest

from tests.web.chatpages import ChatPageTest, fill, press_enter, tap

# Elements that hold more than they show, sideways.
WIDER = "[...document.querySelectorAll('.line, #scroller')].filter((one) => one.scrollWidth > one.clientWidth)"

class Fitting(ChatPageTest):
    def test_nothing_is_wider_than_the_window(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        self.peer(server, "W" * 24).send("x" * 300 + "\n")
        self.wait_for(tab, "xxx")
        self.say(tab, "@zoe oi")
        self.wait_for(tab, "Não foi enviada")
        for width, height in ((320, 480), (390, 844), (640, 400), (1280, 800)):
            tab.resize(width, height)
            self.assertEqual(tab.value("document.documentElement.scrollWidth"), width)
            self.assertEqual(tab.value(f"{WIDER}.map((one) => one.textContent)"), [])
            bottom = tab.value("document.getElementById('send').getBoundingClientRect().bottom")
            self.assertLessEqual(bottom, height)
            tab.value("document.getElementById('people-button').click()")
            self.assertEqual(tab.value("document.documentElement.scrollWidth"), width)
            tab.value("document.getElementById('people-button').click()")

    def test_fields_are_large_enough_not_to_be_zoomed(self) -> None:
        tab = self.chatting(self.serve(), "ana")
        tab.resize(390, 844)
        for name in ("row", "nick"):
            size = tab.value(f"parseFloat(getComputedStyle(document.getElementById('{name}')).fontSize)")
            self.assertGreaterEqual(size, 16)

    def test_the_time_of_a_line_is_shown_on_touch(self) -> None:
        tab = self.chatting(self.serve(), "ana")
        shown = "getComputedStyle(document.querySelector('#log time')).display"
        self.assertEqual(tab.value(shown), "none")
        tab.value("document.querySelector('#log .line').click()")
        self.assertEqual(tab.value(shown), "inline")
        tab.value("document.querySelector('#log .line').click(); document.getElementById('times').click()")
        self.assertEqual(tab.value(shown), "inline")
        self.assertRegex(tab.value("document.querySelector('#log time').textContent"), r"\d\d:\d\d")

    def test_a_phone_shows_who_is_here_in_place_of_the_log(self) -> None:
        server = self.serve()
        self.peer(server, "bruno")
        tab = self.chatting(server, "ana")
        tab.resize(390, 844)
        self.wait_for(tab, "2 aqui", "people-button")
        shown = "getComputedStyle(document.getElementById('side')).display"
        self.assertEqual(tab.value(shown), "none")
        tab.value("document.getElementById('people-button').focus()")
        press_enter(tab)
        tab.wait(f"{shown} === 'grid'")
        tab.press("Tab")
        self.assertEqual(tab.value("document.activeElement.textContent"), "bruno")
        tab.press("Escape")
        tab.wait(f"{shown} === 'none'")
        self.assertEqual(tab.value("document.activeElement.id"), "people-button")
        self.assertEqual(tab.value("document.activeElement.getAttribute('aria-expanded')"), "false")

    def test_a_tap_keeps_the_keyboard_and_shows_a_time(self) -> None:
        server = self.serve()
        tab = self.browser.tab()
        tab.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
        tab.call("Emulation.setTouchEmulationEnabled", enabled=True)
        self.addCleanup(tab.call, "Page.close")
        tab.open(server.url)
        tab.wait("!!window.chat")
        self.assertNotEqual(tab.value("document.activeElement.id"), "nick")  # the keyboard would cover the page
        self.join(tab, "ana")
        fill(tab, "row", "olá")
        tap(tab, "#send")
        self.wait_for(tab, "ana: olá")
        self.assertEqual(tab.value("document.activeElement.id"), "row")
        tap(tab, "#log .own")
        tab.wait("getComputedStyle(document.querySelector('#log .own time')).display === 'inline'")
        self.assertEqual(tab.complaints(), [])

    def test_a_fine_pointer_has_the_focus_in_the_row(self) -> None:
        server = self.serve()
        fine = "window.matchMedia = () => ({matches: true})"
        tab = self.browser.tab()
        tab.call("Page.addScriptToEvaluateOnNewDocument", source=fine)
        self.addCleanup(tab.call, "Page.close")
        tab.open(server.url)
        tab.wait("!!window.chat && document.activeElement.id === 'nick'")
        tab.call("Input.insertText", text="ana")
        press_enter(tab)
        tab.wait("document.activeElement.id === 'row'")

    def test_a_hidden_page_counts_in_its_title(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        bruno = self.peer(server, "bruno")
        tab.value("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
        bruno.send("um\ndois\n")
        tab.wait("document.title === '(2) minichat'")
        tab.value("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
        self.assertEqual(tab.value("document.title"), "minichat")

    def test_the_keyboard_reaches_everything(self) -> None:
        server = self.serve()
        self.peer(server, "bruno")
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "bruno", "people")
        reached = []
        for _ in range(9):
            tab.press("Tab")
            reached.append(tab.value("document.activeElement.id || document.activeElement.textContent"))
        for wanted in ("scroller", "bruno", "times", "help", "English", "leave", "row", "send"):
            self.assertIn(wanted, reached)


if __name__ == "__main__":
    unittest.main()
