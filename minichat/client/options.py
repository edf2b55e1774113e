"""The options of minichat-client: their names, their defaults and what each accepts."""

from __future__ import annotations

from minichat.cli import options

OPTIONS = (
    options.Option("nick", None, options.text),
    *(option for option in options.COMMON if option.name != "port"),
    options.Option("port", options.DEFAULT_PORT, options.number(1, 65535)),
    options.Option("color", "auto", options.choice(*options.COLORS)),
    options.Option("bell", "off", options.choice(*options.BELLS)),
    *options.TRACE,
)
FLAGS = ("time", "title", "quiet", "no_reconnect")
