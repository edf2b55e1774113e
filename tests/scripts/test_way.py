"""``python3 scripts/way.py``: the way of one line is short, and no call on it goes upward."""

from __future__ import annotations

import re
import unittest
from typing import List

from tests.program import run_program

# In the whole turn, for one who speaks and one who listens.  Python's selectors add two or one, which makes 40.
MOST_CALLS = 38


class TheWayOfOneLine(unittest.TestCase):
    lines: List[str]
    sums: str

    @classmethod
    def setUpClass(cls) -> None:
        status, output, errors = run_program("scripts/way.py")
        assert (status, errors) == (0, ""), f"exit status {status}: {errors}"
        *cls.lines, calls, upward = output.splitlines()
        cls.sums = f"{calls}\n{upward}"

    def test_it_goes_from_the_read_to_the_last_send(self) -> None:
        names = [line.split()[1] for line in self.lines]
        self.assertLess(names.index("_on_ready"), names.index("dispatch"))
        self.assertLess(names.index("dispatch"), names.index("deliver"))
        self.assertEqual(names.count("write"), 2, "one for the echo, one for the other member")
        self.assertEqual(names[-1], "flush")

    def test_every_call_is_counted(self) -> None:
        files = {line.split()[0] for line in self.lines}
        self.assertRegex(self.sums, rf"^{len(self.lines)} calls, {len(files)} files, \d+ hops between files; ")

    def test_it_has_few_calls(self) -> None:
        whole_turn = re.search(r"; (\d+) in the whole turn\n", self.sums)
        assert whole_turn is not None, self.sums
        self.assertGreater(int(whole_turn[1]), len(self.lines))
        self.assertLessEqual(int(whole_turn[1]), MOST_CALLS, "\n".join([*self.lines, self.sums]))

    def test_no_call_goes_upward_beside_the_contracts(self) -> None:
        self.assertEqual([line for line in self.lines if line.endswith("(upward)")], [])
        self.assertRegex(self.sums, r"\n\d+ calls upward: \d+ by contract, 0 beside it$")


if __name__ == "__main__":
    unittest.main()
