"""The forms that students write for each purpose, the usual ones first; the probe tries them in this order."""

from __future__ import annotations

from grading.dialect import Dialect, Form

NICKS = (
    Dialect(),
    Dialect(nick=Form("NICK {nick}")),
    Dialect(has_header=True),
    Dialect(end=b""),
    Dialect(end=b"", nick=Form("NICK {nick}")),
    Dialect(nick=Form("/ENTRAR 127.0.0.1 {port} {nick}")),
    Dialect(end=b"", nick=Form("/ENTRAR 127.0.0.1 {port} {nick}")),
    Dialect(nick=Form("/nick {nick}")),
    Dialect(nick=Form("JOIN {nick}")),
    Dialect(nick=Form("/join {nick}")),
    Dialect(nick=Form("/entrar {nick}")),
    Dialect(nick=Form("LOGIN {nick}")),
    Dialect(nick=Form("USER {nick}")),
)
SAYS = tuple(map(Form, ("{text}", "MSG {text}", "MSG all {text}", "/msg {text}", "/all {text}", "ALL {text}")))
DIRECTS = tuple(
    Form(f"{word}{{nick}} {{text}}")
    for word in ("@", "MSG @", "MSG ", "/msg ", "/dm ", "DM ", "/w ", "/pm ", "/priv ", "/privado ", "PRIV ", "!DM ")
)
WHOS = tuple(
    Form(word)
    for word in (
        "WHO", "MSG WHO", "!WHO", "/who", "LIST", "/list", "/LIST", "/USUARIOS", "/usuarios", "USERS", "/users",
        "!users", "!list",
    )
)  # fmt: skip
QUITS = tuple(
    Form(word)
    for word in (
        "QUIT", "MSG QUIT", "!QUIT", "/quit", "/sair", "SAIR", "EXIT", "/exit", "sair", "/QUIT", "!DISCONNECT",
        "!disconnect", "!quit", "/bye",
    )
)  # fmt: skip
