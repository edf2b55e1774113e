"""What the person, the terminal and the client do: each act sends its bytes and tells the model what they mean."""

from __future__ import annotations

from typing import Callable, Dict

from tests.tty.fuzzing import person
from tests.tty.fuzzing.keyboard import NOTICED_SECONDS, PAUSES, Keyboard
from tests.tty.fuzzing.seat import DOUBTFUL, FakeTerminal


def type_word(keyboard: Keyboard) -> None:
    """Type some characters."""
    characters = person.word(keyboard.chance)
    if keyboard.reports_all:
        for character in characters:
            keyboard.send(person.as_keys(keyboard.chance, [character]))
    else:
        keyboard.type("".join(characters))
    keyboard.model.type(characters)


def move(keyboard: Keyboard) -> None:
    """Move the cursor."""
    model = keyboard.model
    name = keyboard.chance.choice(("left", "left", "left", *person.MOVES))
    keyboard.send(keyboard.chance.choice(person.MOVES[name]))
    here = len(model.before)
    model.move({"left": here - 1, "right": here + 1, "home": 0, "end": here + len(model.after)}[name])


def erase(keyboard: Keyboard) -> None:
    """Delete a character or all before or after the cursor."""
    model = keyboard.model
    name = keyboard.chance.choice(list(person.ERASERS))
    keyboard.send(keyboard.chance.choice(person.ERASERS[name]))
    if name == "backspace":
        del model.before[-1:]
    elif name == "delete":
        del model.after[:1]
    elif name == "kill-right":
        model.after = []
    else:
        model.before = []


def enter(keyboard: Keyboard) -> None:
    """Press ENTER, in one of all ways."""
    keyboard.send(keyboard.chance.choice(person.ENTERS))
    model = keyboard.model
    model.enter()
    if model.question is not None and model.question.name == "confirmed" and not model.is_loose:
        keyboard.flush()  # a yes counts only after the person could read the question


def do_something_vague(keyboard: Keyboard) -> None:
    """Press a key that the model does not follow."""
    model = keyboard.model
    if model.question is not None or keyboard.counts[say_what_is_doubtful.__name__]:
        keyboard.be_loose()  # nobody knows whether it is a yes, or a line that is doubtful
    keyboard.send(keyboard.chance.choice(person.VAGUE))
    model.is_known = False


def search(keyboard: Keyboard) -> None:
    """Look for what was said; ENTER sends what is found, ESC leaves the row as it was."""
    model = keyboard.model
    if model.question is not None or not (model.knows_history and model.is_known):
        keyboard.be_loose()
    query = "".join(person.word(keyboard.chance)[:2])
    if model.question is None and not model.row and keyboard.chance.random() < 0.6:
        query = person.word(keyboard.chance)[0]
        for _ in range(2):
            characters = [*person.word(keyboard.chance), query]
            keyboard.type("".join(characters))
            model.type(characters)
            enter(keyboard)
    keyboard.send(keyboard.chance.choice((b"\x12", b"\x1b[114;5u")))
    keyboard.type(query)
    if keyboard.chance.random() < 0.6:
        keyboard.send(keyboard.chance.choice(person.ENTERS))
        if model.search(query):
            return
    keyboard.send(b"\x1b")
    keyboard.pause(NOTICED_SECONDS)


def idle(keyboard: Keyboard) -> None:
    """Press a key that does nothing."""
    keyboard.send(keyboard.chance.choice(person.IDLE))


def report(keyboard: Keyboard) -> None:
    """Let the terminal report something."""
    keyboard.send(keyboard.chance.choice(person.REPORTS))


def use_mouse(keyboard: Keyboard) -> None:
    """Let the terminal tell of the mouse."""
    keyboard.send(person.mouse(keyboard.chance))


def wait(keyboard: Keyboard) -> None:
    """Do nothing for a while."""
    keyboard.pause(keyboard.chance.choice(PAUSES))


def press_escape(keyboard: Keyboard) -> None:
    """Press ESC alone."""
    keyboard.send(b"\x1b")
    keyboard.pause(NOTICED_SECONDS)
    keyboard.model.refuse()


def paste_line(keyboard: Keyboard) -> None:
    """Paste one line, which is inserted."""
    characters = person.word(keyboard.chance)
    keyboard.send_paste(person.disguised(keyboard.chance, characters) + keyboard.chance.choice((b"", b"\r", b"\n")))
    keyboard.model.paste_line(characters)


def paste_lines(keyboard: Keyboard) -> None:
    """Paste several lines, plain ones or anything at all."""
    if keyboard.chance.random() < 0.5:
        data, text = person.lines_paste(keyboard.chance)
        keyboard.send_paste(data)
        keyboard.model.paste_lines(text, is_exact=True)
    else:
        mark = f"MARK{keyboard.chance.randrange(1000)}"
        keyboard.send_paste(person.junk_paste(keyboard.chance, mark))
        keyboard.model.paste_lines(mark + "\n" + mark, is_exact=False)


def answer(keyboard: Keyboard) -> None:
    """Answer a question in one of all ways."""
    model, chance = keyboard.model, keyboard.chance
    if not model.is_yes_or_no:
        return
    if chance.random() < 0.2:
        press_escape(keyboard)
        return
    if chance.random() < 0.2:
        interrupt(keyboard)
        return
    if model.row:
        keyboard.send(b"\x05\x15")
        model.clear()
    answer = chance.choice(chance.choice((person.YESES, person.NOES, person.UNCLEAR)))
    model.allow(answer.encode())  # it can be yanked, and perhaps nothing is asked any more
    keyboard.type(answer)
    model.type(list(answer))
    enter(keyboard)
    model.yeses += answer not in person.NOES  # while the model is loose, nobody knows what is left of it


def be_asked(keyboard: Keyboard) -> None:
    """Be asked for a nick, while nothing is typed, or in the middle of a line or of another answer."""
    model = keyboard.model
    is_other = model.question is not None and model.question.name != "pasted"
    if is_other or not model.draft[-1] or keyboard.counts[say_what_is_doubtful.__name__]:
        return
    keyboard.note("the client asks")
    if model.question is not None:
        keyboard.seat.ask()
        answer(keyboard)
        if model.question is not None:
            press_escape(keyboard)
        is_line = bool(model.row) or not model.is_known
    else:
        is_line = go_on_typing_while_asked(keyboard)
    if is_line:
        enter(keyboard)
    keyboard.pause(NOTICED_SECONDS)
    if model.question is None:
        model.ask()


def go_on_typing_while_asked(keyboard: Keyboard) -> bool:
    """Let the client ask; return True if there is a line to send first."""
    model, chance = keyboard.model, keyboard.chance
    text = person.word(chance) if model.row or not model.is_known or chance.random() < 0.5 else []
    for number, character in enumerate(text):
        keyboard.type(character)
        model.type([character])
        keyboard.pause(chance.choice((0.1, 0.1, 5.0)))
        if number == 0:
            keyboard.seat.ask()
    if not text:
        keyboard.seat.ask()
    return bool(text)


def say_what_is_doubtful(keyboard: Keyboard) -> None:
    """Type a line that is sent only after one more question."""
    model = keyboard.model
    if model.question is not None or model.row or not model.is_known:
        return
    characters = [DOUBTFUL, *person.word(keyboard.chance)]
    keyboard.type("".join(characters))
    model.type(characters)
    enter(keyboard)


def press_alt(keyboard: Keyboard) -> None:
    """Press Alt and a character that could begin a report."""
    alt = keyboard.chance.choice(person.ALTS)
    keyboard.send(alt)
    if alt[-1] not in b"[O" and keyboard.chance.random() < 0.5:
        keyboard.type(person.NO_REPORT)
        keyboard.model.type([person.NO_REPORT])
    else:
        keyboard.pause(NOTICED_SECONDS)


def lose_the_end_of_a_paste(keyboard: Keyboard) -> None:
    """Paste, and let the end never come: nothing goes out until the keyboard is back."""
    chance, model = keyboard.chance, keyboard.model
    keyboard.be_loose()
    mark = f"MARK{chance.randrange(1000)}"
    keyboard.put(person.PASTE_BEGIN + person.junk_paste(chance, mark))
    model.bodies.append(mark)
    for _ in range(chance.randint(0, 5)):
        keyboard.put(chance.choice((*person.ENTERS, b"SIM", b"/QUIT")))
        keyboard.pause(chance.choice((0.05, 0.3, 1.0)))
    if chance.random() < 0.5:
        keyboard.put(person.PASTE_END)  # after all
    else:
        keyboard.pause(60.0)
        keyboard.put(b"\x03")
        keyboard.pause(60.0)


def make_soup(keyboard: Keyboard) -> None:
    """Send bytes that mean nothing in particular."""
    keyboard.be_loose()
    data = person.soup(keyboard.chance) + person.SOUP_END
    keyboard.model.allow(data + person.NUMBER_PAD, person.enters_at_most(data), person.yeses_at_most(data))
    keyboard.model.bodies.append("")
    if b"200~" in data:
        keyboard.model.allow_all()
    keyboard.send(data)


def interrupt(keyboard: Keyboard) -> None:
    """Press Ctrl-C."""
    keyboard.send(keyboard.chance.choice((b"\x03", b"\x1b[99;5u", b"\x1b[27;5;99~")))
    keyboard.model.interrupt()


def end_or_delete(keyboard: Keyboard) -> None:
    """Press Ctrl-D."""
    model = keyboard.model
    keyboard.send(keyboard.chance.choice((b"\x04", b"\x1b[100;5u")))
    if model.row:
        del model.after[:1]
    else:
        model.refuse()


def resize(keyboard: Keyboard) -> None:
    """Give the window another width."""
    keyboard.note("resize")
    terminal: FakeTerminal = keyboard.seat.terminal
    terminal.columns = keyboard.chance.choice((9, 19, 79, 200))
    keyboard.seat.console.resized()


def hear(keyboard: Keyboard) -> None:
    """Let the client show lines above the row."""
    keyboard.note("a line")
    keyboard.seat.console.say(b"FROM ana [all]: oi")
    keyboard.seat.console.tell("oi\x1b[2J")
    keyboard.seat.reactor.end_turn()


Act = Callable[[Keyboard], None]

# How likely each act is, before the habits of the seed.
ACTS: Dict[Act, float] = {
    type_word: 8, move: 3, erase: 2, enter: 3, do_something_vague: 0.5, idle: 2, report: 2, use_mouse: 2, wait: 2,
    press_escape: 0.5, paste_line: 1, paste_lines: 1.5, be_asked: 0.3, interrupt: 0.5, resize: 0.3, hear: 0.3,
    end_or_delete: 0.5, search: 0.5, answer: 0.2,
    say_what_is_doubtful: 0.5, press_alt: 0.5, lose_the_end_of_a_paste: 0.1, make_soup: 0.2,
}  # fmt: skip
