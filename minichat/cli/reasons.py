"""The reasons for the values of the limits, in Portuguese; in English they stand beside the limits.

It is a part of the table in ``messages``.
"""

from __future__ import annotations

from typing import Dict

REASONS_PT: Dict[str, str] = {
    "nick_characters": "para que o apelido caiba ao lado de um texto em uma linha",
    "nick_bytes": "de um apelido em UTF-8: limita quanto uma linha cresce ao ser repassada",
    "server_line_bytes": "a linha mais longa do servidor: o texto e o FROM antes dele",
    "who_line_bytes": "de uma linha WHO; a lista mais longa continua na seguinte",
    "line_bytes": "a linha mais longa de um cliente, com o LF; e tudo o que se diz antes do apelido",
    "recv_bytes": "uma leitura por conexão e volta: quem inunda não prende a volta",
    "inputs_bytes": "de entrada que espera, de todas as conexões; acima disso uma leitura só pede o resto de uma linha",
    "turn_lines": "atendidas por conexão e volta; o resto fica para a próxima",
    "turn_seconds": "de trabalho em uma volta, pelo relógio; depois o que se disse sai, e as linhas esperam a próxima",
    "turn_bytes": "feitos por volta, para todos ou para um; o resto espera, e uma volta não estoura fila nem memória",
    "send_bytes": "juntados para um envio a quem lê devagar",
    "kernel_send_bytes": "do buffer de envio do próprio núcleo, a pedido; 0 deixa com o sistema",
    "queue_bytes": "a fila de saída de uma conexão; acima disso quem não lê é cortado",
    "queue_soft_bytes": "a fila de saída que se tolera só por um tempo",
    "queue_soft_seconds": "quanto a fila pode ficar acima desse tamanho",
    "send_again_seconds": "até tentar de novo um envio sem esperar o aviso do núcleo: ele avisa tarde",
    "progress_seconds": "sem que o outro lado leia um só byte da sua fila",
    "own_queue_bytes": "de saída que uma conexão ainda não leu; acima disso os comandos dela esperam",
    "queues_bytes": "todas as filas juntas; acima disso a maior é cortada primeiro",
    "piece_bytes": "o que custa um pedaço na fila além do texto: objeto, lugar e registro",
    "clients": "ao mesmo tempo; 0 é quantas o limite de arquivos abertos permite",
    "per_address": "de um endereço (um /64 global de IPv6 é um só), exceto desta máquina; 0 é sem limite",
    "newcomers": "sem apelido; acima disso, um endereço que passou do seu ritmo é recusado",
    "join_seconds": "da chegada até o apelido; mandar bytes não estende o prazo",
    "unfinished_seconds": "do primeiro byte de uma primeira linha sem LF até o aviso, dado uma só vez",
    "rate_lines": "de uma conexão são atendidas com o tempo; as recusadas contam em dobro; 0 é sem limite",
    "rate_burst_seconds": "desse ritmo de uma vez: 400 linhas ou 256.000 bytes, para colar um texto",
    "rate_line_bytes": "para cada linha desse ritmo: 64.000 bytes por segundo",
    "rate_address_share": "o ritmo de uma conexão, para todas de um endereço juntas; o próprio computador também conta",
    "rate_room_share": "o ritmo de uma conexão, para o que se diz a todos; além disso, quem fala muito espera",
    "rate_room_burst_seconds": "disso de uma vez: 128.000 bytes, e quem lê 1 MB/s não é cortado",
    "join_lines": "que custa entrar: JOIN e LEAVE vão para todos; a dívida fica depois da conexão",
    "held_seconds": "até tentar de novo uma linha que espera pelo destinatário ou por uma sala barulhenta",
    "drain_idle_seconds": "em silêncio, e a conexão que se encerra é fechada",
    "drain_seconds": "no máximo até fechar, depois do último byte enviado",
    "cut_seconds": "para quem foi cortado ler o resto: até o fim de uma linha, e o motivo",
    "drain_bytes": "descartados ao encerrar; mais do que isso já não conta como sinal de vida",
    "shutdown_seconds": "para que todos leiam BYE shutdown antes do fim",
    "backlog": "que o núcleo guarda antes de serem aceitas",
    "turn_accepts": "aceitas por volta: uma multidão não atrasa quem conversa",
    "refusals": "recusadas cujo fim se espera, um quarto de um só endereço; as outras, avisadas, são fechadas já",
    "spare_files": "reservados: escuta, seletor, par de despertar, registro, recusas",
    "retry_first_seconds": "de descanso quando faltam descritores; dobra a cada vez",
    "retry_longest_seconds": "de descanso no máximo",
    "keepalive_idle_seconds": "de silêncio até o núcleo perguntar se há alguém",
    "keepalive_interval_seconds": "entre duas perguntas",
    "keepalive_count": "sem resposta até que o outro lado conte como perdido",
}
