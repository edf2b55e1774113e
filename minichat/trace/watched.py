"""Sockets that stand before the real ones and show each system call to a recorder.

So the code that uses a socket has no line about being watched.
"""

from __future__ import annotations

from typing import Any, Union


class WatchedSocket:
    """Stands before the socket of a connection and shows each call to the recorder."""

    def __init__(self, sock: Any, recorder: Any, connection: Any) -> None:
        self._sock, self._recorder, self._connection = sock, recorder, connection

    def recv(self, size: int) -> bytes:
        """As the socket's own."""
        try:
            data: bytes = self._sock.recv(size)
        except OSError as error:
            self._recorder.received(self._connection, size, error)
            raise
        self._recorder.received(self._connection, size, data)
        return data

    def send(self, data: Union[bytes, memoryview]) -> int:
        """As the socket's own."""
        try:
            count: int = self._sock.send(data)
        except OSError as error:
            self._recorder.sent(self._connection, len(data), error)
            raise
        self._recorder.sent(self._connection, len(data), count)
        return count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class WatchedListener:
    """Stands before the listening socket."""

    def __init__(self, sock: Any, recorder: Any) -> None:
        self._sock, self._recorder = sock, recorder

    def accept(self) -> Any:
        """As the socket's own."""
        try:
            pair = self._sock.accept()
        except OSError as error:
            self._recorder.accepted(error)
            raise
        self._recorder.accepted(None, pair[1])
        return pair

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
