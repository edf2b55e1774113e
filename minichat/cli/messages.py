"""What the programs tell people, in Portuguese and in English.

One table has each sentence in both languages, with the same fields.  The lines
of the wire are not here; they are the same in every language.
"""

from __future__ import annotations

from typing import Callable, Dict, Tuple

from minichat.cli.persontexts import PERSON_TEXTS
from minichat.cli.programs import CLIENT, SERVER, typed
from minichat.cli.reasons import REASONS_PT

LANGUAGES = ("pt", "en")
DEFAULT_LANGUAGE = "pt"  # for every locale: the assignment prints Portuguese

_TEXTS: Dict[str, Tuple[str, str]] = {
    **PERSON_TEXTS,
    # -- the server's status lines
    "listening": ("Servidor escutando em {address}...", "Server listening on {address}..."),
    "reachable": (
        "Na rede local: {client} --host {host} --port {port}",
        "On the local network: {client} --host {host} --port {port}",
    ),
    "reachable_unknown": (
        "Na rede local: {client} --host <endereço desta máquina> --port {port}",
        "On the local network: {client} --host <this machine's address> --port {port}",
    ),
    "web_here": ("No navegador desta máquina: {url}", "In a browser on this machine: {url}"),
    "web_reachable": ("No navegador: {url}", "In a browser: {url}"),
    "web_reachable_unknown": (
        "No navegador: http://<endereço desta máquina>:{port}/",
        "In a browser: http://<this machine's address>:{port}/",
    ),
    "web_isolated": (
        "Se um celular não abre a página, o Wi-Fi pode estar isolando os aparelhos: tente outra rede",
        "If a phone cannot open the page, the Wi-Fi may keep its devices apart: try another network",
    ),
    "loop_here": ("O laço ao vivo, só nesta máquina: {url}", "The loop live, on this machine only: {url}"),
    "loop_nowhere": (
        "O laço ao vivo só abre nesta máquina: para isso, use --host 0.0.0.0 ou 127.0.0.1",
        "The loop live opens on this machine only: for that, use --host 0.0.0.0 or 127.0.0.1",
    ),
    "clients_limited": (
        "No máximo {clients} conexões: o limite de arquivos abertos é {files} (ulimit -n)",
        "At most {clients} connections: the limit of open files is {files} (ulimit -n)",
    ),
    "joined": ("{nick} entrou ({count} online)", "{nick} joined ({count} online)"),
    "left": ("{nick} saiu ({count} online)", "{nick} left ({count} online)"),
    "stopping": ("Encerrando...", "Stopping..."),
    "stopped": ("Servidor encerrado", "Server stopped"),
    "dropped": (
        "({count} linhas não couberam na saída e foram descartadas)",
        "({count} lines did not fit into the output and were dropped)",
    ),
    "left_out": (
        "({count} linhas de quem entrou ou saiu foram omitidas)",
        "({count} lines about who joined or left were left out)",
    ),
    # -- faults at the server's start
    "port_taken": (
        "a porta {port} de {host} já está em uso; pare o outro servidor ou escolha outra com {option}",
        "port {port} of {host} is in use; stop the other server or choose another one with {option}",
    ),
    "port_passing": (
        "a porta {port} de {host} está em uso, mas nenhum servidor atende nela: deve ser a ponta local de uma "
        "conexão de saída; tente de novo daqui a pouco ou escolha outra com {option}",
        "port {port} of {host} is in use, but no server answers there: it may be the local end of an outgoing "
        "connection; try again soon, or choose another port with {option}",
    ),
    "port_forbidden": (
        "sem permissão para a porta {port}; escolha uma acima de 1023 com {option}",
        "no permission for port {port}; choose one above 1023 with {option}",
    ),
    "cannot_listen": (
        "não é possível escutar em {host}, porta {port} ({error}); confira --host e {option}",
        "cannot listen on {host}, port {port} ({error}); check --host and {option}",
    ),
    "no_selector": (
        "este sistema não tem o seletor {selector}; escolha outro com --selector, ou auto",
        "this system has no selector {selector}; choose another one with --selector, or auto",
    ),
    "too_few_files": (
        "{taken} de {most} arquivos abertos já estão em uso e são precisos mais {fewest}; "
        "aumente o limite (ulimit -n) ou escolha outro --selector",
        "{taken} of {most} open files are in use and {fewest} more are needed; "
        "raise the limit (ulimit -n) or choose another --selector",
    ),
    "no_more_files": (
        "o sistema não deixa abrir o que o servidor precisa ({error}); aumente o limite de arquivos (ulimit -n)",
        "the system does not let the server open what it needs ({error}); raise the limit of open files (ulimit -n)",
    ),
    "cannot_trace": (
        "não é possível escrever em {file} ({error}); confira --trace",
        "cannot write to {file} ({error}); check --trace",
    ),
    "trace_not_read": ("quem lê o registro não acompanha", "its reader does not keep up"),
    "trace_failed": (
        "o registro do laço está incompleto ({error}): faltam {count} eventos",
        "the trace is not complete ({error}): {count} events are missing",
    ),
    # -- the client
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
        "Ligando a {host}, porta {port}… (Ctrl-C desiste)",
        "Calling {host}, port {port}… (Ctrl-C gives up)",
    ),
    "apelido_em_uso": (
        "O apelido {nick} já está em uso; escolha outro.",
        "The nickname {nick} is in use; choose another one.",
    ),
    "apelido_invalido": (
        "O apelido {nick} não vale: de 1 a 24 letras, algarismos, _ - ou . (primeiro uma letra ou algarismo, "
        "todas as letras de um só alfabeto, até 2 acentos em cada uma, nada invisível, e sem parecer outro apelido; "
        "who, quit, all, dm e system são reservados).",
        "The nickname {nick} is not allowed: 1 to 24 letters, digits, _ - or . (first a letter or digit, all "
        "letters of one alphabet, at most 2 accents on each, nothing invisible, and it must not look like another "
        "nickname; who, quit, all, dm and system are reserved).",
    ),
    "refused": (
        "o servidor não deixou entrar ({error}); tente mais tarde",
        "the server did not let you in ({error}); try again later",
    ),
    "no_nick": (
        "falta o apelido; use --nick ou escreva-o na primeira linha da entrada",
        "no nickname; use --nick or write it in the first line of the input",
    ),
    "server_stopped": ("O servidor foi encerrado.", "The server has been stopped."),
    "silent": (
        "{host}, porta {port}, atende mas não responde; tente mais tarde ou confira --host e --port",
        "{host}, port {port}, answers but says nothing; try again later or check --host and --port",
    ),
    "hung_up": (
        "{host}, porta {port}, desligou sem dizer nada: não parece ser um servidor do minichat; "
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
    "ask_paste": ("Colar {count} linhas? s envia, n descarta: ", "Paste {count} lines? y sends, n drops: "),
    "yes_or_no": ("s/n? ", "y/n? "),
    "paste_stalled": ("Texto colado ainda vindo; Ctrl-C o descarta. ", "A paste is still coming; Ctrl-C drops it. "),
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
    "pasting": ("Colando {count} linhas; Ctrl-C interrompe.", "Pasting {count} lines; Ctrl-C stops it."),
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
    # -- options
    "usage": ("uso: ", "usage: "),
    "options": ("opções", "options"),
    "environment": (
        "Cada opção com valor também vem do ambiente, como {example}; a da linha de comando tem precedência.",
        "Each option with a value also comes from the environment, as {example}; the command line wins.",
    ),
    "server_about": (
        "O servidor de um bate-papo por TCP, de uma só thread.",
        "The server of a chat over TCP, in a single thread.",
    ),
    "client_about": (
        "O cliente de um bate-papo por TCP; em um terminal ou entre pipes.",
        "The client of a chat over TCP; on a terminal or between pipes.",
    ),
    "wrong_option": ("opção errada: {error}; veja {program} --help", "wrong option: {error}; see {program} --help"),
    "unknown_option": ("não existe {option}", "there is no {option}"),
    "needs_value": ("{option} precisa de um valor", "{option} needs a value"),
    "no_value": ("{option} não aceita um valor", "{option} takes no value"),
    "loop_needs_web": ("--loop precisa também de --web PORTA", "--loop also needs --web PORT"),
    "bad_host": (
        "{option} deve ser só um endereço, e não {value}; escreva --host {host} --port {port}",
        "{option} must be an address alone, not {value}; write --host {host} --port {port}",
    ),
    "bad_number": (
        "{option} deve ser um número inteiro de {low} a {high}, e não {value}",
        "{option} must be a whole number from {low} to {high}, not {value}",
    ),
    "bad_number_from": (
        "{option} deve ser um número inteiro a partir de {low}, e não {value}",
        "{option} must be a whole number of at least {low}, not {value}",
    ),
    "bad_seconds": (
        "{option} deve ser um tempo em segundos, até {high}, e não {value}",
        "{option} must be a time in seconds, up to {high}, not {value}",
    ),
    "bad_choice": (
        "{option} deve ser um destes: {choices}; e não {value}",
        "{option} must be one of {choices}; not {value}",
    ),
    "help_help": ("mostra esta ajuda e sai", "show this help and exit"),
    "help_version": ("mostra a versão e sai", "show the version and exit"),
    "help_host": ("endereço ({default})", "address ({default})"),
    "help_port": (
        "porta TCP ({default}); no servidor, 0 é qualquer uma livre",
        "TCP port ({default}); 0 on a server is any free one",
    ),
    "help_lang": ("língua das mensagens: pt ou en ({default})", "language of the messages: pt or en ({default})"),
    "help_nick": ("apelido; sem ele, o cliente pergunta", "nickname; without it, the client asks"),
    "help_color": (
        "cores: auto, always ou never; auto segue o terminal, NO_COLOR e FORCE_COLOR ({default})",
        "colours: auto, always or never; auto follows the terminal, NO_COLOR and FORCE_COLOR ({default})",
    ),
    "help_bell": (
        "campainha: off, dm (mensagens diretas) ou all (de todos) ({default})",
        "bell: off, dm (direct messages) or all (of everyone) ({default})",
    ),
    "help_time": ("mostra a hora antes de cada linha", "show the time before each line"),
    "help_title": (
        "mostra no título da janela quantas mensagens privadas não foram vistas",
        "show in the title of the window how many private messages were not seen",
    ),
    "help_quiet": ("não mostra quem entra e quem sai", "do not show who comes and goes"),
    "help_no_reconnect": ("não volta sozinho quando a conexão cai", "do not come back when the connection is lost"),
    "help_max_clients": (
        "conexões ao mesmo tempo; 0 é quantas o limite de arquivos abertos permite ({default})",
        "connections at once; 0 is as many as the limit of open files allows ({default})",
    ),
    "help_max_per_ip": (
        "conexões de um mesmo endereço, exceto desta máquina; 0 é sem limite ({default})",
        "connections from one address, except this machine; 0 is no limit ({default})",
    ),
    "help_rate": (
        "linhas por segundo de cada cliente; o que passa disso espera; 0 é sem limite ({default})",
        "lines a second from each client; what is beyond waits; 0 is no limit ({default})",
    ),
    "help_web": (
        "porta para navegadores; 0 é qualquer uma livre; sem a opção, só a porta TCP",
        "port for browsers; 0 is any free one; without the option, only the TCP port",
    ),
    "help_web_name": (
        "nome pelo qual navegadores podem chamar este servidor, além do da máquina; vários, com vírgulas",
        "name by which browsers may call this server, besides that of the machine; several, with commas",
    ),
    "help_log_level": (
        "o que vai para o registro na saída de erros: debug, info, warning ou error ({default})",
        "what goes to the log on standard error: debug, info, warning or error ({default})",
    ),
    "help_trace": (
        "registra o que o laço faz neste arquivo, ou o mostra: live",
        "record what the loop does in this file, or show it: live",
    ),
    "help_trace_bytes": (
        "quanto de cada texto entra no registro, em bytes ({default})",
        "how much of each text goes into the trace, in bytes ({default})",
    ),
    "help_slow": ("mostra o laço e para tantos segundos a cada volta", "show the loop and stop so many seconds a turn"),
    "help_step": ("mostra o laço e espera por uma tecla a cada volta", "show the loop and wait for a key each turn"),
    "help_loop": (
        "com --web: mostra o laço ao vivo em /loop, só a navegadores desta máquina",
        "with --web: show the loop live at /loop, only to browsers on this machine",
    ),
    "help_sndbuf": (
        "buffer de envio do núcleo, em bytes; 0 é o do sistema ({default})",
        "the kernel's send buffer, in bytes; 0 is the system's own ({default})",
    ),
    "help_recv_size": ("quanto uma leitura pede, em bytes ({default})", "what one read asks for, in bytes ({default})"),
    "help_selector": (
        "seletor: auto, select, poll, epoll, devpoll ou kqueue ({default})",
        "selector: auto, select, poll, epoll, devpoll or kqueue ({default})",
    ),
    "help_show_limits": ("mostra todos os limites e suas razões e sai", "show every limit with its reason and exit"),
}

class Messages:
    """The texts of one language.

    >>> Messages("en")("left", nick="ana", count=1)
    'ana left (1 online)'
    """

    def __init__(self, language: str, typed: Callable[[str], str] = typed) -> None:
        """``language`` is one of LANGUAGES; any other raises ValueError.

        ``typed`` says what a person types to start a program.
        """
        self._column = LANGUAGES.index(language)
        self._programs = {"server": typed(SERVER), "client": typed(CLIENT)}

    def __call__(self, key: str, **fields: object) -> str:
        """Return the text of ``key`` with its fields filled in; raise KeyError for an unknown key.

        The fields ``server`` and ``client`` need not be given: they are what starts the programs.
        """
        return _TEXTS[key][self._column].format(**{**self._programs, **fields})

    def has(self, key: str) -> bool:
        """True if there is a text of that key."""
        return key in _TEXTS

    def reason(self, limit: str, english: str) -> str:
        """Return the reason for the value of a limit; ``english`` is the reason in the table of limits."""
        return REASONS_PT[limit] if self._column == LANGUAGES.index("pt") else english
