"""The probe: finds out in which dialect a server is to be spoken to, before anything is judged.

How one joins and speaks is found first (see joining); then the rest of the dialect,
on a server that is spoken to in the right way.
"""

from __future__ import annotations

from statistics import median_low
from typing import List, Optional, Tuple

from grading.dialect import Dialect, Form
from grading.forms import DIRECTS, QUITS, WHOS
from grading.joining import ANSWER_SECONDS, Joining
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

    def run(self) -> Steps[Dialect]:
        """Return the dialect.  Raises NotStarted or UnknownDialect."""
        try:
            dialect = yield from Joining(self._play, self._launcher).find()
            both = (self._direct, self._who)
            for part in (*((self._echo, *both, self._splits) if dialect.crosses else both), self._quit):
                for _ in range(PART_TRIES):
                    try:
                        dialect = yield from part(dialect)
                        break
                    except Failed:  # somebody could not join: once more on a fresh server, then the cases will tell
                        yield from self._end()
            yield from self._end()
        finally:
            self._kill()
        return dialect

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

    def _direct(self, dialect: Dialect) -> Steps[Dialect]:
        """Find a form in which one reads what another does not."""
        stage: Optional[Stage] = None
        for form in DIRECTS if dialect.crosses else DIRECTS[:2]:
            stage = stage or (yield from self._company(dialect, "ana", "bruno", "caio"))
            stage.dialect = dialect._replace(direct=form)
            is_heard, is_said = yield from self._reaches(stage)
            if is_heard and not is_said:
                return stage.dialect
            if not is_said:
                stage = None
        return dialect._replace(has_direct=False)

    def _reaches(self, stage: Stage) -> Steps[Tuple[bool, bool]]:
        """Return whether one reads what is said to that one, and whether others do."""
        ana, bruno, caio = stage.peers
        text = stage.tell(ana, bruno.name)
        if not (yield from stage.hears(bruno, text, ANSWER_SECONDS)):
            return False, False
        yield from pause(GAP_SECONDS)
        last = stage.say(ana)
        if stage.dialect.crosses:
            yield from stage.hears(caio, last)
        return True, stage.has(caio, text)

    def _who(self, dialect: Dialect) -> Steps[Dialect]:
        """Find a form that is answered with the names of those who are in."""
        stage: Optional[Stage] = None
        for form in WHOS:
            stage = stage or (yield from self._company(dialect, "ana", "bruno"))
            is_listed, is_said = yield from self._lists(stage, form)
            if is_listed:
                return dialect._replace(who=form)
            if not is_said:
                stage = None
        return dialect._replace(who=Form(""))

    def _lists(self, stage: Stage, form: Form) -> Steps[Tuple[bool, bool]]:
        """Return whether a form is answered with the names, and whether it is said to others."""
        ana, bruno = stage.peers
        mark, at_bruno = len(ana.received), len(bruno.received)
        wanted, word = (ana.name, bruno.name), form.pattern.rpartition(" ")[2].encode()
        ana.send(stage.encode(form.pattern))
        if (yield from stage.until(
            lambda: _names(stage, ana, mark, wanted) or word in bruno.since(at_bruno), ANSWER_SECONDS
        )):  # fmt: skip
            yield from pause(GAP_SECONDS)
        return _names(stage, ana, mark, wanted), word in bruno.since(at_bruno)

    def _splits(self, dialect: Dialect) -> Steps[Dialect]:
        stage = yield from self._stage(dialect)
        ana, bruno = yield from stage.people("ana", "bruno")
        texts = [stage.text(), stage.text()]
        said = [dialect._replace(end=b"\n").encode(dialect.say.text(text=text).encode()) for text in texts]
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
        for form in QUITS:
            try:
                stage = stage or (yield from self._company(dialect, "ana", "bruno"))
                has_ended, is_said, is_told = yield from self._leaves(stage, form)
                if has_ended:
                    return dialect._replace(quit=form, tells_leaving=is_told)
                if not is_said:  # or it was lost: that does not happen twice
                    stage = yield from self._company(dialect, "ana", "bruno")
                    _, is_said, is_told = yield from self._leaves(stage, form)
            except Failed:  # the form before this one was understood, and has hung the server
                break
            if not is_said:
                quiet.append((form, is_told))
                stage = None
        return dialect._replace(quit=quiet[0][0] if quiet else Form(""), tells_leaving=any(told for _, told in quiet))

    def _leaves(self, stage: Stage, form: Form) -> Steps[Tuple[bool, bool, bool]]:
        """Return whether a form ends the connection, is said to others, and leaving after it is told.

        Only who has said it to others is still there.
        """
        ana, bruno = stage.peers
        mark, word = len(bruno.received), form.pattern.rpartition(" ")[2].encode()
        ana.send(stage.encode(form.pattern))
        yield from stage.until(lambda: ana.has_ended or word in bruno.since(mark), ANSWER_SECONDS)
        yield from pause(GAP_SECONDS)  # some say it to everyone, and then understand it
        has_ended, is_said = ana.has_ended, word in bruno.since(mark)
        is_told = (has_ended or not is_said) and (yield from self._is_told(stage, ana, bruno, mark))
        return has_ended, is_said, is_told

    def _is_told(self, stage: Stage, ana: Peer, bruno: Peer, mark: int) -> Steps[bool]:
        ana.close()
        return (yield from stage.until(lambda: stage.tells_of(bruno, ana.name, mark), ANSWER_SECONDS))

    # -- the server ------------------------------------------------------------------

    def _company(self, dialect: Dialect, *bases: str) -> Steps[Stage]:
        """Return a stage with people; it can be used again while all that they type is only said to everyone."""
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


def _names(stage: Stage, peer: Peer, mark: int, names: Tuple[str, ...]) -> bool:
    heard = stage.heard(peer, mark)
    return all(has_word(heard, name) for name in names)


