"""Traps around reading, set for a real server process."""

from __future__ import annotations

from tests.live import A_SPIN, SMALL_SEND_BUFFERS, LiveCase, at_most, pass_time

LINE_BYTES = 4096
SOME_MEGABYTES = 4_000_000  # allocators keep some; a buffer that grows would take far more


class LongLines(LiveCase):
    def test_twenty_megabytes_without_a_newline_are_one_error(self) -> None:
        """Trap 24."""
        server = self.serve("--rate", "0")
        ana = self.peer(server, "ana")
        self.check_served(ana, "ana")
        before, most, piece = server.memory_bytes(), 0, b"A" * 1_000_000
        for _ in range(20):
            ana.send(piece)
            most = max(most, server.memory_bytes())
        ana.send("QUIT\nWHO\n")
        ana.expect("ERR line_too_long", "WHO 1 ana")
        self.assertLess(most - before, SOME_MEGABYTES)


    def test_a_line_without_an_end_is_read_at_the_rate(self) -> None:
        """Trap 51."""
        server = self.serve()
        ana, bia = self.peer(server, "ana"), self.peer(server, "bia")
        ana.push(b"A" * 20_000_000)  # the burst, and what the kernels hold
        pass_time(0.5)
        ana.push(b"A" * 20_000_000)
        cpu, taken = server.cpu_seconds(), 0
        for _ in range(20):
            pass_time(0.1)
            taken += ana.push(b"A" * 20_000_000)
        self.assertLess(taken, 1_000_000, "64,000 a second, in the pieces in which TCP opens its window")
        self.assertLess(server.cpu_seconds() - cpu, 2 * A_SPIN)
        self.check_served(bia, "bia")

    def test_a_first_line_without_an_end_is_told_and_goes_on(self) -> None:
        """Trap 56."""
        server = self.serve("--log-level", "info", limits={"unfinished_seconds": 0.3})
        peer = self.peer(server)
        peer.send("an")
        peer.expect("ERR line_unfinished")
        peer.send("a\n")
        peer.expect("OK ana")
        self.assertIn("2 bytes of a first line, and no newline after 0.3 s", self.end(server))


class Waiting(LiveCase):
    CAP, PEOPLE = 1 << 20, 400

    def test_what_waits_on_many_connections_is_bounded(self) -> None:
        """Trap 52: 400 reads of 16 KiB would be 6.5 MB."""
        server = self.serve(limits={"inputs_bytes": self.CAP, "rate_lines": 1.0, "rate_address_share": 1e6})
        people = [self.peer(server) for _ in range(at_most(self.PEOPLE))]
        for number, peer in enumerate(people):
            peer.send(f"p{number}\n")
        for number, peer in enumerate(people):
            peer.until(f"OK p{number}\n".encode())
        before = server.memory_bytes()
        for peer in people:
            peer.push(b"\n" * 16_384)  # empty lines, with no answers that would take memory
        pass_time(1.0)
        grown = server.memory_bytes() - before
        self.assertLess(grown, self.CAP + len(people) * LINE_BYTES + 1_000_000)
        late = self.peer(server)
        late.send("late\n")
        late.until(b"OK late\n")


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
