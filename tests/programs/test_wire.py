"""minichat held against its protocol, over nothing but sockets; see tests/wire.py for what is demanded.

The four cases are held against the servers of scripts/peers too, which speak
as much of it: so the tests know nothing of minichat's inside.  And a server
that breaks the protocol fails them: so they can fail.
"""

from __future__ import annotations

import re
import unittest
from typing import ClassVar, List, Optional, Set, Tuple

from tests import wire
from tests.live import until_empty
from tests.program import ServerProcess, run_program
from tests.support import ROOT

PEERS = ROOT / "scripts" / "peers"


class Minichat(wire.WireCase):
    """One server process for all tests of a class."""

    server: ClassVar[Optional[ServerProcess]] = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = ServerProcess("--rate", "0")
        cls.addClassCleanup(cls.server.__exit__)

    @classmethod
    def tearDownClass(cls) -> None:
        assert cls.server is not None
        status, _, errors = cls.server.stop()
        assert (status, errors) == (0, ""), f"status {status}, standard error: {errors}"

    def serve(self) -> Tuple[str, int]:
        assert self.server is not None
        until_empty(self.server.port)
        return "127.0.0.1", self.server.port


class FourCases(Minichat, wire.FourCases):
    pass


class Joining(Minichat, wire.Joining):
    pass


class Saying(Minichat, wire.Saying):
    pass


class Lines(Minichat, wire.Lines):
    pass


class Ends(Minichat, wire.Ends):
    pass


# A minichat with another code for a nick that is not there.
ANOTHER_WORD = """
import sys
from minichat.chat import dispatcher, protocol
protocol.USER_NOT_FOUND = "nobody"
from minichat.server.__main__ import main
sys.exit(main())
"""


class OtherServers(unittest.TestCase):
    """The same tests, and servers that are not minichat as it is."""

    def failing(self, server: ServerProcess, *names: str) -> Set[str]:
        """The tests that fail on that server, of those whose names begin with one of these."""
        self.addCleanup(server.__exit__)
        result = unittest.TestResult()
        run: List[str] = []
        for test in wire.held_against(lambda case: ("127.0.0.1", server.port)):
            if test.id().rpartition(".")[2].startswith(names):
                test.run(result)
                run.append(test.id())
        self.assertGreaterEqual(len(run), len(names))
        return {re.findall(r"test_\w+", test.id())[-1] for test, _ in (*result.failures, *result.errors)}

    def test_the_four_cases_hold_on_servers_of_another_kind(self) -> None:
        names = [name for name in dir(wire.FourCases) if name.startswith("test_")]
        self.assertGreater(len(names), 4)
        for peer in ("threads", "asyncio_protocol", "asyncio_streams"):
            with self.subTest(peer):
                server = ServerProcess(how=(str(PEERS / f"{peer}.py"),))
                self.assertEqual(self.failing(server, *names), set())

    def test_a_server_that_lacks_something_fails_the_test_of_it(self) -> None:
        lacking = ["test_one_carriage_return_", "test_an_empty_line_", "test_who_lists_everyone_"]
        failing = self.failing(ServerProcess(how=(str(PEERS / "threads.py"),)), *lacking)
        self.assertEqual(len(failing), len(lacking), failing)

    def test_a_call_for_help_says_what_is_asked_of_a_server(self) -> None:
        for arguments in ((), ("--help",)):
            status, output, errors = run_program("-m", "tests.wire", *arguments)
            self.assertEqual((status, output), (2, ""))
            self.assertIn("``--port 0``", errors)

    def test_a_server_with_another_word_fails_one_of_the_four(self) -> None:
        failing = self.failing(ServerProcess(how=("-c", ANOTHER_WORD)), "test_case_")
        self.assertEqual(failing, {"test_case_3_ana_alone_is_told_that_there_is_no_carlos"})
