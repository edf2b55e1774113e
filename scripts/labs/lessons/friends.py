"""Lab 12: how many peers one thread can serve, and what happens when there is no descriptor left."""

from __future__ import annotations

import os
import sys
import time
from typing import List

from labs.events import of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Person, Stage, pause
from minichat.trace.schema import Event

IDLE_SECONDS = 1.0
ROOM_FILES = 0  # that the server may still open
SHOWN_SENDS = 3
ROUNDS = 5  # the listener rests longer each time, up to a second

TEXTS = Texts(
    title=("uma thread, 500 amigos", "one thread, 500 friends"),
    cures=("concorrência se faz com threads.", "concurrency means threads."),
    before=(
        "{value} pessoas estão na conversa e ninguém fala. Quanto custa isso? Alguém fala: quantas voltas, quantos "
        "envios? E quando acabam os descritores?",
        "{value} people are in, and all are silent. What does that cost? One speaks: how many turns, how many sends? "
        "And what happens when the descriptors run out?",
    ),
    action=("{value} conexões em silêncio, depois uma mensagem.", "{value} silent connections, then one message."),
    explanation=(
        "Em silêncio o laço dorme: nenhuma volta. Uma mensagem é uma volta com um envio por pessoa. Sem descritores, "
        "accept falha com EMFILE e o socket de escuta continua legível: esperar por ele seria um laço quente. O "
        "minichat o tira do seletor por um momento, e quem está dentro não percebe.",
        "In silence the loop sleeps: not one turn. A message is one turn, with one send for each person. Without "
        "descriptors, accept fails with EMFILE and the listening socket stays readable: to wait for it would be a hot "
        "loop. minichat takes it out of the selector for a moment, and those who are in do not notice.",
    ),
    after=(
        "O que custariam 500 threads? O que muda com 10.000 pessoas?",
        "What would 500 threads cost? What changes with 10,000 people?",
    ),
    answer=(
        "500 pilhas na memória, e o sistema que troca de uma thread para outra. Com 10.000, cada fala são 10.000 "
        "envios: o preço é o de quem ouve, e não o de quem está em silêncio.",
        "500 stacks in memory, and the system that switches from one thread to another. With 10,000, each thing said "
        "is 10,000 sends: the price is that of those who hear, not that of those who are silent.",
    ),
)


def play(stage: Stage) -> None:
    """Serve many people who say nothing, then run out of descriptors."""
    count = int(stage.value)
    stage.serve("--max-per-ip", "0", "--log-level", "error")
    people: List[Person] = [stage.person("") for _ in range(count)]
    for number, person in enumerate(people):
        person.send(f"a{number}\n")
    for number, person in enumerate(people):
        person.until(f"OK a{number}\n".encode())
    begin = time.monotonic()
    pause(IDLE_SECONDS)
    people[0].send(b"oi\n")
    people[-1].until(b"FROM a0 [all]: oi\n")
    lasted = stage.decimal(time.monotonic() - begin, 1)
    stage.tell(f"{count} pessoas, uma thread; {lasted} s depois alguém fala",
               f"{count} people, one thread; {lasted} s later one of them speaks")  # fmt: skip
    pause(0.2)
    if sys.platform == "linux":
        _run_out(stage, people[0])
    events = stage.end()
    _show_the_message(stage, events, count)
    if sys.platform == "linux":
        stage.next_screen("sem descritores", "without descriptors")
        _show_the_rest(stage, events)


def _show_the_message(stage: Stage, events: List[Event], count: int) -> None:
    spoken = of(events, "command", name="say")[0]
    turn = [event for event in events if event["turn"] == spoken["turn"]]
    wake, sends = of(turn, "wake")[0], of(turn, "send")
    stage.tell(f"a mensagem: uma volta, {len(sends)} envios", f"the message: one turn, {len(sends)} sends")
    stage.show(events, only(turn, "wake", "line", "command", "queue") + sends[:SHOWN_SENDS], [wake])
    stage.require(wake["duration"] > IDLE_SECONDS * 0.8e9, "em silêncio, nenhuma volta", "in silence, not one turn")
    stage.require(len(sends) == count, "um envio para cada um", "a send for each")


def _run_out(stage: Stage, first: Person) -> None:
    """Let the server open no more files; let people knock, and one who is in speak meanwhile."""
    import resource

    pid = stage.server.process.pid
    files = len(os.listdir(f"/proc/{pid}/fd")) + ROOM_FILES
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (files, files))
    for number in range(ROUNDS):
        stage.person("").until(b"ERR server_full\n")  # now the listener rests
        stage.person("")  # knocks, and is not heard
        first.send(f"ainda aqui {number}\n")
        first.until(f"FROM a0 [all]: ainda aqui {number}\n".encode())


def _show_the_rest(stage: Stage, events: List[Event]) -> None:
    """Show a round in which the listener, on which a person knocks, was not waited for."""
    stage.tell("o servidor não pode abrir mais arquivos: accept falha, e quem chega é recusado",
               "the server may open no more files: accept fails, and who comes is refused")  # fmt: skip
    failed = of(events, "accept", result="EMFILE")
    stage.require(bool(failed), "um accept que falha com EMFILE", "an accept that fails with EMFILE")
    rest = max((_rest_after(events, event) for event in failed), key=len, default=[])
    spoken = [event for event in of(rest, "wake") if event["ready"] and event["reason"] == "io"][1:-1]
    stage.tell("mais alguém bate à porta, mas o laço só espera por quem está dentro; depois volta:",
               "one more knocks, but the loop waits only for those who are in; later it is back:")  # fmt: skip
    stage.show(events, rest, [*of(rest, "accept")[:1], *spoken])
    stage.require(bool(spoken), "uma volta sem o socket de escuta", "a turn without the listening socket")


def _rest_after(events: List[Event], failed: Event) -> List[Event]:
    """Return what matters from the wake before an EMFILE to the next wake of the listener, both included."""
    wakes = of(events, "wake")
    listening = [event["n"] for event in wakes if any(name == "listener" for name, _ in event["ready"])]
    begin = max((n for n in listening if n < failed["n"]), default=0)
    end = min((n for n in listening if n > failed["n"]), default=0)
    part = [event for event in events if begin <= event["n"] <= end]
    return [event for event in only(part, "wake", "accept", "timer", "recv") if event.get("result") in (None, "EMFILE")]


LAB = Lab(
    12,
    TEXTS,
    play,
    Knob(
        "people", 500, 100, (10, 1000),
        ("quantas pessoas estão na conversa", "how many people are in the chat"),
        (
            "Agora com 100 pessoas. Quantas voltas em silêncio, e quantos envios para uma mensagem?",
            "Now with 100 people. How many turns in silence, and how many sends for one message?",
        ),
        (
            "Nenhuma volta em silêncio, como antes; e 100 envios. O preço de uma fala é o número de quem ouve.",
            "Not one turn in silence, as before; and 100 sends. The price of a message is the number of those who "
            "hear it.",
        ),
    ),
    (Home("minichat/chat/fanout.py", "Fanout.deliver"), Home("minichat/net/listener.py", "Listener._rest")),
)  # fmt: skip
