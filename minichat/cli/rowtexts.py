"""What the client tells a person about the row: the help, the commands, and why a line was not sent.

It is a part of the table in ``messages``, in Portuguese and in English.
"""

from __future__ import annotations

from typing import Dict, Tuple

ROW_TEXTS: Dict[str, Tuple[str, str]] = {
    # -- /ajuda, /help: no row is wider than a terminal
    "help_say": (
        "ENTER envia a linha, e todos leem; //texto envia uma que começa com barra.",
        "ENTER sends the row, and everyone reads it; //text sends one with a slash.",
    ),
    "help_dm": (
        "@apelido texto, ou /msg apelido texto: só essa pessoa lê.",
        "@nick text, or /msg nick text: only that person reads it.",
    ),
    "help_reply": (
        "/responder texto: só quem mandou a última mensagem privada lê.",
        "/reply text: only the sender of the last private message reads it.",
    ),
    "help_commands": (
        "/quem: quem está   /limpar: a tela   /sair   /ajuda: isto",
        "/who: who is here   /clear: the screen   /quit   /help: this",
    ),
    "help_tab": (
        "TAB completa apelidos e comandos; seta acima: o que já foi dito; Ctrl-R: busca.",
        "TAB completes nicks and commands; arrow up: what was said; Ctrl-R: search.",
    ),
    "help_keys": (
        "Setas, Home, End, Ctrl-A E B F P N: mover; Alt-B F: por palavras.",
        "Arrows, Home, End, Ctrl-A E B F P N: move; Alt-B F: by words.",
    ),
    "help_erase": (
        "Ctrl-H D W U K, Alt-D: apagar; Ctrl-Y: repor; Ctrl-_: desfazer; Ctrl-T: trocar.",
        "Ctrl-H D W U K, Alt-D: erase; Ctrl-Y: bring back; Ctrl-_: undo; Ctrl-T: swap.",
    ),
    "help_leave": (
        "Ctrl-L limpa a tela; Ctrl-C, a linha, ou sai; Ctrl-D sai; Ctrl-Z suspende.",
        "Ctrl-L: empty screen; Ctrl-C: empty row, or leave; Ctrl-D: leave; Ctrl-Z: stop.",
    ),
    "commands": (  # of this language, in the order in which TAB offers them
        "/ajuda /quem /msg /responder /privado /limpar /sair",
        "/help /who /msg /reply /clear /quit",
    ),
    # -- why nothing was done
    "unknown_command": (
        "{command} não existe e não foi enviado (/ajuda; // envia uma barra)",
        "{command} does not exist and was not sent (/help; // sends a slash)",
    ),
    "unknown_command_near": (
        "{command} não existe e não foi enviado; quis dizer {near}? (// envia uma barra)",
        "{command} does not exist and was not sent; did you mean {near}? (// sends a slash)",
    ),
    "command_alone": (
        "Depois de {command} não vai nada; não foi enviado. (// envia uma barra)",
        "Nothing may follow {command}; it was not sent. (// sends a slash)",
    ),
    "how_to_tell": ("Assim: /msg apelido texto; ou @apelido texto.", "Like this: /msg nick text; or @nick text."),
    "how_to_reply": (
        "Assim: /responder texto; vai a quem mandou a última mensagem privada.",
        "Like this: /reply text; it goes to the sender of the last private message.",
    ),
    "nothing_to_reply_to": (
        "Ninguém mandou mensagem privada até agora; nada foi enviado.",
        "No private message has come yet; nothing was sent.",
    ),
    "another_wrote": (
        "{nick} acaba de escrever também; nada foi enviado. Confira e tecle ENTER de novo, ou use @apelido.",
        "{nick} has just written, too; nothing was sent. Look, then press ENTER again, or use @nick.",
    ),
    "why_no_nick": (
        "O apelido se escolhe ao entrar: /sair, e entre de novo com outro.",
        "The nick is chosen when you come in: /quit, then come in with another one.",
    ),
    "why_no_me": (
        "Não há /me: no protocolo do minichat uma mensagem é só texto.",
        "There is no /me: in the minichat protocol a message is only text.",
    ),
    # -- before a line that seems to be private is sent to everyone
    "ask_meant": (
        "Todos leriam isto; em privado seria @{nick} texto. s envia a todos, n não envia: ",
        "Everyone would read this; in private it is @{nick} text. y sends it to everyone, n does not: ",
    ),
    "ask_meant_paste": (
        "Todos leriam \"{text}\"; em privado seria @{nick} texto. s envia tudo a todos, n não envia: ",
        "Everyone would read \"{text}\"; in private it is @{nick} text. y sends it all to everyone, n does not: ",
    ),
    "a_nick": ("apelido", "nick"),  # in place of a nick that is not known
    "paste_not_sent": ("Linhas que não foram enviadas: {count}", "Lines that were not sent: {count}"),
    "line_not_sent": ("Não foi enviada: {text}", "Not sent: {text}"),
}
