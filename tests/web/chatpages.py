"""What the tests of the chat page share: a server with a web port, a browser, and pages in its room."""

from __future__ import annotations

import json
import shutil
import subprocess
import unittest
from typing import Any, ClassVar, Dict, Optional

from minichat.web.page import PARTS
from tests.browser import CHROMIUM, NO_CHROMIUM, Browser, Tab
from tests.peer import Peer
from tests.program import ServerProcess
from tests.support import PATIENCE_SECONDS

NODE = shutil.which("node")
NO_NODE = "there is no node on this machine"
PURE = ("words.js", "wire.js", "typed.js", "link.js")  # the scripts that know no page

# Runs ``work`` after the scripts that know no page; ``clock`` moves time and rings timers, ``opened`` holds sockets.
_PROGRAM = """
const fs = require("fs"), vm = require("vm");
const {work, given, names} = JSON.parse(fs.readFileSync(0, "utf8"));
const source = names.map((name) => fs.readFileSync(name, "utf8")).join("\\n");
const run = vm.runInNewContext(`${source};(given) => {${work}}`, {TextEncoder, console});
process.stdout.write(JSON.stringify(run(given) ?? null));
"""


def in_engine(work: str, given: Any = None) -> Any:
    """What the JavaScript ``work`` returns for ``given``, with the scripts that know no page."""
    assert NODE, NO_NODE
    text = json.dumps({"work": work, "given": given, "names": [str(PARTS / name) for name in PURE]})
    done = subprocess.run(
        [NODE, "-e", _PROGRAM], input=text.encode(), capture_output=True, check=False, timeout=3 * PATIENCE_SECONDS
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


class WebServer(ServerProcess):
    """A server with a web port; with a ``like``, on the ports of that one, which has ended."""

    def __init__(self, *arguments: str, like: Optional[WebServer] = None) -> None:
        self.web_port: int = like.web_port if like else 0
        ports = ("--port", str(like.port), "--web", str(like.web_port)) if like else ("--web", "0")
        super().__init__(*ports, "--lang", "pt", *arguments)
        address = self.status_line().rstrip("/")
        self.web_port = int(address.rpartition(":")[2])

    def __enter__(self) -> WebServer:
        return self

    @property
    def url(self) -> str:
        """The address to type."""
        return f"http://127.0.0.1:{self.web_port}/"


@unittest.skipUnless(CHROMIUM, NO_CHROMIUM)
class ChatPageTest(unittest.TestCase):
    """A browser for the class, and a server for each test."""

    browser: ClassVar[Browser]

    @classmethod
    def setUpClass(cls) -> None:
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def serve(self, *arguments: str) -> WebServer:
        """A server that ends with the test."""
        return self.enter(WebServer(*arguments))

    def enter(self, server: WebServer) -> WebServer:
        """End ``server`` with the test."""
        self.addCleanup(server.__exit__)
        return server.__enter__()

    def peer(self, server: WebServer, nick: str) -> Peer:
        """A person with nc, who is in."""
        peer = Peer(server.port, nick)
        self.addCleanup(peer.close)
        return peer

    def page(self, server: WebServer, address: str = "", **size: int) -> Tab:
        """A tab with the page; it must not complain, not even later.  Its browser forgets what others have kept."""
        tab = self.browser.tab(f"{server.url}{address}", **size)
        tab.wait("!!window.chat")
        self.addCleanup(self._leave, tab)
        return tab

    def _leave(self, tab: Tab) -> None:
        # A server that is down or hangs is no fault of the page; the browser reports that by itself.
        by_itself = ("WebSocket connection to", "Failed to load resource")
        told = [text for text in tab.complaints() if not any(one in text for one in by_itself)]
        tab.call("Page.close")
        self.assertEqual(told, [])

    def join(self, tab: Tab, nick: str) -> Tab:
        """Come in by the door, as a person does."""
        fill(tab, "nick", nick)
        press_enter(tab)
        tab.wait("chat.link.place === IN")
        return tab

    def chatting(self, server: WebServer, nick: str) -> Tab:
        """A page that is in."""
        return self.join(self.page(server), nick)

    def say(self, tab: Tab, text: str) -> None:
        """Type a text and press ENTER."""
        fill(tab, "row", text)
        press_enter(tab)

    def wait_for(self, tab: Tab, text: str, where: str = "log") -> None:
        """Wait until a text can be read in a part of the page."""
        tab.wait(f"document.getElementById('{where}').innerText.includes({json.dumps(text)})")

    def seen(self, tab: Tab, where: str = "log") -> str:
        """The text of a part of the page."""
        return str(tab.value(f"document.getElementById('{where}').innerText"))


def fill(tab: Tab, name: str, text: str) -> None:
    """Type a text into a field, as an input method or a paste does."""
    tab.value(f"document.getElementById('{name}').focus(); document.getElementById('{name}').select()")
    tab.call("Input.insertText", text=text)


def press_enter(tab: Tab, code: int = 13, letter: str = "\r") -> None:
    """Press ENTER; code 229 is how an input method sends it."""
    fields = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code}
    key_event(tab, "keyDown", text=letter, **fields)
    key_event(tab, "keyUp", **fields)


def key_event(tab: Tab, kind: str, **fields: Any) -> None:
    """Give a raw key event."""
    given: Dict[str, Any] = {"type": kind, **fields}
    tab.call("Input.dispatchKeyEvent", **given)


def texts(selector: str) -> str:
    """An expression: the texts of the elements that a selector finds."""
    return f"[...document.querySelectorAll('{selector}')].map((node) => node.textContent)"


def tap(tab: Tab, selector: str) -> None:
    """Touch the middle of an element."""
    box = tab.value(f"document.querySelector('{selector}').getBoundingClientRect().toJSON()")
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    tab.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[point])
    tab.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
