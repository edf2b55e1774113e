"""What arrived and what may not have: real clients at servers that hang, stop or die."""

from __future__ import annotations

import functools
import os
import signal
import socket
import struct
import sys
import tempfile
import unittest

from tests.program import Program, ServerProcess
from tests.programs.test_client_process import ClientTest, FakeServer, posix_only
from tests.programs.test_client_terminal import CTRL_C, CTRL_D, HINT, SeatTest
from tests.support import wait_until

if sys.platform != "win32":
    import fcntl
    import termios

LINES = [f"linha {number}" for number in range(60)]
LATE = "(sem resposta há 1 s)"
USER_NOT_FOUND = "ERR user_not_found (não há ninguém com esse apelido)"
MANY_BYTES = 40_000_000  # more than the kernel holds between two processes

# The client that is impatient with a silent server, so that a test need not wait ten seconds.
IMPATIENT = (
    "-c",
    "import sys\n"
    "from minichat.client import leaving, outbox, silence\n"
    "assert (silence.LATE_SECONDS, leaving.LEAVE_SECONDS) == (10.0, 2.0)\n"
    "silence.LATE_SECONDS, outbox.LOOK_SECONDS, leaving.LEAVE_SECONDS = 1.0, 0.1, 0.2\n"
    "from minichat.client.__main__ import main\n"
    "sys.exit(main())",
)


def echoes(*texts: str) -> str:
    """Return the lines with which a server echoes what ana says."""
    return "".join(f"FROM ana [all]: {text}\n" for text in texts)


def has_read_all(client: Program) -> bool:
    """True if the client has read its input as far as there is any."""
    assert client.process.stdin is not None
    return not any(fcntl.ioctl(client.process.stdin, termios.FIONREAD, bytes(4)))


class Scripts(ClientTest):
    """A script called ana, at a server that a test plays."""

    def check(
        self, script: str, server_says: str, status: int, told: str = "",
        sent: str = "", shown: str = "", is_open: bool = False, resets: bool = False,
    ) -> None:  # fmt: skip
        """Let a server read ``script`` and say something.

        ``sent`` is what comes instead of ``script``, and ``shown`` what is printed
        instead of ``server_says``.  With ``is_open``, the input does not end.
        """
        with FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            client.type(script)
            if not is_open:
                client.end_input()
            with server.accept("ana") as sock:
                sock.sendall(b"OK ana\n")
                expected = (sent or script).encode()
                with sock.makefile("rb") as lines:
                    got = lines.read(len(expected)) if is_open else lines.read()
                self.assertEqual(got, expected)
                sock.sendall(server_says.encode())
                if resets:
                    client.output.expect("OK ana", *server_says.split("\n")[:-1])
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            ended = client.finish()
        output = "" if resets else f"OK ana\n{shown or server_says}"
        if told:
            self.check_fails(ended, told, output)
        else:
            self.assertEqual(ended, (status, output, ""))

    def test_a_server_that_stops_while_input_goes_on_is_an_accident(self) -> None:
        """Trap 72.  21 of 60 lines are answered."""
        script, says = "\n".join([*LINES, ""]), echoes(*LINES[:21]) + "BYE shutdown\n"
        for is_open in (True, False):
            with self.subTest(is_open):
                self.check(script, says, 1, "encerrou antes.*: 39", is_open=is_open)

    def test_a_server_that_stops_after_all_was_answered_is_none(self) -> None:
        """Trap 72."""
        script, says = "\n".join([*LINES, ""]), echoes(*LINES) + "BYE shutdown\n"
        for is_open in (True, False):
            with self.subTest(is_open):
                self.check(script, says, 0, is_open=is_open)

    def test_a_connection_that_is_lost_says_how_much_with_it(self) -> None:
        """Trap 72."""
        script, says = "\n".join([*LINES, ""]), echoes(*LINES[:21])
        for is_open in (True, False):
            with self.subTest(is_open):
                self.check(script, says, 1, "conexão.*caiu.*: 39", is_open=is_open, resets=True)

    def test_a_clean_end_is_one_only_if_all_was_answered(self) -> None:
        """Trap 72.  The kernel ends the connection of a killed server as cleanly."""
        script = "\n".join([*LINES, ""])
        self.check(script, echoes(*LINES[:21]), 1, "encerrou antes.*: 39")
        self.check(script, echoes(*LINES), 0)

    def test_a_direct_message_at_the_end_is_asked_about_silently(self) -> None:
        """Traps 60 and 72."""
        script = "WHO\n@bia um\n@bia dois"
        sent = f"{script}\nWHO\n"
        own, silent = "WHO 3 ana bia\nWHO 3 caio\n", "WHO 2 ana\nWHO 2 bia\n"
        self.check(script, own + silent, 0, sent=sent, shown=own)
        self.check(script, own, 1, "encerrou antes.*: 2", sent=sent)
        self.check(script, own + "WHO 2 ana\n", 0, sent=sent, shown=own)  # it came after both

    def test_a_long_silence_is_told_on_standard_error(self) -> None:
        """Trap 60."""
        with FakeServer() as server, Program(*IMPATIENT, "--port", str(server.port), "--nick", "ana") as client:
            client.type("oi\n")
            client.end_input()
            with server.accept("ana") as sock:
                sock.sendall(b"OK ana\n")
                self.assertRegex(client.errors.line(), r"\(sem resposta há \d s\)")
                sock.sendall(b"FROM ana [all]: oi\n")
                self.assertRegex(client.errors.line(), r"\(respondeu de novo, depois de \d s\)")
                sock.shutdown(socket.SHUT_WR)
                self.assertEqual(client.finish()[:2], (0, "OK ana\nFROM ana [all]: oi\n"))

    def test_an_err_is_an_answer_and_nobody_is_asked(self) -> None:
        self.check("um\n@zoe um\nfim\n", echoes("um") + "ERR user_not_found\n" + echoes("fim"), 0)
        self.check("um\n@zoe um\nfim\n", echoes("um") + "ERR user_not_found\n", 1, "encerrou antes.*: 1")

    def test_input_that_is_still_queued_when_it_stops_is_an_accident(self) -> None:
        """Trap 72."""
        with FakeServer() as server, tempfile.TemporaryFile() as file:
            file.write(b"muito\n" * (MANY_BYTES // 6))
            file.seek(0)
            client = self.start("--nick", "ana", port=server.port, stdin=file)
            with server.accept("ana") as sock:
                sock.sendall(b"OK ana\nBYE shutdown\n")
                client.output.expect("OK ana", "BYE shutdown")
            self.check_fails(client.finish(), r"encerrou antes.*: \d+")

    @posix_only
    def test_a_reader_who_has_seen_enough_changes_nothing_in_that(self) -> None:
        """Trap 72.  It ends quietly, but not with 0."""
        for script, status in (("um\n", 0), ("um\ndois\n", 1)):
            with self.subTest(script), FakeServer() as server:
                client = self.start("--nick", "ana", port=server.port)
                client.type(script)
                with server.accept("ana") as sock, sock.makefile("rb") as lines:
                    sock.sendall(b"OK ana\n")
                    client.output.expect("OK ana")
                    assert client.process.stdout is not None
                    client.process.stdout.close()
                    self.assertEqual(lines.read(len(script)), script.encode())
                    sock.sendall(b"FROM ana [all]: um\n")
                    self.assertEqual((client.wait(), client.errors.rest()), (status, ""))

    @posix_only
    def test_what_was_never_sent_is_no_answer_either(self) -> None:
        """Trap 72."""
        with FakeServer() as server:
            client = self.start("--nick", "ana", port=server.port)
            client.type("um\ndois\n")
            with server.accept("ana") as sock:
                wait_until(functools.partial(has_read_all, client), "the client to read its input")
                sock.sendall(b"BYE shutdown\n")
            self.check_fails(client.finish(), r"encerrou antes.*: 2", "BYE shutdown\n")

    def test_what_has_no_answer_is_bounded(self) -> None:
        """Trap 72.  Nothing but direct messages, for a server that takes all of them."""
        script = b"@bia oi\n" * 500_000
        with FakeServer() as server, tempfile.TemporaryFile() as file:
            file.write(script)
            file.seek(0)
            client = self.start("--nick", "ana", port=server.port, stdin=file)
            with server.accept("ana") as sock, sock.makefile("rb", buffering=65536) as lines:
                sock.sendall(b"OK ana\n")
                most = count = 0
                for line in lines:
                    count += line != b"WHO\n"
                    if line == b"WHO\n":
                        most, count = max(most, count), 0
                        sock.sendall(b"WHO 1 ana\n")
            self.assertEqual(client.finish(), (0, "OK ana\n", ""))
        self.assertTrue(0 < most < 100_000, most)


class RealServer(ClientTest):
    """A script at a real server."""

    def test_whatever_a_line_says_its_answer_counts(self) -> None:
        script = f"um\r\n\n  \n{'x' * 5000}\na\x07\nwho  \n@ana eu\n@ana\n@zoe oi\n".encode() + b"\xc3(\n@ana fim"
        said = "FROM ana [all]: um\nERR line_too_long\nERR invalid_text\nWHO 1 ana\nFROM ana [dm]: eu\n"
        said += "ERR empty_message\nERR user_not_found\nERR invalid_utf8\nFROM ana [dm]: fim\n"
        client = self.start("--nick", "ana")
        client.type(script)
        client.end_input()
        self.assertEqual(client.finish(), (0, f"OK ana\n{said}", ""))

    def test_direct_messages_alone_end_with_0_and_print_nothing(self) -> None:
        """Traps 60 and 72."""
        bia = self.join("bia")
        ended = self.run_with("".join(f"@bia {number}\n" for number in range(5000)), "--nick", "ana")
        self.assertEqual(ended, (0, "OK ana\n", ""))
        bia.expect("JOIN ana", *(f"FROM ana [dm]: {number}" for number in range(5000)), "LEAVE ana gone")

    def test_what_follows_the_quit_of_a_script_is_told(self) -> None:
        """Trap 72."""
        self.check_fails(self.run_with("quit\num\ndois", "--nick", "ana"), "depois de QUIT.*: 2", "OK ana\nBYE\n")
        self.assertEqual(self.run_with("um\nQUIT \n\n  \n", "--nick", "ana")[0], 0)

    @posix_only
    def test_a_server_that_is_killed_while_it_hangs_has_not_answered(self) -> None:
        """Traps 60 and 72."""
        for script, count in (("@ana oi\n", 1), ("um\n@ana oi\n", 2)):
            with self.subTest(script), ServerProcess() as server:
                client = self.start("--nick", "ana", port=server.port)
                client.output.expect("OK ana")
                server.kill(signal.SIGSTOP)
                os.waitpid(server.process.pid, os.WUNTRACED)
                client.type(script)
                wait_until(functools.partial(has_read_all, client), "the client to read its input")
                client.end_input()
                server.kill(signal.SIGKILL)
                self.check_fails(client.finish(), f"(encerrou antes|caiu).*: {count}")


@posix_only
class HungServer(SeatTest):
    """A person at a real server that is stopped."""

    def setUp(self) -> None:
        super().setUp()
        self.hung = ServerProcess()
        self.addCleanup(self.hung.__exit__)
        self.client, self.seat = self.enter("ana", port=self.hung.port, program=IMPATIENT)
        self.seat.type("oi\r")
        self.seat.find("FROM ana [all]: oi")
        self.hung.kill(signal.SIGSTOP)
        os.waitpid(self.hung.process.pid, os.WUNTRACED)

    def test_its_silence_is_told_and_its_return(self) -> None:
        """Trap 60."""
        for line, answer in (("ola", "FROM ana [all]: ola"), ("@zoe oi", USER_NOT_FOUND)):
            with self.subTest(line):
                self.seat.type(f"{line}\r")
                self.seat.until(lambda: self.seat.lines[-1] == LATE, LATE)
                self.hung.kill(signal.SIGCONT)
                self.seat.find(answer)
                self.assertRegex(self.seat.lines[-2], r"\(respondeu de novo, depois de \d+ s\)")
                self.hung.kill(signal.SIGSTOP)
                os.waitpid(self.hung.process.pid, os.WUNTRACED)
        self.hung.kill(signal.SIGCONT)
        self.seat.type("/quem\r")
        self.seat.see("WHO 1 ana (aqui agora: 1)")
        self.assertEqual(sum(line.startswith("WHO") for line in self.seat.lines), 1)

    def test_a_direct_message_is_told_at_every_way_out(self) -> None:
        """Trap 60."""
        self.seat.type("@zoe segredo\r")
        self.seat.find(LATE)
        self.seat.type(CTRL_C)
        self.check_left(self.client, self.seat, 130)
        self.assertEqual(self.seat.screen.lines[-1], "Pode não ter chegado: @zoe segredo")

    def test_so_it_is_when_the_server_is_killed(self) -> None:
        """Trap 60."""
        self.seat.type("@zoe segredo\rum texto\r")
        self.seat.find(LATE)
        self.hung.kill(signal.SIGKILL)
        self.seat.find("Pode não ter chegado: @zoe segredo")
        self.seat.find("Pode não ter chegado: um texto")
        self.seat.type(CTRL_C)
        self.check_left(self.client, self.seat, 130)

    def test_the_rest_of_a_paste_is_not_lost_in_it(self) -> None:
        """Traps 60 and 69.  The paste waits for answers, and a typed line does not wait for the paste."""
        self.seat.paste("\n".join(map(str, range(2000))))
        self.seat.type("s\r")
        self.seat.find("Colando 2000 linhas; Ctrl-C interrompe.")
        self.seat.type("@zoe segredo\r")
        self.seat.find(LATE)
        self.seat.type(CTRL_C)
        self.seat.match(r"Linhas que não foram enviadas: 1[789]\d\d")
        self.hung.kill(signal.SIGCONT)
        self.seat.find(USER_NOT_FOUND)


@posix_only
class People(SeatTest):
    """People at servers that a test plays, and a long paste at a real one."""

    def test_a_server_that_takes_quit_and_says_no_bye_keeps_nobody(self) -> None:
        for way, status in (("/sair\r", 0), (CTRL_C, 130), (CTRL_D, 0)):
            with self.subTest(way), FakeServer() as server:
                client, seat = self.sit("--nick", "ana", port=server.port, program=IMPATIENT)
                with server.accept("ana") as sock, sock.makefile("rb") as lines:
                    sock.sendall(b"OK ana\nWHO 1 ana\n")
                    seat.find(HINT)
                    seat.type(way)
                    self.assertEqual([lines.readline(), lines.readline()], [b"WHO\n", b"QUIT\n"])
                    self.check_left(client, seat, status)

    def test_a_silent_list_stays_hidden_and_the_one_asked_for_is_shown(self) -> None:
        """Trap 60."""
        with FakeServer() as server:
            _, seat = self.sit("--nick", "ana", port=server.port, program=IMPATIENT)
            with server.accept("ana") as sock, sock.makefile("rb") as lines:
                sock.sendall(b"OK ana\n")
                self.assertEqual(lines.readline(), b"WHO\n")
                sock.sendall(b"WHO 2 ana\nWHO 2 bia\nJOIN caio\n")
                seat.find("JOIN caio (entrou)")
                seat.type("@bia oi\r/quem\r@bia fim\r")
                read = [lines.readline() for _ in range(4)]
                self.assertEqual(read, [b"@bia oi\n", b"WHO\n", b"@bia fim\n", b"WHO\n"])
                sock.sendall(b"WHO 3 ana\nWHO 3 bia caio\nWHO 1 ana\nJOIN fim\n")
                seat.find("JOIN fim (entrou)")
                shown = [line for line in seat.lines if line.startswith("WHO")]
                self.assertEqual(shown, ["WHO 3 ana (aqui agora: 3)", "WHO 3 bia caio (aqui agora: 3)"])
            seat.match(".*Nova tentativa.*")
            self.assertNotIn("ter chegado", "".join(seat.lines))

    def test_ctrl_c_drops_a_paste_and_not_what_was_typed_meanwhile(self) -> None:
        """Trap 69."""
        bia = self.join("bia")
        _, seat = self.enter("ana")
        bia.expect("JOIN ana")
        seat.paste("\n".join(map(str, range(3000))))
        seat.type("s\r")
        seat.find("FROM ana [all]: 1")
        seat.type("a\rb\rc\r" + CTRL_C)
        seat.match(r"Linhas que não foram enviadas: 2\d\d\d")
        seat.type("fim\r")
        said = bia.until(b"FROM ana [all]: fim\n").decode().split("\n")
        self.assertEqual([line[-1] for line in said if line[-1:] in ("a", "b", "c", "m")], ["a", "b", "c", "m"])
        self.assertLess(len(said), 1000)


if __name__ == "__main__":
    unittest.main()
