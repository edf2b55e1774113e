"""Bugs to plant, one at a time: the proof that the model can fail.

Each bug is a mistake that a programmer could make, or that this client has made.
It replaces a piece of the real code while a test runs.
"""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Dict, Iterator, List, Tuple
from unittest import mock

Patch = Tuple[Any, str, Any]  # the object, the name of its attribute, what to put there

BUGS: Dict[str, Callable[[], List[Patch]]] = {}


def plants(name: str) -> Callable[[Callable[[], List[Patch]]], Callable[[], List[Patch]]]:
    """Return a decorator that enters a bug into the table."""

    def enter(patches: Callable[[], List[Patch]]) -> Callable[[], List[Patch]]:
        BUGS[name] = patches
        return patches

    return enter


@contextlib.contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant the bug of that name, until the end of the ``with``."""
    with contextlib.ExitStack() as stack:
        for target, attribute, replacement in BUGS[name]():
            stack.enter_context(mock.patch.object(target, attribute, replacement))
        yield
