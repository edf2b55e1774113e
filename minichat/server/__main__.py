"""minichat-server: its options.

What a running server needs is loaded only after the options were read, so that
``--help``, ``--version`` and a wrong option are answered at once.
"""

from __future__ import annotations

import sys
from typing import List, Optional

from minichat.cli import options, output

OPTIONS = (
    *options.COMMON,
    options.Option("max_clients", 0, options.number(0)),
    options.Option("max_per_ip", 64, options.number(0)),
    options.Option("rate", 100, options.number(0)),
    options.Option("log_level", "warning", options.choice(*options.LOG_LEVELS)),
    *options.TRACE,
    options.SLOW,
    *options.KNOBS,
)
FLAGS = ("show_limits", "step")


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the server until a signal ends it; return the exit status."""
    output.open_standard_files()
    values, messages = options.parse(options.SERVER, OPTIONS, FLAGS, arguments)
    from minichat.server.run import run

    return run(values, messages)


if __name__ == "__main__":
    sys.exit(main())
