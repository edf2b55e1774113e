r"""The editor of one row: state, and ``feed``.

The editor knows keys and text; it knows no terminal.  ``feed`` takes bytes and
returns events for all that the editor cannot do alone, and ``view`` returns
what the row looks like.  So a test needs only bytes.

The text is in two strings, before and after the cursor.  The cursor never
stands inside a character, even if that has many code points.
"""

from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from minichat.tty.display import typeable
from minichat.tty.graphemes import clusters, width
from minichat.tty.history import History
from minichat.tty.keys import Key, KeyParser

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
    cursor-at        the terminal tells where the cursor is: ``text`` is row;column
    paste-too-long   a paste was longer than PASTE_BYTES; it was thrown away
    paste-dropped    the end of a paste was lost, and Ctrl-C threw it away; ``text`` is the paste
    """

    name: str
    text: str = ""


class Completion(NamedTuple):
    """Words that TAB puts, one after the other, in place of the word before the cursor."""

    before: str  # the row up to that word
    words: List[str]  # the last one is the word that was typed
    chosen: int  # the index of the word on the row


class LineEdit:
    """One row of text under some keys.

    >>> editor = LineEdit()
    >>> editor.feed(b"oi ana\\x1b[D\\x1b[D\\x1b[D")   # three times left
    []
    >>> editor.before, editor.after
    ('oi ', 'ana')
    >>> editor.feed(b"\\x0b\\r")                      # Ctrl-K, ENTER
    [Event(name='line', text='oi ')]
    """

    def __init__(
        self, complete: Callable[[str, bool], List[str]] = lambda word, is_first: [], limit_bytes: int = 4095
    ) -> None:
        """``complete`` takes the word before the cursor, and whether it is the first of the row.

        It returns the words for TAB.
        ``limit_bytes`` is the length of the longest row, in UTF-8; a text that
        would make the row longer is refused with a bell.
        """
        self.before = ""
        self.after = ""
        self.question: Optional[str] = None  # the paste that waits for an answer
        self.is_paste_stalled = False  # its end has not come for a while
        self._parser = KeyParser()
        self._complete = complete
        self._limit_bytes = limit_bytes
        self.history = History()
        self._killed = ""
        self._is_killing = False  # the last key killed text: the next kill is added to it
        self._completion: Optional[Completion] = None
        self._was_answered = False  # the last key answered: an ENTER after it is part of the answer
        self._events: List[Event] = []

    # -- what is seen ------------------------------------------------------

    @property
    def text(self) -> str:
        """The whole row."""
        return self.before + self.after

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
        """Return the texts to show before and after the cursor, together at most ``columns`` wide.

        A longer text is scrolled: the cursor and some text after it are always
        visible, and < and > show where there is more.
        """
        left, right = clusters(self.before), clusters(self.after)
        after = sum(map(width, right))
        room = columns - min(after, columns // 4)
        shown_left = _fitting(left[::-1], room, "<")[::-1]
        shown_right = _fitting(right, columns - sum(map(width, shown_left)), ">")
        return "".join(shown_left).replace("\t", " "), "".join(shown_right).replace("\t", " ")

    # -- what is typed -------------------------------------------------------

    def feed(self, data: bytes) -> List[Event]:
        """Do what the keys in ``data`` ask for; return what is left for others."""
        return self._do(self._parser.feed(data))

    def _do(self, keys: List[Key]) -> List[Event]:
        for key in keys:
            self._press(key)
        events, self._events = self._events, []
        return events

    def set(self, before: str, after: str = "") -> None:
        """Replace the row."""
        self.before, self.after = before, after

    def _press(self, key: Key) -> None:
        was_killing, self._is_killing = self._is_killing, False
        completion, self._completion = self._completion, None
        was_answered, self._was_answered = self._was_answered, False
        if key.name == "cursor-at":  # no key of a person
            self._say(key.name, key.text)
        elif key.name in ("paste-stalled", "paste-resumed", "paste-dropped"):
            self._wait_for_paste(key)
        elif self.question is not None:
            self._answer(key)
        elif key.name == "text":
            self._type(key.text)
        elif key.name == "paste":
            self._paste(key.text)
        elif key.name in ("tab", "back-tab"):
            self._tab(completion, 1 if key.name == "tab" else -1)
        elif key.name in _KILLS:
            self._kill(*_KILLS[key.name](self), add=was_killing)
        elif key.name == "enter" and was_answered:
            pass
        elif key.name in _ACTIONS:
            _ACTIONS[key.name](self)
        elif key.name == "paste-too-long":
            self._say(key.name)

    def _say(self, name: str, text: str = "") -> None:
        self._events.append(Event(name, text))

    # -- inserting -----------------------------------------------------------

    def _type(self, text: str) -> None:
        """Insert as much of ``text`` as fits."""
        # When a person types fast, or the program is slow, many keys come as one text.
        room = self._limit_bytes - len(self.text.encode())
        fitting = text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
        self._insert(fitting)
        if fitting != text:
            self._say("bell")

    def _insert(self, text: str) -> bool:
        """Insert all of ``text`` and return True, or nothing and return False."""
        safe = typeable(text)
        if len((self.text + safe).encode()) > self._limit_bytes:
            self._say("bell")
            return False
        if safe != text:
            self._say("bell")
        self.before += safe
        return True

    def _paste(self, text: str) -> None:
        if "\n" in text.strip("\n"):
            pasted = "\n".join(map(typeable, text.strip("\n").split("\n")))
            self.question = self.before + pasted + self.after
            self._say("question", self.question)
        elif not self._insert(text.strip("\n")):
            self._say("too-long", text.strip("\n"))

    def _wait_for_paste(self, key: Key) -> None:
        self.is_paste_stalled = key.name == "paste-stalled"
        if key.name == "paste-dropped":
            self._say(key.name, key.text)

    def _answer(self, key: Key) -> None:
        if key.name == "paste":  # one question at a time
            self._say("bell")
            return
        text, self.question = self.question or "", None
        if key.name == "text" and key.text[0] in _YES:
            self.set("")
            self._say("lines", text)
        else:
            self._say("declined", text)
        self._was_answered = True
        if key.text[1:] and key.name == "text":
            self._press(Key("text", key.text[1:]))  # one character is the answer

    def _tab(self, completion: Optional[Completion], step: int) -> None:
        if completion is None:
            before, space, word = self.before.rpartition(" ")
            words = self._complete(word, not before + space)
            if not words:
                self._say("bell")
                return
            completion = Completion(before + space, [*words, word], -1 if step > 0 else len(words))
        chosen = (completion.chosen + step) % len(completion.words)
        is_word = chosen < len(completion.words) - 1
        self.before = completion.before + completion.words[chosen] + " " * (is_word and not self.after.startswith(" "))
        self._completion = completion._replace(chosen=chosen)

    # -- moving ------------------------------------------------------------

    def _left(self) -> None:
        self._move(len("".join(clusters(self.before)[:-1])))

    def _right(self) -> None:
        self._move(len(self.before) + len("".join(clusters(self.after)[:1])))

    def _word_left(self) -> None:
        self._move(len(self.before) - len(_word(self.before[::-1])))

    def _word_right(self) -> None:
        self._move(len(self.before) + len(_word(self.after)))

    def _home(self) -> None:
        self._move(0)

    def _end(self) -> None:
        self._move(len(self.text))

    def _move(self, position: int) -> None:
        self.before, self.after = self.text[:position], self.text[position:]

    # -- deleting ------------------------------------------------------------

    def _backspace(self) -> None:
        self.before = "".join(clusters(self.before)[:-1])

    def _delete(self) -> None:
        self.after = "".join(clusters(self.after)[1:])

    def _kill(self, before: str, after: str, add: bool) -> None:
        """Keep ``before`` and ``after``; the rest can be yanked."""
        left, right = self.before[len(before) :], self.after[: len(self.after) - len(after)]
        self._killed = left + self._killed + right if add else left + right
        self.set(before, after)
        self._is_killing = True

    def _kill_space_word(self) -> Tuple[str, str]:
        kept = self.before.rstrip(" \t")
        return kept[: len(kept) - len(kept.split(" ")[-1])], self.after

    def _kill_word_left(self) -> Tuple[str, str]:
        return self.before[: len(self.before) - len(_word(self.before[::-1]))], self.after

    def _kill_word(self) -> Tuple[str, str]:
        return self.before, self.after[len(_word(self.after)) :]

    def _yank(self) -> None:
        self._insert(self._killed)

    # -- the history ---------------------------------------------------------

    def _up(self) -> None:
        self._recall(-1)

    def _down(self) -> None:
        self._recall(1)

    def _recall(self, step: int) -> None:
        line = self.history.step(step, self.text)
        if line is None:
            self._say("bell")
        else:
            self.set(line)

    # -- what others do ------------------------------------------------------

    def _enter(self) -> None:
        text = self.text
        self.set("")
        self.history.leave()
        self._say("line", text)

    def _interrupt(self) -> None:
        if self.text:
            self.set("")
            self.history.leave()
        else:
            self._say("interrupt")

    def _end_or_delete(self) -> None:
        if self.text:
            self._delete()
        else:
            self._say("end")

    def _suspend(self) -> None:
        self._say("suspend")

    def _clear(self) -> None:
        self._say("clear")


def _word(text: str) -> str:
    """Return ``text`` up to the end of its first word, with all that stands before the word."""
    end = 0
    while end < len(text) and not _is_of_word(text[end]):
        end += 1
    while end < len(text) and _is_of_word(text[end]):
        end += 1
    return text[:end]


def _is_of_word(character: str) -> bool:
    # Marks, from U+0300 on, belong to the letter before them.
    return character.isalnum() or character == "_" or character >= "\u0300"


def _fitting(characters: List[str], columns: int, mark: str) -> List[str]:
    """Return as many characters as fit, from the first on; if some are left out, then ``mark``."""
    if sum(map(width, characters)) <= columns:
        return characters
    if columns < 1:
        return []
    shown: List[str] = []
    room = columns - width(mark)
    for character in characters:
        room -= width(character)
        if room < 0:
            break
        shown.append(character)
    return [*shown, mark]


_ACTIONS: Dict[str, Callable[[LineEdit], None]] = {
    "left": LineEdit._left, "ctrl-b": LineEdit._left, "right": LineEdit._right, "ctrl-f": LineEdit._right,
    "word-left": LineEdit._word_left, "word-right": LineEdit._word_right,
    "home": LineEdit._home, "ctrl-a": LineEdit._home, "end": LineEdit._end, "ctrl-e": LineEdit._end,
    "backspace": LineEdit._backspace, "delete": LineEdit._delete, "ctrl-d": LineEdit._end_or_delete,
    "ctrl-y": LineEdit._yank, "up": LineEdit._up, "ctrl-p": LineEdit._up, "down": LineEdit._down,
    "ctrl-n": LineEdit._down, "enter": LineEdit._enter, "ctrl-c": LineEdit._interrupt,
    "ctrl-z": LineEdit._suspend, "ctrl-l": LineEdit._clear,
}  # fmt: skip

# Each returns what is kept of the row, before and after the cursor.
_KILLS: Dict[str, Callable[[LineEdit], Tuple[str, str]]] = {
    "ctrl-k": lambda editor: (editor.before, ""),
    "ctrl-u": lambda editor: ("", editor.after),
    "ctrl-w": LineEdit._kill_space_word,
    "kill-word-left": LineEdit._kill_word_left,
    "kill-word": LineEdit._kill_word,
}
