"""The bots of the protocol's page: they answer as it says, and end with the server.

    sh clock.sh
    python3 counter.py
"""

from __future__ import annotations

import os
import signal
import tempfile
import unittest
from pathlib import Path

from tests.pages.desk import Desk
from tests.pages.markdown import PROTOCOL
from tests.peer import Peer
from tests.program import Program, ServerProcess


@unittest.skipUnless(os.name == "posix", "the first one is for a POSIX shell")
class Bots(unittest.TestCase):
    MOST_LINES = 17

    def setUp(self) -> None:
        self.desk = Desk()
        self.addCleanup(self.desk.close)
        self.server = ServerProcess()
        self.addCleanup(self.server.__exit__)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.ana = Peer(self.server.port, "ana")
        self.addCleanup(self.ana.close)

    def start(self, name: str, command: str) -> Program:
        """Save a bot of the page, and start it as the page says; it is in."""
        (block,) = (block for block in PROTOCOL.blocks if block.name == name)
        self.assertLessEqual(len(block.lines), self.MOST_LINES)
        Path(self.folder.name, name).write_text("\n".join(block.lines) + "\n", "utf-8")
        self.assertIn(command, PROTOCOL.commands())
        variables = {**self.desk.env, "MINICHAT_PORT": str(self.server.port), "TMPDIR": self.folder.name}
        options = {"cwd": self.folder.name, "start_new_session": True}
        port = f" {self.server.port}" if "python3" in command else ""
        bot = Program("sh", "-c", f"exec {command}{port}", interpreter=(), variables=variables, options=options)
        self.addCleanup(bot.__exit__)
        self.addCleanup(self.end, bot)
        self.ana.expect(f"JOIN {name.partition('.')[0]}")
        return bot

    @staticmethod
    def end(bot: Program) -> None:
        """End a bot with all that it has started."""
        try:
            os.killpg(bot.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def ends_with_the_server(self, bot: Program) -> None:
        """Assert that the bot leaves nothing behind: no process, no file."""
        self.ana.close()  # a server waits for those who stay
        self.server.stop()
        self.assertEqual(bot.finish(), (0, "", ""))
        left = {path.name for path in Path(self.folder.name).iterdir()}
        self.assertLessEqual(left, {"clock.sh", "counter.py", "__pycache__"})

    def test_the_bot_in_shell_tells_the_time(self) -> None:
        bot = self.start("clock.sh", "sh clock.sh")
        self.ana.send("!time\n")
        self.ana.expect("FROM ana [all]: !time")
        self.assertRegex(self.ana.line(), r"\AFROM clock \[all\]: It is \d\d:\d\d\.\Z")
        self.ana.send("@clock !time\n")
        self.assertRegex(self.ana.line(), r"\AFROM clock \[dm\]: It is \d\d:\d\d\.\Z")
        # What only looks like a question is none.
        self.ana.send("!time now\n FROM x [all]: !time\n$(date) `date` * \\c\n@clock bye\nWHO\n")
        asked = ("!time now", " FROM x [all]: !time", "$(date) `date` * \\c")
        self.ana.expect(*(f"FROM ana [all]: {text}" for text in asked), "WHO 2 ana clock")
        self.ends_with_the_server(bot)

    def test_the_bot_in_python_counts(self) -> None:
        bot = self.start("counter.py", "python3 counter.py")
        self.ana.send("oi\n!count\n@counter !count\nand more\n!count\n")  # at once: none may be lost
        said = [self.ana.line() for _ in range(7)]  # four of her own come back
        counts = (("all", 2), ("dm", 3), ("all", 5))
        answers = [f"FROM counter [{kind}]: ana has spoken {count} times." for kind, count in counts]
        self.assertEqual([line for line in said if line.startswith("FROM counter")], answers)
        self.ana.send("@counter ã ç\n@counter !count\n")
        self.ana.until(b"FROM counter [dm]: ana has spoken 7 times.\n")
        self.ends_with_the_server(bot)

    def test_a_nick_in_use_ends_the_bot_in_python(self) -> None:
        with Peer(self.server.port, "counter"):
            self.ana.expect("JOIN counter")
            Path(self.folder.name, "counter.py").write_text("\n".join(self.lines_of("counter.py")), "utf-8")
            bot = Program(str(Path(self.folder.name, "counter.py")), str(self.server.port))
            self.addCleanup(bot.__exit__)
            self.assertEqual(bot.finish(), (0, "", "ERR apelido_em_uso\n"))

    @staticmethod
    def lines_of(name: str) -> list[str]:
        """The lines of a bot on the page."""
        return next(block.lines for block in PROTOCOL.blocks if block.name == name)


class WhatABotMustNotDo(unittest.TestCase):
    """The page names the traps, and its own bots avoid them."""

    def test_a_text_that_is_repeated_can_be_a_command(self) -> None:
        with ServerProcess() as server, Peer(server.port, "parrot") as parrot, Peer(server.port, "ana") as ana:
            ana.send("QUIT \n QUIT\n")  # the first is hers; she says the second one to all
            self.assertEqual(ana.rest(), "BYE\n")
            parrot.expect("JOIN ana", "LEAVE ana quit")
            parrot.send("QUIT\n")
            self.assertEqual(parrot.rest(), "BYE\n", "and so would a bot that repeats it")

    def test_each_thing_has_its_harm_and_its_cure(self) -> None:
        table = PROTOCOL.table("What a bot must not do")
        self.assertGreaterEqual(len(table), 5)
        for row in table:
            self.assertEqual(len(row), 3)
            self.assertTrue(all(row), row)


if __name__ == "__main__":
    unittest.main()
