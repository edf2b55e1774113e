"""The forms that students write for each purpose, the usual ones first; the probe tries them in this order.

Those of MORE are tried only on a server that has named them: in its greeting, its help, or its answer to
what it does not know.  So there can be many, and a server that has none of them is not asked for each.
"""

from __future__ import annotations

from typing import List, Sequence

from grading.dialect import SHORT_HEADER_BYTES, Dialect, Form
from grading.stage import has_word

NICKS = (
    Dialect(),
    Dialect(nick=Form("NICK {nick}")),
    Dialect(has_header=True),
    Dialect(end=b""),
    Dialect(end=b"", nick=Form("NICK {nick}")),
    Dialect(nick=Form("/ENTRAR 127.0.0.1 {port} {nick}")),
    Dialect(end=b"", nick=Form("/ENTRAR 127.0.0.1 {port} {nick}")),
    Dialect(has_header=True, header_bytes=SHORT_HEADER_BYTES),
    Dialect(nick=Form("/nick {nick}")),
    Dialect(nick=Form("JOIN {nick}")),
    Dialect(nick=Form("/join {nick}")),
    Dialect(nick=Form("/entrar {nick}")),
    Dialect(nick=Form("LOGIN {nick}")),
    Dialect(nick=Form("USER {nick}")),
)
RARE_NICKS = (  # tried where none of these takes the nick
    Dialect(has_header=True, nick=Form("NICK {nick}")),
    Dialect(end=b"\r\n"),
    Dialect(end=b"\r\n", nick=Form("NICK {nick}")),
)
SAYS = tuple(
    Form(f"{word}{{text}}") for word in ("", "MSG ", "MSG all ", "/msg ", "/all ", "ALL ", "SAY ", "SEND ")
)  # fmt: skip
DIRECTS = tuple(
    Form(f"{word}{{nick}} {{text}}")
    for word in (
        "@", "MSG @", "MSG ", "/msg ", "/dm ", "DM ", "/w ", "/pm ", "PM ", "/priv ", "/privado ", "PRIV ", "!DM ",
        "PRIVATE ", "PRIVADO ", "/PRIVADO ", "/tell ", "TELL ", "/private ", "/whisper ",
    )
)  # fmt: skip
WHOS = tuple(
    Form(word)
    for word in (
        "WHO", "MSG WHO", "!WHO", "/who", "LIST", "/list", "/LIST", "/USUARIOS", "/usuarios", "USERS", "/users",
        "!users", "!list", "!LIST", "NAMES", "/names", "/quem",
    )
)  # fmt: skip
QUITS = tuple(
    Form(word)
    for word in (
        "QUIT", "MSG QUIT", "!QUIT", "/quit", "/sair", "SAIR", "EXIT", "/exit", "sair", "/QUIT", "!DISCONNECT",
        "!disconnect", "!quit", "/bye", "BYE", "/salir", "SALIR", "quit", "exit",
    )
)  # fmt: skip
MORE_NICKS = tuple(
    Form(f"{word} {{nick}}")
    for word in (
        "/apelido", "/nome", "/name", "/login", "/user", "/username", "/usuario", "/register", "/registrar", "/connect",
        "/nickname", "@nick", "@nickname", "!nick", "!apelido", "!nome", "!entrar", "!join", "ENTRAR", "APELIDO",
        "NOME", "NAME", "USERNAME", "REGISTER", "CONNECT", "HELLO", "entrar", "apelido", "nome", "name", "nick",
        "login", "join",
    )
)  # fmt: skip
MORE_SAYS = tuple(
    Form(f"{word} {{text}}")
    for word in (
        "/todos", "/say", "/send", "/sendall", "@all", "@todos", "/enviar", "/falar", "/dizer", "/broadcast", "!msg",
        "!todos", "TODOS", "DIZER", "FALAR", "ENVIAR", "BROADCAST", "dizer", "falar", "enviar", "say", "send", "msg",
    )
)  # fmt: skip
MORE_DIRECTS = tuple(
    Form(f"{word} {{nick}} {{text}}")
    for word in (
        "@dm", "@pm", "/pv", "/pvt", "/p", "/mp", "/to", "/direct", "/particular", "/sussurrar", "/sussurro",
        "/cochichar", "/susurrar", "/privmsg", "/send", "/para", "/segredo", "/reservado", "/direto", "/m", "/d", "/t",
        "!msg", "!pm", "!pv", "!priv", "!privado", "PV", "PRIVMSG", "SEGREDO", "TO", "SENDTO", "SUSSURRO", "WHISPER",
        "cochichar", "sussurrar", "pv",
    )
)  # fmt: skip
MORE_WHOS = tuple(
    Form(word)
    for word in (
        "/lista", "/listar", "/online", "/conectados", "/usu\u00e1rios", "/participantes", "/membros", "/show", "@list",
        "@users", "/nomes", "/pessoas", "/clientes", "/clients", "/members", "/people", "/current", "/todos", "!lista",
        "!listar", "!online", "!quem", "!usuarios", "LISTA", "LISTAR", "ONLINE", "QUEM", "USUARIOS", "who", "list",
        "users", "lista", "listar", "online", "quem", "usuarios",
    )
)  # fmt: skip
MORE_QUITS = tuple(
    Form(word)
    for word in (
        "@quit", "/fim", "/quitar", "/logout", "/leave", "/tchau", "/desconectar", "/disconnect", "/close", "/encerrar",
        "/end", "/q", "/x", "!exit", "!sair", "!bye", "!leave", "!fim", "LOGOUT", "FIM", "TCHAU", "LEAVE", "DISCONNECT",
        "logout", "fim", "tchau", "bye", "leave", "disconnect", "fechar", "/fechar",
    )
)  # fmt: skip
MOST_SAID_BYTES = 1 << 16
HELPS = (Form("/help"), Form("/ajuda"), Form("HELP"))
MORE_HELPS = (Form("!ajuda"), Form("!help"), Form("ajuda"), Form("/comandos"), Form("/?"))


def named(forms: Sequence[Form], said: bytes) -> List[Form]:
    """Return those of ``forms`` whose word stands in what a server has said, as far as a person would read it."""
    return [form for form in forms if has_word(said[:MOST_SAID_BYTES], form.pattern.partition(" ")[0])]
