"""The end of a program for developers, also when its standard output takes no more.

If the reader is gone, as after ``| head``, the program ends quietly; if the disk is
full, it says so in one line.  What cannot be written raises Unwritable.  That is no
OSError, so nothing takes it for the error of a socket, or the other way round.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, Callable, NoReturn, Union

from minichat.cli.messages import Messages
from minichat.cli.options import complain
from minichat.cli.output import open_standard_files


class Unwritable(Exception):
    """Standard output takes no more."""

    def __init__(self, error: OSError) -> None:
        """``error`` says why."""
        super().__init__(error)
        self.error = error


class _Output(io.FileIO):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise Unwritable(error) from error


def end_with(program: str, main: Callable[[], int], language: str = "en", failure: int = 1) -> NoReturn:
    """Run ``main`` and exit with its status, with 0 if nobody reads on, or with ``failure`` if the disk is full."""
    open_standard_files()
    if not sys.stdout.isatty():  # a terminal is never full, and that of Windows is no file
        output = io.BufferedWriter(_Output(1, "w", closefd=False))
        sys.stdout = io.TextIOWrapper(output, sys.stdout.encoding, sys.stdout.errors, line_buffering=True)
    status: Union[int, str, None]
    try:
        try:
            status = main()
        except SystemExit as leaving:  # after --help, say
            status = leaving.code
        sys.stdout.flush()
    except Unwritable as unwritable:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that Python's own flush at the end does not fail again
        is_gone = isinstance(unwritable.error, BrokenPipeError)  # as with `| head`
        if not is_gone:
            complain(program, Messages(language)("cannot_print", error=unwritable.error.strerror))
        status = 0 if is_gone else failure
    sys.exit(status)
