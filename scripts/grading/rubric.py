"""The rubric: how many points each case is worth, in a small table that a teacher can change."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, NamedTuple

from grading.case import Result
from grading.catalogue import CASES
from grading.outcome import Verdict
from grading.texts import CASES as TEXTS
from grading.texts import pick

# Four tenths for the assignment, the rest for what keeps a server alive.
POINTS = {
    "assignment": 8.0, "chat": 3.0, "framing": 3.0, "bytes": 3.0, "ends": 3.0, "door": 1.5, "load": 4.0, "process": 2.0,
}  # fmt: skip
_HEADING = ("# caso, pontos, pontos se funciona com outro texto", "# case, points, points if it works in other words")
MOST_POINTS = 1000.0


class WrongRubric(Exception):
    """A line of a rubric cannot be read; ``key`` names the text that says why."""

    def __init__(self, where: str, key: str) -> None:
        super().__init__(where)
        self.where, self.key = where, key


class Points(NamedTuple):
    """What a case is worth."""

    works: float
    other_wording: float


class Score(NamedTuple):
    """Points of one server."""

    got: float
    possible: float  # of the cases that apply

    @property
    def percent(self) -> float:
        """The share of the points, of 100."""
        return 100 * self.got / self.possible if self.possible else 0.0


Rubric = Dict[str, Points]
DEFAULT: Rubric = {case.name: Points(POINTS[case.family], POINTS[case.family]) for case in CASES}


def read(path: str) -> Rubric:
    """Read a rubric; a case that it does not name is worth nothing.  Raises WrongRubric or OSError."""
    rubric = {case.name: Points(0.0, 0.0) for case in CASES}
    seen = set()
    for number, line in enumerate(Path(path).read_text("utf-8-sig").splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            name, *numbers = words
            points = [_points(text) for text in numbers]
            if name not in rubric or len(points) not in (1, 2) or points[-1] > points[0]:
                raise ValueError(name)
        except ValueError as error:
            key = "rubric_points" if words[0] in rubric else "rubric_case"
            raise WrongRubric(f"{path}:{number}: {line.strip()}", key) from error
        if name in seen:
            raise WrongRubric(f"{path}:{number}: {line.strip()}", "rubric_twice")
        seen.add(name)
        rubric[name] = Points(points[0], points[-1])
    if not any(points.works for points in rubric.values()):
        raise WrongRubric(path, "rubric_empty")
    return rubric


def _points(text: str) -> float:
    value = float(text.replace(",", "."))
    if not 0 <= value <= MOST_POINTS:
        raise ValueError(text)
    return value


def table(language: str) -> str:
    """Return the default rubric as a file to change."""
    lines: List[str] = [pick(_HEADING, language)]
    for case in CASES:
        points, title = DEFAULT[case.name], pick(TEXTS[case.name][0], language)
        lines.append(f"{case.name:26}{points.works:6g}{points.other_wording:6g}   # {title}")
    return "\n".join(lines) + "\n"


def score(results: List[Result], rubric: Rubric, is_strict: bool = False) -> Score:
    """Add up the points; a case that does not apply counts neither way, unless it only waits for a text to come."""
    got = possible = 0.0
    for result in results:
        points = rubric[result.case]
        if result.verdict is Verdict.NA and result.key != "no_text":
            continue
        possible += points.works
        if result.verdict is Verdict.PASS:
            got += points.works
        elif result.verdict is Verdict.WORDING and not is_strict:
            got += points.other_wording
    return Score(got, possible)
