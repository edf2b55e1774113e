"""The letter of the assignment: what works, but is typed in another way, is other wording too."""

from __future__ import annotations

from typing import Dict, List, Tuple

from grading.case import Result
from grading.dialect import Dialect
from grading.outcome import Verdict

# The cases that are judged, and the fields of a dialect that must be those of the assignment.
_FORMS: Dict[str, Tuple[str, ...]] = {
    "broadcast": ("nick", "say"), "direct": ("direct",), "who": ("who",), "quit": ("quit",),
}  # fmt: skip


def to_the_letter(results: List[Result], dialect: Dialect) -> List[Result]:
    """Return ``results`` with other wording where a case passed in another form."""
    return [_strict(result, dialect) for result in results]


def _strict(result: Result, dialect: Dialect) -> Result:
    if result.verdict is not Verdict.PASS:
        return result
    for name in _FORMS.get(result.case, ()):
        form, expected = getattr(dialect, name).pattern, getattr(Dialect(), name).pattern
        if form != expected:
            fields = {"form": form, "expected": expected}
            return result._replace(verdict=Verdict.WORDING, key="other_form", fields=fields)
    return result
