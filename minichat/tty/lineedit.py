r"""The editor of one row: which key does what to it, and ``feed``.

The editor knows keys; it knows no terminal.  ``feed`` takes bytes and returns
events for all that the editor cannot do alone, and ``view`` returns what the
row looks like.  So a test needs only bytes.
"""

from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from minichat.tty.completion import Complete, Completion
from minichat.tty.display import typeable
from minichat.tty.history import History
from minichat.tty.keys import Key, KeyParser
from minichat.tty.row import Row, window

_YES = "sSyY"


class Event(NamedTuple):
    """What the editor cannot do alone.

    line             ENTER: ``text`` is the row, which is empty now
    question         a paste of several lines waits for an answer; ``text`` is the paste with the row around it
    lines            the answer was yes: ``text`` as above; the row is empty now
    declined         the answer was no: ``text`` as above; the row is as before
    interrupt        Ctrl-C on an empty row
    end              Ctrl-D on an empty row
    suspend, clear   Ctrl-Z, Ctrl-L
    bell             this key can do nothing here
    too-long         a paste of one line, ``text``, does not fit into the row
    paste-too-long   a paste was longer than PASTE_BYTES; it was thrown away
    """

    name: str
    text: str = ""


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

        ``limit_bytes`` is the length of the longest row, in UTF-8; a text that
        would make the row longer is refused with a bell.
        """
        self.row = Row(limit_bytes)
        self.question: Optional[str] = None  # the paste that waits for an answer
        self.history = History()
        self._parser = KeyParser()
        self._complete = complete
        self._completion: Optional[Completion] = None
        self._was_answered = False  # the last key answered: an ENTER after it is part of the answer
        self._events: List[Event] = []

    # -- what is seen ------------------------------------------------------

    @property
    def patience_seconds(self) -> float:
        """How long to wait before ``give_up``; 0 if no key is incomplete."""
        return self._parser.patience_seconds

    @property
    def is_pasting(self) -> bool:
        """True if the incomplete key is a paste."""
        return self._parser.is_pasting

    def give_up(self) -> List[Event]:
        """Wait no longer for the rest of a key: it was ESC alone, or a paste lost its end."""
        return self._do(self._parser.give_up())

    def settle(self) -> None:
        """Note that time has passed since an answer: the next ENTER does not belong to it."""
        self._was_answered = False

    def view(self, columns: int) -> Tuple[str, str]:
        """Return the texts to show before and after the cursor, together at most ``columns`` wide."""
        return window(self.row.before, self.row.after, columns)

    # -- what is typed -------------------------------------------------------

    def feed(self, data: bytes) -> List[Event]:
        """Do what the keys in ``data`` ask for; return what is left for others."""
        return self._do(self._parser.feed(data))

    def _do(self, keys: List[Key]) -> List[Event]:
        for key in keys:
            self._press(key)
        events, self._events = self._events, []
        return events

    def _press(self, key: Key) -> None:
        completion, self._completion = self._completion, None
        was_answered, self._was_answered = self._was_answered, False
        if key.name not in _ROW_KEYS:
            self.row.pause()
        if self.question is not None:
            self._answer(key)
        elif key.name == "text":
            self._tell_if(self.row.type(key.text))
        elif key.name == "paste":
            self._paste(key.text)
        elif key.name in ("tab", "back-tab"):
            self._tab(completion, 1 if key.name == "tab" else -1)
        elif key.name in _ROW_KEYS:
            self._tell_if(_ROW_KEYS[key.name](self.row))
        elif key.name == "enter" and was_answered:
            pass
        elif key.name in _OTHER_KEYS:
            _OTHER_KEYS[key.name](self)
        elif key.name == "paste-too-long":
            self._say(key.name)

    def _say(self, name: str, text: str = "") -> None:
        self._events.append(Event(name, text))

    def _tell_if(self, done: Optional[bool]) -> None:
        """Ring the bell if something could not be done."""
        if done is False:
            self._say("bell")

    def _paste(self, text: str) -> None:
        lines = [typeable(line) for line in text.strip("\n").split("\n")]
        if len(lines) > 1:
            self.question = self.row.before + "\n".join(lines) + self.row.after
            self._say("question", self.question)
        elif not self.row.insert(lines[0]):
            self._say("bell")
            self._say("too-long", lines[0])
        elif lines[0] != text.strip("\n"):
            self._say("bell")

    def _answer(self, key: Key) -> None:
        if key.name == "paste":  # one question at a time
            self._say("bell")
            return
        text, self.question = self.question or "", None
        if key.name == "text" and key.text[0] in _YES:
            self.row.set("")
            self._say("lines", text)
        else:
            self._say("declined", text)
        self._was_answered = True
        if key.text[1:] and key.name == "text":
            self._press(Key("text", key.text[1:]))  # one character is the answer

    def _tab(self, completion: Optional[Completion], step: int) -> None:
        completion = completion or Completion(self.row.before, self._complete)
        if completion.is_empty:
            self._say("bell")
            return
        self.row.set(completion.step(step, self.row.after), self.row.after)
        self._completion = completion

    # -- the history ---------------------------------------------------------

    def _up(self) -> None:
        self._recall(-1)

    def _down(self) -> None:
        self._recall(1)

    def _recall(self, step: int) -> None:
        line = self.history.step(step, self.row.text)
        if line is None:
            self._say("bell")
        else:
            self.row.set(line)

    # -- what others do ------------------------------------------------------

    def _enter(self) -> None:
        text = self.row.text
        self.row.set("")
        self.history.leave()
        self._say("line", text)

    def _interrupt(self) -> None:
        if self.row.text:
            self.row.set("")
            self.history.leave()
        else:
            self._say("interrupt")

    def _end_or_delete(self) -> None:
        if self.row.text:
            self.row.delete()
        else:
            self._say("end")

    def _suspend(self) -> None:
        self._say("suspend")

    def _clear(self) -> None:
        self._say("clear")


# A function that returns False could not do what was asked for.
_ROW_KEYS: Dict[str, Callable[[Row], Optional[bool]]] = {
    "left": Row.left, "ctrl-b": Row.left, "right": Row.right, "ctrl-f": Row.right,
    "word-left": Row.word_left, "word-right": Row.word_right,
    "home": Row.home, "ctrl-a": Row.home, "end": Row.end, "ctrl-e": Row.end,
    "backspace": Row.backspace, "delete": Row.delete,
    "ctrl-u": Row.kill_left, "ctrl-k": Row.kill_right, "ctrl-w": Row.kill_space_word,
    "kill-word-left": Row.kill_word_left, "kill-word": Row.kill_word_right, "ctrl-y": Row.yank,
}  # fmt: skip

_OTHER_KEYS: Dict[str, Callable[[LineEdit], None]] = {
    "ctrl-d": LineEdit._end_or_delete, "up": LineEdit._up, "ctrl-p": LineEdit._up,
    "down": LineEdit._down, "ctrl-n": LineEdit._down, "enter": LineEdit._enter,
    "ctrl-c": LineEdit._interrupt, "ctrl-z": LineEdit._suspend, "ctrl-l": LineEdit._clear,
}  # fmt: skip
