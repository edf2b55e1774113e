"""Input from pipes, files, /dev/null and through the thread of Windows."""

from __future__ import annotations

import os
import tempfile
import unittest
from typing import List
from unittest import mock

from minichat.net.reactor import Reactor
from minichat.tty import keyboard
from minichat.tty.keyboard import Keyboard


class Typing(unittest.TestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        self.pieces: List[bytes] = []
        self.ends = 0

    def ended(self) -> None:
        self.ends += 1
        self.reactor.stop()

    def read(self, fd: int) -> bytes:
        """Everything from ``fd`` up to its end."""
        reading = Keyboard(self.reactor, fd, self.pieces.append, self.ended)
        reading.resume()
        self.reactor.run()
        self.assertEqual((self.ends, len(self.reactor._selector.get_map())), (1, 0))
        return b"".join(self.pieces)

    def pipe(self, data: bytes) -> int:
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.write(writer, data)
        os.close(writer)
        return reader

    def test_a_pipe_is_read_to_its_end(self) -> None:
        self.assertEqual(self.read(self.pipe(b"oi\ntudo bem?\n")), b"oi\ntudo bem?\n")

    def test_a_regular_file_is_read_though_epoll_refuses_it(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * 100_000)
            file.seek(0)
            self.assertEqual(self.read(file.fileno()), b"x" * 100_000)

    def test_dev_null_ends_at_once(self) -> None:
        with open(os.devnull, "rb") as null:
            self.assertEqual(self.read(null.fileno()), b"")

    def test_what_cannot_be_read_counts_as_the_end(self) -> None:
        fd = os.open(os.path.dirname(os.path.abspath(__file__)), os.O_RDONLY)
        self.addCleanup(os.close, fd)
        self.assertEqual(self.read(fd), b"")

    def test_a_thread_reads_where_the_selector_cannot(self) -> None:
        with mock.patch.object(keyboard, "NEEDS_THREAD", True):
            self.assertEqual(self.read(self.pipe(b"oi\n" * 1000)), b"oi\n" * 1000)

    def test_it_knows_what_was_typed_and_not_read(self) -> None:
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        reading = Keyboard(self.reactor, reader, self.pieces.append, self.ended)
        self.assertFalse(reading.has_more)
        os.write(writer, b"oi")
        self.assertTrue(reading.has_more)
        reading.resume()
        self.reactor.run_once()
        self.assertFalse(reading.has_more)

    def test_nothing_is_read_while_it_is_paused(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * 100_000)
            file.seek(0)
            reading = Keyboard(self.reactor, file.fileno(), self.pieces.append, self.ended)
            reading.resume()
            self.reactor.run_once()
            reading.pause()
            self.reactor.call_later(0.0, lambda: None)
            self.reactor.run_once()
            self.assertEqual(len(self.pieces), 1)
            reading.resume()
            self.reactor.run()
        self.assertEqual(len(b"".join(self.pieces)), 100_000)
