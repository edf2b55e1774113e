"""Traps around reading, set for a real server process."""

from __future__ import annotations

from tests.live import SMALL_SEND_BUFFERS, LiveCase, pass_time

LINE_BYTES = 4096
SOME_MEGABYTES = 4_000_000  # allocators keep some; a buffer that grows would take far more


class LongLines(LiveCase):
    def test_twenty_megabytes_without_a_newline_are_one_error(self) -> None:
        """Trap 24."""
        server = self.serve()
        ana = self.peer(server, "ana")
        self.check_served(ana, "ana")
        before, most, piece = server.memory_bytes(), 0, b"A" * 1_000_000
        for _ in range(20):
            ana.send(piece)
            most = max(most, server.memory_bytes())
        ana.send("QUIT\nWHO\n")
        ana.expect("ERR line_too_long", "WHO 1 ana")
        self.assertLess(most - before, SOME_MEGABYTES)


class Ends(LiveCase):
    def test_a_half_closed_client_gets_every_answer_then_the_end(self) -> None:
        """Trap 27: also what the rate holds back."""
        server = self.serve("--rate", "55", change=SMALL_SEND_BUFFERS)  # 220 at once, then 55 a second
        peer = self.slow_peer(server)
        said = [f"{number} " + "x" * 150 for number in range(240)]
        peer.send("\n".join(["ana", *said, "WHO", "never ended"]))
        peer.end_sending()
        answers = ["OK ana", *(f"FROM ana [all]: {text}" for text in said), "WHO 1 ana", ""]
        self.assertEqual(peer.rest().split("\n"), answers)

    def test_a_half_closed_client_gets_also_what_was_still_queued(self) -> None:
        """Trap 27."""
        peer = self.slow_peer(self.serve("--rate", "0", change=SMALL_SEND_BUFFERS))
        said = [f"{number} " + "x" * 250 for number in range(60)]
        peer.send("\n".join(["ana", *said, ""]))
        peer.end_sending()
        pass_time(0.1)
        self.assertEqual(peer.rest().split("\n"), ["OK ana", *(f"FROM ana [all]: {text}" for text in said), ""])
