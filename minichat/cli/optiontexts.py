"""What the options mean, and what is wrong with one.

It is a part of the table in ``messages``, in Portuguese and in English.
"""

from __future__ import annotations

from typing import Dict, Tuple

OPTION_TEXTS: Dict[str, Tuple[str, str]] = {
    "usage": ("uso: ", "usage: "),
    "options": ("opções", "options"),
    "environment": (
        "Cada opção com valor também vem de uma variável de ambiente, como {example}; "
        "a linha de comando tem precedência.",
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
    "wrong_option": ("opção inválida: {error}; veja {program} --help", "wrong option: {error}; see {program} --help"),
    "bare_words": (
        "\"{value}\" está sem o nome da opção; escreva --host {host} --port {port}",
        "\"{value}\" has no name of an option; write --host {host} --port {port}",
    ),
    "loop_needs_web": ("--loop precisa também de --web PORTA", "--loop also needs --web PORT"),
    "unknown_option": ("não existe {option}", "there is no {option}"),
    "needs_value": ("{option} precisa de um valor", "{option} needs a value"),
    "no_value": ("{option} não aceita um valor", "{option} takes no value"),
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
    "help_lang": ("idioma das mensagens: pt ou en ({default})", "language of the messages: pt or en ({default})"),
    "help_nick": ("apelido; sem ele, o cliente pergunta", "nickname; without it, the client asks"),
    "help_color": (
        "cores: auto, always ou never; auto segue o terminal, NO_COLOR e FORCE_COLOR ({default})",
        "colours: auto, always or never; auto follows the terminal, NO_COLOR and FORCE_COLOR ({default})",
    ),
    "help_bell": (
        "campainha: off, dm (mensagens privadas) ou all (de todos) ({default})",
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
        "o que vai para o log, na saída de erros: debug, info, warning ou error ({default})",
        "what goes to the log on standard error: debug, info, warning or error ({default})",
    ),
    "help_trace": (
        "grava neste arquivo o rastro do que o laço faz; com live, mostra na tela",
        "record in this file what the loop does; live shows it on the screen",
    ),
    "help_trace_bytes": (
        "quanto de cada texto entra no rastro, em bytes ({default})",
        "how much of each text goes into the trace, in bytes ({default})",
    ),
    "help_slow": (
        "mostra o laço e espera tantos segundos a cada volta",
        "show the loop and stop so many seconds a turn",
    ),
    "help_loop": (
        "com --web: mostra o laço ao vivo em /loop, só a navegadores desta máquina",
        "with --web: show the loop live at /loop, only to browsers on this machine",
    ),
    "help_step": ("mostra o laço e espera por uma tecla a cada volta", "show the loop and wait for a key each turn"),
    "help_sndbuf": (
        "buffer de envio do kernel, em bytes; 0 é o do sistema ({default})",
        "the kernel's send buffer, in bytes; 0 is the system's own ({default})",
    ),
    "help_recv_size": ("quanto uma leitura pede, em bytes ({default})", "what one read asks for, in bytes ({default})"),
    "help_selector": (
        "seletor: auto, select, poll, epoll, devpoll ou kqueue ({default})",
        "selector: auto, select, poll, epoll, devpoll or kqueue ({default})",
    ),
    "help_show_limits": ("mostra todos os limites e suas razões e sai", "show every limit with its reason and exit"),
}
