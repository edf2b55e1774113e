"""The page of the running loop: it loads nothing, and its policy allows our scripts and our stream alone."""

from __future__ import annotations

import base64
import hashlib
import re
import unittest

from minichat.web.looppage import PARTS, SCRIPTS, loop_page

MOST_BYTES = 12 * 1024  # of the scripts that the player does not have


class ThePage(unittest.TestCase):
    def setUp(self) -> None:
        self.page = loop_page("en")
        self.text = self.page.body.decode()

    def test_it_loads_nothing(self) -> None:
        self.assertNotRegex(self.text, r"<(?:link|img|iframe)|src=|https?://(?!www\.w3\.org/2000/svg)")
        self.assertNotIn("@@", self.text)

    def test_its_policies_name_its_script_and_its_style(self) -> None:
        meta = re.search(r'Content-Security-Policy" content="([^"]*)"', self.text)
        assert meta is not None
        for element, directive in (("script", "script-src"), ("style", "style-src")):
            inline = re.findall(rf"<{element}>(.*?)</{element}>", self.text, re.DOTALL)
            self.assertEqual(len(inline), 1)
            digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
            for policy in (meta[1], self.page.policy):
                self.assertIn(f"{directive} 'sha256-{digest}'", policy)
        for part in ("default-src 'none'", "connect-src 'self'", "base-uri 'none'", "frame-ancestors 'none'",
                     "require-trusted-types-for 'script'"):  # fmt: skip
            self.assertIn(part, self.page.policy)

    def test_its_language_is_that_of_the_server(self) -> None:
        self.assertIn('"language": "en"', self.text)
        self.assertIn('"language": "pt"', loop_page("pt").body.decode())

    def test_no_script_makes_markup_of_text(self) -> None:
        for name in SCRIPTS:
            forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|setTimeout\(['\"`]"
            self.assertNotRegex((PARTS / name).read_text(encoding="utf-8"), forbidden, name)

    def test_its_own_scripts_are_small(self) -> None:
        self.assertLessEqual(sum((PARTS / name).stat().st_size for name in SCRIPTS), MOST_BYTES)


if __name__ == "__main__":
    unittest.main()
