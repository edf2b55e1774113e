"""``python3 scripts/picture.py``: the picture on the first page is what three terminals show today."""

from __future__ import annotations

import os
import re
import shutil
import sys
import unittest
import xml.etree.ElementTree as ElementTree

from tests.program import run_program
from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

if os.name == "posix":
    import picture

SVG = "{http://www.w3.org/2000/svg}"


@unittest.skipUnless(os.name == "posix" and shutil.which("nc"), "needs pseudo-terminals and nc")
class ThePicture(unittest.TestCase):
    def test_it_shows_what_the_programs_print_today(self) -> None:
        for scene in picture.SCENES:
            with self.subTest(scene.language):
                kept = (picture.FOLDER / scene.file).read_text("utf-8")
                self.assertEqual(kept, picture.drawn(scene), "run: python3 scripts/picture.py")

    def test_a_call_for_help_draws_nothing(self) -> None:
        before = {scene.file: (picture.FOLDER / scene.file).stat().st_mtime_ns for scene in picture.SCENES}
        status, output, errors = run_program("scripts/picture.py", "--help")
        self.assertEqual((status, output, "python3 scripts/picture.py" in errors), (2, "", True), errors)
        for file, at in before.items():
            self.assertEqual((picture.FOLDER / file).stat().st_mtime_ns, at)

    def test_it_says_in_words_what_it_shows(self) -> None:
        for scene in picture.SCENES:
            tree = ElementTree.parse(picture.FOLDER / scene.file).getroot()
            named = [tree.find(f"{SVG}*[@id='{name}']") for name in tree.attrib["aria-labelledby"].split()]
            self.assertEqual([element is not None and element.text for element in named], [scene.title, scene.about])

    def test_no_text_leaves_its_terminal(self) -> None:
        for scene in picture.SCENES:
            tree = ElementTree.parse(picture.FOLDER / scene.file).getroot()
            for text in tree.iter(f"{SVG}text"):
                left, length = float(text.attrib["x"]), float(text.attrib["textLength"])
                edge = picture.CARD if left < picture.CARD else picture.WIDTH
                if float(text.attrib["y"]) < picture.BAR + 5 * picture.ROW:
                    edge = picture.WIDTH  # the server has the whole row
                self.assertLessEqual(left + length, edge - picture.MARGIN, text.text)

    def test_it_can_be_read_on_light_and_on_dark(self) -> None:
        """It brings its own ground; every text has at least 4.5 times its light (WCAG AA)."""
        for colour in (picture.TEXT, picture.TYPED, picture.FAINT):
            self.assertGreaterEqual((light(colour) + 0.05) / (light(picture.GROUND) + 0.05), 4.5, colour)
        for scene in picture.SCENES:
            for text in ElementTree.parse(picture.FOLDER / scene.file).iter(f"{SVG}text"):
                self.assertIn(text.attrib["fill"], (picture.TEXT, picture.TYPED, picture.FAINT))


def light(colour: str) -> float:
    """The relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


if __name__ == "__main__":
    unittest.main()
