"""Lab 13: a length says where a message ends, as a newline does."""

from __future__ import annotations

from typing import List, NamedTuple

from labs.events import after_joins, numbers, of, only
from labs.lab import Home, Knob, Lab, Text, Texts
from labs.stage import Browser, Person, Stage, pause
from minichat.trace.schema import Event
from tests.webpeer import masked

WORD = "ação"
HALF, REST = b"a\xc3", b"\xa7\xc3\xa3o"  # cut in the middle of the ç
PIECE_SECONDS = 0.1
HEADER_BYTES, MASK_BYTES = 2, 4


class Sent(NamedTuple):
    """One frame of ana."""

    data: bytes
    told: Text


FRAMES = (
    Sent(masked(0x01, HALF), (f"text {HALF.hex(' ')}, sem FIN", f"text {HALF.hex(' ')}, without FIN")),
    Sent(masked(0x89, b""), ("ping", "ping")),
    Sent(masked(0x80, REST), (f"continuation {REST.hex(' ')}, FIN", f"continuation {REST.hex(' ')}, FIN")),
)
DATA = b"".join(sent.data for sent in FRAMES)

TEXTS = Texts(
    title=("o mesmo bate-papo em frames", "the same chat in frames"),
    cures=("um frame é um recv, e é uma mensagem.", "one frame is one recv, and one message."),
    before=(
        "bruno, no nc, e ana, no navegador, dizem 'ação'. O texto de ana vai em dois fragmentos que cortam o ç, com um "
        "ping entre eles e sem newline: 24 bytes, em pedaços de até {value} (--piece-bytes). Quantas leituras, frames "
        "e mensagens? Onde acaba a mensagem dela?",
        "bruno, at nc, and ana, in a browser, say 'ação'. ana's text goes in two fragments that cut the ç, with a ping "
        "between them and no newline: 24 bytes, in pieces of up to {value} (--piece-bytes). How many reads, frames and "
        "messages? Where does her message end?",
    ),
    action=(
        "Um servidor com --web: ana pede um WebSocket, e bruno envia uma linha por TCP.",
        "A server with --web: ana asks for a WebSocket, and bruno sends a line over TCP.",
    ),
    explanation=(
        "Onde acaba uma mensagem? A de bruno, no LF, que se procura byte por byte. No WebSocket, o comprimento vem "
        "antes: não se procura nada, e uma mensagem pode ter qualquer byte, até um LF (que aqui termina a linha "
        "mesmo assim). O preço: 6 bytes a mais por frame curto, e um comprimento que se tem de saber antes de enviar; "
        "para quem não sabe, há fragmentos, e o bit FIN no último. O TCP continua sem fronteiras: uma leitura traz "
        "vários frames, ou meio. O FIN fez a linha, e o dispatcher vê duas linhas iguais.",
        "Where does a message end? That of bruno at the LF, which is searched byte by byte. In a WebSocket the length "
        "comes first: nothing is searched, and a message may have any byte, even an LF (which in this chat ends the "
        "line all the same). The price: 6 more bytes for each short frame, and a length that must be known before it "
        "is sent; for those who do not know it there are fragments, and the bit FIN in the last one. TCP still has no "
        "borders: a read brings several frames, or half of one. FIN made the line, and the dispatcher sees two equal "
        "lines.",
    ),
    after=(
        "Depois de uma linha longa demais, o servidor continua na seguinte. E depois de um frame com o começo errado?",
        "After a line that is too long, the server goes on with the next. And after a frame with a wrong beginning?",
    ),
    answer=(
        "Não pode continuar: sem um comprimento certo, ninguém sabe onde começa o frame seguinte. Ele fecha a conexão "
        "com o código 1002. O próximo LF, ao contrário, sempre se acha.",
        "It cannot go on: without a length that is right, nobody knows where the next frame begins. It closes the "
        "connection with code 1002. The next LF, on the other hand, can always be found.",
    ),
)


def play(stage: Stage) -> None:
    """Say the same over TCP and in frames."""
    stage.serve("--web", "0")
    bruno, ana = stage.person("bruno"), stage.browser("ana")
    _speak(stage, bruno, ana)
    events = stage.end()
    _show_line(stage, events)
    stage.next_screen("em frames", "in frames")
    _show_frames(stage, events)


def _speak(stage: Stage, bruno: Person, ana: Browser) -> None:
    """Let both say the word, each heard by both."""
    for piece in (HALF, REST + b"\n"):
        bruno.send(piece)
        pause(PIECE_SECONDS)
    size = int(stage.value)
    for begin in range(0, len(DATA), size):
        ana.raw(DATA[begin : begin + size])
        pause(PIECE_SECONDS)
    bruno.expect("JOIN ana")
    for person in (bruno, ana):
        person.expect(f"FROM bruno [all]: {WORD}", f"FROM ana [all]: {WORD}")


def _said_by(events: List[Event], nick: str) -> List[Event]:
    """Return what the server has read of that person, after both had come in."""
    conn = numbers(events)[nick]
    found = only(after_joins(events), "recv", "frame", "line", "command")
    return [event for event in found if event["conn"] == conn]


def _show_line(stage: Stage, events: List[Event]) -> None:
    """Show how ana came in, and how the line of bruno was read."""
    hexes = f"{HALF.hex(' ')} | {REST.hex(' ')} 0a"
    stage.tell(f"bruno envia {hexes}", f"bruno sends {hexes}")
    shown = _said_by(events, "bruno")
    lines = of(shown, "line")
    stage.show(events, [*of(events, "head", conn=numbers(events)["ana"]), *shown], lines)
    stage.require(len(of(shown, "recv")) == 2, "uma leitura por pedaço", "a read for each piece")
    stage.require(len(lines) == 1, "uma linha de bruno", "one line of bruno")


def _show_frames(stage: Stage, events: List[Event]) -> None:
    """Show how the frames of ana were read."""
    stage.tell(
        "ana envia (tipo e comprimento, máscara, texto com a máscara):",
        "ana sends (kind and length, mask, the text under the mask):",
    )
    for sent in FRAMES:
        stage.row(_drawn(sent.data, stage.text(*sent.told)))
    said = _said_by(events, "ana")
    frames, lines, reads = of(said, "frame"), of(said, "line"), of(said, "recv")
    stage.show(events, said, [*frames, *lines])
    wanted = -(-len(DATA) // int(stage.value))
    stage.require(len(reads) == wanted, f"{wanted} leituras, e não {len(reads)}", f"{wanted} reads, not {len(reads)}")
    kinds = [event["kind"] for event in frames]
    stage.require(kinds == ["text", "ping", "continuation"], "os três frames", "the three frames")
    stage.require(len(lines) == 1, f"uma linha, e não {len(lines)}", f"one line, not {len(lines)}")
    is_last = lines[0]["n"] > frames[-1]["n"]
    stage.require(is_last, "a linha vem depois do último frame", "the line comes after the last frame")
    is_equal = lines[0]["data"] == of(_said_by(events, "bruno"), "line")[0]["data"]
    stage.require(is_equal, "a linha é igual à de bruno", "the line is equal to that of bruno")


def _drawn(frame: bytes, told: str) -> str:
    """Return a frame in its parts, and what it is."""
    text = HEADER_BYTES + MASK_BYTES
    parts = (frame[:HEADER_BYTES], frame[HEADER_BYTES:text], frame[text:])
    header, mask, payload = (part.hex(" ") for part in parts)
    return f"      {header}  {mask}  {payload:<{3 * len(REST)}} {told}"


LAB = Lab(
    13,
    TEXTS,
    play,
    Knob(
        "piece-bytes", len(DATA), 5, (1, len(DATA)),
        ("quantos bytes do navegador vão de cada vez", "how many bytes of the browser are sent at a time"),
        (
            "Agora 5 bytes por vez. Quantas leituras? Alguma acaba onde acaba um frame? O que muda na linha?",
            "Now 5 bytes at a time. How many reads? Does one of them end where a frame ends? What changes in the line?",
        ),
        (
            "Cinco leituras, e só a última acaba com um frame: os outros frames acabam nos bytes 8 e 14. Na linha não "
            "muda nada.",
            "Five reads, and only the last one ends with a frame: the other frames end at bytes 8 and 14. Nothing "
            "changes in the line.",
        ),
    ),
    (Home("minichat/web/frames.py", "FrameReader.feed"), Home("minichat/web/weblines.py", "WebLines.feed")),
)  # fmt: skip
