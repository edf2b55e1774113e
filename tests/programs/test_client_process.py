"""The client as a real process between pipes, and with bad luck."""

from __future__ import annotations

import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any, List, Optional, Tuple

from tests.live import until_empty
from tests.peer import Peer
from tests.program import Program, ServerProcess
from tests.support import PATIENCE_SECONDS

posix_only = unittest.skipUnless(os.name == "posix", "a matter of POSIX signals and terminals")

# The client as on Windows, where a thread reads the keyboard.
WITH_THREAD = (
    "-c",
    "import sys; from minichat.tty import keyboard; keyboard.NEEDS_THREAD = True; "
    "from minichat.client import __main__ as client; sys.exit(client.main())",
)

# Addresses that no resolver has to be asked about.
IMPOSSIBLE_HOSTS = ("a..b", "x" * 64)

Ended = Tuple[int, str, str]  # status, output, errors


class FakeServer:
    """Listens on loopback; the test says what it does."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(PATIENCE_SECONDS)
        self.port: int = self.listening.getsockname()[1]

    @property
    def is_called(self) -> bool:
        """True if a client is connecting now."""
        return bool(select.select([self.listening], [], [], 0)[0])

    def accept(self, nick: str) -> socket.socket:
        """Accept a client and read its nick, which must be ``nick``."""
        sock, _ = self.listening.accept()
        sock.settimeout(PATIENCE_SECONDS)
        with sock.makefile("rb") as lines:
            line = lines.readline().decode()
        assert line == f"{nick}\n", f"expected the nick {nick!r}, got {line!r}"
        return sock

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(self, *exc: object) -> None:
        self.listening.close()


class ClientTest(unittest.TestCase):
    """A server for all tests of a class, and clients that are ended with the test."""

    server: ServerProcess
    program: Tuple[str, ...] = ("-m", "minichat.client")

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = ServerProcess("--rate", "0")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.__exit__()

    def setUp(self) -> None:
        if hasattr(self, "server"):
            until_empty(self.server.port)

    def start(self, *options: str, port: Optional[int] = None, **popen: Any) -> Program:
        """A client of ``port``, else of our server."""
        program = Program(*self.program, "--port", str(port or self.server.port), *options, **popen)
        self.addCleanup(program.__exit__)
        return program

    def run_with(self, text: str, *options: str, **popen: Any) -> Ended:
        """A client whose whole input is ``text``."""
        client = self.start(*options, **popen)
        client.type(text)
        client.end_input()
        return client.finish()

    def join(self, nick: str) -> Peer:
        """Another member, who stays until the end of the test."""
        peer = Peer(self.server.port, nick)
        self.addCleanup(peer.close)
        return peer

    def check_fails(self, ended: Ended, told: str, output: str = "") -> None:
        """Assert status 1, that output, and one line of complaint that matches ``told``."""
        self.assertEqual(ended[:2], (1, output))
        self.assertRegex(ended[2], rf"\Aminichat-client: .*{told}.*\n\Z")


class Pipes(ClientTest):
    def test_it_sends_all_its_input_and_prints_all_answers(self) -> None:
        with ServerProcess() as server:
            ended = self.run_with("Olá\nWHO\n", "--nick", "ana", port=server.port)
        self.assertEqual(ended, (0, "OK ana\nFROM ana [all]: Olá\nWHO 1 ana\n", ""))

    def test_a_last_line_without_newline_is_sent(self) -> None:
        ended = self.run_with("um\ndois", "--nick", "bia")
        self.assertEqual(ended, (0, "OK bia\nFROM bia [all]: um\nFROM bia [all]: dois\n", ""))

    def test_an_empty_input_joins_and_leaves(self) -> None:
        self.assertEqual(self.run_with("", "--nick", "caio"), (0, "OK caio\n", ""))

    def test_dev_null_joins_and_leaves(self) -> None:
        client = self.start("--nick", "davi", stdin=subprocess.DEVNULL)
        self.assertEqual(client.finish(), (0, "OK davi\n", ""))

    @posix_only
    def test_a_closed_input_joins_and_leaves(self) -> None:
        client = self.start("--nick", "davi2", redirect="<&-")
        self.assertEqual(client.finish(), (0, "OK davi2\n", ""))

    def test_a_megabyte_from_a_file_arrives_whole_and_in_order(self) -> None:
        lines = [f"linha {number:04} ".ljust(1023, "x") for number in range(1024)]
        reader = self.join("leitor")
        with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as printed:
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.seek(0)
            client = self.start("--nick", "eva", stdin=file, stdout=printed)
            reader.expect("JOIN eva", *(f"FROM eva [all]: {line}" for line in lines), "LEAVE eva gone")
            self.assertEqual((client.wait(), client.errors.rest()), (0, ""))
            printed.seek(0)
            self.assertEqual(printed.read().decode().split("\n")[1:-1], [f"FROM eva [all]: {line}" for line in lines])

    def test_quit_ends_it_though_its_input_goes_on(self) -> None:
        client = self.start("--nick", "fabio")
        client.type("QUIT\n")
        self.assertEqual(client.finish(), (0, "OK fabio\nBYE\n", ""))

    def test_what_others_say_is_printed_while_its_input_is_silent(self) -> None:
        client = self.start("--nick", "gil")
        client.output.expect("OK gil")
        other = self.join("helena")
        client.output.expect("JOIN helena")
        other.send("@gil você está aí?\n")
        client.output.expect("FROM helena [dm]: você está aí?")

    def test_lines_are_printed_as_they_came(self) -> None:
        ended = self.run_with("  dois  espaços\t\nfim\u00a0\n", "--nick", "ivo")
        self.assertEqual(ended[1], "OK ivo\nFROM ivo [all]:   dois  espaços\t\nFROM ivo [all]: fim\u00a0\n")

    def test_a_line_over_the_limit_does_not_hurt_its_neighbours(self) -> None:
        ended = self.run_with(f"a\n{'x' * 20000}\nb\n", "--nick", "jose")
        self.assertEqual(ended, (0, "OK jose\nFROM jose [all]: a\nERR line_too_long\nFROM jose [all]: b\n", ""))

    def test_what_is_watched_goes_to_standard_error_to_its_last_line(self) -> None:
        status, output, errors = self.run_with("oi\n", "--nick", "kim", "--trace", "live", "--trace-bytes", "20")
        self.assertEqual((status, output), (0, "OK kim\nFROM kim [all]: oi\n"))
        self.assertRegex(errors, r'(?s)\A +\? alguém chega .*\n#0001 .*fila: #1 \+4   "kim".*\n-- \d+ voltas; .*\n\Z')

    def test_python_m_minichat_client_is_the_same_program(self) -> None:
        client = Program("-m", "minichat", "client", "--nick", "lia", "--port", str(self.server.port))
        self.addCleanup(client.__exit__)
        client.type("QUIT\n")
        self.assertEqual(client.finish(), (0, "OK lia\nBYE\n", ""))

    def test_a_wrong_option_is_told_in_one_line(self) -> None:
        for wrong in (["--port", "0"], ["sobra"]):
            with self.subTest(wrong):
                status, output, errors = self.run_with("", *wrong)
                self.assertEqual((status, output), (2, ""))
                self.assertRegex(errors, r"\Aminichat-client: .*--help\n\Z")


class WithThread(ClientTest):
    """Between pipes, where the selector cannot wait for them."""

    program = WITH_THREAD

    def test_it_sends_all_its_input_and_prints_all_answers(self) -> None:
        ended = self.run_with("Olá\nfim", "--nick", "ana")
        self.assertEqual(ended, (0, "OK ana\nFROM ana [all]: Olá\nFROM ana [all]: fim\n", ""))

    def test_a_megabyte_arrives_whole_and_in_order(self) -> None:
        lines = [f"linha {number:04} ".ljust(1023, "x") for number in range(1024)]
        with tempfile.TemporaryFile() as file:
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.seek(0)
            status, output, errors = self.start("--nick", "bia", stdin=file).finish()
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output.split("\n")[1:-1], [f"FROM bia [all]: {line}" for line in lines])

    def test_quit_ends_it_though_its_input_goes_on(self) -> None:
        client = self.start("--nick", "caio")
        client.type("QUIT\n")
        self.assertEqual(client.finish(), (0, "OK caio\nBYE\n", ""))

    @posix_only
    def test_a_signal_ends_it_though_its_thread_waits(self) -> None:
        client = self.start("--nick", "davi")
        client.output.expect("OK davi")
        client.process.send_signal(signal.SIGINT)
        self.assertEqual(client.finish(), (130, "", ""))


class Nicknames(ClientTest):
    def test_it_comes_from_the_environment(self) -> None:
        self.assertEqual(self.run_with("", variables={"MINICHAT_NICK": "ana"}), (0, "OK ana\n", ""))

    def test_the_option_wins_over_the_environment(self) -> None:
        ended = self.run_with("", "--nick", "bia", variables={"MINICHAT_NICK": "ana"})
        self.assertEqual(ended, (0, "OK bia\n", ""))

    def test_it_comes_from_the_first_line_of_the_input(self) -> None:
        self.assertEqual(self.run_with("caio\nOlá\n"), (0, "OK caio\nFROM caio [all]: Olá\n", ""))

    def test_the_first_line_may_be_all_there_is(self) -> None:
        for text in ("davi", " davi \r\n"):
            with self.subTest(text):
                self.assertEqual(self.run_with(text), (0, "OK davi\n", ""))

    def test_what_follows_it_in_the_input_is_sent_as_it_is(self) -> None:
        ended = self.run_with(f"edu\n{'x' * 20000}\nfim\n")
        self.assertEqual(ended, (0, "OK edu\nERR line_too_long\nFROM edu [all]: fim\n", ""))

    def test_without_one_it_says_so(self) -> None:
        self.check_fails(self.run_with(""), "falta o apelido.*--nick")
        self.check_fails(self.run_with("", "--lang", "en"), "no nickname.*--nick")

    def test_one_in_use_is_explained_in_both_languages(self) -> None:
        self.join("fabio")
        wire = "ERR apelido_em_uso\n"
        self.check_fails(self.run_with("Olá\n", "--nick", "fabio"), "O apelido fabio já está em uso", wire)
        self.check_fails(self.run_with("Olá\n", "--nick", "Fabio", "--lang", "en"), "Fabio is in use", wire)

    def test_one_that_is_not_legal_is_explained(self) -> None:
        for nick in ("who", ""):
            with self.subTest(nick):
                self.check_fails(self.run_with("", "--nick", nick), "não é válido", "ERR apelido_invalido\n")


class BadLuck(ClientTest):
    def test_nobody_there_is_told_in_one_line(self) -> None:
        with FakeServer() as nobody:
            pass  # its port is closed again, and stays free: the kernel hands out others first
        self.check_fails(self.run_with("Olá\n", "--nick", "ana", port=nobody.port), "ninguém atende.*minichat.server")

    def test_an_impossible_host_is_told_in_one_line(self) -> None:
        for host in IMPOSSIBLE_HOSTS:
            with self.subTest(host):
                self.check_fails(self.run_with("", "--nick", "ana", "--host", host), f"possível achar.*{host}.*--host")

    def test_a_server_that_dies_is_told(self) -> None:
        with ServerProcess() as server:
            client = self.start("--nick", "ana", port=server.port)
            client.output.expect("OK ana")
            server.process.kill()
            self.check_fails(client.finish(), "a conexão com o servidor caiu")

    def test_a_server_that_says_goodbye_is_no_accident(self) -> None:
        with ServerProcess() as server:
            client = self.start("--nick", "ana", port=server.port)
            client.output.expect("OK ana")
            server.process.terminate()
            self.assertEqual(client.finish(), (0, "BYE shutdown\n", ""))

    def test_a_goodbye_before_everything_is_answered_is_an_accident(self) -> None:
        with FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            client.type("um\ndois\n")
            client.end_input()
            with server.accept("ana") as sock, sock.makefile("rb") as lines:
                sock.sendall(b"OK ana\n")
                self.assertEqual(lines.read(), b"um\ndois\n")
                sock.sendall(b"FROM ana [all]: um\nBYE shutdown\n")
            output = "OK ana\nFROM ana [all]: um\nBYE shutdown\n"
            self.check_fails(client.finish(), "podem não ter chegado a ninguém: 1", output)

    def test_so_is_one_that_breaks_off_while_it_should_answer(self) -> None:
        with FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            client.type("um\ndois\n")
            client.end_input()
            with server.accept("ana") as sock:
                sock.sendall(b"OK ana\n")
                client.output.expect("OK ana")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # resets
            self.check_fails(client.finish(), "a conexão com o servidor caiu")

    def test_a_server_that_is_full_is_told(self) -> None:
        with FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            with server.accept("ana") as sock:
                sock.sendall(b"ERR server_full\n")
            self.check_fails(client.finish(), r"não deixou você entrar \(server_full\)", "ERR server_full\n")

    def test_it_prints_what_comes_while_the_server_reads_nothing(self) -> None:
        with FakeServer() as server, tempfile.TemporaryFile() as file:
            file.write(b"muito\n" * 2_000_000)  # more than the kernel holds on its way
            file.seek(0)
            client = self.start("--nick", "ana", port=server.port, stdin=file)
            with server.accept("ana") as sock:
                sock.sendall(b"OK ana\n")
                client.output.expect("OK ana")
                for number in range(500):
                    sock.sendall(f"FROM bruno [all]: {number}\n".encode())
                    client.output.expect(f"FROM bruno [all]: {number}")

    def test_a_server_that_hangs_up_at_once_is_told(self) -> None:
        with FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            server.accept("ana").close()
            self.check_fails(client.finish(), f"porta {server.port}, encerrou a conexão sem dizer nada.*minichat")

    def test_a_server_that_speaks_something_else_is_told_once(self) -> None:
        answers: List[bytes] = [
            b"220 mail.example ESMTP\r\n",
            b"HTTP/1.1 400 Bad Request\r\nServer: x\r\nConnection: close\r\n\r\n<html>\n</html>\n",
            b"\xff\x00\x1b[2J\n" * 100,
            b"x" * 1_000_000 + b"\n",
            b"x" * 1_000_000,
        ]
        for answer in answers:
            with self.subTest(answer[:20]), FakeServer() as server:
                client = self.start("--nick", "ana", port=server.port)
                with server.accept("ana") as sock:
                    try:
                        sock.sendall(answer)
                    except ConnectionError:
                        pass  # it has heard enough
                    self.check_fails(client.finish(), f"porta {server.port}, não é um servidor do minichat")

    @posix_only
    def test_a_reader_that_has_seen_enough_ends_it_quietly(self) -> None:
        client = self.start("--nick", "bia")
        client.output.expect("OK bia")
        assert client.process.stdout is not None
        client.process.stdout.close()  # as head -1 does
        client.type("Olá\n")
        self.assertEqual((client.wait(), client.errors.rest()), (0, ""))

    @posix_only
    def test_head_ends_it_quietly(self) -> None:
        client = self.start("--nick", "bia", redirect="| head -1")
        client.type("um\ndois\n" * 1000)
        client.end_input()
        self.assertEqual(client.finish(), (0, "OK bia\n", ""))

    @unittest.skipUnless(Path("/dev/full").exists(), "no /dev/full here")
    def test_a_full_disk_is_told(self) -> None:
        client = self.start("--nick", "caio", redirect=">/dev/full")
        self.check_fails(client.finish(), "não é possível escrever na saída")

    @posix_only
    def test_signals_end_it_as_shells_expect(self) -> None:
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                client = self.start("--nick", f"davi{status}")
                client.output.expect(f"OK davi{status}")
                client.process.send_signal(number)
                self.assertEqual(client.finish(), (status, "", ""))

    @posix_only
    def test_to_be_stopped_and_continued_is_no_end(self) -> None:
        client = self.start("--nick", "fabio2")
        client.output.expect("OK fabio2")
        for number in (signal.SIGSTOP, signal.SIGCONT, signal.SIGCONT, signal.SIGWINCH):
            client.process.send_signal(number)
        client.type("oi\n")
        client.output.expect("FROM fabio2 [all]: oi")

    @posix_only
    def test_a_signal_ends_it_while_the_server_is_silent(self) -> None:
        with FakeServer() as server:
            client = self.start("--nick", "edu", port=server.port)
            with server.accept("edu"):
                client.process.terminate()
                self.assertEqual(client.finish(), (143, "", ""))


if __name__ == "__main__":
    unittest.main()
