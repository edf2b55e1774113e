"""Who is in, and how one leaves."""

from __future__ import annotations

from grading.dialect import lines_of
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.script import Steps, pause
from grading.stage import GAP_SECONDS, HEAR_SECONDS, QUIET_SECONDS, Stage, has_word

TRIES, TRY_SECONDS = 3, 0.3  # for a nick that is free in a moment
RATE_SECONDS = 1.5  # after which one who has said too much may speak again
ANSWER_SECONDS = 1.0  # to what the probe has found no use of


def ask_who(stage: Stage, peer: Peer, *nicks: str) -> Steps[bytes]:
    """Ask who is in; return the answer, as soon as all ``nicks`` stand in it or the time is over."""
    at = len(peer.received)
    peer.send(stage.encode(stage.dialect.who.pattern))
    yield from stage.until(lambda: nicks and all(has_word(stage.heard(peer, at), nick) for nick in nicks), HEAR_SECONDS)
    yield from pause(GAP_SECONDS)
    return stage.heard(peer, at)


def who(stage: Stage) -> Steps[None]:
    """WHO is answered with the names of all who are in."""
    ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
    if not stage.dialect.who:
        answer = yield from _tried(stage, ana, "WHO")
        if has_word(answer, ana.name) and b"WHO" not in answer:  # an answer, and not the text said to all
            raise Failed("not_in_who", nick=bruno.name, line=answer)
        raise Failed("no_who")
    answer = yield from ask_who(stage, ana, ana.name, bruno.name, caio.name)
    for nick in (ana.name, bruno.name, caio.name):
        if not has_word(answer, nick):
            raise Failed("not_in_who", nick=nick, line=answer)


def _tried(stage: Stage, peer: Peer, word: str) -> Steps[bytes]:
    """Say what the assignment has for it, as evidence: the probe has found no form that works.  Return the answer."""
    at = len(peer.received)
    peer.send(stage.encode(word))
    yield from stage.until(lambda: peer.has_ended, ANSWER_SECONDS)
    return stage.heard(peer, at)


def who_private(stage: Stage) -> Steps[None]:
    """The answer to WHO, and the question, are read only by the one who asked."""
    if not stage.dialect.who:
        raise NotApplicable("no_who")
    ana, bruno = yield from stage.people("ana", "bruno")
    at = len(bruno.received)
    answer = yield from ask_who(stage, ana, ana.name, bruno.name)
    last = stage.say(ana)
    yield from stage.hears(bruno, last)
    got = stage.heard(bruno, at).partition(last.encode())[0]
    for line in answer.splitlines():
        if has_word(line, bruno.name) and line.strip() in got:
            raise Failed("who_for_all", who=bruno.name, line=line)


def not_so_fast(stage: Stage, speaker: Peer, listener: Peer, text: str) -> Steps[None]:
    """Raise NotApplicable if ``text`` was not passed on because too much was said: then the speaker was told so."""
    if not (told := stage.told_off(speaker, text)):
        return
    yield from pause(RATE_SECONDS)
    if (yield from stage.hears(listener, stage.say(speaker), speaker=speaker)):
        raise NotApplicable("too_fast", line=told)


def leave(stage: Stage, peer: Peer) -> None:
    """Let a peer leave as this server has it: by its word for it, or by closing the connection."""
    if stage.dialect.quit:
        peer.send(stage.encode(stage.dialect.quit.pattern))
    else:
        peer.close()


def quit_ends(stage: Stage) -> Steps[None]:
    """QUIT ends the connection."""
    ana, bruno = yield from stage.people("ana", "bruno")
    if stage.dialect.quit:
        leave(stage, ana)
    else:
        yield from _tried(stage, ana, "QUIT")
        if not ana.has_ended:
            raise Failed("no_quit")
    if not (yield from stage.until(lambda: ana.has_ended, HEAR_SECONDS)):
        raise Failed("stays_open", who=ana.name)
    ana.close()  # as every client does then: what a server does for one that stays is another question
    caio = yield from stage.join("caio")
    yield from stage.talk(bruno, caio, key="others_hang")


def comes(stage: Stage, witness: Peer, base: str) -> Steps[bytes]:
    """Let a person join; return what a witness reads of it, with a place for the nick."""
    at = len(witness.received)
    peer = yield from stage.join(base)
    yield from stage.until(lambda: has_word(stage.heard(witness, at), peer.name), QUIET_SECONDS)
    yield from pause(GAP_SECONDS)
    return stage.heard(witness, at).replace(peer.name.encode(), b"{nick}")


def leave_told(stage: Stage) -> Steps[None]:
    """The others are told that a person has left."""
    ana, bruno = yield from stage.people("ana", "bruno")
    yield from pause(GAP_SECONDS)
    at = len(bruno.received)
    leave(stage, ana)
    yield from stage.until(lambda: not ana.is_there or has_word(stage.heard(bruno, at), ana.name), HEAR_SECONDS)
    ana.close()  # some servers see only then that she has left
    if not (yield from hears_of(stage, bruno, ana.name, at)):
        raise Failed("not_told", who=bruno.name, nick=ana.name)
    told = [line for line in lines_of(stage.heard(bruno, at)) if has_word(line, ana.name)]
    if all(stage.is_of_others(line) for line in told):  # some send the list of all when another one comes
        raise Failed("disturbed")


def hears_of(stage: Stage, witness: Peer, nick: str, at: int) -> Steps[bool]:
    """Wait until a witness has read of ``nick``, after the first ``at`` bytes."""
    return (yield from stage.until(lambda: stage.tells_of(witness, nick, at), HEAR_SECONDS))


def nick_free_again(stage: Stage) -> Steps[None]:
    """Who has left can come back under the same nick."""
    ana, bruno = yield from stage.people("ana", "bruno")
    leave(stage, ana)
    yield from stage.until(lambda: not ana.is_there, HEAR_SECONDS)
    ana.close()
    yield from stage.served()
    yield from must_be_free(stage, ana.name, bruno)


def must_be_free(stage: Stage, nick: str, witness: Peer) -> Steps[None]:
    """Let a newcomer take ``nick``, in a few tries; raise Failed if it cannot, or is not heard.

    A server that has slept since will not change its mind.
    """
    for _ in range(TRIES):
        again = yield from stage.meet(nick)
        yield from stage.enter(again, nick)
        if not again.has_ended and (yield from stage.is_member(again, nick, witness)):
            return
        again.close()
        if stage.was_asleep:
            break
        yield from pause(TRY_SECONDS)
    raise Failed("nick_not_free", nick=nick)
