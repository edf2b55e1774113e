"""A reader that does not read, and a line that does not end."""

from __future__ import annotations

from collections import deque
from typing import Deque, List, Sequence, Tuple

from grading import procfs
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.script import Steps, pause, until
from grading.stage import QUIET_SECONDS, Stage

SPEAKERS = "abdef"
LINES, LINE_BYTES = 16, 900  # in one send; as most servers read 1024 at once
SHORT_BYTES = 200  # where a line of those is too long
# What the kernel takes for a reader that does not read is little more than 2.8 MB with the usual
# limits (tcp_wmem); only past that is the server itself put to the test, and then some
# queue of its own may be in between: 1000 lines of these are one more megabyte.
KERNEL_BYTES = 2_900_000
LEAST_KEPT_BYTES = 50_000  # of it no kernel takes less
PAST_BYTES = 6_000_000
STALL_SECONDS = 5.0  # when nothing moves for so long, nothing moves: a server may wait for a reader for a while
LOAD_SECONDS = 15.0  # a server that bounds the rate of a speaker takes longer; it has moved all the time
TRY_SECONDS = 3.0  # after which it is seen whether a server is fast enough to fill the kernel
LOOK_SECONDS = 0.25
CRAWL_SHARE = 0.01  # of all that came before: what is as little as that in the same time as a stall, crawls
FREED_TIMES = 20  # so much faster it is then, when the one reads who did not
AHEAD_BYTES = 200_000  # of what has come: who reads all the time is not to fall behind further than that

ENDLESS_BYTES = 24_000_000
ENDLESS_SECONDS, ENOUGH_SECONDS = 4.0, 1.5  # of sending; the latter if so much was read that it tells something
CHUNK_BYTES = 262_144
LEAST_READ_BYTES = 1_000_000
SAMPLES, MOST_LOOKS = 15, 150  # of the memory
RELAY_LOOKS = 8  # at a server that passes all on
KEPT_SHARE, ALL_SHARE = 0.7, 0.9  # a server that keeps so much of what it was sent keeps it all


def slow_reader(stage: Stage) -> Steps[None]:
    """One who does not read keeps nobody from reading."""
    witness = yield from stage.join("bruno")
    slow = yield from stage.join("caio", is_deaf=True)
    speakers = yield from stage.people(*(f"fala{letter}" for letter in SPEAKERS), small=True)
    size = yield from _line_bytes(stage, witness, speakers)
    for peer in (witness, *speakers):
        peer.keeps = False
    said = stage.encode(stage.dialect.say.text(text="x" * size)) * (LINES if stage.dialect.splits else 1)
    before, still = witness.count, 0.0
    came_at: Deque[Tuple[float, int]] = deque()  # of the time of a stall
    sent = lost = 0
    began = stage.play.reactor.now
    while (came := witness.count - before) < PAST_BYTES:
        passed = stage.play.reactor.now - began
        if passed >= LOAD_SECONDS and not still:  # a stall is waited for to its end
            break
        if passed >= TRY_SECONDS and not still and came / passed * LOAD_SECONDS < KERNEL_BYTES:
            break  # it moves, but never fills the kernel
        if still:  # what has not come by now never comes
            lost = sent - came
        for speaker in speakers:
            if speaker.is_there and not speaker.unsent and sent - lost - came < AHEAD_BYTES:
                speaker.send(said)
                sent += len(said)
        seen = witness.count
        yield from _moves(witness, seen)
        still = still + LOOK_SECONDS if witness.count == seen else 0.0
        if still >= STALL_SECONDS + stage.dawdles:
            slow.listen()
            waits = yield from stage.until(lambda: witness.count > seen, STALL_SECONDS)  # noqa: B023 over in this round
            if not waits and seen - before < LEAST_KEPT_BYTES:
                break  # not because of who did not read: so much the kernel keeps
            raise Failed(
                "stalled" if waits else "stuck", who=witness.name, slow=slow.name,
                megabytes=round((seen - before) / 1e6, 1), seconds=round(still, 1),
            )  # fmt: skip
        crawled = _crawled(came_at, stage.play.reactor.now, came)
        if crawled and not still and not stage.dialect.pace:
            slow.listen()
            yield from until(lambda: witness.count - seen >= FREED_TIMES * crawled, STALL_SECONDS)  # noqa: B023
            if witness.count - seen < FREED_TIMES * crawled:
                break  # it bounds the rate
            raise Failed(
                "crawls", who=witness.name, slow=slow.name, kilobytes=round(crawled / 1e3, 1),
                megabytes=round((seen - before) / 1e6, 1), seconds=STALL_SECONDS,
            )  # fmt: skip
        if not witness.has_ended and came < LEAST_KEPT_BYTES and all(speaker.has_ended for speaker in speakers):
            break  # not because of who does not read: that nobody can know yet
        if witness.has_ended or all(speaker.has_ended for speaker in speakers):
            raise Failed("ended", who=(witness if witness.has_ended else speakers[0]).name)
    if came < KERNEL_BYTES:
        raise NotApplicable("never_filled", megabytes=round(came / 1e6, 1))


def _crawled(came_at: Deque[Tuple[float, int]], now: float, came: int) -> int:
    """Note how many bytes have come by now; return how few came in the time of a stall, 0 if they were not few."""
    came_at.append((now, came))
    if now - came_at[0][0] < STALL_SECONDS:
        return 0
    while now - came_at[1][0] >= STALL_SECONDS:
        came_at.popleft()
    crawled = came - came_at[0][1]
    return crawled if crawled < CRAWL_SHARE * came and came >= LEAST_KEPT_BYTES else 0


def _line_bytes(stage: Stage, witness: Peer, speakers: List[Peer]) -> Steps[int]:
    """Return how long the lines of the flood may be: some servers refuse long ones."""
    for size, speaker in zip((LINE_BYTES, SHORT_BYTES), speakers):
        begin = stage.text()  # in pieces it may come: that is another case
        stage.say(speaker, begin + "x" * size)
        if (yield from stage.hears(witness, begin, speaker=speaker)):
            return size
    raise stage.unheard(witness, begin, "not_heard", speaker)


def _moves(peer: Peer, seen: int) -> Steps[bool]:
    return (yield from until(lambda: peer.count > seen, LOOK_SECONDS))


def _still(stage: Stage, peer: Peer) -> Steps[None]:
    """Wait until a peer gets nothing more, for a while."""
    began = stage.play.reactor.now
    while stage.play.reactor.now - began < STALL_SECONDS:
        if not (yield from _moves(peer, peer.count)):
            return


def _flood(stage: Stage, ana: Peer, readers: Sequence[Peer]) -> Steps[Tuple[int, int]]:
    """Send much of a line; return how many bytes the server has read, and how many its memory has now.

    Where each read is a message for ``readers``, no more is sent than they can read: what
    waits for them is another question.
    """
    marks = [peer.count for peer in readers]
    port, pids = stage.server.address.port, stage.server.process.pids()
    given = procfs.queued_bytes(port)
    began = stage.play.reactor.now
    start, most = given, given + ENDLESS_BYTES

    def is_ahead() -> bool:
        come = [peer.count - mark for peer, mark in zip(readers, marks)]
        return bool(ana.unsent) or 0 < min(come) < given - start - AHEAD_BYTES

    while given < most and not ana.has_ended and (passed := stage.play.reactor.now - began) < ENDLESS_SECONDS:
        if passed >= ENOUGH_SECONDS and given - ana.unsent - procfs.queued_bytes(port) >= LEAST_READ_BYTES:
            break
        ana.send(b"x" * CHUNK_BYTES)
        given += CHUNK_BYTES
        yield from until(lambda: not is_ahead() or ana.has_ended, ENDLESS_SECONDS - passed)
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


def _must_grow_no_more(stage: Stage, before: int, read: int, memory: int) -> Steps[None]:
    """Raise Failed if a server keeps more of a line, too; its memory was ``before``, and after ``read`` bytes this."""
    ana, *readers = stage.peers
    # Where each read is passed on at once, what grows may be garbage of a runtime, which takes it away now and then.
    is_relay = min(peer.count for peer in readers) > ALL_SHARE * read
    total, last = read, memory
    for _ in range(RELAY_LOOKS if is_relay else 1):
        earlier = last
        more, last = yield from _flood(stage, ana, readers)
        total += more
        # Who copies what it keeps reads less and less, and may do so in a place that it had before: then all is there.
        has_all = read >= 2 * LEAST_READ_BYTES and last - before > ALL_SHARE * total
        grows = last > earlier if is_relay else has_all or _keeps(stage, more, last - earlier, least=1)
        if not (grows or stage.server.process.trouble):
            return
    if not is_relay or stage.server.process.trouble or last - before > KEPT_SHARE * total:
        raise Failed("endless_kept", taken=round(total / 1e6, 1), grown=round((last - before) / 1e6, 1))


def endless_line(stage: Stage) -> Steps[None]:
    """A line that never ends does not fill the memory, and keeps nobody waiting."""
    if not procfs.HAS_PROC:
        raise NotApplicable("no_proc")
    ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
    for peer in (ana, bruno, caio):
        peer.keeps = False
    if stage.dialect.has_header:
        ana.send(str(ENDLESS_BYTES * 3).encode().ljust(stage.dialect.header_bytes))
    before = procfs.memory_bytes(stage.server.process.pids())
    read, memory = yield from _flood(stage, ana, (bruno, caio))
    if _keeps(stage, read, memory - before):  # or a runtime has not given it back yet: that does not grow once more
        yield from _must_grow_no_more(stage, before, read, memory)
    yield from _still(stage, bruno)  # what the kernel has of the flood may still be on its way
    for peer in (bruno, caio):
        peer.keeps = True
    yield from stage.talk(bruno, caio, key="others_dead")
