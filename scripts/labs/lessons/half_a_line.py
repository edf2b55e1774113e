"""Lab 1: a read is not a line."""

from __future__ import annotations

from typing import List

from labs.events import after_joins, numbers, of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage, pause

PIECE_SECONDS = 0.3
LINE = b"bom dia, gente\n"

TEXTS = Texts(
    title=("meia linha", "half a line"),
    cures=("um send do outro lado é um recv aqui.", "one send over there is one recv here."),
    before=(
        "ana envia uma linha em {value:pedaço/pedaços}, com uma pausa depois de cada um; só o último tem o newline. "
        "Quantas vezes o servidor acorda? Em que momento existe uma mensagem?",
        "ana sends one line in {value:piece/pieces}, with a pause after each; only the last one has the newline. "
        "How often does the server wake up? When is there a message?",
    ),
    action=("Os pedaços são enviados, um de cada vez.", "The pieces are sent, one at a time."),
    explanation=(
        "TCP entrega um fluxo de bytes, sem fronteiras. Cada pedaço acordou o laço, e o buffer de linha cresceu; "
        "só o newline fez dele uma linha. Sem esse buffer, o servidor teria visto várias mensagens, ou nenhuma.",
        "TCP delivers a stream of bytes, without borders. Each piece woke the loop, and the line buffer grew; only "
        "the newline made a line of it. Without that buffer the server would have seen several messages, or none.",
    ),
    after=(
        "O que acontece se ana nunca enviar o newline? Onde isso tem um limite?",
        "What happens if ana never sends the newline? Where is the limit to that?",
    ),
    answer=(
        "O buffer dela cresce, e o de mais ninguém. Acima de 4096 bytes (line_bytes) a linha é jogada fora, e ana "
        "recebe ERR line_too_long.",
        "Her buffer grows, and no other. Over 4096 bytes (line_bytes) the line is thrown away, and ana gets "
        "ERR line_too_long.",
    ),
)


def pieces_of(line: bytes, count: int) -> List[bytes]:
    """Return the line cut into so many pieces of nearly equal size."""
    ends = [len(line) * number // count for number in range(count + 1)]
    return [line[begin:end] for begin, end in zip(ends, ends[1:])]


def play(stage: Stage) -> None:
    """Send one line in pieces."""
    stage.serve()
    ana = stage.person("ana")
    pieces = pieces_of(LINE, int(stage.value))
    quoted = "  ".join(repr(piece.decode()) for piece in pieces)
    stage.tell(f"ana envia {quoted}", f"ana sends {quoted}")
    for piece in pieces:
        ana.send(piece)
        pause(PIECE_SECONDS)
    ana.until(b"FROM ana [all]: " + LINE)
    events = stage.end()
    conn = numbers(events)["ana"]
    shown = only(after_joins(events), "wake", "recv", "line", "queue", "send")
    reads, lines = of(shown, "recv", conn=conn), of(shown, "line", conn=conn)
    stage.show(events, shown, lines)
    sizes, got = [len(piece) for piece in pieces], [event["got"] for event in reads]
    stage.require(got == sizes, f"leituras de {sizes} bytes, e não {got}", f"reads of {sizes} bytes, not {got}")
    stage.require(len(lines) == 1, f"uma linha, e não {len(lines)}", f"one line, not {len(lines)}")
    is_last = lines[0]["n"] > reads[-1]["n"]
    stage.require(is_last, "a linha vem depois do último pedaço", "the line comes after the last piece")


LAB = Lab(
    1,
    TEXTS,
    play,
    Knob(
        "pieces", 3, 15, (1, len(LINE)),
        ("em quantos pedaços ana envia a linha", "in how many pieces ana sends the line"),
        (
            "Agora um byte por vez. Quantas vezes o servidor acorda? Quantas linhas ele vê?",
            "Now one byte at a time. How often does the server wake up? How many lines does it see?",
        ),
        (
            "Quinze vezes, uma por byte; e ainda uma só linha, depois do último.",
            "Fifteen times, once a byte; and still one line, after the last one.",
        ),
    ),
    (Home("minichat/net/linebuffer.py", "LineBuffer.feed"),),
)  # fmt: skip
