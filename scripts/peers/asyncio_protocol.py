"""A chat server as an asyncio Protocol: the event loop calls, the protocol answers.

    python3 asyncio_protocol.py --port 0 [--no-joins] [--uvloop]

scripts/bench.py compares it with minichat.  It speaks as much of the protocol as
the benchmark needs, written in the usual way, without limits and checks.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
from typing import Dict, Optional, cast


class Room:
    """The clients that are in."""

    def __init__(self, tells_joins: bool) -> None:
        self.clients: Dict[str, asyncio.Transport] = {}
        self.tells_joins = tells_joins

    def broadcast(self, line: str) -> None:
        """Send ``line`` to everyone who is in."""
        data = line.encode()
        for transport in self.clients.values():
            transport.write(data)


class ChatProtocol(asyncio.Protocol):
    """One client."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._nick = ""
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport of the new client."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Serve each whole line; keep the rest."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._transport.is_closing():
                break
            self._serve(line.rstrip(b"\r").decode())

    def connection_lost(self, error: Optional[Exception]) -> None:
        """Let the client leave, if it went without QUIT."""
        self._leave()

    def _serve(self, line: str) -> None:
        if not self._nick:
            self._join(line)
        elif line == "QUIT":
            self._leave()
            self._transport.write(b"BYE\n")
            self._transport.close()
        elif line.startswith("@"):
            addressee, _, text = line[1:].partition(" ")
            if addressee in self._room.clients:
                self._room.clients[addressee].write(f"FROM {self._nick} [dm]: {text}\n".encode())
            else:
                self._transport.write(b"ERR user_not_found\n")
        else:
            self._room.broadcast(f"FROM {self._nick} [all]: {line}\n")

    def _join(self, nick: str) -> None:
        if not nick or nick in self._room.clients:
            self._transport.write(b"ERR apelido_em_uso\n")
            self._transport.close()
            return
        if self._room.tells_joins:
            self._room.broadcast(f"JOIN {nick}\n")
        self._nick = nick
        self._room.clients[nick] = self._transport
        self._transport.write(f"OK {nick}\n".encode())

    def _leave(self) -> None:
        if self._room.clients.pop(self._nick, None) and self._room.tells_joins:
            self._room.broadcast(f"LEAVE {self._nick} quit\n")


async def serve(port: int, tells_joins: bool) -> None:
    """Serve for ever."""
    room = Room(tells_joins)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: ChatProtocol(room), "127.0.0.1", port, backlog=1024)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Choose the event loop and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--no-joins", action="store_true", help="do not tell who comes and goes")
    parser.add_argument("--uvloop", action="store_true", help="the event loop of libuv, if it is installed")
    values = parser.parse_args()
    if values.uvloop:
        importlib.import_module("uvloop").install()
    asyncio.run(serve(values.port, not values.no_joins))


if __name__ == "__main__":
    main()
