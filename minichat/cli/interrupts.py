"""Ctrl-C while a program starts.

This module imports next to nothing, so that it can be the first that is loaded.
"""

from __future__ import annotations

import signal


def end_at_once() -> None:
    """Let Ctrl-C end the process, without a traceback, until the program handles the signal itself."""
    # A program that was started with SIGINT ignored goes on ignoring it for now.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
