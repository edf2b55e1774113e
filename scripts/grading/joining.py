"""How one joins: one way after the other of giving a nick is tried, until a text crosses from one to another.

Each is tried on a fresh process.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Sequence

from grading.dialect import Dialect, Form
from grading.forms import HELPS, MORE_NICKS, MORE_SAYS, NICKS, RARE_NICKS, SAYS, named
from grading.launcher import FREE_SECONDS, Launcher
from grading.peer import Act, Peer
from grading.script import Play, Steps, Task, pause
from grading.stage import GAP_SECONDS, QUIET_SECONDS, Stage, has_word, plain

GREETING_SECONDS = 0.7  # a server that speaks first has spoken by then
ANSWER_SECONDS = 1.0  # to the first words in a form that may not be the right one
AT_ONCE, BATCH_SECONDS = 4, 60.0 + FREE_SECONDS  # of the ways; the port may have to be waited for
MOST_UNSEEN = 2  # forms of a text that are tried where a nick got no answer
LETTERS = "bb"  # that tell these people from others

# "User ana joined" is none, nor is a time.
REFUSAL = re.compile(
    rb"ERR|INVAL|INV\xc3|USAGE|\bUSE\b|\bUSO\b|UNKNOWN|DESCONHEC|DESCONOC|COMMAND|COMANDO|\bFIRST\b|PRIMEIRO"
    rb"|(?:^|\n)[45]\d\d "
)
# Of a command, beside those of a nick: a welcome may name the help, too.
NOT_UNDERSTOOD = re.compile(REFUSAL.pattern + rb"|AJUDA|\bHELP\b|ENTEND|RECONHEC|RECOGNI|UNDERST")


class Attempt(NamedTuple):
    """One way of speaking that was tried, and what was seen."""

    dialect: Dialect
    sent: bytes
    seen: bytes  # by the one who gave the nick
    is_open: bool  # the connection, after all that
    is_sure: bool = False  # the text came with the nick of who said it, or no nick can be given
    keeps_end: bool = False  # a line ended behind a nick: if that was the nick's own end, it must not be sent
    errors: bytes = b""  # that the server has printed
    hangs: bool = False  # the first got an answer to the nick, the second none at all
    is_welcome: bool = False  # what looks like a refusal of the nick: to a text the answer is another one

    @property
    def takes_nick(self) -> bool:
        """True if it looks as if the nick was taken."""
        said = self.seen[len(self.dialect.greeting) :].strip().upper()
        return self.is_open and bool(said) and (self.is_welcome or not REFUSAL.search(said))

    @property
    def greets(self) -> bool:
        """True if the nick was taken, and stands in the answer; a text that is told to all does, too."""
        said = plain(self.dialect.crossed.replace("{text}", "{nick}").encode())
        is_text = bool(said) and said in plain(self.dialect.accepted)
        return self.takes_nick and b"{nick}" in self.dialect.accepted and not is_text


class UnknownDialect(Exception):
    """In no way that is known could anything be said; ``attempts`` tell what was tried."""

    def __init__(self, attempts: List[Attempt]) -> None:
        super().__init__("unknown dialect")
        self.attempts = attempts


class Joining:
    """Finds out how a nick is given, and a text said."""

    def __init__(self, play: Play, launcher: Launcher) -> None:
        self._play, self._launcher = play, launcher
        self._is_silent = False  # the server, until it is spoken to

    def find(self) -> Steps[Dialect]:
        """Return the dialect, as far as it is known by now.  Raises NotStarted or UnknownDialect."""
        attempts = yield from self._attempts()
        for attempt in (*(attempt for attempt in attempts if attempt.is_sure), *attempts):
            if attempt.keeps_end and attempt.dialect.end:
                again = yield from self._try(attempt.dialect._replace(end=b"", greeting=b"", accepted=b"", crossed=""))
                return (again if again.dialect.crossed and not again.keeps_end else attempt).dialect
            if attempt.dialect.crossed:
                return attempt.dialect
        for attempt in attempts:  # the nick was taken, but no text crosses
            if attempt.takes_nick:
                return attempt.dialect._replace(crosses=False)
        raise UnknownDialect(attempts)

    def _attempts(self) -> Steps[List[Attempt]]:
        """Try one way after the other, until one is sure."""
        attempts: List[Attempt] = []
        for ways in (NICKS[:1], NICKS[1:]):  # the first one alone, for nearly every server speaks it
            if (yield from self._is_found(ways, attempts)):
                return attempts
        is_taken = any(attempt.takes_nick for attempt in attempts)  # but guests may speak at once, whatever they type
        yield from self._is_found((*_named(attempts), *(() if is_taken else RARE_NICKS)), attempts)
        return attempts

    def _is_found(self, ways: Sequence[Dialect], attempts: List[Attempt]) -> Steps[bool]:
        """Try some ways, add what was seen to ``attempts``, and return True as soon as no more need be tried."""
        size = AT_ONCE if self._launcher.has_free_ports else 1
        for batch in (ways[at : at + size] for at in range(0, len(ways), size)):
            tasks = yield from self._play.all_of([self._try(dialect) for dialect in batch], BATCH_SECONDS)
            attempts += [_seen(task, dialect) for task, dialect in zip(tasks, batch)]
            if any(attempt.is_sure or attempt.hangs for attempt in attempts):
                return True
            if attempts[0].greets and len(attempts) > 1:
                return True  # that is how a nick is given, though no text crosses, or nobody is named
        return False

    def _try(self, dialect: Dialect) -> Steps[Attempt]:
        """Try one way of giving a nick on a server of its own."""
        server = yield from self._launcher.start()
        try:
            attempt = yield from self._speak(Stage(self._play, self._launcher, server, dialect, LETTERS))
            return attempt._replace(errors=server.process.errors)
        finally:
            yield from self._launcher.end(server)

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
        is_refused, forms, tried = True, list(SAYS), 0
        while forms and not ana.has_ended and not bruno.has_ended:
            form, tried = forms.pop(0), tried + 1
            stage.dialect, mark = dialect._replace(say=form), len(ana.received)
            text = stage.say(ana)
            is_heard = yield from stage.hears(bruno, text, ANSWER_SECONDS)
            spaces = b" " * (dialect.header_bytes // 2)  # a length that is shown was none
            if is_heard and spaces not in stage.heard(bruno):
                return (yield from _crossed(stage, attempt, text))
            answer = stage.heard(ana, mark)
            is_refused = is_refused and bool(REFUSAL.search(answer.strip().upper()))
            if not attempt.takes_nick:
                attempt = attempt._replace(is_welcome=bool(answer.strip()) and not _is_alike(answer, text, dialect))
            if not attempt.takes_nick and (dialect.accepted or tried == MOST_UNSEEN):
                break
            if not forms and attempt.takes_nick and tried <= len(SAYS):
                forms = yield from self._named_says(stage)
        if is_refused and attempt.takes_nick and not ana.has_ended:  # the nick: how a text is said is not known
            return attempt._replace(sent=b"".join(_sent(ana)), seen=bytes(ana.received), is_welcome=False)
        return attempt._replace(seen=attempt.seen or bytes(ana.received), is_open=not ana.has_ended)

    def _named_says(self, stage: Stage) -> Steps[List[Form]]:
        """Return the forms of saying something that the server has named by now, or names when it is asked for help."""
        ana = stage.peers[0]
        if not named(MORE_SAYS, stage.heard(ana)):
            for form in HELPS:
                ana.send(stage.encode(form.pattern))
                yield from stage.served()
        return named(MORE_SAYS, stage.heard(ana))

    def _first(self, stage: Stage) -> Steps[Peer]:
        """Let one join; note what the server says first, and what to a nick."""
        ana = stage.connect(stage.nick("ana"))
        if not self._is_silent:
            yield from stage.until(lambda: ana.count or ana.has_ended, GREETING_SECONDS)
            self._is_silent = stage.was_asleep
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


def _named(attempts: List[Attempt]) -> List[Dialect]:
    """Return the ways of giving a nick that the server has named."""
    said = b" ".join(attempt.dialect.greeting + attempt.seen for attempt in attempts)
    return [Dialect(nick=form) for form in named(MORE_NICKS, said)]


def _seen(task: Task, dialect: Dialect) -> Attempt:
    """Return what a way has shown; one that took too long has shown nothing.  Raises NotStarted."""
    if isinstance(task.error, TimeoutError):
        return Attempt(dialect, dialect.encode(dialect.nick.text(f"ana{LETTERS}").encode()), b"", False)
    attempt: Attempt = task.result()
    return attempt


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
    is_relay = line == text.encode() and (yield from _relays(stage))
    is_sure = (is_named and not is_whole) or is_relay
    told = stage.heard(bruno).partition(text.encode())[0] + stage.heard(ana)
    keeps_end = any(f"{peer.name}\n".lower().encode() in told.lower() for peer in (ana, bruno))
    return attempt._replace(dialect=found, is_open=True, is_sure=is_sure, keeps_end=keeps_end and not is_relay)


def _is_alike(answer: bytes, text: str, dialect: Dialect) -> bool:
    """Return True if a text was answered as the nick was: then neither was understood."""
    return plain(answer).replace(text.encode(), b"{nick}").strip() == plain(dialect.accepted).strip()


def _sent(peer: Peer) -> List[bytes]:
    return [event.data for event in peer.events if event.act is Act.SENT]


def _relays(stage: Stage) -> Steps[bool]:
    """Return True if whatever is typed comes to the other as it is, a nick in any form, too."""
    ana, bruno = stage.peers
    ends = [*ana.starts[1:], len(ana.received)]
    if all(ana.received[at:end].strip() != bruno.name.encode() for at, end in zip(ana.starts, ends)):
        return False
    for form in {dialect.nick: None for dialect in NICKS}:
        typed = form.text(stage.nick("caio"), port=stage.server.address.port)
        stage.note(typed)
        ana.send(stage.encode(typed))
        if not (yield from stage.hears(bruno, typed, QUIET_SECONDS)):
            return False
    return True
