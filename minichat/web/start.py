"""The start of the way in for browsers: what the options ask for, and whether it is watched."""

from __future__ import annotations

import socket
from typing import Any, Type

from minichat.server.server import Server
from minichat.web.house import WebHouse, own_names
from minichat.web.page import chat_page


def open_web(values: Any, server: Server, listening: socket.socket, for_nc: str) -> WebHouse:
    """Let browsers into ``server`` through ``listening``; ``values`` are the options of the program."""
    kind: Type[WebHouse] = WebHouse
    if values.trace or values.slow or values.step:
        from minichat.trace.watchedweb import WatchedWebHouse as kind
    return kind(server, listening, {"/": chat_page(values.lang)}, own_names(values.host, values.web_name), for_nc)
