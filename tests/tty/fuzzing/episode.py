"""One seed: a person acts, reads cut the bytes anywhere, the model judges."""

from __future__ import annotations

import random
from collections import Counter
from typing import Callable, Dict, FrozenSet, List, Optional, Tuple, Union

from tests.tty.fuzzing import person
from tests.tty.fuzzing.cuts import check_cuts
from tests.tty.fuzzing.model import Model
from tests.tty.fuzzing.seat import DOUBTFUL, FakeTerminal, Seat

MOST_ACTS = 40
SEEDS_A_CUT = 4  # one seed in this many also compares whole reads with small ones
HARMLESS_SECONDS = 0.1  # between the bytes of one key: less than any wait for the rest of a key
AMBIGUOUS = (b"\x1b", b"\x1b[", b"\x1bO", b"\x1bP", b"\x1b]", b"\x1b_")  # the beginning of a sequence, or a key
CTRL_C = 3
NOTICED_SECONDS = 4.0  # after it, nobody takes a key for a part of what came before
PAUSES = (0.001, 0.05, 0.2, 0.3, 0.9, 1.1, 2.0, 4.9, 5.1, 20.0, 60.0)


class Episode:
    """A person, a console, and the bytes between them."""

    def __init__(self, seed: int, left_out: FrozenSet[int] = frozenset()) -> None:
        """``left_out`` are acts that are not done; the others stay as they are."""
        self._seed = seed
        self._left_out = left_out
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.log: List[Union[bytes, float, str]] = []  # each read, each pause, and what else happens
        self.acts = self.chance.randint(3, MOST_ACTS)
        self._read_bytes = self.chance.choice((0, 1, 2, 5, 1000))  # 0: a read for each act
        self._joins = self.chance.choice((0.0, 0.3, 0.9))  # how often a read takes in the next act too
        self._breath = self.chance.choice((0.0, HARMLESS_SECONDS))
        self._stalls = self.chance.choice((0.0, 0.0, 0.0, 0.1, 0.5))  # how often a key stops in its middle
        self.reports_all = self.chance.random() < 0.15  # the terminal sends characters as sequences too
        self._waiting = b""  # for the next read
        self._weights = [weight * self.chance.choice((0, 1, 1, 4)) for weight in ACTS.values()]
        self._weights[0] += 1
        self.seat = Seat()
        self.model = Model(person.TYPED)

    def run(self) -> None:
        """Act until the end of the seed; raise Violation."""
        acts = list(ACTS.items())
        for number in range(self.acts):
            self.chance.seed(self._seed * 1000 + number)
            act = self.chance.choices(acts, self._weights)[0][0]
            if number not in self._left_out:
                self._act(act)
        self._flush()
        if self._seed % SEEDS_A_CUT == 0:
            self.chance.seed(self._seed)
            check_cuts(self.chance)

    def _act(self, act: Callable[[Episode], None]) -> None:
        if self.model.is_yes_or_no and self.chance.random() < 0.7:
            act = _answer
        self.counts[act.__name__] += 1
        act(self)
        if self.chance.random() >= self._joins:
            self._flush()

    # -- bytes on their way ----------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send bytes of the person or of the terminal: a key, a report, some text."""
        if len(data) > 1 and self.chance.random() < self._stalls:
            self._stall(data)
        else:
            self._waiting += data

    def type(self, text: str) -> None:
        """Send text; silence changes nothing, not even inside a character."""
        data = text.encode()
        if data and self.chance.random() < self._stalls:
            self._stop_inside(data, self.chance.randrange(len(data)), self.chance.choice(PAUSES))
        else:
            self._waiting += data

    def _stall(self, data: bytes) -> None:
        """Send a key or a report with a silence in its middle.

        After ESC, or ESC and one more, it looks like a key of its own.  Then only
        a mouse event is still known, and other things may be seen on the row.
        """
        cut, pause = self.chance.randrange(1, len(data)), self.chance.choice(PAUSES)
        if pause > HARMLESS_SECONDS and data[:cut].endswith(AMBIGUOUS):
            if self.model.is_yes_or_no or not data.startswith(person.RAW):
                self.be_loose()  # ESC alone is a no
            if not data.startswith(person.RAW):
                self.model.allow(data, person.enters_at_most(data))
        self._stop_inside(data, cut, pause)

    def _stop_inside(self, data: bytes, cut: int, pause: float) -> None:
        self._flush()
        self._waiting += data[:cut]
        self._deliver()
        self._sleep(pause)
        self._waiting += data[cut:]

    def send_paste(self, text: bytes) -> None:
        """Send a paste; silence in its middle, even in the marks, changes nothing."""
        if self.chance.random() < self._stalls:
            if self.model.is_yes_or_no:
                self.be_loose()  # after a silence, its first byte is ESC, which is a no
            self._stop_inside(person.PASTE_BEGIN, self.chance.randrange(1, 6), self.chance.choice(PAUSES))
        else:
            self._waiting += person.PASTE_BEGIN
        data = text + person.PASTE_END
        cuts = sorted(self.chance.randrange(len(data)) for _ in range(self.chance.choice((0, 0, 1, 3))))
        cuts = [cut for cut in cuts if data[cut] != CTRL_C]  # alone after a silence it ends the paste
        for start, end in zip([0, *cuts], [*cuts, len(data)]):
            if start:
                self._deliver()
                self._sleep(self.chance.choice(PAUSES))
            self._waiting += data[start:end]

    def _flush(self) -> None:
        """Let the console read all that was sent, then judge; what was sent must be complete."""
        self._deliver()
        self.model.judge(self.seat.take())

    def _deliver(self) -> None:
        data, self._waiting = self._waiting, b""
        size = self._read_bytes or len(data) or 1
        breath = self._breath / max(len(data), 1)
        for start in range(0, len(data), size):
            self._read(data[start : start + size])
            if breath and start + size < len(data):
                self._sleep(breath)

    def _read(self, data: bytes) -> None:
        self.log.append(data)
        self.seat.read(data)

    def _sleep(self, seconds: float) -> None:
        self.log.append(seconds)
        self.seat.reactor.sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Let the console read what was sent, which is complete, then nothing for a while."""
        self._flush()
        self._sleep(seconds)
        self.model.judge(self.seat.take())

    def be_loose(self) -> None:
        """Let the model be loose from now on."""
        self._flush()
        if not self.model.is_loose:
            self.model.be_loose()

    def note(self, what: str) -> None:
        """Write into the log what happens besides bytes."""
        self._flush()
        self.log.append(what)


# -- what the person does -------------------------------------------------------


def _type(episode: Episode) -> None:
    characters = person.word(episode.chance)
    if episode.reports_all:
        for character in characters:
            episode.send(person.as_keys(episode.chance, [character]))
    else:
        episode.type("".join(characters))
    episode.model.type(characters)


def _move(episode: Episode) -> None:
    model = episode.model
    name = episode.chance.choice(list(person.MOVES))
    episode.send(episode.chance.choice(person.MOVES[name]))
    here = len(model.before)
    model.move({"left": here - 1, "right": here + 1, "home": 0, "end": here + len(model.after)}[name])


def _erase(episode: Episode) -> None:
    model = episode.model
    name = episode.chance.choice(list(person.ERASERS))
    episode.send(episode.chance.choice(person.ERASERS[name]))
    if name == "backspace":
        del model.before[-1:]
    elif name == "delete":
        del model.after[:1]
    elif name == "kill-right":
        model.after = []
    else:
        model.before = []


def _enter(episode: Episode) -> None:
    episode.send(episode.chance.choice(person.ENTERS))
    episode.model.enter()


def _do_something_vague(episode: Episode) -> None:
    model = episode.model
    if model.question is not None or episode.counts[_say_what_is_doubtful.__name__]:
        episode.be_loose()  # nobody knows whether it is a yes, or a line that is doubtful
    episode.send(episode.chance.choice(person.VAGUE))
    model.is_known = False


def _search(episode: Episode) -> None:
    """Look for what was said; ENTER sends what is found, ESC leaves the row as it was."""
    model = episode.model
    if model.question is not None or not model.knows_history:
        episode.be_loose()
    query = "".join(person.word(episode.chance)[:2])
    episode.send(episode.chance.choice((b"\x12", b"\x1b[114;5u")))
    episode.type(query)
    if episode.chance.random() < 0.6:
        episode.send(episode.chance.choice(person.ENTERS))
        if model.search(query):
            return
    episode.send(b"\x1b")
    episode.pause(NOTICED_SECONDS)


def _idle(episode: Episode) -> None:
    episode.send(episode.chance.choice(person.IDLE))


def _report(episode: Episode) -> None:
    episode.send(episode.chance.choice(person.REPORTS))


def _use_mouse(episode: Episode) -> None:
    episode.send(person.mouse(episode.chance))


def _wait(episode: Episode) -> None:
    episode.pause(episode.chance.choice(PAUSES))


def _press_escape(episode: Episode) -> None:
    episode.send(b"\x1b")
    episode.pause(NOTICED_SECONDS)
    episode.model.refuse()


def _paste_line(episode: Episode) -> None:
    characters = person.word(episode.chance)
    episode.send_paste(person.disguised(episode.chance, characters) + episode.chance.choice((b"", b"\r", b"\n")))
    episode.model.paste_line(characters)


def _paste_lines(episode: Episode) -> None:
    if episode.chance.random() < 0.5:
        data, text = person.lines_paste(episode.chance)
        episode.send_paste(data)
        episode.model.paste_lines(text, is_exact=True)
    else:
        mark = f"MARK{episode.chance.randrange(1000)}"
        episode.send_paste(person.junk_paste(episode.chance, mark))
        episode.model.paste_lines(mark + "\n" + mark, is_exact=False)


def _answer(episode: Episode) -> None:
    """Answer a question in one of all ways."""
    model, chance = episode.model, episode.chance
    if not model.is_yes_or_no:
        return
    if chance.random() < 0.2:
        _press_escape(episode)
        return
    if chance.random() < 0.2:
        _interrupt(episode)
        return
    if model.row:
        episode.send(b"\x05\x15")
        model.clear()
    answer = chance.choice(chance.choice((person.YESES, person.NOES, person.UNCLEAR)))
    model.allow(answer.encode())  # it can be yanked, and perhaps nothing is asked any more
    episode.type(answer)
    model.type(list(answer))
    _enter(episode)
    model.yeses += answer not in person.NOES  # while the model is loose, nobody knows what is left of it


def _be_asked(episode: Episode) -> None:
    """Be asked for a nick, while nothing is typed, or in the middle of a line or of another answer."""
    model = episode.model
    is_other = model.question is not None and model.question.name != "pasted"
    if is_other or not model.draft[-1] or episode.counts[_say_what_is_doubtful.__name__]:
        return
    episode.note("the client asks")
    if model.question is not None:
        episode.seat.ask()
        _answer(episode)
        if model.question is not None:
            _press_escape(episode)
        is_line = bool(model.row) or not model.is_known
    else:
        is_line = _go_on_typing_while_asked(episode)
    if is_line:
        _enter(episode)
    episode.pause(NOTICED_SECONDS)
    if model.question is None:
        model.ask()


def _go_on_typing_while_asked(episode: Episode) -> bool:
    """Let the client ask; return True if there is a line to send first."""
    model, chance = episode.model, episode.chance
    text = person.word(chance) if model.row or not model.is_known or chance.random() < 0.5 else []
    for number, character in enumerate(text):
        episode.type(character)
        model.type([character])
        episode.pause(chance.choice((0.1, 0.1, 5.0)))
        if number == 0:
            episode.seat.ask()
    if not text:
        episode.seat.ask()
    return bool(text)


def _say_what_is_doubtful(episode: Episode) -> None:
    model = episode.model
    if model.question is not None or model.row or not model.is_known:
        return
    characters = [DOUBTFUL, *person.word(episode.chance)]
    episode.type("".join(characters))
    model.type(characters)
    _enter(episode)


def _press_alt(episode: Episode) -> None:
    alt = episode.chance.choice(person.ALTS)
    episode.send(alt)
    if alt[-1] not in b"[O" and episode.chance.random() < 0.5:
        episode.type(person.NO_REPORT)
        episode.model.type([person.NO_REPORT])
    else:
        episode.pause(NOTICED_SECONDS)


def _lose_the_end_of_a_paste(episode: Episode) -> None:
    """Paste, and let the end never come: nothing goes out until the keyboard is back."""
    chance, model = episode.chance, episode.model
    episode.be_loose()
    mark = f"MARK{chance.randrange(1000)}"
    episode._waiting += person.PASTE_BEGIN + person.junk_paste(chance, mark)
    model.bodies.append(mark)
    for _ in range(chance.randint(0, 5)):
        episode._waiting += chance.choice((*person.ENTERS, b"SIM", b"/QUIT"))
        episode.pause(chance.choice((0.05, 0.3, 1.0)))
    if chance.random() < 0.5:
        episode._waiting += person.PASTE_END  # after all
    else:
        episode.pause(60.0)
        episode._waiting += b"\x03"
        episode.pause(60.0)


def _make_soup(episode: Episode) -> None:
    episode.be_loose()
    data = person.soup(episode.chance)
    episode.model.allow(data + person.NUMBER_PAD, person.enters_at_most(data), person.yeses_at_most(data))
    episode.model.bodies.append("")
    if b"200~" in data:
        episode.model.allow_all()
    episode.send(data)


def _interrupt(episode: Episode) -> None:
    episode.send(episode.chance.choice((b"\x03", b"\x1b[99;5u", b"\x1b[27;5;99~")))
    episode.model.interrupt()


def _end_or_delete(episode: Episode) -> None:
    model = episode.model
    episode.send(episode.chance.choice((b"\x04", b"\x1b[100;5u")))
    if model.row:
        del model.after[:1]
    else:
        model.refuse()


def _resize(episode: Episode) -> None:
    episode.note("resize")
    terminal: FakeTerminal = episode.seat.terminal
    terminal.columns = episode.chance.choice((9, 19, 79, 200))
    episode.seat.console.resized()


def _hear(episode: Episode) -> None:
    episode.note("a line")
    episode.seat.console.say(b"FROM ana [all]: oi")
    episode.seat.console.tell("oi\x1b[2J")
    episode.seat.reactor.end_turn()


ACTS: Dict[Callable[[Episode], None], float] = {
    _type: 8, _move: 3, _erase: 2, _enter: 3, _do_something_vague: 0.5, _idle: 2, _report: 2, _use_mouse: 2, _wait: 2,
    _press_escape: 0.5, _paste_line: 1, _paste_lines: 1.5, _be_asked: 0.3, _interrupt: 0.5, _resize: 0.3, _hear: 0.3,
    _say_what_is_doubtful: 0.5, _press_alt: 0.5, _lose_the_end_of_a_paste: 0.1, _make_soup: 0.2,
}  # fmt: skip


def run_seed(seed: int, left_out: FrozenSet[int] = frozenset()) -> Tuple[Episode, Optional[BaseException]]:
    """Run one seed; return its episode, and the error, if there was one."""
    episode = Episode(seed, left_out)
    try:
        episode.run()
    except Exception as error:
        return episode, error
    return episode, None


def shrink(seed: int) -> FrozenSet[int]:
    """Return the acts of a failing seed that can be left out one after the other; it fails without them."""
    left_out: FrozenSet[int] = frozenset()
    for number in range(MOST_ACTS):
        if run_seed(seed, left_out | {number})[1] is not None:
            left_out |= {number}
    return left_out
