"""What a solved exercise does, seen from outside.

A check yields the key of a condition, then tries it, and so on; No, DidNotCome
and an error of a socket mean that the condition of the last key does not hold.
"""

from __future__ import annotations

import datetime
import os
import re
import signal
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional

from exercising.tree import No, Tree, demand, expect, expect_nothing, people
from tests.peer import Peer, SlowPeer
from tests.program import SERVER, Program, complaints
from tests.support import PATIENCE_SECONDS, DidNotCome

Check = Callable[[Tree], Iterator[str]]

ROUNDS = 10  # of a chat over a selector that shuffles
TRIES = 10  # to lose a BYE
UNREAD_LINES = 100  # that wait for a peer when it says QUIT
CLOCK_SECONDS = 60.0  # by which the answer to TIME may differ from our clock
GREETING_SECONDS = 5.0
LOOK_SECONDS = 0.1  # from one look at a program that may have ended to the next
QUIET_SECONDS = 1.0  # in which a bot that answers itself would speak again
TIME_LINE = re.compile(r"TIME (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")


def log_file(tree: Tree) -> Iterator[str]:
    """Exercise 0."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "minichat.log")
        yield "log_option"
        with tree.server("--log-level", "info", "--log-file", str(file)) as server:
            yield "log_in_file"
            with people(server, "ana"):
                _wait(lambda: file.exists() and "ana" in file.read_text(), lambda: f"{file.name} without ana")
            yield "log_not_twice"
            errors = server.stop()[2]
            demand("ana" not in errors, errors)
        yield "log_complains"
        with Program(
            *SERVER, "--port", "0", "--log-file", str(Path(folder, "no", "folder")),
            variables={"PYTHONPATH": str(tree.folder)}, options={"cwd": tree.folder},
        ) as program:  # fmt: skip
            status, _, errors = program.finish()
        demand(status == 1 and errors.count("\n") == 1, (status, errors))


def bot(tree: Tree) -> Iterator[str]:
    """Exercise 1."""
    command = tree.command or ("sh", "bot.sh")
    with tree.server() as server, Peer(server.port, "ana") as ana:
        yield "bot_comes"
        with tree.program(*command, str(server.port)) as program:
            try:
                name = _nick_of(_soon(ana, "JOIN ", program=program))
                yield "bot_greets"
                with Peer(server.port, "bruno"):
                    expect(ana, "JOIN bruno")
                    greeting = _soon(ana, f"FROM {name} [all]: ")
                    demand("bruno" in greeting, greeting)
                    yield "bot_is_not_fooled"
                    ana.send("JOIN carla\n")
                    expect(ana, "FROM ana [all]: JOIN carla")
                    with Peer(server.port, "davi"):
                        expect(ana, "JOIN davi")
                        greeting = _soon(ana, f"FROM {name} [all]: ")
                        demand("davi" in greeting and "carla" not in greeting, greeting)
                        yield "bot_is_brief"
                        time.sleep(QUIET_SECONDS)
                        expect_nothing(ana)
            finally:
                _end_group(program)


def shuffled(tree: Tree) -> Iterator[str]:
    """Exercise 2."""
    yield "shuffled_option"
    with tree.server("--selector", "shuffled") as server, people(server, "ana", "bruno", "caio") as everyone:
        yield "shuffled_chats"
        for number in range(ROUNDS):
            for peer, nick in zip(everyone, ("ana", "bruno", "caio")):
                peer.send(f"{number}\n")
                for reader in everyone:
                    expect(reader, f"FROM {nick} [all]: {number}")
        yield "shuffled_is_quiet"
        errors = server.errors.so_far()
        demand(not errors, errors)


def time_of_day(tree: Tree) -> Iterator[str]:
    """Exercise 3."""
    with tree.server() as server:
        with people(server, "ana", "bruno") as (ana, bruno):
            yield "time_answers"
            for spelling in ("TIME", "time", "TIME  "):
                ana.send(f"{spelling}\n")
                line = ana.line()
                found = TIME_LINE.fullmatch(line)
                if not found:
                    raise No(f"{spelling!r} → {line!r}")
                told = datetime.datetime.strptime(found[1], "%Y-%m-%dT%H:%M:%SZ")
                now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
                demand(abs((now - told).total_seconds()) < CLOCK_SECONDS, line)
            yield "time_is_private"
            expect_nothing(bruno)
            yield "time_is_a_word"
            ana.send("TIME flies\n")
            expect(bruno, "FROM ana [all]: TIME flies")
        yield "time_in_client"
        status, lines = tree.client(server.port, "carla", "TIME\n")
        demand(status == 0 and len(lines) == 2 and TIME_LINE.fullmatch(lines[1]) is not None, (status, lines))


def block(tree: Tree) -> Iterator[str]:
    """Exercise 4."""
    with tree.server() as server, people(server, "ana", "bruno", "carla") as (ana, bruno, carla):
        yield "block_answers"
        ana.send("BLOCK bruno\n")
        expect(ana, "BLOCK bruno")
        yield "block_hides"
        bruno.send("oi\n")
        expect(bruno, "FROM bruno [all]: oi")
        expect(carla, "FROM bruno [all]: oi")
        carla.send("olá\n")
        for peer in (ana, bruno, carla):
            expect(peer, "FROM carla [all]: olá")
        yield "block_hides_private"
        bruno.send("@ana psst\n")
        expect_nothing(bruno)
        expect_nothing(ana)
        yield "block_others"
        bruno.send("@carla psst\n")
        expect(carla, "FROM bruno [dm]: psst")
        yield "block_unknown"
        ana.send("BLOCK zeca\n")
        expect(ana, "ERR user_not_found")


def spaces(tree: Tree) -> Iterator[str]:
    """Exercise 5."""
    with tree.server() as server, Peer(server.port, "ana") as ana:
        yield "spaces_join"
        with Peer(server.port) as maria:
            maria.send("ana maria\n")
            expect(maria, 'OK "ana maria"')
            expect(ana, 'JOIN "ana maria"')
            yield "spaces_speak"
            maria.send("oi\n")
            expect(ana, 'FROM "ana maria" [all]: oi')
            expect(maria, 'FROM "ana maria" [all]: oi')
            yield "spaces_private"
            ana.send('@"ana maria" segredo\n')
            expect(maria, "FROM ana [dm]: segredo")
            expect_nothing(ana)
            maria.send("@ana maria segredo\n")
            expect(ana, 'FROM "ana maria" [dm]: maria segredo')
            yield "spaces_who"
            ana.send("WHO\n")
            expect(ana, 'WHO 2 ana "ana maria"')
            yield "spaces_few"
            for nick in ("ana  bia", " ana", 'a"b', "bia"):
                with Peer(server.port) as peer:
                    peer.send(f"{nick}\n")
                    expect(peer, "OK bia" if nick == "bia" else "ERR apelido_invalido")


def no_drain(tree: Tree) -> Iterator[str]:
    """Exercise 6: here the tree has to be worse than before."""
    yield "bye_is_lost"
    for _ in range(TRIES):
        with tree.server("--rate", "0") as server, SlowPeer(server.port, "ana") as ana:
            if _loses_bye(ana):
                return
    raise No(f"{TRIES} × BYE")


def _loses_bye(ana: Peer) -> bool:
    """Speak much, say QUIT, go on speaking and only then read; return True if the end is not BYE."""
    try:
        ana.send((b"y" * 1000 + b"\n") * UNREAD_LINES + b"QUIT\n")
        ana.push(b"z" * 1000000)
        return not ana.rest().endswith("BYE\n")
    except (DidNotCome, OSError):
        return True


def rooms(tree: Tree) -> Iterator[str]:
    """Exercise 8."""
    with tree.server() as server, people(server, "ana", "bruno", "carla") as (ana, bruno, carla):
        yield "room_answers"
        for number, peer in enumerate((ana, bruno), 1):
            peer.send("ROOM azul\n")
            _soon(peer, f"ROOM azul {number}")
        yield "room_keeps"
        ana.send("oi azul\n")
        _soon(ana, "FROM ana [all]: oi azul")
        _soon(bruno, "FROM ana [all]: oi azul")
        carla.send("oi sala\n")
        _soon(carla, "FROM carla [all]: oi sala", never="oi azul")
        yield "room_who"
        ana.send("WHO\n")
        _soon(ana, "WHO 2 ana bruno", never="oi sala")
        yield "room_private"
        carla.send("@ana psst\n")
        _soon(ana, "FROM carla [dm]: psst")


def asyncio_server(tree: Tree) -> Iterator[str]:
    """Exercise 9."""
    yield "wire"
    command = tree.command or ("python3", "my_server.py")
    with Program("-m", "tests.wire", *command, options={"cwd": tree.folder}) as program:
        status, _, errors = program.finish(seconds=6 * PATIENCE_SECONDS)
    demand(status == 0, errors[-600:])


def third_language(tree: Tree) -> Iterator[str]:
    """Exercise 10."""
    kept = [_sentences(tree, language) for language in ("pt", "en")]
    yield "language_option"
    own = _sentences(tree, "es")
    yield "language_sentences"
    for number, sentence in enumerate(own):
        demand(sentence.startswith("[STATUS] ") and all(sentence != other[number] for other in kept), sentence)


# The exercises that a program can judge, by their number.
CHECKS: Dict[int, Check] = {
    0: log_file, 1: bot, 2: shuffled, 3: time_of_day, 4: block, 5: spaces, 6: no_drain, 8: rooms,
    9: asyncio_server, 10: third_language,
}  # fmt: skip


def _sentences(tree: Tree, language: str) -> List[str]:
    """Return the five status lines of a short life, without the names and numbers in them."""
    with tree.server("--lang", language) as server:
        with people(server, "ana"):
            lines = [server.first_line, server.status_line()]
        lines += [server.status_line()]
        lines += server.stop()[1].splitlines()
    return [re.sub(r"ana|[0-9.:]+", "", line) for line in lines]


def _soon(peer: Peer, beginning: str, never: str = "", program: Optional[Program] = None) -> str:
    """Return the next line that begins so.

    Raise No if it does not come in time or before the end of ``program``, or if a line with ``never`` comes.
    """
    deadline = time.monotonic() + GREETING_SECONDS
    seen: List[str] = []
    peer.socket.settimeout(LOOK_SECONDS)
    try:
        while not (seen and never and never in seen[-1]) and time.monotonic() < deadline:
            has_ended = program is not None and program.process.poll() is not None
            try:
                seen.append(peer.line())
            except DidNotCome:
                if has_ended:
                    break
                continue
            if seen[-1].startswith(beginning):
                return seen[-1]
    finally:
        peer.socket.settimeout(PATIENCE_SECONDS)
    raise No(f"{beginning!r} ← {seen}{complaints()}")


def _nick_of(join: str) -> str:
    return join.partition(" ")[2]


def _wait(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + GREETING_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise No(what())
        time.sleep(0.01)


def _end_group(program: Program) -> None:
    """End a shell with all that it has started."""
    try:
        os.killpg(program.process.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
