"""Newcomers: many at once, silent ones, and nicks that should not be."""

from __future__ import annotations

import re
from typing import List

from grading.dialect import lines_of
from grading.families.chat import comes
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.script import Steps, pause, until
from grading.stage import GAP_SECONDS, HEAR_SECONDS, QUIET_SECONDS, Stage, has_word, plain

RACERS, RACES = 12, 2
SILENT = 3
AGAIN_SECONDS = 4.0  # what a server tells all now and then has come again by then
CLEAR = "\x1b[2J"  # clears a terminal


def race(stage: Stage) -> Steps[None]:
    """Of twelve who want the same nick at the same moment exactly one gets it."""
    bruno = yield from stage.join("bruno")
    for number in range(RACES):
        nick = stage.nick(f"rival{'abc'[number]}")
        racers = [stage.connect(f"{nick} ({index + 1})") for index in range(RACERS)]
        yield from stage.greeted(racers)
        yield from pause(GAP_SECONDS)
        for racer in racers:
            racer.send(stage.encode(stage.dialect.nick.text(nick, port=stage.server.address.port)))
        told = len(stage.dialect.greeting)
        yield from stage.until(lambda: all(racer.count > told or racer.has_ended for racer in racers), HEAR_SECONDS)  # noqa: B023
        yield from pause(2 * QUIET_SECONDS)
        winners = yield from _winners(stage, racers, nick, bruno)
        if winners > 1:
            raise Failed("race_won_by_many", count=winners, nick=nick)
        if not winners and not number:
            raise Failed("race_won_by_none", nick=nick)
        if not winners:
            return  # those of the first race have left; what a server makes of that is another question
        for racer in racers:  # who was asked for another nick has one now, and takes a place
            racer.end_sending()
        yield from stage.served()


def _winners(stage: Stage, racers: List[Peer], nick: str, witness: Peer) -> Steps[int]:
    """Return how many were told that they are in, or are heard as if they were."""
    greeted = len(stage.dialect.greeting)
    accepted = sum(stage.is_accepted(stage.heard(racer, greeted), nick) for racer in racers)
    texts = [stage.say(racer) for racer in racers if not racer.has_ended]
    if not (yield from stage.until(lambda: all(stage.has(witness, text) for text in texts), 2 * QUIET_SECONDS)):
        yield from stage.settle(witness)
    return max(accepted, sum(stage.is_from(witness, nick, text) for text in texts))


def silent_newcomer(stage: Stage) -> Steps[None]:
    """Who connects and says nothing keeps nobody waiting."""
    for number in range(SILENT):
        stage.connect(f"({number + 1})")
    yield from pause(GAP_SECONDS)
    ana, bruno = yield from stage.people("ana", "bruno")
    yield from stage.talk(ana, bruno, key="others_wait")


def connect_and_go(stage: Stage) -> Steps[None]:
    """Who connects and goes at once was never there."""
    ana, bruno = yield from stage.people("ana", "bruno")
    yield from stage.served()
    at = len(bruno.received)
    for number in range(2):
        passing = stage.connect(f"({number + 1})")
        yield from pause(GAP_SECONDS)
        passing.close() if number else passing.reset()
        yield from stage.served()
    told, until_now = stage.heard(bruno, at), len(bruno.received)
    yield from stage.talk(ana, bruno, key="others_dead")
    is_news = bool(told) and not (yield from _comes_again(stage, bruno, told, until_now))
    caio = yield from stage.join("caio")
    yield from stage.talk(caio, ana, key="next_dead")
    if is_news:
        raise Failed("nameless_told", line=told)


def _comes_again(stage: Stage, peer: Peer, told: bytes, since: int) -> Steps[bool]:
    """Return True if a peer reads the same again though nobody comes: some servers tell all something now and then."""

    def is_there() -> bool:
        heard = plain(stage.heard(peer, since))
        later = lines_of(heard) if stage.dialect.ends_lines else heard
        return all(plain(line) in later for line in lines_of(told))

    return (yield from until(is_there, AGAIN_SECONDS))


def empty_line(stage: Stage) -> Steps[None]:
    """An empty line is no message, and harms nobody."""
    ana, bruno = yield from stage.people("ana", "bruno")
    yield from pause(GAP_SECONDS)
    at = len(bruno.received)
    ana.send(stage.dialect.encode(b"") or b"\n")
    yield from stage.served()
    if not ana.has_ended:
        yield from stage.settle(bruno)
    said = stage.heard(bruno, at)
    if ana.has_ended:
        raise Failed("ended", who=ana.name)
    yield from stage.talk(ana, bruno)
    if has_word(said, ana.name):
        raise Failed("empty_told", line=stage.context(bruno, ana.name.encode(), since=at), who=bruno.name)
    if not stage.dialect.is_named and any(_is_empty(stage, line) for line in lines_of(said)):
        raise Failed("empty_told", line=said, who=bruno.name)


def _is_empty(stage: Stage, line: bytes) -> bool:
    """Return True if a line has no more than what stands around each text, a number for the person perhaps."""
    around = stage.dialect.crossed.replace("{text}", "").encode()
    return plain(line).strip() in (b"", plain(around).strip())


def empty_nick(stage: Stage) -> Steps[None]:
    """Nobody gets in with an empty nick."""
    if not stage.dialect.is_named and re.search(r"\d", stage.dialect.before_text):
        raise NotApplicable("no_names")  # a number or an address stands there, and one is in without a nick
    bruno = yield from stage.join("bruno")
    joined = yield from comes(stage, bruno, "dora")
    nobody = yield from stage.meet("(?)")
    yield from stage.served()
    at = len(bruno.received)
    said = stage.dialect.nick.text("", port=stage.server.address.port)
    nobody.send(stage.encode(said) or b"\n")
    yield from stage.until(lambda: nobody.has_ended, QUIET_SECONDS)
    told, until_now = stage.heard(bruno, at), len(bruno.received)
    usual, _, usual_behind = stage.dialect.crossed.encode().partition(b"{text}")
    is_nameless = bool(told) and not nobody.has_ended and not _has_name(told, joined) and not _has_name(told, usual)
    if is_nameless and not (yield from _comes_again(stage, bruno, told, until_now)):
        raise Failed("nameless_told", line=told)
    if not nobody.has_ended:
        # A server that asks again takes the first text as a nick, and the second as a text.
        first, second = stage.say(nobody), ""
        yield from stage.served()
        if not nobody.has_ended:
            second = stage.say(nobody)
            yield from stage.hears(bruno, second, QUIET_SECONDS)
            yield from stage.settle(bruno)
            before = stage.before(bruno, second)
            behind = (stage.line_with(bruno, second) or b"").partition(second.encode())[2]
            has_name = _has_name(before, usual) or _has_name(behind, usual_behind)
            is_in = stage.has(bruno, second) and first.encode() not in before and not has_name
            if is_in and not _has_become_nick(stage, nobody, bruno, first):
                raise Failed("empty_nick_in", line=stage.context(bruno, second.encode()))
    caio = yield from stage.join("caio")
    yield from stage.must_hear(bruno, stage.say(caio), "next_dead", caio)


def _has_become_nick(stage: Stage, peer: Peer, witness: Peer, text: str) -> bool:
    """Return True if a text was taken for the nick, where nobody is named who speaks: it is told in other words."""
    is_told = stage.has(witness, text) and not stage.is_from(witness, "", text)
    return not stage.dialect.is_named and (is_told or (stage.has(peer, text) and not stage.dialect.has_echo))


def _has_name(said: bytes, usual: bytes) -> bool:
    """Return True if a name that the server has chosen stands where ``usual`` has a place for the nick."""
    head, place, tail = usual.partition(b"{nick}")
    shape = re.escape(plain(head)) + rb"\S+" + re.escape(plain(tail.partition(b"{nick}")[0].rstrip()))
    return bool(place) and bool(re.search(shape, plain(said)))


def nick_with_space(stage: Stage) -> Steps[None]:
    """A nick with a space is refused, or can be spoken to."""
    if not stage.dialect.is_named:
        raise NotApplicable("no_names")
    bruno = yield from stage.join("bruno")
    nick = f"{stage.nick('ana')} {stage.nick('maria')}"
    ana = yield from stage.meet(nick)
    yield from stage.enter(ana, nick)
    if ana.has_ended:
        return (yield from stage.must_have_places())
    text = stage.say(ana)
    if not (yield from stage.hears(bruno, text)):
        yield from stage.settle(bruno)
    if not stage.has(bruno, text):
        return
    if plain(nick.encode()) not in plain(stage.before(bruno, text)):
        return
    if not stage.dialect.has_direct:
        raise NotApplicable("no_direct")
    told = stage.tell(bruno, nick)
    if not (yield from stage.hears(ana, told)):
        raise Failed("nick_with_space_in", nick=nick)


def nick_forges(stage: Stage) -> Steps[None]:
    """No nick can make a line look as if another person had said it."""
    if not stage.dialect.is_named:
        raise NotApplicable("no_names")
    ana, bruno = yield from stage.people("ana", "bruno")
    before, named, after = stage.dialect.crossed.partition("{nick}")
    between = after.partition("{text}")[0] if named else " [all]: "
    forged = f"{ana.name}{between}{stage.text()}"  # as this server words what one says
    stage.note(forged)
    mallory = yield from stage.meet("(forja)")
    yield from stage.enter(mallory, forged)
    text = stage.text()
    if mallory.has_ended:
        yield from stage.must_have_places()
    else:
        stage.say(mallory, text)
        yield from stage.hears(bruno, text)
    yield from stage.settle(bruno)
    for line in (line for read in stage.reads(bruno, forged) for line in lines_of(read)):
        # A nick may have been cut, if only what looks like another person's line is left of it.
        start = plain((before + ana.name + between if text.encode() in line else before + forged).encode())
        # Where nothing ends a line, what came before may stand before it.
        is_inside = not stage.dialect.ends_lines and bool(before.strip()) and start in plain(line)
        if plain(line).startswith(start) or is_inside:
            raise Failed("forged", line=line, nick=forged)
    yield from stage.talk(ana, bruno, key="others_dead")


def control_sequences(stage: Stage) -> Steps[None]:
    """What controls a terminal is not passed on."""
    ana, bruno = yield from stage.people("ana", "bruno")
    text = stage.text()
    stage.note(text)
    ana.send(stage.dialect.encode(stage.dialect.say.text(text=CLEAR + text).encode()))
    yield from stage.hears(bruno, text)
    yield from stage.settle(bruno)
    if CLEAR.encode() in stage.heard(bruno):  # the server may have colours of its own
        raise Failed("escape_passed", line=stage.context(bruno, CLEAR.encode()), who=bruno.name)
    if not ana.has_ended:
        yield from stage.talk(ana, bruno, key="others_dead")


def direct_without_text(stage: Stage) -> Steps[None]:
    """A direct message without a text harms nobody."""
    if not stage.dialect.has_direct:
        raise NotApplicable("no_direct")
    ana, bruno = yield from stage.people("ana", "bruno")
    for nick in (bruno.name, ""):
        ana.send(stage.encode(stage.dialect.direct.text(nick).strip()))
        yield from stage.served()
        if ana.has_ended:
            raise Failed("ended", who=ana.name)
    yield from stage.talk(ana, bruno, key="others_dead")
