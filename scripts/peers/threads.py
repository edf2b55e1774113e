"""A chat server with a thread for each client, as in the first sketch of the assignment.

    python3 threads.py --port 0 [--no-joins]

scripts/bench.py compares it with minichat.  It speaks as much of the protocol as
the benchmark needs, written in the usual way, without limits and checks.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import threading
from typing import Dict, Iterator


class Chat:
    """The clients that are in, with one lock for all."""

    def __init__(self, tells_joins: bool) -> None:
        self._clients: Dict[str, socket.socket] = {}
        self._lock = threading.Lock()
        self._tells_joins = tells_joins

    def serve(self, sock: socket.socket) -> None:
        """Serve one client, from its nickname to its end, in a thread of its own."""
        with sock, contextlib.suppress(OSError):
            lines = read_lines(sock)
            nick = next(lines, "")
            if not self._join(nick, sock):
                return
            try:
                for line in lines:
                    if line == "QUIT":
                        break
                    self._say(nick, line)
            finally:
                self._leave(nick)
            sock.sendall(b"BYE\n")

    def _join(self, nick: str, sock: socket.socket) -> bool:
        with self._lock:
            if not nick or nick in self._clients:
                sock.sendall(b"ERR apelido_em_uso\n")
                return False
            if self._tells_joins:
                self._broadcast(f"JOIN {nick}\n")
            self._clients[nick] = sock
            sock.sendall(f"OK {nick}\n".encode())
        return True

    def _leave(self, nick: str) -> None:
        with self._lock:
            del self._clients[nick]
            if self._tells_joins:
                self._broadcast(f"LEAVE {nick} quit\n")

    def _say(self, nick: str, line: str) -> None:
        with self._lock:
            if not line.startswith("@"):
                self._broadcast(f"FROM {nick} [all]: {line}\n")
                return
            addressee, _, text = line[1:].partition(" ")
            if addressee in self._clients:
                self._clients[addressee].sendall(f"FROM {nick} [dm]: {text}\n".encode())
            else:
                self._clients[nick].sendall(b"ERR user_not_found\n")

    def _broadcast(self, line: str) -> None:
        data = line.encode()
        for sock in self._clients.values():
            with contextlib.suppress(OSError):  # the thread of that client ends it
                sock.sendall(data)


def read_lines(sock: socket.socket) -> Iterator[str]:
    """Yield the lines of a client, without their line ends, until it ends."""
    with sock.makefile("rb") as file:
        for line in file:
            yield line.rstrip(b"\r\n").decode()


def main() -> None:
    """Serve for ever."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--no-joins", action="store_true", help="do not tell who comes and goes")
    values = parser.parse_args()
    chat = Chat(not values.no_joins)
    with socket.create_server(("127.0.0.1", values.port), backlog=1024) as listening:
        print(f"listening on 127.0.0.1:{listening.getsockname()[1]}", flush=True)
        while True:
            sock, _ = listening.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=chat.serve, args=(sock,), daemon=True).start()


if __name__ == "__main__":
    main()
