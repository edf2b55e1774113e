"""One run of the program: it grades one server or a class, and leaves nothing behind, however it ends."""

from __future__ import annotations

import argparse
import errno
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from speaking import speak

from grading import export, report, rubric
from grading.case import Result
from grading.catalogue import BY_NAME
from grading.folder import Class, Student, command_of, files, write
from grading.grader import Grade, Grader
from grading.launcher import Launcher
from grading.outcome import GRADER_FAULT, Verdict, bad_verdicts
from grading.process import Bounds
from grading.reasons import shown
from grading.script import Play
from grading.strict import to_the_letter
from grading.texts import FAMILIES, pick
from grading.words import WORDS
from minichat.cli.messages import decimal, filled
from minichat.net.reactor import Reactor

PASSED, FAILED, NOT_GRADED = 0, 1, 2
RESERVED = 4  # times the memory that a server may use: threads have stacks, and other languages reserve much


class Session:
    """What the command line asked for, being done."""

    def __init__(self, values: argparse.Namespace, points: rubric.Rubric) -> None:
        self._values, self._rubric = values, points
        self._shows = sys.stderr.isatty()

    def one(self) -> int:
        """Grade the server of the command line; return the exit status.  Raises OSError if nothing can be written."""
        self._must_be_writable()
        grade, score = self._grade(self._values.command, self._values.folder or ".", "")
        self._show("")
        values = self._values
        if "-" not in (values.json, values.junit, values.csv, values.page):  # a program reads what goes there
            for line in report.table(grade, score, values.lang):
                print(line)
        name = " ".join(self._values.command)
        entry = export.document(name, grade, score, self._values.lang)
        self._export([entry], entry)
        if values.page:
            self._write(values.page, report.page(name, grade, score, values.lang))
        return self._status([entry])

    def a_class(self) -> int:
        """Grade each sub-folder; return the exit status.  Raises NoStudents, or OSError if nothing can be written."""
        self._must_be_writable()
        values = self._values
        told = [values.lang, values.strict, values.port, values.input, values.memory, values.only or list(BY_NAME)]
        work = Class(values.all, values.out, repr(told))
        tell = sys.stderr if "-" in (values.json, values.junit, values.csv) else sys.stdout
        if work.has_others():
            print(speak(WORDS, "again", values.lang, out=shown(values.out)), file=sys.stderr)
        found = {student: entry for student in work.students if (entry := self._known(work, student))}
        before = set(found)
        try:
            for number, student in enumerate(work.students, 1):
                if student not in found:
                    entry, page = self._student(student, f"{number}/{len(work.students)} {shown(student.name)} ")
                    work.keep(student, entry, page)
                    found[student] = entry
                entry = found[student]
                work.keep_sheet(export.sheet([found[other] for other in work.students if other in found]))
                self._show("")
                what = entry["why"] or decimal(f"{entry['percent']:g} %", values.lang)
                as_before = f" {speak(WORDS, 'was_done', values.lang)}" if student in before else ""
                print(f"{number}/{len(work.students)} {entry['name']}: {what}{as_before}", file=tell, flush=True)
        except KeyboardInterrupt:
            self._show("")
            written = sum(work.done(student) is not None for student in work.students)
            fields: Dict[str, object] = {"done": written, "all": len(work.students), "out": shown(values.out)}
            print(speak(WORDS, "interrupted", values.lang, **fields), end="", file=sys.stderr)
            raise
        entries = [found[student] for student in work.students]
        text = pick(("{count:linha/linhas} em {file}", "{count:row/rows} in {file}"), values.lang)
        fields = {"count": len(entries), "file": work.keep_sheet(export.sheet(entries))}
        print(filled(text, values.lang, fields), file=tell)
        self._export(entries, entries)
        return self._status(entries)

    def _known(self, work: Class, student: Student) -> Optional[Dict[str, Any]]:
        """Return the document of a student who was graded before, with the points of this rubric."""
        done = work.done(student)
        if done is None:
            return None
        entry, page = self._rescored(done, work.page(student))
        if entry != done:
            work.keep(student, entry, page)
        return entry

    def _rescored(self, entry: Dict[str, Any], page: str) -> Tuple[Dict[str, Any], str]:
        """Return a document and its page with the points of this rubric: for those nothing is played again."""
        results = [Result(case["case"], Verdict(case["verdict"]), case["key"]) for case in entry["cases"]]
        before, now = rubric.Score(entry["points"], entry["possible"]), self._score(results)
        old, new = (report.markdown(report.points(score, self._values.lang)) for score in (before, now))
        changed = {"points": now.got, "possible": now.possible, "percent": round(now.percent, 1)}
        return {**entry, **changed}, page.replace(old, new, 1)

    def _score(self, results: List[Result]) -> rubric.Score:
        return rubric.score(results, self._rubric, self._values.strict)

    def _student(self, student: Student, progress: str) -> Tuple[Dict[str, Any], str]:
        """Grade one student; whatever is wrong with the work, there is a document, and a page."""
        score = rubric.Score(0.0, 0.0)
        try:
            command = command_of(student)
        except (OSError, ValueError) as error:
            grade = Grade([], trouble="bad_command", output=str(error).encode())
        else:
            if command:
                grade, score = self._grade(command, str(student.path), progress)
            else:
                grade = Grade([], trouble="no_server", output=os.fsencode("\n".join(files(student))))
        lang = self._values.lang
        return export.document(student.name, grade, score, lang), report.page(student.name, grade, score, lang)

    def _grade(self, command: Sequence[str], folder: str, progress: str) -> Tuple[Grade, rubric.Score]:
        values = self._values
        reactor = Reactor()
        memory_bytes = values.memory << 20
        bounds = Bounds(memory_bytes, max(Bounds().data_bytes, RESERVED * memory_bytes))
        launcher = Launcher(reactor, command, folder, values.port, values.input, bounds)
        play = Play(reactor)
        try:
            grade = play.run(Grader(play, launcher, lambda text: self._note(progress, text), values.only).run())
        finally:
            launcher.close()
            reactor.close()
        if values.strict and grade.dialect is not None:
            grade = grade._replace(results=to_the_letter(grade.results, grade.dialect), is_strict=True)
        return grade, self._score(grade.results)

    def _show(self, text: str) -> None:
        """Show what is done now, in a line that the next one takes the place of; on a terminal only."""
        if self._shows:
            room = min(70, shutil.get_terminal_size().columns - 1)
            print(f"\r\033[K{text[:room]}", end="", file=sys.stderr, flush=True)

    def _note(self, progress: str, text: str) -> None:
        what, _, rest = text.partition(" ")
        told = pick(FAMILIES[what] if what in FAMILIES else WORDS[what], self._values.lang)
        self._show(f"{progress}{told} {rest}")

    def _must_be_writable(self) -> None:
        """Raise OSError if a file that is asked for can be none: before the work, and not after it."""
        values = self._values
        for file in (values.json, values.junit, values.csv, values.page):
            if file and file != "-" and not Path(file).parent.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(Path(file).parent))
            if file and Path(file).is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), file)

    def _export(self, entries: List[Dict[str, Any]], everything: object) -> None:
        values = self._values
        made: List[Tuple[Optional[str], str]] = [
            (values.json, json.dumps(everything, indent=1, ensure_ascii=False) + "\n"),
            (values.junit, export.junit(entries, values.strict) + "\n"),
            (values.csv, export.sheet(entries)),
        ]
        for file, text in made:
            if file:
                self._write(file, text)

    def _write(self, file: str, text: str) -> None:
        if file == "-":  # a program reads it: as it is in a file, whatever the terminal has
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode())
        else:
            write(Path(file), text)

    def _status(self, entries: List[Dict[str, Any]]) -> int:
        """Return the exit status; what the grader itself did wrong is no grade."""
        cases = [case for entry in entries for case in entry["cases"]]
        if any(entry["trouble"] for entry in entries) or any(case["key"] == GRADER_FAULT for case in cases):
            return NOT_GRADED
        bad = bad_verdicts(self._values.strict)
        return FAILED if any(Verdict(case["verdict"]) in bad for case in cases) else PASSED
