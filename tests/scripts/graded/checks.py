"""Show by hand, over sockets, which cases a server fails; scripts/grade.py must see the same without knowing it before.

    python3 -m tests.scripts.graded.checks [NAME ...]       every case on these servers, or on all

Each check speaks the plain dialect, and knows which server it plays on: one that is
right gets all the time it needs, and one that must fail gets `SHORT_SECONDS`.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import sys
import time
from typing import Callable, Dict, List

from tests.live import A_SPIN
from tests.peer import READ_BYTES, SMALL_BUFFER_BYTES, Peer
from tests.program import Program, ServerProcess
from tests.scripts.graded.faulty import DIALECTS, FAULTS, MAY, SERVERS, UNGRADABLE
from tests.scripts.graded.table import ALL_CASES, PLAIN
from tests.support import PATIENCE_SECONDS, wait_until

HERE = "tests/scripts/graded"
# The servers that the checks can speak to, and that start as the others do.
PLAINLY = [
    name
    for name in SERVERS
    if (DIALECTS.get(name, PLAIN) == PLAIN or FAULTS[name])
    and name not in (*UNGRADABLE, "forged_echo", "glued_out", "unframed_glued", "relay", "crlf_out", "crlf_doubled")
    and name not in ("end_is_text", "header_in", "any_nick_in_capitals", "relay_with_nicks", "nameless", "short_lines")
    and name not in ("unframed_asks_again", "relay_of_reads", "guests", "numbered_people", "send_decodes_reads")
    and name not in ("notices_unended", "guests_behind", "sendall_to_all_slowly")
    and name not in ("prints_nothing", "asks_port", "asks_menu", "goes_to_background", "port_variable", "verbose")
]
SHORT_SECONDS = 0.3  # that a server which must fail gets
SLOW_SECONDS = 1.5  # the same, where the correct server waits for a second itself
SPIN_SECONDS, SPIN_LOOKS = 0.3, 3
PLAYS = 5  # in one of which a fault must show
ROUNDS = 4  # in which all speak at once; some servers let nobody say more in a second
NOTICED_SECONDS = 1.5  # after which a server has noticed that a connection was closed
SLOW_LINES, SLOW_BYTES = 4000, 4000  # more than the kernel keeps for one that does not read


class Person(Peer):
    """A peer whose waits take the patience of its stage."""

    def __init__(self, port: int, end: str, seconds: float, receive_bytes: int = 0) -> None:
        super().__init__(port, receive_bytes=receive_bytes)
        self.end = end
        self.socket.settimeout(seconds)

    def __enter__(self) -> Person:
        return self

    def say(self, text: str) -> None:
        """Send one message."""
        self.send(text + self.end)

    def hears(self, text: str) -> str:
        """Return everything up to ``text``; raise the failure if it does not come."""
        return self.until(text.encode()).decode(errors="replace") if text else ""

    def first(self) -> bytes:
        """Return the first that comes; b"" at the end."""
        return self.socket.recv(READ_BYTES)


class Graded(ServerProcess):
    """One of the servers; with it ends everything that it has started."""

    def __init__(self, name: str, port: int = 0) -> None:
        arguments = [f"{HERE}/faulty.py", name] + ([str(port)] if port else [])
        Program.__init__(self, *arguments, options={"start_new_session": True})
        try:
            self.first_line = self.output.line()
            self.port = int(self.first_line.split()[-1])
        except BaseException:
            self.__exit__()
            raise

    def kill(self, number: int) -> None:
        os.killpg(self.process.pid, number)

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        super().__exit__()


class Stage:
    """One server that runs, the people there, and how long they wait."""

    def __init__(self, name: str, seconds: float = PATIENCE_SECONDS) -> None:
        self.name, self.seconds = name, seconds
        self.end = "\n" if DIALECTS.get(name, PLAIN).say.endswith("\n") else ""
        self.server = Graded(name)
        self.people: List[Person] = []

    def stranger(self, receive_bytes: int = 0) -> Person:
        """Someone who is connected, and has said nothing."""
        self.people.append(Person(self.server.port, self.end, self.seconds, receive_bytes))
        return self.people[-1]

    def join(self, nick: str, receive_bytes: int = 0) -> Person:
        """Someone who is in; one of that nick who has just gone may still be there for a moment."""
        deadline = time.monotonic() + self.seconds
        while True:
            person = self.stranger(receive_bytes)
            person.say(nick)
            said = person.socket.recv(READ_BYTES, socket.MSG_PEEK)
            if not said.startswith(b"ERR apelido_em_uso") or time.monotonic() > deadline:
                person.hears(f"OK {nick}")
                return person
            time.sleep(0.01)

    def answer(self, nick: str) -> bytes:
        """What someone reads first who asks for a nick."""
        person = self.stranger()
        person.say(nick)
        return person.first()

    def leave(self) -> None:
        """Let everyone go."""
        for person in self.people:
            person.close()
        self.people.clear()

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *exc: object) -> None:
        self.leave()
        self.server.__exit__()


CHECKS: Dict[str, Callable[[Stage], None]] = {}


def check(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Enter the check of one case; it raises where the server fails."""
    CHECKS[play.__name__] = play
    return play


def crosses(speaker: Person, hearer: Person, text: str) -> str:
    """Assert that a text reaches another; return what came before it."""
    speaker.say(text)
    return hearer.hears(f"[all]: {text}")


def until_noticed(speaker: Person, hearer: Person) -> None:
    """Assert that texts go on to reach another until a server has noticed that a connection was closed."""
    deadline = time.monotonic() + NOTICED_SECONDS
    for number in itertools.count():
        crosses(speaker, hearer, f"oi{number}")
        if time.monotonic() > deadline:
            break


# -- the assignment, and the chat ----------------------------------------------------


@check
def broadcast(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    crosses(ana, bruno, "Oi gente: 100%")
    ana.hears("FROM ana [all]: Oi gente: 100%")


@check
def direct(stage: Stage) -> None:
    ana, bruno, other = stage.join("ana"), stage.join("bruno"), stage.join("brunox")
    ana.say("@bruno segredo")
    bruno.hears("FROM ana [dm]: segredo")
    assert "segredo" not in crosses(bruno, other, "marca")
    ana.say("@brunox outro segredo")
    other.hears("FROM ana [dm]: outro segredo")
    ana.say("@ana meu segredo")
    assert "meu segredo" not in crosses(ana, bruno, "fim")


@check
def no_such_user(stage: Stage) -> None:
    ana = stage.join("ana")
    ana.say("@zeca oi")
    ana.hears("ERR user_not_found")


@check
def nick_in_use(stage: Stage) -> None:
    stage.join("ana")
    second = stage.stranger()
    second.say("ana")
    assert second.first().startswith(b"ERR apelido_em_uso")
    with contextlib.suppress(OSError):
        second.say("ana")  # who is asked again may not be looked at again
        assert not second.first().startswith(b"OK")


@check
def disconnected(stage: Stage) -> None:
    stage.join("ana")
    second = stage.stranger()
    second.say("ana")
    second.rest()


@check
def first_unharmed(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    second = stage.stranger()
    second.say("ana")
    second.first()
    second.close()
    until_noticed(ana, bruno)
    crosses(bruno, bruno, "um")
    crosses(bruno, ana, "dois")
    crosses(ana, bruno, "tres")


@check
def who(stage: Stage) -> None:
    ana, _ = stage.join("ana"), stage.join("bruno")
    ana.say("WHO")
    ana.hears("ana, bruno")


@check
def who_private(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    ana.say("WHO")
    ana.hears("conectados")
    assert "conectados" not in crosses(ana, bruno, "marca")


@check
def quit(stage: Stage) -> None:
    ana = stage.join("ana")
    ana.say("QUIT")
    assert ana.rest().rstrip().endswith("BYE")


@check
def leave_told(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    bruno.say("QUIT")
    ana.hears("bruno saiu")


@check
def nick_free_again(stage: Stage) -> None:
    ana = stage.join("ana")
    ana.say("QUIT")
    ana.rest()
    stage.join("ana")


# -- framing, and bytes --------------------------------------------------------------


def pieces(stage: Stage, *data: bytes) -> Person:
    """Send a line in pieces that arrive one by one; return one who hears it."""
    ana, bruno = stage.join("ana"), stage.join("bruno")
    for number, piece in enumerate(data[:-1]):
        ana.send(piece)
        for turn in range(10):  # by then the server has read the piece
            crosses(bruno, bruno, f"passo{number}{turn}")
    ana.send(data[-1])
    return bruno


@check
def byte_by_byte(stage: Stage) -> None:
    pieces(stage, *(bytes([byte]) for byte in b"oba"), b"\n").hears("[all]: oba")


@check
def cut_in_character(stage: Stage) -> None:
    pieces(stage, b"\xc3", b"\xa9!\n").hears("FROM ana [all]: é!")


@check
def glued_lines(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    ana.send("um\ndois\n")
    bruno.hears("[all]: um")
    bruno.hears("[all]: dois")
    ana.send("fim\nWHO\n")
    ana.hears("conectados")


@check
def nick_and_text_glued(stage: Stage) -> None:
    bruno = stage.join("bruno")
    stage.stranger().send("carla\noi\n")
    bruno.hears("FROM carla [all]: oi")


@check
def own_output_glued(stage: Stage) -> None:
    people = [stage.join(nick) for nick in ("ana", "bruno", "carla")]
    for number in range(ROUNDS):
        for person in people:  # at the same time: the threads of a server may write into each other's lines
            person.say(f"oi{number}")
        said = [f"FROM {nick} [all]: oi{number}" for nick in ("ana", "bruno", "carla")]
        heard: List[str] = []
        while len(heard) < len(said):
            line = people[-1].line().rstrip("\r")
            heard += [line] if "[all]" in line else []
        assert sorted(heard) == said, heard


@check
def crlf(stage: Stage) -> None:
    bruno = stage.join("bruno")
    carla = stage.stranger()
    carla.send("carla\r\n")
    carla.hears("OK carla")
    carla.send("oi\r\n")
    bruno.hears("FROM carla [all]: oi")
    carla.send("fim\r\n")
    assert "\r" not in bruno.hears("FROM carla [all]: fim")
    carla.send("WHO\r\n")
    carla.hears("conectados: bruno")


@check
def long_multibyte(stage: Stage) -> None:
    crosses(stage.join("ana"), stage.join("bruno"), "é" * 700)


@check
def long_line(stage: Stage) -> None:
    crosses(stage.join("ana"), stage.join("bruno"), "x" * 3000)


@check
def invalid_utf8(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    ana.send(b"\xff\xfe\xe9 oi" + stage.end.encode())
    crosses(bruno, bruno, "um")
    crosses(ana, bruno, "dois")
    crosses(stage.join("carla"), bruno, "tres")


# -- ends ----------------------------------------------------------------------------


def gone(stage: Stage, go: Callable[[Person], None]) -> None:
    """Assert that an end is told, and leaves no ghost."""
    ana, bruno = stage.join("ana"), stage.join("bruno")
    go(bruno)
    ana.hears("bruno saiu")
    crosses(ana, ana, "oi")
    if "who" not in FAULTS[stage.name]:
        ana.say("WHO")
        ana.hears("conectados: ")
        assert "bruno" not in crosses(ana, ana, "marca")
    stage.join("bruno")


@check
def reset(stage: Stage) -> None:
    gone(stage, Person.reset)


@check
def silent_end(stage: Stage) -> None:
    gone(stage, Person.close)


@check
def reset_while_broadcasting(stage: Stage) -> None:
    ana, bruno, carla = stage.join("ana"), stage.join("bruno"), stage.join("carla")
    bruno.reset()
    for number in range(20):
        crosses(ana, carla, f"oi{number}")


@check
def half_close(stage: Stage) -> None:
    ana = stage.join("ana")
    ana.say("WHO")
    ana.end_sending()
    assert "conectados" in ana.rest()


@check
def no_busy_loop(stage: Stage) -> None:
    for nick in ("ana", "bruno"):
        stage.join(nick).close()
    stage.join("carla").end_sending()
    for _ in range(SPIN_LOOKS):  # one that spins gets little in one of them, on a busy machine
        before = stage.server.cpu_seconds()
        time.sleep(SPIN_SECONDS)
        assert stage.server.cpu_seconds() - before < A_SPIN * SPIN_SECONDS


# -- the door ------------------------------------------------------------------------


@check
def race(stage: Stage) -> None:
    people = [stage.stranger() for _ in range(12)]
    for person in people:
        person.say("rui")
    assert sum(person.first().startswith(b"OK") for person in people) == 1


@check
def silent_newcomer(stage: Stage) -> None:
    stage.stranger()
    crosses(stage.join("ana"), stage.join("bruno"), "oi")


@check
def connect_and_go(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    stage.stranger().close()
    until_noticed(ana, bruno)


@check
def empty_line(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    ana.send("\n")
    assert "FROM ana" not in crosses(bruno, bruno, "um")
    crosses(ana, bruno, "dois")


def refused(stage: Stage, nick: str) -> None:
    """Assert that a nick is not taken."""
    assert not stage.answer(nick).startswith(b"OK")


@check
def empty_nick(stage: Stage) -> None:
    refused(stage, "" if stage.end else "\n")


@check
def nick_with_space(stage: Stage) -> None:
    refused(stage, "rui costa")


@check
def nick_forges(stage: Stage) -> None:
    refused(stage, "ana [all]: oi")


@check
def control_sequences(stage: Stage) -> None:
    bruno, ana = stage.join("bruno"), stage.join("ana")
    ana.say("\x1b[2Jxx")
    ana.first()
    assert "\x1b" not in crosses(ana, bruno, "marca")


@check
def direct_without_text(stage: Stage) -> None:
    ana, bruno = stage.join("ana"), stage.join("bruno")
    ana.say("@bruno")
    crosses(ana, bruno, "oi")


# -- the load, and the process -------------------------------------------------------


@check
def endless_line(stage: Stage) -> None:
    carla, bruno, ana = stage.join("carla"), stage.join("bruno"), stage.join("ana")
    ana.send("x" * 20000 + "\n")
    ana.first()
    assert "x" * 5000 not in crosses(bruno, carla, "marca")


@check
def slow_reader(stage: Stage) -> None:
    stage.seconds = max(stage.seconds, SLOW_SECONDS)
    ana, _ = stage.join("ana"), stage.join("bruno", SMALL_BUFFER_BYTES)
    for number in range(SLOW_LINES):
        ana.say(str(number).ljust(SLOW_BYTES, "."))
        ana.hears(f"[all]: {number}.")


@check
def interrupt(stage: Stage) -> None:
    stage.join("ana")
    stage.server.kill(signal.SIGINT)
    wait_until(lambda: stage.server.process.poll() is not None, "the end after Ctrl-C", stage.seconds)


@check
def restart(stage: Stage) -> None:
    stage.join("ana")
    stage.server.kill(signal.SIGINT)
    stage.server.wait()
    stage.leave()
    Graded(stage.name, stage.server.port).__exit__()


# -- a server on all of them ---------------------------------------------------------

def fails(stage: Stage, case: str) -> str:
    """Return why a case fails, or "" if it passes."""
    try:
        CHECKS[case](stage)
    except (AssertionError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        stage.leave()
    return ""


def must_fail(name: str, case: str) -> str:
    """Return what is wrong: a case passes that must fail, or two people cannot even chat before.

    Some faults are races, which the server may win once.
    """
    for _ in range(PLAYS):
        with Stage(name) as stage:
            if "broadcast" not in FAULTS[name] | MAY[name]:
                yuri, zeca = stage.join("yuri"), stage.join("zeca")
                crosses(yuri, zeca, "bom dia")
            stage.seconds = SHORT_SECONDS
            if fails(stage, case):
                return ""
    return f"{name} passes {case}"


def must_pass(name: str, case: str) -> str:
    """Return what is wrong: a case fails that must pass."""
    with Stage(name) as stage:
        why = fails(stage, case)
    return why and f"{name} fails {case}: {why}"


def main() -> int:
    """Play every case on the servers that are named, or on all that speak the plain dialect."""
    failed = 0
    for name in sys.argv[1:] or PLAINLY:
        passing = ALL_CASES - FAULTS[name] - MAY[name]
        wrong = [must_fail(name, case) for case in sorted(FAULTS[name])]
        wrong += [must_pass(name, case) for case in sorted(passing)]
        print(f"{name:24}", *filter(None, wrong), sep="\n    ", flush=True)
        failed += any(wrong)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
