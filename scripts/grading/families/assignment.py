"""The four cases of the assignment, and what belongs to them."""

from __future__ import annotations

from typing import Tuple

from grading.outcome import Failed, OtherWording
from grading.peer import Peer
from grading.script import Steps, pause
from grading.stage import GAP_SECONDS, HEAR_SECONDS, QUIET_SECONDS, Stage, has_word

NICK_IN_USE = b"ERR apelido_em_uso"
USER_NOT_FOUND = b"ERR user_not_found"


def broadcast(stage: Stage) -> Steps[None]:
    """What one says, all others read, and from whom it is."""
    ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
    text = stage.say(ana)
    for other in (bruno, caio):
        yield from stage.must_hear(other, text)
    back = stage.say(bruno)
    for other in (ana, caio):
        yield from stage.must_hear(other, back)
    line = stage.line_with(caio, text) or b""
    if not has_word(line, ana.name):
        raise Failed("nameless", line=line, nick=ana.name)
    _must_be_worded(stage, line, f"FROM {ana.name} [all]: {text}")
    if not (yield from stage.hears(ana, text, QUIET_SECONDS)):
        raise OtherWording("no_echo", text=text)


def _must_be_worded(stage: Stage, line: bytes, expected: str) -> None:
    """Raise OtherWording if ``line`` is not the one of the assignment."""
    if line != expected.encode() and (stage.dialect.ends_lines or expected.encode() not in line):
        raise OtherWording("other_wording", line=line, expected=expected)


def _has_line(stage: Stage, answer: bytes, line: bytes) -> bool:
    return line in (answer.splitlines() if stage.dialect.ends_lines else answer)


def direct(stage: Stage) -> Steps[None]:
    """What is said to one, only that one reads."""
    ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
    text = stage.tell(ana, bruno.name)
    if not (yield from stage.hears(bruno, text)):
        raise Failed("direct_not_heard", who=bruno.name, text=text)
    yield from stage.must_stay_out(text, caio, ana, "not_for_all" if stage.dialect.has_direct else "direct_is_text")
    expected = f"FROM {ana.name} [dm]: {text}"
    _must_be_worded(stage, stage.line_with(bruno, text) or b"", expected)


def no_such_user(stage: Stage) -> Steps[None]:
    """What is said to a person who is not there is answered, and said to nobody else."""
    ana, bruno = yield from stage.people("ana", "bruno")
    at = len(ana.received)
    text = stage.tell(ana, stage.nick("carlos"))
    answered = yield from stage.until(lambda: len(ana.received) > at or ana.has_ended, HEAR_SECONDS)
    yield from pause(GAP_SECONDS)
    answer = stage.heard(ana, at)
    yield from stage.must_stay_out(text, bruno, ana, "said_to_all" if stage.dialect.has_direct else "direct_is_text")
    if ana.has_ended:
        raise Failed("ended", who=ana.name)
    if not answered:
        raise Failed("no_answer", who=ana.name)
    if not _has_line(stage, answer, USER_NOT_FOUND):
        raise OtherWording("other_wording", line=answer, expected=USER_NOT_FOUND.decode())


def _second_ana(stage: Stage) -> Steps[Tuple[Peer, Peer, Peer, bytes]]:
    """Let a second ana try to join; return the first, bruno, the second, and what the second got for the nick."""
    ana, bruno = yield from stage.people("ana", "bruno")
    second = yield from stage.meet(f"{ana.name} (2)")
    before = len(second.received)
    yield from stage.enter(second, ana.name)
    yield from stage.until(lambda: len(second.received) > before or second.has_ended, QUIET_SECONDS)
    yield from pause(GAP_SECONDS)
    answer = stage.heard(second, before)
    if stage.is_of_others(answer):  # a newcomer hears everybody here, other cases too: alone it is seen what is meant
        raise Failed("disturbed")
    return ana, bruno, second, answer


def nick_in_use(stage: Stage) -> Steps[None]:
    """A nick that is in use is refused, with a word."""
    ana, bruno, second, answer = yield from _second_ana(stage)
    if not second.has_ended and (yield from stage.is_member(second, ana.name, bruno)):
        raise Failed("two_of_a_nick", nick=ana.name)
    if stage.is_accepted(answer, ana.name):
        raise Failed("two_of_a_nick", nick=ana.name)
    if not answer:
        raise Failed("refused_without_a_word", who=second.name)
    if not _has_line(stage, answer, NICK_IN_USE):
        raise OtherWording("other_wording", line=answer, expected=NICK_IN_USE.decode())


def disconnected(stage: Stage) -> Steps[None]:
    """After a nick in use the connection is ended."""
    ana, bruno, second, _ = yield from _second_ana(stage)
    if second.has_ended or (yield from stage.until(lambda: second.has_ended, HEAR_SECONDS)):
        return
    if (yield from stage.is_member(second, ana.name, bruno)):
        raise Failed("two_of_a_nick", nick=ana.name)
    raise Failed("stays_open", who=second.name)


def first_unharmed(stage: Stage) -> Steps[None]:
    """The one who had the nick first goes on reading and speaking."""
    ana, bruno, _, _ = yield from _second_ana(stage)
    text = stage.say(ana)
    yield from stage.must_hear(bruno, text)
    yield from stage.must_hear(ana, stage.say(bruno))
    if stage.dialect.has_direct:
        yield from stage.must_hear(ana, stage.tell(bruno, ana.name), "direct_not_heard")
