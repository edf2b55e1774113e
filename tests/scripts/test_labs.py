"""The labs: each lesson shows, a screen at a time, and has its sheet to hand out.

python3 scripts/labs/run.py 1 --lang en
"""

from __future__ import annotations

import importlib
import inspect
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from minichat.cli.messages import LANGUAGES
from tests.program import Program, run_program
from tests.support import PATIENCE_SECONDS, ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from labs.lab import Lab
from labs.lessons import LABS, glued_lines, in_frames
from labs.screen import COLUMNS, FOOT_ROWS, ROWS

NUMBERS = tuple(LABS)
AT_ONCE = 4  # most of them wait most of the time
LAB_SECONDS = 3 * PATIENCE_SECONDS
SHOWN = {"pt": "A lição apareceu, e o rastro confere.", "en": "The lesson showed, and the trace is good."}
STEPS = {
    "pt": ("palpite", "o que acontece", "por quê", "para levar para casa"),
    "en": ("predict", "what happens", "why", "to take home"),
}

# A server that lets one person in, and has another idea of what its door for browsers says.
NONSENSE = """
import socket
for_nc, for_browsers = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
print("at :%d..." % for_nc.getsockname()[1])
print("at http://127.0.0.1:%d/" % for_browsers.getsockname()[1], flush=True)
person = for_nc.accept()[0]
person.recv(100)
person.sendall(b"OK bruno\\n")
browser = for_browsers.accept()[0]
browser.recv(1000)
browser.sendall(b"HTTP/1.1 500 no\\r\\n\\r\\n")
browser.recv(100)
"""


class Play(NamedTuple):
    """One run of a lab."""

    number: int
    language: str
    is_changed: bool = False  # with the other value of its knob

    def arguments(self) -> List[str]:
        """Return its command line, as the lab itself prints it, without ENTER."""
        command = LABS[self.number].command(self.language, is_changed=self.is_changed)
        return [*command.split()[2:], "--yes", "--lang", self.language]


def start(*arguments: str, variables: Optional[Dict[str, str]] = None) -> Program:
    """``run.py`` with these arguments, under way."""
    variables = {"PYTHONIOENCODING": "utf-8", **(variables or {})}
    return Program("scripts/labs/run.py", *arguments, stdin=subprocess.DEVNULL, variables=variables)


def run(*arguments: str, variables: Optional[Dict[str, str]] = None) -> Tuple[int, str, str]:
    """The same to its end: exit status and what it printed."""
    with start(*arguments, variables=variables) as program:
        return program.finish(LAB_SECONDS)


def screens(output: str) -> Dict[str, List[str]]:
    """Return the rows of each screen of a lab, by the title after that of the lab."""
    found: Dict[str, List[str]] = {}
    for row in output.splitlines():
        if row.startswith("=== Lab ") and row.endswith(" ==="):
            title = row[:-4].partition(" | ")[2]
            assert title not in found, title
            found[title] = []
        if found:
            found[title].append(row)
    return found


class ScreenCase(unittest.TestCase):
    def check_screens_fit(self, output: str) -> None:
        """Assert that no screen of a lab has too many rows or columns, with the prompt below it."""
        for title, rows in screens(output).items():
            while rows and not rows[-1]:
                rows.pop()
            self.assertLessEqual(len(rows) + FOOT_ROWS, ROWS, "\n".join(rows))
            for row in rows:
                self.assertLessEqual(len(row), COLUMNS, (title, row))


class Labs(ScreenCase):
    """What holds for every lab that was played."""

    runs: Dict[Play, Tuple[int, str, str]]

    @classmethod
    def play(cls, *plays: Play) -> None:
        """Play these, some at a time."""
        cls.runs = {}
        for first in range(0, len(plays), AT_ONCE):
            some = plays[first : first + AT_ONCE]
            running = [start(*play.arguments()) for play in some]
            for program in running:
                cls.addClassCleanup(program.__exit__)
            cls.runs.update(zip(some, (program.finish(LAB_SECONDS) for program in running)))

    def check_every_lesson_shows_and_every_trace_is_good(self) -> None:
        """Assert that they all ended so; with a changed value, a lesson need not show."""
        for play, (status, output, errors) in self.runs.items():
            with self.subTest(play):
                self.assertEqual((status, errors), (0, ""), output)
                if not play.is_changed:
                    self.assertEqual(output.splitlines()[-1], SHOWN[play.language])

    def check_every_screen_fits_a_small_terminal(self) -> None:
        """Assert that no screen has too many rows or columns, and that the steps come in their order."""
        for play, (_, output, _) in self.runs.items():
            with self.subTest(play):
                self.check_screens_fit(output)
                titles, steps = list(screens(output)), STEPS[play.language]
                self.assertEqual((*titles[:2], *titles[-2:]), steps)

    def check_what_a_lesson_is_about_is_marked(self) -> None:
        """Assert that a line of the trace is marked, and repeated above its explanation."""
        for play, (_, output, _) in self.runs.items():
            if not play.is_changed:
                found = screens(output)
                marked = [row for row in found[STEPS[play.language][2]] if row.startswith("==> ")]
                self.assertTrue(marked, play)
                self.assertIn(marked[0], [row for title in found for row in found[title]])


@unittest.skipIf(sys.platform == "win32", "the labs stop and continue processes")
class Smoke(Labs):
    """Some of the quick ones; all are in tests/scripts/whole.py, which scripts/check runs."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.play(Play(2, "pt"), Play(3, "en"), Play(3, "pt", is_changed=True), Play(9, "en", is_changed=True),
                 Play(13, "en"), Play(13, "pt", is_changed=True))  # fmt: skip

    def test_every_lesson_shows_and_every_trace_is_good(self) -> None:
        self.check_every_lesson_shows_and_every_trace_is_good()

    def test_every_screen_fits_a_small_terminal(self) -> None:
        self.check_every_screen_fits_a_small_terminal()

    def test_what_a_lesson_is_about_is_marked(self) -> None:
        self.check_what_a_lesson_is_about_is_marked()

    def test_a_changed_value_tells_what_is_not_as_before(self) -> None:
        _, output, _ = self.runs[Play(3, "pt", is_changed=True)]
        told = "Diferente de antes; desta vez não houve: um envio que o kernel não aceitou"
        self.assertIn(told, screens(output)["o que acontece"])
        self.assertEqual(output.splitlines()[-1], "Com --sndbuf 65536: compare com o seu palpite. O rastro confere.")

    def test_frames_and_reads_end_apart_but_the_line_is_the_same(self) -> None:
        for play, reads in ((Play(13, "en"), 1), (Play(13, "pt", is_changed=True), 5)):
            output = self.runs[play][1]
            found = screens(output)
            first, second = found[STEPS[play.language][1]], found["in frames" if play.language == "en" else "em frames"]
            self.assertEqual(sum(" < ana " in row for row in second), reads, output)
            self.assertEqual([row.split()[3:5] for row in second if " frame " in row and row.startswith("==>")],
                             [["frame", "text"], ["frame", "ping"], ["frame", "continuation"]])  # fmt: skip
            lines = [row for row in (*first, *second) if row.endswith('"ação"')]
            self.assertEqual(len(lines), 2, output)
            for row in lines:
                self.assertRegex(row, r"^==> .* (de|of) 7 ")
            self.assertNotIn("Diferente de antes", output)

    def test_all_lines_are_shown_when_asked_for(self) -> None:
        less, every = self.runs[Play(2, "pt")][1], run("2", "--yes", "--all")[1]
        self.assertIn("linhas a menos aqui", less)
        self.assertNotIn("a menos aqui", every)
        self.assertEqual(every.count("recv 1/1 "), len(glued_lines.DATA))

    def test_a_lesson_that_does_not_show_is_told_and_status_1(self) -> None:
        code = (
            "import sys; sys.path.insert(0, 'scripts'); from labs import run; from labs.lessons import half_a_line\n"
            "half_a_line.pieces_of = lambda line, count: [line]\n"
            "half_a_line.after_joins = lambda events: events\n"
            "sys.exit(run.main(['1', '--yes']))"
        )
        status, output, errors = run_program("-c", code, seconds=LAB_SECONDS, variables={"PYTHONIOENCODING": "utf-8"})
        self.assertEqual(status, 1, output + errors)
        self.assertRegex(errors, r"\AA lição não apareceu: leituras de [^\n]+\n\Z")

    def test_a_server_that_answers_nonsense_is_told_and_status_1(self) -> None:
        code = (
            "import sys; sys.path.insert(0, 'scripts'); from labs import run, stage\n"
            f"stage.SERVER = ['-c', {NONSENSE!r}]\n"
            "sys.exit(run.main(['13', '--yes']))"
        )
        status, output, errors = run_program("-c", code, seconds=LAB_SECONDS, variables={"PYTHONIOENCODING": "utf-8"})
        self.assertEqual(status, 1, output + errors)
        self.assertRegex(errors, r"\AA lição não apareceu: [^\n]*HTTP/1.1 500 no[^\n]*\n\Z")


@unittest.skipIf(sys.platform == "win32", "a matter of POSIX signals and shells")
class BadLuck(unittest.TestCase):
    def test_whatever_ends_it_nothing_that_it_started_is_left(self) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(number), tempfile.TemporaryDirectory() as folder:
                program = start("7", "--yes", variables={"TMPDIR": folder})
                self.addCleanup(program.__exit__)
                program.output.until("→")  # there is a server now
                self.assertNotEqual(list(Path(folder).iterdir()), [])
                program.kill(number)
                status, _, errors = program.finish()
                self.assertEqual((status, errors), (128 + number, ""))
                self.assertEqual(list(Path(folder).iterdir()), [])

    def check_told(self, command: str, status: int, told: str) -> None:
        """Assert what a shell sees of ``run.py``: its status, and one line or nothing on standard error."""
        command = f"set -o pipefail; {command.replace('run.py', f'{sys.executable} scripts/labs/run.py')}"
        variables = {"PYTHONIOENCODING": "latin-1"}  # which has no arrows
        with Program("bash", "-c", command, interpreter=(), stdin=subprocess.DEVNULL, variables=variables) as shell:
            shell.output.encoding = shell.errors.encoding = "latin-1"
            ended, _, errors = shell.finish(LAB_SECONDS)
        self.assertEqual(ended, status, errors)
        self.assertRegex(errors, rf"\A{told}\Z")

    def test_a_reader_who_has_seen_enough_is_no_error(self) -> None:
        self.check_told("run.py 1 --yes | head -1", 0, "")
        self.check_told("run.py | true", 0, "")

    def test_where_no_lab_can_run_it_says_so_in_one_line(self) -> None:
        code = (
            "import sys; sys.path.insert(0, 'scripts'); from labs import run\n"
            "sys.platform = 'win32'\n"
            "sys.exit(run.main(['1', '--yes']))"
        )
        told = "os labs param e continuam processos: rode-os no Linux, no macOS ou no WSL\n"
        self.assertEqual(run_program("-c", code, variables={"PYTHONIOENCODING": "utf-8"}), (1, "", told))

    def test_what_cannot_be_written_is_told_in_one_line(self) -> None:
        self.check_told("run.py --pages /dev/null", 1, "não é possível escrever em /dev/null: [^\n]+\n")
        if Path("/dev/full").exists():
            self.check_told("run.py >/dev/full", 1, "não é possível escrever em stdout: [^\n]+\n")

    def test_without_an_input_it_asks_nobody(self) -> None:
        self.check_told("run.py 2 --lang en <&-", 0, "")


class Texts(ScreenCase):
    """What can be said of the lessons without playing them."""

    def each(self) -> List[Tuple[Lab, str]]:
        """Return every lab with every language."""
        return [(lab, language) for lab in LABS.values() for language in LANGUAGES]

    def test_the_labs_are_numbered_from_one(self) -> None:
        self.assertEqual(list(LABS), list(range(1, 14)))

    def test_every_lab_names_a_function_that_exists(self) -> None:
        for lab in LABS.values():
            self.assertTrue(lab.homes, lab.number)
            for home in lab.homes:
                found: Any = importlib.import_module(home.file[: -len(".py")].replace("/", "."))
                for name in home.name.split("."):
                    found = getattr(found, name)
                self.assertTrue(inspect.isfunction(found), home)
                self.assertEqual(Path(inspect.getsourcefile(found) or ""), ROOT / home.file)

    def test_the_other_value_is_another_and_allowed(self) -> None:
        for lab in LABS.values():
            knob = lab.knob
            for value in (knob.default, knob.other):
                low, high = (knob.bounds[0], knob.bounds[-1])
                is_allowed = low <= value <= high if knob.is_number else value in knob.bounds  # type: ignore[operator]
                self.assertTrue(is_allowed, (lab.number, value))
            self.assertNotEqual(knob.default, knob.other)

    def test_screens_without_a_trace_fit_a_small_terminal(self) -> None:
        code = (
            "import sys; sys.path.insert(0, 'scripts'); from labs import run\n"
            "for number, lab in run.LABS.items(): run.LABS[number] = lab._replace(play=lambda stage: None)\n"
            "for number, lab in run.LABS.items():\n"
            "    for language in ('pt', 'en'):\n"
            "        for value in (lab.knob.default, lab.knob.other):\n"
            "            run.main([str(number), '--yes', '--lang', language, f'--{lab.knob.flag}', str(value)])\n"
            "            print('<end>')\n"
        )
        status, output, errors = run_program("-c", code, seconds=LAB_SECONDS, variables={"PYTHONIOENCODING": "utf-8"})
        self.assertEqual((status, errors), (0, ""))
        runs = output.split("<end>\n")[:-1]
        self.assertEqual(len(runs), 4 * len(LABS))
        for shown in runs:
            self.check_screens_fit(shown)

    def test_no_frame_but_the_last_ends_where_a_read_of_five_does(self) -> None:
        ends = [sum(len(sent.data) for sent in in_frames.FRAMES[: count + 1]) for count in range(3)]
        self.assertEqual(ends, [8, 14, len(in_frames.DATA)])
        self.assertIn("8 e 14", LABS[13].knob.answer[0])
        self.assertEqual([end for end in ends if end % int(LABS[13].knob.other) == 0], [])

    def test_a_changed_value_stands_in_the_texts(self) -> None:
        for value, told in ((2.05, "dorme 2,05 s"), (2.0, "dorme 2 s"), (None, "dorme 2 s"), (10, "dorme 10 s")):
            self.assertIn(told, LABS[6].text("before", "pt", value))
        self.assertIn("--sndbuf 1048576.", LABS[3].text("action", "en", 1048576))

    def test_one_person_is_not_told_as_many(self) -> None:
        for number, value, told in (
            (1, 1, "em 1 pedaço,"), (1, 3, "em 3 pedaços,"), (4, 1, "1 pessoa está na conversa"),
            (4, 50, "50 pessoas estão na conversa"), (7, 1, "1 pessoa chama connect e envia duas linhas."),
            (7, 5, "5 pessoas chamam connect e enviam duas linhas cada uma."), (10, 1, "fala, 1 linha de cada vez"),
        ):  # fmt: skip
            self.assertIn(told, LABS[number].text("before", "pt", value))

    def test_names_of_faults_are_not_shown_to_people(self) -> None:
        for lab, language in self.each():
            said = " ".join(lab.text(key, language) for key in lab.texts._fields)
            for name in ("decodes_early", "decodes-early", "always-write", "sets-a-timer"):
                self.assertNotIn(name, said)


class Sheets(unittest.TestCase):
    def test_labs_are_listed(self) -> None:
        for language, title in (("pt", "o laço quente"), ("en", "the hot loop")):
            status, output, _ = run(variables={"MINICHAT_LANG": language})
            self.assertEqual((status, len(output.splitlines())), (0, len(LABS)))
            self.assertIn(f"  4  {title}\n", output)

    def test_what_is_wrong_is_told_in_one_line(self) -> None:
        for arguments, told in (
            (["14"], "não existe o lab 14; há de 1 a 13"),
            (["x"], "não existe o lab x; há de 1 a 13"),
            (["--pieces", "4"], "--pieces muda um lab; diga qual: python3 scripts/labs/run.py NÚMERO --pieces 4"),
            (["3", "--pieces", "4"], "o lab 3 não tem --pieces"),
            (["3", "--sndbuf", "1"], "--sndbuf deve ser um número inteiro de 2048 a 1048576, e não 1; veja "),
            (["6", "--sleep", "x"], "--sleep deve ser um número de 0.2 a 10, e não x; veja "),
            (["11", "--first", "bruno"], "--first deve ser um destes: server, client, e não bruno; veja "),
            (["--pages"], "--pages precisa de um valor; veja "),
            (["--sim"], "opção inválida: --sim; veja "),
            (["--lang", "fr"], "--lang deve ser um destes: pt, en, e não fr; veja "),
            (["--sim", "--lang", "en"], "wrong option: --sim; see "),
        ):
            status, output, errors = run(*arguments)
            self.assertEqual((status, output, errors.count("\n")), (2, "", 1), errors)
            self.assertTrue(errors.startswith(told), errors)

    def test_the_help_names_every_option_in_both_languages(self) -> None:
        for language, heading in (("pt", "uso: "), ("en", "usage: ")):
            status, output, _ = run("--help", "--lang", language)
            self.assertEqual((status, output[: len(heading)]), (0, heading))
            for option in ("--yes", "--all", "--lang", "--pages", *(f"--{lab.knob.flag} " for lab in LABS.values())):
                self.assertIn(option, output)
            self.assertLessEqual(max(map(len, output.splitlines())), 80)

    def test_answers_are_on_the_back_of_each_sheet(self) -> None:
        for language, heading, back, option in (
            ("pt", "## Antes: qual é o seu palpite?", "verso", ""),
            ("en", "## Before: what do you predict?", "back", " --lang en"),
        ):
            with tempfile.TemporaryDirectory() as folder:
                self.assertEqual(run("--pages", folder, "--lang", language)[0], 0)
                names = {path.name for path in Path(folder).iterdir()}
                self.assertEqual(names, {f"lab-{n:02}{end}.md" for n in LABS for end in ("", f"-{back}")})
                for number, lab in LABS.items():
                    front = Path(folder, f"lab-{number:02}.md").read_text("utf-8")
                    answers = Path(folder, f"lab-{number:02}-{back}.md").read_text("utf-8")
                    self.assertTrue(front.startswith(f"# Lab {number}: "), front)
                    self.assertIn(f"\n{heading}\n", front)
                    self.assertIn(f"\npython3 scripts/labs/run.py {number}{option}\n", front)
                    for key in ("explanation", "answer"):
                        self.assertNotIn(lab.text(key, language), front)
                        self.assertIn(lab.text(key, language), answers)


if __name__ == "__main__":
    unittest.main()
