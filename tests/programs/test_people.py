"""Traps around people and text, set for a real server process."""

from __future__ import annotations

import re
import time

from tests.live import NO_LOOPBACK, LiveCase
from tests.peer import Peer

LINE = re.compile(r"\A[0-9-]+ [0-9:,]+ INFO 127[.]0[.]0[.]1:[0-9]+ refused: [a-z_]+( \(\+[0-9]+\))?\Z")


class Floods(LiveCase):
    def test_a_paste_of_a_thousand_lines_is_delayed_and_arrives_whole(self) -> None:
        """Trap 41."""
        ana = self.peer(self.serve("--rate", "225"), "ana")  # 900 at once, then 225 a second
        started = time.monotonic()
        ana.send("".join(f"{number}\n" for number in range(1000)))
        ana.expect(*(f"FROM ana [all]: {number}" for number in range(1000)))
        self.assertGreater(time.monotonic() - started, 0.4)

    def test_refused_lines_cost_double(self) -> None:
        """Trap 41."""
        ana = self.peer(self.serve("--rate", "225"), "ana")
        started = time.monotonic()
        ana.send("@nobody hi\n" * 500)
        ana.expect(*["ERR user_not_found"] * 500)
        self.assertGreater(time.monotonic() - started, 0.4)

    def test_a_rate_of_zero_delays_nobody_and_bounds_nothing(self) -> None:
        """Trap 41."""
        ana = self.peer(self.serve("--rate", "0"), "ana")
        for round_ in range(4):  # 10,000 lines would take 96 s at the usual rate
            ana.send("".join(f"{round_} {number}\n" for number in range(2500)))
            ana.expect(*(f"FROM ana [all]: {round_} {number}" for number in range(2500)))


class Logs(LiveCase):
    def test_thousands_of_bad_connections_are_a_log_line_a_second(self) -> None:
        """Trap 42."""
        started = time.monotonic()
        server = self.serve("--log-level", "info", "--max-per-ip", "1", change=NO_LOOPBACK)
        self.peer(server, "ana")
        for _ in range(3000):
            with Peer(server.port) as peer:
                peer.send("\x1b]0;forged\x07\nINFO forged\n")
                self.assertEqual(peer.line(), "ERR too_many_connections")
        first, *lines = self.end(server).splitlines()
        self.assertIn(" INFO ana joined from 127.0.0.1:", first)
        self.assertLessEqual(len(lines), 1 + time.monotonic() - started)
        self.assertGreaterEqual(len(lines), 1)
        for line in lines:
            self.assertRegex(line, LINE)

    def test_what_people_say_is_in_no_log(self) -> None:
        """Trap 42."""
        server = self.serve("--log-level", "debug")
        ana, bruno = self.peer(server, "ana"), self.peer(server, "bruno")
        bruno.send("@ana segredo\nsegredo\nsegredo\x07\n@ninguem segredo\nQUIT\n")
        bruno.rest()
        ana.expect("JOIN bruno", "FROM bruno [dm]: segredo", "FROM bruno [all]: segredo", "LEAVE bruno quit")
        for peer in (ana, bruno):
            peer.close()
        server.process.terminate()
        _, output, errors = server.finish()
        self.assertNotIn("segredo", output + errors)
        self.assertIn("bruno saiu", output)
