"""A program's ``main`` called in this process: what it answers and complains, without the start of a process.

For options and faults at start.  How a program runs, and what becomes of its
standard files, is seen on processes only (see tests.program).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
from typing import IO, Callable, List, Tuple
from unittest import mock


def call(main: Callable[[List[str]], int], *arguments: str, **variables: str) -> Tuple[int, str, str]:
    """Call ``main`` with these arguments and only these MINICHAT_ variables; exit status, output, errors.

    What it writes goes to the real descriptors 1 and 2, so these are what is caught.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINICHAT_")}
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(2)]
        for fd, standard in ((1, sys.stdout), (2, sys.stderr)):
            standard.flush()
            copy = os.dup(fd)
            stack.callback(os.close, copy)
            stack.callback(os.dup2, copy, fd)
            os.dup2(files[fd - 1].fileno(), fd)
        stack.enter_context(mock.patch.dict(os.environ, {**kept, **variables}, clear=True))
        try:
            status = main(list(arguments))
        except SystemExit as end:
            assert isinstance(end.code, int)
            status = end.code
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
        output, errors = (_content(file).decode() for file in files)
    return status, output, errors


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
