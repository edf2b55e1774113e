"""Correct servers that speak otherwise, as students write them."""

from __future__ import annotations

import threading
import time
from typing import Iterator, Tuple

from tests.scripts.graded.correct import Client, Server
from tests.scripts.graded.table import DIALECTS, Dialect, dialect

HEADER_BYTES = 64
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


class _MsgCommand(Server):
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
class MsgCommand(_MsgCommand):
    """The nick is bare, text comes as MSG text."""


@dialect(
    "nick_and_msg",
    Dialect(nick="NICK {nick}\n", say="MSG {text}\n", direct="MSG @{nick} {text}\n", who="MSG WHO\n"),
    wording=WORDED,
)
class NickAndMsg(_NickCommand, _MsgCommand):
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
    """Each message has its length before it, in 64 bytes of ASCII."""

    def lines(self) -> Iterator[bytes]:
        buffer = b""
        for data in self.chunks():
            buffer += data
            while len(buffer) >= HEADER_BYTES:
                header = buffer[:HEADER_BYTES].strip()
                if not header.isdigit() or int(header) > 4096:
                    self.tell("ERR line_too_long")
                    return
                end = HEADER_BYTES + int(header)
                if len(buffer) < end:
                    break
                yield buffer[HEADER_BYTES:end]
                buffer = buffer[end:]

    def frame(self, text: str) -> bytes:
        data = text.encode()
        return str(len(data)).encode().ljust(HEADER_BYTES) + data


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


@dialect("renames", wording="nick_in_use", fails="disconnected")
class Renames(Server):
    """The second ana gets in as ana_1."""

    def enter(self, client: Client, line: bytes) -> bool:
        nick = free = line.decode(errors="replace")
        if not self.is_legal(nick):
            self.say(client, "bad_nick")
            return False
        with self.lock:
            for number in range(1, 100):
                if not self.is_taken(free):
                    break
                free = f"{nick}_{number}"
            self.admit(client, free)
        return True


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
