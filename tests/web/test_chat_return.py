"""The chat page when the server stops, hangs or starts again, and when the page itself goes and returns."""

from __future__ import annotations

import json
import signal
import unittest

from tests.browser import Tab
from tests.web.chatpages import ChatPageTest, WebServer, fill, texts

# Moves the clock of the page on, a second at a time, as it looks at it.
_PASS = """(() => { const {link} = chat; window.later = window.later || 0;
  link._now = link.receipts._now = () => Date.now() + window.later;
  for (let i = 0; i < %d; i++) { window.later += 1000; link.look(true); } chat.status(); })()"""

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
        tab.value("document.querySelector('.doubt button').click()")
        bruno.until(b"FROM ana [all]: um\n")  # and before it JOIN ana, if bruno was there first
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
        for _ in range(2):
            self.assertIn("Pode não ter chegado", self.seen(tab))
            self.assertEqual(tab.value(texts(".doubt bdi")), ["não me perca"])
            self.reload(tab)
        tab.value("document.querySelector('.doubt button').click()")
        self.wait_for(tab, "ana: não me perca")
        self.reload(tab)
        self.assertEqual(tab.value(texts(".doubt bdi")), [])


if __name__ == "__main__":
    unittest.main()
