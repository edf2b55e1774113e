"""Correct servers that speak otherwise, as students write them."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
import time
from typing import Iterator, Tuple

from tests.scripts.graded.correct import LONGEST_LINE, Client, Server
from tests.scripts.graded.table import DIALECTS, Dialect, dialect

HEADER_BYTES, SHORT_HEADER_BYTES = 64, 10
WORDED = "nick_in_use no_such_user"


@dialect("other_wording", wording=f"broadcast direct {WORDED}")
class OtherWording(Server):
    """Every line is worded otherwise, in English."""

    words = {
        "ok": "User {nick} joined the chat. Have fun!",
        "in_use": "ERR: nickname_in_use",
        "bad_nick": "ERR: invalid_nickname",
        "entered": "* {nick} has joined",
        "left": "* {nick} has left",
        "all": "<{nick}> {text}",
        "direct": "*{nick}* {text}",
        "sent": "message sent to {to}",
        "nobody": "ERR: there is no user {to}",
        "who": "USERS {nicks}",
        "bye": "Goodbye!",
    }


@dialect(
    "prompt",
    Dialect(first="Digite seu apelido: "),
    wording=f"direct {WORDED}",
)
class Prompt(Server):
    """The server asks for the nick, without a newline, and speaks Portuguese."""

    words = {
        **Server.words,
        "ok": "Você está conectado! Bem-vindo, {nick}!",
        "in_use": "Esse apelido já está em uso.",
        "bad_nick": "Apelido inválido.",
        "direct": "FROM {nick} (privado): {text}",
        "sent": "[para {to}] {text}",
        "nobody": "Usuário {to} não encontrado",
        "who": "OK {nicks}",
        "bye": "Até logo!",
    }

    def greet(self, client: Client) -> None:
        client.outbox.put(b"Digite seu apelido: ")


class _NickCommand(Server):
    """The nick comes as NICK x."""

    words = {**Server.words, "ok": "OK nick {nick}"}

    def nick_in(self, text: str) -> str:
        command, _, nick = text.partition(" ")
        return nick if command.upper() == "NICK" else ""


@dialect("nick_command", Dialect(nick="NICK {nick}\n"))
class NickCommand(_NickCommand):
    """The client says NICK x first."""


@dialect("nick_explained", Dialect(first="Bem-vindo! Use NICK <apelido> para entrar.\n", nick="NICK {nick}\n"))
class NickExplained(_NickCommand):
    """A line explains NICK x."""

    def greet(self, client: Client) -> None:
        client.tell("Bem-vindo! Use NICK <apelido> para entrar.")


@dialect("nick_asked", Dialect(first="NICK\n"))
class NickAsked(Server):
    """The server says NICK, and the client answers with the nick alone."""

    def greet(self, client: Client) -> None:
        client.tell("NICK")


class TakesMsg(Server):
    """Text comes as MSG text."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        command, _, rest = text.partition(" ")
        if command.upper() == "QUIT":
            return "quit", "", ""
        if command.upper() == "MSG":
            kind, to, rest = super().understand(rest)
            return ("all", "", rest) if kind == "quit" else (kind, to, rest)
        return ("unknown" if text else "nothing"), "", ""

    def do_unknown(self, client: Client, to: str, text: str) -> None:
        """Refuse what is no command."""
        client.tell("ERR comando_invalido")


@dialect("msg_command", Dialect(say="MSG {text}\n", direct="MSG @{nick} {text}\n", who="MSG WHO\n"))
class MsgCommand(TakesMsg):
    """The nick is bare, text comes as MSG text."""


@dialect(
    "nick_and_msg",
    Dialect(nick="NICK {nick}\n", say="MSG {text}\n", direct="MSG @{nick} {text}\n", who="MSG WHO\n"),
    wording=WORDED,
)
class NickAndMsg(_NickCommand, TakesMsg):
    """Both, with errors that are worded otherwise."""

    words = {**_NickCommand.words, "in_use": "ERR nick_in_use", "nobody": "ERR: user_not_found", "sent": "OK"}


@dialect(
    "slash",
    Dialect(nick="/ENTRAR 127.0.0.1 {port} {nick}\n", who="/USUARIOS\n", quit="/sair\n"),
    wording=f"direct {WORDED}",
)
class Slash(Server):
    """Commands begin with a slash."""

    words = {
        **Prompt.words,
        "ok": "SYS: Conectado. Bem-vindo, {nick}!",
        "direct": "FROM {nick} [DM]: {text}",
        "in_use": "SYSTEM: ERROR: apelido em uso",
    }

    def nick_in(self, text: str) -> str:
        command, *rest = text.split(" ", 3)
        return rest[-1] if command == "/ENTRAR" and len(rest) == 3 else ""

    def understand(self, text: str) -> Tuple[str, str, str]:
        for command, kind in (("/USUARIOS", "who"), ("/SAIR", "quit")):
            if text.upper() == command:
                return kind, "", ""
        kind, to, rest = super().understand(text)
        return (kind, to, rest) if kind in ("direct", "nothing") else ("all", "", text)


@dialect("bang", Dialect(who="!WHO\n", quit="!QUIT\n"))
class Bang(Server):
    """Commands begin with an exclamation mark."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        if text.upper() in ("!WHO", "!QUIT"):
            return super().understand(text[1:])
        return ("all", "", text) if text.upper() in ("WHO", "QUIT") else super().understand(text)


@dialect("capitals", Dialect(who="LIST\n"))
class Capitals(Server):
    """LIST instead of WHO; commands count in capitals only."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        if text == "LIST":
            return "who", "", ""
        if text.upper() in ("WHO", "QUIT") and text != "QUIT":
            return "all", "", text
        return super().understand(text)


@dialect("no_echo", Dialect(has_echo=False), may="broadcast")
class NoEcho(Server):
    """The sender does not read its own text."""

    echo = False


@dialect("forged_echo")
class ForgedEcho(Server):
    """Who comes and goes is told in a line that looks as if that person had said it."""

    words = {
        **Server.words,
        "entered": "FROM {nick} [all]: User {nick} entrou no chat",
        "left": "FROM {nick} [all]: User {nick} saiu do chat",
    }


class _HeaderClient(Client):
    """Each message has its length before it, in so many bytes of ASCII."""

    header_bytes = HEADER_BYTES

    def lines(self) -> Iterator[bytes]:
        buffer = b""
        for data in self.chunks():
            buffer += data
            while len(buffer) >= self.header_bytes:
                header = buffer[: self.header_bytes].strip()
                if not header.isdigit() or int(header) > 4096:
                    self.tell("ERR line_too_long")
                    return
                end = self.header_bytes + int(header)
                if len(buffer) < end:
                    break
                yield buffer[self.header_bytes : end]
                buffer = buffer[end:]

    def frame(self, text: str) -> bytes:
        data = text.encode()
        return str(len(data)).encode().ljust(self.header_bytes) + data


@dialect(
    "header",
    Dialect(
        nick="{nick}", say="{text}", direct="@{nick} {text}", who="WHO", quit="QUIT", has_header=True, ends_lines=False
    ),
    na="crlf byte_by_byte glued_lines nick_and_text_glued own_output_glued cut_in_character endless_line empty_line"
    " half_close empty_nick",
)
class Header(Server):
    """No lines, but lengths."""

    client = _HeaderClient


class _HeaderInClient(_HeaderClient):
    """What it sends has a length; what it gets has none, and no end either."""

    def frame(self, text: str) -> bytes:
        return text.encode()


@dialect(
    "header_in",
    DIALECTS["header"],
    na="crlf byte_by_byte glued_lines nick_and_text_glued cut_in_character endless_line empty_line half_close"
    " empty_nick",
    fails="own_output_glued",
    may="nick_with_space nick_forges",
)
class HeaderIn(Header):
    """Lengths come in, and none go out."""

    client = _HeaderInClient


@dialect(
    "header_bang",
    DIALECTS["header"]._replace(quit="!DISCONNECT"),
    na="crlf byte_by_byte glued_lines nick_and_text_glued own_output_glued cut_in_character endless_line empty_line"
    " half_close empty_nick",
)
class HeaderBang(Header):
    """The word for leaving is another one."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        if text == "!DISCONNECT":
            return "quit", "", ""
        return ("all", "", text) if text.upper() == "QUIT" else super().understand(text)


@dialect("coloured", wording="broadcast direct")
class Coloured(Server):
    """The nicks have a colour: the letter before them is that of the sequence which begins it."""

    words = {
        **Server.words,
        "ok": "\x1b[32mOK {nick}\x1b[0m",
        "entered": "*** \x1b[1m{nick}\x1b[0m entrou",
        "left": "*** \x1b[1m{nick}\x1b[0m saiu",
        "all": "\x1b[32m{nick}\x1b[0m: {text}",
        "direct": "\x1b[35m{nick}\x1b[0m (privado): {text}",
    }


class DawdlingClient(Client):
    """Who writes sleeps, so that two texts do not come as one."""

    def tell(self, text: str) -> None:
        super().tell(text)
        time.sleep(0.1)


@dialect("nicks_in_capitals", wording="broadcast direct")
class NicksInCapitals(Server):
    """Who speaks is shown in capitals."""

    def say(self, client: Client, word: str, **fields: str) -> None:
        if word in ("all", "direct"):
            fields["nick"] = fields["nick"].upper()
        super().say(client, word, **fields)


@dialect("any_nick_in_capitals", wording="broadcast direct", fails="nick_with_space nick_forges")
class AnyNickInCapitals(NicksInCapitals):
    """The same, and a nick may be all that a text may be."""

    def is_legal(self, nick: str) -> bool:
        return bool(nick.strip()) and not self.is_forbidden(nick)


@dialect("redraws", wording="broadcast direct")
class Redraws(Server):
    """Each line clears the row of a terminal first: the letter before a nick is that of the sequence."""

    words = {
        **Server.words,
        "entered": "\r\x1b[K{nick} entrou",
        "left": "\r\x1b[K{nick} saiu",
        "all": "\r\x1b[K{nick}> {text}",
        "direct": "\r\x1b[K{nick} (privado)> {text}",
    }


@dialect(
    "numbered",
    Dialect(nick="NICK {nick}\n", say="SAY {text}\n", direct="TELL {nick} {text}\n", who="NAMES\n", quit="BYE\n"),
    wording=f"broadcast direct {WORDED}",
)
class Numbered(Server):
    """What cannot be done is told by a number, and every word has another name."""

    words = {
        **Server.words,
        "ok": "200 you are {nick}",
        "in_use": "433 nickname in use",
        "bad_nick": "451 NICK first",
        "all": "SAID {nick}: {text}",
        "direct": "TOLD {nick}: {text}",
        "nobody": "401 no such user",
    }

    def nick_in(self, text: str) -> str:
        return text[5:] if text.startswith("NICK ") else ""

    def understand(self, text: str) -> Tuple[str, str, str]:
        command, _, rest = text.partition(" ")
        to, _, said = rest.partition(" ")
        known = {"SAY": ("all", "", rest), "TELL": ("direct", to, said)}
        known.update(NAMES=("who", "", ""), BYE=("quit", "", ""))
        return known.get(command) or ("unknown" if text else "nothing", "", "")

    def do_unknown(self, client: Client, to: str, text: str) -> None:
        """Refuse what is no command."""
        client.tell("421 unknown command")


@dialect("five_places", na="slow_reader reset_while_broadcasting", may="race")
class FivePlaces(Server):
    """Five people may be in; the next is told so."""

    def serve(self, client: Client) -> None:
        if len(self.room) < 5:
            return super().serve(client)
        client.tell("ERR sala cheia")
        client.finish()


class _WaitsTwoSeconds(Client):
    def tell(self, text: str) -> None:
        try:
            self.socket.sendall(self.frame(text))
        except OSError:  # after two seconds in which nothing was taken
            self.cut()


@dialect("waits_two_seconds")
class WaitsTwoSeconds(Server):
    """Who does not read is waited for, but not for long."""

    client = _WaitsTwoSeconds

    def next_socket(self) -> socket.socket:
        sock = super().next_socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 2, 0))
        return sock


@dialect("renames", wording="nick_in_use", fails="disconnected")
class Renames(Server):
    """The second ana gets in as ana_1."""

    mark = "_"

    def enter(self, client: Client, line: bytes) -> bool:
        nick = free = line.decode(errors="replace")
        if not self.is_legal(nick):
            self.say(client, "bad_nick")
            return False
        with self.lock:
            for number in range(1, 100):
                if not self.is_taken(free):
                    break
                free = f"{nick}{self.mark}{number}"
            self.admit(client, free)
        return True


@dialect("renames_with_a_number", wording="nick_in_use", fails="disconnected")
class RenamesWithANumber(Renames):
    """The second ana gets in as ana1."""

    mark = ""


@dialect("renames_with_a_sign", wording="nick_in_use", fails="disconnected")
class RenamesWithASign(Renames):
    """The second ana gets in as ana#1."""

    mark = "#"


@dialect("dawdles", na="slow_reader")
class Dawdles(Server):
    """What is told comes late: it must not be taken for the answer to what was asked meanwhile."""

    client = DawdlingClient


@dialect("few_places", Dialect(direct="/msg {nick} {text}\n", who="LIST\n", quit="/sair\n"))
class FewPlaces(Server):
    """Sixteen people are served, and the next one when one has left; its commands are tried late."""

    places = threading.Semaphore(16)

    def serve(self, client: Client) -> None:
        with self.places:
            super().serve(client)

    def understand(self, text: str) -> Tuple[str, str, str]:
        command, _, rest = text.partition(" ")
        if command == "/msg":
            to, _, said = rest.partition(" ")
            return "direct", to, said
        known = {"LIST": ("who", "", ""), "/sair": ("quit", "", "")}
        return known.get(text) or (("all" if text.strip() else "nothing"), "", text)


@dialect("named_forms", Dialect(direct="/pv {nick} {text}\n", who="/online\n", quit="/fim\n"), wording="no_such_user")
class NamedForms(Server):
    """What can be typed is told to who types something else."""

    words = {**Server.words, "nobody": "ninguem com esse nome"}

    def understand(self, text: str) -> Tuple[str, str, str]:
        command, _, rest = text.partition(" ")
        to, _, said = rest.partition(" ")
        known = {"/pv": ("direct", to, said), "/online": ("who", "", ""), "/fim": ("quit", "", "")}
        usual = ("unknown" if text.startswith("/") else "all" if text.strip() else "nothing"), "", text
        return known.get(command, usual)

    def do_unknown(self, client: Client, to: str, text: str) -> None:
        """Say what is known."""
        client.tell("comandos: /online, /pv apelido texto, /fim")


@dialect("two_lines", wording="broadcast", na="nick_with_space nick_forges")
class TwoLines(Server):
    """Who speaks stands in a line of its own."""

    words = {**Server.words, "all": "{nick} disse:\n    {text}"}


@dialect("header_nick", DIALECTS["header"]._replace(nick="NICK {nick}"), na=" ".join(DIALECTS["header"].na))
class HeaderNick(Header):
    """No lines, but lengths, and a word before the nick."""

    def nick_in(self, text: str) -> str:
        return text[5:] if text.startswith("NICK ") else ""


@dialect(
    "not_so_fast", na="own_output_glued reset_while_broadcasting", may="slow_reader nick_free_again endless_line race"
)
class NotSoFast(Server):
    """Who says more than five texts in a second is told so."""

    counts_refused = False

    def do_all(self, client: Client, to: str, text: str) -> None:
        now = time.monotonic()
        recent = [at for at in getattr(client, "said_at", ()) if now - at < 1]
        if len(recent) >= 5:
            client.tell("Devagar! Cinco textos por segundo")
            if self.counts_refused:
                client.said_at = [*recent, now]  # type: ignore[attr-defined]
            return
        client.said_at = [*recent, now]  # type: ignore[attr-defined]
        super().do_all(client, to, text)


@dialect(
    "not_so_fast_at_all",
    na="own_output_glued reset_while_broadcasting slow_reader",
    may="nick_free_again endless_line race",
)
class NotSoFastAtAll(NotSoFast):
    """The same, and what was refused counts, too: who goes on says nothing more."""

    counts_refused = True


class _ShortHeaderClient(_HeaderClient):
    header_bytes = SHORT_HEADER_BYTES


@dialect(
    "header_short", DIALECTS["header"]._replace(header_bytes=SHORT_HEADER_BYTES), na=" ".join(DIALECTS["header"].na)
)
class HeaderShort(Header):
    """The same, of ten bytes."""

    client = _ShortHeaderClient


class _NeedsCR(Client):
    def lines(self) -> Iterator[bytes]:
        buffer = b""
        for data in self.chunks():
            *whole, buffer = (buffer + data).split(b"\r\n")
            yield from whole
            if len(buffer) > LONGEST_LINE:
                break


@dialect("crlf_needed", Dialect("", "{nick}\r\n", "{text}\r\n", "@{nick} {text}\r\n", "WHO\r\n", "QUIT\r\n"))
class CRLFNeeded(Server):
    """A line ends in CR LF, and only in that."""

    client = _NeedsCR


@dialect(
    "guests",
    Dialect("Voce e visitante\n", "/nick {nick}\n", direct="/pv {nick} {text}\n", who="/online\n", quit="/fim\n"),
    wording="broadcast no_such_user",
    fails="disconnected connect_and_go",
    may="who_private race",
)
class Guests(NamedForms):
    """Who has no nick yet has one of the server's, and what is typed first is a text."""

    words = {**NamedForms.words, "all": "[{nick}]: {text}"}
    guests = itertools.count(1)

    def greet(self, client: Client) -> None:
        client.tell("Voce e visitante")

    def serve(self, client: Client) -> None:
        self.greet(client)
        with self.lock:
            self.admit(client, f"visitante{next(self.guests)}")
        for line in client.lines():
            if not self.answer(client, line):
                break
        self.leave(client)
        client.finish()

    def understand(self, text: str) -> Tuple[str, str, str]:
        return ("nick", "", text[6:]) if text.startswith("/nick ") else super().understand(text)

    def do_nick(self, client: Client, to: str, text: str) -> None:
        """Call a client otherwise."""
        if not self.is_legal(text):
            self.say(client, "bad_nick")
        elif self.is_taken(text):
            self.say(client, "in_use", nick=text)
        else:
            del self.room[client.nick]
            self.admit(client, text)


@dialect(
    "named_nick",
    Dialect("use /apelido NOME\n", "/apelido {nick}\n", direct="!pm {nick} {text}\n", who="!quem\n", quit="!sair\n"),
    wording=WORDED,
)
class NamedNick(Server):
    """How one joins is told at first, and what else can be typed if one asks for that."""

    words = {**Server.words, "bad_nick": "ERR use /apelido NOME", "in_use": "ja existe", "nobody": "ninguem"}

    def greet(self, client: Client) -> None:
        client.tell("use /apelido NOME")

    def nick_in(self, text: str) -> str:
        return text[9:] if text.startswith("/apelido ") else ""

    def understand(self, text: str) -> Tuple[str, str, str]:
        command, _, rest = text.partition(" ")
        to, _, said = rest.partition(" ")
        known = {"!pm": ("direct", to, said), "!quem": ("who", "", ""), "!sair": ("quit", "", "")}
        known["!ajuda"] = ("help", "", "")
        usual = ("unknown" if text.startswith(("!", "/")) else "all" if text.strip() else "nothing"), "", text
        return known.get(command, usual)

    def do_unknown(self, client: Client, to: str, text: str) -> None:
        """Say where help is."""
        client.tell("nao entendi: digite !ajuda")

    def do_help(self, client: Client, to: str, text: str) -> None:
        """Say what is known."""
        client.tell("!quem = lista, !pm apelido texto = privado, !sair = sair")


@dialect(
    "welcome_names",
    Dialect(nick="NICK {nick}\n", say="MSG {text}\n", direct="MSG @{nick} {text}\n", who="MSG WHO\n"),
)
class WelcomeNames(_NickCommand, TakesMsg):
    """The welcome names the commands, and so has words that stand in refusals, too."""

    words = {**Server.words, "ok": "OK {nick}, bem-vindo! Comandos: MSG texto. Para encerrar: QUIT"}


@dialect(
    "says_in_help",
    Dialect(say="/falar {text}\n", direct="/cochichar {nick} {text}\n", who="/online\n", quit="/tchau\n"),
)
class SaysInHelp(Server):
    """All commands, also the one for a text, are told only to those who ask for help."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        command, _, rest = text.partition(" ")
        to, _, said = rest.partition(" ")
        known = {"/falar": ("all", "", rest), "/cochichar": ("direct", to, said)}
        known.update({"/online": ("who", "", ""), "/tchau": ("quit", "", ""), "/ajuda": ("help", "", "")})
        return known.get(command) or ("unknown" if text else "nothing", "", "")

    def do_help(self, client: Client, to: str, text: str) -> None:
        """Tell what may be typed."""
        client.tell("/falar TEXTO, /cochichar APELIDO TEXTO, /online, /tchau")

    def do_unknown(self, client: Client, to: str, text: str) -> None:
        """Say how to get help."""
        client.tell("Não entendi. Digite /ajuda")


@dialect("history")
class History(Server):
    """Newcomers read what was said the last time that the server ran: what the cases say now, by bad luck."""

    def admit(self, client: Client, nick: str) -> None:
        super().admit(client, nick)
        for text in (f"oi{suffix}q{letter}zz" for suffix in ("", "bb", "cc", "dd") for letter in "wxzkvjy"):
            self.say(client, "all", nick="zeca", text=text)


@dialect(
    "guests_behind",
    DIALECTS["guests"],
    wording="broadcast no_such_user",
    fails="disconnected connect_and_go",
    may="who_private race",
)
class GuestsBehind(Guests):
    """The same, and who has said a text stands behind it."""

    words = {**Guests.words, "all": "{text} ({nick})"}


@dialect("lengthens", wording="nick_in_use", fails="disconnected")
class Lengthens(Server):
    """Who asks for a nick that is in use gets one that is longer, as in IRC."""

    def is_taken(self, nick: str) -> bool:
        return False

    def admit(self, client: Client, nick: str) -> None:
        while nick in self.room:
            nick += "_"
        super().admit(client, nick)


@dialect("looks_first", wording=WORDED)
class LooksFirst(Server):
    """Each nick is answered twice: that it is looked at, and what came of that."""

    words = {**Server.words, "ok": "Verificando {nick}...\nOK", "in_use": "Verificando {nick}...\nNome em uso"}
    words["nobody"] = "Ninguem"


@dialect("ticks", may="own_output_glued")
class Ticks(Server):
    """All read something twice a second, as a client with a window needs it."""

    words = {**Server.words, "tick": "PING"}

    def run(self) -> None:
        threading.Thread(target=self.tick, daemon=True).start()
        super().run()

    def tick(self) -> None:
        """Tell all that the server is there."""
        while True:
            time.sleep(0.5)
            with self.lock:
                self.everyone("tick", nick="")
