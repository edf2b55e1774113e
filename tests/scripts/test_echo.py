"""The echo for suites of cases: it sends back what came, and answers pings and goodbyes in their place."""

from __future__ import annotations

import socket
import sys
import unittest

from tests.program import Program, run_program
from tests.support import PATIENCE_SECONDS
from tests.webpeer import masked, parsed, request


class Echo(unittest.TestCase):
    def test_messages_pings_and_the_goodbye_come_back(self) -> None:
        with Program("scripts/echo.py") as echo:
            host, port = echo.output.line().split(":")
            with socket.create_connection((host, int(port)), PATIENCE_SECONDS) as sock:
                said = masked(0x01, b"ol") + masked(0x89, b"?") + masked(0x80, b"a") + masked(0x82, b"\xff" * 70_000)
                sock.sendall(request(int(port), "/"))
                received = sock.recv(1)
                sock.sendall(said + masked(0x88, b"\x0f\xa0"))
                while data := sock.recv(65536):
                    received += data
            head, _, frames = received.partition(b"\r\n\r\n")
            self.assertTrue(head.startswith(b"HTTP/1.1 101 "), head)
            expected = [(0x8A, b"?"), (0x81, b"ola"), (0x82, b"\xff" * 70_000), (0x88, b"\x0f\xa0")]
            self.assertEqual(parsed(frames), (expected, b""))
            echo.process.terminate()

    def test_a_command_gets_the_address_and_its_status_is_returned(self) -> None:
        program = "import sys; print(sys.argv[1]); sys.exit(sys.argv[1].startswith('127.0.0.1:') * 7)"
        status, output, errors = run_program("scripts/echo.py", sys.executable, "-c", program)
        self.assertEqual((status, errors), (7, ""))
        self.assertRegex(output, r"\A127\.0\.0\.1:[0-9]+\n\Z")

    def test_help_says_how_it_starts_and_another_option_is_an_error(self) -> None:
        for option in "-h", "--help":
            status, output, errors = run_program("scripts/echo.py", option)
            self.assertEqual((status, errors), (0, ""))
            self.assertIn("\n    python3 scripts/echo.py ", output)
        status, output, errors = run_program("scripts/echo.py", "--port", "9001")
        self.assertEqual((status, output), (2, ""))
        self.assertEqual(errors, "echo: wrong option: '--port'; see python3 scripts/echo.py --help\n")

    def test_a_command_that_is_not_there_is_told_in_a_line(self) -> None:
        told = "echo: cannot run 'no-such-suite': No such file or directory\n"
        self.assertEqual(run_program("scripts/echo.py", "no-such-suite", "x"), (2, "", told))

    def test_the_options_of_a_command_are_its_own(self) -> None:
        program = ("-c", "import sys; sys.exit('--help' in sys.argv and 3)", "--help")
        status, _, errors = run_program("scripts/echo.py", sys.executable, *program)
        self.assertEqual((status, errors), (3, ""))


if __name__ == "__main__":
    unittest.main()
