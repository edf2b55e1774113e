"""Labs 9 and 10: bytes and text, a server and a client."""

from __future__ import annotations

import tempfile
from typing import List, Union

from labs.stage import Stage, after_joins, numbers, of, pause
from minichat.trace.schema import Event

WORD = "ação"


def across_the_border(stage: Stage) -> None:
    """Send characters that arrive in two pieces each."""
    said = {}
    for fault in ("decodes_early", ""):
        stage.serve(fault=fault, has_trace=not fault)
        ana = stage.person("ana")
        server = fault or "minichat"
        stage.tell(f"{WORD!r} byte a byte, servidor: {server}", f"{WORD!r} byte by byte, server: {server}")
        for byte in f"{WORD}\n".encode():
            ana.send(bytes([byte]))
            pause(0.05)
        answer = ana.until(b"\n").decode()
        stage.tell(f"volta: {answer.strip()}", f"comes back: {answer.strip()}")
        said[fault] = answer
        events = stage.end()
    conn = numbers(events)["ana"]
    shown = after_joins(events)
    stage.show([event for event in shown if event["event"] in ("recv", "line", "queue")], {conn: "ana"})
    is_broken, is_whole = "\ufffd" in said["decodes_early"], said[""] == f"FROM ana [all]: {WORD}\n"
    stage.require(is_broken, "quem decodifica cedo estraga o texto", "decoding early breaks the text")
    stage.require(is_whole, "o minichat devolve o texto inteiro", "minichat gives the text back whole")
    reads = [event for event in of(shown, "recv", conn=conn) if isinstance(event["got"], int)]
    stage.require(len(reads) == len(WORD.encode()) + 1, "uma leitura por byte", "a read for each byte")


def the_client_is_a_loop_too(stage: Stage) -> None:
    """Type while messages arrive: two files, one select."""
    stage.serve()
    bruno = stage.person("bruno")
    client, trace = stage.client("ana")
    bruno.until(b"JOIN ana\n")
    for number in range(3):
        stage.tell(f"bruno diz {number}, ana digita {number}", f"bruno says {number}, ana types {number}")
        bruno.send(b"b%d\n" % number)
        bruno.until(b"FROM bruno [all]: b%d\n" % number)
        client.type(b"a%d\n" % number)
        bruno.until(b"FROM ana [all]: a%d\n" % number)
    client.end_input()
    client.wait()
    with tempfile.TemporaryFile() as file:
        file.write(b"um\ndois\n")
        file.seek(0)
        stage.tell("caio lê de um arquivo o que tem a dizer", "caio reads from a file what he has to say")
        other, from_file = stage.client("caio", file)
        bruno.until(b"FROM caio [all]: dois\n")
        other.wait()
    stage.end()
    stage.require(not _woke(stage.checked(from_file), "keyboard"),
                  "um arquivo está sempre pronto: ninguém espera por ele",
                  "a file is always ready: the loop does not wait for it")  # fmt: skip
    events = stage.checked(trace)
    stage.tell("o laço do cliente:", "the loop of the client:")
    stage.show(events[1:-1], {1: stage.text("servidor", "server")})
    stage.require(_woke(events, "keyboard") >= 3, "o teclado acorda o laço", "the keyboard wakes the loop")
    stage.require(_woke(events, 1) >= 3, "o servidor acorda o mesmo laço", "the server wakes the same loop")


def _woke(events: List[Event], name: Union[int, str]) -> int:
    """Return how often a file has woken the loop."""
    return sum(name == ready for event in of(events, "wake") for ready, _ in event["ready"])
