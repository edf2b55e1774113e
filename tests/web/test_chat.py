"""The chat page in a real browser, in one room with nc; and the door to it."""

from __future__ import annotations

import signal
import unittest

from tests.peer import Peer
from tests.program import Program
from tests.web.chatpages import ChatPageTest, fill, press_enter, texts

# How many px of the conversation are below what is seen.
BELOW = "(({scrollHeight, scrollTop, clientHeight}) => scrollHeight - scrollTop - clientHeight)(chat.log._scroller)"

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

    def test_pages_nc_and_the_client_hear_one_order(self) -> None:
        server = self.serve()
        caio = self.peer(server, "caio")
        phone, desktop = self.chatting(server, "ana"), self.chatting(server, "bia")
        phone.resize(390, 844)
        address = ("--host", "127.0.0.1", "--port", str(server.port), "--nick", "dora")
        with Program("-m", "minichat.client", *address) as dora:
            caio.until(b"JOIN dora\n")
            for i in range(5):
                self.say(phone, f"ana {i}")
                caio.send(f"caio {i}\n")
                dora.type(f"dora {i}\n")
                self.say(desktop, f"bia {i}")
            heard = [caio.line().partition(": ")[2] for _ in range(20)]
            dora.output.until(f": {heard[-1]}\n")
            got = [line.partition(": ")[2] for line in dora.output.seen.split("\n") if line.startswith("FROM ")]
        said = texts("#log .line:not(.note, .quiet) > bdi")
        for tab in (phone, desktop):
            self.wait_for(tab, heard[-1])
            self.assertEqual(tab.value(said), heard)
        self.assertEqual(got, heard)
        self.assertEqual(sorted(heard), [f"{nick} {i}" for nick in ("ana", "bia", "caio", "dora") for i in range(5)])

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

    def test_a_line_that_may_be_lost_stays_among_six_hundred(self) -> None:
        server = self.serve("--rate", "0")
        tab = self.chatting(server, "ana")
        bruno = self.peer(server, "bruno")
        self.say(tab, "@zoe oi")
        self.wait_for(tab, "Não foi enviada")
        bruno.send("".join(f"linha {i}\n" for i in range(600)))
        self.wait_for(tab, "linha 599")
        self.assertEqual(tab.value("document.getElementById('log').childElementCount"), 500)
        tab.value("document.querySelector('.doubt button').click()")
        self.assertEqual(tab.value("chat.row.text"), "@zoe oi")
        bruno.send("mais uma\n")
        self.wait_for(tab, "mais uma")
        self.assertNotIn("@zoe oi", self.seen(tab))

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
        tab.wait("document.getElementById('newer').innerText === '↓ novas: 1'")
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
        for nick, told in (("BRUNO", "já está em uso"), ("não pode", "não é válido"), ("all", "reservados"),
                           ("a\u202eb", "não é válido")):  # fmt: skip
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
        server = self.serve("--max-clients", "4")
        tab = self.page(server)
        for i in range(5):  # a browser may hold a place with a connection in reserve
            peer = Peer(server.port)
            self.addCleanup(peer.close)
            peer.send(f"n{i}\n")
            if peer.line() == "ERR server_full":
                break
        fill(tab, "nick", "ana")
        press_enter(tab)
        self.wait_for(tab, "cheio", "nick-error")

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


if __name__ == "__main__":
    unittest.main()
