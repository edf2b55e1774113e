"""Bytes that are no text, and connections that end in every way."""

from __future__ import annotations

from typing import List

from grading import procfs
from grading.families.chat import ask_who, hears_of, must_be_free, not_so_fast
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.script import Steps, pause
from grading.stage import GAP_SECONDS, HEAR_SECONDS, Stage, has_word

ROUNDS, RESETTING = 4, 5  # of resets while one speaks, and people who reset in each
SAYINGS = 3  # right after the resets
ASKERS = ("caio", "dora", "elis")  # a server that closes before it has answered does not do so each time
IDLE_SECONDS = 1.0
# A loop that never sleeps takes all of a processor; a loop that looks a hundred times a second takes a
# twentieth.  On a busy machine the first gets a share of one, and waits for the rest of the time.
BUSY_SHARE, RESTLESS_SHARE = 0.15, 0.9


def invalid_utf8(stage: Stage) -> Steps[None]:
    """Bytes that are no UTF-8 harm nobody: not the others, not the sender, not who comes next."""
    ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
    ana.send(stage.dialect.encode(stage.dialect.say.text(text="").encode() + b"\xff\xfe\xc3("))
    yield from stage.served()
    yield from stage.talk(bruno, caio, key="others_dead")
    if ana.has_ended:
        raise Failed("ended", who=ana.name)
    if not (yield from stage.hears(bruno, stage.say(ana))):
        raise Failed("sender_dead", who=ana.name)
    dora = yield from stage.join("dora")
    yield from stage.talk(dora, bruno, key="next_dead")


def reset(stage: Stage) -> Steps[None]:
    """A connection that is reset is a person who has left."""
    yield from _gone(stage, is_reset=True)


def silent_end(stage: Stage) -> Steps[None]:
    """A connection that is closed without a word is a person who has left."""
    yield from _gone(stage, is_reset=False)


def _gone(stage: Stage, is_reset: bool) -> Steps[None]:
    ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
    yield from pause(GAP_SECONDS)
    at = len(bruno.received)
    ana.reset() if is_reset else ana.close()
    is_told = yield from hears_of(stage, bruno, ana.name, at)
    yield from stage.talk(bruno, caio, key="others_dead")
    if stage.dialect.who:
        answer = yield from ask_who(stage, bruno, bruno.name, caio.name)
        if has_word(answer, ana.name):
            raise Failed("ghost", nick=ana.name, line=answer)
    yield from must_be_free(stage, ana.name, bruno)
    if not is_told:
        raise Failed("only_not_told", who=bruno.name, nick=ana.name)


def no_busy_loop(stage: Stage) -> Steps[None]:
    """A server where nothing happens uses no processor, also after people have left."""
    if not procfs.HAS_PROC:
        raise NotApplicable("no_proc")
    for base in ("ana", "bruno", "caio", "dora"):  # whatever is answered to them: it is to rest
        peer = yield from stage.meet(stage.nick(base))
        yield from stage.enter(peer, peer.name)
    ana, bruno, caio, _ = stage.peers
    bruno.end_sending()
    yield from _must_rest(stage)
    ana.close()  # only then: what becomes of those who are lost may also end a loop
    yield from stage.served()  # who is told of it is not lost yet: that is another case
    caio.reset()
    yield from _must_rest(stage)


def _must_rest(stage: Stage) -> Steps[None]:
    """Raise Failed if the server uses the processor."""
    yield from stage.served()
    pids = stage.server.process.pids()
    began, used, wanted = stage.play.reactor.now, procfs.cpu_seconds(pids), procfs.wanted_seconds(pids)
    yield from pause(IDLE_SECONDS)
    if not stage.server.process.is_running:
        raise NotApplicable("has_ended")
    seconds = stage.play.reactor.now - began
    share = (procfs.cpu_seconds(pids) - used) / seconds
    more = [now - wanted.get(thread, now) for thread, now in procfs.wanted_seconds(pids).items()]
    restless = max(more, default=0.0) / seconds
    if share > BUSY_SHARE or restless > RESTLESS_SHARE:
        raise Failed("busy_loop", percent=round(100 * max(share, restless)))


def reset_while_broadcasting(stage: Stage) -> Steps[None]:
    """People who reset while others speak take nothing from those who stay."""
    ana, bruno = yield from stage.people("ana", "bruno")
    for letter in "xyzw"[: stage.often(ROUNDS)]:
        # Who listens comes last: a server that loses its place in the list of people skips who stands behind.
        leaving = [bruno, *(yield from stage.people(*(f"{first}ida{letter}" for first in "cdfgh"[:RESETTING])))]
        bruno = yield from stage.join(f"bruno{letter}")
        texts: List[str] = []
        before = stage.dawdles
        for peer in leaving:  # one text, one reset, and so on: the server meets the lost ones while it writes
            if not texts or not (stage.dialect.loses_rest or stage.dialect.pace):
                texts.append(stage.say(ana))
            peer.reset()
        yield from pause(before * len(leaving))  # a server that dawdles tells of each, too
        for text in texts:
            yield from _must_come(stage, ana, bruno, text, "lost_with_resets")
        for _ in range(SAYINGS):
            yield from _must_come(stage, ana, bruno, stage.say(ana), "others_dead")
    yield from stage.talk(ana, bruno, key="others_dead")
    caio = yield from stage.join("caio")
    yield from stage.talk(caio, ana, key="next_dead")


def _must_come(stage: Stage, ana: Peer, bruno: Peer, text: str, key: str) -> Steps[None]:
    if not (yield from stage.hears(bruno, text, speaker=ana)):
        yield from not_so_fast(stage, ana, bruno, text)
        stage.say(ana)  # that also shows, by hand, what was broken when the last text may still have come
        yield from stage.served()
        raise stage.unheard(bruno, text, key, ana)


def half_close(stage: Stage) -> Steps[None]:
    """What was sent before the end of file is served and answered, as with ``nc -N``; then the server ends too."""
    bruno, ana = yield from stage.people("bruno", "ana")
    ana.cork()
    text = stage.say(ana)
    ana.end_sending()
    yield from stage.must_hear(bruno, text, "lost_at_end")
    yield from _must_end(stage, ana)
    for base in ASKERS[: stage.often(len(ASKERS)) if stage.dialect.who else 1]:
        caio = yield from stage.join(base)
        at = len(caio.received)
        caio.cork()
        if stage.dialect.who:
            caio.send(stage.encode(stage.dialect.who.pattern))
        else:
            stage.tell(caio, stage.nick("carlos"))
        caio.end_sending()
        yield from _must_end(stage, caio)
        if stage.dialect.who and not has_word(stage.heard(caio, at), bruno.name):
            raise Failed("answer_lost_at_end", who=caio.name)
    fabio = yield from stage.join("fabio")
    yield from stage.talk(bruno, fabio, key="others_dead")


def _must_end(stage: Stage, peer: Peer) -> Steps[None]:
    if not (yield from stage.until(lambda: peer.has_ended, HEAR_SECONDS)):
        raise Failed("stays_open", who=peer.name)
