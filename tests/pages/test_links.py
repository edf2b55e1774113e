"""Every link on a page leads somewhere, and every page is found from the first one."""

from __future__ import annotations

import unittest
from pathlib import Path

from tests.pages.markdown import FIRST, PAGES, Page
from tests.support import ROOT


class Links(unittest.TestCase):
    def test_every_link_leads_to_a_file_and_to_a_heading_of_it(self) -> None:
        pages = {ROOT / path: page for path, page in PAGES.items()}
        for page in PAGES.values():
            for link in page.links():
                if link.startswith("https://"):
                    continue
                with self.subTest(link, page=page):
                    path, anchor = page.target(link)
                    self.assertTrue(path.exists(), "it is not there")
                    if anchor:
                        self.assertIn(anchor, pages[path].anchors())

    def test_no_two_headings_of_a_page_have_the_same_name(self) -> None:
        for page in PAGES.values():
            self.assertEqual(len(page.anchors()), len(set(page.anchors())), page)

    def test_every_page_is_found_from_the_first_one(self) -> None:
        found, todo = {ROOT / "README.md"}, [FIRST]
        while todo:
            for path in self.linked(todo.pop()) - found:
                found.add(path)
                todo.append(PAGES[path.relative_to(ROOT).as_posix()])
        self.assertEqual(found, {ROOT / path for path in PAGES})

    def test_every_picture_is_named(self) -> None:
        for page in PAGES.values():
            self.assertNotIn("![](", page.text)

    @staticmethod
    def linked(page: Page) -> set[Path]:
        """The pages that a page leads to."""
        targets = {page.target(link)[0] for link in page.links() if not link.startswith("https://")}
        return targets & {ROOT / path for path in PAGES}


if __name__ == "__main__":
    unittest.main()
