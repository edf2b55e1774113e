"""Lab 3: a send is not a delivery."""

from __future__ import annotations

from labs.events import after_joins, numbers, of, only
from labs.excerpt import Part
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage, pause

SMALL_BYTES = 4096
TEXT = b"x" * 1000
TIMES = 30

TEXTS = Texts(
    title=("envio parcial", "partial send"),
    cures=("send envia tudo.", "send sends everything."),
    before=(
        "caio está na conversa e não lê. ana fala 30 vezes, 1000 bytes por vez. O que devolve o send para caio, e o "
        "que faz o servidor com o resto?",
        "caio is in the chat and does not read. ana speaks 30 times, 1000 bytes each time. What does send return for "
        "caio, and what does the server do with the rest?",
    ),
    action=(
        "O buffer de envio do kernel: --sndbuf {value}. Só o que é para caio:",
        "The send buffer of the kernel: --sndbuf {value}. Only what is for caio:",
    ),
    explanation=(
        "O kernel aceita o que cabe no buffer dele. O resto fica na fila de caio, e só então o servidor passa a "
        "esperar por WRITE; quando a fila esvazia, deixa de esperar. Nada se perde, e ninguém mais percebe.",
        "The kernel takes what fits into its buffer. The rest stays in caio's queue, and only then does the server "
        "wait for WRITE; when the queue is empty, it stops waiting for that. Nothing is lost, and the others do not "
        "notice.",
    ),
    after=(
        "Por que não usar sendall? O que acontece se caio nunca mais ler?",
        "Why not use sendall? What happens if caio never reads again?",
    ),
    answer=(
        "sendall espera até que tudo caiba, e o laço inteiro espera com ele. Quem não lê é cortado: quando a fila "
        "passa de 256 KiB (queue_bytes), ou depois de 10 s sem ler um byte (progress_seconds).",
        "sendall waits until everything fits, and the whole loop waits with it. A peer who does not read is cut: when "
        "the queue is over 256 KiB (queue_bytes), or after 10 s without reading a byte (progress_seconds).",
    ),
)


def play(stage: Stage) -> None:
    """Send to a reader who stops for a while, through small buffers."""
    stage.serve("--sndbuf", str(stage.value))
    ana, caio = stage.person("ana"), stage.person("caio", SMALL_BYTES)
    ana.until(b"JOIN caio\n")
    for _ in range(TIMES):
        ana.send(TEXT + b"\n")
        ana.until(TEXT + b"\n")
    pause(0.2)
    for _ in range(TIMES):
        caio.until(TEXT + b"\n")
    events = stage.end()
    conn = numbers(events)["caio"]
    caios = [event for event in only(after_joins(events), "send", "queue", "interest") if event["conn"] == conn]
    sends, interests = of(caios, "send"), of(caios, "interest")
    short = [event for event in sends if event["sent"] != event["asked"]]
    turn = of(caios, "queue")[-1]["turn"]
    first, rest = ([event for event in caios if (event["turn"] <= turn) is is_first] for is_first in (True, False))
    marked = short[:1] + interests
    stage.show_parts([
        Part(events, first, marked, stage.text("caio não lê; ana fala", "caio does not read; ana speaks")),
        Part(events, rest, marked, stage.text("caio lê tudo", "caio reads everything")),
    ])  # fmt: skip
    stage.require(bool(short), "um envio que o kernel não aceitou inteiro", "a send that the kernel did not take whole")
    changes = [(event["from"], event["to"]) for event in interests]
    comes_and_goes = ("R", "RW") in changes and ("RW", "R") in changes
    stage.require(comes_and_goes, "um interesse que vai a RW e volta", "an interest that becomes RW and R again")
    stage.require(sends[-1]["queued"] == 0, "no fim, uma fila vazia", "in the end, an empty queue")


LAB = Lab(
    3,
    TEXTS,
    play,
    Knob(
        "sndbuf", SMALL_BYTES, 65536, (2048, 1 << 20),
        ("o buffer de envio do kernel, em bytes", "the kernel's send buffer, in bytes"),
        (
            "Agora o buffer do kernel tem 65536 bytes. O que você espera do send e da fila de caio?",
            "Now make the kernel's buffer 65536 bytes: what do you expect of send, and of caio's queue?",
        ),
        (
            "O kernel aceita tudo: os 30.510 bytes cabem no buffer dele. Não há fila, nem WRITE; o erro de quem "
            "ignora o retorno de send não aparece, até que venha um leitor mais lento.",
            "The kernel takes all: the 30,510 bytes fit into its buffer. There is no queue, and no WRITE; the "
            "mistake of ignoring what send returns does not show, until a slower reader comes.",
        ),
    ),
    (
        Home("minichat/net/outputqueue.py", "OutputQueue.keep_rest"),
        Home("minichat/net/connection.py", "Connection.update_interest"),
    ),
)  # fmt: skip
