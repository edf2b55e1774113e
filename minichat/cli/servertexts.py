"""What the server tells whoever runs it: status lines, and why it cannot start.

It is a part of the table in ``messages``, in Portuguese and in English.
"""

from __future__ import annotations

from typing import Dict, Tuple

SERVER_TEXTS: Dict[str, Tuple[str, str]] = {
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
        "No máximo {clients:conexão/conexões}: o limite de arquivos abertos é {files} (ulimit -n)",
        "At most {clients:connection/connections}: the limit of open files is {files} (ulimit -n)",
    ),
    "joined": ("{nick} entrou ({count} online)", "{nick} joined ({count} online)"),
    "left": ("{nick} saiu ({count} online)", "{nick} left ({count} online)"),
    "stopping": ("Encerrando...", "Stopping..."),
    "stopped": ("Servidor encerrado", "Server stopped"),
    "dropped": (
        "({count:linha não coube na saída e foi descartada/linhas não couberam na saída e foram descartadas})",
        "({count:line/lines} did not fit into the output and {count::was/were} dropped)",
    ),
    "left_out": (
        "({count:linha de quem entrou ou saiu foi omitida/linhas de quem entrou ou saiu foram omitidas})",
        "({count:line/lines} about who joined or left {count::was/were} left out)",
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
        "{taken} de {most} arquivos já estão abertos, e são necessários mais {fewest}; "
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
    "trace_not_read": ("quem lê o rastro não acompanha", "its reader does not keep up"),
    "trace_failed": (
        "o rastro do laço está incompleto ({error}): {count::falta/faltam} {count:evento/eventos}",
        "the trace is not complete ({error}): {count:event is/events are} missing",
    ),
}
