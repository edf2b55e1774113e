"""The page, audited for accessibility by axe-core; the gate says where that file is.

    AXE=axe.min.js python3 -m unittest tests.trace.audit
"""

from __future__ import annotations

import os
import unittest
from pathlib import Path

from tests.trace.test_player import PlayerTest, asking

AXE = os.environ.get("AXE", "")
VIOLATIONS = "axe.run().then((done) => done.violations.map((one) => [one.id, one.nodes.map((node) => node.html)]))"


@unittest.skipUnless(AXE, "AXE does not say where axe-core is")
class Audit(PlayerTest):
    def test_there_are_no_violations(self) -> None:
        for language in ("pt", "en"):
            tab = self.page(asking(), f"#n=60&lang={language}")
            tab.value(f"(() => {{ {Path(AXE).read_text(encoding='utf-8')} }})()")
            for width, height in ((1280, 800), (390, 844)):
                for scheme in ("light", "dark"):
                    with self.subTest(language=language, width=width, scheme=scheme):
                        tab.resize(width, height, prefers_color_scheme=scheme)
                        self.assertEqual(tab.value(VIOLATIONS), [])
            tab.press("h")
            self.assertEqual(tab.value(VIOLATIONS), [])


if __name__ == "__main__":
    unittest.main()
