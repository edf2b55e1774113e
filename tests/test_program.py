"""The helpers that start a program and speak to it: a wait that fails tells its cause."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import unittest
from typing import Any
from unittest import mock

from tests import program as program_module
from tests.peer import Peer
from tests.program import Output, Program, ServerProcess, complaints, run_program
from tests.support import DidNotCome

# A server that complains, says half a line to the first who comes, and hangs up.
HALF_A_LINE = """
import socket, sys
listening = socket.create_server(("127.0.0.1", 0))
print(f"listening on 127.0.0.1:{listening.getsockname()[1]}", flush=True)
print("the cause", file=sys.stderr, flush=True)
peer = listening.accept()[0]
peer.sendall(b"half")
peer.close()
sys.stdin.read()
"""


class FailedWaits(unittest.TestCase):
    def told(self, call: Any, *arguments: Any, **more: Any) -> str:
        """The message of a wait that fails."""
        with self.assertRaises(DidNotCome) as caught:
            call(*arguments, **more)
        return str(caught.exception)

    def test_a_server_that_does_not_start_shows_its_errors(self) -> None:
        code = "import sys; print('on the way', end=''); sys.exit('the cause')"
        told = self.told(ServerProcess, how=("-c", code))
        self.assertIn("so far '', rest b'on the way'", told)
        self.assertIn("the cause", told)
        self.assertEqual(complaints(), "", "it is over with it")

    def test_a_peer_shows_what_came_and_the_errors_of_the_server(self) -> None:
        with ServerProcess(how=("-c", HALF_A_LINE)) as server, Peer(server.port) as peer:
            told = self.told(peer.line)
        self.assertIn("so far b'half'", told)
        self.assertIn("the cause", told)

    def test_a_program_that_says_something_else_shows_its_errors(self) -> None:
        with Program("-c", "import sys; print('the cause', file=sys.stderr, flush=True); print('this')") as program:
            with self.assertRaisesRegex(AssertionError, "expected 'that', got 'this'; all: 'this(.|\n)*the cause"):
                program.output.expect("that")
            self.assertEqual(program.errors.line(), "the cause", "what was shown can still be read")

    def test_a_program_that_hangs_is_told_and_may_end_in_order(self) -> None:
        code = (
            "import signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: (print('in order', file=sys.stderr), sys.exit(3)))\n"
            "print('up', flush=True)\n"
            "time.sleep(60)"
        )
        with Program("-c", code) as program:
            program.output.line()
            self.assertIn("it does not end", self.told(program.finish, 0.0))
            self.assertEqual((program.errors.rest(), program.process.returncode), ("in order\n", 3))

    def test_an_output_that_stays_silent_is_not_waited_for_forever(self) -> None:
        with Program("-c", "import sys; sys.stdin.read()") as program, mock.patch.object(
            program_module, "PATIENCE_SECONDS", 0.01
        ):
            self.assertIn("'\\n' did not come", self.told(program.output.line))


class Outputs(unittest.TestCase):
    def test_more_than_a_pipe_holds_on_both_does_not_hold_it_up(self) -> None:
        code = "import sys; [print('x' * 99999, file=file) for file in (sys.stderr, sys.stdout, sys.stderr)]"
        status, output, errors = run_program("-c", code)
        self.assertEqual((status, len(output), len(errors)), (0, 100_000, 200_000))

    def test_files_are_read_as_they_grow_and_up_to_the_end(self) -> None:
        code = "import sys; print('first', flush=True); sys.stdin.read(); print('last'); sys.exit('error')"
        with tempfile.TemporaryDirectory() as folder, Program("-c", code, folder=folder) as program:
            self.assertEqual(program.output.line(), "first")
            self.assertIsNone(program.process.poll())
            program.end_input()
            self.assertEqual(program.finish(), (1, "last\n", "error\n"))

    def test_without_a_pipe_there_is_nothing_to_read(self) -> None:
        with Program("-c", "print(1)", stdout=subprocess.DEVNULL) as program:
            self.assertEqual(program.finish(), (0, "", ""))
        self.assertEqual(Output(-1).so_far(), "")

    def test_a_whole_command_needs_no_interpreter(self) -> None:
        self.assertEqual(run_program(sys.executable, "-c", "print(1)", interpreter=()), (0, "1\n", ""))

    def test_at_the_end_of_its_with_a_program_is_over(self) -> None:
        with Program("-c", "import sys; sys.stdin.read(); print(1); sys.stdin.read()") as program:
            pass
        self.assertEqual(program.process.returncode, -signal.SIGKILL)
