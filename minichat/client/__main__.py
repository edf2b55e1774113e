"""minichat-client: its options.

What a running client needs is loaded only after the options were read, so that
``--help``, ``--version`` and a wrong option are answered at once.
"""

from __future__ import annotations

import sys
from typing import List, Optional

from minichat.cli import options, output

OPTIONS = (
    options.Option("nick", None, options.text),
    *(option for option in options.COMMON if option.name != "port"),
    options.Option("port", options.DEFAULT_PORT, options.number(1, 65535)),
    options.Option("color", "auto", options.choice(*options.COLORS)),
    options.Option("bell", "off", options.choice(*options.BELLS)),
    *options.TRACE,
)
FLAGS = ("time", "title", "quiet", "no_reconnect")


def main(arguments: Optional[List[str]] = None) -> int:
    """Chat until one side ends; return the exit status."""
    output.open_standard_files()
    values, messages = options.parse(options.CLIENT, OPTIONS, FLAGS, arguments)
    from minichat.client.run import run

    return run(values, messages)


if __name__ == "__main__":
    sys.exit(main())
