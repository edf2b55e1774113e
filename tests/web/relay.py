"""What stands between a browser and a server: a network that can fall silent, and the page of another site."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import List

from tests.peer import READ_BYTES


class Relay:
    """Passes on all bytes between ``port`` of its own and that of a server."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._pairs: List[_Pair] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """Bring nothing more to a browser on what is open, as if it slept for long; the server reads an end."""
        for pair in self._pairs:
            pair.is_silent = True
            _end(pair.server, socket.SHUT_RDWR)

    def close(self) -> None:
        """End everything."""
        _end(self._listening, socket.SHUT_RDWR)  # else accept waits on
        self._listening.close()
        for pair in self._pairs:
            pair.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listening.accept()
                try:
                    self._pairs.append(_Pair(browser, socket.create_connection(("127.0.0.1", self._server_port))))
                except OSError:  # no server is there
                    browser.close()


class _Pair:
    """One connection through the relay."""

    def __init__(self, browser: socket.socket, server: socket.socket) -> None:
        self.browser, self.server = browser, server
        self.is_silent = False
        self._threads = [
            threading.Thread(target=self._pass_on, args=ends, daemon=True)
            for ends in ((browser, server), (server, browser))
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Close both ends, after the threads that read from them."""
        for end in (self.browser, self.server):
            _end(end, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self.browser.close()
        self.server.close()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(READ_BYTES):
                if not self.is_silent:
                    sink.sendall(data)
        if not self.is_silent:
            _end(sink, socket.SHUT_WR)


class OtherSite:
    """A site with one page, which is at ``url``."""

    def __init__(self, page: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            """Answers with the page."""

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End the site."""
        self._server.shutdown()
        self._server.server_close()


def _end(sock: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(how)
