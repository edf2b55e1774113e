"""The chat page, audited for accessibility by axe-core; the gate says where that file is.

    AXE=axe.min.js python3 -m unittest tests.web.audit
"""

from __future__ import annotations

import os
import unittest
from pathlib import Path

from tests.browser import Tab
from tests.web.chatpages import ChatPageTest, fill

AXE = os.environ.get("AXE", "")
VIOLATIONS = "axe.run().then((done) => done.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]))"


@unittest.skipUnless(AXE, "AXE does not say where axe-core is")
class Audit(ChatPageTest):
    def test_there_are_no_violations(self) -> None:
        server = self.serve()
        bruno = self.peer(server, "bruno")
        for language in ("pt", "en"):
            tab = self.page(server, f"?lang={language}")
            tab.value(f"(() => {{ {Path(AXE).read_text(encoding='utf-8')} }})()")
            self.audit(tab, f"{language}, the door")
            self.join(tab, f"ana-{language}")
            self.wait_for(tab, "bruno", "people")
            bruno.send(f"oi, ana-{language}\n@ana-{language} psst\n")
            self.peer(server, f"bia-{language}")
            self.say(tab, "@zoe oi")
            self.wait_for(tab, "@zoe oi")
            self.audit(tab, f"{language}, lines")
            fill(tab, "row", "@b")
            tab.press("ArrowDown")
            self.audit(tab, f"{language}, completion")
            tab.press("Escape")
            self.say(tab, "MSG @bruno x")
            self.audit(tab, f"{language}, the question")
            tab.press("Escape")
            tab.value("document.getElementById('people-button').click(); document.getElementById('times').click()")
            self.audit(tab, f"{language}, who is here")
            tab.value("chat.link._socket.close(); chat.link._connect = () => 0")
            tab.wait("chat.link.place === AWAY")
            self.say(tab, "guarde")
            self.audit(tab, f"{language}, the connection is lost")

    def audit(self, tab: Tab, what: str) -> None:
        """Audit the page as it is now, in each size and scheme."""
        for width, height in ((1280, 800), (390, 844)):
            for scheme in ("light", "dark"):
                with self.subTest(what, width=width, scheme=scheme):
                    tab.resize(width, height, prefers_color_scheme=scheme)
                    self.assertEqual(tab.value(VIOLATIONS), [])


if __name__ == "__main__":
    unittest.main()
