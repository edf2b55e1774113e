"""Which key does what to the text of a row, and which keys leave what was begun."""

from __future__ import annotations

from typing import Callable, Dict, Optional

from minichat.tty.row import Row

LEAVING = ("escape", "ctrl-c", "ctrl-g")  # a search, or a question with a no

# A function that returns False could not do what was asked for.
ROW_KEYS: Dict[str, Callable[[Row], Optional[bool]]] = {
    "left": Row.left, "ctrl-b": Row.left, "right": Row.right, "ctrl-f": Row.right,
    "word-left": Row.word_left, "word-right": Row.word_right,
    "home": Row.home, "ctrl-a": Row.home, "end": Row.end, "ctrl-e": Row.end,
    "backspace": Row.backspace, "delete": Row.delete,
    "ctrl-u": Row.kill_left, "ctrl-k": Row.kill_right, "ctrl-w": Row.kill_space_word,
    "kill-word-left": Row.kill_word_left, "kill-word": Row.kill_word_right, "ctrl-y": Row.yank,
    "ctrl-_": Row.undo, "ctrl-t": Row.transpose,
}  # fmt: skip
