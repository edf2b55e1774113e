"""Lab 11: a port that is not free although no program listens there."""

from __future__ import annotations

import socket

from labs.events import numbers, of
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage, pause

EXPECTED = (
    ("o erro EADDRINUSE sem SO_REUSEADDR", "the error EADDRINUSE without SO_REUSEADDR"),
    ("uma porta livre com SO_REUSEADDR", "a free port with SO_REUSEADDR"),
)
SIDES = ("server", "client")

TEXTS = Texts(
    title=("endereço já em uso", "address already in use"),
    cures=("a porta está quebrada.", "the port is broken."),
    before=(
        "Um servidor aceita uma conexão, termina e volta na mesma porta. Quem fecha a conexão primeiro: {value}. O que "
        "diz bind, sem e com SO_REUSEADDR?",
        "A server accepts a connection, ends, and comes back on the same port. Who closes the connection first: "
        "{value}. What does bind say, without and with SO_REUSEADDR?",
    ),
    action=(
        "Duas tentativas com sockets puros, depois o minichat com alguém dentro.",
        "Two attempts with plain sockets, then minichat with one person in.",
    ),
    explanation=(
        "Quem fecha primeiro guarda a conexão em TIME_WAIT, para que bytes atrasados não caiam na próxima. "
        "SO_REUSEADDR diz que isso não impede de escutar. Dois servidores na mesma porta continuam proibidos.",
        "The side that closes first keeps the connection in TIME_WAIT, so that late bytes do not get into the next "
        "connection. SO_REUSEADDR allows a server to listen all the same. Two servers on one port are still forbidden.",
    ),
    after=(
        "Por que o minichat não usa essa opção no Windows?",
        "Why does minichat not use that option on Windows?",
    ),
    answer=(
        "Lá SO_REUSEADDR deixa um segundo programa escutar na porta que outro está usando, e receber as conexões dele.",
        "There, SO_REUSEADDR lets a second program listen on a port that another one uses, and get its connections.",
    ),
)


def play(stage: Stage) -> None:
    """Listen again on the port of a connection that has just ended."""
    for reuses in (False, True):
        is_possible = _can_listen_again(reuses, str(stage.value))
        how = ("com", "with") if reuses else ("sem", "without")
        came = ("dá certo", "works") if is_possible else ("falha: EADDRINUSE", "fails: EADDRINUSE")
        stage.tell(f"{how[0]} SO_REUSEADDR, escutar de novo {came[0]}",
                   f"{how[1]} SO_REUSEADDR, to listen again {came[1]}")  # fmt: skip
        stage.require(is_possible == reuses, *EXPECTED[reuses])
    stage.serve()
    port = stage.port
    stage.person("ana").send(b"oi\n")
    pause(0.1)
    stage.end()
    stage.tell(f"o minichat para com ana dentro e volta na mesma porta, {port}",
               f"minichat stops with ana in, and is back on the same port, {port}")  # fmt: skip
    stage.serve(port=port)
    ana = stage.person("ana")
    ana.send(b"de volta\n")
    ana.until(b"FROM ana [all]: de volta\n")
    events = stage.end()
    accepted = of(events, "accept", result="ok")
    stage.show(events, accepted + of(events, "state", state="joined"), accepted)
    stage.require(bool(numbers(events)), "ana entra de novo", "ana is in again")


def _can_listen_again(reuses: bool, first: str) -> bool:
    """Listen, accept one connection, let ``first`` close it, and listen on the port again; False if that fails."""
    port = 0
    for _ in range(2):
        with socket.socket() as listening:
            if reuses:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                return False
            listening.listen(1)
            port = listening.getsockname()[1]
            caller = socket.create_connection(("127.0.0.1", port))
            served, _ = listening.accept()
            closes, waits = (served, caller) if first == "server" else (caller, served)
            with caller, served:
                closes.close()  # this side keeps the connection in TIME_WAIT
                waits.recv(1)
    return True


LAB = Lab(
    11,
    TEXTS,
    play,
    Knob(
        "first", "server", "client", SIDES,
        ("quem fecha primeiro: server ou client", "who closes first: server or client"),
        (
            "Agora o cliente fecha primeiro. Onde fica o TIME_WAIT? O que diz bind desta vez?",
            "Now the client closes first. Where is the TIME_WAIT? What does bind say this time?",
        ),
        (
            "O TIME_WAIT fica do lado do cliente, na porta dele; a do servidor está livre, e bind dá certo sem a "
            "opção.",
            "The TIME_WAIT is on the client's side, at its port; the server's is free, and bind works without the "
            "option.",
        ),
    ),
    (Home("minichat/net/listener.py", "listen"),),
)  # fmt: skip
