"""The questions on the page of each lab, one to three, and their answers."""

from __future__ import annotations

from typing import Dict, List

from labs.asking import Asked, Events, Questions, place
from labs.events import numbers


def _half_a_line(events: Events) -> List[Asked]:
    first = place(events, "recv", place(events, "state", state="joined"))
    wait, last = place(events, "wait", first), place(events, "line", first)
    return [
        Asked(
            wait, place(events, "wake", wait),
            ("Os primeiros bytes de ana estão no buffer. O que faz o servidor agora?",
             "The first bytes of ana are in the buffer. What does the server do now?"),
            ("Espera: falta o LF. Uma leitura não é uma linha.",
             "It waits: the LF is missing. A read is not a line."),
        ),
        Asked(
            place(events, "recv", last - 1), last,
            ("Chega o resto. Quantas linhas saem do buffer?", "The rest comes. How many lines leave the buffer?"),
            ("Uma, inteira: várias leituras, uma linha.", "One, whole: several reads, one line."),
        ),
    ]  # fmt: skip


def _glued_lines(events: Events) -> List[Asked]:
    joined = place(events, "state", state="joined")
    line = place(events, "line", joined)
    queue = place(events, "queue", line)
    return [
        Asked(
            line, queue - 1,
            ("Uma leitura trouxe 19 bytes. Quantas mensagens são?",
             "One read brought 19 bytes. How many messages are they?"),
            ("Três: cada LF termina uma. recv não conta mensagens.",
             "Three: each LF ends one. recv counts no messages."),
        ),
        Asked(
            queue, place(events, "send", queue),
            ("ana vai ler três linhas. Quantos sends?", "ana will read three lines. How many sends?"),
            ("Um: o que se diz em uma volta sai junto.", "One: what is said in a turn goes out together."),
        ),
    ]  # fmt: skip


def _partial_send(events: Events) -> List[Asked]:
    caio = numbers(events)["caio"]
    up = place(events, "interest", conn=caio, to="RW")
    short = max(index for index in range(up) if events[index]["event"] == "send" and events[index]["conn"] == caio)
    down = place(events, "interest", up, conn=caio, to="R")
    return [
        Asked(
            short, short,
            ("caio não lê. O que devolve o send para caio?", "caio does not read. What does send return for caio?"),
            ("Menos do que se pediu, ou EAGAIN: o buffer do kernel está cheio. O resto fica na fila.",
             "Less than was asked, or EAGAIN: the kernel's buffer is full. The rest stays in the queue."),
        ),
        Asked(
            up, place(events, "wake", up),  # before W goes up: then it is on the screen
            ("O que o laço espera agora?", "What does the loop wait for now?"),
            ("R de todos, e W só de caio: só para caio há algo a enviar.",
             "R of everyone, and W of caio alone: only for caio is there something to send."),
        ),
        Asked(
            down, down,
            ("A fila de caio esvaziou. O laço ainda espera por W?",
             "caio's queue is empty. Does the loop still wait for W?"),
            ("Não: um socket com lugar está sempre pronto para W, e o laço giraria sem parar.",
             "No: a socket with room is always ready for W, and the loop would spin."),
        ),
    ]  # fmt: skip


def _hot_loop(events: Events) -> List[Asked]:
    wait = place(events, "wait", place(events, "send"))
    return [
        Asked(
            wait, place(events, "wake", wait),
            ("Ninguém fala. Quanto tempo o laço espera?", "Nobody speaks. How long does the loop wait?"),
            ("Nada: espera por W, e o socket tem lugar. Assim gasta um processador inteiro.",
             "Not at all: it waits for W, and the socket has room. So it burns a whole processor."),
        ),
    ]  # fmt: skip


def _sleepy_reader(events: Events) -> List[Asked]:
    drop = place(events, "drop")
    return [
        Asked(
            drop, place(events, "state", drop, state="draining"),
            ("A fila de caio passa do limite. O que faz o servidor, e quem percebe?",
             "caio's queue goes over the limit. What does the server do, and who notices?"),
            ("Abandona a fila e desconecta caio. Os outros só leem LEAVE caio too_slow.",
             "It gives the queue up and disconnects caio. The others only read LEAVE caio too_slow."),
        ),
    ]  # fmt: skip


def _do_not_block(events: Events) -> List[Asked]:
    slow = place(events, "slow")
    return [
        Asked(
            slow, place(events, "wake", slow),
            ("O handler dorme. Quem é servido enquanto isso?", "The handler sleeps. Who is served meanwhile?"),
            ("Ninguém: há uma só thread. bruno já escreveu, e só agora é lido.",
             "Nobody: there is one thread. bruno has written already, and is read only now."),
        ),
    ]  # fmt: skip


def _connect_before_accept(events: Events) -> List[Asked]:
    accept = place(events, "accept", result="ok")
    recv = place(events, "recv")
    return [
        Asked(
            accept, accept,
            ("Para ana, connect já deu certo. O servidor a conhece?",
             "For ana, connect has succeeded. Does the server know her?"),
            ("Só a partir de agora: até o accept, foi o kernel que atendeu.",
             "Only from now on: until accept, it was the kernel that answered."),
        ),
        Asked(
            recv, recv,
            ("O que há para ler na primeira leitura?", "What is there to read at the first read?"),
            ("Tudo o que ana escreveu antes do accept: o kernel guardou.",
             "All that ana wrote before accept: the kernel has kept it."),
        ),
    ]  # fmt: skip


def _ways_to_leave(events: Events) -> List[Asked]:
    quit_ = place(events, "command", name="quit")
    end = place(events, "recv", place(events, "wait", quit_, nth=3), got="eof")
    reset = place(events, "recv", end, got="ECONNRESET")
    return [
        Asked(
            quit_, place(events, "state", quit_, state="draining"),
            ("educado disse QUIT. O socket é fechado já?", "educado said QUIT. Is the socket closed at once?"),
            ("Não: primeiro sai o BYE, depois se espera o fim do outro lado.",
             "No: first BYE goes out, then the end of the other side is waited for."),
        ),
        Asked(
            end, end,
            ("fim fechou o seu lado. O que devolve recv?", "fim has closed its side. What does recv return?"),
            ("Nenhum byte: b\"\" é o fim da entrada.", "No bytes: b\"\" is the end of the input."),
        ),
        Asked(
            reset, reset,
            ("reset cortou a conexão. O que devolve recv?", "reset has cut the connection. What does recv return?"),
            ("Um erro, ECONNRESET. E mudo, que só se calou? Dele não vem nada: só um prazo o acha.",
             "An error, ECONNRESET. And mudo, who just fell silent? Nothing comes of it: only a deadline finds it."),
        ),
    ]  # fmt: skip


def _across_the_border(events: Events) -> List[Asked]:
    joined = place(events, "state", state="joined")
    wait = place(events, "wait", place(events, "recv", joined, nth=2))
    wake = place(events, "wake", wait)
    return [
        Asked(
            wait, wake,
            ("O buffer tem metade do ç. O servidor pode decodificar?",
             "The buffer has half of the ç. Can the server decode it?"),
            ("Ainda não: só uma linha inteira é texto. Até lá, são bytes.",
             "Not yet: only a whole line is text. Until then it is bytes."),
        ),
        Asked(
            wake + 1, place(events, "line", wake),  # before they are counted on the screen
            ("A linha será ação, com o LF. Quantos bytes terá?",
             "The line will be ação, with its LF. How many bytes will it have?"),
            ("7: ç e ã têm dois bytes cada, e há o LF.", "7: ç and ã have two bytes each, and there is the LF."),
        ),
    ]  # fmt: skip


def _the_client_is_a_loop_too(events: Events) -> List[Asked]:
    wait = place(events, "wait", place(events, "open"))
    return [
        Asked(
            wait, place(events, "wake", wait),
            ("Este é o laço do cliente. O que ele espera?", "This is the client's loop. What does it wait for?"),
            ("O socket e o teclado, os dois de uma vez: uma thread basta.",
             "The socket and the keyboard, both at once: one thread is enough."),
        ),
    ]  # fmt: skip


def _address_in_use(events: Events) -> List[Asked]:
    close = place(events, "close")
    return [
        Asked(
            close, len(events) - 2,
            ("O servidor fecha a conexão e acaba. A porta pode ser usada logo de novo?",
             "The server closes the connection and ends. Can the port be used again at once?"),
            ("A conexão fica em TIME_WAIT no kernel. Com SO_REUSEADDR pode, sem ele não.",
             "The connection stays in TIME_WAIT in the kernel. With SO_REUSEADDR it can, without it cannot."),
        ),
    ]  # fmt: skip


def _friends(events: Events) -> List[Asked]:
    full = place(events, "accept", result="EMFILE")
    wait = place(events, "wait", full)
    return [
        Asked(
            full, place(events, "accept", full, result="again"),
            ("Não há mais descritores. O que devolve accept, e quem espera na porta?",
             "There are no more descriptors. What does accept return, and who waits at the door?"),
            ("EMFILE. Com um descritor de reserva, quem espera ainda lê ERR server_full.",
             "EMFILE. With a spare descriptor, who waits still reads ERR server_full."),
        ),
        Asked(
            wait, place(events, "wake", wait),
            ("Quem já está dentro percebe?", "Do those who are in notice?"),
            ("Não: o socket de escuta descansa fora do seletor, e o laço serve os outros.",
             "No: the listener rests outside the selector, and the loop serves the others."),
        ),
    ]  # fmt: skip


def _in_frames(events: Events) -> List[Asked]:
    head = place(events, "head", status=101)
    frame = place(events, "frame", kind="text", length=2)  # the nick is longer
    last = place(events, "frame", frame, kind="continuation")
    line = place(events, "line", last)
    return [
        Asked(
            head, head,
            ("ana pediu um WebSocket por HTTP. O que vem depois da resposta 101?",
             "ana has asked for a WebSocket, in HTTP. What comes after the answer 101?"),
            ("Frames, na mesma conexão: até aqui eram linhas de HTTP.",
             "Frames, on the same connection: up to here it was lines of HTTP."),
        ),
        Asked(
            frame, last,
            ("Uma leitura trouxe 24 bytes. Quantos frames são, e onde acaba cada um?",
             "One read brought 24 bytes. How many frames are they, and where does each end?"),
            ("Três. O começo de cada um diz o seu comprimento: nada se procura. O ping pode vir no meio do ç.",
             "Three. The beginning of each says its length: nothing is searched. The ping may come within the ç."),
        ),
        Asked(
            line, line,
            ("ana não enviou nenhum LF. Há uma linha?", "ana has sent no LF. Is there a line?"),
            ("Sim: o FIN do último fragmento termina a mensagem, e com ela a linha.",
             "Yes: the FIN of the last fragment ends the message, and with it the line."),
        ),
    ]  # fmt: skip


QUESTIONS: Dict[int, Questions] = {
    1: Questions(0, _half_a_line), 2: Questions(0, _glued_lines), 3: Questions(0, _partial_send),
    4: Questions(0, _hot_loop), 5: Questions(0, _sleepy_reader), 6: Questions(0, _do_not_block),
    7: Questions(0, _connect_before_accept), 8: Questions(0, _ways_to_leave), 9: Questions(0, _across_the_border),
    10: Questions(0, _the_client_is_a_loop_too), 11: Questions(0, _address_in_use), 12: Questions(0, _friends),
    13: Questions(0, _in_frames),
}  # fmt: skip
