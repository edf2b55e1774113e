"""TCP is a stream: lines come in any pieces, and go out whole."""

from __future__ import annotations

from typing import List

from grading.dialect import lines_of
from grading.families.chat import ask_who, comes, leave, not_so_fast
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.script import Steps, pause
from grading.stage import GAP_SECONDS, HEAR_SECONDS, QUIET_SECONDS, Stage, has_word, plain

BYTE_SECONDS = 0.02  # between two bytes that come one by one
HEADER_PIECE_BYTES = 8  # a header is mostly spaces
TOGETHER = 6  # times that several speak at once
CUT_SECONDS = 0.15  # between the two halves of a character


def line(stage: Stage, text: bytes) -> bytes:
    """Return one message as a client sends it that ends its lines, whatever the dialect found."""
    dialect = stage.dialect if stage.dialect.end or stage.dialect.has_header else stage.dialect._replace(end=b"\n")
    return dialect.encode(text)


def saying(stage: Stage, text: str) -> bytes:
    """Return the line that says ``text`` to everyone."""
    stage.note(text)
    return line(stage, stage.dialect.say.text(text=text).encode())


def byte_by_byte(stage: Stage) -> Steps[None]:
    """A line that comes byte by byte is one line."""
    ana, bruno = yield from stage.people("ana", "bruno")
    text = stage.text()
    said = saying(stage, text)
    size = HEADER_PIECE_BYTES if stage.dialect.has_header else 1
    for at in range(0, len(said), size):
        ana.send(said[at : at + size])
        yield from pause(BYTE_SECONDS)
    if not (yield from stage.hears(bruno, text, speaker=ana)):
        if ana.has_ended:
            raise Failed("ended", who=ana.name)
        reads = [found.rstrip() for found in stage.reads(bruno, text)]
        count = sum(has_word(found, ana.name) and found[-1:] in text.encode() for found in reads)
        if stage.dialect.is_named and count > 1:
            raise Failed("many_of_one", who=bruno.name)
        raise Failed("in_pieces", who=bruno.name, text=text)


def glued_lines(stage: Stage) -> Steps[None]:
    """Three lines in one send are three messages."""
    ana, bruno = yield from stage.people("ana", "bruno")
    texts = [stage.text() for _ in range(3)]
    ana.send(b"".join(saying(stage, text) for text in texts))
    for text in texts:
        yield from stage.must_hear(bruno, text, "lost_of_glued", ana)
    _must_be_parted(stage, bruno, texts, ana.name)
    if stage.dialect.who:
        at, last = len(ana.received), stage.text()
        ana.send(saying(stage, last) + line(stage, stage.dialect.who.pattern.encode()))
        yield from stage.must_hear(bruno, last, "lost_of_glued", ana)
        if not (yield from stage.until(lambda: has_word(stage.heard(ana, at), bruno.name), HEAR_SECONDS)):
            raise Failed("lost_of_glued", text=stage.dialect.who.pattern)


def _must_be_parted(stage: Stage, peer: Peer, texts: List[str], nick: str) -> None:
    """Raise Failed unless the name of the speaker stands between each two of ``texts``."""
    heard = stage.heard(peer, stage.mark(peer, texts[0]))
    for first, second in zip(texts, texts[1:]):
        between = heard.partition(first.encode())[2].partition(second.encode())[0]
        around = stage.dialect.before_text.encode()  # of each text, a number for the person perhaps
        is_told = has_word(between, nick) if stage.dialect.is_named else plain(around).strip() in plain(between)
        if not is_told:
            raise Failed("as_one", who=peer.name, texts=" ".join(texts))


def nick_and_text_glued(stage: Stage) -> Steps[None]:
    """The nick and the first text in one send are a nick and a text."""
    bruno = yield from stage.join("bruno")
    joined = b"" if stage.dialect.is_named else (yield from comes(stage, bruno, "caio"))
    if stage.is_of_others(joined):
        raise Failed("disturbed")
    nick = stage.nick("ana")
    ana = yield from stage.meet(nick)
    text = stage.text()
    said = stage.dialect.nick.text(nick, port=stage.server.address.port).encode()
    ana.send(line(stage, said) + saying(stage, text))
    if not (yield from stage.hears(bruno, text, speaker=ana)):
        lost = stage.unheard(bruno, text, "lost_of_glued", ana)
        yield from stage.hears(bruno, stage.say(ana), speaker=ana)  # where a newcomer is not told, the nick is seen now
        is_told = text.encode() in plain(stage.heard(bruno, stage.mark(bruno, text)))  # some show nicks in capitals
        raise Failed("text_in_nick", nick=nick, text=text) if is_told else lost
    is_in_nick = f"{nick}\n".encode() in stage.before(bruno, text) + b"\n"
    if (stage.dialect.is_named or is_in_nick) and not stage.is_from(bruno, nick, text):
        raise Failed("text_in_nick", nick=nick, text=text)
    told = joined.rpartition(b"{nick}")[2].strip()  # where nobody is named by only that it is seen what was the nick
    if told and told in stage.heard(bruno).partition(text.encode())[2]:  # "ana\noi joined"
        raise Failed("text_in_nick", nick=nick, text=text)


def own_output_glued(stage: Stage) -> Steps[None]:
    """What the server says can be cut into messages again: each ends in a newline."""
    people = yield from stage.people("ana", "bruno", "caio", "dora")
    dora = people.pop()
    for _ in range(stage.often(TOGETHER)):
        texts = [stage.say(speaker) for speaker in people]  # at the same time, so that one read brings several
        for speaker, text in zip(people, texts):
            if not (yield from stage.hears(dora, text)):
                yield from not_so_fast(stage, speaker, dora, text)
                raise stage.unheard(dora, text, "not_heard")
        yield from pause(GAP_SECONDS)
        for speaker, text in zip(people, texts):  # threads that write in pieces
            if stage.dialect.ends_lines and stage.dialect.is_named and not stage.is_from(dora, speaker.name, text):
                raise Failed("no_line_ends", line=stage.line_with(dora, text), who=dora.name)
        for found in lines_of(stage.heard(dora)):
            if sum(text.encode() in found for text in texts) > 1:
                shown = found if stage.dialect.ends_lines else stage.context(dora, *(text.encode() for text in texts))
                raise Failed("no_line_ends", line=shown, who=dora.name)
    # What the server itself has to say may lack what a person has typed at the end of each text.
    for leaving in people[1:]:
        at = len(dora.received)
        leave(stage, leaving)
        text = stage.say(people[0])
        yield from stage.hears(dora, text)
        yield from stage.until(lambda: has_word(stage.heard(dora, at), leaving.name), QUIET_SECONDS)  # noqa: B023
        for found in lines_of(stage.heard(dora, at)):
            if text.encode() in found and has_word(found, leaving.name):
                raise Failed("no_line_ends", line=found, who=dora.name)


def crlf(stage: Stage) -> Steps[None]:
    """CR LF, as telnet and Windows send it, ends a line like LF."""
    if stage.dialect.has_header:
        raise NotApplicable("header")
    bruno = yield from stage.join("bruno")
    with stage.ending(b"\r\n"):
        ana = yield from stage.join("ana")
        text = stage.say(ana)
        yield from stage.must_hear(bruno, text)
    normal = stage.say(ana)  # how it ends a line that came without CR
    is_heard = yield from stage.hears(bruno, normal, speaker=ana)
    yield from pause(GAP_SECONDS)
    _must_have_no_cr(stage, bruno, ana.name, text, normal)
    if not is_heard:
        raise stage.unheard(bruno, normal, "not_heard", ana)
    if stage.dialect.has_direct:
        yield from stage.must_hear(ana, stage.tell(bruno, ana.name), "direct_not_heard")
    if stage.dialect.who:
        with stage.ending(b"\r\n"):
            answer = yield from ask_who(stage, ana, ana.name, bruno.name)
        if not has_word(answer, bruno.name):
            raise Failed("cr_in_command", command=stage.dialect.who.pattern, who=ana.name)


def _must_have_no_cr(stage: Stage, peer: Peer, nick: str, text: str, normal: str) -> None:
    """Raise Failed if the CR of a nick or of a text came to ``peer``; ``normal`` was said without one."""
    heard, own_end = stage.heard(peer), b"\n"
    if f"{normal}\r\n".encode() in heard:  # what the server says ends so: only one CR more is that of a person
        heard, own_end = heard.replace(b"\r\n", b"\n"), b"\r\n"
    for said, key in ((nick, "cr_in_nick"), (text, "cr_in_text")):
        if f"{said}\r".encode() in heard:
            line = stage.context(peer, f"{said}\r".encode())
            raise Failed(key, line=line.rstrip(b"\r\n") + b"\r" + own_end if stage.dialect.ends_lines else line)


def cut_in_character(stage: Stage) -> Steps[None]:
    """A character whose bytes come in two reads is one character."""
    ana, bruno = yield from stage.people("ana", "bruno")
    text = stage.text() + "\u00e7\u00e3o"
    data = saying(stage, text)
    cut = data.index(b"\xc3") + 1
    ana.send(data[:cut])
    yield from pause(CUT_SECONDS)
    ana.send(data[cut:])
    yield from stage.must_hear(bruno, text, "in_pieces", ana)


def long_multibyte(stage: Stage) -> Steps[None]:
    """1400 bytes of \u00e9 arrive whole."""
    yield from _long(stage, "\u00e9" * 700)


def long_line(stage: Stage) -> Steps[None]:
    """3000 bytes in one line arrive as one message."""
    yield from _long(stage, "x" * 3000)


def _long(stage: Stage, body: str) -> Steps[None]:
    ana, bruno = yield from stage.people("ana", "bruno")
    yield from stage.must_hear(bruno, stage.say(ana), speaker=ana)  # a short one, and what the speaker reads then
    token = stage.text()
    if len(stage.dialect.say.text(text=token)) % 2 == 0:
        token += "z"  # so that a read of an even number of bytes ends inside a character
    ana.send(saying(stage, token + body))
    if not (yield from stage.hears(bruno, token + body, speaker=ana)):
        count = sum(has_word(found, ana.name) for found in stage.reads(bruno, token + body))
        if stage.dialect.is_named and count > 1:
            raise Failed("many_of_one", who=bruno.name)
        if (told := stage.told_off(ana, token + body)) and not stage.has(bruno, token):
            raise Failed("refused", who=ana.name, line=told)
        raise stage.unheard(bruno, token + body, "not_whole", ana)
