"""The four cases of the assignment, and what belongs to them."""

from __future__ import annotations

from typing import Tuple

from grading.joining import NOT_UNDERSTOOD
from grading.outcome import Failed, NotApplicable, OtherWording
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
    back = stage.say(bruno, stage.words())
    for other in (ana, caio):
        yield from stage.must_hear(other, back)
    line = stage.line_with(caio, text) or b""
    expected = f"FROM {ana.name} [all]: {text}"
    if not has_word(line, ana.name):
        ahead = stage.ahead(caio, text)
        if has_word(ahead, ana.name):  # in a line of its own
            raise OtherWording("other_wording", line=ahead + text.encode(), expected=expected)
        raise Failed("nameless", line=line, nick=ana.name)
    _must_be_worded(stage, line, expected)
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
    # The nick of the third begins as that of the second.
    ana, bruno, other = yield from stage.people("ana", "bruno", f"bruno{stage.suffix or 'x'}")
    at = len(ana.received)
    text = stage.tell(ana, bruno.name)
    if not (yield from stage.hears(bruno, text)):
        if not stage.dialect.has_direct:
            raise Failed("no_direct_form", line=stage.heard(ana, at))
        raise Failed("direct_not_heard", who=bruno.name, text=text)
    yield from stage.must_stay_out(text, other, ana, "not_for_all" if stage.dialect.has_direct else "direct_is_text")
    words = stage.tell(ana, other.name, stage.words())
    yield from stage.must_hear(other, words, "direct_not_heard")
    yield from stage.must_stay_out(words, bruno, ana)
    yield from stage.must_stay_out(stage.tell(ana, ana.name), bruno, ana)
    expected = f"FROM {ana.name} [dm]: {text}"
    _must_be_worded(stage, stage.line_with(bruno, text) or b"", expected)


def no_such_user(stage: Stage) -> Steps[None]:
    """What is said to a person who is not there is answered, and said to nobody else."""
    ana, bruno = yield from stage.people("ana", "bruno")
    receipt = (yield from _receipt(stage, ana, bruno)) if stage.dialect.has_direct else b""
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
    if receipt and receipt == _shape(answer, stage.nick("carlos"), text):
        raise Failed("told_as_sent", line=answer)
    if not _has_line(stage, answer, USER_NOT_FOUND):
        typed = stage.encode(stage.dialect.direct.text(stage.nick("carlos"), text)).strip()
        if not stage.dialect.crosses and typed in answer and not NOT_UNDERSTOOD.search(answer.upper()):
            raise Failed("direct_is_text", who=ana.name, text=text)  # she alone reads what she has said
        if not stage.dialect.has_direct and NOT_UNDERSTOOD.search(answer.upper()):
            raise NotApplicable("no_direct_form", line=answer)
        raise OtherWording("other_wording", line=answer, expected=USER_NOT_FOUND.decode())


def _receipt(stage: Stage, sender: Peer, receiver: Peer) -> Steps[bytes]:
    """Say something to one who is there; return what the sender reads of that."""
    at = len(sender.received)
    text = stage.tell(sender, receiver.name)
    yield from stage.hears(receiver, text)
    yield from stage.served()
    return _shape(stage.heard(sender, at), receiver.name, text)


def _shape(answer: bytes, nick: str, text: str) -> bytes:
    return answer.replace(nick.encode(), b"{nick}").replace(text.encode(), b"{text}")


def _second_ana(stage: Stage) -> Steps[Tuple[Peer, Peer, Peer, bytes]]:
    """Let a second ana try to join; return the first, bruno, the second, and what the second got for the nick."""
    ana, bruno = yield from stage.people("ana", "bruno")
    second = yield from stage.meet(f"{ana.name} (2)")
    before = len(second.received)
    yield from stage.enter(second, ana.name)
    yield from stage.until(lambda: len(second.received) > before or second.has_ended, QUIET_SECONDS)
    yield from pause(GAP_SECONDS)
    if ana.has_ended:
        raise Failed("ended", who=ana.name)
    answer = stage.heard(second, before)
    if stage.is_of_others(answer):  # a newcomer hears everybody here, other cases too: alone it is seen what is meant
        raise Failed("disturbed")
    if second.has_ended:
        yield from stage.must_have_places()
    return ana, bruno, second, answer


def nick_in_use(stage: Stage) -> Steps[None]:
    """A nick that is in use is refused, with a word."""
    ana, bruno, second, answer = yield from _second_ana(stage)
    if not second.has_ended:
        yield from stage.enter(second, ana.name)  # who is asked again may not be looked at again
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
    ana, bruno, second, _ = yield from _second_ana(stage)
    if second.has_ended:
        second.close()  # as every client does then
        yield from stage.served()
    yield from stage.talk(ana, bruno)
    if stage.dialect.has_direct:
        yield from stage.must_hear(ana, stage.tell(bruno, ana.name), "direct_not_heard")
