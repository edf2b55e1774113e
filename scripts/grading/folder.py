"""A whole class: one server in each sub-folder, a row and a page for each; what is done is not done again.

The names of the folders come from students.  They are shown with an escape for what is
not printable, and a file is named after them only with letters, digits and a few signs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import sys
import unicodedata
from itertools import islice
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from grading.launcher import PORT_IN_USE
from grading.outcome import GRADER_FAULT

SERVER, COMMAND = "server.py", "command"  # what is looked for in the folder of a student
SHEET = "grades.csv"
MOST_FILES, MOST_COMMAND_BYTES = 5000, 4096
MOST_TOLD = 12  # files of a folder that has no server
MOST_BYTES = 100  # of the name of a file
KEPT = " ._-"  # in it, beside letters and digits
_NOT_WORK = frozenset({"__pycache__", ".git", "node_modules", ".venv", "venv", "__MACOSX"})
# What the machine lacked, or another program had, may be there the next time.
_OF_THE_MACHINE = frozenset({"no_command", PORT_IN_USE})


class NoStudents(Exception):
    """A folder has no sub-folder."""


class Student(NamedTuple):
    """The folder of one student."""

    name: str
    path: Path

    @property
    def file_name(self) -> str:
        """A name for files that belongs to this folder only, and to no other place."""
        name = unicodedata.normalize("NFC", self.name)
        plain = "".join(c if c.isalnum() or c in KEPT else "_" for c in name).lstrip(".-")
        short = plain.encode()[:MOST_BYTES].decode("utf-8", "ignore").strip()
        if short == self.name:
            return short
        digest = hashlib.sha256(os.fsencode(self.name)).hexdigest()[:8]
        return f"{short}~{digest}"


def students(folder: str) -> List[Student]:
    """Return the sub-folders, in the order of their names; links, which may lead anywhere, are left out."""
    with os.scandir(folder) as entries:
        found = [Student(entry.name, Path(entry.path)) for entry in entries if entry.is_dir(follow_symlinks=False)]
    found = [student for student in found if not student.name.startswith(".") and student.name not in _NOT_WORK]
    return sorted(found, key=lambda student: student.name)


def command_of(student: Student) -> Optional[List[str]]:
    """Return the command of a student: the first line of the file ``command``, or server.py; None if there is none.

    Raises ValueError or OSError if the file cannot be read as a command.
    """
    file = student.path / COMMAND
    if _is_own(file):
        with open(file, "rb") as stream:
            text = stream.read(MOST_COMMAND_BYTES).decode("utf-8-sig")
        words = shlex.split(next((line for line in text.splitlines() if line.strip()), ""))
        if not words:
            raise ValueError
        return words
    return [sys.executable, SERVER] if _is_own(student.path / SERVER) else None


def files(student: Student) -> List[str]:
    """Return what is in the folder of a student, the first few files: one of them may be the server."""
    return sorted(path for path, _, _ in islice(_files(student.path), MOST_FILES))[:MOST_TOLD]


def _is_own(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def digest(student: Student, options: str) -> str:
    """Return what changes when the work of a student, or how it is graded, changes."""
    state = hashlib.sha256(options.encode())
    for number, (path, size, at) in enumerate(sorted(_files(student.path))):
        if number >= MOST_FILES:
            break
        state.update(os.fsencode(path) + f"\0{size}\0{at}\0".encode())
    return state.hexdigest()


def _files(path: Path) -> Iterator[Tuple[str, int, int]]:
    for folder, names, files in os.walk(path):
        names[:] = [name for name in names if name not in _NOT_WORK]
        for name in files:
            try:
                status = os.lstat(os.path.join(folder, name))
            except OSError:
                continue
            yield os.path.relpath(os.path.join(folder, name), path), status.st_size, status.st_mtime_ns


class Class:
    """The results of a class, in one folder."""

    def __init__(self, folder: str, out: str, options: str) -> None:
        """Grade the sub-folders of ``folder`` into ``out``; ``options`` tell how.  Raises OSError or NoStudents."""
        self.students = [student for student in students(folder) if student.path.resolve() != Path(out).resolve()]
        if not self.students:
            raise NoStudents(folder)
        self._out, self._options = Path(out), options
        self._out.mkdir(parents=True, exist_ok=True)

    def page(self, student: Student) -> str:
        """Return the page of a student who is done.  Raises OSError."""
        return (self._out / f"{student.file_name}.md").read_text("utf-8")

    def has_others(self) -> bool:
        """Return True if there are results that were made with other options."""
        found = (self._entry(student).get("options") for student in self.students)
        return any(options not in (None, self._options) for options in found)

    def done(self, student: Student) -> Optional[Dict[str, Any]]:
        """Return the document of a student that was graded before, and has changed nothing since."""
        entry = self._entry(student)
        try:
            is_whole = bool(entry["cases"] or entry["trouble"]) and entry["trouble"] not in _OF_THE_MACHINE
            is_whole = is_whole and all(case["key"] not in (GRADER_FAULT, PORT_IN_USE) for case in entry["cases"])
            del entry["options"]  # they are in the digest, too
            is_same = entry.pop("digest") == digest(student, self._options)
            return entry if is_whole and is_same and self.page(student) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _entry(self, student: Student) -> Dict[str, Any]:
        """Return what was written about a student; nothing if that cannot be read."""
        try:
            return dict(json.loads((self._out / f"{student.file_name}.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    def keep(self, student: Student, entry: Dict[str, Any], page: str) -> None:
        """Write the page of a student, then the document, which says that all is there.  Raises OSError."""
        write(self._out / f"{student.file_name}.md", page)
        # Taken after the run: a server may have written a log of its own.
        entry = {**entry, "digest": digest(student, self._options), "options": self._options}
        write(self._out / f"{student.file_name}.json", json.dumps(entry, indent=1, ensure_ascii=False))

    def keep_sheet(self, text: str) -> Path:
        """Write the table; return where.  Raises OSError."""
        write(self._out / SHEET, text)
        return self._out / SHEET


def write(file: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    part = file.with_name(f".{file.name}.part")
    try:
        with open(part, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        os.replace(part, file)
    except OSError:
        part.unlink(missing_ok=True)
        raise
