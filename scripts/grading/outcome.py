"""What can come of a case: a verdict, and the exceptions that end a case with one."""

from __future__ import annotations

import enum
from typing import Dict, FrozenSet


class Verdict(enum.Enum):
    """What came of a case."""

    PASS = "pass"
    FAIL = "fail"
    WORDING = "wording"  # it works, in other words than those of the assignment
    NA = "na"  # not applicable


GRADER_FAULT = "grader_fault"  # the key of what was no fault of the server


def bad_verdicts(is_strict: bool) -> FrozenSet[Verdict]:
    """Return the verdicts that are failures."""
    return frozenset({Verdict.FAIL, Verdict.WORDING} if is_strict else {Verdict.FAIL})


class Outcome(Exception):
    """Ends a case with a verdict that is not PASS; ``key`` names the text that says why."""

    verdict = Verdict.FAIL

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields: Dict[str, object] = fields


class Failed(Outcome):
    """What is right did not happen."""


class OtherWording(Outcome):
    """What is right happened, in other words."""

    verdict = Verdict.WORDING


class NotApplicable(Outcome):
    """The case says nothing about this server."""

    verdict = Verdict.NA
