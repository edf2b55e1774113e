"""Watching real programs: into a file, live, slowly, step by step, with bad luck.

What the loop's page shows is tried here, on other ports and with other files:

    python3 -m minichat.server --trace live --trace-bytes 40
    python3 -m minichat.server --trace loop.jsonl
    python3 -m minichat.trace check loop.jsonl
    python3 -m minichat.trace play loop.jsonl --speed 2
    python3 -m minichat.trace chrome loop.jsonl > loop.json
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import socket
import statistics
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from typing import Any, List, Sequence, Tuple

from minichat.chat.protocol import BYE
from minichat.trace.writer import Writer
from tests.live import CHANGED_SERVER, ProcessTest
from tests.peer import Peer
from tests.program import SERVER, Program, port_of

# A server that does not wait for long for those who do not go by themselves.
SOON_OVER = ("-c", CHANGED_SERVER.format(limits={"drain_idle_seconds": 0.3}, change=""))


def ended(program: Program) -> Tuple[int, str, str]:
    """Stop it in good order, and wait."""
    program.process.terminate()
    return program.finish()


def tool(*arguments: str, stdin: str = "") -> Tuple[int, str, str]:
    """``python3 -m minichat.trace``."""
    with Program("-m", "minichat.trace", *arguments) as program:
        program.type(stdin)
        program.end_input()
        return program.finish()


def chat(port: int) -> None:
    """Two people say a few things."""
    with Peer(port, "ana") as ana, Peer(port, "bruno") as bruno:
        ana.expect("JOIN bruno")
        ana.send("oi\n@bruno psst\nWHO\n")
        ana.expect("FROM ana [all]: oi", "WHO 2 ana bruno")
        bruno.expect("FROM ana [all]: oi", "FROM ana [dm]: psst")
        ana.send("QUIT\n")
        ana.expect(BYE.decode().strip())
        bruno.expect("LEAVE ana quit")


class TraceTest(ProcessTest):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = str(Path(folder.name, "loop.jsonl"))

    def serve(self, *options: str, how: Sequence[str] = SERVER, **more: Any) -> Tuple[Program, int]:
        """A server, and its port."""
        program = self.enter(Program(*how, "--port", "0", *options, **more))
        return program, port_of(program.output.line())


class IntoAFile(TraceTest):
    def test_a_trace_of_a_chat_is_good_can_be_played_and_exported(self) -> None:
        server, port = self.serve("--trace", self.file)
        chat(port)
        self.assertEqual((ended(server)[0], server.errors.rest()), (0, ""))
        for language, word in (("pt", "confere: "), ("en", "good: ")):
            status, output, errors = tool("check", self.file, "--lang", language)
            self.assertEqual((status, errors), (0, ""), output)
            self.assertTrue(output.startswith(word) and "2" in output, output)
        status, output, errors = tool("play", self.file, "--speed", "0")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("+ fila: ana +11\n", output)
        status, output, errors = tool("chrome", self.file)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("traceEvents", json.loads(output))

    def test_texts_are_in_it_only_if_asked_for(self) -> None:
        for options, has_text in (((), False), (("--trace-bytes", "40"), True)):
            server, port = self.serve("--trace", self.file, *options)
            chat(port)
            ended(server)
            self.assertEqual("psst" in Path(self.file).read_text(), has_text)

    def test_a_client_can_be_traced_too(self) -> None:
        _, port = self.serve()
        options = ("--port", str(port), "--nick", "ana", "--trace", self.file)
        client = self.enter(Program("-m", "minichat.client", *options))
        client.type("oi\nWHO\n")
        client.end_input()
        self.assertEqual(client.finish(), (0, "OK ana\nFROM ana [all]: oi\nWHO 1 ana\n", ""))
        self.assertEqual(tool("check", self.file)[0], 0)

    def test_every_selector_and_small_buffers_give_good_traces(self) -> None:
        for selector in ("select", "poll", "epoll"):
            with self.subTest(selector):
                program = self.enter(Program(*SERVER, "--port", "0", "--selector", selector, "--recv-size", "1",
                                             "--sndbuf", "4096", "--trace", self.file))  # fmt: skip
                first = program.output.rest() if program.process.poll() else program.output.line()
                chat(port_of(first))
                ended(program)
                self.assertEqual(tool("check", self.file)[0], 0)
                header = json.loads(Path(self.file).read_text().splitlines()[0])
                self.assertEqual(header["selector"].lower(), f"{selector}selector")
                self.assertEqual((header["limits"]["recv_bytes"], header["limits"]["kernel_send_bytes"]), (1, 4096))


class Live(TraceTest):
    def test_events_are_shown_among_the_status_lines(self) -> None:
        server, port = self.serve("--trace", "live", "--trace-bytes", "20", "--lang", "en")
        chat(port)
        output = ended(server)[1]
        for line in ("* ana          say   message 3", 'queue: bruno +20   "FROM ana [dm]: psst"', "[STATUS] ana left"):
            self.assertIn(line, output)

    def test_nobody_who_reads_it_stops_the_chat(self) -> None:
        server, port = self.serve("--trace", "live", "--rate", "0")
        with Peer(port, "ana") as ana:
            for number in range(600):  # a pipe that is not read holds far less
                ana.send(f"{number}\n")
                ana.expect(f"FROM ana [all]: {number}")
        self.assertIn("descartadas", ended(server)[1])

    def test_slow_motion_stops_each_turn_and_leaves_the_pause_out(self) -> None:
        server, port = self.serve("--slow", "0.2", "--trace", self.file)
        chat(port)
        ended(server)
        self.assertEqual(tool("check", self.file)[0], 0)
        events = [json.loads(line) for line in Path(self.file).read_text().splitlines()]
        waits = [event["t"] for event in events if event["event"] == "wait"]
        wakes = [event["t"] for event in events if event["event"] == "wake"]
        # The loop stands still in its wait, all turns but the last ones; what is waited for comes meanwhile.
        self.assertLess(statistics.median(wake - wait for wait, wake in zip(waits, wakes)), 150_000_000)

    def test_slow_motion_lets_timers_ring_and_signals_end_it(self) -> None:
        for seconds in ("1.1", "60"):
            with self.subTest(seconds):
                server, port = self.serve("--slow", seconds, how=SOON_OVER)
                with Peer(port) as peer:  # who does not go by itself: the shutdown waits for its timer
                    server.output.until("accept")
                    self.assertEqual(ended(server)[0], 0)
                    self.assertEqual(peer.line(), "BYE shutdown")

    def test_stepping_waits_for_a_key_and_goes_on(self) -> None:
        server, port = self.serve("--step", "--lang", "en")
        with Peer(port) as ana:
            ana.send("ana\n")
            server.output.until("ready: listener(R)")
            server.type("x\n")
            server.output.until("there is no x")
            server.type("e\n")
            server.output.until("accept ok")
            server.type("n\n")
            server.output.until("ready: #1(R)")
            server.type("b ana\n")
            ana.expect("OK ana")
            ana.send("oi\n")
            server.output.until("ready: ana(R)")
            server.type("c\n")
            ana.expect("FROM ana [all]: oi")
        self.assertEqual(ended(server)[0], 0)

    def test_commands_for_stepping_may_come_from_a_pipe(self) -> None:
        server, port = self.serve("--step", "--lang", "en")
        server.type("n\nn\nc\n")
        chat(port)
        self.assertNotIn("there is no", ended(server)[1])

    def test_a_signal_ends_it_also_while_it_waits_for_a_key(self) -> None:
        server, port = self.serve("--step", how=SOON_OVER)
        with Peer(port):
            server.output.until("escuta(R)")
            self.assertEqual(ended(server)[0], 0)


class BadLuck(TraceTest):
    def test_a_file_that_cannot_be_written_is_told_in_one_line(self) -> None:
        for program in ((*SERVER, "--port", "0"), ("-m", "minichat.client", "--nick", "ana")):
            done = self.enter(Program(*program, "--trace", "/no/such/folder/x"))
            status, output, errors = done.finish()
            self.assertEqual((status, output), (1, ""))
            self.assertRegex(errors, r"\Aminichat-\w+: .*/no/such/folder/x.*--trace\n\Z")

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_a_full_disk_is_told_at_the_end_and_the_chat_goes_on(self) -> None:
        server, port = self.serve("--trace", "/dev/full")
        chat(port)
        chat(port)
        status, output, errors = ended(server)
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"\Aminichat-server: .*incompleto.*\n\Z")
        self.assertTrue(output.endswith("[STATUS] Servidor encerrado\n"))

    def test_a_second_server_does_not_empty_the_trace_of_the_first(self) -> None:
        server, port = self.serve("--trace", self.file)
        chat(port)
        second = self.enter(Program(*SERVER, "--port", str(port), "--trace", self.file))
        self.assertEqual(second.finish()[0], 1)
        ended(server)
        self.assertEqual(tool("check", self.file)[0], 0)

    def test_a_selector_that_is_not_here_is_told(self) -> None:
        missing = "kqueue" if sys.platform == "linux" else "epoll"
        status, _, errors = self.enter(Program(*SERVER, "--selector", missing)).finish()
        self.assertEqual(status, 1)
        self.assertRegex(errors, rf"\Aminichat-server: .*{missing}.*--selector.*\n\Z")

    def test_what_is_no_trace_is_told_in_one_line(self) -> None:
        for arguments, stdin, status, told in (
            (["check", "/no/such"], "", 1, "/no/such"),
            (["check", "-"], "nonsense\n", 1, "linha 1"),
            (["play", "-"], '{"n": 1}\n', 1, "linha 1"),
            (["chrome", "-"], '{"event": "wake"}\n', 1, "linha 1"),
            (["check", "-"], "[" * 100_000, 1, "linha 1"),
            (["check", "-"], "", 1, "vazio"),
            (["play", "-"], "", 1, "vazio"),
            (["chrome", "-"], "", 1, "vazio"),
            (["play", "-"], '{"n":0,"t":1' + "0" * 400 + ',"turn":0,"event":"note","text":"x"}\n', 1, "linha 1"),
            (["dance", "-"], "", 2, "uso: "),
            (["check"], "", 2, "uso: "),
            (["play", "-", "--speed", "-1"], "", 2, "uso: "),
            (["play", "-", "--speed", "nan"], "", 2, "uso: "),
        ):
            with self.subTest(arguments):
                done = tool(*arguments, stdin=stdin)
                self.assertEqual(done[:2], (status, ""), done)
                self.assertRegex(done[2], rf"\A[^\n]*{told}[^\n]*\n\Z")

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_an_output_that_cannot_be_written_is_told(self) -> None:
        server, port = self.serve("--trace", self.file)
        chat(port)
        ended(server)
        for command in ("check", "play", "chrome"):
            arguments = ("-m", "minichat.trace", command, self.file, "--speed", "0")
            done = self.enter(Program(*arguments, redirect=">/dev/full"))
            self.assertEqual(done.wait(), 1)
            self.assertRegex(done.errors.rest(), r"\Aminichat.trace: não é possível escrever [^\n]*\n\Z")
            self.assertEqual(self.enter(Program(*arguments, redirect=">&-")).finish(), (0, "", ""))
        done = self.enter(Program("-m", "minichat.trace", "--help", redirect=">/dev/full"))
        self.assertEqual(done.wait(), 1)
        self.assertRegex(done.errors.rest(), r"\Aminichat.trace: não é possível escrever [^\n]*\n\Z")

    def test_a_trace_that_is_not_consistent_is_told_and_status_1(self) -> None:
        server, port = self.serve("--trace", self.file)
        chat(port)
        ended(server)
        lines: List[str] = Path(self.file).read_text().splitlines()
        del lines[20]
        Path(self.file).write_text("".join(f"{line}\n" for line in lines))
        status, output, _ = tool("check", self.file)
        self.assertEqual(status, 1)
        self.assertRegex(output, r"evento \d+: \w+: .*\n(?s:.*)não confere: 1 problema\n\Z")


@unittest.skipUnless(hasattr(os, "mkfifo"), "no named pipes here")
class SlowPipes(TraceTest):
    """A reader who has not taken all yet when the trace ends."""

    def write(self, events: int) -> Writer:
        """Write more than a pipe holds, before anything is read."""
        os.mkfifo(self.file)
        self.reader = os.open(self.file, os.O_RDONLY | os.O_NONBLOCK)
        self.wakes, self.signals = socket.socketpair()
        self.addCleanup(self.wakes.close)
        self.addCleanup(self.signals.close)
        writer = Writer(self.file, self.wakes)
        for number in range(events):
            writer({"n": number, "event": "wait", "padding": "x" * 100})
        self.kept = writer._kept.count(b"\n")
        self.assertGreater(self.kept, 0)
        return writer

    def test_one_that_nobody_reads_drops_events_and_counts_them(self) -> None:
        writer = self.write(200_000)
        dropped = writer.dropped
        self.assertGreater(dropped, 0)
        with unittest.mock.patch("minichat.trace.writer.CLOSE_SECONDS", 0.1):
            writer.close()
        self.assertEqual(writer.dropped, dropped + self.kept)
        os.close(self.reader)

    def test_a_reader_that_has_gone_is_an_error_with_its_count(self) -> None:
        writer = self.write(5000)
        os.close(self.reader)
        writer.close()
        self.assertEqual((writer.dropped, bool(writer.error)), (self.kept, True))

    def test_a_signal_ends_the_wait_for_a_reader(self) -> None:
        writer = self.write(5000)
        with unittest.mock.patch("minichat.trace.writer.CLOSE_SECONDS", 3600.0):
            self.signals.send(b"!")
            writer.close()
        self.assertEqual(writer.dropped, self.kept)
        os.close(self.reader)

    def test_a_reader_that_is_behind_gets_everything(self) -> None:
        writer = self.write(5000)
        os.set_blocking(self.reader, True)
        with open(self.reader, "rb") as lines, concurrent.futures.ThreadPoolExecutor() as readers:
            read = readers.submit(lines.read)
            writer.close()
            self.assertEqual(read.result().count(b"\n"), 5000)
        self.assertEqual(writer.dropped, 0)


if __name__ == "__main__":
    unittest.main()
