"""What the pages say about the code is what the code says."""

from __future__ import annotations

import ast
import re
import sys
import unittest
from typing import Any, Dict, List, Set

from minichat.chat import protocol
from minichat.cli.messages import Messages
from minichat.client import options as client
from minichat.limits import Limits
from minichat.server import options as server
from minichat.server.run import limits_table
from tests.pages.markdown import EXERCISES, FIRST, GUIDE, HOUSE, LABS, LOOP, PROTOCOL, TESTS, codes
from tests.support import ROOT
from tests.test_traps import TITLES
from tests.trace.test_view import event, shown

sys.path.insert(0, str(ROOT / "scripts"))

from grading import rubric
from grading.catalogue import CASES
from grading.forms import DIRECTS, HELPS, MORE_DIRECTS, MORE_NICKS, MORE_QUITS, MORE_SAYS, MORE_WHOS, QUITS, WHOS
from grading.stage import FEW_PLACES, HEAR_SECONDS, REST_SECONDS, REST_SHARE
from labs.lessons import LABS as LESSONS


class Tables(unittest.TestCase):
    def test_the_limits_are_printed_as_the_page_has_them(self) -> None:
        printed = [" ".join(line.split()) for line in limits_table(Limits(), Messages("en")).splitlines()]
        told = [" ".join([*codes(name), value, reason]) for name, value, reason in HOUSE.table("Limits, and why")]
        self.assertEqual(told, printed)

    def test_the_options_and_their_defaults_are_those_of_the_programs(self) -> None:
        said: Dict[str, Any] = {}
        for option, default, variable, who in FIRST.table("Options"):
            name = codes(variable)[0].replace("MINICHAT_", "").lower()
            self.assertEqual(codes(option), ["--" + name.replace("_", "-")])
            programs = "server client" if who.startswith("both") else who.partition(":")[0]
            for program in programs.split():
                said[f"{program} {name}"] = "".join(codes(default))
        real = {f"server {option.name}": option.default for option in server.OPTIONS}
        real.update({f"client {option.name}": option.default for option in client.OPTIONS})
        self.assertEqual(said, {name: "" if value is None else str(value) for name, value in real.items()})

    def test_the_options_without_a_value_are_named_too(self) -> None:
        told = FIRST.section("Options")
        for flag in (*server.FLAGS, *client.FLAGS, "help", "version"):
            self.assertIn(f"`--{flag.replace('_', '-')}`", told)

    def test_every_error_of_the_protocol_is_explained(self) -> None:
        constants = {name: value for name, value in vars(protocol).items() if name.isupper() and name[0] != "_"}
        errors = {value for value in constants.values() if isinstance(value, str) and value.isascii()}
        self.assertIn("user_not_found", errors)
        said = set(re.findall(r"`ERR (\w+)`", PROTOCOL.section("The protocol, version 1")))
        self.assertEqual(said, errors)

    def test_every_module_has_its_business_and_what_it_must_not_know(self) -> None:
        package = ROOT / "minichat"
        modules = {path.relative_to(package).with_suffix("").as_posix() for path in package.rglob("*.py")}
        rows = HOUSE.table("Every module")
        told = [re.sub(r"^\[([^\]]+)\]\((.*)\.py\)$", r"\1=\2", cells[0]).split("=") for cells in rows]
        self.assertEqual(sorted(name for name, _ in told), sorted(m for m in modules if "__" not in m))
        self.assertEqual([name for name, link in told if name != link], [])
        for cells in rows:
            self.assertTrue(len(cells) == 3 and all(cells), cells)

    def test_the_traps_are_counted(self) -> None:
        self.assertIn(f" {len(TITLES)} such traps have a number here", TESTS.section("Traps"))

    def test_the_gate_says_of_itself_what_the_page_says(self) -> None:
        (said,) = (block.lines for block in TESTS.blocks if block.section == "Run them" and block.kind == "text")
        usage = re.findall(r"^#   (.*)$", (ROOT / "scripts/check").read_text("utf-8"), re.MULTILINE)
        self.assertEqual(said, usage[: len(said)])

    def test_all_labs_are_listed(self) -> None:
        for page, title in ((LABS, "The labs"), (GUIDE, "Laboratórios")):
            self.assertEqual([int(row[0].split()[0]) for row in page.table(title)], list(LESSONS))

    def test_each_lab_has_its_option_and_its_place_in_the_code(self) -> None:
        for (_, _, _, option, links), lab in zip(LABS.table("The labs"), LESSONS.values()):
            self.assertEqual(codes(option), [f"--{lab.knob.flag} {lab.knob.other}"])
            files = dict.fromkeys(home.file for home in lab.homes)
            self.assertEqual(re.findall(r"\(\.\./\.\./([^)]+)\)", links), list(files))

    def test_every_lab_has_its_place_in_a_lesson(self) -> None:
        plans = re.findall(r"^\*\*(?:Another )?\d+ minutes\.?\*\*.*$", LABS.section("For teachers"), re.MULTILINE)
        self.assertEqual(len(plans), 3, plans)
        taught: Set[int] = set()
        for first, last in re.findall(r"\blabs? (\d+)(?: to (\d+))?", " ".join(plans)):
            taught.update(range(int(first), int(last or first) + 1))
        self.assertEqual(sorted(taught), list(LESSONS))

    def test_the_minutes_of_each_lesson_come_out(self) -> None:
        for plan in re.findall(r"^\*\*(?:Another )?\d+ minutes\.?\*\*.*$", LABS.section("For teachers"), re.MULTILINE):
            minutes = re.findall(r"\*(\d+)\*:|\((\d+)\)", plan)
            self.assertEqual(sum(int(one or other) for one, other in minutes), 50, plan)

    def test_the_default_points_add_up_as_the_page_says(self) -> None:
        points = [(case.family, rubric.DEFAULT[case.name].works) for case in CASES]
        assignment = sum(works for family, works in points if family == "assignment")
        told = f"gives {assignment:g} of {sum(works for _, works in points):g} points for the assignment"
        self.assertIn(told, LABS.section("Grading a class in ten minutes"))

    def test_the_grader_waits_as_long_as_is_said(self) -> None:
        self.assertEqual(min(REST_SHARE * HEAR_SECONDS, REST_SECONDS), 0.75)
        self.assertIn("is waited for three quarters of a second", LABS.section("Grading a class in ten minutes"))

    def test_the_grader_knows_as_many_forms_and_places_as_is_said(self) -> None:
        told = LABS.section("Grading a class in ten minutes")
        self.assertIn("more than a dozen forms each of a direct message, WHO and QUIT", told)
        self.assertGreater(min(map(len, (DIRECTS, WHOS, QUITS))), 12)
        self.assertIn("and twenty to forty more of each, and of a nick and a text, if the server names them", told)
        for more in (MORE_NICKS, MORE_SAYS, MORE_DIRECTS, MORE_WHOS, MORE_QUITS):
            self.assertAlmostEqual(len(more), 30, delta=10)
        self.assertIn("its help (`{}`, `{}`, `{}`)".format(*(form.pattern for form in HELPS)), told)
        self.assertIn("refuses the fourth or a later person", told)
        self.assertEqual(FEW_PLACES, 3)

    def test_the_exercises_are_counted(self) -> None:
        numbers = [title.split("-")[0] for title in EXERCISES.anchors()[1:]]
        self.assertEqual(numbers, [str(number) for number in range(14)])
        self.assertIn("fourteen exercises", FIRST.text)
        self.assertIn("Catorze exercícios", GUIDE.section("Exercícios"))


# What the block on the loop's page is made of.
TURN = [
    *(event("state", conn=conn, state="joined", nick=nick) for conn, nick in enumerate(("ana", "bruno", "caio"), 1)),
    event("wait", timeout=1.0, deferred=0),
    {**event("wake", duration=812_000_000, ready=[[1, "R"]], reason="io"), "turn": 12},
    event("recv", conn=1, asked=16384, got=10, data="oi, gente\n"),
    event("line", conn=1, length=10, buffered=0, thrown=0, data="oi, gente"),
    event("command", conn=1, name="say", message=7),
    *(
        event("queue", conn=conn, bytes=26, messages=[7], queued=26, data="FROM ana [all]: oi, gente")
        for conn in (1, 2, 3)
    ),
    event("send", conn=1, asked=26, sent=26, queued=0, done=[7]),
    event("send", conn=2, asked=26, sent=26, queued=0, done=[7]),
    event("send", conn=3, asked=26, sent=14, queued=12, done=[]),
    event("interest", **{"conn": 3, "from": "R", "to": "RW", "why": "send fell short"}),
]


class TheLoop(unittest.TestCase):
    """The live view and its legend."""

    def test_a_turn_is_shown_as_the_view_shows_it(self) -> None:
        for page, language in ((LOOP, "en"), (GUIDE, "pt")):
            quoted = next(block.lines for block in page.blocks if block.lines[0].startswith("#0012"))
            self.assertEqual(quoted, shown(TURN, language)[3:])

    def test_the_command_above_it_has_the_language_of_the_page(self) -> None:
        (english,) = (command for command in LOOP.commands() if "--trace live" in command)
        self.assertIn("--lang en", english)
        (portuguese,) = (command for command in GUIDE.commands() if "--trace live" in command)
        self.assertNotIn("--lang", portuguese)

    def test_the_legend_names_every_mark(self) -> None:
        marks = self.marks()
        self.assertEqual(len(marks), 11, marks)
        for page in (LOOP, GUIDE):
            table = re.findall(r"^\| `(.)` \| (.+) \|$", page.text, re.MULTILINE)
            self.assertEqual({mark for mark, _ in table}, marks)

    @staticmethod
    def marks() -> Set[str]:
        """The marks with which the view begins a line, from its source."""
        found: List[ast.Constant] = []
        for node in ast.walk(ast.parse((ROOT / "minichat/trace/view.py").read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._line":
                first = node.args[0]
                parts = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                found += [part for part in parts if isinstance(part, ast.Constant)]
        return {str(constant.value) for constant in found}


if __name__ == "__main__":
    unittest.main()
