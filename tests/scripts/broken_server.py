"""minichat-server with one bug planted, to see that scripts/chaos.py or scripts/attacks.py finds it.

    python3 -m tests.scripts.broken_server <bug> [options of minichat-server]

Each bug strikes once in a while, so that what it does is not plain at once.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any, Callable, Dict, List

from minichat.chat import dispatcher
from minichat.chat.fanout import Fanout
from minichat.chat.room import Member, Room
from minichat.server import __main__ as server
from minichat.server import server as serving

_calls = itertools.count(1)


def _lose(everyone: List[Any], fanout: Fanout) -> List[Any]:
    """One member hears nothing of this turn."""
    return everyone[:-1]


def _double(everyone: List[Any], fanout: Fanout) -> List[Any]:
    """One member hears all of this turn twice."""
    everyone[-1].write(b"".join(fanout.lines))
    return everyone


def _reorder(everyone: List[Any], fanout: Fanout) -> List[Any]:
    """One member hears the turn from its end."""
    if not fanout._had:
        everyone[-1].write(b"".join(reversed(fanout.lines)))
        return everyone[:-1]
    return everyone


def _at_delivery(change: Callable[[List[Any], Fanout], List[Any]]) -> None:
    """Let ``change`` have its way with who gets what is delivered."""
    deliver = Fanout.deliver

    def broken(self: Fanout, recipients: Any) -> None:
        everyone = list(recipients)
        if len(everyone) > 2 and len(self.lines) > 1 and next(_calls) % 7 == 0:
            everyone = change(everyone, self)
        deliver(self, everyone)

    Fanout.deliver = broken  # type: ignore[method-assign]


def _leak() -> None:
    """A direct message goes to another member too."""
    tell = dispatcher._COMMANDS["tell"]

    def broken(room: Room, member: Member, command: Any) -> Any:
        addressee, *others = [room.find(command.nick), *room.members]
        if addressee is not None and next(_calls) % 5 == 0:
            room.fanout.tell(others[-1], f"FROM {member.nick} [dm]: {command.text}\n".encode())
        return tell(room, member, command)

    dispatcher._COMMANDS["tell"] = broken


def _lose_letter() -> None:
    """A direct message is lost, and its sender is not told."""
    tell = dispatcher._COMMANDS["tell"]

    def broken(room: Room, member: Member, command: Any) -> Any:
        if room.find(command.nick) is not None and command.text and next(_calls) % 5 == 0:
            return dispatcher.Outcome.SERVED
        return tell(room, member, command)

    dispatcher._COMMANDS["tell"] = broken


def _cut() -> None:
    """A member is cut as too slow now and then, though it reads."""
    submit = serving.Server.submit

    def broken(self: serving.Server, connection: Any, line: bytes) -> None:
        submit(self, connection, line)
        if len(self.room) > 3 and next(_calls) % 20 == 0:
            self.too_slow(connection)

    serving.Server.submit = broken  # type: ignore[method-assign]


def _hoard() -> None:
    """Whatever is refused stays in memory."""
    refuse = dispatcher.refuse
    hoard: List[bytearray] = []

    def broken(room: Room, member: Member, code: str) -> Any:
        hoard.append(bytearray(b"x" * 65536))
        return refuse(room, member, code)

    dispatcher.refuse = broken


def _chatter() -> None:
    """Each line of a member makes a line of status."""
    submit = serving.Server.submit

    def broken(self: serving.Server, connection: Any, line: bytes) -> None:
        submit(self, connection, line)
        self._status_line("[STATUS] a line came")

    serving.Server.submit = broken  # type: ignore[method-assign]


def _complain() -> None:
    """All is well, except for a word on standard error."""
    print("oops", file=sys.stderr)


def _keep_open() -> None:
    """A descriptor leaks with each connection that ends."""
    closed = serving.Server.connection_closed

    def broken(self: serving.Server, connection: Any) -> None:
        self.__dict__.setdefault("leak", []).append(open("/dev/null"))  # noqa: SIM115
        closed(self, connection)

    serving.Server.connection_closed = broken  # type: ignore[method-assign]


BUGS: Dict[str, Callable[[], None]] = {
    "lose": lambda: _at_delivery(_lose),
    "double": lambda: _at_delivery(_double),
    "reorder": lambda: _at_delivery(_reorder),
    "leak": _leak,
    "lose-letter": _lose_letter,
    "cut": _cut,
    "hoard": _hoard,
    "chatter": _chatter,
    "complain": _complain,
    "keep-open": _keep_open,
}

if __name__ == "__main__":
    BUGS[sys.argv[1]]()
    sys.exit(server.main(sys.argv[2:]))
