"""The lines for a shell with which a person does by hand what the grader did in a case."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Dict, List, NamedTuple, Sequence, Tuple, Union

from grading.dialect import Dialect
from grading.families.load import LINE_BYTES, SPEAKERS
from grading.peer import Act, Event, Peer
from grading.procfs import LOOPBACK

STEP_SECONDS = 0.3  # between two things that were not done at the same time
SAME_SECONDS = 0.01  # what is nearer was done at the same time
LAST_SECONDS = 2.0  # to read what comes
FLOOD_SECONDS = 30  # to see that nothing comes any more
STAY_SECONDS = 60  # time enough to end the server
SHORT_BYTES = 512  # a shell prints no more in one write
MOST_STEPS = 60  # of one line
MOST_LINES = 8  # of one case: twelve people who do the same are shown by the first few

_DONE = frozenset({Act.CONNECTED, Act.SENT, Act.HALF_CLOSED, Act.CLOSED, Act.RESET})
_RUN = re.compile(rb"(?:([^\n\x00])\1{63,}|((?:[\xc2-\xdf][\x80-\xbf])+?)\2{63,})")  # a shell cannot keep the rest
_PLAIN = re.compile(rb"[ !\"#$&(-~]")
_NAMED = {b"\n": "\\n", b"\r": "\\r", b"\t": "\\t", b"\\": "\\\\", b"%": "%%"}
_BYTES = {10: "\\n", 13: "\\r", 34: "\\x22", 39: "\\x27", 92: "\\x5c"}  # in a text in quotes of Python, in apostrophes
_PROGRAM = (
    "python3 -c 'import socket,struct,time; new=lambda: socket.create_connection((\"{host}\",{port})); "
    "cut=lambda s: (s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(\"ii\",1,0)), s.close()); {acts}'"
)


class Target(NamedTuple):
    """Where a person finds the server."""

    port: Union[int, str]  # the name of a variable, where each start chooses another one
    host: str = LOOPBACK

    def __str__(self) -> str:
        return f"{self.host} {self.port}"


def flood(dialect: Dialect, target: Target) -> List[str]:
    """Return lines for one who does not read while others say more than a kernel keeps."""
    said = [_entering(dialect, nick, target) for nick in ("caio", *(f"fala{letter}" for letter in SPEAKERS), "bruno")]
    text = printf(dialect.encode(dialect.say.text(text="x" * LINE_BYTES).encode()))
    end = "\\n" if dialect.end and not dialect.has_header else ""  # which $( ) has taken away
    brief = f"timeout {FLOOD_SECONDS}"  # who does not read stays longer
    apart = "" if dialect.splits else "; sleep 0.01"  # where a recv is a message
    many = f"m=$({text}); for i in $(seq 1600); do printf '%s{end}' \"$m\"{apart}; done"
    return [
        f"({said[0]}; sleep 60) | nc {target} | sleep 60 &",
        *(f"(sleep 1; {nick}; sleep 1; {many}; sleep 30) | {brief} nc {target} > /dev/null &" for nick in said[1:-1]),
        f"({said[-1]}; sleep 30) | {brief} nc {target} | tr -d x",
    ]


def endless(dialect: Dialect, target: Target) -> List[str]:
    """Return a line that sends 50 MB without a line end; the memory of the server is to be looked at."""
    said = _entering(dialect, "ana", target)
    if dialect.has_header:
        said = "; ".join([said, "sleep 1", printf(b"50000000".ljust(dialect.header_bytes))])
    return [f"({said}; sleep 1; head -c 50000000 /dev/zero | tr '\\0' x; sleep 60) | nc {target} &", "top"]


def _entering(dialect: Dialect, nick: str, target: Target) -> str:
    number = target.port if isinstance(target.port, int) else 0
    return printf(dialect.encode(dialect.nick.text(nick, port=number).encode()))


def staying(peers: Sequence[Peer], target: Target) -> List[str]:
    """Return a line for each of those who are there when the server ends."""
    found = []
    for number, peer in enumerate(peers):
        said = [event for event in peer.events if event.act is Act.SENT][:1]
        steps = [f"sleep {number * STEP_SECONDS:.1f}", *(printf(event.data) for event in said)]
        found.append(f"({'; '.join([*steps, f'sleep {STAY_SECONDS}'])}) | nc {target} &")
    return found


def lines(peers: Sequence[Peer], target: Target, stay: float = LAST_SECONDS) -> List[str]:
    """Return a line for each of ``peers``; all but the last run beside each other, and go on for so many seconds."""
    ticks = _ticks(peers)
    last = max((tick for ticked in ticks.values() for tick, _ in ticked), default=0)
    # What happens in one moment with a reset is done by one program, in the same order: nc cannot end with a reset.
    # What many do in one moment is, too: each line of a shell begins a moment later.
    crowded = Counter(tick for ticked in ticks.values() for tick in {tick for tick, _ in ticked})
    cuts = {tick for ticked in ticks.values() for tick, event in ticked if event.act is Act.RESET}
    cuts |= {tick for tick, count in crowded.items() if count > MOST_LINES}
    together = [peer for peer in peers if any(tick in cuts for tick, _ in ticks[peer])]
    found = [_program([(peer, ticks[peer]) for peer in together], target, stay)] if together else []
    for peer in [peer for peer in peers if peer not in together][:MOST_LINES]:
        if ticks[peer] or peer.events:
            found.append(_line(peer, ticks[peer], last, target, stay))
    return [line + " &" for line in found[:-1]] + found[-1:]


def _ticks(peers: Sequence[Peer]) -> Dict[Peer, List[Tuple[int, Event]]]:
    """Return what each peer did, and at which step of the whole."""
    events = [(event.at, number, event) for number, peer in enumerate(peers) for event in peer.events]
    # When one connects matters only where somebody does that and says nothing; else it goes without saying.
    says = [any(event.act is Act.SENT for event in peer.events) for peer in peers]
    acts = _DONE - {Act.CONNECTED} if all(says) else _DONE
    found: Dict[Peer, List[Tuple[int, Event]]] = {peer: [] for peer in peers}
    tick, before, has_come = 0, None, False  # what came tells that what is done next was not done at the same time
    for at, number, event in sorted(events, key=lambda entry: entry[0]):
        if event.act not in acts:
            has_come = has_come or event.act is Act.CAME
            continue
        if before is not None and (has_come or at - before > SAME_SECONDS):
            tick += 1
        before, has_come = at, False
        found[peers[number]].append((tick, event))
    return found


def _line(peer: Peer, done: List[Tuple[int, Event]], last: int, target: Target, stay: float) -> str:
    acts = {event.act for _, event in done}
    steps: List[str] = []
    start = at = done[0][0] if done else 0  # some servers wait for the nick of one before they greet the next
    longest = 0.0
    for tick, event in done[:MOST_STEPS]:
        if tick > at:
            longest = max(longest, (tick - at) * STEP_SECONDS)
            steps.append(f"sleep {(tick - at) * STEP_SECONDS:.1f}")
            at = tick
        steps += [printf(event.data)] if event.act is Act.SENT else []
    ends_early = acts & {Act.HALF_CLOSED, Act.CLOSED}
    longest = max(longest, (last - at) * STEP_SECONDS + stay)
    if not ends_early:
        steps.append(f"sleep {(last - at) * STEP_SECONDS + stay:.1f}")
    silent = f"-w {math.ceil(longest) + 1} "  # nc ends when nothing has happened for so long, also at the end
    option = "" if Act.CLOSED in acts else f"-N {silent}" if Act.HALF_CLOSED in acts else silent
    # At the end of its input nc reads on, with -q 0 too: only its end closes the connection.
    life = f"timeout {max((at - start) * STEP_SECONDS, STEP_SECONDS):.1f} " if Act.CLOSED in acts else ""
    deaf = " | sleep 60" if peer.is_deaf else ""
    line = f"({'; '.join(steps) or 'true'}) | {life}nc {option}{target}{deaf}"
    return f"(sleep {start * STEP_SECONDS:.1f}; {line})" if start else line


def _program(people: Sequence[Tuple[Peer, List[Tuple[int, Event]]]], target: Target, stay: float) -> str:
    """Return a line of Python that does what ``people`` did, in the order in which they did it."""
    events = [(tick, event.at, number, event) for number, (_, done) in enumerate(people) for tick, event in done]
    acts, at, seen = "", 0, set()
    for tick, _, number, event in sorted(events, key=lambda entry: entry[:2]):
        if tick > at:
            acts += f"time.sleep({(tick - at) * STEP_SECONDS:.1f}); "
            at = tick
        if number not in seen:
            seen.add(number)
            acts += f"p{number}=new(); "
        acts += _act(f"p{number}", event)
    return _PROGRAM.format(host=target.host, port=target.port, acts=f"{acts}time.sleep({stay:g})")


def _act(name: str, event: Event) -> str:
    if event.act is Act.SENT:
        data = "".join(_BYTES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in event.data)
        return f'{name}.sendall(b"{data}"); '
    done = {Act.CONNECTED: "", Act.RESET: f"cut({name}); ", Act.CLOSED: f"{name}.close(); "}
    return done.get(event.act, f"{name}.shutdown(1); ")


def printf(data: bytes) -> str:
    r"""Return the command of a shell that prints ``data``, in one write.

    That of the shell itself writes line by line, and a long text in pieces; the program
    of the same name does not.

    >>> printf("ol\u00e1, 100%\n".encode())
    "printf 'ol\\303\\241, 100%%\\n'"
    >>> printf(b"x" * 3000 + b"\n")
    'env printf \'%s\\n\' "$(printf \'x%.0s\' $(seq 3000))"'
    """
    text, runs, at = "", "", 0
    for run in _RUN.finditer(data):
        unit = run[1] or run[2]
        text += _escaped(data[at : run.start()]) + "%s"
        runs += f""" "$(printf '{_escaped(unit)}%.0s' $(seq {len(run[0]) // len(unit)}))\""""
        at = run.end()
    text += _escaped(data[at:])
    is_short = not runs and b"\n" not in data[:-1] and len(data) <= SHORT_BYTES
    return f"{'' if is_short else 'env '}printf '{text}'{runs}"


def _escaped(data: bytes) -> str:
    """Return bytes as printf of any shell reads them in a text between apostrophes."""
    found = ""
    for at in range(len(data)):
        byte = data[at : at + 1]
        found += _NAMED.get(byte) or (byte.decode() if _PLAIN.fullmatch(byte) else f"\\{byte[0]:03o}")
    return found
