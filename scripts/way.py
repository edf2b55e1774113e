"""The way of one line through the server: every call, in order.

    python3 scripts/way.py

A real server with real sockets, in this process; ana and bruno are in, and
everything is settled.  Then ana sends one line, and the reactor takes one turn:
it reads, serves and delivers the line, to ana, whose echo it is, and to bruno.

The script counts each call of a function that is written in minichat,
properties among them, from the return of ``select`` to the last ``send`` of that
turn.  It does not count what is written in C or belongs to Python's library,
comprehensions (newer versions of Python do not call them), and ``run_once``,
which has begun before.

A hop is a call into another file than that of the caller.  A call is upward
when the function called stands later in the reading order (LEVELS) than its
caller.  Two contracts have such calls: the reactor calls the handlers and steps
that it was given, and the pool tells the owner.  Any other upward call is
marked and counted apart.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Iterator, List, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import minichat
from minichat.cli.messages import Messages
from minichat.limits import Limits
from minichat.net.listener import listen
from minichat.net.pool import Owner
from minichat.net.reactor import Reactor
from minichat.server.server import Server
from tests.peer import Peer

HOUSE = Path(minichat.__file__).parent

# From below to above, as the README reads them.  What is taken on trust there stands here below its first use.
LEVELS = (
    "net/reactor.py", "net/linebuffer.py", "net/backlog.py", "net/patience.py", "net/pace.py", "net/turn.py",
    "net/outputqueue.py", "net/connection.py", "net/pool.py", "net/listener.py", "chat/protocol.py", "chat/nick.py",
    "chat/fanout.py", "chat/room.py", "chat/dispatcher.py", "server/address.py", "server/admission.py",
    "server/server.py",
)  # fmt: skip
OWNER = frozenset(name for name in vars(Owner) if not name.startswith("_"))


class Call(NamedTuple):
    """One call of a function of minichat."""

    depth: int
    caller: str  # the file of the caller
    file: str
    name: str

    @property
    def is_upward(self) -> bool:
        """True if the function called stands later in the reading order."""
        return LEVELS.index(self.file) > LEVELS.index(self.caller)

    @property
    def has_contract(self) -> bool:
        """True if the call may be upward."""
        return self.caller == "net/reactor.py" or (self.caller == "net/pool.py" and self.name in OWNER)


class Way:
    """Notes calls; ``profile`` is for ``sys.setprofile``."""

    def __init__(self) -> None:
        self._calls: List[Call] = []
        self._callers: List[str] = []  # the files of the functions under way
        self._count = 0  # of the calls before the last send

    @property
    def calls(self) -> List[Call]:
        """The calls before the last send."""
        return self._calls[: self._count]

    def profile(self, frame: FrameType, event: str, called: Any) -> None:
        """Note the begin and the end of a function of minichat, and a send."""
        path, name = Path(frame.f_code.co_filename), frame.f_code.co_name
        if event == "c_call" and called.__name__ == "send" and isinstance(called.__self__, socket.socket):
            self._count = len(self._calls)
        if event not in ("call", "return") or HOUSE not in path.parents or name.endswith("comp>"):
            return
        if event == "return":
            self._callers.pop()
            if name == "_wait":  # the reactor's select returns: the way begins
                self._calls.clear()
            return
        file = path.relative_to(HOUSE).as_posix()
        if self._callers:  # else it is run_once
            self._calls.append(Call(len(self._callers) - 1, self._callers[-1], file, name))
        self._callers.append(file)


def measure() -> List[Call]:
    """Return the calls on the way of one line; DidNotCome if that line did not come to both in its turn."""
    reactor, limits, way = Reactor(), Limits(), Way()
    listening = listen("127.0.0.1", 0, limits.backlog)
    port: int = listening.getsockname()[1]
    server = Server(reactor, listening, limits, Messages("en"), lambda line: None)
    try:
        with Peer(port) as ana, Peer(port) as bruno:
            _turn_until_read(reactor, ana, b"ana\n", b"OK ana\n")
            _turn_until_read(reactor, bruno, b"bruno\n", b"OK bruno\n")
            _turn_until_read(reactor, ana, b"", b"JOIN bruno\n")
            ana.send(b"oi\n")
            sys.setprofile(way.profile)
            reactor.run_once()
            sys.setprofile(None)
            for member in (ana, bruno):
                member.expect("FROM ana [all]: oi")
    finally:
        server.close()
        reactor.close()
    return way.calls


def _turn_until_read(reactor: Reactor, peer: Peer, sent: bytes, wanted: bytes) -> None:
    """Send, and turn until exactly ``wanted`` has come."""
    peer.send(sent)
    read = b""
    while not (read := read + peer.pull()).endswith(wanted):
        reactor.call_later(0.0, lambda: None)  # do not wait in the turn
        reactor.run_once()
    assert read == wanted, read


def told(calls: List[Call]) -> Iterator[str]:
    """Lines for people: the calls, then their sums."""
    for call in calls:
        mark = "" if not call.is_upward or call.has_contract else "  (upward)"
        yield f"{call.file:<20} {'  ' * call.depth}{call.name}{mark}"
    upward = [call for call in calls if call.is_upward]
    hops = sum(call.file != call.caller for call in calls)
    yield f"{len(calls)} calls, {len({call.file for call in calls})} files, {hops} hops between files"
    by_contract = sum(call.has_contract for call in upward)
    yield f"{len(upward)} calls upward: {by_contract} by contract, {len(upward) - by_contract} beside it"


if __name__ == "__main__":
    print("\n".join(told(measure())))
