"""The chat page in a real browser, in one room with nc."""

from __future__ import annotations

import json
import signal
import unittest
from typing import Any, List

from tests.browser import Tab
from tests.web.chatpages import ChatPageTest, WebServer, fill, key_event, press_enter

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

# Moves the clock of the page on, a second at a time, as it looks at it.
_PASS = """(() => { const {link} = chat; window.later = window.later || 0;
  link._now = link.receipts._now = () => Date.now() + window.later;
  for (let i = 0; i < %d; i++) { window.later += 1000; link.look(true); } chat.status(); })()"""


# How many px of the conversation are below what is seen.
BELOW = "(({scrollHeight, scrollTop, clientHeight}) => scrollHeight - scrollTop - clientHeight)(chat.log._scroller)"

# Elements that hold more than they show, sideways.
WIDER = "[...document.querySelectorAll('.line, #scroller')].filter((one) => one.scrollWidth > one.clientWidth)"


def texts(selector: str) -> str:
    """An expression: the texts of the elements that a selector finds."""
    return f"[...document.querySelectorAll('{selector}')].map((node) => node.textContent)"


class OneRoom(ChatPageTest):
    def test_a_page_and_nc_hear_each_other(self) -> None:
        server = self.serve()
        bruno = self.peer(server, "bruno")
        tab = self.chatting(server, "ana")
        bruno.expect("JOIN ana")
        self.say(tab, "olá, bruno")
        bruno.expect("FROM ana [all]: olá, bruno")
        bruno.send("oi, ana\n@ana psst\n")
        self.wait_for(tab, "privado bruno: psst")
        self.assertIn("bruno: oi, ana", self.seen(tab))
        self.assertEqual(tab.value("document.querySelectorAll('.mentioned mark').length"), 1)
        self.say(tab, "@bruno segredo")
        self.wait_for(tab, "ana → bruno: segredo")
        bruno.expect("FROM bruno [all]: oi, ana", "FROM ana [dm]: segredo")

    def test_the_room_is_listed_as_it_changes(self) -> None:
        server = self.serve()
        bruno = self.peer(server, "bruno")
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "bruno", "people")
        self.assertEqual(self.seen(tab, "people").split("\n"), ["ana (você)", "bruno"])
        bruno.send("QUIT\n")
        self.wait_for(tab, "bruno saiu")
        tab.wait("document.getElementById('people').innerText === 'ana (você)'")
        self.say(tab, "/quem")
        self.wait_for(tab, "Aqui agora (1): ana")

    def test_who_comes_and_goes_is_told_in_one_quiet_line(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        for i in range(9):
            self.peer(server, f"n{i}")
        self.wait_for(tab, "· e mais 3")
        self.assertEqual(tab.value("document.querySelectorAll('.quiet').length"), 1)
        self.assertEqual(tab.value("document.querySelector('.quiet').getAttribute('aria-live')"), "off")

    def test_a_line_is_shown_as_sent_until_its_echo(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "ana (você)", "people")
        server.kill(signal.SIGSTOP)
        self.say(tab, "um")
        self.wait_for(tab, "enviando…um", "pending")
        self.assertNotIn("um", self.seen(tab).split())
        server.kill(signal.SIGCONT)
        self.wait_for(tab, "ana: um")
        self.assertTrue(tab.value("document.getElementById('pending').hidden"))

    def test_a_refused_line_says_why_and_can_be_edited(self) -> None:
        tab = self.chatting(self.serve(), "ana")
        self.say(tab, "@zoe oi")
        self.wait_for(tab, "Não foi enviada (não há ninguém com esse apelido)")
        tab.value("document.querySelector('.doubt button').click()")
        self.assertEqual(tab.value("chat.row.text"), "@zoe oi")

    def test_six_hundred_lines_leave_five_hundred(self) -> None:
        server = self.serve("--rate", "0")
        tab = self.chatting(server, "ana")
        bruno = self.peer(server, "bruno")
        bruno.send("".join(f"linha {i}\n" for i in range(600)))
        self.wait_for(tab, "linha 599")
        self.assertEqual(tab.value("document.getElementById('log').childElementCount"), 500)
        self.assertNotIn("linha 99\n", self.seen(tab))
        self.assertTrue(tab.value("!document.getElementById('trimmed').hidden"))
        self.assertLess(tab.value(BELOW), 2)
        tab.resize(390, 500)
        tab.wait(f"{BELOW} < 2")

    def test_who_reads_above_is_not_pulled_down(self) -> None:
        server = self.serve("--rate", "0")
        tab = self.chatting(server, "ana")
        bruno = self.peer(server, "bruno")
        bruno.send("".join(f"linha {i}\n" for i in range(100)))
        self.wait_for(tab, "linha 99")
        tab.value("document.getElementById('scroller').scrollTop = 0")
        tab.wait("!chat.log._isAtEnd")
        bruno.send("nova\n")
        self.wait_for(tab, "bruno: nova")
        tab.wait("document.getElementById('newer').innerText === '↓ 1 novas'")
        self.assertEqual(tab.value("document.getElementById('scroller').scrollTop"), 0)
        tab.value("document.getElementById('newer').click()")
        tab.wait("chat.log._isAtEnd && document.getElementById('newer').hidden")


class TheDoor(ChatPageTest):
    def test_the_socket_opens_only_with_a_nick(self) -> None:
        server = self.serve()
        bruno = self.peer(server, "bruno")
        tab = self.page(server)
        tab.value("window.opened = 0; const open = chat.link._open; "
                  "chat.link._open = () => { opened += 1; return open(); }")  # fmt: skip
        self.assertTrue(tab.value("chat.link._socket === null"))
        for blank in ("", "  "):
            fill(tab, "nick", blank)
            press_enter(tab)
        self.join(tab, "ana")
        bruno.expect("JOIN ana")
        self.assertEqual(tab.value("opened"), 1)

    def test_a_nick_that_cannot_be_is_told_in_words(self) -> None:
        server = self.serve()
        self.peer(server, "bruno")
        tab = self.page(server)
        for nick, told in (("BRUNO", "já está em uso"), ("não pode", "não é válido"), ("all", "reservados"), ("a\u202eb", "não é válido")):
            fill(tab, "nick", nick)
            press_enter(tab)
            self.wait_for(tab, told, "nick-error")
            self.assertIn(nick.replace("\u202e", "\\u{202e}"), self.seen(tab, "nick-error"))
        self.join(tab, "ana")

    def test_two_tabs_cannot_have_the_same_nick(self) -> None:
        server = self.serve()
        self.chatting(server, "ana")
        other = self.page(server)
        self.assertEqual(other.value("document.getElementById('nick').value"), "ana")
        fill(other, "nick", "ana")
        press_enter(other)
        self.wait_for(other, "O apelido ana já está em uso", "nick-error")
        self.assertEqual(other.value("chat.link.place"), "out")

    def test_a_full_server_is_told_at_the_door(self) -> None:
        server = self.serve("--max-clients", "1")
        tab = self.page(server)
        self.peer(server, "bruno")
        fill(tab, "nick", "ana")
        press_enter(tab)
        self.wait_for(tab, "O servidor está cheio", "nick-error")

    def test_leaving_says_goodbye_and_leaves_nothing_behind(self) -> None:
        server = self.serve()
        bruno = self.peer(server, "bruno")
        tab = self.chatting(server, "ana")
        bruno.expect("JOIN ana")
        self.say(tab, "/sair")
        bruno.expect("LEAVE ana quit")
        tab.wait("!document.getElementById('door').hidden")
        self.assertEqual(tab.value("document.getElementById('log').childElementCount"), 0)
        self.join(tab, "bia")
        bruno.expect("JOIN bia")

    def test_the_language_can_be_asked_for_and_changed(self) -> None:
        server = self.serve()
        tab = self.page(server, "?lang=en")
        self.assertEqual(tab.value("document.documentElement.lang"), "en")
        self.wait_for(tab, "Come in", "door")
        tab.value("document.querySelector('#door .language').click()")
        self.wait_for(tab, "Entrar", "door")
        self.assertEqual(tab.value("document.documentElement.lang"), "pt")


class LossAndReturn(ChatPageTest):
    def reload(self, tab: Tab) -> None:
        """Load the page anew, and wait until it is in."""
        tab.value("window.isOld = true")
        tab.call("Page.reload")
        tab.wait("!window.isOld && !!window.chat && chat.link.place === IN")

    def test_a_reload_keeps_the_nick_and_the_place(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        fill(tab, "row", "meio escri")
        self.reload(tab)
        self.assertEqual(tab.value("chat.presence.own"), "ana")
        self.assertEqual(tab.value("chat.row.text"), "meio escri")

    def test_a_page_comes_back_to_a_server_that_starts_again(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        server.kill(signal.SIGTERM)
        self.wait_for(tab, "O servidor foi encerrado")
        self.assertTrue(tab.value("chat.link.nextAt - Date.now() < 1300"))
        self.say(tab, "até já")
        self.wait_for(tab, "vai quando a conexão voltar", "pending")
        server.wait()
        again = self.enter(WebServer(like=server))
        self.wait_for(tab, "De volta, como ana")
        self.wait_for(tab, "ana: até já")
        bruno = self.peer(again, "bruno")
        bruno.send("@ana viu?\n")
        self.wait_for(tab, "bruno: viu?")

    def test_lines_without_an_echo_are_told_and_sent_again(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "ana (você)", "people")
        server.kill(signal.SIGSTOP)
        for text in ("um", "@ana dois"):
            self.say(tab, text)
        self.wait_for(tab, "dois", "pending")
        server.kill(signal.SIGKILL)
        self.wait_for(tab, "Pode não ter chegado")
        self.assertEqual(tab.value(texts(".doubt bdi")), ["um", "@ana dois"])
        server.wait()
        again = self.enter(WebServer(like=server))
        bruno = self.peer(again, "bruno")
        tab.wait("chat.link.place === IN")
        bruno.expect("JOIN ana")
        tab.value("document.querySelector('.doubt button').click()")
        bruno.expect("FROM ana [all]: um")
        self.wait_for(tab, "ana: um")

    def test_a_line_that_waits_can_be_taken_back(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        server.stop()
        tab.wait("chat.link.place === AWAY")
        self.say(tab, "melhor não")
        self.wait_for(tab, "melhor não", "pending")
        tab.value("document.querySelector('#pending button').click()")
        self.assertEqual(tab.value("[chat.link.waiting.length, document.getElementById('pending').hidden]"), [0, True])

    def test_a_server_that_hangs_is_told_and_left(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "ana (você)", "people")
        server.kill(signal.SIGSTOP)
        self.say(tab, "alô?")
        tab.value(_PASS % 6)
        self.wait_for(tab, "sem resposta há", "state")
        tab.value(_PASS % 15)
        self.assertEqual(tab.value("chat.link.place"), "away")
        self.wait_for(tab, "O servidor não responde; a página conecta de novo")
        self.wait_for(tab, "alô?")
        server.kill(signal.SIGCONT)
        self.wait_for(tab, "De volta, como ana")

    def test_a_page_that_wakes_finds_out_that_it_is_alone(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "ana (você)", "people")
        server.kill(signal.SIGSTOP)
        tab.value("document.dispatchEvent(new Event('visibilitychange'))")
        self.wait_for(tab, "O servidor não responde")
        server.kill(signal.SIGCONT)
        self.wait_for(tab, "De volta, como ana")
        self.assertEqual(self.seen(tab).count("De volta"), 1)

    def test_a_page_that_was_offline_comes_back(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        tab.call("Network.enable")
        no_limit = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        tab.call("Network.emulateNetworkConditions", offline=True, **no_limit)
        tab.wait("!navigator.onLine")
        tab.value("chat.link._socket.close()")  # what is open stays open in this emulation
        self.wait_for(tab, "A conexão caiu")
        self.say(tab, "guarde")
        tab.call("Network.emulateNetworkConditions", offline=False, **no_limit)
        self.wait_for(tab, "ana: guarde")

    def test_unanswered_lines_outlive_a_page_that_is_thrown_away(self) -> None:
        server = self.serve()
        tab = self.chatting(server, "ana")
        self.wait_for(tab, "ana (você)", "people")
        server.kill(signal.SIGSTOP)
        self.say(tab, "não me perca")
        self.wait_for(tab, "não me perca", "pending")
        tab.value("window.dispatchEvent(new Event('pagehide'))")
        kept = tab.value("sessionStorage.getItem('minichat.kept')")
        server.kill(signal.SIGCONT)
        self.wait_for(tab, "ana: não me perca")
        tab.value(f"sessionStorage.setItem('minichat.kept', {json.dumps(kept)}); chat._keep = () => 0")
        self.reload(tab)
        self.assertIn("Pode não ter chegado", self.seen(tab))
        self.assertIn("não me perca", self.seen(tab))


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
        self.assertLessEqual(set(self.elements(tab)) - set(before), {"MARK", "BDI", "B", "DIV", "SPAN", "TIME"})

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
