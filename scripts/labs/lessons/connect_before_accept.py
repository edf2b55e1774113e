"""Lab 7: the kernel connects, the program accepts."""

from __future__ import annotations

import signal
import time
from typing import List

from labs.events import before_the_end, numbers, of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Person, Stage, pause

NICKS = ("ana", "bruno", "caio", "duda", "elisa")

TEXTS = Texts(
    title=("connect antes de accept", "connect before accept"),
    cures=("conectado quer dizer que o servidor me conhece.", "connected means that the server knows me."),
    before=(
        "O processo do servidor está parado. {value:pessoa chama/pessoas chamam} connect e "
        "{value::envia/enviam} duas linhas{value::/ cada uma}. O que acontece?",
        "The server's process is stopped. {value:person calls/people call} connect and "
        "{value::sends/send} two lines{value::/ each}. What happens?",
    ),
    action=(
        "O servidor recebe SIGSTOP; alguém se conecta e fala; depois ele recebe SIGCONT.",
        "The server gets SIGSTOP; somebody connects and speaks; then it gets SIGCONT.",
    ),
    explanation=(
        "O kernel completa a conexão e guarda o texto: o programa nem precisa estar acordado. accept só tira da fila "
        "uma conexão que já existe. Por isso um connect bem-sucedido não diz nada sobre o servidor; só uma resposta "
        "diz.",
        "The kernel completes the connection and keeps the text: the program need not even be awake. accept only takes "
        "a connection that exists already from a queue. So a connect that succeeds says nothing about the server; "
        "only an answer does.",
    ),
    after=(
        "Quantas conexões cabem nessa fila? Como o cliente do minichat percebe um servidor que nunca responde?",
        "How many connections fit into that queue? How does minichat's client notice a server that never answers?",
    ),
    answer=(
        "O que se pede a listen (backlog, 1024), se o sistema não permite menos. O cliente espera pela resposta ao "
        "apelido; sem ela, desiste depois de um prazo e diz que o endereço aceita a conexão, mas não responde.",
        "What listen was asked for (backlog, 1024), unless the system allows less. The client waits for the answer to "
        "its nickname; without one it gives up after a while, and says that the address accepts the connection, but "
        "does not answer.",
    ),
)


def play(stage: Stage) -> None:
    """Connect to a server whose process stands still."""
    stage.serve()
    stage.tell("o servidor é parado (SIGSTOP)", "the server is stopped (SIGSTOP)")
    stage.server.kill(signal.SIGSTOP)
    begin = time.monotonic()
    people = [stage.person("") for _ in range(int(stage.value))]
    connected = time.monotonic() - begin
    nicks = [*NICKS, *(f"p{number}" for number in range(len(NICKS), len(people)))]
    for nick, person in zip(nicks, people):
        person.send(f"{nick}\noi\n")
    took = stage.decimal(connected * 1000, 1)
    stage.tell(f"conectados em {took} ms, e o texto enviado; o servidor não sabe de nada",
               f"connected in {took} ms, and the text is sent; the server knows nothing")  # fmt: skip
    pause(0.5)
    stage.require(_are_silent(people), "ninguém respondeu ainda", "there is no answer yet")
    stage.tell("o servidor continua (SIGCONT)", "the server goes on (SIGCONT)")
    stage.server.kill(signal.SIGCONT)
    for nick, person in zip(nicks, people):
        person.until(f"FROM {nick} [all]: oi\n".encode())
    events = stage.end()
    conn = numbers(events)["ana"]
    shown = only(before_the_end(events), "wake", "accept", "recv", "line", "state")
    accepted, first = of(shown, "accept", conn=conn)[0], of(shown, "recv", conn=conn)[0]
    stage.show(events, shown, [accepted, first])
    stage.require(connected < 1.0, "conectar não espera pelo programa", "connecting does not wait for the program")
    stage.require(first["got"] == 7, "o texto esperou no kernel", "the text has waited in the kernel")
    stage.require(accepted["n"] < first["n"], "accept vem antes de recv", "accept is before recv")


def _are_silent(people: List[Person]) -> bool:
    """True if nothing has come to any of them."""
    return not any(person.pull(1) for person in people)


LAB = Lab(
    7,
    TEXTS,
    play,
    Knob(
        "people", 1, 5, (1, 50),
        ("quantas pessoas se conectam ao servidor parado", "how many people connect to the stopped server"),
        (
            "Agora cinco se conectam. Quantas voltas são precisas para aceitar todas? E para ler de todas?",
            "Now five people connect. How many turns does it take to accept them? And to read from them all?",
        ),
        (
            "Uma volta aceita todas (até 64, turn_accepts), e a seguinte lê de todas: uma leitura por conexão.",
            "One turn accepts them all (up to 64, turn_accepts), and the next one reads from them all: one read "
            "for each.",
        ),
    ),
    (Home("minichat/net/listener.py", "Listener.accept"), Home("minichat/client/session.py", "Session.connect")),
)  # fmt: skip
