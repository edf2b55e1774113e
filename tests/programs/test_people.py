"""Traps around people and text, set for a real server process."""

from __future__ import annotations

import re
import time

from tests.live import NO_LOOPBACK, LiveCase
from tests.peer import Peer

LINE = re.compile(r"\A[0-9-]+ [0-9:,]+ INFO 127[.]0[.]0[.]1 refused: [a-z_]+( \(\+[0-9]+\))?\Z")


class Nicks(LiveCase):
    DISGUISES = {
        "Ana": ("ana", "ANA", "\uff21\uff2e\uff21", "aNA"),
        "Jos\u00e9": ("Jose\u0301", "JOS\u00c9", "jos\u00e9"),
        "Stra\u00dfe": ("strasse", "STRASSE", "stra\u1e9ee"),
        "\ufb01m": ("fim", "FIM"),
    }

    def test_a_nick_in_use_is_refused_in_every_disguise_and_found_in_each(self) -> None:
        """Trap 39."""
        server = self.serve()
        for nick, disguises in self.DISGUISES.items():
            member = self.peer(server, nick)
            for disguise in disguises:
                with self.subTest(nick=nick, disguise=disguise):
                    with Peer(server.port) as other:
                        other.send(f"{disguise}\n")
                        self.assertEqual(other.rest(), "ERR apelido_em_uso\n")
                    member.send(f"@{disguise} it is me\n")
                    member.expect(f"FROM {nick} [dm]: it is me")
            member.send("QUIT\n")
            member.rest()

    def test_a_nick_is_free_again_when_its_leave_can_be_read(self) -> None:
        """Trap 39."""
        server = self.serve()
        ana = self.peer(server, "ana")
        for _ in range(20):
            bruno = self.peer(server, "bruno")
            ana.expect("JOIN bruno")
            bruno.close()
            ana.expect("LEAVE bruno gone")

    def test_of_two_who_come_at_once_with_one_nick_one_gets_it(self) -> None:
        """Trap 39."""
        server = self.serve()
        for number in range(20):
            with Peer(server.port) as first, Peer(server.port) as second:
                for peer, nick in ((first, f"Ana{number}"), (second, f"ana{number}")):
                    peer.send(f"{nick}\n")
                answers = sorted((first.line(), second.line()))
                self.assertEqual(answers[0], "ERR apelido_em_uso")
                self.assertIn(answers[1], (f"OK Ana{number}", f"OK ana{number}"))

    def test_who_is_refused_was_never_in(self) -> None:
        """Trap 39."""
        server = self.serve()
        ana = self.peer(server, "ana")
        for nick in ("ANA", "who", "a b", "", "x" * 25, "a\u0430"):
            with Peer(server.port) as other:
                other.send(f"{nick}\n@ana forged\nWHO\n")
                self.assertRegex(other.rest(), r"\AERR apelido_\w+\n\Z")
        ana.send("WHO\n")
        ana.expect("WHO 1 ana")


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
        lines = self.end(server).splitlines()
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
