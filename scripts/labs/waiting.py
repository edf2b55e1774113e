"""Labs 6, 7 and 8: who waits for whom, and which peer has gone."""

from __future__ import annotations

import signal
import socket
import struct
import time

from labs.faults import SLEEP, SLEEP_SECONDS
from labs.stage import Stage, after_joins, numbers, of, pause

RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: close sends a reset


def do_not_block(stage: Stage) -> None:
    """Sleep in a handler, then use a timer instead."""
    for fault, is_blocked in (("blocks", True), ("waits_with_a_timer", False)):
        stage.serve(fault=fault)
        ana, bruno = stage.person("ana"), stage.person("bruno")
        ana.until(b"JOIN bruno\n")
        stage.tell(f"servidor: {fault}. ana diz 'durma', bruno diz 'oi' logo depois",
                   f"server: {fault}. ana says 'durma', bruno says 'oi' right after")  # fmt: skip
        ana.send(SLEEP + b"\n")
        pause(0.1)
        begin = time.monotonic()
        bruno.send(b"oi\n")
        bruno.until(b"FROM bruno [all]: oi\n")
        waited = time.monotonic() - begin
        stage.tell(f"bruno esperou {waited:.1f} s pelo seu eco", f"bruno waited {waited:.1f} s for his echo")
        ana.until(b"FROM ana [all]: durma\n")
        events = stage.end()
        shown = after_joins(events)
        stage.show(shown, {conn: nick for nick, conn in numbers(events).items()})
        slow = [event for event in of(shown, "slow") if event["duration"] > SLEEP_SECONDS * 0.9e9]
        wrong = stage.text("o laço fica preso só quando algo bloqueia", "the loop is held only when something blocks")
        stage.require(bool(slow) == is_blocked, wrong, wrong)
        late = waited > SLEEP_SECONDS / 2
        stage.require(late == is_blocked, f"bruno esperou {waited:.1f} s", f"bruno waited {waited:.1f} s")


def connect_before_accept(stage: Stage) -> None:
    """Connect to a server whose process stands still."""
    stage.serve()
    stage.tell("o servidor é parado (SIGSTOP)", "the server is stopped (SIGSTOP)")
    stage.server.kill(signal.SIGSTOP)
    begin = time.monotonic()
    ana = stage.person("")
    connected = time.monotonic() - begin
    ana.send(b"ana\noi\n")
    stage.tell(f"ana conectou em {connected * 1000:.1f} ms e enviou 7 bytes; o servidor não sabe de nada",
               f"ana connected in {connected * 1000:.1f} ms and sent 7 bytes; the server knows nothing")  # fmt: skip
    pause(0.5)
    ana.socket.setblocking(False)
    is_silent = False
    try:
        ana.socket.recv(1)
    except BlockingIOError:
        is_silent = True
    ana.socket.settimeout(15.0)
    stage.require(is_silent, "ninguém respondeu ainda", "there is no answer yet")
    stage.tell("o servidor continua (SIGCONT)", "the server goes on (SIGCONT)")
    stage.server.kill(signal.SIGCONT)
    ana.until(b"FROM ana [all]: oi\n")
    events = stage.end()
    conn = numbers(events)["ana"]
    ends = of(events, "close", conn=conn)
    shown = events[1 : events.index(ends[0])]
    stage.show(shown, {})
    first = of(shown, "recv", conn=conn)[0]
    stage.require(connected < 1.0, "conectar não espera pelo programa", "connecting does not wait for the program")
    stage.require(first["got"] == 7, "o texto esperou no núcleo", "the text has waited in the kernel")
    accepted = of(shown, "accept", conn=conn)[0]
    stage.require(accepted["n"] < first["n"], "accept vem antes de recv", "accept is before recv")


def ways_to_leave(stage: Stage) -> None:
    """Leave by QUIT, by an end of file and by a reset; and stay, in silence."""
    stage.serve()
    people = {nick: stage.person(nick) for nick in ("educado", "fim", "reset", "mudo")}
    stage.tell("educado envia QUIT", "educado sends QUIT")
    people["educado"].send(b"QUIT\n")
    people["educado"].until(b"BYE\n")
    people["educado"].close()
    pause(0.1)
    stage.tell("fim fecha o envio", "fim ends its output")
    people["fim"].socket.shutdown(socket.SHUT_WR)
    pause(0.1)
    stage.tell("reset some com um RST", "reset goes with an RST")
    people["reset"].socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    people["reset"].close()
    pause(0.1)
    stage.tell("mudo não diz nada, e pergunta quem está", "mudo says nothing, and asks who is in")
    people["mudo"].send(b"WHO\n")
    people["mudo"].until(b"WHO 1 mudo\n")
    events = stage.end()
    conns = numbers(events)
    begin = events.index(after_joins(events)[0])
    seen = [event for event in events[begin:-1] if event["event"] in ("wake", "recv", "state", "close")]
    stage.show(seen, {conn: nick for nick, conn in conns.items()})
    got = {nick: [event["got"] for event in of(events, "recv", conn=conn)] for nick, conn in conns.items()}
    stage.require("eof" in got["fim"], "fim: recv devolve b''", "fim: recv returns b''")
    stage.require("ECONNRESET" in got["reset"], "reset: recv falha com ECONNRESET", "reset: recv fails with ECONNRESET")
    left = of(events, "state", conn=conns["educado"], state="draining")
    stage.require(bool(left) and left[0]["reason"] == "quit", "educado sai por quit", "educado leaves by quit")
    before = [event for event in events if event["event"] == "state" and event.get("reason")][:-1]
    silent = [event for event in before if event["conn"] == conns["mudo"] and event["turn"] < events[-1]["turn"] - 5]
    stage.require(not silent, "de mudo o servidor não sabe nada", "the server knows nothing about mudo")
