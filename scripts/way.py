"""The way of one line through the server: every call, in order.

    python3 scripts/way.py

A real server with real sockets, in this process; ana and bruno are in, and
everything is settled.  Then ana sends one line, and the reactor takes one turn:
it reads, serves and delivers the line, to ana, whose echo it is, and to bruno.

The script counts each call of a function that is written in minichat,
properties among them, from the return of ``select`` to the last ``send`` of that
turn; the whole turn begins with ``run_once``.  It does not count what is written
in C or belongs to Python's library, nor comprehensions, which newer versions of
Python do not call.

A hop is a call into another file than that of the caller.  A call goes upward
when the called function stands later in the reading order (LEVELS) than its
caller.  Two contracts have such calls: the reactor calls its handlers and steps,
and the pool tells the owner.  Any other is marked, and counted apart.
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
from tests.ending import end_with
from tests.peer import Peer

HOUSE = Path(minichat.__file__).parent
# From below to above, as the reading order has them; what is taken on trust there stands below its first use.
LEVELS = (
    "net/reactor.py", "net/linebuffer.py", "net/pace.py", "net/outputqueue.py", "net/connection.py", "net/pool.py",
    "net/listener.py", "chat/protocol.py", "chat/fanout.py", "chat/room.py", "chat/dispatcher.py",
    "server/budgets.py", "server/admission.py", "server/server.py",
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
        """True if the call may go upward."""
        return self.caller == "net/reactor.py" or (self.caller == "net/pool.py" and self.name in OWNER)


class Way:
    """Notes the calls of a turn; ``profile`` is for ``sys.setprofile``."""

    def __init__(self) -> None:
        self._calls: List[Call] = []
        self._callers: List[str] = []  # the files of the functions under way
        self._begin = self._end = 0  # where in the calls the way begins and ends

    @property
    def calls(self) -> List[Call]:
        """The calls on the way."""
        return self._calls[self._begin : self._end]

    @property
    def whole_turn(self) -> int:
        """How many calls the turn had, with that of ``run_once``."""
        return 1 + len(self._calls)

    def profile(self, frame: FrameType, event: str, called: Any) -> None:
        """Note the begin and the end of a function of minichat, and a send."""
        path, name = Path(frame.f_code.co_filename), frame.f_code.co_name
        if event == "c_call" and called.__name__ == "send" and isinstance(called.__self__, socket.socket):
            self._end = len(self._calls)
        if event not in ("call", "return") or HOUSE not in path.parents or name.endswith("comp>"):
            return
        if event == "call":
            file = path.relative_to(HOUSE).as_posix()
            if self._callers:  # else it is run_once
                self._calls.append(Call(len(self._callers) - 1, self._callers[-1], file, name))
            self._callers.append(file)
            return
        self._callers.pop()
        if name == "_wait":  # the reactor's select returns
            self._begin = len(self._calls)


def measure() -> Way:
    """Note the way of one line; DidNotCome if that line did not come to both in its turn."""
    reactor, way, listening = Reactor(), Way(), listen("127.0.0.1", 0, Limits().backlog)
    port: int = listening.getsockname()[1]
    server = Server(reactor, listening, Limits(), Messages("en"), lambda line: None)
    try:
        with Peer(port) as ana, Peer(port) as bruno:
            _turn_until_read(reactor, ana, b"ana\n", b"OK ana\n")
            _turn_until_read(reactor, bruno, b"bruno\n", b"OK bruno\n")
            _turn_until_read(reactor, ana, b"", b"JOIN bruno\n")
            ana.send(b"oi\n")
            sys.setprofile(way.profile)
            reactor.run_once()
            sys.setprofile(None)
            ana.expect("FROM ana [all]: oi")
            bruno.expect("FROM ana [all]: oi")
    finally:
        server.close()
        reactor.close()
    return way


def _turn_until_read(reactor: Reactor, peer: Peer, sent: bytes, wanted: bytes) -> None:
    """Send, and turn until ``wanted`` has come."""
    peer.send(sent)
    read = b""
    while not (read := read + peer.pull()).endswith(wanted):
        reactor.call_later(0.0, lambda: None)  # do not wait in the turn
        reactor.run_once()


def told(way: Way) -> Iterator[str]:
    """Lines for people: the calls, then their sums."""
    for call in way.calls:
        mark = "" if not call.is_upward or call.has_contract else "  (upward)"
        yield f"{call.file:<20} {'  ' * call.depth}{call.name}{mark}"
    files = {call.file for call in way.calls}
    hops = sum(call.file != call.caller for call in way.calls)
    yield f"{len(way.calls)} calls, {len(files)} files, {hops} hops between files; {way.whole_turn} in the whole turn"
    upward = [call.has_contract for call in way.calls if call.is_upward]
    yield f"{len(upward)} calls upward: {upward.count(True)} by contract, {upward.count(False)} beside it"


def main() -> int:
    """Print the way of one line; return the exit status."""
    print("\n".join(told(measure())))
    return 0


if __name__ == "__main__":
    end_with("way", main)
