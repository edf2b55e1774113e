"""The doors: the listening sockets of a server, and why they cannot be opened, for people."""

from __future__ import annotations

import errno
import socket
from typing import Any, List, NamedTuple, Optional

from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.listener import answers, listen
from minichat.server import address


class CannotStart(Exception):
    """Why the server cannot begin, and what to do, for people."""


class Doors(NamedTuple):
    """The listening sockets."""

    chat: socket.socket
    web: Optional[socket.socket]  # for browsers

    def close(self) -> None:
        """Close both."""
        self.chat.close()
        if self.web is not None:
            self.web.close()


def open_doors(values: Any, messages: Messages, limits: Limits) -> Doors:
    """Listen as the options say; raise CannotStart."""
    doors = Doors(_listen_on(values, "port", messages, limits), None)
    if values.web is None:
        return doors
    try:
        return doors._replace(web=_listen_on(values, "web", messages, limits))
    except CannotStart:
        doors.close()
        raise


def _listen_on(values: Any, option: str, messages: Messages, limits: Limits) -> socket.socket:
    port = getattr(values, option)
    try:
        return listen(values.host, port, limits.backlog)
    except (OSError, UnicodeError) as error:
        raise CannotStart(_cannot_listen(error, values.host, port, f"--{option}", messages)) from None


def _cannot_listen(error: Exception, host: str, port: int, option: str, messages: Messages) -> str:
    keys = {
        errno.EADDRINUSE: "port_taken",
        errno.EACCES: "port_forbidden",
        errno.EMFILE: "no_more_files",
        errno.ENFILE: "no_more_files",
    }
    key = keys.get(getattr(error, "errno", None) or 0, "cannot_listen")
    if key == "port_taken" and not any(answers(place, port) for place in _hosts(host)):
        key = "port_passing"
    why = getattr(error, "strerror", None) or error
    return messages(key, host=host, port=port, option=option, error=why)


def _hosts(host: str) -> List[str]:
    """Return where a program may listen that is in the way of a listener on ``host``."""
    elsewhere = address.reachable_host((host, 0)) if host in ("0.0.0.0", "::") else ""
    return [host, elsewhere] if elsewhere else [host]
