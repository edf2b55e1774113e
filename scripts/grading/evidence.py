"""The evidence for a verdict: what was sent, what came, what is right, how to see it, and where it is explained."""

from __future__ import annotations

import re
from typing import List, NamedTuple, Sequence

from grading import hand
from grading.case import Result
from grading.catalogue import BY_NAME
from grading.grader import Grade
from grading.peer import Act, Peer
from grading.procfs import LOOPBACK
from grading.reasons import reason, shown
from grading.texts import CASES, pick

MOST_PEERS = 6  # shown of one case
FIRST_EVENTS, LAST_EVENTS = 4, 8  # shown of one peer
TOP_SECONDS = 15.0  # to look at the processor
MOST_SHOWN = 200  # characters of one event

_ACTS = {
    Act.ENDED: ("(o servidor encerrou a conexão)", "(the server ended the connection)"),
    Act.WAS_RESET: ("(o servidor derrubou a conexão)", "(the server reset the connection)"),
    Act.HALF_CLOSED: ("(termina de enviar)", "(ends its output)"),
    Act.CLOSED: ("(fecha)", "(closes)"),
    Act.RESET: ("(fecha com RST)", "(closes with RST)"),
    Act.CONNECTED: ("(conecta)", "(connects)"),
    Act.DEAF: ("(não lê)", "(does not read)"),
}
_LAST = {
    "interrupt": ("e logo Ctrl-C no terminal do servidor", "and at once Ctrl-C in the terminal of the server"),
    "restart": (
        "e logo terminar o servidor (Ctrl-C, ou kill se isso não basta), e começar de novo",
        "and at once end the server (Ctrl-C, or kill if that is not enough), and start again",
    ),
    "race": (
        "várias vezes: nem toda vez alguém perde a corrida",
        "several times: not every time is the race lost",
    ),
    "half_close": (
        "várias vezes: nem toda vez o servidor vê a última linha e o fim juntos",
        "several times: not every time does the server see the last line and the end together",
    ),
    "reset_while_broadcasting": (
        "várias vezes: nem toda vez o texto e as quedas se cruzam",
        "several times: not every time do the text and the resets cross",
    ),
    "no_busy_loop": ("e olhar o processador com top", "and look at the processor with top"),
}
_UNSEEN = ("crlf", "control_sequences")  # a terminal shows no CR, and obeys an ESC
_BY_SERVER = (Act.CAME, Act.ENDED, Act.WAS_RESET)


class Evidence(NamedTuple):
    """Everything about one result that a person needs."""

    title: str
    right: str
    why: str
    printed: str  # errors that the server printed
    sent: List[str]
    came: List[str]
    by_hand: List[str]
    lab: str  # the command that shows it; "" if there is none
    module: str


def evidence(result: Result, grade: Grade, language: str) -> Evidence:
    """Collect the evidence for a result."""
    case = BY_NAME[result.case]
    title, right = CASES[result.case]
    return Evidence(
        pick(title, language), pick(right, language), reason(result.key, result.fields, language),
        shown(result.printed.decode("utf-8", "replace")),
        _acts(result.peers, True, language), _acts(result.peers, False, language),
        by_hand(result, grade, language),
        f"python3 scripts/labs/run.py {case.lab}" if case.lab else "", case.module,
    )  # fmt: skip


def by_hand(result: Result, grade: Grade, language: str) -> List[str]:
    """Return the lines with which a person sees the same."""
    target = hand.Target(grade.port or "$PORT", grade.host)
    if grade.dialect is not None and result.case == "slow_reader":
        return hand.flood(grade.dialect, target)
    if grade.dialect is not None and result.case == "endless_line":
        return hand.endless(grade.dialect, target)
    last = [f"# {pick(_LAST[result.case], language)}"] if result.case in _LAST else []
    if result.case in ("interrupt", "restart"):
        lines = hand.staying(result.peers[:2], target)
    else:
        lines = hand.lines(result.peers, target, *([TOP_SECONDS] if result.case == "no_busy_loop" else []))
    if result.case in _UNSEEN:
        lines = [re.sub(r"( &|)\Z", r" | cat -v\1", line, count=1) for line in lines]
    for peer in result.peers[:1]:  # some say the port with the nick; in the run it was another
        lines = [line.replace(f"{LOOPBACK} {peer.port} ", f"{LOOPBACK} {target.port} ") for line in lines]
    return lines + last + ["wait"] * (len(lines) > 1 and not last)  # or the next case meets the people of this one


def _acts(peers: Sequence[Peer], is_sent: bool, language: str) -> List[str]:
    """Return the acts of the peers, or of the server towards them, a line each."""
    found = []
    for peer in peers[:MOST_PEERS]:
        events = [event for event in peer.events if (event.act not in _BY_SERVER) == is_sent]
        if any(event.act is Act.SENT for event in events):  # that it has connected goes without saying
            events = [event for event in events if event.act is not Act.CONNECTED]
        left_out = range(FIRST_EVENTS, len(events) - LAST_EVENTS)
        for number, event in enumerate(events):
            said = quoted(event.data) if event.act in (Act.SENT, Act.CAME) else pick(_ACTS[event.act], language)
            if number not in left_out:
                found.append(f"{peer.name} {'->' if is_sent else '<-'} {said}")
            elif number == FIRST_EVENTS:
                found.append(f"{peer.name} ... (+{len(left_out)})")
        if unnoted := sum(size for act, size in peer.unnoted.items() if (act not in _BY_SERVER) == is_sent):
            found.append(f"{peer.name} {'->' if is_sent else '<-'} ... (+{unnoted} bytes)")
        if not is_sent and not events:
            found.append(f"{peer.name} <- {pick(('(nada)', '(nothing)'), language)}")
    if len(peers) > MOST_PEERS:
        found.append(f"... (+{len(peers) - MOST_PEERS})")
    return [shown(line) for line in found]


def quoted(data: bytes) -> str:
    r"""Return bytes as a text in quotes, the middle of a long one left out.

    >>> quoted("\u00e9 \\".encode() + b"\xff\n")
    "'\u00e9 \\\\ \\xff\\n'"
    """
    text = data.decode("utf-8", "surrogateescape")
    if len(text) <= MOST_SHOWN:
        return re.sub(r"\\udc([89a-f][0-9a-f])", r"\\x\1", repr(text))
    head, tail = text[: MOST_SHOWN // 2], text[-MOST_SHOWN // 4 :]
    parts = [quoted(part.encode("utf-8", "surrogateescape")) for part in (head, tail)]
    return f"{parts[0]} [{len(data)} bytes] {parts[1]}"
