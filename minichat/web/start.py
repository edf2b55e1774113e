"""The start of the way in for browsers: what the options ask for, and whether it is watched."""

from __future__ import annotations

import socket
import time
from typing import Any, Callable, Dict, Optional

from minichat.server.server import Server
from minichat.web.house import WebHouse, own_names
from minichat.web.page import chat_page

Take = Callable[[Dict[str, Any]], None]  # takes each event of a watched loop
Join = Callable[[Take], None]  # lets it take them


def open_web(
    values: Any, server: Server, listening: socket.socket, for_nc: str, join: Optional[Join] = None
) -> WebHouse:
    """Let browsers into ``server`` through ``listening``; ``values`` are the options of the program.

    ``join`` is there if the server is a watched one.
    """
    pages, names = {"/": chat_page(values.lang)}, own_names(values.host, values.web_name)
    if join is None:
        return WebHouse(server, listening, pages, names, for_nc)
    from minichat.trace.watchedweb import WatchedWebHouse

    if not values.loop:
        return WatchedWebHouse(server, listening, pages, names, for_nc)
    from minichat.web.feed import LoopFeed
    from minichat.web.history import History
    from minichat.web.looppage import loop_page

    reactor: Any = server.pool.turn.reactor
    history = History(f"{time.monotonic_ns():x}", reactor.recorder.snapshot)
    join(history.take)
    feed = LoopFeed(server, history, loop_page(values.lang))
    house = WatchedWebHouse(server, listening, pages, names, for_nc, feed.paths())
    reactor.at_turn_end(*feed.steps())
    return house
