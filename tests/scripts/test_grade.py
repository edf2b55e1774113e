"""``python3 scripts/grade.py``: processes, and whole runs on a few servers.

That each faulty server is failed for its fault and for nothing else is shown by
graded/whole, which takes longer than the suite should.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import secrets
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Dict, List, Tuple
from unittest import mock
from xml.etree import ElementTree

from tests.live import has_ipv6
from tests.program import PYTHON, Program, run_program
from tests.support import PATIENCE_SECONDS, ROOT, once, wait_until

sys.path.insert(0, str(ROOT / "scripts"))

import grading.stage
from grade import options_of, values_of
from grading import joining, launcher, peer, ports, procfs, rubric
from grading.case import Result
from grading.catalogue import BY_NAME
from grading.dialect import Dialect
from grading.families import entrance
from grading.families.endings import RESTLESS_SHARE
from grading.folder import Class
from grading.grader import Grade, Grader
from grading.joining import GREETING_SECONDS, Joining, UnknownDialect
from grading.launcher import Launcher
from grading.outcome import Verdict
from grading.peer import Peer
from grading.ports import can_listen, free, free_port
from grading.probe import MOST_BRISK_SECONDS, Probe
from grading.process import KEPT_BYTES, STOPPING, Bounds, Process
from grading.script import Play, Steps, until, watch
from grading.session import Session
from grading.stage import HEAR_SECONDS, Stage

from minichat.net.reactor import Reactor

GRADE_SECONDS = 6 * PATIENCE_SECONDS
SERVERS = "tests/scripts/graded/faulty.py"

LINUX = unittest.skipUnless(procfs.HAS_PROC, "processes are found in /proc")
UNIX = unittest.skipIf(sys.platform == "win32", "the grader needs process groups")


def grade(*arguments: str) -> Tuple[int, str, str]:
    """Run the grader; return its exit status, output and errors."""
    return run_program("scripts/grade.py", *arguments, seconds=GRADE_SECONDS)


def grade_faulty(name: str, only: str) -> Dict[str, Any]:
    """Play some cases on one of the faulty servers; return the document."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "grade.json")
        status, said, errors = grade("--json", str(file), "--only", only, "--", *PYTHON, SERVERS, name)
        assert status in (0, 1, 2) and not errors, (status, said, errors)
        return {"status": status, "said": said, **json.loads(file.read_text("utf-8"))}


def verdicts(document: Dict[str, Any]) -> Dict[str, str]:
    """Return the verdict on each case."""
    return {case["case"]: case["verdict"] for case in document["cases"]}


class Playing(unittest.TestCase):
    """A reactor, and scripts on it."""

    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        self.play = Play(self.reactor)

    def launcher(self, *words: str, port: int = 0) -> Launcher:
        """Return a launcher for a Python program."""
        launcher = Launcher(self.reactor, [*PYTHON, *words], str(ROOT), port)
        self.addCleanup(launcher.close)
        return launcher

    def launch(self, name: str) -> Launcher:
        """Return a launcher for one of the servers."""
        return self.launcher(SERVERS, name, "{port}")


@LINUX
class Processes(Playing):
    """What is started is found and ended."""

    def test_a_server_in_the_background_is_found_and_ended(self) -> None:
        for name in ("goes_to_background", "forks", "ignores_sigterm", "prints_nothing"):
            with self.subTest(name):
                launcher = self.launch(name)
                port = free_port()
                server = self.play.run(launcher.start(port))
                self.assertEqual(server.address, ("127.0.0.1", port))
                self.assertFalse(can_listen(port))
                pids = server.process.pids()
                self.play.run(launcher.end(server))
                # A killed process that belongs to nobody here closes its socket a moment later.
                self.assertTrue(self.play.run(watch(lambda: can_listen(port), PATIENCE_SECONDS)))  # noqa: B023
                alive = [pid for pid in pids if Path(f"/proc/{pid}").exists() and not procfs._is_zombie(str(pid))]
                self.assertEqual(alive, [])

    def test_a_port_that_another_program_takes_first_is_no_fault(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            with mock.patch.object(launcher, "free_port", side_effect=chain([taken], iter(free_port, None))) as chosen:
                started = self.launch("correct")
                server = self.play.run(started.start())
        self.play.run(started.end(server))
        self.assertGreater(chosen.call_count, 1)
        self.assertNotEqual(server.address.port, taken)

    def test_a_port_that_was_used_a_moment_ago_is_not_chosen(self) -> None:
        used = self.left_by_server("127.0.0.1")
        chosen = free_port()
        with mock.patch("random.sample", lambda *_: [used, chosen]):
            self.assertEqual(free_port(), chosen)

    def test_of_several_ports_the_given_one_is_waited_for(self) -> None:
        first, second = free_port(), free_port()
        launcher = self.launcher("-c", TWO_PORTS.format(first, second), port=second)
        server = self.play.run(launcher.start())
        self.play.run(launcher.end(server))
        self.assertEqual(server.address.port, second)

    def test_one_that_is_told_its_port_is_not_waited_for_elsewhere(self) -> None:
        port = free_port()
        started = Launcher(self.reactor, [*PYTHON, SERVERS, "asks_port"], str(ROOT), port, [str(port)])
        self.addCleanup(started.close)
        self.play.run(started.discover())  # from now on each start tells it another one
        server = self.play.run(started.start())
        self.assertTrue(started._is_decided(server.process, server.address.port))
        self.play.run(started.end(server))

    def test_a_port_is_free_for_a_server_without_reuseaddr(self) -> None:
        # The address of a machine's own name is 127.0.1.1 on many.
        for host in ("127.0.0.1", "127.0.1.1", *(("::", "::1") if has_ipv6() else ())):
            with self.subTest(host):  # another program may get the port of the other end meanwhile, but not each time
                self.assertTrue(any(self.is_freed(self.left_by_server(host), host) for _ in range(5)))

    def test_a_port_is_free_though_that_of_the_other_end_has_a_new_owner(self) -> None:
        port = self.left_by_server("127.0.0.1")
        (_, other), *_ = procfs.closed(port)
        with socket.create_server(("127.0.0.1", 0)) as elsewhere, socket.socket() as owner:
            try:
                owner.setsockopt(socket.IPPROTO_IP, ports._PORT_RANGE, struct.pack("=HH", other, other))
            except OSError:
                self.skipTest("needs Linux 6.3")
            owner.connect(elsewhere.getsockname())
            self.assertEqual(owner.getsockname()[1], other)
            self.assertTrue(self.is_freed(port, "127.0.0.1"))

    def left_by_server(self, host: str) -> int:
        """The port of a server that has ended, and had ended a connection first: so it is the one to remember it."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::") as listener:
            port: int = listener.getsockname()[1]
            with socket.create_connection(("127.0.0.1" if host == "::" else host, port)) as client:
                listener.accept()[0].close()
                self.assertEqual(client.recv(1), b"")
        wait_until(lambda: procfs.closed(port), "a connection that is over")
        return port

    def is_freed(self, port: int, host: str) -> bool:
        """Try to free it a few times, as the launcher does; return True if a plain server could have it."""
        for _ in range(20):
            free(port)
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as again:
                try:
                    again.bind((host, port))
                    return not procfs.closed(port)
                except OSError:
                    time.sleep(0.1)
        return False

    def test_a_connection_that_the_kernel_tells_of_twice_is_one(self) -> None:
        lines = ["0: 0100007F:C351 0100007F:A001 06 1:2", "1: 0100007F:C351 0100007F:A002 06 0:4"]
        with mock.patch.object(procfs, "_lines", lambda table: [*lines, lines[0]]):
            self.assertEqual(procfs.closed(0xC351), [("127.0.0.1", 0xA001), ("127.0.0.1", 0xA002)])
        with mock.patch.object(procfs, "_read", lambda table: "\n".join([*lines, lines[0]]).encode()):
            self.assertEqual((procfs.queued_bytes(0xC351), procfs.queued_bytes(0xA001)), (6, 1))

    def test_where_nothing_starts_that_is_no_fault_of_the_server(self) -> None:
        launcher = self.launcher("-c", "")
        busy = mock.patch.object(subprocess, "Popen", side_effect=OSError(errno.EAGAIN, "busy"))
        with busy, self.assertRaises(OSError) as raised:
            self.play.run(launcher.discover())
        self.assertEqual(raised.exception.errno, errno.EAGAIN)

    def test_who_says_without_end_is_not_read_any_more(self) -> None:
        launcher = self.launch("talks_without_end")
        server = self.play.run(launcher.start())
        ana = Peer(self.reactor, server.address, "ana")
        ana.send(b"ana\noi\n")
        self.play.run(watch(lambda: ana.count >= peer.KEPT_BYTES, PATIENCE_SECONDS))
        self.play.run(watch(lambda: False, 0.2))
        self.assertLess(ana.count, peer.KEPT_BYTES + peer.READ_BYTES)
        ana.reset()
        self.play.run(launcher.end(server))

    def test_an_interrupt_while_a_process_starts_leaves_none_behind(self) -> None:
        starting, begun = self.launch("correct"), []

        def interrupted(*arguments: Any) -> Process:
            begun.append(Process(*arguments))
            self.addCleanup(begun[0].close)
            os.kill(os.getpid(), signal.SIGINT)
            return begun[0]

        with mock.patch.object(launcher, "Process", interrupted), self.assertRaises(KeyboardInterrupt):
            self.play.run(starting.start())
        self.assertEqual(starting.running, begun)
        starting.close()
        self.assertTrue(self.play.run(watch(lambda: not begun[0].is_running, PATIENCE_SECONDS)))

    def test_what_ended_a_server_is_told(self) -> None:
        for command, how in (("raise SystemExit(3)", "exit 3"), ("import os; os.kill(os.getpid(), 15)", "SIGTERM")):
            process = Process(self.reactor, [sys.executable, "-c", command], str(ROOT), Bounds(), {})
            self.addCleanup(process.close)
            self.play.run(watch(lambda: not process.is_running, PATIENCE_SECONDS))  # noqa: B023
            self.assertEqual(process.how_it_ended, how)

    def test_memory_files_and_processor_time_are_bounded(self) -> None:
        sleeps = "; import time; time.sleep(1000)"
        for source, bounds, ended in (
            (f"x = b'x' * (64 << 20){sleeps}", Bounds(memory_bytes=32 << 20), "SIGKILL"),
            ("open('x', 'wb').write(b'x' * (2 << 20))", Bounds(file_bytes=1 << 20), "exit 1"),
            ("x = bytearray(512 << 20)", Bounds(data_bytes=256 << 20), "exit 1"),
            ("while True: pass", Bounds(cpu_seconds=1), "SIG"),
        ):
            with self.subTest(source), tempfile.TemporaryDirectory() as folder:
                process = Process(self.reactor, [sys.executable, "-S", "-c", source], folder, bounds, {})
                self.addCleanup(process.close)
                self.play.run(watch(lambda: not process.is_running, PATIENCE_SECONDS))  # noqa: B023
                self.assertIn(ended, process.how_it_ended)
                self.assertEqual(process.trouble, "too_much_memory" if ended == "SIGKILL" else "")

    def test_the_folder_of_whoever_grades_is_not_shown(self) -> None:
        source = f"print({str(ROOT)!r} + '/server.py', flush=True); import time; time.sleep(1000)"
        process = Process(self.reactor, [sys.executable, "-c", source], str(ROOT), Bounds(), {})
        self.addCleanup(process.close)
        self.assertTrue(self.play.run(watch(lambda: process.output == b"server.py\n", PATIENCE_SECONDS)))

    def test_of_several_errors_the_first_is_told_too(self) -> None:
        source = "import traceback\nfor text in 'ab':\n try: [][0] if text == 'a' else {}[text]\n"
        process = Process(self.reactor, [sys.executable, "-c", source + " except Exception: traceback.print_exc()"],
                          str(ROOT), Bounds(), {})  # fmt: skip
        self.addCleanup(process.close)
        self.play.run(watch(lambda: not process.is_running, PATIENCE_SECONDS))
        process.read_rest()
        self.assertEqual(process.last_words, b"IndexError: list index out of range; KeyError: 'b'")

    def test_an_address_is_read_as_the_kernel_writes_it(self) -> None:
        for address, host in (
            ("0.0.0.0", "127.0.0.1"), ("127.0.1.1", "127.0.1.1"), ("::", "127.0.0.1"), ("::1", "::1"),
            ("::ffff:127.0.1.1", "127.0.1.1"), ("2001:db8::2", "2001:db8::2"),
        ):  # fmt: skip
            with self.subTest(address):
                packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
                words = struct.unpack(f"={len(packed) // 4}I", packed)
                field = "".join(f"{word:08X}" for word in words) + ":C351"
                self.assertEqual(procfs._address(field), (host, 0xC351))

    @unittest.skipUnless(Path("/proc/self/schedstat").exists(), "this kernel does not count how long a thread waits")
    def test_a_thread_that_never_sleeps_is_seen_on_a_busy_machine(self) -> None:
        spin = [subprocess.Popen([sys.executable, "-c", "while 1: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
        rest = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        for process in (*spin, rest):
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
        pids = [process.pid for process in (*spin, rest)]
        wait_until(lambda: procfs.cpu_seconds(pids) > 0.1, "the processes to run")
        began, before = time.monotonic(), procfs.wanted_seconds(pids)

        def shares() -> List[float]:
            seconds, after = time.monotonic() - began, procfs.wanted_seconds(pids)
            return [(after[thread] - before[thread]) / seconds for thread in before]

        def is_seen() -> bool:
            *restless, asleep = shares()
            return min(restless) > RESTLESS_SHARE > asleep

        wait_until(is_seen, "threads that never sleep to have wanted to run, and one that sleeps not")

    def test_what_is_printed_without_end_is_read_and_not_kept(self) -> None:
        command = [sys.executable, "-c", "while 1: print('x' * 1000)"]
        process = Process(self.reactor, command, str(ROOT), Bounds(), {})
        self.addCleanup(process.close)
        came = self.play.run(until(lambda: len(process.tail) == KEPT_BYTES, PATIENCE_SECONDS))
        self.assertTrue(came)
        self.assertLess(len(process.output), 3 * KEPT_BYTES)


TWO_PORTS = """
import socket, time
first = socket.create_server(("127.0.0.1", {}))
time.sleep(0.5)
second = socket.create_server(("127.0.0.1", {}))
time.sleep(1000)
"""
HANGS = """
import socket
listener = socket.create_server(("127.0.0.1", {port}))
peers = []
while True:
    peers.append(listener.accept()[0])
    peers[-1].sendall(b"nick? ")
    if len(peers) == 1:
        peers[0].recv(99)
        peers[0].sendall(b"OK\\n")
"""
CHAT_AND_STATUS = """
import socket, time
status = socket.create_server(("127.0.0.1", {other}))
time.sleep(0.1)
chat = socket.create_server(("127.0.0.1", {port}))
print({said!r}, flush=True)
time.sleep(1000)
"""
READS = "while peer.recv(9): pass"  # and goes on to the next one, which does not come
CUTS = "peer.recv(9); peer.close(); other = listener.accept()[0]\nwhile other.recv(9): pass"
SPINS = "peer.recv(9)\nwhile True: pass"
ANSWERS = "while peer.recv(9): time.sleep(0.3); peer.sendall(b'pong')"
TALKS = "while True: time.sleep(0.01); peer.sendall(b'x')"
ONE_PEER = """
import socket, time
listener = socket.create_server(("127.0.0.1", {port}))
while True:
    peer, _ = listener.accept()
    """


@LINUX
class Rests(Playing):
    """From a server that sleeps and has read everything, nothing more is waited for."""

    def stage(self, server: str) -> Stage:
        """Return a stage with a server that serves one person at a time, and does this for each."""
        source = ONE_PEER + server.replace("\n", "\n    ")
        launcher = self.launcher("-c", source)
        stage = Stage(self.play, launcher, self.play.run(launcher.start()), Dialect())
        self.addCleanup(lambda: self.play.run(launcher.end(stage.server)))
        return stage

    def waits(self, stage: Stage, seconds: float, share: float = 0.02) -> bool:
        """Wait for what does not come; return whether it was waited for to the end."""
        began = self.reactor.now
        with mock.patch.object(grading.stage, "REST_SHARE", share):
            self.assertFalse(self.play.run(stage.until(lambda: False, seconds)))
        return self.reactor.now - began >= seconds

    def test_one_that_has_read_everything_is_not_waited_for(self) -> None:
        stage = self.stage(READS)
        stage.connect("ana").send(b"ping")
        self.assertFalse(self.waits(stage, PATIENCE_SECONDS))
        self.assertTrue(stage.was_asleep)

    def test_one_that_has_ended_is_not_waited_for(self) -> None:
        stage = self.stage("raise SystemExit")
        stage.connect("ana")
        self.assertFalse(self.waits(stage, PATIENCE_SECONDS))

    def test_one_that_has_something_to_read_is_waited_for(self) -> None:
        for what, server in (("bytes", "time.sleep(1000)"), ("a newcomer", READS)):
            with self.subTest(what):
                stage = self.stage(server)
                stage.connect("ana").send(b"ping")
                stage.connect("bruno")
                began = self.reactor.now
                self.waits(stage, 1.0)
                self.assertGreaterEqual(self.reactor.now - began, grading.stage.STUCK_SHARE)
                self.assertTrue(stage.was_asleep)

    def test_a_newcomer_to_one_that_looks_once_a_second_is_waited_for(self) -> None:
        stage = self.stage("time.sleep(1); peer.recv(9)")
        for name in ("ana", "bruno"):  # the second is not even accepted while the server sleeps
            self.play.run(stage.join(name))
        self.assertEqual(procfs.queued_bytes(stage.server.address.port), 0)

    def test_one_that_runs_is_waited_for(self) -> None:
        stage = self.stage(SPINS)
        stage.connect("ana").send(b"ping")
        self.assertTrue(self.waits(stage, 1.0))
        self.assertFalse(stage.was_asleep)

    def test_one_that_says_something_to_somebody_is_waited_for(self) -> None:
        stage = self.stage(TALKS)
        stage.connect("ana")
        self.assertTrue(self.waits(stage, 1.0, share=0.6))
        self.assertFalse(stage.was_asleep)

    def test_one_that_dawdles_is_waited_for_longer_the_more_are_there(self) -> None:
        stage = self.stage(SPINS)
        stage.dialect = Dialect(pace=0.3)
        people = [stage.connect(name) for name in ("ana", "bruno", "caio")]
        people[0].send(b"ping")
        people[2].close()
        began = self.reactor.now
        self.assertFalse(self.play.run(stage.until(lambda: False, 0.2)))
        self.assertGreaterEqual(self.reactor.now - began, 0.2 + 2 * 0.3)
        self.assertAlmostEqual(stage.dawdles, 2 * 0.3)

    def test_what_one_said_who_was_ended_is_not_waited_for_as_long(self) -> None:
        stage = self.stage(CUTS)
        ana, bruno = stage.connect("ana"), stage.connect("bruno")
        ana.send(b"ping")
        began = self.reactor.now
        with mock.patch.multiple(grading.stage, REST_SHARE=1.0, REST_SECONDS=PATIENCE_SECONDS, STUCK_SHARE=1.0):
            self.assertFalse(self.play.run(stage.hears(bruno, "ping", PATIENCE_SECONDS, speaker=ana)))
        self.assertLess(self.reactor.now - began, PATIENCE_SECONDS)

    def test_an_answer_that_takes_a_while_is_heard(self) -> None:
        stage = self.stage(ANSWERS)
        ana = stage.connect("ana")
        ana.send(b"ping")
        self.assertTrue(self.play.run(stage.until(lambda: ana.count, HEAR_SECONDS)))


@once
@LINUX
class Finds(Playing):
    """What is found out before anything is judged."""

    def probed(self, *names: str) -> List[Dialect]:
        """Return what the probe finds on each of the servers, all at the same time."""

        def probe(launcher: Launcher) -> Steps[Dialect]:
            yield from launcher.discover()
            return (yield from Probe(self.play, launcher).run())

        probes = [probe(self.launch(name)) for name in names]
        return [task.result() for task in self.play.run(self.play.all_of(probes, GRADE_SECONDS))]

    def test_a_way_that_takes_too_long_has_shown_nothing(self) -> None:
        launcher = self.launch("correct")
        self.play.run(launcher.discover())
        with mock.patch.object(joining, "BATCH_SECONDS", 0.05), self.assertRaises(UnknownDialect) as raised:
            self.play.run(Joining(self.play, launcher).find())
        self.assertEqual({(attempt.seen, attempt.is_open) for attempt in raised.exception.attempts}, {(b"", False)})
        self.assertEqual(raised.exception.attempts[0].sent, b"anabb\n")

    def test_where_all_is_relayed_no_other_form_of_a_nick_is_tried(self) -> None:
        launcher = self.launch("relay")
        self.play.run(launcher.discover())
        with mock.patch.object(Joining, "_try", autospec=True, side_effect=Joining._try) as tries:
            dialect = self.play.run(Joining(self.play, launcher).find())
        self.assertEqual((dialect.nick.pattern, dialect.crossed, dialect.is_named), ("{nick}", "{text}", False))
        self.assertEqual(tries.call_count, 1)

    def test_a_server_that_does_not_greet_is_waited_for_once(self) -> None:
        for name, is_silent in (("nick_command", True), ("nick_explained", False)):
            with self.subTest(name):
                launcher = self.launch(name)
                self.play.run(launcher.discover())
                with mock.patch.object(Stage, "until", autospec=True, side_effect=Stage.until) as until:
                    self.play.run(Joining(self.play, launcher).find())
                waits = [call[0][2] for call in until.call_args_list].count(GREETING_SECONDS)
                self.assertEqual(waits == 1, is_silent, waits)

    def test_who_dawdles_and_who_tells_of_leaving_is_seen(self) -> None:
        dawdling, *others = self.probed("dawdles", "leave_untold", "quit_ignored", "relay")
        self.assertGreater(dawdling.pace, MOST_BRISK_SECONDS)
        found = [(dialect.quit.pattern, dialect.tells_leaving) for dialect in others]
        self.assertEqual(found, [("QUIT", False), ("", True), ("", False)])

    def test_of_two_ports_the_one_that_is_said_or_given_is_taken(self) -> None:
        other, port = sorted((free_port(), free_port()))
        for said, given in ((f"Chat na porta {port}", 0), ("", port)):
            with self.subTest(said=said):
                launcher = self.launcher("-c", CHAT_AND_STATUS.format(other=other, port=port, said=said), port=given)
                self.play.run(launcher.discover())
                self.assertEqual((launcher.port, launcher.has_free_ports), (port, False))
                launcher.close()

    def test_a_race_is_over_when_all_have_been_looked_at(self) -> None:
        launcher = self.launch("slow_door")
        spoken = Dialect(accepted=b"OK {nick}\n", crossed="FROM {nick} [all]: {text}\n")
        stage = Stage(self.play, launcher, self.play.run(launcher.start()), spoken)
        self.play.run(entrance.race(stage))
        self.play.run(launcher.end(stage.server))

    def test_of_a_server_that_hangs_no_other_form_of_a_nick_is_tried(self) -> None:
        launcher = self.launcher("-c", HANGS)
        with mock.patch.object(Joining, "_try", autospec=True, side_effect=Joining._try) as tries:
            dialect = self.play.run(Joining(self.play, launcher).find())
        self.assertEqual((dialect.nick.pattern, dialect.crosses, tries.call_count), ("{nick}", False, 1))


@once
@UNIX
class FaultyServers(unittest.TestCase):
    """The program on faulty servers, all at the same time."""

    documents: ClassVar[Dict[str, Dict[str, Any]]]
    asked = {
        "split_lost": "direct,glued_lines",
        "unframed": "byte_by_byte",
        "ends_when_both_have": "quit,leave_told",
        "utf8_mutes_sender": "invalid_utf8",
        "ghost_after_reset": "reset",
        "nothing_crosses": "restart",
        "dies_at_start": "direct",
    }

    @classmethod
    def setUpClass(cls) -> None:
        with ThreadPoolExecutor(len(cls.asked)) as pool:
            cls.documents = dict(zip(cls.asked, pool.map(grade_faulty, cls.asked, cls.asked.values())))

    def test_a_faulty_server_is_failed_with_all_that_its_author_needs(self) -> None:
        document = self.documents["split_lost"]
        self.assertEqual((document["status"], verdicts(document)), (1, {"direct": "pass", "glued_lines": "fail"}))
        case = document["cases"][1]
        self.assertTrue(all(case[name] for name in ("sent", "came", "right", "why", "by_hand", "lab", "module")), case)
        for told in ("nc -w", "scripts/labs/run.py 2", "minichat/net/linebuffer.py"):
            self.assertIn(told, document["said"])

    def test_each_piece_that_became_a_message_is_counted(self) -> None:
        (case,) = self.documents["unframed"]["cases"]
        self.assertEqual((case["verdict"], case["key"]), ("fail", "many_of_one"))

    def test_a_server_that_waits_for_the_client_to_close_passes(self) -> None:
        document = self.documents["ends_when_both_have"]
        self.assertEqual(set(verdicts(document).values()), {"pass"}, document["said"])

    def test_who_can_no_longer_speak_is_named(self) -> None:
        (case,) = self.documents["utf8_mutes_sender"]["cases"]
        self.assertEqual((case["verdict"], case["why"].split(",")[0]), ("fail", "ana"))

    def test_what_a_living_server_prints_stands_with_the_failure(self) -> None:
        document = self.documents["ghost_after_reset"]
        (case,) = document["cases"]
        self.assertEqual((case["verdict"], case["key"]), ("fail", "ghost"))
        self.assertIn("ConnectionResetError", case["printed"])
        self.assertIn(f"o que o servidor escreveu: {case['printed']}\n", document["said"])

    def test_a_server_where_nothing_crosses_can_be_restarted(self) -> None:
        self.assertEqual(verdicts(self.documents["nothing_crosses"]), {"restart": "pass"})

    def test_a_server_that_does_not_start_is_shown_with_what_it_printed(self) -> None:
        document = self.documents["dies_at_start"]
        self.assertEqual((document["status"], document["trouble"]), (2, "ended_at_once"))
        self.assertIn("no server today", document["said"])


@UNIX
class WholeRuns(unittest.TestCase):
    """The program."""

    def test_minichat_passes(self) -> None:
        quick = "direct,quit,glued_lines,restart"
        status, said, errors = grade("--only", quick, "--", *PYTHON, "-m", "minichat.server")
        self.assertEqual((status, errors), (0, ""), said)
        self.assertIn("(100 %)", said)

    def test_what_goes_to_standard_output_stands_there_alone(self) -> None:
        status, said, _ = grade("--json", "-", "--only", "direct", "--", *PYTHON, SERVERS, "correct")
        self.assertEqual((status, json.loads(said)["trouble"]), (0, ""))

    @LINUX
    def test_ctrl_c_and_its_like_end_everything(self) -> None:
        for number in STOPPING:
            ours = f"GRADED_BY_TEST={secrets.token_hex(8)}"
            name, _, value = ours.partition("=")
            command = ("scripts/grade.py", "--", *PYTHON, SERVERS, "goes_to_background")
            with self.subTest(number), Program(*command, variables={name: value}) as program:
                wait_until(lambda ours=ours, own=program.process.pid: set(procfs.marked(ours)) - {own}, "a server")
                program.kill(number)
                status, _, errors = program.finish()
                self.assertEqual((status, errors.strip()), (130, ""))
                wait_until(lambda ours=ours: not procfs.marked(ours), "the end of what was killed")

    def test_what_is_wrong_on_the_command_line_is_told_in_a_line(self) -> None:
        wrong: List[Tuple[Tuple[str, ...], str]] = [
            ((), "falta um comando depois de --, ou --all PASTA; veja "),
            (("--all", "x", "--", "x"), "ou um comando, ou --all PASTA; veja "),
            (("--only", "dance", "--", "x"), "não existe o caso dance; há broadcast, "),
            (("--port", "0", "--", "x"), "--port deve ser um número inteiro de 1 a 65535, e não 0; veja "),
            (("--rubric",), "--rubric precisa de um valor; veja "),
            (("--lang", "en", "--dance", "--", "x"), "wrong option: --dance; see "),
            (("--rubric", "/nowhere/x", "--", "x"), "grade.py: /nowhere/x: arquivo ou pasta não existe\n"),
            (("--all", "/nowhere/x", "--lang", "en"), "grade.py: /nowhere/x: No such file or directory\n"),
            (("--all", "scripts/labs/lessons/__init__.py"), "grade.py: scripts/labs/lessons/__init__.py: "),
            (("--all", "tests/scripts/graded"), "grade.py: tests/scripts/graded: não há subpastas; "),
            (("--only", ",", "--", "x"), "--only precisa do nome de um caso; há broadcast, "),
            (("--all", "x", "--page", "y"), "--page é para um servidor só; "),
            (("--out", "x", "--", "x"), "--out é para uma turma: "),
            (("--json", "/nowhere/x", "--", "x"), "grade.py: /nowhere: arquivo ou pasta não existe\n"),
            (("--csv", "tests", "--", "x"), "grade.py: tests: "),
            (("--json", "-", "--csv", "-", "--", "x"), "--csv -: só uma opção "),
        ]
        for arguments, told in wrong:
            status, said, errors = grade(*arguments)
            self.assertEqual((status, said, errors.count("\n")), (2, "", 1), errors)
            self.assertEqual(errors[: len(told)], told)
        status, said, _ = grade("--", "/nowhere/server")
        self.assertEqual((status, "/nowhere/server" in said), (2, True), said)
        status, said, _ = grade("--", "scripts")
        self.assertEqual((status, "--all PASTA" in said), (2, True), said)

    def test_where_it_cannot_work_it_says_so_in_a_line(self) -> None:
        code = (
            "import os, signal, sys\n"
            "del signal.SIGHUP, signal.SIGQUIT, signal.pthread_sigmask\n"  # as on Windows
            "sys.path.insert(0, 'scripts')\n"
            "import grade\n"
            "os.name = 'nt'\n"
            "sys.exit(grade.main(['--lang', 'en', 'x']))"
        )
        status, said, errors = run_program("-c", code)
        self.assertEqual((status, said), (2, ""))
        self.assertRegex(errors, r"\Agrade\.py: [^\n]*WSL[^\n]*\n\Z")

    def test_a_trouble_of_no_file_is_told_in_a_line(self) -> None:
        code = (
            "import errno, os, sys\n"
            "sys.path.insert(0, 'scripts')\n"
            "import grade\n"
            "def session(*values): raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))\n"
            "grade.Session = session\n"
            "sys.exit(grade.main(['--lang', 'en', '--', 'x']))"
        )
        self.assertEqual(run_program("-c", code), (2, "", "grade.py: cannot go on: Too many open files\n"))

    def test_the_help_names_every_option_in_both_languages(self) -> None:
        for language, heading in (("pt", "uso: "), ("en", "usage: ")):
            variables = {"MINICHAT_LANG": language, "PYTHONIOENCODING": "utf-8"}
            status, said, errors = run_program("scripts/grade.py", "--help", variables=variables)
            self.assertEqual((status, errors, said[: len(heading)]), (0, "", heading))
            for option in ("--all", "--out", "--input", "--memory", "--strict", "--show-rubric", "--page", "{port}"):
                self.assertIn(option, said)
            self.assertLessEqual(max(map(len, said.splitlines())), 80)


@UNIX
class Classes(unittest.TestCase):
    """A whole class."""

    def setUp(self) -> None:
        self.plays = 0  # of graders that are none
        failed = Result("glued_lines", Verdict.FAIL, "lost_of_glued", {"text": "oi"})
        self.results = [Result("direct", Verdict.PASS), failed]

    def test_each_student_has_a_row_and_a_page_and_is_graded_once(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            work, out = Path(folder, "class"), Path(folder, "out")
            for name, command in (
                ("=1+1", f"{' '.join(PYTHON)} {ROOT / SERVERS} correct"), ("broken", "/nowhere/x"), ("nul", "a\0b"),
                ("long", "x" * 300), ("endless", "'"),
            ):  # fmt: skip
                (work / name).mkdir(parents=True)
                (work / name / "command").write_text(command)
            os.truncate(work / "endless" / "command", 1 << 40)
            (work / "nothing" / "src").mkdir(parents=True)
            (work / "nothing" / "src" / "chat.py").touch()
            options = ["--all", str(work), "--out", str(out), "--only", "direct"]
            status, said, errors = grade(*options)
            self.assertEqual((status, errors), (2, ""), said)
            rows = list(csv.DictReader(io.StringIO((out / "grades.csv").read_text("utf-8"))))
            self.assertEqual([row["name"] for row in rows], ["'=1+1", "broken", "endless", "long", "nothing", "nul"])
            troubles = ["", "no_command", "bad_command", "no_command", "no_server", "no_command"]
            self.assertEqual([row["trouble"] for row in rows], troubles)
            self.assertEqual(len(list(out.glob("*.md"))), 6)
            self.assertIn("    o que há na pasta:\n        src/chat.py\n", (out / "nothing.md").read_text("utf-8"))
            before = {file: file.stat().st_mtime_ns for file in out.glob("*.md")}
            again = {"broken.md", "long.md", "nul.md"}  # what was missing may be there now
            for made in (again, {*again, "nothing.md"}):
                self.assertEqual(grade(*options)[0], 2)
                changed = {file.name for file, at in before.items() if file.stat().st_mtime_ns != at}
                self.assertEqual(changed, made)
                (work / "nothing" / "server.py").write_text("raise SystemExit('no')")
            self.assertTrue(all(stat.S_ISREG(file.stat().st_mode) for file in out.iterdir()))

    def graded(self, *arguments: str) -> Tuple[int, str, str]:
        """Grade a class as if each server failed glued_lines; return exit status, output and errors."""
        values = values_of(options_of(list(arguments)), [])
        points = rubric.read(values.rubric) if values.rubric else rubric.DEFAULT
        printed = io.BytesIO()
        terminal = io.TextIOWrapper(printed, "ascii", "backslashreplace")
        without_plays = mock.patch.object(Grader, "run", self.played)
        with without_plays, redirect_stdout(terminal), redirect_stderr(io.StringIO()) as errors:
            status = Session(values, points).a_class()
        terminal.flush()
        return status, printed.getvalue().decode(), errors.getvalue()

    def played(self) -> Steps[Grade]:
        """Stand in for a run of the grader."""
        self.plays += 1
        return Grade(["server"], self.results, Dialect())
        yield

    def a_class(self, folder: str, *names: str) -> Path:
        """Make a folder with students."""
        for name in names:
            Path(folder, name).mkdir()
            Path(folder, name, "server.py").touch()
        return Path(folder)

    def test_with_another_rubric_nothing_is_played_again(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            work, out, points = Path(folder, "class"), Path(folder, "out"), Path(folder, "rubric")
            work.mkdir()
            self.a_class(str(work), "ana")
            options = ["--lang", "pt", "--all", str(work), "--out", str(out), "--csv", "-"]
            points.write_text("glued_lines 1\ndirect 3\n")
            for added, wanted in ((), ("72.7", "8", "11")), (("--rubric", str(points)), ("75", "3", "4")):
                status, said, errors = self.graded(*options, *added)
                (row,) = csv.DictReader(io.StringIO(said))
                self.assertEqual((status, row["percent"], row["points"], row["possible"]), (1, *wanted), errors)
            self.assertEqual(self.plays, 1)
            self.assertIn("(já estava)", errors)
            self.assertIn("Pontos: 3 de 4 (75 %)", (out / "ana.md").read_text("utf-8"))
            errors = self.graded(*options, "--strict")[2]
            self.assertTrue(errors.startswith(f"os resultados em {out} que são de outras opções"), errors)
            self.assertEqual(self.plays, 2)

    def test_when_one_is_graded_anew_the_others_keep_their_rows(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            work = self.a_class(folder, "ana", "bruno", "caio")
            options = ["--lang", "en", "--all", folder, "--out", str(work / "grades")]
            self.graded(*options)
            (work / "bruno" / "server.py").write_text("# new")
            rows = (work / "grades" / "grades.csv").read_text("utf-8").splitlines()
            with mock.patch.object(Session, "_student", side_effect=KeyboardInterrupt):
                self.assertRaises(KeyboardInterrupt, self.graded, *options)
            self.assertEqual([row[:4] for row in rows], ["name", "ana,", "brun", "caio"])
            left = (work / "grades" / "grades.csv").read_text("utf-8").splitlines()
            self.assertEqual(left, [row for row in rows if not row.startswith("bruno")])

    def test_what_the_grader_or_the_machine_did_wrong_is_no_result(self) -> None:
        for verdict, key, status in ((Verdict.NA, "grader_fault", 2), (Verdict.NA, "port_in_use", 0)):
            self.plays, self.results = 0, [Result("direct", verdict, key, {"error": "x"})]
            with self.subTest(key), tempfile.TemporaryDirectory() as folder:
                self.a_class(folder, "ana")
                options = ["--all", folder, "--out", str(Path(folder, "grades"))]
                self.assertEqual([self.graded(*options)[0] for _ in range(2)], [status] * 2)
                self.assertEqual(self.plays, 2)

    def test_another_bound_or_a_grader_with_other_cases_grades_anew(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.a_class(folder, "ana")
            options = ["--all", folder, "--out", str(Path(folder, "grades"))]
            self.graded(*options)
            self.graded(*options, "--memory", "2048")
            self.assertEqual(self.plays, 2)
            with mock.patch.dict(BY_NAME, {"another": BY_NAME["direct"]}):
                self.graded(*options, "--memory", "2048")
            self.assertEqual(self.plays, 3)

    def test_the_folder_of_the_results_is_no_student(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            work = self.a_class(folder, "ana", "__MACOSX")
            for _ in range(2):
                self.graded("--all", folder, "--out", f"{folder}/../{work.name}/grades")
            rows = (work / "grades" / "grades.csv").read_text("utf-8").splitlines()
            self.assertEqual([row.partition(",")[0] for row in rows], ["name", "ana"])

    def test_for_programs_a_class_is_a_list_whatever_its_size(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for names in (["ana"], ["ana", "bruno"]):
                self.a_class(folder, names[-1])
                files = {option: str(Path(folder, f".{option}")) for option in ("json", "junit", "out")}
                options = [word for option, file in files.items() for word in (f"--{option}", file)]
                status, _, errors = self.graded("--all", folder, *options)
                self.assertEqual((status, errors), (1, ""))
                documents = json.loads(Path(files["json"]).read_text("utf-8"))
                self.assertEqual([document["name"] for document in documents], names)
                self.assertEqual([verdicts(document)["glued_lines"] for document in documents], ["fail"] * len(names))
                root = ElementTree.parse(files["junit"]).getroot()
                self.assertEqual((root.tag, [suite.get("name") for suite in root]), ("testsuites", names))
                self.assertEqual([suite.get("failures") for suite in root], ["1"] * len(names))
            self.assertEqual(self.plays, 2)

    @LINUX
    def test_after_an_interrupt_it_is_said_how_to_go_on(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("ana", "bruno"):
                Path(folder, name).mkdir()
            Path(folder, "bruno", "server.py").write_text("import time; time.sleep(1000)")
            out = str(Path(folder, ".out"))
            with Program("scripts/grade.py", "--lang", "en", "--all", folder, "--out", out) as program:
                wait_until(lambda: Path(out, "ana.json").exists(), "the first result")
                program.kill(signal.SIGINT)
                status, _, errors = program.finish()
        told = f"1 of 2 are in {out}; the same command line goes on from there"
        self.assertEqual((status, errors.strip()), (130, told))

    def test_what_is_written_counts_however_soon_the_interrupt_comes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("ana", "bruno"):
                Path(folder, name).mkdir()
            arguments = ["--lang", "en", "--all", folder, "--out", str(Path(folder, ".out"))]
            session = Session(values_of(options_of(arguments), []), rubric.DEFAULT)
            keep = Class.keep

            def interrupted(*what: Any) -> None:
                keep(*what)
                raise KeyboardInterrupt

            with mock.patch.object(Class, "keep", interrupted), redirect_stderr(io.StringIO()) as said:
                self.assertRaises(KeyboardInterrupt, session.a_class)
            self.assertIn("1 of 2 are in ", said.getvalue())


if __name__ == "__main__":
    unittest.main()
