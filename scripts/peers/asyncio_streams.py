"""A chat server with asyncio streams: a coroutine for each client.

    python3 asyncio_streams.py --port 0 [--no-joins]

scripts/bench.py compares it with minichat.  It speaks as much of the protocol as
the benchmark needs, written in the usual way, without limits and checks.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from typing import Dict


class Chat:
    """The clients that are in."""

    def __init__(self, tells_joins: bool) -> None:
        self._clients: Dict[str, asyncio.StreamWriter] = {}
        self._tells_joins = tells_joins

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client, from its nickname to its end."""
        with contextlib.suppress(OSError):
            nick = await read_line(reader)
            if self._join(nick, writer):
                try:
                    await self._talk(nick, reader, writer)
                finally:
                    self._leave(nick)
                writer.write(b"BYE\n")
            writer.close()
            await writer.wait_closed()

    async def _talk(self, nick: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await read_line(reader)) not in ("", "QUIT"):
            if not line.startswith("@"):
                self._broadcast(f"FROM {nick} [all]: {line}\n")
                continue
            addressee, _, text = line[1:].partition(" ")
            if addressee in self._clients:
                self._clients[addressee].write(f"FROM {nick} [dm]: {text}\n".encode())
            else:
                writer.write(b"ERR user_not_found\n")
            await writer.drain()

    def _join(self, nick: str, writer: asyncio.StreamWriter) -> bool:
        if not nick or nick in self._clients:
            writer.write(b"ERR apelido_em_uso\n")
            return False
        if self._tells_joins:
            self._broadcast(f"JOIN {nick}\n")
        self._clients[nick] = writer
        writer.write(f"OK {nick}\n".encode())
        return True

    def _leave(self, nick: str) -> None:
        del self._clients[nick]
        if self._tells_joins:
            self._broadcast(f"LEAVE {nick} quit\n")

    def _broadcast(self, line: str) -> None:
        data = line.encode()
        for writer in self._clients.values():
            writer.write(data)


async def read_line(reader: asyncio.StreamReader) -> str:
    """Return the next line, without its line end; "" at the end of the input."""
    return (await reader.readline()).rstrip(b"\r\n").decode()


async def serve(port: int, tells_joins: bool) -> None:
    """Serve for ever."""
    server = await asyncio.start_server(Chat(tells_joins).serve, "127.0.0.1", port, backlog=1024)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--no-joins", action="store_true", help="do not tell who comes and goes")
    values = parser.parse_args()
    asyncio.run(serve(values.port, not values.no_joins))


if __name__ == "__main__":
    main()
