"""Labs 11 and 12: ports, descriptors, and how many peers one thread can serve."""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import List

from labs.stage import Person, Stage, numbers, of, pause

FRIENDS = 500
IDLE_SECONDS = 1.0
ROOM_FILES = 3  # files that the server may still open


def _can_listen_again(reuses: bool) -> bool:
    """Listen, accept one connection, close it first, and listen on the same port again; False if that fails."""
    port = 0
    for _ in range(2):
        with socket.socket() as listening:
            if reuses:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                return False
            listening.listen(1)
            port = listening.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)) as caller:
                served, _ = listening.accept()
                served.close()  # the side that closes first keeps the connection in TIME_WAIT
                caller.recv(1)
    return True


def address_in_use(stage: Stage) -> None:
    """Listen on a port that is not free although no program listens there."""
    for reuses in (False, True):
        is_possible = _can_listen_again(reuses)
        how = ("com", "with") if reuses else ("sem", "without")
        came = ("dá certo", "works") if is_possible else ("falha: EADDRINUSE", "fails: EADDRINUSE")
        stage.tell(f"{how[0]} SO_REUSEADDR, escutar de novo {came[0]}", f"{how[1]} SO_REUSEADDR, again {came[1]}")
        stage.require(is_possible == reuses, "só com SO_REUSEADDR", "only with SO_REUSEADDR")
    stage.serve()
    port = stage.port
    stage.person("ana").send(b"oi\n")
    pause(0.1)
    stage.end()
    stage.tell(f"o minichat para com ana dentro e volta na mesma porta, {port}",
               f"minichat stops with ana in, and is back on the same port, {port}")  # fmt: skip
    stage.serve(port=port)
    ana = stage.person("ana")
    ana.send(b"de volta\n")
    ana.until(b"FROM ana [all]: de volta\n")
    events = stage.end()
    stage.show(of(events, "accept", result="ok"), {})
    stage.require(bool(numbers(events)), "ana entra de novo", "ana is in again")


def friends(stage: Stage) -> None:
    """Serve five hundred people who say nothing, then run out of descriptors."""
    stage.serve("--max-per-ip", "0", "--log-level", "error")
    people: List[Person] = [stage.person("") for _ in range(FRIENDS)]
    for number, person in enumerate(people):
        person.send(f"a{number}\n".encode())
    for number, person in enumerate(people):
        person.until(f"OK a{number}\n".encode())
    begin = time.monotonic()
    pause(IDLE_SECONDS)
    people[0].send(b"oi\n")
    people[-1].until(b"FROM a0 [all]: oi\n")
    stage.tell(f"{FRIENDS} pessoas, uma thread; {time.monotonic() - begin:.1f} s depois alguém fala",
               f"{FRIENDS} people, one thread; {time.monotonic() - begin:.1f} s later one of them speaks")  # fmt: skip
    pause(0.2)
    if sys.platform == "linux":
        _run_out(stage, people[0])
    events = stage.end()
    spoken = of(events, "command", name="say")[0]
    wait, idle = of(events, "wait", turn=spoken["turn"])[0], of(events, "wake", turn=spoken["turn"])[0]
    stage.show([wait, idle, spoken], {1: "a0"})
    stage.require(idle["duration"] > IDLE_SECONDS * 0.8e9, "em silêncio, nenhuma volta", "in silence, not one turn")
    sends = of(events, "send", turn=spoken["turn"])
    stage.tell(f"a mensagem: uma volta, {len(sends)} envios", f"the message: one turn, {len(sends)} sends")
    stage.require(len(sends) == FRIENDS, "um envio para cada um", "a send for each")
    if sys.platform == "linux":
        failed = of(events, "accept", result="EMFILE")
        stage.show(failed[:3], {})
        stage.require(bool(failed), "accept falha com EMFILE", "accept fails with EMFILE")


def _run_out(stage: Stage, ana: Person) -> None:
    import resource

    pid = stage.server.process.pid
    files = len(os.listdir(f"/proc/{pid}/fd")) + ROOM_FILES
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (files, files))
    stage.tell(f"agora o servidor só pode abrir mais {ROOM_FILES} arquivos; chegam 10 pessoas",
               f"now the server may open only {ROOM_FILES} more files; 10 people come")  # fmt: skip
    comers = [stage.person("") for _ in range(10)]
    pause(0.5)
    ana.send(b"ainda aqui\n")
    ana.until(b"FROM a0 [all]: ainda aqui\n")
    stage.tell("quem estava dentro continua a conversar", "those who were in go on chatting")
    del comers
