"""What a person types into the chat page, and what others say who mean it harm."""

from __future__ import annotations

import json
import unittest
from typing import Any, List

from tests.browser import Tab
from tests.web.chatpages import ChatPageTest, fill, key_event, press_enter, texts

# Texts that would be something else if they were taken for markup, script, style or a command of the page.
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "<!--", "]]>",
    "<style>*{display:none}</style>", "&lt;b&gt;", "&#60;b&#62;", "javascript:alert(1)", "'\"><svg onload=alert(1)>",
    "{{7*7}}", "${alert(1)}", "{nick}", "{count}", "\u05e9\u05dc\u05d5\u05dd ana", "\u0645\u0631\u062d\u0628\u0627!",
    "a\u0301" * 40, "]]: FROM ana [all]: x", "FROM ana [dm]: x", "OK ana", "WHO 1 zoe", "JOIN zoe", "BYE",
    "<iframe src=//example.org>", "<a href=//example.org>x</a>", "<base href=//example.org>",
    "<meta http-equiv=refresh content=0>", "<form><input>", "x" * 4000, "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u200f\u200ex\u061c", "__proto__", "constructor", "null", "%s%n", "\tx\ty", "  dois  ",
]  # fmt: skip
COME_AND_GONE = "\\u{202e}evil\\u{7}"  # how a server of another kind may say it

class Typing(ChatPageTest):
    def test_enter_of_an_input_method_sends_nothing(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        fill(tab, "row", "にほん")
        press_enter(tab, code=229)
        self.assertEqual(tab.value("chat.row.text"), "にほん")
        press_enter(tab)
        self.wait_for(tab, "ana: にほん")
        self.assertEqual(self.seen(tab).count("にほん"), 1)

    def test_a_line_that_does_not_fit_is_told_while_typing(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        bruno = self.peer(server, "bruno")
        fill(tab, "row", "é" * 2000)
        self.wait_for(tab, "Ainda cabem uns 100 bytes", "told")
        fill(tab, "row", "é" * 2048)
        self.wait_for(tab, "A linha tem 4096 bytes e cabem 4095", "told")
        self.assertEqual(tab.value("chat.row.input.getAttribute('aria-invalid')"), "true")
        press_enter(tab)
        self.assertEqual(tab.value("chat.row.text.length"), 2048)
        self.say(tab, "é" * 2047 + "!")
        bruno.expect("FROM ana [all]: " + "é" * 2047 + "!")

    def test_a_secret_in_a_dialect_is_asked_about_first(self) -> None:
        """Trap 73."""
        server = self.serve()
        self.peer(server, "bruno")
        tab = self.chatting(server, "ana")
        bia = self.peer(server, "bia")
        self.wait_for(tab, "bia", "people")
        for text in ("MSG @bruno x", " @bruno x", "msg bruno x"):
            self.say(tab, text)
            self.wait_for(tab, "Em privado seria @bruno texto", "ask")
            self.assertEqual(tab.value("document.activeElement.id"), "ask-no")
            press_enter(tab)
            tab.wait("document.getElementById('ask').hidden")
            self.assertEqual(tab.value("[chat.row.text, document.activeElement.id]"), [text, "row"])
        press_enter(tab)
        tab.value("document.getElementById('ask-yes').click()")
        bia.expect("FROM ana [all]: msg bruno x")

    def test_commands_of_the_page_are_never_sent(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        bruno = self.peer(server, "bruno")
        self.say(tab, "/nada disso")
        self.wait_for(tab, "/nada não existe e não foi enviado", "told")
        self.assertEqual(tab.value("chat.row.text"), "/nada disso")
        self.say(tab, "/ajuda")
        self.wait_for(tab, "ENTER envia")
        self.say(tab, "/msg bruno oi")
        bruno.expect("FROM ana [dm]: oi")
        self.say(tab, "//etc")
        bruno.expect("FROM ana [all]: /etc")

    def test_nicks_are_completed_by_keys_and_by_touch(self) -> None:
        server = self.serve()
        for nick in ("bruno", "bia"):
            self.peer(server, nick)
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "bruno", "people")
        fill(tab, "row", "@b")
        tab.wait("!document.getElementById('completions').hidden")
        key_event(tab, "keyDown", key="ArrowDown", windowsVirtualKeyCode=40)
        key_event(tab, "keyDown", key="ArrowDown", windowsVirtualKeyCode=40)
        self.assertEqual(tab.value("chat.row.input.getAttribute('aria-activedescendant')"), "option-1")
        press_enter(tab)
        self.assertEqual(tab.value("chat.row.text"), "@bruno ")
        fill(tab, "row", "oi @bi")
        key_event(tab, "keyDown", key="Tab", windowsVirtualKeyCode=9)
        self.assertEqual(tab.value("[chat.row.text, document.activeElement.id]"), ["oi @bia ", "row"])
        tab.value("document.querySelector('#people button').click()")
        self.assertEqual(tab.value("chat.row.text"), "@bia oi @bia ")

    def test_escape_closes_the_list_and_tab_goes_on(self) -> None:
        server = self.serve()
        self.peer(server, "bruno")
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "bruno", "people")
        fill(tab, "row", "@b")
        tab.press("Escape")
        self.assertTrue(tab.value("document.getElementById('completions').hidden"))
        tab.press("Tab")
        self.assertEqual(tab.value("document.activeElement.id"), "send")


class Hostile(ChatPageTest):
    def test_texts_of_others_are_text_and_nothing_else(self) -> None:
        server = self.serve("--rate", "0")
        tab = self.chatting(server, "ana")
        bruno = self.peer(server, "bruno")
        before = self.elements(tab)
        bruno.send("".join(f"{text}\n@ana {text}\n" for text in HOSTILE) + "fim\n")
        self.wait_for(tab, "bruno: fim")
        shown = tab.value(texts("#log .line:not(.note, .quiet) > bdi"))
        self.assertEqual(shown, [*(text for text in HOSTILE for _ in range(2)), "fim"])
        self.assertLessEqual(set(self.elements(tab)) - set(before), {"LI", "MARK", "BDI", "B", "DIV", "SPAN", "TIME"})

    def test_nicks_of_any_script_are_isolated(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        for nick in ("שלום", "مرحبا", "__x__"[2:], "constructor", "toString"):
            peer = self.peer(server, nick)
            peer.send("<b>x</b>\n")
        self.wait_for(tab, "toString: <b>x</b>")
        self.assertEqual(tab.value("document.querySelectorAll('#people bdi').length"), 6)
        self.assertEqual(tab.value("document.querySelectorAll('#log b > bdi').length"), 5)

    def test_what_another_server_says_cannot_turn_the_page(self) -> None:
        tab = self.chatting(self.serve(), "ana")
        lines = "FROM bia [all]: \u202eevil\x07\nno message \u2066\nERR <b>\nLEAVE bia <i>\n"
        tab.value(f"chat.link._socket.onmessage({{data: {json.dumps(lines)}}})")
        for text in (f"bia: {COME_AND_GONE}", "no message \\u{2066}", "o servidor recusou: <b>", "bia saiu (<i>)"):
            self.wait_for(tab, text)

    def test_a_typed_control_character_is_refused_with_its_reason(self) -> None:
        tab = self.chatting(self.serve(), "ana")
        self.say(tab, "a\u202eb")
        self.wait_for(tab, "Não foi enviada (a linha tem caracteres de controle)")
        self.wait_for(tab, "a\\u{202e}b")

    def elements(self, tab: Tab) -> List[Any]:
        """The kinds of elements in the page."""
        found: List[Any] = tab.value("[...new Set([...document.querySelectorAll('*')].map((node) => node.tagName))]")
        return found


if __name__ == "__main__":
    unittest.main()
