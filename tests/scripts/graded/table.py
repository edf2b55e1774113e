"""What is right about each server: the cases that must fail, and how it is spoken to."""

from __future__ import annotations

from typing import Callable, Dict, FrozenSet, NamedTuple, Type, TypeVar

from tests.scripts.graded.correct import Server

CASES: Dict[str, str] = {
    "assignment": "broadcast direct no_such_user nick_in_use disconnected first_unharmed",
    "chat": "who who_private quit leave_told nick_free_again",
    "framing": "byte_by_byte glued_lines nick_and_text_glued own_output_glued crlf"
    " cut_in_character long_multibyte long_line",
    "bytes": "invalid_utf8",
    "ends": "reset silent_end no_busy_loop reset_while_broadcasting half_close",
    "door": "race silent_newcomer connect_and_go empty_line empty_nick nick_with_space nick_forges control_sequences"
    " direct_without_text",
    "load": "slow_reader endless_line",
    "process": "interrupt restart",
}
ALL_CASES: FrozenSet[str] = frozenset(" ".join(CASES.values()).split())


class Dialect(NamedTuple):
    """How a correct server is spoken to; the defaults are those of `correct`."""

    first: str = ""  # what the server says before the client does
    nick: str = "{nick}\n"
    say: str = "{text}\n"
    direct: str = "@{nick} {text}\n"
    who: str = "WHO\n"
    quit: str = "QUIT\n"
    has_header: bool = False  # a length before each message, both ways
    header_bytes: int = 64
    ends_lines: bool = True  # what the server says ends in a newline
    has_echo: bool = True
    wording: FrozenSet[str] = frozenset()  # cases that work in other words
    na: FrozenSet[str] = frozenset()  # cases that do not apply, or else pass


PLAIN = Dialect()

SERVERS: Dict[str, Type[Server]] = {"correct": Server}
FAULTS: Dict[str, FrozenSet[str]] = {"correct": frozenset()}
MAY: Dict[str, FrozenSet[str]] = {"correct": frozenset()}
DIALECTS: Dict[str, Dialect] = {"correct": PLAIN}
ODD: Dict[str, str] = {}  # name -> what is odd; no case fails
UNGRADABLE: Dict[str, str] = {}  # name -> the key of the text that says why

AnyServer = TypeVar("AnyServer", bound=Type[Server])


def cases(names: str) -> FrozenSet[str]:
    """The cases of these names; "*" is all of them."""
    return ALL_CASES if names == "*" else frozenset(names.split())


def _enter(name: str, server: Type[Server], fails: str = "", may: str = "") -> None:
    assert name not in SERVERS, f"there are two of the name {name}"
    assert cases(fails) | cases(may) <= ALL_CASES, f"{name} names a case that there is not"
    SERVERS[name] = server
    FAULTS[name], MAY[name] = cases(fails), cases(may) - cases(fails)


def fault(name: str, fails: str, may: str = "") -> Callable[[AnyServer], AnyServer]:
    """Enter a faulty server into the table: what must fail, and what may."""

    def enter(server: AnyServer) -> AnyServer:
        _enter(name, server, fails, may)
        return server

    return enter


def dialect(
    name: str, spoken: Dialect = PLAIN, wording: str = "", na: str = "", fails: str = "", may: str = ""
) -> Callable[[AnyServer], AnyServer]:
    """Enter a server of another dialect; one without a framing also has faults."""

    def enter(server: AnyServer) -> AnyServer:
        _enter(name, server, fails, may)
        DIALECTS[name] = spoken._replace(wording=cases(wording), na=cases(na))
        return server

    return enter


def odd(name: str, what: str) -> Callable[[AnyServer], AnyServer]:
    """Enter a correct server that is started or ended in an odd way."""

    def enter(server: AnyServer) -> AnyServer:
        _enter(name, server)
        ODD[name] = what
        return server

    return enter


def ungradable(name: str, trouble: str) -> Callable[[AnyServer], AnyServer]:
    """Enter a program that cannot be graded, with the key of the text that says why."""

    def enter(server: AnyServer) -> AnyServer:
        _enter(name, server, may="*")
        UNGRADABLE[name] = trouble
        return server

    return enter
