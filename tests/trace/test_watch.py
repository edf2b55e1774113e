"""The watch on a loop: what it shows and writes, and that it never ends the loop."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import threading
import unittest
from pathlib import Path
from typing import Any, Iterable, List, Tuple
from unittest import mock

from minichat.cli.messages import LANGUAGES, Messages
from minichat.limits import Limits
from minichat.trace.clock import PausableClock
from minichat.trace.stepping import Stepper
from minichat.trace.view import View, legend
from minichat.trace.watch import Watch
from minichat.trace.words import words
from minichat.trace.writer import Writer
from tests.live import LiveCase, free_port, joined_when_up, posix_only
from tests.program import SERVER, Program, port_of
from tests.support import PATIENCE_SECONDS

WAIT = {"n": 1, "t": 1, "turn": 1, "event": "wait", "timeout": 1.0, "deferred": 0}
WAKE = {"n": 2, "t": 2, "turn": 1, "event": "wake", "duration": 1, "ready": [], "reason": "timer"}
EVENTS = (WAIT, WAKE)


class WatchTest(unittest.TestCase):
    def setUp(self) -> None:
        self.said: List[str] = []
        self.wakes, self.signals = socket.socketpair()
        self.addCleanup(self.wakes.close)
        self.addCleanup(self.signals.close)

    def watch(self, **values: Any) -> Watch:
        """Return a watch of these options."""
        chosen = {"trace": None, "trace_bytes": 0, "lang": "en", "slow": 0.0, "step": False, **values}
        return Watch(argparse.Namespace(**chosen), "program", "Selector", Limits(), self.say, self.wakes)

    def say(self, line: str) -> None:
        """Keep a line."""
        self.said.append(line)


class Joining(WatchTest):
    def test_who_joins_takes_every_event_from_the_header_on(self) -> None:
        watch, taken = self.watch(), []  # type: ignore[var-annotated]
        watch.join(taken.append)
        watch.recorder.put("note", text="oi")
        self.assertEqual([event["event"] for event in taken], ["header", "note"])
        self.assertEqual([event["n"] for event in taken], [0, 1])


@posix_only
class Stepping(WatchTest):
    """A stepper whose standard input is another file."""

    def step(self, stdin: int, language: str = "en") -> Stepper:
        """Step through two turns while descriptor 0 is ``stdin``."""
        stepper = Stepper(View(self.say, language), self.say, language, 0.0, True, PausableClock(), self.wakes)
        kept = os.dup(0)
        os.dup2(stdin, 0)
        try:
            for event in (*EVENTS, *EVENTS):
                stepper(event)
        finally:
            os.dup2(kept, 0)
            os.close(kept)
        return stepper

    def opened(self, path: str, flags: int) -> int:
        """Return a descriptor of this file, which is closed with the test."""
        fd = os.open(path, flags)
        self.addCleanup(os.close, fd)
        return fd

    def pipe(self) -> Tuple[int, int]:
        """Return both ends of a pipe, which are closed with the test."""
        ends = os.pipe()
        for fd in ends:
            self.addCleanup(os.close, fd)
        return ends

    def check_told_once(self, stdin: int, told: str) -> None:
        """Assert that one sentence says why there is no stepping, and that nothing waits."""
        self.said.clear()
        self.step(stdin)
        sentences = [line for line in self.said if "goes on without stopping" in line]
        self.assertEqual(len(sentences), 1, self.said)
        self.assertIn(told, sentences[0])

    def test_an_input_that_cannot_be_read_is_told_and_the_loop_goes_on(self) -> None:
        """Trap 49."""
        for path, flags in (("/", os.O_RDONLY), (os.devnull, os.O_WRONLY)):
            self.check_told_once(self.opened(path, flags), "cannot read the input (")

    def test_the_writing_end_of_a_pipe_is_no_input_and_not_waited_for(self) -> None:
        """Trap 49."""
        _, writer = self.pipe()
        ends_a_wait = threading.Timer(PATIENCE_SECONDS, self.signals.send, [b"!"])
        ends_a_wait.start()
        self.addCleanup(ends_a_wait.cancel)
        self.check_told_once(writer, "cannot read the input (")

    def test_an_input_that_has_ended_is_told_and_the_loop_goes_on(self) -> None:
        """Trap 49."""
        self.check_told_once(self.opened(os.devnull, os.O_RDONLY), "the input has ended")

    def test_marks_and_commands_are_explained_once_in_80_columns(self) -> None:
        for language in LANGUAGES:
            self.said.clear()
            reader, writer = self.pipe()
            os.write(writer, b"n\nn\n")
            self.step(reader, language)
            explained = [*legend(language), *(words(language)(key) for key in ("step_help", "step_help_more"))]
            for line in explained:
                self.assertEqual(self.said.count(line), 1, (line, self.said))
                self.assertLessEqual(len(line), 80)
            self.assertEqual(self.said[: len(legend(language))], legend(language))

    def test_a_signal_is_no_reason_to_say_anything(self) -> None:
        self.signals.send(b"!")
        reader, _ = self.pipe()
        self.step(reader)
        self.assertNotIn("without stopping", "".join(self.said))

    def test_input_that_another_program_took_is_waited_for_again(self) -> None:
        """Trap 49."""
        reader, writer = self.pipe()
        os.write(writer, b"c\n")
        answers: Iterable[Any] = iter([b"", BlockingIOError(), b"", b"c\n"])

        def read(fd: int, size: int) -> bytes:
            answer = next(answers)  # type: ignore[call-overload]
            if isinstance(answer, BaseException):
                raise answer
            return bytes(answer)

        with mock.patch("minichat.trace.stepping.os.read", read):
            self.step(reader)
        self.assertNotIn("without stopping", "".join(self.said))


class FailingWatchers(WatchTest):
    """What watches may fail; the loop that is watched goes on."""

    def test_a_view_that_fails_is_told_and_left_out(self) -> None:
        """Trap 49."""
        watch = self.watch(trace="live")
        broken = mock.Mock(append=mock.Mock(side_effect=ValueError("broken")))
        with mock.patch.object(self, "said", broken), self.assertLogs("minichat", "ERROR") as logged:
            for _ in range(3):
                watch.recorder.waits(0.0, 1)
                watch.recorder.woke([])
            watch.recorder.put("note", text="x")
            self.assertEqual(watch.end(Messages("en")), "")
        self.assertEqual(len(logged.output), 1, logged.output)
        self.assertIn("broken", logged.output[0])

    def test_a_bug_while_writing_is_told_at_the_end(self) -> None:
        """Trap 49."""
        watch = self.watch(trace=os.devnull)
        broken = mock.patch("minichat.trace.writer.json.dumps", side_effect=ValueError("broken"))
        with broken, self.assertLogs("minichat", "ERROR"):
            watch.recorder.waits(0.0, 1)
        watch.recorder.waits(0.0, 1)
        self.assertIn("ValueError", watch.end(Messages("en")))

    def test_a_disk_that_is_full_only_when_the_file_is_closed_is_told(self) -> None:
        """Trap 49."""
        writer = Writer(os.devnull, self.wakes)
        fd = writer._fd
        self.addCleanup(os.close, fd)
        with mock.patch("minichat.trace.writer.os.close", side_effect=OSError(28, "No space left on device")):
            writer.close()
        self.assertEqual(writer.error, "No space left on device")


@posix_only
class LiveWatchers(LiveCase):
    """Real servers that are watched under bad luck."""

    def test_stepping_without_a_readable_input_is_a_sentence_and_a_chat(self) -> None:
        """Trap 49."""
        for redirect, said in (
            ("</dev/null", "the input has ended"),
            ("<&-", "the input has ended"),
            ("0>/dev/null", "cannot read the input"),  # as nohup does it
        ):
            with self.subTest(redirect):
                program = self.enter(Program(*SERVER, "--port", "0", "--lang", "en", "--step", redirect=redirect))
                self.check_chat(port_of(program.output.line()))
                self.assertEqual(self.stop(program).count(said), 1)

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_a_live_view_lives_with_a_full_disk(self) -> None:
        """Traps 21 and 49."""
        port = free_port()
        options = ("--port", str(port), "--trace", "live", "--slow", "0.01")
        program = self.enter(Program(*SERVER, *options, redirect=">/dev/full"))
        joined_when_up(port, "ana").close()
        self.check_chat(port)
        self.assertEqual(self.stop(program), "")

    def test_a_live_view_lives_when_its_reader_is_gone(self) -> None:
        """Traps 21 and 49."""
        for options in (("--trace", "live"), ("--slow", "0.01"), ("--step",)):
            with self.subTest(options):
                server = self.serve(*options)
                assert server.process.stdout is not None
                server.process.stdout.close()
                self.check_chat(server.port)
                server.kill(signal.SIGTERM)
                self.assertEqual(server.process.wait(PATIENCE_SECONDS), 0)


if __name__ == "__main__":
    unittest.main()
