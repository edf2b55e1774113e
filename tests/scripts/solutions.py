"""Small solutions of exercises, as changes of the checkout: with them the checks have to say yes.

They are no examples to follow: most have no tests, and some are ugly.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, NamedTuple


class Change(NamedTuple):
    """Replace ``old``, which stands in the file once, by ``new``; an empty ``old`` makes the file."""

    file: str
    old: str
    new: str


BOT = """\
port=$1
pipe=$(mktemp -u)
mkfifo "$pipe"
trap 'rm -f "$pipe"' EXIT
"$PYTHON" -m minichat.client --nick robo --port "$port" <"$pipe" | {
    exec 3>"$pipe"
    while read -r word nick rest; do
        if [ "$word" = JOIN ]; then echo "Olá, $nick!" >&3; fi
    done
}
"""

_SELECTOR = """\
class ShuffledSelector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    def select(self, timeout=None):  # type: ignore[no-untyped-def]
        import random
        ready = super().select(timeout)
        named = {key.fd for key, _ in ready}
        for key in list(self.get_map().values()):
            if ready and key.fd not in named and key.events & selectors.EVENT_READ and random.random() < 0.5:
                ready.append((key, selectors.EVENT_READ))
        random.shuffle(ready)
        return ready


selectors.ShuffledSelector = ShuffledSelector  # type: ignore[attr-defined]


def selector_kind("""

_BLOCK = """\
def _block(room: Room, member: Member, command: Command) -> Outcome:
    other = room.find(command.nick)
    if other is None:
        return refuse(room, member, protocol.USER_NOT_FOUND)
    room.fanout.tell(member, f"BLOCK {other.nick}\\n".encode())
    room.blocked.setdefault(other.key, set()).add(member)
    return SERVED


# By the name"""

_SAY = """\
    line = protocol.format_from(member.nick, "all", command.text)
    blockers = room.blocked.get(member.key, set())
    if not blockers:
        room.fanout.say(line)
    else:
        for other in list(room.members):
            if other not in blockers:
                room.fanout.tell(other, line)
    return SERVED
"""

_ROOM = """\
def _place(room: Room, member: Member) -> str:
    return room.places.get(member.key, "")


def _move(room: Room, member: Member, command: Command) -> Outcome:
    room.places[member.key] = command.nick
    count = sum(_place(room, other) == command.nick for other in room.members)
    room.fanout.tell(member, f"ROOM {command.nick} {count}\\n".encode())
    return SERVED


# By the name"""

_SAY_IN_ROOM = """\
    line = protocol.format_from(member.nick, "all", command.text)
    for other in list(room.members):
        if _place(room, other) == _place(room, member):
            room.fanout.tell(other, line)
    return SERVED
"""

_QUOTED = """\
def quoted(nick: str) -> str:
    return f'"{nick}"' if " " in nick else nick


def format_from("""

_PARSE_QUOTED = """\
    if text.startswith('@"'):
        nick, _, body = text[2:].partition('"')
        return Command("tell", nick, body[1:])
    if text.startswith("@"):
"""

SOLUTIONS: Dict[int, List[Change]] = {
    0: [
        Change(
            "minichat/server/options.py",
            "    *options.TRACE,\n",
            '    options.Option("log_file", None, options.text),\n    *options.TRACE,\n',
        ),
        Change(
            "minichat/cli/optiontexts.py",
            '    "help_help":',
            '    "help_log_file": ("arquivo do log", "file for the log"),\n    "help_help":',
        ),
        Change(
            "minichat/server/run.py",
            "handlers=[SinkHandler(errors)])",
            "handlers=[_handler(values, errors)])",
        ),
        Change(
            "minichat/server/run.py",
            "class Files(NamedTuple):",
            "def _handler(values: Any, errors: Any) -> logging.Handler:\n"
            "    if not values.log_file:\n        return SinkHandler(errors)\n"
            "    try:\n        return logging.FileHandler(values.log_file)\n"
            "    except OSError as error:\n"
            '        options.complain(options.SERVER, f"{values.log_file}: {error.strerror}")\n'
            "        sys.exit(1)\n\n\n"
            "class Files(NamedTuple):",
        ),
    ],
    1: [Change("bot.sh", "", BOT)],
    2: [
        Change("minichat/cli/options.py", 'SELECTORS = ("auto", ', 'SELECTORS = ("auto", "shuffled", '),
        Change("minichat/server/run.py", "def selector_kind(", _SELECTOR),
    ],
    3: [
        Change("minichat/chat/protocol.py", 'WORDS = frozenset({"who", ', 'WORDS = frozenset({"time", "who", '),
        Change("minichat/chat/dispatcher.py", '    "quit": _quit,\n', '    "quit": _quit,\n    "time": _time,\n'),
        Change(
            "minichat/chat/dispatcher.py",
            "# By the name",
            "def _time(room: Room, member: Member, command: Command) -> Outcome:\n"
            "    import time\n"
            '    room.fanout.tell(member, time.strftime("TIME %Y-%m-%dT%H:%M:%SZ\\n", time.gmtime()).encode())\n'
            "    return SERVED\n\n\n# By the name",
        ),
    ],
    4: [
        Change("minichat/chat/room.py", "        self.is_loud =", "        self.blocked = {}\n        self.is_loud ="),
        Change(
            "minichat/chat/protocol.py",
            '    word = text.rstrip(" ")\n',
            '    if text.startswith("BLOCK "):\n        return Command("block", text[6:].strip(" "))\n'
            '    word = text.rstrip(" ")\n',
        ),
        Change("minichat/chat/dispatcher.py", "# By the name", _BLOCK),
        Change("minichat/chat/dispatcher.py", '    "quit": _quit,\n', '    "quit": _quit,\n    "block": _block,\n'),
        Change(
            "minichat/chat/dispatcher.py",
            '    room.fanout.say(protocol.format_from(member.nick, "all", command.text))\n    return SERVED\n',
            _SAY,
        ),
        Change(
            "minichat/chat/dispatcher.py",
            '    room.fanout.tell(addressee, protocol.format_from(member.nick, "dm", command.text))\n',
            "    if addressee not in room.blocked.get(member.key, set()):\n"
            '        room.fanout.tell(addressee, protocol.format_from(member.nick, "dm", command.text))\n',
        ),
    ],
    5: [
        Change(
            "minichat/chat/nick.py",
            "        else:\n            return False\n    return True",
            '        elif character == " " and 0 < position < len(nick) - 1 and nick[position - 1] != " ":\n'
            "            is_after_letter = False\n        else:\n            return False\n    return True",
        ),
        Change("minichat/chat/protocol.py", "def format_from(", _QUOTED),
        Change("minichat/chat/protocol.py", '    return f"FROM {nick} [', '    return f"FROM {quoted(nick)} ['),
        Change("minichat/chat/protocol.py", '    return f"OK {nick}', '    return f"OK {quoted(nick)}'),
        Change("minichat/chat/protocol.py", '    return f"JOIN {nick}', '    return f"JOIN {quoted(nick)}'),
        Change("minichat/chat/protocol.py", '    return f"LEAVE {nick}', '    return f"LEAVE {quoted(nick)}'),
        Change("minichat/chat/protocol.py", "map(str.encode, nicks)", "(quoted(nick).encode() for nick in nicks)"),
        Change("minichat/chat/protocol.py", '    if text.startswith("@"):\n', _PARSE_QUOTED),
    ],
    6: [
        Change(
            "minichat/net/connection.py",
            "if self.life is DRAINING and output.fin is SENT and self.buffer.has_ended:",
            "if self.life is DRAINING and output.fin is SENT:",
        ),
        Change("minichat/net/outputqueue.py", "        self._socket.shutdown(socket.SHUT_WR)\n", "        pass\n"),
    ],
    8: [
        Change("minichat/chat/room.py", "        self.is_loud =", "        self.places = {}\n        self.is_loud ="),
        Change(
            "minichat/chat/protocol.py",
            '    word = text.rstrip(" ")\n',
            '    if text.startswith("ROOM "):\n        return Command("room", text[5:].strip(" "))\n'
            '    word = text.rstrip(" ")\n',
        ),
        Change("minichat/chat/dispatcher.py", "# By the name", _ROOM),
        Change("minichat/chat/dispatcher.py", '    "quit": _quit,\n', '    "quit": _quit,\n    "room": _move,\n'),
        Change(
            "minichat/chat/dispatcher.py",
            '    room.fanout.say(protocol.format_from(member.nick, "all", command.text))\n    return SERVED\n',
            _SAY_IN_ROOM,
        ),
        Change(
            "minichat/chat/dispatcher.py",
            "    nicks = tuple(other.nick for other in room.members)\n",
            "    here = _place(room, member)\n"
            "    nicks = tuple(other.nick for other in room.members if _place(room, other) == here)\n",
        ),
    ],
    10: [
        Change("minichat/cli/messages.py", 'LANGUAGES = ("pt", "en")', 'LANGUAGES = ("pt", "en", "es")'),
        Change(
            "minichat/cli/messages.py",
            "        return filled(_TEXTS[key][self._column], LANGUAGES[self._column], {**self._programs, **fields})",
            '        if self._column == 2:\n'
            '            spanish = {"listening": "Escucho en {address}...", "joined": "{nick} ha entrado",\n'
            '                       "left": "{nick} ha salido", "stopping": "Terminando...",\n'
            '                       "stopped": "El servidor ha terminado"}\n'
            "            return filled(spanish.get(key, _TEXTS[key][1]), 'es', {**self._programs, **fields})\n"
            "        return filled(_TEXTS[key][self._column], LANGUAGES[self._column], {**self._programs, **fields})",
        ),
    ],
}  # fmt: skip


def apply(changes: List[Change], folder: Path) -> None:
    """Change the files of a copied checkout; each place to be changed has to be there."""
    for change in changes:
        file = folder / change.file
        if not change.old:
            file.write_text(change.new, encoding="utf-8")
            continue
        text = file.read_text(encoding="utf-8")
        count = text.count(change.old)
        assert count == 1, f"{change.old!r} stands {count} times in {change.file}"
        file.write_text(text.replace(change.old, change.new), encoding="utf-8")
