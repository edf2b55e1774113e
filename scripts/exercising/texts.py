"""The exercises, in Portuguese and in English.

``needs`` names the file of the reading order that one has to understand first.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

Both = Tuple[str, str]  # Portuguese, English


class Exercise(NamedTuple):
    """One exercise; its fields are what a student reads, in this order."""

    title: Both
    task: Both
    wire: Both  # what is said on the wire, or printed
    done: Both  # when it is done
    size: Both
    needs: str
    hint: Both


EXERCISES: Dict[int, Exercise] = {
    0: Exercise(
        ("um arquivo de log", "a log file"),
        (
            "Dê ao servidor a opção --log-file ARQUIVO: o log vai para lá, e não para a saída de erros.",
            "Give the server an option --log-file FILE: the log goes there instead of standard error.",
        ),
        (
            "Nada muda no protocolo. Com um arquivo que não pode ser aberto: uma linha de erro, status 1.",
            "The protocol stays as it is. A file that cannot be opened gives one line of error, status 1.",
        ),
        (
            "a linha \"ana joined\" está no arquivo e não na saída de erros",
            "the line \"ana joined\" is in the file and not on standard error",
        ),
        ("2 arquivos, 15 linhas", "2 files, 15 lines"),
        "minichat/server/run.py",
        (
            "O log já recebe sua saída de fora. E quando o disco enche?",
            "The log is already given where it writes. And when the disk is full?",
        ),
    ),
    1: Exercise(
        ("um bot que cumprimenta", "a bot that greets"),
        (
            "Escreva bot.sh, com até vinte linhas: ele entra (a porta é $1) e cumprimenta pelo nome cada um que entra.",
            "Write bot.sh, at most twenty lines: it joins (the port is $1) and greets each newcomer by name.",
        ),
        (
            "JOIN bruno → FROM robo [all]: Olá, bruno!  e o texto \"JOIN carla\", dito por alguém, não engana o bot",
            "JOIN bruno → FROM robo [all]: Hello, bruno!  and a text \"JOIN carla\" does not fool the bot",
        ),
        (
            "cada um é cumprimentado uma vez, e o bot não responde a si mesmo",
            "everyone is greeted once, and the bot does not answer itself",
        ),
        ("1 arquivo, 10 linhas de shell", "1 file, 10 lines of shell"),
        "minichat/client/piped.py",
        (
            "mkfifo; o cliente lê do pipe e escreve em um while read. A linha tem de começar por JOIN.",
            "mkfifo; the client reads the pipe and writes into a while read. The line has to begin with JOIN.",
        ),
    ),
    2: Exercise(
        ("um seletor que mente", "a selector that lies"),
        (
            "Escreva um seletor que embaralha os arquivos prontos e diz prontos alguns que não estão: "
            "--selector shuffled.",
            "Write a selector that shuffles the ready files and calls some ready that are not: --selector shuffled.",
        ),
        ("Nada muda no protocolo.", "The protocol stays as it is."),
        (
            "o bate-papo funciona como antes, e o log fica vazio",
            "the chat works as before, and the log stays empty",
        ),
        ("2 arquivos, 25 linhas", "2 files, 25 lines"),
        "minichat/net/reactor.py",
        (
            "Herde de selectors.DefaultSelector e mude select. Por que um recv à toa não faz mal?",
            "Inherit from selectors.DefaultSelector and change select. Why does a recv for nothing do no harm?",
        ),
    ),
    3: Exercise(
        ("que horas são?", "what time is it?"),
        (
            "Um comando TIME responde com o relógio do servidor, em UTC, só a quem perguntou.",
            "A command TIME answers with the clock of the server, in UTC, to the asker only.",
        ),
        ("TIME → TIME 2026-03-01T14:05:00Z", "TIME → TIME 2026-03-01T14:05:00Z"),
        (
            "vale em maiúsculas ou minúsculas e com espaços no fim; \"TIME flies\" é um texto; o cliente entre pipes "
            "o dá por respondido; colado na linha do cliente, é um texto",
            "it works in any case and with spaces after it; \"TIME flies\" is a text; the client between pipes "
            "counts it as answered; pasted into the client's row it is a text",
        ),
        ("4 arquivos, 25 linhas, sem os testes", "4 files, 25 lines, without the tests"),
        "minichat/chat/dispatcher.py",
        (
            "Uma palavra em WORDS e uma função na tabela. De onde vem a hora, se o dispatcher não tem estado e o "
            "teste não pode esperar? E o que o cliente faz com uma linha que não conhece?",
            "A word in WORDS and a function in the table. Where does the time come from, if the dispatcher has no "
            "state and a test cannot wait? And what does the client do with a line that it does not know?",
        ),
    ),
    4: Exercise(
        ("não quero ler bruno", "I do not want to read bruno"),
        (
            "BLOCK <apelido>: quem o disse não lê mais nada do que essa pessoa diz, nem em privado.",
            "BLOCK <nick>: who said it reads no more of what that person says, not in private either.",
        ),
        (
            "BLOCK bruno → BLOCK bruno   ·   BLOCK zeca, que não está → ERR user_not_found",
            "BLOCK bruno → BLOCK bruno   ·   BLOCK zeca, who is not in → ERR user_not_found",
        ),
        (
            "ana não lê bruno, carla lê; bruno não percebe nada",
            "ana does not read bruno, carla does; bruno notices nothing",
        ),
        ("3 arquivos, 40 linhas", "3 files, 40 lines"),
        "minichat/chat/fanout.py",
        (
            "Onde fica a lista, se o dispatcher não tem estado? O que acontece com \"os mesmos bytes para todos\"? "
            "Quanto paga quem não bloqueou ninguém?",
            "Where is the list, if the dispatcher has no state? What becomes of \"the same bytes for all\"? "
            "What does a member pay who has blocked nobody?",
        ),
    ),
    5: Exercise(
        ("ana maria", "ana maria"),
        (
            "Permita um espaço dentro de um apelido. Você pode mudar o protocolo: onde um apelido tem espaço, ele "
            "fica entre aspas.",
            "Allow a space inside a nick. You may change the protocol: a nick with a space stands in quotes.",
        ),
        (
            'OK "ana maria"  ·  FROM "ana maria" [all]: oi  ·  @"ana maria" segredo  ·  WHO 2 ana "ana maria"',
            'OK "ana maria"  ·  FROM "ana maria" [all]: oi  ·  @"ana maria" secret  ·  WHO 2 ana "ana maria"',
        ),
        (
            "com ana e ana maria na sala, cada mensagem privada chega a quem devia, e nenhum apelido forja uma linha",
            "with ana and ana maria in, each private line reaches whom it should, and no nick forges a line",
        ),
        ("3 arquivos, 30 linhas", "3 files, 30 lines"),
        "minichat/chat/nick.py",
        (
            "São quatro os lugares onde um espaço termina um apelido. Sem aspas, a quem chega \"@ana maria segredo\"?",
            "There are four places where a space ends a nick. Without quotes, who reads \"@ana maria secret\"?",
        ),
    ),
    6: Exercise(
        ("o adeus perdido", "the lost goodbye"),
        (
            "Tire de close o shutdown e a espera pelo fim do outro lado: feche o socket assim que a fila esvaziar.",
            "Take the shutdown and the wait for the peer's end out of close: close the socket once the queue is sent.",
        ),
        (
            "QUIT → às vezes nenhum BYE, e um reset",
            "QUIT → sometimes no BYE, and a reset",
        ),
        (
            "você mostra uma entrada com a qual um cliente perde o seu BYE; depois desfaça tudo",
            "you show an input with which a client loses its BYE; then undo it all",
        ),
        ("2 arquivos, 5 linhas a menos", "2 files, 5 lines less"),
        "minichat/net/connection.py",
        (
            "O que faz o kernel com um close se há bytes que ninguém leu?",
            "What does the kernel do at a close when there are bytes that were not read?",
        ),
    ),
    7: Exercise(
        ("fechar na hora", "close at once"),
        (
            "Faça o passo flush fechar na hora o que acabou: self.reap() depois de cada connection.flush(), antes do "
            "passo reap. Só o simulador percebe. Em que sementes, e por que não em todas?",
            "Let the flush step close at once what has ended: self.reap() after each connection.flush(), before the "
            "reap step. Only the simulator notices. In which seeds, and why not in all?",
        ),
        (
            "python3 -m tests.simulation --seeds 400 --jobs 2",
            "python3 -m tests.simulation --seeds 400 --jobs 2",
        ),
        ("você explica uma semente, evento por evento", "you explain one seed, event by event"),
        ("1 arquivo, 1 linha", "1 file, 1 line"),
        "minichat/net/pool.py",
        (
            "O LEAVE é para todos. Que passo o entrega, e ele ainda vem nesta volta?",
            "LEAVE is for everyone. Which step delivers it, and does that step still come in this turn?",
        ),
    ),
    8: Exercise(
        ("várias salas", "several rooms"),
        (
            "ROOM <nome> leva para outra sala, que nasce com o primeiro que entra. O que se diz a todos fica na sala.",
            "ROOM <name> moves to another room, which begins with its first member. What is said to all stays there.",
        ),
        (
            "ROOM azul → ROOM azul 2 (quantos estão lá agora)   ·   WHO conta só a própria sala",
            "ROOM azul → ROOM azul 2 (how many are there now)   ·   WHO counts the own room only",
        ),
        (
            "quem está em outra sala não lê nada de lá; uma mensagem privada chega a qualquer sala; uma mensagem "
            "a mais custa o mesmo, não importa quantos ouvem",
            "members of other rooms read nothing of it; a private line reaches every room; one more broadcast "
            "costs the same, however many listen",
        ),
        ("5 arquivos, 110 linhas", "5 files, 110 lines"),
        "minichat/chat/room.py",
        (
            "Cada sala tem seu fan-out. Quem entrega, e quanto custam as salas em que ninguém falou?",
            "Each room has its fan-out. Who delivers, and what do rooms cost in which nothing was said?",
        ),
    ),
    9: Exercise(
        ("o mesmo com asyncio", "the same with asyncio"),
        (
            "Escreva my_server.py com asyncio, que aceita --port 0 e fala o mesmo protocolo.",
            "Write my_server.py with asyncio; it takes --port 0 and speaks the same protocol.",
        ),
        ("O protocolo inteiro.", "The whole protocol."),
        (
            "python3 -m tests.wire python3 my_server.py passa, e você diz o que o asyncio deu de graça e o que não",
            "python3 -m tests.wire python3 my_server.py passes, and you say what asyncio gave for free and what not",
        ),
        ("1 arquivo, 250 linhas", "1 file, 250 lines"),
        "minichat/server/server.py",
        (
            "asyncio chama pause_writing dentro de write, no meio da mensagem para todos. O que acontece se "
            "você tirar alguém da sala ali?",
            "asyncio calls pause_writing inside write, in the middle of a broadcast. What happens if you let a "
            "member leave there?",
        ),
    ),
    10: Exercise(
        ("cinco frases em espanhol", "five sentences in Spanish"),
        (
            "Um terceiro idioma, --lang es, só para cinco frases: listening, joined, left, stopping e stopped. "
            "As outras continuam em inglês.",
            "A third language, --lang es, for five sentences only: listening, joined, left, stopping, stopped. "
            "The others stay English.",
        ),
        (
            "[STATUS] Servidor a la escucha en 127.0.0.1:50001...",
            "[STATUS] Servidor a la escucha en 127.0.0.1:50001...",
        ),
        (
            "as cinco estão em espanhol, e um teste diz quais frases faltam",
            "the five are Spanish, and a test says which sentences are missing",
        ),
        ("1 arquivo, 20 linhas", "1 file, 20 lines"),
        "minichat/cli/messages.py",
        (
            "Uma frase esquecida aparece em inglês sem que ninguém note: como um teste nota?",
            "A forgotten sentence is shown in English and nobody notices: how does a test notice?",
        ),
    ),
    11: Exercise(
        ("plante um bug", "plant a bug"),
        (
            "Mude uma linha de net/ para que a suíte ainda passe, e ache uma semente do simulador que o encontra.",
            "Change one line of net/ so that the suite still passes, and find a seed of the simulator that catches it.",
        ),
        (
            "python3 -m tests.simulation --seeds 2000 --jobs 2",
            "python3 -m tests.simulation --seeds 2000 --jobs 2",
        ),
        (
            "a semente falha com o bug e passa sem ele; se nenhuma o acha, falta um teste: escreva-o",
            "the seed fails with the bug and passes without it; if no seed finds it, a test is missing: write it",
        ),
        ("1 linha", "1 line"),
        "minichat/net/outputqueue.py",
        (
            "Um < que vira <=, um bloco que não é mais chamado, um prazo esquecido.",
            "A < that becomes <=, a call left out, a deadline forgotten.",
        ),
    ),
    12: Exercise(
        ("quem será cortado?", "who will be cut?"),
        (
            "Baixe queue_bytes para 131072 e queue_soft_bytes para 16384. Antes de rodar o lab 5: quem é cortado, "
            "depois de quantas mensagens, e por qual dos dois? E com 4096, por que o servidor nem começa?",
            "Lower queue_bytes to 131072 and queue_soft_bytes to 16384. Before you run lab 5: who is cut, after how "
            "many messages, and by which of the two? And with 4096, why does the server not even start?",
        ),
        ("LEAVE caio too_slow", "LEAVE caio too_slow"),
        (
            "sua previsão, o que aconteceu, e a linha do código que decide",
            "your prediction, what happened, and the line of code that decides",
        ),
        ("1 arquivo, 2 números", "1 file, 2 numbers"),
        "minichat/net/patience.py",
        (
            "O que o kernel guarda não conta na fila.",
            "What the kernel keeps does not count as queue.",
        ),
    ),
    13: Exercise(
        ("uma linha por volta", "one line a turn"),
        (
            "Rode com turn_lines 1 e depois 10.000, e envie 1.000 linhas de uma vez, por um pipe. Preveja: quantas "
            "voltas, quantos sends?",
            "Run with turn_lines 1, then 10,000, and send 1,000 lines at once, through a pipe. Predict: how many "
            "turns, how many sends?",
        ),
        (
            "python3 -m minichat.server --rate 0 --trace volta.jsonl",
            "python3 -m minichat.server --rate 0 --trace turn.jsonl",
        ),
        (
            "sua previsão e o rastro concordam, e você diz quem paga pelo segundo valor",
            "your prediction and the trace agree, and you say who pays for the second value",
        ),
        ("1 arquivo, 1 número", "1 file, 1 number"),
        "minichat/net/pool.py",
        (
            "Um send por pessoa e volta, não importa quantas linhas.",
            "One send for each member and turn, however many lines.",
        ),
    ),
}
