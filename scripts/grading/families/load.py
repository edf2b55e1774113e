"""A reader that does not read, and a line that does not end."""

from __future__ import annotations

from typing import List, Tuple

from grading import procfs
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.script import Steps, pause, until
from grading.stage import QUIET_SECONDS, Stage

SPEAKERS = "abdef"
LINES, LINE_BYTES = 16, 900  # in one send; as most servers read 1024 at once
# What the kernel takes for a reader that does not read is 2.8 MB at most with the usual
# limits (tcp_wmem); only past that is the server itself put to the test, and then some
# queue of its own may be in between: 1000 lines of these are one more megabyte.
KERNEL_BYTES = 2_800_000
PAST_BYTES = 6_000_000
STALL_SECONDS = 5.0  # when nothing moves for so long, nothing moves
ASLEEP_SECONDS = 2.0  # the same, of a server that sleeps all that time
LOAD_SECONDS = 15.0  # a server that bounds the rate of a speaker takes longer; it has moved all the time
TRY_SECONDS = 3.0  # after which it is seen whether a server is fast enough to fill the kernel
LOOK_SECONDS = 0.25
AHEAD_BYTES = 200_000  # of what has come: who reads all the time is not to fall behind further than that

ENDLESS_BYTES = 24_000_000
ENDLESS_SECONDS, ENOUGH_SECONDS = 4.0, 1.5  # of sending; the latter if so much was read that it tells something
CHUNK_BYTES = 262_144
LEAST_READ_BYTES = 1_000_000
SAMPLES, MOST_LOOKS = 15, 150  # of the memory
KEPT_SHARE, ALL_SHARE = 0.7, 0.9  # a server that keeps so much of what it was sent keeps it all


def slow_reader(stage: Stage) -> Steps[None]:
    """One who does not read keeps nobody from reading."""
    witness = yield from stage.join("bruno")
    slow = yield from stage.join("caio", is_deaf=True)
    speakers = yield from stage.people(*(f"fala{letter}" for letter in SPEAKERS), small=True)
    for peer in (witness, *speakers):
        peer.keeps = False
    said = stage.encode(stage.dialect.say.text(text="x" * LINE_BYTES)) * (LINES if stage.dialect.splits else 1)
    before, still, asleep = witness.count, 0.0, 0.0
    sent = lost = 0
    began = stage.play.reactor.now
    while (came := witness.count - before) < PAST_BYTES and (passed := stage.play.reactor.now - began) < LOAD_SECONDS:
        if passed >= TRY_SECONDS and not still and came / passed * LOAD_SECONDS < KERNEL_BYTES:
            break  # it moves, but never fills the kernel
        if still:  # what has not come by now never comes
            lost = sent - came
        for speaker in speakers:
            if not speaker.unsent and sent - lost - came < AHEAD_BYTES:
                speaker.send(said)
                sent += len(said)
        seen = witness.count
        yield from _moves(witness, seen)
        still = still + LOOK_SECONDS if witness.count == seen else 0.0
        asleep = asleep + LOOK_SECONDS if witness.count == seen and stage.server.process.sleeps else 0.0
        if still >= STALL_SECONDS + stage.dawdles or asleep >= ASLEEP_SECONDS + stage.dawdles:
            slow.listen()
            waits = yield from stage.until(lambda: witness.count > seen, STALL_SECONDS)  # noqa: B023 over in this round
            raise Failed(
                "stalled" if waits else "stuck", who=witness.name, slow=slow.name,
                megabytes=round((seen - before) / 1e6, 1), seconds=round(still, 1),
            )  # fmt: skip
        if witness.has_ended or all(speaker.has_ended for speaker in speakers):
            raise Failed("ended", who=(witness if witness.has_ended else speakers[0]).name)
    if came < KERNEL_BYTES:
        raise NotApplicable("never_filled", megabytes=round(came / 1e6, 1))


def _moves(peer: Peer, seen: int) -> Steps[bool]:
    return (yield from until(lambda: peer.count > seen, LOOK_SECONDS))


def _still(stage: Stage, peer: Peer) -> Steps[None]:
    """Wait until a peer gets nothing more, for a while."""
    began = stage.play.reactor.now
    while stage.play.reactor.now - began < STALL_SECONDS:
        if not (yield from _moves(peer, peer.count)):
            return


def _flood(stage: Stage, ana: Peer) -> Steps[Tuple[int, int]]:
    """Send much of a line; return how many bytes the server has read, and how many its memory has now."""
    port, pids = stage.server.address.port, stage.server.process.pids()
    given = procfs.queued_bytes(port)
    began = stage.play.reactor.now
    most = given + ENDLESS_BYTES
    while given < most and not ana.has_ended and (passed := stage.play.reactor.now - began) < ENDLESS_SECONDS:
        if passed >= ENOUGH_SECONDS and given - ana.unsent - procfs.queued_bytes(port) >= LEAST_READ_BYTES:
            break
        ana.send(b"x" * CHUNK_BYTES)
        given += CHUNK_BYTES
        yield from until(lambda: not ana.unsent or ana.has_ended, ENDLESS_SECONDS - passed)
    given -= ana.unsent
    ana.drop_unsent()
    read = given - procfs.queued_bytes(port)
    return read, (yield from _least_memory(stage, pids))  # what is read meanwhile makes it no less


def _least_memory(stage: Stage, pids: List[int]) -> Steps[int]:
    """Return the memory of a server in bytes, the least of some samples: who copies what it keeps has it twice then.

    Of a server that has not had its turn since, on a busy machine, a sample says nothing new.
    """
    seen, used = [procfs.memory_bytes(pids)], procfs.cpu_seconds(pids)
    for _ in range(MOST_LOOKS):
        yield from pause(QUIET_SECONDS / SAMPLES)
        before, used = used, procfs.cpu_seconds(pids)
        if used > before or stage.server.process.sleeps:
            seen.append(procfs.memory_bytes(pids))
        if len(seen) > SAMPLES:
            break
    return min(seen)


def _keeps(stage: Stage, read: int, grown: int, least: int = LEAST_READ_BYTES) -> bool:
    """Return True if a server may have kept all of what it has read, or a bound has ended it."""
    return bool(stage.server.process.trouble) or (read >= least and grown > KEPT_SHARE * read)


def endless_line(stage: Stage) -> Steps[None]:
    """A line that never ends does not fill the memory, and keeps nobody waiting."""
    if not procfs.HAS_PROC:
        raise NotApplicable("no_proc")
    ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
    for peer in (bruno, caio):
        peer.keeps = False
    if stage.dialect.has_header:
        ana.send(str(ENDLESS_BYTES * 3).encode().ljust(64))
    before = procfs.memory_bytes(stage.server.process.pids())
    read, memory = yield from _flood(stage, ana)
    if _keeps(stage, read, memory - before):  # or a runtime has not given it back yet: that does not grow once more
        more, last = yield from _flood(stage, ana)
        # Who copies what it keeps reads less and less, and may do so in a place that it had before: then all is there.
        has_all = read >= 2 * LEAST_READ_BYTES and last - before > ALL_SHARE * (read + more)
        if has_all or _keeps(stage, more, last - memory, least=1):
            raise Failed("endless_kept", taken=round((read + more) / 1e6, 1), grown=round((last - before) / 1e6, 1))
    yield from _still(stage, bruno)  # what the kernel has of the flood may still be on its way
    for peer in (bruno, caio):
        peer.keeps = True
    yield from stage.talk(bruno, caio, key="others_dead")
