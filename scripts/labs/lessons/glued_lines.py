"""Lab 2: a read may hold many lines."""

from __future__ import annotations

from typing import List

from labs.events import after_joins, numbers, of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage

LINES = ("oi", "tudo bem?", "tchau")
DATA = "".join(f"{line}\n" for line in LINES).encode()

TEXTS = Texts(
    title=("linhas coladas", "glued lines"),
    cures=("um recv é uma mensagem.", "one recv is one message."),
    before=(
        "ana envia três linhas de uma só vez. Quantas leituras faz o servidor? Quantas linhas ele vê? "
        "E se cada leitura pedir poucos bytes (--recv-size {value})?",
        "ana sends three lines at once. How many reads does the server make? How many lines does it see? "
        "And if each read asks for few bytes (--recv-size {value})?",
    ),
    action=(
        "O mesmo envio a dois servidores: um normal, outro com --recv-size {value}.",
        "The same bytes go to two servers: a normal one, and one with --recv-size {value}.",
    ),
    explanation=(
        "Uma leitura trouxe três linhas; muitas leituras pequenas trouxeram as mesmas três. O tamanho da leitura "
        "muda o trabalho, nunca a conversa: quem corta as linhas é o buffer, e não a rede.",
        "One read brought three lines; many small reads brought the same three. The size of a read changes the work "
        "and never the chat: it is the buffer that cuts the lines, not the network.",
    ),
    after=(
        "Por que o servidor lê no máximo 16384 bytes por vez, e atende no máximo 16 linhas por volta?",
        "Why does the server read at most 16384 bytes at a time, and serve at most 16 lines a turn?",
    ),
    answer=(
        "Para que quem envia muito não prenda a volta: o trabalho por conexão e volta tem um limite, e os outros são "
        "atendidos entre um pedaço e o seguinte.",
        "So that a peer who sends much cannot hold the turn: the work for one connection in a turn is bounded, and "
        "the others are served between one piece and the next.",
    ),
)


def play(stage: Stage) -> None:
    """Send three lines at once, to a normal server and to one with small reads."""
    said = []
    for number, options in enumerate(((), ("--recv-size", str(stage.value)))):
        if number:
            stage.next_screen(f"com {' '.join(options)}", f"with {' '.join(options)}")
        said.append(_send_to(stage, *options))
        if not number:
            stage.require(len(said[0]) == 3, "três respostas", "three answers")
    stage.require(said[0] == said[1], "a conversa é a mesma", "the chat is the same")
    stage.tell("a conversa foi a mesma nos dois", "the chat was the same on both")


def _send_to(stage: Stage, *options: str) -> List[bytes]:
    stage.serve(*options)
    ana = stage.person("ana")
    stage.tell(f"ana envia {DATA.decode()!r} de uma vez", f"ana sends {DATA.decode()!r} at once")
    ana.send(DATA)
    said = [ana.until(f"[all]: {line}\n".encode()) for line in LINES]
    events = stage.end()
    conn = numbers(events)["ana"]
    shown = only(after_joins(events), "recv", "line")
    lines = of(shown, "line", conn=conn)
    stage.show(events, shown, lines, after=1)
    reads = of(shown, "recv", conn=conn)
    most = int(stage.value) if options else len(DATA)
    wanted = -(-len(DATA) // most)
    stage.require(len(reads) == wanted, f"{wanted} leituras, e não {len(reads)}", f"{wanted} reads, not {len(reads)}")
    stage.require(len(lines) == 3, f"três linhas, e não {len(lines)}", f"three lines, not {len(lines)}")
    return said


LAB = Lab(
    2,
    TEXTS,
    play,
    Knob(
        "recv-size", 1, 5, (1, 16384),
        ("bytes que o segundo servidor pede em cada leitura", "how many bytes the second server reads at once"),
        (
            "Agora cada leitura pede 5 bytes. Quantas leituras? Em que leituras aparece uma linha?",
            "Now each read asks for 5 bytes. How many reads? In which reads does a line appear?",
        ),
        (
            "Quatro leituras. Uma linha aparece na leitura que traz o newline dela, e o começo da linha seguinte "
            "espera no buffer.",
            "Four reads. A line appears in the read that brings its newline, and the beginning of the next line "
            "waits in the buffer.",
        ),
    ),
    (Home("minichat/net/linebuffer.py", "LineBuffer.next_line"), Home("minichat/net/pool.py", "Pool.serve")),
)  # fmt: skip
