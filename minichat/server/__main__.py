"""minichat-server: the beginning of the program.

What a running server needs is loaded only after the options were read, so that
``--help``, ``--version`` and a wrong option are answered at once.  Before anything
else is loaded, Ctrl-C is told to end the program without a traceback.
"""

from __future__ import annotations

import sys
from typing import List, Optional

from minichat.cli.interrupts import end_at_once


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the server until a signal ends it; return the exit status."""
    if arguments is None:  # this process is the program, and not a test
        end_at_once()
    from minichat.cli import options, output
    from minichat.cli.programs import SERVER, typed
    from minichat.server.options import FLAGS, OPTIONS

    output.open_standard_files()
    values, messages = options.parse(options.SERVER, OPTIONS, FLAGS, arguments)
    if values.loop and values.web is None:
        options.complain(SERVER, messages("wrong_option", error=messages("loop_needs_web"), program=typed(SERVER)))
        return 2
    from minichat.server.run import run

    return run(values, messages)


if __name__ == "__main__":
    sys.exit(main())
