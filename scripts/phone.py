"""Take the pictures of the chat page on a phone whose keyboard is open.

    python3 scripts/phone.py

It starts a server, opens its page in Chromium, and chats with two people who speak
plain TCP, as with ``nc``: scripts/pictures/browser.png in English,
scripts/pictures/navegador.png in Portuguese.  The exit status is 0, 1 when there is
no Chromium, 2 after any option.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser import CHROMIUM, NO_CHROMIUM, Browser, Tab
from tests.ending import end_with
from tests.peer import Peer
from tests.web.chatpages import WebServer, fill, press_enter

FOLDER = Path(__file__).resolve().parent / "pictures"
WIDTH, HEIGHT = 390, 440  # CSS px: of 844, the keyboard takes the rest


class Scene(NamedTuple):
    """What is said, in one language."""

    language: str
    file: str
    hello: str
    answer: str
    secret: str
    reply: str
    other: str
    row: str


SCENES = (
    Scene("en", "browser.png", "hello", "good morning, ana", "only you read this", "you too", "hi all", "see you to"),
    Scene("pt", "navegador.png", "olá", "bom dia, ana", "só você lê isto", "você também", "oi, gente", "até am"),
)


def taken(scene: Scene, browser: Browser, server: WebServer) -> bytes:
    """Play the scene on a real server; return the page of ana as it is at its end, a PNG."""
    tab = browser.tab(f"{server.url}?lang={scene.language}", width=WIDTH, height=HEIGHT)
    tab.wait("!!window.chat")
    with Peer(server.port, "bruno") as bruno, Peer(server.port, "caio") as caio:
        bruno.expect("JOIN caio")
        _type(tab, "nick", "ana")
        bruno.expect("JOIN ana")
        _type(tab, "row", scene.hello)
        bruno.expect(f"FROM ana [all]: {scene.hello}")
        bruno.send(f"{scene.answer}\n@ana {scene.secret}\n")
        _see(tab, scene.secret)
        _type(tab, "row", f"@bruno {scene.reply}")
        _see(tab, scene.reply)
        tab.wait("!chat.link.receipts.lines.length")  # nothing is grey any more
        caio.send(f"{scene.other}\n")
        _see(tab, scene.other)
        fill(tab, "row", scene.row)
        tab.wait("document.getElementById('people').children.length === 3")
        return tab.screenshot()


def _type(tab: Tab, field: str, text: str) -> None:
    fill(tab, field, text)
    press_enter(tab)
    if field == "nick":
        tab.wait("chat.link.place === IN")


def _see(tab: Tab, text: str) -> None:
    tab.wait(f"document.getElementById('log').innerText.includes({json.dumps(text)})")


def main() -> int:
    """Take the picture in both languages; return the exit status."""
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    if not CHROMIUM:
        print(f"phone: {NO_CHROMIUM}", file=sys.stderr)
        return 1
    browser = Browser()
    try:
        for scene in SCENES:
            with WebServer() as server:
                (FOLDER / scene.file).write_bytes(taken(scene, browser, server))
            print(f"scripts/pictures/{scene.file}")
    finally:
        browser.close()
    return 0


if __name__ == "__main__":
    end_with("phone", main)
