"""What the page about browsers says is what the wing does."""

from __future__ import annotations

import re
import unittest
from typing import Dict, List, Set

from minichat.limits import Limits
from minichat.web import answers, frames, head, heartbeat, house
from minichat.web.connection import CLOSE_CODES
from minichat.web.page import PARTS
from tests.pages.markdown import WEB, codes
from tests.web.test_door import FRAMES, HEADS, UPGRADES

ANSWERS = [*answers.PHRASES][2:]  # those that refuse: the first two are the greeting and a page


def numbers(cells: List[str]) -> Set[int]:
    """The statuses or codes in some cells."""
    return {int(code) for cell in cells for code in codes(cell) if code.isdigit()}


def times_of(script: str) -> Dict[str, int]:
    """The constants of a script, by name; milliseconds as seconds."""
    text = (PARTS / script).read_text(encoding="utf-8")
    return {name: int(value) // 1000 for name, value in re.findall(r"^const ([A-Z_]+) = (\d+);", text, re.MULTILINE)}


class TheTables(unittest.TestCase):
    INPUT = "What bad input gets"

    def test_each_refusal_of_http_has_its_row(self) -> None:
        told = numbers([cells[1] for cells in self.rows() if "close `" not in cells[1]])
        self.assertEqual(told, set(ANSWERS))
        tried = {status for *_, status in (*HEADS, *UPGRADES)} - {0, 101, 200}
        self.assertLessEqual(tried, told)

    def test_each_violation_has_its_code(self) -> None:
        told = numbers([code for cells in self.rows() for code in re.findall(r"close (`\d+`)", cells[1])])
        self.assertEqual(told, {frames.PROTOCOL_ERROR, frames.BAD_DATA, frames.UNACCEPTABLE})
        tried = {code for *_, code in FRAMES if code in range(1002, 1012)}
        self.assertEqual(tried, told)

    def test_each_end_has_its_code(self) -> None:
        rows = WEB.table("How a conversation ends")
        told = {codes(why)[0]: int(code) for why, code in rows[:-1]}
        self.assertEqual(told, CLOSE_CODES)
        self.assertTrue(rows[-1][1].startswith(f"{frames.NORMAL},"))

    def test_the_sizes_are_those_of_the_code(self) -> None:
        table = WEB.section(self.INPUT)
        kib = head.LINE_BYTES // 1024
        for told in (
            f"over {head.HEAD_LINES} lines or {head.HEAD_BYTES // 1024} KiB",
            f"a request line over {kib} KiB",
            f"a header over {kib} KiB",
            f"a control frame over {frames.CONTROL_BYTES} bytes",
            f"a message over {Limits().line_bytes:,} bytes",
        ):
            self.assertIn(told, table)

    def rows(self) -> List[List[str]]:
        return WEB.table(self.INPUT)


class TheWaits(unittest.TestCase):
    def test_the_server_waits_as_long_as_the_page_says(self) -> None:
        told = [float(seconds) for _, seconds, _ in WEB.table("One room, one set of limits")]
        self.assertEqual(told, [house.HEAD_SECONDS, heartbeat.PING_SECONDS, heartbeat.PONG_SECONDS])
        three = {3: "three"}[Limits().join_lines]
        self.assertIn(f"costs {three} lines of the rate", WEB.section("One room, one set of limits"))

    def test_the_chat_page_waits_as_long_as_the_page_says(self) -> None:
        told, link = WEB.section("The page"), times_of("link.js")
        for text in (
            f"jumped by more than {link['JUMP']} seconds",
            f"answer in {link['PROBE_PATIENCE']} seconds",
            f"after {link['LATE']} seconds that an answer is late, gives up after {link['DEAD']}",
            f"after {link['IDLE']} seconds in which nobody spoke",
            f"again after {link['FIRST_PAUSE']} second, 1, 2, 4 and so on to {link['LONGEST_PAUSE']},",
            f"trying for {link['GHOST']} seconds",
            f"lets go after {heartbeat.PING_SECONDS + heartbeat.PONG_SECONDS:g}",
        ):
            self.assertIn(text, told)

    def test_the_page_holds_as_many_lines_as_is_said(self) -> None:
        (most,) = re.findall(r"const MOST_LINES = (\d+);", (PARTS / "picture.js").read_text(encoding="utf-8"))
        self.assertIn(f"holds at most {most} lines", WEB.section("The page"))


if __name__ == "__main__":
    unittest.main()
