"""The row to type in: a real client on a pseudo-terminal, and what the others get of it."""

from __future__ import annotations

import signal
import sys
import unittest
from typing import Iterator

from tests.program import Program
from tests.programs.test_client_process import FakeServer
from tests.programs.test_client_terminal import ASK, HINT, IMPATIENT, SeatTest, posix_only

if sys.platform != "win32":
    from tests.seat import Seat

CTRL_C, CTRL_D, CTRL_G, CTRL_R, CTRL_T, CTRL_U, CTRL_Y = "\x03", "\x04", "\x07", "\x12", "\x14", "\x15", "\x19"
CTRL_UNDERSCORE, ESCAPE, LEFT, UP = "\x1f", "\x1b", "\x1b[D", "\x1b[A"
DROPPED = "O texto colado foi descartado; linhas: {}."

# The client that asks before it sends a line that begins with MSG.
DOUBTFUL = (
    "-c",
    "import sys; from minichat.client import __main__ as client\n"
    "from minichat.client.interactive import Interactive; typed = Interactive.typed\n"
    "def doubt(self, line):\n"
    "    (self._console.confirm('A todos? ', line) if line.startswith('MSG') else typed(self, line))\n"
    "Interactive.typed = doubt\n"
    "Interactive.confirmed = lambda self, line: self._outbox.add(line)\n"
    "Interactive.declined = lambda self, line: self._console.tell('Não: ' + line)\n"
    "sys.exit(client.main())",
)


@posix_only
class PasteQuestion(SeatTest):
    """Every answer ends with ENTER."""

    QUESTION = "Colar 2 linhas? s envia, n descarta: "

    def ask(self, seat: Seat, row: str = "") -> None:
        """Type a row and paste two lines."""
        seat.type(row)
        seat.paste("um\ndois")
        seat.see_row(f"{self.QUESTION}|")

    def test_a_yes_of_several_letters_says_nothing_more(self) -> None:
        """Trap 63."""
        bruno = self.join("bruno")
        _, seat = self.enter("ana")
        bruno.expect("JOIN ana")
        for yes in ("sim", "s", "Y", "yes"):
            self.ask(seat, "oi, ")
            seat.type(yes)
            seat.see_row(f"{self.QUESTION}{yes}|")
            seat.type("\r")
            bruno.expect("FROM ana [all]: oi, um", "FROM ana [all]: dois")
            seat.see_row("> |")
        seat.type("fim\r")
        bruno.expect("FROM ana [all]: fim")  # and nothing before it

    def test_a_no_of_several_letters_sends_no_draft(self) -> None:
        """Trap 63."""
        caio = self.join("caio")
        _, seat = self.enter("bia")
        caio.expect("JOIN bia")
        for times, no in enumerate(("nao\r", "não\r", "n\r", CTRL_C, CTRL_D, CTRL_G, ESCAPE), 1):
            self.ask(seat, "meio")
            seat.type(no)
            seat.find_times(DROPPED.format(2), times)
            seat.see_row("> meio|")
            seat.type(CTRL_U)
        seat.type("fim\r")
        caio.expect("FROM bia [all]: fim")

    def test_what_is_unclear_rings_and_can_be_changed(self) -> None:
        """Trap 63."""
        edu = self.join("edu")
        _, seat = self.enter("davi")
        edu.expect("JOIN davi")
        self.ask(seat)
        bells = seat.screen.bells
        seat.type("\rsei\r" + UP + LEFT + "\t")
        seat.until(lambda: seat.screen.bells >= bells + 4, "four bells")
        seat.see_row(f"{self.QUESTION}se|i")
        seat.paste("s\nx")
        seat.find(DROPPED.format(2))
        edu.send("oi\n")
        seat.find("FROM edu [all]: oi")
        seat.see_row(f"{self.QUESTION}se|i")
        seat.type(CTRL_U + "\x0bs\r")
        edu.expect("FROM edu [all]: oi", "FROM davi [all]: um", "FROM davi [all]: dois")

    def test_in_a_narrow_window_the_keys_are_named_too(self) -> None:
        """Trap 63."""
        _, seat = self.sit("--nick", "fabio", columns=20)
        seat.find("OK fabio")
        seat.type("meio")
        seat.paste("um\ndois")
        seat.find(self.QUESTION.rstrip())
        seat.see_row("s/n? |")
        seat.type("nao")
        seat.see_row("s/n? nao|")
        seat.type("\r")
        seat.find(DROPPED.format(2))
        seat.see_row("> meio|")

    def test_a_paste_that_asks_at_the_end_is_named(self) -> None:
        """Trap 63."""
        client, seat = self.enter("gil")
        self.ask(seat)
        client.kill(signal.SIGTERM)
        self.check_left(client, seat, 128 + signal.SIGTERM)
        self.assertIn(DROPPED.format(2), seat.lines)


@posix_only
class LineQuestion(SeatTest):
    def test_only_a_whole_yes_sends_the_line(self) -> None:
        """Trap 63."""
        bruno = self.join("bruno")
        _, seat = self.enter("ana", program=DOUBTFUL)
        bruno.expect("JOIN ana")
        seat.type("MSG @bruno x\rnao\r")
        seat.find("Não: MSG @bruno x")
        seat.see_row("> MSG @bruno x|")
        seat.type("\r")
        seat.see_row("A todos? |")
        seat.type("sim\r")
        bruno.expect("FROM ana [all]: MSG @bruno x")
        seat.see_row("> |")

    def test_a_dumb_terminal_takes_the_same_answers(self) -> None:
        """Trap 63."""
        caio = self.join("caio")
        _, seat = self.sit("--nick", "bia", program=DOUBTFUL, TERM="dumb")
        caio.expect("JOIN bia")
        seat.find(HINT)
        for times, (line, answer, then) in enumerate(
            (
                ("MSG um", "nao", "Não: MSG um"),
                ("MSG dois", "sim", "FROM bia [all]: MSG dois"),
                ("MSG tres", "sei lá", "FROM bia [all]: sei lá"),
            ),
            1,
        ):
            seat.type(line + "\n")
            seat.find_times("A todos?", times)
            seat.type(answer + "\n")
            seat.find(then)
        seat.find("Não: MSG tres")
        caio.expect("FROM bia [all]: MSG dois", "FROM bia [all]: sei lá")


@posix_only
class StolenFocus(SeatTest):
    """The question for another nick does not take what is typed for somebody."""

    def refused(self, server: FakeServer, seat: Seat, nick: str) -> None:
        """Come in, be cut, come back, and be told that the nick is taken."""
        with server.accept(nick) as sock:
            sock.sendall(f"OK {nick}\n".encode())
            seat.find(HINT)
            seat.type("@bruno segredo")
            seat.see_row("> @bruno segredo|")
        with server.accept(nick) as sock:
            sock.sendall(b"ERR apelido_invalido\n")
        seat.until(lambda: "1 a 24 letras" in "".join(seat.lines), "what is legal")

    def answers(self, server: FakeServer, nick: str) -> Iterator[str]:
        """Let the client in as ``nick`` and return what it says."""
        with server.accept(nick) as sock, sock.makefile("rb") as lines:
            sock.sendall(f"OK {nick}\n".encode())
            yield from (line.decode().rstrip("\n") for line in lines)

    def test_a_half_typed_line_is_never_the_nick(self) -> None:
        """Trap 68."""
        with FakeServer() as server:
            _, seat = self.sit("--nick", "ana", port=server.port, program=IMPATIENT)
            self.refused(server, seat, "ana")
            seat.find("Falta escolher o apelido; a pergunta vem quando a linha estiver vazia.")
            seat.see_row("> @bruno segredo|")
            seat.type(" nosso\r")
            seat.find("Espera até você escolher o apelido: @bruno segredo nosso")
            seat.see_row(f"{ASK} |")
            self.assertFalse(server.is_called)
            seat.type("bia\r")
            said = self.answers(server, "bia")
            self.assertEqual([next(said), next(said)], ["WHO", "@bruno segredo nosso"])

    def test_on_a_dumb_terminal_a_line_with_spaces_is_no_nick(self) -> None:
        """Trap 68."""
        with FakeServer() as server:
            _, seat = self.sit("--nick", "caio", port=server.port, program=IMPATIENT, TERM="dumb")
            with server.accept("caio") as sock:
                sock.sendall(b"OK caio\n")
                seat.find(HINT)
                seat.type("oi\n")
                seat.find("oi")
            with server.accept("caio") as sock:
                sock.sendall(b"ERR apelido_invalido\n")
            seat.see_row(f"{ASK} |")
            seat.type("bruno, um segredo\n")
            seat.find("Espera até você escolher o apelido: bruno, um segredo")
            seat.see_row(f"{ASK} |")
            self.assertFalse(server.is_called)
            seat.type("edu\n")
            said = self.answers(server, "edu")
            self.assertEqual([next(said), next(said)], ["WHO", "bruno, um segredo"])


@posix_only
class Searching(SeatTest):
    def said(self, nick: str, columns: int = 80) -> Seat:
        """Sit down and say two lines."""
        _, seat = self.sit("--nick", nick, columns=columns)
        seat.find(f"OK {nick}")
        seat.type("bom dia\rboa noite\r")
        seat.find(f"FROM {nick} [all]: boa noite")
        return seat

    def test_it_finds_older_lines_and_enter_sends(self) -> None:
        seat = self.said("ana")
        seat.type("rascunho" + CTRL_R + "bo")
        seat.see_row("busca “bo”: |boa noite")
        seat.type(CTRL_R)
        seat.see_row("busca “bo”: |bom dia")
        seat.type("\r")
        seat.find_times("FROM ana [all]: bom dia", 2)
        seat.see_row("> rascunho|")

    def test_three_keys_leave_it_and_nothing_is_sent(self) -> None:
        seat = self.said("bia")
        for key in (CTRL_C, CTRL_G, ESCAPE):
            seat.type("rasc" + CTRL_R + "bo")
            seat.see_row("busca “bo”: |boa noite")
            seat.type(key)
            seat.see_row("> rasc|")
            seat.type(CTRL_U)
        seat.type(CTRL_R + "xyz\r")
        seat.see_row("nada com “xyz”: |")
        seat.type(CTRL_G)
        seat.see_row("> |")
        self.assertEqual(seat.lines[-1], "FROM bia [all]: boa noite")

    def test_it_fits_into_a_narrow_window(self) -> None:
        seat = self.said("caio", columns=20)
        seat.type(CTRL_R + "dia")
        seat.see_row("?dia: bom |dia")
        seat.type("x")
        seat.see_row("!diax: |")
        seat.type("\x7f\r")
        seat.find_times("FROM caio [all]: bom dia", 2)


@posix_only
class Editing(SeatTest):
    def test_what_was_undone_or_swapped_is_seen(self) -> None:
        _, seat = self.enter("ana")
        seat.type("um dois" + CTRL_UNDERSCORE)
        seat.see_row("> um |")
        seat.type("ab" + CTRL_T)
        seat.see_row("> um ba|")
        seat.type(CTRL_C)
        seat.see_row("> |")
        seat.type(CTRL_Y)
        seat.see_row("> um ba|")

    def test_a_changed_line_of_the_history_stays_changed(self) -> None:
        _, seat = self.enter("bia")
        seat.type("um\rdois\r")
        seat.find("FROM bia [all]: dois")
        seat.type(UP + "!" + UP)
        seat.see_row("> um|")
        seat.type("\x1b[B")
        seat.see_row("> dois!|")

    def test_the_bytes_that_are_left_are_seen_in_any_window(self) -> None:
        client: Program
        client, seat = self.sit("--nick", "caio", columns=20)
        seat.find("OK caio")
        for _ in range(4):
            seat.type("x" * 974)
        seat.see_row("[199] > <xxxxxxxxxx|")
        seat.type("\x7f")
        seat.see_row("> <xxxxxxxxxxxxxxxx|")
        seat.type("x" * 200)
        seat.see_row("[0] > <xxxxxxxxxxxx|")
        self.assertIsNone(client.process.poll())


if __name__ == "__main__":
    unittest.main()
