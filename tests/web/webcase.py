"""A server with a door for browsers, driven turn by turn in this process, and browsers at that door."""

from __future__ import annotations

import socket
import time
from typing import Any, List, Optional, Tuple
from unittest import mock

from minichat.net.listener import listen
from minichat.web.answers import Content
from minichat.web.house import WebHouse
from tests.server import test_server
from tests.support import PATIENCE_SECONDS
from tests.webpeer import FramedSocket

NcPerson = test_server.Person

PAGE = Content("text/html; charset=utf-8", b"<p>hello", "default-src 'none'")


class WebPerson(NcPerson):
    """A person at a browser: the same, but for what is on the wire."""

    socket: Any

    def __init__(self, case: Any, nick: Optional[str] = None, recv_buffer: int = 0) -> None:
        self.case = case
        sock = socket.socket()
        if recv_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, recv_buffer)
        sock.connect(case.web_address)
        case.addCleanup(sock.close)
        self.received = b""
        self.socket = FramedSocket(sock)
        self.socket.ask(case.web_address[1])
        sock.setblocking(False)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_greeted():
            assert time.monotonic() < deadline, "no WebSocket came"
            case.turn()
        if nick is not None:
            self.say(nick)
            self.reads(f"OK {nick}")

    def _is_greeted(self) -> bool:
        try:
            return bool(self.socket.greeted())
        except BlockingIOError:
            return False

    def lives(self) -> None:
        """Read what is there, as a browser does all the time; pings are answered."""
        if self.socket.fileno() != -1:
            try:
                self.receive()
            except ConnectionError:
                pass

    def raw(self, data: bytes) -> None:
        """Send ``data`` as it is."""
        self.socket.raw(data)

    def ends_with(self, code: int) -> str:
        """Everything up to the end, which comes after a close frame with this code."""
        text = self.to_end()
        assert self.socket.controls, f"no close frame, after {text[-200:]!r}"
        head, payload = self.socket.controls[-1]
        assert (head, int.from_bytes(payload[:2], "big")) == (0x88, code), self.socket.controls[-1]
        return text


class Caller(NcPerson):
    """A program at the door for browsers that says what it likes."""

    def __init__(self, case: Any, said: bytes = b"") -> None:
        with mock.patch.object(case, "address", case.web_address):
            super().__init__(case)
        if said:
            self.send(said)

    def answer(self) -> Tuple[int, str]:
        """Everything up to the end of file, and the status in it; 0 if there is none."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.receive():
            assert time.monotonic() < deadline, f"no end came, only {self.received[-200:]!r}"
            self.case.turn()
        text = self.received.decode("latin-1")
        return (int(text.split(" ", 2)[1]) if text.startswith("HTTP/1.1 ") else 0), text


class WebCase(test_server.ServerCase):
    """A server with both doors."""

    names: Tuple[str, ...] = ("sala3",)

    def setUp(self) -> None:
        super().setUp()
        listening = listen("127.0.0.1", 0, 1024)
        self.web_address = listening.getsockname()
        self.house = WebHouse(self.server, listening, {"/": PAGE}, self.names, "nc 127.0.0.1 50001")

    @property
    def port(self) -> int:
        """Of the door for browsers."""
        return int(self.web_address[1])

    def calls(self, said: bytes) -> Tuple[int, str]:
        """What a stranger at the door for browsers is answered."""
        return Caller(self, said).answer()


class AllAtBrowsers(WebCase):
    """A WebCase in which the tests of the server are played by people at browsers."""

    def setUp(self) -> None:
        super().setUp()
        self.browsers: List[WebPerson] = []
        patch = mock.patch.object(test_server, "Person", self.person)
        patch.start()
        self.addCleanup(patch.stop)

    def person(self, *arguments: Any, **keywords: Any) -> Any:
        """The next one who comes."""
        browser = WebPerson(*arguments, **keywords)
        self.browsers.append(browser)
        return browser

    def pass_time(self, seconds: float) -> None:
        """Let time pass; the browsers live on."""
        while seconds > 0:
            super().pass_time(min(seconds, 0.9))
            seconds -= 0.9
            for browser in self.browsers:
                browser.lives()


class EveryOtherAtABrowser(AllAtBrowsers):
    """The same with every second one at nc."""

    _count = 0

    def person(self, *arguments: Any, **keywords: Any) -> Any:
        self._count += 1
        return super().person(*arguments, **keywords) if self._count % 2 else NcPerson(*arguments, **keywords)
