"""One run of the program: it grades one server or a class, and leaves nothing behind, however it ends."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from grading import export, report, rubric
from grading.folder import Class, Student, command_of, write
from grading.grader import Grade, Grader
from grading.launcher import Launcher
from grading.outcome import Verdict
from grading.process import Bounds
from grading.reasons import shown
from grading.script import Play
from grading.strict import to_the_letter
from grading.texts import pick
from minichat.cli.messages import decimal, filled
from minichat.net.reactor import Reactor

PASSED, FAILED, NOT_GRADED = 0, 1, 2


class Session:
    """What the command line asked for, being done."""

    def __init__(self, values: argparse.Namespace, points: rubric.Rubric) -> None:
        self._values, self._rubric = values, points
        self._shows = sys.stderr.isatty()

    def one(self) -> int:
        """Grade the server of the command line; return the exit status."""
        grade, score = self._grade(self._values.command, self._values.folder, "")
        self._show("")
        values = self._values
        if "-" not in (values.json, values.junit, values.csv, values.page):  # a program reads what goes there
            for line in report.table(grade, score, values.lang):
                print(line)
        name = " ".join(self._values.command)
        entry = export.document(name, grade, score, self._values.lang)
        self._export(entry, report.page(name, grade, score, self._values.lang))
        return self._status(grade)

    def a_class(self) -> int:
        """Grade each sub-folder; return the exit status.  Raises OSError if the results cannot be written."""
        values = self._values
        told = [values.lang, values.strict, values.port, values.input, values.only, sorted(self._rubric.items())]
        work = Class(values.all, values.out, repr(told))
        entries: List[Dict[str, Any]] = []
        for number, student in enumerate(work.students, 1):
            entry = work.done(student)
            if entry is None:
                entry, page = self._student(student, f"{number}/{len(work.students)} {shown(student.name)}")
                work.keep(student, entry, page)
            entries.append(entry)
            work.keep_sheet(export.sheet(entries))
            self._show("")
            what = entry["why"] or decimal(f"{entry['percent']:g} %", values.lang)
            print(f"{number}/{len(work.students)} {entry['name']}: {what}", flush=True)
        text = pick(("{count:linha/linhas} em {file}", "{count:row/rows} in {file}"), values.lang)
        fields: Dict[str, object] = {"count": len(entries), "file": work.keep_sheet(export.sheet(entries))}
        print(filled(text, values.lang, fields))
        return self._status_of(entries)

    def _student(self, student: Student, progress: str) -> Tuple[Dict[str, Any], str]:
        """Grade one student; whatever is wrong with the work, there is a document."""
        try:
            command = command_of(student)
            trouble = "" if command else "no_server"
        except (OSError, ValueError):
            command, trouble = None, "bad_command"
        if command is None:
            grade, score = Grade([], trouble=trouble), rubric.Score(0.0, 0.0)
        else:
            grade, score = self._grade(command, str(student.path), progress + " ")
        lang = self._values.lang
        return export.document(student.name, grade, score, lang), report.page(student.name, grade, score, lang)

    def _grade(self, command: Sequence[str], folder: str, progress: str) -> Tuple[Grade, rubric.Score]:
        values = self._values
        reactor = Reactor()
        bounds = Bounds(memory_bytes=values.memory << 20)
        launcher = Launcher(reactor, command, folder, values.port, values.input, bounds)
        play = Play(reactor)
        try:
            grade = play.run(Grader(play, launcher, lambda text: self._show(progress + text), values.only).run())
        finally:
            launcher.close()
            reactor.close()
        if values.strict and grade.dialect is not None:
            grade = grade._replace(results=to_the_letter(grade.results, grade.dialect))
        return grade, rubric.score(grade.results, self._rubric, values.strict)

    def _show(self, text: str) -> None:
        """Show what is done now, in a line that the next one takes the place of; on a terminal only."""
        if self._shows:
            room = min(70, shutil.get_terminal_size().columns - 1)
            print(f"\r\033[K{text[:room]}", end="", file=sys.stderr, flush=True)

    def _export(self, entry: Dict[str, Any], page: str) -> None:
        values = self._values
        made: List[Tuple[Optional[str], str]] = [
            (values.json, json.dumps(entry, indent=1, ensure_ascii=False) + "\n"),
            (values.junit, export.junit(entry, values.strict) + "\n"),
            (values.csv, export.sheet([entry])),
            (values.page, page),
        ]
        for file, text in made:
            if file == "-":
                print(text, end="")
            elif file:
                write(Path(file), text)

    def _status(self, grade: Grade) -> int:
        bad = {Verdict.FAIL, Verdict.WORDING} if self._values.strict else {Verdict.FAIL}
        if not grade.is_graded:
            return NOT_GRADED
        return FAILED if any(result.verdict in bad for result in grade.results) else PASSED

    def _status_of(self, entries: List[Dict[str, Any]]) -> int:
        bad = ("fail", "wording") if self._values.strict else ("fail",)
        if any(entry["trouble"] for entry in entries):
            return NOT_GRADED
        return FAILED if any(case["verdict"] in bad for entry in entries for case in entry["cases"]) else PASSED
