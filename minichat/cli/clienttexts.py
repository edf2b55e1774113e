"""What the client tells on its own: the way to the server, its end, and lines that were not sent.

It is a part of the table in ``messages``, in Portuguese and in English.
"""

from __future__ import annotations

from typing import Dict, Tuple

CLIENT_TEXTS: Dict[str, Tuple[str, str]] = {
    # -- the way to the server and its end
    "ask_nick": ("Escolha seu apelido: ", "Choose your nickname: "),
    "no_server": (
        "ninguém atende em {host}, porta {port} ({error}); inicie o servidor com {server} "
        "ou confira --host e --port",
        "no server answers at {host}, port {port} ({error}); start the server with {server} "
        "or check --host and --port",
    ),
    "unreachable": (
        "não foi possível chegar a {host}, porta {port} ({error}); confira --host e --port, a rede e o firewall",
        "cannot reach {host}, port {port} ({error}); check --host and --port, the network and the firewall",
    ),
    "unknown_host": (
        "não foi possível achar o endereço {host} ({error}); confira --host e a rede",
        "cannot find the address {host} ({error}); check --host and the network",
    ),
    "no_files": (
        "não é possível abrir mais um arquivo ({error}); aumente o limite (ulimit -n)",
        "cannot open one more file ({error}); raise the limit (ulimit -n)",
    ),
    "dialling": (
        "Conectando a {host}, porta {port}… (Ctrl-C desiste)",
        "Calling {host}, port {port}… (Ctrl-C gives up)",
    ),
    "apelido_em_uso": (
        "O apelido {nick} já está em uso; escolha outro.",
        "The nickname {nick} is in use; choose another one.",
    ),
    "apelido_invalido": (
        "O apelido {nick} não é válido: de 1 a 24 letras, algarismos, _ - ou ., sem espaços (primeiro uma letra ou "
        "algarismo, todas as letras de um só alfabeto, até 2 acentos em cada uma, nada invisível, e sem "
        "parecer outro apelido; who, quit, all, dm e system são reservados).",
        "The nickname {nick} is not allowed: 1 to 24 letters, digits, _ - or ., no spaces (first a letter or digit, "
        "all letters of one alphabet, at most 2 accents on each, nothing invisible, and it must not look like another "
        "nickname; who, quit, all, dm and system are reserved).",
    ),
    "refused": (
        "o servidor não deixou você entrar ({error}); tente mais tarde",
        "the server did not let you in ({error}); try again later",
    ),
    "no_nick": (
        "falta o apelido; use --nick ou escreva-o na primeira linha da entrada",
        "no nickname; use --nick or write it in the first line of the input",
    ),
    "server_stopped": ("O servidor foi encerrado.", "The server has been stopped."),
    "silent": (
        "{host}, porta {port}, aceita a conexão, mas não responde; tente mais tarde ou confira --host e --port",
        "{host}, port {port}, takes the connection but does not answer; try again later or check --host and --port",
    ),
    "hung_up": (
        "{host}, porta {port}, encerrou a conexão sem dizer nada: não parece ser um servidor do minichat; "
        "confira --host e --port",
        "{host}, port {port}, hung up without a word: it does not seem to be a minichat server; "
        "check --host and --port",
    ),
    "connection_lost": ("A conexão caiu.", "The connection was lost."),
    "lost": ("a conexão com o servidor caiu", "the connection to the server was lost"),
    "cut_short": (
        "o servidor encerrou antes de responder a tudo; linhas que podem não ter chegado a ninguém: {count}",
        "the server stopped before it had answered everything; lines that may not have reached anyone: {count}",
    ),
    "lost_unanswered": (
        "a conexão com o servidor caiu; linhas que podem não ter chegado a ninguém: {count}",
        "the connection to the server was lost; lines that may not have reached anyone: {count}",
    ),
    "after_quit": (
        "linhas depois de QUIT, que o servidor não leu: {count}",
        "lines after QUIT, which the server did not read: {count}",
    ),
    "not_minichat": (
        "{host}, porta {port}, não é um servidor do minichat: fala outro protocolo; confira --host e --port",
        "{host}, port {port}, is no minichat server: it speaks another protocol; check --host and --port",
    ),
    "cannot_print": (
        "não é possível escrever na saída ({error}); confira para onde ela vai",
        "cannot write the output ({error}); check where it goes",
    ),
    # -- the client of a person
    "welcome": ("(/ajuda mostra o que se pode fazer)", "(/help shows what can be done)"),
    "ask_paste": ("Colar {count:linha/linhas}? s envia, n descarta: ", "Paste {count:line/lines}? y sends, n drops: "),
    "yes_or_no": ("s/n? ", "y/n? "),
    "paste_stalled": ("Texto colado ainda chegando; Ctrl-C descarta. ", "A paste is still coming; Ctrl-C drops it. "),
    "searching": ("busca “{text}”: ", "search “{text}”: "),
    "found_nothing": ("nada com “{text}”: ", "nothing with “{text}”: "),
    "asks_later": (
        "Falta escolher o apelido; a pergunta vem quando a linha estiver vazia.",
        "A nickname is still missing; the question comes once the row is empty.",
    ),
    "paste_dropped": (
        "O texto colado foi descartado; linhas: {count}.",
        "The pasted text was dropped; lines: {count}.",
    ),
    "paste_too_long": (
        "O texto colado passa de 1 MiB e não foi enviado; um arquivo vai por um pipe: {client} < arquivo",
        "The pasted text is over 1 MiB and was not sent; a file goes through a pipe: {client} < file",
    ),
    "too_long": (
        "A linha \"{text}\" tem {size} bytes e cabem {most}; não foi enviada, divida-a.",
        "The line \"{text}\" has {size} bytes and {most} fit; it was not sent, divide it.",
    ),
    "not_connected": ("Sem conexão agora.", "Not connected now."),
    "waits_for_server": (
        "Espera o servidor responder: {text}",
        "Waits for the server to answer: {text}",
    ),
    "will_be_sent": (
        "Será enviada quando a conexão voltar: {text}",
        "Will be sent once the connection is back: {text}",
    ),
    "waits_for_nick": (
        "Espera até você escolher o apelido: {text}",
        "Waits until you have chosen a nickname: {text}",
    ),
    "will_be_sent_count": (
        "Linhas que serão enviadas quando houver conexão: {count}",
        "Lines that will be sent once there is a connection: {count}",
    ),
    "pasting": ("Colando {count:linha/linhas}; Ctrl-C interrompe.", "Pasting {count:line/lines}; Ctrl-C stops it."),
    "not_sent_count": ("Linhas que não foram enviadas: {count}", "Lines that were not sent: {count}"),
    "not_sent": ("Não foi enviada: {text}", "Not sent: {text}"),
    "not_sent_more": ("Outras linhas que não foram enviadas: {count}", "Other lines that were not sent: {count}"),
    "unsure": ("Pode não ter chegado: {text}", "May not have arrived: {text}"),
    "unsure_more": (
        "Outras linhas que podem não ter chegado: {count}",
        "Other lines that may not have arrived: {count}",
    ),
    "no_answer": ("(sem resposta há {seconds} s)", "(no answer for {seconds} s)"),
    "answers_again": (
        "(respondeu de novo, depois de {seconds} s)",
        "(it answers again, after {seconds} s)",
    ),
    "coming_back": (
        "Nova tentativa em {seconds} s, como {nick}; Ctrl-C desiste.",
        "Trying again in {seconds} s, as {nick}; Ctrl-C gives up.",
    ),
}
