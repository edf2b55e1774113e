"""The language and the options of the scripts."""

from __future__ import annotations

import sys
import unittest
from typing import List

from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from speaking import Options, WrongOption, language_of


class Language(unittest.TestCase):
    def test_an_option_comes_before_the_environment(self) -> None:
        for arguments, variable, language in (
            ([], None, "pt"),
            ([], "en", "en"),
            ([], "xx", "pt"),
            (["--lang", "pt"], "en", "pt"),
            (["--lang=en"], "pt", "en"),
            (["3", "--lang", "en", "--yes"], None, "en"),
            (["--lang", "xx"], "en", "en"),
            (["--lang"], "en", "en"),
        ):
            environment = {} if variable is None else {"MINICHAT_LANG": variable}
            self.assertEqual(language_of(arguments, environment), language, (arguments, variable))


class Wrong(unittest.TestCase):
    def options(self, *arguments: str) -> Options:
        """Return options with one flag, one value and one operand."""
        options = Options("prog", [*arguments, "--lang", "en"])
        options.add_flag("yes")
        options.add_value("sleep")
        options.add_operand("number")
        return options

    def test_values_are_returned_as_texts(self) -> None:
        values = self.options("3", "--sleep", "2", "--yes").parse()
        self.assertEqual((values.number, values.sleep, values.yes), ("3", "2", True))

    def test_what_is_wrong_is_named(self) -> None:
        for arguments, told in (
            (["--no"], "wrong option: --no; see prog --help"),
            (["1", "2"], "wrong option: 2; see prog --help"),
            (["--yes=1"], "wrong option: --yes; see prog --help"),
            (["--ye"], "wrong option: --ye; see prog --help"),
            (["--sleep", "--yes"], "--sleep needs a value; see prog --help"),
        ):
            with self.subTest(arguments), self.assertRaises(WrongOption) as raised:
                self.options(*arguments).parse()
            self.assertEqual(str(raised.exception), told)

    def check_numbers(self, low: float, high: float, good: List[str], bad: List[str]) -> None:
        """Assert which texts are numbers in these bounds."""
        options = self.options()
        for text in good:
            self.assertEqual(options.number("--x", text, low, high), float(text))
        for text in bad:
            with self.subTest(text), self.assertRaises(WrongOption):
                options.number("--x", text, low, high)

    def test_numbers_are_whole_where_their_bounds_are(self) -> None:
        self.check_numbers(1, 20, ["1", "20", "007"], ["0", "21", "-1", "1.5", "", "x", "٣", "1" * 40])
        self.check_numbers(0.5, 2.0, ["0.5", "1", "2.0"], ["0.4", "2.1", "nan", "inf", "1e0", ".", "1.2.3"])


if __name__ == "__main__":
    unittest.main()
