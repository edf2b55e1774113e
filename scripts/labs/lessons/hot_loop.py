"""Lab 4: what is ready all the time must not be waited for all the time."""

from __future__ import annotations

import re
from typing import Tuple

from labs.events import after_joins, numbers, of
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage, pause

IDLE_SECONDS = 1.0  # with nobody at the keyboard
TRACED_SECONDS, SHOWN_TURNS = 0.05, 4
SPIN_TURNS = 1000  # a second, in silence; a loop that spins makes tens of thousands

TEXTS = Texts(
    title=("o laço quente", "the hot loop"),
    cures=(
        "pronto para escrever quer dizer que há algo a escrever.",
        "ready to write means that there is something to write.",
    ),
    before=(
        "{value:pessoa está/pessoas estão} na conversa, em silêncio. Quantas voltas por segundo dá um laço que sempre "
        "espera por READ e WRITE? E um que espera por WRITE só enquanto há algo na fila?",
        "{value:person is/people are} in the chat, in silence. How many turns a second does a loop make that always "
        "waits for READ and WRITE? And one that waits for WRITE only while something is queued?",
    ),
    action=(
        "O minichat com esse único erro, até você apertar ENTER. Abra o medidor do processador (top ou htop).",
        "minichat with that one mistake, until you press ENTER. Open the meter of the processor (top or htop).",
    ),
    explanation=(
        "Um socket com espaço no buffer está sempre pronto para escrever. Quem sempre espera por isso nunca dorme: "
        "um processador inteiro para nada. O interesse em WRITE é uma função da fila.",
        "A socket with room in its buffer is always ready to write. A loop that always waits for that never sleeps: a "
        "whole processor for nothing. Interest in WRITE is a function of the queue.",
    ),
    after=(
        "Que exemplos você conhece que fazem isso? Como se percebe?",
        "Which examples do you know that do this? How would you notice it?",
    ),
    answer=(
        "Muitos exemplos de livros e da web registram READ | WRITE para sempre. A conversa funciona; só o medidor do "
        "processador, ou uma contagem das voltas do laço, mostra o erro.",
        "Many examples in books and on the web register READ | WRITE for ever. The chat works; only the processor's "
        "meter, or a count of the loop's turns, shows the mistake.",
    ),
)


def play(stage: Stage) -> None:
    """Wait for WRITE always, then only while there is something to write."""
    stage.tell("um servidor que sempre espera por WRITE; ninguém fala",
               "a server that always waits for WRITE; all are silent")  # fmt: skip
    seconds, turns, used = _be_silent(stage, "always-write")
    lasted = stage.decimal(seconds, 1)
    stage.tell(f"{turns} voltas em {lasted} s: {turns / seconds:.0f} por segundo; processador: {used:.0%}",
               f"{turns} turns in {lasted} s: {turns / seconds:.0f} a second; processor: {used:.0%}")  # fmt: skip
    _show_some_turns(stage)
    stage.require(turns > SPIN_TURNS * seconds, "o laço errado gira sem parar", "the wrong loop spins without end")

    stage.next_screen("o minichat como ele é", "minichat as it is")
    stage.tell("o minichat, com as mesmas pessoas em silêncio", "minichat, with the same people in silence")
    stage.serve()
    for number in range(int(stage.value)):
        stage.person(f"ana{number}")
    seconds = stage.until_enter(IDLE_SECONDS)
    events = stage.end()
    idle = len(of(after_joins(events), "wake"))
    end = of(events, "wake", reason="signal")[:1]
    lasted = stage.decimal(seconds, 1)
    stage.tell(f"voltas em {lasted} s: {idle}. Uma só espera, até que o lab mandou o servidor parar:",
               f"turns in {lasted} s: {idle}. A single wait, until the lab told the server to stop:")  # fmt: skip
    stage.show(events, end, end)
    most = 3 + len(numbers(events)) + seconds
    stage.require(idle <= most, f"quase nenhuma volta, e não {idle}", f"hardly any turn, not {idle}")


def _be_silent(stage: Stage, fault: str) -> Tuple[float, int, float]:
    """Let people be silent on a faulty server; return the seconds, its turns, and its share of a processor."""
    stage.serve(fault=fault, has_trace=False)
    for number in range(int(stage.value)):
        stage.person(f"ana{number}")
    seconds = stage.until_enter(IDLE_SECONDS)
    stage.end()
    found = re.search(r"turns (\d+) processor ([\d.]+)", stage.output)
    turns, used = (int(found[1]), float(found[2])) if found else (0, 0.0)
    return seconds, turns, min(1.0, used / seconds)


def _show_some_turns(stage: Stage) -> None:
    """Show a few turns of the faulty server, which has a trace this time, and is left alone for a moment."""
    stage.serve(fault="always-write")
    stage.person("ana0")
    pause(TRACED_SECONDS)
    events = stage.end(is_good=False)  # its trace shows that it wakes up for nothing
    wakes = of(after_joins(events), "wake")[:SHOWN_TURNS]
    stage.tell("algumas dessas voltas:", "some of these turns:")
    stage.show(events, wakes, wakes[:1])


LAB = Lab(
    4,
    TEXTS,
    play,
    Knob(
        "people", 1, 50, (1, 200),
        ("quantas pessoas estão na conversa, em silêncio", "how many people are in the chat, all silent"),
        (
            "Agora com 50 pessoas em silêncio. O laço errado dá mais voltas por segundo, ou menos? E o certo?",
            "Now with 50 silent people. Does the wrong loop make more turns a second, or fewer? And the right one?",
        ),
        (
            "Menos voltas, cada uma mais cara: são 50 sockets prontos por volta. O processador continua em 100%; "
            "no laço certo, em zero.",
            "Fewer turns, each at a higher price: 50 sockets are ready in each. The processor stays at 100%; in "
            "the right loop, at zero.",
        ),
    ),
    (Home("minichat/net/connection.py", "Connection._wanted"),),
)  # fmt: skip
