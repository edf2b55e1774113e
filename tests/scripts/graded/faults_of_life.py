"""Faults of coming, going and waiting: what one client does to the others, and to the process."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from typing import Iterator, Set

from tests.scripts.graded.correct import HOST, Client, Server
from tests.scripts.graded.table import fault

UNSEEN = "silent_end reset"
AFTER_UNSEEN = "nick_free_again leave_told half_close reset_while_broadcasting"


@fault("ghost", UNSEEN, may=AFTER_UNSEEN)
class Ghost(Server):
    """Who goes without QUIT stays in the room."""

    def answer(self, client: Client, line: bytes) -> bool:
        goes_on = super().answer(client, line)
        if not goes_on:
            super().leave(client)
        return goes_on

    def leave(self, client: Client) -> None:
        pass


class _Raises(Client):
    def chunks(self) -> Iterator[bytes]:
        while data := self.socket.recv(4096):
            yield data


@fault("ghost_after_reset", "reset", may="reset_while_broadcasting")
class GhostAfterReset(Server):
    """A reset ends the thread before it can clean up, and Python prints why."""

    client = _Raises


@fault("reset_kills", "reset reset_while_broadcasting", may="connect_and_go no_busy_loop")
class ResetKills(Server):
    """A reset ends the whole server."""

    client = _Raises

    def serve(self, client: Client) -> None:
        try:
            super().serve(client)
        except ConnectionError:
            os._exit(1)


@fault("utf8_kills", "invalid_utf8")
class Utf8Kills(Server):
    """Bytes that are not UTF-8 end the whole server."""

    def decode(self, line: bytes) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            os._exit(1)


class _Direct(Client):
    def tell(self, text: str) -> None:
        """Send at once, from the thread of the speaker."""
        try:
            self.socket.sendall(self.frame(text))
        except OSError:
            pass


@fault("sendall_to_all", "slow_reader")
class SendallToAll(Server):
    """The thread of the speaker sends to each of the others, and waits for one that does not read."""

    client = _Direct


@fault("sendall_to_all_slowly", "slow_reader")
class SendallToAllSlowly(SendallToAll):
    """The same, and late it takes its time for some texts: more than ten seconds pass before it is stuck."""

    left, slow_texts = 2_500_000, 74

    def do_all(self, client: Client, to: str, text: str) -> None:
        self.left -= len(text)
        if self.left < 0 < self.slow_texts:
            self.slow_texts -= 1
            time.sleep(0.15)
        super().do_all(client, to, text)


class _DirectFragile(_Direct):
    def tell(self, text: str) -> None:
        self.socket.sendall(self.frame(text))


@fault("stops", "slow_reader")
class Stops(Server):
    """After two megabytes of texts it does nothing any more, whoever reads."""

    left = 2_000_000

    def do_all(self, client: Client, to: str, text: str) -> None:
        self.left -= len(text)
        while self.left < 0:
            time.sleep(1)
        super().do_all(client, to, text)


@fault("dies_with_a_recipient", "reset_while_broadcasting", may="reset slow_reader silent_end no_busy_loop")
class DiesWithARecipient(Server):
    """Sending to one who has just been lost ends the whole server."""

    client = _DirectFragile

    def serve(self, client: Client) -> None:
        try:
            super().serve(client)
        except OSError:
            os._exit(1)

    def leave(self, client: Client) -> None:
        try:
            client.socket.getpeername()
        except OSError:  # lost, not ended: for a moment it is still in the room
            client.socket.close()
            time.sleep(0.1)
        super().leave(client)


class _Spins(Client):
    has_ended = False

    def chunks(self) -> Iterator[bytes]:
        yield from super().chunks()
        self.has_ended = True

    def finish(self) -> None:
        while self.has_ended:
            try:
                self.socket.recv(4096)
            except OSError:
                pass
        super().finish()


@fault("busy_loop", "no_busy_loop", may="half_close")
class BusyLoop(Server):
    """After the end of a client its thread goes round without rest."""

    client = _Spins


class _EndUnseen(Client):
    def chunks(self) -> Iterator[bytes]:
        while True:
            try:
                data = self.socket.recv(4096)
            except OSError:
                data = b""
            if data:
                yield data


@fault("busy_ghost", f"no_busy_loop {UNSEEN}", may=f"{AFTER_UNSEEN} connect_and_go slow_reader endless_line")
class BusyGhost(Server):
    """The end of a client is taken for a read of nothing, again and again."""

    client = _EndUnseen


@fault("dies_at_connect_and_go", "connect_and_go", may="silent_newcomer endless_line")
class DiesAtConnectAndGo(Server):
    """A connection that ends before it says a nick ends the whole server."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.spoken: Set[Client] = set()

    def enter(self, client: Client, line: bytes) -> bool:
        self.spoken.add(client)
        return super().enter(client, line)

    def serve(self, client: Client) -> None:
        super().serve(client)
        if client not in self.spoken:
            self.go_wrong()

    def go_wrong(self) -> None:
        """What a nick that is not there leads to."""
        os._exit(1)


@fault("hangs_at_connect_and_go", "connect_and_go", may="silent_newcomer endless_line")
class HangsAtConnectAndGo(DiesAtConnectAndGo):
    """A connection that ends before it says a nick leaves the lock taken."""

    def go_wrong(self) -> None:
        self.lock.acquire()


@fault("silent_newcomer", "silent_newcomer", may="connect_and_go")
class SilentNewcomer(Server):
    """The next client is accepted only when this one has said its nick."""

    def accept(self) -> None:
        while True:
            client = self.client(self.next_socket())
            lines = client.lines()
            first = next(lines, None)
            threading.Thread(target=self.serve_on, args=(client, first, lines), daemon=True).start()

    def serve_on(self, client: Client, first: object, lines: Iterator[bytes]) -> None:
        """The rest of the life of one client."""
        if isinstance(first, bytes) and self.enter(client, first):
            for line in lines:
                if not self.answer(client, line):
                    break
            self.leave(client)
        client.finish()


@fault("hangs_at_leave", "leave_told nick_free_again silent_end reset", may="*")
class HangsAtLeave(Server):
    """Who leaves takes the lock twice."""

    def leave(self, client: Client) -> None:
        with self.lock:
            super().leave(client)


@fault("ignores_interrupt", "interrupt", may="restart")
class IgnoresInterrupt(Server):
    """Ctrl-C is caught, and the server goes on."""

    def accept(self) -> None:
        while True:
            try:
                super().accept()
            except KeyboardInterrupt:
                print("Ctrl-C?", flush=True)


@fault("threads_keep_it", "interrupt", may="restart")
class ThreadsKeepIt(Server):
    """After Ctrl-C the process waits for threads that wait for their clients."""

    def accept(self) -> None:
        while True:
            threading.Thread(target=self.serve, args=(self.client(self.next_socket()),)).start()


@fault("no_restart", "restart")
class NoRestart(Server):
    """The port stays taken for a minute after the server has ended."""

    def listen(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.bind((HOST, port))
        listener.listen(128)
        return listener


@fault("crawls", "slow_reader", may="reset silent_end reset_while_broadcasting")
class Crawls(Server):
    """For who does not read each text waits a second, and so do all."""

    client = _Direct

    def next_socket(self) -> socket.socket:
        sock = super().next_socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 1, 0))
        return sock


@fault("waits_for_clients", "interrupt", may="restart")
class WaitsForClients(Server):
    """After Ctrl-C it says nothing more, and waits until each client closes its connection."""

    def run(self) -> None:
        super().run()
        for client in list(self.room.values()):
            client.is_cut = True  # nothing more is told: what is sent after its end would end the connection
            client.outbox.put(None)
            client.writer.join()
            client.socket.shutdown(socket.SHUT_WR)
        while self.room:
            time.sleep(0.05)
