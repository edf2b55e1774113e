"""Lab 10: a keyboard and a connection in one select."""

from __future__ import annotations

import tempfile
from typing import List, Union

from labs.events import of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Person, Stage, pause
from minichat.trace.schema import Event

ROUNDS = 3
BETWEEN_SECONDS = 0.1  # so that each wakes the loop alone
SERVER = 1  # the number of a client's connection in its trace

TEXTS = Texts(
    title=("o cliente também é um laço", "the client is a loop too"),
    cures=("o cliente lê o teclado, depois a rede.", "the client reads the keyboard, then the network."),
    before=(
        "ana digita enquanto bruno fala, {value:linha/linhas} de cada vez. De quantas threads o cliente "
        "precisa? O que acorda o laço dele?",
        "ana types while bruno speaks, {value:line/lines} at a time. How many threads does the client need? "
        "What wakes its loop?",
    ),
    action=(
        "O cliente do minichat, de verdade, que escreve o seu próprio rastro.",
        "The real client of minichat, which writes a trace of its own.",
    ),
    explanation=(
        "Teclado e conexão são dois descritores no mesmo select. Quem tem algo a dizer acorda o laço; nenhum espera "
        "pelo outro. Com um input() bloqueado, as mensagens só apareceriam depois do ENTER. Um arquivo está sempre "
        "pronto: epoll o recusa, e o cliente lê um pedaço a cada volta.",
        "Keyboard and connection are two descriptors in one select. Each of them wakes the loop when it has input; "
        "neither waits for the other. With a blocked input() the messages would appear only after ENTER. A file is "
        "always ready: epoll refuses it, and the client reads a piece each turn.",
    ),
    after=(
        "O que é preciso onde select só aceita sockets (Windows)?",
        "What is needed where select takes sockets only (Windows)?",
    ),
    answer=(
        "Uma thread que só lê o teclado e escreve em um par de sockets; o laço espera pelo outro lado do par.",
        "A thread that only reads the keyboard and writes to a pair of sockets; the loop waits for the other end.",
    ),
)


def play(stage: Stage) -> None:
    """Type while messages arrive, then read from a file: two files, one select."""
    stage.serve()
    bruno = stage.person("bruno")
    _from_a_keyboard(stage, bruno)
    stage.next_screen("um arquivo no lugar do teclado", "a file in place of the keyboard")
    _from_a_file(stage, bruno)
    stage.end()


def _from_a_keyboard(stage: Stage, bruno: Person) -> None:
    client, trace = stage.client("ana")
    bruno.until(b"JOIN ana\n")
    stage.tell("três vezes: bruno diz algo, ana digita algo", "three times: bruno says something, ana types something")
    for number in range(ROUNDS):
        bruno.send(f"b{number}\n")
        bruno.until(f"FROM bruno [all]: b{number}\n".encode())
        lines = [f"a{number}.{part}\n" for part in range(int(stage.value))]
        pause(BETWEEN_SECONDS)
        client.type("".join(lines))
        bruno.until(f"FROM ana [all]: {lines[-1]}".encode())
        pause(BETWEEN_SECONDS)
    client.end_input()
    client.wait()
    events = stage.checked(trace)
    stage.tell("o laço do cliente de ana:", "the loop of ana's client:")
    first = next(event["turn"] for event in of(events, "recv") if "FROM" in str(event.get("data")))
    shown = [event for event in only(events, "wake", "recv", "queue") if event["turn"] >= first]
    woken = _waking(shown, SERVER)[:1] + _waking(shown, "keyboard")[:1]
    stage.show(_named(events, stage), shown, woken)
    stage.require(len(_waking(events, "keyboard")) >= ROUNDS, "o teclado acorda o laço", "the keyboard wakes the loop")
    stage.require(len(_waking(events, SERVER)) >= ROUNDS, "o servidor também", "the server wakes it, too")


def _from_a_file(stage: Stage, bruno: Person) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"um\ndois\n")
        file.seek(0)
        stage.tell("caio lê de um arquivo o que tem a dizer: 'um', 'dois'",
                   "caio reads from a file what he has to say: 'um', 'dois'")  # fmt: skip
        client, trace = stage.client("caio", file)
        bruno.until(b"FROM caio [all]: dois\n")
        client.wait()
    events = stage.checked(trace)
    shown = only(events, "wake", "timer", "queue", "recv")
    stage.tell("o laço do cliente de caio:", "the loop of caio's client:")
    said = [event for event in of(shown, "queue") if "um" in str(event.get("data"))]
    stage.show(_named(events, stage), shown, said)
    stage.require(not _waking(events, "keyboard"), "ninguém espera por um arquivo: está sempre pronto",
                  "the loop does not wait for a file, which is always ready")  # fmt: skip


def _named(events: List[Event], stage: Stage) -> List[Event]:
    """Return the events of a client, with a name for its one connection."""
    name = stage.text("servidor", "server")
    return [{"n": -1, "turn": 0, "event": "state", "conn": SERVER, "state": "joined", "nick": name}, *events]


def _waking(events: List[Event], name: Union[int, str]) -> List[Event]:
    """Return the events in which a file has woken the loop."""
    return [event for event in of(events, "wake") if any(name == ready for ready, _ in event["ready"])]


LAB = Lab(
    10,
    TEXTS,
    play,
    Knob(
        "lines", 1, 5, (1, 20),
        ("quantas linhas ana digita de cada vez", "how many lines ana types at a time"),
        (
            "Agora ana cola 5 linhas de cada vez. Quantas vezes o teclado acorda o laço?",
            "Now ana pastes 5 lines at a time. How often does the keyboard wake the loop?",
        ),
        (
            "O mesmo número de vezes: uma leitura do teclado traz as 5 linhas. É o lab 2, do outro lado.",
            "As often as before: one read of the keyboard brings all 5 lines. It is lab 2, on the other side.",
        ),
    ),
    (Home("minichat/tty/keyboard.py", "Keyboard.resume"), Home("minichat/client/session.py", "Session.line_received")),
)  # fmt: skip
