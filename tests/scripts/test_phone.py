"""``python3 scripts/phone.py``: the pictures of the chat page can be taken again, and are small."""

from __future__ import annotations

import os
import struct
import sys
import unittest
from typing import Tuple

from tests.browser import CHROMIUM, NO_CHROMIUM, Browser
from tests.program import run_program
from tests.support import ROOT
from tests.web.chatpages import WebServer

sys.path.insert(0, str(ROOT / "scripts"))

if os.name == "posix":
    import phone

MOST_BYTES = 40_000


def size_of(png: bytes) -> Tuple[int, int]:
    """Width and height, from the first chunk of a PNG."""
    width, height = struct.unpack_from(">II", png, 16)
    return width, height


@unittest.skipUnless(os.name == "posix", "needs pipes to a browser")
class ThePhone(unittest.TestCase):
    def test_the_kept_pictures_are_small(self) -> None:
        for scene in phone.SCENES:
            png = (phone.FOLDER / scene.file).read_bytes()
            self.assertEqual(size_of(png), (phone.WIDTH, phone.HEIGHT))
            self.assertLess(len(png), MOST_BYTES)

    def test_a_call_for_help_takes_nothing(self) -> None:
        status, output, errors = run_program("scripts/phone.py", "--help")
        self.assertEqual((status, output, "python3 scripts/phone.py" in errors), (2, "", True), errors)

    @unittest.skipUnless(CHROMIUM, NO_CHROMIUM)
    def test_the_scene_goes_on_the_page_of_today(self) -> None:
        browser = Browser()
        self.addCleanup(browser.close)
        for scene in phone.SCENES:
            with self.subTest(scene.language), WebServer() as server:
                self.assertEqual(size_of(phone.taken(scene, browser, server)), (phone.WIDTH, phone.HEIGHT))


if __name__ == "__main__":
    unittest.main()
