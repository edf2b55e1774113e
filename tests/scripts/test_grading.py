"""The parts of scripts/grade.py: scripts that wait, texts, points, what is shown, and folders of a class."""

from __future__ import annotations

import ast
import csv
import doctest
import io
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
from typing import Any, Dict, List, Tuple
from xml.etree import ElementTree

from tests.support import PATIENCE_SECONDS, ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from grading import dialect, evidence, export, hand, noise, reasons, report, rubric, texts
from grading.case import Case, Result
from grading.catalogue import BY_NAME, CASES, FAMILIES, Group, groups
from grading.dialect import HEADER_BYTES, Dialect, Form
from grading.folder import Student, command_of, students
from grading.grader import Grade, Grader
from grading.launcher import Launcher
from grading.outcome import Verdict
from grading.peer import Act, Event
from grading.rubric import WrongRubric
from grading.script import Play, Steps, pause, until
from grading.stage import Stage, has_word
from grading.strict import to_the_letter
from labs.lessons import LABS

from minichat.net.reactor import Reactor
from tests.scripts.graded.table import CASES as CASES_OF_TABLE

SHELLS = [shell for shell in ("sh", "bash") if shutil.which(shell)]


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
        raised: Dict[str, set[str]] = {}
        for file in sorted((ROOT / "scripts/grading").rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                    "Failed", "OtherWording", "NotApplicable",
                ) and isinstance(node.args[0], ast.Constant):  # fmt: skip
                    raised.setdefault(str(node.args[0].value), set()).update(str(word.arg) for word in node.keywords)
        self.assertGreater(len(raised), 20)
        for key, fields in raised.items():
            for text in reasons.REASONS[key]:
                named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
                self.assertLessEqual(named, fields | {"line"}, key)

    def test_both_languages_name_the_same_fields(self) -> None:
        for key, pair in reasons.REASONS.items():
            named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in pair]
            self.assertEqual(named[0], named[1], key)

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
        spoken = Dialect(has_header=True)
        data = spoken.encode(b"oi") + spoken.encode("olá".encode())
        self.assertEqual(len(data), 2 * HEADER_BYTES + 6)
        self.assertEqual(spoken.decode(data), "oi\nolá\n".encode())
        self.assertEqual(spoken.decode(data[:-1]), b"oi\nol" + b"\xc3\n")

    def test_what_comes_without_a_header_is_shown_as_it_came(self) -> None:
        spoken = Dialect(has_header=True)
        for data in (b"ana: oi", b"ana: " + b"x" * 100, b"12 pessoas"):
            self.assertEqual(spoken.decode(data), data)
            self.assertEqual(spoken.decode(spoken.encode(b"oi") + data), b"oi\n" + data)

    def test_a_nick_is_a_word_of_its_own_in_any_case(self) -> None:
        for said, is_there in ((b"ANA: oi", True), (b"<ana>", True), (b"ana_1", False), (b"anabela", False)):
            self.assertEqual(has_word(said, "ana"), is_there, said)

    def test_lines_are_cut_at_newlines_and_the_rest_is_kept(self) -> None:
        self.assertEqual(dialect.lines_of(b"a\r\nb\nc"), [b"a", b"b", b"c"])

    def test_to_the_letter_another_form_is_other_wording(self) -> None:
        results = [Result("who", Verdict.PASS), Result("quit", Verdict.PASS), Result("direct", Verdict.FAIL)]
        strict = to_the_letter(results, Dialect(who=Form("LIST")))
        self.assertEqual([result.verdict.value for result in strict], ["wording", "pass", "fail"])

    def test_it_is_told_what_a_server_takes_for_a_message(self) -> None:
        for spoken, told in (
            (Dialect(), "a line"), (Dialect(splits=False), "one recv, without the LF"),
            (Dialect(splits=False, loses_rest=True), "a line; the rest of the recv is lost"),
            (Dialect(end=b"", splits=False), "one recv, with all that is in it: send no LF"),
            (Dialect(has_header=True), "what comes after its length"), (Dialect(splits=False, crosses=False), "a line"),
        ):  # fmt: skip
            self.assertIn(f"a message is: {told}", list(report.dialect_lines(spoken, "en")))


class ScriptedGrader(Grader):
    """One whose groups are not played: what fails in them is written down before."""

    def __init__(self, dialect: Dialect, *failing: List[str]) -> None:
        self._dialect, self._failing, self._results = dialect, list(failing), {}
        self.played: List[List[str]] = []
        self.key, self.is_sure = "", False

    def _group(self, group: Group) -> Steps[Tuple[List[Case], bool]]:
        yield from ()
        self.played.append([case.name for case in group.cases])
        failed = [BY_NAME[name] for name in self._failing.pop(0)]
        for case in group.cases:
            verdict = Verdict.FAIL if case in failed else Verdict.PASS
            self._results[case.name] = Result(case.name, verdict, self.key, is_sure=self.is_sure)
        return failed, True

    def looks(self, *names: str) -> List[List[str]]:
        """Return the groups that are played, from the first on."""
        list(self._lane(deque([(Group([BY_NAME[name] for name in names]), True)])))
        return self.played


class Looks(unittest.TestCase):
    """What fails is played again."""

    def test_what_fails_in_company_is_played_alone(self) -> None:
        company = ["quit", "leave_told"]
        grader = ScriptedGrader(Dialect(), company, [], ["leave_told"])
        self.assertEqual(grader.looks("who", *company), [["who", *company], ["quit"], ["leave_told"]])
        self.assertEqual(grader._results["quit"].verdict, Verdict.PASS)

    def test_a_server_that_died_alone_is_not_started_again(self) -> None:
        grader = ScriptedGrader(Dialect(), ["reset"], ["reset"])
        grader.key = "server_died"
        self.assertEqual(grader.looks("reset"), [["reset"]])
        grader = ScriptedGrader(Dialect(), ["reset"], [])
        grader.key = "server_died"
        self.assertEqual(grader.looks("reset", "who"), [["reset", "who"], ["reset"]])

    def test_what_failed_alone_while_the_server_slept_is_not_played_again(self) -> None:
        for is_sure, names in ((True, ["reset"]), (False, ["reset"]), (True, ["who", "reset"])):
            with self.subTest(is_sure=is_sure, names=names):
                grader = ScriptedGrader(Dialect(), ["reset"], [])
                grader.is_sure = is_sure
                again = [] if is_sure and len(names) == 1 else [["reset"]]
                self.assertEqual(grader.looks(*names), [names, *again])

    def test_what_the_probe_has_seen_is_played_twice(self) -> None:
        company = ["byte_by_byte", "long_line"]
        grader = ScriptedGrader(Dialect(splits=False), company, company)
        self.assertEqual(grader.looks(*company), [company, company])


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


class FakePeer:
    """Somebody who has done something."""

    def __init__(self, name: str, *events: Event) -> None:
        self.name, self.events, self.is_deaf, self.port = name, list(events), False, 40000
        self.unnoted: Dict[Act, int] = {}
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
            self.assertIn(steps, hand.lines(peers, 50001)[0])  # type: ignore[arg-type]

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
        lines = hand.lines([ana, bruno], 50001)  # type: ignore[list-item]
        self.assertEqual(lines, [
            "(printf 'ana\\n'; sleep 0.6; printf 'oi\\n'; sleep 2.3) | nc -w 4 127.0.0.1 50001 &",
            "(sleep 0.3; printf 'bruno\\n'; sleep 0.6) | nc -N 127.0.0.1 50001",
        ])  # fmt: skip

    def test_those_whom_the_end_of_the_server_meets_stay_until_then(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"), Event(2.0, Act.CLOSED))
        (line,) = hand.staying([ana], 50001)  # type: ignore[list-item]
        self.assertEqual(line, "(sleep 0.0; printf 'ana\\n'; sleep 60) | nc 127.0.0.1 50001 &")

    def test_the_port_that_is_said_is_the_port_that_is_called(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"/ENTRAR 127.0.0.1 40000 ana\n"))
        result = Result("reset", Verdict.FAIL, peers=(ana,))  # type: ignore[arg-type]
        (line,) = evidence.by_hand(result, Grade(["x"], [result], Dialect(), port=50001), "en")
        self.assertEqual((line.count("50001"), line.count("40000")), (2, 0), line)

    def test_a_flood_is_framed_as_the_server_has_it(self) -> None:
        for spoken, end in ((Dialect(), b"\n"), (Dialect(end=b""), b""), (Dialect(has_header=True), b"")):
            many = hand.flood(spoken, 50001)[1].split("; sleep 1; ")[1].partition("; sleep 60")[0]
            many = many.replace("seq 1600", "seq 2")
            done = subprocess.run(["sh", "-c", many], stdout=subprocess.PIPE, check=True)
            self.assertEqual(done.stdout, 2 * spoken.encode(b"x" * 900), spoken)
            self.assertTrue(done.stdout.endswith(end))

    def test_what_happens_with_a_reset_is_done_by_one_program(self) -> None:
        said = "d'\u00e1gua \\ \"\n".encode()
        with socket.create_server((hand.HOST, 0)) as listener, ThreadPoolExecutor() as pool:
            ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"), Event(2.0, Act.SENT, said))
            caio = FakePeer("caio", Event(1.0, Act.SENT, b"caio\n"), Event(2.001, Act.RESET))
            bruno = FakePeer("bruno", Event(0.5, Act.SENT, b"bruno\n"))
            program, line = hand.lines([bruno, ana, caio], listener.getsockname()[1])  # type: ignore[list-item]
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
        program, line = hand.lines([bruno, *racers], 50001)  # type: ignore[list-item]
        self.assertEqual((program.count("sendall"), program[:7], line.count("bruno")), (12, "python3", 1))

    def test_where_somebody_says_nothing_all_connect_at_their_moment(self) -> None:
        silent = FakePeer("(1)", Event(0.0, Act.CONNECTED))
        ana = FakePeer("ana", Event(1.0, Act.CONNECTED), Event(2.0, Act.SENT, b"ana\n"))
        passing = FakePeer("(2)", Event(3.0, Act.CONNECTED), Event(4.0, Act.CLOSED))
        lines = hand.lines([silent, ana, passing], 50001)  # type: ignore[list-item]
        self.assertEqual(lines, [
            "(sleep 3.2) | nc -w 5 127.0.0.1 50001 &",
            "(sleep 0.3; (sleep 0.3; printf 'ana\\n'; sleep 2.6) | nc -w 4 127.0.0.1 50001) &",
            "(sleep 0.9; (sleep 0.3) | timeout 0.3 nc 127.0.0.1 50001)",
        ])  # fmt: skip
        (line,) = hand.lines([ana], 50001)  # type: ignore[list-item]
        self.assertEqual(line, "(printf 'ana\\n'; sleep 2.0) | nc -w 3 127.0.0.1 50001")

    def test_who_is_silent_for_long_is_not_cut(self) -> None:
        ana = FakePeer("ana", Event(0.0, Act.SENT, b"ana\n"))
        bruno = FakePeer("bruno", *(Event(float(at), Act.SENT, b"oi\n") for at in range(1, 21)))
        line, _ = hand.lines([ana, bruno], 50001)  # type: ignore[list-item]
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

    def test_of_lengths_and_what_follows_them_both_go_or_both_stay(self) -> None:
        spoken = Dialect(has_header=True)
        texts = (b"anaff entrou", b"ERR user_not_found", b"anaff saiu", b"anadd oi")
        messages = [spoken.encode(text) for text in texts]
        data = b"".join(messages)
        reads = [data[:64], data[64:80], data[80:]]  # cut after a length, and inside one
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
        for language, told in (("pt", "Pontos: 127,5 de 129 (99 %)"), ("en", "Points: 127.5 of 129 (99 %)")):
            self.assertEqual(next(report.summary(Grade([]), rubric.Score(127.5, 129.0), language)), told)


class Starting(unittest.TestCase):
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

    NASTY = ("=cmd|' /C calc'!A0", "a\nb", "<b>&]]>", "-rf", "../up", "a" * 200, "\x1b[2J", "é")

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

    def test_an_empty_or_unreadable_command_is_an_error(self) -> None:
        for name, text in (("ana", "\n"), ("bruno", "python3 'open")):
            self.assertRaises(ValueError, command_of, self.student(name, command=text))


if __name__ == "__main__":
    unittest.main()
