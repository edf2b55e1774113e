"""The server with its door for browsers as a real process: the protocol over WebSocket, the start line, the trace."""

from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path
from typing import Any, ClassVar, Dict, List, Optional, Tuple
from unittest import mock

from minichat.server.__main__ import main
from tests import wire
from tests.inside import call
from tests.live import LiveCase, posix_only, until_empty
from tests.peer import SMALL_BUFFER_BYTES, Peer
from tests.program import Program, ServerProcess, run_program
from tests.programs.test_server import Taken
from tests.webpeer import WebPeer, WebRequest

# What is shown by tests/web/test_door.py: bytes that are no text end a WebSocket.
NO_TEXT = unittest.skip("a text message is UTF-8, or the connection fails")


def web_port_of(line: str) -> int:
    """The port in the status line about browsers."""
    found = re.fullmatch(r"\[STATUS\] .*http://.+:([0-9]+)/", line)
    assert found, line
    return int(found[1])


class SlowWebPeer(WebPeer):
    """A browser with a small receive buffer."""

    def __init__(self, port: int, nick: Optional[str] = None, host: str = "127.0.0.1") -> None:
        super().__init__(port, nick, host, SMALL_BUFFER_BYTES)


class AtBrowsers(wire.WireCase):
    """Every peer is a browser; one server process for all tests of a class."""

    server: ClassVar[Optional[ServerProcess]] = None
    web_port: ClassVar[int]
    kinds: ClassVar[Dict[str, Any]] = {"Peer": WebPeer, "SlowPeer": SlowWebPeer}

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = ServerProcess("--rate", "0", "--web", "0")
        cls.addClassCleanup(cls.server.__exit__)
        cls.web_port = web_port_of(cls.server.status_line())
        for name, kind in cls.kinds.items():
            patch = mock.patch.object(wire, name, kind)
            patch.start()
            cls.addClassCleanup(patch.stop)

    @classmethod
    def tearDownClass(cls) -> None:
        assert cls.server is not None
        status, _, errors = cls.server.stop()
        assert (status, errors) == (0, ""), f"status {status}, standard error: {errors}"

    def serve(self) -> Tuple[str, int]:
        assert self.server is not None
        until_empty(self.server.port)
        return "127.0.0.1", self.web_port


class FourCases(AtBrowsers, wire.FourCases):
    """The four cases of the assignment, at browsers."""


class Joining(AtBrowsers, wire.Joining):
    """Joining, at browsers."""

    test_a_first_line_that_is_no_text_disconnects = NO_TEXT(lambda self: None)
    test_who_speaks_another_protocol_reads_one_error = NO_TEXT(lambda self: None)


class Saying(AtBrowsers, wire.Saying):
    """Saying, at browsers."""


class Lines(AtBrowsers, wire.Lines):
    """Lines, at browsers."""

    test_a_line_that_is_no_text_is_refused_and_one_goes_on = NO_TEXT(lambda self: None)


class Ends(AtBrowsers, wire.Ends):
    """Ends, at browsers."""


class Mixed(LiveCase):
    """A browser, nc and minichat-client in one room."""

    def test_the_four_cases_with_three_kinds_of_people(self) -> None:
        server = self.serve("--web", "0")
        web = web_port_of(server.status_line())
        client = ("-m", "minichat.client", "--port", str(server.port), "--nick")
        ana = WebPeer(web, "ana")
        self.addCleanup(ana.close)
        bruno = self.enter(Program(*client, "bruno"))
        ana.expect("JOIN bruno")
        duda = self.peer(server, "duda")
        ana.expect("JOIN duda")
        bruno.output.expect("OK bruno", "JOIN duda")
        ana.send("Olá\n")
        for said in (ana.expect, bruno.output.expect, duda.expect):
            said("FROM ana [all]: Olá")
        bruno.type("@ana oi\n")
        ana.expect("FROM bruno [dm]: oi")
        ana.send("@carlos tudo bem?\n")
        ana.expect("ERR user_not_found")
        duda.send("@ana psst\n")
        ana.expect("FROM duda [dm]: psst")
        for second in (WebPeer(web), Peer(server.port)):
            second.send("ANA\n")
            self.assertEqual(second.rest(), "ERR apelido_em_uso\n")
            second.close()
        ana.send("WHO\nQUIT\n")
        self.assertEqual(ana.rest(), "WHO 3 ana bruno duda\nBYE\n")
        self.assertEqual(ana.close_frame(), 1000)
        duda.expect("LEAVE ana quit")
        bruno.output.expect("LEAVE ana quit")
        bruno.end_input()
        self.assertEqual(bruno.finish()[0], 0)

    def test_a_server_that_ends_says_so_to_each(self) -> None:
        server = self.serve("--web", "0")
        ana, bia = WebPeer(web_port_of(server.status_line()), "ana"), self.peer(server, "bia")
        self.addCleanup(ana.close)
        server.process.terminate()
        self.assertEqual((ana.rest(), ana.close_frame()), ("JOIN bia\nBYE shutdown\n", 1001))
        self.assertEqual(bia.rest(), "BYE shutdown\n")
        ana.close()
        bia.close()
        self.assertEqual(server.finish()[0], 0)

    @posix_only
    def test_a_traced_run_passes_the_check(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            trace = str(Path(folder, "loop.jsonl"))
            server = self.serve("--web", "0", "--trace", trace, "--trace-bytes", "40")
            web = web_port_of(server.status_line())
            for said, status in ((b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 200), (b"ana\n", 400)):
                with WebRequest(web) as asking:
                    self.assertEqual(asking.answer(said)[0], status)
            ana, bia = WebPeer(web, "ana"), self.peer(server, "bia")
            ana.send("Olá\n@bia psst\nWHO\n")
            bia.expect("FROM ana [all]: Olá", "FROM ana [dm]: psst")
            ana.socket.raw(b"\x89\x80\0\0\0\0\x81\x80\0\0\0\0" + b"\x83")
            ana.rest()
            self.assertEqual(ana.close_frame(), 1002)
            ana.close()
            bia.expect("LEAVE ana gone")
            self.end(server)
            status, output, errors = run_program("-m", "minichat.trace", "check", trace, "--lang", "en")
            self.assertEqual((status, errors), (0, ""), output)
            text = Path(trace).read_text("utf-8")
            for part in ('"event":"head"', '"status":101', '"kind":"ping"', '"overhead":', '"status":400'):
                self.assertIn(part, text.replace('": ', '":'))

    @posix_only
    def test_a_live_view_shows_heads_and_frames(self) -> None:
        server = self.serve("--web", "0", "--trace", "live", "--trace-bytes", "40", "--lang", "en")
        line = server.status_line()
        while "http://" not in line:
            line = server.status_line()
        with WebPeer(web_port_of(line), "ana") as ana:
            ana.send("QUIT\n")
            ana.rest()
        server.process.terminate()
        output = server.finish()[1]
        self.assertIn("request of HTTP, answer 101", output)
        self.assertIn("frame text of 3", output)


class Starting(LiveCase):
    def test_the_address_to_type_is_told_in_both_languages(self) -> None:
        for language, text in (("pt", "No navegador desta máquina: "), ("en", "In a browser on this machine: ")):
            server = self.serve("--web", "0", "--lang", language)
            line = server.status_line()
            self.assertTrue(line.startswith(f"[STATUS] {text}http://127.0.0.1:"), line)
            web_port_of(line)

    def test_on_every_address_it_is_the_one_that_others_reach(self) -> None:
        server = self.serve("--web", "0", "--host", "0.0.0.0", "--lang", "en")
        lines = [server.status_line() for _ in range(3)]
        self.assertRegex(lines[1], r"\A\[STATUS\] In a browser: http://.+:[0-9]+/\Z")
        self.assertNotIn("0.0.0.0", lines[1])
        self.assertIn("Wi-Fi", lines[2])

    def test_without_the_option_no_second_line_comes(self) -> None:
        server = self.serve()
        server.process.terminate()
        self.assertEqual(server.finish()[1], "[STATUS] Encerrando...\n[STATUS] Servidor encerrado\n")

    def test_a_port_that_is_taken_is_told_with_its_option(self) -> None:
        with Taken() as port:
            status, output, errors = call(main, "--port", "0", "--web", port, "--lang", "en")
        self.assertEqual((status, output), (1, ""))
        taken = f"port {port} of 127.0.0.1 is in use; stop the other server or choose another one with --web"
        self.assertEqual(errors, f"minichat-server: {taken}\n")

    def test_a_port_that_is_no_number_is_a_wrong_option(self) -> None:
        for value in ("-1", "65536", "http"):
            status, _, errors = call(main, "--web", value)
            self.assertEqual(status, 2, errors)

    def test_the_host_and_the_given_names_are_its_own(self) -> None:
        server = self.serve("--web", "0", "--web-name", "chat.escola.br, Sala3")
        web = web_port_of(server.status_line())
        statuses: List[int] = []
        for host in ("127.0.0.1", "localhost", "chat.escola.br", "sala3", f"SALA3:{web}", "evil.example"):
            with WebRequest(web) as asking:
                statuses.append(asking.answer(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())[0])
        self.assertEqual(statuses, [200] * 5 + [421])


if __name__ == "__main__":
    unittest.main()
