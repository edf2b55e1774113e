"""The grader: plays all cases against one server, and says what came of them.

Cases share a process in small groups.  What fails is played again, alone: no case is
failed for what another one did, or because the machine had other work for a moment.
Where two looks at a case that was alone differ, a third one decides.
"""

from __future__ import annotations

import enum
import os
from collections import deque
from typing import Callable, Deque, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from grading import noise
from grading.case import Case, Result
from grading.catalogue import CASES, LAST, Group, groups
from grading.dialect import Dialect
from grading.joining import Attempt, UnknownDialect
from grading.launcher import PORT_IN_USE, Launcher, NotStarted
from grading.outcome import GRADER_FAULT, Outcome, Verdict, bad_verdicts
from grading.probe import Probe
from grading.procfs import LOOPBACK
from grading.script import Play, Steps, Task, watch
from grading.stage import SUFFIXES, Stage

GROUP_SECONDS = 45.0
LANES = max(2, min(4, os.cpu_count() or 2))  # servers at once, where each has a port of its own
# What these have seen needs no second look: it can only be there if the fault is, or a moment cannot look so.
PROOFS = frozenset({
    "as_one", "text_in_nick", "no_line_ends", "cr_in_nick", "cr_in_text", "two_of_a_nick", "not_for_all",
    "direct_is_text", "said_to_all", "told_as_sent", "empty_told", "empty_nick_in", "nick_with_space_in", "forged",
    "escape_passed", "no_who", "no_quit", "nameless", "nameless_told", "goes_on", "waits_for_clients",
    "endless_kept", "many_of_one", "stalled", "stuck", "crawls", "race_won_by_many", "no_restart", "other_port",
})  # fmt: skip
ENDING = frozenset({"interrupt", LAST})  # here the server is to end
ENDED = frozenset({"ended", "server_died"})  # no second look either, if nobody else was there
MOST_TOGETHER = 3  # in the second look
DYING_SECONDS = 0.5  # that an interpreter takes from the fault to its end

Note = Callable[[str], None]


class Look(enum.Enum):
    """Which time it is that cases are played."""

    FIRST = "first"
    SECOND = "second"  # at a case that was alone before, too
    LAST = "last"


class Grade(NamedTuple):
    """All that is known about one server."""

    command: List[str]
    results: List[Result] = []  # in the order of the catalogue; empty if it could not be graded
    dialect: Optional[Dialect] = None
    trouble: str = ""  # the key of a text that says why it could not be graded
    attempts: List[Attempt] = []  # of the probe, if it found no dialect
    output: bytes = b""  # of the server, if it did not start; its errors, if no dialect was found
    host: str = LOOPBACK
    port: int = 0
    has_free_ports: bool = False
    by_hand: List[str] = []  # the command, with the port that is told
    asked: List[str] = []  # what was typed on its standard input
    seconds: float = 0.0
    is_strict: bool = False  # other wording fails

    @property
    def bad(self) -> FrozenSet[Verdict]:
        """The verdicts that are failures."""
        return bad_verdicts(self.is_strict)

    @property
    def is_graded(self) -> bool:
        """True if the cases were played."""
        return not self.trouble


class Grader:
    """Grades one server."""

    def __init__(
        self, play: Play, launcher: Launcher, note: Note = lambda text: None, only: Sequence[str] = ()
    ) -> None:
        """``note`` is told what is done now; ``only`` names the cases to play, all if it is empty."""
        self._cases = [case for case in CASES if not only or case.name in only]
        self._play, self._launcher, self._note = play, launcher, note
        self._results: Dict[str, Result] = {}
        self._dialect = Dialect()

    def run(self) -> Steps[Grade]:
        """Return the grade; whatever the server does, this returns."""
        began = self._play.reactor.now
        grade = Grade(self._launcher.command)
        try:
            self._note("start")
            yield from self._launcher.discover()
            self._note("dialect")
            self._dialect = yield from Probe(self._play, self._launcher).run()
            yield from self._play_all()
            grade = grade._replace(dialect=self._dialect, results=[self._results[case.name] for case in self._cases])
        except NotStarted as error:
            grade = grade._replace(trouble=error.key, output=error.output)
        except UnknownDialect as error:
            output = next((attempt.errors for attempt in error.attempts if attempt.errors), b"")
            grade = grade._replace(trouble="unknown_dialect", attempts=error.attempts, output=output)
        finally:
            self._launcher.close()
        return grade._replace(
            seconds=self._play.reactor.now - began, asked=self._launcher.typed_by_hand(),
            host=self._launcher.host, port=self._launcher.port,
            by_hand=self._launcher.by_hand(), has_free_ports=self._launcher.has_free_ports,
        )  # fmt: skip

    # -- all groups ---------------------------------------------------------------

    def _play_all(self) -> Steps[None]:
        waiting: Deque[Tuple[Group, Look]] = deque()
        played = groups(is_each_alone=self._dialect.pace > 0)  # where the server dawdles, they would all wait
        for group in played:
            wanted = [case for case in group.cases if case in self._cases]
            applicable = [case for case in wanted if self._dialect.crosses or not case.needs_text]
            for case in set(wanted) - set(applicable):
                self._results[case.name] = Result(case.name, Verdict.NA, "no_text")
            if applicable:
                waiting.append((group._replace(cases=applicable), Look.FIRST))
        lanes = LANES if self._launcher.has_free_ports else 1
        tasks = yield from self._play.all_of([self._lane(waiting) for _ in range(lanes)], GROUP_SECONDS * len(played))
        faults = [task.error for task in tasks if task.error and not isinstance(task.error, TimeoutError)]
        for case in self._cases:
            left = _fault(case, faults[0]) if faults else Result(case.name, Verdict.NA, "no_time")
            self._results.setdefault(case.name, left)

    def _lane(self, waiting: Deque[Tuple[Group, Look]]) -> Steps[None]:
        while waiting:
            group, look = waiting.popleft()
            failed, is_well = yield from self._group(group)
            if look is Look.FIRST:
                is_alone = len(group.cases) == 1
                again = self._again([case for case in failed if not self._is_sure(case, is_alone)], is_well)
                following = Look.SECOND if is_alone else Look.LAST
                waiting.extendleft((Group(cases), following) for cases in reversed(again))
            elif look is Look.SECOND and not failed:
                waiting.appendleft((group, Look.LAST))

    def _again(self, unsure: List[Case], is_well: bool) -> List[List[Case]]:
        """Return in which groups cases are played again: alone, or those together of which the probe has seen why."""
        together = [case for case in unsure if is_well and self._is_explained(case)]
        found = [together[at : at + MOST_TOGETHER] for at in range(0, len(together), MOST_TOGETHER)]
        return found + [[case] for case in unsure if case not in together]

    def _is_sure(self, case: Case, is_alone: bool) -> bool:
        if not self._dialect.crosses:  # little works, and each look at it takes long
            return is_alone
        result = self._results[case.name]
        if result.key == "not_told" and not self._dialect.tells_leaving:  # that is the second look
            return True
        return (is_alone and result.key in ENDED) or result.key in PROOFS

    def _is_explained(self, case: Case) -> bool:
        """Return True if the probe has seen, when nobody else was there, why this case fails.

        Where nobody is named, the pieces of a text may pass for a whole, if only nobody else speaks.
        """
        return case.family == "framing" and self._dialect.is_named and not self._dialect.splits

    # -- one group ------------------------------------------------------------------

    def _group(self, group: Group) -> Steps[Tuple[List[Case], bool]]:
        """Play some cases on a fresh server; return those that failed, and whether it was well after some explained."""
        cases = group.cases
        self._note(f"{cases[0].family} {len(self._results)}/{len(self._cases)}")
        try:
            server = yield from self._launcher.start()
        except NotStarted as error:
            verdict, key = Verdict.FAIL, "not_started_again"
            if error.key == PORT_IN_USE:  # for more than a minute: another program has come
                verdict, key = Verdict.NA, error.key
            for case in cases:
                fields: Dict[str, object] = {"line": error.output[-300:]}
                self._results[case.name] = Result(case.name, verdict, key, fields)
            return ([] if verdict is Verdict.NA else cases), False
        suffixes = SUFFIXES[: len(cases)] if len(cases) > 1 else [""]
        stages = [Stage(self._play, self._launcher, server, self._dialect, suffix) for suffix in suffixes]
        try:
            everything = list(zip(cases, stages))
            for at_once in [[one] for one in everything] if group.is_in_turn else [everything]:
                began = self._play.reactor.now
                tasks = yield from self._play.all_of([case.script(stage) for case, stage in at_once], GROUP_SECONDS)
                yield from _settled(tasks, [stage for _, stage in at_once])
                for (case, stage), task in zip(at_once, tasks):
                    seconds = self._play.reactor.now - began
                    others = [other.suffix for other in stages if other is not stage]
                    self._results[case.name] = _result(case, stage, task, others)._replace(seconds=seconds)
            failed = [case for case in cases if self._results[case.name].verdict is Verdict.FAIL]
            is_asked = len(cases) > 1 and any(self._is_explained(case) for case in failed)
            is_well = is_asked and (yield from self._is_well(stages[0]))
        finally:
            for stage in stages:
                server = stage.server  # a case may have started another one
                if server.process in self._launcher.running:
                    yield from self._launcher.end(server)
        return failed, is_well

    def _is_well(self, stage: Stage) -> Steps[bool]:
        """Let two newcomers talk."""
        if not stage.server.process.is_running:
            return False
        canary = Stage(self._play, self._launcher, stage.server, self._dialect, "zz")
        try:
            people = yield from canary.people("elis", "fabio")
            yield from canary.talk(*people)
        except Outcome:
            return False
        return True


def _settled(tasks: List[Task], stages: List[Stage]) -> Steps[None]:
    """Give a server that has closed a connection the time to end, if it does: then that is why a case failed."""
    if any(task.error for task in tasks) and any(peer.has_ended for stage in stages for peer in stage.peers):
        yield from watch(lambda: not any(stage.server.process.is_running for stage in stages), DYING_SECONDS)


def _result(case: Case, stage: Stage, task: Task, others: List[str]) -> Result:
    """Make a result of how a script ended; what came because of ``others`` on the same server is no evidence."""
    peers = tuple(stage.peers)
    for peer in peers:
        peer.is_noting = False  # what comes from now on belongs to no case
        peer.events = noise.without(peer.events, stage.dialect, stage.suffix, others)
    error = task.error
    if error is None:
        return Result(case.name, Verdict.PASS, peers=peers)
    if isinstance(error, Outcome):
        fields = dict(error.fields)
        process = stage.server.process
        is_dead = error.verdict is Verdict.FAIL and not process.is_running and case.name not in ENDING
        key = process.trouble or ("server_died" if is_dead else error.key)
        if is_dead:
            fields.update(line=process.last_words, how=process.how_it_ended)
        printed = b"" if others or is_dead else process.errors
        return Result(case.name, error.verdict, key, fields, peers, printed=printed)
    if isinstance(error, TimeoutError):
        return Result(case.name, Verdict.FAIL, "took_too_long", {}, peers)
    return _fault(case, error)._replace(peers=peers)


def _fault(case: Case, error: BaseException) -> Result:
    """Return the result of a case in which the grader did wrong."""
    return Result(case.name, Verdict.NA, GRADER_FAULT, {"error": f"{type(error).__name__}: {error}"})
