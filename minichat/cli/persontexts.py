"""What the client tells a person: help, commands, why a line was not sent, what the server means.

It is a part of the table in ``messages``, in Portuguese and in English.
"""

from __future__ import annotations

from typing import Dict, Tuple

HALF = 40  # columns: half of a terminal, or all of a narrow one, which folds the line there


def _halves(left: str, right: str) -> str:
    return f"{left:<{HALF}}{right}"


PERSON_TEXTS: Dict[str, Tuple[str, str]] = {
    # -- /ajuda, /help: no line is wider than a terminal
    "help_say": (
        _halves("ENTER: todos leem a linha.", "//texto: começa com uma barra."),
        _halves("ENTER: everyone reads the row.", "//text: begins with a slash."),
    ),
    "help_dm": (
        _halves("@apelido texto: só essa pessoa lê.", "/msg apelido texto: o mesmo."),
        _halves("@nick text: only that person reads it.", "/msg nick text: the same."),
    ),
    "help_reply": (
        _halves("/responder texto: ao último privado.", "TAB completa apelidos e comandos."),
        _halves("/reply text: to the last private one.", "TAB completes nicks and commands."),
    ),
    "help_commands": (
        _halves("/quem: quem está   /limpar: a tela", "/sair   /ajuda: isto"),
        _halves("/who: who is here   /clear: the screen", "/quit   /help: this"),
    ),
    "help_history": (
        _halves("Seta acima, Ctrl-P: o que já foi dito.", "Ctrl-R: busca no que já foi dito."),
        _halves("Arrow up, Ctrl-P: what was said.", "Ctrl-R: search in what was said."),
    ),
    "help_move": (
        _halves("Setas, Home, End, Ctrl-A E B F: mover.", "Alt-B, Alt-F: mover por palavras."),
        _halves("Arrows, Home, End, Ctrl-A E B F: move.", "Alt-B, Alt-F: move by words."),
    ),
    "help_erase": (
        _halves("Ctrl-H D W U K, Alt-D: apagar.", "Ctrl-Y: repor; Ctrl-_: desfazer."),
        _halves("Ctrl-H D W U K, Alt-D: erase.", "Ctrl-Y: bring back; Ctrl-_: undo."),
    ),
    "help_screen": (
        _halves("Ctrl-T: trocar dois caracteres.", "Ctrl-L: limpar a tela."),
        _halves("Ctrl-T: swap two characters.", "Ctrl-L: clear the screen."),
    ),
    "help_leave": (
        _halves("Ctrl-C: apagar a linha; vazia, sair.", "Ctrl-D: sair; Ctrl-Z: suspender."),
        _halves("Ctrl-C: erase the row; if empty, leave.", "Ctrl-D: leave; Ctrl-Z: suspend."),
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
    # -- what the lines of the server mean, for a person
    "date": ("{day}/{month}/{year}", "{year}-{month}-{day}"),
    "means_join": ("entrou", "came in"),
    "means_leave_quit": ("saiu", "left"),
    "means_leave_gone": ("a conexão acabou", "the connection ended"),
    "means_leave_too_slow": ("não lia o que recebia", "did not read what came"),
    "means_leave_timeout": ("não respondia mais", "did not answer any more"),
    "means_leave_error": ("por uma falha do servidor", "by a fault of the server"),
    "means_who": ("aqui agora: {total}", "here now: {total}"),
    "means_bye": ("até logo", "see you"),
    "means_bye_shutdown": ("o servidor está encerrando", "the server is stopping"),
    "means_apelido_em_uso": ("esse apelido já está em uso", "that nickname is in use"),
    "means_apelido_invalido": ("esse apelido não vale", "that nickname is not allowed"),
    "means_user_not_found": ("não há ninguém com esse apelido", "no member has that nickname"),
    "means_empty_message": ("falta o texto depois do apelido", "there is no text after the nickname"),
    "means_line_too_long": ("a linha era longa demais e não foi enviada", "the line was too long and was not sent"),
    "means_line_unfinished": ("falta o fim da linha (LF)", "the line has no end yet (LF)"),
    "means_invalid_utf8": ("a linha não era UTF-8 e não foi enviada", "the line was not UTF-8 and was not sent"),
    "means_invalid_text": (
        "a linha tinha caracteres de controle e não foi enviada",
        "the line had control characters and was not sent",
    ),
    "means_server_full": ("o servidor está cheio", "the server is full"),
    "means_too_many_connections": ("há conexões demais deste endereço", "too many connections from this address"),
    "means_timeout": ("o apelido demorou demais", "the nickname took too long"),
    "means_too_slow": ("este cliente não lia o que recebia", "this client did not read what came"),
}
