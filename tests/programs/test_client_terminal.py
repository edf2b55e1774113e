"""The client with a person in front of it: a real process on a pseudo-terminal."""

from __future__ import annotations

import os
import signal
import sys
import unittest
from typing import Any, List, Optional, Tuple

from tests.program import Program, ServerProcess
from tests.programs.test_client_process import WITH_THREAD, ClientTest, FakeServer

if sys.platform != "win32":
    from tests.seat import JOB_CONTROL, Seat

posix_only = unittest.skipUnless(os.name == "posix", "a matter of POSIX signals and terminals")

HINT = "(/ajuda mostra o que se pode fazer)"
ASK = "Escolha seu apelido:"
LEFT, UP, ESCAPE = "\x1b[D", "\x1b[A", "\x1b"
CTRL_C, CTRL_D, CTRL_Z, CTRL_L = "\x03", "\x04", "\x1a", "\x0c"

# The client as on a system without termios: whole lines from the terminal's driver.
WITHOUT_TERMIOS = (
    "-c",
    "import sys; from minichat.tty import keyboard, terminal; keyboard.NEEDS_THREAD = True; "
    "terminal.HAS_TERMIOS = False; from minichat.client import __main__ as client; sys.exit(client.main())",
)

# The client that does not hear of being continued, and so does not draw before it looks at anything else.
# A client that comes back sooner than people would want it to.
IMPATIENT = (
    "-c",
    "import sys\n"
    "from minichat.client import reconnect\n"
    "assert reconnect.FIRST_SECONDS > 0.1\n"
    "reconnect.FIRST_SECONDS = 0.1\n"
    "from minichat.client.__main__ import main\n"
    "sys.exit(main())",
)

WITHOUT_SIGCONT = (
    "-c",
    "import signal, sys; from minichat.client import __main__ as client\n"
    "from minichat.client.interactive import Interactive\n"
    "Interactive.SIGNALS = tuple(set(Interactive.SIGNALS) - {signal.SIGCONT}); sys.exit(client.main())",
)

# The client that gets SIGINT as soon as it waits for its terminal.
INTERRUPTED_WHEN_STUCK = (
    "-c",
    "import os, signal, sys; from minichat.client import __main__ as client\n"
    "from minichat.cli import output; write_all = output.write_all\n"
    "def write_and_wait(fd, data, gives_up):\n"
    "    write_all(fd, data, lambda: os.kill(os.getpid(), signal.SIGINT) or gives_up())\n"
    "output.write_all = write_and_wait\n"
    "sys.exit(client.main())",
)

# The client with a mistake in it that shows when the person says a certain word.
WITH_A_BUG = (
    "-c",
    "import sys; from minichat.client import __main__ as client\n"
    "from minichat.client.errands import Errands; say = Errands._say\n"
    "def broken(self, line, text, meant_for=None):\n"
    "    if text == 'falha': raise RuntimeError('planted')\n"
    "    say(self, line, text, meant_for)\n"
    "Errands._say = broken\n"
    "sys.exit(client.main())",
)


class SeatTest(ClientTest):
    """Seats for people, with clients that are ended with the test."""

    variables = {"TERM": "xterm", "NO_COLOR": "1"}

    def sit(
        self,
        *options: str,
        port: Optional[int] = None,
        columns: int = 80,
        program: Tuple[str, ...] = (),
        **variables: str,
    ) -> Tuple[Program, Seat]:
        """Start a client on a terminal of its own, which is its controlling one."""
        seat = Seat(columns)
        self.addCleanup(seat.close)
        number = str(port or self.server.port)
        environment = {**self.variables, **variables}
        client = Program(*(program or self.program), "--port", number, *options, variables=environment, **seat.popen)
        self.addCleanup(client.__exit__)
        seat.sat_down()
        return client, seat

    def enter(self, nick: str, *options: str, **how: Any) -> Tuple[Program, Seat]:
        """Start a client on a terminal, and wait until ``nick`` is in."""
        client, seat = self.sit("--nick", nick, *options, **how)
        seat.find(HINT)
        return client, seat

    def check_left(self, client: Program, seat: Seat, status: int) -> None:
        """Assert that it ended, and that the terminal is as it was."""
        self.assertEqual(client.wait(), status)
        while seat.look():
            pass
        self.assertEqual(seat.settings(), seat.before)
        self.assertEqual(seat.screen.modes, {"?7": True, "?2004": False})
        self.assertEqual(seat.row, "|")
        self.assertNotIn("Traceback", "\n".join(seat.screen.lines))


@posix_only
class Nicknames(SeatTest):
    def test_it_asks_before_it_connects_and_the_answer_stays_to_be_seen(self) -> None:
        with FakeServer() as server:
            _, seat = self.sit(port=server.port)
            seat.see_row(f"{ASK} |")
            self.assertFalse(server.is_called)
            seat.type("ana\r")
            with server.accept("ana") as sock:
                sock.sendall(b"OK ana\n")
                seat.see(f"{ASK} ana", "OK ana", HINT)

    def test_it_asks_in_english(self) -> None:
        _, seat = self.sit("--lang", "en")
        seat.see_row("Choose your nickname: |")

    def test_with_nick_it_does_not_ask(self) -> None:
        _, seat = self.enter("bia")
        self.assertEqual(seat.lines, ["OK bia", HINT])

    def test_just_enter_asks_again(self) -> None:
        _, seat = self.sit()
        seat.type("\r\r  \rcaio\r")
        seat.see(f"{ASK} caio", "OK caio", HINT)

    def test_after_a_nick_in_use_it_explains_and_asks_again(self) -> None:
        self.join("carla")
        for options in ((), ("--nick", "carla")):
            with self.subTest(options):
                _, seat = self.sit(*options)
                if not options:
                    seat.type("carla\r")
                seat.see("ERR apelido_em_uso (esse apelido já está em uso)", ASK)
                seat.type("carla2\r")
                seat.find("OK carla2")
                seat.type("/sair\r")

    def test_after_an_illegal_nick_it_says_what_is_legal_and_asks_again(self) -> None:
        _, seat = self.sit()
        seat.type("who\r")
        seat.until(lambda: "1 a 24 letras" in "".join(seat.lines), "what is legal")
        seat.see_row(f"{ASK} |")
        seat.type("davi\r")
        seat.see(f"{ASK} davi", "OK davi", HINT)

    def test_what_cannot_be_a_nick_at_all_is_told(self) -> None:
        client, seat = self.sit("--nick", "a\nb")
        self.check_left(client, seat, 1)
        self.assertIn("não vale", "".join(seat.screen.lines))


@posix_only
class Talking(SeatTest):
    def test_ones_own_words_are_shown_once_when_they_come_back(self) -> None:
        _, seat = self.enter("ana")
        seat.type("Olá\r")
        seat.see("OK ana", HINT, "FROM ana [all]: Olá")
        seat.see_row("> |")

    def test_what_comes_while_typing_stands_above_what_is_typed(self) -> None:
        bruno = self.join("bruno")
        _, seat = self.enter("bia")
        bruno.expect("JOIN bia")
        seat.type("estou escre")
        seat.see_row("> estou escre|")
        for number in range(30):
            bruno.send(f"{number}\n")
        seat.see("FROM bruno [all]: 28", "FROM bruno [all]: 29")
        seat.see_row("> estou escre|")
        seat.type("vendo" + LEFT)
        bruno.send("@bia psst\n")
        seat.see("FROM bruno [all]: 29", "FROM bruno [dm]: psst")
        seat.see_row("> estou escrevend|o")
        seat.type("\r")
        bruno.expect(*(f"FROM bruno [all]: {number}" for number in range(30)), "FROM bia [all]: estou escrevendo")

    def test_a_private_line_stays_to_be_seen_as_it_was_typed(self) -> None:
        bruno = self.join("bruno2")
        _, seat = self.enter("caio")
        bruno.expect("JOIN caio")
        seat.type("@bruno2 oi\r")
        seat.see(HINT, "@bruno2 oi")
        bruno.expect("FROM caio [dm]: oi")
        seat.type("@zoe oi\r")
        seat.see("@zoe oi", "ERR user_not_found (não há ninguém com esse apelido)")

    def test_who_is_in_is_asked_silently_and_nicks_are_completed(self) -> None:
        others = [self.join(nick) for nick in ("xavier", "xisto")]
        _, seat = self.enter("dora")
        self.join("xara").close()
        others[0].expect("JOIN xisto", "JOIN dora", "JOIN xara", "LEAVE xara gone")
        others[0].send("oi\n")
        seat.see("FROM xavier [all]: oi")
        seat.type("@x\t")
        seat.see_row("> @xavier |")
        seat.type("\t")
        seat.see_row("> @xisto |")
        seat.type("e aí?\r")
        others[1].expect("JOIN dora", "JOIN xara", "LEAVE xara gone", "FROM xavier [all]: oi", "FROM dora [dm]: e aí?")
        seat.type("@d\t")  # one's own nick is not completed
        seat.see_row("> @d|")

    def test_the_history_brings_back_what_was_said(self) -> None:
        _, seat = self.enter("eva")
        seat.type("um\rdois\rrasc")
        seat.see("FROM eva [all]: um", "FROM eva [all]: dois")
        seat.type(UP + UP)
        seat.see_row("> um|")
        seat.type("\x1b[B\x1b[B")
        seat.see_row("> rasc|")

    def test_a_text_is_sent_as_it_was_typed(self) -> None:
        fabio = self.join("fabio")
        _, seat = self.enter("gil")
        fabio.expect("JOIN gil")
        for text in ("  dois  espaços ", "ação", "👨‍👩‍👧", "e\u0301", "日本", "a\u00a0b"):
            seat.type(text + "\r")
            fabio.expect(f"FROM gil [all]: {text}")

    def test_a_row_is_as_long_as_a_line_may_be_and_no_longer(self) -> None:
        _, seat = self.enter("helena")
        for _ in range(4):
            seat.type("x" * 1000)
        seat.type("x" * 95 + "yz")
        seat.until(lambda: seat.screen.bells > 0, "a bell for what does not fit")
        seat.type("\r")
        seat.see(HINT, "FROM helena [all]: " + "x" * 4095)

    def test_a_lone_escape_does_not_stop_the_keyboard(self) -> None:
        _, seat = self.enter("ivo")
        seat.type("a" + ESCAPE)
        seat.until(lambda: seat.row == "> a|", "> a|")
        for _ in range(2):  # the first may still belong to the ESC
            seat.type("\x15oi\r")
        seat.find("FROM ivo [all]: oi")


@posix_only
class Pasting(SeatTest):
    def test_one_line_goes_into_the_row(self) -> None:
        _, seat = self.enter("ana")
        seat.paste("uma linha\n")
        seat.see_row("> uma linha|")

    def test_several_lines_ask_and_then_all_go_out_in_order(self) -> None:
        bruno = self.join("bruno")
        _, seat = self.enter("bia")
        bruno.expect("JOIN bia")
        lines = [f"linha {number}" for number in range(12)]
        seat.paste("\n".join(lines))
        seat.see_row("Colar 12 linhas? s envia, n descarta: |")
        seat.type("s\r")
        bruno.expect(*(f"FROM bia [all]: {line}" for line in lines))
        seat.see_row("> |")

    def test_no_leaves_the_row_as_it_was(self) -> None:
        _, seat = self.enter("caio")
        seat.type("meio")
        seat.paste("um\ndois")
        seat.see_row("Colar 2 linhas? s envia, n descarta: |")
        seat.type("n\r")
        seat.see_row("> meio|")
        self.assertEqual(seat.lines, ["OK caio", HINT, "O texto colado foi descartado; linhas: 2."])

    def test_a_line_of_a_paste_is_text_whatever_it_says(self) -> None:
        davi = self.join("davi")
        _, seat = self.enter("edu")
        davi.expect("JOIN edu")
        seat.paste("/sair\nQUIT\nwho \n//x\n\n@property\nfim")
        seat.type("s\r")
        davi.expect(*(f"FROM edu [all]: {text}" for text in ("/sair", " QUIT", " who ", "//x", " @property", "fim")))

    def test_a_direct_message_in_a_paste_is_shown_to_nobody_else(self) -> None:
        davi = self.join("davi2")
        _, seat = self.enter("gil")
        davi.expect("JOIN gil")
        seat.paste("@ausente segredo\n@davi2 para você\nfim")
        seat.type("s\r")
        davi.expect("FROM gil [dm]: para você", "FROM gil [all]: fim")
        seat.match("ERR user_not_found .*")

    def test_a_line_of_a_paste_that_just_fits_is_sent(self) -> None:
        davi = self.join("davi3")
        _, seat = self.enter("hugo")
        davi.expect("JOIN hugo")
        seat.paste(f"{'x' * 4095}\n{'y' * 4096}\nfim")
        seat.type("s\r")
        davi.expect(f"FROM hugo [all]: {'x' * 4095}", "FROM hugo [all]: fim")

    def test_ctrl_c_stops_a_paste_and_says_what_was_not_sent(self) -> None:
        client, seat = self.enter("fabio")
        seat.paste("\n".join(map(str, range(3000))))
        seat.type("s\r")
        seat.find("FROM fabio [all]: 1")
        seat.type(CTRL_C)
        seat.match(r"Linhas que não foram enviadas: \d+")
        seat.type("ainda aqui\r")
        seat.find("FROM fabio [all]: ainda aqui")
        self.assertIsNone(client.process.poll())


@posix_only
class Commands(SeatTest):
    def test_local_commands_are_never_sent(self) -> None:
        zoe = self.join("zoe")
        _, seat = self.enter("ana")
        zoe.expect("JOIN ana")
        seat.type("/quem\r")
        seat.see("WHO 2 zoe ana (aqui agora: 2)")
        seat.type("/who\r/AJUDA\r")
        seat.match(r".*TAB completa.*")
        seat.type("/nada disso\r/\r")
        for word in ("/nada", "/"):
            told = f"{word} não existe e não foi enviado (/ajuda; // envia uma barra)"
            seat.find(told)
        seat.type("fim\r")
        zoe.expect("FROM ana [all]: fim")

    def test_two_slashes_send_one(self) -> None:
        _, seat = self.enter("bia")
        seat.type("//etc/hosts\r")
        seat.see("FROM bia [all]: /etc/hosts")

    def test_clear_empties_the_screen_and_keeps_the_row(self) -> None:
        _, seat = self.enter("caio")
        seat.type("/limpar\r")
        seat.until(lambda: seat.lines == [], "nothing")
        seat.type("um\r")
        seat.see("FROM caio [all]: um")
        seat.type("dois" + CTRL_L)
        seat.see_row("> dois|")
        self.assertEqual(seat.lines, [])

    def test_help_is_no_wider_than_a_terminal(self) -> None:
        for language, command in (("pt", "/ajuda"), ("en", "/help")):
            _, seat = self.sit("--nick", f"davi-{language}", "--lang", language)
            seat.type(command + "\r")
            seat.match(r".*Ctrl-Z.*")
            self.assertFalse(any(row.goes_on for row in seat.screen.rows))


@posix_only
class Looks(SeatTest):
    def test_the_time_stands_before_the_lines(self) -> None:
        _, seat = self.enter("ana", "--time")
        seat.type("oi\r")
        seat.match(r"\d\d:\d\d FROM ana \[all\]: oi")

    def test_the_quiet_see_nobody_come_or_go(self) -> None:
        _, seat = self.enter("bia", "--quiet")
        zoe = self.join("zoe")
        zoe.send("oi\nQUIT\n")
        seat.see(HINT, "FROM zoe [all]: oi")

    def test_what_is_watched_stands_above_the_row_and_below_it_at_the_end(self) -> None:
        client, seat = self.sit("--nick", "bruna", "--trace", "live")
        seat.type("meio")
        seat.find(HINT)
        seat.match(r" +< #1 +recv \d+/16384 .*")
        seat.see_row("> meio|")
        seat.type(CTRL_C + CTRL_C)
        self.check_left(client, seat, 130)
        self.assertRegex(seat.screen.lines[-1], r"-- \d+ voltas; .*")

    def test_no_color_has_no_colour_and_a_terminal_has(self) -> None:
        for variables, is_colored in (({}, False), ({"NO_COLOR": ""}, True)):
            _, seat = self.enter(f"caio{is_colored}", **variables)
            seat.type("oi\r")
            seat.see(f"FROM caio{is_colored} [all]: oi")
            self.assertEqual(bool(seat.screen.styles), is_colored)

    def test_the_bell_rings_for_direct_messages(self) -> None:
        _, seat = self.enter("davi", "--bell", "dm")
        zoe = self.join("zoe2")
        zoe.send("a\n@davi b\n")
        seat.see("FROM zoe2 [dm]: b")
        self.assertEqual(seat.screen.bells, 1)

    def test_nothing_that_a_server_says_does_anything_to_the_screen(self) -> None:
        codes = [*range(1, 10), *range(11, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E, 0x2066]
        harmful = list(map(chr, codes))
        with FakeServer() as server:
            _, seat = self.sit("--nick", "edu", port=server.port)
            with server.accept("edu") as sock:
                sock.sendall(b"OK edu\n")
                for character in harmful:
                    for line in (f"FROM x [all]: a{character}b", f"JOIN {character}", f"a{character}"):
                        sock.sendall(line.encode() + b"\n")
                sock.sendall(bytes(byte for byte in range(128, 256)) + b"\nFROM x [all]: fim\n")
                seat.find("FROM x [all]: fim")  # the screen refuses what is not ours
        for character in harmful:
            self.assertNotIn(f"a{character}b".encode(), seat.raw)

    @posix_only
    def test_a_narrow_window_works(self) -> None:
        _, seat = self.sit(columns=20)
        seat.find(ASK)
        seat.see_row("? |")
        seat.type("fabio\r")
        seat.find("OK fabio")
        seat.type("uma frase bem comprida")
        seat.see_row("> <ase bem comprida|")
        seat.type("\x01")
        seat.see_row("> |uma frase bem co>")
        seat.type("\r")
        seat.see("FROM fabio [all]: uma frase bem comprida")
        seat.paste("um\ndois")
        seat.find("Colar 2 linhas? s envia, n descarta:")
        seat.see_row("s/n? |")
        seat.type("n\r")
        seat.see_row("> |")

    def test_another_width_draws_the_row_anew(self) -> None:
        _, seat = self.enter("gil", columns=60)
        seat.type("uma frase que enche quase toda a linha do terminal")
        seat.see_row("> uma frase que enche quase toda a linha do terminal|")
        seat.resize(30)
        seat.see_row("> <e toda a linha do terminal|")
        seat.resize(60)
        seat.see_row("> uma frase que enche quase toda a linha do terminal|")
        seat.see("OK gil", HINT)


@posix_only
class Leaving(SeatTest):
    def test_every_way_out_says_goodbye_and_puts_the_terminal_back(self) -> None:
        for way, status in ((CTRL_D, 0), (CTRL_C, 130), ("abc" + CTRL_C + CTRL_C, 130), ("/sair\r", 0), ("QUIT\r", 0)):
            with self.subTest(way):
                zoe = self.join("zoe")
                client, seat = self.enter("ana")
                zoe.expect("JOIN ana")
                seat.type(way)
                self.check_left(client, seat, status)
                self.assertEqual(seat.screen.lines[-1], "BYE (até logo)")
                zoe.expect("LEAVE ana quit")
                zoe.close()

    def test_at_the_question_too(self) -> None:
        for way, status in ((CTRL_D, 0), (CTRL_C, 130), ("ab" + CTRL_C + CTRL_C, 130)):
            with self.subTest(way):
                client, seat = self.sit()
                seat.see_row(f"{ASK} |")
                seat.type(way)
                self.check_left(client, seat, status)

    def test_a_signal_from_outside_puts_the_terminal_back(self) -> None:
        for number, status in ((signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)):
            with self.subTest(number):
                client, seat = self.enter(f"bia{status}")
                seat.type("meio")
                seat.see_row("> meio|")
                client.process.send_signal(number)
                self.check_left(client, seat, status)

    def test_a_mistake_of_ours_is_one_line_and_puts_the_terminal_back(self) -> None:
        client, seat = self.sit("--nick", "caio", program=WITH_A_BUG)
        seat.find(HINT)
        seat.type("falha\r")
        self.assertEqual(client.wait(), 1)
        while seat.look():
            pass
        self.assertEqual(seat.settings(), seat.before)
        self.assertIn("RuntimeError: planted", "".join(seat.screen.lines))
        self.assertNotIn("\nTraceback", "\n".join(seat.screen.lines))

    def test_a_server_that_is_silent_does_not_keep_anyone(self) -> None:
        with FakeServer() as server:
            client, seat = self.sit("--nick", "davi", port=server.port)
            with server.accept("davi"):
                seat.type(CTRL_C)
                self.check_left(client, seat, 130)

    def test_a_terminal_that_goes_away_ends_it(self) -> None:
        client, seat = self.enter("edu")
        os.close(seat.ours)
        seat.ours = -1
        self.assertIn(client.wait(), (129, 1, 0))

    def test_begun_in_the_background_it_waits_to_be_brought_to_the_front(self) -> None:
        seat = Seat()
        self.addCleanup(seat.close)
        command = (sys.executable, "-S", "-m", "minichat.client", "--port", str(self.server.port), "--nick", "gil")
        shell = Program("-c", JOB_CONTROL, "&", *command, variables=self.variables, **seat.popen)
        self.addCleanup(shell.__exit__)
        seat.sat_down()
        seat.until(lambda: "[stopped]" in seat.screen.lines[-1:], "[stopped]")
        seat.type("fg\n")
        seat.find(HINT)
        seat.type("oi\r")
        seat.find("FROM gil [all]: oi")
        seat.type(CTRL_C)
        self.assertEqual(shell.wait(), 130)

    def test_a_signal_ends_it_though_the_terminal_takes_nothing(self) -> None:
        helena = self.join("helena")
        client, seat = self.enter("ivo")
        seat.fill()
        helena.send("Olá\n")
        helena.expect("JOIN ivo", "FROM helena [all]: Olá")
        client.process.terminate()
        self.assertEqual(client.wait(), 143)
        self.assertEqual(seat.settings(), seat.before)

    def test_a_signal_ends_it_in_whichever_turn_it_comes(self) -> None:
        for nick, program in (("mara", self.program), ("nilo", WITHOUT_SIGCONT)):
            with self.subTest(nick), FakeServer() as server:
                client, seat = self.sit("--nick", nick, port=server.port, program=program)
                with server.accept(nick) as sock:
                    sock.sendall(f"OK {nick}\n".encode())
                    seat.find(HINT)
                    seat.type("importante\r")  # will be told about, and not even that may keep it
                    seat.see_row("> |")
                    self.stop_and_fill(client, seat)
                    sock.sendall(b"FROM rui [all]: oi\n")
                    self.go_on_with(signal.SIGTERM, client)
                    self.assertEqual(client.wait(), 143)
                self.assertEqual(seat.settings(), seat.before)

    def test_kill_ends_a_job_that_is_suspended(self) -> None:
        self.check_killed("olga", "kill")

    def test_so_it_does_after_bg(self) -> None:
        self.check_killed("oto", "bg", "kill")

    def check_killed(self, nick: str, *commands: str) -> None:
        """Assert that it ends, and leaves the terminal to the shell, when these are typed after Ctrl-Z."""
        seat = Seat()
        self.addCleanup(seat.close)
        command = (sys.executable, "-S", *self.program, "--port", str(self.server.port), "--nick", nick)
        shell = Program("-c", JOB_CONTROL, *command, variables=self.variables, **seat.popen)
        self.addCleanup(shell.__exit__)
        seat.sat_down()
        seat.find(HINT)
        seat.type(CTRL_Z)
        for index, text in enumerate(commands):
            seat.find_times("[stopped]", index + 1)
            seat.type(f"{text}\n")
        self.assertEqual(shell.wait(), 143)
        self.assertEqual(seat.settings(), seat.before)

    def test_an_interrupt_ends_it_when_the_terminal_takes_nothing(self) -> None:
        client, seat = self.enter("otto", program=INTERRUPTED_WHEN_STUCK)
        seat.paste("\n".join(map(str, range(3000))))
        seat.type("s\r")
        seat.find("FROM otto [all]: 1")
        seat.fill()
        self.assertEqual(client.wait(), 130)
        self.assertEqual(seat.settings(), seat.before)

    @staticmethod
    def stop_and_fill(client: Program, seat: Seat) -> None:
        """From now on its terminal takes nothing; the client notices when it goes on."""
        client.process.send_signal(signal.SIGSTOP)
        os.waitpid(client.process.pid, os.WUNTRACED)
        seat.fill()

    @staticmethod
    def go_on_with(number: int, client: Program) -> None:
        """That signal is there when it looks next."""
        client.process.send_signal(number)
        client.process.send_signal(signal.SIGCONT)

    def test_what_may_not_have_arrived_is_told_when_leaving(self) -> None:
        with FakeServer() as server:
            client, seat = self.sit("--nick", "jose", port=server.port)
            with server.accept("jose") as sock, sock.makefile("rb") as lines:
                sock.sendall(b"OK jose\n")
                seat.find(HINT)
                seat.type("importante\r/sair\rainda\r")
                self.assertEqual([lines.readline() for _ in range(3)], [b"WHO\n", b"importante\n", b"QUIT\n"])
            self.check_left(client, seat, 0)
            told = ["Pode não ter chegado: importante", "Não foi enviada: ainda"]
            self.assertEqual(seat.screen.lines[-2:], told)

    def test_what_was_typed_before_anybody_answered_is_told_when_leaving(self) -> None:
        with FakeServer() as server:
            client, seat = self.sit("--nick", "lucas", port=server.port)
            with server.accept("lucas"):
                seat.type("um\r/sair\rdois\r")
                self.check_left(client, seat, 0)
        self.assertIn("Não foi enviada: um", seat.screen.lines)

    def test_to_be_continued_without_a_terminal_of_its_own_is_no_trouble(self) -> None:
        seat = Seat()
        self.addCleanup(seat.close)
        popen = {**seat.popen, "options": {"start_new_session": True}}
        options = ("--port", str(self.server.port), "--nick", "lia")
        client = Program(*self.program, *options, variables=self.variables, **popen)
        self.addCleanup(client.__exit__)
        seat.sat_down()
        seat.find(HINT)
        client.process.send_signal(signal.SIGCONT)
        seat.type("oi\r")
        seat.find("FROM lia [all]: oi")

    def test_ctrl_z_suspends_and_the_job_comes_back_as_it_was(self) -> None:
        zoe = self.join("zoe3")
        seat = Seat()
        self.addCleanup(seat.close)
        command = (sys.executable, "-S", "-m", "minichat.client", "--port", str(self.server.port), "--nick", "fabio")
        shell = Program("-c", JOB_CONTROL, *command, variables=self.variables, **seat.popen)
        self.addCleanup(shell.__exit__)
        seat.sat_down()
        seat.find(HINT)
        zoe.expect("JOIN fabio")
        for _ in range(2):
            seat.type("\x15meio" + CTRL_Z)
            seat.until(lambda: "[stopped]" in seat.screen.lines[-1:], "[stopped]")
            self.assertEqual(seat.settings(), seat.before)
            self.assertFalse(seat.screen.modes["?2004"])
            zoe.send("enquanto isso\n")
            seat.type("fg\n")
            seat.find("FROM zoe3 [all]: enquanto isso")
            seat.see_row("> meio|")
        seat.type(CTRL_C + CTRL_C)
        self.assertEqual(shell.wait(), 130)


@posix_only
class ComingBack(SeatTest):
    """Servers that go and come again."""

    def serve(self, port: int = 0) -> ServerProcess:
        server = ServerProcess("--port", str(port))
        self.addCleanup(server.__exit__)
        return server

    def test_after_a_restart_it_is_back_and_nothing_typed_is_lost(self) -> None:
        for is_orderly in (True, False):
            with self.subTest(is_orderly):
                server = self.serve()
                _, seat = self.enter("ana", port=server.port, program=IMPATIENT)
                seat.type("uma\r")
                seat.find("FROM ana [all]: uma")
                seat.type("meio")
                server.process.send_signal(signal.SIGTERM if is_orderly else signal.SIGKILL)
                server.process.wait()
                seat.match(r".*Nova tentativa.*")
                seat.see_row("> meio|")
                seat.type(" termo\r")
                seat.find("Será enviada quando a conexão voltar: meio termo")
                seat.type("rascunho")
                self.serve(server.port)
                seat.see("OK ana", "FROM ana [all]: meio termo")
                seat.see_row("> rascunho|")

    def test_ctrl_c_works_while_it_waits_and_says_what_was_not_sent(self) -> None:
        server = self.serve()
        client, seat = self.enter("bia", port=server.port)
        server.stop()
        seat.match(r".*Nova tentativa.*")
        seat.type("um\rdois\r" + CTRL_C)
        self.check_left(client, seat, 130)
        self.assertEqual(seat.screen.lines[-2:], ["Não foi enviada: um", "Não foi enviada: dois"])

    def test_without_coming_back_it_ends(self) -> None:
        for number, status in ((signal.SIGTERM, 0), (signal.SIGKILL, 1)):
            with self.subTest(number):
                server = self.serve()
                client, seat = self.enter("caio", "--no-reconnect", port=server.port)
                server.process.send_signal(number)
                self.check_left(client, seat, status)

    def test_a_ghost_that_still_has_the_nick_is_waited_for(self) -> None:
        with FakeServer() as server:
            _, seat = self.sit("--nick", "davi", port=server.port, program=IMPATIENT)
            with server.accept("davi") as sock:
                sock.sendall(b"OK davi\n")
                seat.see("OK davi", HINT)
            with server.accept("davi") as sock:
                sock.sendall(b"ERR apelido_em_uso\n")
            with server.accept("davi") as sock:
                sock.sendall(b"OK davi\n")
                seat.until(lambda: seat.lines.count("OK davi") == 2, "OK again")
            self.assertNotIn(ASK, "\n".join(seat.lines))

    def test_what_may_not_have_arrived_is_told(self) -> None:
        with FakeServer() as server:
            _, seat = self.sit("--nick", "edu", port=server.port)
            with server.accept("edu") as sock, sock.makefile("rb") as lines:
                sock.sendall(b"OK edu\n")
                self.assertEqual(lines.readline(), b"WHO\n")
                seat.type("um\r@x dois\rtres\r")
                read: List[bytes] = [lines.readline() for _ in range(3)]
                self.assertEqual(read, [b"um\n", b"@x dois\n", b"tres\n"])
                sock.sendall(b"FROM edu [all]: um\n")
                seat.find("FROM edu [all]: um")
            unsure = ["Pode não ter chegado: @x dois", "Pode não ter chegado: tres"]
            seat.until(lambda: [line for line in seat.lines if "ter chegado" in line] == unsure, "\n".join(unsure))

    def test_what_a_server_that_stops_has_not_answered_is_told(self) -> None:
        with FakeServer() as server:
            _, seat = self.sit("--nick", "gina", port=server.port)
            with server.accept("gina") as sock, sock.makefile("rb") as lines:
                sock.sendall(b"OK gina\n")
                seat.find(HINT)
                seat.type("perdida?\r")
                self.assertEqual([lines.readline(), lines.readline()], [b"WHO\n", b"perdida?\n"])
                sock.sendall(b"BYE shutdown\n")
            seat.find("Pode não ter chegado: perdida?")

    def test_a_paste_that_asks_when_the_nick_is_refused_waits(self) -> None:
        with FakeServer() as server:
            _, seat = self.sit("--nick", "hugo", port=server.port, program=IMPATIENT)
            with server.accept("hugo") as sock:
                sock.sendall(b"OK hugo\n")
                seat.find(HINT)
                seat.paste("um\ndois\ntres")
                seat.see_row("Colar 3 linhas? s envia, n descarta: |")
            with server.accept("hugo") as sock:
                sock.sendall(b"ERR apelido_invalido\n")
            seat.until(lambda: "1 a 24 letras" in "".join(seat.lines), "what is legal")
            seat.type("s\r")
            seat.find("Espera até você escolher o apelido: 3 × …")
            seat.see_row(f"{ASK} |")

    def test_a_server_that_stops_before_it_lets_one_in_is_told(self) -> None:
        with FakeServer() as server:
            client, seat = self.sit("--nick", "ines", port=server.port)
            with server.accept("ines") as sock:
                sock.sendall(b"BYE shutdown\n")
            self.check_left(client, seat, 1)
            self.assertEqual(seat.screen.lines[-1], "minichat-client: O servidor foi encerrado.")

    def test_nobody_there_at_the_start_is_told_at_once(self) -> None:
        with FakeServer() as nobody:
            pass
        client, seat = self.sit("--nick", "fabio", port=nobody.port)
        self.check_left(client, seat, 1)
        self.assertIn("ninguém atende", "".join(seat.screen.lines))


@posix_only
class Simple(SeatTest):
    """On terminals and systems that cannot do more."""

    def check_chat(self, seat: Seat, nick: str) -> None:
        """Ask, chat, a command of ours, and goodbye."""
        seat.see_row(f"{ASK} |")
        seat.type(f"{nick}\n")
        seat.see(f"{ASK} {nick}", f"OK {nick}", HINT)
        seat.type("Olá\n")
        seat.see("Olá", f"FROM {nick} [all]: Olá")
        seat.type("/quem\n")
        seat.see("/quem", f"WHO 1 {nick} (aqui agora: 1)")
        self.assertNotIn(b"\x1b", seat.raw)

    def test_a_dumb_terminal_gets_plain_lines_and_no_sequence(self) -> None:
        client, seat = self.sit(TERM="dumb")
        self.check_chat(seat, "ana")
        seat.type(CTRL_D)
        self.assertEqual(client.wait(), 0)

    def test_a_command_is_no_answer_and_the_question_comes_again(self) -> None:
        _, seat = self.sit(TERM="dumb")
        seat.see_row(f"{ASK} |")
        seat.type("/foo\n")
        seat.find_times(ASK, 2)
        seat.type("ana\n")
        seat.find("OK ana")

    def test_without_termios_a_thread_reads_whole_lines(self) -> None:
        client, seat = self.sit(program=WITHOUT_TERMIOS)
        self.check_chat(seat, "bia")
        seat.type(CTRL_C)
        self.assertEqual(client.wait(), 130)

    def test_the_editor_works_with_a_thread_for_the_keyboard_too(self) -> None:
        client, seat = self.sit("--nick", "caio", program=WITH_THREAD)
        seat.see("OK caio", HINT)
        seat.type("Olx" + "\x7f" + "á\r")
        seat.see("FROM caio [all]: Olá")
        seat.type(CTRL_C)
        self.check_left(client, seat, 130)

    def test_output_into_a_pipe_has_only_the_lines_of_the_server(self) -> None:
        seat = Seat()
        self.addCleanup(seat.close)
        popen = {key: value for key, value in seat.popen.items() if key != "stdout"}
        client = Program(*self.program, "--port", str(self.server.port), variables=self.variables, **popen)
        self.addCleanup(client.__exit__)
        seat.sat_down()
        seat.see_row(f"{ASK} |")
        seat.type("davi\noi\nWHO\n")
        client.output.expect("OK davi", "FROM davi [all]: oi", "WHO 1 davi")
        seat.type(CTRL_D)
        self.assertEqual(client.finish()[:2], (0, "BYE\n"))


if __name__ == "__main__":
    unittest.main()
