"""The start with browsers and the running loop: which options go together, what is told, what is loaded."""

from __future__ import annotations

import unittest
from typing import Tuple

from minichat.server.__main__ import main
from minichat.server.address import own_host
from tests.inside import call
from tests.live import LiveCase
from tests.program import SERVER, Program
from tests.webpeer import WebRequest

# Runs the server, and at its end says which modules were loaded.
LOADED = """
import sys
from minichat.server import __main__ as server
status = server.main()
print("loaded", *sorted(name for name in sys.modules if name.startswith("minichat.")))
"""


class Options(unittest.TestCase):
    def test_the_loop_alone_is_told_in_one_line_what_it_needs(self) -> None:
        for language, text in (("pt", "--loop precisa também de --web PORTA"), ("en", "--loop also needs --web PORT")):
            status, output, errors = call(main, "--loop", "--lang", language)
            self.assertEqual((status, output, errors.count("\n")), (2, "", 1))
            self.assertIn(text, errors)

    def test_the_address_of_this_machine_follows_the_listener(self) -> None:
        for listens, here in (("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("::1", "::1"),
                              ("192.0.2.7", ""), ("::ffff:127.0.0.1", "::ffff:127.0.0.1")):  # fmt: skip
            self.assertEqual(own_host((listens, 80)), here, listens)


class Starting(LiveCase):
    def loaded(self, *options: str) -> Tuple[str, ...]:
        """What a server with these options has loaded when it ends."""
        server = self.enter(Program("-c", LOADED, "--port", "0", *options))
        server.output.until("escutando")
        server.output.until("\n")
        server.process.terminate()
        status, output, errors = server.finish()
        self.assertEqual((status, errors), (0, ""))
        return tuple(output.partition("loaded ")[2].split())

    def test_only_what_is_asked_for_is_loaded(self) -> None:
        modules = self.loaded()
        self.assertEqual([name for name in modules if ".web" in name or ".trace" in name], [])
        modules = self.loaded("--web", "0")
        self.assertIn("minichat.web.house", modules)
        self.assertEqual([name for name in modules if ".trace" in name or "history" in name or "feed" in name], [])
        modules = self.loaded("--web", "0", "--loop")
        self.assertLessEqual({"minichat.web.history", "minichat.trace.watched"}, set(modules))

    def test_the_address_of_the_loop_is_told_and_answers(self) -> None:
        for language, text in (("pt", "O laço ao vivo, só nesta"), ("en", "The loop live, on this")):
            server = self.serve("--web", "0", "--loop", "--lang", language)
            web, line = server.status_line(), server.status_line()
            self.assertIn("http://127.0.0.1:", web)
            self.assertRegex(line, rf"\A\[STATUS\] {text} [^:]*: http://127\.0\.0\.1:[0-9]+/loop\Z")
            port = int(line.rpartition(":")[2].partition("/")[0])
            with WebRequest(port) as asking:
                status, page = asking.answer(b"GET /loop HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(status, 200)
            self.assertIn(b"class LiveControls", page)

    def test_without_the_option_there_is_no_loop(self) -> None:
        server = self.serve("--web", "0", "--trace", "/dev/null")
        port = int(server.status_line().rpartition(":")[2].partition("/")[0])
        for path in ("/loop", "/loop/events"):
            with WebRequest(port) as asking:
                self.assertEqual(asking.answer(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())[0], 404)

    def test_who_chats_reads_the_same_with_a_watched_loop(self) -> None:
        server = self.enter(Program(*SERVER, "--port", "0", "--web", "0", "--loop", "--lang", "en"))
        self.check_chat(int(server.output.line().rstrip(".").rpartition(":")[2]))


if __name__ == "__main__":
    unittest.main()
