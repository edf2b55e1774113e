"""The whole scene: a phone, a desktop, nc and minichat-client in one room, and all that happens to them there."""

from __future__ import annotations

import signal
import sys
import unittest
from typing import Any, List, Tuple

from tests.browser import Tab
from tests.live import free_port, posix_only
from tests.peer import Peer
from tests.program import SERVER, Program
from tests.web.chatpages import ChatPageTest, texts
from tests.web.relay import OtherSite, Relay

if sys.platform != "win32":
    from tests.seat import Seat

# What a page of another site tries; it tells in ``told`` how each try has ended.
HOSTILE = """<!doctype html><title>hostile</title><script>
const told = {};
function socket(name, url) {
  const socket = new WebSocket(url);
  socket.onopen = () => { told[name] = "open"; socket.send("mallory"); socket.send("I speak in your name"); };
  socket.onmessage = ({data}) => { told[name] = data; };
  socket.onclose = () => { told[name] = told[name] || "refused"; };
}
socket("socket", "ws://127.0.0.1:PORT/chat");
socket("name", "ws://localhost:PORT/chat");
fetch("http://127.0.0.1:PORT/").then((answer) => answer.text()).then(
  () => { told.page = "read"; }, () => { told.page = "refused"; });
</script>"""
TRIES = ["name", "page", "socket"]

SAID = texts("#log .line:not(.note, .quiet, .doubt) > bdi")


@posix_only
class TheScene(ChatPageTest):
    """Ana is at a phone, bia at a desktop, caio at nc, and dora at minichat-client in a terminal."""

    def setUp(self) -> None:
        self.ports = free_port(), free_port()
        self.server = self.started()
        self.wifi = Relay(self.ports[1])
        self.addCleanup(self.wifi.close)

    def started(self) -> Program:
        """The server, on the same ports each time."""
        chat, web = map(str, self.ports)
        server = Program(*SERVER, "--port", chat, "--web", web, "--lang", "pt")
        self.addCleanup(server.__exit__)
        server.output.until(f":{web}/")
        return server

    def opened(self, nick: str, port: int, **size: int) -> Tab:
        """A page that is in."""
        tab = self.browser.tab(f"http://127.0.0.1:{port}/", **size)
        tab.wait("!!window.chat")
        self.addCleanup(self._leave, tab)
        return self.join(tab, nick)

    def nc(self) -> Peer:
        """Caio comes in."""
        caio = Peer(self.ports[0], "caio")
        self.addCleanup(caio.close)
        return caio

    def terminal(self) -> Tuple[Program, Any]:
        """Dora sits down."""
        seat = Seat()
        self.addCleanup(seat.close)
        options = ("--port", str(self.ports[0]), "--nick", "dora", "--lang", "pt")
        client = Program("-m", "minichat.client", *options, variables={"TERM": "xterm", "NO_COLOR": "1"}, **seat.popen)
        self.addCleanup(client.__exit__)
        seat.sat_down()
        return client, seat

    def everyone_hears(self, nick: str, text: str) -> None:
        """Assert that what ``nick`` has just said is heard by all four, and by nc as the next thing that is said."""
        line = self.caio.line()
        while line.startswith(("JOIN ", "LEAVE ")):
            line = self.caio.line()
        self.assertEqual(line, f"FROM {nick} [all]: {text}")
        for tab in (self.phone, self.desktop):
            self.wait_for(tab, f"{nick}: {text}")
        self.seat.find_times(f"{nick} [all]: {text}", 1)

    def all_speak(self, when: str) -> List[str]:
        """Everyone says something and is heard by everyone; what was said."""
        for nick, tab in (("ana", self.phone), ("bia", self.desktop)):
            self.say(tab, f"{when}, {nick}")
            self.everyone_hears(nick, f"{when}, {nick}")
        self.caio.send(f"{when}, caio\n")
        self.everyone_hears("caio", f"{when}, caio")
        self.seat.type(f"{when}, dora\r")
        self.everyone_hears("dora", f"{when}, dora")
        return [f"{when}, {nick}" for nick in ("ana", "bia", "caio", "dora")]

    def test_four_ways_in_and_all_that_happens_to_them(self) -> None:
        self.caio = self.nc()
        self.phone = self.opened("ana", self.wifi.port, width=390, height=844)
        self.desktop = self.opened("bia", self.ports[1])
        self.client, self.seat = self.terminal()
        self.caio.until(b"JOIN dora\n")
        said = self.all_speak("no início")
        self.the_server_restarts()
        said += self.all_speak("de novo")
        self.the_phone_sleeps()
        said += self.all_speak("no fim")
        self.another_site_is_refused()
        self.assertEqual(self.heard_by(self.phone), said)
        self.assertEqual(self.heard_by(self.desktop), [*said[:-4], "ana dorme", *said[-4:]])
        self.all_leave()

    def heard_by(self, tab: Tab) -> List[str]:
        """What a page shows of the conversation, without the line that was said before all were back."""
        shown: List[str] = tab.value(SAID)
        return [text for text in shown if text != "guarde isto"]

    def the_server_restarts(self) -> None:
        """All but nc come back by themselves; what is said meanwhile waits."""
        self.server.kill(signal.SIGTERM)
        for tab in (self.phone, self.desktop):
            self.wait_for(tab, "O servidor foi encerrado")
        self.assertTrue(self.caio.rest().endswith("BYE shutdown\n"))
        self.assertEqual(self.server.finish()[::2], (0, ""))
        self.say(self.desktop, "guarde isto")
        self.server = self.started()
        self.caio = self.nc()
        self.wait_for(self.phone, "De volta, como ana")
        self.wait_for(self.desktop, "De volta, como bia")
        self.wait_for(self.desktop, "bia: guarde isto")
        self.seat.find_times("OK dora", 2)
        self.caio.send("WHO\n")
        self.caio.until(b"WHO 4 ")
        self.caio.line()

    def the_phone_sleeps(self) -> None:
        """The phone wakes up, and tells what may be lost; its connection only looks open, or the browser has cut it.

        Chromium 156.0.8078.108 does the second; a server that falls silent is in test_chat_return, too.
        """
        self.wifi.fall_silent()
        self.say(self.phone, "perdida?")
        self.wait_for(self.phone, "enviando", "pending")
        self.desktop.call("Page.bringToFront")
        self.phone.wait("document.hidden")
        self.phone.call("Page.setWebLifecycleState", state="frozen")
        self.caio.until(b"LEAVE ana gone\n")
        self.say(self.desktop, "ana dorme")
        self.caio.expect("FROM bia [all]: ana dorme")
        self.phone.call("Page.setWebLifecycleState", state="active")
        self.phone.call("Page.bringToFront")
        said = "document.getElementById('log').innerText"
        self.phone.wait(f"/O servidor não responde; a página conecta|A conexão caiu; a página volta/.test({said})")
        self.phone.wait(f"{texts('.doubt bdi')}.join() === 'perdida?'")
        self.phone.wait("chat.link.place === IN")
        self.caio.expect("JOIN ana")

    def another_site_is_refused(self) -> None:
        """A page of another site gets nothing and says nothing."""
        site = OtherSite(HOSTILE.replace("PORT", str(self.ports[1])))
        self.addCleanup(site.close)
        hostile = self.browser.tab(site.url)
        hostile.wait(f"Object.keys(told).length === {len(TRIES)}")
        self.assertEqual(hostile.value("told"), dict.fromkeys(TRIES, "refused"))
        hostile.call("Page.close")

    def all_leave(self) -> None:
        """Everyone goes; then the server ends and has complained of nothing."""
        self.phone.value("document.getElementById('leave').click()")
        self.caio.expect("LEAVE ana quit")  # and no JOIN before it
        self.say(self.desktop, "/sair")
        self.caio.expect("LEAVE bia quit")
        self.seat.type("/sair\r")
        self.assertEqual(self.client.wait(), 0)
        self.caio.expect("LEAVE dora quit")
        self.caio.send("WHO\nQUIT\n")
        self.assertEqual(self.caio.rest(), "WHO 1 caio\nBYE\n")
        self.server.process.terminate()
        self.assertEqual(self.server.finish()[::2], (0, ""))


if __name__ == "__main__":
    unittest.main()
