"""Lines for people and logs that may be slow, full, paused or gone."""

from __future__ import annotations

import os
import threading
import time
import unittest
from typing import Iterable, List

from minichat.cli import output
from minichat.cli.output import LONGEST_LINE_BYTES, Sink, wait_ready
from tests.program import run_program
from tests.support import PATIENCE_SECONDS

LARGE_NUMBER = 1500  # of a descriptor; select() takes those below 1024
MANY = 20_000  # lines; far more than a pipe or a terminal holds


def write_all(sink: Sink, lines: Iterable[str]) -> None:
    """Write the lines; AssertionError when that blocks or fails."""
    written = []

    def write() -> None:
        for line in lines:
            sink(line)
        written.append(True)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive(), "it blocks"
    assert written, "it raised an exception"


def dropped(count: int) -> str:
    """What a sink says of what it dropped."""
    return f"({count} dropped)"


def available(fd: int) -> bytes:
    """All that can be read now."""
    os.set_blocking(fd, False)
    data = b""
    try:
        while chunk := os.read(fd, 1 << 16):
            data += chunk
    except BlockingIOError:
        pass
    return data


class SinkTest(unittest.TestCase):
    """With a pipe."""

    def setUp(self) -> None:
        self.reader, self.writer = os.pipe()
        for fd in (self.reader, self.writer):
            self.addCleanup(self.close, fd)

    def close(self, fd: int) -> None:
        """Close it unless the test did."""
        try:
            os.close(fd)
        except OSError:
            pass

    def fill(self, sink: Sink, count: int = MANY) -> None:
        """Write numbered lines, without ever waiting."""
        write_all(sink, [f"line {number}" for number in range(count)])


class APipe(SinkTest):
    """The usual case: a log that is read, or is not."""

    def test_a_line_is_written_at_once_with_its_newline(self) -> None:
        sink = Sink(self.writer, dropped)
        sink("olá €")
        sink("")
        self.assertEqual(available(self.reader), "olá €\n\n".encode())

    def test_a_pipe_that_nobody_reads_stops_nobody(self) -> None:
        """Trap 21."""
        self.fill(Sink(self.writer, dropped))
        lines = available(self.reader).decode().split("\n")[:-1]
        self.assertEqual(lines, [f"line {number}" for number in range(len(lines))])
        self.assertLess(len(lines), MANY)

    def test_how_many_were_dropped_is_told_as_soon_as_there_is_room(self) -> None:
        """Trap 21."""
        sink = Sink(self.writer, dropped)
        self.fill(sink)
        written = available(self.reader).count(b"\n")
        sink("again")
        sink("and again")
        self.assertEqual(available(self.reader).decode(), f"({MANY - written} dropped)\nagain\nand again\n")

    def test_the_count_starts_anew_once_it_was_told(self) -> None:
        """Trap 21."""
        sink = Sink(self.writer, dropped)
        for _ in range(2):
            self.fill(sink)
            told = available(self.reader).decode().split("\n")[:-1]
            written = sum(line.startswith("line") for line in told)
            sink("again")
            self.assertEqual(available(self.reader).decode(), f"({MANY - written} dropped)\nagain\n")

    def test_a_line_of_four_byte_characters_is_never_written_in_part(self) -> None:
        """Trap 21."""
        sink = Sink(self.writer, dropped)
        write_all(sink, ["𝄞" * 2000] * 1000)
        lines = available(self.reader).split(b"\n")
        self.assertEqual(lines.pop(), b"")
        self.assertEqual(len(set(lines)), 1)

    def test_a_long_line_keeps_its_beginning_and_its_end(self) -> None:
        sink = Sink(self.writer, dropped)
        sink("begin" + "x" * 100_000 + "the end")
        line = available(self.reader).decode()
        self.assertLessEqual(len(line.encode()), LONGEST_LINE_BYTES)
        self.assertTrue(line.startswith("beginxxx") and line.endswith("xxxthe end\n") and " ... " in line)

    def test_a_line_that_just_fits_is_whole(self) -> None:
        sink, longest = Sink(self.writer, dropped), LONGEST_LINE_BYTES // 4 - 1
        for length, whole in ((longest - 1, True), (longest, True), (longest + 1, False)):
            sink("𝄞" * length)
            line = available(self.reader).decode()
            self.assertEqual(line == "𝄞" * length + "\n", whole)
            self.assertLessEqual(len(line.encode()), LONGEST_LINE_BYTES)

    def test_what_is_not_text_is_escaped(self) -> None:
        sink = Sink(self.writer, dropped)
        sink("a\udcffb")
        self.assertEqual(available(self.reader), b"a\\udcffb\n")

    def test_a_reader_that_is_gone_stops_nobody(self) -> None:
        """Trap 21."""
        os.close(self.reader)
        self.fill(Sink(self.writer, dropped), 10)

    def test_a_closed_descriptor_stops_nobody(self) -> None:
        """Trap 21."""
        sink = Sink(self.writer, dropped)
        os.close(self.writer)
        self.fill(sink, 10)
        self.fill(Sink(-1, dropped), 10)


class OtherFiles(SinkTest):
    """A full disk, a terminal."""

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_a_full_disk_stops_nobody_and_every_line_is_counted(self) -> None:
        """Trap 21."""
        counts: List[int] = []
        fd = os.open("/dev/full", os.O_WRONLY)
        self.addCleanup(os.close, fd)
        sink = Sink(fd, lambda count: str(counts.append(count)))  # type: ignore[func-returns-value]
        for _ in range(4):
            sink("line")
        self.assertEqual(counts, [1, 2, 3])

    def terminal(self) -> tuple[int, int]:
        """Both ends of a terminal: the side that shows, the side that is written to."""
        if not hasattr(os, "openpty"):
            self.skipTest("there are no terminals")
        shows, written = os.openpty()
        self.addCleanup(os.close, shows)
        self.addCleanup(os.close, written)
        return shows, written

    def test_a_terminal_that_is_paused_stops_nobody(self) -> None:
        """Trap 21."""
        shows, written = self.terminal()
        sink = Sink(written, dropped)
        self.fill(sink)
        first = available(shows).decode().split("\r\n")
        sink("again")
        self.assertIn("dropped)\r\nagain\r\n", available(shows).decode())
        self.assertEqual(first[:100], [f"line {number}" for number in range(100)])

    def test_a_terminal_shows_no_half_lines(self) -> None:
        """Trap 21."""
        for length in (50, 100, 150, 200, 250):
            shows, written = self.terminal()
            sink = Sink(written, dropped)
            write_all(sink, ["x" * length] * 2000)
            text = available(shows)
            sink("again")
            lines = (text + available(shows)).decode().split("\r\n")[:-1]
            self.assertEqual({line for line in lines if line[0] == "x"}, {"x" * length})

    def test_the_terminal_of_the_shell_keeps_its_flags(self) -> None:
        _, written = self.terminal()
        Sink(written, dropped)("line")
        self.assertTrue(os.get_blocking(written))


@unittest.skipUnless(os.name == "posix", "a matter of descriptors")
class Waiting(SinkTest):
    """Which of some files can be used without waiting."""

    def setUp(self) -> None:
        super().setUp()
        import resource

        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        if limits[1] <= LARGE_NUMBER:
            self.skipTest("no number is so large here")
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))

    def renumbered(self, fd: int) -> int:
        """Return the same file under a large number."""
        number = LARGE_NUMBER
        os.dup2(fd, number)
        self.addCleanup(self.close, number)
        return number

    def test_only_what_is_ready_is_returned(self) -> None:
        self.assertEqual(wait_ready([self.reader], [self.writer], 0), [self.writer])
        os.write(self.writer, b"x")
        self.assertEqual(wait_ready([self.reader], [self.writer], None), [self.reader, self.writer])
        self.assertEqual(wait_ready([], [], 0), [])

    def test_a_wait_ends_after_its_time(self) -> None:
        began = time.monotonic()
        self.assertEqual(wait_ready([self.reader], [], 0.02), [])
        self.assertGreaterEqual(time.monotonic() - began, 0.02)

    def test_an_object_with_a_number_is_returned_itself(self) -> None:
        with open(os.devnull, "rb") as file:
            self.assertEqual(wait_ready([file], [], 0), [file])

    def test_what_has_failed_or_is_closed_counts_as_ready(self) -> None:
        """Trap 46."""
        os.close(self.reader)
        self.assertEqual(wait_ready([], [self.writer], 0), [self.writer])
        os.close(self.writer)
        self.assertEqual(wait_ready([], [self.writer], 0), [self.writer])

    def test_a_large_number_is_written_to_like_any_other(self) -> None:
        """Trap 46."""
        number = self.renumbered(self.writer)
        Sink(number, dropped)("line")
        output.write_all(number, b"text")
        self.assertEqual(available(self.reader), b"line\ntext")

    def test_writing_gives_up_in_the_midst_of_a_long_text(self) -> None:
        """Trap 21: on a pipe that blocks, and whose reader takes nothing more."""
        ends_a_wait = threading.Timer(PATIENCE_SECONDS, self.close, [self.reader])
        ends_a_wait.start()
        self.addCleanup(ends_a_wait.cancel)
        self.assertTrue(os.get_blocking(self.writer))
        with self.assertRaises(InterruptedError):
            output.write_all(self.writer, b"x" * (1 << 20), gives_up=lambda: True)
        self.assertGreater(len(available(self.reader)), LONGEST_LINE_BYTES)


class StandardFiles(unittest.TestCase):
    """The places of closed standard descriptors are filled."""

    def test_no_socket_gets_the_number_of_a_closed_standard_file(self) -> None:
        """Trap 21."""
        for closed in ([0], [1], [2], [0, 2], [0, 1, 2]):
            # It tells by its exit status, for it has no standard output.
            program = (
                f"import os; [os.close(fd) for fd in {closed}]\n"
                "from minichat.cli.output import open_standard_files; open_standard_files()\n"
                "[os.fstat(fd) for fd in range(3)]; os._exit(7 if os.open(os.devnull, os.O_RDONLY) > 2 else 8)"
            )
            self.assertEqual(run_program("-c", program)[0], 7, closed)

    def test_those_that_python_found_closed_can_be_written_to(self) -> None:
        program = (
            "from minichat.cli.output import open_standard_files; open_standard_files()\n"
            "import os, sys; print('x'); print('x', file=sys.stderr); os._exit(7 + len(sys.stdin.read()))"
        )
        self.assertEqual(run_program("-c", program, redirect="<&- >&- 2>&-")[0], 7)

    def test_open_ones_are_left_alone(self) -> None:
        program = "from minichat.cli.output import open_standard_files; open_standard_files(); print('out')"
        self.assertEqual(run_program("-c", program), (0, "out\n", ""))
