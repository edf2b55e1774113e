"""A reader follows the pages: every command on them is run here, or said to be run elsewhere."""

from __future__ import annotations

import os
import re
import tempfile
import unittest
from pathlib import Path
from typing import List, Set, Tuple

from minichat.cli import options
from minichat.server import options as server
from minichat.server.address import reachable_host
from tests.pages.desk import Desk, Terminal, has_netcat, run
from tests.pages.elsewhere import ELSEWHERE
from tests.pages.markdown import FIRST, GUIDE, HOUSE, PAGES, WEB, Page, codes
from tests.peer import Peer
from tests.program import ServerProcess
from tests.support import ROOT, wait_until

# Sections that are played as they are written.
WALK, GUIDE_WALK = "Try it in a minute", "Um minuto"
OTHERS, GUIDE_OTHERS = "Run it for others", "Na rede local"
GUIDE_BROWSER, WEB_WALK = "No navegador", "Try it"
AN_ADDRESS = "192.0.2.7"  # on the pages; RFC 5737 keeps it for that

# Commands that end by themselves, with status 0 when all is well.
END_WELL = (
    "python3 -m tests.test_traps",
    "python3 -m tests.simulation --seed 4711",
    "python3 scripts/labs/run.py",
    "python3 scripts/labs/run.py --lang en",
    "python3 scripts/demo.py --lang en",
    "python3 -m minichat.server --lang en --show-limits",
)

# A command, and below it what it prints while a server runs that is empty.
ANSWERED = ("printf 'Olá\\nWHO\\n' | python3 -m minichat.client --nick davi | cat",)

RUN_ELSEWHERE = {command for entry in ELSEWHERE for command in entry.commands}

# What takes more than five seconds has its time beside it.
LONG = (
    "python3 -m unittest",
    "scripts/check",
    "scripts/check --fast",
    "pip install .",
    "python3 scripts/bench.py",
    "python3 scripts/chaos.py --seconds 10",
    "python3 scripts/attacks.py --quick",
    "python3 scripts/labs/run.py 1",
    "python3 scripts/labs/run.py 1 --lang en",
    "python3 -m tests.wire python3 my_server.py",
)
A_TIME = re.compile(r"\b(seconds?|minutes?|segundos?|minutos?)\b")

WINDOWS = {"python3 -m venv .venv": "py -m venv .venv", ". .venv/bin/activate": ".venv\\Scripts\\activate"}


def experiments() -> List[str]:
    """The lines of the reading order that say what a command prints."""
    return [line for line in HOUSE.section("Reading order").splitlines() if "→" in line]


def played() -> Set[str]:
    """All commands that are run in this file."""
    found = {codes(line.partition("→")[0])[-1] for line in experiments()}
    read = (FIRST, (WALK, OTHERS)), (GUIDE, (GUIDE_WALK, GUIDE_OTHERS, GUIDE_BROWSER)), (WEB, (WEB_WALK,))
    for page, sections in read:
        found |= {line for block in page.blocks if block.section in sections for line in block.lines}
    return found | {*END_WELL, *ANSWERED}


@unittest.skipUnless(hasattr(os, "openpty"), "no pseudo-terminals on this system")
class Commands(unittest.TestCase):
    """What is typed as on a page shows what the page shows."""

    def setUp(self) -> None:
        self.desk = Desk()
        self.addCleanup(self.desk.close)

    @unittest.skipUnless(has_netcat(), "needs an nc with -N")
    def test_the_minute_in_terminals_goes_as_the_page_shows(self) -> None:
        self.desk.play(FIRST, WALK)

    def test_the_portuguese_guide_goes_as_the_page_shows(self) -> None:
        self.desk.play(GUIDE, GUIDE_WALK)

    @unittest.skipUnless(has_netcat(), "needs an nc with -N")
    def test_each_experiment_prints_what_stands_after_its_arrow(self) -> None:
        self.desk.open("server", "python3 -m minichat.server").next_line()
        self.assertGreater(len(experiments()), 5)
        for line in experiments():
            before, _, after = line.partition("→")
            command = self.desk.here(codes(before)[-1])
            with self.subTest(command):
                _, output = run(command, self.desk.env)
                # (wc puts spaces before its number on some systems)
                self.assertEqual([text.strip() for text in output.splitlines()], codes(after))

    def test_what_a_script_gets_is_what_the_page_shows(self) -> None:
        self.desk.open("server", "python3 -m minichat.server").next_line()
        for command in ANSWERED:
            (page,) = (page for page in PAGES.values() if command in page.commands())
            place = [block.lines for block in page.blocks].index([command])
            status, output = run(self.desk.here(command), self.desk.env)
            self.assertEqual((status, output.splitlines()), (0, page.blocks[place + 1].lines))

    def test_what_ends_by_itself_ends_well(self) -> None:
        for command in END_WELL:
            with self.subTest(command):
                status, output = run(command, self.desk.env)
                self.assertEqual(status, 0, output)

    @unittest.skipUnless(reachable_host(("0.0.0.0", 0)), "no network here")
    def test_the_server_tells_how_others_reach_it(self) -> None:
        for page, title in ((FIRST, OTHERS), (GUIDE, GUIDE_OTHERS)):
            command, told, *_ = (block.lines for block in page.blocks if block.section == title)
            terminal = self.desk.open("server", command[0])
            here = reachable_host(("0.0.0.0", 0))
            terminal.play([self.desk.here(line).replace(AN_ADDRESS, here) for line in told])
            terminal.is_quiet()

    @unittest.skipUnless(reachable_host(("0.0.0.0", 0)), "no network here")
    def test_the_server_tells_which_address_a_browser_types(self) -> None:
        here = reachable_host(("0.0.0.0", 0))
        for page, title in ((FIRST, OTHERS), (GUIDE, GUIDE_BROWSER)):
            command, told = self.browser_blocks(page, title)
            terminal = self.serve_browsers(command, [line.replace(AN_ADDRESS, here) for line in told])
            terminal.is_quiet()

    @unittest.skipUnless(has_netcat(), "needs an nc with -N")
    def test_a_browser_can_be_played_by_hand(self) -> None:
        command, told = self.browser_blocks(WEB, WEB_WALK)
        self.serve_browsers(command, told)
        blocks = [block.lines for block in WEB.blocks if block.section == WEB_WALK][2:]
        self.assertEqual(len(blocks), 6)
        for typed, shown in zip(blocks[::2], blocks[1::2]):
            _, output = run(self.there("\n".join(typed)), self.desk.env)
            self.assertEqual(output.splitlines(), [self.there(line) for line in shown])

    def browser_blocks(self, page: Page, title: str) -> Tuple[str, List[str]]:
        """The command of a section that opens the door for browsers, and what it shows."""
        blocks = [block.lines for block in page.blocks if block.section == title]
        (place,) = (place for place, lines in enumerate(blocks) if "--web 8080" in lines[0])
        return blocks[place][0], blocks[place + 1]

    def serve_browsers(self, command: str, told: List[str]) -> Terminal:
        """Start a server as on a page, with any web port, and wait for what it shows."""
        terminal = self.desk.open("server", command.replace("--web 8080", "--web 0"))
        place = next(place for place, line in enumerate(told) if "http:" in line)
        terminal.play([self.desk.here(line) for line in told[:place]])
        self.web_port = terminal.next_line().rstrip("/").rpartition(":")[2]
        terminal.play([self.there(line) for line in told[place:]])
        return terminal

    def there(self, text: str) -> str:
        """``text`` with the ports that the server really has."""
        return self.desk.here(text).replace("8080", self.web_port)

    def test_the_server_runs_in_the_background_and_ends(self) -> None:
        (block,) = (block for block in FIRST.blocks if block.section == OTHERS and "nohup" in block.lines[0])
        begin, end = block.lines
        with tempfile.TemporaryDirectory() as name:
            folder, log = Path(name), Path(name, "minichat.log")
            self.assertEqual(run(begin, {**self.desk.env, "MINICHAT_PORT": "0"}, folder), (0, ""))
            try:
                wait_until(lambda: "Servidor escutando em 0.0.0.0:" in log.read_text("utf-8"), "its first line")
            finally:
                self.assertEqual(run(end, self.desk.env, folder), (0, ""))
            wait_until(lambda: log.read_text("utf-8").endswith("[STATUS] Servidor encerrado\n"), "its last line")

    def test_the_four_cases_go_as_in_their_table(self) -> None:
        with ServerProcess() as process:
            peers = {nick: Peer(process.port, nick) for nick in ("ana", "bruno")}
            peers["carlos"] = Peer(process.port)
            peers["ana"].expect("JOIN bruno")
            cases = FIRST.table("The four cases")
            self.assertEqual(len(cases), 4)
            for _, typed, *read in cases:
                peers[typed.partition(":")[0]].send(codes(typed)[0] + "\n")
                for nick, cell in zip(("ana", "bruno", "carlos"), read):
                    peers[nick].expect(*codes(cell))
            self.assertEqual(peers["carlos"].rest(), "")  # disconnected
            peers["ana"].send("QUIT\n")  # and none of the others has read anything else
            self.assertEqual(peers["ana"].rest(), "BYE\n")
            peers["bruno"].expect("LEAVE ana quit")
            for peer in peers.values():
                peer.close()


class Everywhere(unittest.TestCase):
    """No command is forgotten."""

    def test_every_command_is_run_here_or_said_to_be_run_elsewhere(self) -> None:
        for page in PAGES.values():
            for command in [*page.commands(), *page.quoted_commands()]:
                with self.subTest(command, page=page):
                    self.assertIn(command, played() | RUN_ELSEWHERE | {"sh -c"}, "a command that no test runs")

    def test_what_is_run_stands_on_a_page_and_elsewhere_there(self) -> None:
        commands = {command for page in PAGES.values() for command in [*page.commands(), *page.quoted_commands()]}
        self.assertEqual({*END_WELL, *ANSWERED, *RUN_ELSEWHERE} - commands, set())
        for entry in ELSEWHERE:
            is_there = entry.words in (ROOT / entry.place).read_text(encoding="utf-8")
            self.assertTrue(is_there, f"{entry.commands} not found in {entry.place}")

    def test_what_takes_long_has_its_time_beside_it(self) -> None:
        for page in PAGES.values():
            for block in (block for block in page.blocks if block.kind == "sh"):
                for command in set(block.lines) & set(LONG):
                    self.assertRegex(block.before, A_TIME, f"{page}: {command}")

    def test_windows_has_the_same_lines(self) -> None:
        for page in (FIRST, GUIDE):
            shells = [block for block in page.blocks if "pip install ." in block.lines]
            unix, windows = (next(block for block in shells if block.kind == kind) for kind in ("sh", "bat"))
            self.assertEqual([WINDOWS.get(line, line) for line in unix.lines], windows.lines)

    def test_the_gate_expects_of_the_client_what_the_page_shows(self) -> None:
        shown = [block.lines for block in FIRST.blocks if block.section == "Install it" and block.kind == "text"]
        gate = (ROOT / "scripts/check").read_text(encoding="utf-8")
        self.assertIn("'" + "".join(f"{line}\\n" for line in shown[0]) + "'", gate)

    def test_the_service_starts_the_server_with_options_it_has(self) -> None:
        (unit,) = (block.lines for block in FIRST.blocks if block.kind == "ini")
        (command,) = (line.partition("=")[2].split() for line in unit if line.startswith("ExecStart="))
        self.assertEqual(Path(command[0]).name, options.SERVER)
        self.assertIn(str(Path(command[0]).parent / "pip"), FIRST.prose)
        values, _ = options.parse(options.SERVER, server.OPTIONS, server.FLAGS, command[1:], {})
        self.assertEqual(values.host, "0.0.0.0")


def first_commands(page: Page) -> List[str]:
    """The commands before the first heading."""
    return [line for block in page.blocks if not block.section for line in block.lines]


class TheFirstScreen(unittest.TestCase):
    """From the clone to the first line chatted: two commands, and nothing to scroll."""

    LINES, MOST_LINES = 20, 300

    def test_it_shows_runs_and_tests_the_chat_and_leads_on(self) -> None:
        run_it = ["python3 -m minichat.server", "python3 -m minichat.client", "python3 -m unittest"]
        for page, more in ((FIRST, ["`--lang en`", "minichat/LEIAME.md"]), (GUIDE, ["../README.md"])):
            screen = "\n".join(page.text.splitlines()[: self.LINES])
            self.assertEqual(first_commands(page), run_it)
            for part in (*run_it, "![", ".svg)", "`py`", "](#", *more):
                self.assertIn(part, screen)

    def test_from_the_first_screen_every_page_is_one_click_away(self) -> None:
        screen = "\n".join(FIRST.text.splitlines()[: self.LINES])
        for path in set(PAGES) - {"README.md", "minichat/trace/README.md"}:
            self.assertIn(f"]({path})", screen)

    def test_the_first_page_is_short(self) -> None:
        self.assertLessEqual(FIRST.text.count("\n"), self.MOST_LINES)


if __name__ == "__main__":
    unittest.main()
