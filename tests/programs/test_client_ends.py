"""The client in front of hosts that do not answer, and of servers that are none: real processes.

Each end says what it was, in one line, and a person can always leave.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

from tests.program import PYTHON, Program, ServerProcess, run_program
from tests.programs.test_client_process import ClientTest, FakeServer, posix_only

if sys.platform != "win32":
    import resource

    from tests.programs.test_client_terminal import ASK, CTRL_C, SeatTest

# The client whose resolver never answers; "asked" on standard error says that it was asked.
DEAF_RESOLVER = (
    "-c",
    "import os, socket, sys, threading\n"
    "real = socket.getaddrinfo\n"
    "def deaf(host, port, type=0, flags=0):\n"
    "    if flags & socket.AI_NUMERICHOST: return real(host, port, type=type, flags=flags)\n"
    "    if not os.isatty(2): os.write(2, b'asked\\n')\n"
    "    threading.Event().wait()\n"
    "socket.getaddrinfo = deaf\n"
    "from minichat.client.__main__ import main\n"
    "sys.exit(main())",
)

# The client that waits a moment only for a server's first word.
HASTY = (
    "-c",
    "import sys\n"
    "from minichat.client import session\n"
    "assert session.SILENT_SECONDS > 0.2\n"
    "session.SILENT_SECONDS = 0.2\n"
    "from minichat.client.__main__ import main\n"
    "sys.exit(main())",
)

# The client to which every dial takes long.
SLOW_TO_ITSELF = (
    "-c",
    "import sys\n"
    "from minichat.client import dialler\n"
    "assert dialler.SLOW_SECONDS > 0\n"
    "dialler.SLOW_SECONDS = 0\n"
    "from minichat.client.__main__ import main\n"
    "sys.exit(main())",
)

NO_MINICHAT = "porta {port}, não é um servidor do minichat"
HUNG_UP = "porta {port}, desligou sem dizer nada: não parece ser um servidor do minichat"
IN_USE = "O apelido ana já está em uso"
ILLEGAL = "O apelido ana não"

# What a server that stays connected says, and what the client then says.
STAYING: Dict[bytes, str] = {
    b"220 mail.example ESMTP\r\n": NO_MINICHAT,
    b"SSH-2.0-OpenSSH_9.6": NO_MINICHAT,
    b"\xff\xfd\x18\xff\xfd\x20\r\nlogin: ": NO_MINICHAT,
    b"\x15\x03\x03\x00\x02\x02\x46": NO_MINICHAT,  # an alert of TLS
    b"\x1b[2J\x1b]0;x\x07\n": NO_MINICHAT,
    b"BYE\n": NO_MINICHAT,
    b"ERR apelido_em_uso\n": IN_USE,
    b"ERR apelido_invalido\n": ILLEGAL,
    b"ERR server_full\n": r"não deixou entrar \(server_full\)",
}

# The same for a server that hangs up.
HANGING_UP: Dict[bytes, str] = {
    b"": HUNG_UP,
    b"OK": HUNG_UP,
    b"HTTP/1.0 400 Bad Request\r\n\r\n": NO_MINICHAT,
    b"ERR invalid_utf8\n": ILLEGAL,
    b"ERR invalid_text\n": ILLEGAL,
    b"ERR line_too_long\n": ILLEGAL,
    b"ERR line_unfinished\n": ILLEGAL,
    b"ERR server_full\n": r"não deixou entrar \(server_full\)",
    b"ERR too_many_connections\n": r"não deixou entrar \(too_many_connections\)",
    b"ERR timeout\n": r"não deixou entrar \(timeout\)",
}


@contextlib.contextmanager
def full_server() -> Iterator[int]:
    """A port at which nobody answers, not even with a refusal: its backlog is full."""
    with contextlib.ExitStack() as files:
        server = files.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            caller = files.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(server.getsockname()) == 0:
                raise unittest.SkipTest("this kernel accepts beyond the backlog")
        yield int(server.getsockname()[1])


def closed_port() -> int:
    """A port of loopback that refuses."""
    with FakeServer() as nobody:
        return nobody.port  # it stays free: the kernel hands out others first


class EndsTest(ClientTest):
    """Clients of fake servers; no server of ours is needed."""

    @classmethod
    def setUpClass(cls) -> None:
        pass

    @classmethod
    def tearDownClass(cls) -> None:
        pass


@contextlib.contextmanager
def started_as(test: ClientTest, program: Tuple[str, ...]) -> Iterator[None]:
    """Let the test start another program meanwhile."""
    with unittest.mock.patch.object(type(test), "program", program):
        yield


@posix_only
class Resolvers(EndsTest):
    """Trap 70."""

    program = DEAF_RESOLVER

    def test_between_pipes_a_signal_ends_a_look_up_at_once(self) -> None:
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            client = self.start("--nick", "ana", "--host", "sala.example", port=1)
            client.errors.expect("asked")
            client.kill(number)
            self.assertEqual(client.finish(), (status, "", ""))

    def test_a_trace_names_the_look_up_that_wakes_the_loop(self) -> None:
        with started_as(self, ClientTest.program):
            port = closed_port()
            ended = self.run_with("", "--nick", "ana", "--host", "localhost", "--trace", "live", port=port)
        self.assertIn("lookup(R)", ended[2])

    def test_an_address_is_not_looked_up(self) -> None:
        for host in ("127.0.0.1", "::1", "[::1]"):
            ended = self.run_with("", "--nick", "ana", "--host", host, port=closed_port())
            self.assertEqual(ended[:2], (1, ""))
            self.assertNotIn("asked", ended[2])


@posix_only
class Dials(EndsTest):
    """Trap 70."""

    def test_between_pipes_a_signal_ends_a_dial_at_once(self) -> None:
        with full_server() as port:
            for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                client = self.start("--nick", "ana", "--trace", "live", port=port)
                client.errors.until("\n")  # the loop turns
                client.kill(number)
                ended = client.finish()
                self.assertEqual(ended[:2], (status, ""), ended)

    def test_between_pipes_a_dial_is_told_nothing_of(self) -> None:
        with started_as(self, SLOW_TO_ITSELF), FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            with server.accept("ana") as sock:
                sock.sendall(b"OK ana\nBYE\n")
            self.assertEqual(client.finish(), (0, "OK ana\nBYE\n", ""))

    def test_a_host_that_refuses_is_told_what_to_do(self) -> None:
        port = closed_port()
        self.check_fails(
            self.run_with("", "--nick", "ana", port=port),
            rf"ninguém atende em 127.0.0.1, porta {port} \(.+\); inicie o servidor com python3 -m minichat.server",
        )
        self.check_fails(
            self.run_with("", "--nick", "ana", "--lang", "en", port=port),
            rf"no server answers at 127.0.0.1, port {port} \(.+\); start the server with minichat-server",
        )

    def test_a_port_that_is_none_is_told(self) -> None:
        for port in (0, 65536):
            ended = run_program("-m", "minichat.client", "--port", str(port))
            self.assertEqual(ended[:2], (2, ""))
            self.assertRegex(ended[2], r"\Aminichat-client: .*--port deve ser um número inteiro de 1 a 65535.*\n\Z")


class BadServers(EndsTest):
    """Trap 72."""

    def meet(self, said: bytes, *options: str, stays: bool) -> Tuple[Tuple[int, str, str], int]:
        """Let a server say this to the nick; return how the client ended, and the port."""
        with FakeServer() as server:
            client = self.start("--nick", "ana", *options, port=server.port)
            client.end_input()
            with server.accept("ana") as sock:
                sock.sendall(said)
                if stays:
                    return client.finish(), server.port
            return client.finish(), server.port

    def test_each_end_says_in_one_line_what_it_was(self) -> None:
        for stays, servers in ((True, STAYING), (False, HANGING_UP)):
            for said, told in servers.items():
                with self.subTest(said):
                    ended, port = self.meet(said, stays=stays)
                    output = said.decode() if told not in (NO_MINICHAT, HUNG_UP) else ""
                    self.check_fails(ended, told.format(port=port), output)

    def test_it_says_so_in_english_too(self) -> None:
        for said, told in (
            (b"", "hung up without a word: it does not seem to be a minichat server"),
            (b"220 mail\r\n", "is no minichat server: it speaks another protocol"),
        ):
            ended, port = self.meet(said, "--lang", "en", stays=False)
            self.check_fails(ended, f"127.0.0.1, port {port}, {told}")

    def test_a_server_that_says_nothing_is_told(self) -> None:
        for said in (b"", b"OK an"):
            with started_as(self, HASTY):
                ended, port = self.meet(said, stays=True)
            self.check_fails(ended, f"127.0.0.1, porta {port}, atende mas não responde")

    def test_an_endless_line_is_not_read_to_its_end(self) -> None:
        with FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            with server.accept("ana") as sock, contextlib.suppress(ConnectionError):
                for _ in range(10_000):  # no client reads 160 MB first
                    sock.sendall(b"OK ana" + b"x" * 16_000)
            self.check_fails(client.finish(), NO_MINICHAT.format(port=server.port))

    def test_without_end_of_its_input_it_is_told_as_well(self) -> None:
        for said, told in ((b"BYE shutdown\n", "O servidor foi encerrado"), (b"", "desligou sem dizer nada")):
            with FakeServer() as server:
                client = self.start("--nick", "ana", port=server.port)
                with server.accept("ana") as sock:
                    sock.sendall(said)
                self.check_fails(client.finish(), told, said.decode())

    def test_another_nick_or_a_second_ok_is_no_end(self) -> None:
        for said in (b"OK bia\n", b"OK ana\nOK ana\n"):
            ended, _ = self.meet(said + b"BYE\n", stays=False)
            self.assertEqual(ended, (0, said.decode() + "BYE\n", ""))


class Hosts(EndsTest):
    """Trap 72."""

    def test_both_programs_say_how_to_write_a_host(self) -> None:
        for program in ("client", "server"):
            for host, told in (("sala:50001", "--host sala --port 50001;"), (" ", "--host precisa de um valor;")):
                status, output, errors = run_program("-m", f"minichat.{program}", "--host", host)
                self.assertEqual((status, output, errors.count("\n")), (2, "", 1))
                self.assertIn(told, errors)

    @unittest.skipUnless(socket.has_ipv6, "no IPv6 here")
    def test_brackets_are_understood_by_both_programs(self) -> None:
        with ServerProcess("--host", "[::1]") as server:
            self.assertIn("[::1]:", server.first_line)
            ended = self.run_with("", "--nick", "ana", "--host", "[::1]", port=server.port)
        self.assertEqual(ended, (0, "OK ana\n", ""))


@posix_only
class PoorPlaces(EndsTest):
    """Where a program lacks what it takes for granted."""

    def check_refused(self, ended: Tuple[int, str, str]) -> None:
        """The one thing told is that the host refuses."""
        self.check_fails(ended, "ninguém atende")

    def test_few_descriptors_are_told(self) -> None:
        for most in (5, 6, 8):
            with self.subTest(most):

                def limit(most: int = most) -> None:
                    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

                client = self.start("--nick", "ana", port=closed_port(), options={"preexec_fn": limit})
                told = r"ulimit -n|ninguém atende" if most > 6 else "ulimit -n"
                self.check_fails(client.finish(), f"({told})")

    def test_closed_standard_files_are_no_trouble(self) -> None:
        for redirect in ("<&-", ">&-", "<&- >&-"):
            with self.subTest(redirect):
                self.check_refused(self.start("--nick", "ana", port=closed_port(), redirect=redirect).finish())
        for redirect in ("2>&-", "<&- >&- 2>&-"):
            with self.subTest(redirect):
                ended = self.start("--nick", "ana", port=closed_port(), redirect=redirect).finish()
                self.assertEqual(ended, (1, "", ""))

    def test_a_folder_that_is_gone_is_no_trouble(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            gone = Path(folder, "gone")
            gone.mkdir()
            here = ("sh", "-c", 'cd "$0" && rmdir "$0" && exec "$@"', str(gone))
            command = (*PYTHON, "-m", "minichat.client", "--nick", "ana", "--port", str(closed_port()))
            with Program(*here, *command, interpreter=(), stdin=-3) as client:
                self.check_refused(client.finish())

    def test_a_locale_without_accents_changes_no_text(self) -> None:
        plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
        self.check_refused(self.run_with("", "--nick", "ana", port=closed_port(), variables=plain))


if sys.platform != "win32":

    class AtATerminal(SeatTest):
        """A person sees what happens, and can always leave."""

        @classmethod
        def setUpClass(cls) -> None:
            pass

        @classmethod
        def tearDownClass(cls) -> None:
            pass

        def leave(self, client: Program, seat: Any) -> List[Tuple[Callable[[], None], int]]:
            """The ways to leave, and the status of each."""
            return [(lambda: seat.type(CTRL_C), 130), (lambda: client.kill(signal.SIGTERM), 143)]

        def test_a_look_up_is_told_and_can_be_left(self) -> None:
            """Trap 70."""
            for way in (0, 1):
                client, seat = self.sit("--nick", "ana", "--host", "sala.example", port=7, program=DEAF_RESOLVER)
                seat.find("Ligando a sala.example, porta 7… (Ctrl-C desiste)")
                seat.see_row("> |")
                act, status = self.leave(client, seat)[way]
                act()
                self.check_left(client, seat, status)

        def test_a_dial_is_told_and_can_be_left(self) -> None:
            """Trap 70."""
            with full_server() as port:
                for way in (0, 1):
                    client, seat = self.sit("--nick", "ana", "--lang", "en", port=port)
                    seat.find(f"Calling 127.0.0.1, port {port}… (Ctrl-C gives up)")
                    act, status = self.leave(client, seat)[way]
                    act()
                    self.check_left(client, seat, status)

        def test_a_terminal_that_can_only_print_is_told_too(self) -> None:
            client, seat = self.sit(
                "--nick", "ana", "--host", "sala.example", port=7, program=DEAF_RESOLVER, TERM="dumb"
            )
            seat.find("Ligando a sala.example, porta 7… (Ctrl-C desiste)")
            seat.type(CTRL_C)
            self.assertEqual(client.wait(), 130)

        def test_a_nick_that_is_refused_is_asked_for_again(self) -> None:
            """Trap 72."""
            for said, stays, told in (
                (b"ERR apelido_em_uso\n", True, "ERR apelido_em_uso .*"),
                (b"ERR invalid_text\n", False, f"{ILLEGAL}.*"),
                (b"ERR invalid_utf8\n", False, f"{ILLEGAL}.*"),
            ):
                with self.subTest(said), FakeServer() as server:
                    _, seat = self.sit("--nick", "ana", port=server.port)
                    with server.accept("ana") as sock:
                        sock.sendall(said)
                        if stays:
                            seat.see_row(f"{ASK} |")
                    seat.see_row(f"{ASK} |")
                    seat.match(told)
                    seat.type("bia\r")
                    with server.accept("bia") as sock:
                        sock.sendall(b"OK bia\n")
                        seat.find("OK bia")

        def test_a_server_that_is_none_is_told_below_the_row(self) -> None:
            """Trap 72."""
            for said, stays, told in (
                (b"", False, HUNG_UP),
                (b"SSH-2.0-x", True, NO_MINICHAT),
                (b"220 mail\r\n", True, NO_MINICHAT),
            ):
                with self.subTest(said), FakeServer() as server:
                    client, seat = self.sit("--nick", "ana", port=server.port)
                    with server.accept("ana") as sock:
                        sock.sendall(said)
                        if stays:
                            self.check_left(client, seat, 1)
                    self.check_left(client, seat, 1)
                    seat.match(f"minichat-client: 127.0.0.1, {told.format(port=server.port)}.*")


if __name__ == "__main__":
    unittest.main()
