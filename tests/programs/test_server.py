"""The server as a real process: its output, its options, its ends."""

from __future__ import annotations

import signal
import socket
import unittest
from pathlib import Path
from typing import List, Optional

from minichat import __version__
from minichat.server.__main__ import main
from tests.inside import call
from tests.live import CHANGED_SERVER, ProcessTest, free_port, has_ipv6, joined_when_up, pass_time, posix_only
from tests.peer import Peer
from tests.program import SERVER, Program, ServerProcess, port_of
from tests.support import PATIENCE_SECONDS

# A server that would wait for its peers longer than any test.
PATIENT_SERVER = """
import sys
from minichat.server import __main__ as server, run
chosen = run.chosen_limits
def patient(*values):
    return chosen(*values)._replace(drain_idle_seconds=300.0, drain_seconds=300.0, shutdown_seconds=300.0)
run.chosen_limits = patient
sys.exit(server.main())
"""


class Taken:
    """A port of loopback on which another program listens."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = str(self._socket.getsockname()[1])

    def __enter__(self) -> str:
        return self.port

    def __exit__(self, *exc: object) -> None:
        self._socket.close()


def limit_files(count: int) -> None:
    """Between fork and exec: the process may have ``count`` open files."""
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


class StatusLines(ProcessTest):
    def test_the_first_line_says_where_it_listens_while_it_runs(self) -> None:
        server = self.start()
        self.assertRegex(server.output.line(), r"\A\[STATUS\] Servidor escutando em 127\.0\.0\.1:[0-9]+\.\.\.\Z")
        self.assertIsNone(server.process.poll())

    def test_the_first_line_tells_the_truth(self) -> None:
        self.check_chat(port_of(self.start().output.line()))

    def test_lang_en_speaks_english(self) -> None:
        server = self.start("--lang", "en")
        self.assertRegex(server.output.line(), r"\A\[STATUS\] Server listening on 127\.0\.0\.1:[0-9]+\.\.\.\Z")
        self.assertEqual(self.stop(server), "[STATUS] Stopping...\n[STATUS] Server stopped\n")

    def test_it_tells_who_comes_and_goes(self) -> None:
        server = self.start()
        port = port_of(server.output.line())
        ana = self.join(port, "ana")
        server.output.expect("[STATUS] ana entrou (1 online)")
        bruno = self.join(port, "bruno")
        server.output.expect("[STATUS] bruno entrou (2 online)")
        ana.send("QUIT\n")
        server.output.expect("[STATUS] ana saiu (1 online)")
        bruno.close()
        server.output.expect("[STATUS] bruno saiu (0 online)")

    def test_a_class_that_comes_in_together_is_told_whole(self) -> None:
        """Trap 42."""
        server = self.start()
        port = port_of(server.output.line())
        peers = [self.join(port, f"u{number}") for number in range(64)]
        for number in range(64):
            server.output.expect(f"[STATUS] u{number} entrou ({number + 1} online)")
        for peer in peers:
            peer.close()

    def test_a_crowd_that_comes_and_goes_is_counted_instead(self) -> None:
        """Traps 42 and 45."""
        server = self.start("--lang", "en")
        port = port_of(server.output.line())
        for number in range(80):
            with Peer(port, f"u{number}") as peer:
                peer.send("QUIT\n")
                peer.rest()
        *lines, left_out, stopping, stopped = self.stop(server).splitlines()
        self.assertIn(len(lines), range(100, 110))
        count = 160 - len(lines)
        self.assertEqual(left_out, f"[STATUS] ({count} lines about who joined or left were left out)")
        self.assertEqual((stopping, stopped), ("[STATUS] Stopping...", "[STATUS] Server stopped"))

    def test_at_log_level_info_it_tells_who_was_refused_why_and_when(self) -> None:
        """Trap 53."""
        server = self.start("--log-level", "info")
        port = port_of(server.output.line())
        with Peer(port) as peer:
            where = "{}:{}".format(*peer.socket.getsockname())
            peer.send("who\n")
            self.assertEqual(peer.rest(), "ERR apelido_invalido\n")
        ana = self.join(port, "ana")
        came = "{}:{}".format(*ana.socket.getsockname())
        ana.close()
        server.process.terminate()
        status, _, errors = server.finish()
        times = [line.split(" INFO ")[0] for line in errors.splitlines()]
        self.assertEqual(status, 0)
        self.assertRegex("\n".join(times), r"\A(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\n?){2,}\Z")
        self.assertIn(f" INFO {where} refused: apelido_invalido\n", errors)
        self.assertIn(f" INFO ana joined from {came}\n", errors)

    def test_it_never_tells_what_people_say(self) -> None:
        """Trap 42."""
        server = self.start("--log-level", "debug")
        port = port_of(server.output.line())
        with Peer(port, "ana") as ana:
            ana.send("segredo um\n@ana segredo dois\n@bruno segredo três\nsegredo \x07 quatro\nQUIT\n")
            ana.rest()
        server.process.terminate()
        _, output, errors = server.finish()
        self.assertNotIn("segredo", output + errors)
        self.assertIn("ana saiu", output)

    def test_who_is_refused_is_no_member(self) -> None:
        server = self.start()
        with Peer(port_of(server.output.line())) as peer:
            peer.send("who\n")
            self.assertEqual(peer.rest(), "ERR apelido_invalido\n")
        self.assertEqual(self.stop(server), "[STATUS] Encerrando...\n[STATUS] Servidor encerrado\n")

    def test_on_all_addresses_it_tells_how_others_reach_it(self) -> None:
        server = self.start("--host", "0.0.0.0")  # this test does not connect
        port = port_of(server.output.line())
        self.assertRegex(
            server.output.line(), rf"\A\[STATUS\] Na rede local: python3 -m minichat.client --host .+ --port {port}\Z"
        )

    @unittest.skipUnless(has_ipv6(), "no IPv6 here")
    def test_it_listens_on_ipv6(self) -> None:
        """Trap 7."""
        server = self.start("--host", "::1")
        first = server.output.line()
        self.assertRegex(first, r"\A\[STATUS\] Servidor escutando em \[::1\]:[0-9]+\.\.\.\Z")
        self.join(port_of(first), "ana", "::1")
        server.output.expect("[STATUS] ana entrou (1 online)")


class Options(ProcessTest):
    def finish(self, *arguments: str, **extra: str) -> str:
        """Call a server that cannot start: status, one line of complaint, nothing else."""
        status, output, errors = call(main, *arguments, **extra)
        self.assertEqual(output, "")
        self.assertEqual(errors.count("\n"), 1, errors)
        self.assertTrue(errors.startswith("minichat-server: "), errors)
        return f"{status} {errors}"

    def test_a_taken_port_is_told_in_one_line_that_says_what_to_do(self) -> None:
        """Trap 6."""
        with Taken() as port:
            self.assertRegex(self.finish("--port", port), rf"\A1 .*{port}.*já está em uso.*--port\n\Z")
            self.assertRegex(self.finish("--port", port, "--lang", "en"), rf"\A1 .*{port}.*in use.*--port\n\Z")

    def test_a_port_of_an_outgoing_connection_is_told_from_a_server(self) -> None:
        """Trap 58."""
        with socket.create_server(("127.0.0.1", 0)) as elsewhere, socket.socket() as outgoing:
            outgoing.bind(("127.0.0.1", 0))
            outgoing.connect(elsewhere.getsockname())
            port = str(outgoing.getsockname()[1])
            for host in ("127.0.0.1", "0.0.0.0"):
                told = self.finish("--host", host, "--port", port)
                self.assertRegex(told, rf"\A1 .*{port} de {host}.*nenhum servidor atende.*--port\n\Z")
            told = self.finish("--port", port, "--lang", "en")
            self.assertRegex(told, rf"\A1 .*{port}.*no server answers.*try again.*--port\n\Z")

    def test_a_server_is_found_whatever_the_host_is_called(self) -> None:
        """Trap 58."""
        with Taken() as port:
            for host in ("127.0.0.1", "0.0.0.0"):
                self.assertRegex(self.finish("--host", host, "--port", port), r"\A1 .*já está em uso; pare")

    @posix_only
    def test_too_few_files_are_told_in_one_line(self) -> None:
        """Trap 54."""
        for files in range(5, 13):
            with self.subTest(files):
                limit = {"preexec_fn": lambda files=files: limit_files(files)}
                status, output, errors = self.enter(Program(*SERVER, "--port", "0", options=limit)).finish()
                self.assertEqual((status, output), (1, ""), errors)
                self.assertRegex(errors, rf"\Aminichat-server: \d+ de {files} arquivos .*ulimit -n.*\n\Z")

    def test_an_address_that_is_not_ours_is_told_in_one_line(self) -> None:
        self.assertRegex(self.finish("--host", "192.0.2.1", "--port", "0"), r"\A1 .*192\.0\.2\.1.*--host")

    def test_an_impossible_host_is_told_in_one_line(self) -> None:
        self.assertRegex(self.finish("--host", "a..b", "--port", "0"), r"\A1 .*a\.\.b.*--host")

    def test_a_wrong_option_is_told_in_one_line(self) -> None:
        for wrong in (["--porta", "1"], ["--port", "65536"], ["--rate"]):
            with self.subTest(wrong):
                self.assertRegex(self.finish(*wrong), r"\A2 .*--help\n\Z")
        done = self.enter(Program(*SERVER, "--porta", "1")).finish()
        told = self.finish("--porta", "1").replace("veja minichat-server", "veja python3 -m minichat.server")
        self.assertEqual(f"{done[0]} {done[2]}", told, "as a process too")

    def test_an_empty_host_is_no_host(self) -> None:
        self.assertRegex(self.finish("--host", ""), r"\A2 .*--host precisa de um valor.*--help\n\Z")

    @posix_only
    def test_a_wrong_option_has_its_status_though_nobody_can_be_told(self) -> None:
        for redirect in ("2>&-", "2>/dev/full"):
            with self.subTest(redirect):
                program = self.enter(Program(*SERVER, "--port", "x", redirect=redirect))
                self.assertEqual(program.finish(), (2, "", ""))

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_an_answer_that_cannot_be_printed_is_told_in_one_line(self) -> None:
        for asked in ("--help", "--version", "--show-limits"):
            with self.subTest(asked):
                status, _, errors = self.enter(Program(*SERVER, asked, redirect=">/dev/full")).finish()
                self.assertEqual(status, 1)
                self.assertRegex(errors, r"\Aminichat-server: não é possível escrever na saída [^\n]+\n\Z")

    @posix_only
    def test_a_reader_of_an_answer_who_has_seen_enough_is_no_error(self) -> None:
        for asked in ("--help", "--version", "--show-limits"):
            with self.subTest(asked):
                program = self.enter(Program(*SERVER, asked, redirect="| true"))
                self.assertEqual(program.finish(), (0, "", ""))

    def test_an_answer_is_utf_8_whatever_the_locale_says(self) -> None:
        for asked in ("--help", "--show-limits"):
            with self.subTest(asked):
                program = self.enter(Program(*SERVER, asked, variables={"PYTHONIOENCODING": "ascii"}))
                status, output, errors = program.finish()
                self.assertEqual((status, errors), (0, ""))
                self.assertRegex(output, "[áéíóúãç]")

    def test_a_wrong_variable_is_named(self) -> None:
        self.assertRegex(self.finish(MINICHAT_PORT="x"), r"\A2 .*MINICHAT_PORT.*--help\n\Z")

    def test_options_come_from_the_environment_too(self) -> None:
        with Taken() as port:
            self.assertRegex(self.finish(MINICHAT_PORT=port, MINICHAT_LANG="en"), rf"\A1 .*{port}.*in use")

    def test_limits_come_from_the_environment_too(self) -> None:
        port = port_of(self.start(MINICHAT_MAX_CLIENTS="1").output.line())
        self.join(port, "ana")
        with Peer(port) as second:
            self.assertEqual(second.rest(), "ERR server_full\n")

    def test_an_option_wins_over_the_environment(self) -> None:
        with Taken() as port:
            server = self.start("--lang", "pt", MINICHAT_PORT=port, MINICHAT_LANG="en")
            self.assertIn("Servidor escutando", server.output.line())

    def test_python_m_minichat_server_is_the_same_program(self) -> None:
        server = self.enter(Program("-m", "minichat", "server", "--port", "0"))
        self.check_chat(port_of(server.output.line()))

    def test_python_m_minichat_alone_says_what_there_is(self) -> None:
        status, output, errors = self.enter(Program("-m", "minichat")).finish()
        self.assertEqual((status, output), (2, ""))
        self.assertIn("server|client", errors)

    def test_version(self) -> None:
        for ended in (self.enter(Program(*SERVER, "--version")).finish(), call(main, "--version")):
            self.assertEqual(ended, (0, f"minichat {__version__}\n", ""))

    def test_show_limits_names_every_limit_with_its_reason(self) -> None:
        status, output, errors = call(main, "--show-limits", "--max-clients", "7")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"(?m)^line_bytes +4,096 B +\w+")
        self.assertRegex(output, r"(?m)^clients +7 connections +\w+")


class Ends(ProcessTest):
    def check_ends_cleanly(self, number: int) -> None:
        """Everyone, also who is not in yet, reads a goodbye and a clean end."""
        server = self.start()
        port = port_of(server.output.line())
        visitor = Peer(port)  # first: those who come later are accepted later
        ana, bruno = self.join(port, "ana"), self.join(port, "bruno")
        ana.expect("JOIN bruno")
        server.process.send_signal(number)
        for peer in (ana, bruno, visitor):
            with peer:
                self.assertEqual(peer.rest(), "BYE shutdown\n")
        self.assertEqual(server.finish()[::2], (0, ""))

    @posix_only
    def test_who_is_only_on_the_way_in_reads_the_goodbye_too(self) -> None:
        """Trap 22."""
        server = self.start()
        port = port_of(server.output.line())
        server.process.send_signal(signal.SIGSTOP)
        peers = [Peer(port) for _ in range(100)]  # more than are accepted in one turn
        server.process.terminate()
        server.process.send_signal(signal.SIGCONT)
        for peer in peers:
            with peer:
                self.assertEqual(peer.rest(), "BYE shutdown\n")
        self.assertEqual(server.finish()[::2], (0, ""))

    def test_sigterm_ends_it_cleanly(self) -> None:
        """Trap 22."""
        self.check_ends_cleanly(signal.SIGTERM)

    @posix_only
    def test_sigint_ends_it_cleanly(self) -> None:
        """Trap 22."""
        self.check_ends_cleanly(signal.SIGINT)

    @posix_only
    def test_a_terminal_that_is_closed_ends_it_cleanly(self) -> None:
        """Trap 54."""
        self.check_ends_cleanly(signal.SIGHUP)

    @posix_only
    def test_the_two_signals_of_a_closed_terminal_are_one(self) -> None:
        """Trap 54."""
        server = self.enter(Program("-c", PATIENT_SERVER, "--port", "0"))
        ana = self.join(port_of(server.output.line()), "ana")
        server.process.send_signal(signal.SIGHUP)
        self.assertEqual(ana.rest(), "BYE shutdown\n")
        server.process.send_signal(signal.SIGHUP)
        pass_time(0.3)
        self.assertIsNone(server.process.poll(), "it did not wait for ana, who is still there")
        server.process.terminate()
        self.assertEqual(server.finish()[::2], (0, ""))

    @posix_only
    def test_under_nohup_it_outlives_its_terminal(self) -> None:
        """Trap 54."""
        ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)}
        server = self.enter(Program(*SERVER, "--port", "0", options=ignoring))
        port = port_of(server.output.line())
        server.process.send_signal(signal.SIGHUP)
        self.check_chat(port)
        self.assertIn("zeca saiu", self.stop(server))

    @posix_only
    def test_a_signal_right_behind_the_first_line_ends_it_cleanly(self) -> None:
        """Trap 22."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                server = self.start()
                server.output.line()
                server.process.send_signal(number)
                self.assertEqual(server.finish()[::2], (0, ""))

    @posix_only
    def test_what_was_said_before_the_end_is_read_before_the_goodbye(self) -> None:
        server = self.start()
        ana = self.join(port_of(server.output.line()), "ana")
        server.output.expect("[STATUS] ana entrou (1 online)")
        server.process.send_signal(signal.SIGSTOP)  # what comes now is there when it wakes up
        ana.send("última\n")
        server.process.send_signal(signal.SIGCONT)
        ana.expect("FROM ana [all]: última")
        server.process.terminate()
        self.assertEqual(ana.rest(), "BYE shutdown\n")

    @posix_only
    def test_a_second_signal_ends_it_at_once(self) -> None:
        """Trap 22."""
        server = self.enter(Program("-c", PATIENT_SERVER, "--port", "0"))
        ana = self.join(port_of(server.output.line()), "ana")
        server.process.terminate()
        self.assertEqual(ana.rest(), "BYE shutdown\n")
        self.assertIsNone(server.process.poll(), "it did not wait for ana, who is still there")
        server.process.terminate()
        self.assertEqual(server.finish()[::2], (0, ""))

    def test_the_port_is_free_at_once_after_a_stop_with_people_in(self) -> None:
        """Trap 6."""
        with ServerProcess() as first:
            ana = self.join(first.port, "ana")
            first.process.terminate()
            self.assertEqual(ana.rest(), "BYE shutdown\n")
            ana.close()  # the server ended first: the port is in TIME_WAIT now
            self.assertEqual(first.process.wait(PATIENCE_SECONDS), 0)
        with ServerProcess("--port", str(first.port)) as second:
            self.assertEqual(second.port, first.port)
            self.check_chat(second.port)


@posix_only
class DeadEnds(ProcessTest):
    """Whatever becomes of its output, the chat goes on."""

    def check_chat_without_output(self, redirect: str) -> None:
        port = free_port()
        server = self.enter(Program(*SERVER, "--port", str(port), redirect=redirect))
        joined_when_up(port, "ana").close()
        for number in range(5):
            self.check_chat(port, f"zeca{number}")
        server.process.terminate()
        self.assertEqual(server.finish()[::2], (0, ""))

    def test_it_lives_with_its_output_closed(self) -> None:
        """Trap 21."""
        self.check_chat_without_output(">&-")

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_it_lives_with_its_output_on_a_full_disk(self) -> None:
        """Trap 21."""
        self.check_chat_without_output(">/dev/full")

    def test_it_lives_with_everything_closed(self) -> None:
        """Trap 21."""
        self.check_chat_without_output("<&- >&- 2>&-")

    def test_it_lives_with_its_errors_closed(self) -> None:
        """Trap 21."""
        server = self.enter(Program(*SERVER, "--port", "0", "--log-level", "debug", redirect="2>&-"))
        self.check_chat(port_of(server.output.line()))
        self.assertIn("zeca saiu", self.stop(server))

    def test_it_lives_when_the_reader_of_its_output_is_gone(self) -> None:
        """Trap 21."""
        server = self.start()
        port = port_of(server.output.line())
        assert server.process.stdout is not None
        server.process.stdout.close()
        for number in range(5):
            self.check_chat(port, f"zeca{number}")
        self.assertIsNone(server.process.poll())

    def test_it_lives_when_nobody_reads_its_output(self) -> None:
        """Trap 21."""
        change = "from minichat.cli.logs import Ration; Ration.LINES_AT_ONCE = 1 << 20"
        server = self.enter(Program("-c", CHANGED_SERVER.format(limits={}, change=change), "--port", "0"))
        port = port_of(server.output.line())
        ana = self.join(port, "ana")
        for _ in range(30):  # about 300 KB of status lines; a pipe holds 64
            self.come_and_go(port, 50)
        ana.send("ainda aqui\n")
        last = self.last_line(ana, "FROM ")
        self.assertEqual(last, "FROM ana [all]: ainda aqui")
        self.check_output_is_whole(server)

    def come_and_go(self, port: int, count: int) -> None:
        """Many people with long names, all at the same time."""
        peers = [Peer(port) for _ in range(count)]
        for number, peer in enumerate(peers):
            peer.send(f"{'日本語' * 6}{number:03}\nQUIT\n")
        for peer in peers:
            self.assertEqual(peer.rest()[-4:], "BYE\n")
            peer.close()

    def last_line(self, peer: Peer, beginning: str) -> str:
        """Read on up to a line that begins so."""
        while not (line := peer.line()).startswith(beginning):
            pass
        return line

    def check_output_is_whole(self, server: Program) -> None:
        """No line is cut, and the number of those that are missing is told."""
        lines: List[str] = [server.output.line()]
        while "descartadas" not in lines[-1]:
            lines.append(server.output.line())
            if len(lines) == 100:  # there is room for the count, which is written with the next line
                self.check_chat(server_port(server))
        dropped = int(lines.pop().strip("(").split()[0])
        for line in lines:
            self.assertRegex(line, r"\A\[STATUS\] \S+ (entrou|saiu) \([0-9]+ online\)\Z")
        self.assertGreaterEqual(len(lines) + dropped, 2 * 30 * 50)


def server_port(server: Program) -> int:
    """The port in what a server has printed first."""
    first: Optional[str] = server.output.seen.split("\n")[0]
    return port_of(first or "")


if __name__ == "__main__":
    unittest.main()
