r"""From the bytes of a keyboard to keys: characters, control keys, sequences, pastes.

A terminal sends a key as one byte, as some bytes of UTF-8 or as an escape
sequence, and a read may end anywhere inside.  So this is a state machine: it
takes bytes in any pieces and returns the keys that are complete.  It knows no
terminal and no text; the editor decides what a key does.

Invariants: the same bytes give the same keys, wherever a read cuts them (only
text may come in several pieces); an unknown sequence gives no key; the bytes
that wait are bounded.
"""

from __future__ import annotations

import codecs
from typing import Callable, Dict, List, NamedTuple

PASTE_BYTES = 1 << 20  # of one paste; a longer one is a file, and files go through a pipe
SEQUENCE_BYTES = 64  # of one sequence; those of all known keyboards are much shorter

# How long to wait for the rest of a key.  After a lone ESC the wait is short: the
# bytes of one key come together, even over a network, and a person types two
# keys more slowly.  After ESC [ it can be longer: people do not type these two.
ESCAPE_SECONDS = 0.25
SEQUENCE_SECONDS = 1.0
PASTE_SECONDS = 5.0  # of silence in a paste; then its end was lost

_PASTE_END = b"\x1b[201~"
_ESCAPE = 0x1B


class Key(NamedTuple):
    """One key: its name, and the text of the keys "text" and "paste".

    The lines of a paste are separated by newlines, whatever the terminal sent.
    """

    name: str
    text: str = ""


# The sequences after ESC [ or ESC O.  Capital letters are those of xterm and of
# most terminals, those with ~ come from the VT220, small letters from rxvt.
# Source: "XTerm Control Sequences", section "PC-Style Function Keys".
_SEQUENCES: Dict[bytes, str] = {
    b"A": "up", b"B": "down", b"C": "right", b"D": "left", b"H": "home", b"F": "end", b"M": "enter",
    b"1~": "home", b"7~": "home", b"4~": "end", b"8~": "end", b"3~": "delete", b"Z": "back-tab",
    b"1;5C": "word-right", b"1;5D": "word-left", b"1;3C": "word-right", b"1;3D": "word-left",
    b"c": "word-right", b"d": "word-left", b"3;5~": "kill-word", b"3;3~": "kill-word",
}  # fmt: skip

# The keys after ESC alone: Alt and the key.
_ALT: Dict[int, str] = {
    ord("b"): "word-left", ord("f"): "word-right", ord("d"): "kill-word",
    0x08: "kill-word-left", 0x7F: "kill-word-left",
}  # fmt: skip
_ALT_SEQUENCES = {"left": "word-left", "right": "word-right", "delete": "kill-word"}

_CONTROL: Dict[int, str] = {code: f"ctrl-{chr(code + 96)}" for code in range(1, 27)}
_CONTROL.update({0x08: "backspace", 0x09: "tab", 0x0A: "enter", 0x0D: "enter", 0x1F: "ctrl-_", 0x7F: "backspace"})


class KeyParser:
    r"""Bytes in, keys out.

    >>> parser = KeyParser()
    >>> parser.feed(b"a\xc3"), parser.feed(b"\xa7\x1b["), parser.feed(b"D")
    ([Key(name='text', text='a')], [Key(name='text', text='ç')], [Key(name='left', text='')])
    """

    def __init__(self) -> None:
        self._keys: List[Key] = []
        self._state: Callable[[int], None] = self._ground
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text: List[str] = []  # characters of this feed, which make one key
        self._sequence = bytearray()  # after ESC [ or ESC O
        self._has_alt = False  # one more ESC came before the sequence
        self._paste = bytearray()
        self._is_paste_too_long = False

    @property
    def patience_seconds(self) -> float:
        """How long to wait for the rest of a key that has begun; 0 if none has.

        A lone ESC looks like the beginning of a key.
        """
        if self._state == self._ground:
            return 0.0
        if self.is_pasting:
            return PASTE_SECONDS
        return ESCAPE_SECONDS if self._state == self._after_escape else SEQUENCE_SECONDS

    @property
    def is_pasting(self) -> bool:
        """True if a paste has begun and not ended."""
        return self._state == self._in_paste

    def give_up(self) -> List[Key]:
        """Wait no longer for the rest of a key: forget a sequence, take a paste as complete."""
        if self.is_pasting:
            self._keys.append(self._paste_key())
        elif self._state == self._after_escape:
            self._press("escape")
        self._to_ground()
        return self.feed(b"")

    def feed(self, data: bytes) -> List[Key]:
        """Take the bytes of a read, which may be cut anywhere; return the complete keys."""
        for byte in data:
            self._state(byte)
        self._end_text()
        keys, self._keys = self._keys, []
        return keys

    # -- states: each takes one byte -----------------------------------------

    def _ground(self, byte: int) -> None:
        if byte >= 0x20 and byte != 0x7F:
            self._text.append(self._decoder.decode(bytes([byte])))
        else:
            self._decoder.reset()  # a control ends a character that was cut
            if byte == _ESCAPE:
                self._begin_escape()
            else:
                self._press(_CONTROL.get(byte, ""))

    def _after_escape(self, byte: int) -> None:
        if byte == _ESCAPE:
            self._has_alt = True
        elif byte in b"[O":
            self._sequence.clear()
            self._state = self._in_csi if byte == ord("[") else self._in_ss3
        elif byte in b"]PX^_":
            self._sequence.clear()
            self._state = self._in_string
        elif byte < 0x20 and byte not in _ALT:  # ESC alone, then a control key
            self._to_ground()
            self._ground(byte)
        else:
            self._to_ground()
            self._press(_ALT.get(byte, ""))

    def _in_csi(self, byte: int) -> None:
        self._sequence.append(byte)
        if self._sequence == b"[":  # the console of Linux sends ESC [ [ A for F1
            self._state = self._skip_one
        elif 0x40 <= byte <= 0x7E:
            self._end_sequence()
        else:
            self._check_sequence(byte)

    def _in_ss3(self, byte: int) -> None:
        self._sequence.append(byte)
        if byte in b"0123456789;":
            self._check_sequence(byte)
        elif 0x40 <= byte <= 0x7E:
            self._end_sequence()
        else:
            self._check_sequence(byte)

    def _in_string(self, byte: int) -> None:
        # A report of the terminal, for which we did not ask; it ends with BEL or ESC \.
        if byte in b"\x07\x9c" or (byte == ord("\\") and self._sequence.endswith(b"\x1b")):
            self._to_ground()
        elif byte < 0x20 and byte != _ESCAPE:  # no report has such a byte: a person types
            self._to_ground()
            self._ground(byte)
        else:
            self._sequence = self._sequence[-1:] + bytes([byte])

    def _skip_one(self, byte: int) -> None:
        self._to_ground()

    def _in_paste(self, byte: int) -> None:
        self._paste.append(byte)
        if byte == ord("~") and self._paste.endswith(_PASTE_END):
            del self._paste[-len(_PASTE_END) :]
            self._keys.append(self._paste_key())
            self._to_ground()
        elif len(self._paste) > PASTE_BYTES + len(_PASTE_END):
            del self._paste[: -len(_PASTE_END)]  # from now on, only look for its end
            self._is_paste_too_long = True

    def _paste_key(self) -> Key:
        if self._is_paste_too_long or len(self._paste) > PASTE_BYTES:
            return Key("paste-too-long")
        text = self._paste.decode("utf-8", "replace")
        return Key("paste", text.replace("\r\n", "\n").replace("\r", "\n"))

    # -- between states --------------------------------------------------------

    def _begin_escape(self) -> None:
        self._end_text()
        self._has_alt = False
        self._state = self._after_escape

    def _check_sequence(self, byte: int) -> None:
        # A control character ends the sequence and is a key itself; so is a byte too many.
        if byte < 0x20 or byte == 0x7F or len(self._sequence) > SEQUENCE_BYTES:
            self._to_ground()
            self._ground(byte)

    def _end_sequence(self) -> None:
        name = bytes(self._sequence)
        self._to_ground()
        if name == b"200~":
            self._is_paste_too_long = False
            self._state = self._in_paste
            return
        key = _SEQUENCES.get(name, "")
        self._press(_ALT_SEQUENCES.get(key, key) if self._has_alt else key)

    def _to_ground(self) -> None:
        self._state = self._ground
        self._paste = bytearray()

    def _press(self, name: str) -> None:
        self._end_text()
        if name:
            self._keys.append(Key(name))

    def _end_text(self) -> None:
        text = "".join(self._text)
        if text:
            self._keys.append(Key("text", text))
        self._text = []
