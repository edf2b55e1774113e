"""What the system says of an error is told in the language of the person."""

from __future__ import annotations

import errno
import os
import unittest

from minichat.cli import oserrors
from minichat.cli.messages import Messages
from minichat.cli.oserrors import in_portuguese


class Errors(unittest.TestCase):
    def test_the_names_are_those_of_errors(self) -> None:
        for name in oserrors._BY_NAME:
            self.assertTrue(name == "ETXTBSY" or hasattr(errno, name), name)

    def test_each_has_words_of_its_own(self) -> None:
        for english, portuguese in oserrors._BY_TEXT.items():
            self.assertNotEqual(english, portuguese)
            self.assertTrue(portuguese.isprintable() and not portuguese.endswith("."), portuguese)

    def test_what_is_not_known_stays_as_it_is(self) -> None:
        for text in ("server_full", "", None, os.strerror(errno.EDOM)):
            self.assertIs(in_portuguese(text), text)

    def test_only_portuguese_texts_have_it(self) -> None:
        error = os.strerror(errno.ECONNREFUSED)
        for language, told in (("pt", "(conexão recusada)"), ("en", f"({error})")):
            self.assertIn(told, Messages(language)("unreachable", host="h", port=1, error=error))

    def test_a_real_error_is_known(self) -> None:
        with self.assertRaises(OSError) as caught:
            os.stat(os.path.join(os.path.dirname(__file__), "no-such-file"))
        self.assertEqual(in_portuguese(caught.exception.strerror), "arquivo ou pasta não existe")


if __name__ == "__main__":
    unittest.main()
