"""The seams by which the loop is watched: renaming one has to fail here, loudly."""

from __future__ import annotations

import unittest
from typing import Dict, Set

from minichat.net.connection import Connection
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.server.server import Server
from minichat.trace.served import WatchedServer
from minichat.trace.watched import WatchedConnection, WatchedPool, WatchedReactor
from minichat.trace.watchedweb import WatchedFrameReader, WatchedWebConnection, WatchedWebHouse
from minichat.web.connection import WebConnection
from minichat.web.frames import FrameReader
from minichat.web.house import WebHouse

# What each watched class puts in the place of something of the real one.
SEAMS: Dict[type, Set[str]] = {
    WatchedReactor: {"register", "modify", "_wait", "_call_all", "_ring"},
    WatchedConnection: {"write", "answer", "take_line", "_give_up_queue", "_enter", "update_interest", "release"},
    WatchedPool: {"kind"},
    WatchedFrameReader: {"_end_frame"},
    WatchedWebConnection: {"respond", "upgrade", "_lines"},
    WatchedWebHouse: {"kind"},
    WatchedServer: {"pool_kind", "line_received", "resumed", "line_too_long", "_leave"},
}
# and what is new in them
OWN = {
    WatchedConnection: {"interest", "unsent", "_book", "_book_line"},
    WatchedFrameReader: {"_note"},
    WatchedServer: {"_look"},
    WatchedWebConnection: {"leave_trace", "_book", "_book_line"},  # of the watched connection
}
REAL: Dict[type, type] = {
    WatchedReactor: Reactor, WatchedConnection: Connection, WatchedPool: Pool, WatchedServer: Server,
    WatchedFrameReader: FrameReader, WatchedWebConnection: WebConnection, WatchedWebHouse: WebHouse,
}  # fmt: skip


class Seams(unittest.TestCase):
    def test_each_watched_class_overrides_its_seams_and_no_more(self) -> None:
        for watched, seams in SEAMS.items():
            found = {name for name in vars(watched) if not name.startswith("__")} - OWN.get(watched, set())
            self.assertEqual(found, seams, watched.__name__)

    def test_each_seam_is_there_in_the_real_class(self) -> None:
        for watched, seams in SEAMS.items():
            missing = seams - set(dir(REAL[watched]))
            self.assertEqual(missing, set(), f"{REAL[watched].__name__} has lost what {watched.__name__} overrides")

    def test_nothing_new_hides_something_of_the_real_class(self) -> None:
        for watched, names in OWN.items():
            self.assertEqual(names & set(dir(REAL[watched])), set(), watched.__name__)


if __name__ == "__main__":
    unittest.main()
