"""The verdict on one row: what must hold under every attack, and why so much and no more."""

from __future__ import annotations

import math
from typing import Any, Dict, Iterator

from attacking.attack import Attack
from attacking.innocents import INNOCENTS
from attacking.row import LONGER_SECONDS, Measured
from minichat.limits import Limits

# A person notices an echo that takes longer than a tenth of a second; half of that
# is the server's part, for the network and the terminal need time too.
ECHO_SECONDS = 0.050
# A person who connects and reads nothing for longer thinks that there is no server.
DOOR_SECONDS = 1.0
# A person who looks at the terminal of the server can still find a line among so many, and a day of
# it is 30 MB.
LINES_A_MINUTE = 200
# A machine that does much else beside makes all times longer: so many times as long still hold in a quick run.
# They then say that nobody waits for seconds, not how quick the server is.
BUSY = 20
# Beside what waits: the objects of 64 connections and their members (6 KB each), and what
# the allocator of Python keeps when large pieces come and go.
SPARE_BYTES = 6 << 20
# The kernel of the server takes more than the server: its receive buffer, which grows while it is read.
KERNEL_BYTES = 512 << 10


def allowed_bytes(attack: Attack, limits: Limits) -> int:
    """Return how much more memory than without an attack the table of limits allows the server."""
    # Of an honest member the queue may be full at any time; of an attacker, if it does not read.
    readers = INNOCENTS + (attack.connections if attack.fills_queues else 0)
    outputs = min(limits.queues_bytes, readers * limits.queue_bytes + attack.connections * limits.own_queue_bytes)
    inputs = attack.connections * (limits.recv_bytes + limits.line_bytes)
    inputs = min(inputs, getattr(limits, "inputs_bytes", inputs))
    return outputs + inputs + SPARE_BYTES


def taken_bytes(measured: Measured, attack: Attack, limits: Limits) -> float:
    """Return how many bytes of all connections together the rate allows the server to take."""
    rate = limits.rate_lines * limits.rate_line_bytes
    bursts = max(measured.tally.made, attack.connections) * rate * limits.rate_burst_seconds
    lasting = attack.connections * rate * (measured.seconds + LONGER_SECONDS)
    return bursts + lasting + attack.connections * KERNEL_BYTES


def problems(measured: Measured, attack: Attack, base_bytes: int, slowness: float = 1.0) -> Iterator[str]:
    """Yield what does not hold, in words; nothing if all holds.

    ``base_bytes`` is the memory of a server with the same innocents that was not attacked;
    times may be ``slowness`` times as long as otherwise.
    """
    if why := attack.idle(measured.tally, measured.served):
        yield f"DID NOT GET GOING: {why}"
    if measured.trouble:
        yield f"the server: {measured.trouble}"
    if measured.cut:
        yield f"cut: {', '.join(measured.cut)}"
    if measured.behind and not measured.cut:
        yield f"could not read to the end: {', '.join(measured.behind)}"
    if measured.lost_echoes:
        yield f"{measured.lost_echoes} echoes never came"
    if measured.echo(0.99) >= slowness * ECHO_SECONDS and not attack.is_beside:
        late = f" (this process was {measured.late_seconds * 1000:.0f} ms late itself)"
        yield f"p99 {_ms(measured.echo(0.99))}{late if measured.late_seconds > ECHO_SECONDS / 2 else ''}"
    if measured.door_wordless:
        yield f"{measured.door_wordless} strangers not told why"
    if measured.door_seconds >= slowness * DOOR_SECONDS and not attack.is_beside:
        yield f"a stranger waited {measured.door_seconds:.1f} s"
    more, allowed = measured.memory_bytes - base_bytes, allowed_bytes(attack, Limits())
    if more > allowed:
        yield f"memory +{more / 1e6:.0f} MB, {allowed / 1e6:.0f} allowed"
    taken = taken_bytes(measured, attack, Limits())
    if measured.tally.sent_bytes > taken and not attack.is_drained:
        yield f"took {measured.tally.sent_bytes / 1e6:,.0f} MB, {taken / 1e6:.0f} allowed"
    if measured.lines_a_minute > LINES_A_MINUTE:
        yield f"{measured.lines_a_minute:,.0f} lines/min"
    if measured.comings > measured.printed and not measured.left_out:
        yield f"{measured.comings - measured.printed} lines left out, not counted"
    if complaint := attack.complaint(measured.tally):
        yield complaint


def _ms(seconds: float) -> str:
    return "never" if seconds == math.inf else f"{seconds * 1000:,.1f} ms"


HEADINGS = (
    "attack", "traps", "conns", "ended", "MB sent", "served", "p50 ms", "p99 ms", "worst ms", "door ms", "MB", "CPU",
    "lines/min", "verdict",
)  # fmt: skip


def cells(row: Dict[str, Any]) -> Iterator[str]:
    """Yield the cells of a row, from its document."""
    tally, seconds = row["tally"], row["seconds"]
    yield row["name"]
    yield " ".join(map(str, row["traps"]))
    yield f"{tally['made']:,}"
    yield f"{sum(count for how, count in tally['ends'].items() if how != 'BYE'):,}"
    yield f"{tally['sent_bytes'] / 1e6:.1f}"
    yield f"{row['served'] / seconds:,.0f}/s"
    for name in ("p50", "p99", "worst", "door_seconds"):
        yield "never" if row[name] is None else f"{row[name] * 1000:,.1f}"
    yield f"{row['memory_bytes'] / 1e6:.0f}"
    yield f"{row['cpu']:.0%}"
    yield f"{row['lines_a_minute']:,.0f}"
    yield "; ".join(row["problems"]) or "holds"
