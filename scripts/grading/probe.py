"""The probe: finds out in which dialect a server is to be spoken to, before anything is judged.

How one joins and speaks is found first (see joining); then the rest of the dialect,
on a server that is spoken to in the right way.
"""

from __future__ import annotations

from statistics import median_low
from typing import Callable, List, Optional, Sequence, Tuple

from grading.dialect import Dialect, Form
from grading.forms import DIRECTS, HELPS, MORE_DIRECTS, MORE_HELPS, MORE_QUITS, MORE_WHOS, QUITS, WHOS, named
from grading.joining import ANSWER_SECONDS, NOT_UNDERSTOOD, Joining
from grading.launcher import Launcher, Server
from grading.outcome import Failed
from grading.peer import Peer
from grading.script import Play, Steps, pause
from grading.stage import GAP_SECONDS, QUIET_SECONDS, Stage, has_word

STAGES_A_SERVER = 3  # of up to three people, who stay: some servers have ten places
PART_TRIES = 2
TEXTS_IN_A_ROW = 5
MOST_BRISK_SECONDS = 0.03  # for each person; who takes longer sleeps between two
LETTERS = "bcdfghjklm"  # that tell the people of one try from those of another


class Probe:
    """Finds the dialect of one server."""

    def __init__(self, play: Play, launcher: Launcher) -> None:
        self._play, self._launcher = play, launcher
        self._server: Optional[Server] = None
        self._stages = self._used = 0  # so many in all, and on this server
        self._said = b""  # all that was answered
        self._has_helped = False

    def run(self) -> Steps[Dialect]:
        """Return the dialect.  Raises NotStarted or UnknownDialect."""
        try:
            dialect = yield from Joining(self._play, self._launcher).find()
            self._said = dialect.greeting + b" " + dialect.accepted
            always = (self._direct, self._who, self._more)
            for part in (*((self._echo, *always, self._splits) if dialect.crosses else always), self._quit, self._more):
                dialect = yield from self._part(part, dialect)
            yield from self._end()
        finally:
            self._kill()
        return dialect

    def _part(self, part: Callable[[Dialect], Steps[Dialect]], dialect: Dialect) -> Steps[Dialect]:
        for _ in range(PART_TRIES):
            try:
                return (yield from part(dialect))
            except Failed:  # somebody could not join: once more on a fresh server, then the cases will tell
                yield from self._end()
        return dialect

    def _more(self, dialect: Dialect) -> Steps[Dialect]:
        """Look for what was not found among the forms that the server has named, also when it is asked for help."""
        if self._has_helped or (dialect.has_direct and dialect.who and dialect.quit):
            return dialect
        self._has_helped = True
        stage = yield from self._company(dialect, "ana", "bruno")
        for form in (*HELPS, *named(MORE_HELPS, self._said)):
            stage.peers[0].send(stage.encode(form.pattern))
            yield from stage.served()
        self._hears(stage)
        if not dialect.has_direct and dialect.crosses:
            dialect = yield from self._direct(dialect, named(MORE_DIRECTS, self._said))
        if not dialect.who:
            dialect = yield from self._who(dialect, named(MORE_WHOS, self._said))
        if not dialect.quit:
            dialect = yield from self._quit(dialect)
        return dialect

    def _hears(self, stage: Stage) -> None:
        self._said += b" " + stage.heard(stage.peers[0])

    def _echo(self, dialect: Dialect) -> Steps[Dialect]:
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        text = stage.say(ana)
        yield from stage.hears(bruno, text)
        has_echo = yield from stage.hears(ana, text, QUIET_SECONDS)
        yield from pause(GAP_SECONDS)
        ends_lines = stage.heard(bruno).partition(text.encode())[2].endswith(b"\n")
        pace = (yield from self._dawdles(stage, ana, bruno)) / (2 if has_echo else 1)
        return dialect._replace(
            has_echo=has_echo, ends_lines=ends_lines, pace=pace if pace > MOST_BRISK_SECONDS else 0.0
        )

    def _dawdles(self, stage: Stage, ana: Peer, bruno: Peer) -> Steps[float]:
        """Return how long the server takes for a text, in seconds, when it was still busy with the one before."""
        took: List[float] = []
        for _ in range(TEXTS_IN_A_ROW):
            began = self._play.reactor.now
            if not (yield from stage.hears(bruno, stage.say(ana), ANSWER_SECONDS)):
                return 0.0
            took.append(self._play.reactor.now - began)
        return median_low(took[1:])  # on a busy machine one may come late, and then the next is early

    def _direct(self, dialect: Dialect, forms: Sequence[Form] = DIRECTS) -> Steps[Dialect]:
        """Find a form in which one reads what another does not."""
        stage: Optional[Stage] = None
        for form in forms if dialect.crosses else forms[:2]:
            stage = stage or (yield from self._company(dialect, "ana", "bruno", "caio"))
            stage.dialect, mark = dialect._replace(direct=form), len(stage.peers[0].received)
            is_heard, is_said = yield from self._reaches(stage)
            if is_heard and not is_said:
                return stage.dialect._replace(has_direct=True)
            self._hears(stage)
            if not is_said and not _is_refused(stage, mark):
                stage = None
        return dialect._replace(has_direct=False)

    def _reaches(self, stage: Stage) -> Steps[Tuple[bool, bool]]:
        """Return whether one reads what is said to that one, and whether others do."""
        ana, bruno, caio = stage.peers
        mark, text = len(ana.received), stage.tell(ana, bruno.name)
        yield from stage.until(lambda: stage.has(bruno, text) or _is_refused(stage, mark), ANSWER_SECONDS)
        if not stage.has(bruno, text):
            return False, False
        yield from pause(GAP_SECONDS)
        last = stage.say(ana)
        if stage.dialect.crosses:
            yield from stage.hears(caio, last)
        return True, stage.has(caio, text)

    def _who(self, dialect: Dialect, forms: Sequence[Form] = WHOS) -> Steps[Dialect]:
        """Find a form that is answered with the names of those who are in, or at least with those of the others."""
        stage: Optional[Stage] = None
        of_others = Form("")
        for form in forms:
            stage = stage or (yield from self._company(dialect, "ana", "bruno"))
            ana, bruno = stage.peers
            mark = len(ana.received)
            is_listed, is_said = yield from self._lists(stage, form)
            if is_listed:
                return dialect._replace(who=form)
            if not is_said and not of_others and _names(stage, ana, mark, (bruno.name,)):
                mark = len(ana.received)  # once more: it may have been late news of that person
                _, is_said = yield from self._lists(stage, form)
                of_others = form if not is_said and _names(stage, ana, mark, (bruno.name,)) else of_others
            self._hears(stage)
            if not is_said and not _is_refused(stage, mark):
                stage = None
        return dialect._replace(who=of_others)

    def _lists(self, stage: Stage, form: Form) -> Steps[Tuple[bool, bool]]:
        """Return whether a form is answered with the names, and whether it is said to others."""
        ana, bruno = stage.peers
        mark, at_bruno = len(ana.received), len(bruno.received)
        wanted, word = (ana.name, bruno.name), form.pattern.rpartition(" ")[2].encode()
        ana.send(stage.encode(form.pattern))
        if (yield from stage.until(
            lambda: _names(stage, ana, mark, wanted) or word in bruno.since(at_bruno) or _is_refused(stage, mark),
            ANSWER_SECONDS,
        )):  # fmt: skip
            yield from pause(GAP_SECONDS)
        return _names(stage, ana, mark, wanted), word in bruno.since(at_bruno)

    def _splits(self, dialect: Dialect) -> Steps[Dialect]:
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        texts = [stage.text(), stage.text()]
        ended = dialect._replace(end=dialect.end or b"\n")
        said = [ended.encode(dialect.say.text(text=text).encode()) for text in texts]
        ana.send(b"".join(said))
        yield from stage.hears(bruno, texts[1], ANSWER_SECONDS)
        between = stage.heard(bruno).partition(texts[0].encode())[2].partition(texts[1].encode())
        is_told = not dialect.is_named or has_word(between[0], ana.name)
        dialect = dialect._replace(splits=bool(between[1]) and is_told, loses_rest=not between[1])
        return (yield from self._relays_reads(stage, dialect)) if dialect.end and not dialect.has_header else dialect

    def _relays_reads(self, stage: Stage, dialect: Dialect) -> Steps[Dialect]:
        """Look whether a text without its line end is a message: then a line end that came was not the server's own."""
        ana, bruno = stage.peers
        text = stage.text()
        stage.note(text)
        ana.send(dialect.say.text(text=text).encode())
        if not (yield from stage.hears(bruno, text, QUIET_SECONDS)):
            return dialect
        yield from pause(GAP_SECONDS)
        ends_lines = stage.heard(bruno).partition(text.encode())[2].endswith(b"\n")
        return dialect._replace(splits=False, ends_lines=ends_lines)

    def _quit(self, dialect: Dialect) -> Steps[Dialect]:
        """Find a form that ends the connection, or at least is not said to everyone; look whether leaving is told."""
        quiet: List[Tuple[Form, bool]] = []
        stage: Optional[Stage] = None
        for form in (*named(MORE_QUITS, self._said), *QUITS):
            try:
                stage = stage or (yield from self._company(dialect, "ana", "bruno"))
                mark = len(stage.peers[0].received)
                has_ended, is_said, is_told = yield from self._leaves(stage, form)
                if has_ended:
                    return dialect._replace(quit=form, tells_leaving=is_told)
                self._hears(stage)
                if _is_refused(stage, mark):
                    continue
                if not is_said:  # or it was lost: that does not happen twice
                    stage = yield from self._company(dialect, "ana", "bruno")
                    _, is_said, is_told = yield from self._leaves(stage, form)
            except Failed:  # the form before this one was understood, and has hung the server
                stage = None
                break
            if not is_said:
                quiet.append((form, is_told))
                stage = None
        if not quiet and stage is not None:  # all that is typed is said to all: who leaves just closes
            ana, bruno = stage.peers
            quiet = [(Form(""), (yield from self._is_told(stage, ana, bruno, len(bruno.received))))]
        tells_leaving = any(told for _, told in quiet) if quiet else dialect.tells_leaving
        return dialect._replace(quit=quiet[0][0] if quiet else Form(""), tells_leaving=tells_leaving)

    def _leaves(self, stage: Stage, form: Form) -> Steps[Tuple[bool, bool, bool]]:
        """Return whether a form ends the connection, is said to others, and leaving after it is told.

        Only who has said it to others, or was refused, is still there.
        """
        ana, bruno = stage.peers
        mark, at_ana, word = len(bruno.received), len(ana.received), form.pattern.rpartition(" ")[2].encode()
        ana.send(stage.encode(form.pattern))
        yield from stage.until(
            lambda: ana.has_ended or word in bruno.since(mark) or _is_refused(stage, at_ana), ANSWER_SECONDS
        )
        yield from pause(GAP_SECONDS)  # some say it to everyone, and then understand it
        has_ended, is_said = ana.has_ended, word in bruno.since(mark)
        is_there = is_said or _is_refused(stage, at_ana)
        is_told = (has_ended or not is_there) and (yield from self._is_told(stage, ana, bruno, mark))
        return has_ended, is_said, is_told

    def _is_told(self, stage: Stage, ana: Peer, bruno: Peer, mark: int) -> Steps[bool]:
        ana.close()
        return (yield from stage.until(lambda: stage.tells_of(bruno, ana.name, mark), ANSWER_SECONDS))

    # -- the server ------------------------------------------------------------------

    def _company(self, dialect: Dialect, *bases: str) -> Steps[Stage]:
        """Return a stage with people; it can be used again while all that they type is only said to everyone."""
        stage = yield from self._stage(dialect)
        try:
            yield from stage.people(*bases)
        except Failed:
            if self._used == 1:
                raise
            yield from self._end()  # those who stayed may have taken all places
            stage = yield from self._stage(dialect)
            yield from stage.people(*bases)
        return stage

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


def _is_refused(stage: Stage, mark: int) -> bool:
    """Return True if the first person was answered since ``mark`` that this is not understood, and is still there."""
    ana = stage.peers[0]
    said = stage.heard(ana, mark).strip().upper()
    return not ana.has_ended and bool(NOT_UNDERSTOOD.search(said))


def _names(stage: Stage, peer: Peer, mark: int, names: Tuple[str, ...]) -> bool:
    heard = stage.heard(peer, mark)
    return all(has_word(heard, name) for name in names)


