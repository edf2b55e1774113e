"""What each case is called and what is right, in Portuguese and English."""

from __future__ import annotations

from typing import Dict, Tuple

from minichat.cli.messages import LANGUAGES

Text = Tuple[str, str]  # Portuguese and English

# What is done, and what is right.
CASES: Dict[str, Tuple[Text, Text]] = {
    "broadcast": (
        ("ana fala com todos", "ana speaks to everyone"),
        ("todos leem FROM ana [all]: texto", "everyone reads FROM ana [all]: text"),
    ),
    "direct": (
        ("ana fala só com bruno", "ana speaks to bruno only"),
        ("bruno lê FROM ana [dm]: texto, e mais ninguém lê", "bruno reads FROM ana [dm]: text, and nobody else does"),
    ),
    "no_such_user": (
        ("ana fala com quem não está", "ana speaks to a person who is not there"),
        ("só ana lê ERR user_not_found", "only ana reads ERR user_not_found"),
    ),
    "nick_in_use": (
        ("uma segunda pessoa pede o apelido ana", "a second person asks for the nick ana"),
        ("ela lê ERR apelido_em_uso", "that person reads ERR apelido_em_uso"),
    ),
    "disconnected": (
        ("uma segunda ana pede o apelido", "a second ana asks for the nick"),
        ("o servidor encerra a conexão dela", "the server ends that connection"),
    ),
    "first_unharmed": (
        ("a primeira ana continua", "the first ana goes on"),
        ("ela fala e lê como antes", "she speaks and reads as before"),
    ),
    "who": (
        ("ana pergunta quem está", "ana asks who is in"),
        ("a resposta tem os apelidos de todos", "the answer has the nicks of all"),
    ),
    "who_private": (
        ("ana pergunta quem está", "ana asks who is in"),
        ("ninguém mais lê a resposta", "nobody else reads the answer"),
    ),
    "quit": (
        ("ana envia QUIT", "ana sends QUIT"),
        ("o servidor encerra a conexão, e os outros continuam", "the server ends the connection, and the others go on"),
    ),
    "leave_told": (
        ("ana sai", "ana leaves"),
        ("os outros leem que ela saiu", "the others read that she has left"),
    ),
    "nick_free_again": (
        ("ana sai e volta", "ana leaves and comes back"),
        ("o apelido dela está livre", "her nick is free"),
    ),
    "byte_by_byte": (
        ("uma linha chega byte a byte", "a line comes byte by byte"),
        ("é uma mensagem só", "it is one message"),
    ),
    "glued_lines": (
        ("três linhas chegam num só send", "three lines come in one send"),
        ("são três mensagens", "they are three messages"),
    ),
    "nick_and_text_glued": (
        ("o apelido e um texto chegam num só send", "the nick and a text come in one send"),
        ("um é o apelido, o outro é uma mensagem", "one is the nick, the other is a message"),
    ),
    "own_output_glued": (
        ("três pessoas falam ao mesmo tempo", "three people speak at the same time"),
        (
            "quem lê consegue separar as mensagens: cada uma termina em LF",
            "a reader can part the messages: each ends in LF",
        ),
    ),
    "crlf": (
        ("ana usa telnet ou Windows: as linhas terminam em CR LF", "ana uses telnet or Windows: lines end in CR LF"),
        ("o CR não faz parte do apelido nem do texto", "the CR is no part of nick or text"),
    ),
    "cut_in_character": (
        ("um ç chega em dois pedaços", "a ç comes in two pieces"),
        ("o texto chega inteiro", "the text arrives whole"),
    ),
    "long_multibyte": (
        ("uma linha com 700 letras é (1400 bytes)", "a line of 700 letters é (1400 bytes)"),
        ("o texto chega inteiro", "the text arrives whole"),
    ),
    "long_line": (
        ("uma linha de 3000 bytes", "a line of 3000 bytes"),
        ("é uma mensagem só, inteira", "it is one message, whole"),
    ),
    "invalid_utf8": (
        ("ana envia bytes que não são UTF-8", "ana sends bytes that are no UTF-8"),
        ("ela e os outros continuam, e quem chega depois entra", "she and the others go on, and the next one can join"),
    ),
    "reset": (
        ("a conexão de ana cai (RST)", "the connection of ana is reset (RST)"),
        (
            "os outros sabem disso e continuam; ana some do WHO; o apelido fica livre",
            "the others are told and go on; ana is gone from WHO; the nick is free",
        ),
    ),
    "silent_end": (
        ("ana fecha a conexão sem QUIT", "ana closes the connection without QUIT"),
        (
            "os outros sabem disso e continuam; ana some do WHO; o apelido fica livre",
            "the others are told and go on; ana is gone from WHO; the nick is free",
        ),
    ),
    "no_busy_loop": (
        ("três pessoas saem, e depois nada acontece", "three people leave, and then nothing happens"),
        ("o servidor não usa o processador", "the server does not use the processor"),
    ),
    "reset_while_broadcasting": (
        ("quatro conexões caem enquanto ana fala", "four connections are reset while ana speaks"),
        ("bruno lê tudo, e o servidor continua", "bruno reads everything, and the server goes on"),
    ),
    "half_close": (
        (
            "ana envia e termina a entrada, como printf ... | nc -N",
            "ana sends and ends her output, as printf ... | nc -N",
        ),
        (
            "tudo que ela enviou é atendido e respondido; depois o servidor encerra",
            "all she sent is served and answered; then the server ends too",
        ),
    ),
    "race": (
        ("doze pessoas pedem o mesmo apelido ao mesmo tempo", "twelve people ask for the same nick at the same time"),
        ("exatamente uma entra", "exactly one gets in"),
    ),
    "silent_newcomer": (
        ("três conexões não dizem nada", "three connections say nothing"),
        ("os outros entram e conversam", "others join and talk"),
    ),
    "connect_and_go": (
        ("alguém conecta e desconecta logo", "a person connects and goes at once"),
        ("ninguém percebe, e o servidor continua", "nobody notices, and the server goes on"),
    ),
    "empty_line": (
        ("ana envia uma linha vazia", "ana sends an empty line"),
        ("ninguém lê nada, e ana continua", "nobody reads anything, and ana goes on"),
    ),
    "empty_nick": (
        ("alguém envia um apelido vazio", "a person sends an empty nick"),
        ("não entra com esse apelido", "that person does not get in under it"),
    ),
    "nick_with_space": (
        ("alguém pede o apelido 'ana maria'", "a person asks for the nick 'ana maria'"),
        ("é recusado, ou dá para falar só com ela", "it is refused, or one can speak to her alone"),
    ),
    "nick_forges": (
        ("alguém pede o apelido 'ana [all]: texto'", "a person asks for the nick 'ana [all]: text'"),
        ("ninguém lê uma linha que parece ser de ana", "nobody reads a line that looks as if ana had said it"),
    ),
    "control_sequences": (
        ("ana envia ESC [2J, que limpa um terminal", "ana sends ESC [2J, which clears a terminal"),
        ("o ESC não chega aos outros", "the ESC does not reach the others"),
    ),
    "direct_without_text": (
        ("ana escreve @bruno sem texto, e @ sozinho", "ana types @bruno without a text, and a lone @"),
        ("ninguém cai, e ela continua a falar", "nobody is lost, and she goes on speaking"),
    ),
    "slow_reader": (
        ("caio não lê, e cinco pessoas falam muito", "caio does not read, and five people speak a lot"),
        ("os outros continuam a ler", "the others go on reading"),
    ),
    "endless_line": (
        ("ana envia uma linha que nunca termina", "ana sends a line that never ends"),
        ("o servidor não guarda tudo, e os outros continuam", "the server does not keep it all, and the others go on"),
    ),
    "interrupt": (
        ("Ctrl-C no servidor, com duas pessoas conectadas", "Ctrl-C at the server, with two people connected"),
        ("o servidor termina", "the server ends"),
    ),
    "restart": (
        ("o servidor termina e começa de novo na mesma porta", "the server ends and is started again on the same port"),
        ("ele escuta logo (SO_REUSEADDR)", "it listens at once (SO_REUSEADDR)"),
    ),
}

FAMILIES: Dict[str, Text] = {
    "assignment": ("enunciado", "assignment"),
    "chat": ("conversa", "chat"),
    "framing": ("linhas", "framing"),
    "bytes": ("bytes", "bytes"),
    "ends": ("fins", "ends"),
    "door": ("porta de entrada", "door"),
    "load": ("carga", "load"),
    "process": ("processo", "process"),
}

VERDICTS: Dict[str, Text] = {
    "pass": ("passou", "pass"),
    "fail": ("FALHOU", "FAIL"),
    "wording": ("outro texto", "other wording"),
    "na": ("não se aplica", "not applicable"),
}


def pick(text: Text, language: str) -> str:
    """Return the text in one of the two languages."""
    return text[LANGUAGES.index(language)]
