"""From a complete line to the answers for everyone: a table and functions.

The dispatcher has no state: the room knows who is in, and its fan-out what was
said.  Answers are queued, never sent, so nothing here can block.  It does not
know sockets or the reactor; in a test, a list takes the answers.
"""

from __future__ import annotations

import enum
from typing import Callable, Dict

from minichat.chat import protocol
from minichat.chat.nick import IllegalNick, legal_nick
from minichat.chat.protocol import Command, RefusedLine
from minichat.chat.room import Member, Room


class Outcome(enum.Enum):
    """What a line means for the connection that it came from."""

    SERVED = "continue"
    REFUSED = "continue; the line was work for nothing"
    WAITS = "serve the line again later; others have to read first"
    JOINED = "the member is in now"
    ENDED = "disconnect once the queue is sent"


SERVED = Outcome.SERVED

# A longer list of members is made as it is read; until then a tuple stands for it.
SHORT_LIST = 250
NICK_MEMORY = 8  # bytes for each of its nicks


def dispatch(room: Room, member: Member, line: bytes) -> Outcome:
    """Serve one line, without its line end, of a member or a newcomer."""
    try:
        text = protocol.decode(line)
    except RefusedLine as error:
        # A newcomer whose line comes in pieces is refused by its beginning; a whole line gets the same code.
        return refuse(room, member, (not member.nick and protocol.hopeless(line)) or error.code)
    if not member.nick:
        return _join(room, member, text)
    command = protocol.parse_command(text)
    return _COMMANDS[command.name](room, member, command)


def refuse(room: Room, member: Member, code: str) -> Outcome:
    """Answer ``ERR <code>``; for a newcomer that is the end."""
    if member not in room:
        member.write(protocol.format_err(code))
        return Outcome.ENDED
    room.fanout.tell(member, protocol.format_err(code))
    return Outcome.REFUSED


def leave(room: Room, member: Member, reason: str, hears: bool = True) -> None:
    """Remove ``member``.  First queue what it has not had yet; then tell the others why.

    ``hears`` is False for a connection that is gone: nothing is queued for it.
    Does nothing for a member who is not in.
    """
    # The nick is free at once: its LEAVE cannot be read before this turn ends.
    if member in room:
        if hears:
            room.fanout.catch_up(member)
        room.leave(member)
        room.fanout.say(protocol.format_leave(member.nick, reason))


def shut_down(room: Room) -> None:
    """Say ``BYE shutdown`` to all members and remove them."""
    for member in list(room.members):
        room.fanout.tell(member, protocol.BYE_SHUTDOWN)
        room.leave(member)


def _join(room: Room, member: Member, text: str) -> Outcome:
    try:
        nick = legal_nick(text[1:] if text.startswith(protocol.BYTE_ORDER_MARK) else text)
    except IllegalNick:
        return refuse(room, member, protocol.NICK_INVALID)
    if not room.join(member, nick):
        return refuse(room, member, protocol.NICK_IN_USE)
    member.write(protocol.format_ok(nick))
    room.fanout.say(protocol.format_join(nick))
    room.fanout.skip(member)  # one's own JOIN is not for oneself
    return Outcome.JOINED


def _say(room: Room, member: Member, command: Command) -> Outcome:
    if room.is_loud and not member.is_light:
        return Outcome.WAITS
    # The sender gets it too: all see the same order, and the echo is the receipt.
    room.fanout.say(protocol.format_from(member.nick, "all", command.text))
    return SERVED


def _tell(room: Room, member: Member, command: Command) -> Outcome:
    addressee = room.find(command.nick)
    if addressee is None:
        return refuse(room, member, protocol.USER_NOT_FOUND)
    if not command.text.strip(" "):
        return refuse(room, member, protocol.EMPTY_MESSAGE)
    if not addressee.has_room:
        return Outcome.WAITS
    room.fanout.tell(addressee, protocol.format_from(member.nick, "dm", command.text))
    return SERVED


def _who(room: Room, member: Member, command: Command) -> Outcome:
    nicks = tuple(other.nick for other in room.members)
    if len(nicks) <= SHORT_LIST:
        room.fanout.tell(member, protocol.format_who(nicks))
    else:
        size = sum(map(len, protocol.who_lines(nicks)))
        room.fanout.catch_up(member)
        room.fanout.bytes += size
        member.answer(size, protocol.who_lines(nicks), len(nicks) * NICK_MEMORY)
    return SERVED


def _quit(room: Room, member: Member, command: Command) -> Outcome:
    room.fanout.tell(member, protocol.BYE)
    leave(room, member, "quit")
    return Outcome.ENDED


def _nothing(room: Room, member: Member, command: Command) -> Outcome:
    return SERVED


# By the name of a Command: "say", "tell", "nothing", and each of protocol.WORDS.
_COMMANDS: Dict[str, Callable[[Room, Member, Command], Outcome]] = {
    "say": _say,
    "tell": _tell,
    "who": _who,
    "quit": _quit,
    "nothing": _nothing,
}
