"""What the client does for a typed line, on fakes that only note."""

from __future__ import annotations

import unittest
from typing import Iterable, List, Tuple

from minichat.cli.messages import Messages
from minichat.client.errands import Errands, Place


class Fakes:
    """Console, outbox, session and client in one; ``done`` is what they were asked for."""

    def __init__(self) -> None:
        self.done: List[Tuple[str, ...]] = []
        self.place = Place.IN

    def tell(self, text: str) -> None:
        """A line of the client."""
        self.done.append(("tell", text))

    def put_back(self, line: str) -> None:
        """A line for the row."""
        self.done.append(("row", line))

    def clear(self) -> None:
        """An empty screen."""
        self.done.append(("clear",))

    def add(self, lines: Iterable[str]) -> None:
        """Texts for the outbox."""
        self.done += [("send", line) for line in lines]

    def write(self, data: bytes) -> None:
        """Bytes for the server."""
        self.done.append(("write", data.decode()))

    def leave(self, status: int) -> None:
        """The end."""
        self.done.append(("leave", str(status)))


class ErrandsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.fakes = Fakes()
        self.errands = Errands(self.fakes, self.fakes, self.fakes, self.fakes.write, Messages("en"))

    def check(self, line: str, *done: Tuple[str, ...]) -> None:
        """Assert what is done for a typed line."""
        self.fakes.done.clear()
        self.errands.obey(line)
        self.assertEqual(self.fakes.done, list(done), line)


class Typed(ErrandsTest):
    def test_a_text_is_sent_and_waits_without_a_connection(self) -> None:
        self.check("oi", ("send", "oi"))
        self.check("//etc", ("send", "/etc"))
        self.fakes.place = Place.ENTERING
        self.check("oi", ("send", "oi"))
        self.fakes.place = Place.AWAY
        self.check("oi", ("tell", "Will be sent once the connection is back: oi"), ("send", "oi"))

    def test_a_command_goes_to_the_server_only_where_it_helps(self) -> None:
        self.check("/quem", ("write", "WHO\n"))
        self.fakes.place = Place.ENTERING
        self.check("who", ("send", "WHO"))  # between the texts that wait
        for place in (Place.AWAY, Place.OUTSIDE):
            self.fakes.place = place
            self.check("who", ("tell", "Not connected now."))

    def test_what_needs_no_server_is_done_anywhere(self) -> None:
        for place in Place:
            self.fakes.place = place
            self.check("/clear", ("clear",))
            self.check("QUIT", ("leave", "0"))

    def test_a_text_that_is_too_long_goes_back_on_the_row(self) -> None:
        self.check("x" * 4095, ("send", "x" * 4095))
        told = f'The line "{"x" * 20}…" has 4096 bytes and 4095 fit; it was not sent, divide it.'
        self.check("x" * 4096, ("tell", told), ("row", "x" * 4096))


if __name__ == "__main__":
    unittest.main()
