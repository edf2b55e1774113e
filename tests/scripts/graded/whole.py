"""Every server that the grader is tried on, graded: failed for its fault, and for nothing else.

    python3 -m unittest tests.scripts.graded.whole
    python3 -m tests.scripts.graded.whole RUNS [NAME ...]     several runs must agree; all cases, also the long ones

scripts/check runs the first.  There, on a faulty server only the cases of the assignment
and of the families that its faults are in are played, on one with an odd start those of
the assignment and of starts and ends, and on most not the two that take long.  The suite
has a smoke (test_grade beside this folder).
"""

from __future__ import annotations

import json
import os
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Dict, FrozenSet, Iterator, List, Tuple

from tests.ending import end_with
from tests.program import PYTHON, run_program
from tests.scripts.graded.checks import HERE
from tests.scripts.graded.faulty import DIALECTS, FAULTS, MAY, ODD, SERVERS, UNGRADABLE
from tests.scripts.graded.table import ALL_CASES, CASES, PLAIN, Dialect, cases
from tests.support import PATIENCE_SECONDS

LONG = frozenset({"slow_reader", "endless_line"})
MOST_TOLD = 2000  # characters about one wrong verdict
GRADE_SECONDS = 15 * PATIENCE_SECONDS
AT_ONCE = 3 * (os.cpu_count() or 2)  # most of the time is waited
MINICHAT = "minichat"

Document = Dict[str, Any]

# Where one fault could be told in several ways: the server, the case, and the key of the reason.
REASONS = (
    ("sendall_to_all", "slow_reader", "stalled"),  # it goes on when the slow one reads
    ("stops", "slow_reader", "stuck"),  # it does not
    ("leave_untold", "reset", "only_not_told"),  # the rest was looked at, and is right
    ("leave_untold", "silent_end", "only_not_told"),
    ("ghost", "silent_end", "ghost"),
    ("nick_not_freed", "silent_end", "nick_not_free"),
    ("cr_in_commands", "crlf", "cr_in_command"),
    ("cr_kept", "crlf", "cannot_join"),  # nicks of letters only
    ("crlf_doubled", "crlf", "cr_in_text"),
    ("short_lines", "long_line", "refused"),
    ("crawls", "slow_reader", "crawls"),
    ("who_of_others", "who", "not_in_who"),  # the list that there is
    ("first_word_only", "direct", "changed"),
    ("small_letters", "broadcast", "changed"),
    ("confirms_anyway", "no_such_user", "told_as_sent"),
    ("waits_for_clients", "interrupt", "waits_for_clients"),
    ("no_direct", "direct", "direct_is_text"),
    ("direct_unknown", "direct", "no_direct_form"),
    ("echo_only_of_all", "no_such_user", "direct_is_text"),
    ("replaces_first", "nick_in_use", "ended"),
    ("replaces_first", "first_unharmed", "ended"),
    ("sendall_to_all_slowly", "slow_reader", "stalled"),
)


def cases_for(name: str) -> FrozenSet[str]:
    """Return the cases that the gate plays: all in each dialect, and otherwise those near what is wrong or odd."""
    if name in ("correct", MINICHAT):
        return ALL_CASES
    faults = cases(CASES["process"]) if name in ODD else FAULTS[name]
    if not faults:
        return ALL_CASES - LONG
    near = (cases(names) for family, names in CASES.items() if family == "assignment" or cases(names) & faults)
    return frozenset().union(*near) - LONG | faults


def grade(name: str, cases: FrozenSet[str]) -> Document:
    """Grade one server with some cases; return its document, with the exit status."""
    server = ("-m", "minichat.server") if name == MINICHAT else (f"{HERE}/faulty.py", name)
    options = () if cases == ALL_CASES else ("--only", ",".join(sorted(cases)))
    command = ("scripts/grade.py", "--lang", "en", "--json", "-", *options, "--", *PYTHON, *server)
    status, said, errors = run_program(*command, seconds=GRADE_SECONDS)
    assert said.startswith("{") and not errors, f"{name}: {status} {said[-500:]} {errors}"
    return {**json.loads(said), "status": status}


def complaints(name: str, document: Document, asked: FrozenSet[str]) -> Iterator[str]:
    """Yield what is wrong about the grade of a server, by the table; the cases ``asked`` were to be played."""
    if name in UNGRADABLE:
        if (document["status"], document["trouble"]) != (2, UNGRADABLE[name]):
            yield f"not {UNGRADABLE[name]}, but {document['trouble'] or 'graded'}"
        return
    fails, may = FAULTS.get(name, frozenset()), MAY.get(name, frozenset())
    spoken = DIALECTS.get(name, PLAIN)
    found = {case["case"]: case for case in document["cases"]}
    if not document["trouble"] and set(found) != asked:
        yield f"played or not, against what was asked: {', '.join(sorted(asked ^ set(found)))}"
    if document["trouble"]:
        yield f"not graded: {document['trouble']} {document['output']}"
    for case, entry in found.items():
        told = f"{case} is {entry['verdict']} ({entry['why']}; sent: {entry['sent']}; came: {entry['came']})"
        right = "fail" if case in fails else "wording" if case in spoken.wording else "pass"
        right_too = ("na", "pass") if case in spoken.na - fails else ()
        if entry["verdict"] not in (right, *right_too) and case not in may - fails:
            yield f"not {right}, but {told}"[:MOST_TOLD]
    if not document["trouble"] and document["status"] != int(any(c["verdict"] == "fail" for c in found.values())):
        yield f"exit status {document['status']}"
    if not fails and not document["trouble"]:
        yield from wrong_forms(spoken, document["dialect"])


def wrong_forms(spoken: Dialect, found: Document) -> Iterator[str]:
    """Yield what the probe has found otherwise than it is."""
    for form in ("nick", "say", "direct", "who", "quit"):
        if getattr(spoken, form).rstrip("\r\n") != found[form]:
            yield f"the form of {form} is {found[form]!r}, not {getattr(spoken, form)!r}"
    for field in ("has_echo", "has_header", "header_bytes"):
        if getattr(spoken, field) != found[field]:
            yield f"{field} is {found[field]}"
    if bool(spoken.first) != bool(found["greeting"].strip("'\"")):
        yield f"the greeting is {found['greeting']}"


def grade_all(names: List[str], is_whole: bool = False) -> Dict[str, Document]:
    """Grade several servers, some at the same time."""
    run_program(f"{HERE}/faulty.py")  # the servers find their modules compiled: a grader lets none write
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {name: pool.submit(grade, name, ALL_CASES if is_whole else cases_for(name)) for name in names}
        return {name: future.result() for name, future in asked.items()}


@unittest.skipUnless(sys.platform == "linux", "the cases that look at the processes need /proc")
class Whole(unittest.TestCase):
    """Every server once."""

    documents: ClassVar[Dict[str, Document]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.documents = grade_all([MINICHAT, *SERVERS])

    def test_each_server_is_failed_for_its_fault_and_nothing_else(self) -> None:
        for name, document in self.documents.items():
            with self.subTest(name):
                self.assertEqual(list(complaints(name, document, cases_for(name))), [])

    def test_where_no_dialect_fits_it_is_said_what_was_tried(self) -> None:
        document = self.documents["other_protocol"]
        self.assertEqual((document["trouble"], document["cases"]), ("unknown_dialect", []))
        self.assertIn("HTTP/1.1 400", json.dumps(document["attempts"]))
        self.assertIn("RuntimeError: no nick today", self.documents["raises_at_nick"]["output"])

    def test_of_several_reasons_it_is_the_right_one(self) -> None:
        for name, case, key in REASONS:
            with self.subTest(name, case=case):
                found = {case["case"]: case["key"] for case in self.documents[name]["cases"]}
                self.assertEqual(found[case], key)

    def test_each_failure_has_all_that_an_author_needs(self) -> None:
        for name, document in self.documents.items():
            for case in document["cases"]:
                if case["verdict"] == "fail" and case["key"] != "not_started_again":
                    with self.subTest(name, case=case["case"]):
                        for field in ("why", "right", "sent", "came", "by_hand", "module"):
                            self.assertTrue(case[field], field)


def verdicts(document: Document) -> Tuple[Tuple[str, str], ...]:
    """Return what must be the same in each run."""
    return (("", document["trouble"]), *((case["case"], case["verdict"]) for case in document["cases"]))


def main(runs: int, names: List[str]) -> int:
    """Grade everything several times; return 1 if a grade is wrong, or two runs differ."""
    seen: Dict[str, Any] = {}
    wrong = 0
    for run in range(1, runs + 1):
        for name, document in grade_all(names, is_whole=True).items():
            said = list(complaints(name, document, ALL_CASES))
            if seen.setdefault(name, verdicts(document)) != verdicts(document):
                said.append(f"differs from the first run: {set(verdicts(document)) ^ set(seen[name])}")
            wrong += bool(said)
            told = "; ".join(said) or "as it should be"
            print(f"run {run} {name:24} {document['seconds']:5.1f} s  {told}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    end_with("whole", lambda: main(int(sys.argv[1]), sys.argv[2:] or [MINICHAT, *SERVERS]))
