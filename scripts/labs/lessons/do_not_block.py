"""Lab 6: who waits in a handler lets all wait."""

from __future__ import annotations

import time

from labs.events import after_joins, of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage, pause

SLEEP = b"durma"

TEXTS = Texts(
    title=("não prenda o laço", "do not block the loop"),
    cures=("não bloquear é coisa só de sockets.", "non-blocking is a property of sockets."),
    before=(
        "Ao atender ana, o servidor dorme {value} s. bruno fala nesse momento: quando ele ouve o próprio eco? Como "
        "esperar {value} s sem prender ninguém?",
        "While serving ana, the server sleeps for {value} s. bruno speaks at that moment: when does he hear his own "
        "echo? How can a server wait {value} s without delaying anyone?",
    ),
    action=(
        "Primeiro um servidor que dorme dentro de um handler, depois um que pede um temporizador.",
        "First a server that sleeps inside a handler, then one that asks for a timer.",
    ),
    explanation=(
        "Há uma só thread: enquanto um handler não volta, ninguém é lido, nada é enviado. Um sleep, uma consulta "
        "lenta, um getaddrinfo têm o mesmo efeito. Um temporizador devolve a vez ao laço e volta quando chega a hora.",
        "There is one thread: while a handler does not return, nothing is read and nothing is sent. A sleep, a slow "
        "query, a getaddrinfo have the same effect. With a timer, the handler returns at once, and the loop calls "
        "again when it is time.",
    ),
    after=(
        "O que no seu código pode demorar? O que se faz com trabalho pesado de CPU?",
        "What in your code can take long? What can you do with heavy work for the CPU?",
    ),
    answer=(
        "Disco, DNS, banco de dados, um log que ninguém lê, uma expressão regular. Trabalho pesado vai em pedaços, um "
        "por volta, ou para outro processo, cujo fim acorda o laço.",
        "Disk, DNS, a data base, a log that is not read, a regular expression. Heavy work goes in pieces, one a turn, "
        "or to another process, whose end wakes the loop.",
    ),
)


def play(stage: Stage) -> None:
    """Sleep in a handler, then use a timer instead."""
    _try(stage, "sleeps", is_blocked=True)
    stage.next_screen("um temporizador", "a timer")
    _try(stage, "sets-a-timer", is_blocked=False)


def _try(stage: Stage, fault: str, *, is_blocked: bool) -> None:
    seconds = float(stage.value)
    stage.serve(fault=f"{fault}={seconds}")
    ana, bruno = stage.person("ana"), stage.person("bruno")
    ana.until(b"JOIN bruno\n")
    how = (("dorme dentro do handler", "sleeps inside the handler") if is_blocked
           else ("marca um temporizador", "sets a timer"))  # fmt: skip
    stage.tell(f"o servidor {how[0]}; ana diz 'durma', e bruno 'oi'",
               f"the server {how[1]}; ana says 'durma', and bruno 'oi'")  # fmt: skip
    ana.send(SLEEP + b"\n")
    pause(seconds / 20)
    begin = time.monotonic()
    bruno.send(b"oi\n")
    bruno.until(b"FROM bruno [all]: oi\n")
    waited = time.monotonic() - begin
    lasted = stage.decimal(waited, 2)
    stage.tell(f"bruno esperou {lasted} s pelo seu eco", f"bruno waited {lasted} s for his echo")
    ana.until(b"FROM ana [all]: durma\n")
    events = stage.end()
    lesson = only(after_joins(events), "wake", "recv", "slow", "timer", "queue")
    slow = [event for event in of(lesson, "slow") if event["duration"] > seconds * 0.9e9]
    stage.show(events, lesson, slow or of(lesson, "timer"))
    wrong = stage.text("o laço fica preso só quando algo bloqueia", "the loop is held only when something blocks")
    stage.require(bool(slow) == is_blocked, wrong, wrong)
    late = waited > seconds / 2
    stage.require(late == is_blocked, f"bruno esperou {lasted} s", f"bruno waited {lasted} s")


LAB = Lab(
    6,
    TEXTS,
    play,
    Knob(
        "sleep", 2.0, 0.5, (0.2, 10.0),
        ("quanto o servidor dorme, em segundos", "how long the server sleeps, in seconds"),
        (
            "Agora o servidor dorme 0,5 s. Quanto tempo bruno espera, nos dois servidores? Alguém notaria?",
            "Now the server sleeps for 0.5 s. How long does bruno wait, on both servers? Would anyone notice?",
        ),
        (
            "Quase 0,5 s no primeiro, nada no segundo. Um bate-papo ainda parece vivo; com cem pessoas, cada uma "
            "espera pelas pausas de todas.",
            "Nearly 0.5 s on the first, nothing on the second. A chat still seems alive; with a hundred people, "
            "each waits for the pauses of all.",
        ),
    ),
    (Home("minichat/net/reactor.py", "Reactor.call_later"),),
)  # fmt: skip
