r"""The editor of one row: which key does what, and ``feed``.

The editor knows keys; it knows no terminal.  ``feed`` takes bytes and returns
events for what it cannot do alone; ``view`` returns what the row looks like.

    a line is typed ──Ctrl-R──▶ a search ──▶ back, or the line that was found
          │ ▲
          └─┴── a question: its answer has a row of its own, and the line waits
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Optional, Tuple

from minichat.tty.completion import Complete, Completion
from minichat.tty.display import typeable
from minichat.tty.events import Event
from minichat.tty.history import History
from minichat.tty.keymap import LEAVING, ROW_KEYS
from minichat.tty.keys import Key, KeyParser
from minichat.tty.question import About, Question, Reply, is_yes
from minichat.tty.row import Row
from minichat.tty.search import Search
from minichat.tty.window import window


class LineEdit:
    """One row of text under some keys.

    >>> editor = LineEdit()
    >>> editor.feed(b"oi ana\\x1b[D\\x1b[D\\x1b[D")   # three times left
    []
    >>> editor.row.before, editor.row.after
    ('oi ', 'ana')
    >>> editor.feed(b"\\x0b\\r")                      # Ctrl-K, ENTER
    [Event(name='line', text='oi ')]
    """

    def __init__(self, complete: Complete = lambda word, is_first: [], limit_bytes: int = 4095) -> None:
        """``complete`` returns the words for TAB.

        ``limit_bytes`` is the length of the longest row, in UTF-8; a longer text is refused with a bell.
        """
        self.question: Optional[Question] = None
        self.search: Optional[Search] = None
        self.history = History()
        self.parser = KeyParser()
        self.is_paste_stalled = False  # its end has not come for a while
        self.is_unseen = False  # the client put a line back in this read: ENTER was pressed before that
        self._draft = Row(limit_bytes)  # waits while a question is asked
        self._complete = complete
        self._completion: Optional[Completion] = None
        self._events: List[Event] = []

    # -- what is seen ------------------------------------------------------

    @property
    def row(self) -> Row:
        """The row that is typed into now."""
        return self.question.row if self.question is not None else self._draft

    @property
    def asked(self) -> str:
        """The question for a text that is asked now; empty if there is none."""
        return "" if self.question is None or self.question.is_yes_or_no else self.question.text

    @property
    def is_idle(self) -> bool:
        """True if nothing is typed, asked or looked for."""
        is_free = self.question is None and self.search is None and not self.parser.patience_seconds
        return is_free and not self._draft.text and not self.is_paste_stalled

    def view(self, columns: int) -> Tuple[str, str]:
        """Return the texts to show before and after the cursor, together at most ``columns`` wide."""
        shown = self.search or self.row
        return window(shown.before, shown.after, columns)

    # -- what others want ----------------------------------------------------

    def ask(self, question: str) -> None:
        """Ask for a text; the draft waits until ``end_question``."""
        self._begin(Question(About.TEXT, question))

    def end_question(self) -> None:
        """Go on with the draft."""
        self.question = None

    def confirm(self, question: str, line: str) -> None:
        """Ask whether to send ``line`` after all."""
        self._begin(Question(About.LINE, question, line))

    def put_back(self, line: str) -> None:
        """Put a line into the draft; if there is another one, the line can be found in the history."""
        if self._draft.text:
            self.history.add(line)
        else:
            self._draft.set(line)

    def abandon(self) -> List[Event]:
        """End a question that will not be answered and a paste that will not end; return what comes of them."""
        keys = self.parser.give_up()
        if self.parser.is_pasting:  # it is silent now, and Ctrl-C drops it
            keys += [*self.parser.feed(b"\x03"), *self.parser.give_up()]
        for key in keys:
            if key.name.startswith("paste"):
                self._press(Key("paste-dropped", key.text) if key.name == "paste" else key)
        return [*self._taken(), *self.refuse()]

    def refuse(self) -> List[Event]:
        """Take a no for the answer, if the question is one of yes or no."""
        if self.question is not None and self.question.is_yes_or_no:
            self._refuse(self.question)
        return self._taken()

    def _begin(self, question: Optional[Question]) -> None:
        """Ask a question, or without one search."""
        self.question = question
        self.search = None if question else Search(self.history.lines)

    # -- what is typed -------------------------------------------------------

    def feed(self, data: bytes) -> List[Event]:
        """Do what the keys in ``data`` ask for; return what is left for others."""
        return list(self.press(self.parser.feed(data)))

    def give_up(self) -> Iterator[Event]:
        """Wait no longer for the rest of a key."""
        return self.press(self.parser.give_up())

    def press(self, keys: List[Key]) -> Iterator[Event]:
        """Do what ``keys`` ask for; each event is given away before the next key is looked at.

        So what is done for a line, such as a question, holds for the keys after it.
        """
        self.is_unseen = False
        for key in keys:
            self._press(key)
            yield from self._taken()

    def _taken(self) -> List[Event]:
        events, self._events = self._events, []
        return events

    def _press(self, key: Key) -> None:
        completion, self._completion = self._completion, None
        if key.name not in ROW_KEYS and key.name != "text":
            self.row.pause()
        if key.name.startswith("paste"):
            self._press_paste(key)
        elif key.name in ("ctrl-z", "ctrl-l"):
            self._say("clear" if key.name == "ctrl-l" else "suspend")
        elif self.search is not None:
            self._press_in_search(self.search, key)
        elif key.name == "text":
            self._tell_if(self.row.type(key.text))
        elif key.name in ROW_KEYS:
            self._tell_if(ROW_KEYS[key.name](self.row))
        elif self.question is not None:
            self._press_in_question(self.question, key)
        elif key.name in _TABS:
            self._tab(completion, 1 if key.name == "tab" else -1)
        elif key.name == "enter" and self.is_unseen:
            self._say("bell")
        elif key.name in _OTHER_KEYS:
            _OTHER_KEYS[key.name](self)

    def _say(self, name: str, text: str = "") -> None:
        self._events.append(Event(name, text))

    def _tell_if(self, done: Optional[bool]) -> None:
        """Ring the bell if something could not be done."""
        if done is False:
            self._say("bell")

    def _tab(self, completion: Optional[Completion], step: int) -> None:
        completion = completion or Completion(self.row.before, self._complete)
        if completion.is_empty:
            self._say("bell")
            return
        self.row.change(completion.step(step, self.row.after), self.row.after)
        self._completion = completion

    # -- pastes --------------------------------------------------------------

    def _press_paste(self, key: Key) -> None:
        self.is_paste_stalled = key.name == "paste-stalled"
        if key.name == "paste":
            self._paste(key.text.strip("\n"))
        elif key.name in ("paste-dropped", "paste-too-long"):
            self._say(key.name, key.text)

    def _paste(self, text: str) -> None:
        lines = [typeable(line) for line in text.split("\n")]
        if self.question is not None and (self.question.is_yes_or_no or len(lines) > 1):
            self._say("bell")
            self._say("paste-dropped", text)  # one question at a time
        elif len(lines) > 1:
            text = self._draft.before + "\n".join(lines) + self._draft.after
            self._begin(Question(About.PASTE, "", text))
        elif self.search is not None:
            self._tell_if(self.search.type(lines[0]))
        elif not self.row.insert(lines[0]):
            self._say("bell")
            self._say("too-long", lines[0])
        elif lines[0] != text:
            self._say("bell")

    # -- questions -----------------------------------------------------------

    def _press_in_question(self, question: Question, key: Key) -> None:
        reply = question.judge(key.name)
        if reply is Reply.TEXT:
            self._say("answer", self.row.text)
            self.row.set("")
        elif reply is Reply.YES:
            self._accept(question)
        elif reply is Reply.NO:
            self._refuse(question)
        elif key.name in ("ctrl-c", "ctrl-d"):
            _OTHER_KEYS[key.name](self)
        elif key.name in _OTHER_KEYS or key.name in _TABS:
            self._say("bell")  # an answer that is unclear stays on the row, to be changed

    def _accept(self, question: Question) -> None:
        self.question = None
        if question.about is About.PASTE:
            self._draft.set("")
            self.history.leave()
        self._say("lines" if question.about is About.PASTE else "confirmed", question.subject)

    def _refuse(self, question: Question) -> None:
        self.question = None
        if is_yes(question.row.text) is None:  # it may have been meant for somebody
            self._draft.offer(question.row.text)
        if question.about is About.LINE:
            self.put_back(question.subject)
        self._say("paste-dropped" if question.about is About.PASTE else "declined", question.subject)

    # -- the history ---------------------------------------------------------

    def _recall(self, step: int) -> None:
        line = self.history.step(step, self.row.text)
        self._tell_if(line is not None)
        if line is not None:
            self.row.set(line)

    def _press_in_search(self, search: Search, key: Key) -> None:
        done = search.press(key)
        if done is not None:
            self._tell_if(done)
        elif key.name in LEAVING:
            self.search = None
        elif key.name == "enter" and search.place is not None:
            self.search = None
            self.history.leave()
            self._say("line", search.line)
        elif key.name in ("enter", "ctrl-d"):
            self._say("bell")  # what is not seen is not sent
        elif key.name in ROW_KEYS or key.name in _OTHER_KEYS or key.name in _TABS:
            self._take_found(search)
            self._press(key)

    def _take_found(self, search: Search) -> None:
        """Put the line that was found on the row; what was there is kept as by the key "up"."""
        self.search = None
        if search.place is not None:
            self.history.go(search.place, self.row.text)
            self.row.set(search.before, search.after)

    # -- the ends of a row -----------------------------------------------------

    def _enter(self) -> None:
        self._say("line", self.row.text)
        self.row.set("")
        self.history.leave()

    def _interrupt(self) -> None:
        if self.row.text:
            self.row.kill_all()
            if self.question is None:
                self.history.drop()
        else:
            self._say("interrupt")

    def _end_or_delete(self) -> None:
        if self.row.text:
            self.row.delete()
        else:
            self._say("end")


_TABS = ("tab", "back-tab")

_OTHER_KEYS: Dict[str, Callable[[LineEdit], None]] = {
    "up": lambda editor: editor._recall(-1), "ctrl-p": lambda editor: editor._recall(-1),
    "down": lambda editor: editor._recall(1), "ctrl-n": lambda editor: editor._recall(1),
    "ctrl-r": lambda editor: editor._begin(None), "enter": LineEdit._enter,
    "ctrl-c": LineEdit._interrupt, "ctrl-d": LineEdit._end_or_delete,
}  # fmt: skip
