"""The pages: what the paths of the site show; read at the start, for no file is served later."""

from __future__ import annotations

from minichat.web.answers import Content

_PLACE = """<!doctype html><meta charset="utf-8"><title>minichat</title>
<p>WebSocket: /chat</p>
"""


def chat_page(language: str) -> Content:
    """Return the page of the chat, in ``language``."""
    return Content("text/html; charset=utf-8", _PLACE.encode(), "default-src 'none'")
