"""Ctrl-C while a program starts: the end comes at once and without a traceback."""

from __future__ import annotations

import os
import signal
import unittest
from unittest import mock

from minichat.cli.interrupts import end_at_once
from tests.program import run_program

# A program that gets SIGINT while it imports a certain module.
INTERRUPTED = (
    "import os, signal, sys\n"
    "class Finder:\n"
    "    def find_spec(self, name, *rest):\n"
    "        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
    "sys.meta_path.insert(0, Finder())\n"
    "sys.argv = ['minichat', '--lang', 'en']\n"
    "from minichat.{program}.__main__ import main\n"
    "sys.exit(main())"
)


@unittest.skipUnless(os.name == "posix", "a matter of POSIX signals")
class Starting(unittest.TestCase):
    def test_ctrl_c_while_it_loads_leaves_no_traceback(self) -> None:
        for program in ("client", "server"):
            for module in ("argparse", f"minichat.{program}.options", f"minichat.{program}.run"):
                with self.subTest(program, module=module):
                    ended = run_program("-c", INTERRUPTED.format(program=program, module=module))
                    self.assertEqual(ended, (-signal.SIGINT, "", ""))

    def test_who_ignores_it_or_handles_it_goes_on_so(self) -> None:
        for handler, calls in ((signal.SIG_IGN, 0), (print, 0), (signal.default_int_handler, 1)):
            with mock.patch("signal.getsignal", return_value=handler), mock.patch("signal.signal") as set_signal:
                end_at_once()
            self.assertEqual(set_signal.call_count, calls)


if __name__ == "__main__":
    unittest.main()
