"""Bugs to plant, one at a time: the proof that the model can fail.

Each bug is a mistake that a programmer could make, or that this client has made.
It replaces a piece of the real code while a test runs.
"""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
from unittest import mock

from minichat.tty import cooked, display, keymap, keynames, keys, lineedit, paste, question, row
from minichat.tty.cooked import CookedConsole
from minichat.tty.edited import EditedConsole
from minichat.tty.events import Event
from minichat.tty.keynames import Key
from minichat.tty.keys import KeyParser
from minichat.tty.lineedit import LineEdit
from minichat.tty.paste import Paste
from minichat.tty.question import About, Question
from minichat.tty.row import Row
from minichat.tty.search import Search

Patch = Tuple[Any, str, Any]  # the object, the name of its attribute, what to put there

BUGS: Dict[str, Callable[[], List[Patch]]] = {}


def plants(name: str) -> Callable[[Callable[[], List[Patch]]], Callable[[], List[Patch]]]:
    """Return a decorator that enters a bug into the table."""

    def enter(patches: Callable[[], List[Patch]]) -> Callable[[], List[Patch]]:
        BUGS[name] = patches
        return patches

    return enter


@contextlib.contextmanager
def planted(name: str) -> Iterator[None]:
    """Plant the bug of that name, until the end of the ``with``."""
    with contextlib.ExitStack() as stack:
        for target, attribute, replacement in BUGS[name]():
            stack.enter_context(mock.patch.object(target, attribute, replacement))
        yield


def nothing(*arguments: Any) -> None:
    """Do nothing, in place of a function that does something."""


# -- sequences -------------------------------------------------------------------


@plants("ESC [ M is ENTER, as ESC O M is")
def _() -> List[Patch]:
    raw = {beginning: size for beginning, size in keynames.RAW_AFTER_BRACKET.items() if beginning != b"M"}
    table = {**keynames._AFTER_BRACKET, "M": "enter"}
    return [(keynames, "RAW_AFTER_BRACKET", raw), (keynames, "_AFTER_BRACKET", table)]


@plants("a mouse event has two raw bytes")
def _() -> List[Patch]:
    return [(keynames, "RAW_AFTER_BRACKET", {**keynames.RAW_AFTER_BRACKET, b"M": 2})]


@plants("a control character among the raw bytes of a mouse event is a key")
def _() -> List[Patch]:
    in_raw = KeyParser._in_raw

    def strict(self: KeyParser, byte: int) -> None:
        if byte < 0x20:
            self._restart(byte)
        else:
            in_raw(self, byte)

    return [(KeyParser, "_in_raw", strict)]


@plants("F1 of the console of Linux has no raw byte")
def _() -> List[Patch]:
    raw = {beginning: size for beginning, size in keynames.RAW_AFTER_BRACKET.items() if beginning != b"["}
    return [(keynames, "RAW_AFTER_BRACKET", raw)]


@plants("a sequence is given up in its middle")
def _() -> List[Patch]:
    def patience(self: KeyParser) -> float:
        if self._paste is not None:
            return self._paste.patience_seconds
        return 0.0 if self._state == self._ground else keys.SEQUENCE_SECONDS

    return [(KeyParser, "patience_seconds", property(patience))]


@plants("the late rest of what was given up is typing")
def _() -> List[Patch]:
    return [(KeyParser, "_wait_for_mark", nothing)]


@plants("a report ends with a byte inside a character")
def _() -> List[Patch]:
    in_report = KeyParser._in_report

    def hasty(self: KeyParser, byte: int) -> None:
        in_report(self, 0x07 if byte == 0x9C else byte)

    return [(KeyParser, "_in_report", hasty)]


@plants("a report ends only with BEL")
def _() -> List[Patch]:
    def deaf(self: KeyParser, byte: int) -> None:
        self._state = self._in_report

    return [(KeyParser, "_after_report_escape", deaf)]


@plants("Alt and ] begin a report whatever follows")
def _() -> List[Patch]:
    return [(keys, "_REPORTS", dict.fromkeys(keys._REPORTS, bytes(range(256))))]


@plants("Alt takes one byte and not one character")
def _() -> List[Patch]:
    after_escape = KeyParser._after_escape

    def hasty(self: KeyParser, byte: int) -> None:
        if byte >= 0xC2:
            self._to_ground()
        else:
            after_escape(self, byte)

    return [(KeyParser, "_after_escape", hasty)]


@plants("a key that is released is pressed once more")
def _() -> List[Patch]:
    return [(keynames, "_RELEASED", -1)]


@plants("Ctrl and a letter as one sequence type the letter")
def _() -> List[Patch]:
    return [(keynames, "_control", lambda code, modifiers: Key("text", chr(code)))]


@plants("the private numbers of keys are characters")
def _() -> List[Patch]:
    return [(keynames, "_PRIVATE", range(0))]


@plants("the rest of a character is lost where a read ends")
def _() -> List[Patch]:
    feed = KeyParser.feed

    def forgetful(self: KeyParser, data: bytes) -> List[Key]:
        self._decoder.reset()
        return feed(self, data)

    return [(KeyParser, "feed", forgetful)]


@plants("a line feed is not ENTER")
def _() -> List[Patch]:
    return [(keynames, "CONTROL", {**keynames.CONTROL, 0x0A: "ctrl-j"})]


# -- pastes ----------------------------------------------------------------------


@plants("a paste that is silent for a while is over")
def _() -> List[Patch]:
    def over(self: Paste) -> List[Key]:
        self.stage = paste.Stage.OVER
        return [self.key()]

    return [(Paste, "note_silence", over)]


@plants("a paste that is silent is dropped by any key")
def _() -> List[Patch]:
    wake = Paste.wake
    return [(Paste, "wake", lambda self, is_ctrl_c: wake(self, True))]


@plants("the end of a paste is not seen if a read cuts it")
def _() -> List[Patch]:
    take = Paste.take

    def forgetful(self: Paste, data: bytes) -> Any:
        if paste.END not in data:
            self._bytes += data
            return None
        return take(self, data)

    return [(Paste, "take", forgetful)]


@plants("201~ ends a paste without ESC [")
def _() -> List[Patch]:
    return [(paste, "END", b"201~"), (keys, "END", b"201~")]


@plants("a second mark begins the paste anew")
def _() -> List[Patch]:
    key = Paste.key

    def anew(self: Paste) -> Key:
        del self._bytes[: self._bytes.rfind(b"\x1b[200~") + 1]
        return key(self)

    return [(Paste, "key", anew)]


@plants("the lines of a paste are typed")
def _() -> List[Patch]:
    def typed(self: LineEdit, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            if number:
                self._press(Key("enter"))
            self.row.type(line)

    return [(LineEdit, "_paste", typed)]


@plants("a paste of several lines is sent unasked")
def _() -> List[Patch]:
    paste_text = LineEdit._paste

    def bold(self: LineEdit, text: str) -> None:
        paste_text(self, text)
        if self.question is not None and self.question.about is About.PASTE:
            self._accept(self.question)

    return [(LineEdit, "_paste", bold)]


@plants("the newline at the end of a paste is ENTER")
def _() -> List[Patch]:
    press_paste = LineEdit._press_paste

    def eager(self: LineEdit, key: Key) -> None:
        press_paste(self, key)
        if key.name == "paste" and key.text.endswith("\n"):
            self._press(Key("enter"))

    return [(LineEdit, "_press_paste", eager)]


@plants("a second paste takes the place of the first")
def _() -> List[Patch]:
    paste_text = LineEdit._paste

    def greedy(self: LineEdit, text: str) -> None:
        if "\n" in text:
            self.question = None
        paste_text(self, text)

    return [(LineEdit, "_paste", greedy)]


@plants("separators are deleted")
def _() -> List[Patch]:
    return [(display, "_typed", lambda found: "")]


@plants("control characters get into the row")
def _() -> List[Patch]:
    return [(lineedit, "typeable", str), (row, "typeable", str)]


# -- questions -------------------------------------------------------------------


@plants("one key answers, and the rest of the word is typed")
def _() -> List[Patch]:
    press = LineEdit._press

    def hasty(self: LineEdit, key: Key) -> None:
        asked = self.question
        if asked is not None and asked.is_yes_or_no and key.name == "text" and key.text[0] in "sSyY":
            self._accept(asked)
            key = Key("text", key.text[1:])
        press(self, key)

    return [(LineEdit, "_press", hasty)]


@plants("every word with s is a yes")
def _() -> List[Patch]:
    is_yes = question.is_yes
    return [(question, "is_yes", lambda answer: True if answer[:1] in ("s", "S") else is_yes(answer))]


@plants("ENTER alone is a yes")
def _() -> List[Patch]:
    is_yes = question.is_yes
    return [(question, "is_yes", lambda answer: is_yes(answer or "s"))]


@plants("a no sends the paste")
def _() -> List[Patch]:
    return [(LineEdit, "_refuse", LineEdit._accept)]


@plants("after a no the row is empty")
def _() -> List[Patch]:
    refuse = LineEdit._refuse

    def careless(self: LineEdit, question: Question) -> None:
        refuse(self, question)
        self._draft.set("")

    return [(LineEdit, "_refuse", careless)]


@plants("after a yes the row is sent once more")
def _() -> List[Patch]:
    def forgetful(self: LineEdit, question: Question) -> None:
        self.question = None
        self._say("lines" if question.about is About.PASTE else "confirmed", question.subject)

    return [(LineEdit, "_accept", forgetful)]


@plants("the question for a nick takes what is being typed")
def _() -> List[Patch]:
    return [(EditedConsole, "ask", lambda self, question: self._editor.ask(question))]


@plants("a doubtful line is sent unasked")
def _() -> List[Patch]:
    return [(EditedConsole, "confirm", lambda self, question, line: self._typist.confirmed(line))]


@plants("a doubtful line is lost after a no")
def _() -> List[Patch]:
    return [(LineEdit, "put_back", nothing)]


# -- the console of whole lines --------------------------------------------------


@plants("the end of the input is ENTER")
def _() -> List[Patch]:
    def eager(self: CookedConsole) -> None:
        if self._typed:
            self._on_bytes(b"\n")
        self._typist.input_ended()

    return [(CookedConsole, "_on_end", eager)]


@plants("a whole line that is no word for yes is one")
def _() -> List[Patch]:
    return [(cooked, "is_yes", lambda answer: answer[:1] in "sy" if answer else None)]


@plants("a whole line that is typed for somebody is the nick")
def _() -> List[Patch]:
    def greedy(self: CookedConsole, line: str) -> None:
        (self._typist.answered if self._question else self._typist.typed)(line)

    return [(CookedConsole, "_take", greedy)]


# -- the search ------------------------------------------------------------------


@plants("what is looked for is sent if it is not found")
def _() -> List[Patch]:
    press = LineEdit._press_in_search

    def bold(self: LineEdit, search: Search, key: Key) -> None:
        if key.name == "enter" and search.place is None:
            self.search = None
            self._say("line", search.query)
        else:
            press(self, search, key)

    return [(LineEdit, "_press_in_search", bold)]


@plants("leaving a search takes what was found")
def _() -> List[Patch]:
    press = LineEdit._press_in_search

    def greedy(self: LineEdit, search: Search, key: Key) -> None:
        if key.name in keymap.LEAVING:
            self._take_found(search)
        else:
            press(self, search, key)

    return [(LineEdit, "_press_in_search", greedy)]


@plants("an older line is found before a newer one")
def _() -> List[Patch]:
    def find(self: Search, end: int) -> Optional[int]:
        return next((place for place in range(end) if self.query and self.query in self._lines[place]), None)

    return [(Search, "_find", find)]


# -- the row ---------------------------------------------------------------------


def _for_key(name: str, act: Callable[[Any], Any]) -> List[Patch]:
    """Return what lets a key do ``act``, with the row or with the editor."""
    table = "ROW_KEYS" if name in keymap.ROW_KEYS else "_OTHER_KEYS"
    return [(lineedit, table, {**getattr(lineedit, table), name: act})]


@plants("backspace takes a code point and not a character")
def _() -> List[Patch]:
    return _for_key("backspace", lambda row: row.set(row.before[:-1], row.after))


@plants("left goes over a code point and not over a character")
def _() -> List[Patch]:
    def left(self: Row) -> None:
        self.before, self.after = self.before[:-1], self.before[-1:] + self.after

    return _for_key("left", left)


@plants("ENTER leaves the row as it is")
def _() -> List[Patch]:
    return _for_key("enter", lambda editor: editor._say("line", editor.row.text))


@plants("ENTER sends what stands before the cursor")
def _() -> List[Patch]:
    enter = LineEdit._enter

    def short(self: LineEdit) -> None:
        self.row.set(self.row.before)
        enter(self)

    return _for_key("enter", short)


@plants("Ctrl-C sends the row")
def _() -> List[Patch]:
    return _for_key("ctrl-c", LineEdit._enter)


@plants("a long row is shown whole")
def _() -> List[Patch]:
    return [(lineedit, "window", lambda before, after, columns: (before, after))]


@plants("the keys of one read are looked at before the first line goes out")
def _() -> List[Patch]:
    def at_once(self: LineEdit, data: bytes) -> List[Event]:
        return list(self._do(self.parser.feed(data)))

    return [(LineEdit, "events", at_once)]
