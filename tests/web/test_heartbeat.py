"""The heartbeat: a clock that is put forward, and browsers that answer or do not."""

from __future__ import annotations

import unittest
from unittest import mock

from minichat.net.connection import CLOSED, OPEN, RATE
from minichat.net.pace import Pace
from minichat.web.heartbeat import PING_SECONDS, PONG_SECONDS
from tests.web.webcase import AllAtBrowsers


class Hearts(AllAtBrowsers):
    def test_a_silent_browser_is_pinged_and_stays_if_it_answers(self) -> None:
        ana = self.person(self, "ana")
        self.pass_time(PING_SECONDS + PONG_SECONDS + 30)
        self.assertGreaterEqual(ana.socket.controls.count((0x89, b"")), 2)
        ana.say("oi")
        ana.reads("FROM ana [all]: oi")

    def test_a_guest_who_says_nothing_is_pinged_too(self) -> None:
        guest = self.person(self)
        self.pass_time(PING_SECONDS + 2)
        self.assertEqual(guest.socket.controls, [(0x89, b"")])

    def test_one_who_says_something_is_not_pinged(self) -> None:
        ana = self.person(self, "ana")
        for _ in range(3):
            self.pass_time(PING_SECONDS - 2)
            ana.say("oi")
            ana.reads("FROM ana [all]: oi")
        self.assertEqual(ana.socket.controls, [])

    def test_one_who_does_not_answer_is_let_go_and_the_nick_is_free(self) -> None:
        ana, bia = self.person(self, "ana"), self.person(self, "bia")
        ana.socket.answers_pings = False
        self.pass_time(PING_SECONDS + PONG_SECONDS + 2)
        bia.reads("LEAVE ana timeout")
        self.settle()
        self.person(self, "ana")

    def test_any_frame_is_an_answer(self) -> None:
        ana = self.person(self, "ana")
        ana.socket.answers_pings = False
        self.pass_time(PING_SECONDS + 5)
        ana.say("oi")
        ana.reads("FROM ana [all]: oi")
        self.pass_time(PONG_SECONDS - 3)
        ana.say("still here")
        ana.reads("FROM ana [all]: still here")

    def test_one_whose_lines_wait_is_not_taken_for_silent(self) -> None:
        """While lines wait for the rate nothing is read: a pong, or a line, may be there."""
        ana, bia = self.person(self, "ana"), self.person(self, "bia")
        with mock.patch.object(self.server.pool.turn, "limits", self.limits._replace(rate_lines=1.0)):
            connection = next(c for c in self.server.pool.owners if c.context is self.server.room.find("ana"))
            connection.pace = Pace()
            ana.say(*["x"] * 120)
            self.pass_time(2 * (PING_SECONDS + PONG_SECONDS))
            self.assertIs(connection.pause, RATE)
            self.assertIs(connection.life, OPEN)
            self.pass_time(60.0)
        self.assertEqual(bia.received.count(b"FROM ana [all]: x\n"), 120)

    def test_one_who_reads_slowly_has_the_patience_of_all(self) -> None:
        ana, slow = self.person(self, "ana"), self.person(self, "slow", recv_buffer=4096)
        connection = next(c for c in self.server.pool.owners if c.context is self.server.room.find("slow"))
        self.browsers.remove(slow)
        patient = self.limits._replace(progress_seconds=1000.0, queue_soft_seconds=1000.0)
        with mock.patch.object(self.server.pool.turn, "limits", patient):
            for _ in range(16):
                while connection.queued < 20_000:  # again, if the kernel has taken some by itself
                    ana.say(*["x" * 4000] * 3)
                    self.turn()
                self.pass_time((PING_SECONDS + PONG_SECONDS) / 8)
                self.assertIs(connection.life, OPEN, connection.reason)

    def test_who_has_gone_is_in_no_book(self) -> None:
        ana = self.person(self, "ana")
        ana.say("QUIT")
        ana.to_end()
        ana.socket.close()
        self.settle()
        site = self.house._site
        self.assertEqual((site.heartbeat._silent.due, site.heartbeat._asked.due, site.heads.due), ({}, {}, {}))

    def test_one_who_closes_late_gets_no_ping(self) -> None:
        ana = self.person(self, "ana")
        ana.socket.answers_pings = False
        ana.say("QUIT")
        self.settle()
        connection = next(iter(self.server.pool.owners))
        self.pass_time(30.0)
        self.assertIs(connection.life, CLOSED)
        self.assertNotIn((0x89, b""), ana.socket.controls)


if __name__ == "__main__":
    unittest.main()
