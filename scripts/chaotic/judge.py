"""The judge of a chaos run: it compares what each person read with the history.

A member must have read one unbroken part of the history: from after its own JOIN
up to its own LEAVE.  This module knows what each person sent and read; it does
not know sockets, processes and time.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Dict, Iterable, List, NamedTuple, Sequence, Set, Tuple

from chaotic.history import History, Life
from chaotic.texts import SHOWN_BYTES, WITNESS, Line, Violation, persona_of, require, shown, understand
from minichat.chat import protocol
from minichat.chat.parser import Bye, Err, From, Join, Leave, Ok, Who

NOBODY = b"ERR user_not_found"
TOO_SLOW = Err(protocol.TOO_SLOW)

_REASONS = {
    "quit": {"quit", "too_slow"},
    "half": {"gone", "too_slow"},
    "close": {"gone", "too_slow"},
    "reset": {"gone", "too_slow"},
}  # by the way of going


class Sent(NamedTuple):
    """One whole line that a person sent, and what the answer must be."""

    kind: str  # "answer" (exactly these bytes), "who", "letter", "nobody" or "nothing"
    answer: bytes = b""
    number: int = 0
    to: int = -1


@dataclasses.dataclass
class Record:
    """What one connection sent and read."""

    number: int
    nick: str  # as the server shows it
    since: int  # how long the history was when it connected
    reads: bool = False  # it reads at once whatever comes
    refusal: str = ""  # the code with which its first line must be refused
    sent: List[Sent] = dataclasses.field(default_factory=list)
    got: bytearray = dataclasses.field(default_factory=bytearray)
    way: str = ""  # how it left: "quit", "half", "close", "reset"; "" when the server ended it first
    has_end: bool = False  # it read a clean end of file
    complaint: str = ""  # of a program: what it wrote to its standard error, and its exit status
    due: int = 0  # once the witness has read its text of this number, all is known

    @property
    def persona(self) -> int:
        """The persona whose nick it used."""
        return persona_of(self.nick)


class View(NamedTuple):
    """What one member read after the OK, sorted."""

    public: List[bytes]
    order: List[Line]
    answers: List[Line]  # to what the member sent; a long WHO counts once
    rest: bytes  # after the last newline


def view_of(record: Record, lines: Iterable[Line], rest: bytes) -> View:
    """Sort what a member read."""
    order = list(lines)
    answers: List[Line] = []
    listed = 0
    for line in order:
        if isinstance(line.message, Who):
            listed += len(line.message.nicks)
            if listed < line.message.total:
                continue
            listed = 0
        if line.sender == record.number or isinstance(line.message, (Err, Bye, Who)):
            answers.append(line)
    return View([line.raw for line in order if line.is_public], order, answers, rest)


Letter = Tuple[int, int]  # a direct message, by its sender and its number


class Judge:
    """Judges each connection, once the witness has read all that concerns it."""

    def __init__(self, history: History, is_paced: bool = False) -> None:
        """``is_paced`` says that the server has a rate: then no one who reads can be too slow."""
        self.history = history
        self.is_paced = is_paced
        self.deliveries = 0  # lines judged
        self.outcomes: Counter[str] = Counter()
        self.violations: List[str] = []
        self._waiting: List[Record] = []
        self._mail: Set[Letter] = set()  # direct messages that were read
        self._senders: List[Tuple[Life, Dict[Letter, int], int]] = []  # of healthy people; see _judge_letters
        self._read_whole: Set[int] = set()  # the JOINs of members who read everything

    @property
    def waiting(self) -> int:
        """How many connections have ended and are not judged yet."""
        return len(self._waiting)

    def ended(self, record: Record) -> None:
        """Note that a connection is over, and judge it later."""
        self._waiting.append(record)

    def judge_due(self) -> None:
        """Judge the connections about which all is known by now."""
        known = self.history.last.get(WITNESS, 0)
        waiting, self._waiting = self._waiting, []
        for record in waiting:
            if known < record.due or not self._guarded(record):
                self._waiting.append(record)

    def finish(self) -> None:
        """Judge what can only be known once all have gone."""
        for record in self._waiting:
            self.violations.append(f"no LEAVE of number {record.number}, {record.nick}, who went by {record.way!r}")
        for life, letters, refused in self._senders:
            try:
                self._judge_letters(life, letters, refused)
            except Violation as violation:
                self.violations.append(str(violation))

    def _guarded(self, record: Record) -> bool:
        try:
            return self._judge(record)
        except Violation as violation:
            who = f"number {record.number}, {record.nick}, went by {record.way!r}"
            self.violations.append(f"{violation}\n    read by {who}")
            return True

    def _judge(self, record: Record) -> bool:
        """Judge a connection; return False if its LEAVE has not come yet.  Raises Violation."""
        *raws, rest = bytes(record.got).split(b"\n")
        lines = [understand(raw) for raw in raws]
        if not lines or not isinstance(lines[0].message, Ok):
            self._judge_stranger(record, lines, rest)
        else:
            require(lines[0].message.nick == record.nick, "OK to another nick", lines[0].raw)
            view = view_of(record, lines[1:], rest)
            life = self._life_of(record, view)
            if life.leave is None:
                return False
            self._judge_member(record, view, life)
        self.deliveries += len(lines)
        return True

    def _judge_stranger(self, record: Record, lines: List[Line], rest: bytes) -> None:
        """Judge a person who never got in: one ERR and a clean end, or nothing at all."""
        codes = [line.message.code for line in lines if isinstance(line.message, Err)]
        require(len(codes) == len(lines) <= 1, "lines for a person who is not in", lines[:3])
        left_alone = record.way in ("close", "reset") or (record.way == "half" and not record.nick)
        if left_alone and not codes:
            self.outcomes["left before an answer"] += 1
            return
        require(codes, "no answer to the first line", record.has_end)
        require(record.has_end or record.way in ("close", "reset"), "a reset instead of a clean end", codes)
        require(not rest, "half a line", rest)
        self.outcomes[f"refused: {codes[0]}"] += 1
        if record.refusal:
            require(codes == [record.refusal], "refused for another reason", codes, record.refusal)
        else:
            require(codes == [protocol.NICK_IN_USE], "a good nick was refused", codes)
            taken = self.history.was_in(record.persona, record.since)
            require(taken, "a nick that was free is in use", self.history.around(record.since))

    def _life_of(self, record: Record, view: View) -> Life:
        """Return which life under that nick this was: one whose part of the history was read."""
        history, size = self.history, len(view.public)
        lives = [
            life
            for life in history.lives.get(record.persona, [])
            if life.nick == record.nick and life.join >= record.since
        ]
        for life in lives:
            if history.lines[life.join + 1 : life.join + 1 + size] == view.public:
                return life
        require(lives, "an OK without a JOIN")
        raise Violation(f"not one unbroken stretch of the history{self._difference(lives[0], view)}")

    def _difference(self, life: Life, view: View) -> str:
        """Return the first place where a member read another line than the witness."""
        for place, raw in enumerate(view.public, life.join + 1):
            if self.history.lines[place : place + 1] != [raw]:
                break
        return f": read {shown(raw[:SHOWN_BYTES])} at{self.history.around(place)}"

    def _judge_member(self, record: Record, view: View, life: Life) -> None:
        assert life.leave is not None
        stop = life.join + 1 + len(view.public)
        require(stop <= life.leave, "heard beyond the own LEAVE", self.history.around(life.leave))
        require(life.reason in _REASONS.get(record.way, {"too_slow"}), "gone for a strange reason", life.reason)
        is_cut = life.reason == "too_slow"
        is_whole = not is_cut and record.way in ("quit", "half")
        if is_whole:
            require(record.has_end, "a reset instead of a clean end")
            require(stop == life.leave, "missed what was said", self.history.around(stop))
            require(not view.rest, "half a line", view.rest)
            require(not record.complaint, "a program complained", record.complaint)
            self._read_whole.add(life.join)
        answers = view.answers
        if is_cut and answers and answers[-1].message == TOO_SLOW:
            require(view.order[-1].message == TOO_SLOW and not view.rest, "a line after ERR too_slow", view.rest)
            answers = answers[:-1]
        self._judge_who(view.order, life)
        self._judge_mail(record, view.order)
        refused = judge_answers(record.sent, answers, is_whole)
        if is_whole:
            refused -= sum(sent.kind == "nobody" for sent in record.sent)
            letters = {(record.number, sent.number): sent.to for sent in record.sent if sent.kind == "letter"}
            self._senders.append((life, letters, refused))
        if is_cut and record.reads and record.way not in ("close", "reset"):
            require(record.has_end, "a reset for a person who reads")
            require(not self.is_paced, "cut as too slow, but it read all the time")
        self.outcomes["read everything" if is_whole else f"read a part ({life.reason})"] += 1

    def _judge_who(self, order: Sequence[Line], life: Life) -> None:
        """Check that each WHO agrees with the JOINs and LEAVEs read before it."""
        inside = dict.fromkeys(life.roster)
        names: List[str] = []
        for line in order:
            message = line.message
            if isinstance(message, Join):
                inside[message.nick] = None
            elif isinstance(message, Leave):
                inside.pop(message.nick, None)
            elif isinstance(message, Who):
                names += message.nicks
                if len(names) >= message.total:
                    require(names == list(inside), "a WHO that is not so", names, list(inside))
                    names = []

    def _judge_mail(self, record: Record, order: Sequence[Line]) -> None:
        """Check that direct messages reach only their addressee, once, and that each sender's texts are in order."""
        last: Dict[int, int] = {}
        for line in order:
            if line.sender < 0:
                continue
            require(last.get(line.sender, 0) < line.number, "twice or out of order", line.raw)
            last[line.sender] = line.number
            if line.to >= 0:
                assert isinstance(line.message, From)
                require(line.to == record.persona, "a direct message for another person", line.raw)
                require(self.history.senders.get(line.sender) == line.message.nick, "a false sender", line.raw)
                require((line.sender, line.number) not in self._mail, "a message twice", line.raw)
                self._mail.add((line.sender, line.number))

    def _judge_letters(self, life: Life, letters: Dict[Letter, int], refused: int) -> None:
        """Check that each direct message was read or refused, unless its addressee did not read to the end."""
        missing = [name for name in letters if name not in self._mail]
        require(len(missing) >= refused, "a direct message was refused and delivered", life.nick, refused)
        lost = [name for name in missing if self._all_read(letters[name], life)]
        require(len(lost) <= refused, "a direct message was lost", life.nick, lost, "refused:", refused)

    def _all_read(self, persona: int, sender: Life) -> bool:
        """True if every member of that persona who could have got the message has read everything."""
        lives = self.history.lives.get(persona, [])
        return all(life.join in self._read_whole for life in lives if life.meets(sender))


def judge_answers(sent: Sequence[Sent], answers: Sequence[Line], is_whole: bool) -> int:
    """Check that every line got its answer, in order, and that there are no other answers; raise Violation.

    If not ``is_whole``, the person did not read to the end, and ``answers`` must be
    the beginning of all answers.  Returns the number of refusals.
    """
    # A direct message may be refused, so between two certain answers only the
    # number of refusals can be checked.
    place = refused = certain = possible = 0
    for line in (*sent, None):
        if line is not None and line.kind in ("letter", "nobody", "nothing"):
            certain += line.kind == "nobody"
            possible += line.kind != "nothing"
            continue
        count = _refusals(answers, place)
        place += count
        refused += count
        require(count <= possible, "a refusal too many", answers[place - 1 : place], sent[:5])
        is_over = place == len(answers)
        if is_over and not is_whole:
            return refused
        require(certain <= count, "a direct message to an unknown nick was not refused", count, certain)
        if line is None:
            require(is_over, "an answer to nothing", answers[place : place + 3])
            return refused
        require(not is_over, "a line without its answer", line)
        answer = answers[place]
        fits = isinstance(answer.message, Who) if line.kind == "who" else answer.raw == line.answer
        require(fits, "not the answer to that line", line, "but", answer.raw)
        place, certain, possible = place + 1, 0, 0
    return refused


def _refusals(answers: Sequence[Line], place: int) -> int:
    """Return how many refusals of direct messages follow one another from that place on."""
    count = 0
    while place + count < len(answers) and answers[place + count].raw == NOBODY:
        count += 1
    return count
