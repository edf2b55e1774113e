"""The four cases of the assignment, and how people come and go, on a real server."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import List, Tuple

from tests.peer import Peer
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


class OnePeerEach(unittest.TestCase):
    """Raw sockets: ana, bruno and duda are in, in this order."""

    def setUp(self) -> None:
        self.server = ServerProcess()
        self.addCleanup(self.server.__exit__)
        self.ana, self.bruno, self.duda = (self.join(nick) for nick in ("ana", "bruno", "duda"))
        self.ana.expect("JOIN bruno", "JOIN duda")
        self.bruno.expect("JOIN duda")

    def join(self, nick: str) -> Peer:
        """Somebody in the chat."""
        peer = Peer(self.server.port, nick)
        self.addCleanup(peer.close)
        return peer

    def check_hear_nothing_more(self, *peers: Peer) -> None:
        """The next that each gets is the answer to WHO: nothing stood before it.

        ana asks first.  What she said before is served by then, so that it
        would be heard before any answer to the others.
        """
        for peer in (self.ana, *peers):
            peer.send("WHO\n")
            peer.expect("WHO 3 ana bruno duda")

    def test_case_1_everyone_hears_ana_and_she_too(self) -> None:
        self.ana.send("Olá\n")
        for peer in (self.ana, self.bruno, self.duda):
            peer.expect("FROM ana [all]: Olá")
        self.check_hear_nothing_more(self.bruno, self.duda)

    def test_case_2_bruno_alone_hears_what_is_for_him(self) -> None:
        self.ana.send("@bruno oi\n")
        self.bruno.expect("FROM ana [dm]: oi")
        self.check_hear_nothing_more(self.bruno, self.duda)

    def test_case_3_ana_alone_is_told_that_there_is_no_carlos(self) -> None:
        self.ana.send("@carlos tudo bem?\n")
        self.ana.expect("ERR user_not_found")
        self.check_hear_nothing_more(self.bruno, self.duda)

    def test_case_4_a_second_ana_is_sent_away_and_the_first_notices_nothing(self) -> None:
        with Peer(self.server.port) as carlos:
            carlos.send("ana\n")
            self.assertEqual(carlos.rest(), "ERR apelido_em_uso\n")
        self.check_hear_nothing_more(self.bruno, self.duda)

    def test_the_server_says_nothing_until_spoken_to(self) -> None:
        with Peer(self.server.port) as carlos:
            self.check_hear_nothing_more()  # after it had time to say something
            carlos.send("carlos\n")
            carlos.expect("OK carlos")

    def test_who_comes_is_told_to_those_who_are_in(self) -> None:
        self.join("carlos")
        for peer in (self.ana, self.bruno, self.duda):
            peer.expect("JOIN carlos")

    def test_who_quits_reads_bye_and_the_others_leave(self) -> None:
        self.bruno.send("QUIT\n")
        self.assertEqual(self.bruno.rest(), "BYE\n")
        self.ana.expect("LEAVE bruno quit")
        self.duda.expect("LEAVE bruno quit")

    def test_who_vanishes_is_told_as_gone(self) -> None:
        self.bruno.close()
        self.ana.expect("LEAVE bruno gone")
        self.duda.expect("LEAVE bruno gone")

    def test_a_nick_is_free_again_when_its_leave_is_read(self) -> None:
        self.bruno.send("QUIT\n")
        self.ana.expect("LEAVE bruno quit")
        self.join("bruno")
        self.ana.expect("JOIN bruno")

    def test_who_lists_everyone_in_the_order_of_joining(self) -> None:
        self.ana.send("who \n")
        self.ana.expect("WHO 3 ana bruno duda")


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

    def play(self, root: Path, *options: str) -> Tuple[int, str, str]:
        """Run the demo of that tree from somewhere else: status, output, errors."""
        script = str(root / "scripts" / "demo.py")
        variables = {"PYTHONPATH": "", "PYTHONIOENCODING": "utf-8", "MINICHAT_LANG": "x"}
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
        self.assertLessEqual(max(map(len, output.split("\n"))), 100)

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
        status, output, errors = self.play(self.copy("scripts", "tests"))
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
