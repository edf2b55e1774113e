"""The options of minichat-server: their names, their defaults and what each accepts."""

from __future__ import annotations

from minichat.cli import options

OPTIONS = (
    *options.COMMON,
    options.Option("max_clients", 0, options.number(0)),
    options.Option("max_per_ip", 64, options.number(0)),
    options.Option("rate", 100, options.number(0)),
    options.Option("web", None, options.number(0, 65535)),
    options.Option("web_name", "", options.text),
    options.Option("log_level", "warning", options.choice(*options.LOG_LEVELS)),
    *options.TRACE,
    options.SLOW,
    *options.KNOBS,
)
FLAGS = ("show_limits", "step", "loop")
