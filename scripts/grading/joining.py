"""How one joins: one way after the other of giving a nick is tried, until a text crosses from one to another.

Each is tried on a fresh process.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple

from grading.dialect import HEADER_BYTES, Dialect, lines_of
from grading.forms import NICKS, SAYS
from grading.launcher import Launcher
from grading.peer import Peer
from grading.script import Play, Steps, pause
from grading.stage import GAP_SECONDS, QUIET_SECONDS, Stage, has_word

GREETING_SECONDS = 0.7  # a server that speaks first has spoken by then
ANSWER_SECONDS = 1.0  # to the first words in a form that may not be the right one
AT_ONCE, BATCH_SECONDS = 4, 60.0  # of the ways
HEADER_SPACES = b" " * (HEADER_BYTES // 2)
LETTERS = "bb"  # that tell these people from others

REFUSAL = re.compile(rb"ERR|INVAL|INV\xc3|USAGE|\bUSE\b|UNKNOWN|DESCONHEC|COMMAND|COMANDO")  # "User ana joined" is none


class Attempt(NamedTuple):
    """One way of speaking that was tried, and what was seen."""

    dialect: Dialect
    sent: bytes
    seen: bytes  # by the one who gave the nick
    is_open: bool  # the connection, after all that
    is_sure: bool = False  # the text came with the nick of who said it, or no nick can be given
    keeps_end: bool = False  # the line end became a part of the nick: then it must not be sent
    hangs: bool = False  # the first got an answer to the nick, the second none at all

    @property
    def takes_nick(self) -> bool:
        """True if it looks as if the nick was taken."""
        said = self.seen[len(self.dialect.greeting) :].strip().upper()
        return self.is_open and bool(said) and not REFUSAL.search(said)


class UnknownDialect(Exception):
    """In no way that is known could anything be said; ``attempts`` tell what was tried."""

    def __init__(self, attempts: List[Attempt]) -> None:
        super().__init__("unknown dialect")
        self.attempts = attempts


class Joining:
    """Finds out how a nick is given, and a text said."""

    def __init__(self, play: Play, launcher: Launcher) -> None:
        self._play, self._launcher = play, launcher

    def find(self) -> Steps[Dialect]:
        """Return the dialect, as far as it is known by now.  Raises NotStarted or UnknownDialect."""
        attempts = yield from self._attempts()
        for attempt in (*(attempt for attempt in attempts if attempt.is_sure), *attempts):
            if attempt.keeps_end:
                again = yield from self._try(attempt.dialect._replace(end=b"", greeting=b"", accepted=b""))
                return (again if again.is_sure else attempt).dialect
            if attempt.dialect.crossed:
                return attempt.dialect
        for attempt in attempts:  # the nick was taken, but no text crosses
            if attempt.takes_nick:
                return attempt.dialect._replace(crosses=False)
        raise UnknownDialect(attempts)

    def _attempts(self) -> Steps[List[Attempt]]:
        """Try one way after the other, until one is sure."""
        attempts: List[Attempt] = []
        # The first one alone, for nearly every server speaks it; the others at the same time where they can.
        size = AT_ONCE if self._launcher.has_free_ports else 1
        batches = [NICKS[:1], *(NICKS[at : at + size] for at in range(1, len(NICKS), size))]
        for batch in batches:
            tasks = yield from self._play.all_of([self._try(dialect) for dialect in batch], BATCH_SECONDS)
            attempts += [task.result() for task in tasks]
            if any(attempt.is_sure or attempt.hangs for attempt in attempts):
                break
            if attempts[0].takes_nick and b"{nick}" in attempts[0].dialect.accepted and len(attempts) > 1:
                break  # it greets by the nick: that is how one is given, though no text crosses
        return attempts

    def _try(self, dialect: Dialect) -> Steps[Attempt]:
        """Try one way of giving a nick on a server of its own."""
        server = yield from self._launcher.start()
        attempt = yield from self._speak(Stage(self._play, self._launcher, server, dialect, LETTERS))
        yield from self._launcher.end(server)
        return attempt

    def _speak(self, stage: Stage) -> Steps[Attempt]:
        """Let two people join, and one say something in every form until the other hears it."""
        ana = yield from self._first(stage)
        dialect = stage.dialect
        sent = stage.encode(dialect.nick.text(ana.name, port=stage.server.address.port))
        bruno = yield from stage.meet(stage.nick("bruno"))
        yield from stage.enter(bruno, bruno.name)
        attempt = Attempt(dialect, sent, bytes(ana.received), not ana.has_ended)
        if dialect.accepted and not bruno.has_ended and bruno.count <= len(dialect.greeting) and stage.was_asleep:
            return attempt._replace(hangs=attempt.takes_nick)
        for form in SAYS if attempt.takes_nick else SAYS[: 1 if dialect.accepted else 2]:
            if ana.has_ended or bruno.has_ended:
                break
            stage.dialect = dialect._replace(say=form)
            text = stage.say(ana)
            is_heard = yield from stage.hears(bruno, text, ANSWER_SECONDS)
            if is_heard and HEADER_SPACES not in stage.heard(bruno):  # a length that is shown was none
                return (yield from _crossed(stage, attempt, text))
        return attempt._replace(seen=attempt.seen or bytes(ana.received), is_open=not ana.has_ended)

    def _first(self, stage: Stage) -> Steps[Peer]:
        """Let one join; note what the server says first, and what to a nick."""
        ana = stage.connect(stage.nick("ana"))
        yield from stage.until(lambda: ana.count or ana.has_ended, GREETING_SECONDS)
        if ana.count:
            yield from stage.served()  # it may say more than one line
        greeting = bytes(ana.received)
        stage.dialect = stage.dialect._replace(greeting=greeting)
        yield from stage.enter(ana, ana.name)
        yield from stage.until(lambda: ana.count > len(greeting) or ana.has_ended, QUIET_SECONDS)
        yield from pause(GAP_SECONDS)
        accepted = stage.heard(ana, len(greeting)).replace(ana.name.encode(), b"{nick}")
        stage.dialect = stage.dialect._replace(accepted=accepted)
        return ana


def _crossed(stage: Stage, attempt: Attempt, text: str) -> Steps[Attempt]:
    """Return what it tells that ``text`` has come from the first to the second."""
    ana, bruno = stage.peers
    line = stage.line_with(bruno, text) or b""
    crossed = re.sub(re.escape(ana.name.encode()), b"{nick}", line, flags=re.IGNORECASE)  # some write it in capitals
    crossed = crossed.replace(text.encode(), b"{text}")
    found = stage.dialect._replace(
        crossed=crossed.decode("utf-8", "backslashreplace"), is_named=has_word(line, ana.name)
    )
    ahead = stage.ahead(bruno, text)  # where a nick has kept its line end, the name is not in the line
    # Where all of "NICK ana" became the nick, that is not how one is given.
    is_whole = found.nick.pattern != "{nick}" and attempt.sent.strip() in ahead
    is_named = found.is_named or has_word(ahead, ana.name)
    is_sure = (is_named and not is_whole) or (line == text.encode() and (yield from _relays(stage)))
    keeps_end = f"{ana.name}\n".lower().encode() in stage.heard(bruno).partition(text.encode())[0].lower()
    return attempt._replace(dialect=found, is_open=True, is_sure=is_sure, keeps_end=keeps_end and bool(found.end))


def _relays(stage: Stage) -> Steps[bool]:
    """Return True if whatever is typed comes to the other as it is, a nick in any form, too."""
    ana, bruno = stage.peers
    if bruno.name.encode() not in lines_of(stage.heard(ana)):
        return False
    for form in {dialect.nick: None for dialect in NICKS}:
        typed = form.text(stage.nick("caio"), port=stage.server.address.port)
        stage.note(typed)
        ana.send(stage.encode(typed))
        if not (yield from stage.hears(bruno, typed, QUIET_SECONDS)):
            return False
    return True
