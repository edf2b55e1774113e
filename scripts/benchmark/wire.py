"""What is said to a server, and how many bytes come back.

A load generator that parsed lines would be slower than the server it is to
load.  So all nicknames of a run have one length and all texts too, each kind of
answer has a length that is known beforehand, and to count bytes is to count
messages.  This module knows those lengths; it knows no sockets.
"""

from __future__ import annotations

from typing import Dict, Protocol

CHANNEL = "room"  # of Redis


class Wire(Protocol):
    """A protocol, as far as the benchmark speaks it."""

    speakers_listen: bool  # whether who speaks is one of those who hear

    def come(self, nick: str) -> bytes:
        """What a newcomer sends."""

    def welcome_bytes(self, nick: str) -> int:
        """What the newcomer gets for it."""

    def join_bytes(self, nick: str) -> int:
        """What everyone who was there before gets."""

    def say(self, text: str) -> bytes:
        """A message to everyone."""

    def heard_bytes(self, nick: str, text: str) -> int:
        """What each listener gets when ``nick`` says ``text``."""


class Chat:
    """The protocol of minichat."""

    speakers_listen = True

    def come(self, nick: str) -> bytes:
        """The first line is the nickname."""
        return f"{nick}\n".encode()

    def welcome_bytes(self, nick: str) -> int:
        """``OK``."""
        return len(f"OK {nick}\n")

    def join_bytes(self, nick: str) -> int:
        """``JOIN``."""
        return len(f"JOIN {nick}\n")

    def say(self, text: str) -> bytes:
        """Any text is a message to everyone."""
        return f"{text}\n".encode()

    def heard_bytes(self, nick: str, text: str) -> int:
        """``FROM``."""
        return len(f"FROM {nick} [all]: {text}\n")

    def tell(self, nick: str, text: str) -> bytes:
        """A message to one."""
        return f"@{nick} {text}\n".encode()

    def told_bytes(self, nick: str, text: str) -> int:
        """What the addressee gets when ``nick`` says ``text``."""
        return len(f"FROM {nick} [dm]: {text}\n")

    def visit(self, nick: str, text: str) -> bytes:
        """Come, speak and go, in one breath."""
        return f"{nick}\n{text}\nQUIT\n".encode()


class Redis:
    """Publish and subscribe; who publishes does so on another connection."""

    speakers_listen = False

    def come(self, nick: str) -> bytes:
        """Subscribe; nobody has a name here."""
        return resp("SUBSCRIBE", CHANNEL)

    def welcome_bytes(self, nick: str) -> int:
        """Subscribed; this is the first channel of this connection."""
        return len(b"*3\r\n" + resp("subscribe", CHANNEL)[4:] + b":1\r\n")

    def join_bytes(self, nick: str) -> int:
        """Nobody is told."""
        return 0

    def say(self, text: str) -> bytes:
        """Publish."""
        return resp("PUBLISH", CHANNEL, text)

    def heard_bytes(self, nick: str, text: str) -> int:
        """What a subscriber gets."""
        return len(resp("message", CHANNEL, text))


def resp(*words: str) -> bytes:
    r"""Words as an array of the Redis protocol.

    >>> resp("PING")
    b'*1\r\n$4\r\nPING\r\n'
    """
    return (f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)).encode("ascii")


WIRES: Dict[str, Wire] = {"chat": Chat(), "redis": Redis()}
