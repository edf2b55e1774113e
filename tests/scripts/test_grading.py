"""The parts of scripts/grade.py: scripts that wait, texts, points, what is shown, and folders of a class."""

from __future__ import annotations

import ast
import csv
import doctest
import io
import os
import shutil
import socket
import string
import subprocess
import sys
import tempfile
import unittest
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Deque, Dict, Iterator, List, Tuple
from unittest import mock
from xml.etree import ElementTree

from tests.support import PATIENCE_SECONDS, ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from grading import dialect, evidence, export, hand, noise, reasons, report, rubric, texts
from grading.case import Case, Result
from grading.catalogue import BY_NAME, CASES, FAMILIES, Group, groups
from grading.dialect import HEADER_BYTES, SHORT_HEADER_BYTES, Dialect, Form
from grading.families import load
from grading.folder import Student, command_of, digest, files, students
from grading.forms import DIRECTS, MORE_DIRECTS, MORE_QUITS, MORE_WHOS, QUITS, WHOS, named
from grading.grader import Grade, Grader, Look
from grading.joining import Attempt
from grading.launcher import Launcher, NotStarted
from grading.outcome import Failed, Verdict
from grading.peer import Act, Event
from grading.procfs import LOOPBACK
from grading.rubric import WrongRubric
from grading.script import Play, Steps, pause, until
from grading.stage import Stage, has_word
from grading.strict import to_the_letter
from labs.lessons import LABS

from minichat.net.reactor import Reactor
from tests.scripts.graded.table import CASES as CASES_OF_TABLE

SHELLS = [shell for shell in ("sh", "bash") if shutil.which(shell)]
TARGET = hand.Target(50001)


class Scripts(unittest.TestCase):
    """Scripts that wait side by side."""

    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        self.play = Play(self.reactor)
        self.done: List[str] = []

    def test_a_condition_ends_a_wait_before_its_time(self) -> None:
        def says() -> Steps[None]:
            yield from pause(0.0)
            self.done.append("said")

        def hears() -> Steps[bool]:
            return (yield from until(lambda: "said" in self.done, PATIENCE_SECONDS))

        def both() -> Steps[List[Any]]:
            tasks = yield from self.play.all_of([hears(), says()], PATIENCE_SECONDS)
            return [task.result() for task in tasks]

        self.assertEqual(self.play.run(both()), [True, None])

    def test_a_wait_that_is_over_returns_false(self) -> None:
        self.assertFalse(self.play.run(until(lambda: False, 0.01)))

    def test_what_takes_too_long_is_stopped_and_cleans_up(self) -> None:
        def hangs() -> Steps[None]:
            try:
                yield from until(lambda: False, PATIENCE_SECONDS)
            finally:
                self.done.append("clean")

        def one() -> Steps[List[Any]]:
            return (yield from self.play.all_of([hangs()], 0.01))

        task = self.play.run(one())[0]
        self.assertEqual(self.done, ["clean"])
        self.assertRaises(TimeoutError, task.result)

    def test_an_error_ends_its_own_script_only(self) -> None:
        def fails() -> Steps[None]:
            yield from pause(0.0)
            raise ValueError("mine")

        def both() -> Steps[List[Any]]:
            return (yield from self.play.all_of([fails(), pause(0.01)], PATIENCE_SECONDS))

        tasks = self.play.run(both())
        self.assertEqual([type(task.error) for task in tasks], [ValueError, type(None)])


class Tables(unittest.TestCase):
    """Texts, labs and points of the cases."""

    def test_the_cases_are_those_that_servers_are_tried_with(self) -> None:
        ours = {family: {case.name for case in CASES if case.family == family} for family in FAMILIES}
        self.assertEqual(ours, {family: set(names.split()) for family, names in CASES_OF_TABLE.items()})

    def test_every_case_is_played_once(self) -> None:
        self.assertEqual(sorted(case.name for group in groups() for case in group.cases), sorted(BY_NAME))

    def test_every_case_has_texts_points_a_lab_and_a_module(self) -> None:
        self.assertEqual(set(texts.CASES), set(BY_NAME))
        for case in CASES:
            self.assertTrue((ROOT / case.module).exists(), case.module)
            self.assertTrue(0 <= case.lab <= max(LABS), case)
            self.assertGreater(rubric.DEFAULT[case.name].works, 0, case)
            self.assertTrue(case.script.__doc__, case.name)

    def test_every_reason_that_is_raised_has_a_text_with_its_fields(self) -> None:
        raised: List[Tuple[str, set[str]]] = []
        for file in sorted((ROOT / "scripts/grading").rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                    "Failed", "OtherWording", "NotApplicable",
                ) and isinstance(node.args[0], ast.Constant):  # fmt: skip
                    raised.append((str(node.args[0].value), {str(word.arg) for word in node.keywords}))
        self.assertGreater(len(raised), 40)
        for key, fields in raised:
            for text in reasons.REASONS[key]:
                named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
                self.assertLessEqual(named, fields, key)

    def test_both_languages_name_the_same_fields(self) -> None:
        for key, pair in reasons.REASONS.items():
            named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in pair]
            self.assertEqual(named[0], named[1], key)
            for language in ("pt", "en"):
                said = reasons.reason(key, dict.fromkeys(named[0], 3), language)
                self.assertGreaterEqual(said.count("3"), len(named[0]), key)

    def test_the_examples_of_the_docstrings_are_true(self) -> None:
        for module in (hand, export, report):
            self.assertEqual(doctest.testmod(module).failed, 0, module)


class Rubrics(unittest.TestCase):
    """Points."""

    def read(self, text: str) -> rubric.Rubric:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "rubric")
            file.write_text(text, "utf-8")
            return rubric.read(str(file))

    def test_the_default_can_be_printed_and_read_again(self) -> None:
        for language in ("pt", "en"):
            self.assertEqual(self.read(rubric.table(language)), rubric.DEFAULT)

    def test_a_case_that_is_not_named_is_worth_nothing(self) -> None:
        read = self.read("# only this\nbroadcast 10 7,5\n\nwho 2 # comment\n")
        self.assertEqual((read["broadcast"], read["who"], read["race"].works), ((10.0, 7.5), (2.0, 2.0), 0.0))

    def test_a_line_that_cannot_be_read_is_named(self) -> None:
        for text, key in (
            ("dance 3", "rubric_case"), ("who", "rubric_points"), ("who x", "rubric_points"),
            ("who -1", "rubric_points"), ("who nan", "rubric_points"), ("who 1 2 3", "rubric_points"),
            ("who 1001", "rubric_points"), ("who 2 5", "rubric_points"), ("who 2\nwho 3", "rubric_twice"),
            ("", "rubric_empty"),
        ):  # fmt: skip
            with self.subTest(text), self.assertRaises(WrongRubric) as told:
                self.read(text)
            self.assertEqual(told.exception.key, key)

    def test_wording_is_judged_apart_and_what_does_not_apply_not_at_all(self) -> None:
        points = self.read("broadcast 10 6\nwho 4\nquit 2\nrace 1")
        results = [
            Result("broadcast", Verdict.WORDING), Result("who", Verdict.NA), Result("quit", Verdict.PASS),
            Result("race", Verdict.FAIL),
        ]  # fmt: skip
        self.assertEqual(rubric.score(results, points), (8.0, 13.0))
        self.assertEqual(rubric.score(results, points, is_strict=True), (2.0, 13.0))

    def test_a_server_that_relays_nothing_has_no_points_for_it(self) -> None:
        results = [Result("who", Verdict.NA, "no_text")]
        self.assertEqual(rubric.score(results, self.read("who 4")), (0.0, 4.0))


class Dialects(unittest.TestCase):
    """What is said and what came."""

    def test_a_header_goes_before_each_message_both_ways(self) -> None:
        for size in (HEADER_BYTES, SHORT_HEADER_BYTES):
            with self.subTest(size):
                spoken = Dialect(has_header=True, header_bytes=size)
                data = spoken.encode(b"oi") + spoken.encode("olá".encode())
                self.assertEqual(len(data), 2 * size + 6)
                self.assertEqual(spoken.decode(data), "oi\nolá\n".encode())
                self.assertEqual(spoken.decode(data[:-1]), b"oi\nol" + b"\xc3\n")

    def test_what_comes_without_a_header_is_shown_as_it_came(self) -> None:
        spoken = Dialect(has_header=True)
        for data in (b"ana: oi", b"ana: " + b"x" * 100, b"12 pessoas"):
            self.assertEqual(spoken.decode(data), data)
            self.assertEqual(spoken.decode(spoken.encode(b"oi") + data), b"oi\n" + data)

    def test_a_nick_is_a_word_of_its_own_in_any_case(self) -> None:
        for said, is_there in (
            (b"ANA: oi", True), (b"<ana>", True), (b"ana_1", False), (b"anabela", False), (b"ana#2", False),
            (b"ana(2)", False), (b"ana(127.0.0.1:5)", True), (b"ana(10.0.0.1)", True), (b"ana-50001", True),
            (b"ana_: oi", False), (b"ana__", False), (b"_ana_: oi", True), (b"__ana__", True), (b"ana[2]: oi", False),
            (b"ana [12:30]", True), (b"ana[12:30]", True), (b"ana (2): oi", False), (b"ana (23 anos)", True),
            (b"ana~2", False), (b"*ana*", True), (b"ana|oi", True), (b"ana|2|", False),
        ):  # fmt: skip
            self.assertEqual(has_word(said, "ana"), is_there, said)

    def test_lines_are_cut_at_newlines_and_the_rest_is_kept(self) -> None:
        self.assertEqual(dialect.lines_of(b"a\r\nb\nc"), [b"a", b"b", b"c"])

    def test_to_the_letter_another_form_is_other_wording(self) -> None:
        results = [Result("who", Verdict.PASS), Result("quit", Verdict.PASS), Result("direct", Verdict.FAIL)]
        strict = to_the_letter(results, Dialect(who=Form("LIST"), direct=Form("/msg {nick} {text}")))
        self.assertEqual([result.verdict.value for result in strict], ["wording", "pass", "fail"])
        for spoken in (Dialect(nick=Form("NICK {nick}")), Dialect(say=Form("MSG {text}")), Dialect(quit=Form("/sair"))):
            strict = to_the_letter([Result("broadcast", Verdict.PASS), Result("quit", Verdict.PASS)], spoken)
            self.assertEqual([result.verdict.value for result in strict].count("wording"), 1, spoken)

    def test_it_is_told_what_a_server_takes_for_a_message(self) -> None:
        for spoken, told in (
            (Dialect(), "a line"), (Dialect(splits=False), "one recv, without the LF"),
            (Dialect(splits=False, loses_rest=True), "a line; the rest of the recv is lost"),
            (Dialect(end=b"", splits=False), "one recv, with all that is in it: send no LF"),
            (Dialect(has_header=True), "what comes after its length, in 64 bytes"),
            (Dialect(end=b"\r\n"), "a line that ends in CR LF"), (Dialect(splits=False, crosses=False), "a line"),
        ):  # fmt: skip
            self.assertIn(f"a message is: {told}", list(report.dialect_lines(spoken, "en")))


class ScriptedGrader(Grader):
    """One whose groups are not played: what fails in them is written down before."""

    def __init__(self, dialect: Dialect, *failing: List[str]) -> None:
        self._dialect, self._failing, self._results = dialect, list(failing), {}
        self.played: List[List[str]] = []
        self.key = ""

    def _group(self, group: Group) -> Steps[Tuple[List[Case], bool]]:
        yield from ()
        self.played.append([case.name for case in group.cases])
        failed = [BY_NAME[name] for name in self._failing.pop(0)]
        for case in group.cases:
            verdict = Verdict.FAIL if case in failed else Verdict.PASS
            self._results[case.name] = Result(case.name, verdict, self.key)
        return failed, True

    def looks(self, *names: str) -> List[List[str]]:
        """Return the groups that are played, from the first on."""
        list(self._lane(deque([(Group([BY_NAME[name] for name in names]), Look.FIRST)])))
        return self.played


class Looks(unittest.TestCase):
    """What fails is played again."""

    def test_what_fails_in_company_is_played_alone(self) -> None:
        company = ["quit", "leave_told"]
        grader = ScriptedGrader(Dialect(), company, [], ["leave_told"])
        self.assertEqual(grader.looks("who", *company), [["who", *company], ["quit"], ["leave_told"]])
        self.assertEqual(grader._results["quit"].verdict, Verdict.PASS)

    def test_what_the_server_ended_alone_is_not_played_again(self) -> None:
        for key in ("server_died", "ended"):
            with self.subTest(key):
                grader = ScriptedGrader(Dialect(), ["reset"], ["reset"])
                grader.key = key
                self.assertEqual(grader.looks("reset"), [["reset"]])
                grader = ScriptedGrader(Dialect(), ["reset"], [])
                grader.key = key
                self.assertEqual(grader.looks("reset", "who"), [["reset", "who"], ["reset"]])

    def test_what_the_probe_has_not_been_told_either_is_sure(self) -> None:
        for tells in (False, True):
            with self.subTest(tells_leaving=tells):
                grader = ScriptedGrader(Dialect(tells_leaving=tells), ["leave_told"], [])
                grader.key = "not_told"
                self.assertEqual(grader.looks("who", "leave_told")[1:], [["leave_told"]] if tells else [])

    def test_what_fails_alone_is_played_again(self) -> None:
        fails: List[str] = ["reset"]
        for looks, verdict in (
            ([fails, fails], Verdict.FAIL), ([fails, [], fails], Verdict.FAIL), ([fails, [], []], Verdict.PASS),
        ):  # fmt: skip
            with self.subTest(looks=looks):
                grader = ScriptedGrader(Dialect(), *looks)
                self.assertEqual(grader.looks("reset"), len(looks) * [["reset"]])
                self.assertEqual(grader._results["reset"].verdict, verdict)

    def test_what_only_a_fault_can_look_like_is_not_played_again(self) -> None:
        for key, count in (("race_won_by_many", 1), ("race_won_by_none", 2)):
            grader = ScriptedGrader(Dialect(), ["race"], ["race"])
            grader.key = key
            self.assertEqual(grader.looks("race"), count * [["race"]])

    def test_what_the_probe_has_seen_is_played_twice(self) -> None:
        company = ["byte_by_byte", "long_line"]
        grader = ScriptedGrader(Dialect(splits=False), company, company)
        self.assertEqual(grader.looks(*company), [company, company])
        grader = ScriptedGrader(Dialect(splits=False, is_named=False), company, [], [])
        self.assertEqual(grader.looks(*company)[1:], [[case] for case in company])


class Turns(unittest.TestCase):
    """A server on a busy machine waits for its turn."""

    def waited(self, share: float, sleeps: bool = False) -> float:
        """Return for how long an answer of a server is waited for that gets this share of a processor."""
        reactor = SimpleNamespace(now=0.0)
        process = SimpleNamespace(sleeps=sleeps, pids=list)
        server = SimpleNamespace(process=process, peers=[], address=SimpleNamespace(port=0))
        stage = Stage(SimpleNamespace(reactor=reactor), None, server, Dialect())  # type: ignore[arg-type]
        with mock.patch("grading.stage.procfs.cpu_seconds", lambda pids: share * reactor.now):
            for wait in stage.until(lambda: False, 1.0):
                reactor.now += wait.seconds
        return float(reactor.now)

    def test_one_that_gets_little_of_a_processor_gets_twice_the_time(self) -> None:
        for share, seconds in ((1.0, 1.0), (0.6, 1.0), (0.2, 2.0), (0.0, 2.0)):
            self.assertAlmostEqual(self.waited(share), seconds, msg=f"{share} of a processor")
        self.assertLess(self.waited(0.0, sleeps=True), 1.0)


class BrokenGrader(Grader):
    """One that does something wrong between two cases."""

    def _group(self, group: Group) -> Steps[Tuple[List[Case], bool]]:
        raise LookupError("between two cases")


class Faults(unittest.TestCase):
    """The grader itself may do wrong."""

    def test_a_fault_of_the_grader_is_told_as_that_and_fails_nobody(self) -> None:
        with closing(Reactor()) as reactor:
            play = Play(reactor)
            grader = BrokenGrader(play, Launcher(reactor, ["x"], "."))
            play.run(grader._play_all())
        for case in CASES:
            result = grader._results[case.name]
            self.assertIs(result.verdict, Verdict.NA)
            self.assertIn("LookupError: between two cases", reasons.reason(result.key, result.fields, "en"))


class Starts(unittest.TestCase):
    def test_a_port_that_another_program_has_fails_nobody(self) -> None:
        for key, verdict, again in (("port_in_use", Verdict.NA, []), ("ended_at_once", Verdict.FAIL, ["reset"])):
            with self.subTest(key), closing(Reactor()) as reactor:
                play = Play(reactor)
                grader = Grader(play, Launcher(reactor, ["x"]), only=["reset"])
                with mock.patch.object(Launcher, "start", side_effect=NotStarted(key, b"")):
                    failed, _ = play.run(grader._group(Group([BY_NAME["reset"]])))
                self.assertEqual([case.name for case in failed], again)
                self.assertEqual(grader._results["reset"].verdict, verdict)


class FakePeer:
    """Somebody who has done something."""

    def __init__(self, name: str, *events: Event) -> None:
        self.name, self.events, self.is_deaf, self.port = name, list(events), False, 40000
        self.unnoted: Dict[Act, int] = {}
        self.has_ended = False
        self.received = bytearray(b"".join(event.data for event in events))
        self.starts = [sum(len(event.data) for event in events[:number]) for number in range(len(events))]

    def since(self, mark: int) -> bytes:
        return bytes(self.received[mark:])


class Contexts(unittest.TestCase):
    """What is shown of all that a person got."""

    def test_without_line_ends_it_is_the_read_and_not_all_before_it(self) -> None:
        reads = [b"Apelido: ", b"FROM x [all]: a", b"FROM y [all]: b", b"c"]
        dora = FakePeer("dora", *(Event(0.0, Act.CAME, data) for data in reads))
        stage = Stage(None, None, None, Dialect(ends_lines=False))  # type: ignore[arg-type]
        self.assertEqual(stage.context(dora, b"]: a"), b"FROM x [all]: a")  # type: ignore[arg-type]
        self.assertEqual(stage.context(dora, b": a", b": b"), b"".join(reads[1:3]))  # type: ignore[arg-type]
        self.assertEqual(stage.context(dora, b"bc"), b"".join(reads[2:]))  # type: ignore[arg-type]

    def test_a_text_is_from_who_is_named_before_it_as_always(self) -> None:
        for crossed, came, is_from in (
            ("FROM {nick} [all]: {text}", "FROM ana [all]: oi\n", True),
            ("FROM {nick} [all]: {text}", "FROM ana [all]: ola\nFROM bruno [all]: oi\n", False),
            ("FROM {nick} [all]: {text}", "FROM anabia [all]: oi\n", False),
            ("[10:31] {nick}: {text}", "[10:32] ana: oi\n", True),
            ("\x1b[32m{nick}\x1b[0m: {text}", "\x1b[1;31mana\x1b[0m: oi", True),
            ("{nick}: {text}", "ana: ola[SISTEMA] oi entrou", False),  # nothing ends what is said
            ("{nick}: {text}", "anaoi entrou", False),
            ("{nick}: {text}", "ANA: oi", True),
            ("{nick}: {text}", "ana [admin]: oi\n", True),
            ("{nick}: {text}", "User ana oi joined\n", False),
            ("{nick}: {text}", "ana: ola\nbruno [admin]: oi\n", False),
            ("{text} ({nick})", "oi (ana)\n", True),
            ("{text} ({nick})", "oi (bruno)\n", False),
            ("{nick} disse:\n{text}", "ana disse:\noi\n", True),
            ("{nick} 9:05: {text}", "ana 10:31: oi\n", True),
            ("{nick}: {text}", "ana2: oi\n", False), ("{nick}: {text}", "ana#2: oi\n", False),
        ):  # fmt: skip
            with self.subTest(crossed, came=came):
                stage = Stage(None, None, None, Dialect(crossed=crossed))  # type: ignore[arg-type]
                peer = FakePeer("bruno", Event(0.0, Act.CAME, came.encode()))
                self.assertEqual(stage.is_from(peer, "ana", "oi"), is_from)  # type: ignore[arg-type]

    def test_a_text_with_capitals_is_from_whom_it_is(self) -> None:
        stage = Stage(None, None, None, Dialect(crossed="{nick}: {text}", ends_lines=False))  # type: ignore[arg-type]
        peer = FakePeer("bruno", Event(0.0, Act.CAME, b"Ana: Tudo bem?"))
        self.assertTrue(stage.is_from(peer, "ana", "Tudo bem?"))  # type: ignore[arg-type]

    def test_who_was_told_off_has_read_what_nobody_said(self) -> None:
        for came, told in (
            (b"FROM ana [all]: oi\nDevagar!\n", b"Devagar!"), (b"Devagar, ana!\n", b"Devagar, ana!"),
            (b"FROM ana [all]: oi\n", b""), (b"bruno saiu\n", b""), (b"10:31 enviada\n", b""), (b"\n", b""), (b"", b""),
        ):  # fmt: skip
            with self.subTest(came):
                stage = Stage(None, None, None, Dialect())  # type: ignore[arg-type]
                ana, bruno = FakePeer("ana"), FakePeer("bruno")
                stage.peers = [ana, bruno]  # type: ignore[list-item]
                ana.received += b"FROM ana [all]: ola\n10:30 enviada\n"
                stage.note("oi")
                ana.received += came
                self.assertEqual(stage.told_off(ana, "oi"), told)  # type: ignore[arg-type]

    def test_a_piece_of_the_own_text_is_no_refusal(self) -> None:
        stage = Stage(None, None, None, Dialect())  # type: ignore[arg-type]
        ana = FakePeer("ana")
        stage.peers = [ana]  # type: ignore[list-item]
        text = f"{stage.text()}z{'x' * 3000}"
        stage.note(text)
        ana.received += f"<ana> {text[:500]}\n".encode()
        self.assertEqual(stage.told_off(ana, text), b"")  # type: ignore[arg-type]

    def test_a_text_that_came_otherwise_was_changed(self) -> None:
        stage = Stage(None, None, None, Dialect())  # type: ignore[arg-type]
        peer = FakePeer("bruno")
        text = stage.words()
        stage.peers = [peer]  # type: ignore[list-item]
        stage.note(text)
        self.assertEqual(stage.unheard(peer, text, "not_heard").key, "not_heard")  # type: ignore[arg-type]
        peer.received += b"ana: " + text.split()[0].encode() + b"\n"
        failed = stage.unheard(peer, text, "not_heard")  # type: ignore[arg-type]
        self.assertEqual((failed.key, failed.fields["line"]), ("changed", peer.received.rstrip()))

    def test_a_form_that_the_server_has_named_is_known(self) -> None:
        said = b"Comandos: /online, /pv <apelido> <texto>, 'fim' para sair"
        for forms, patterns in (
            (MORE_WHOS, ["/online", "ONLINE", "online"]),
            (MORE_DIRECTS, ["/pv {nick} {text}", "PV {nick} {text}", "pv {nick} {text}"]),
            (MORE_QUITS, ["FIM", "fim"]),
        ):  # fmt: skip
            self.assertEqual([form.pattern for form in named(forms, said)], patterns)
        for usual, more in ((WHOS, MORE_WHOS), (DIRECTS, MORE_DIRECTS), (QUITS, MORE_QUITS)):
            self.assertEqual(set(usual) & set(more), set())
            self.assertEqual((len(set(usual)), len(set(more))), (len(usual), len(more)))

    def test_what_crawls_is_little_beside_what_came_before(self) -> None:
        for steps, crawled in (
            ([(0.0, 0), (1.0, 2_000_000), (2.0, 2_000_900), (7.5, 2_005_000)], 4100),
            ([(0.0, 0), (1.0, 2_000_000), (5.5, 2_005_000)], 0),  # in that time much came
            ([(0.0, 0), (1.0, 40_000), (2.0, 40_001), (7.5, 40_002)], 0),
            ([(0.0, 0), (1.0, 200_000), (2.0, 260_000), (7.5, 500_000)], 0),
        ):  # fmt: skip
            came_at: Deque[Tuple[float, int]] = deque()
            self.assertEqual([load._crawled(came_at, now, came) for now, came in steps][-1], crawled)

    def test_garbage_of_a_runtime_is_not_kept(self) -> None:
        for is_relay, floods, is_kept in (
            (False, [(24, 112)], True), (False, [(24, 70)], False),
            (True, [(24, 112), (24, 90)], False),  # it has been taken away
            (True, [(24, 64 + 24 * number) for number in range(1, 9)], True),
            (True, [(24, 64 + number) for number in range(1, 9)], False),  # a little each time
        ):  # fmt: skip
            coming = iter([(read * 10**6, memory * 10**6) for read, memory in floods])

            def flood(*_: object, coming: Iterator[Tuple[int, int]] = coming) -> Steps[Tuple[int, int]]:
                yield from ()
                return next(coming)

            readers = [SimpleNamespace(count=24 * 10**6 if is_relay else 100) for _ in range(2)]
            stage = SimpleNamespace(
                peers=[SimpleNamespace(), *readers], server=SimpleNamespace(process=SimpleNamespace(trouble=""))
            )
            with self.subTest(is_relay=is_relay, floods=floods), mock.patch.object(load, "_flood", flood):
                looks = load._must_grow_no_more(stage, 40 * 10**6, 24 * 10**6, 64 * 10**6)  # type: ignore[arg-type]
                if is_kept:
                    self.assertRaises(Failed, list, looks)
                else:
                    self.assertEqual(list(looks), [])
                self.assertEqual(list(coming), [])

    def test_a_nick_that_is_told_to_all_as_a_text_is_none(self) -> None:
        for accepted, crossed, greets in (
            (b"OK {nick}\n", "FROM {nick} [all]: {text}", True), (b"OK {nick}\n", "", True),
            (b"OK {nick}\n", "* {text}", True),
            (b"[User52322]: {nick}\n", "[User52324]: {text}", False), (b"OK\n", "{nick}: {text}", False),
        ):  # fmt: skip
            spoken = Dialect(accepted=accepted, crossed=crossed)
            self.assertEqual(Attempt(spoken, b"ana\n", b"OK ana\n", True).greets, greets, (accepted, crossed))

    def test_an_empty_text_of_somebody_is_no_news_of_that_person(self) -> None:
        stage = Stage(None, None, None, Dialect(crossed="{nick}: {text}"))  # type: ignore[arg-type]
        for came, tells in (
            (b"ana: \n", False), (b"ana: ana: ana:", False), (b"ana: \r\nbruno: oi\n", False), (b"ana: saiu\n", True),
            (b"ana: \nana saiu\n", True), (b"bruno: ana saiu", True),
        ):  # fmt: skip
            peer = FakePeer("bruno", Event(0.0, Act.CAME, came))
            self.assertEqual(stage.tells_of(peer, "ana", 0), tells, came)  # type: ignore[arg-type]


class ByHand(unittest.TestCase):
    """The lines for a shell."""

    def test_what_is_said_after_an_answer_is_not_said_in_the_same_moment(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"um"), Event(0.002, Act.SENT, b"dois"))
        bruno = FakePeer("bruno", Event(0.001, Act.CAME, b"um"))
        for peers, steps in (([ana], "printf 'um'; printf 'dois'"), ([ana, bruno], "'um'; sleep 0.3; printf 'dois'")):
            self.assertIn(steps, hand.lines(peers, TARGET)[0])  # type: ignore[arg-type]

    def test_what_a_terminal_does_not_show_is_made_visible(self) -> None:
        ana, bruno = (FakePeer(name, Event(0.0, Act.SENT, b"x\n")) for name in ("ana", "bruno"))
        result = Result("crlf", Verdict.FAIL, peers=(ana, bruno))  # type: ignore[arg-type]
        first, last, _ = evidence.by_hand(result, Grade(["x"], [result], Dialect(), port=50001), "en")
        self.assertTrue(first.endswith("50001 | cat -v &") and last.endswith("50001 | cat -v"), (first, last))

    def test_the_line_of_a_shell_prints_the_same_bytes(self) -> None:
        for data in ("100% d'água\\n\t\r\n".encode(), b"\x1b[2J\xff\x00\n", ("é" * 700).encode(), b"x" * 3000 + b"1"):
            for shell in SHELLS:
                done = subprocess.run([shell, "-c", hand.printf(data)], stdout=subprocess.PIPE, check=True)
                self.assertEqual(done.stdout, data)

    def test_what_was_sent_at_once_is_printed_at_once(self) -> None:
        for data in (b"um\ndois\n", ("z" + "\u00e9" * 700 + "\n").encode(), b"x" * 3000 + b"\n", b"ab" * 400):
            for shell in SHELLS:
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)  # one write is one message
                with self.subTest(data=data[:9], shell=shell), ours, theirs:
                    subprocess.run([shell, "-c", hand.printf(data)], stdout=theirs.fileno(), check=True)
                    self.assertEqual(ours.recv(1 << 16), data)

    def test_each_person_has_a_line_and_waits_for_the_others(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"), Event(2.0, Act.SENT, b"oi\n"))
        bruno = FakePeer("bruno", Event(1.0, Act.SENT, b"bruno\n"), Event(3.0, Act.HALF_CLOSED))
        lines = hand.lines([ana, bruno], TARGET)  # type: ignore[list-item]
        self.assertEqual(lines, [
            "(printf 'ana\\n'; sleep 0.6; printf 'oi\\n'; sleep 2.3) | nc -w 4 127.0.0.1 50001 &",
            "(sleep 0.3; (printf 'bruno\\n'; sleep 0.6) | nc -N -w 3 127.0.0.1 50001)",
        ])  # fmt: skip

    def test_those_whom_the_end_of_the_server_meets_stay_until_then(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"), Event(2.0, Act.CLOSED))
        (line,) = hand.staying([ana], TARGET)  # type: ignore[list-item]
        self.assertEqual(line, "(sleep 0.0; printf 'ana\\n'; sleep 60) | nc 127.0.0.1 50001 &")

    def test_who_listens_on_another_address_is_called_there(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"))
        bruno = FakePeer("bruno", Event(1.0, Act.SENT, b"bruno\n"), Event(2.0, Act.RESET))
        for host in ("127.0.1.1", "::1"):
            for name in ("reset", "restart", "slow_reader", "endless_line"):
                with self.subTest(host=host, case=name):
                    result = Result(name, Verdict.FAIL, peers=(ana, bruno))  # type: ignore[arg-type]
                    grade = Grade(["x"], [result], Dialect(), host=host, port=50001)
                    lines = "".join(evidence.by_hand(result, grade, "en"))
                    self.assertIn(host, lines)
                    self.assertNotIn(LOOPBACK, lines)

    def test_the_port_that_is_said_is_the_port_that_is_called(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"/ENTRAR 127.0.0.1 40000 ana\n"))
        result = Result("reset", Verdict.FAIL, peers=(ana,))  # type: ignore[arg-type]
        (line,) = evidence.by_hand(result, Grade(["x"], [result], Dialect(), port=50001), "en")
        self.assertEqual((line.count("50001"), line.count("40000")), (2, 0), line)

    def test_a_flood_is_framed_as_the_server_has_it(self) -> None:
        for spoken, end in ((Dialect(), b"\n"), (Dialect(end=b""), b""), (Dialect(has_header=True), b"")):
            many = hand.flood(spoken, TARGET)[1].split("; sleep 1; ")[1].partition("; sleep 30")[0]
            many = many.replace("seq 1600", "seq 2")
            done = subprocess.run(["sh", "-c", many], stdout=subprocess.PIPE, check=True)
            self.assertEqual(done.stdout, 2 * spoken.encode(b"x" * 900), spoken)
            self.assertTrue(done.stdout.endswith(end))

    def test_what_happens_with_a_reset_is_done_by_one_program(self) -> None:
        said = "d'\u00e1gua \\ \"\n".encode()
        with socket.create_server((LOOPBACK, 0)) as listener, ThreadPoolExecutor() as pool:
            ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"), Event(2.0, Act.SENT, said))
            caio = FakePeer("caio", Event(1.0, Act.SENT, b"caio\n"), Event(2.001, Act.RESET))
            bruno = FakePeer("bruno", Event(0.5, Act.SENT, b"bruno\n"))
            program, line = hand.lines([bruno, ana, caio], hand.Target(listener.getsockname()[1]))  # type: ignore[list-item]
            self.assertIn("bruno", line)
            listener.settimeout(PATIENCE_SECONDS)
            played = pool.submit(subprocess.run, ["sh", "-c", program.rstrip(" &")], check=True)
            with listener.accept()[0] as first, listener.accept()[0] as second:
                first.settimeout(PATIENCE_SECONDS)
                self.assertEqual(b"".join(iter(lambda: first.recv(99), b"")), b"ana\n" + said)
                self.assertEqual(second.recv(99), b"caio\n")
                self.assertRaises(ConnectionResetError, second.recv, 1)
                played.result(PATIENCE_SECONDS)


    def test_what_many_do_at_once_is_done_by_one_program(self) -> None:
        racers = [FakePeer(f"r{number}", Event(1.0, Act.SENT, b"ana\n")) for number in range(12)]
        bruno = FakePeer("bruno", Event(0.0, Act.SENT, b"bruno\n"))
        program, line = hand.lines([bruno, *racers], TARGET)  # type: ignore[list-item]
        self.assertEqual((program.count("sendall"), program[:7], line.count("bruno")), (12, "python3", 1))

    def test_where_somebody_says_nothing_all_connect_at_their_moment(self) -> None:
        silent = FakePeer("(1)", Event(0.0, Act.CONNECTED))
        ana = FakePeer("ana", Event(1.0, Act.CONNECTED), Event(2.0, Act.SENT, b"ana\n"))
        passing = FakePeer("(2)", Event(3.0, Act.CONNECTED), Event(4.0, Act.CLOSED))
        lines = hand.lines([silent, ana, passing], TARGET)  # type: ignore[list-item]
        self.assertEqual(lines, [
            "(sleep 3.2) | nc -w 5 127.0.0.1 50001 &",
            "(sleep 0.3; (sleep 0.3; printf 'ana\\n'; sleep 2.6) | nc -w 4 127.0.0.1 50001) &",
            "(sleep 0.9; (sleep 0.3) | timeout 0.3 nc 127.0.0.1 50001)",
        ])  # fmt: skip
        (line,) = hand.lines([ana], TARGET)  # type: ignore[list-item]
        self.assertEqual(line, "(printf 'ana\\n'; sleep 2.0) | nc -w 3 127.0.0.1 50001")

    def test_who_is_silent_for_long_is_not_cut(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"))
        bruno = FakePeer("bruno", *(Event(float(at), Act.SENT, b"oi\n") for at in range(1, 21)))
        line, _ = hand.lines([ana, bruno], TARGET)  # type: ignore[list-item]
        self.assertEqual(line, "(printf 'ana\\n'; sleep 8.0) | nc -w 9 127.0.0.1 50001 &")

    def test_of_a_flood_it_is_told_how_much_was_sent(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"))
        ana.unnoted = {Act.SENT: 48_000_000, Act.CAME: 7}
        result = Result("endless_line", Verdict.FAIL, peers=(ana,))  # type: ignore[arg-type]
        found = evidence.evidence(result._replace(key="no_quit"), Grade(["x"], [result], Dialect(), port=50001), "en")
        self.assertEqual(found.sent, ["ana -> 'ana\\n'", "ana -> ... (+48000000 bytes)"])


class Noise(unittest.TestCase):
    """What came because of the other cases on the same server."""

    def test_of_a_read_what_names_others_only_is_left_out(self) -> None:
        came = Event(0.0, Act.CAME, b"ERR user_not_found\nFROM anaff [all]: oi\nFROM anadd [all]: x\n")
        kept = noise.without([came], Dialect(), "dd", ["ff"])
        self.assertEqual([event.data for event in kept], [b"ERR user_not_found\nFROM anadd [all]: x\n"])
        self.assertEqual(noise.without([came._replace(data=b"anaff\n")], Dialect(), "dd", ["ff"]), [])
        both = came._replace(data=b"SYSTEM: anadd, anaff\n")
        self.assertEqual(noise.without([both], Dialect(), "dd", ["ff"]), [both])
        self.assertEqual(noise.without([came], Dialect(ends_lines=False), "dd", ["ff"]), [came])  # one message

    def test_of_lengths_and_what_follows_them_both_go_or_both_stay(self) -> None:
        for size in (HEADER_BYTES, SHORT_HEADER_BYTES):
            spoken = Dialect(has_header=True, header_bytes=size)
            texts = (b"anaff entrou", b"ERR user_not_found", b"anaff saiu", b"anadd oi")
            messages = [spoken.encode(text) for text in texts]
            data = b"".join(messages)
            reads = [data[:size], data[size : size + 16], data[size + 16 :]]  # cut after a length, and inside one
            kept = noise.without([Event(0.0, Act.CAME, read) for read in reads], spoken, "dd", ["ff"])
            self.assertEqual(b"".join(event.data for event in kept), messages[1] + messages[3])

    def test_of_many_acts_the_last_ones_are_shown(self) -> None:
        ana = FakePeer("ana", *(Event(0.0, Act.SENT, b"oi%d" % number) for number in range(20)))
        result = Result("quit", Verdict.FAIL, "no_quit", peers=(ana,))  # type: ignore[arg-type]
        sent = evidence.evidence(result, Grade(["x"], [result], Dialect()), "en").sent
        self.assertEqual((sent[0], sent[4], sent[5], sent[-1]), (
            "ana -> 'oi0'", "ana ... (+8)", "ana -> 'oi12'", "ana -> 'oi19'"
        ))  # fmt: skip


class Points(unittest.TestCase):
    def test_portuguese_has_a_comma_in_its_points(self) -> None:
        for language, told in (("pt", "Pontos: 127,5 de 129 (98,8 %)"), ("en", "Points: 127.5 of 129 (98.8 %)")):
            self.assertEqual(next(report.summary(Grade([]), rubric.Score(127.5, 129.0), language)), told)

    def test_portuguese_has_a_comma_in_its_reasons(self) -> None:
        fields = {"who": "bruno", "slow": "caio", "megabytes": 2.8, "seconds": 5.2}
        for language, told in (("pt", "2,8 MB"), ("en", "2.8 MB")):
            self.assertIn(told, reasons.reason("stalled", fields, language))

    def test_only_all_points_are_a_hundred_in_a_hundred(self) -> None:
        for got, told in ((129.999, "99.9 %"), (130.0, "100 %")):
            self.assertIn(f"({told})", report.points(rubric.Score(got, 130.0), "en"))


class Starting(unittest.TestCase):
    def test_the_command_is_told_as_a_shell_needs_it(self) -> None:
        given = Grade(["x"], [Result("restart", Verdict.FAIL)], Dialect(), by_hand=["node", "my server.js", "$HOME;rm"])
        said = "\n".join(report.table(given, rubric.Score(1.0, 1.0), "en"))
        self.assertIn("in another terminal: node 'my server.js' '$HOME;rm'\n", said)

    def test_who_has_to_wait_for_the_port_is_told(self) -> None:
        for verdict in (Verdict.PASS, Verdict.FAIL):
            given = Grade(["x"], [Result("restart", verdict)], Dialect(), by_hand=["x"])
            said = "\n".join(report.table(given, rubric.Score(1.0, 1.0), "en"))
            self.assertEqual("wait a minute" in said, verdict is Verdict.FAIL)


class ToTheLetter(unittest.TestCase):
    """With --strict, other wording fails."""

    RESULTS = (Result("who", Verdict.WORDING, "other_form", {"form": "LIST", "expected": "WHO"}),)

    def test_what_fails_for_its_words_only_is_shown_as_what_fails(self) -> None:
        for is_strict, headings in ((False, []), (True, ["who"])):
            given = Grade(["x"], list(self.RESULTS), Dialect(), is_strict=is_strict)
            self.assertEqual([heading for heading, _ in report.details(given, "en")], headings)
            counts = list(report.summary(given, rubric.Score(1.0, 1.0), "en"))[1]
            self.assertEqual("with --strict they fail, too" in counts, is_strict, counts)
            entry = export.document("x", given, rubric.Score(1.0, 1.0), "en")
            (suite,) = ElementTree.fromstring(export.junit([entry], is_strict).encode())
            self.assertEqual(suite.get("failures"), str(len(headings)))


class Data(unittest.TestCase):
    """Names of folders and words of servers are data."""

    NASTY = ("=cmd|' /C calc'!A0", "+1", "@x", "a\nb", "<b>&]]>", "-rf", "../up", "a" * 200, "\x1b[2J", "é")

    def document(self, name: str) -> Dict[str, Any]:
        result = Result("who", Verdict.FAIL, "not_in_who", {"nick": "ana", "line": b"\x1b[2J<x>\n|`*\x00"})
        given = Grade(["server"], [result], Dialect(), port=1)
        self.page = report.page(name, given, rubric.Score(1.0, 2.0), "en")
        return export.document(name, given, rubric.Score(1.0, 2.0), "en")

    def test_no_cell_is_a_formula_and_no_row_is_two(self) -> None:
        sheet = export.sheet([self.document(name) for name in self.NASTY])
        rows = list(csv.reader(io.StringIO(sheet)))
        self.assertEqual(len(rows), 1 + len(self.NASTY))
        for row in rows[1:]:
            self.assertFalse(any(cell.startswith(("=", "+", "-", "@")) for cell in row), row)

    def test_junit_is_xml_whatever_a_server_says(self) -> None:
        for name in self.NASTY:
            (suite,) = ElementTree.fromstring(export.junit([self.document(name)], is_strict=False).encode())
            self.assertEqual((suite.get("failures"), len(suite)), ("1", 1))

    def test_junit_counts_what_failed_or_was_left_out(self) -> None:
        results = [Result("who", Verdict.FAIL, "no_who"), Result("race", Verdict.NA, "no_time"),
                   Result("quit", Verdict.WORDING, "no_time"), Result("direct", Verdict.PASS)]  # fmt: skip
        played = export.document("ana", Grade(["x"], results, Dialect()), rubric.Score(1.0, 2.0), "en")
        ended = export.document("bruno", Grade(["x"], trouble="ended_at_once"), rubric.Score(0.0, 0.0), "en")
        for is_strict, failures in ((False, "1"), (True, "2")):
            suites = ElementTree.fromstring(export.junit([played, ended], is_strict))
            names = ("tests", "failures", "skipped", "errors")
            counts = [tuple(suite.get(name) for name in names) for suite in suites]
            self.assertEqual(counts, [("4", failures, "1", "0"), ("1", "0", "0", "1")])
        self.assertIn("the answer has the nicks of all", suites.findtext(".//failure") or "")

    def test_of_much_output_the_last_lines_are_shown(self) -> None:
        output = b"".join(b"line %d\n" % number for number in range(40))
        said = list(report.trouble_lines(Grade(["x"], trouble="ended_at_once", output=output), "en"))
        self.assertEqual((said[2], said[-1]), ("    line 25", "    line 39"))

    def test_nothing_on_a_page_is_markup_or_controls_a_terminal(self) -> None:
        for name in self.NASTY:
            self.document(name)
            self.assertNotIn("\x1b", self.page)
            self.assertNotIn("<b>", self.page)
            self.assertEqual(self.page.count("\n# "), 0)

    def test_a_file_is_named_after_one_folder_and_stays_in_its_place(self) -> None:
        names = [Student(name, Path(name)).file_name for name in (*self.NASTY, "..", "plain", "%3d", "=")]
        self.assertEqual(len(set(names)), len(names))
        for name in names:
            self.assertRegex(name, r"^[\w~][\w ._~-]{0,110}$")
        for name in ("fábio", "Ana Maria", "x.y"):
            self.assertEqual(Student(name, Path(name)).file_name, name)
        self.assertNotEqual(Student("fa\u0301bio", Path()).file_name, "fábio")  # that is another folder


class Folders(unittest.TestCase):
    """The folders of a class."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def student(self, name: str, **files: str) -> Student:
        path = self.folder / name
        path.mkdir()
        for file, text in files.items():
            (path / file.replace("_", ".")).write_text(text, "utf-8")
        return Student(name, path)

    def test_links_and_files_are_no_students(self) -> None:
        self.student("ana")
        (self.folder / "link").symlink_to(self.folder / "ana")
        (self.folder / "file").write_text("")
        self.assertEqual([student.name for student in students(str(self.folder))], ["ana"])

    def test_the_file_command_is_read_without_a_shell(self) -> None:
        student = self.student("ana", server_py="", command="\nnode 'my server.js' $HOME; rm -r x\nsecond\n")
        self.assertEqual(command_of(student), ["node", "my server.js", "$HOME;", "rm", "-r", "x"])

    def test_without_it_server_py_is_run_and_without_that_nothing(self) -> None:
        self.assertEqual(command_of(self.student("ana", server_py="")), [sys.executable, "server.py"])
        self.assertIsNone(command_of(self.student("bruno")))

    def test_a_link_is_no_work_and_a_mark_of_windows_no_letter(self) -> None:
        student = self.student("ana", x="python3 x.py")
        for name in ("command", "server.py"):
            (student.path / name).symlink_to(student.path / "x")
        self.assertIsNone(command_of(student))
        self.assertEqual(command_of(self.student("bruno", command="\ufeffpython3 x.py")), ["python3", "x.py"])

    def test_what_changes_in_the_work_changes_its_digest(self) -> None:
        student = self.student("ana", server_py="1")
        server, cache = student.path / "server.py", student.path / "__pycache__"
        os.utime(server, (1, 1))
        seen = [digest(student, "x")]
        cache.mkdir()
        (cache / "server.pyc").write_text("")
        self.assertEqual(digest(student, "x"), seen[0])
        os.utime(server, (2, 2))
        seen.append(digest(student, "x"))
        server.write_text("12")
        os.utime(server, (2, 2))
        seen += [digest(student, "x"), digest(student, "y")]
        self.assertEqual(len(set(seen)), 4)

    def test_of_many_files_a_few_are_named(self) -> None:
        student = self.student("ana", **{f"f{number:02}": "" for number in range(40)})
        self.assertEqual(files(student), [f"f{number:02}" for number in range(12)])

    def test_an_empty_or_unreadable_command_is_an_error(self) -> None:
        for name, text in (("ana", "\n"), ("bruno", "python3 'open")):
            self.assertRaises(ValueError, command_of, self.student(name, command=text))


if __name__ == "__main__":
    unittest.main()
