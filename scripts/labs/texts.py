"""The texts of the labs, in Portuguese and English: shown while a lab runs, and on its page."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

Text = Tuple[str, str]  # Portuguese and English


class Texts(NamedTuple):
    """What one lab says."""

    title: Text
    cures: Text  # the wrong idea that it corrects
    before: Text  # what to predict
    action: Text  # what will be done
    explanation: Text
    after: Text  # what to ask afterwards


TEXTS: Dict[int, Texts] = {
    1: Texts(
        title=(
            "meia linha",
            "half a line",
        ),
        cures=(
            "um send do outro lado é um recv aqui",
            "one send over there is one recv here",
        ),
        before=(
            "ana envia '/ni', espera, envia 'ck bom', espera, envia ' rapaz' e um newline. Quantas vezes o "
            "servidor acorda? Quando há uma mensagem?",
            "ana sends '/ni', waits, sends 'ck bom', waits, sends ' rapaz' and a newline. How often does the "
            "server wake up? When is there a message?",
        ),
        action=(
            "Os três pedaços são enviados com uma pausa entre eles.",
            "The three pieces are sent with a pause in between.",
        ),
        explanation=(
            "TCP entrega um fluxo de bytes, sem fronteiras. Cada pedaço acordou o laço, e o buffer de linha "
            "cresceu; só o newline fez dele uma linha. Sem esse buffer, o servidor teria visto três mensagens"
            " ou nenhuma.",
            "TCP delivers a stream of bytes, without borders. Each piece woke the loop, and the line buffer "
            "grew; only the newline made a line of it. Without that buffer the server would have seen three "
            "messages, or none.",
        ),
        after=(
            "O que acontece se ana nunca enviar o newline? Onde isso tem um limite?",
            "What happens if ana never sends the newline? Where is the limit to that?",
        ),
    ),
    2: Texts(
        title=(
            "linhas coladas",
            "glued lines",
        ),
        cures=(
            "um recv é uma mensagem",
            "one recv is one message",
        ),
        before=(
            "ana envia três linhas de uma só vez. Quantas leituras? Quantas linhas? E se o servidor ler um "
            "byte por vez?",
            "ana sends three lines at once. How many reads? How many lines? And if the server reads one byte "
            "at a time?",
        ),
        action=(
            "O mesmo envio a dois servidores: um normal, outro com --recv-size 1.",
            "The same bytes are sent to two servers: a normal one, and one with --recv-size 1.",
        ),
        explanation=(
            "Uma leitura trouxe três linhas; treze leituras de um byte trouxeram as mesmas três. O tamanho da"
            " leitura muda o trabalho, nunca a conversa: quem corta as linhas é o buffer, e não a rede.",
            "One read brought three lines; thirteen reads of one byte brought the same three. The size of a "
            "read changes the work and never the chat: it is the buffer that cuts the lines, not the network.",
        ),
        after=(
            "Por que o servidor lê no máximo 16384 bytes por vez, e atende no máximo 16 linhas por volta?",
            "Why does the server read at most 16384 bytes at a time, and serve at most 16 lines a turn?",
        ),
    ),
    3: Texts(
        title=(
            "envio parcial",
            "partial send",
        ),
        cures=(
            "send envia tudo",
            "send sends everything",
        ),
        before=(
            "caio está na conversa e não lê. ana fala 30 vezes. O que devolve o send para caio, e o que faz o"
            " servidor com o resto?",
            "caio is in the chat and does not read. ana speaks 30 times. What does send return for caio, and "
            "what does the server do with the rest?",
        ),
        action=(
            "Com buffers pequenos (--sndbuf 4096), caio para de ler e depois lê tudo.",
            "With small buffers (--sndbuf 4096), caio stops reading and then reads everything.",
        ),
        explanation=(
            "O núcleo toma o que cabe. O resto fica na fila de caio, e só então o servidor passa a esperar "
            "por WRITE; quando a fila esvazia, deixa de esperar. Nada se perde, e ninguém mais percebe.",
            "The kernel takes what fits. The rest stays in caio's queue, and only then does the server wait "
            "for WRITE; when the queue is empty, the server stops waiting for it. Nothing is lost, and the "
            "others do not notice.",
        ),
        after=(
            "Por que não usar sendall? O que acontece se caio nunca mais ler?",
            "Why not use sendall? What happens if caio never reads again?",
        ),
    ),
    4: Texts(
        title=(
            "o laço quente",
            "the hot loop",
        ),
        cures=(
            "pronto para escrever quer dizer que há algo a escrever",
            "ready to write means that there is something to write",
        ),
        before=(
            "ana está na conversa e não fala. Quantas voltas por segundo dá um laço que sempre espera por "
            "READ e WRITE? E um que só espera por WRITE com a fila cheia?",
            "ana is in the chat and says nothing. How many turns a second does a loop make that always waits "
            "for READ and WRITE? And one that waits for WRITE only while something is queued?",
        ),
        action=(
            "Primeiro o minichat com esse único erro, depois o minichat como é; um segundo cada um.",
            "First minichat with that one mistake, then minichat as it is; a second each.",
        ),
        explanation=(
            "Um soquete com espaço no buffer está sempre pronto para escrever. Quem sempre espera por isso "
            "nunca dorme: um processador inteiro para nada. O interesse em WRITE é uma função da fila.",
            "A socket with room in its buffer is always ready to write. A loop that always waits for that "
            "never sleeps: a whole processor for nothing. Interest in WRITE is a function of the queue.",
        ),
        after=(
            "Que exemplos você conhece que fazem isso? Como se percebe?",
            "Which examples do you know that do this? How would you notice it?",
        ),
    ),
    5: Texts(
        title=(
            "o leitor que dorme",
            "the sleepy reader",
        ),
        cures=(
            "um cliente lento prejudica todos, é inevitável",
            "one slow client must hurt all",
        ),
        before=(
            "caio para de ler e a conversa continua. Quem espera? O que cresce? E em um servidor com uma "
            "thread por cliente e sendall?",
            "caio stops reading and the chat goes on. Who waits? What grows? And on a server with a thread "
            "for each client and sendall?",
        ),
        action=(
            "ana fala e bruno lê, no minichat e depois no servidor com threads; caio não lê em nenhum dos "
            "dois.",
            "ana speaks and bruno reads, on minichat and then on the server with threads; caio reads on "
            "neither.",
        ),
        explanation=(
            "No minichat só a fila de caio cresce, até o limite; então ele é cortado (too_slow), e os outros "
            "não notam. Com sendall, a thread de quem fala fica presa no envio a caio, e ana não ouve nem a "
            "si mesma.",
            "On minichat only caio's queue grows, up to its limit; then he is cut (too_slow), and the others "
            "do not notice. With sendall, the thread that speaks is stuck in the send to caio, and ana does "
            "not even hear herself.",
        ),
        after=(
            "Que limites protegem o servidor aqui, e por que têm esses valores? (minichat-server --show-"
            "limits)",
            "Which limits protect the server here, and why those values? (minichat-server --show-limits)",
        ),
    ),
    6: Texts(
        title=(
            "não prenda o laço",
            "do not block the loop",
        ),
        cures=(
            "não bloquear é uma propriedade dos soquetes",
            "non-blocking is a property of sockets",
        ),
        before=(
            "Ao atender ana, o servidor dorme 2 s. bruno fala nesse momento: quando ouve o próprio eco? Como "
            "esperar 2 s sem prender ninguém?",
            "While serving ana, the server sleeps for 2 s. bruno speaks at that moment: when does he hear his"
            " own echo? How can a server wait 2 s without delaying anyone?",
        ),
        action=(
            "Primeiro um servidor que dorme dentro de um handler, depois um que pede um temporizador.",
            "First a server that sleeps inside a handler, then one that asks for a timer.",
        ),
        explanation=(
            "Há uma só thread: enquanto um handler não volta, ninguém é lido, nada é enviado. Um sleep, uma "
            "consulta lenta, um getaddrinfo têm o mesmo efeito. Um temporizador devolve a vez ao laço e volta"
            " quando chega a hora.",
            "There is one thread: while a handler does not return, nothing is read and nothing is sent. A "
            "sleep, a slow query, a getaddrinfo have the same effect. With a timer, the handler returns at "
            "once, and the loop calls again when it is time.",
        ),
        after=(
            "O que no seu código pode demorar? O que se faz com trabalho pesado de CPU?",
            "What in your code can take long? What can you do with heavy work for the CPU?",
        ),
    ),
    7: Texts(
        title=(
            "connect antes de accept",
            "connect before accept",
        ),
        cures=(
            "conectado quer dizer que o servidor me conhece",
            "connected means that the server knows me",
        ),
        before=(
            "O processo do servidor está parado. ana chama connect e envia duas linhas. O que acontece?",
            "The server's process is stopped. ana calls connect and sends two lines. What happens?",
        ),
        action=(
            "O servidor recebe SIGSTOP; ana conecta e fala; depois ele recebe SIGCONT.",
            "The server gets SIGSTOP; ana connects and speaks; then it gets SIGCONT.",
        ),
        explanation=(
            "O núcleo completa a conexão e guarda o texto: o programa nem precisa estar acordado. accept só "
            "tira da fila uma conexão que já existe. Por isso um connect bem-sucedido não diz nada sobre o "
            "servidor; só uma resposta diz.",
            "The kernel completes the connection and keeps the text: the program need not even be awake. "
            "accept only takes a connection that exists already from a queue. So a connect that succeeds says"
            " nothing about the server; only an answer does.",
        ),
        after=(
            "Quantas conexões cabem nessa fila? Como o cliente do minichat percebe um servidor que nunca "
            "responde?",
            "How many connections fit into that queue? How does minichat's client notice a server that never "
            "answers?",
        ),
    ),
    8: Texts(
        title=(
            "três maneiras de sair, e uma de ficar",
            "three ways to leave, and one to stay",
        ),
        cures=(
            "sair é um evento que sempre me contam",
            "leaving is an event that I am always told of",
        ),
        before=(
            "Um diz QUIT, um fecha o envio, um some com um reset, um não diz nada. O que o servidor vê de "
            "cada um?",
            "One says QUIT, one ends sending, one goes with a reset, one says nothing. What does the server "
            "see of each?",
        ),
        action=(
            "Os quatro entram; três saem, cada um a seu modo.",
            "All four come in; three leave, each in a different way.",
        ),
        explanation=(
            "QUIT é uma linha, o fim é um recv vazio, o reset é um erro do recv. O silêncio não é nada: um "
            "cabo puxado e alguém que pensa são iguais, até que um keep-alive do núcleo pergunte.",
            "QUIT is a line, the end is an empty recv, the reset is an error of recv. Silence is nothing: a "
            "pulled cable and a person who thinks look the same, until a keep-alive of the kernel asks.",
        ),
        after=(
            "Depois de quanto tempo o minichat percebe um cabo puxado, e com que limites?",
            "After how long does minichat notice a pulled cable, and by which limits?",
        ),
    ),
    9: Texts(
        title=(
            "'ação' na fronteira",
            "'ação' across the border",
        ),
        cures=(
            "bytes são texto",
            "bytes are text",
        ),
        before=(
            "'ação' são 4 letras. Quantos bytes? O que se lê se cada leitura for logo decodificada?",
            "'ação' has 4 letters. How many bytes? What text comes out if each read is decoded at once?",
        ),
        action=(
            "A palavra vai byte a byte, a um servidor que decodifica cada leitura e ao minichat.",
            "The word goes byte by byte, to a server that decodes each read and to minichat.",
        ),
        explanation=(
            "Em UTF-8, ç e ã são dois bytes cada. Uma leitura pode acabar entre eles, e meio caractere não é "
            "texto. Primeiro se corta a linha em bytes (o newline nunca faz parte de outro caractere), depois"
            " se decodifica.",
            "In UTF-8, ç and ã are two bytes each. A read may end between these two, and half a character is "
            "not text. First the line is cut, in bytes (a newline is never part of another character), then "
            "it is decoded.",
        ),
        after=(
            "Por que é seguro procurar o newline nos bytes? Seria assim também em UTF-16?",
            "Why is it safe to look for the newline in the bytes? Would it be safe in UTF-16?",
        ),
    ),
    10: Texts(
        title=(
            "o cliente também é um laço",
            "the client is a loop too",
        ),
        cures=(
            "o cliente lê o teclado, depois a rede",
            "the client reads the keyboard, then the network",
        ),
        before=(
            "ana digita enquanto bruno fala. Quantas threads o cliente precisa?",
            "ana types while bruno speaks. How many threads does the client need?",
        ),
        action=(
            "Um minichat-client de verdade, com o seu próprio registro; depois outro, que lê de um arquivo.",
            "A real minichat-client, with a trace of its own; then another one that reads from a file.",
        ),
        explanation=(
            "Teclado e conexão são dois descritores no mesmo select. Quem tem algo a dizer acorda o laço; "
            "nenhum espera pelo outro. Com um input() bloqueado, as mensagens só apareceriam depois do ENTER. "
            "Um arquivo está sempre pronto: epoll o recusa, e o cliente lê um pedaço a cada volta.",
            "Keyboard and connection are two descriptors in one select. Each of them wakes the loop when it "
            "has input; neither waits for the other. With a blocked input() the messages would appear only "
            "after ENTER. A file is always ready: epoll refuses it, and the client reads a piece each turn.",
        ),
        after=(
            "O que é preciso onde select só aceita soquetes (Windows)?",
            "What is needed where select takes sockets only (Windows)?",
        ),
    ),
    11: Texts(
        title=(
            "endereço já em uso",
            "address already in use",
        ),
        cures=(
            "a porta está quebrada",
            "the port is broken",
        ),
        before=(
            "Um servidor fecha uma conexão, termina e volta na mesma porta. O que diz bind, sem e com "
            "SO_REUSEADDR?",
            "A server closes a connection, ends, and comes back on the same port. What does bind say, without"
            " and with SO_REUSEADDR?",
        ),
        action=(
            "Duas tentativas com soquetes nus, depois o minichat com alguém dentro.",
            "Two attempts with plain sockets, then minichat with one person in.",
        ),
        explanation=(
            "Quem fecha primeiro guarda a conexão em TIME_WAIT, para que bytes atrasados não caiam na "
            "próxima. SO_REUSEADDR diz que isso não impede de escutar. Dois servidores na mesma porta "
            "continuam proibidos.",
            "The side that closes first keeps the connection in TIME_WAIT, so that late bytes do not get into"
            " the next connection. SO_REUSEADDR allows a server to listen all the same. Two servers on one "
            "port are still forbidden.",
        ),
        after=(
            "Por que o minichat não usa essa opção no Windows?",
            "Why does minichat not use that option on Windows?",
        ),
    ),
    12: Texts(
        title=(
            "uma thread, 500 amigos",
            "one thread, 500 friends",
        ),
        cures=(
            "concorrência são threads",
            "concurrency means threads",
        ),
        before=(
            "500 pessoas estão e ninguém fala. O que custa isso? Uma fala: quantas voltas, quantos envios? E "
            "quando acabam os descritores?",
            "500 people are in, and all are silent. What does that cost? One speaks: how many turns, how many "
            "sends? And what happens when the descriptors run out?",
        ),
        action=(
            "500 conexões em silêncio, uma mensagem, e depois um limite de arquivos abertos baixo demais.",
            "500 silent connections, one message, and then a limit of open files that is too low.",
        ),
        explanation=(
            "Em silêncio o laço dorme: nenhuma volta. Uma mensagem é uma volta com um envio por pessoa. Sem "
            "descritores, accept falha com EMFILE e o soquete continua legível; o minichat o tira do seletor "
            "por um momento, e quem está dentro não percebe.",
            "In silence the loop sleeps: not one turn. A message is one turn, with one send for each person. "
            "Without descriptors, accept fails with EMFILE and the socket stays readable; minichat takes it "
            "out of the selector for a moment, and those who are in do not notice.",
        ),
        after=(
            "O que custariam 500 threads? O que muda com 10.000 pessoas?",
            "What would 500 threads cost? What changes with 10,000 people?",
        ),
    ),
}
