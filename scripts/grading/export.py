"""The report for programs: JSON, JUnit XML and a row of CSV.

What a server says and how a folder is called are data: nothing of it is markup, and
no cell of the table is a formula for a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from typing import Any, Dict, List
from xml.etree import ElementTree

from grading.catalogue import BY_NAME, CASES
from grading.evidence import evidence, quoted
from grading.grader import Grade
from grading.outcome import Verdict, bad_verdicts
from grading.reasons import reason, shown
from grading.rubric import Score

HEADINGS = ["name", "percent", "points", "possible", *(verdict.value for verdict in Verdict), "trouble", "seconds"]
_FORMULA = ("=", "+", "-", "@", "'")


def document(name: str, grade: Grade, score: Score, language: str) -> Dict[str, Any]:
    """Return everything about a grade, as JSON has it."""
    cases = []
    for result in grade.results:
        found = evidence(result, grade, language)._asdict()
        cases.append({
            "case": result.case, "family": BY_NAME[result.case].family, "verdict": result.verdict.value,
            "key": result.key, "seconds": round(result.seconds, 2), **found,
        })  # fmt: skip
    attempts = [{"sent": quoted(attempt.sent), "seen": quoted(attempt.seen)} for attempt in grade.attempts]
    return {
        "name": shown(name), "command": [shown(text) for text in grade.command], "trouble": grade.trouble,
        "why": reason(grade.trouble, {}, language) if grade.trouble else "",
        "output": shown(grade.output), "attempts": attempts, "dialect": _dialect(grade),
        "host": grade.host, "port": grade.port,
        "points": score.got, "possible": score.possible, "percent": round(score.percent, 1),
        "seconds": round(grade.seconds, 1), "cases": cases,
    }  # fmt: skip


def _dialect(grade: Grade) -> Dict[str, Any]:
    if grade.dialect is None:
        return {}
    shown_fields: Dict[str, Any] = {}
    for name, value in grade.dialect._asdict().items():
        shown_fields[name] = quoted(value) if isinstance(value, bytes) else getattr(value, "pattern", value)
    return shown_fields


def row(entry: Dict[str, Any]) -> List[str]:
    """Return the cells for one server, from its document."""
    verdicts = {case["case"]: case["verdict"] for case in entry["cases"]}
    counts = [str(sum(found == verdict.value for found in verdicts.values())) for verdict in Verdict]
    points = [f"{entry[key]:g}" for key in ("percent", "points", "possible")]
    own = [entry["name"], *points, *counts, entry["trouble"], f"{entry['seconds']:g}"]
    return [cell(text) for text in [*own, *(verdicts.get(case.name, "") for case in CASES)]]


def cell(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula.

    >>> cell("=1+1"), cell("ana")
    ("'=1+1", 'ana')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def sheet(entries: List[Dict[str, Any]]) -> str:
    """Return the table of several servers, as CSV."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow([*HEADINGS, *(case.name for case in CASES)])
    writer.writerows(row(entry) for entry in entries)
    return output.getvalue()


def junit(entries: List[Dict[str, Any]], is_strict: bool) -> str:
    """Return documents as JUnit XML: ``testsuites``, with a ``testsuite`` for each server."""
    root = ElementTree.Element("testsuites")
    root.extend(_suite(entry, is_strict) for entry in entries)
    return ElementTree.tostring(root, "unicode", xml_declaration=True)


def _suite(entry: Dict[str, Any], is_strict: bool) -> ElementTree.Element:
    bad = {verdict.value for verdict in bad_verdicts(is_strict)}
    cases = entry["cases"]
    suite = ElementTree.Element("testsuite", {
        "name": entry["name"], "tests": str(max(1, len(cases))), "time": str(entry["seconds"]),
        "failures": str(sum(case["verdict"] in bad for case in cases)), "errors": str(int(bool(entry["trouble"]))),
        "skipped": str(sum(case["verdict"] == "na" for case in cases)),
    })  # fmt: skip
    if entry["trouble"]:
        test = ElementTree.SubElement(suite, "testcase", {"name": "start", "classname": "grade"})
        ElementTree.SubElement(test, "error", {"message": entry["why"]}).text = entry["output"]
    for case in cases:
        told = {"name": case["case"], "classname": f"grade.{case['family']}", "time": str(case["seconds"])}
        test = ElementTree.SubElement(suite, "testcase", told)
        if case["verdict"] in bad:
            body = [case["title"], case["right"], *case["sent"], *case["came"], *case["by_hand"], case["lab"]]
            ElementTree.SubElement(test, "failure", {"message": case["why"]}).text = "\n".join(body)
        elif case["verdict"] == "na":
            ElementTree.SubElement(test, "skipped", {"message": case["why"]})
        elif case["verdict"] == "wording":
            ElementTree.SubElement(test, "system-out").text = case["why"]
    return suite
