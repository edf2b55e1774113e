"""The client under the keys and the screens of other terminals: a real process on a pseudo-terminal, and in tmux."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
import unittest
from typing import Callable, List

from tests.programs.test_client_terminal import CTRL_C, HINT, SeatTest, posix_only
from tests.support import PATIENCE_SECONDS, ROOT, DidNotCome

if sys.platform != "win32":
    from tests.screen import LEFT_ON
    from tests.seat import Seat

# The client to which a paste is silent after a moment.
SOON_STALLED = (
    "-c",
    "import sys; from minichat.client import __main__ as client\n"
    "from minichat.tty import paste\n"
    "assert paste.STALL_SECONDS > 0.05 < paste.DROP_SECONDS\n"
    "paste.STALL_SECONDS = paste.DROP_SECONDS = 0.05; sys.exit(client.main())",
)
STALLED = "Texto colado ainda vindo; Ctrl-C o descarta. |"

# A word of each script whose characters terminals count in different ways, and of emoji.
LONG = {
    "devanagari": "क्षि की नि ", "bengali": "বাংলা কি ", "tamil": "வணக்கம் கொ ", "burmese": "မြန်မာ ကော ",
    "thai": "กำลังที่ ", "arabic": "السلام\u0600 عَلَي ", "jamo": "\u1112\u1161\u11ab\uac00\u11a8 ",
    "flags": "🇧🇷🇵🇹", "keycaps": "1\ufe0f\u20e32\u20e3",
    "skin tones": "👍🏽👋🏿", "families": "👨‍👩‍👧👩‍❤️‍👩", "soft hyphens": "a\u00adb\u00ad", "wide": "日本語",
}  # fmt: skip


@posix_only
class Keys(SeatTest):
    def test_a_mouse_event_sends_nothing(self) -> None:
        """Trap 61."""
        _, seat = self.enter("ana")
        seat.type("meio ")
        for event in (b"\x1b[M\r\r\r", b"\x1b[M \x03\x04", b"\x1b[<0;3;4M", b"\x1b[32;3;4M", b"\x1b[O", b"\x1b[I"):
            seat.type(event)
        seat.type("dito")
        seat.see_row("> meio dito|")
        self.assertEqual(seat.lines, ["OK ana", HINT])
        seat.type("\x1bOM")
        seat.see("FROM ana [all]: meio dito")

    def test_a_paste_that_stalls_goes_on_as_a_paste(self) -> None:
        """Trap 62."""
        _, seat = self.enter("bia", program=SOON_STALLED)
        seat.type("\x1b[200~um\n/sair\n")
        seat.see_row(STALLED)
        seat.type("dois\x1b[201~")
        seat.match(r".*Colar 3 linhas\?.*")
        seat.type("n\r")
        seat.see_row("> |")
        self.assertNotIn("FROM", "\n".join(seat.lines))

    def test_ctrl_c_drops_a_paste_that_stalls_and_says_so(self) -> None:
        """Trap 62."""
        _, seat = self.enter("caio", program=SOON_STALLED)
        seat.type("\x1b[200~um\nQUIT\n")
        seat.see_row(STALLED)
        seat.type(CTRL_C)
        seat.match("O texto colado foi descartado; linhas: .*")
        seat.see_row("> |")
        seat.type("oi\r")
        seat.see("FROM caio [all]: oi")

    def test_alt_with_any_character_leaves_no_trace(self) -> None:
        """Trap 65."""
        _, seat = self.enter("davi")
        for data in ("\x1bé".encode(), b"\x1bP", b"\x1b_", b"\x1bX", b"\x1b^"):
            for byte in data:
                seat.type(bytes([byte]))
            seat.type("olá")
        seat.see_row("> " + "olá" * 5 + "|")

    def test_newer_ways_to_send_keys_mean_the_same(self) -> None:
        """Trap 71."""
        client, seat = self.enter("eva")
        seat.type(b"\x1b[111;1:1u\x1b[111;1:3u\x1b[105;1:1u\x1b[97;5u\x1b[27;2;79~\x1b[101;5u")
        seat.see_row("> Ooi|")
        seat.type(b"\x1b[13;1:1u\x1b[13;1:3u")
        seat.see("FROM eva [all]: Ooi")
        seat.type(b"\x1b[99;5u")
        self.check_left(client, seat, 130)

    def test_what_separates_words_in_a_paste_is_a_space(self) -> None:
        """Trap 67."""
        _, seat = self.enter("fabio")
        seat.paste("um\u2028dois\vtres\fquatro\x85cinco")
        seat.see_row("> um dois tres quatro cinco|")


@posix_only
class Screens(SeatTest):
    def test_modes_that_a_dead_program_left_on_are_ended(self) -> None:
        """Trap 61: the reports of the mouse are one of them."""
        client, seat = self.sit("--nick", "gil")
        seat.screen.left_on = set(LEFT_ON)
        seat.find(HINT)
        self.assertEqual(seat.screen.left_on, set())
        seat.type("/sair\r")
        self.check_left(client, seat, 0)

    def test_a_narrower_window_erases_nothing_but_the_row(self) -> None:
        """Trap 66."""
        for nick, folds in (("hugo", True), ("iara", False)):
            client, seat = self.enter(nick, columns=60)
            seat.screen.folds = folds
            seat.type("um\rdois\r3\r日本語 uma frase que enche quase toda a linha 日本")
            seat.see_row("> 日本語 uma frase que enche quase toda a linha 日本|")
            seat.see(f"FROM {nick} [all]: 3")
            above = seat.screen.lines[:-1]
            self.shrink(seat, 40, [*above, "> <se que enche quase toda a linha 日本"])
            self.shrink(seat, 35, [*above, "> <e enche quase toda a linha 日本"])
            seat.type(CTRL_C + CTRL_C)
            self.check_left(client, seat, 130)

    def shrink(self, seat: Seat, columns: int, lines: List[str]) -> None:
        """Give the window another width, and wait until ``lines`` are all there is on the screen."""
        seat.resize(columns)
        seat.until(lambda: seat.screen.lines == lines, "\n".join(lines))


class Tmux:
    """A window of tmux with a program in it."""

    def __init__(self, command: List[str], columns: int) -> None:
        self._server = f"minichat-test-{os.getpid()}-{columns}"
        size = ("-x", str(columns), "-y", "12")
        self.run("new-session", "-d", *size, f"cd {shlex.quote(str(ROOT))}; {shlex.join(command)}")

    def run(self, *command: str) -> str:
        """Run a command of tmux; return what it prints."""
        variables = {**os.environ, "LC_ALL": "C.UTF-8", "TMUX": "", "TERM": "xterm"}
        options = ("-u", "-f", os.devnull, "-L", self._server)
        done = subprocess.run(["tmux", *options, *command], env=variables, capture_output=True, check=True, timeout=60)
        return done.stdout.decode()

    def type(self, text: str) -> None:
        """Press the keys of a text."""
        self.run("send-keys", "-l", "--", text)

    @property
    def lines(self) -> List[str]:
        """What is in the window and what has scrolled off."""
        return [line.rstrip(" ") for line in self.run("capture-pane", "-p", "-S", "-200").rstrip("\n").split("\n")]

    def until(self, is_so: Callable[[List[str]], bool], what: str) -> List[str]:
        """Wait until it is so for the lines; raise DidNotCome with ``what`` if it never is."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(self.lines):
            if time.monotonic() > deadline:
                raise DidNotCome(f"waited for {what}, but the window has\n" + "\n".join(self.lines))
        return self.lines

    def close(self) -> None:
        """End it."""
        self.run("kill-server")


@posix_only
@unittest.skipUnless(shutil.which("tmux"), "no tmux on this system")
class InTmux(SeatTest):
    def open(self, nick: str, columns: int) -> Tmux:
        """Start a client in a window, and wait until it is in."""
        port = str(self.server.port)
        tmux = Tmux([sys.executable, "-m", "minichat.client", "--port", port, "--nick", nick], columns)
        self.addCleanup(tmux.close)
        tmux.until(lambda lines: f"OK {nick}" in lines and lines[-1] == ">", "the row")
        return tmux

    def test_what_is_typed_last_is_seen_in_every_script(self) -> None:
        """Trap 64."""
        for columns in (20, 40, 80):
            tmux = self.open(f"ana{columns}", columns)
            for name, word in LONG.items():
                with self.subTest(name, columns=columns):
                    tmux.type(word * (200 // len(word)) + "XYZ")
                    tmux.until(lambda lines: lines[-1].endswith("XYZ") and lines[-1].startswith("> <"), "XYZ")
                    tmux.type("\x15")
                    tmux.until(lambda lines: lines[-1] == ">", "an empty row")

    def test_a_storm_of_resizes_loses_no_line(self) -> None:
        """Trap 66."""
        tmux = self.open("bia", 60)
        tmux.type("".join(f"linha{number}\r" for number in range(5)))
        tmux.until(lambda lines: any("linha4" in line for line in lines), "linha4")
        tmux.type("uma frase comprida com 日本語 que enche toda a linha")
        for columns in (50, 30, 20, 40, 21, 70, 33, 60):
            tmux.run("resize-window", "-x", str(columns))
        tmux.until(lambda lines: lines[-1] == "> uma frase comprida com 日本語 que enche toda a linha", "the row")
        said = [line for line in tmux.lines if line.startswith("FROM bia")]
        self.assertEqual(said, [f"FROM bia [all]: linha{number}" for number in range(5)])


if __name__ == "__main__":
    unittest.main()
