"""Labs 3, 4 and 5: a send is not a delivery."""

from __future__ import annotations

import re
import time
from typing import Tuple

from labs.stage import NotShown, Person, Stage, after_joins, numbers, of, pause

SMALL_BYTES = 4096
TEXT = b"x" * 1000
IDLE_SECONDS = 1.0
SPIN_TURNS = 1000  # a second, in silence; a loop that spins makes tens of thousands
FROZEN_SECONDS = 2.0
MOST_MESSAGES = 20_000


def partial_send(stage: Stage) -> None:
    """Send to a reader who stops for a while, through small buffers."""
    stage.serve("--sndbuf", str(SMALL_BYTES))
    ana, caio = stage.person("ana"), stage.person("caio", SMALL_BYTES)
    ana.until(b"JOIN caio\n")
    stage.tell("caio não lê; ana fala 30 vezes", "caio does not read; ana speaks 30 times")
    for _ in range(30):
        ana.send(TEXT + b"\n")
        ana.until(TEXT + b"\n")
    pause(0.2)
    stage.tell("caio lê tudo", "caio reads everything")
    for _ in range(30):
        caio.until(TEXT + b"\n")
    events = stage.end()
    conns = numbers(events)
    caios = conns["caio"]
    shown = [event for event in after_joins(events) if event.get("conn") in (None, caios)]
    stage.show([event for event in shown if event["event"] in ("send", "queue", "interest")], {caios: "caio"})
    sends = of(shown, "send", conn=caios)
    short = [event for event in sends if event["sent"] == "again" or event["sent"] != event["asked"]]
    stage.require(bool(short), "um envio que o núcleo não tomou todo", "a send that the kernel did not take whole")
    changes = [(event["from"], event["to"]) for event in of(shown, "interest", conn=caios)]
    comes_and_goes = ("R", "RW") in changes and ("RW", "R") in changes
    stage.require(comes_and_goes, f"o interesse vai a RW e volta: {changes}", f"RW comes and goes: {changes}")
    stage.require(sends[-1]["queued"] == 0, "no fim a fila está vazia", "in the end the queue is empty")


def hot_loop(stage: Stage) -> None:
    """Wait for WRITE always, then only while there is something to write."""
    stage.serve(fault="always_write", has_trace=False)
    stage.person("ana")
    stage.tell("um servidor que sempre espera por WRITE; ana está e não fala",
               "a server that always waits for WRITE; ana is in and says nothing")  # fmt: skip
    pause(IDLE_SECONDS)
    stage.end()
    found = re.search(r"turns (\d+)", stage.output)
    turns = int(found[1]) if found else 0
    stage.tell(f"voltas do laço em {IDLE_SECONDS:g} s: {turns}", f"turns of the loop in {IDLE_SECONDS:g} s: {turns}")
    stage.require(turns > SPIN_TURNS, "o laço errado gira sem parar", "the wrong loop spins without end")
    stage.serve()
    stage.person("ana")
    stage.tell("o minichat, com a mesma ana", "minichat, with the same ana")
    pause(IDLE_SECONDS)
    events = stage.end()
    idle = len(of(after_joins(events), "wake"))
    stage.show(after_joins(events), {numbers(events)["ana"]: "ana"})
    stage.tell(f"voltas: {idle}", f"turns: {idle}")
    stage.require(idle <= 3, f"quase nenhuma volta, e não {idle}", f"hardly any turn, not {idle}")


def _speak(ana: Person, bruno: Person, times: int) -> Tuple[float, bytes]:
    """Let ana speak and bruno read; return the longest time of one message, and all that bruno read."""
    longest, heard = 0.0, b""
    for _ in range(times):
        begin = time.monotonic()
        ana.send(TEXT + b"\n")
        ana.until(TEXT + b"\n")
        heard += bruno.until(TEXT + b"\n")
        longest = max(longest, time.monotonic() - begin)
    return longest, heard


def sleepy_reader(stage: Stage) -> None:
    """Let one person not read, on minichat and on a server with a thread for each client."""
    stage.serve("--sndbuf", str(SMALL_BYTES))
    ana, bruno = stage.person("ana"), stage.person("bruno")
    stage.person("caio", SMALL_BYTES)
    for person in (ana, bruno):
        person.until(b"JOIN caio\n")
    stage.tell("minichat: caio não lê; ana fala 350 vezes e bruno lê",
               "minichat: caio does not read; ana speaks 350 times, bruno reads")  # fmt: skip
    longest, heard = _speak(ana, bruno, 350)
    stage.require(b"LEAVE caio too_slow\n" in heard, "bruno lê que caio foi cortado", "bruno reads that caio was cut")
    stage.tell(f"a mensagem mais demorada levou {longest * 1000:.0f} ms; caio foi cortado",
               f"the slowest message took {longest * 1000:.0f} ms; caio was cut")  # fmt: skip
    events = stage.end()
    conns = numbers(events)
    queues = {nick: max(event["queued"] for event in of(events, "queue", conn=conn)) for nick, conn in conns.items()}
    stage.tell(f"a maior fila de cada um, em bytes: {queues}", f"the longest queue of each, in bytes: {queues}")
    cut = of(events, "drop", conn=conns["caio"])
    stage.require(bool(cut), "caio é cortado", "caio is cut")
    stage.show(cut + of(events, "state", conn=conns["caio"], state="draining"), {conns["caio"]: "caio"})
    stage.require(queues["caio"] > 50 * queues["bruno"],
                  f"só a fila de caio cresce: {queues}", f"only caio's queue grows: {queues}")  # fmt: skip

    stage.serve_peer("threads")
    ana, bruno = stage.person("ana"), stage.person("bruno")
    stage.person("caio", SMALL_BYTES)
    stage.tell("uma thread por cliente, com sendall: o mesmo", "a thread for each client, with sendall: the same")
    ana.socket.settimeout(FROZEN_SECONDS)
    is_frozen = False
    try:
        for _ in range(MOST_MESSAGES):
            ana.send(TEXT + b"\n")
            ana.until(TEXT + b"\n")
    except (NotShown, OSError):
        is_frozen = True
    stage.require(is_frozen, "com sendall, um leitor parado para todos", "with sendall, one reader stops all")
    stage.tell("ana não ouve mais nem a si mesma", "ana no longer hears even herself")
    stage.server.process.kill()
