"""What a case is, and its result."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Tuple

from grading.outcome import Verdict
from grading.peer import Peer
from grading.script import Steps
from grading.stage import Stage


class Case(NamedTuple):
    """One case."""

    name: str
    family: str
    script: Callable[[Stage], Steps[None]]
    lab: int  # that explains it; 0 if none does
    module: str  # of minichat, where it is done right
    needs_text: bool = True  # it can only be judged where what is said reaches another person


class Result(NamedTuple):
    """The verdict on one case, with its evidence."""

    case: str
    verdict: Verdict
    key: str = ""  # of the text that says why
    fields: Dict[str, object] = {}
    peers: Tuple[Peer, ...] = ()
    seconds: float = 0.0
    printed: bytes = b""  # errors, by a server on which nobody else was, and which lives on
