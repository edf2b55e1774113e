"""All cases, in the order of the table, with what explains each: a lab and a module of minichat."""

from __future__ import annotations

from typing import Dict, List, NamedTuple

from grading.case import Case
from grading.families import assignment, chat, endings, entrance, framing, lifecycle, load

CASES: List[Case] = [
    Case("broadcast", "assignment", assignment.broadcast, 12, "minichat/chat/fanout.py", needs_text=False),
    Case("direct", "assignment", assignment.direct, 0, "minichat/chat/dispatcher.py", needs_text=False),
    Case("no_such_user", "assignment", assignment.no_such_user, 0, "minichat/chat/dispatcher.py", needs_text=False),
    Case("nick_in_use", "assignment", assignment.nick_in_use, 0, "minichat/chat/room.py", needs_text=False),
    Case("disconnected", "assignment", assignment.disconnected, 8, "minichat/server/server.py", needs_text=False),
    Case("first_unharmed", "assignment", assignment.first_unharmed, 8, "minichat/chat/room.py"),
    Case("who", "chat", chat.who, 0, "minichat/chat/dispatcher.py", needs_text=False),
    Case("who_private", "chat", chat.who_private, 0, "minichat/chat/dispatcher.py", needs_text=False),
    Case("quit", "chat", chat.quit_ends, 8, "minichat/server/server.py"),
    Case("leave_told", "chat", chat.leave_told, 8, "minichat/chat/dispatcher.py", needs_text=False),
    Case("nick_free_again", "chat", chat.nick_free_again, 8, "minichat/chat/room.py"),
    Case("byte_by_byte", "framing", framing.byte_by_byte, 1, "minichat/net/linebuffer.py"),
    Case("glued_lines", "framing", framing.glued_lines, 2, "minichat/net/linebuffer.py"),
    Case("nick_and_text_glued", "framing", framing.nick_and_text_glued, 2, "minichat/net/linebuffer.py"),
    Case("own_output_glued", "framing", framing.own_output_glued, 2, "minichat/chat/protocol.py"),
    Case("crlf", "framing", framing.crlf, 1, "minichat/net/linebuffer.py"),
    Case("cut_in_character", "framing", framing.cut_in_character, 9, "minichat/net/linebuffer.py"),
    Case("long_multibyte", "framing", framing.long_multibyte, 9, "minichat/net/linebuffer.py"),
    Case("long_line", "framing", framing.long_line, 1, "minichat/net/linebuffer.py"),
    Case("invalid_utf8", "bytes", endings.invalid_utf8, 9, "minichat/chat/dispatcher.py"),
    Case("reset", "ends", endings.reset, 8, "minichat/net/connection.py"),
    Case("silent_end", "ends", endings.silent_end, 8, "minichat/net/connection.py"),
    Case("no_busy_loop", "ends", endings.no_busy_loop, 4, "minichat/net/connection.py", needs_text=False),
    Case("reset_while_broadcasting", "ends", endings.reset_while_broadcasting, 8, "minichat/net/pool.py"),
    Case("half_close", "ends", endings.half_close, 8, "minichat/net/connection.py"),
    Case("race", "door", entrance.race, 12, "minichat/chat/room.py"),
    Case("silent_newcomer", "door", entrance.silent_newcomer, 6, "minichat/net/listener.py"),
    Case("connect_and_go", "door", entrance.connect_and_go, 7, "minichat/server/server.py"),
    Case("empty_line", "door", entrance.empty_line, 0, "minichat/chat/protocol.py"),
    Case("empty_nick", "door", entrance.empty_nick, 0, "minichat/chat/nick.py"),
    Case("nick_with_space", "door", entrance.nick_with_space, 0, "minichat/chat/nick.py"),
    Case("nick_forges", "door", entrance.nick_forges, 0, "minichat/chat/nick.py"),
    Case("control_sequences", "door", entrance.control_sequences, 0, "minichat/chat/protocol.py"),
    Case("direct_without_text", "door", entrance.direct_without_text, 0, "minichat/chat/protocol.py"),
    Case("slow_reader", "load", load.slow_reader, 5, "minichat/net/backlog.py"),
    Case("endless_line", "load", load.endless_line, 1, "minichat/net/linebuffer.py"),
    Case("interrupt", "process", lifecycle.interrupt, 0, "minichat/net/signals.py", needs_text=False),
    Case("restart", "process", lifecycle.restart, 11, "minichat/net/listener.py", needs_text=False),
]  # fmt: skip
BY_NAME: Dict[str, Case] = {case.name: case for case in CASES}
FAMILIES: List[str] = list(dict.fromkeys(case.family for case in CASES))

# Cases that share a server, several at a time: together they have few enough people for any server.
TOGETHER = (
    "direct nick_in_use disconnected",
    "who who_private quit leave_told nick_free_again",
    "byte_by_byte glued_lines nick_and_text_glued own_output_glued crlf",
    "cut_in_character long_multibyte long_line",
)
# These share a server, too, one after the other: that nothing comes of a thing is right in some of them, and
# then it must not be so because newcomers of another case have tripped over each other at that moment.
IN_TURN = "empty_line empty_nick nick_with_space nick_forges control_sequences direct_without_text"
# The longest first, so that they run beside the others where each server has a port of its own.
ALONE = (
    "slow_reader race endless_line no_busy_loop reset_while_broadcasting connect_and_go silent_end half_close"
    " invalid_utf8 reset silent_newcomer interrupt broadcast no_such_user first_unharmed"
)
LAST = "restart"  # a server that fails it leaves a port that is taken for a minute


class Group(NamedTuple):
    """Cases that share a server."""

    cases: List[Case]
    is_in_turn: bool = False  # one after the other, not at the same time


def groups(is_each_alone: bool = False) -> List[Group]:
    """Return all cases in the order in which they are played, by the servers that they share."""
    together = [Group([BY_NAME[name] for name in names.split()]) for names in TOGETHER]
    in_turn = Group([BY_NAME[name] for name in IN_TURN.split()], is_in_turn=True)
    alone = [Group([BY_NAME[name]]) for name in ALONE.split()]
    found = [*alone[:2], *together, in_turn, *alone[2:], Group([BY_NAME[LAST]])]
    return [Group([case]) for group in found for case in group.cases] if is_each_alone else found
