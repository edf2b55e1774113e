"""Lab 8: which peer has gone."""

from __future__ import annotations

from labs.events import after_joins, numbers, of, only
from labs.lab import Home, Knob, Lab, Texts
from labs.stage import Stage, pause

BETWEEN_SECONDS = 0.1

TEXTS = Texts(
    title=("três maneiras de sair, e uma de ficar", "three ways to leave, and one to stay"),
    cures=("quando alguém sai, eu sempre sou avisado.", "leaving is an event that I am always told of."),
    before=(
        "Um diz QUIT, outro fecha o envio, outro some com um reset, outro não diz nada. O que o servidor vê de cada "
        "um?",
        "One says QUIT, one ends sending, one goes with a reset, one says nothing. What does the server see of each?",
    ),
    action=("Os quatro entram; três saem, cada um a seu modo.", "All four come in; three leave, each in its own way."),
    explanation=(
        "QUIT é uma linha, o fim é um recv vazio, o reset é um erro do recv. O silêncio não é nada: um cabo puxado e "
        "alguém que pensa são iguais, até que um keep-alive do kernel pergunte.",
        "QUIT is a line, the end is an empty recv, the reset is an error of recv. Silence is nothing: a pulled cable "
        "and a person who thinks look the same, until a keep-alive of the kernel asks.",
    ),
    after=(
        "Depois de quanto tempo o minichat percebe um cabo puxado, e com que limites?",
        "After how long does minichat notice a pulled cable, and by which limits?",
    ),
    answer=(
        "Em silêncio, depois de 60 s mais 3 perguntas a cada 10 s (keepalive_...): uns 90 s. Se há algo para enviar, "
        "antes: 10 s sem que um byte seja lido (progress_seconds).",
        "In silence, after 60 s and 3 questions, one each 10 s (keepalive_...): some 90 s. If there is something to "
        "send, earlier: 10 s without a byte being read (progress_seconds).",
    ),
)


def play(stage: Stage) -> None:
    """Leave by QUIT, by an end of file and by a reset; and stay, in silence."""
    stage.serve()
    people = {nick: stage.person(nick) for nick in ("educado", "fim", "reset", "mudo")}
    stage.tell("educado envia QUIT", "educado sends QUIT")
    people["educado"].send(b"QUIT\n")
    people["educado"].until(b"BYE\n")
    people["educado"].close()
    pause(BETWEEN_SECONDS)
    left = b"x" * int(stage.value)
    stage.tell(f"fim envia {left.decode()!r} sem newline e fecha o envio" if left else "fim fecha o envio",
               f"fim sends {left.decode()!r} without a newline, and ends its output"
               if left else "fim ends its output")  # fmt: skip
    people["fim"].send(left)
    people["fim"].end_sending()
    people["mudo"].until(b"LEAVE fim gone\n")
    pause(BETWEEN_SECONDS)
    stage.tell("reset some com um RST; mudo não diz nada", "reset goes with an RST; mudo says nothing")
    people["reset"].reset()
    people["mudo"].until(b"LEAVE reset gone\n")
    events = stage.end()
    conns = numbers(events)
    lesson = [event for event in only(after_joins(events), "recv", "line", "state")
              if event.get("state") != "closed" or event["conn"] == conns["reset"]]  # fmt: skip
    marked = [event for event in of(lesson, "recv") if not isinstance(event["got"], int)]
    quit_line = of(lesson, "line", conn=conns["educado"])
    said_bye = of(lesson, "recv", conn=conns["educado"], got="eof")
    shown = [event for event in lesson if event not in said_bye]
    stage.show(events, shown, quit_line + marked, after=1)
    stage.tell("de mudo, nem uma linha", "of mudo, not one line")
    got = {nick: [event["got"] for event in of(events, "recv", conn=conn)] for nick, conn in conns.items()}
    stage.require("eof" in got["fim"], "fim: recv devolve b''", "fim: recv returns b''")
    stage.require("ECONNRESET" in got["reset"], "reset: recv falha com ECONNRESET", "reset: recv fails with ECONNRESET")
    draining = of(events, "state", conn=conns["educado"], state="draining")
    stage.require([event["reason"] for event in draining] == ["quit"], "educado sai por quit", "educado leaves by quit")
    silent = [event for event in lesson if event.get("conn") == conns["mudo"]]
    stage.require(not silent, "de mudo o servidor não sabe nada", "the server knows nothing about mudo")


LAB = Lab(
    8,
    TEXTS,
    play,
    Knob(
        "left-bytes", 0, 5, (0, 40),
        ("quantos bytes sem newline 'fim' envia antes", "how many bytes without a newline 'fim' sends first"),
        (
            "Agora 'fim' envia 5 bytes sem newline antes de sair. Alguém chega a ler esses bytes?",
            "Now 'fim' sends 5 bytes without a newline before it leaves. Does anyone get to read them?",
        ),
        (
            "Ninguém. Sem newline não são uma linha; o servidor os joga fora quando 'fim' sai.",
            "Nobody. Without a newline they are no line; the server throws them away when 'fim' leaves.",
        ),
    ),
    (Home("minichat/net/connection.py", "Connection._receive"), Home("minichat/net/listener.py", "prepare")),
)  # fmt: skip
