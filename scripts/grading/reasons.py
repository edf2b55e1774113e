"""Why a case was failed, or a server could not be graded, in Portuguese and English."""

from __future__ import annotations

from typing import Dict, Mapping

from grading.texts import Text, pick
from minichat.cli.messages import decimal
from minichat.cli.output import printable

MOST_SHOWN = 300  # characters of what a server said, in a sentence

REASONS: Dict[str, Text] = {
    # what did not arrive
    "not_heard": ("{who} não recebeu {text}", "{who} did not get {text}"),
    "direct_not_heard": ("{who} não recebeu a mensagem privada {text}", "{who} did not get the direct message {text}"),
    "ended": ("o servidor encerrou a conexão de {who}", "the server ended the connection of {who}"),
    "no_answer": ("{who} não recebeu resposta nenhuma", "{who} got no answer at all"),
    "cannot_join": (
        "{nick} não conseguiu entrar: o servidor encerrou a conexão",
        "{nick} could not join: the server ended the connection",
    ),
    "in_pieces": (
        "{who} não recebeu {text} inteiro: cada recv virou uma mensagem, ou se perdeu",
        "{who} did not get {text} whole: each recv became a message, or was lost",
    ),
    "many_of_one": (
        "{who} recebeu, em vez de uma mensagem, várias: cada recv virou uma",
        "{who} got, instead of one message, several: each recv became one",
    ),
    "changed": ("{who} não recebeu {text}, mas {line}", "{who} did not get {text}, but {line}"),
    "refused": ("o servidor recusou o texto: {line}", "the server refused the text: {line}"),
    "told_as_sent": (
        "a resposta é a mesma de quando a pessoa está: {line}",
        "the answer is the same as when the person is there: {line}",
    ),
    "not_whole": ("{who} não recebeu o texto inteiro", "{who} did not get the text whole"),
    "lost_of_glued": (
        "{text} se perdeu: o que chegou junto não foi atendido inteiro",
        "{text} was lost: what came together was not served whole",
    ),
    "lost_at_end": (
        "{text}, enviado logo antes do fim, não chegou a {who}",
        "{text}, sent right before the end, did not reach {who}",
    ),
    "answer_lost_at_end": (
        "{who} perguntou e terminou de enviar; a resposta não veio",
        "{who} asked and ended the output; the answer did not come",
    ),
    # what arrived and should not
    "not_for_all": (
        "{who} também leu {text}, que era para uma pessoa só",
        "{who} read {text} too, which was for one person only",
    ),
    "direct_is_text": (
        "nenhuma forma conhecida de mensagem privada funciona: {who} também leu {text}",
        "no known form of a direct message works: {who} read {text} too",
    ),
    "said_to_all": (
        "{who} leu {text}, que era para quem não está",
        "{who} read {text}, which was for a person who is not there",
    ),
    "who_for_all": ("{who} também leu a resposta: {line}", "{who} read the answer too: {line}"),
    "as_one": ("{who} recebeu como uma mensagem só: {texts}", "{who} got them as one message: {texts}"),
    "no_line_ends": (
        "nada separa as mensagens que {who} recebeu: {line}",
        "nothing parts the messages that {who} got: {line}",
    ),
    "cr_in_nick": ("o CR ficou no apelido: {line}", "the CR stayed in the nick: {line}"),
    "cr_in_text": ("o CR ficou no texto: {line}", "the CR stayed in the text: {line}"),
    "text_in_nick": (
        "apelido e texto viraram uma coisa só: {nick} {text}",
        "nick and text became one thing: {nick} {text}",
    ),
    "cr_in_command": (
        "com CR LF o servidor não entende {command}: {who} não tem resposta",
        "with CR LF the server does not understand {command}: {who} gets no answer",
    ),
    "nameless": ("não se vê que foi {nick} quem falou: {line}", "one cannot see that {nick} has spoken: {line}"),
    "nameless_told": (
        "os outros leram isto sobre quem nunca deu um apelido: {line}",
        "the others read this of a person who never gave a nick: {line}",
    ),
    "empty_told": ("{who} recebeu uma mensagem vazia: {line}", "{who} got an empty message: {line}"),
    "empty_nick_in": ("entrou com um apelido vazio: {line}", "got in with an empty nick: {line}"),
    "nick_with_space_in": (
        "{nick} entrou, e uma mensagem privada não chega a esse apelido",
        "{nick} got in, and no direct message reaches that nick",
    ),
    "forged": ("quem entrou como {nick} faz aparecer: {line}", "who got in as {nick} makes this appear: {line}"),
    "escape_passed": ("{who} recebeu o ESC: {line}", "{who} got the ESC: {line}"),
    # people and nicks
    "two_of_a_nick": ("duas pessoas entraram como {nick}", "two people are in as {nick}"),
    "refused_without_a_word": ("{who} foi recusada sem nenhuma palavra", "{who} was refused without a word"),
    "stays_open": ("o servidor não encerrou a conexão de {who}", "the server did not end the connection of {who}"),
    "no_who": (
        "nenhuma forma conhecida (WHO, /who, LIST, /users …) diz quem está",
        "no known form (WHO, /who, LIST, /users …) tells who is in",
    ),
    "not_in_who": ("{nick} falta na resposta: {line}", "{nick} is missing in the answer: {line}"),
    "no_quit": (
        "nem QUIT nem outra forma conhecida (/quit, /sair, EXIT …) encerra a conexão",
        "neither QUIT nor another known form (/quit, /sair, EXIT …) ends the connection",
    ),
    "not_told": ("{who} não leu que {nick} saiu", "{who} did not read that {nick} has left"),
    "only_not_told": (
        "{who} não leu que {nick} saiu; o resto está certo",
        "{who} did not read that {nick} has left; the rest is right",
    ),
    "nick_not_free": ("ninguém consegue entrar como {nick} de novo", "nobody can get in as {nick} again"),
    "ghost": (
        "{nick} já saiu, e ainda está na resposta: {line}",
        "{nick} has left, and still is in the answer: {line}",
    ),
    "race_won_by_many": ("pessoas que entraram como {nick}: {count}", "people who got in as {nick}: {count}"),
    "race_won_by_none": ("ninguém entrou como {nick}", "nobody got in as {nick}"),
    # who lives on
    "others_dead": (
        "depois disso {who} não recebe o que {speaker} diz ({text})",
        "after that {who} does not get what {speaker} says ({text})",
    ),
    "lost_with_resets": (
        "{who} não recebe o que {speaker} disse ({text}) enquanto outras conexões eram derrubadas",
        "{who} does not get what {speaker} said ({text}) while other connections were reset",
    ),
    "others_hang": (
        "depois que ana saiu, {who} não recebe o que {speaker} diz ({text})",
        "after ana has left, {who} does not get what {speaker} says ({text})",
    ),
    "others_wait": (
        "{who} não recebe o que se diz ({text}): o servidor espera por quem não diz nada",
        "{who} does not get what is said ({text}): the server waits for those who say nothing",
    ),
    "sender_dead": (
        "{who}, que enviou esses bytes, não consegue mais falar",
        "{who}, who sent those bytes, can no longer speak",
    ),
    "next_dead": (
        "quem chega depois não consegue conversar: {who} não recebe {text}",
        "who comes next cannot chat: {who} does not get {text}",
    ),
    "server_died": (
        "o servidor terminou ({how}); no fim ele escreveu: {line}",
        "the server ended ({how}); its last output: {line}",
    ),
    "stalled": (
        "{who} não recebe nada há {seconds} segundos, porque {slow} não lê ({megabytes} MB passaram antes)",
        "{who} has got nothing for {seconds} seconds, because {slow} does not read ({megabytes} MB came before)",
    ),
    "crawls": (
        "{who} só recebe {kilobytes} kB em {seconds} segundos, porque {slow} não lê ({megabytes} MB passaram antes)",
        "{who} gets only {kilobytes} kB in {seconds} seconds, for {slow} does not read ({megabytes} MB came before)",
    ),
    "stuck": (
        "{who} não recebe nada há {seconds} segundos, nem depois que {slow} lê ({megabytes} MB passaram antes)",
        "{who} has got nothing for {seconds} seconds, nor when {slow} reads ({megabytes} MB came before)",
    ),
    "busy_loop": (
        "sem nada a fazer, o servidor usa {percent} % de um processador",
        "with nothing to do the server uses {percent} % of a processor",
    ),
    "endless_kept": (
        "de {taken} MB sem LF o servidor guarda o que chega: a memória cresceu {grown} MB",
        "of {taken} MB without LF the server keeps what comes: its memory grew by {grown} MB",
    ),
    "too_much_memory": (
        "o servidor passou do limite de memória e foi encerrado",
        "the server went over the limit of memory and was ended",
    ),
    "goes_on": (
        "{seconds} segundos depois do Ctrl-C o servidor ainda roda",
        "{seconds} seconds after Ctrl-C the server still runs",
    ),
    "waits_for_clients": (
        "{seconds} segundos depois do Ctrl-C o servidor ainda roda: ele espera que cada cliente feche a conexão",
        "{seconds} seconds after Ctrl-C the server still runs: it waits until each client closes its connection",
    ),
    "no_restart": (
        "o servidor não escuta de novo na porta {port}: {line}",
        "the server does not listen on port {port} again: {line}",
    ),
    "other_port": (
        "o servidor escuta agora em {other} em vez de {port}",
        "the server now listens on {other} instead of {port}",
    ),
    "not_started_again": ("o servidor não começou de novo: {line}", "the server did not start again: {line}"),
    "took_too_long": ("não terminou a tempo", "it did not come to an end in time"),
    # works, in other words
    "other_wording": (
        "funciona, com outro texto: {line} em vez de {expected}",
        "works, in other words: {line} instead of {expected}",
    ),
    "other_form": (
        "funciona, mas se digita {form} em vez de {expected}",
        "works, but one types {form} instead of {expected}",
    ),
    "no_echo": ("funciona, mas quem fala não lê o próprio texto", "works, but who speaks does not read the own text"),
    # not applicable
    "no_text": (
        "o que se diz a todos não chega a ninguém (veja broadcast), por isso não se pode julgar: sem pontos",
        "what is said to all reaches nobody (see broadcast), so this cannot be judged: no points",
    ),
    "disturbed": ("outros casos se misturaram a este", "other cases got mixed up with this one"),
    "full": (
        "o servidor não tem mais lugares (pessoas que já estavam: {count}): {line}",
        "the server has no more places (people who were in: {count}): {line}",
    ),
    "no_direct": ("não há mensagens privadas", "there are no direct messages"),
    "no_direct_form": (
        "nenhuma forma conhecida de mensagem privada funciona: {line}",
        "no known form of a direct message works: {line}",
    ),
    "no_names": ("quem fala não está na linha do texto", "who speaks does not stand in the line of the text"),
    "too_fast": (
        "o servidor recusa quem fala tanto assim: {line}",
        "the server refuses who says so much: {line}",
    ),
    "has_ended": ("o servidor terminou: veja os outros casos", "the server has ended: see the other cases"),
    "header": (
        "este servidor não usa linhas: cada mensagem tem seu tamanho antes",
        "this server uses no lines: each message has its length before it",
    ),
    "never_filled": (
        "o servidor repassa muito pouco ({megabytes} MB) para encher o que o sistema guarda por quem não lê",
        "the server passes on too little ({megabytes} MB) to fill what the kernel keeps for who does not read",
    ),
    "no_proc": ("só no Linux o sistema diz isso", "only on Linux the system tells this"),
    "random_port": ("o servidor escolhe outra porta a cada vez", "the server chooses another port each time"),
    "no_time": ("não houve tempo", "there was no time"),
    "grader_fault": ("erro do avaliador: {error}", "a fault of the grader: {error}"),
    # could not be graded
    "is_folder": (
        "isto é uma pasta; para avaliar cada subpasta dela: --all PASTA",
        "this is a folder; to grade each of its sub-folders: --all FOLDER",
    ),
    "no_command": ("o comando não pode ser executado", "the command cannot be run"),
    "port_in_use": (
        "a porta do servidor está em uso por outro programa",
        "the port of the server is in use by another program",
    ),
    "does_not_listen": (
        "o servidor roda, mas não escuta em nenhuma porta TCP",
        "the server runs, but listens on no TCP port",
    ),
    "ended_at_once": ("o servidor terminou antes de escutar", "the server ended before it listened"),
    "unknown_dialect": (
        "o servidor escuta, mas em nenhuma forma conhecida alguém consegue entrar e falar"
        " (se ele escuta em mais de uma porta, informe a do bate-papo com --port)",
        "the server listens, but in no known form can anybody join and speak"
        " (if it listens on more than one port, name that of the chat with --port)",
    ),
    "no_server": (
        "não há server.py na pasta; escreva o comando, por exemplo python3 servidor.py, num arquivo 'command'",
        "there is no server.py in the folder; write the command, python3 chat.py for example, into a file 'command'",
    ),
    "bad_command": (
        "o arquivo 'command' não é um comando; escreva nele uma linha, como python3 servidor.py",
        "the file 'command' is no command; write one line into it, python3 chat.py for example",
    ),
}  # fmt: skip


def reason(key: str, fields: Mapping[str, object], language: str) -> str:
    """Return the sentence for ``key``; what a server said is shown so that no terminal obeys it."""
    text = pick(REASONS[key], language) if key in REASONS else key
    told = {name: shown(value) for name, value in fields.items()}
    numbers = {name: decimal(told[name], language) for name, value in fields.items() if isinstance(value, float)}
    return text.format_map({**told, **numbers})


def shown(value: object) -> str:
    """Return a value as it stands in a sentence: bytes as text in quotes, nothing that controls a terminal."""
    text = repr(value.decode("utf-8", "backslashreplace")) if isinstance(value, bytes) else str(value)
    text = text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN // 2]} [...] {text[-MOST_SHOWN // 2 :]}"
    return printable(text)
