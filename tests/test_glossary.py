"""One glossary for all Portuguese texts: programs, labs, exercises and the guide."""

from __future__ import annotations

import unittest

from tests import glossary
from tests.pages.markdown import GUIDE
from tests.support import once


@once
class Glossary(unittest.TestCase):
    def test_no_text_has_a_word_that_the_glossary_replaces(self) -> None:
        self.assertEqual(glossary.wrong_words(), [])

    def test_all_texts_are_read(self) -> None:
        places = {place.split(":")[0] for place, _ in glossary.texts()}
        for file in ("minichat/cli/reasons.py", "minichat/trace/words.py", "scripts/labs/words.py", "scripts/demo.py",
                     "minichat/web/pages/words.js", "minichat/trace/page/words.js"):  # fmt: skip
            self.assertIn(file, places)
        said = [text for _, text in glossary.texts()]
        for part in ("Servidor escutando em", "voltas em ", "um bot que cumprimenta", "Três terminais", "## Instalar"):
            self.assertTrue(any(part in text for text in said), part)

    def test_each_word_that_is_not_used_is_found(self) -> None:
        for example in glossary.examples():
            for text in (example, f"Se {example.upper()}."):
                self.assertTrue(glossary.wrong_in(text), text)

    def test_what_is_said_instead_is_not_found(self) -> None:
        for _, said in glossary.forbidden():
            self.assertEqual(glossary.wrong_in(said), [])

    def test_every_term_is_used_in_a_text(self) -> None:
        said = "\n".join(text for _, text in glossary.texts()).lower()
        for term in glossary.TERMS:
            self.assertRegex(said, rf"\b{term.said}\b")

    def test_the_guide_shows_it(self) -> None:
        self.assertEqual(GUIDE.table(glossary.SECTION), glossary.table())


if __name__ == "__main__":
    unittest.main()
