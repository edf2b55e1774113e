"""What a person says, and to whom: a real client on a pseudo-terminal, and real members."""

from __future__ import annotations

import sys
import unittest
from typing import Tuple

from tests.peer import Peer
from tests.program import Program
from tests.programs.test_client_terminal import CTRL_D, HINT, SeatTest, posix_only

if sys.platform != "win32":
    from tests.seat import Seat

TAB, CTRL_U = "\t", "\x15"
ASKED = "Todos leriam isto; em privado seria @{} texto. s envia a todos, n não envia:"
NO_PRIVATE = "Ninguém mandou mensagem privada até agora; nada foi enviado."

# The client for which any pause is a silence.
AFTER_SILENCE = (
    "-c",
    "import sys; from minichat.client import __main__ as client, stamp\n"
    "assert stamp.SILENCE_SECONDS == 300.0\n"
    "stamp.SILENCE_SECONDS = 0.0\n"
    "sys.exit(client.main())",
)

# The client that shows its title as a line.
TITLE_AS_LINE = (
    "-c",
    "import sys; from minichat.client import __main__ as client\n"
    "from minichat.tty.edited import EditedConsole\n"
    "EditedConsole.title = lambda self, text: self.tell(f'<{text}>')\n"
    "sys.exit(client.main())",
)


class SpeechTest(SeatTest):
    """Ana at a terminal; bia and zoe, who write down all that comes."""

    def room(self, *options: str, nick: str = "ana", **how: str) -> Tuple[Program, Seat, Peer, Peer]:
        """Let all three come in; ana knows that she is in."""
        zoe, bia = self.join(f"zoe-{nick}"), self.join(f"bia-{nick}")
        zoe.expect(f"JOIN bia-{nick}")
        client, seat = self.enter(nick, *options, **how)
        for peer in zoe, bia:
            peer.expect(f"JOIN {nick}")
        seat.type("/quem\r")  # its answer comes after the one that the client itself has asked for
        seat.match(r"WHO \d+ .*")
        return client, seat, zoe, bia


@posix_only
class AnotherDialect(SpeechTest):
    def test_a_private_line_of_another_program_is_not_read_by_all(self) -> None:
        """Trap 73."""
        _, seat, zoe, bia = self.room(nick="ana")
        for line, nick in (
            ("MSG @zoe-ana segredo", "zoe-ana"), ("msg bia-ana segredo", "bia-ana"), (" @zoe-ana segredo", "zoe-ana"),
            ("DM @caio segredo", "caio"), ("PRIVMSG caio :segredo", "caio"), (" /tell bia-ana segredo", "bia-ana"),
            (" /responder segredo", "apelido"), ("bia-ana> segredo", "bia-ana"), ("＠zoe-ana segredo", "zoe-ana"),
        ):  # fmt: skip
            seat.type(CTRL_U + line + "\r")
            seat.find(ASKED.format(nick))
            seat.type("n\r")
            seat.see_row(f"> {line}|")
            seat.type("\x0c")
        seat.type(CTRL_U + "fim\r")
        for peer in zoe, bia:
            peer.expect("FROM ana [all]: fim")

    def test_yes_sends_it_to_everyone_as_it_was_typed(self) -> None:
        """Trap 73."""
        _, seat, zoe, _ = self.room(nick="bruno")
        seat.type(" @zoe-bruno exemplo\r")
        seat.find(ASKED.format("zoe-bruno"))
        seat.type("s\r")
        zoe.expect("FROM bruno [all]:  @zoe-bruno exemplo")
        seat.see_row("> |")

    def test_a_yes_that_was_typed_ahead_is_no_answer(self) -> None:
        """Trap 68: it was typed for everyone, before the question could be read."""
        _, seat, zoe, _ = self.room(nick="hugo")
        seat.type(" @zoe-hugo segredo\rsim\r")
        seat.see_row("s/n? sim|")
        seat.type("\x03")
        seat.see_row(">  @zoe-hugo segredo|")
        seat.type(CTRL_U + " @zoe-hugo exemplo\rsim\r")
        seat.see_row("s/n? sim|")
        seat.type("\r")
        zoe.expect("FROM hugo [all]:  @zoe-hugo exemplo")

    def test_a_terminal_that_only_prints_asks_too(self) -> None:
        """Trap 73."""
        zoe = self.join("zoe-dumb")
        _, seat = self.sit("--nick", "dora", TERM="dumb")
        zoe.expect("JOIN dora")
        seat.until(lambda: HINT in "\n".join(seat.screen.lines), HINT)
        for answer in "ns":
            seat.type("msg @zoe-dumb um\n")
            seat.find_times(ASKED.format("zoe-dumb"), 1 if answer == "n" else 2)
            seat.type(f"{answer}\n")
            if answer == "n":
                seat.find("Não foi enviada: msg @zoe-dumb um")
        zoe.expect("FROM dora [all]: msg @zoe-dumb um")

    def test_a_paste_with_such_a_line_is_asked_about_once_more(self) -> None:
        """Trap 73."""
        _, seat, zoe, _ = self.room(nick="edu")
        for answer in "ns":
            seat.paste("um\nmsg zoe-edu dois\n  @bia-edu tres")
            seat.match(r"> Colar 3 linhas\?.*|Colar 3 linhas\?.*")
            seat.type("s\r")
            seat.match(r'Todos leriam "msg zoe-edu dois"; em privado seria @zoe-edu texto\..*')
            seat.type(f"{answer}\r")
            if answer == "n":
                seat.find("Linhas que não foram enviadas: 3")
                seat.see_row("> msg zoe-edu dois|")
                seat.type(CTRL_U + "\x0c")
        zoe.expect(*(f"FROM edu [all]: {text}" for text in ("um", "msg zoe-edu dois", "  @bia-edu tres")))

    def test_honest_sentences_go_out_at_once(self) -> None:
        _, seat, zoe, _ = self.room(nick="fabio")
        said = ["msg me later", "oi @zoe-fabio", "zoe-fabio: oi", "tell me more", "@", "privado é melhor"]
        for line in said:
            seat.type(line + "\r")
        zoe.expect(*(f"FROM fabio [all]: {line}" for line in said if line != "@"))


@posix_only
class Private(SpeechTest):
    def test_msg_is_a_command_and_only_that_person_reads_it(self) -> None:
        """Trap 73."""
        _, seat, zoe, bia = self.room(nick="gil")
        for line in ("/msg BIA-gil um", "/privado @bia-gil dois", "/MSG  bia-gil: tres"):
            seat.type(line + "\r")
        bia.expect("FROM gil [dm]: um", "FROM gil [dm]: dois", "FROM gil [dm]: tres")
        seat.see("@BIA-gil um", "@bia-gil dois", "@bia-gil tres")
        seat.type("/msg bia-gil\r/msg\rfim\r")
        seat.find_times("Assim: /msg apelido texto; ou @apelido texto.", 2)
        for peer in zoe, bia:
            peer.expect("FROM gil [all]: fim")

    def test_a_reply_goes_to_the_one_who_wrote_privately(self) -> None:
        _, seat, zoe, bia = self.room(nick="hugo")
        seat.type("/responder cedo\r")
        seat.find(NO_PRIVATE)
        bia.send("@hugo um\n")
        seat.find("FROM bia-hugo [dm]: um")
        zoe.send("dois\n")
        seat.find("FROM zoe-hugo [all]: dois")
        seat.type("/responder  sim \r/reply\r")
        bia.expect("FROM zoe-hugo [all]: dois", "FROM hugo [dm]:  sim ")
        seat.find("@bia-hugo  sim")
        seat.match(r"Assim: /responder texto; .*")
        bia.send("QUIT\n")
        seat.match("LEAVE bia-hugo quit .*")
        seat.type("/reply ainda aí?\r")
        seat.see("@bia-hugo ainda aí?", "ERR user_not_found (não há ninguém com esse apelido)")
        zoe.expect("FROM zoe-hugo [all]: dois", "LEAVE bia-hugo quit")

    def test_a_reply_waits_when_another_person_has_just_written(self) -> None:
        _, seat, zoe, bia = self.room(nick="iris")
        bia.send("@iris um\n")
        seat.find("FROM bia-iris [dm]: um")
        seat.type("/responder segredo da bia")
        zoe.send("@iris dois\n")
        seat.find("FROM zoe-iris [dm]: dois")
        seat.type("\r")
        seat.match("zoe-iris acaba de escrever também; nada foi enviado.*")
        seat.see_row("> /responder segredo da bia|")
        seat.type(CTRL_U + "@bia-iris segredo da bia\r")
        bia.expect("FROM iris [dm]: segredo da bia")


@posix_only
class Commands(SpeechTest):
    def test_the_help_is_ten_lines_at_most(self) -> None:
        for language, command in (("pt", "/ajuda"), ("en", "/help")):
            _, seat = self.sit("--nick", f"joana-{language}", "--lang", language)
            seat.match(r"\(.*\)")
            seat.type("\x0c" + command + "\r")
            seat.match(r".*Ctrl-Z.*")
            self.assertLessEqual(len(seat.lines), 10)
            self.assertFalse(any(row.goes_on for row in seat.screen.rows))

    def test_what_is_not_there_is_explained_and_never_sent(self) -> None:
        _, seat, zoe, _ = self.room(nick="kika")
        seat.type("/nick lia\r/me dorme\r/qem\r/w zoe-kika x\r/quem zoe\rfim\r")
        for told in (
            "O apelido se escolhe ao entrar: /sair, e entre de novo com outro.",
            "Não há /me: no protocolo do minichat uma mensagem é só texto.",
            "/qem não existe e não foi enviado; quis dizer /quem? (// envia uma barra)",
            "/w não existe e não foi enviado; quis dizer /msg? (// envia uma barra)",
            "Depois de /quem não vai nada; não foi enviado. (// envia uma barra)",
        ):
            seat.find(told)
        zoe.expect("FROM kika [all]: fim")

    def test_tab_completes_a_command_and_a_nick_at_the_start(self) -> None:
        _, seat, _, bia = self.room(nick="lia")
        seat.type("/qu" + TAB)
        seat.see_row("> /quem |")
        seat.type(TAB)
        seat.see_row("> /quit |")
        seat.type(CTRL_U + "BI" + TAB)
        seat.see_row("> @bia-lia |")
        seat.type("oi bi" + TAB + "\r")  # not at the start
        bia.expect("FROM lia [dm]: oi bi")


@posix_only
class Looks(SpeechTest):
    def test_the_time_stands_before_a_line_after_a_silence(self) -> None:
        _, seat = self.enter("mario", program=AFTER_SILENCE)
        seat.type("oi\r")
        seat.match(r"\d\d:\d\d FROM mario \[all\]: oi")
        self.assertEqual(seat.lines[0], "OK mario")

    def test_with_time_it_stands_before_all_that_is_said(self) -> None:
        _, seat = self.enter("livia", "--time")
        zoe = self.join("zoe-livia")
        seat.type("oi\r@zoe-livia oi\r")
        zoe.expect("FROM livia [all]: oi", "FROM livia [dm]: oi")
        for said in ("OK livia", "JOIN zoe-livia .*", r"FROM livia \[all\]: oi", "@zoe-livia oi"):
            seat.match(rf"\d\d:\d\d {said}")

    def test_a_pipe_gets_bare_lines_after_a_silence(self) -> None:
        self.program = AFTER_SILENCE
        ended = self.run_with("um\ndois\n", "--nick", "nina")
        self.assertEqual(ended, (0, "OK nina\nFROM nina [all]: um\nFROM nina [all]: dois\n", ""))
        colored = self.run_with("um\ndois\n", "--nick", "nina", "--color", "always")
        self.assertNotRegex(colored[1], r"\d\d:\d\d")

    def test_the_title_counts_private_lines_until_a_key_is_pressed(self) -> None:
        client, seat = self.enter("olga", "--title", program=TITLE_AS_LINE)
        zoe = self.join("zoe-olga")
        seat.find("<minichat olga@127.0.0.1>")
        zoe.send("oi\n@olga um\n")
        seat.find("<(1) minichat olga@127.0.0.1>")
        zoe.send("@olga dois\n")
        seat.find("<(2) minichat olga@127.0.0.1>")
        seat.type("x")
        seat.find_times("<minichat olga@127.0.0.1>", 2)
        seat.type(CTRL_U)
        seat.type(CTRL_D)
        seat.find("<>")
        self.check_left(client, seat, 0)

    def test_without_the_option_and_on_a_bare_console_there_is_no_title(self) -> None:
        for number, (options, term) in enumerate((((), "xterm"), (("--title",), "linux"))):
            client, seat = self.enter(f"pedro{number}", *options, program=TITLE_AS_LINE, TERM=term)
            seat.type(CTRL_D)
            seat.match("BYE .*")
            self.check_left(client, seat, 0)
            self.assertNotIn("minichat pedro", "\n".join(seat.lines))


if __name__ == "__main__":
    unittest.main()
