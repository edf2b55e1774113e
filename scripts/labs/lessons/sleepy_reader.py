"""Lab 5: one who does not read, and all the others."""

from __future__ import annotations

import time
from typing import Dict, Tuple

from labs.events import numbers, of
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import NotShown, Person, Stage

SMALL_BYTES = 4096
FROZEN_SECONDS = 2.0
MOST_BYTES = 40_000_000  # more than the kernel keeps for one reader
BAR_COLUMNS = 40

TEXTS = Texts(
    title=("o leitor que dorme", "the sleepy reader"),
    cures=(
        "um cliente lento prejudica todos, é inevitável.",
        "one slow client must hurt all.",
    ),
    before=(
        "caio para de ler e a conversa continua. Quem espera? O que cresce? E em um servidor com uma thread por "
        "cliente e sendall?",
        "caio stops reading and the chat goes on. Who waits? What grows? And on a server with a thread for each "
        "client and sendall?",
    ),
    action=(
        "ana fala, {value} bytes por vez, e bruno lê; caio não lê.",
        "ana speaks, {value} bytes each time, and bruno reads; caio does not read.",
    ),
    explanation=(
        "No minichat só a fila de caio cresce, até o limite; então ele é cortado (too_slow), e os outros não notam. "
        "Com sendall, a thread de quem fala fica presa no envio a caio, e ana não ouve nem a si mesma.",
        "On minichat only caio's queue grows, up to its limit; then he is cut (too_slow), and the others do not "
        "notice. With sendall, the thread that speaks is stuck in the send to caio, and ana does not even hear "
        "herself.",
    ),
    after=(
        "Que limites protegem o servidor aqui, e por que têm esses valores? (python3 -m minichat.server --show-limits)",
        "Which limits protect the server here, and why those values? (python3 -m minichat.server --show-limits)",
    ),
    answer=(
        "queue_bytes: uma fila; queue_soft_bytes e queue_soft_seconds: uma fila grande por muito tempo; "
        "progress_seconds: quem não lê nada; queues_bytes: todas as filas juntas, ou seja, a memória.",
        "queue_bytes: one queue; queue_soft_bytes and queue_soft_seconds: a large queue for a long time; "
        "progress_seconds: a peer who reads nothing; queues_bytes: all queues together, that is, the memory.",
    ),
)


def play(stage: Stage) -> None:
    """Let one person not read, on minichat and on a server with a thread for each client."""
    _on_minichat(stage)
    stage.next_screen("uma thread por cliente", "a thread for each client")
    _on_threads(stage)


def _on_minichat(stage: Stage) -> None:
    stage.serve("--sndbuf", str(SMALL_BYTES))
    ana, bruno = stage.person("ana"), stage.person("bruno")
    stage.person("caio", SMALL_BYTES)
    for person in (ana, bruno):
        person.until(b"JOIN caio\n")
    stage.tell("no minichat, até que caio seja cortado", "on minichat, until caio is cut")
    count, longest = _speak_until_cut(ana, bruno, b"x" * int(stage.value))
    stage.tell(f"caio foi cortado depois de {count} mensagens; a mais demorada levou {longest * 1000:.0f} ms",
               f"caio was cut after {count} messages; the slowest took {longest * 1000:.0f} ms")  # fmt: skip
    events = stage.end()
    conns = numbers(events)
    queues = {nick: max(event["queued"] for event in of(events, "queue", conn=conn)) for nick, conn in conns.items()}
    stage.tell("a maior fila de cada um, em bytes:", "the longest queue of each, in bytes:")
    _draw(stage, queues)
    cut = of(events, "drop", conn=conns["caio"])
    stage.show(events, cut + of(events, "state", conn=conns["caio"], state="draining"), cut)
    stage.require(bool(cut), "o corte de caio", "the cut of caio")
    only_his = queues["caio"] > 20 * max(queues["ana"], queues["bruno"])
    stage.require(only_his, "só a fila de caio cresce", "only caio's queue grows")


def _speak_until_cut(ana: Person, bruno: Person, text: bytes) -> Tuple[int, float]:
    """Let ana speak until bruno reads that caio is cut; return how often, and the longest time of one message."""
    longest = 0.0
    for count in range(1, MOST_BYTES // len(text)):
        begin = time.monotonic()
        ana.send(text + b"\n")
        ana.until(text + b"\n")
        heard = bruno.until(text + b"\n")
        longest = max(longest, time.monotonic() - begin)
        if b"LEAVE caio too_slow\n" in heard:
            return count, longest
    raise NotShown("LEAVE caio too_slow")


def _draw(stage: Stage, queues: Dict[str, int]) -> None:
    for nick, size in queues.items():
        bar = "#" * round(BAR_COLUMNS * size / max(queues.values()))
        stage.row(f"      {nick:<6} {size:>7}  {bar}".rstrip())


def _on_threads(stage: Stage) -> None:
    stage.serve_peer("threads")
    ana = stage.person("ana")
    stage.person("bruno")
    stage.person("caio", SMALL_BYTES)
    stage.tell("o mesmo em um servidor com uma thread por cliente, e sendall",
               "the same on a server with a thread for each client, and sendall")  # fmt: skip
    ana.socket.settimeout(FROZEN_SECONDS)
    text, heard = b"x" * int(stage.value), 0
    try:
        while heard < MOST_BYTES // len(text):
            ana.send(text + b"\n")
            ana.until(text + b"\n")
            heard += 1
    except (NotShown, OSError):
        stage.tell(f"ana ouviu {heard} mensagens suas; da seguinte, nada em {FROZEN_SECONDS:g} s",
                   f"ana heard {heard} messages of hers; of the next one, nothing in {FROZEN_SECONDS:g} s")  # fmt: skip
        stage.tell("nem ana, nem bruno: a conversa parou para todos, por causa de caio",
                   "neither ana nor bruno: the chat stopped for all, because of caio")  # fmt: skip
    else:
        stage.require(False, "com sendall, um leitor parado para todos", "with sendall, one reader stops all")
    stage.leave()
    stage.server.process.kill()


LAB = Lab(
    5,
    TEXTS,
    play,
    Knob(
        "text-bytes", 1000, 100, (50, 4000),
        ("o tamanho de cada mensagem, em bytes", "the size of each message, in bytes"),
        (
            "Agora cada mensagem tem 100 bytes. Depois de quantas caio é cortado? Dez vezes mais?",
            "Now each message has 100 bytes. After how many is caio cut? Ten times as many?",
        ),
        (
            "Menos de dez vezes mais: cada mensagem na fila custa, além do texto, 64 bytes de memória "
            "(piece_bytes), e o limite conta os dois.",
            "Fewer than ten times as many: besides its text, each message in the queue costs 64 bytes of memory "
            "(piece_bytes), and the limit counts both.",
        ),
    ),
    (Home("minichat/net/patience.py", "Patience.deadline"), Home("minichat/server/server.py", "Server.too_slow")),
)  # fmt: skip
