"""The servers that the grader is tried on: each has its fault, and the correct ones have none."""

from __future__ import annotations

import re
import signal
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.live import free_port
from tests.peer import Peer
from tests.program import Program
from tests.scripts.graded.checks import HERE, PLAINLY, Graded, Person, Stage, crosses, fails, must_fail
from tests.scripts.graded.faulty import DIALECTS, FAULTS, MAY, ODD, SERVERS, UNGRADABLE
from tests.scripts.graded.table import ALL_CASES, Dialect
from tests.support import PATIENCE_SECONDS, ROOT, once, wait_until

AT_ONCE = 6  # most of the time is waited
LINUX = unittest.skipUnless(sys.platform == "linux", "it reads /proc")


def until_up(port: int) -> None:
    """Wait until a server takes connections."""

    def connects() -> bool:
        try:
            Peer(port).close()
        except ConnectionRefusedError:
            return False
        return True

    wait_until(connects, f"a server on port {port}")


def chat(port: int) -> None:
    """Assert that two people can chat."""
    with Person(port, "\n", PATIENCE_SECONDS) as ana, Person(port, "\n", PATIENCE_SECONDS) as bruno:
        for person, nick in ((ana, "ana"), (bruno, "bruno")):
            person.say(nick)
            person.hears(f"OK {nick}")
        crosses(ana, bruno, "oi")


class TheTable(unittest.TestCase):
    def test_every_server_has_its_line(self) -> None:
        self.assertEqual(set(SERVERS), set(FAULTS))
        self.assertEqual(set(SERVERS), set(MAY))
        self.assertLessEqual({*DIALECTS, *ODD, *UNGRADABLE}, set(SERVERS))

    def test_every_case_is_failed_by_a_server(self) -> None:
        self.assertEqual(ALL_CASES - frozenset().union(*FAULTS.values()), frozenset())

    def test_a_server_has_a_fault_or_another_reason_to_be(self) -> None:
        for name in SERVERS:
            self.assertTrue(FAULTS[name] or name in {*DIALECTS, *ODD, *UNGRADABLE}, name)


@once
@LINUX
class Faults(unittest.TestCase):
    def test_each_fault_shows_where_two_can_still_chat(self) -> None:
        pairs = [(name, case) for name in PLAINLY for case in sorted(FAULTS[name])]
        self.assertGreater(len(pairs), 60)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            wrong = list(filter(None, pool.map(lambda pair: must_fail(*pair), pairs)))
        self.assertEqual(wrong, [])

    def test_the_correct_server_has_none(self) -> None:
        with Stage("correct") as stage:
            for case in sorted(ALL_CASES - {"interrupt", "restart"}):
                self.assertEqual(fails(stage, case), "", case)
        with Stage("correct") as stage:
            self.assertEqual(fails(stage, "restart"), "")


@once
@LINUX
class Dialects(unittest.TestCase):
    def test_each_dialect_is_spoken(self) -> None:
        for name, spoken in DIALECTS.items():
            with self.subTest(name), Graded(name) as server:
                self.speak(spoken, server.port)

    def speak(self, spoken: Dialect, port: int) -> None:
        """Play a short chat in a dialect."""
        with Person(port, "", PATIENCE_SECONDS) as ana, Person(port, "", PATIENCE_SECONDS) as bruno:

            def say(person: Person, form: str, nick: str = "", text: str = "") -> None:
                message = form.format(nick=nick, text=text, port=port).encode()
                person.send(str(len(message)).encode().ljust(spoken.header_bytes) * spoken.has_header + message)

            for person, nick in ((ana, "ana"), (bruno, "bruno")):
                person.hears(spoken.first)
                say(person, spoken.nick, nick)
                person.hears(nick)
            say(ana, spoken.say, text="oi gente")
            bruno.hears("oi gente")
            if spoken.has_echo:
                ana.hears("oi gente")
            say(ana, spoken.direct, "bruno", "segredo")
            bruno.hears("segredo")
            say(bruno, spoken.who)
            bruno.hears("ana, bruno")
            say(ana, spoken.quit)
            ana.rest()
            bruno.hears("ana")


@once
@LINUX
class Starts(unittest.TestCase):
    def test_one_that_prints_nothing_serves(self) -> None:
        port = free_port()
        with Program(f"{HERE}/faulty.py", "prints_nothing", str(port)) as server:
            until_up(port)
            chat(port)
            self.assertEqual(server.output.so_far(), "")

    def test_a_copy_with_another_constant_serves_there(self) -> None:
        port = free_port()
        source = (ROOT / HERE / "correct.py").read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "server.py")
            copy.write_text(re.sub(r"(?m)^PORT = \d+$", f"PORT = {port}", source), "utf-8")
            with Program(str(copy), options={"cwd": folder}) as server:
                self.assertEqual(server.output.line(), f"Servidor ouvindo na porta {port}")
                chat(port)

    def test_those_that_ask_for_a_port_take_the_one_that_is_typed(self) -> None:
        for name, typed in (("asks_port", "{}\n"), ("asks_menu", "1\n{}\n")):
            port = free_port()
            with self.subTest(name), Program(f"{HERE}/faulty.py", name) as server:
                server.type(typed.format(port))
                server.output.until(f"na porta {port}\n")
                chat(port)

    def test_the_one_with_a_menu_ends_with_its_input(self) -> None:
        with Graded("menu") as server:
            chat(server.port)
            server.end_input()
            self.assertEqual(server.wait(), 0)

    def test_one_outlives_sigterm(self) -> None:
        with Graded("ignores_sigterm") as server:
            server.kill(signal.SIGTERM)
            chat(server.port)

    def test_those_that_fork_serve(self) -> None:
        with Graded("forks") as server:
            chat(server.port)
        with Graded("goes_to_background") as server:
            self.assertEqual(server.wait(), 0)
            chat(server.port)

    def test_one_prints_more_than_a_pipe_holds(self) -> None:
        with Graded("verbose") as server, Person(server.port, "\n", PATIENCE_SECONDS) as ana:
            ana.say("ana")
            for number in range(40):
                crosses(ana, ana, f"oi{number}")
                server.output.until(f"oi{number}'")
            self.assertGreater(len(server.output.seen), 65536)

    def test_one_ends_before_it_listens(self) -> None:
        with Program(f"{HERE}/faulty.py", "dies_at_start") as server:
            status, _, errors = server.finish()
        self.assertEqual(status, 1)
        self.assertIn("RuntimeError: no server today", errors)


if __name__ == "__main__":
    unittest.main()
