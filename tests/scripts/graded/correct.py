"""A small chat server, as a good student writes it: two threads for each client, one reads and one writes.

    python3 correct.py [PORT]

A client sends its nick, then text, `@nick text`, `WHO` or `QUIT`, each in a line.
"""

from __future__ import annotations

import queue
import re
import socket
import sys
import threading
import time
from typing import Dict, Iterator, Optional, Tuple

HOST = "127.0.0.1"
PORT = 5000
LONGEST_LINE = 4096  # bytes
OUTBOX_LINES = 1000  # that wait for a client that does not read
PATIENCE = 1.0  # seconds that everyone waits for a slow client, before it is cut
LOOK_UP = 0.5  # seconds: a Ctrl-C just before accept() is noticed only when that returns

NICK = re.compile(r"\w[\w.-]{0,23}")
FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Client:
    """One connection, its outbox and the thread that writes."""

    end = "\n"

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.nick = ""
        self.is_cut = False
        self.outbox: queue.Queue[Optional[bytes]] = queue.Queue(OUTBOX_LINES)
        self.writer = threading.Thread(target=self.write, daemon=True)
        self.writer.start()

    def chunks(self) -> Iterator[bytes]:
        """What arrives, until the client ends or is lost."""
        try:
            while data := self.socket.recv(4096):
                yield data
        except OSError:
            pass

    def lines(self) -> Iterator[bytes]:
        """Whole lines; a read may hold a part of one, or many."""
        buffer = b""
        for data in self.chunks():
            *whole, buffer = (buffer + data).split(b"\n")
            for line in whole:
                yield line[:-1] if line.endswith(b"\r") else line
            if len(buffer) > LONGEST_LINE:
                self.tell("ERR line_too_long")
                return

    def tell(self, text: str) -> None:
        """Queue a line; a client that does not read is cut."""
        try:
            if not self.is_cut:
                self.outbox.put(self.frame(text), timeout=PATIENCE)
        except queue.Full:
            self.cut()

    def frame(self, text: str) -> bytes:
        """The bytes that are sent for ``text``."""
        return (text + self.end).encode()

    def write(self) -> None:
        """Send what is in the outbox; None is its end."""
        try:
            while (data := self.outbox.get()) is not None:
                self.socket.sendall(data)
        except OSError:
            self.cut()

    def cut(self) -> None:
        """End the connection at once; its reading thread notices the end and tells the others."""
        self.is_cut = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def finish(self) -> None:
        """Send the rest of the outbox, then close; what still arrives is thrown away, so that nothing is reset."""
        try:
            self.outbox.put(None, timeout=PATIENCE)
            self.writer.join(PATIENCE)
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(PATIENCE)
            end = time.monotonic() + PATIENCE
            while self.socket.recv(65536) and time.monotonic() < end:
                pass
        except (OSError, queue.Full):
            pass
        self.socket.close()


class Server:
    """The room, and one thread that accepts."""

    client = Client
    echo = True  # the sender reads its own text
    words = {
        "ok": "OK {nick}",
        "in_use": "ERR apelido_em_uso",
        "bad_nick": "ERR apelido_invalido",
        "entered": "SYSTEM: {nick} entrou",
        "left": "SYSTEM: {nick} saiu",
        "all": "FROM {nick} [all]: {text}",
        "direct": "FROM {nick} [dm]: {text}",
        "sent": "",
        "nobody": "ERR user_not_found",
        "who": "SYSTEM: Usuários conectados: {nicks}",
        "bye": "BYE",
    }

    def __init__(self, port: int) -> None:
        self.lock = threading.Lock()
        self.room: Dict[str, Client] = {}
        self.listener = self.listen(port)

    def listen(self, port: int) -> socket.socket:
        """The socket that accepts; after a restart the same port can be taken at once."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
        return listener

    def run(self) -> None:
        """Accept clients until Ctrl-C."""
        self.announce(self.listener.getsockname()[1])
        try:
            self.accept()
        except KeyboardInterrupt:
            self.listener.close()

    def announce(self, port: int) -> None:
        """Print where the server listens."""
        print(f"Servidor ouvindo na porta {port}", flush=True)

    def accept(self) -> None:
        """One thread for each client that comes."""
        while True:
            client = self.client(self.next_socket())
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def next_socket(self) -> socket.socket:
        """Wait for the next connection."""
        self.listener.settimeout(LOOK_UP)
        while True:
            try:
                sock, _ = self.listener.accept()
            except socket.timeout:
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock

    def serve(self, client: Client) -> None:
        """The life of one client."""
        self.greet(client)
        lines = client.lines()
        first = next(lines, None)
        if first is not None and self.enter(client, first):
            for line in lines:
                if not self.answer(client, line):
                    break
            self.leave(client)
        client.finish()

    def greet(self, client: Client) -> None:
        """Say what a newcomer reads first; here nothing."""

    def say(self, client: Client, word: str, **fields: str) -> None:
        """Tell one client."""
        if text := self.words[word].format(**fields):
            client.tell(text)

    def enter(self, client: Client, line: bytes) -> bool:
        """Take the nick, or refuse it."""
        nick = self.nick_in(line.decode(errors="replace"))
        if not self.is_legal(nick):
            self.say(client, "bad_nick")
            return False
        with self.lock:
            if self.is_taken(nick):
                self.say(client, "in_use", nick=nick)
                return False
            self.admit(client, nick)
        return True

    def nick_in(self, text: str) -> str:
        """The nick in the first line."""
        return text

    def is_legal(self, nick: str) -> bool:
        """Whether anyone may be called so."""
        return NICK.fullmatch(nick) is not None

    def is_taken(self, nick: str) -> bool:
        """Whether someone is called so."""
        return nick in self.room

    def admit(self, client: Client, nick: str) -> None:
        """Put the client into the room; the lock is held."""
        client.nick = nick
        self.say(client, "ok", nick=nick)
        self.everyone("entered", nick=nick)
        self.room[nick] = client

    def everyone(self, word: str, **fields: str) -> None:
        """Tell everyone in the room, but for the sender where there is no echo; the lock is held."""
        for nick, client in list(self.room.items()):
            if self.echo or nick != fields["nick"]:
                self.say(client, word, **fields)

    def answer(self, client: Client, line: bytes) -> bool:
        """Serve one line; False at QUIT."""
        try:
            text = self.decode(line)
        except UnicodeDecodeError:
            client.tell("ERR invalid_utf8")
            return True
        if self.is_forbidden(text):
            client.tell("ERR invalid_text")
            return True
        kind, to, text = self.understand(text)
        if kind == "quit":
            self.say(client, "bye")
            return False
        with self.lock:
            getattr(self, "do_" + kind)(client, to, text)
        return True

    def decode(self, line: bytes) -> str:
        """The text of a line."""
        return line.decode()

    def is_forbidden(self, text: str) -> bool:
        """Whether a text could harm a terminal."""
        return FORBIDDEN.search(text) is not None

    def understand(self, text: str) -> Tuple[str, str, str]:
        """What is to be done, for whom, and the text."""
        if text.upper() in ("WHO", "QUIT"):
            return text.lower(), "", ""
        if text.startswith("@"):
            to, _, rest = text[1:].partition(" ")
            return "direct", to, rest
        return ("all" if text.strip() else "nothing"), "", text

    def do_nothing(self, client: Client, to: str, text: str) -> None:
        """An empty line."""

    def do_all(self, client: Client, to: str, text: str) -> None:
        """Tell everyone."""
        self.everyone("all", nick=client.nick, text=text)

    def do_direct(self, client: Client, to: str, text: str) -> None:
        """Tell one."""
        if to not in self.room:
            self.say(client, "nobody", to=to)
        else:
            self.say(self.room[to], "direct", nick=client.nick, text=text)
            self.say(client, "sent", to=to, text=text)

    def do_who(self, client: Client, to: str, text: str) -> None:
        """Tell who is in."""
        self.say(client, "who", nicks=", ".join(self.room))

    def leave(self, client: Client) -> None:
        """Take the client out of the room, then tell the others."""
        with self.lock:
            del self.room[client.nick]
            self.everyone("left", nick=client.nick)


if __name__ == "__main__":
    Server(int(sys.argv[1]) if sys.argv[1:] else PORT).run()
