"""The probe: finds out in which dialect a server is to be spoken to, before anything is judged.

First one way after the other of giving a nick is tried, each on a fresh process,
until a text crosses from one person to another.  Then the rest of the dialect is
found on a server that is spoken to in the right way.
"""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Tuple

from grading.dialect import Dialect, Form
from grading.forms import DIRECTS, NICKS, QUITS, SAYS, WHOS
from grading.launcher import Launcher, Server
from grading.outcome import Failed
from grading.peer import Peer
from grading.script import Play, Steps, pause
from grading.stage import GAP_SECONDS, QUIET_SECONDS, Stage, has_word

GREETING_SECONDS = 0.7  # a server that speaks first has spoken by then
ANSWER_SECONDS = 1.0
AT_ONCE, BATCH_SECONDS = 4, 60.0  # of the ways to give a nick
STAGES_A_SERVER = 3  # of up to three people, who stay: some servers have ten places
PART_TRIES = 2
LETTERS = "bcdfghjklm"  # that tell the people of one try from those of another

REFUSAL = re.compile(rb"ERR|INVAL|INV\xc3|USAGE|\bUSE\b|UNKNOWN|DESCONHEC|COMMAND|COMANDO")  # "User ana joined" is none


class Attempt(NamedTuple):
    """One way of speaking that was tried, and what was seen."""

    dialect: Dialect
    sent: bytes
    seen: bytes  # by the one who gave the nick
    is_open: bool  # the connection, after all that
    is_named: bool = False  # the text came with the nick of who said it

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


class Probe:
    """Finds the dialect of one server."""

    def __init__(self, play: Play, launcher: Launcher) -> None:
        self._play, self._launcher = play, launcher
        self._server: Optional[Server] = None
        self._stages = self._used = 0  # so many in all, and on this server

    def run(self) -> Steps[Dialect]:
        """Return the dialect.  Raises NotStarted or UnknownDialect."""
        attempts: List[Attempt] = []
        try:
            dialect = yield from self._find(attempts)
            if dialect.crosses:
                dialect = yield from self._unframed(dialect)
            parts = (self._echo, self._direct, self._who, self._splits) if dialect.crosses else (self._who,)
            for part in (*parts, self._quit):
                for _ in range(PART_TRIES):
                    try:
                        dialect = yield from part(dialect)
                        break
                    except Failed:  # somebody could not join: once more on a fresh server, then the cases will tell
                        yield from self._end()
        finally:
            self._kill()
        return dialect

    # -- how to give a nick --------------------------------------------------------

    def _find(self, attempts: List[Attempt]) -> Steps[Dialect]:
        # The first one alone, for nearly every server speaks it; the others at the same time where they can.
        size = AT_ONCE if self._launcher.has_free_ports else 1
        batches = [NICKS[:1], *(NICKS[at : at + size] for at in range(1, len(NICKS), size))]
        for batch in batches:
            tasks = yield from self._play.all_of([self._try(dialect) for dialect in batch], BATCH_SECONDS)
            found: List[Attempt] = [task.result() for task in tasks]
            attempts += found
            for attempt in found:
                if attempt.is_named:
                    return attempt.dialect
            if attempts[0].takes_nick and b"{nick}" in attempts[0].dialect.accepted and len(attempts) > 1:
                break  # it greets by the nick: that is how one is given, though no text crosses
        for attempt in attempts:
            if attempt.dialect.crossed:
                return attempt.dialect
        for attempt in attempts:  # the nick was taken, but no text crosses
            if attempt.takes_nick:
                return attempt.dialect._replace(crosses=False, has_direct=False)
        raise UnknownDialect(attempts)

    def _try(self, dialect: Dialect) -> Steps[Attempt]:
        """Try one way of giving a nick on a server of its own."""
        server = yield from self._launcher.start()
        attempt = yield from self._speak(Stage(self._play, self._launcher, server, dialect, LETTERS[:2]))
        yield from self._launcher.end(server)
        return attempt

    def _speak(self, stage: Stage) -> Steps[Attempt]:
        """Let two people join, and one say something in every form until the other hears it."""
        dialect = stage.dialect
        ana = stage.connect(stage.nick("ana"))
        yield from stage.until(lambda: ana.count or ana.has_ended, GREETING_SECONDS)
        if ana.count:
            yield from stage.served()  # it may say more than one line
        dialect = stage.dialect = dialect._replace(greeting=bytes(ana.received))
        yield from stage.enter(ana, ana.name)
        yield from stage.until(lambda: ana.count > len(dialect.greeting) or ana.has_ended, QUIET_SECONDS)
        yield from pause(GAP_SECONDS)
        dialect = stage.dialect = dialect._replace(accepted=_accepted(stage, ana))
        sent = stage.encode(dialect.nick.text(ana.name, port=stage.server.address.port))
        bruno = yield from stage.meet(stage.nick("bruno"))
        yield from stage.enter(bruno, bruno.name)
        seen = bytes(ana.received)
        attempt = Attempt(dialect, sent, seen, not ana.has_ended)
        for form in SAYS if attempt.takes_nick else SAYS[: 1 if dialect.accepted else 2]:
            if ana.has_ended or bruno.has_ended:
                break
            stage.dialect = dialect._replace(say=form)
            text = stage.say(ana)
            if (yield from stage.hears(bruno, text, ANSWER_SECONDS)):
                line = stage.line_with(bruno, text) or b""
                crossed = line.replace(ana.name.encode(), b"{nick}").replace(text.encode(), b"{text}")
                found = stage.dialect._replace(
                    crossed=crossed.decode("utf-8", "backslashreplace"), is_named=has_word(line, ana.name)
                )
                head = stage.heard(bruno).partition(text.encode())[0]
                # Where all of "NICK ana" became the nick, that is not how one is given.
                is_whole = bool(dialect.nick.pattern != "{nick}" and sent.strip() in line)
                is_named = found.is_named or has_word(head, ana.name)
                return Attempt(found, sent, seen, True, is_named and not is_whole)
        return attempt._replace(seen=seen or bytes(ana.received), is_open=not ana.has_ended)

    def _unframed(self, dialect: Dialect) -> Steps[Dialect]:
        """Find out whether the line end became a part of the nick; then it must not be sent."""
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        text = stage.say(ana)
        yield from stage.hears(bruno, text)
        whole = stage.heard(bruno).partition(text.encode())[0]
        yield from self._end()
        if f"{ana.name}\n".encode() not in whole:
            return dialect
        attempt = yield from self._try(dialect._replace(end=b"", greeting=b"", accepted=b""))
        return attempt.dialect if attempt.is_named else dialect

    # -- the rest --------------------------------------------------------------------

    def _echo(self, dialect: Dialect) -> Steps[Dialect]:
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        text = stage.say(ana)
        yield from stage.hears(bruno, text)
        has_echo = yield from stage.hears(ana, text, QUIET_SECONDS)
        yield from pause(GAP_SECONDS)
        rest = bytes(bruno.received).partition(text.encode())[2]
        return dialect._replace(has_echo=has_echo, ends_lines=dialect.has_header or rest.startswith((b"\n", b"\r\n")))

    def _direct(self, dialect: Dialect) -> Steps[Dialect]:
        """Find a form in which one reads what another does not."""
        for form in DIRECTS:
            stage = yield from self._stage(dialect._replace(direct=form))
            ana, bruno, caio = yield from stage.people("ana", "bruno", "caio")
            text = stage.tell(ana, bruno.name)
            if not (yield from stage.hears(bruno, text, ANSWER_SECONDS)):
                continue
            yield from pause(GAP_SECONDS)
            last = stage.say(ana)
            yield from stage.hears(caio, last)
            if not stage.has(caio, text):
                return dialect._replace(direct=form)
        return dialect._replace(has_direct=False)

    def _who(self, dialect: Dialect) -> Steps[Dialect]:
        """Find a form that is answered with the names of those who are in."""
        for form in WHOS:
            if (yield from self._lists(dialect, form)):
                return dialect._replace(who=form)
        return dialect._replace(who=Form(""))

    def _lists(self, dialect: Dialect, form: Form) -> Steps[bool]:
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        mark, at_bruno = len(ana.received), len(bruno.received)
        wanted, word = (ana.name, bruno.name), form.pattern.rpartition(" ")[2].encode()
        ana.send(stage.encode(form.pattern))
        if (yield from stage.until(
            lambda: _names(stage, ana, mark, wanted) or word in bruno.since(at_bruno), ANSWER_SECONDS
        )):  # fmt: skip
            yield from pause(GAP_SECONDS)
        return _names(stage, ana, mark, wanted)

    def _splits(self, dialect: Dialect) -> Steps[Dialect]:
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        texts = [stage.text(), stage.text()]
        said = [dialect._replace(end=b"\n").encode(dialect.say.text(text=text).encode()) for text in texts]
        ana.send(b"".join(said))
        yield from stage.hears(bruno, texts[1], ANSWER_SECONDS)
        between = stage.heard(bruno).partition(texts[0].encode())[2].partition(texts[1].encode())
        return dialect._replace(splits=bool(between[1]) and has_word(between[0], ana.name))

    def _quit(self, dialect: Dialect) -> Steps[Dialect]:
        """Find a form that ends the connection, or at least is not said to everyone; look whether leaving is told."""
        quiet: List[Tuple[Form, bool]] = []
        for form in QUITS:
            try:
                has_ended, is_said, is_told = yield from self._leaves(dialect, form)
                if has_ended:
                    return dialect._replace(quit=form, tells_leaving=is_told)
                if not is_said:  # or it was lost: that does not happen twice
                    _, is_said, is_told = yield from self._leaves(dialect, form)
            except Failed:  # the form before this one was understood, and has hung the server
                break
            if not is_said:
                quiet.append((form, is_told))
        return dialect._replace(quit=quiet[0][0] if quiet else Form(""), tells_leaving=any(told for _, told in quiet))

    def _leaves(self, dialect: Dialect, form: Form) -> Steps[Tuple[bool, bool, bool]]:
        """Return whether a form ends the connection, is said to others, and leaving after it is told."""
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        mark, word = len(bruno.received), form.pattern.rpartition(" ")[2].encode()
        ana.send(stage.encode(form.pattern))
        yield from stage.until(lambda: ana.has_ended or word in bruno.since(mark), ANSWER_SECONDS)
        has_ended = ana.has_ended
        is_told = yield from self._is_told(stage, ana, bruno, mark)
        return has_ended, word in bruno.since(mark), is_told

    def _is_told(self, stage: Stage, ana: Peer, bruno: Peer, mark: int) -> Steps[bool]:
        ana.close()
        return (yield from stage.until(lambda: has_word(stage.heard(bruno, mark), ana.name), ANSWER_SECONDS))

    # -- the server ------------------------------------------------------------------

    def _stage(self, dialect: Dialect) -> Steps[Stage]:
        """Return a stage on the server that runs; start one if none does."""
        if self._server is not None and (not self._server.process.is_running or self._used == STAGES_A_SERVER):
            yield from self._end()
        if self._server is None:
            self._server = yield from self._launcher.start()
            self._used = 0
        self._used += 1
        self._stages += 1
        suffix = LETTERS[self._stages // 10 % 10] + LETTERS[self._stages % 10]
        return Stage(self._play, self._launcher, self._server, dialect, suffix)

    def _end(self) -> Steps[None]:
        if self._server is not None:
            server, self._server = self._server, None
            yield from self._launcher.end(server)

    def _kill(self) -> None:
        self._launcher.close()
        self._server = None


def _accepted(stage: Stage, peer: Peer) -> bytes:
    """Return what a newcomer read after the nick, with a place for the nick."""
    return stage.heard(peer, len(stage.dialect.greeting)).replace(peer.name.encode(), b"{nick}")


def _names(stage: Stage, peer: Peer, mark: int, names: Tuple[str, ...]) -> bool:
    heard = stage.heard(peer, mark)
    return all(has_word(heard, name) for name in names)


