"""The server of a chaos run."""

from __future__ import annotations

from pathlib import Path
from typing import List

from chaotic.texts import Violation
from tests.program import ServerProcess
from tests.support import DidNotCome


class Server(ServerProcess):
    """The process of the server, and what the system knows about it."""

    def __init__(self, command: List[str], options: List[str], folder: Path) -> None:
        """Start the server; raise Violation if it does not say its port."""
        try:
            super().__init__(*options, how=command, interpreter=(), folder=folder)
        except DidNotCome as error:
            raise Violation(f"the server did not start: {error}") from None
        self.has_proc = self.open_files() > 0
