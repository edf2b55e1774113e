"""The four cases of the assignment, in nc and as a demonstration; tests/wire.py has them over sockets."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import List, Tuple

from tests.program import Program, ServerProcess, run_program
from tests.support import PATIENCE_SECONDS, ROOT


def netcat() -> List[str]:
    """An nc that ends its sending at the end of its input (-N), or nothing."""
    nc = shutil.which("nc")
    if nc is None:
        return []
    _, output, errors = run_program(nc, "-h", interpreter=())
    usage = output + errors
    return [nc, "-N"] if "Shutdown the network socket" in usage else []


@unittest.skipUnless(netcat(), "no nc with -N here")
class WithNetcat(unittest.TestCase):
    """The same four cases, in nc's as students do it."""

    def setUp(self) -> None:
        self.server = ServerProcess()
        self.addCleanup(self.server.__exit__)

    def call(self, nick: str) -> Program:
        """An nc that has said this nick."""
        nc = Program(*netcat(), "127.0.0.1", str(self.server.port), interpreter=())
        self.addCleanup(nc.__exit__)
        nc.type(f"{nick}\n")
        return nc

    def test_the_four_cases(self) -> None:
        ana = self.call("ana")
        ana.output.expect("OK ana")
        bruno = self.call("bruno")
        bruno.output.expect("OK bruno")
        ana.output.expect("JOIN bruno")
        ana.type("Olá\n")
        ana.output.expect("FROM ana [all]: Olá")
        ana.type("@bruno oi\n")
        bruno.output.expect("FROM ana [all]: Olá", "FROM ana [dm]: oi")
        ana.type("@carlos tudo bem?\n")
        ana.output.expect("ERR user_not_found")
        carlos = self.call("ana")
        carlos.output.expect("ERR apelido_em_uso")
        carlos.end_input()  # nc itself goes on while its input is open
        self.assertEqual(carlos.output.rest(), "")
        ana.type("WHO\n")
        ana.output.expect("WHO 2 ana bruno")

    def test_a_script_gets_every_answer_and_then_the_end(self) -> None:
        nc = self.call("ana")
        nc.type("Olá\nWHO\n")
        nc.end_input()
        self.assertEqual(nc.output.rest(), "OK ana\nFROM ana [all]: Olá\nWHO 1 ana\n")


class Demonstration(unittest.TestCase):
    """``python3 scripts/demo.py`` says when all is well, and when not."""

    def play(self, root: Path, *options: str, language: str = "x") -> Tuple[int, str, str]:
        """Run the demo of that tree from somewhere else: status, output, errors."""
        script = str(root / "scripts" / "demo.py")
        variables = {"PYTHONPATH": "", "PYTHONIOENCODING": "utf-8", "MINICHAT_LANG": language}
        elsewhere = {"cwd": tempfile.gettempdir()}
        return run_program(script, *options, variables=variables, options=elsewhere, seconds=3 * PATIENCE_SECONDS)

    def copy(self, *parts: str) -> Path:
        """A copy of these parts of our tree."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for part in parts:
            shutil.copytree(ROOT / part, Path(folder.name, part), ignore=shutil.ignore_patterns("__pycache__"))
        return Path(folder.name)

    def test_it_plays_all_four_cases(self) -> None:
        status, output, errors = self.play(ROOT)
        self.assertEqual((status, errors), (0, ""))
        self.assertNotIn("DIFERENTE", output)
        self.assertEqual(output.count(": ok"), 3 + 3 + 3 + 4)
        self.assertLessEqual(max(map(len, output.split("\n"))), 80)

    def test_its_language_comes_from_the_environment_too(self) -> None:
        for language, told in (("en", "wrong option: --x; see "), ("pt", "opção inválida: --x; veja ")):
            status, output, errors = self.play(ROOT, "--x", language=language)
            self.assertEqual((status, output, errors[: len(told)]), (2, "", told))
        self.assertIn("The four cases of the assignment", self.play(ROOT, "--help", language="en")[1])

    def test_it_fails_when_a_server_answers_something_else(self) -> None:
        root = self.copy("minichat", "scripts", "tests")
        source = root / "minichat" / "chat" / "protocol.py"
        text = source.read_text("utf-8")
        broken = text.replace('USER_NOT_FOUND = "user_not_found"', 'USER_NOT_FOUND = "nobody"')
        self.assertNotEqual(text, broken)
        source.write_text(broken, "utf-8")
        status, output, _ = self.play(root)
        self.assertEqual(status, 1)
        self.assertEqual(output.count("DIFERENTE"), 1)
        self.assertIn("ERR nobody", output)

    def test_it_says_so_when_the_server_cannot_start(self) -> None:
        root = self.copy("minichat", "scripts", "tests")
        shutil.rmtree(root / "minichat" / "server")
        status, output, errors = self.play(root)
        self.assertEqual((status, output), (1, ""))
        self.assertIn("demo: o servidor não iniciou", errors)

    @unittest.skipUnless(os.path.isdir("/proc/self"), "no /proc to look at processes")
    def test_it_speaks_english_and_leaves_no_process_behind(self) -> None:
        root = self.copy("minichat", "scripts", "tests")  # its processes are known by this folder
        status, output, _ = self.play(root, "--lang", "en")
        self.assertEqual(status, 0)
        self.assertIn("ana types: Olá", output)
        self.assertEqual([pid for pid in os.listdir("/proc") if pid.isdigit() and self.is_from(pid, root)], [])

    def is_from(self, pid: str, root: Path) -> bool:
        """Whether that process works in ``root``."""
        try:
            return os.readlink(f"/proc/{pid}/cwd") == str(root.resolve())
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
