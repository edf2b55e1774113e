"""Correct servers that are started or ended in odd ways, and programs that are no servers."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from typing import Iterator, Tuple

from tests.scripts.graded.correct import PORT, Client, Server
from tests.scripts.graded.table import odd, ungradable

HOARDED_BYTES = 26_000_000


@odd("prints_nothing", "it does not say where it listens")
class PrintsNothing(Server):
    def announce(self, port: int) -> None:
        pass


@odd("slow_door", "a newcomer is not looked at before a second is over")
class SlowDoor(Server):
    def greet(self, client: Client) -> None:
        time.sleep(1.3)


@odd("ignores_sigterm", "only Ctrl-C or SIGKILL ends it")
class IgnoresSigterm(Server):
    def run(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        super().run()


@odd("ends_when_both_have", "after QUIT a person is there until the client has closed too, as with node")
class EndsWhenBothHave(Server):
    def leave(self, client: Client) -> None:
        client.outbox.put(None)
        client.writer.join()
        try:
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        for _ in client.chunks():
            pass
        super().leave(client)


class _Hoarder(Client):
    """The rest of a line that is too long is thrown away, but memory is given back only when there is much of it."""

    def lines(self) -> Iterator[bytes]:
        kept = bytearray()

        def chunks() -> Iterator[bytes]:
            for data in Client.chunks(self):
                if b"\n" not in data and len(kept) < HOARDED_BYTES:
                    kept.extend(bytes(4096))
                yield data

        buffer = b""
        for data in chunks():
            *whole, buffer = (buffer + data).split(b"\n")
            yield from (line.rstrip(b"\r") for line in whole)
            buffer = buffer[:4096]


@odd("hoards", "an endless line makes its memory grow, as garbage does that is not collected yet, but only once")
class Hoards(Server):
    client = _Hoarder


@odd("forks", "the child serves, and the parent waits for it")
class Forks(Server):
    def run(self) -> None:
        child = os.fork()
        if child == 0:
            return super().run()
        self.listener.close()
        try:
            os.waitpid(child, 0)
        except KeyboardInterrupt:
            pass


@odd("goes_to_background", "the child serves, and the parent has ended")
class GoesToBackground(Server):
    def run(self) -> None:
        if os.fork() == 0:
            super().run()


@odd("menu", "it has a menu on standard input, and ends when that ends")
class Menu(Server):
    def accept(self) -> None:
        threading.Thread(target=super().accept, daemon=True).start()
        print("1 - Listar usuários\n2 - Sair", flush=True)
        for choice in sys.stdin:
            if choice.strip() == "2":
                break
            print(*self.room, flush=True)


@odd("port_variable", "it is told its port by the variable PORT, and by nothing else")
class PortVariable(Server):
    def __init__(self, port: int) -> None:
        super().__init__(int(os.environ.get("PORT", "0")))


@odd("asks_port", "it asks for its port on standard input")
class AsksPort(Server):
    def __init__(self, port: int) -> None:
        if not port:
            print(f"Porta [{PORT}]: ", end="", flush=True)
            port = int(sys.stdin.readline().strip() or PORT)
        super().__init__(port)


@odd("asks_menu", "it listens when 1 was chosen on standard input, at a port that is asked for next")
class AsksMenu(AsksPort):
    def __init__(self, port: int) -> None:
        print("=== Mini-Chat ===\n1 - Iniciar servidor\n2 - Sair\nEscolha: ", end="", flush=True)
        if sys.stdin.readline().strip() != "1":
            sys.exit()
        super().__init__(port)


@odd("verbose", "it prints a long line for each line that comes, and stops when nobody reads what it prints")
class Verbose(Server):
    def answer(self, client: Client, line: bytes) -> bool:
        print(f"[LOG] {client.nick}: {line!r}".ljust(4000, "."), flush=True)
        return super().answer(client, line)


@odd("slow_to_start", "it takes two seconds until it listens")
class SlowToStart(Server):
    def __init__(self, port: int) -> None:
        time.sleep(2)
        super().__init__(port)


@ungradable("dies_at_start", "ended_at_once")
class DiesAtStart(Server):
    """It ends with a traceback before it listens."""

    def __init__(self, port: int) -> None:
        raise RuntimeError("no server today")


@ungradable("never_listens", "does_not_listen")
class NeverListens(Server):
    """It runs, and listens nowhere."""

    def __init__(self, port: int) -> None:
        while True:
            time.sleep(60)


@ungradable("says_nothing", "unknown_dialect")
class SaysNothing(Server):
    """It accepts everyone and answers nobody."""

    def serve(self, client: Client) -> None:
        for _ in client.lines():
            pass
        client.finish()


@ungradable("other_protocol", "unknown_dialect")
class OtherProtocol(Server):
    """It speaks HTTP."""

    def serve(self, client: Client) -> None:
        for _ in client.lines():
            client.tell("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r")
            break
        client.finish()


@ungradable("raises_at_nick", "unknown_dialect")
class RaisesAtNick(Server):
    """Whoever gives a nick ends the thread that reads it."""

    def serve(self, client: Client) -> None:
        try:
            for _ in client.lines():
                raise RuntimeError("no nick today")
        finally:
            client.cut()


@ungradable("other_words", "unknown_dialect")
class OtherWords(Server):
    """It takes the nick, and every text is an unknown command."""

    def answer(self, client: Client, line: bytes) -> bool:
        if line.startswith(b"FALA "):
            return super().answer(client, line[5:])
        client.tell("ERR comando_desconhecido")
        return True


@ungradable("floods", "does_not_listen")
class Floods(Server):
    """It prints without end, and never listens."""

    def __init__(self, port: int) -> None:
        while True:
            print("spam" * 1000)


@ungradable("eats_memory", "too_much_memory")
class EatsMemory(Server):
    """It takes memory until it is stopped."""

    def __init__(self, port: int) -> None:
        eaten: Tuple[object, ...] = ()
        while True:
            eaten = (eaten, bytearray(b"x" * (1 << 20)))
