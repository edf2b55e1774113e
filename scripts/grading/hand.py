"""The lines for a shell with which a person does by hand what the grader did in a case."""

from __future__ import annotations

import re
from typing import Dict, List, Sequence, Tuple, Union

from grading.dialect import HEADER_BYTES, Dialect
from grading.peer import Act, Event, Peer

HOST = "127.0.0.1"
STEP_SECONDS = 0.3  # between two things that were not done at the same time
SAME_SECONDS = 0.01  # what is nearer was done at the same time
LAST_SECONDS = 2.0  # to read what comes
STAY_SECONDS = 60  # time enough to end the server
MOST_STEPS = 60  # of one line
MOST_LINES = 8  # of one case: twelve people who do the same are shown by the first few

_DONE = frozenset({Act.SENT, Act.HALF_CLOSED, Act.CLOSED, Act.RESET})
_RUN = re.compile(rb"(?:(.)\1{63,}|((?:[\xc2-\xdf][\x80-\xbf])+?)\2{63,})", re.DOTALL)
_PLAIN = re.compile(rb"[ !\"#$&(-~]")
_NAMED = {b"\n": "\\n", b"\r": "\\r", b"\t": "\\t", b"\\": "\\\\", b"%": "%%"}
_RESETTING = (
    "python3 -c 'import socket,struct,time; s=socket.create_connection((\"{host}\",{port})); {acts}"
    's.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii",1,0)); s.close()\''
)


def flood(dialect: Dialect, port: Union[int, str]) -> List[str]:
    """Return lines for one who does not read while two others say more than a kernel keeps."""
    said = [_entering(dialect, nick, port) for nick in ("caio", "falaa", "falab", "bruno")]
    text = "; ".join(printf(dialect.encode(dialect.say.text(text="x" * 900).encode())))
    end = "\\n" if dialect.end and not dialect.has_header else ""  # which $( ) has taken away
    many = f"m=$({text}); for i in $(seq 4000); do printf '%s{end}' \"$m\"; done"
    return [
        f"({said[0]}; sleep 60) | nc {HOST} {port} | sleep 60 &",
        *(f"(sleep 1; {nick}; sleep 1; {many}; sleep 60) | nc {HOST} {port} > /dev/null &" for nick in said[1:3]),
        f"({said[3]}; sleep 60) | nc {HOST} {port} | cut -c 1-70",
    ]


def endless(dialect: Dialect, port: Union[int, str]) -> List[str]:
    """Return a line that sends 50 MB without a line end; the memory of the server is to be looked at."""
    said = _entering(dialect, "ana", port)
    if dialect.has_header:
        said = "; ".join([said, "sleep 1", *printf(b"50000000".ljust(HEADER_BYTES))])
    return [f"({said}; sleep 1; head -c 50000000 /dev/zero | tr '\\0' x; sleep 60) | nc {HOST} {port} &", "top"]


def _entering(dialect: Dialect, nick: str, port: Union[int, str]) -> str:
    number = port if isinstance(port, int) else 0
    return "; ".join(printf(dialect.encode(dialect.nick.text(nick, port=number).encode())))


def staying(peers: Sequence[Peer], port: Union[int, str]) -> List[str]:
    """Return a line for each of those who are there when the server ends."""
    found = []
    for number, peer in enumerate(peers):
        said = [event for event in peer.events if event.act is Act.SENT][:1]
        steps = [f"sleep {number * STEP_SECONDS:.1f}", *(part for event in said for part in printf(event.data))]
        found.append(f"({'; '.join([*steps, f'sleep {STAY_SECONDS}'])}) | nc {HOST} {port} &")
    return found


def lines(peers: Sequence[Peer], port: Union[int, str]) -> List[str]:
    """Return a line for each of ``peers``; all but the last run beside each other."""
    ticks = _ticks(peers)
    last = max((tick for ticked in ticks.values() for tick, _ in ticked), default=0)
    found = []
    for peer in peers[:MOST_LINES]:
        if ticks[peer] or peer.events:
            found.append(_line(peer, ticks[peer], last, port))
    return [line + " &" for line in found[:-1]] + found[-1:]


def _ticks(peers: Sequence[Peer]) -> Dict[Peer, List[Tuple[int, Event]]]:
    """Return what each peer did, and at which step of the whole."""
    events = [(event.at, number, event) for number, peer in enumerate(peers) for event in peer.events]
    done = [entry for entry in events if entry[2].act in _DONE]
    found: Dict[Peer, List[Tuple[int, Event]]] = {peer: [] for peer in peers}
    tick, before = 0, None
    for at, number, event in sorted(done, key=lambda entry: entry[0]):
        if before is not None and at - before > SAME_SECONDS:
            tick += 1
        before = at
        found[peers[number]].append((tick, event))
    return found


def _line(peer: Peer, done: List[Tuple[int, Event]], last: int, port: Union[int, str]) -> str:
    acts = {event.act for _, event in done}
    if Act.RESET in acts:
        return _resetting(done, port)
    steps: List[str] = []
    at = 0
    for tick, event in done[:MOST_STEPS]:
        if tick > at:
            steps.append(f"sleep {(tick - at) * STEP_SECONDS:.1f}")
            at = tick
        steps += printf(event.data) if event.act is Act.SENT else []
    ends_early = acts & {Act.HALF_CLOSED, Act.CLOSED}
    if not ends_early:
        steps.append(f"sleep {(last - at) * STEP_SECONDS + LAST_SECONDS:.1f}")
    option = "-N " if Act.HALF_CLOSED in acts else "-q 0 " if Act.CLOSED in acts else "-w 9 "
    deaf = " | sleep 60" if peer.is_deaf else ""
    return f"({'; '.join(steps) or 'true'}) | nc {option}{HOST} {port}{deaf}"


def _resetting(done: List[Tuple[int, Event]], port: Union[int, str]) -> str:
    """Return a line of Python: nc cannot end with a reset."""
    acts = ""
    for _, event in done:
        if event.act is Act.SENT:
            data = repr(event.data)[2:-1].replace("'", "\\x27").replace('"', "\\x22").replace("\\\\x", "\\x")
            acts += f's.sendall(b"{data}"); time.sleep(1); '
    return _RESETTING.format(host=HOST, port=port, acts=acts)


def printf(data: bytes) -> List[str]:
    r"""Return the commands of a shell that print ``data``.

    >>> printf("ol\u00e1, 100%\n".encode())
    ["printf 'ol\\303\\241, 100%%\\n'"]
    >>> printf(b"x" * 3000 + b"\n")
    ["printf 'x%.0s' $(seq 3000)", "printf '\\n'"]
    """
    commands: List[str] = []
    at = 0
    for run in _RUN.finditer(data):
        if run.start() > at:
            commands.append(f"printf '{_escaped(data[at : run.start()])}'")
        unit = run[1] or run[2]
        commands.append(f"printf '{_escaped(unit)}%.0s' $(seq {len(run[0]) // len(unit)})")
        at = run.end()
    if at < len(data):
        commands.append(f"printf '{_escaped(data[at:])}'")
    return commands


def _escaped(data: bytes) -> str:
    """Return bytes as printf of any shell reads them in a text between apostrophes."""
    found = ""
    for at in range(len(data)):
        byte = data[at : at + 1]
        found += _NAMED.get(byte) or (byte.decode() if _PLAIN.fullmatch(byte) else f"\\{byte[0]:03o}")
    return found
