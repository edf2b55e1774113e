"""The ends of a connection: how it ended, or why there was none.

This module knows codes of errors and of ERR; it does not know what to do after an end.
"""

from __future__ import annotations

import enum
import errno
import socket
from typing import NamedTuple

from minichat.chat import protocol


class Why(enum.Enum):
    """How a connection ended, or why there was none."""

    UNKNOWN_HOST = "no resolver knows the host"
    NO_SERVER = "the host refused the connection: no program listens there"
    UNREACHABLE = "no way leads to the host, or it does not answer"
    NO_FILES = "this process may not open one more file"
    SILENT = "the server accepted the connection and did not answer our nick"
    HUNG_UP = "the server ended the connection without a word"
    NOT_MINICHAT = "the server speaks another protocol"
    BAD_NICK = "the nick is in use or not legal"
    REFUSED = "the server did not let us in, with another ERR"
    BYE = "we said QUIT, or all of our input was answered"
    SHUTDOWN = "the server is stopping"
    LOST = "anything else"


BEFORE_OK = "before OK"  # the detail of SHUTDOWN if the server had not let us in


class End(NamedTuple):
    """How a connection ended; ``detail`` is an error text of the system or the code of an ERR."""

    why: Why
    detail: str = ""

    @property
    def is_goodbye(self) -> bool:
        """True if the server said goodbye to a member: then nothing went wrong."""
        return self.why in (Why.BYE, Why.SHUTDOWN) and self.detail != BEFORE_OK

    @property
    def text_key(self) -> str:
        """The key of the text, in cli/messages, that explains this end."""
        if self.why is Why.BAD_NICK:
            return self.detail
        return "server_stopped" if self.why is Why.SHUTDOWN else self.why.name.lower()


# What a server answers to a first line that cannot be a nick.
_NOT_A_NICK = (
    protocol.NICK_INVALID, protocol.INVALID_UTF8, protocol.INVALID_TEXT, protocol.LINE_TOO_LONG,
    protocol.LINE_UNFINISHED,
)  # fmt: skip

_BY_ERRNO = {
    errno.ECONNREFUSED: Why.NO_SERVER,
    errno.EMFILE: Why.NO_FILES,
    errno.ENFILE: Why.NO_FILES,
    errno.EINVAL: Why.UNKNOWN_HOST,  # the text cannot be the name of a host
}


def end_without_server(error: OSError) -> End:
    """Return the end of a look-up or a dial that failed with ``error``."""
    # The numbers of a gaierror are those of the resolver, and mean other things.
    is_unknown = isinstance(error, socket.gaierror)
    why = Why.UNKNOWN_HOST if is_unknown else _BY_ERRNO.get(error.errno or 0, Why.UNREACHABLE)
    return End(why, error.strerror or str(error))


def end_by_error(code: str) -> End:
    """Return the end after ``ERR`` and this code, which the server said instead of OK."""
    if code == protocol.NICK_IN_USE:
        return End(Why.BAD_NICK, code)
    if code in _NOT_A_NICK:
        return End(Why.BAD_NICK, protocol.NICK_INVALID)
    return End(Why.REFUSED, code)
