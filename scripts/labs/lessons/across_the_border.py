"""Lab 9: bytes are not text."""

from __future__ import annotations

from labs.events import after_joins, numbers, of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage, pause

WORD = "ação"
PIECE_SECONDS = 0.05

TEXTS = Texts(
    title=("'ação' na fronteira", "'ação' across the border"),
    cures=("bytes são texto.", "bytes are text."),
    before=(
        "'ação' são 4 letras. Quantos bytes? Vão em pedaços (--piece-bytes {value}). O que se lê se cada leitura for "
        "logo decodificada?",
        "'ação' has 4 letters. How many bytes? They are sent in pieces (--piece-bytes {value}). What text comes out if "
        "each read is decoded at once?",
    ),
    action=(
        "Um servidor que decodifica cada leitura assim que chega.",
        "A server that decodes each read as soon as it comes.",
    ),
    explanation=(
        "Em UTF-8, ç e ã são dois bytes cada. Uma leitura pode acabar entre eles, e meio caractere não é texto. "
        "Primeiro se corta a linha em bytes (o newline nunca faz parte de outro caractere), depois se decodifica.",
        "In UTF-8, ç and ã are two bytes each. A read may end between these two, and half a character is not text. "
        "First the line is cut, in bytes (a newline is never part of another character), then it is decoded.",
    ),
    after=(
        "Por que é seguro procurar o newline nos bytes? Seria assim também em UTF-16?",
        "Why is it safe to look for the newline in the bytes? Would it be safe in UTF-16?",
    ),
    answer=(
        "Em UTF-8, todo byte de um caractere de vários bytes é 0x80 ou maior, e o newline é 0x0A. Em UTF-16 não: o "
        "byte 0x0A faz parte de outros caracteres, como Ċ (U+010A).",
        "In UTF-8 every byte of a character of several bytes is 0x80 or more, and the newline is 0x0A. Not so in "
        "UTF-16: the byte 0x0A is a part of other characters, such as Ċ (U+010A).",
    ),
)


def play(stage: Stage) -> None:
    """Send characters that arrive in two pieces each."""
    early = _send_to(stage, "decodes-early")
    stage.end()
    stage.require("\ufffd" in early, "um texto estragado por quem decodifica cedo", "a text broken by decoding early")
    stage.next_screen("o minichat", "minichat")
    whole = _send_to(stage, "")
    events = stage.end()
    conn = numbers(events)["ana"]
    shown = only(after_joins(events), "recv", "line", "queue")
    stage.show(events, shown, of(shown, "line"))
    stage.require(whole == f"FROM ana [all]: {WORD}\n", "o texto inteiro de volta", "the whole text, come back")
    reads, size = of(shown, "recv", conn=conn), len(WORD.encode()) + 1
    wanted = -(-size // int(stage.value))
    stage.require(len(reads) == wanted, "uma leitura por pedaço", "a read for each piece")


def _send_to(stage: Stage, fault: str) -> str:
    """Send the word in pieces; return what comes back."""
    stage.serve(fault=fault, has_trace=not fault)
    ana = stage.person("ana")
    data, size = f"{WORD}\n".encode(), int(stage.value)
    pieces = [data[begin : begin + size] for begin in range(0, len(data), size)]
    hexes = " | ".join(piece.hex(" ") for piece in pieces)
    stage.tell(f"ana envia {hexes}", f"ana sends {hexes}")
    for piece in pieces:
        ana.send(piece)
        pause(PIECE_SECONDS)
    answer = ana.until(b"\n").decode()
    stage.tell(f"volta: {answer.strip()}", f"comes back: {answer.strip()}")
    return answer


LAB = Lab(
    9,
    TEXTS,
    play,
    Knob(
        "piece-bytes", 1, 3, (1, 7),
        ("quantos bytes vão de cada vez", "how many bytes are sent at a time"),
        (
            "Agora 3 bytes por vez. O servidor errado ainda estraga o texto? O que isso diz sobre os seus testes?",
            "Now 3 bytes at a time. Does the wrong server still break the text? What does that say about your tests?",
        ),
        (
            "Desta vez não: os cortes caem, por sorte, entre caracteres. Um teste que passa uma vez não prova "
            "nada; corte em todas as posições.",
            "Not this time: the cuts are, by luck, between characters. A test that passes once proves nothing; "
            "cut at every position.",
        ),
    ),
    (Home("minichat/net/linebuffer.py", "LineBuffer.next_line"), Home("minichat/chat/protocol.py", "decode")),
)  # fmt: skip
